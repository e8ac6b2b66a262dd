"""Reads of bills: lists, one bill, its rates, why an amount, what changed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q, QuerySet

from come.billing import models, records
from come.billing.policies import comparison, explanation, showing
from come.billing.queries import documents, rates as parts, shown
from come.party import queries as party_queries
from come.shared import actor as actors, formatting, obstacles, search, text
from come.staff import policies as rights
from come.usage import queries as usage_queries, records as usage_records

_HISTORY_BILLS = 12
_EXPLAINED_RECORDS = 200
_SEARCH_MINIMUM = 4


def row(bill: models.CustomerBill) -> shown.BillRow:
    """Return a bill as lists show it; its run must be loaded."""
    return shown.BillRow(
        id=bill.id,
        number=bill.number or "",
        state=bill.state,
        cycle=bill.cycle,
        account_reference=bill.account_reference,
        customer_reference=bill.customer_reference,
        customer_name=bill.customer_name,
        issue_date=bill.issue_date,
        due_date=bill.due_date,
        net_amount=bill.net_amount,
        tax_amount=bill.tax_amount,
        gross_amount=bill.gross_amount,
        phone_lines=bill.phone_lines,
        billing_account_id=bill.billing_account_id,
        customer_file_id=bill.customer_file_id,
        run_id=bill.run_id,
        run_reference=bill.run.reference,
    )


def visible(viewer: actors.Actor) -> QuerySet[models.CustomerBill]:
    """Return the bills that a person may see: those of their agencies. Raises NotAllowed without the right to read bills."""
    rights.require(viewer, "billing.read")
    rows = models.CustomerBill.objects.select_related("run")
    agencies = rights.visible_agency_ids(viewer)
    return rows if agencies is None else rows.filter(agency_id__in=agencies)


def bills(
    *,
    viewer: actors.Actor,
    wanted: str = "",
    state: str = "",
    cycle: str = "",
    billing_account_id: uuid.UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[shown.BillRow], int]:
    """Return one page of bills, the latest first, and how many there are (two statements); previews are left out."""
    rows = visible(viewer).filter(is_preview=False).exclude(state="due").exclude(run__state="cancelled")
    if state:
        rows = rows.filter(state=state)
    if cycle:
        rows = rows.filter(cycle=cycle)
    if billing_account_id is not None:
        rows = rows.filter(billing_account_id=billing_account_id)
    if wanted:
        rows = rows.filter(Q(number__icontains=wanted) | Q(customer_name__icontains=wanted) | Q(account_reference__iexact=wanted))
    total = rows.count()
    return [row(bill) for bill in rows.order_by("-issue_date", "-number", "account_reference")[offset : offset + limit]], total


def bill_row(*, viewer: actors.Actor, bill_id: uuid.UUID | None = None, number: str | None = None) -> shown.BillRow:
    """Return one bill by id or number; raises NotFound, or NotAllowed when another agency follows the customer."""
    return row(_one(viewer, bill_id=bill_id, number=number))


def _one(viewer: actors.Actor, *, bill_id: uuid.UUID | None = None, number: str | None = None) -> models.CustomerBill:
    rights.require(viewer, "billing.read")
    rows = models.CustomerBill.objects.select_related("run")
    bill = rows.filter(id=bill_id).first() if bill_id is not None else rows.filter(number=number).first()
    if bill is None:
        raise obstacles.not_found(text.T("La facture"), bill_id or number)
    rights.require_agency(viewer, bill.agency_id, text.T("Cette facture"))
    return bill


def bill(*, bill_id: uuid.UUID, viewer: actors.Actor) -> shown.BillPage:
    """Return one bill with its invoice lines, VAT, findings and files (eight statements)."""
    found = _one(viewer, bill_id=bill_id)
    lines = parts.lines_of(bill_ids=[found.id])[found.id]
    return shown.BillPage(
        bill=row(found),
        account_name=found.frozen.get("account", {}).get("name", ""),
        is_preview=found.is_preview,
        start_date=found.start_date,
        last_day=None if found.end_date is None else found.end_date - dt.timedelta(days=1),
        payment_means=found.frozen.get("account", {}).get("payment_means", ""),
        sections=showing.sections_in_order(parts.section_sums(bill_id=found.id)),
        lines=tuple(lines),
        tax_sums=tuple(parts.tax_sums_of(bill_ids=[found.id])[found.id]),
        findings=tuple(finding(item) for item in found.findings.order_by("closed_at", "id")),
        documents=tuple(_file(item) for item in found.documents.order_by("kind")),
        history=_history(found),
        previous_id=found.previous_bill_id,
        is_proven=bool(found.proven_xml_sha256),
    )


def _history(found: models.CustomerBill) -> tuple[tuple[str, Decimal], ...]:
    rows = (
        models.CustomerBill.objects.filter(billing_account_id=found.billing_account_id, state="issued")
        .order_by("-issue_date")
        .values_list("cycle", "net_amount")[:_HISTORY_BILLS]
    )
    return tuple(reversed(list(rows)))


def finding(item: models.BillFinding) -> shown.Finding:
    """Return a finding with its sentences ready for any language."""
    return shown.Finding(
        code=item.code,
        severity=item.severity,
        message=text.T(item.message_template, **item.values.get("message", {})),
        next_step=text.T(item.next_step_template, **item.values.get("next_step", {})),
        path=item.path,
        owner_name=item.owner_name,
        promised_date=item.promised_date,
        found_at=item.found_at,
        closed_at=item.closed_at,
        closed_by_name=item.closed_by_name,
        decision=item.decision,
    )


def _file(item: models.BillDocument) -> shown.DocumentFile:
    return shown.DocumentFile(item.kind, item.name, item.sha256, item.size_bytes, item.template_version, item.made_at)


def documents_of(*, bill_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[shown.DocumentFile]]:
    """Return the files of these bills (one statement)."""
    found: dict[uuid.UUID, list[shown.DocumentFile]] = {bill_id: [] for bill_id in bill_ids}
    for item in models.BillDocument.objects.filter(bill_id__in=bill_ids).order_by("kind"):
        found[item.bill_id].append(_file(item))
    return found


def bill_rates(
    *,
    bill_id: uuid.UUID,
    viewer: actors.Actor,
    wanted: str = "",
    section: str = "",
    line_number: int | None = None,
    line_id: uuid.UUID | None = None,
    offset: int = 0,
    limit: int = 50,
) -> tuple[list[shown.RateRow], int]:
    """Return one page of a bill's amounts per phone line, largest first, and how many there are (three statements)."""
    found = _one(viewer, bill_id=bill_id)
    rows = models.AppliedCustomerBillingRate.objects.filter(bill_id=found.id)
    if section:
        rows = rows.filter(section=section)
    if line_number is not None:
        rows = rows.filter(invoice_line=line_number)
    if line_id is not None:
        rows = rows.filter(line_id=line_id)
    if wanted:
        digits = "".join(character for character in wanted if character.isdigit()).lstrip("0")
        fitting = Q(user_label__icontains=wanted) | Q(name_fr__icontains=wanted) | Q(cost_centre__iexact=wanted)
        rows = rows.filter(fitting | Q(msisdn__contains=digits)) if len(digits) >= _SEARCH_MINIMUM else rows.filter(fitting)
    total = rows.count()
    page = rows.order_by("-amount", "user_label", "id").values_list("id", *parts.RATE_FIELDS)[offset : offset + limit]
    return [shown.RateRow(rate_id, records.Rate(*values)) for rate_id, *values in page], total


