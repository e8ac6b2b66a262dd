"""The quote's page in a real browser: a table pasted anywhere, cells corrected in place, sent, accepted."""

from __future__ import annotations

import pytest

import fleet_world as fw
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
    assert page.locator("[data-selection-said]").inner_text() == "2 lignes choisies"
    check_accessible(page)
    page.get_by_label("Ajouter l’option").select_option(label="Protection mobile")
    page.get_by_role("button", name="Appliquer").click()
    page.locator("#figures").get_by_text("60,70").wait_for()
    assert [line.cells.get("options") for line in scene.lines(created.quote_id)] == ["Protection mobile", "Protection mobile", None]


def test_the_customer_reads_and_accepts(scene, visit, check_accessible):
    sent = scene.sent("Forfait\tOptions\tTerminal\nMOB-50\tOPT-SEC\tTEL-A9\n")
    page = visit(None, f"/devis/accord/{sent.token}/")
    check_accessible(page)
    assert not page.get_by_role("checkbox").is_checked()
    page.get_by_label("Vos nom et prénom").fill("Anne Durand")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="J’accepte le devis").click()
    page.get_by_text("Ce devis est accepté.").wait_for()
    check_accessible(page)
    assert scene.head(sent.quote_id).acceptance.signatory_name == "Anne Durand"
