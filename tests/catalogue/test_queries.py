"""What is sold on a day, in how many statements, and the price book that follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from come.catalogue import commands, models, queries
from come.catalogue.queries import snapshot as snapshots
from come.shared import obstacles
from come.usage.rating import checks as rating_checks, pricebook, tables as rating_tables

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

TODAY = dt.date(2026, 11, 2)


def test_the_demonstration_has_more_than_forty_five_offers_on_sale():
    sold = queries.catalogue_snapshot(at=TODAY).offerings

    assert len(sold) >= 45
    assert {record.kind for record in sold.values()} == {
        "plan", "data_plan", "m2m", "device", "accessory", "option", "pool", "sip_trunk", "number_block", "bundle", "discount", "service",
    }  # fmt: skip
    assert models.Prefix.objects.count() >= 300


def test_a_day_sells_the_version_of_that_day():
    prices = {day: queries.offering(code="MOB-ILL-50", at=day).price("ABO").amount for day in (dt.date(2026, 6, 30), dt.date(2026, 7, 1))}

    assert prices == {dt.date(2026, 6, 30): Decimal("21.90"), dt.date(2026, 7, 1): Decimal("22.90")}


@pytest.mark.parametrize("code", ["MOB-HISTO-3G", "MOB-SAT", "RIEN"])
def test_what_is_retired_drafted_or_unknown_is_not_sold(code):
    with pytest.raises(obstacles.NotFound):
        queries.offering(code=code, at=TODAY)


def test_an_offer_comes_with_all_that_belongs_to_it():
    plan = queries.offering(code="MOB-PREMIUM", at=TODAY)

    assert plan.tariff_code == "T-PREMIUM"
    assert [(allowance.code, allowance.quantity) for allowance in plan.allowances] == [
        ("DATA", 250_000_000_000), ("DATA-MONDE", 20_000_000_000), ("VOIX-MONDE", 10_800),
    ]  # fmt: skip
    assert [term.commitment_months for term in plan.terms] == [0, 12, 24]
    assert [(step.from_month, step.percentage) for step in plan.terms[2].early_termination] == [(0, Decimal(100)), (12, Decimal(20))]
    assert plan.commitment_months == 24
    assert plan.needs_msisdn
    assert plan.needs_sim
    assert "sim_format" in {characteristic.name for characteristic in plan.characteristics}


def test_a_device_is_goods_and_an_insurance_is_exempt():
    device = queries.offering(code="TEL-KESTREL-K12-24X", at=TODAY).price("MENS")
    insurance = queries.offering(code="OPT-ASSURANCE", at=TODAY).price("PRIME")

    assert (device.nature, device.price_type, device.instalment_count, device.amount) == ("goods", "instalment", 24, Decimal("29.13"))
    assert insurance.tax_category == "exempt"


def test_a_rule_on_a_kind_comes_for_each_offer_of_it():
    rules = [rule for rule in queries.catalogue_snapshot(at=TODAY).rules if rule.code == "R-UNE-OFFRE"]

    plans = {record.code for record in queries.offerings(at=TODAY, kind="plan")}
    assert {rule.source_code for rule in rules} == plans
    assert all(plans <= set(rule.target_codes) and rule.maximum == 1 for rule in rules)


def test_a_snapshot_costs_eleven_statements_then_one(django_assert_num_queries):
    snapshots._kept.clear()
    with django_assert_num_queries(11):
        first = queries.catalogue_snapshot(at=TODAY)
    with django_assert_num_queries(1):
        assert queries.catalogue_snapshot(at=TODAY) is first


def test_a_snapshot_changes_with_what_is_sold_and_only_then(paul, at):
    before = queries.catalogue_snapshot(at=TODAY)
    draft = models.Offering.objects.get(code="MOB-SAT")
    commands.rename_offering(offering_id=draft.id, name="Novaline Satellite Plus", actor=paul, at=at)
    assert queries.version_hash(at=TODAY) == before.version_hash

    coffee = models.Offering.objects.get(code="ACC-COQUE")
    commands.retire_offering(offering_id=coffee.id, valid_to=TODAY, actor=paul, at=at)

    after = queries.catalogue_snapshot(at=TODAY)
    assert after.version_hash != before.version_hash
    assert set(before.offerings) - set(after.offerings) == {"ACC-COQUE"}


def test_offers_are_found_by_kind_and_words():
    assert {record.code for record in queries.offerings(at=TODAY, kind="pool")} == {"POOL-DATA-100", "POOL-DATA-500", "POOL-DATA-2000"}
    assert [record.code for record in queries.offerings(at=TODAY, text="pass MONDE")] == ["OPT-ROAM-MONDE"]


def test_the_price_book_has_the_columns_of_its_format():
    tables = queries.usage_tables(start=dt.date(2026, 10, 1), end=dt.date(2026, 11, 1))

    assert set(tables.columns) == set(tables.rows)
    for name, columns in tables.columns.items():
        assert all(len(row) == len(columns) for row in tables.rows[name]), name
    assert dict(tables.rows["parameters"]) == {"home_zone": "R-FR", "contract_zone": "Europe/Paris", "currency": "EUR"}
    rates = [dict(zip(tables.columns["rates"], row, strict=True)) for row in tables.rows["rates"]]
    peak = next(
        rate
        for rate in rates
        if (rate["tariff_code"], rate["destination_zone"], rate["origin_zone"], rate["band_code"]) == ("T-ECO", "FR-MOBILE", "R-FR", "HP")
    )
    assert (peak["price_micro_eur"], peak["price_quantity"], peak["first_increment"], peak["next_increment"]) == (120_000, 60, 1, 1)
    # The price of 2025 is over: only the one of the month is in the book.
    assert [
        rate["price_micro_eur"]
        for rate in rates
        if (rate["tariff_code"], rate["service"], rate["origin_zone"]) == ("T-ILLIMITE", "data", "R-FR")
    ] == [2_000]


def test_every_allowance_is_in_the_price_book_once():
    tables = queries.usage_tables(start=dt.date(2026, 10, 1), end=dt.date(2026, 11, 1))

    codes = [row[0] for row in tables.rows["allowances"]]
    assert len(codes) == len(set(codes))
    used = {allowance.code for record in queries.catalogue_snapshot(at=TODAY).offerings.values() for allowance in record.allowances}
    assert used <= set(codes)


def test_the_price_book_costs_the_same_whatever_its_size():
    with CaptureQueriesContext(connection) as counted:
        queries.usage_tables(start=dt.date(2026, 10, 1), end=dt.date(2026, 11, 1))

    assert len(counted) == 11


def test_a_readable_tariff_hides_what_a_nearer_one_prices():
    lines = queries.tariff_lines(code="T-PREMIUM", at=TODAY)

    european = [
        line for line in lines if (line.rate.service, line.rate.origin_zone, line.rate.destination_zone) == ("voice", "R-FR", "EU-FIXE")
    ]
    assert [(line.rate.tariff_code, line.rate.price_eur) for line in european] == [("T-PREMIUM", Decimal(0))]
    assert any(line.rate.tariff_code == "T-BASE" and line.rate.destination_zone == "SATELLITE" for line in lines)


def test_the_demonstration_is_a_price_book_without_mistake(tmp_path):
    tables = queries.usage_tables(start=dt.date(2026, 10, 1), end=dt.date(2026, 11, 1))
    for name, columns in tables.columns.items():
        assert columns == rating_tables.names(name), name
    lines = {
        "subscriptions": [
            ("line", "+33612345678", "account", "company", 0, "T-ECO", "DATA", 1_000_000, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None),
        ],
    }
    pricebook.write(tmp_path, {**tables.rows, **lines})

    with duckdb.connect() as connection:
        found = pricebook.load(connection, tmp_path) or rating_checks.check(connection)

    assert found == []
