"""Pages of orders, lines and incidents: they show what holds and what to do; the number of statements does not grow with the lines."""

from __future__ import annotations

import pytest
from django import urls
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
from come.edges.network import simulator
from come.inventory import queries as inventory_queries
from come.order import commands, jobs, models, queries
from come.staff import models as staff_models
from come.ticket import models as ticket_models


def client_of(actor) -> Client:
    client = Client()
    client.force_login(staff_models.StaffMember.objects.get(id=actor.staff_id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def alice(world):
    return client_of(world.alice)


@pytest.fixture
def troubled(world, drained):
    fw.stock(6)
    simulator.NetworkSimulator().fail_next(2, "SIM_NOT_PROVISIONED")
    return drained(5)


def page(client, name, *args, **query):
    response = client.get(urls.reverse(name, args=args), query)
    assert response.status_code == 200, response.content[:2000]
    return response.content.decode()


def test_the_order_page_says_what_holds_who_has_it_and_until_when(alice, troubled):
    body = page(alice, "order:order", troubled.reference)
    for words in ("SIM inconnues du réseau", "Remplacez la SIM", "Soutien COME", "Relancer les 2 lignes", "Salarié 001", "6 octobre 2026"):
        assert words in body
    assert "Salarié 004" not in page(alice, "order:order", troubled.reference, state="held")
    assert "Activer la ligne sur le réseau" in page(alice, "order:progress", troubled.reference)


def test_home_and_company_show_trouble_first_with_its_cause_and_next_step(alice, world, troubled):
    body = page(alice, "order:home_trouble")
    assert troubled.reference in body
    assert "SIM inconnues du réseau" in body
    assert "Remplacez la SIM" in body
    assert troubled.reference in page(alice, "order:home_promises")
    assert troubled.reference in page(alice, "order:company_orders", world.company_reference)
    assert troubled.reference in page(alice, "order:orders", trouble="1")
    assert "SIM inconnues du réseau" in page(alice, "order:repairs")
    assert "Lignes par offre" in page(alice, "inventory:company_fleet", world.company_reference)


def test_empty_homes_say_so(alice):
    assert "Rien n’est bloqué" in page(alice, "order:home_trouble")
    assert "Aucune date en attente" in page(alice, "order:home_promises")
    assert "Rien à réparer" in page(alice, "order:repairs")
    assert "Aucun incident ouvert" in page(alice, "ticket:home_tickets")
    assert "Une commande naît" in page(alice, "order:orders")


def test_a_line_is_repaired_from_its_page(alice, world, troubled):
    held = models.ProductOrderItem.objects.filter(state="held").order_by("position").first()
    assert "Remplacer la SIM et relancer" in page(alice, "order:item", troubled.reference, held.id)
    wrong = alice.post(urls.reverse("order:repair", args=[troubled.reference, held.id]), {"repair": "replace_sim", "iccid": "8933999999"})
    assert wrong.status_code == 422
    assert "19 ou 20 chiffres" in wrong.content.decode()
    assert models.OrderStep.objects.filter(state="held").count() == 2
    done = alice.post(urls.reverse("order:repair", args=[troubled.reference, held.id]), {"repair": "replace_sim"})
    assert done.status_code == 303
    jobs.drain(order_id=troubled.order_id)
    assert queries.order(viewer=world.alice, reference=troubled.reference).items == {"completed": 4, "held": 1}


def test_everything_that_a_cause_holds_is_tried_again_at_once(alice, world, troubled):
    signature = models.OrderStep.objects.filter(state="held").values_list("cause_signature", flat=True)[0]
    assert alice.post(urls.reverse("order:retry_cause"), {"signature": signature}).status_code == 303
    jobs.drain(order_id=troubled.order_id)
    assert queries.order(viewer=world.alice, reference=troubled.reference).state == "completed"


def test_a_quote_is_ordered_after_its_plan_is_shown(alice, world, quotes, monkeypatch):
    quote = fw.accepted_quote(world, 3)
    quotes[quote.quote_id] = quote
    shown = type("Quote", (), {"reference": quote.reference, "line_count": 3, "customer_name": "Boulangeries du Rhône"})
    monkeypatch.setattr("come.quote.queries.quote", lambda **_given: shown)
    body = page(alice, "order:submit", quote.quote_id)
    assert "Activer la ligne sur le réseau" in body
    assert "Commander 3 lignes" in body
    first = alice.post(urls.reverse("order:submit", args=[quote.quote_id]))
    second = alice.post(urls.reverse("order:submit", args=[quote.quote_id]))
    assert first.status_code == second.status_code == 303
    assert first["Location"] == second["Location"]
    assert alice.get(urls.reverse("order:submit", args=[quote.quote_id]))["Location"] == first["Location"]


def test_the_fleet_page_acts_on_everything_that_matches(alice, world, drained):
    fw.stock(4)
    drained(3)
    body = page(alice, "inventory:fleet", world.company_reference)
    assert "Salarié 002" in body
    posted = {"all_matching": "1", "filters": "q=Salari%C3%A9+00", "operation": "suspend"}
    answer = alice.post(urls.reverse("order:change_lines", args=[world.company_reference]), posted)
    assert answer.status_code == 303
    order = models.ProductOrder.objects.get(kind="suspend")
    assert (order.line_count, answer["Location"]) == (3, urls.reverse("order:order", args=[order.reference]))
    assert "Appliquer le changement sur le réseau" in page(alice, "order:order", order.reference) or order.decomposed_at is None
    label = {"all_matching": "1", "filters": "", "act": "label", "user_label": "Équipe Nord"}
    assert alice.post(urls.reverse("inventory:act_on_selection", args=[world.company_reference]), label).status_code == 303
    fleet = inventory_queries.fleet(customer_file_id=world.company, viewer=world.alice)
    assert {row.user_label for row in fleet.rows} == {"Équipe Nord"}
    assert "Aucune ligne ne correspond" in page(alice, "inventory:fleet", world.company_reference, q="introuvable")


def test_the_line_page_shows_prices_with_their_clause_and_history(alice, world, drained):
    fw.stock(1)
    drained(1)
    (line_id,) = inventory_queries.fleet_line_ids(customer_file_id=world.company, viewer=world.alice)
    body = page(alice, "inventory:line", line_id)
    for words in ("17,90", "19,90", "Clause 4.2", "Offre NV-OPT-MONDE", "06 39 98 00 00", "5 octobre 2028"):
        assert words in body.replace("\u202f", " "), words


def test_an_incident_is_reported_in_one_sentence_then_promised_and_resolved(alice, world, troubled):
    sam = client_of(world.sam)
    answer = alice.post(urls.reverse("ticket:report"), {"description": "La page du parc reste blanche.", "came_from": "/parc/CLI/"})
    assert answer.status_code == 303
    own = ticket_models.TroubleTicket.objects.get(origin="person")
    assert "reste blanche" in page(alice, "ticket:ticket", own.reference)
    product = ticket_models.TroubleTicket.objects.get(origin="product")
    assert troubled.reference in page(sam, "ticket:ticket", product.reference)
    assert sam.post(urls.reverse("ticket:accept", args=[product.reference]), {"promised_at": "2020-01-01T10:00"}).status_code == 422
    assert sam.post(urls.reverse("ticket:accept", args=[product.reference]), {"promised_at": "2099-01-01T10:00"}).status_code == 303
    assert "2099" in page(alice, "ticket:home_tickets")
    assert alice.post(urls.reverse("ticket:resolve", args=[product.reference]), {"resolution": "x"}).status_code == 403
    assert sam.post(urls.reverse("ticket:resolve", args=[product.reference]), {"resolution": "SIM chargées."}).status_code == 303
    assert product.reference in page(alice, "ticket:tickets", q=product.reference)
    assert page(alice, "ticket:company_tickets", world.company_reference).count("<tr>") >= 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'order.replay_incident'")
        assert cursor.fetchone() == (1,)


def test_charlie_gets_neither_the_page_nor_the_act(world, troubled):
    charlie = client_of(world.charlie)
    for name, args in (
        ("order:order", [troubled.reference]),
        ("order:progress", [troubled.reference]),
        ("order:item", [troubled.reference, models.ProductOrderItem.objects.first().id]),
        ("inventory:fleet", [world.company_reference]),
        ("inventory:line", [models.ProductOrderItem.objects.filter(state="completed")[0].stable_line_id]),
    ):
        assert charlie.get(urls.reverse(name, args=args)).status_code in {403, 404}, name
    signature = models.OrderStep.objects.filter(state="held").values_list("cause_signature", flat=True)[0]
    charlie.post(urls.reverse("order:retry_cause"), {"signature": signature})
    charlie.post(urls.reverse("order:retry", args=[troubled.reference]))
    assert models.OrderStep.objects.filter(state="held").count() == 2


def test_the_order_page_costs_the_same_for_many_lines(alice, world, submitted):
    fw.stock(60)
    counts = []
    for count in (2, 40):
        answer = submitted(count)
        jobs.drain(order_id=answer.order_id, at=fw.AT)
        page(alice, "order:order", answer.reference)
        with CaptureQueriesContext(connection) as captured:
            page(alice, "order:order", answer.reference)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 30


def test_a_promise_is_moved_from_the_page_and_a_bad_day_is_explained(alice, submitted, world):
    answer = submitted(1)
    address = urls.reverse("order:promise", args=[answer.reference])
    assert alice.post(address, {"promised_date": "demain", "reason": "x"}).status_code == 422
    assert alice.post(address, {"promised_date": "2099-12-01", "reason": "Rupture"}).status_code == 303
    assert [promise.promised_date.year for promise in queries.order(viewer=world.alice, reference=answer.reference).promises] == [
        2099,
        2026,
    ]
    assert alice.post(urls.reverse("order:cancel", args=[answer.reference]), {"reason": "Renonce"}).status_code == 303
    assert queries.order(viewer=world.alice, reference=answer.reference).state == "cancelled"


def test_the_cost_of_cancelling_is_shown_per_group_before_it_is_accepted(alice, troubled, world):
    body = page(alice, "order:cancel", troubled.reference).replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("L’étape « Expédier la SIM et le matériel » a eu lieu", "24,00 €", "article 9.2", "Annuler 2 lignes"):
        assert words in body, words
    held = models.ProductOrderItem.objects.filter(state="held").order_by("position").first()
    assert "Annuler cette ligne" in page(alice, "order:item", troubled.reference, held.id)
    address = urls.reverse("order:cancel", args=[troubled.reference])
    refused = alice.post(address, {"reason": "Renonce", "line": str(held.id)})
    assert refused.status_code == 422
    assert "Acceptez ce coût" in refused.content.decode()
    assert alice.post(address, {"reason": "Renonce", "line": str(held.id), "is_cost_accepted": "1"}).status_code == 303
    jobs.drain(order_id=troubled.order_id)
    assert queries.order(viewer=world.alice, reference=troubled.reference).items == {"completed": 3, "cancelled": 1, "held": 1}
    assert "À défaire" in page(alice, "order:item", troubled.reference, held.id)
    assert client_of(world.charlie).get(address).status_code == 404


def test_a_line_in_flight_is_changed_from_its_page(alice, submitted):
    fw.stock(1)
    answer = submitted(1)
    item = models.ProductOrderItem.objects.get()
    address = urls.reverse("order:amend", args=[answer.reference, item.id])
    assert "Changer la ligne" in page(alice, "order:item", answer.reference, item.id)
    assert alice.post(address, {"user_label": item.user_label, "reason": "x"}).status_code == 303
    assert models.LineDecision.objects.count() == 0
    assert alice.post(address, {"user_label": "Accueil", "reason": "Nouveau nom"}).status_code == 303
    body = page(alice, "order:item", answer.reference, item.id)
    assert "Accueil" in body
    assert "Nouveau nom" in body
    assert alice.post(address, {"msisdn": "12", "reason": "x"}).status_code == 422


def test_signed_out_people_are_led_to_the_door(world, troubled):
    assert Client().get(urls.reverse("order:order", args=[troubled.reference])).status_code == 302
    assert commands.retry_steps(order_id=None, actor=world.alice, at=fw.AT) == 0


def test_one_act_on_pasted_lines_is_shown_before_it_is_ordered_then_stopped_and_resumed(alice, world, drained, monkeypatch):
    monkeypatch.setattr("come.catalogue.queries.agreements", lambda **_given: [])
    fw.stock(3)
    drained(3)
    address = urls.reverse("order:fleet_act", args=[world.company_reference])
    assert "3 lignes choisies" in page(alice, "order:fleet_act", world.company_reference)
    wrong = alice.post(address, {"step": "plan", "act": "remove_option", "offering": "NV-OPT-MONDE", "numbers": "0612\n0639989999"})
    assert wrong.status_code == 422
    assert wrong.content.decode().count("Corrigez ce numéro, ou retirez-le") == 2
    given = {"act": "remove_option", "offering": "NV-OPT-MONDE", "all_matching": "1", "filters": "q=Salari"}
    body = alice.post(address, given | {"step": "plan"}).content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    for words in ("Commander 3 lignes", "-15,00 €", "Ce qui va changer"):
        assert words in body.replace("−", "-"), words
    answer = alice.post(address, given | {"step": "order"})
    assert answer.status_code == 303
    order = models.ProductOrder.objects.get(kind="change")
    assert alice.post(urls.reverse("order:stop", args=[order.reference])).status_code == 303
    assert "Commande arrêtée par Alice Martin" in page(alice, "order:order", order.reference)
    assert alice.post(urls.reverse("order:resume", args=[order.reference])).status_code == 303
    jobs.drain(order_id=order.id)
    assert queries.order(viewer=world.alice, reference=order.reference).state == "completed"
    stale = alice.post(address, given | {"step": "order", "digest": "x", "request_id": "again"})
    assert stale.status_code == 422
    assert "depuis que ce plan a été montré" in stale.content.decode()
