"""Alternatives, clones, versions compared, links and letters: what each says, refuses and leaves unchanged."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
import quote_worlds as worlds
import signing
from come.inventory import commands as inventory_commands
from come.party import models as party_models
from come.quote import commands, models, ports, queries, records
from come.quote.commands import _evidence
from come.quote.policies import consent
from come.shared import identifiers, obstacles
from fleet_lines import installed_line

LATER = fw.AT + dt.timedelta(days=2)
ANNE = records.Signatory("Anne Durand", "Directrice", "anne@client.example")
TABLE = "Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-50\n"


def two_offers(scene, table=TABLE):
    created = scene.draft(table)
    letter = commands.add_alternative(quote_id=created.quote_id, name="Économique", actor=scene.world.alice, at=fw.AT)
    changes = {line.stable_id: {"plan": "MOB-5"} for line in scene.lines(created.quote_id, alternative=letter)}
    commands.edit_lines(quote_id=created.quote_id, changes=changes, actor=scene.world.alice, at=fw.AT, consented_changes=consent.ANY)
    return created.quote_id


def agree(sent, alternative="", at=LATER, **given):
    commands.open_challenge(token=sent.token, identity=ANNE, at=at)
    values = {"identity": ANNE, "has_agreed": True, "evidence": {}, "at": at, "code": signing.last_code()}
    return commands.accept_online(token=sent.token, document_sha256=sent.document_sha256, alternative=alternative, **(values | given))


def test_each_offer_is_whole_and_priced_alone(scene):
    # Ten lines earn 16,90 € by the volume clause; five in each of two offers do not add up to ten.
    quote_id = two_offers(scene, "Forfait\n" + "MOB-50\n" * 5)
    first, second = queries.alternatives(quote=scene.head(quote_id))
    assert (first.letter, first.name, first.line_count, first.totals.monthly, first.totals.one_off) == (
        "A",
        "Offre A",
        5,
        Decimal("94.50"),
        50,
    )
    assert (second.letter, second.name, second.line_count, second.totals.monthly) == ("B", "Économique", 5, Decimal("49.50"))
    # The quote itself shows its first offer until one is chosen.
    assert scene.head(quote_id).totals.monthly == Decimal("94.50")


def test_the_same_number_in_two_offers_is_no_duplicate(scene):
    number = identifiers.test_msisdn(3)
    created = scene.draft(f"Forfait\tNuméro\nMOB-50\t{number}\n")
    commands.add_alternative(quote_id=created.quote_id, name="B", actor=scene.world.alice, at=fw.AT)
    assert scene.head(created.quote_id).issue_count == 0
    scene.paste(created.quote_id, f"Forfait\tNuméro\nMOB-50\t{number}\n")
    assert scene.head(created.quote_id).issue_count == 1


def test_the_customer_accepts_one_offer_and_the_order_takes_it_alone(scene):
    quote_id = two_offers(scene)
    sent = scene.send(quote_id)
    with pytest.raises(obstacles.Refusal) as refused:
        agree(sent)
    assert refused.value.code == "quote.choose_alternative"
    assert (scene.head(quote_id).state, models.QuoteAcceptance.objects.count()) == ("approved", 0)
    accepted = agree(sent, "B")
    assert accepted.alternative == "B"
    head = scene.head(quote_id)
    assert (head.line_count, head.totals.monthly, head.totals.one_off) == (2, Decimal("19.80"), 0)
    assert [line.plan_code for line in queries.quote_for_order(quote_id=quote_id).lines] == ["MOB-5", "MOB-5"]


def test_the_sums_of_a_sent_quote_move_by_its_acceptance_alone(scene):
    sent = scene.send(two_offers(scene))
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Quote.objects.filter(id=sent.quote_id).update(monthly_exact=1)
    agree(sent, "A")
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Quote.objects.filter(id=sent.quote_id).update(monthly_exact=1)
    assert scene.head(sent.quote_id).totals.monthly == Decimal("37.80")


def test_removing_the_last_other_offer_leaves_one_quote(scene):
    quote_id = two_offers(scene)
    commands.remove_alternative(quote_id=quote_id, letter="A", actor=scene.world.alice, at=fw.AT)
    head = scene.head(quote_id)
    assert (head.alternatives, head.line_count, head.totals.monthly) == ({}, 2, Decimal("19.80"))
    with pytest.raises(obstacles.NotFound):
        commands.remove_alternative(quote_id=quote_id, letter="B", actor=scene.world.alice, at=fw.AT)


def test_a_sixth_offer_is_refused(scene):
    quote_id = two_offers(scene)
    for _ in range(3):
        commands.add_alternative(quote_id=quote_id, name="", actor=scene.world.alice, at=fw.AT)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.add_alternative(quote_id=quote_id, name="", actor=scene.world.alice, at=fw.AT)
    assert refused.value.code == "quote.too_many_alternatives"
    assert sorted(scene.head(quote_id).alternatives) == list("ABCDE")


def test_a_selection_moves_to_another_offer(scene):
    quote_id = two_offers(scene)
    (anne, _) = scene.lines(quote_id, alternative="A")
    moved = commands.move_to_alternative(
        quote_id=quote_id, selection=records.Selection((anne.stable_id,)), letter="B", actor=scene.world.alice, at=fw.AT
    )
    first, second = queries.alternatives(quote=scene.head(quote_id))
    assert (moved, first.line_count, second.line_count, second.totals.monthly) == (1, 1, 3, Decimal("38.70"))


def test_a_clone_takes_no_identifier_and_another_customer_no_name(scene):
    number = identifiers.test_msisdn(9)
    rio = "01EA1B2C3" + identifiers.rio_key("01EA1B2C3", number)
    source = scene.draft(
        "Utilisateur\tForfait\tOptions\tNuméro\tRIO\tE-mail\tCentre de coût\n"
        f"Anne\tMOB-50\tOPT-SEC\t{number}\t{rio}\ta@client.example\tATELIER\n"
    )
    same = commands.clone_quote(quote_id=source.quote_id, actor=scene.world.alice, at=fw.AT)
    (line,) = scene.lines(same.quote_id)
    assert line.cells == {"user_label": "Anne", "plan": "Illimité 50 Go", "options": "Protection mobile", "cost_centre": "ATELIER"}
    other = party_models.CustomerFile.objects.create(
        reference="CLI-2026-000002", legal_unit=party_models.LegalUnit.objects.get(), name="Autre", agency_id=scene.world.lyon,
        establishment=party_models.Establishment.objects.get(), perimeter="Autre", segment="pme", created_at=fw.AT,
    )  # fmt: skip
    away = commands.clone_quote(quote_id=source.quote_id, customer_file_id=other.id, actor=scene.world.alice, at=fw.AT)
    (line,) = scene.lines(away.quote_id)
    assert line.cells == {"plan": "Illimité 50 Go", "options": "Protection mobile"}
    assert scene.head(source.quote_id).line_count == 1


def test_a_quote_on_the_fleet_is_not_cloned(scene):
    inventory_commands.install_lines(lines=[installed_line(scene.world, 1)], actor=fw.SYSTEM, at=fw.AT)
    line_id = installed_line(scene.world, 1).line_id
    made = commands.create_fleet_quote(
        customer_file_id=scene.world.company, line_ids=[line_id], kind="renewal", actor=scene.world.alice, at=fw.AT
    )
    with pytest.raises(obstacles.Refusal) as refused:
        commands.clone_quote(quote_id=made.quote_id, actor=scene.world.alice, at=fw.AT)
    assert (refused.value.code, models.Quote.objects.count()) == ("quote.fleet_not_cloned", 1)


def test_the_profiles_of_a_fleet_become_new_lines(scene):
    lines = [installed_line(scene.world, number) for number in range(1, 4)]
    inventory_commands.install_lines(lines=lines, actor=fw.SYSTEM, at=fw.AT)
    created = scene.draft()
    added = commands.add_fleet_profiles(quote_id=created.quote_id, places=[0, 7], quantity=4, actor=scene.world.alice, at=fw.AT)
    rows = scene.lines(created.quote_id)
    assert (added, len(rows)) == (4, 4)
    assert {(row.cells["plan"], row.cells["options"], row.cells.get("msisdn")) for row in rows} == {("Éco 5 Go", "Protection mobile", None)}


def test_versions_are_compared_line_by_line_and_price_by_price(scene, snapshots):
    sent = scene.sent("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-5\nZoé\tMOB-5\n")
    draft_id = commands.make_new_version(quote_id=sent.quote_id, actor=scene.world.alice, at=fw.AT)
    anne, paul, zoe = scene.lines(draft_id)
    commands.edit_lines(quote_id=draft_id, changes={paul.stable_id: {"options": "OPT-SEC"}}, actor=scene.world.alice, at=fw.AT)
    commands.remove_lines(quote_id=draft_id, selection=records.Selection((zoe.stable_id,)), actor=scene.world.alice, at=fw.AT)
    scene.paste(draft_id, "Utilisateur\tForfait\nMarc\tMOB-50\n")
    # The day after, the small plan costs 10,90 €.
    cheap = worlds.offering("MOB-5", "plan", [worlds.price("ABO", "10.90")], name_fr="Éco 5 Go")
    snapshots[LATER.date()] = tuple(cheap if one.code == "MOB-5" else one for one in snapshots[None])
    commands.price_quote(quote_id=draft_id, actor=scene.world.alice, at=LATER)
    before, after = scene.head(sent.quote_id), scene.head(draft_id)
    with CaptureQueriesContext(connection) as captured:
        found = queries.compare(before=before, after=after)
    assert len(captured) == 7
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    by_name = {row.user_label: row for row in found.rows}
    assert by_name["Paul"].cells == (("options", "", "Protection mobile"),)
    assert (by_name["Paul"].monthly_before, by_name["Paul"].monthly_after) == (Decimal("9.90"), Decimal("12.90"))
    assert (by_name["Marc"].kind, by_name["Zoé"].kind) == ("added", "removed")
    (price,) = found.prices
    assert (price.name_fr, price.before, price.after, price.line_count) == ("Prix ABO", Decimal("9.90"), Decimal("10.90"), 1)
    assert found.monthly_difference == after.totals.monthly - before.totals.monthly == Decimal("12.00")
    assert anne.stable_id not in {row.stable_id for row in found.rows}


def test_a_wrong_code_is_counted_and_five_close_it(scene):
    sent = scene.sent()
    commands.open_challenge(token=sent.token, identity=ANNE, at=LATER)
    right = signing.last_code()
    wrong = "000000" if right != "000000" else "000001"
    given = {"identity": ANNE, "has_agreed": True, "evidence": {}, "at": LATER, "document_sha256": sent.document_sha256}
    codes = []
    for _ in range(6):
        with pytest.raises(obstacles.Refusal) as refused:
            commands.accept_online(token=sent.token, code=wrong, **given)
        codes.append(refused.value.code)
    assert codes == ["quote.wrong_code"] * 5 + ["quote.code_closed"]
    with pytest.raises(obstacles.Refusal):
        commands.accept_online(token=sent.token, code=right, **given)
    assert scene.head(sent.quote_id).state == "approved"
    assert agree(sent).channel == "online"


def test_a_code_expires_and_is_nobody_elses(scene):
    sent = scene.sent()
    commands.open_challenge(token=sent.token, identity=ANNE, at=LATER)
    code = signing.last_code()
    given = {"has_agreed": True, "evidence": {}, "document_sha256": sent.document_sha256, "code": code, "token": sent.token}
    late = LATER + dt.timedelta(minutes=16)
    for identity, at in ((ANNE, late), (records.Signatory("Paul Roux", email="paul@client.example"), LATER)):
        with pytest.raises(obstacles.Refusal) as refused:
            commands.accept_online(identity=identity, at=at, **given)
        assert refused.value.code == "quote.code_closed"
    assert models.QuoteAcceptance.objects.count() == 0


def test_no_code_leaves_for_a_bad_address_or_without_end(scene):
    sent = scene.sent()
    for identity in (records.Signatory("Anne", email="pas une adresse"), records.Signatory("", email="anne@client.example")):
        with pytest.raises(obstacles.Refusal):
            commands.open_challenge(token=sent.token, identity=identity, at=LATER)
    assert models.QuoteLetter.objects.count() == 0
    for _ in range(6):
        commands.open_challenge(token=sent.token, identity=ANNE, at=LATER)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.open_challenge(token=sent.token, identity=ANNE, at=LATER)
    assert (refused.value.code, models.QuoteLetter.objects.count()) == ("quote.too_many_codes", 6)


def test_the_evidence_is_a_chain_that_any_change_breaks(scene):
    sent = scene.sent()
    agree(sent)
    kept = json.loads(queries.document(quote_id=sent.quote_id, kind="evidence"))
    assert (kept["documents"]["quote_sha256"], kept["signatory"]["name"]) == (sent.document_sha256, "Anne Durand")
    assert kept["documents"]["order_form_sha256"] == queries.document_kinds(quote_id=sent.quote_id)["order_form"]
    facts = [{key: one[key] for key in ("name", "at", "by", "facts")} for one in kept["chain"]]
    assert [one["name"] for one in facts] == ["QuoteSent", "QuoteLetterWritten", "QuoteAccepted"]
    assert _evidence.chain(facts) == kept["chain"]
    facts[1]["by"] = "Quelqu’un d’autre"
    assert _evidence.chain(facts)[-1]["sha256"] != kept["chain"][-1]["sha256"]


class FullMailbox:
    """A mail that takes nothing."""

    def post(self, letter):
        raise ports.MailUnavailable("full")


class Mailbox:
    """A mail that remembers."""

    def __init__(self):
        self.letters = []

    def post(self, letter):
        self.letters.append(letter)


def test_the_link_is_mailed_with_the_message_that_was_read(scene):
    sent = scene.sent()
    address = f"https://come.example/devis/accord/{sent.token}/"
    given = {"quote_id": sent.quote_id, "subject": "Votre devis", "address": address, "actor": scene.world.alice, "at": LATER}
    for recipient, message in (("anne@client.example", "Sans lien"), ("personne", address)):
        with pytest.raises(obstacles.Refusal):
            commands.mail_link(recipient=recipient, message=message, **given)
    assert models.QuoteLetter.objects.count() == 0
    commands.mail_link(recipient="anne@client.example", message=f"Bonjour,\n{address}\n", **given)
    assert commands.post_letters(at=LATER, mail=FullMailbox()) == 0
    assert commands.post_letters(at=LATER, mail=Mailbox()) == 0, "it waits before it is tried again"
    mailbox = Mailbox()
    assert commands.post_letters(at=LATER + dt.timedelta(hours=1), mail=mailbox) == 1
    assert commands.post_letters(at=LATER + dt.timedelta(hours=2), mail=mailbox) == 0
    (letter,) = mailbox.letters
    assert (letter.recipient, letter.subject, letter.body) == ("anne@client.example", "Votre devis", f"Bonjour,\n{address}\n")


def test_a_code_is_forgotten_once_posted(scene):
    sent = scene.sent()
    commands.open_challenge(token=sent.token, identity=ANNE, at=LATER)
    assert commands.post_letters(at=LATER, mail=Mailbox()) == 1
    assert models.QuoteLetter.objects.get().body_fr == ""


def test_a_link_is_replaced_or_closed(scene):
    sent = scene.sent()
    token = commands.renew_link(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER)
    with pytest.raises(obstacles.NotFound):
        queries.quote_by_token(token=sent.token)
    assert queries.quote_by_token(token=token).id == sent.quote_id
    commands.revoke_link(quote_id=sent.quote_id, actor=scene.world.alice, at=LATER)
    with pytest.raises(obstacles.NotFound):
        queries.quote_by_token(token=token)
    assert scene.head(sent.quote_id).state == "approved"
    for act in (commands.renew_link, commands.revoke_link):
        with pytest.raises(obstacles.NotAllowed):
            act(quote_id=sent.quote_id, actor=scene.world.charlie, at=LATER)
        with pytest.raises(obstacles.Refusal):
            act(quote_id=scene.draft().quote_id, actor=scene.world.alice, at=LATER)


def test_a_long_commitment_of_a_small_firm_waits_for_its_waiver(scene, snapshots):
    terms = (worlds.catalogue.TermRecord(36, 30),)
    plan = worlds.offering("MOB-36", "plan", [worlds.price("ABO", "15.00")], name_fr="Trois ans", terms=terms)
    snapshots[None] = (*snapshots[None], plan)
    sent = scene.sent("Forfait\nMOB-36\n")
    with pytest.raises(obstacles.Refusal) as refused:
        commands.accept_quote(quote_id=sent.quote_id, identity=ANNE, actor=scene.world.alice, at=LATER)
    assert (refused.value.code, scene.head(sent.quote_id).state) == ("quote.commitment_cap", "approved")
    with pytest.raises(obstacles.Refusal):
        agree(sent)
    agree(sent, has_waived=True)
    assert models.QuoteAcceptance.objects.get().evidence["has_waived"] is True


def test_offers_that_expire_soon_are_on_the_home_of_who_sold_them(scene):
    soon = scene.draft(TABLE, valid_until=fw.AT.date() + dt.timedelta(days=5))
    scene.send(soon.quote_id)
    scene.sent()
    today = fw.AT.date()
    rows, total = queries.expiring(viewer=scene.world.alice, today=today)
    assert ([row.reference for row in rows], total) == ([soon.reference], 1)
    assert queries.expiring(viewer=scene.world.charlie, today=today) == ([], 0)
    assert queries.expiring(viewer=scene.world.alice, today=today + dt.timedelta(days=6))[1] == 0
