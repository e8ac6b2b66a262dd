"""The score of a candidate: a sum of weights, each with its reason in French; the explanation is the sum itself.

Weights are logarithms base 2 of how much more often two records agree when they are one company than when they are two
(Fellegi and Sunter, 1969), set by hand until an operator's data trains them.
"""

from __future__ import annotations

import dataclasses

from rapidfuzz import fuzz

from come.party.matching import names
from come.shared import text

ASK_FROM = 5.0
_SAME = 100.0
_NEARLY = 88.0
_ALIKE = 75.0


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a company when it is compared; empty where unknown."""

    name: str
    siren: str = ""
    postcode: str = ""
    city: str = ""
    street: str = ""
    phone: str = ""
    email: str = ""
    other_names: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One term of the sum."""

    weight: float
    sentence: text.T

    @property
    def said(self) -> text.T:
        """Return the reason with its weight: "même nom +6,5"."""
        return text.T("{sentence} {weight}", sentence=self.sentence, weight=f"{self.weight:+.1f}".replace(".", ",").replace("-", "\u2212"))


@dataclasses.dataclass(frozen=True, slots=True)
class Score:
    """The sum and its terms; `total` is exactly the sum of the weights."""

    reasons: tuple[Reason, ...]

    @property
    def total(self) -> float:
        """Return the sum of the weights."""
        return round(sum(reason.weight for reason in self.reasons), 3)


def compare(asked: Identity, known: Identity) -> Score:
    """Score how likely the two are one company; unknown fields weigh nothing."""
    terms = (_siren(asked, known), _name(asked, known), _place(asked, known), _street(asked, known), _phone(asked, known))
    return Score(tuple(term for term in terms if term is not None))


def _siren(asked: Identity, known: Identity) -> Reason | None:
    if not asked.siren or not known.siren:
        return None
    if asked.siren == known.siren:
        return Reason(20.0, text.T("même SIREN"))
    return Reason(-12.0, text.T("SIREN différent"))


def _name(asked: Identity, known: Identity) -> Reason | None:
    if not names.comparable(asked.name) or not names.comparable(known.name):
        return None
    likeness = max(names.likeness(asked.name, name) for name in (known.name, *known.other_names))
    if likeness >= _SAME:
        return Reason(6.5, text.T("même nom"))
    if likeness >= _NEARLY:
        return Reason(5.0, text.T("nom presque identique"))
    if likeness >= _ALIKE:
        return Reason(2.0, text.T("nom ressemblant"))
    return Reason(-4.0, text.T("nom différent"))


def _place(asked: Identity, known: Identity) -> Reason | None:
    if asked.postcode and known.postcode:
        if asked.postcode == known.postcode:
            return Reason(3.5, text.T("même code postal"))
        if asked.postcode[:2] == known.postcode[:2]:
            return Reason(0.5, text.T("même département"))
        return Reason(-2.2, text.T("département différent"))
    if asked.city and known.city:
        return (
            Reason(3.0, text.T("même ville"))
            if names.city(asked.city) == names.city(known.city)
            else Reason(-1.5, text.T("ville différente"))
        )
    return None


def _street(asked: Identity, known: Identity) -> Reason | None:
    if not asked.street or not known.street:
        return None
    if fuzz.token_sort_ratio(names.fold(asked.street), names.fold(known.street)) >= _NEARLY:
        return Reason(4.0, text.T("même rue"))
    return None


def _phone(asked: Identity, known: Identity) -> Reason | None:
    if asked.phone and asked.phone == known.phone:
        return Reason(7.1, text.T("même téléphone"))
    if asked.email and asked.email.lower() == known.email.lower():
        return Reason(4.5, text.T("même adresse e-mail"))
    return None