def applied_rates(
    *, viewer: actors.Actor, bill_id: uuid.UUID | None = None, rate_id: int | None = None, offset: int = 0, limit: int = 100
) -> tuple[list[tuple[uuid.UUID, shown.RateRow]], int]:
    """Return rates with their bill's id: one, those of one bill, or all that are visible (two statements)."""
    rows = models.AppliedCustomerBillingRate.objects.filter(bill__in=visible(viewer).filter(is_preview=False))
    if bill_id is not None:
        rows = rows.filter(bill_id=bill_id)
    if rate_id is not None:
        rows = rows.filter(id=rate_id)
    total = rows.count()
    page = rows.order_by("id").values_list("bill_id", "id", *parts.RATE_FIELDS)[offset : offset + limit]
    return [(found, shown.RateRow(rate_id, records.Rate(*values))) for found, rate_id, *values in page], total


def explain_rate(*, bill_id: uuid.UUID, rate_id: int, viewer: actors.Actor) -> shown.Explanation:
    """Return why a bill has this amount, sentence by sentence, down to the usage records (numbers masked)."""
    found = _one(viewer, bill_id=bill_id)
    values = models.AppliedCustomerBillingRate.objects.filter(bill_id=found.id, id=rate_id).values_list(*parts.RATE_FIELDS).first()
    if values is None:
        raise obstacles.not_found(text.T("Ce montant"), rate_id)
    rate = records.Rate(*values)
    used: tuple[usage_records.UsageRecord, ...] = ()
    if rate.kind == "usage" and rate.line_id is not None:
        used = tuple(
            usage_queries.records_of(
                line_id=rate.line_id,
                cycle=found.cycle,
                viewer=viewer,
                service=rate.service,
                zone=rate.zone_code,
                limit=_EXPLAINED_RECORDS,
            ),
        )
    return shown.Explanation(row(found), shown.RateRow(rate_id, rate), tuple(explanation.explain(rate)), used)


