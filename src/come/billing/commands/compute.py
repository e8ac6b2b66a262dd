"""Compute the bills of a run in batches: each batch is one transaction, a killed run goes on where it stopped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
import uuid
from collections.abc import Sequence

from django.db import transaction

from come.billing import events, models, records
from come.billing.commands import findings, frozen, runs, sources, storing
from come.billing.policies import anomalies, assembly
from come.shared import actor as actors, eventlog, events as facts, formatting, obstacles, text
from come.staff import policies as rights

BATCH_ACCOUNTS = 200
_LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True, slots=True)
class ComputedRun:
    """How many bills of the run are in each state after computing."""

    computed: int
    held: int
    refused: int


@dataclasses.dataclass(slots=True)
class _Context:
    """What is the same for every account of a batch."""

    run: models.BillRun
    days: records.CycleDays
    tax_rules: list[records.TaxRule]
    owner: findings.Owner
    at: dt.datetime


def compute_run(*, run_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, batch_accounts: int = BATCH_ACCOUNTS) -> ComputedRun:
    """Compute every bill that is due, batch by batch, then record BillsComputed.

    An account in error is held with its obstacle and never stops the others. Safe to run twice or at once: batches
    lock their rows and skip those of another worker.
    """
    rights.require(actor, "billing.run")
    context = _context(runs.loaded(run_id=run_id), at)
    while True:
        with transaction.atomic():
            bills = list(
                models.CustomerBill.objects.select_for_update(skip_locked=True)
                .filter(run_id=run_id, state="due")
                .order_by("account_reference")[:batch_accounts],
            )
            if not bills:
                break
            _compute(context, bills)
    return _finish(run_id, actor, at)


def recompute_bill(*, bill_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> str:
    """Compute one account again after a repair, whatever held it; return the bill's state. Records BillRecomputed.

    Raises Conflict when the bill is approved, issued or set aside.
    """
    rights.require(actor, "billing.run")
    with transaction.atomic():
        bill = models.CustomerBill.objects.select_for_update().select_related("run__issuing_entity").filter(id=bill_id).first()
        if bill is None:
            raise obstacles.not_found("La facture", bill_id)
        if bill.state not in ("due", "computed", "held", "checked"):
            raise obstacles.Conflict(
                obstacles.Obstacle(
                    "billing.not_recomputable",
                    obstacles.Severity.REFUSAL,
                    text.T("Cette facture ne se recalcule plus : elle est approuvée, émise ou écartée."),
                    text.T("Une facture émise se corrige par un avoir."),
                ),
            )
        before = bill.state
        bill.findings.filter(closed_at__isnull=True).update(closed_at=at, closed_by_name=actor.name, decision="Recalcul")
        _compute(_context(bill.run, at), [bill])
        eventlog.record(
            event=events.BillRecomputed(bill.id, bill.run_id, bill.state),
            actor=actor,
            at=at,
            subjects=[facts.subject("bill", bill.id), facts.subject("account", bill.billing_account_id), facts.subject("run", bill.run_id)],
            before={"state": before},
            after={"state": bill.state, "gross_amount": bill.gross_amount},
        )
        return bill.state


def _context(run: models.BillRun, at: dt.datetime) -> _Context:
    names = [field.name for field in dataclasses.fields(records.TaxRule)]
    rules = [records.TaxRule(*values) for values in models.TaxRule.objects.order_by("id").values_list(*names)]
    days = sources.cycle_days(cycle=run.cycle, opening_cycle=run.issuing_entity.opening_cycle)
    return _Context(run, days, rules, findings.owner_of(run), at)


def _compute(context: _Context, bills: Sequence[models.CustomerBill]) -> None:
    gathered = sources.gather(account_ids=[bill.billing_account_id for bill in bills], cycle=context.run.cycle, days=context.days)
    storing.clear(bills)
    assembled: list[tuple[models.CustomerBill, assembly.AssembledBill]] = []
    held: list[models.BillFinding] = []
    for bill in bills:
        found = _one(context, bill, gathered.get(bill.billing_account_id), assembled)
        held += findings.rows(bill_id=bill.id, found=found, owner=context.owner, at=context.at)
    storing.write(bills, assembled)
    findings.save(held)


def _one(
    context: _Context,
    bill: models.CustomerBill,
    source: sources.AccountSource | None,
    assembled: list[tuple[models.CustomerBill, assembly.AssembledBill]],
) -> list[obstacles.Obstacle]:
    """Compute one bill; whatever goes wrong holds this account alone."""
    bill.computed_at = context.at
    if source is None:
        bill.state = "held"
        return [_unexpected(bill, "account")]
    try:
        made = assembly.assemble(
            items=source.items,
            usage=source.usage,
            progress=source.progress,
            terms=assembly.Terms(context.days, source.account.vat_territory, context.tax_rules),
            by_cost_centre=source.account.is_split_by_cost_centre,
        )
        found = [*made.obstacles, *_unfinished(source), *anomalies.bill_obstacles(_figures(source, made))]
        frozen.freeze(bill=bill, run=context.run, source=source, made=made)
    except Exception:  # noqa: BLE001 - one account never stops the run: the trace goes to the log, the account to its owner
        _LOG.exception("the bill of account %s could not be computed", bill.account_reference)
        bill.state = "held"
        return [_unexpected(bill, "computing")]
    if not made.rates and not found:
        bill.state = "refused"
        return [_nothing_to_bill(bill)]
    assembled.append((bill, made))
    bill.state = "held" if obstacles.blocking(found) else "computed"
    return found


def _figures(source: sources.AccountSource, made: assembly.AssembledBill) -> records.BillFigures:
    return records.BillFigures(made.phone_lines, made.totals.net_amount, source.previous_net_amounts, source.missing_labels)


def _unfinished(source: sources.AccountSource) -> list[obstacles.Obstacle]:
    if not source.unfinished_cycle:
        return []
    return [
        obstacles.Obstacle(
            "billing.previous_unfinished",
            obstacles.Severity.OBSTACLE,
            text.T("La facture de {cycle} de ce compte n’est pas encore émise.", cycle=formatting.cycle_name(source.unfinished_cycle)),
            text.T("Terminez-la d’abord (réparez, émettez ou écartez), puis recalculez celle-ci."),
        ),
    ]


def _nothing_to_bill(bill: models.CustomerBill) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "billing.nothing_to_bill",
        obstacles.Severity.WARNING,
        text.T("Le compte {account} n’a ni ligne, ni prix, ni consommation à facturer.", account=bill.account_reference),
        text.T("Rien à faire ; s’il devrait être facturé, vérifiez son parc."),
    )


def _unexpected(bill: models.CustomerBill, step: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "billing.unexpected",
        obstacles.Severity.OBSTACLE,
        text.T(
            "Le compte {account} n’a pas pu être calculé, pour une cause imprévue (étape {step}).",
            account=bill.account_reference,
            step=step,
        ),
        text.T("Le détail est dans le journal technique ; recalculez ce compte après correction. Les autres comptes continuent."),
    )


def _finish(run_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> ComputedRun:
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        states = list(models.CustomerBill.objects.filter(run_id=run_id).values_list("state", flat=True))
        answer = ComputedRun(states.count("computed"), states.count("held"), states.count("refused"))
        if run.state == "opened" and "due" not in states:
            runs.advance(run, "computed")
            run.save(update_fields=["state"])
            eventlog.record(
                event=events.BillsComputed(run.id, answer.computed, answer.held, answer.refused),
                actor=actor,
                at=at,
                subjects=[facts.subject("run", run.id)],
                after={"state": run.state},
            )
    return answer
