"""Signalling from a screen: what comes along by itself, errors that open their own incident, reports that meet at one."""

from __future__ import annotations

import threading

import pytest
from django import db
from django.test import Client

import fleet_world as fw
from come.shared import fingerprints, middleware
from come.staff import models as staff_models
from come.ticket import commands, models, policies, queries, views

TRACE = "0123456789abcdef"


@pytest.fixture
def world():
    return fw.build()


def _client(actor) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(staff_models.StaffMember.objects.get(id=actor.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _broken(monkeypatch, secret: str = "06 12 34 56 78") -> None:
    def fail(**_given):
        raise ValueError(secret)

    monkeypatch.setattr(queries, "tickets", fail)


def _raised(run) -> BaseException:
    try:
        run()
    except Exception as error:  # noqa: BLE001 - any error has a fingerprint
        return error
    raise AssertionError


@pytest.mark.django_db
def test_the_screen_the_act_the_object_the_error_and_the_release_come_along(world):
    client = _client(world.alice)
    answer = client.post(
        "/incidents/signaler/",
        {"description": "Le bouton ne fait rien", "came_from": "/incidents/INC-2026-000001/?q=secret", "error": "quote.stale"},
        follow=True,
    )
    assert "Vous serez prévenu à chaque étape" in answer.text
    context = models.TroubleTicket.objects.get().context
    kept = {name: context[name] for name in ("page", "act", "object", "code", "release")}
    assert kept == {
        "page": "/incidents/INC-2026-000001/",
        "act": "ticket:ticket",
        "object": "INC-2026-000001",
        "code": "quote.stale",
        "release": views.RELEASE,
    }


@pytest.mark.django_db
def test_reports_with_one_fingerprint_meet_at_one_incident_and_count_people_once(world):
    given = {"description": "Écran blanc", "came_from": "/devis/", "error": f"shared.incident quote:quotes {TRACE}"}
    for actor in (world.alice, world.bob, world.bob):
        answer = _client(actor).post("/incidents/signaler/", given, follow=True)
    assert "déjà connu" in answer.text
    ticket = models.TroubleTicket.objects.get()
    assert ticket.signature == f"screen/quote:quotes/{TRACE}/{views.RELEASE}"
    assert ticket.subscribers.count() == 2
    assert list(ticket.events.values_list("kind", flat=True).order_by("id")) == ["opened", "also", "also"]
    other = {**given, "error": f"shared.incident quote:quotes {TRACE[::-1]}"}
    _client(world.alice).post("/incidents/signaler/", other)
    assert models.TroubleTicket.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "x y", f"shared.incident quote:quotes {TRACE}0", f"a b {TRACE.upper()}", "<script>"])
def test_what_is_no_error_is_not_taken_for_one(given):
    assert "fingerprint" not in policies.read_error(given)


@pytest.mark.django_db
def test_an_unforeseen_error_opens_its_incident_and_tells_who_met_it(world, monkeypatch):
    _broken(monkeypatch)
    answer = _client(world.alice).get("/incidents/")
    assert answer.status_code == 500
    ticket = models.TroubleTicket.objects.get()
    assert ticket.reference in answer.text
    code, act, trace = answer[middleware.ERROR_HEADER].split()
    assert (code, act) == ("shared.incident", "ticket:tickets")
    assert ticket.signature == policies.error_signature(act=act, fingerprint=trace, release=views.RELEASE)
    _broken(monkeypatch, secret="un autre client")
    _client(world.charlie).get("/incidents/")
    assert models.TroubleTicket.objects.get().subscribers.count() == 2
    assert "06 12" not in str(models.TroubleTicket.objects.values().get())


@pytest.mark.django_db
def test_an_error_is_answered_where_no_incident_can_be_opened(world, monkeypatch, caplog):
    _broken(monkeypatch)
    monkeypatch.setattr(commands, "report_error", lambda **_given: 1 / 0)
    answer = _client(world.alice).get("/incidents/")
    assert answer.status_code == 500
    assert "ERR-" in answer.text
    assert "no incident could be opened" in caplog.text


