"""The grid of lines in a real browser: every gesture of a spreadsheet, by keyboard, alone or with a colleague."""

from __future__ import annotations

import io
import pathlib
import re

import openpyxl
import pytest
from playwright import sync_api

import fleet_world as fw
from come.quote import commands, queries
from come.shared import clock, identifiers
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

# Wide enough for every column to be drawn: the grid draws those that are seen alone.
WIDE = {"width": 2_700, "height": 900}
PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  (document.activeElement ?? document.body).dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
COPY = """() => {
  const data = new DataTransfer();
  document.activeElement.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
  return data.getData("text/plain");
}"""
TABLE = "Utilisateur\tForfait\tSite\n" + "".join(f"Salarié {n}\tMOB-5\tLyon\n" for n in range(1, 9))


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


@pytest.fixture
def opened(scene, visit):
    """Return a function that opens a draft's page on the grid: the quote's id and the page."""

    def run(table=TABLE, actor=None, **given):
        created = scene.draft(table)
        page = visit(actor or scene.world.alice, f"/devis/{created.reference}/", screen=WIDE, **given)
        page.locator(".ag-row").first.wait_for()
        return created, page

    return run


def cell(page, row, field):
    return page.locator(f'.ag-row[row-index="{row}"] [col-id="{field}"]')


def focus(page, row, field):
    cell(page, row, field).click()
    page.locator(f'.ag-row[row-index="{row}"] .ag-cell-focus[col-id="{field}"]').wait_for()


def column(scene, created, name):
    return [line.cells.get(name, "") for line in scene.lines(created.quote_id)]


def pressing(page, keys, address):
    """Press keys, and wait until the act that they send is answered."""
    with page.expect_response(lambda answer: address in answer.url and answer.request.method == "POST") as answered:
        page.keyboard.press(keys)
    assert answered.value.status == 200, answered.value.text()


def pasting(page, text, address):
    with page.expect_response(lambda answer: address in answer.url and answer.request.method == "POST") as answered:
        page.evaluate(PASTE, text)
    return answered.value


def test_five_hundred_rows_are_pasted_and_three_corrected_by_keyboard(scene, visit, check_accessible):
    rows = [f"Salarié {n}\tMOB-5\t{identifiers.format_msisdn(identifiers.test_msisdn(n))}" for n in range(500)]
    for place, wrong in ((40, "06 12"), (250, "01 42 00 00 00"), (499, "faux")):
        rows[place] = f"Salarié {place}\tMOB-5\t{wrong}"
    created = scene.draft()
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    page.evaluate(PASTE, "Utilisateur\tForfait\tNuméro\n" + "\n".join(rows))
    page.get_by_text("500 lignes ajoutées · 3 à corriger").wait_for()
    page.get_by_text("Ce qui est à corriger, par sorte").wait_for()
    check_accessible(page)
    focus(page, 0, "msisdn")
    for place in (40, 250, 499):
        page.keyboard.press("F8")
        page.locator(f'.ag-row[row-index="{place}"] .ag-cell-focus[col-id="msisdn"]').wait_for()
        page.keyboard.press("F2")
        page.keyboard.press("Control+A")
        page.keyboard.type(identifiers.format_msisdn(identifiers.test_msisdn(place)))
        pressing(page, "Enter", "/modifier/")
    page.locator("#figures").get_by_text("toutes justes").wait_for()
    head = scene.head(created.quote_id)
    assert (head.line_count, head.issue_count) == (500, 0)


def test_keys_mean_the_same_everywhere(scene, opened):
    created, page = opened()
    focus(page, 0, "site")
    page.keyboard.press("Enter")
    page.locator('.ag-row[row-index="1"] .ag-cell-focus[col-id="site"]').wait_for()
    page.keyboard.press("Shift+Enter")
    page.locator('.ag-row[row-index="0"] .ag-cell-focus[col-id="site"]').wait_for()
    page.keyboard.press("Shift+Tab")
    page.locator('.ag-row[row-index="0"] .ag-cell-focus[col-id="cost_centre"]').wait_for()
    page.keyboard.press("Tab")
    page.locator('.ag-row[row-index="0"] .ag-cell-focus[col-id="site"]').wait_for()
    page.keyboard.press("F2")
    page.keyboard.type(" perdu")
    page.keyboard.press("Escape")
    # A letter begins to write in the cell: it is no shortcut of the page.
    page.keyboard.type("envoi")
    pressing(page, "Enter", "/modifier/")
    assert page.locator("dialog[open]").count() == 0
    assert column(scene, created, "site")[:2] == ["envoi", "Lyon"]


