"""Writing offers in a real browser, by keyboard alone: a plan with options and usage prices, an option, a bundle, reviewed and sold.

The robot counts what a person presses and prints it with the seconds: the aim is under fifteen minutes of screen work.
"""

from __future__ import annotations

import pathlib

import pytest
from playwright import sync_api

import staff_cast
from come.catalogue import commands, models, queries
from come.shared import actor as actors, clock
from come.staff import commands as staff_commands, policies, queries as staff_queries
from keyboard import Robot

DEMO = pathlib.Path(__file__).resolve().parents[2] / "src" / "come" / "catalogue" / "data" / "demo"
AT = staff_cast.AT
SYSTEM = actors.system_actor("tests")


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


@pytest.fixture
def cast(db):
    files = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    commands.import_catalogue(files=files, actor=SYSTEM, at=AT, publish=True)
    return staff_cast.gather()


@pytest.fixture
def second_person(cast) -> actors.Actor:
    staff_id = staff_commands.create_staff_member(
        login="petra",
        display_name="Petra Pons",
        roles=[policies.PRICING_MANAGER],
        agency_ids=(),
        password=staff_cast.PASSWORD,
        actor=SYSTEM,
        at=AT,
    )
    found = staff_queries.actor_for(staff_id=staff_id)
    assert found is not None
    return found


def _begin(robot: Robot, page: sync_api.Page, name: str, kind: str) -> None:
    page.goto(page.url.split("/catalogue/")[0] + "/catalogue/nouvelle/")
    robot.fill("Nom montré aux clients", name)
    robot.choose("Famille", kind)
    robot.push("Commencer")
    page.locator("#sheet").wait_for()


def _add(robot: Robot, page: sync_api.Page, button: str, section: str) -> sync_api.Locator:
    part = page.locator(f"#section-{section}")
    rows = part.locator(".sheet-row").count()
    robot.push(button, inside=part)
    sync_api.expect(part.locator(".sheet-row")).to_have_count(rows + 1)
    sync_api.expect(part.locator(".sheet-row").last.locator("input, select, textarea").first).to_be_focused()
    return part


def _hand_over(robot: Robot, page: sync_api.Page) -> None:
    sync_api.expect(page.locator("#sheet-state")).to_contain_text("Rien à corriger")
    page.reload()
    robot.push("Demander la relecture")
    page.get_by_text("Offre en relecture").wait_for()


def _write_plan(robot: Robot, page: sync_api.Page) -> None:
    _begin(robot, page, "Forfait Chantier", "Forfait mobile")
    robot.fill("Montant HT en euros", "19,90")
    robot.fill("Coût en euros", "6")
    _add(robot, page, "Ajouter un prix", "offering-prices")
    robot.choose("Nature", "Une fois")
    robot.fill("Montant HT en euros", "10")
    _add(robot, page, "Ajouter un volume", "offering-allowances")
    robot.fill("Quantité", "40")
    robot.choose("Tarif des consommations", "Un nouveau tarif")
    robot.press("Tab")
    page.get_by_label("Nom du nouveau tarif").wait_for()
    robot.fill("Nom du nouveau tarif", "Tarif chantier")
    robot.choose("Pour tout le reste, comme", "Tarif g")
    _add(robot, page, "Ajouter un prix d’usage", "rates")
    robot.choose("Service", "SMS")
    robot.fill("Prix HT en euros", "0,05")
    robot.choose("pour", "un acte")
    _add(robot, page, "Ajouter un engagement", "offering-terms")
    robot.fill("Durée (mois)", "24")
    robot.fill("Sortie anticipée", "0: 100; 12: 25")
    robot.press("Tab")


def _write_option(robot: Robot, page: sync_api.Page) -> None:
    _begin(robot, page, "Option Chantier sûr", "Option")
    robot.fill("Montant HT en euros", "3,50")
    _add(robot, page, "Ajouter une règle", "rules")
    robot.fill("Offres visées", "FORFAIT-CHANTIER")
    robot.fill("Phrase qui l’explique", "L’option va avec le Forfait Chantier.")
    robot.press("Tab")


def _write_bundle(robot: Robot, page: sync_api.Page) -> None:
    _begin(robot, page, "Pack Chantier", "Offre convergente")
    robot.choose("Offre", "Forfait Chantier")
    robot.fill("Maximum", "50")
    part = _add(robot, page, "Ajouter un composant", "offering-members")
    row = part.locator(".sheet-row").last
    robot.reach(row.get_by_label("Offre", exact=True))
    robot.type("Option Chantier")
    sync_api.expect(row.get_by_label("Offre", exact=True).locator("option:checked")).to_contain_text("Option Chantier")
    robot.fill("Proposé", "0")
    robot.fill("Maximum", "50")
    robot.press("Tab")


