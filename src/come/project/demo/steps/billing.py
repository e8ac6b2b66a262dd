"""The bills of the cycle: computed, proven, approved by a second person, issued, explained."""

from __future__ import annotations

import time
import uuid
from typing import Any

from come.billing import commands as billing_commands, queries as billing_queries
from come.project.demo import story
from come.project.demo.journey import Context
from come.shared import actor as actors
from come.staff import queries as staff_queries

ISSUER = billing_commands.Issuer(
    code="NVL",
    name="Novaline Entreprises",
    siren="990000002",
    siret="99000000200015",
    legal_form_text="Société anonyme au capital de 12 000 000 euros",
    register_text="RCS Lyon 990 000 002",
    street="14 quai des Transmissions",
    postcode="69007",
    city="Lyon",
    contact_name="Service clients entreprises",
    contact_phone="+33939030303",
    contact_email="facturation@novaline.example",
    iban="FR7600000000000000000000097",
    creditor_identifier="FR00ZZZ999999",
    number_prefix="NVL",
    opening_cycle=story.CYCLE,
)


def _person(login: str, step: str) -> actors.Actor:
    found = staff_queries.actor_by_login(login=login)
    if found is None:
        msg = "the staff of the story is not there yet"
        raise LookupError(msg)
    return story.as_person(found, step)


def compute(context: Context) -> dict[str, Any]:
    """Open the run and compute every account's bill; an account in error is held, the others go on."""
    billing_commands.set_up_issuer(issuer=ISSUER, actor=story.system("issuer"), at=story.CATALOGUE_AT)
    opened = billing_commands.open_run(cycle=story.CYCLE, actor=_person("hugo", "open_run"), at=story.BILLED_AT, issue_date=story.BILLED_AT.date())
    computed = billing_commands.compute_run(run_id=opened.run_id, actor=_person("hugo", "compute_run"), at=story.BILLED_AT)
    return {"summary": f"{opened.reference} : {computed}", "run_id": opened.run_id, "reference": opened.reference}


def check(context: Context) -> dict[str, Any]:
    """Run the controls, then XSD, EN 16931 and BR-FR on every invoice."""
    checked = billing_commands.check_run(
        run_id=uuid.UUID(context.answers["bill_run"]["run_id"]),
        actor=_person("hugo", "check_run"),
        at=story.BILLED_AT,
    )
    return {"summary": f"{checked.checked} factures contrôlées, {checked.proven} prouvées, {checked.held} retenues"}


def issue(context: Context) -> dict[str, Any]:
    """Approve by a second person, allot the numbers in one step, draw the documents."""
    run_id = uuid.UUID(context.answers["bill_run"]["run_id"])
    billing_commands.approve_run(run_id=run_id, actor=_person("ines", "approve_run"), at=story.APPROVED_AT)
    issued = billing_commands.issue_run(run_id=run_id, actor=_person("hugo", "issue_run"), at=story.APPROVED_AT)
    drawn = billing_commands.draw_documents(run_id=run_id, at=story.APPROVED_AT)
    return {"summary": f"{issued} ; {drawn} Factur-X dans {billing_commands.invoices_folder()}", "drawn": drawn, "issued_at": f"{time.time():.3f}"}


def explain(context: Context) -> dict[str, Any]:
    """Explain the story's own bill: a line, then one of its calls."""
    return {"summary": "", "bill": str(billing_queries)}
