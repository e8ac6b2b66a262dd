"""Make names comparable: no accents, no dots, no legal form, no empty words."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

LEGAL_FORMS = frozenset(
    {
        "sa", "sas", "sasu", "sarl", "eurl", "sci", "snc", "scop", "selarl", "selas", "scp", "gie", "scm", "earl", "gaec",
        "association", "ste", "societe", "ets", "etablissements", "etablissement", "cie", "compagnie", "entreprise",
    },
)  # fmt: skip
_EMPTY_WORDS = frozenset({"de", "du", "des", "la", "le", "les", "et", "l", "d", "en", "a", "au", "aux"})
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d"})
_ACRONYM = re.compile(r"\b(?:[a-z0-9]\.){2,}[a-z0-9]?\b\.?")
_LETTERS_APART = re.compile(r"\b[a-z](?: [a-z])+\b")
_CITY_PART = re.compile(r" (?:cedex(?: \d+)?|\d+ ?(?:er?|eme|e) arrondissement|\d+ ?(?:er?|eme|e)?)$")
_CITY_WORDS = {"st": "saint", "ste": "sainte"}
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(value: str) -> str:
    """Return the text in lower case without accents or ligatures, single spaces, dotted acronyms joined (E.D.F. -> edf)."""
    decomposed = unicodedata.normalize("NFKD", value.translate(_LIGATURES))
    # An accent goes without a trace; a typographic apostrophe or a dash parts words like the plain one.
    plain = "".join(sign if sign.isascii() else "" if unicodedata.combining(sign) else " " for sign in decomposed).lower()
    joined = _ACRONYM.sub(lambda found: found[0].replace(".", ""), plain)
    return _NOT_WORD.sub(" ", joined).strip()


def comparable(value: str) -> str:
    """Return the name that is compared: folded, without legal form and empty words; the folded name when nothing is left.

    Letters written apart are one word: E.D.F., E D F and EDF compare alike.
    """
    folded = _LETTERS_APART.sub(lambda found: found[0].replace(" ", ""), fold(value))
    kept = [word for word in folded.split() if word not in LEGAL_FORMS and word not in _EMPTY_WORDS]
    return " ".join(kept) or folded


def initials(value: str) -> str:
    """Return the acronym that a name makes, empty for a single word."""
    words = comparable(value).split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def city(value: str) -> str:
    """Return the town that is compared: folded, without cedex and arrondissement, "St" in full."""
    folded = _CITY_PART.sub("", fold(value))
    return " ".join(_CITY_WORDS.get(word, word) for word in folded.split())


def likeness(first: str, second: str) -> float:
    """Return how alike two names are, 0 to 100, words in any order, joined or apart; 0 when one of them is empty."""
    one, other = comparable(first), comparable(second)
    if not one or not other:
        return 0.0
    return float(max(fuzz.token_sort_ratio(one, other), fuzz.ratio(one.replace(" ", ""), other.replace(" ", ""))))
