"""The quote's page in a real browser: a table pasted anywhere, cells corrected in place, sent, accepted."""

from __future__ import annotations

import pytest
from playwright import sync_api

import fleet_world as fw
import signing
from come.quote import commands
from come.shared import clock
from quote_scene import scene, snapshots

__all__ = ["scene", "snapshots"]

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
TABLE = "Utilisateur\tForfait\n" + "".join(f"Salarié {n}\tMOB-5\n" for n in range(250)) + "Faux\tRien\n"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: fw.AT)


def test_paste_correct_send(scene, visit, check_accessible):
    created = scene.draft()
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    check_accessible(page)
    page.evaluate(PASTE, TABLE)
    page.locator(".ag-row").first.wait_for()
    page.get_by_text("251 lignes ajoutées · 1 à corriger").wait_for()
    page.locator("#figures").get_by_text("1 à corriger").wait_for()
    check_accessible(page)

    page.locator("[data-only-faulty]").check()
    plan = page.locator('.ag-row[row-index="0"] [col-id="plan"]')
    page.locator(".cell-bad").first.wait_for()
    plan.dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type("50 go")
    page.keyboard.press("Enter")
    page.locator("#figures").get_by_text("toutes justes").wait_for()
    page.locator("[data-only-faulty]").uncheck()
    assert scene.head(created.quote_id).issue_count == 0

    page.get_by_role("button", name="Envoyer au client").click()
    page.get_by_text("251 lignes ·").wait_for()
    check_accessible(page)
    page.get_by_role("button", name="Figer et envoyer").click()
    page.get_by_text("Le lien du client").wait_for()
    check_accessible(page)
    assert scene.head(created.quote_id).state == "approved"


def test_tab_goes_right_enter_goes_down_and_undo_takes_back(scene, visit):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-5\nPaul\tMOB-5\n")
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    label = page.locator('.ag-row[row-index="0"] [col-id="user_label"]')
    label.dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type("Zoé")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("MOB-50")
    page.keyboard.press("Enter")
    page.locator("#figures").get_by_text("28,80").wait_for()
    assert [line.cells["plan"] for line in scene.lines(created.quote_id)] == ["Illimité 50 Go", "Éco 5 Go"]
    assert scene.lines(created.quote_id)[0].cells["user_label"] == "Zoé"
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Défaire").click()
    page.locator("#figures").get_by_text("19,80").wait_for()


def test_a_selection_is_changed_as_a_set(scene, visit, check_accessible):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\nPaul\tMOB-50\nZoé\tMOB-50\n")
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    page.locator('.ag-row[row-index="2"] .ag-selection-checkbox input').wait_for()
    for box in page.locator(".ag-selection-checkbox input").all()[:2]:
        box.check()
    page.get_by_role("button", name="Modifier la sélection").click()
    assert page.locator("#selection-dialog [data-selection-said]").inner_text() == "2 lignes choisies"
    check_accessible(page)
    page.get_by_label("Ajouter l’option").select_option(label="Protection mobile")
    page.get_by_role("button", name="Appliquer").click()
    page.locator("#figures").get_by_text("60,70").wait_for()
    assert [line.cells.get("options") for line in scene.lines(created.quote_id)] == ["Protection mobile", "Protection mobile", None]


def test_the_customer_reads_and_accepts(scene, visit, check_accessible):
    sent = scene.sent("Forfait\tOptions\tTerminal\nMOB-50\tOPT-SEC\tTEL-A9\n")
    page = visit(None, f"/devis/accord/{sent.token}/")
    check_accessible(page)
    page.get_by_label("Vos nom et prénom").fill("Anne Durand")
    signing.type_code(page)
    assert not page.get_by_role("checkbox").is_checked()
    check_accessible(page)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté.").wait_for()
    check_accessible(page)
    assert scene.head(sent.quote_id).acceptance.signatory_name == "Anne Durand"


