"""From French sentences to terms: accents, elisions, stems (Snowball French), meanings shared by several words.

Three kinds of terms come out of a word. Its **stem** ("bloqu"); the **meaning** that the jargon gives it ("=3", for a
word or for words in a row); the **beginning** ("~bloq"), which brings together what stemming leaves apart ("signer",
"signature") and forgives what is mistyped further on.
"""

from __future__ import annotations

import dataclasses
import functools
import pathlib
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

import snowballstemmer

MEANING = "="
BEGINNING = "~"
BEGINNING_LENGTH = 4
LONGEST_TERM = 40
# A title says the same in fewer words.
TITLE_WEIGHT = 2

_DATA = pathlib.Path(__file__).resolve().parents[1] / "data" / "french_words.toml"
_REFERENCE = re.compile(r"\b[a-z]{2,4}-\d{4}-\d+\b")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'")
_YEAR = re.compile(r"(?:19|20)\d\d")
# A long number names one line or one order, never a cause.
_LONGEST_CODE = 5
_SHORTEST_CODE = 3
_STEMMER = snowballstemmer.stemmer("french")


@dataclasses.dataclass(frozen=True, slots=True)
class Jargon:
    """The meanings that words share: runs of stems to the numbers of their meanings."""

    meanings: Mapping[tuple[str, ...], tuple[int, ...]]
    longest_run: int


def fold(text: str) -> str:
    """Return a text in lower case without accents, ligatures opened, one kind of apostrophe."""
    spread = text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'").replace("ʼ", "'")
    return "".join(letter for letter in unicodedata.normalize("NFKD", spread) if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of one word, the same with and without its accents ("bloquée", "bloquee", "bloqué", "bloque")."""
    cut = fold(_STEMMER.stemWord(unicodedata.normalize("NFC", word)))
    shortest = 3
    while len(cut) > shortest and cut[-1] in "ei":
        cut = cut[:-1]
    return cut[:LONGEST_TERM]


def stems(text: str) -> list[str]:
    """Return the stems of a text in order, without what says nothing of a cause (references, addresses, long numbers)."""
    return list(_stems(text))


def _stems(text: str) -> Iterator[str]:
    lowered = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("ʼ", "'").replace("œ", "oe")
    lowered = _REFERENCE.sub(" ", _ADDRESS.sub(" ", lowered))
    for match in _WORD.finditer(lowered):
        word = "" if fold(match.group()) in _stop_words() else _ELIDED.sub("", match.group())
        for part in word.split("'"):
            if part.isdigit():
                if _SHORTEST_CODE <= len(part) <= _LONGEST_CODE and not _YEAR.fullmatch(part):
                    yield part
            elif len(part) > 1 and fold(part) not in _stop_words():
                yield stem(part)


@functools.cache
def _told() -> Mapping[str, object]:
    with _DATA.open("rb") as source:
        return tomllib.load(source)


@functools.cache
def _stop_words() -> frozenset[str]:
    return frozenset(fold(word) for word in str(_told()["stop"]).split())


@functools.cache
def jargon() -> Jargon:
    """Return the meanings, read once from the package's data."""
    told: dict[tuple[str, ...], list[int]] = {}
    groups = _told()["same"]
    assert isinstance(groups, list)
    for number, group in enumerate(groups):
        for expression in group:
            run = tuple(_stems(expression))
            if run and number not in told.setdefault(run, []):
                told[run].append(number)
    known = {run: tuple(numbers) for run, numbers in told.items()}
    return Jargon(known, max(map(len, known)))


def meanings(run: list[str]) -> Iterator[str]:
    """Yield the meaning terms of a run of stems, longest expressions first; a word in an expression is not read again."""
    known = jargon()
    place = 0
    while place < len(run):
        for length in range(min(known.longest_run, len(run) - place), 0, -1):
            found = known.meanings.get(tuple(run[place : place + length]))
            if found:
                yield from (f"{MEANING}{number}" for number in found)
                place += length
                break
        else:
            place += 1


def beginning(found: str) -> str:
    """Return the term of a stem's first letters, or nothing for a short one."""
    return f"{BEGINNING}{found[:BEGINNING_LENGTH]}" if len(found) >= BEGINNING_LENGTH and not found.isdigit() else ""


def terms(text: str) -> Counter[str]:
    """Return how often each term comes in a text: stems, their meanings, their beginnings."""
    run = stems(text)
    found = Counter(run)
    found.update(meanings(run))
    found.update(start for one in run if (start := beginning(one)))
    return found


def document_terms(title: str, text: str) -> Counter[str]:
    """Return the terms of a ticket, its title counted more than its text."""
    found = terms(text)
    for term, count in terms(title).items():
        found[term] += count * TITLE_WEIGHT
    return found


def length(counted: Mapping[str, int]) -> int:
    """Return how many words a text has, by its terms: meanings and beginnings are no further words."""
    return sum(count for term, count in counted.items() if term[0] not in {MEANING, BEGINNING})
