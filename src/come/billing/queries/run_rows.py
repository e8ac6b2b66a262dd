"""Reads of billings: the list, one console, its controls."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, Sum

from come.billing import models
from come.billing.policies import holds
from come.billing.queries import bill_rows, shown
from come.shared import actor as actors, money, obstacles, text
from come.staff import policies as rights
from come.usage import queries as usage_queries

_HELD_SHOWN = 100


def runs(*, viewer: actors.Actor, limit: int = 24, with_previews: bool = True) -> list[shown.RunRow]:
    """Return the latest billings, the newest first (two statements). Raises NotAllowed without the right to run them."""
    rights.require(viewer, "billing.run")
    rows = models.BillRun.objects.order_by("-opened_at")
    if not with_previews:
        rows = rows.filter(is_preview=False)
    found = list(rows[:limit])
    figures = _figures([run.id for run in found])
    return [_row(run, *figures[run.id]) for run in found]


def run(*, reference: str, viewer: actors.Actor) -> shown.RunPage:
    """Return one billing with its controls and the accounts that wait for a person (seven statements)."""
    rights.require(viewer, "billing.run")
    found = models.BillRun.objects.filter(reference=reference).first()
    if found is None:
        raise obstacles.not_found(text.T("La facturation"), reference)
    row = _row(found, *_figures([found.id])[found.id])
    held = list(
        models.CustomerBill.objects.select_related("run").filter(run=found, state="held").order_by("account_reference")[:_HELD_SHOWN]
    )
    return shown.RunPage(
        run=row,
        controls=tuple(_controls(found, row)),
        held=tuple(_held(held)),
        held_total=row.counts.get("held", 0),
        undrawn=models.CustomerBill.objects.filter(run=found, state="issued").exclude(documents__kind="pdf").count(),
    )


def run_bills(
    *, reference: str, viewer: actors.Actor, state: str = "", offset: int = 0, limit: int = 50
) -> tuple[list[shown.BillRow], int]:
    """Return one page of a billing's accounts, the largest bill first (two statements)."""
    rights.require(viewer, "billing.run")
    rows = models.CustomerBill.objects.select_related("run").filter(run__reference=reference)
    if state:
        rows = rows.filter(state=state)
    total = rows.count()
    return [bill_rows.row(bill) for bill in rows.order_by("-gross_amount", "account_reference")[offset : offset + limit]], total


def bill_ids(*, run_id: uuid.UUID, states: Sequence[str]) -> list[uuid.UUID]:
    """Return the ids of a billing's bills in these states, by account."""
    return list(
        models.CustomerBill.objects.filter(run_id=run_id, state__in=states).order_by("account_reference").values_list("id", flat=True)
    )


def _figures(run_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[Counter[str], Decimal]]:
    found: dict[uuid.UUID, tuple[Counter[str], Decimal]] = {run_id: (Counter(), Decimal("0.00")) for run_id in run_ids}
    grouped = (
        models.CustomerBill.objects.filter(run_id__in=run_ids).values_list("run_id", "state").annotate(Count("id"), Sum("gross_amount"))
    )
    for run_id, state, count, gross in grouped:
        counts, total = found[run_id]
        counts[state] = count
        found[run_id] = (counts, total if state == "refused" else total + gross)
    return found


def _row(run: models.BillRun, counts: Counter[str], gross: Decimal) -> shown.RunRow:
    return shown.RunRow(
        id=run.id,
        reference=run.reference,
        cycle=run.cycle,
        issue_date=run.issue_date,
        state=run.state,
        is_preview=run.is_preview,
        opened_at=run.opened_at,
        opened_by_name=run.opened_by_name,
        approved_by_name=run.approved_by_name,
        approved_at=run.approved_at,
        issued_at=run.issued_at,
        counts=counts,
        gross_amount=gross,
    )


def _controls(run: models.BillRun, row: shown.RunRow) -> list[shown.Control]:
    """Return the equalities of a billing. Each side is read from its own tables."""
    counts = row.counts
    billed = sum(counts.get(state, 0) for state in ("computed", "checked", "approved", "issued"))
    waiting, held, refused = counts.get("due", 0), counts.get("held", 0), counts.get("refused", 0)
    parts = models.CustomerBill.objects.filter(run=run).exclude(state="refused")
    bills_net = parts.aggregate(total=Sum("net_amount"))["total"] or Decimal("0.00")
    rates = models.AppliedCustomerBillingRate.objects.filter(bill__in=parts).aggregate(total=Sum("amount"))["total"] or Decimal("0.00")
    controls = [
        shown.Control(
            text.T("Comptes dus = facturés + retenus + écartés"),
            Decimal(row.accounts),
            Decimal(billed + held + refused),
            text.T(
                "{billed} facturés, {held} retenus, {refused} écartés, {waiting} à calculer",
                billed=billed,
                held=held,
                refused=refused,
                waiting=waiting,
            ),
        ),
        shown.Control(
            text.T("Total hors taxes des factures = somme des montants par ligne"),
            bills_net,
            rates,
            text.T("au centime, hors comptes écartés"),
        ),
    ]
    controls += _usage_controls(run)
    if counts.get("issued"):
        issued = parts.filter(state="issued").aggregate(total=Sum("gross_amount"))["total"] or Decimal("0.00")
        booked = models.LedgerLine.objects.filter(entry__bill__run=run, account_number="411000").aggregate(
            debit=Sum("debit"), credit=Sum("credit")
        )
        controls.append(
            shown.Control(
                text.T("Total TTC émis = comptes clients au grand livre"),
                issued,
                (booked["debit"] or Decimal("0.00")) - (booked["credit"] or Decimal("0.00")),
                text.T("compte 411000"),
            ),
        )
    return controls


def _usage_controls(run: models.BillRun) -> list[shown.Control]:
    totals = usage_queries.cycle_totals(cycle=run.cycle)
    if not totals.records_in:
        return []
    suspended = totals.suspended_at_intake + totals.suspended_at_rating
    rates = models.AppliedCustomerBillingRate.objects.filter(bill__run=run, kind="usage")
    billed = rates.aggregate(total=Sum("amount_exact"))["total"] or Decimal(0)
    controls = [
        shown.Control(
            text.T("Communications reçues = valorisées + en anomalie + doublons"),
            Decimal(totals.records_in),
            Decimal(totals.rated + suspended + totals.duplicates),
            text.T("{suspended} en anomalie, {duplicates} doublons", suspended=suspended, duplicates=totals.duplicates),
        ),
    ]
    if not run.is_preview:
        controls.append(
            shown.Control(
                text.T("Consommations valorisées = consommations facturées"),
                money.from_micro(totals.charge_micro_eur),
                billed,
                text.T("montants exacts, hors taxes"),
            ),
        )
    return controls


def _held(bills: Sequence[models.CustomerBill]) -> list[shown.HeldBill]:
    causes: dict[uuid.UUID, list[shown.Finding]] = defaultdict(list)
    rows = models.BillFinding.objects.filter(bill_id__in=[bill.id for bill in bills], closed_at__isnull=True).order_by("id")
    for item in rows:
        causes[item.bill_id].append(bill_rows.finding(item))
    return [
        shown.HeldBill(bill_rows.row(bill), tuple(causes[bill.id]), holds.is_releasable([found.code for found in causes[bill.id]]))
        for bill in bills
    ]
