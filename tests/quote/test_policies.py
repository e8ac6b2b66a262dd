"""Reading a pasted table and its cells: any writing, any order, never a crash, nothing silently dropped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import effort
import quote_scene
from come.quote import records
from come.quote.policies import bundles, cells, tables
from come.shared import identifiers

LOOKUP = cells.Lookup.of(quote_scene.OFFERINGS)
OFFERINGS = {one.code: one for one in quote_scene.OFFERINGS}


def read(text):
    return tables.read(text, lambda values: cells.guess_column(values, LOOKUP))


@pytest.mark.parametrize(
    ("heading", "columns"),
    [
        ("Utilisateur\tForfait\tNuméro", ("user_label", "plan", "msisdn")),
        ("NOM;OFFRE;N° de ligne;Code RIO", ("user_label", "plan", "msisdn", "rio")),
        ("User,Plan,Add-ons,Device,Phone number", ("user_label", "plan", "options", "device", "msisdn")),
        ("Email,Cost center,Location,SIM card", ("email", "cost_centre", "site", "iccid")),
        ("e-mail\tcentre de coûts\tICCID\tIMEI\tQté", ("email", "cost_centre", "iccid", "imei", "quantity")),
        ("Identifiant de ligne;Forfait", ("line_id", "plan")),
    ],
)  # fmt: skip
def test_headings_in_french_and_english(heading, columns):
    table = read(f"{heading}\n" + "\t".join("x" for _ in columns))
    assert (table.columns, table.has_heading) == (columns, True)


def test_unknown_headings_are_named_and_a_repeated_one_counts_once():
    table = read("Nom\tForfait\tCouleur\tNom\nAnne\tMOB-50\tbleu\tPetit\n")
    assert table.rows == ({"user_label": "Anne", "plan": "MOB-50"},)
    assert table.unknown == ("Couleur", "Nom")


def test_a_spreadsheet_s_quotes_line_ends_and_marks_are_read():
    table = read('\ufeffUtilisateur\tForfait\r\n"Anne\n""Nanou"" Petit"\t MOB-50 \r\n\t\r\n')
    assert table.rows == ({"user_label": 'Anne "Nanou" Petit', "plan": "MOB-50"},)


def test_columns_without_heading_are_guessed_from_what_they_hold():
    number = identifiers.test_msisdn(3)
    rio = "01EA1B2C3" + identifiers.rio_key("01EA1B2C3", number)
    sim, imei = identifiers.test_iccid(3), identifiers.test_imei(1)
    row = f"MOB-50\t{sim}\tAnne Petit\t{rio}\t{number}\tPass voyage monde; OPT-SEC\ta@b.example\tTEL-A9\t{imei}"
    assert read(row).columns == ("plan", "iccid", "user_label", "rio", "msisdn", "options", "email", "device", "imei")


def test_without_any_offer_the_usual_order_holds():
    assert read("Anne\tForfait inconnu\n").rows == ({"user_label": "Anne", "plan": "Forfait inconnu"},)


def test_rows_past_the_maximum_are_counted(monkeypatch):
    monkeypatch.setattr(tables, "MAXIMUM_ROWS", 2)
    table = read("Forfait\n" + "MOB-50\n" * 5)
    assert (len(table.rows), table.extra) == (2, 3)


@settings(max_examples=effort.examples(300), deadline=None)
@given(st.text(alphabet=st.sampled_from("a0é\t\n\r;,\"' +@/\x00=Forfait"), max_size=120))
def test_any_text_is_read_and_every_row_understood(text):
    for row in read(text).rows:
        meaning = cells.understand(row, LOOKUP)
        assert (meaning.pattern is not None) or meaning.has_obstacle
        kept = cells.canonical(row, meaning, LOOKUP, OFFERINGS)
        for issue in meaning.issues:
            assert issue.message
            # What is wrong stays as it was typed.
            assert not issue.is_blocking or kept.get(issue.column, "") == row.get(issue.column, "")


@settings(max_examples=effort.examples(100), deadline=None)
@given(
    st.fixed_dictionaries(
        {"plan": st.sampled_from(["MOB-50", "éco 5 go", "ILLIMITE 50"])},
        optional={
            "options": st.sampled_from(["OPT-SEC", "protection mobile + pass voyage", "OPT-SEC;OPT-MONDE", "Rien"]),
            "device": st.sampled_from(["TEL-A9", "comptant", "Altia"]),
            "msisdn": st.sampled_from(["06 39 98 00 12", "+33639980012", "639980012", "0612"]),
        },
    ),
)
def test_the_clean_writing_means_the_same(row):
    meaning = cells.understand(row, LOOKUP)
    again = cells.understand(cells.canonical(row, meaning, LOOKUP, OFFERINGS), LOOKUP)
    assert again == meaning


def test_names_are_found_whatever_their_case_accents_and_words():
    assert [one.code for one in LOOKUP.find("ILLIMITE 50 GO", tables.PLAN)] == ["MOB-50"]
    assert [one.code for one in LOOKUP.find("monde pass", tables.OPTIONS)] == ["OPT-MONDE"]
    assert [one.code for one in LOOKUP.find("mob 5", tables.PLAN)] == ["MOB-5"]
    assert LOOKUP.find("...", tables.PLAN) == ()


def test_duplicates_name_the_first_line():
    found = cells.duplicates([(1, "+33639980001", "", "", ""), (2, "", "8933", "", ""), (5, "+33639980001", "8933", "", "")])
    assert {position: [issue.message for issue in issues] for position, issues in found.items()} == {
        5: ["Déjà à la ligne 1 de ce devis.", "Déjà à la ligne 2 de ce devis."]
    }


def test_a_bundle_opens_into_lines_with_their_options():
    snapshot = quote_scene.worlds.snapshot(*quote_scene.OFFERINGS)
    assert bundles.lines_of(OFFERINGS["PACK"], snapshot) == [
        records.Pattern("XOIP-8", bundle_code="PACK"),
        records.Pattern("MOB-50", bundle_code="PACK"),
        records.Pattern("MOB-50", bundle_code="PACK"),
    ]
