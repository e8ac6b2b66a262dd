"""Synthetic companies as the registry would publish them: realistic names and places, valid numbers of a fictional range.

`company(number)` needs no other company, so that any size is generated in one pass.
"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import functools
import pathlib
import random

from come.party.generator import words
from come.shared import identifiers

# How many SIREN the fictional range holds.
SUPPLY = 1_000_000
_FIRST_DAY = dt.date(1975, 1, 1)
_DAYS = 18_400
_CLOSED_SHARE = 0.06
_CLOSED_PLACE_SHARE = 0.08
_OPPOSED_SHARE = 0.3
_SIGN_SHARE = 0.45
# One company in a hundred is large, whatever the seed: a story can count on one.
_LARGE_EVERY, _LARGE_RANK = 100, 7


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """A synthetic establishment."""

    siret: str
    is_head_office: bool
    number: int
    way: str
    way_name: str
    postcode: str
    city: str
    insee: str
    sign: str
    is_active: bool
    created_on: dt.date

    @property
    def street(self) -> str:
        """Return the address line, the kind of way in full."""
        return f"{self.number} {words.WAY_WORDS.get(self.way, self.way)} {self.way_name}"


@dataclasses.dataclass(frozen=True, slots=True)
class Company:
    """A synthetic company with its establishments, head office first; a sole trader has a person's names and no legal name."""

    number: int
    siren: str
    legal_name: str
    acronym: str
    surname: str
    first_name: str
    form_code: str
    trade: str
    naf: str
    size_category: str
    is_small: bool
    is_active: bool
    is_masked: bool
    created_on: dt.date
    places: tuple[Place, ...]

    @property
    def name(self) -> str:
        """Return the legal name, or the person's name for a sole trader."""
        return self.legal_name or f"{self.first_name} {self.surname}".upper()

    @property
    def legal_form(self) -> str:
        """Return the legal form in words."""
        return words.LEGAL_FORMS[self.form_code]


@functools.cache
def communes() -> tuple[tuple[str, str, str], ...]:
    """Return real communes as (postcode, INSEE code, name)."""
    path = pathlib.Path(__file__).parents[1] / "data" / "communes.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple((row["postcode"], row["insee"], row["city"]) for row in csv.DictReader(handle))


def company(number: int, seed: int) -> Company:
    """Return the company of this number for a seed, the same at every call; raises ValueError beyond the fictional range."""
    if not 0 <= number < SUPPLY:
        msg = f"the fictional range holds companies 0 to {SUPPLY - 1}, not {number}"
        raise ValueError(msg)
    dice = random.Random(f"{seed}:{number}")  # noqa: S311 - reproducible fiction, no secret
    siren = identifiers.test_siren(number)
    form = dice.choices([code for code, _ in words.FORMS], [weight for _, weight in words.FORMS])[0]
    if _is_large(number) and form in {words.SOLE_TRADER, words.ASSOCIATION, words.PUBLIC_BODY}:
        form = words.FORMS[0][0]
    trade, naf, _ = dice.choices(words.TRADES, [weight for *_, weight in words.TRADES])[0]
    surname, first_name = dice.choice(words.SURNAMES), dice.choice(words.FIRST_NAMES)
    is_active = dice.random() > _CLOSED_SHARE
    created_on = _FIRST_DAY + dt.timedelta(days=dice.randrange(_DAYS))
    is_person = form == words.SOLE_TRADER
    name = "" if is_person else _legal_name(dice, form, trade, surname)
    size, is_small = _size(dice, number, form)
    count = 1 + (dice.randrange(0, 3) if size == "PME" else dice.randrange(2, 7))
    places = tuple(_place(dice, siren, index, created_on, (trade, surname), is_active=is_active) for index in range(count))
    return Company(
        number=number,
        siren=siren,
        legal_name=name,
        acronym=_acronym(dice, name),
        surname=surname if is_person else "",
        first_name=first_name if is_person else "",
        form_code=form,
        trade=trade,
        naf=naf,
        size_category=size,
        is_small=is_small,
        is_active=is_active,
        is_masked=is_person and dice.random() < _OPPOSED_SHARE,
        created_on=created_on,
        places=places,
    )


def _is_large(number: int) -> bool:
    return number % _LARGE_EVERY == _LARGE_RANK


def _size(dice: random.Random, number: int, form: str) -> tuple[str, bool]:
    # The registry knows PME, ETI and GE; a microenterprise is a PME there.
    size = dice.choices(("MIC", "PME", "ETI"), (58, 34, 8))[0]
    if _is_large(number):
        return "GE", False
    if form == words.SOLE_TRADER or size == "MIC":
        return "PME", True
    return size, False


def _legal_name(dice: random.Random, form: str, trade: str, surname: str) -> str:
    coined, other = dice.choice(words.COINED), dice.choice(words.SURNAMES)
    if form == words.ASSOCIATION:
        return f"ASSOCIATION {coined} {trade}".upper()
    if form == words.PUBLIC_BODY:
        return f"SYNDICAT MIXTE {coined} {trade}".upper()
    styles = (
        f"{dice.choice(('SOCIETE', 'ETABLISSEMENTS', 'GROUPE', 'STE', 'ETS'))} {surname} {trade}",
        f"{trade} {surname} ET {dice.choice(('FILS', 'ASSOCIES', 'CIE'))}",
        f"{coined} {trade}",
        f"{surname}-{other} {trade}",
        f"{words.LEGAL_FORMS[form]} {trade} {surname}",
        f"{trade} {dice.choice(communes())[2].split()[0]} {coined}",
        f"{coined[0]}.{surname[0]}.{trade[0]}. {trade}",
    )
    return dice.choices(styles, (16, 18, 22, 14, 10, 16, 4))[0].upper()


def _acronym(dice: random.Random, name: str) -> str:
    letters = "".join(word[0] for word in name.replace("-", " ").split() if word[0].isalpha() and "." not in word)
    return letters if len(letters) > 2 and dice.random() < 0.2 else ""


def _place(dice: random.Random, siren: str, index: int, created_on: dt.date, called: tuple[str, str], *, is_active: bool) -> Place:
    trade, surname = called
    postcode, insee, city = dice.choice(communes())
    sign = f"{trade} {dice.choice((surname, city.split()[0], dice.choice(words.COINED)))}".upper()
    return Place(
        siret=identifiers.test_siret(siren, index + 1),
        is_head_office=index == 0,
        number=dice.randrange(1, 180),
        way=dice.choice(words.WAYS),
        way_name=dice.choice(words.WAY_NAMES),
        postcode=postcode,
        city=city,
        insee=insee,
        sign=sign if dice.random() < _SIGN_SHARE else "",
        is_active=is_active and (index == 0 or dice.random() > _CLOSED_PLACE_SHARE),
        created_on=created_on,
    )
