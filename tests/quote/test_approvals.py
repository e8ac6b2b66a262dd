"""What is conceded in a quote, who must approve it, what they answer, and what happens when nobody does."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django import test
from hypothesis import given, strategies as st

import fleet_world as fw
from come.quote import commands, models, queries, records
from come.quote.policies import approvals as policy
from come.shared import actor as actors, obstacles
from come.staff import models as staff
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

DAY = fw.AT.date()
SYSTEM = actors.system_actor("Rappels")
TABLE = "Utilisateur\tForfait\tOptions\n" + "".join(f"Salarié {n}\tMOB-50\tOPT-SEC\n" for n in range(4))


def _person(name, role, agency_id):
    member = staff.StaffMember.objects.create(login=name, display_name=name.title(), roles=[role], email=f"{name}@novaline.example")
    staff.Membership.objects.create(staff_member=member, agency_id=agency_id)
    return actors.Actor(
        staff_id=member.id,
        name=name.title(),
        roles=frozenset({role}),
        agency_ids=frozenset({agency_id}),
        sees_all_agencies=role == "pricing_manager",
    )


@pytest.fixture
def office(scene):
    """Give Lyon a manager and the operator a pricing manager, and a draft of four lines at 18,90 € by clause 4.2 and 2,00 €."""
    world = scene.world
    people = {"diane": _person("diane", "manager", world.lyon), "jeanne": _person("jeanne", "pricing_manager", world.lyon)}
    return dataclasses.make_dataclass("Office", ["scene", "world", "draft", "diane", "jeanne"])(
        scene, world, scene.draft(TABLE).quote_id, **people
    )


def concede(office, value, *, kind="percentage", target="plan", selection=None, **more):
    return commands.concede_price(
        quote_id=office.draft,
        selection=selection or records.Selection(),
        wish=records.Wish(target, kind, Decimal(value), "Client fidèle", **more),
        actor=office.world.alice,
        at=fw.AT,
    )


def ask(office, **more):
    return commands.ask_approval(quote_id=office.draft, reason="Client fidèle", actor=office.world.alice, at=fw.AT, **more)


def request_of(office):
    return queries.approvals_of(quote_id=office.draft)[0]


def codes(refused):
    return [one.code for one in refused.value.obstacles]


def test_a_percentage_is_taken_off_the_agreements_price_of_the_chosen_lines(office):
    chosen = tuple(line.stable_id for line in office.scene.lines(office.draft)[:2])
    answer = concede(office, "10", selection=records.Selection(chosen))
    assert answer.touched == 2
    # 2 × 17,01 + 2 × 18,90 + 4 × 2,00
    assert answer.monthly_exact == Decimal("79.820000")
    (row,) = queries.concession_rows(office.draft)
    assert (row.number, row.line_count, str(row.said)) == ("C1", 2, "10\u00a0% de remise sur Illimité 50 Go")
    patterns = queries.patterns(quote_id=office.draft)
    assert sorted(pattern.quantity for pattern in patterns) == [2, 2]
    found = {component.amount: component for pattern in patterns for component in pattern.components if component.price_code == "ABO"}
    assert (found[Decimal("17.010000")].clause_number, found[Decimal("17.010000")].level) == ("C1", "line_plan")


def test_the_seller_undoes_a_concession_like_any_act(office):
    concede(office, "10")
    assert office.scene.head(office.draft).totals.monthly == Decimal("76.04")
    commands.undo_edit(quote_id=office.draft, actor=office.world.alice, at=fw.AT)
    assert office.scene.head(office.draft).totals.monthly == Decimal("83.60")
    commands.redo_edit(quote_id=office.draft, actor=office.world.alice, at=fw.AT)
    assert office.scene.head(office.draft).totals.monthly == Decimal("76.04")


def test_a_second_concession_takes_the_place_of_the_first_on_the_same_thing_only(office):
    concede(office, "10")
    concede(office, "50", target="OPT-SEC")
    concede(office, "17.00", kind="amount")
    assert office.scene.head(office.draft).totals.monthly == Decimal("72.00")
    assert {row.number: row.line_count for row in queries.concession_rows(office.draft)} == {"C2": 4, "C3": 4}
    commands.withdraw_concessions(quote_id=office.draft, selection=records.Selection(), number="C2", actor=office.world.alice, at=fw.AT)
    assert office.scene.head(office.draft).totals.monthly == Decimal("76.00")


def test_what_is_conceded_to_the_customer_holds_for_lines_to_come(office):
    concede(office, "10", is_for_customer=True)
    office.scene.paste(office.draft, "Utilisateur\tForfait\nZoé\tMOB-50\n")
    assert office.scene.head(office.draft).totals.monthly == 5 * Decimal("17.01") + 8


@pytest.mark.parametrize(
    ("value", "more", "expected"),
    [
        ("0", {}, ["quote.concession.bounds"]),
        ("100.5", {}, ["quote.concession.bounds"]),
        ("10", {"target": "OPT-MONDE"}, ["quote.concession.nothing"]),
        ("19.50", {"kind": "amount"}, ["quote.concession.rise"]),
        ("-1", {"kind": "amount", "target": "device"}, ["quote.concession.nothing", "quote.concession.bounds"]),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_whole_and_changes_nothing(office, value, more, expected):
    before = office.scene.head(office.draft)
    with pytest.raises(obstacles.Refusal) as refused:
        concede(office, value, **more)
    assert codes(refused) == expected
    after = office.scene.head(office.draft)
    assert (after.totals, after.revision) == (before.totals, before.revision)
    assert not models.QuoteConcession.objects.exists()


def test_charlie_of_another_agency_concedes_and_approves_nothing(office):
    concede(office, "15")
    request_id = ask(office)
    with pytest.raises(obstacles.NotAllowed):
        commands.withdraw_concessions(quote_id=office.draft, selection=records.Selection(), actor=office.world.charlie, at=fw.AT)
    stranger = _person("chloe", "manager", office.world.lille)
    with pytest.raises(obstacles.NotAllowed):
        commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=stranger, at=fw.AT)
    assert request_of(office).state == "asked"


def test_a_small_concession_leaves_without_anybody_and_a_large_one_waits_for_the_manager(office):
    concede(office, "3")
    office.scene.send(office.draft)
    other = office.scene.draft(TABLE)
    office.draft = other.quote_id
    concede(office, "15")
    with pytest.raises(obstacles.Refusal) as refused:
        office.scene.send(office.draft)
    assert codes(refused) == ["quote.approval.approval_missing"]
    request_id = ask(office)
    found = request_of(office)
    assert (found.level_code, found.approver_name, found.state) == ("manager", "Diane", "asked")
    # Once: 40,00; over 24 months: 2 046,40 become 1 774,24 with 15 % off the subscriptions.
    assert found.discount_percent == Decimal("13.30")
    assert found.monthly_discount == Decimal("11.34")
    assert office.scene.head(office.draft).state == "pending"
    with pytest.raises(obstacles.Refusal):
        office.scene.paste(office.draft, "Utilisateur\tForfait\nZoé\tMOB-50\n")
    assert commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=office.diane, at=fw.AT) == "approved"
    office.scene.send(office.draft)
    assert office.scene.head(office.draft).state == "approved"


def test_approval_is_for_these_prices_alone(office):
    concede(office, "15")
    commands.decide_approval(request_id=ask(office), is_approved=True, note="", actor=office.diane, at=fw.AT)
    office.scene.paste(office.draft, "Utilisateur\tForfait\nZoé\tMOB-50\n")
    assert not request_of(office).is_current
    with pytest.raises(obstacles.Refusal) as refused:
        office.scene.send(office.draft)
    assert codes(refused) == ["quote.approval.approval_missing"]


def test_a_refusal_says_why_and_gives_the_draft_back(office):
    concede(office, "15")
    request_id = ask(office)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.decide_approval(request_id=request_id, is_approved=False, note=" ", actor=office.diane, at=fw.AT)
    assert codes(refused) == ["quote.approval.no_reason"]
    commands.decide_approval(request_id=request_id, is_approved=False, note="Dix pour cent au plus.", actor=office.diane, at=fw.AT)
    assert office.scene.head(office.draft).state == "inProgress"
    assert (request_of(office).state, request_of(office).note) == ("refused", "Dix pour cent au plus.")
    with pytest.raises(obstacles.Refusal) as refused:
        commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=office.diane, at=fw.AT)
    assert "quote.approval.not_open" in codes(refused)


def test_nobody_approves_their_own_nor_beyond_their_duty(office):
    concede(office, "40")
    request_id = ask(office)
    assert request_of(office).level_code == "pricing"
    with pytest.raises(obstacles.Refusal) as refused:
        commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=office.diane, at=fw.AT)
    assert codes(refused) == ["quote.approval.beyond_duty"]
    with pytest.raises(obstacles.Refusal) as refused:
        commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=office.world.alice, at=fw.AT)
    assert codes(refused) == ["quote.approval.own_request", "quote.approval.beyond_duty"]
    commands.decide_approval(request_id=request_id, is_approved=True, note="", actor=office.jeanne, at=fw.AT)
    office.scene.send(office.draft)


def test_the_link_of_the_message_answers_once_in_the_name_of_its_reader(office):
    concede(office, "15")
    ask(office)
    token = models.ApprovalRequest.objects.get().token
    letter = models.QuoteLetter.objects.get(kind="approval")
    assert letter.recipient == "diane@novaline.example"
    assert token in letter.body_fr
    assert commands.decide_by_link(token=token, is_approved=True, note="D’accord", at=fw.AT, request_id="phone-1") == "approved"
    found = models.ApprovalRequest.objects.get()
    assert (found.decided_by_name, found.channel, found.token) == ("Diane", "link", "")
    with pytest.raises(obstacles.NotFound):
        commands.decide_by_link(token=token, is_approved=False, note="Non", at=fw.AT, request_id="phone-2")


def test_who_is_away_is_replaced_and_both_names_are_kept(office):
    commands.delegate_approvals(
        delegate_id=office.jeanne.staff_id, valid_from=DAY, valid_to=DAY + dt.timedelta(days=7), actor=office.diane, at=fw.AT
    )
    concede(office, "15")
    request_id = ask(office)
    assert (request_of(office).approver_name, request_of(office).handed_from_name) == ("Jeanne", "Diane")
    commands.hand_on_approval(request_id=request_id, to_staff_id=office.diane.staff_id, actor=office.jeanne, at=fw.AT)
    assert (request_of(office).approver_name, request_of(office).handed_from_name) == ("Diane", "Jeanne")
    with pytest.raises(obstacles.Refusal) as refused:
        commands.hand_on_approval(request_id=request_id, to_staff_id=office.world.alice.staff_id, actor=office.diane, at=fw.AT)
    assert codes(refused) == ["quote.approval.not_approver"]


def test_silence_is_reminded_then_goes_to_the_level_above_and_never_approves(office):
    concede(office, "15")
    ask(office)
    assert commands.remind_approvals(at=fw.AT + dt.timedelta(hours=3), actor=SYSTEM) == 0
    assert commands.remind_approvals(at=fw.AT + dt.timedelta(hours=5), actor=SYSTEM) == 1
    assert commands.remind_approvals(at=fw.AT + dt.timedelta(hours=6), actor=SYSTEM) == 0
    assert commands.remind_approvals(at=fw.AT + dt.timedelta(hours=25), actor=SYSTEM) == 1
    assert (request_of(office).approver_name, request_of(office).handed_from_name, request_of(office).state) == ("Jeanne", "Diane", "asked")
    assert commands.remind_approvals(at=fw.AT + dt.timedelta(hours=80), actor=SYSTEM) == 0
    recipients = list(models.QuoteLetter.objects.filter(kind="approval").order_by("created_at").values_list("recipient", flat=True))
    assert recipients == ["diane@novaline.example", "diane@novaline.example", "jeanne@novaline.example"]


def test_the_seller_takes_the_question_back_and_goes_on(office):
    concede(office, "15")
    request_id = ask(office)
    commands.withdraw_approval(request_id=request_id, actor=office.world.alice, at=fw.AT)
    assert office.scene.head(office.draft).state == "inProgress"
    concede(office, "3")
    office.scene.send(office.draft)


_percents = st.decimals(min_value=0, max_value=100, places=2)
_margins = st.one_of(st.none(), st.decimals(min_value=-100, max_value=100, places=2))
_euros = st.decimals(min_value=0, max_value=5000, places=2)


@given(_percents, _euros, _margins, _percents, _euros, _margins)
def test_giving_up_more_never_needs_a_lower_level(percent, monthly, margin, more_percent, more_monthly, less_margin):
    known = policy.levels(DAY)
    order = {level.code: place for place, level in enumerate(known)}
    given_up = policy.Stake(percent, monthly, margin)
    worse_margin = margin if margin is None or less_margin is None else min(margin, less_margin)
    worse = policy.Stake(max(percent, more_percent), max(monthly, more_monthly), worse_margin)
    assert order[policy.needed(worse, known).code] >= order[policy.needed(given_up, known).code]


@given(_percents, _euros, _margins)
def test_the_level_that_is_needed_suffices_and_those_below_do_not(percent, monthly, margin):
    known = policy.levels(DAY)
    given_up = policy.Stake(percent, monthly, margin)
    found = policy.needed(given_up, known)
    place = known.index(found)
    assert policy.suffices(found, given_up)
    assert not any(policy.suffices(level, given_up) for level in known[:place])


def _away(office, first, days, *, who=None, instead=None):
    return commands.delegate_approvals(
        delegate_id=(instead or office.jeanne).staff_id,
        valid_from=DAY + dt.timedelta(days=first),
        valid_to=DAY + dt.timedelta(days=first + days),
        actor=who or office.diane,
        at=fw.AT,
    )


def test_nobody_is_replaced_twice_by_themselves_in_the_past_or_by_who_does_not_approve(office):
    _away(office, 3, 4)
    refusals = {}
    for name, wish in {
        "overlapping": {"first": 6, "days": 2},
        "past": {"first": -5, "days": 3},
        "empty": {"first": 9, "days": 0},
        "oneself": {"first": 20, "days": 1, "instead": office.diane},
        "a seller": {"first": 20, "days": 1, "instead": office.world.alice},
    }.items():
        with pytest.raises(obstacles.Refusal) as refused:
            _away(office, **wish)
        refusals[name] = codes(refused)
    assert refusals == {
        "overlapping": ["quote.approval.already_away"],
        "past": ["quote.approval.past_days"],
        "empty": ["quote.approval.no_days"],
        "oneself": ["quote.approval.not_approver"],
        "a seller": ["quote.approval.not_approver"],
    }
    with pytest.raises(obstacles.NotAllowed):
        _away(office, 30, 1, who=office.world.alice)
    assert models.ApprovalDelegation.objects.count() == 1
    # The day after the last one is free.
    _away(office, 7, 1)
    assert [one.name for one in queries.delegations(staff_id=office.diane.staff_id, day=DAY)] == ["Jeanne", "Jeanne"]
    assert [one.name for one in queries.replaced_by(staff_id=office.jeanne.staff_id, day=DAY)] == ["Diane", "Diane"]


def test_a_delegation_ends_today_or_never_begins(office):
    present, coming = _away(office, 0, 5), _away(office, 10, 5)
    with pytest.raises(obstacles.NotFound):
        commands.end_delegation(delegation_id=present, actor=office.jeanne, at=fw.AT)
    later = fw.AT + dt.timedelta(days=2)
    commands.end_delegation(delegation_id=present, actor=office.diane, at=later)
    commands.end_delegation(delegation_id=coming, actor=office.diane, at=later)
    (row,) = models.ApprovalDelegation.objects.all()
    assert (row.id, row.valid_to) == (present, DAY + dt.timedelta(days=2))
    concede(office, "15")
    request_id = commands.ask_approval(quote_id=office.draft, reason="Client fidèle", actor=office.world.alice, at=later)
    assert queries.approval(request_id=request_id, viewer=office.diane).approver_name == "Diane"
    with pytest.raises(obstacles.NotFound):
        commands.end_delegation(delegation_id=present, actor=office.diane, at=later)


def test_the_page_names_who_replaces_and_gives_every_mistake_back(office, monkeypatch):
    monkeypatch.setenv("COME_NOW", fw.AT.isoformat())
    client = test.Client()
    client.force_login(staff.StaffMember.objects.get(id=office.diane.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    given = {
        "delegate_id": str(office.jeanne.staff_id),
        "first_date": DAY.isoformat(),
        "last_date": (DAY + dt.timedelta(days=4)).isoformat(),
    }
    wrong = client.post("/devis/approbations/", {**given, "last_date": "demain", "first_date": ""})
    assert wrong.status_code == 422
    assert wrong.text.count("Choisissez un jour dans le calendrier.") == 2
    assert models.ApprovalDelegation.objects.count() == 0
    for _ in range(2):
        assert client.post("/devis/approbations/", {**given, "request_id": "double"}).status_code == 303
    (row,) = models.ApprovalDelegation.objects.all()
    assert (row.valid_from, row.valid_to) == (DAY, DAY + dt.timedelta(days=5))
    page = client.get("/devis/approbations/").text
    assert "Jeanne" in page
    assert "en ce moment" in page
    assert client.post("/devis/approbations/", {"act": "end", "delegation_id": str(row.id)}).status_code == 303
    assert "Vous répondez vous-même" in client.get("/devis/approbations/").text
    client.force_login(staff.StaffMember.objects.get(id=office.world.alice.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/devis/approbations/").status_code == 403