def test_a_block_is_pasted_on_cells_and_goes_past_the_end(scene, opened):
    created, page = opened()
    focus(page, 6, "cost_centre")
    answer = pasting(page, "A\tBrest\nB\tNice\nC\tMetz\n", "/bloc/")
    assert answer.json()["said"].startswith("2 lignes modifiées · 1 ligne ajoutée")
    assert column(scene, created, "site") == ["Lyon"] * 6 + ["Brest", "Nice", "Metz"]
    assert column(scene, created, "cost_centre")[-3:] == ["A", "B", "C"]
    # A table with its headings is a table, wherever it is pasted.
    assert pasting(page, "Utilisateur\tForfait\nZoé\tMOB-50\n", "/coller/").json()["added"] == 1


def test_a_rectangle_is_filled_copied_and_emptied_by_keyboard(scene, opened, check_accessible):
    created, page = opened()
    focus(page, 0, "site")
    pasting(page, "Brest", "/modifier/")
    page.locator("[data-grid-status]").wait_for(state="attached")
    cell(page, 0, "site").get_by_text("Brest").wait_for()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    sync_api.expect(page.locator(".cell-chosen")).to_have_count(4)
    check_accessible(page)
    pressing(page, "Control+d", "/bloc/")
    assert column(scene, created, "site") == ["Brest"] * 4 + ["Lyon"] * 4
    cell(page, 3, "site").get_by_text("Brest").wait_for()
    assert page.evaluate(COPY) == "Brest\nBrest\nBrest\nBrest"
    pressing(page, "Delete", "/bloc/")
    assert column(scene, created, "site") == [""] * 4 + ["Lyon"] * 4
    # One cell takes the one above.
    focus(page, 5, "site")
    pasting(page, "Nice", "/modifier/")
    cell(page, 5, "site").get_by_text("Nice").wait_for()
    page.keyboard.press("ArrowDown")
    pressing(page, "Control+d", "/bloc/")
    assert column(scene, created, "site")[4:] == ["Lyon", "Nice", "Nice", "Lyon"]


def test_the_handle_fills_down_by_mouse(scene, opened):
    created, page = opened()
    focus(page, 0, "site")
    pasting(page, "Brest", "/modifier/")
    cell(page, 0, "site").get_by_text("Brest").wait_for()
    box, last = cell(page, 0, "site").bounding_box(), cell(page, 4, "site").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(last["x"] + 20, last["y"] + 10, steps=4)
    with page.expect_response("**/bloc/"):
        page.mouse.up()
    assert column(scene, created, "site") == ["Brest"] * 5 + ["Lyon"] * 3


def test_every_line_of_a_filter_is_edited_as_a_set_by_keyboard(scene, opened):
    table = "Utilisateur\tForfait\n" + "".join(f"{'Nord' if n % 3 else 'Sud'} {n}\tMOB-5\n" for n in range(300))
    created, page = opened(table)
    page.get_by_label("Chercher une ligne").fill("Sud")
    page.get_by_text("Toutes les lignes qui correspondent (100)").wait_for()
    focus(page, 0, "user_label")
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+e")
    page.locator("#selection-dialog").get_by_text("100 lignes choisies").wait_for()
    page.locator("#s-site").fill("Marseille")
    pressing(page, "Enter", "/selection/")
    shown = scene.lines(created.quote_id)
    assert {line.cells.get("site", "") for line in shown if line.cells["user_label"].startswith("Sud")} == {"Marseille"}
    assert {line.cells.get("site", "") for line in shown if line.cells["user_label"].startswith("Nord")} == {""}


def test_a_session_is_undone_and_done_again_by_keyboard(scene, opened):
    created, page = opened()
    before = scene.lines(created.quote_id)
    focus(page, 0, "site")
    pasting(page, "Brest", "/modifier/")
    pressing(page, "Alt+ArrowDown", "/deplacer/")
    after = scene.lines(created.quote_id)
    assert [line.cells["user_label"] for line in after[:2]] == ["Salarié 2", "Salarié 1"]
    pressing(page, "Control+z", "/defaire/")
    pressing(page, "Control+z", "/defaire/")
    assert scene.lines(created.quote_id) == before
    page.get_by_text("Défait : « Site » à la ligne 1").wait_for()
    pressing(page, "Control+y", "/refaire/")
    pressing(page, "Control+Shift+Z", "/refaire/")
    assert scene.lines(created.quote_id) == after
    sync_api.expect(page.locator("[data-redo]")).to_be_disabled()


