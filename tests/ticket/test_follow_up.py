"""Who is told of what, whether a repair holds, and what everyone may know."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

import fleet_world as fw
from come.shared import obstacles
from come.staff import models as staff_models
from come.ticket import commands, models, policies, ports, queries

pytestmark = pytest.mark.django_db
TOMORROW = fw.AT + dt.timedelta(days=1)
LATER = fw.AT + dt.timedelta(hours=1)


@pytest.fixture
def world():
    return fw.build()


@pytest.fixture
def diane(world):
    member = staff_models.StaffMember.objects.create(
        login="diane", display_name="Diane Roy", roles=["manager"], email="diane@novaline.example"
    )
    staff_models.Membership.objects.create(staff_member=member, agency_id=world.lyon)
    elsewhere = staff_models.StaffMember.objects.create(login="luc", display_name="Luc Bon", roles=["manager"])
    staff_models.Membership.objects.create(staff_member=elsewhere, agency_id=world.lille)
    return member


class Box:
    """A mail that keeps what it takes, and may refuse."""

    def __init__(self, *, room: int = 10_000):
        self.room = room
        self.letters: dict[uuid.UUID, ports.Letter] = {}

    def post(self, letter: ports.Letter) -> None:
        if len(self.letters) >= self.room:
            raise ports.MailUnavailable("full")
        self.letters[letter.key] = letter


def _reported(world, actor=None) -> str:
    return commands.open_ticket(description="Les devis restent blancs.", context={"page": "/devis/"}, actor=actor or world.alice, at=fw.AT)


def _repaired(world) -> str:
    reference = _reported(world)
    commands.resolve_ticket(reference=reference, resolution="Le service des documents est relancé.", actor=world.sam, at=LATER)
    return reference


def _told() -> list[tuple[str, str, str]]:
    rows = models.TicketNotice.objects.order_by("id").values_list("event__kind", "staff_member__login", "role")
    return sorted(rows)


def test_every_change_of_state_or_date_reaches_each_reporter_and_their_manager(world, diane):
    reference = _reported(world)
    commands.subscribe(reference=reference, actor=world.bob, at=fw.AT)
    assert _told() == []
    commands.accept_ticket(reference=reference, promised_at=TOMORROW, actor=world.sam, at=fw.AT)
    everyone = [("alice", "reporter"), ("bob", "reporter"), ("diane", "manager")]
    assert _told() == [("accepted", *one) for one in everyone]
    commands.move_promise(reference=reference, promised_at=TOMORROW + dt.timedelta(days=1), reason="Pièce", actor=world.sam, at=fw.AT)
    commands.change_status(reference=reference, status="pending", reason="Le fournisseur répond demain", actor=world.sam, at=fw.AT)
    assert len(_told()) == 9
    assert {one[1:] for one in _told() if one[0] == "pending"} == set(everyone)


def test_news_are_posted_once_and_again_where_the_mail_refused(world, diane):
    reference = _reported(world)
    commands.accept_ticket(reference=reference, promised_at=TOMORROW, actor=world.sam, at=fw.AT)
    box = Box(room=1)
    assert commands.post_notices(at=fw.AT, mail=box) == 1
    box.room = 10
    assert commands.post_notices(at=LATER, mail=box) == 1
    assert commands.post_notices(at=LATER, mail=box) == 0
    letters = {letter.recipient: letter.body for letter in box.letters.values()}
    assert sorted(letters) == ["alice@novaline.example", "diane@novaline.example"]
    assert "Correction promise pour le 06/10/2026 11:00." in letters["alice@novaline.example"]
    assert f"/incidents/{reference}/" in letters["alice@novaline.example"]
    assert "votre agence" in letters["diane@novaline.example"]


def test_a_repair_reaches_a_thousand_reporters_and_their_managers(world, diane):
    reference = _reported(world)
    members = staff_models.StaffMember.objects.bulk_create(
        [
            staff_models.StaffMember(login=f"p{n}", display_name=f"P {n}", roles=["seller"], email=f"p{n}@novaline.example")
            for n in range(1000)
        ]
    )
    staff_models.Membership.objects.bulk_create([staff_models.Membership(staff_member=one, agency_id=world.lille) for one in members])
    ticket = models.TroubleTicket.objects.get(reference=reference)
    models.TicketSubscriber.objects.bulk_create(
        [models.TicketSubscriber(ticket=ticket, staff_member=one, via="me_too", since_at=fw.AT) for one in members]
    )
    commands.resolve_ticket(reference=reference, resolution="Réparé", actor=world.sam, at=LATER)
    box = Box()
    assert commands.post_notices(at=LATER, mail=box) == 1003
    # Luc, the manager in Lille, has no address: told on screen alone.
    assert len(box.letters) == 1002
    assert models.TicketNotice.objects.filter(role="manager").count() == 2


def test_yes_from_everyone_closes_the_incident(world):
    reference = _reported(world)
    commands.subscribe(reference=reference, actor=world.charlie, at=fw.AT)
    commands.resolve_ticket(reference=reference, resolution="Relancé", actor=world.sam, at=LATER)
    assert queries.ticket(reference=reference, viewer=world.alice).asks_me
    commands.confirm_repair(reference=reference, actor=world.alice.with_request("yes"), at=LATER)
    commands.confirm_repair(reference=reference, actor=world.alice.with_request("yes"), at=LATER)
    page = queries.ticket(reference=reference, viewer=world.alice)
    assert (page.ticket.status, page.asks_me, page.answers) == ("resolved", False, (("Alice Martin", True),))
    commands.confirm_repair(reference=reference, actor=world.charlie, at=LATER)
    assert queries.ticket(reference=reference, viewer=world.alice).ticket.status == "closed"


def test_no_opens_the_incident_again_with_its_reason_and_asks_for_a_new_date(world):
    reference = _reported(world)
    commands.accept_ticket(reference=reference, promised_at=TOMORROW, actor=world.sam, at=fw.AT)
    commands.resolve_ticket(reference=reference, resolution="Relancé", actor=world.sam, at=LATER)
    with pytest.raises(obstacles.Refusal):
        commands.deny_repair(reference=reference, reason=" ", actor=world.alice, at=LATER)
    assert commands.deny_repair(reference=reference, reason="Toujours blanc", actor=world.alice, at=LATER) == reference
    page = queries.ticket(reference=reference, viewer=world.alice)
    assert (page.ticket.status, page.ticket.promised_at, page.ticket.resolved_at) == ("acknowledged", None, None)
    reopened = page.events[0]
    assert (reopened.kind, reopened.sentence) == ("reopened", "Alice Martin dit que ce n’est pas réparé : Toujours blanc")
    assert models.TicketEvent.objects.get(kind="reopened").promised_before_at == TOMORROW
    commands.accept_ticket(reference=reference, promised_at=TOMORROW, actor=world.sam, at=LATER)
    commands.resolve_ticket(reference=reference, resolution="Cette fois", actor=world.sam, at=TOMORROW)
    commands.confirm_repair(reference=reference, actor=world.alice, at=TOMORROW)
    assert models.TicketAnswer.objects.count() == 2


def test_only_who_follows_a_repaired_incident_answers_and_once(world):
    reference = _reported(world)
    for actor in (world.alice, world.charlie):
        with pytest.raises(obstacles.Refusal) as refused:
            commands.confirm_repair(reference=reference, actor=actor, at=LATER)
        assert refused.value.code == "ticket.answer"
    commands.subscribe(reference=reference, actor=world.bob, at=fw.AT)
    commands.resolve_ticket(reference=reference, resolution="Relancé", actor=world.sam, at=LATER)
    with pytest.raises(obstacles.Refusal):
        commands.confirm_repair(reference=reference, actor=world.charlie, at=LATER)
    commands.confirm_repair(reference=reference, actor=world.alice, at=LATER)
    with pytest.raises(obstacles.Refusal):
        commands.deny_repair(reference=reference, reason="Si", actor=world.alice, at=LATER)
    assert models.TicketAnswer.objects.count() == 1
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        models.TicketAnswer.objects.update(is_repaired=False)


def test_no_to_a_cause_that_was_opened_anew_joins_the_new_incident(world):
    def met(actor) -> str:
        return commands.open_ticket(description="Erreur", context={}, signature="screen/a/0/1", actor=actor, at=fw.AT)

    first = met(world.alice)
    commands.resolve_ticket(reference=first, resolution="Relancé", actor=world.sam, at=LATER)
    second = met(world.bob)
    assert second != first
    assert commands.deny_repair(reference=first, reason="Encore", actor=world.alice, at=LATER) == second
    assert queries.ticket(reference=second, viewer=world.alice).ticket.is_subscribed
    assert queries.ticket(reference=first, viewer=world.alice).ticket.status == "resolved"


def test_a_repair_that_nobody_denied_is_closed_after_some_days(world):
    reference = _repaired(world)
    assert commands.close_settled(at=LATER + policies.CLOSED_AFTER - dt.timedelta(seconds=1), actor=fw.SYSTEM) == 0
    assert commands.close_settled(at=LATER + policies.CLOSED_AFTER, actor=fw.SYSTEM) == 1
    assert queries.ticket(reference=reference, viewer=world.alice).ticket.status == "closed"


def test_only_decisions_are_decided_with_a_reason_by_who_may(world):
    reference = _reported(world)
    for status, reason, actor in (("inProgress", "x", world.sam), ("rejected", " ", world.sam), ("closed", "x", world.sam)):
        with pytest.raises(obstacles.Refusal):
            commands.change_status(reference=reference, status=status, reason=reason, actor=actor, at=fw.AT)
    with pytest.raises(obstacles.NotAllowed):
        commands.change_status(reference=reference, status="rejected", reason="x", actor=world.alice, at=fw.AT)
    assert queries.ticket(reference=reference, viewer=world.alice).ticket.status == "acknowledged"
    commands.change_status(reference=reference, status="rejected", reason="Ce comportement est voulu", actor=world.sam, at=fw.AT)
    assert queries.ticket(reference=reference, viewer=world.alice).ticket.last_news == "Refusé : Ce comportement est voulu"


def test_news_wait_for_each_person_until_they_are_read(world):
    reference = _repaired(world)
    (notice,), total = queries.notices(viewer=world.alice)
    assert (notice.reference, notice.kind, notice.asks_repair, total) == (reference, "resolved", True, 1)
    assert queries.notices(viewer=world.charlie) == ([], 0)
    assert commands.mark_read(actor=world.alice, at=LATER) == 1
    assert queries.notices(viewer=world.alice) == ([], 0)


def test_a_report_joined_by_mistake_is_parted(world):
    def met(actor, sentence) -> str:
        return commands.open_ticket(description=sentence, context={"page": "/devis/"}, signature="screen/a/0/1", actor=actor, at=fw.AT)

    first = met(world.alice, "Écran blanc")
    assert met(world.bob, "Prix faux") == first
    own = commands.leave(reference=first, description="Prix faux", actor=world.bob, at=fw.AT)
    assert own != first
    assert not queries.ticket(reference=first, viewer=world.bob).ticket.is_subscribed
    page = queries.ticket(reference=own, viewer=world.bob)
    assert (page.ticket.is_subscribed, page.ticket.signature, page.context["parted_from"]) == (True, "", first)


def test_what_everyone_may_know_names_nobody(world):
    lone = _reported(world)
    accepted = _reported(world, world.charlie)
    commands.accept_ticket(reference=accepted, promised_at=TOMORROW, actor=world.sam, at=fw.AT)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.say_publicly(reference=accepted, sentence="CMD-2026-000012 est bloquée", actor=world.sam, at=fw.AT)
    assert refused.value.code == "ticket.public_sentence"
    commands.say_publicly(reference=accepted, sentence="Les devis ne s’impriment plus.", actor=world.sam, at=fw.AT)
    state = queries.public_state(at=LATER)
    assert [(one.reference, one.sentence, one.promised_at) for one in state.down] == [
        (accepted, "Les devis ne s’impriment plus.", TOMORROW)
    ]
    for actor in (world.bob, world.charlie):
        commands.subscribe(reference=lone, actor=actor, at=fw.AT)
    assert {one.reference for one in queries.public_state(at=LATER).down} == {lone, accepted}
    commands.resolve_ticket(reference=accepted, resolution="Relancé", actor=world.sam, at=LATER)
    state = queries.public_state(at=LATER)
    assert ([one.reference for one in state.repaired], state.kept_promise_share) == ([accepted], 1.0)


def test_only_the_last_repair_is_asked_about(world):
    reference = _repaired(world)
    commands.deny_repair(reference=reference, reason="Encore", actor=world.alice, at=LATER)
    commands.resolve_ticket(reference=reference, resolution="Cette fois", actor=world.sam, at=TOMORROW)
    found, _ = queries.notices(viewer=world.alice)
    assert [(notice.kind, notice.asks_repair) for notice in found] == [("resolved", True), ("resolved", False)]
