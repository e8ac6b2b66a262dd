"""Quotes on lines of the fleet: only the difference is sold, and the order makes it true."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

import fleet_world as fw
import quote_scene
from come.catalogue import queries as catalogue_queries, records as catalogue
from come.edges.mail import folder
from come.edges.network import models as network_models
from come.inventory import commands as inventory_commands, models as inventory_models, queries as inventory_queries
from come.order import commands as order_commands, jobs, queries as order_queries
from come.quote import commands, models, queries, records
from come.shared import clock, ids, obstacles, wiring
from fleet_lines import installed_line

SOON = fw.AT + dt.timedelta(days=1)
DAY = fw.AT.date()


@pytest.fixture
def fleet(scene, monkeypatch, tmp_path):
    """Install four lines known to the network, and keep letters in a folder of the test."""
    monkeypatch.setattr(folder.MailFolder, "__init__", lambda self, path=None: setattr(self, "folder", path or tmp_path / "mail"))
    versions = {one.code: [one] for one in quote_scene.OFFERINGS}
    monkeypatch.setattr(catalogue_queries, "offering_versions", lambda *, code, **_day: versions.get(code, []))
    monkeypatch.setattr(clock, "now", lambda: SOON)
    wiring._load.cache_clear()
    lines = [installed_line(scene.world, number) for number in range(1, 5)]
    inventory_commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT)
    for line in lines:
        network_models.SimulatedSubscriber.objects.create(
            line_id=line.line_id, msisdn=line.msisdn, iccid=line.iccid, state="active", services=["OPT-SEC"], changed_at=fw.AT
        )
    return [line.line_id for line in lines]


def draft(scene, line_ids, kind="change", **given):
    made = commands.create_fleet_quote(
        customer_file_id=scene.world.company, line_ids=line_ids, kind=kind, actor=scene.world.alice, at=fw.AT, **given
    )
    return made.quote_id


def edit(scene, quote_id, line_id, **cells):
    commands.edit_lines(quote_id=quote_id, changes={line_id: cells}, actor=scene.world.alice, at=fw.AT)


def test_lines_come_with_what_they_have_and_cost_no_more_until_they_change(scene, fleet):
    quote_id = draft(scene, fleet[:2])
    rows = scene.lines(quote_id)
    assert [(row.cells["plan"], row.cells["options"], row.issues) for row in rows] == [("Éco 5 Go", "Protection mobile", ())] * 2
    head = scene.head(quote_id)
    assert (head.kind, head.line_count, head.issue_count, head.totals.monthly, head.totals.one_off) == ("change", 2, 0, Decimal("19.80"), 0)
    change = queries.fleet_change(quote_id=quote_id)
    assert (change.unchanged, change.monthly_before, change.monthly_after) == (2, Decimal("19.80"), Decimal("19.80"))


def test_a_quote_that_changes_nothing_is_not_sent(scene, fleet):
    quote_id = draft(scene, fleet[:1])
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(quote_id)
    assert refused.value.code == "quote.nothing_changes"
    assert scene.head(quote_id).state == "inProgress"


def test_only_what_is_new_is_priced_and_what_stays_keeps_its_negotiated_price(scene, fleet):
    quote_id = draft(scene, fleet[:2])
    # Another plan on the first, a device beside the second: its plan keeps the old negotiated 7,90 €.
    edit(scene, quote_id, fleet[0], plan="MOB-50")
    edit(scene, quote_id, fleet[1], device="TEL-A9")
    change = queries.fleet_change(quote_id=quote_id)
    by_line = {group.line_ids[0]: group.difference for group in change.groups}
    first, second = by_line[fleet[0]], by_line[fleet[1]]
    assert (first.monthly_before, first.monthly_after, first.one_off) == (Decimal("9.90"), Decimal("20.90"), Decimal("10.00"))
    assert (first.added, first.kept, first.ended) == (("MOB-50",), ("OPT-SEC",), ("MOB-5",))
    assert (second.monthly_before, second.monthly_after, second.instalments_after) == (Decimal("9.90"), Decimal("9.90"), Decimal("12.50"))
    assert (second.added, second.ended, second.one_off) == (("TEL-A9",), (), Decimal(0))
    # 24 months from the change would end sooner than what runs: a commitment is never shortened.
    assert (first.commitment_end_date, second.commitment_end_date) == (dt.date(2028, 10, 5), dt.date(2028, 3, 1))
    head = scene.head(quote_id)
    assert (head.totals.monthly, head.totals.instalments_monthly, head.totals.one_off) == (
        Decimal("30.80"),
        Decimal("12.50"),
        Decimal("10.00"),
    )


def test_ending_a_line_says_its_fee_by_the_schedule(scene, fleet, snapshots):
    schedule = (catalogue.EarlyTerminationStep(0, Decimal(100)), catalogue.EarlyTerminationStep(6, Decimal(30)))
    term = catalogue.TermRecord(24, 30, schedule)
    snapshots[None] = tuple(dataclasses.replace(one, terms=(term,)) if one.code == "MOB-5" else one for one in quote_scene.OFFERINGS)
    quote_id = draft(scene, fleet[:1], action="terminate")
    (group,) = queries.fleet_change(quote_id=quote_id).groups
    # Seven months reached: 16 whole months of 9,90 € remain; without a schedule that is known, all of them are due.
    assert (group.difference.fee.months_remaining, group.difference.fee.percentage) == (16, Decimal(100))
    assert group.difference.fee.amount == Decimal("158.40")


def test_a_renewal_takes_the_prices_of_the_day_and_says_the_new_end(scene, fleet):
    quote_id = draft(scene, fleet[:1], kind="renewal")
    (group,) = queries.fleet_change(quote_id=quote_id).groups
    change = group.difference
    # 9,90 € at the catalogue of the day instead of 7,90 €: the difference is seen before anybody agrees.
    assert (change.monthly_before, change.monthly_after, change.repriced) == (Decimal("9.90"), Decimal("11.90"), ("MOB-5",))
    assert (change.is_recommitted, change.commitment_start_date, change.commitment_end_date) == (True, DAY, dt.date(2028, 10, 5))
    assert change.one_off == 0


def test_a_line_of_somebody_else_or_ended_brings_nothing(scene, fleet):
    inventory_commands.change_state(product_ids=[fleet[0]], to="terminated", reason="", actor=fw.SYSTEM, at=fw.AT)
    with pytest.raises(obstacles.Refusal) as refused:
        draft(scene, [fleet[0], ids.derived("nobody")])
    assert {one.code for one in refused.value.obstacles} == {"quote.not_their_line", "quote.line_ended"}
    assert models.Quote.objects.count() == 0


def test_charlie_takes_no_line_of_lyon(scene, fleet):
    with pytest.raises(obstacles.Refusal):
        commands.create_fleet_quote(
            customer_file_id=scene.world.company, line_ids=fleet, kind="change", actor=scene.world.charlie, at=fw.AT
        )
    quote_id = draft(scene, fleet[:1])
    everything = records.Selection()
    acts = (
        lambda: commands.end_lines(quote_id=quote_id, selection=everything, ends=True, actor=scene.world.charlie, at=fw.AT),
        lambda: commands.take_fleet_lines(quote_id=quote_id, line_ids=fleet, action="modify", actor=scene.world.charlie, at=fw.AT),
        lambda: commands.clone_quote(quote_id=quote_id, actor=scene.world.charlie, at=fw.AT),
        lambda: commands.add_alternative(quote_id=quote_id, name="", actor=scene.world.charlie, at=fw.AT),
        lambda: commands.add_fleet_profiles(quote_id=quote_id, places=[0], quantity=1, actor=scene.world.charlie, at=fw.AT),
    )
    for act in acts:
        with pytest.raises(obstacles.NotAllowed):
            act()
    assert (models.Quote.objects.count(), models.QuoteLine.objects.filter(action="modify").count()) == (1, 1)


def test_a_line_that_moved_since_is_said_before_sending_and_taken_again(scene, fleet):
    quote_id = draft(scene, fleet[:1])
    edit(scene, quote_id, fleet[0], options="OPT-SEC; OPT-MONDE", plan="MOB-50")
    inventory_models.ProductPrice.objects.filter(product_id=fleet[0]).update(amount_exact=Decimal("8.40"))
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(quote_id)
    assert "quote.fleet_changed" in {one.code for one in refused.value.obstacles}
    commands.price_quote(quote_id=quote_id, actor=scene.world.alice, at=fw.AT)
    assert queries.fleet_change(quote_id=quote_id).monthly_before == Decimal("10.40")
    assert scene.send(quote_id).version == 1


def test_the_order_makes_it_true_and_history_keeps_the_old(scene, fleet):
    quote_id = draft(scene, fleet)
    edit(scene, quote_id, fleet[0], plan="MOB-50", options="OPT-MONDE")
    edit(scene, quote_id, fleet[1], device="TEL-A9")
    commands.end_lines(quote_id=quote_id, selection=records.Selection((fleet[2],)), ends=True, actor=scene.world.alice, at=fw.AT)
    head = scene.head(quote_id)
    assert (head.issue_count, head.totals.one_off) == (0, Decimal("168.40"))
    scene.send(quote_id)
    commands.accept_quote(quote_id=quote_id, identity="Anne Durand", actor=scene.world.alice, at=fw.AT)
    answer = order_commands.submit_order(quote_id=quote_id, actor=scene.world.alice, at=SOON)
    order = order_queries.order(viewer=scene.world.alice, reference=answer.reference)
    # The fourth line was looked at and left: it is not ordered.
    assert (order.kind, order.line_count) == ("change", 3)
    jobs.drain(order_id=answer.order_id, at=SOON)
    assert order_queries.order(viewer=scene.world.alice, reference=answer.reference).state == "completed"

    first = inventory_queries.line(product_id=fleet[0], viewer=scene.world.alice)
    assert (first.offering_code, first.name_fr, first.commitment_end_date) == ("MOB-50", "Illimité 50 Go", dt.date(2028, 10, 5))
    assert [(part.offering_code, part.state) for part in first.parts] == [("OPT-SEC", "terminated"), ("OPT-MONDE", "active")]
    running = {
        (price.product_name_fr, price.code): price.amount
        for price in first.prices
        if price.end_date is None and price.price_type == "recurring"
    }
    assert running == {("Illimité 50 Go", "ABO"): Decimal("18.90"), ("Pass voyage monde", "ABO"): Decimal("5.00")}
    assert [price.amount for price in first.prices if price.price_type == "one_off"] == [Decimal("10.00")]
    assert [(one.name_fr, one.end_at) for one in first.past_offerings] == [("Éco 5 Go", SOON)]
    then, now = (inventory_queries.as_of(product_ids=[fleet[0]], at=at)[0].offering_code for at in (fw.AT, SOON))
    assert (then, now) == ("MOB-5", "MOB-50")

    second = inventory_queries.line(product_id=fleet[1], viewer=scene.world.alice)
    assert (second.offering_code, second.commitment_end_date) == ("MOB-5", dt.date(2028, 3, 1))
    prices = {(price.offering, price.amount, price.end_date) for price in _prices(second)}
    assert prices == {("Éco 5 Go", Decimal("7.90"), None), ("Protection mobile", Decimal("2.00"), None),
                      ("Altia A9, en 24 fois", Decimal("12.50"), dt.date(2028, 10, 6))}  # fmt: skip

    third = inventory_queries.line(product_id=fleet[2], viewer=scene.world.alice)
    assert third.state == "terminated"
    assert [(price.code, price.amount) for price in third.prices if price.price_type == "one_off"] == [
        ("FRAIS-RESILIATION", Decimal("158.40"))
    ]
    assert {price.end_date for price in third.prices if price.price_type == "recurring"} == {SOON.date()}
    fourth = inventory_queries.line(product_id=fleet[3], viewer=scene.world.alice)
    assert (fourth.state, fourth.order_item_ref) == ("active", "")
    assert network_models.SimulatedSubscriber.objects.get(line_id=fleet[0]).services == ["OPT-MONDE"]
    assert network_models.SimulatedSubscriber.objects.get(line_id=fleet[2]).state == "terminated"


@dataclasses.dataclass(frozen=True)
class Seen:
    offering: str
    amount: Decimal
    end_date: dt.date | None


def _prices(line):
    return [Seen(price.product_name_fr, price.amount, price.end_date) for price in line.prices]