def test_a_line_is_cloned_many_times_by_keyboard(scene, opened, check_accessible):
    created, page = opened()
    focus(page, 1, "user_label")
    page.keyboard.press("Control+Shift+D")
    page.get_by_label("Nombre de copies").wait_for()
    check_accessible(page)
    page.keyboard.type("12")
    pressing(page, "Enter", "/copier/")
    page.get_by_text("12 lignes ajoutées").wait_for()
    assert column(scene, created, "user_label") == ["Salarié 1"] + ["Salarié 2"] * 13 + [f"Salarié {n}" for n in range(3, 9)]
    focus(page, 1, "user_label")
    pressing(page, "Control+i", "/inserer/")
    page.get_by_text("Ce qui est à corriger, par sorte").wait_for()
    assert column(scene, created, "user_label")[1] == ""


def test_a_workbook_leaves_and_comes_back_through_its_differences(scene, opened, check_accessible):
    created, page = opened()
    page.locator("details.menu", has_text="Copier des lignes").locator("summary").click()
    with page.expect_download() as downloaded:
        page.get_by_text("Télécharger ce qui est montré (Excel)").click()
    book = openpyxl.load_workbook(io.BytesIO(pathlib.Path(downloaded.value.path()).read_bytes()))
    sheet = book.active
    headings = [one.value for one in sheet[1]]
    sheet.cell(2, headings.index("Site") + 1).value = "Brest"
    sheet.cell(3, headings.index("Forfait") + 1).value = "Rien"
    out = io.BytesIO()
    book.save(out)
    page.get_by_text("Coller un tableau sans la grille").click()
    page.locator("#f-file-plain").set_input_files({"name": "lignes.xlsx", "mimeType": "application/xlsx", "buffer": out.getvalue()})
    page.get_by_role("button", name="Ajouter les lignes").first.click()
    page.get_by_role("heading", name="Différences du fichier").wait_for()
    check_accessible(page)
    assert page.locator("del").all_inner_texts() == ["Lyon", "Éco 5 Go"]
    assert page.locator("ins").all_inner_texts() == ["Brest", "Rien"]
    page.get_by_text("Forfait : inconnu : 1").wait_for()
    assert column(scene, created, "site") == ["Lyon"] * 8
    page.get_by_role("button", name="Appliquer").click()
    page.get_by_text("2 lignes modifiées · 1 à corriger").wait_for()
    assert column(scene, created, "site") == ["Brest"] + ["Lyon"] * 7


def test_two_people_see_each_other_and_never_overwrite_silently(scene, visit, check_accessible):
    created = scene.draft(TABLE)
    address = f"/devis/{created.reference}/"
    alice, bob = visit(scene.world.alice, address, screen=WIDE, expect_errors=True), visit(scene.world.bob, address, screen=WIDE)
    focus(bob, 1, "site")
    pasting(bob, "Dole", "/modifier/")
    # Alice's screen tells it by itself, and marks the cell.
    alice.get_by_text("Bob Petit : « Site » à la ligne 2").first.wait_for()
    alice.locator('.ag-row[row-index="1"] .cell-changed[col-id="site"]').wait_for()
    assert "changé par Bob Petit" in cell(alice, 1, "site").text_content()
    check_accessible(alice)
    # Alice's screen does not know yet what Bob writes now: her fill is stopped, and she chooses.
    line = scene.lines(created.quote_id)[3]
    alice.route("**/nouvelles/**", lambda route: route.abort())
    commands.edit_lines(quote_id=created.quote_id, changes={line.stable_id: {"site": "Vaux"}}, actor=scene.world.bob, at=fw.AT)
    focus(alice, 2, "site")
    refused = pasting(alice, "Metz\nMetz\nMetz", "/bloc/")
    assert refused.status == 409
    alice.get_by_text("Ligne 4 : Bob Petit a changé « Site », qui dit maintenant « Vaux ».").wait_for()
    check_accessible(alice)
    assert column(scene, created, "site")[2:5] == ["Lyon", "Vaux", "Lyon"]
    with alice.expect_response("**/bloc/"):
        alice.get_by_role("button", name="Garder ma saisie").click()
    assert column(scene, created, "site")[2:5] == ["Metz", "Metz", "Metz"]


def test_a_negotiated_price_changes_with_a_consent_alone(scene, opened, check_accessible):
    created, page = opened("Forfait\n" + "MOB-50\n" * 9, expect_errors=True)
    focus(page, 0, "site")
    page.keyboard.press("Control+Shift+D")
    page.get_by_label("Nombre de copies").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Ces prix négociés changeraient").wait_for()
    page.get_by_text("lignes concernées : 9").wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Ne rien changer").click()
    assert scene.head(created.quote_id).line_count == 9
    focus(page, 0, "site")
    page.keyboard.press("Control+Shift+D")
    page.get_by_label("Nombre de copies").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("lignes concernées : 9").wait_for()
    with page.expect_response("**/copier/") as answered:
        page.get_by_role("button", name="Accepter ces changements").click()
    assert answered.value.status == 200
    assert scene.head(created.quote_id).line_count == 10


