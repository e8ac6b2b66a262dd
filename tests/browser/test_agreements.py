"""An agreement from its first word to its amendment, by keyboard: written, approved by another, signed, amended, read on a day."""

from __future__ import annotations

import pathlib

import pytest
from playwright import sync_api

import staff_cast
from come.catalogue import commands, models, queries
from come.party import models as party_models
from come.shared import actor as actors, clock
from come.staff import commands as staff_commands, policies, queries as staff_queries
from keyboard import Robot

DEMO = pathlib.Path(__file__).resolve().parents[2] / "src" / "come" / "catalogue" / "data" / "demo"
AT = staff_cast.AT
SYSTEM = actors.system_actor("tests")
CLAUSE = {"subject": "offering:MOB-ILL-50", "price": "recurring", "kind": "amount", "value": "18,90"}


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)


def _person(login: str, name: str) -> actors.Actor:
    staff_id = staff_commands.create_staff_member(
        login=login,
        display_name=name,
        roles=[policies.PRICING_MANAGER],
        agency_ids=(),
        password=staff_cast.PASSWORD,
        actor=SYSTEM,
        at=AT,
    )
    found = staff_queries.actor_for(staff_id=staff_id)
    assert found is not None
    return found


@pytest.fixture
def customer(db):
    files = {path.relative_to(DEMO).as_posix(): path.read_bytes() for path in DEMO.rglob("*") if path.is_file()}
    commands.import_catalogue(files=files, actor=SYSTEM, at=AT, publish=True)
    agency_id = staff_commands.create_agency(code="LYO", name="Lyon", actor=SYSTEM, at=AT)
    unit = party_models.LegalUnit.objects.create(legal_name="Ateliers Brumaire", created_at=AT)
    return party_models.CustomerFile.objects.create(
        reference="CLI-2026-000042",
        legal_unit=unit,
        name="Ateliers Brumaire",
        agency_id=agency_id,
        segment="enterprise",
        is_provisional=True,
        created_at=AT,
    )


def _saved(page: sync_api.Page, words: str) -> None:
    """Wait until the state beside the text says these words."""
    page.locator("#sheet-state").get_by_text(words).first.wait_for()


def test_an_agreement_is_written_approved_and_signed_by_keyboard(customer, visit, check_accessible, check_fits):
    paul, petra = _person("paul", "Paul Perrin"), _person("petra", "Petra Pons")
    page = visit(paul, f"/catalogue/accords/nouveau/?client={customer.reference}")
    robot = Robot(page)
    robot.fill("Nom de l’accord", "Accord flotte 2026")
    check_accessible(page)
    robot.push("Écrire l’accord")
    _saved(page, "ne négocierait aucun prix")
    robot.push("Ajouter une clause")
    robot.reach(page.get_by_label("Ce qui est visé", exact=True))
    page.get_by_label("Ce qui est visé", exact=True).select_option("offering:MOB-ILL-50")
    robot.fill("Valeur", "95")
    robot.press("Tab")
    _saved(page, "coûterait plus cher que le catalogue")
    page.locator(".field-error").first.wait_for()
    check_accessible(page)
    robot.fill("Valeur", "18,90")
    robot.press("Tab")
    _saved(page, "Rien à corriger.")
    _saved(page, "18,90")
    check_fits(page)
    page.get_by_text("Coller un tableau").click()
    page.get_by_label("Lignes copiées d’un tableur").fill("5\tForfait mobile\tPar mois\t%\t10\t50")
    robot.push("Ajouter ces lignes")
    page.locator("#section-clauses .sheet-row").nth(1).wait_for()
    _saved(page, "Rien à corriger.")
    check_accessible(page)
    robot.push("Demander la relecture")
    page.get_by_text("Relecture demandée").wait_for()
    address = page.url
    # Who wrote it reads why another must approve.
    assert page.get_by_role("button", name="Approuver").get_attribute("aria-disabled") == "true"

    second = visit(petra, address.removeprefix(page.evaluate("location.origin")))
    check_accessible(second)
    Robot(second).push("Approuver")
    second.get_by_text("Texte approuvé").wait_for()
    page.goto(address)
    robot.push("Signer")
    check_accessible(page)
    robot.push("Signer", inside=page.get_by_role("dialog"))
    page.get_by_text("Signé : ses prix s’appliquent").wait_for()
    page.get_by_role("heading", level=1).filter(has_text="Accord flotte 2026").wait_for()
    check_accessible(page)
    check_fits(page)
    clause = queries.agreement(reference=models.Agreement.objects.get().reference).clauses[0]
    assert (clause.number, str(clause.amount), clause.text_fr) == ("1", "18.900000", "Novaline Illimité 50 Go : l’abonnement à 18,90 € HT.")


def _signed(customer, writer: actors.Actor, other: actors.Actor, text_id=None) -> str:
    """Take a text to its signature; a new agreement with one clause when none is given."""
    if text_id is None:
        _reference, text_id = commands.write_agreement(
            name="Accord flotte", legal_unit_id=customer.legal_unit_id, valid_from=AT.date(), actor=writer, at=AT
        )
        text = models.AgreementText.objects.get(id=text_id)
        commands.save_text(text_id=text_id, typed={**text.typed, "clauses": [CLAUSE]}, seen=0, actor=writer, at=AT)
    commands.submit_text(text_id=text_id, actor=writer, at=AT)
    commands.approve_text(text_id=text_id, actor=other, at=AT)
    return commands.sign_text(text_id=text_id, signed_date=AT.date(), actor=writer, at=AT).reference


def test_a_signed_agreement_is_amended_by_keyboard_and_read_on_a_day(customer, visit, check_accessible, check_fits):
    paul, petra = _person("paul", "Paul Perrin"), _person("petra", "Petra Pons")
    reference = _signed(customer, paul, petra)
    address = f"/catalogue/accords/{reference}/"
    page = visit(paul, address)
    robot = Robot(page)
    check_fits(page)
    robot.push("Écrire un avenant")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Prend effet le").fill("2027-01-01")
    check_accessible(page)
    robot.push("Écrire l’avenant", inside=dialog)
    page.get_by_role("heading", level=1).filter(has_text="Avenant 1").wait_for()
    robot.fill("Valeur", "17,50")
    robot.fill("Phrase citée sur le devis et la facture", " ")
    robot.press("Tab")
    _saved(page, "Ce que l’avenant change")
    page.locator("#sheet-state del").wait_for()
    check_accessible(page)
    _signed(customer, paul, petra, models.AgreementText.objects.get(number=1).id)
    page.goto(page.evaluate("location.origin") + f"{address}?date=2027-01-01")
    clauses = page.get_by_role("table", name="Clauses et prix")
    clauses.get_by_text("§ 1/A1").wait_for()
    assert "17,50" in clauses.inner_text()
    assert "§ 1/A1" not in page.request.get(page.url.replace("2027-01-01", "2026-12-31")).text()
    check_accessible(page)
