"""Files that leave and come back: what changed alone is changed, all that is wrong is said at once, nobody is overwritten."""

from __future__ import annotations

import csv
import html
import io
import json
import random

import hypothesis
import openpyxl
import pytest
from hypothesis import strategies as st

import fleet_world as fw
from come.quote import commands, queries, records
from come.quote.policies import merging, tables
from come.shared import clock, identifiers, obstacles, sheets

TABLE = "Utilisateur\tForfait\tSite\tNuméro\n" + "".join(
    f"Salarié {n}\tMOB-5\tLyon\t{identifiers.format_msisdn(identifiers.test_msisdn(n))}\n" for n in range(1, 6)
)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def post_json(client, address, body):
    return client.post(address, json.dumps(body), content_type="application/json", headers={"Accept": "application/json"})


def exported(client, created, ending="xlsx", **given):
    answer = client.get(f"/devis/{created.reference}/lignes.{ending}", given)
    assert answer.status_code == 200
    return sheets.read_file(content=answer.content, name=f"lignes.{ending}")


def sent_back(client, created, rows, name="lignes.xlsx"):
    """Send a table back as the spreadsheet would save it, and return the address of its differences."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for line in book.active.iter_rows():
        for cell in line:
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    out.name = name
    answer = client.post(f"/devis/{created.reference}/coller/", {"file": out})
    assert answer.status_code == 303, answer.content.decode()[:500]
    return answer["Location"]


def preview_of(address):
    return queries.import_preview(import_id=address.rstrip("/").rsplit("/", 1)[1])


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_a_file_that_comes_back_unchanged_changes_nothing(scene, browse, ending):
    created = scene.draft(TABLE + "=1+1\tRien\t+33\t-5\n")
    before, revision = scene.lines(created.quote_id), scene.head(created.quote_id).revision
    client = browse(scene.world.alice)
    address = sent_back(client, created, exported(client, created, ending))
    merge = preview_of(address).merge
    assert (merge.added, merge.changes, merge.disputed, merge.missing, merge.unchanged) == ((), (), (), (), 6)
    assert "il n’y a rien à appliquer" in client.get(address).content.decode()
    assert client.post(address).status_code == 303
    assert (scene.lines(created.quote_id), scene.head(created.quote_id).revision) == (before, revision)


def test_a_round_trip_changes_what_changed_alone(scene, browse):
    created = scene.draft(TABLE)
    client = browse(scene.world.alice)
    heading, *rows = exported(client, created)
    place = {name: index for index, name in enumerate(heading)}
    rows[0][place["Site"]] = "Brest"
    rows[1][place["Forfait"]] = "MOB-50"
    rows[2][place["Site"]] = ""
    rows[3][place["Numéro"]] = "06"
    new = ["", "Zoé", "MOB-5"]
    address = sent_back(client, created, [heading, *rows[:4], new])
    preview = preview_of(address)
    assert [(change.column, change.old, change.new) for change in preview.merge.changes] == [
        ("site", "Lyon", "Brest"),
        ("plan", "Éco 5 Go", "MOB-50"),
        ("site", "Lyon", ""),
        ("msisdn", "06 39 98 00 04", "06"),
    ]
    assert (len(preview.merge.added), len(preview.merge.missing), preview.wrong_count) == (1, 1, 1)
    assert preview.wrong == (("Numéro : mal écrit", 1),)
    page = client.get(address).content.decode()
    assert "<del>Lyon</del>" in page
    assert "<ins>Brest</ins>" in page
    assert "absentes du fichier" in page
    before = scene.lines(created.quote_id)
    assert len(before) == 5
    client.post(address)
    shown = scene.lines(created.quote_id)
    assert [line.cells.get("site", "") for line in shown] == ["Brest", "Lyon", "", "Lyon", "Lyon", ""]
    assert [line.cells["plan"] for line in shown] == ["Éco 5 Go", "Illimité 50 Go"] + ["Éco 5 Go"] * 4
    assert shown[4] == before[4]
    assert scene.head(created.quote_id).issue_count == 1
    assert client.post(address).status_code == 409
    assert commands.undo_edit(quote_id=created.quote_id, actor=scene.world.alice, at=fw.AT).label == "Import de « lignes.xlsx »"
    assert scene.lines(created.quote_id) == before


def test_lines_absent_from_the_file_go_only_when_asked(scene, browse):
    created = scene.draft(TABLE)
    client = browse(scene.world.alice)
    heading, *rows = exported(client, created)
    client.post(sent_back(client, created, [heading, *rows[:2]]), {"remove_missing": "1"})
    assert [line.cells["user_label"] for line in scene.lines(created.quote_id)] == ["Salarié 1", "Salarié 2"]


def test_what_a_colleague_changed_since_the_export_is_kept_unless_taken(scene, browse):
    created = scene.draft(TABLE)
    client = browse(scene.world.alice)
    heading, *rows = exported(client, created)
    place = {name: index for index, name in enumerate(heading)}
    first, second, *_ = scene.lines(created.quote_id)
    commands.edit_lines(
        quote_id=created.quote_id,
        changes={first.stable_id: {"site": "Dole"}, second.stable_id: {"site": "Dole"}},
        actor=scene.world.bob,
        at=fw.AT,
    )
    rows[0][place["Site"]] = "Brest"
    rows[2][place["Site"]] = "Metz"
    address = sent_back(client, created, [heading, *rows])
    merge = preview_of(address).merge
    assert [(change.old, change.new) for change in merge.changes] == [("Lyon", "Metz")]
    assert [(change.old, change.new, change.changed_by) for change in merge.disputed] == [("Dole", "Brest", "Bob Petit")]
    assert "Changées aussi par un collègue" in client.get(address).content.decode()
    client.post(address)
    assert [line.cells["site"] for line in scene.lines(created.quote_id)][:3] == ["Dole", "Dole", "Metz"]
    address = sent_back(client, created, [heading, *rows])
    client.post(address, {"take_disputed": "1"})
    assert [line.cells["site"] for line in scene.lines(created.quote_id)][:3] == ["Brest", "Dole", "Metz"]


def test_a_file_may_be_forgotten(scene, browse):
    created = scene.draft(TABLE)
    client = browse(scene.world.alice)
    address = sent_back(client, created, [["Forfait"], ["MOB-50"]])
    assert client.post(address, {"act": "forget"}).status_code == 303
    assert client.get(address).status_code == 404
    assert len(scene.lines(created.quote_id)) == 5


def test_charlie_sees_and_applies_no_file(scene, browse):
    created = scene.draft(TABLE)
    address = sent_back(browse(scene.world.alice), created, [["Forfait"], ["MOB-50"]])
    before = scene.lines(created.quote_id)
    charlie = browse(scene.world.charlie)
    assert {charlie.get(address).status_code, charlie.post(address).status_code} == {403}
    import_id = preview_of(address).id
    for act in (commands.apply_import, commands.forget_import):
        with pytest.raises(obstacles.NotAllowed):
            act(import_id=import_id, actor=scene.world.charlie, at=fw.AT)
    assert scene.lines(created.quote_id) == before
    other = scene.draft()
    assert browse(scene.world.alice).get(f"/devis/{other.reference}/import/{import_id}/").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"PK\x03\x04casse", "pas un tableau lisible"), (b"\xd0\xcf\x11\xe0vieux", "ancien format"), (b"  \n", "vide")],
)
def test_a_file_that_cannot_be_read_is_said_on_the_page(scene, browse, content, said):
    created = scene.draft(TABLE)
    file = io.BytesIO(content)
    file.name = "lignes.xlsx"
    answer = browse(scene.world.alice).post(f"/devis/{created.reference}/coller/", {"file": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "obstacle-place" not in answer.content.decode()
    assert len(scene.lines(created.quote_id)) == 5


def test_a_workbook_keeps_long_numbers_and_runs_no_formula(scene, browse):
    card = identifiers.test_iccid(7)
    created = scene.draft(f'Utilisateur\tForfait\tICCID\n=HYPERLINK("x")\tMOB-5\t{card}\n')
    answer = browse(scene.world.alice).get(f"/devis/{created.reference}/lignes.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    row = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert (row["Utilisateur"].data_type, row["Utilisateur"].value) == ("s", '=HYPERLINK("x")')
    assert (row["ICCID"].data_type, row["ICCID"].value, row["ICCID"].number_format) == ("s", card, "@")
    assert row["HT par mois"].value == 9.9


BAD = {
    "Forfait : inconnu": lambda row: row | {"Forfait": "Illimité 500"},
    "Forfait : manque": lambda row: row | {"Forfait": ""},
    "Options : inconnu": lambda row: row | {"Options": "Pass lune"},
    "Numéro : mal écrit": lambda row: row | {"Numéro": "06 12"},
    "Numéro : numéro fixe": lambda row: row | {"Numéro": "01 42 00 00 00"},
    "ICCID : clé fausse": lambda row: row | {"ICCID": row["ICCID"][:-1] + str((int(row["ICCID"][-1]) + 1) % 10)},
    "IMEI : clé fausse": lambda row: row | {"IMEI": "123456789012345"},
    "EID : clé fausse": lambda row: row | {"EID": "8" * 32},
    "SIRET du site : clé fausse": lambda row: row | {"SIRET du site": "12345678901234"},
    "RIO : d’un autre numéro": lambda row: row | {"RIO": "01EAAAAAAAAA"},
}


def test_ten_thousand_rows_with_eight_hundred_bad_ones_of_ten_kinds(scene, browse):
    """9,200 rows are priced, 800 are marked and leave with their reasons; pasted back corrected, the quote has none left."""
    count, each = 10_000, 80
    kinds = list(BAD)
    wrong = dict(zip(random.Random(3).sample(range(count), each * len(kinds)), kinds * each, strict=True))
    headings = ["Utilisateur", "Forfait", "Options", "Numéro", "ICCID", "IMEI", "EID", "SIRET du site", "RIO"]
    good = [
        {
            "Utilisateur": f"Salarié {n}",
            "Forfait": "MOB-5",
            "Options": "",
            "Numéro": identifiers.format_msisdn(identifiers.test_m2m_msisdn(n) if n % 7 == 0 else identifiers.test_msisdn(n)),
            "ICCID": identifiers.test_iccid(n),
            "IMEI": identifiers.test_imei(n),
            "EID": identifiers.test_eid(n),
            "SIRET du site": identifiers.test_siret(identifiers.test_siren(7), 1 + n % 9_000),
            "RIO": "",
        }
        for n in range(count)
    ]
    given = [BAD[wrong[n]](row) if n in wrong else row for n, row in enumerate(good)]
    created = scene.draft()
    table = "\n".join("\t".join(line) for line in (headings, *([row[name] for name in headings] for row in given)))
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/"
    answer = post_json(client, f"{address}coller/", {"text": table}).json()
    assert (answer["added"], answer["to_correct"]) == (10_000, 800)
    head = scene.head(created.quote_id)
    assert (head.line_count, head.issue_count) == (10_000, 800)
    priced = [line for line in scene.lines(created.quote_id) if not line.issues]
    assert len(priced) == 9_200
    assert {str(line.monthly) for line in priced} == {"9.900000"}
    told = {kind.label: kind.line_count for kind in queries.issue_kinds(quote_id=created.quote_id)}
    assert told == dict.fromkeys(kinds, 80)

    heading, *rows = exported(client, created, "xlsx", **{"a-corriger": "1"})
    assert len(rows) == 800
    place = {name: index for index, name in enumerate(heading)}
    assert all(row[place["À corriger"]] for row in rows)
    one_kind = exported(client, created, "csv", code="quote.cell.iccid.key", colonne="iccid")
    assert len(one_kind) == 81
    labels = {row["Utilisateur"]: row for row in good}
    for row in rows:
        for name in headings:
            row[place[name]] = labels[row[place["Utilisateur"]]][name]
    out = io.StringIO()
    csv.writer(out, delimiter="\t").writerows([heading, *rows])
    answer = post_json(client, f"{address}coller/", {"text": out.getvalue()}).json()
    assert (answer["added"], answer["changed"], answer["to_correct"]) == (0, 800, 0)
    assert answer["unknown_headings"] == []
    head = scene.head(created.quote_id)
    assert (head.line_count, head.issue_count, str(head.totals.monthly)) == (10_000, 0, "99000.000000")
    assert queries.issue_kinds(quote_id=created.quote_id) == ()


def test_from_error_to_error_round_the_end(scene, browse):
    created = scene.draft("Utilisateur\tForfait\tIMEI\nA\tMOB-5\t\nB\tRien\t\nC\tMOB-5\t\nD\tMOB-5\t12\n")
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/erreur-suivante/"

    def at(**given):
        found = client.get(address, given).json()["found"]
        return found and (found["place"], found["column"])

    assert [at(rang="-1"), at(rang="1"), at(rang="3")] == [(1, "plan"), (3, "imei"), (1, "plan")]
    assert [at(rang="3", sens="avant"), at(rang="1", sens="avant")] == [(1, "plan"), (3, "imei")]
    assert at(rang="-1", q="D") == (0, "imei")
    assert at(rang="-1", q="Z") is None


def test_the_errors_are_listed_by_kind(scene, browse):
    created = scene.draft("Forfait\tIMEI\nRien\t\nRien\t12\nMOB-5\t\n")
    page = browse(scene.world.alice).get(f"/devis/{created.reference}/erreurs/").content.decode()
    assert "Forfait\u00a0: inconnu <strong>2</strong>" in page
    assert "IMEI\u00a0: mal écrit <strong>1</strong>" in page
    first = queries.issue_kinds(quote_id=created.quote_id)[0]
    assert (first.label, first.is_blocking) == ("Forfait : inconnu", True)


def test_a_filter_by_kind_is_a_selection(scene):
    created = scene.draft("Forfait\tIMEI\nRien\t\nAutre\t12\nMOB-5\t\n")
    wanted = records.Selection(issue_code="quote.cell.plan.unknown", issue_column="plan")
    answer = commands.edit_selection(
        quote_id=created.quote_id, selection=wanted, cells={"plan": "MOB-50"}, actor=scene.world.alice, at=fw.AT
    )
    assert (answer.touched, answer.to_correct) == (2, 1)


def test_news_say_who_did_what_since(scene, browse):
    created = scene.draft(TABLE)
    since = scene.head(created.quote_id).revision
    first = scene.lines(created.quote_id)[0]
    commands.edit_lines(quote_id=created.quote_id, changes={first.stable_id: {"site": "Dole"}}, actor=scene.world.bob, at=fw.AT)
    client, address = browse(scene.world.alice), f"/devis/{created.reference}/nouvelles/"
    assert client.get(address, {"depuis": since + 1}).json()["edits"] == []
    body = client.get(address, {"depuis": since}).json()
    assert body == {
        "revision": since + 1,
        "state": "inProgress",
        "is_whole": False,
        "edits": [
            {"who": "Bob Petit", "is_own": False, "said": "Bob Petit : « Site » à la ligne 1", "lines": {str(first.stable_id): ["site"]}},
        ],
    }
    commands.undo_edit(quote_id=created.quote_id, actor=scene.world.bob, at=fw.AT)
    assert client.get(address, {"depuis": since + 1}).json()["edits"][0]["said"] == "Bob Petit a défait : « Site » à la ligne 1"


def test_columns_are_kept_for_the_person(scene, browse):
    created = scene.draft(TABLE)
    alice, bob = browse(scene.world.alice), browse(scene.world.bob)
    wanted = [{"name": "site", "width": 90}, {"name": "imei", "is_hidden": True, "width": 5}, {"name": "faux", "width": 90}]
    assert post_json(alice, "/devis/grille/colonnes/", {"columns": wanted}).status_code == 200
    kept = [{"name": "site", "is_hidden": False, "width": 90}, {"name": "imei", "is_hidden": True, "width": 40}]
    assert queries.grid_layout(viewer=scene.world.alice) == kept
    assert queries.grid_layout(viewer=scene.world.bob) == []
    assert '"is_hidden": true' in html.unescape(alice.get(f"/devis/{created.reference}/").content.decode())
    assert bob.get(f"/devis/{created.reference}/").status_code == 200


@hypothesis.given(st.text(alphabet="=+-@'\"; ,a1\n", max_size=8))
def test_a_guarded_cell_comes_back_as_it_was(cell):
    cleaned = tables.clean(cell)
    guarded = sheets.guarded(cleaned)
    assert guarded[:1] not in {"=", "+", "-", "@"}
    assert sheets.unguarded(guarded) == cleaned
    _, row = sheets.read_file(content=sheets.write_csv(headings=["Site", "n"], rows=[[cleaned, "x"]]), name="a.csv")
    assert sheets.unguarded(row[0]) == cleaned


def test_a_row_named_twice_changes_its_line_once():
    key = "0190b3f4-0000-7000-8000-000000000001"
    found = merging.merge(
        rows=[{"line_id": key, "site": "A"}, {"line_id": key, "site": "B"}],
        columns=["line_id", "site"],
        known={merging.line_id({"line_id": key}): {"site": "Z"}},
    )
    assert [change.new for change in found.changes] == ["A"]
    assert [row["site"] for row in found.added] == ["B"]
