"""TM Forum 678, customer bill management, version 4: bills, applied rates, cycles. Read only: runs make bills."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import ninja
from django import http

from come.billing import queries
from come.billing.policies import states
from come.billing.queries import shown
from come.shared import obstacles, period, text, tmf
from come.staff import policies as rights

router = ninja.Router(tags=["customerBill"])
PATH = "/tmf-api/customerBillManagement/v4"
# More is no number of ours, and no database would take it.
_MOST_DIGITS = 18
_OURS = {"sent": "issued", "onHold": "held", "validated": "checked", "new": "computed"}


@router.get("/customerBill", summary="List customer bills")
def list_bills(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of bills; filters: state, billNo, billingAccount.id, category (cycle, 2026-10)."""
    caller = tmf.caller(request)
    page = tmf.check_query(request, {"state", "billNo", "billingAccount.id", "category"})
    account = request.GET.get("billingAccount.id", "")
    rows, total = queries.bills(
        viewer=caller,
        wanted=request.GET.get("billNo", ""),
        state=_OURS.get(request.GET.get("state", ""), request.GET.get("state", "")),
        cycle=request.GET.get("category", ""),
        billing_account_id=_uuid(account, "Le compte de facturation") if account else None,
        offset=page.offset,
        limit=page.limit,
    )
    return tmf.collection(request, _bodies(request, rows), total, response)


@router.get("/customerBill/{bill_id}", summary="Read a customer bill")
def read_bill(request: http.HttpRequest, bill_id: str) -> dict[str, Any]:
    """Return one bill."""
    found = queries.bill(bill_id=_uuid(bill_id, "La facture"), viewer=tmf.caller(request))
    body = _body(request, found.bill, found.documents)
    body["taxItem"] = [
        {
            "@type": "TaxItem",
            "taxCategory": row.tax.category,
            "taxRate": float(row.tax.rate),
            "taxAmount": _money(row.tax_amount),
        }
        for row in found.tax_sums
    ]
    body["billingPeriod"] = {
        "@type": "TimePeriod",
        "startDateTime": _instant(found.start_date),
        "endDateTime": _instant(found.last_day + dt.timedelta(days=1)) if found.last_day else None,
    }
    return tmf.resource(request, body)


@router.get("/appliedCustomerBillingRate", summary="List applied billing rates")
def list_rates(request: http.HttpRequest, response: http.HttpResponse) -> list[dict[str, Any]]:
    """Return one page of applied rates; filter: bill.id."""
    caller = tmf.caller(request)
    page = tmf.check_query(request, {"bill.id"})
    given = request.GET.get("bill.id", "")
    rows, total = queries.applied_rates(
        viewer=caller,
        bill_id=_uuid(given, "La facture") if given else None,
        offset=page.offset,
        limit=page.limit,
    )
    return tmf.collection(request, [_rate_body(request, bill_id, row) for bill_id, row in rows], total, response)


@router.get("/appliedCustomerBillingRate/{rate_id}", summary="Read an applied billing rate")
def read_rate(request: http.HttpRequest, rate_id: str) -> dict[str, Any]:
    """Return one applied rate."""
    caller = tmf.caller(request)
    rights.require(caller, "billing.read")
    rows: Sequence[tuple[uuid.UUID, shown.RateRow]] = ()
    if rate_id.isascii() and rate_id.isdigit() and len(rate_id) <= _MOST_DIGITS:
        rows, _ = queries.applied_rates(viewer=caller, rate_id=int(rate_id), limit=1)
    if not rows:
        raise obstacles.not_found(text.T("Ce montant"), rate_id)
    return tmf.resource(request, _rate_body(request, *rows[0]))


def _bodies(request: http.HttpRequest, rows: Sequence[shown.BillRow]) -> list[dict[str, Any]]:
    files = queries.documents_of(bill_ids=[row.id for row in rows])
    return [_body(request, row, files[row.id]) for row in rows]


def _body(request: http.HttpRequest, row: shown.BillRow, files: Sequence[shown.DocumentFile]) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "href": tmf.href(request, f"{PATH}/customerBill/{row.id}"),
        "@type": "CustomerBill",
        "billNo": row.number or None,
        "billDate": _instant(row.issue_date),
        "paymentDueDate": _instant(row.due_date),
        "category": row.cycle,
        "runType": "onCycle",
        "state": states.TMF_STATES.get(row.state, row.state),
        "amountDue": _money(row.gross_amount),
        "taxExcludedAmount": _money(row.net_amount),
        "taxIncludedAmount": _money(row.gross_amount),
        "remainingAmount": _money(row.gross_amount),
        "billingAccount": {
            "id": str(row.billing_account_id),
            "name": row.account_reference,
            "@referredType": "BillingAccount",
        },
        "relatedParty": [{"id": str(row.customer_file_id), "name": row.customer_name, "role": "customer", "@referredType": "Customer"}],
        "billDocument": [
            {
                "@type": "Attachment",
                "name": file.name,
                "attachmentType": file.kind,
                "size": {"amount": file.size_bytes, "units": "B"},
                "url": tmf.href(request, f"/factures/{row.id}/document/{file.kind}/"),
            }
            for file in files
        ],
    }


def _rate_body(request: http.HttpRequest, bill_id: uuid.UUID, row: shown.RateRow) -> dict[str, Any]:
    rate = row.rate
    return {
        "id": str(row.id),
        "href": tmf.href(request, f"{PATH}/appliedCustomerBillingRate/{row.id}"),
        "@type": "AppliedCustomerBillingRate",
        "name": rate.name_fr,
        "description": rate.clause_text or None,
        "type": rate.kind,
        "isBilled": True,
        "bill": {"id": str(bill_id), "@referredType": "CustomerBill"},
        "product": {"id": str(rate.product_id), "@referredType": "Product"} if rate.product_id else None,
        "periodCoverage": {"startDateTime": _instant(rate.start_date), "endDateTime": _instant(rate.end_date)},
        "taxExcludedAmount": _money(rate.amount),
        "appliedTax": [{"taxCategory": rate.vat_category, "taxRate": float(rate.vat_rate)}],
        "characteristic": [
            {"name": "exactAmount", "value": str(rate.amount_exact)},
            {"name": "invoiceLine", "value": str(rate.invoice_line)},
        ],
    }


def _instant(day: dt.date | None) -> dt.datetime | None:
    # The standard has instants only: a day begins at midnight in Paris.
    return period.day_start(day) if day else None


def _money(amount: Decimal) -> dict[str, Any]:
    # The standard writes money as a JSON number; two decimals are exact in its shortest form.
    return {"unit": "EUR", "value": float(amount)}


def _uuid(value: str, what: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        raise obstacles.not_found(text.T(what), value) from None
