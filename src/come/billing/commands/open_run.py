"""Open a billing: every account owes a bill from now on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction

from come.billing import events, models
from come.billing.commands import runs, set_up
from come.party import queries as party_queries, records as party_records
from come.shared import actor as actors, bulk, eventlog, events as facts, idempotency, ids, obstacles, period, references, text
from come.staff import policies as rights
from come.usage import queries as usage_queries

_COLUMNS = (
    "id", "run_id", "billing_account_id", "customer_file_id", "agency_id", "account_reference", "customer_reference", "customer_name",
    "cycle", "is_preview", "state", "document_type", "profile", "mode", "issue_date", "net_amount_exact", "net_amount", "tax_amount",
    "gross_amount", "phone_lines", "frozen", "proven_xml_sha256", "proof",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class OpenedRun:
    """The run that was opened."""

    run_id: uuid.UUID
    reference: str
    accounts: int


def open_run(
    *,
    cycle: str,
    actor: actors.Actor,
    at: dt.datetime,
    issue_date: dt.date | None = None,
    is_preview: bool = False,
    account_references: Collection[str] | None = None,
) -> OpenedRun:
    """Open the billing of a cycle ("2026-10") for every account, or preview it for some of them.

    The issue date is today in Paris unless given. Records BillRunOpened. Raises Refusal when no entity issues, when the
    cycle is not over (a preview may come before), or when it is already being billed. Idempotent by request id.
    """
    rights.require(actor, "billing.run")
    day = issue_date or period.local_day(at)
    inputs = {"cycle": cycle, "issue_date": day, "is_preview": is_preview, "accounts": sorted(account_references or ())}
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="billing.open_run",
            inputs=inputs,
            run=lambda: _open(cycle, actor, at, day, account_references, is_preview=is_preview),
        )
    return OpenedRun(uuid.UUID(answer["run_id"]), answer["reference"], answer["accounts"])


def _open(
    cycle: str,
    actor: actors.Actor,
    at: dt.datetime,
    day: dt.date,
    account_references: Collection[str] | None,
    *,
    is_preview: bool,
) -> dict[str, Any]:
    issuer = models.IssuingEntity.objects.order_by("code").select_for_update().first()
    found = _obstacles(issuer, cycle, day, is_preview=is_preview, is_partial=account_references is not None)
    obstacles.refuse_if_any(found)
    assert issuer is not None, "an obstacle says so otherwise"
    accounts = party_queries.billing_accounts(references=account_references)
    run = models.BillRun.objects.create(
        reference=references.next_reference("bill_run", at),
        issuing_entity=issuer,
        bill_cycle_id=set_up.MONTHLY,
        cycle=cycle,
        issue_date=day,
        is_preview=is_preview,
        opened_at=at,
        opened_by=runs.person(actor),
        opened_by_name=actor.name,
    )
    bulk.copy_rows(table="billing_customer_bill", columns=_COLUMNS, rows=(_row(run, account) for account in accounts))
    eventlog.record(
        event=events.BillRunOpened(run.id, run.reference, cycle, len(accounts), is_preview),
        actor=actor,
        at=at,
        subjects=[facts.subject("run", run.id)],
        after={"state": run.state, "issue_date": day},
    )
    return {"run_id": str(run.id), "reference": run.reference, "accounts": len(accounts)}


def _row(run: models.BillRun, account: party_records.BillingAccountRecord) -> tuple[object, ...]:
    customer = account.customer
    return (
        ids.uuid7(), run.id, account.id, customer.id, customer.agency_id, account.reference, customer.reference, customer.name,
        run.cycle, run.is_preview, "due", "380", "", "", run.issue_date, 0, 0, 0, 0, 0, "{}", "", "[]",
    )  # fmt: skip


def _obstacles(
    issuer: models.IssuingEntity | None,
    cycle: str,
    day: dt.date,
    *,
    is_preview: bool,
    is_partial: bool,
) -> list[obstacles.Obstacle]:
    if issuer is None:
        return [
            _refusal(
                "no_issuer",
                text.T("Aucune entité émettrice n’est déclarée : personne ne peut facturer."),
                text.T("Déclarez l’entité émettrice et ses mentions légales."),
            ),
        ]
    found = []
    try:
        days = period.parse_cycle(cycle)
    except ValueError:
        return [
            _refusal(
                "bad_cycle",
                text.T("« {cycle} » n’est pas un mois de facturation.", cycle=cycle),
                text.T("Écrivez le mois ainsi : 2026-10."),
            )
        ]
    if not is_preview and days.end is not None and day < days.end:
        found.append(
            _refusal(
                "cycle_open",
                text.T("Le mois {cycle} n’est pas terminé.", cycle=cycle),
                text.T("Attendez sa fin, ou demandez un essai à blanc."),
            ),
        )
    if cycle < issuer.opening_cycle:
        found.append(
            _refusal(
                "before_opening",
                text.T("Le mois {cycle} précède l’ouverture de la facturation ({opening}).", cycle=cycle, opening=issuer.opening_cycle),
                text.T("Choisissez un mois à partir de l’ouverture."),
            ),
        )
    if is_partial and not is_preview:
        found.append(
            _refusal(
                "partial_run",
                text.T("Une facturation porte sur tous les comptes ; seuls les essais à blanc portent sur quelques-uns."),
                text.T("Demandez un essai à blanc, ou facturez tout le monde."),
            ),
        )
    waiting = usage_queries.cycle_totals(cycle=cycle).waiting
    if waiting and not is_preview:
        found.append(
            _refusal(
                "usage_waiting",
                text.T("{count} communications de {cycle} sont reçues mais pas encore valorisées.", count=waiting, cycle=cycle),
                text.T("Lancez la valorisation du mois, puis ouvrez la facturation."),
            ),
        )
    running = models.BillRun.objects.filter(issuing_entity=issuer, cycle=cycle, is_preview=False).exclude(state="cancelled").first()
    if not is_preview and running is not None:
        found.append(
            _refusal(
                "already_open",
                text.T("Le mois {cycle} est déjà facturé par {reference}.", cycle=cycle, reference=running.reference),
                text.T("Ouvrez cette facturation pour la poursuivre."),
            ),
        )
    return found


def _refusal(code: str, message: text.T, next_step: text.T) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"billing.{code}", obstacles.Severity.REFUSAL, message, next_step)
