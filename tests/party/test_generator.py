"""The fictional population: valid, the same for a seed, and able to carry a demonstration."""

from __future__ import annotations

import re
import uuid
from collections import Counter

import pytest

from come.party import generator, policies
from come.shared import identifiers, ids

AGENCIES = [
    generator.AgencyStaff(ids.derived("test", "a"), (ids.derived("test", "alice"), ids.derived("test", "amine")), frozenset({"69", "42"})),
    generator.AgencyStaff(ids.derived("test", "b"), (ids.derived("test", "charlie"),)),
    generator.AgencyStaff(ids.derived("test", "c"), ()),
]


@pytest.fixture(scope="module")
def rows():
    return generator.population(seed=20_261_001, agencies=AGENCIES)


def test_the_same_seed_gives_the_same_rows(rows):
    assert generator.population(seed=20_261_001, agencies=AGENCIES) == rows
    assert generator.population(seed=2, agencies=AGENCIES)[0] != rows[0]


def test_every_row_can_be_loaded(rows):
    assert len(rows) == len({row.siren for row in rows}) == 300
    assert [found for number, row in enumerate(rows) for found in policies.row_obstacles(row, str(number))] == []


def test_it_has_what_a_story_needs(rows):
    sizes = Counter(row.size_category for row in rows)
    assert sizes["GE"] >= 2
    assert sizes["ETI"] >= 5
    assert {row.segment for row in rows} == {"pro", "pme", "enterprise", "public"}
    assert {row.state for row in rows} == {"active", "prospect"}
    assert max(len(row.establishments) for row in rows) == 7
    assert all(len(row.accounts) > 1 for row in rows if row.size_category == "GE" and len(row.establishments) > 3)
    assert all(account.cost_centres for row in rows if row.size_category in {"ETI", "GE"} for account in row.accounts)
    assert {account.payment_means for row in rows for account in row.accounts} == {"direct_debit", "transfer"}
    assert {account.vat_territory for row in rows for account in row.accounts} >= {"FR", "DROM"}


def test_agencies_prospect_near_them_and_owners_share(rows):
    near = [row for row in rows if row.establishments[0].postcode[:2] in {"69", "42"}]
    assert near
    assert {row.agency_id for row in near} == {AGENCIES[0].agency_id}
    assert {row.agency_id for row in rows} == {agency.agency_id for agency in AGENCIES}
    assert {row.owner_id for row in rows if row.agency_id == AGENCIES[0].agency_id} == set(AGENCIES[0].owner_ids)
    assert {row.owner_id for row in rows if row.agency_id == AGENCIES[2].agency_id} == {None}


def test_nobody_can_be_reached_for_real(rows):
    for row in rows:
        assert row.siren.startswith("99")
        for person in row.contacts:
            assert person.email.endswith(".example")
            assert re.fullmatch(r"\+3319900\d{4}", person.phone)
            assert person.name == f"{person.given_name} {person.family_name}"
        for account in row.accounts:
            assert account.email.endswith(".example")
            assert not account.iban or account.iban[4:9] == "00000"


def test_numbers_are_valid_and_places_real():
    known = set(generator.communes())
    assert len([one for one in known if not one[0].startswith("97")]) >= 150
    assert len([one for one in known if one[0].startswith("97")]) >= 3
    for number in (0, 1, 999, generator.SUPPLY - 1):
        one = generator.company(number, 1)
        assert identifiers.check_siren(one.siren) == one.siren
        for place in one.places:
            assert identifiers.check_siret(place.siret) == place.siret
            assert place.siret.startswith(one.siren)
            assert (place.postcode, place.insee, place.city) in known
        assert [place.is_head_office for place in one.places] == [True] + [False] * (len(one.places) - 1)


def test_the_range_has_an_end():
    with pytest.raises(ValueError, match="fictional range"):
        generator.company(generator.SUPPLY, 1)


@pytest.mark.parametrize(
    ("legal", "usual"),
    [
        ("SOCIETE MOREL TRANSPORTS", "Morel Transports"),
        ("SARL GARAGE LE GOFF", "Garage Le Goff"),
        ("TRANSPORTS FAURE ET ASSOCIES", "Transports Faure et Associés"),
        ("MOREL-ÉVRARD VINS", "Morel-Évrard Vins"),
        ("A.M.T. TRANSPORTS", "A.M.T. Transports"),
    ],
)
def test_usual_names_are_said_as_people_say_them(legal, usual):
    from come.party.generator import customers  # noqa: PLC0415 - the folder re-exports what others use

    assert customers.usual_name(legal) == usual


def test_an_agency_without_departments_takes_its_turn():
    alone = [generator.AgencyStaff(uuid.UUID(int=1), ())]
    assert {row.agency_id for row in generator.population(seed=1, agencies=alone, companies=5)} == {uuid.UUID(int=1)}
