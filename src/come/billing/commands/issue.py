"""Issue approved bills: legal numbers, bookings and charge progress in one step; then draw the documents."""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
import uuid
from collections.abc import Iterator
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from come.billing import events, models
from come.billing.commands import runs
from come.billing.policies import bookings
from come.billing.queries import rates as parts
from come.shared import actor as actors, bulk, eventlog, events as facts, obstacles, text
from come.staff import policies as rights

NUMBER_DIGITS = 7
_ENTRY_LOCK = 7_310_411
_GIVE_NUMBERS = """
UPDATE billing_customer_bill bill
SET number = %(stem)s || lpad((%(last)s + ranked.rank)::text, %(digits)s, '0'), state = 'issued', issued_at = %(at)s
FROM (
    SELECT id, row_number() OVER (ORDER BY account_reference, id) AS rank FROM billing_customer_bill
    WHERE run_id = %(run)s AND state = 'approved'
) ranked
WHERE bill.id = ranked.id
RETURNING bill.id, bill.number, ranked.rank
"""
_MOVE_PROGRESS = """
INSERT INTO billing_charge_progress (price_id, billing_account_id, charged_through_date, instalments_charged, bill_id)
SELECT r.price_id, (array_agg(b.billing_account_id))[1], max(r.charged_through_date), max(r.instalments_charged), (array_agg(b.id))[1]
FROM billing_applied_rate r JOIN billing_customer_bill b ON b.id = r.bill_id
WHERE b.id = ANY(%(bills)s) AND r.price_id IS NOT NULL AND r.charged_through_date IS NOT NULL
GROUP BY r.price_id
ON CONFLICT (price_id) DO UPDATE SET charged_through_date = excluded.charged_through_date,
    instalments_charged = excluded.instalments_charged, bill_id = excluded.bill_id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class IssuedRun:
    """What was issued by this act."""

    bills: int
    first_number: str
    last_number: str
    gross_amount: Decimal


def issue_run(*, run_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> IssuedRun:
    """Give every approved bill its number, book it and move the progress of its prices: all of it, or nothing.

    Numbers follow the series of the issuing entity and year without a gap, in the order of the accounts. A run whose
    bills are already issued answers with zero bills. Records BillRunIssued. Raises Refusal when nobody approved, or when
    a later invoice of the series was already issued.
    """
    rights.require(actor, "billing.run")
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        if run.state == "issued" and not models.CustomerBill.objects.filter(run_id=run_id, state="approved").exists():
            return IssuedRun(0, "", "", Decimal("0.00"))
        before = run.state
        runs.advance(run, "issued")
        series = _series(run)
        numbered = _give_numbers(run, series, at)
        gross = _book(run, numbered, at)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE_PROGRESS, {"bills": [bill_id for bill_id, _ in numbered]})
        run.issued_at = at
        run.save(update_fields=["state", "issued_at"])
        answer = IssuedRun(len(numbered), numbered[0][1], numbered[-1][1], gross)
        eventlog.record(
            event=events.BillRunIssued(run.id, answer.bills, answer.first_number, answer.last_number, gross),
            actor=actor,
            at=at,
            subjects=[facts.subject("run", run.id)],
            before={"state": before},
            after={"state": run.state},
        )
    return answer


def _series(run: models.BillRun) -> models.NumberSeries:
    """Return the series, locked; creates the year's on its first use."""
    entity = models.IssuingEntity.objects.select_for_update().get(id=run.issuing_entity_id)
    models.NumberSeries.objects.get_or_create(issuing_entity=entity, year=run.issue_date.year, prefix=entity.number_prefix)
    series = models.NumberSeries.objects.select_for_update().get(
        issuing_entity=entity, year=run.issue_date.year, prefix=entity.number_prefix
    )
    if series.last_issue_date is not None and series.last_issue_date > run.issue_date:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "billing.numbers_out_of_order",
                obstacles.Severity.REFUSAL,
                text.T(
                    "Des factures datées du {last} sont déjà émises : les numéros doivent suivre l’ordre des dates.",
                    last=series.last_issue_date.isoformat(),
                ),
                text.T("Annulez cette facturation et rouvrez-la avec une date d’émission plus récente."),
            ),
        )
    return series


def _give_numbers(run: models.BillRun, series: models.NumberSeries, at: dt.datetime) -> list[tuple[uuid.UUID, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _GIVE_NUMBERS,
            {"stem": f"{series.prefix}-{series.year}-", "last": series.last_number, "digits": NUMBER_DIGITS, "at": at, "run": run.id},
        )
        rows = sorted(cursor.fetchall(), key=lambda row: row[2])
    if not rows:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "billing.nothing_to_issue",
                obstacles.Severity.REFUSAL,
                text.T("Aucune facture approuvée n’attend d’être émise."),
                text.T("Faites approuver la facturation par une seconde personne."),
            ),
        )
    series.last_number += len(rows)
    series.last_issue_date = run.issue_date
    series.save(update_fields=["last_number", "last_issue_date"])
    return [(bill_id, number) for bill_id, number, _ in rows]


def _book(run: models.BillRun, numbered: list[tuple[uuid.UUID, str]], at: dt.datetime) -> Decimal:
    """Write one balanced entry per bill, numbered without a gap in the journal's year; return the total booked on customers."""
    ids = [bill_id for bill_id, _ in numbered]
    bills = {bill.id: bill for bill in models.CustomerBill.objects.filter(id__in=ids)}
    year = run.issue_date.year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ENTRY_LOCK, year])
        cursor.execute(
            "SELECT coalesce(max(entry_number), 0) FROM billing_ledger_entry WHERE journal = %s AND year = %s", [bookings.JOURNAL, year]
        )
        (last,) = cursor.fetchone()
    entries = models.LedgerEntry.objects.bulk_create(
        [
            models.LedgerEntry(
                journal=bookings.JOURNAL,
                journal_name=bookings.JOURNAL_NAME,
                year=year,
                entry_number=last + position,
                entry_date=run.issue_date,
                piece_reference=number,
                piece_date=run.issue_date,
                label=f"Facture {number} {bills[bill_id].customer_name}"[:200],
                bill_id=bill_id,
                validated_at=at,
            )
            for position, (bill_id, number) in enumerate(numbered, start=1)
        ],
        batch_size=1000,
    )
    columns = ("entry_id", "account_number", "account_name", "auxiliary_number", "auxiliary_name", "debit", "credit")
    # Made before the COPY begins: the connection reads nothing else meanwhile.
    rows = list(_entry_rows(entries, bills))
    bulk.copy_rows(table="billing_ledger_line", columns=columns, rows=rows)
    return sum((bill.gross_amount for bill in bills.values()), Decimal("0.00"))


def _entry_rows(entries: list[models.LedgerEntry], bills: dict[uuid.UUID, models.CustomerBill]) -> Iterator[tuple[object, ...]]:
    lines = parts.lines_of(bill_ids=list(bills))
    sums = parts.tax_sums_of(bill_ids=list(bills))
    for entry in entries:
        bill = bills[entry.bill_id]
        booked = bookings.entry_lines(
            lines=lines[bill.id],
            tax_sums=sums[bill.id],
            gross_amount=bill.gross_amount,
            customer_number=bill.account_reference,
            customer_name=bill.customer_name,
        )
        for line in booked:
            yield (entry.id, line.account_number, line.account_name, line.auxiliary_number, line.auxiliary_name, line.debit, line.credit)


def invoices_folder() -> pathlib.Path:
    """Return the folder of the issued documents."""
    return pathlib.Path(settings.COME_HOME) / "invoices"
