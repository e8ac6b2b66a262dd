"""Bills: the list, one bill, why an amount, what changed, the files."""

from __future__ import annotations

import uuid

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.billing import commands, ports, queries
from come.billing.policies import holds
from come.billing.views import words
from come.shared import money, obstacles, text, web, wiring
from come.staff import policies as rights

_PAGE = 50
_KINDS = {"pdf": "application/pdf", "xml": "application/xml"}


@web.signed_in
@methods.require_GET
def bills(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the bills of the person's agencies, the latest first."""
    viewer = web.actor(request)
    wanted, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    offset = words.offset(request)
    rows, total = queries.bills(viewer=viewer, wanted=wanted, state=state, offset=offset, limit=_PAGE)
    context = {
        "rows": rows,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "wanted": wanted,
        "state": state,
        "may_run": rights.can(viewer, "billing.run"),
        **words.words(),
    }
    return web.page(request, "billing/bills.html", context)


@web.signed_in
@methods.require_GET
def bill(request: http.HttpRequest, bill_id: uuid.UUID) -> http.HttpResponseBase:
    """Show one bill: what it says, what it is made of, why, and what changed."""
    viewer = web.actor(request)
    page = queries.bill(bill_id=bill_id, viewer=viewer)
    is_open = [finding for finding in page.findings if finding.closed_at is None]
    context = {
        "page": page,
        "bill": page.bill,
        "open_findings": is_open,
        "closed_findings": [finding for finding in page.findings if finding.closed_at is not None],
        "is_releasable": page.bill.state == "held" and holds.is_releasable([finding.code for finding in is_open]),
        "may_run": rights.can(viewer, "billing.run"),
        "largest_month": max((amount for _cycle, amount in page.history), default=0),
        "largest_section": max((section.amount for section in page.sections), default=0),
        **words.words(),
    }
    return web.page(request, "billing/bill.html", context)


@web.signed_in
@methods.require_GET
def rates(request: http.HttpRequest, bill_id: uuid.UUID) -> http.HttpResponseBase:
    """Show the bill's amounts per phone line, searched, page by page."""
    viewer = web.actor(request)
    wanted, section = request.GET.get("q", "").strip(), request.GET.get("section", "")
    line = request.GET.get("ligne", "")
    offset = words.offset(request)
    rows, total = queries.bill_rates(
        bill_id=bill_id,
        viewer=viewer,
        wanted=wanted,
        section=section,
        line_number=int(line) if line.isascii() and line.isdigit() else None,
        offset=offset,
        limit=_PAGE,
    )
    context = {
        "bill_id": bill_id,
        "rows": rows,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "wanted": wanted,
        "section": section,
        "line": line,
        **words.words(),
    }
    template = "billing/rates.html" if web.is_htmx(request) else "billing/rates_page.html"
    return web.page(request, template, context)


@web.signed_in
@methods.require_GET
def why(request: http.HttpRequest, bill_id: uuid.UUID, rate_id: int) -> http.HttpResponseBase:
    """Explain one amount, down to the usage records."""
    found = queries.explain_rate(bill_id=bill_id, rate_id=rate_id, viewer=web.actor(request))
    return web.page(
        request,
        "billing/why.html",
        {"found": found, "rate": found.row.rate, "bill": found.bill, "euros": money.from_micro, **words.words()},
    )


@web.signed_in
@methods.require_GET
def comparison(request: http.HttpRequest, bill_id: uuid.UUID) -> http.HttpResponseBase:
    """Show why the bill differs from the previous one."""
    found = queries.compare(bill_id=bill_id, viewer=web.actor(request))
    return web.fragment(request, "billing/comparison.html", {"found": found})


@web.signed_in
@methods.require_GET
def document(request: http.HttpRequest, bill_id: uuid.UUID, kind: str) -> http.HttpResponseBase:
    """Give the issued file, or a draft of the PDF drawn now for a bill that is not issued yet."""
    if kind not in _KINDS:
        raise obstacles.not_found(text.T("Le document"), kind)
    page = queries.bill(bill_id=bill_id, viewer=web.actor(request))
    file = next((found for found in page.documents if found.kind == kind), None)
    if file is not None:
        path = commands.invoices_folder() / file.name
        if not path.exists():
            raise obstacles.not_found(text.T("Le fichier de la facture"), file.name)
        return http.FileResponse(path.open("rb"), content_type=_KINDS[kind], filename=file.name)
    if kind != "pdf" or not page.lines:
        raise obstacles.not_found(text.T("Le document"), kind)
    (invoice,) = queries.invoice_documents(bill_ids=[bill_id])
    renderer: ports.InvoiceRenderer = wiring.port(ports.InvoiceRenderer)
    content = renderer.preview(invoice=invoice)
    headers = {"Content-Disposition": f'inline; filename="projet-{page.bill.account_reference}.pdf"'}
    return http.HttpResponse(content, content_type=_KINDS[kind], headers=headers)


@web.signed_in
@methods.require_POST
def act_on_bill(request: http.HttpRequest, bill_id: uuid.UUID) -> http.HttpResponseBase:
    """Release, set aside or recompute one bill."""
    actor, at = web.acting(request), web.at()
    decision = request.POST.get("decision", "")
    match request.POST.get("act", ""):
        case "release":
            commands.release_bill(bill_id=bill_id, decision=decision, actor=actor, at=at)
            messages.success(request, _("La retenue est levée ; la facture va être contrôlée."))
        case "refuse":
            commands.refuse_bill(bill_id=bill_id, decision=decision, actor=actor, at=at)
            messages.success(request, _("Le compte est écarté de cette facturation."))
        case "recompute":
            state = commands.recompute_bill(bill_id=bill_id, actor=actor, at=at)
            messages.success(
                request,
                _("Facture recalculée ; elle va être contrôlée.") if state == "computed" else _("Facture recalculée : elle reste retenue."),
            )
        case other:
            raise obstacles.not_found(text.T("L’acte"), other)
    return web.see_other(request, "billing:bill", bill_id)


@web.signed_in
@methods.require_GET
def company_bills(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show a company's latest bills on its page."""
    rows, total = queries.company_bills(reference=reference, viewer=web.actor(request))
    return web.fragment(request, "billing/company_bills.html", {"rows": rows, "total": total, "reference": reference, **words.words()})


@web.signed_in
@methods.require_GET
def line_bills(request: http.HttpRequest, line_id: uuid.UUID) -> http.HttpResponseBase:
    """Show on which bills a phone line is, on its page."""
    rows = queries.line_bills(line_id=line_id, viewer=web.actor(request))
    return web.fragment(request, "billing/line_bills.html", {"rows": rows, **words.words()})
