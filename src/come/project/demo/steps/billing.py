"""The bills of the cycle: computed, proven, approved by a second person, issued, explained."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from decimal import Decimal
from typing import Any

from come.billing import commands as billing_commands, queries as billing_queries
from come.billing.queries import shown as billing_records
from come.project.demo import story
from come.project.demo.journey import Context
from come.project.demo.steps.quote import alice
from come.shared import actor as actors, formatting, identifiers
from come.staff import queries as staff_queries
from come.usage import queries as usage_queries

_SIREN = identifiers.test_siren(99_999)
ISSUER = billing_commands.Issuer(
    code="NVL",
    name="Novaline Entreprises",
    siren=_SIREN,
    siret=identifiers.test_siret(_SIREN, 1),
    legal_form_text="Société anonyme au capital de 12 000 000 euros",
    register_text=f"RCS Lyon {_SIREN}",
    street="14 quai des Transmissions",
    postcode="69007",
    city="Lyon",
    contact_name="Service clients entreprises",
    contact_phone="+33939030303",
    contact_email="facturation@novaline.example",
    iban=identifiers.test_iban(1),
    creditor_identifier="FR00ZZZ999999",
    number_prefix="NVL",
    opening_cycle=story.PREVIOUS_CYCLE,
)


def _person(login: str, step: str, cycle: str) -> actors.Actor:
    found = staff_queries.actor_by_login(login=login)
    if found is None:
        msg = "the staff of the story is not there yet"
        raise LookupError(msg)
    return story.as_person(found, step, cycle)


def bill_previous(context: Context) -> dict[str, Any]:
    """Bill the month before from end to end."""
    billing_commands.set_up_issuer(issuer=ISSUER, actor=story.system("issuer"), at=story.CATALOGUE_AT)
    run_id = _compute(story.PREVIOUS_CYCLE, story.PREVIOUS_BILLED_AT).run_id
    context.console.advance(0.2)
    checked = billing_commands.check_run(run_id=run_id, actor=_person("hugo", "check", story.PREVIOUS_CYCLE), at=story.PREVIOUS_BILLED_AT)
    context.console.advance(0.7)
    told = _issue(run_id, story.PREVIOUS_CYCLE, story.PREVIOUS_APPROVED_AT)
    return {
        "summary": f"{checked.proven} factures prouvées, {told}",
        "drawn": len(_issued(story.PREVIOUS_CYCLE)),
        "issued_at": f"{time.time():.3f}",
    }


def compute(context: Context) -> dict[str, Any]:
    """Open the run and compute every account's bill; an account in error is held, the others go on."""
    opened = _compute(story.CYCLE, story.BILLED_AT)
    return {"summary": f"{opened.reference} : {opened.accounts} comptes dus", "run_id": opened.run_id, "reference": opened.reference}


def _compute(cycle: str, at: dt.datetime) -> billing_commands.OpenedRun:
    opened = billing_commands.open_run(cycle=cycle, actor=_person("hugo", "open_run", cycle), at=at, issue_date=at.date())
    billing_commands.compute_run(run_id=opened.run_id, actor=_person("hugo", "compute_run", cycle), at=at)
    return opened


def check(context: Context) -> dict[str, Any]:
    """Run the controls, then XSD, EN 16931 and BR-FR on every invoice."""
    checked = billing_commands.check_run(
        run_id=uuid.UUID(context.answers["bill_run"]["run_id"]),
        actor=_person("hugo", "check_run", story.CYCLE),
        at=story.BILLED_AT,
    )
    return {"summary": f"{checked.checked} factures contrôlées, {checked.proven} prouvées, {checked.held} retenues"}


def issue(context: Context) -> dict[str, Any]:
    """Approve by a second person, allot the numbers in one step, draw the documents."""
    told = _issue(uuid.UUID(context.answers["bill_run"]["run_id"]), story.CYCLE, story.APPROVED_AT)
    return {"summary": told, "drawn": len(_issued(story.CYCLE)), "issued_at": f"{time.time():.3f}"}


def _issue(run_id: uuid.UUID, cycle: str, at: dt.datetime) -> str:
    # A killed run may have approved, or issued, before it died: only what waits is approved.
    if billing_queries.bill_ids(run_id=run_id, states=("checked",)):
        billing_commands.approve_run(run_id=run_id, actor=_person("ines", "approve_run", cycle), at=at)
    billing_commands.issue_run(run_id=run_id, actor=_person("hugo", "issue_run", cycle), at=at)
    billing_commands.draw_documents(run_id=run_id, at=at)
    numbers = sorted(bill.number for bill in _issued(cycle))
    gross = sum((bill.gross_amount for bill in _issued(cycle)), Decimal(0))
    return f"{numbers[0]} à {numbers[-1]} : {len(numbers)} Factur-X, {formatting.money(gross)} TTC"


def _issued(cycle: str) -> list[billing_records.BillRow]:
    rows, _ = billing_queries.bills(viewer=actors.system_actor("demo"), cycle=cycle, state="issued", limit=10_000)
    return rows


def explain(context: Context) -> dict[str, Any]:
    """Explain the story's own bill: the amount of a line, then the dearest of its calls."""
    viewer = alice()
    account_id = uuid.UUID(context.answers["company"]["account_id"])
    rows, _ = billing_queries.bills(viewer=viewer, cycle=story.CYCLE, billing_account_id=account_id)
    bill = rows[0]
    rates, _ = billing_queries.bill_rates(bill_id=bill.id, viewer=viewer, section="usage", limit=1_000)
    told = [f"{bill.number} : {formatting.money(bill.gross_amount)} TTC, {bill.customer_name}"]
    line_id = None
    charged = [row for row in rates if row.rate.kind == "usage" and row.rate.amount_exact > 0]
    if charged:
        dearest = max(charged, key=lambda row: row.rate.amount_exact)
        explained = billing_queries.explain_rate(bill_id=bill.id, rate_id=dearest.id, viewer=viewer)
        told += [str(sentence) for sentence in explained.sentences]
        line_id = dearest.rate.line_id
        call = max(explained.usage_records, key=lambda record: record.charge_micro_eur, default=None)
        if call is not None and line_id is not None:
            said = usage_queries.explain_record(line_id=line_id, record_id=call.record_id, cycle=story.CYCLE, viewer=viewer)
            told.append(said.sentence)
    return {"summary": "\n".join(told), "bill_id": bill.id, "number": bill.number, "line_id": line_id}