def test_an_act_waits_for_the_network_and_is_done_once(scene, opened):
    created, page = opened(expect_errors=True)
    calls = []
    page.route("**/modifier/", lambda route: (calls.append(route.request.headers["idempotency-key"]), route.abort()))
    focus(page, 0, "site")
    page.evaluate(PASTE, "Brest")
    page.get_by_text("Pas de réseau").wait_for()
    page.unroute("**/modifier/")
    with page.expect_response("**/modifier/") as answered:
        pass
    assert answered.value.request.headers["idempotency-key"] == calls[0]
    page.get_by_text("Pas de réseau").wait_for(state="hidden")
    assert column(scene, created, "site")[0] == "Brest"


def test_a_paste_that_was_not_sent_is_offered_at_the_next_opening(scene, opened):
    created, page = opened(expect_errors=True)
    page.route("**/coller/", lambda route: route.abort())
    page.evaluate(PASTE, "Utilisateur\tForfait\nZoé\tMOB-50\nLéa\tMOB-50\n")
    page.get_by_text("Pas de réseau").wait_for()
    page.unroute("**/coller/")
    page.route("**/coller/", lambda route: route.abort())
    page.reload()
    page.unroute("**/coller/")
    page.get_by_text("Une saisie n’a pas été enregistrée avant la fermeture.").wait_for()
    assert scene.head(created.quote_id).line_count == 8
    with page.expect_response("**/coller/"):
        page.get_by_role("button", name="Reprendre").click()
    page.get_by_text("2 lignes ajoutées").wait_for()
    assert scene.head(created.quote_id).line_count == 10
    page.reload()
    page.locator(".ag-row").first.wait_for()
    sync_api.expect(page.locator("[data-outbox]")).to_be_hidden()


def test_errors_are_filtered_by_kind_and_leave_with_their_reasons(scene, opened):
    _, page = opened("Utilisateur\tForfait\tIMEI\nA\tMOB-5\t12\nB\tRien\t\nC\tMOB-5\t\nD\tAutre\t\n")
    page.get_by_role("link", name=re.compile("Forfait : inconnu")).click()
    page.locator("[data-all-lines-said]", has_text="(2)").wait_for()
    sync_api.expect(page.locator('.ag-row [col-id="plan"]')).to_have_count(2)
    assert page.locator("[data-kind][aria-current]").count() == 1
    with page.expect_download() as downloaded:
        page.get_by_text("Télécharger les lignes à corriger avec leurs raisons (Excel)").click()
    sheet = openpyxl.load_workbook(io.BytesIO(pathlib.Path(downloaded.value.path()).read_bytes())).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == ["A", "B", "D"]
    page.get_by_role("link", name=re.compile("Forfait : inconnu")).click()
    page.locator("[data-all-lines-said]", has_text="Toutes").wait_for()


def test_columns_are_chosen_and_stay_chosen(scene, opened, check_accessible):
    created, page = opened()
    page.locator("details.menu", has_text="Copier des lignes").locator("summary").click()
    page.get_by_role("button", name="Colonnes…").click()
    page.locator("#columns-dialog").get_by_label("IMEI", exact=True).uncheck()
    page.get_by_role("button", name="Monter : Forfait").click()
    check_accessible(page)
    with page.expect_response("**/grille/colonnes/"):
        page.locator("#columns-dialog").get_by_role("button", name="Enregistrer").click()
    page.reload()
    page.locator(".ag-row").first.wait_for()
    order = [one["name"] for one in queries.grid_layout(viewer=scene.world.alice) if not one["is_hidden"]]
    assert order[:2] == ["plan", "user_label"]
    assert page.locator('.ag-header-cell[col-id="imei"]').count() == 0
    assert created.reference


def test_the_keys_are_written_down(opened, check_accessible):
    _, page = opened()
    page.locator("details.menu", has_text="Copier des lignes").locator("summary").click()
    page.get_by_role("button", name="Raccourcis clavier").click()
    page.get_by_text("recopier vers le bas").wait_for()
    check_accessible(page)


def test_what_was_sent_is_read_and_not_changed(scene, opened):
    created, page = opened()
    scene.send(created.quote_id)
    page.reload()
    page.locator(".ag-row").first.wait_for()
    focus(page, 0, "site")
    page.keyboard.press("Delete")
    page.keyboard.press("Control+d")
    page.evaluate(PASTE, "Brest")
    assert page.locator("[data-undo]").count() == 0
    assert column(scene, created, "site") == ["Lyon"] * 8
