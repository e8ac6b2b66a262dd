"""Lines are installed as a set, keep their past, and never share a number or a SIM."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
from come.inventory import commands, models, queries, records
from come.party import models as party_models
from come.shared import identifiers, models as shared_models, obstacles, period

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> fw.World:
    return fw.build()


def _install(world, count, first=0):
    return commands.install_lines(lines=[fw.new_line(world, first + n) for n in range(count)], actor=fw.SYSTEM, at=fw.AT)


def test_a_fleet_is_installed_with_its_prices_and_parts(world):
    answer = _install(world, 3)
    assert answer == records.InstallAnswer(3, 0)
    line = queries.line(product_id=fw.new_line(world, 1).line_id, viewer=world.alice)
    assert line.current("number") == identifiers.test_msisdn(1)
    assert line.current("sim") == identifiers.test_iccid(1)
    assert [(price.code, price.amount, price.clause_number) for price in line.prices] == [
        ("NV-PRO-20-M", Decimal("17.900000"), "4.2"),
        ("NV-OPT-MONDE-M", Decimal("5.000000"), ""),
    ]
    assert [part.offering_code for part in line.parts] == ["NV-OPT-MONDE"]
    assert [(state.state, state.end_at) for state in line.states] == [("active", None)]


def test_installing_again_installs_nothing_twice(world):
    _install(world, 3)
    assert _install(world, 4) == records.InstallAnswer(1, 3)
    assert models.Product.objects.filter(parent=None).count() == 4
    assert models.ProductPrice.objects.count() == 8


def test_the_number_of_statements_does_not_depend_on_the_number_of_lines(world):
    _install(world, 1, first=500)
    with CaptureQueriesContext(connection) as few:
        _install(world, 2)
    with CaptureQueriesContext(connection) as many:
        _install(world, 200, first=10)
    assert len(few) == len(many)


def test_a_number_that_another_line_has_refuses_the_whole_set(world):
    _install(world, 1)
    lines = [fw.new_line(world, 5), fw.new_line(world, 6, msisdn=identifiers.test_msisdn(0))]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT)
    assert refused.value.code == "inventory.number_taken"
    assert "Ligne 00000" in refused.value.obstacles[0].message
    assert models.Product.objects.filter(parent=None).count() == 1
    assert not models.NumberResource.objects.filter(msisdn=identifiers.test_msisdn(5)).exists()


def test_the_same_sim_twice_in_one_set_is_refused(world):
    lines = [fw.new_line(world, 1), fw.new_line(world, 2, iccid=identifiers.test_iccid(1))]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT)
    assert refused.value.code == "inventory.sim_taken"
    assert models.Product.objects.count() == 0


def test_the_database_itself_keeps_a_number_on_one_line(world):
    _install(world, 2)
    first, second = models.ResourceAssignment.objects.filter(kind="number").order_by("id")
    with pytest.raises(IntegrityError, match="assignment_number_on_one_line"), transaction.atomic():
        models.ResourceAssignment.objects.create(product=second.product, kind="number", number=first.number, start_at=fw.AT)


def test_suspending_keeps_prices_and_says_what_was_true_before(world):
    _install(world, 2)
    line_id = fw.new_line(world, 0).line_id
    later = fw.AT + dt.timedelta(days=3)
    assert commands.change_state(product_ids=[line_id], to="suspended", reason="Vol", actor=world.alice, at=later) == 1
    line = queries.line(product_id=line_id, viewer=world.alice)
    assert (line.state, line.state_reason) == ("suspended", "Vol")
    assert [(state.state, state.end_at) for state in line.states] == [("suspended", None), ("active", later)]
    assert all(price.end_date is None for price in line.prices)
    (before,) = queries.as_of(product_ids=[line_id], at=later - dt.timedelta(hours=1))
    (after,) = queries.as_of(product_ids=[line_id], at=later)
    assert (before.state, after.state) == ("active", "suspended")
    assert before.msisdn == after.msisdn == identifiers.test_msisdn(0)


def test_suspending_again_changes_nothing(world):
    _install(world, 1)
    line_id = fw.new_line(world, 0).line_id
    commands.change_state(product_ids=[line_id], to="suspended", reason="", actor=world.alice, at=fw.AT + dt.timedelta(days=1))
    assert commands.change_state(product_ids=[line_id], to="suspended", reason="", actor=world.alice, at=fw.AT + dt.timedelta(days=2)) == 0
    assert models.ProductState.objects.filter(product_id=line_id).count() == 2


def test_terminating_ends_everything_and_quarantines_the_number(world):
    _install(world, 1)
    line_id = fw.new_line(world, 0).line_id
    end = fw.AT + dt.timedelta(days=10)
    commands.change_state(product_ids=[line_id], to="terminated", reason="Départ", actor=world.alice, at=end)
    line = queries.line(product_id=line_id, viewer=world.alice)
    assert {price.end_date for price in line.prices} == {period.local_day(end)}
    assert {part.state for part in line.parts} == {"terminated"}
    assert line.current("number") == ""
    number = models.NumberResource.objects.get()
    assert (number.state, number.quarantine_until_at) == ("quarantine", end + dt.timedelta(days=60))
    assert commands.release_expired_quarantine(at=end + dt.timedelta(days=59)) == 0
    assert commands.release_expired_quarantine(at=end + dt.timedelta(days=60)) == 1


def test_a_terminated_line_never_comes_back(world):
    _install(world, 2)
    first, second = (fw.new_line(world, n).line_id for n in range(2))
    commands.change_state(product_ids=[first], to="terminated", reason="", actor=world.alice, at=fw.AT + dt.timedelta(days=1))
    with pytest.raises(obstacles.Refusal) as refused:
        commands.change_state(product_ids=[first, second], to="suspended", reason="", actor=world.alice, at=fw.AT + dt.timedelta(days=2))
    assert refused.value.code == "inventory.transition"
    assert queries.line(product_id=second, viewer=world.alice).state == "active"


def test_charlie_neither_sees_nor_touches_a_line_of_lyon(world):
    _install(world, 1)
    line_id = fw.new_line(world, 0).line_id
    with pytest.raises(obstacles.NotFound):
        queries.line(product_id=line_id, viewer=world.charlie)
    with pytest.raises(obstacles.NotAllowed):
        queries.fleet(customer_file_id=world.company, viewer=world.charlie)
    with pytest.raises(obstacles.NotAllowed):
        commands.change_state(product_ids=[line_id], to="suspended", reason="", actor=world.charlie, at=fw.AT)
    with pytest.raises(obstacles.NotAllowed):
        commands.edit_lines(line_ids=[line_id], user_label="À moi", actor=world.charlie, at=fw.AT)
    assert queries.search_hits(text="06 39 98 00 00", viewer=world.charlie, limit=5) == []
    line = queries.line(product_id=line_id, viewer=world.bob)
    assert (line.state, line.user_label) == ("active", "Ligne 00000")


@pytest.mark.parametrize("written", ["06 39 98 00 01", "0639980001", "+33 6 39 98 00 01", "0033639980001", "33639980001", "980001"])
def test_a_line_is_found_by_its_number_in_any_writing(world, written):
    _install(world, 2)
    (hit,) = queries.search_hits(text=written, viewer=world.alice, limit=5)
    assert hit.url.endswith(f"{fw.new_line(world, 1).line_id}/")


def test_a_line_is_found_by_its_sim_and_its_label(world):
    _install(world, 2)
    (hit,) = queries.search_hits(text=identifiers.test_iccid(1), viewer=world.alice, limit=5)
    assert hit.url.endswith(f"{fw.new_line(world, 1).line_id}/")
    commands.edit_lines(line_ids=[fw.new_line(world, 0).line_id], user_label="Élodie Çelik", actor=world.alice, at=fw.AT)
    (hit,) = queries.search_hits(text="elodie celik", viewer=world.alice, limit=5)
    assert hit.title == "Élodie Çelik"


def test_a_fleet_is_filtered_counted_and_selected_as_a_set(world):
    _install(world, 5)
    commands.change_state(
        product_ids=[fw.new_line(world, 3).line_id], to="suspended", reason="", actor=world.alice, at=fw.AT + dt.timedelta(days=1)
    )
    page = queries.fleet(customer_file_id=world.company, viewer=world.alice, limit=2)
    assert (page.total, len(page.rows), page.fleet_size) == (5, 2, 5)
    assert page.states == (("active", 4), ("suspended", 1))
    filters = records.FleetFilters(state="suspended")
    assert queries.fleet_line_ids(customer_file_id=world.company, viewer=world.alice, filters=filters) == [fw.new_line(world, 3).line_id]
    found = queries.fleet(customer_file_id=world.company, viewer=world.alice, filters=records.FleetFilters(text="06 39 98 00 02"))
    assert [row.msisdn for row in found.rows] == [identifiers.test_msisdn(2)]
    assert found.rows[0].option_names == ("Option monde",)
    with CaptureQueriesContext(connection) as one:
        queries.fleet(customer_file_id=world.company, viewer=world.alice, limit=1)
    with CaptureQueriesContext(connection) as five:
        queries.fleet(customer_file_id=world.company, viewer=world.alice, limit=5)
    assert len(one) == len(five)


def test_labels_and_cost_centres_are_changed_as_a_set_once_per_request(world):
    _install(world, 3)
    line_ids = [fw.new_line(world, n).line_id for n in range(3)]
    alice = world.alice.with_request("edit-1")
    for _ in range(2):
        changed = commands.edit_lines(line_ids=line_ids, cost_centre_id=str(world.cost_centre), actor=alice, at=fw.AT)
    assert changed == 3
    page = queries.fleet(customer_file_id=world.company, viewer=world.alice)
    assert {row.cost_centre_code for row in page.rows} == {"ATELIER · Atelier"}
    with pytest.raises(obstacles.Refusal) as refused:
        commands.edit_lines(line_ids=line_ids, cost_centre_id="ailleurs", actor=world.alice, at=fw.AT)
    assert refused.value.code == "inventory.cost_centre"


def test_billing_reads_every_price_of_the_month_with_its_clause(world):
    _install(world, 2)
    commands.change_state(
        product_ids=[fw.new_line(world, 1).line_id],
        to="terminated",
        reason="",
        actor=world.alice,
        at=dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC),
    )
    items = queries.charge_items(billing_account_ids=[world.account], period=period.month(2026, 10))
    assert [(item.user_label, item.code, item.amount_exact, item.start_date, item.end_date, item.clause_number) for item in items] == [
        ("Ligne 00000", "NV-PRO-20-M", Decimal("17.900000"), dt.date(2026, 10, 5), None, "4.2"),
        ("Ligne 00000", "NV-OPT-MONDE-M", Decimal("5.000000"), dt.date(2026, 10, 5), None, ""),
        ("Ligne 00001", "NV-PRO-20-M", Decimal("17.900000"), dt.date(2026, 10, 5), dt.date(2026, 10, 20), "4.2"),
        ("Ligne 00001", "NV-OPT-MONDE-M", Decimal("5.000000"), dt.date(2026, 10, 5), dt.date(2026, 10, 20), ""),
    ]
    assert [item.msisdn for item in items] == [identifiers.test_msisdn(0)] * 2 + [identifiers.test_msisdn(1)] * 2
    assert [item.code for item in queries.charge_items(billing_account_ids=[world.account], period=period.month(2026, 11))] == [
        "NV-PRO-20-M",
        "NV-OPT-MONDE-M",
    ]


def test_rating_reads_whose_number_it_was_and_when(world):
    _install(world, 1)
    end = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
    commands.change_state(product_ids=[fw.new_line(world, 0).line_id], to="terminated", reason="", actor=world.alice, at=end)
    october = period.month(2026, 10).instants()
    ((line_id, msisdn, account, company, _, tariff, precedence, allowance, quantity, start, stop, _offering),) = (
        queries.usage_subscriptions(start=october.start, end=october.end)
    )
    assert (line_id, msisdn, account, company) == (fw.new_line(world, 0).line_id, identifiers.test_msisdn(0), world.account, world.company)
    assert (tariff, precedence, allowance, quantity, start, stop) == ("STD", 100, None, None, fw.AT, end)


def test_a_pool_gives_its_terms_to_the_whole_account(world):
    term = records.NewUsageTerm(200, allowance_code="DATA-COMMUN", allowance_quantity=100_000_000_000)
    pool = fw.new_line(world, 1, kind="pool", msisdn=None, iccid=None, terms=(term,), parts=())
    commands.install_lines(lines=[pool, fw.new_line(world, 2)], actor=fw.SYSTEM, at=fw.AT)
    october = period.month(2026, 10).instants()
    rows = queries.usage_subscriptions(start=october.start, end=october.end)
    assert [(row[0], row[1], row[5], row[7], row[8]) for row in rows] == [
        (None, "", "", "DATA-COMMUN", 100_000_000_000),
        (fw.new_line(world, 2).line_id, identifiers.test_msisdn(2), "STD", None, None),
    ]


def test_a_prospect_becomes_a_customer_with_its_first_line(world):
    assert party_models.CustomerFile.objects.get().state == "prospect"
    _install(world, 1)
    _install(world, 1, first=1)
    assert party_models.CustomerFile.objects.get().state == "active"
    assert shared_models.EventLog.objects.filter(name="CustomersWelcomed").count() == 1