def _publish(page: sync_api.Page, code: str) -> None:
    page.goto(page.url.split("/catalogue/")[0] + f"/catalogue/{code}/")
    page.get_by_role("button", name="Publier").click()
    page.get_by_text("Offre publiée.").wait_for()


def test_a_plan_its_option_and_their_bundle_by_keyboard(cast, second_person, visit, check_accessible, check_fits):
    page = visit(cast.jeanne, "/catalogue/")
    robot = Robot(page)
    check_accessible(page)
    for write in (_write_plan, _write_option, _write_bundle):
        write(robot, page)
        check_accessible(page)
        check_fits(page)
        if write is _write_bundle:
            robot.fill("Lignes", "5")
            robot.push("Tester")
            page.locator("#try-offering").get_by_text("99,50").first.wait_for()
            check_accessible(page)
        _hand_over(robot, page)
    print(f"\n{robot.said('A plan with usage prices, its option and their bundle, written and handed over')}")

    reader = visit(second_person, "/catalogue/")
    for code in ("FORFAIT-CHANTIER", "OPTION-CHANTIER-SUR", "PACK-CHANTIER"):
        _publish(reader, code)
        check_accessible(reader)

    sold = queries.catalogue_snapshot(at=clock.today()).offerings
    plan = sold["FORFAIT-CHANTIER"]
    assert [(price.price_type, str(price.amount)) for price in plan.prices] == [("recurring", "19.900000"), ("one_off", "10.000000")]
    assert [(one.quantity, one.unit) for one in plan.allowances] == [(40_000_000_000, "bytes")]
    assert plan.tariff_code == "TAR-FORFAIT-CHANTIER"
    assert str(models.Rate.objects.get(tariff_id="TAR-FORFAIT-CHANTIER").price_eur) == "0.050000"
    assert [member.code for member in sold["PACK-CHANTIER"].members] == ["FORFAIT-CHANTIER", "OPTION-CHANTIER-SUR"]


def test_mistakes_stand_beside_their_field_and_nothing_is_lost(cast, visit, check_accessible):
    page = visit(cast.jeanne, "/catalogue/nouvelle/")
    robot = Robot(page)
    robot.fill("Nom montré aux clients", "Forfait Brouillon")
    robot.push("Commencer")
    page.locator("#sheet").wait_for()
    amount = page.get_by_label("Montant HT en euros")
    amount.fill("beaucoup")
    amount.press("Tab")
    problem = page.locator('[data-field="offering.prices.0.amount"] .field-error')
    sync_api.expect(problem).to_contain_text("Cette valeur ne convient pas.")
    assert amount.get_attribute("aria-invalid") == "true"
    check_accessible(page)

    page.reload()

    sync_api.expect(page.get_by_label("Montant HT en euros")).to_have_value("beaucoup")
    page.get_by_label("Description").fill("Tapé puis quitté")
    page.goto(page.url.split("/catalogue/")[0] + "/catalogue/")
    for _ in range(100):
        draft = models.OfferingSheet.objects.get(offering__code="FORFAIT-BROUILLON")
        if draft.typed["offering"]["description_fr"]:
            break
        page.wait_for_timeout(50)
    assert draft.typed["offering"]["prices"][0]["amount"] == "beaucoup"
    assert draft.typed["offering"]["description_fr"] == "Tapé puis quitté"


def test_passing_over_the_button_that_removes_a_row_removes_nothing(cast, visit):
    page = visit(cast.jeanne, "/catalogue/nouvelle/")
    page.get_by_label("Nom montré aux clients").fill("Forfait Passage")
    page.get_by_role("button", name="Commencer").click()
    part = page.locator("#section-offering-prices")
    part.get_by_label("Code").fill("ABO")
    part.get_by_role("button", name="Retirer").focus()
    sync_api.expect(page.locator("#sheet-state [name=seen]")).to_have_value("2")
    page.reload()
    sync_api.expect(part.get_by_label("Code")).to_have_value("ABO")


def test_rows_come_and_go_where_the_keyboard_is(cast, visit):
    page = visit(cast.jeanne, "/catalogue/nouvelle/")
    page.get_by_label("Nom montré aux clients").fill("Forfait Lignes")
    page.get_by_role("button", name="Commencer").click()
    part = page.locator("#section-offering-prices")
    part.get_by_role("button", name="Ajouter un prix").click()
    sync_api.expect(part.locator(".sheet-row")).to_have_count(2)
    part.get_by_role("button", name="Retirer").first.click()
    sync_api.expect(part.locator(".sheet-row")).to_have_count(1)
    sync_api.expect(part.get_by_role("button", name="Ajouter un prix")).to_be_focused()