def compare(*, bill_id: uuid.UUID, viewer: actors.Actor) -> shown.BillComparison:
    """Return why this bill differs from the account's previous one, to the cent (two statements)."""
    found = _one(viewer, bill_id=bill_id)
    before = None
    if found.previous_bill_id is not None:
        before = models.CustomerBill.objects.select_related("run").get(id=found.previous_bill_id)
    differences = tuple((item, comparison.reason(item)) for item in documents.differences(found)) if before else ()
    return shown.BillComparison(row(found), row(before) if before else None, differences)


def company_bills(*, reference: str, viewer: actors.Actor, limit: int = 6) -> tuple[list[shown.BillRow], int]:
    """Return a company's latest bills and how many it has; raises as party does when the file is not visible."""
    customer = party_queries.customer_file(reference=reference, viewer=viewer)
    rows = visible(viewer).filter(customer_file_id=customer.id, is_preview=False, state__in=("held", "checked", "approved", "issued"))
    total = rows.count()
    return [row(bill) for bill in rows.order_by("-issue_date", "-number")[:limit]], total


def line_bills(*, line_id: uuid.UUID, viewer: actors.Actor, limit: int = 6) -> list[tuple[shown.BillRow, Decimal]]:
    """Return the latest bills on which a phone line is, with what it cost there, excluding tax (two statements)."""
    rows = visible(viewer).filter(is_preview=False, rates__line_id=line_id).exclude(state__in=("due", "refused")).distinct()
    latest = list(rows.order_by("-issue_date")[:limit])
    amounts: dict[uuid.UUID, Decimal] = {}
    read = models.AppliedCustomerBillingRate.objects.filter(bill_id__in=[bill.id for bill in latest], line_id=line_id)
    for bill_id, amount in read.values_list("bill_id", "amount"):
        amounts[bill_id] = amounts.get(bill_id, records.ZERO) + amount
    return [(row(bill), amounts[bill.id]) for bill in latest]


def search_hits(*, text: str, viewer: actors.Actor, limit: int) -> list[search.Hit]:
    """Return the bills whose number has this text, for the one search box."""
    if not rights.can(viewer, "billing.read") or len(text) < _SEARCH_MINIMUM:
        return []
    rows = visible(viewer).filter(number__icontains=text.replace(" ", "")).order_by("-issue_date", "-number")[:limit]
    return [
        search.Hit(
            kind="Facture",
            title=bill.number or "",
            subtitle=f"{bill.customer_name} · {formatting.money(bill.gross_amount)} TTC",
            url=f"/factures/{bill.id}/",
            score=search.IDENTIFIER if bill.number == text else search.WORDS,
        )
        for bill in rows
    ]