def test_a_fingerprint_is_of_the_cause_whatever_the_data():
    def first(value: str) -> None:
        policies.TRANSITIONS[value]

    def fail(value: str):
        return lambda: policies.transition_obstacles(before=value, after="x")

    one, two = (fingerprints.fingerprint(_raised(fail(value))) for value in ("06 12 34 56 78", "Dupont"))
    assert one == two
    assert one != fingerprints.fingerprint(_raised(lambda: policies.read_error(None)))
    assert len(one) == fingerprints.LENGTH


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pair", [("alice", "bob"), ("bob", "charlie"), ("alice", "alice")])
def test_two_reports_of_one_trace_at_once_make_one_incident(world, pair):
    start = threading.Barrier(2)
    made: list[str] = []

    def report(name: str) -> None:
        try:
            start.wait(10)
            made.append(
                commands.open_ticket(
                    description=f"Vu par {name}", context={}, signature=f"screen/a/{TRACE}/1", actor=getattr(world, name), at=fw.AT
                )
            )
        finally:
            db.connections.close_all()

    threads = [threading.Thread(target=report, args=(name,)) for name in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len(set(made)) == 1
    assert models.TroubleTicket.objects.count() == 1
    assert models.TicketSubscriber.objects.count() == len(set(pair))


@pytest.mark.django_db
def test_similar_incidents_are_proposed_with_me_too(world):
    reference = commands.open_ticket(description="La portabilité est refusée", context={}, actor=world.alice, at=fw.AT)
    client = _client(world.bob)
    answer = client.get("/incidents/semblables/", {"description": "portage refusé"})
    assert f"/incidents/{reference}/moi-aussi/" in answer.text
    assert not client.get("/incidents/semblables/", {"description": " "}).text.strip()
    client.post(f"/incidents/{reference}/moi-aussi/", {"description": "portage refusé"})
    page = queries.ticket(reference=reference, viewer=world.bob)
    assert page.events[0].sentence == "Bob Petit le rencontre aussi : portage refusé"
    assert "Suivi" in client.get("/incidents/semblables/", {"description": "portage refusé"}).text


@pytest.mark.django_db
def test_every_act_of_the_page_works_by_its_form(world):
    reference = commands.open_ticket(description="Écran blanc", context={}, actor=world.alice, at=fw.AT)
    sam, alice = _client(world.sam), _client(world.alice)
    sam.post(f"/incidents/{reference}/prendre/", {"promised_at": "2099-01-01T09:00"})
    sam.post(f"/incidents/{reference}/publier/", {"sentence": "Devis indisponibles"})
    sam.post(f"/incidents/{reference}/decider/", {"status": "held", "reason": "On attend la pièce"})
    sam.post(f"/incidents/{reference}/resoudre/", {"resolution": "Relancé"})
    assert "Est-ce réparé" in alice.get(f"/incidents/{reference}/").text
    assert "Nouvelles pour vous" in alice.get("/incidents/").text
    alice.post(f"/incidents/{reference}/pas-repare/", {"reason": "Non"})
    sam.post(f"/incidents/{reference}/resoudre/", {"resolution": "Relancé"})
    alice.post(f"/incidents/{reference}/repare/")
    alice.post("/incidents/lu/")
    assert "Nouvelles pour vous" not in alice.get("/incidents/").text
    kinds = list(models.TicketEvent.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["opened", "accepted", "public", "held", "resolved", "reopened", "resolved", "confirmed", "closed"]


@pytest.mark.django_db
def test_a_seller_decides_nothing(world):
    reference = commands.open_ticket(description="Écran blanc", context={}, actor=world.alice, at=fw.AT)
    for act, given in (("decider", {"status": "rejected", "reason": "x"}), ("publier", {"sentence": "x"})):
        assert _client(world.bob).post(f"/incidents/{reference}/{act}/", given).status_code == 403
    assert models.TicketEvent.objects.count() == 1
