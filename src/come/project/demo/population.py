"""The companies of the story: 300 that the operator follows, forty of them with fleets, one that it meets."""

from __future__ import annotations

import dataclasses
import functools
import uuid
from collections.abc import Mapping, Sequence

from come.party import generator, policies, records as party
from come.project.demo import fleets, story
from come.staff import queries as staff_queries

_AGREEMENTS = 3
_LARGE = 2


@functools.cache
def _open_companies() -> tuple[generator.Company, ...]:
    """Return one company more than the operator follows: the last is met in the story."""
    found: list[generator.Company] = []
    number = 0
    while len(found) <= story.COMPANIES:
        one = generator.company(number, story.SEED)
        if one.is_active and not one.is_masked:
            found.append(one)
        number += 1
    return tuple(found)


def story_company() -> generator.Company:
    """Return the company that Alice finds by its SIREN: known to the registry, not to the operator."""
    return next(
        one
        for one in (generator.company(number, story.SEED) for number in range(_open_companies()[-1].number, generator.SUPPLY))
        if one.is_active and not one.is_masked and one.legal_name and one.size_category != "GE"
    )


def fleet_companies() -> list[tuple[str, int, bool]]:
    """Return (SIREN, number of lines, has an agreement) of the companies that have a fleet: the large ones first."""
    followed = [one for one in _open_companies()[: story.COMPANIES] if _is_taxed(one)]
    large = [one for one in followed if one.size_category == "GE"][:_LARGE]
    others = [one for one in followed if one.size_category != "GE" and one.legal_name]
    chosen = [*large, *others][: story.FLEETS]
    return [(one.siren, size, index <= _AGREEMENTS) for index, (one, size) in enumerate(zip(chosen, fleets.sizes(), strict=True))]


def sister_company() -> str:
    """Return the SIREN of a company without a fleet: it belongs to the group of the largest one, whose agreement covers it."""
    fleets_of = {siren for siren, *_ in fleet_companies()}
    return next(one.siren for one in _open_companies()[: story.COMPANIES] if one.siren not in fleets_of and one.legal_name)


def _is_taxed(one: generator.Company) -> bool:
    """Leave out Guyane and Mayotte: which VAT code their bills carry is the operator's tax adviser's to say, so theirs are held."""
    return all(policies.vat_territory(place.postcode) != "GF_YT" for place in one.places)


def companies(*, agencies: Mapping[str, uuid.UUID], sellers: Sequence[staff_queries.StaffRecord]) -> list[party.CompanyRow]:
    """Return the rows to load. The two large fleets are Alice's; a company without a fleet is a prospect without account yet."""
    staff = [
        generator.AgencyStaff(
            agency_id=identifier,
            owner_ids=tuple(seller.id for seller in sellers if identifier in seller.agency_ids),
        )
        for _, identifier in sorted(agencies.items())
    ]
    alice = next(seller for seller in sellers if seller.login == "alice")
    place = {siren: index for index, (siren, *_) in enumerate(fleet_companies())}
    rows = generator.population(seed=story.SEED, agencies=staff, companies=story.COMPANIES)
    return [_row(row, place.get(row.siren), agencies["LYO"], alice.id) for row in rows]


def _row(row: party.CompanyRow, fleet: int | None, lyon_id: uuid.UUID, alice_id: uuid.UUID) -> party.CompanyRow:
    if fleet is None:
        return dataclasses.replace(row, state="prospect", accounts=())
    owned = dataclasses.replace(row, state="active")
    return dataclasses.replace(owned, agency_id=lyon_id, owner_id=alice_id) if fleet < _LARGE else owned