def test_every_line_of_a_filter_is_changed_drawn_or_not(scene, visit):
    created = scene.draft("Utilisateur\tForfait\n" + "".join(f"Salarié {n}\tMOB-5\n" for n in range(150)))
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    page.locator(".ag-row").first.wait_for()
    page.locator("[data-all-lines]").check()
    page.get_by_role("button", name="Modifier la sélection").click()
    page.locator("#selection-dialog").get_by_text("150 lignes choisies").wait_for()
    page.get_by_label("Site").last.fill("Lyon")
    with page.expect_response("**/selection/"):
        page.get_by_role("button", name="Appliquer").click()
    assert {line.cells["site"] for line in scene.lines(created.quote_id)} == {"Lyon"}


def test_a_cell_that_a_colleague_changed_is_said_and_kept(scene, visit):
    created = scene.draft("Utilisateur\tForfait\nAnne\tMOB-50\n")
    page = visit(scene.world.alice, f"/devis/{created.reference}/", expect_errors=True)
    cell = page.locator('.ag-row[row-index="0"] [col-id="user_label"]')
    cell.wait_for()
    line = scene.lines(created.quote_id)[0].stable_id
    commands.edit_lines(quote_id=created.quote_id, changes={line: {"user_label": "Anne Durand"}}, actor=scene.world.bob, at=fw.AT)
    cell.dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type("Zoé")
    page.keyboard.press("Enter")
    page.get_by_text("« Utilisateur » a changé entre-temps").wait_for()
    page.get_by_role("button", name="Revoir").click()
    cell.get_by_text("Anne Durand").wait_for()
    assert scene.lines(created.quote_id)[0].cells["user_label"] == "Anne Durand"
    # Read again, it can be changed; then changed once more at once, though the server wrote the first value its own way.
    for typed in ("Zoé", "Zoé Petit"):
        cell.dblclick()
        page.keyboard.press("Control+A")
        page.keyboard.type(typed)
        with page.expect_response("**/modifier/") as answered:
            page.keyboard.press("Enter")
        assert answered.value.status == 200
    assert scene.lines(created.quote_id)[0].cells["user_label"] == "Zoé Petit"


def test_what_is_to_correct_leads_to_its_cell_and_names_are_offered(scene, visit):
    created = scene.draft("Utilisateur\tForfait\tIMEI\nAnne\tMOB-50\t123\n")
    page = visit(scene.world.alice, f"/devis/{created.reference}/")
    typed = page.locator(".ag-row .grid-choice:focus")
    # A row is drawn before what it holds is there, and opens no cell until then.
    page.locator('.ag-row [col-id="plan"]').filter(has_text="Illimité 50 Go").dblclick()
    typed.wait_for()
    for name in ("Illimité 50 Go", "Éco 5 Go"):
        sync_api.expect(page.locator(f'#grid-choices option[value="{name}"]')).to_have_count(1)
    page.keyboard.press("Escape")
    sync_api.expect(typed).to_have_count(0)
    page.locator('.ag-row [col-id="options"]').dblclick()
    typed.wait_for()
    page.keyboard.type("Protection mobile;")
    sync_api.expect(page.locator('#grid-choices option[value="Protection mobile; Pass voyage monde"]')).to_have_count(1)
    page.keyboard.press("Escape")
    sync_api.expect(typed).to_have_count(0)
    page.locator('.ag-row [col-id="why"]').click()
    sync_api.expect(page.locator('.ag-row .ag-cell-focus[col-id="imei"]')).to_contain_text("à corriger")


def test_without_scripts_every_act_has_its_form(scene, chromium, live_server, visit):
    created = scene.draft("Forfait\nMOB-50\n")
    cookies = visit(scene.world.alice).context.cookies()
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live_server.url}/devis/{created.reference}/")
    page.get_by_role("cell", name="Illimité 50 Go", exact=True).wait_for()
    page.locator("#a-plan").fill("éco 5")
    page.get_by_role("button", name="Ajouter", exact=True).first.click()
    page.get_by_role("cell", name="Éco 5 Go", exact=True).wait_for()
    page.get_by_role("button", name="Figer et envoyer").click()
    page.get_by_text("Le lien du client").wait_for()
    context.close()
    head = scene.head(created.quote_id)
    assert (head.state, head.line_count) == ("approved", 2)
