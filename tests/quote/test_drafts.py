"""Drafts: created at the right prices, pasted, edited, undone; every act idempotent and refused to others."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import fleet_world as fw
import quote_worlds as worlds
from come.inventory import commands as inventory_commands
from come.quote import commands, models, queries, records
from come.quote.policies import consent
from come.shared import identifiers, obstacles, queries as shared_queries

RIO_BODY = "01EA1B2C3"
NUMBER = identifiers.test_msisdn(12)
GOOD_RIO = RIO_BODY + identifiers.rio_key(RIO_BODY, NUMBER)
HEADING = "Utilisateur\tForfait\tOptions\tTerminal\tNuméro\tRIO\tICCID\tE-mail\tCentre de coût\tSite\n"


def national(number):
    return identifiers.format_msisdn(identifiers.test_msisdn(number))


def test_a_draft_takes_the_customer_s_agreement_and_only_account(scene):
    head = scene.head(scene.draft().quote_id)
    assert head.reference.startswith("DEV-2026-")
    assert (head.version, head.state, head.title) == (1, "inProgress", "Flotte 2026")
    assert head.agreement_reference == "ACC-2026-000001"
    assert head.billing_account_id == scene.world.account
    assert head.valid_until == fw.AT.date() + dt.timedelta(days=30)
    assert head.seller_name == "Alice Martin"


def test_a_draft_never_outlives_its_agreement(scene):
    created = scene.draft(valid_until=None)
    models.Quote.objects.filter(id=created.quote_id).delete()
    late = dt.datetime(2026, 12, 20, 9, tzinfo=dt.UTC)
    made = commands.create_quote(customer_file_id=scene.world.company, actor=scene.world.alice, at=late)
    assert scene.head(made.quote_id).valid_until == dt.date(2026, 12, 31)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.create_quote(customer_file_id=scene.world.company, actor=scene.world.alice, at=late, valid_until=dt.date(2027, 1, 15))
    assert refused.value.code == "quote.validity_agreement"


def test_creating_twice_with_one_request_makes_one_quote(scene):
    actor = scene.world.alice.with_request("req-1")
    made = [commands.create_quote(customer_file_id=scene.world.company, actor=actor, at=fw.AT) for _ in range(2)]
    assert made[0] == made[1]
    assert models.Quote.objects.count() == 1


def test_a_pasted_table_is_understood_whatever_its_writing(scene):
    created = scene.draft()
    table = (
        HEADING
        + f"Anne Petit\tillimite 50 go\tpass voyage monde; OPT-SEC\tAltia A9, en 24 fois\t{national(12)}\t{GOOD_RIO.lower()}\t"
        + f"{identifiers.test_iccid(4)}\tanne@client.example\tATELIER\tLyon\n"
        + "Paul Roux\tMOB-5\t\t\t\t\t\t\t\t\n"
    )
    answer = scene.paste(created.quote_id, table)
    assert (answer.added, answer.to_correct, answer.unknown_headings) == (2, 0, ())
    first, second = scene.lines(created.quote_id)
    assert first.cells == {
        "user_label": "Anne Petit",
        "plan": "Illimité 50 Go",
        "options": "Pass voyage monde; Protection mobile",
        "device": "Altia A9, en 24 fois",
        "msisdn": "06 39 98 00 12",
        "rio": GOOD_RIO,
        "iccid": identifiers.test_iccid(4),
        "email": "anne@client.example",
        "cost_centre": "ATELIER",
        "site": "Lyon",
    }
    assert (first.monthly, first.one_off, first.instalments_monthly) == (Decimal("25.90"), Decimal("10.00"), Decimal("12.50"))
    assert (second.monthly, second.issues) == (Decimal("9.90"), ())
    head = scene.head(created.quote_id)
    assert head.totals == records.Totals(
        one_off=Decimal("10.00"),
        monthly=Decimal("35.80"),
        instalments_monthly=Decimal("12.50"),
        deposit=Decimal(0),
        over_commitment=Decimal("1169.20"),
        list_monthly=Decimal("36.90"),
        margin_monthly=None,
    )
    assert (head.line_count, head.issue_count) == (2, 0)


def test_without_heading_columns_are_told_by_what_they_hold(scene):
    created = scene.draft()
    table = f"{national(12)};Anne;ATELIER;MOB-50\n{national(13)};Paul;ATELIER;Éco 5 Go\n"
    scene.paste(created.quote_id, table)
    assert [line.cells for line in scene.lines(created.quote_id)] == [
        {"user_label": "Anne", "plan": "Illimité 50 Go", "msisdn": "06 39 98 00 12", "cost_centre": "ATELIER"},
        {"user_label": "Paul", "plan": "Éco 5 Go", "msisdn": "06 39 98 00 13", "cost_centre": "ATELIER"},
    ]


OTHER_RIO = "Ce RIO n’est pas celui du numéro 06 39 98 00 12. Demandez le bon RIO au client (3179 depuis la ligne)."
BAD = [
    ("plan", {"Forfait": "Illimité 500 Go"}, "« Illimité 500 Go » n’est pas une offre en vente."),
    ("plan", {"Forfait": ""}, "L’offre manque."),
    ("plan", {"Forfait": "Agence connectée"}, "« Agence connectée » se compose de plusieurs lignes."),
    ("plan", {"Forfait": "OPT-SEC"}, "« Protection mobile » n’est pas une offre principale."),
    ("options", {"Options": "Illimité 50 Go"}, "« Illimité 50 Go » n’est pas une option."),
    ("options", {"Options": "Pass voyage monde; Pass lune"}, "« Pass lune » n’est pas une offre en vente."),
    ("device", {"Terminal": "Altia A9"}, "« Altia A9 » désigne 2 offres : Altia A9, comptant, Altia A9, en 24 fois…"),
    ("msisdn", {"Numéro": "01 23 45 67 89"}, "Ce numéro est un numéro fixe ; une ligne mobile commence par 06 ou par 073 à 079."),
    ("rio", {"Numéro": NUMBER, "RIO": RIO_BODY + "ZZZ"}, OTHER_RIO),
    ("rio", {"RIO": GOOD_RIO}, "Un RIO demande le numéro à reprendre."),
    ("iccid", {"ICCID": "8933990000000000001"}, "La clé de ce numéro de carte SIM est fausse : un chiffre est sans doute mal saisi."),
    ("email", {"E-mail": "anne.client"}, "« anne.client » n’est pas une adresse e-mail."),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cells", "message"), BAD)
def test_each_bad_cell_says_why_and_the_row_is_kept_as_typed(scene, column, cells, message):
    created = scene.draft()
    row = {"Utilisateur": "Anne", "Forfait": "MOB-50"} | cells
    answer = scene.paste(created.quote_id, "\t".join(row) + "\n" + "\t".join(row.values()) + "\nPaul\tMOB-5\n")
    assert (answer.added, answer.to_correct) == (2, 1)
    bad, good = scene.lines(created.quote_id)
    assert [(issue.column, issue.message) for issue in bad.issues] == [(column, message)]
    assert bad.issues[0].next_step
    assert bad.cells.get(column, "") == next(
        (value for name, value in cells.items() if (value and name != "Numéro") or column == "msisdn"), ""
    )
    assert good.monthly == Decimal("9.90")
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(created.quote_id)
    assert refused.value.code == "quote.lines_to_correct"
    assert scene.head(created.quote_id).state == "inProgress"


def test_warnings_do_not_hold_the_quote(scene):
    created = scene.draft("Utilisateur\tForfait\tCentre de coût\tQuantité\nAnne\tMOB-50\tINCONNU\tdeux\n")
    (line,) = scene.lines(created.quote_id)
    assert [(issue.column, issue.severity) for issue in line.issues] == [("cost_centre", "warning"), ("quantity", "warning")]
    assert scene.send(created.quote_id).document_sha256


def test_duplicates_are_marked_and_unmarked(scene):
    number = national(12)
    created = scene.draft(f"Utilisateur\tForfait\tNuméro\nAnne\tMOB-50\t{number}\nPaul\tMOB-50\t{number}\n")
    first, second = scene.lines(created.quote_id)
    assert first.issues == ()
    assert [issue.message for issue in second.issues] == ["Déjà à la ligne 1 de ce devis."]
    commands.edit_lines(quote_id=created.quote_id, changes={first.stable_id: {"msisdn": national(13)}}, actor=scene.world.alice, at=fw.AT)
    assert [line.issues for line in scene.lines(created.quote_id)] == [(), ()]


def test_a_number_or_sim_in_service_is_marked(scene):
    fw.stock(2)
    inventory_commands.install_lines(lines=[fw.new_line(scene.world, 1)], actor=fw.SYSTEM, at=fw.AT)
    created = scene.draft(f"Forfait\tNuméro\tICCID\nMOB-50\t{national(1)}\t{identifiers.test_iccid(1)}\nMOB-50\t{national(0)}\t\n")
    taken, free = scene.lines(created.quote_id)
    assert [issue.message for issue in taken.issues] == [
        "Le 06 39 98 00 01 est déjà une ligne en service chez nous.",
        "Cette carte SIM est déjà sur une ligne.",
    ]
    assert free.issues == ()


def test_a_rule_of_the_catalogue_marks_the_lines_it_forbids(scene):
    created = scene.draft("Utilisateur\tForfait\tOptions\nAnne\tMOB-5\tOPT-MONDE\nPaul\tMOB-50\t\n")
    bad, good = scene.lines(created.quote_id)
    assert [issue.message for issue in bad.issues] == ["L’Éco 5 Go n’a pas de pass voyage."]
    assert bad.monthly is None
    assert good.monthly == Decimal("18.90")
    assert [line.position for line in scene.lines(created.quote_id, only_to_correct=True)] == [1]


def test_quantities_make_lines_and_reach_volume_clauses(scene):
    created = scene.draft("Forfait\tQuantité\nMOB-50\t9\n")
    assert scene.head(created.quote_id).totals.monthly == Decimal("170.10")
    created = scene.draft("Forfait\tQuantité\nMOB-50\t9\nMOB-50\t1\n")
    assert scene.head(created.quote_id).totals.monthly == Decimal("169.00")
    (pattern,) = queries.patterns(quote_id=created.quote_id)
    assert pattern.quantity == 10
    assert pattern.components[0].reason_fr == "Accord ACC-2026-000001, clause 4.3 : Illimité 50 Go : 16,90 € à partir de 10 lignes."


def test_editing_a_cell_corrects_the_line_and_the_sums(scene):
    created = scene.draft("Utilisateur\tForfait\nAnne\tIllimité 500\n")
    (line,) = scene.lines(created.quote_id)
    answer = commands.edit_lines(
        quote_id=created.quote_id, changes={line.stable_id: {"plan": "50 go", "options": "opt-sec"}}, actor=scene.world.alice, at=fw.AT
    )
    assert (answer.touched, answer.to_correct) == (1, 0)
    (line,) = scene.lines(created.quote_id)
    assert (line.cells["plan"], line.cells["options"], line.monthly) == ("Illimité 50 Go", "Protection mobile", Decimal("20.90"))


def test_a_selection_is_edited_as_a_set(scene):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-5\nZoé\tMOB-50\n")

    def act(**given):
        return commands.edit_selection(quote_id=created.quote_id, actor=scene.world.alice, at=fw.AT, **given)

    assert act(selection=records.Selection(text="mité 50"), add_option="Protection mobile").touched == 2
    assert [line.cells.get("options") for line in scene.lines(created.quote_id)] == ["Protection mobile", None, "Protection mobile"]
    ids = tuple(line.stable_id for line in scene.lines(created.quote_id))
    assert (
        act(
            selection=records.Selection(stable_ids=ids),
            cells={"plan": "MOB-5"},
            remove_option="Protection mobile",
            consented_changes=consent.ANY,
        ).touched
        == 3
    )
    assert {(line.cells["plan"], line.cells.get("options")) for line in scene.lines(created.quote_id)} == {("Éco 5 Go", None)}


def test_undo_takes_back_pastes_edits_and_removals(scene):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-5\n")
    start = scene.lines(created.quote_id)
    given = {"actor": scene.world.alice, "at": fw.AT, "consented_changes": consent.ANY}
    commands.edit_lines(quote_id=created.quote_id, changes={start[0].stable_id: {"plan": "MOB-5"}}, **given)
    commands.remove_lines(
        quote_id=created.quote_id, selection=records.Selection(stable_ids=(start[1].stable_id,)), actor=scene.world.alice, at=fw.AT
    )
    assert scene.head(created.quote_id).line_count == 1

    def undo():
        return commands.undo_edit(quote_id=created.quote_id, actor=scene.world.alice, at=fw.AT).label

    assert undo() == "Suppression d’une ligne"
    assert undo() == "« Forfait » à la ligne 1"
    assert scene.lines(created.quote_id) == start
    assert undo() == "Collage d’un tableau de 2 lignes"
    assert scene.lines(created.quote_id) == ()
    assert undo() == ""
    assert not scene.head(created.quote_id).can_undo


def test_pasting_back_with_the_line_identifier_changes_the_line(scene):
    created = scene.draft("Utilisateur\tForfait\nAnne\tIllimité 500\nPaul\tMOB-5\n")
    bad = scene.lines(created.quote_id)[0]
    answer = scene.paste(created.quote_id, f"Identifiant de ligne\tForfait\n{bad.stable_id}\tMOB-50\n")
    assert (answer.added, answer.changed, answer.to_correct) == (0, 1, 0)
    assert scene.lines(created.quote_id)[0].cells == {"user_label": "Anne", "plan": "Illimité 50 Go"}


def test_a_replayed_paste_adds_nothing(scene):
    created = scene.draft()
    actor = scene.world.alice.with_request("paste-1")
    answers = [commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-50\n", actor=actor, at=fw.AT) for _ in range(2)]
    assert answers[0] == answers[1]
    assert scene.head(created.quote_id).line_count == 1
    with pytest.raises(obstacles.Conflict):
        commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-5\n", actor=actor, at=fw.AT)
    assert scene.head(created.quote_id).line_count == 1
    scene.send(created.quote_id)
    assert commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-50\n", actor=actor, at=fw.AT) == answers[0]


def test_an_empty_table_is_refused(scene):
    created = scene.draft()
    with pytest.raises(obstacles.Refusal) as refused:
        scene.paste(created.quote_id, " \n\t\n")
    assert refused.value.code == "quote.empty_table"


def test_a_bundle_comes_as_its_lines(scene):
    created = scene.draft()
    commands.add_bundle(quote_id=created.quote_id, bundle_code="PACK", actor=scene.world.alice, at=fw.AT)
    lines = scene.lines(created.quote_id)
    assert [(line.cells["plan"], line.bundle_code) for line in lines] == [
        ("Accès Xoip 8 canaux", "PACK"), ("Illimité 50 Go", "PACK"), ("Illimité 50 Go", "PACK"),
    ]  # fmt: skip
    commands.remove_lines(
        quote_id=created.quote_id, selection=records.Selection(stable_ids=(lines[2].stable_id,)), actor=scene.world.alice, at=fw.AT
    )
    issues = {issue.message for line in scene.lines(created.quote_id) for issue in line.issues}
    assert issues == {"« Agence connectée » comprend de 2 à 5 « Illimité 50 Go » ; il y en a 1."}


def test_a_device_may_be_sold_alone_and_a_pool_is_a_line(scene):
    created = scene.draft("Forfait\tTerminal\n\tTEL-A9-C\nPOOL-100\t\n")
    device, pool = scene.lines(created.quote_id)
    assert (device.cells, device.one_off) == ({"device": "Altia A9, comptant"}, Decimal("300.00"))
    assert pool.monthly == Decimal("90.00")


def test_terms_change_the_prices_visibly(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    head = scene.head(created.quote_id)
    commands.change_terms(
        quote_id=created.quote_id, actor=scene.world.alice, at=fw.AT, title="Sans accord", valid_until=head.valid_until,
        agreement_id=None, billing_account_id=scene.world.account, commitment_months=0,
    )  # fmt: skip
    head = scene.head(created.quote_id)
    assert (head.title, head.agreement_reference, head.commitment_months) == ("Sans accord", "", 0)
    assert (head.totals.monthly, head.totals.over_commitment) == (Decimal("20.00"), Decimal("10.00"))
    facts = shared_queries.events_about(subject=f"quote:{created.quote_id}")
    assert [fact.name for fact in facts] == ["QuoteTermsChanged", "QuoteLinesChanged", "QuoteCreated"]
    assert (facts[0].before["monthly_exact"], facts[0].after["monthly_exact"]) == ("18.900000", "20.00")


def test_a_draft_keeps_its_prices_until_somebody_asks(scene):
    created = scene.draft("Forfait\nMOB-5\n")
    later = fw.AT + dt.timedelta(days=3)
    dearer = dataclasses.replace(
        next(one for one in scene.snapshots[None] if one.code == "MOB-5"), version=2, prices=(worlds.price("ABO", "11.90"),)
    )
    scene.snapshots[later.date()] = tuple(dearer if one.code == "MOB-5" else one for one in scene.snapshots[None])
    scene.paste(created.quote_id, "Forfait\nMOB-5\n", at=later)
    assert scene.head(created.quote_id).totals.monthly == Decimal("19.80")
    with pytest.raises(obstacles.Refusal) as refused:
        scene.send(created.quote_id, at=later)
    assert refused.value.code == "quote.prices_changed"
    assert "+4,00\u00a0€ par mois et 0,00\u00a0€ une fois" in refused.value.obstacles[0].message
    change = commands.price_quote(quote_id=created.quote_id, actor=scene.world.alice, at=later)
    assert change.monthly_difference == Decimal("4.00")
    assert scene.head(created.quote_id).totals.monthly == Decimal("23.80")
    assert scene.send(created.quote_id, at=later).version == 1


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_seller_and_assistant_may_write(scene, who):
    actor = getattr(scene.world, who)
    created = commands.create_quote(customer_file_id=scene.world.company, actor=actor, at=fw.AT)
    commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-50\n", actor=actor, at=fw.AT)
    assert queries.quote(quote_id=created.quote_id, viewer=actor).line_count == 1


def test_charlie_of_another_agency_is_refused_everywhere(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    quote_id, charlie = created.quote_id, scene.world.charlie
    line_id = scene.lines(quote_id)[0].stable_id
    selection = records.Selection(stable_ids=(line_id,))
    acts = [
        lambda: commands.create_quote(customer_file_id=scene.world.company, actor=charlie, at=fw.AT),
        lambda: commands.paste_lines(quote_id=quote_id, table_text="Forfait\nMOB-5\n", actor=charlie, at=fw.AT),
        lambda: commands.edit_lines(quote_id=quote_id, changes={line_id: {"plan": "MOB-5"}}, actor=charlie, at=fw.AT),
        lambda: commands.edit_selection(quote_id=quote_id, selection=selection, cells={"plan": "MOB-5"}, actor=charlie, at=fw.AT),
        lambda: commands.remove_lines(quote_id=quote_id, selection=selection, actor=charlie, at=fw.AT),
        lambda: commands.undo_edit(quote_id=quote_id, actor=charlie, at=fw.AT),
        lambda: commands.add_bundle(quote_id=quote_id, bundle_code="PACK", actor=charlie, at=fw.AT),
        lambda: commands.price_quote(quote_id=quote_id, actor=charlie, at=fw.AT),
        lambda: commands.send_quote(quote_id=quote_id, actor=charlie, at=fw.AT),
        lambda: commands.accept_quote(quote_id=quote_id, identity="X", actor=charlie, at=fw.AT),
        lambda: commands.close_quote(quote_id=quote_id, state="cancelled", reason="", actor=charlie, at=fw.AT),
        lambda: queries.quote(quote_id=quote_id, viewer=charlie),
        lambda: queries.quote(reference=created.reference, viewer=charlie),
    ]
    before = scene.head(quote_id), scene.lines(quote_id)
    for act in acts:
        with pytest.raises(obstacles.NotAllowed) as refused:
            act()
        assert "Boulangeries" not in str(refused.value)
    assert queries.quotes(viewer=charlie, filters=records.QuoteFilters()) == ([], 0)
    assert queries.search_hits(text=created.reference, viewer=charlie, limit=5) == []
    assert (scene.head(quote_id), scene.lines(quote_id)) == before


def test_a_support_person_reads_and_does_not_write(scene):
    created = scene.draft("Forfait\nMOB-50\n")
    assert queries.quote(quote_id=created.quote_id, viewer=scene.world.sam).line_count == 1
    with pytest.raises(obstacles.NotAllowed):
        commands.paste_lines(quote_id=created.quote_id, table_text="Forfait\nMOB-5\n", actor=scene.world.sam, at=fw.AT)


def test_unknown_things_are_not_found(scene):
    with pytest.raises(obstacles.NotFound):
        scene.head(uuid.uuid4())
    created = scene.draft("Forfait\nMOB-50\n")
    with pytest.raises(obstacles.NotFound):
        commands.edit_lines(quote_id=created.quote_id, changes={uuid.uuid4(): {"plan": "MOB-5"}}, actor=scene.world.alice, at=fw.AT)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.edit_lines(quote_id=created.quote_id, changes={uuid.uuid4(): {"prix": "0"}}, actor=scene.world.alice, at=fw.AT)
    assert refused.value.code == "quote.unknown_column"


def statements(act, quote_id):
    with CaptureQueriesContext(connection) as captured:
        act(quote_id)
    return len(captured)


def test_statements_do_not_grow_with_the_lines(scene):
    small, large = scene.draft(f"Forfait\tNuméro\nMOB-50\t{national(5_000)}\n"), scene.draft()
    table = HEADING + "".join(f"Salarié {n}\tMOB-50\t\t\t{national(n)}\t\t{identifiers.test_iccid(n)}\t\tATELIER\t\n" for n in range(1_000))
    scene.paste(large.quote_id, table)
    assert scene.head(large.quote_id).line_count == 1_000

    def touch(quote_id):
        line = scene.lines(quote_id)[0]
        return commands.edit_lines(quote_id=quote_id, changes={line.stable_id: {"site": "Lyon"}}, actor=scene.world.alice, at=fw.AT)

    for act in (
        lambda quote_id: queries.quote(quote_id=quote_id, viewer=scene.world.alice),
        lambda quote_id: queries.lines(quote_id=quote_id, selection=records.Selection(), limit=None),
        lambda quote_id: queries.patterns(quote_id=quote_id),
        lambda quote_id: queries.document_input(quote_id=quote_id, at=fw.AT),
        touch,
        lambda quote_id: scene.paste(quote_id, "Forfait\nMOB-50\nMOB-50\n"),
    ):
        assert statements(act, small.quote_id) == statements(act, large.quote_id)
