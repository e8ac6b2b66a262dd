"""The price book of a month carries what agreements say of usage: allowances, formulas, the companies of a group."""

from __future__ import annotations

import datetime as dt

import pytest

import fleet_world
import usage_world
from come.catalogue import commands as catalogue_commands, records as catalogue
from come.inventory import commands as inventory_commands, records as inventory
from come.party import models as party_models
from come.usage import commands, queries
from come.usage.queries import price_book
from come.usage.rating import tables

GO = 1_000_000_000
OCTOBER = dt.date(2026, 10, 1)


def clause(**values):
    return catalogue.ClauseRecord(
        "7.1", "quantity", "allowance", "Vingt gigaoctets par ligne.", allowance_code="DATA", allowance_quantity=20 * GO, **values
    )


def sign(world, clauses, start=dt.date(2026, 1, 1), end=None):
    company = party_models.CustomerFile.objects.get(id=world.company)
    return catalogue_commands.create_agreement(
        name="Accord",
        legal_unit_id=company.legal_unit_id,
        clauses=clauses,
        valid_from=start,
        valid_to=end,
        signed_date=start,
        actor=usage_world.SYSTEM,
        at=usage_world.AT,
    ).reference


@pytest.fixture
def fleet(world):
    """Add two lines whose plan brings ten gigabytes to those of the small world."""
    terms = (inventory.NewUsageTerm(100, tariff_code="T-BASE", allowance_code="DATA", allowance_quantity=10 * GO),)
    lines = [fleet_world.new_line(world, number, activated_at=dt.datetime(2026, 9, 1, tzinfo=dt.UTC), terms=terms) for number in (20, 21)]
    inventory_commands.install_lines(lines=lines, actor=usage_world.SYSTEM, at=usage_world.AT)
    return world


def included(cycle="2026-10"):
    rows = price_book.rows_of(cycle=cycle)
    place = {name: index for index, name in enumerate(tables.names("subscriptions"))}
    found = {(row[place["allowance_code"]], row[place["quantity"]]) for row in rows["subscriptions"] if row[place["allowance_code"]]}
    return found, {row[0]: row[4] for row in rows["allowances"]}


def test_the_catalogue_s_quantity_holds_without_a_clause(fleet):
    assert included()[0] == {("DATA", 10 * GO)}


def test_a_clause_sets_the_whole_month_that_it_touches(fleet):
    reference = sign(fleet, [clause(allowance_scope="pool_per_line")], dt.date(2026, 9, 20), dt.date(2026, 10, 5))

    cited = f"DATA {reference} §7.1"
    for cycle in ("2026-09", "2026-10"):
        found, scopes = included(cycle)
        assert found == {(cited, 20 * GO)}
        assert (scopes["DATA"], scopes[cited]) == ("line", "pool_per_line")
    assert included("2026-11")[0] == {("DATA", 10 * GO)}


def test_a_clause_on_another_offer_leaves_the_line_alone(fleet):
    sign(fleet, [clause(offering_code="MOB-ILL-50")])

    assert included()[0] == {("DATA", 10 * GO)}


def test_a_month_is_rated_by_the_formula_and_the_allowance_of_the_agreement(fleet, tmp_path):
    half = catalogue.ClauseRecord(
        "6.1", "formula", "tariff_zone", "Moitié prix.", tariff_code="T-BASE", service="voice", zone_code="EU-FIXE",
        origin_zone_code="R-FR", formula="liste / 2",
    )  # fmt: skip
    reference = sign(fleet, [clause(), half])
    lines = [
        usage_world.record("D1", line=20, service="data", seconds=0, octets=15 * GO, start="2026-10-12T10:00:00Z"),
        usage_world.record("V1", line=20, other="+4930123456", seconds=60, start="2026-10-12T11:00:00Z"),
    ]
    commands.ingest_file(path=usage_world.write(tmp_path, lines), actor=usage_world.SYSTEM, at=usage_world.AT)
    commands.rate_cycle(cycle="2026-10", actor=usage_world.SYSTEM, at=usage_world.AT)

    found = {one.service: one for one in queries.bill_charges(billing_account_ids=[fleet.account], cycle="2026-10")}
    data, voice = found["data"], found["voice"]
    assert (data.charge_micro_eur, data.quantity_free, data.allowance_code) == (0, 15 * GO, f"DATA {reference} §7.1")
    # 0,18 € the minute in the catalogue, half of it here.
    assert (voice.charge_micro_eur, voice.clause_number) == (90_000, f"{reference} §6.1")
