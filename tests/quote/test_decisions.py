"""Sending, deciding, versions: what was sent never changes, and one offer is open at a time."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import re
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

import fleet_world as fw
import quote_worlds as worlds
from come.catalogue import models as catalogue_models
from come.quote import commands, models, queries, records
from come.quote.policies import consent, states
from come.shared import identifiers, obstacles, queries as shared_queries

LATER = fw.AT + dt.timedelta(days=2)
ANNE = records.Signatory("Anne Durand", "Directrice", "anne@client.example")


def accept(scene, quote_id, identity=ANNE, at=LATER):
    return commands.accept_quote(quote_id=quote_id, identity=identity, actor=scene.world.alice, at=at)


def code_for(token, identity=ANNE, at=LATER):
    """Ask for a code as the page does, and read it in the letter."""
    commands.open_challenge(token=token, identity=identity, at=at)
    letter = models.QuoteLetter.objects.filter(kind="code").latest("created_at", "id")
    return re.search(r"\d{6}", letter.body_fr)[0]


def agree(token, sha256, **given):
    values = {"identity": ANNE, "has_agreed": True, "evidence": {"address": "192.0.2.7"}, "at": LATER}
    if "code" not in given and models.Quote.objects.filter(token=token, state="approved").exists():
        at = given.get("at", LATER)
        still_valid = models.Quote.objects.filter(token=token, valid_until__gte=at.date()).exists()
        identity = given.get("identity", ANNE)
        values["code"] = code_for(token, identity, at) if still_valid and identity.name.strip() else ""
    return commands.accept_online(token=token, document_sha256=sha256, **(values | given))


def test_sending_freezes_and_keeps_the_document_with_its_fingerprint(scene):
    sent = scene.sent()
    head = scene.head(sent.quote_id)
    content = queries.document(quote_id=sent.quote_id)
    assert content.startswith(b"%PDF-")
    assert sent.document_sha256 == head.document_sha256 == hashlib.sha256(content).hexdigest()
    assert (head.state, head.sent_at, head.token) == ("approved", fw.AT, sent.token)
    facts = shared_queries.events_about(subject=f"quote:{sent.quote_id}")
    assert facts[0].name == "QuoteSent"
    assert facts[0].payload["document_sha256"] == sent.document_sha256


def test_sending_twice_is_one_sending(scene):
    first = scene.sent()
    assert scene.send(first.quote_id) == first
    # The document, and the contract summary that a small firm is given.
    assert sorted(models.QuoteDocument.objects.values_list("kind", flat=True)) == ["quote", "summary"]


def test_an_empty_quote_is_not_sent(scene):
    created = scene.draft()
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(created.quote_id)
    assert refused.value.code == "quote.no_line"
    assert models.QuoteDocument.objects.count() == 0


def test_a_draft_past_its_validity_is_not_sent(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(created.quote_id, at=fw.AT + dt.timedelta(days=31))
    assert refused.value.code == "quote.validity_past"


def test_a_failing_renderer_sends_nothing(scene, monkeypatch):
    created = scene.draft("Forfait\nMOB-50\n")

    def broken(self, document):
        raise RuntimeError

    monkeypatch.setattr("come.edges.documents.quote_pdf.QuotePdfRenderer.render", broken)
    with pytest.raises(RuntimeError):
        scene.send(created.quote_id)
    head = scene.head(created.quote_id)
    assert (head.state, head.token, head.sent_at) == ("inProgress", "", None)


def test_nothing_of_a_sent_version_changes_by_the_commands(scene):
    sent = scene.sent()
    line_id = scene.lines(sent.quote_id)[0].stable_id
    before = scene.head(sent.quote_id), scene.lines(sent.quote_id), queries.patterns(quote_id=sent.quote_id)
    actor, at = scene.world.alice, LATER
    head = before[0]
    acts = [
        lambda: commands.paste_lines(quote_id=sent.quote_id, table_text="Forfait\nMOB-5\n", actor=actor, at=at),
        lambda: commands.edit_lines(quote_id=sent.quote_id, changes={line_id: {"plan": "MOB-5"}}, actor=actor, at=at),
        lambda: commands.remove_lines(quote_id=sent.quote_id, selection=records.Selection(), actor=actor, at=at),
        lambda: commands.undo_edit(quote_id=sent.quote_id, actor=actor, at=at),
        lambda: commands.add_bundle(quote_id=sent.quote_id, bundle_code="PACK", actor=actor, at=at),
        lambda: commands.price_quote(quote_id=sent.quote_id, actor=actor, at=at),
        lambda: commands.change_terms(
            quote_id=sent.quote_id, actor=actor, at=at, title="x", valid_until=head.valid_until, agreement_id=None,
            billing_account_id=None, commitment_months=None,
        ),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(obstacles.Refusal) as refused:
            act()
        assert refused.value.code == "quote.not_editable"
    assert (scene.head(sent.quote_id), scene.lines(sent.quote_id), queries.patterns(quote_id=sent.quote_id)) == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE quote_line SET user_label = 'x' WHERE quote_id = %(id)s",
        "DELETE FROM quote_line WHERE quote_id = %(id)s",
        "UPDATE quote_pattern SET monthly_exact = 0 WHERE quote_id = %(id)s",
        "UPDATE quote_pattern_price p SET amount_exact = 0 FROM quote_pattern q WHERE q.id = p.pattern_id AND q.quote_id = %(id)s",
        "UPDATE quote_quote SET monthly_exact = 0 WHERE id = %(id)s",
        "UPDATE quote_document SET sha256 = 'x' WHERE quote_id = %(id)s",
        "DELETE FROM quote_document WHERE quote_id = %(id)s",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_sent(scene, statement):
    sent = scene.sent()
    before = scene.head(sent.quote_id), scene.lines(sent.quote_id)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"id": sent.quote_id})
    assert (scene.head(sent.quote_id), scene.lines(sent.quote_id)) == before


def test_a_signed_paper_is_recorded_once(scene):
    sent = scene.sent()
    first = accept(scene, sent.quote_id)
    assert (first.signatory_name, first.channel, first.recorded_by_name) == ("Anne Durand", "recorded", "Alice Martin")
    assert first.document_sha256 == sent.document_sha256
    assert accept(scene, sent.quote_id) == first
    assert scene.head(sent.quote_id).state == "accepted"
    with pytest.raises(obstacles.Conflict):
        accept(scene, sent.quote_id, records.Signatory("Quelqu’un d’autre"))
    assert models.QuoteAcceptance.objects.count() == 1


def test_the_customer_accepts_by_the_link_with_evidence(scene):
    sent = scene.sent()
    found = agree(sent.token, sent.document_sha256)
    assert (found.channel, found.accepted_at, found.recorded_by_name) == ("online", LATER, "")
    kept = models.QuoteAcceptance.objects.get().evidence
    assert (kept["address"], kept["has_waived"], kept["proof"]["provider"]) == ("192.0.2.7", False, "come")
    assert kept["proof"]["method_fr"] == "code à usage unique reçu à anne@client.example"
    assert agree(sent.token, sent.document_sha256) == found
    fact = shared_queries.events_about(subject=f"quote:{sent.quote_id}")[0]
    assert (fact.name, fact.actor_name, fact.payload["channel"]) == ("QuoteAccepted", "Anne Durand", "online")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"has_agreed": False}, "quote.not_agreed"),
        ({"identity": records.Signatory("  ")}, "quote.no_signatory"),
        ({"document_sha256": "0" * 64}, "quote.other_document"),
        ({"at": fw.AT + dt.timedelta(days=31)}, "quote.expired"),
        ({"token": "rien"}, "shared.not_found"),
        ({"token": ""}, "shared.not_found"),
    ],
)
def test_what_the_link_refuses(scene, given, code):
    sent = scene.sent()
    values = {"token": sent.token, "sha256": sent.document_sha256}
    if "document_sha256" in given:
        values["sha256"] = given.pop("document_sha256")
    with pytest.raises(obstacles.Refusal) as refused:
        agree(**(values | given))
    assert refused.value.code == code
    assert scene.head(sent.quote_id).state == "approved"
    assert models.QuoteAcceptance.objects.count() == 0


def test_the_last_day_of_validity_counts_and_the_next_does_not(scene):
    sent = scene.sent()
    last = dt.datetime.combine(scene.head(sent.quote_id).valid_until, dt.time(22, 59), tzinfo=dt.UTC)
    with pytest.raises(obstacles.Refusal) as refused:
        accept(scene, sent.quote_id, at=last + dt.timedelta(minutes=1))
    assert refused.value.code == "quote.expired"
    assert accept(scene, sent.quote_id, at=last).accepted_at == last


def test_an_agreement_that_ended_since_is_said_with_the_euros(scene):
    sent = scene.sent()
    catalogue_models.Agreement.objects.update(valid_to=LATER.date())
    with pytest.raises(obstacles.Refusal) as refused:
        accept(scene, sent.quote_id)
    (found,) = refused.value.obstacles
    assert found.code == "quote.agreement_over"
    assert "change de +1,10\u00a0€ par mois et de 0,00\u00a0€ une fois" in found.message
    # What would be refused is known before anybody signs.
    assert states.validity_obstacles(queries.price_change(quote_id=sent.quote_id, day=LATER.date())) == [found]
    assert states.validity_obstacles(queries.price_change(quote_id=sent.quote_id, day=fw.AT.date())) == []
    assert scene.head(sent.quote_id).state == "approved"


def test_a_withdrawn_offer_is_named(scene):
    sent = scene.sent()
    scene.snapshots[LATER.date()] = tuple(one for one in scene.snapshots[None] if one.code != "MOB-50")
    with pytest.raises(obstacles.Refusal) as refused:
        accept(scene, sent.quote_id)
    assert refused.value.obstacles[0].message == "Ces offres ne sont plus vendues le 7 octobre 2026 : Illimité 50 Go."


def test_a_dearer_catalogue_does_not_touch_what_was_sent(scene):
    sent = scene.sent("Forfait\nMOB-5\n")
    dearer = dataclasses.replace(
        next(one for one in scene.snapshots[None] if one.code == "MOB-5"), version=2, prices=(worlds.price("ABO", "99.00"),)
    )
    scene.snapshots[LATER.date()] = tuple(dearer if one.code == "MOB-5" else one for one in scene.snapshots[None])
    accept(scene, sent.quote_id)
    (line,) = queries.quote_for_order(quote_id=sent.quote_id).lines
    assert [(one.amount, one.offering_version) for one in line.components] == [(Decimal("9.90"), 1)]


def test_a_new_version_copies_lines_and_ids_and_replaces_the_sent_one(scene):
    sent = scene.sent("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-5\n")
    old_lines = scene.lines(sent.quote_id)
    made = commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER)
    assert commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER) == made
    head = scene.head(made)
    assert (head.reference, head.version, head.state, head.token) == (sent.reference, 2, "inProgress", "")
    assert scene.lines(made) == old_lines
    assert head.totals == scene.head(sent.quote_id).totals
    assert queries.quote(reference=sent.reference, viewer=scene.world.alice).id == made
    assert queries.quote(reference=sent.reference, version=1, viewer=scene.world.alice).id == sent.quote_id
    commands.edit_lines(
        quote_id=made, changes={old_lines[0].stable_id: {"plan": "MOB-5"}}, actor=scene.world.alice, at=LATER, consented_changes=consent.ANY
    )
    assert scene.lines(sent.quote_id) == old_lines
    scene.send(made, at=LATER)
    assert scene.head(sent.quote_id).state == "rejected"
    assert scene.head(sent.quote_id).closing_reason == "Remplacé par la version 2"
    with pytest.raises(obstacles.Conflict):
        accept(scene, sent.quote_id)
    rows, total = queries.quotes(viewer=scene.world.alice, filters=records.QuoteFilters())
    assert (total, rows[0].version, rows[0].state) == (1, 2, "approved")


def test_accepting_the_first_version_withdraws_the_draft_of_the_second(scene):
    sent = scene.sent()
    made = commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER)
    accept(scene, sent.quote_id)
    assert scene.head(made).state == "cancelled"
    with pytest.raises(obstacles.Refusal) as refused:
        commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER)
    assert refused.value.code == "quote.no_new_version"


@pytest.mark.parametrize("before", states.STATES)
@pytest.mark.parametrize("after", states.STATES)
def test_every_pair_of_states(before, after):
    found = states.transition_obstacles(reference="DEV-1", state=before, wanted=after)
    assert (not found) == (after in states.TRANSITIONS[before])


def test_refused_and_withdrawn_quotes_are_over(scene):
    sent, other = scene.sent(), scene.draft()
    commands.close_quote(quote_id=sent.quote_id, state="rejected", reason="Trop cher", actor=scene.world.bob, at=LATER)
    commands.close_quote(quote_id=sent.quote_id, state="rejected", reason="Encore", actor=scene.world.bob, at=LATER)
    assert (scene.head(sent.quote_id).state, scene.head(sent.quote_id).closing_reason) == ("rejected", "Trop cher")
    commands.close_quote(quote_id=other.quote_id, state="cancelled", reason="", actor=scene.world.bob, at=LATER)
    with pytest.raises(obstacles.Conflict):
        commands.close_quote(quote_id=other.quote_id, state="rejected", reason="", actor=scene.world.bob, at=LATER)
    with pytest.raises(obstacles.NotFound):
        queries.quote_by_token(token="")


def test_the_order_takes_the_same_lines_ids_and_prices(scene):
    number = identifiers.test_msisdn(7)
    rio = "01EA1B2C3" + identifiers.rio_key("01EA1B2C3", number)
    sent = scene.sent(
        f"Utilisateur\tForfait\tOptions\tTerminal\tNuméro\tRIO\tCentre de coût\nAnne\tMOB-50\tOPT-SEC\tTEL-A9\t{number}\t{rio}\tATELIER\n"
    )
    with pytest.raises(obstacles.Conflict) as refused:
        queries.quote_for_order(quote_id=sent.quote_id)
    assert refused.value.code == "quote.not_accepted"
    accept(scene, sent.quote_id)
    accepted = queries.quote_for_order(quote_id=sent.quote_id)
    assert (accepted.customer_file_id, accepted.agency_id, accepted.billing_account_id, accepted.agreement_id) == (
        scene.world.company, scene.world.lyon, scene.world.account, scene.agreement_id,
    )  # fmt: skip
    (line,) = accepted.lines
    assert line.stable_id == scene.lines(sent.quote_id)[0].stable_id
    assert (line.plan_code, line.option_codes, line.device_code, line.msisdn, line.rio, line.cost_centre, line.commitment_months) == (
        "MOB-50", ("OPT-SEC",), "TEL-A9", number, rio, "ATELIER", 24,
    )  # fmt: skip
    assert [(one.offering_code, one.price_code, one.amount, one.clause_number) for one in line.components] == [
        ("MOB-50", "ABO", Decimal("18.90"), "4.2"),
        ("MOB-50", "MES", Decimal("10.00"), None),
        ("OPT-SEC", "ABO", Decimal("2.00"), None),
        ("TEL-A9", "MENS", Decimal("12.50"), None),
    ]
