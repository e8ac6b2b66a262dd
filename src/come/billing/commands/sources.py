"""What a batch of accounts owes, gathered from the packages below in a constant number of statements."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from come.billing import models, records
from come.billing.queries import rates as parts
from come.inventory import queries as inventory_queries, records as inventory_records
from come.party import queries as party_queries, records as party_records
from come.shared import period as periods
from come.usage import queries as usage_queries, records as usage_records

_HABIT_BILLS = 3
_PREVIOUS = """
SELECT * FROM (
    SELECT id, billing_account_id, net_amount, issue_date,
           row_number() OVER (PARTITION BY billing_account_id ORDER BY issue_date DESC, number DESC) AS rank
    FROM billing_customer_bill
    WHERE state = 'issued' AND billing_account_id = ANY(%(accounts)s) AND cycle < %(cycle)s
) ranked WHERE rank <= %(habit)s ORDER BY billing_account_id, rank
"""
_RECURRING_LINES = """
SELECT DISTINCT ON (b.billing_account_id, r.line_id) b.billing_account_id, r.line_id, r.user_label, r.msisdn
FROM billing_applied_rate r JOIN billing_customer_bill b ON b.id = r.bill_id
WHERE r.bill_id = ANY(%(bills)s) AND r.kind = 'recurring' AND r.line_id IS NOT NULL
ORDER BY b.billing_account_id, r.line_id
"""
_UNFINISHED = """
SELECT DISTINCT billing_account_id, max(cycle) FROM billing_customer_bill
WHERE billing_account_id = ANY(%(accounts)s) AND cycle < %(cycle)s AND NOT is_preview
  AND state NOT IN ('issued', 'refused') AND run_id IN (SELECT id FROM billing_bill_run WHERE state <> 'cancelled')
GROUP BY billing_account_id
"""


@dataclasses.dataclass(slots=True)
class AccountSource:
    """Everything that one account's bill is computed from."""

    account: party_records.BillingAccountRecord
    items: list[inventory_records.ChargeItem] = dataclasses.field(default_factory=list)
    usage: list[usage_records.UsageCharge] = dataclasses.field(default_factory=list)
    progress: dict[int, records.Progress] = dataclasses.field(default_factory=dict)
    previous_bill_id: uuid.UUID | None = None
    previous_net_amounts: tuple[Decimal, ...] = ()
    previous_lines: dict[uuid.UUID, str] = dataclasses.field(default_factory=dict)
    previous_keys: list[records.ComparedKey] = dataclasses.field(default_factory=list)
    unfinished_cycle: str = ""

    @property
    def missing_labels(self) -> tuple[str, ...]:
        """Return the lines billed last time that have no price at all any more."""
        present = {item.line_id for item in self.items}
        return tuple(sorted(label for line_id, label in self.previous_lines.items() if line_id not in present))


def gather(*, account_ids: Sequence[uuid.UUID], cycle: str, days: records.CycleDays) -> dict[uuid.UUID, AccountSource]:
    """Return the sources of these accounts, by account id."""
    found = {account.id: AccountSource(account) for account in party_queries.billing_accounts(ids=account_ids)}
    window = periods.DayPeriod(days.opening_date, days.next_end_date)
    for item in inventory_queries.charge_items(billing_account_ids=account_ids, period=window):
        found[item.billing_account_id].items.append(item)
    for charge in usage_queries.bill_charges(billing_account_ids=account_ids, cycle=cycle):
        found[charge.billing_account_id].usage.append(charge)
    for row in models.ChargeProgress.objects.filter(billing_account_id__in=account_ids).values_list(
        "billing_account_id",
        "price_id",
        "charged_through_date",
        "instalments_charged",
    ):
        found[row[0]].progress[row[1]] = records.Progress(row[2], row[3])
    _add_history(found, cycle)
    return found


def _add_history(found: dict[uuid.UUID, AccountSource], cycle: str) -> None:
    accounts = list(found)
    amounts: dict[uuid.UUID, list[Decimal]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_PREVIOUS, {"accounts": accounts, "cycle": cycle, "habit": _HABIT_BILLS})
        for bill_id, account_id, net, _, rank in cursor.fetchall():
            amounts[account_id].append(net)
            if rank == 1:
                found[account_id].previous_bill_id = bill_id
        bills = [source.previous_bill_id for source in found.values() if source.previous_bill_id]
        cursor.execute(_RECURRING_LINES, {"bills": bills})
        for account_id, line_id, label, msisdn in cursor.fetchall():
            found[account_id].previous_lines[line_id] = label or msisdn or str(line_id)
        cursor.execute(_UNFINISHED, {"accounts": accounts, "cycle": cycle})
        for account_id, unfinished in cursor.fetchall():
            found[account_id].unfinished_cycle = unfinished
    keys = parts.compared_of(bill_ids=bills)
    for source in found.values():
        if source.previous_bill_id is not None:
            source.previous_keys = keys[source.previous_bill_id]
    for account_id, nets in amounts.items():
        found[account_id].previous_net_amounts = tuple(nets)


def cycle_days(*, cycle: str, opening_cycle: str) -> records.CycleDays:
    """Return the days of a cycle and of the operator's opening."""
    days = periods.parse_cycle(cycle)
    opening = periods.parse_cycle(opening_cycle)
    return records.CycleDays(
        start_date=days.start,
        end_date=_end(days),
        next_end_date=periods.add_months(days.start, 2),
        opening_date=opening.start,
        opening_advance_date=_end(opening),
    )


def _end(days: periods.DayPeriod) -> dt.date:
    assert days.end is not None, "a cycle is closed"
    return days.end
