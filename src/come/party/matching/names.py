"""Make names comparable: no accents, no dots, no legal form, no empty words."""

from __future__ import annotations

import re
import unicodedata

LEGAL_FORMS = frozenset(
    {
        "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "selarl", "selas", "scp", "gie", "scm", "earl", "gaec",
        "association", "ste", "societe", "ets", "etablissements", "etablissement", "cie", "compagnie", "entreprise",
    },
)  # fmt: skip
_EMPTY_WORDS = frozenset({"de", "du", "des", "la", "le", "les", "et", "l", "d", "en", "a", "au", "aux"})
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_ACRONYM = re.compile(r"\b(?:[a-z0-9]\.){2,}[a-z0-9]?\b\.?")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(value: str) -> str:
    """Return the text in lower case without accents or ligatures, single spaces, dotted acronyms joined (E.D.F. -> edf)."""
    plain = unicodedata.normalize("NFKD", value.translate(_LIGATURES)).encode("ascii", "ignore").decode().lower()
    joined = _ACRONYM.sub(lambda found: found[0].replace(".", ""), plain)
    return _NOT_WORD.sub(" ", joined).strip()


def comparable(value: str) -> str:
    """Return the name that is compared: folded, without legal form and empty words; the folded name when nothing is left."""
    folded = fold(value)
    kept = [word for word in folded.split() if word not in LEGAL_FORMS and word not in _EMPTY_WORDS]
    return " ".join(kept) or folded


def initials(value: str) -> str:
    """Return the acronym that a name makes, empty for a single word."""
    words = comparable(value).split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""
