"""Pages of quotes: the list, a new one, one quote with what to do next, its parts."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django import http, urls
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.party import queries as party_queries
from come.quote import commands, queries, records
from come.quote.policies import approvals as approval_policy, states, tables
from come.quote.views import forms, offers
from come.shared import actor as actors, events, obstacles, period, queries as shared_queries, web
from come.staff import policies as rights

_PAGE = 50
_HOME = 8
_PLAIN = 100
_PATTERNS = 12


@web.signed_in
@methods.require_GET
def quotes(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the quotes that the person sees, filtered as they type."""
    viewer = web.actor(request)
    filters = records.QuoteFilters(
        text=request.GET.get("q", "").strip(),
        state=request.GET.get("state", "") if request.GET.get("state", "") in states.STATES else "",
        seller_id=viewer.staff_id if request.GET.get("mine") == "1" else None,
    )
    offset = forms.whole(request.GET.get("offset"))
    rows, total = queries.quotes(viewer=viewer, filters=filters, offset=offset, limit=_PAGE)
    return web.page(
        request,
        "quote/quotes.html",
        {
            "rows": rows,
            "total": total,
            "offset": offset,
            "limit": _PAGE,
            "filters": filters,
            "counts": queries.state_counts(viewer=viewer, filters=filters),
            "states": states.NAMES_FR,
            "today": period.local_day(web.at()),
            "may_write": rights.can(viewer, "quote.write"),
        },
    )


@web.signed_in
@methods.require_GET
def home_quotes(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the person's own open quotes on the home page (the agency's for those who sell nothing)."""
    viewer = web.actor(request)
    is_mine = "seller" in viewer.roles
    filters = records.QuoteFilters(seller_id=viewer.staff_id if is_mine else None, is_open=True)
    rows, total = queries.quotes(viewer=viewer, filters=filters, limit=_HOME)
    context = {
        "rows": rows,
        "total": total,
        "is_mine": is_mine,
        "expiring": queries.expiring(viewer=viewer, today=period.local_day(web.at()))[0],
        "today": period.local_day(web.at()),
        "may_write": rights.can(viewer, "quote.write"),
    }
    return web.fragment(request, "quote/home_quotes.html", context)


@web.signed_in
@methods.require_GET
def company_quotes(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show the quotes of one customer on its page."""
    viewer = web.actor(request)
    customer = party_queries.customer_file(reference=reference, viewer=viewer)
    rows, total = queries.quotes(viewer=viewer, filters=records.QuoteFilters(customer_file_id=customer.id), limit=_HOME)
    context = {
        "rows": rows,
        "total": total,
        "customer": customer,
        "today": period.local_day(web.at()),
        "may_write": rights.can(viewer, "quote.write"),
    }
    return web.fragment(request, "quote/company_quotes.html", context)


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def new(request: http.HttpRequest) -> http.HttpResponseBase:
    """Open a draft: choose the customer, then its terms; a first table may be pasted at once."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    wanted = request.POST.get("client") or request.GET.get("client", "")
    if not wanted:
        text = request.GET.get("q", "").strip()
        rows, total = party_queries.customers(viewer=viewer, text=text, limit=_HOME)
        return web.page(request, "quote/choose_customer.html", {"rows": rows, "total": total, "text": text})
    customer = party_queries.customer_file(reference=wanted, viewer=viewer)
    refused: obstacles.Refusal | None = None
    if request.method == "POST":
        try:
            return _create(request, customer)
        except obstacles.NotAllowed:
            raise
        except obstacles.Refusal as raised:
            refused = raised
    today = period.local_day(web.at())
    context = {
        "customer": customer,
        "agreements": forms.agreements(customer.id, today),
        "accounts": forms.accounts(customer.id),
        "given": request.POST,
        "obstacles": refused.obstacles if refused else (),
        "profiles": offers.profiles(customer.id, viewer),
    }
    return web.page(request, "quote/new.html", context, status=refused.status if refused else 200)


def _create(request: http.HttpRequest, customer: Any) -> http.HttpResponseBase:
    actor, at = web.acting(request), web.at()
    agreement = request.POST.get("agreement_id", "")
    created = commands.create_quote(
        customer_file_id=customer.id,
        actor=actor,
        at=at,
        title=request.POST.get("title", ""),
        agreement_id=forms.identifier(agreement),
        is_without_agreement=agreement == "none",
        billing_account_id=forms.identifier(request.POST.get("billing_account_id")),
        commitment_months=forms.commitment(request.POST.get("commitment_months")),
    )
    table = request.POST.get("table", "")
    if table.strip():
        # The same request id, another command: a double click makes one quote with its lines once.
        commands.paste_lines(quote_id=created.quote_id, table_text=table, actor=actor, at=at)
    places = [int(one) for one in request.POST.getlist("profile") if one.isdigit()]
    if places:
        quantity = min(forms.whole(request.POST.get("profile_quantity")) or 1, tables.MAXIMUM_QUANTITY)
        commands.add_fleet_profiles(quote_id=created.quote_id, places=places, quantity=quantity, actor=actor, at=at)
    return web.see_other(request, "quote:quote", created.reference)


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One step of a quote's life: done, current or to come."""

    label: str
    state: str


def steps(quote: records.QuoteRecord, order_reference: str) -> list[Step]:
    """Return the four steps of a quote."""
    reached = {states.APPROVED: 1, states.ACCEPTED: 2}.get(quote.state, 0) + (1 if order_reference else 0)
    labels = (_("Brouillon"), _("Envoyé"), _("Accepté"), _("Commandé"))
    is_over = quote.state in {states.REJECTED, states.CANCELLED}
    return [
        Step(label, "done" if place < reached or order_reference else "current" if place == reached and not is_over else "next")
        for place, label in enumerate(labels)
    ]


@web.signed_in
@methods.require_GET
def quote(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show one quote: its lines, its prices and why, where it stands, the one thing to do next."""
    viewer = web.actor(request)
    version = forms.whole(request.GET.get("version")) or None
    found = queries.quote(reference=reference, version=version, viewer=viewer)
    return quote_page(request, viewer, found)


def quote_page(
    request: http.HttpRequest,
    viewer: actors.Actor,
    found: records.QuoteRecord,
    refused: obstacles.Refusal | None = None,
) -> http.HttpResponse:
    """Draw the page of a quote, with what stood in the way of the last act."""
    selection = forms.asked_view(request.GET)
    offset = forms.whole(request.GET.get("offset"))
    order_reference = _order_reference(found)
    may_write = rights.can(viewer, "quote.write")
    is_draft = found.state == states.IN_PROGRESS
    today = period.local_day(web.at())
    is_open = found.state == states.APPROVED and found.is_latest and found.valid_until >= today
    context = {
        **_sums(found, viewer),
        "is_refresh": False,
        # Said before the customer signs: their acceptance would be refused for the same reasons.
        "validity": states.validity_obstacles(queries.price_change(quote_id=found.id, day=today)) if is_open else [],
        "steps": steps(found, order_reference),
        "order_reference": order_reference,
        "order_url": _order_url(found) if found.state == states.ACCEPTED else "",
        "is_draft": is_draft,
        "is_editable": is_draft and may_write and found.is_latest,
        "is_expired": found.state == states.APPROVED and found.valid_until < today,
        "may_write": may_write,
        "may_order": rights.can(viewer, "order.write"),
        "may_audit": rights.can(viewer, "audit.read"),
        "page": queries.lines(quote_id=found.id, selection=selection, offset=offset, limit=_PLAIN),
        **_priced_patterns(request, found),
        "versions": queries.versions(reference=found.reference),
        "selection": selection,
        "offset": offset,
        "limit": _PLAIN,
        "columns": [(column, _(tables.NAMES_FR[column])) for column in tables.CELLS],
        "headings": tables.heading_words(),
        "layout": queries.grid_layout(viewer=viewer),
        "kinds": queries.issue_kinds(quote_id=found.id) if is_draft else (),
        "viewer_id": viewer.staff_id or "",
        "choices": forms.choices(found) if is_draft else {},
        "agreements": forms.agreements(found.customer_file_id, today) if is_draft else [],
        "accounts": forms.accounts(found.customer_file_id) if is_draft else [],
        "acceptance_url": request.build_absolute_uri(urls.reverse("quote:acceptance", args=[found.token])) if found.token else "",
        "obstacles": refused.obstacles if refused else (),
        "consent": forms.asked_consent(request, refused),
        **offers.parts(request, found),
        "today": today,
        **discounts(found, viewer, today),
    }
    return web.page(request, "quote/quote.html", context, status=refused.status if refused else 200)


def discounts(found: records.QuoteRecord, viewer: actors.Actor, today: dt.date) -> dict[str, Any]:
    """Return what the card of concessions shows: what is given up, who must approve it, what was asked and answered."""
    rows = queries.concession_rows(found.id)
    given, is_approved = queries.giving_of(quote_id=found.id, day=today) if rows else (None, False)
    needs = given is not None and given.level.code != approval_policy.levels(today)[0].code
    people = (
        queries.approvers(agency_id=found.agency_id, level_code=given.level.code, day=today, besides=viewer.staff_id)
        if given is not None and needs and found.state == states.IN_PROGRESS
        else ()
    )
    return {
        "concessions": rows,
        "giving": given,
        "needs_approval": needs and not is_approved,
        "is_approved": is_approved,
        "approvals": queries.approvals_of(quote_id=found.id),
        "approvers": [(str(one.id), one.display_name) for one in people],
    }


def _sums(found: records.QuoteRecord, viewer: actors.Actor) -> dict[str, Any]:
    """Return what the sums show: the margin is for who sells or approves, not for who only consults."""
    totals = found.totals
    saved = totals.list_monthly - totals.monthly
    return {
        "quote": found,
        "may_see_margin": rights.can(viewer, "quote.write") or rights.can(viewer, "quote.approve"),
        "discount_percent": round(saved * 100 / totals.list_monthly, 1) if saved > 0 and totals.list_monthly else None,
    }


def _order_reference(found: records.QuoteRecord) -> str:
    """Return the order that came of an accepted quote: upward news travels by the journal."""
    if found.state != states.ACCEPTED:
        return ""
    facts = shared_queries.events_about(subject=events.subject("quote", found.id))
    return next((str(fact.payload.get("reference", "")) for fact in facts if fact.name == "OrderSubmitted"), "")


def _order_url(found: records.QuoteRecord) -> str:
    """Return where an accepted quote becomes an order: upper packages are known by the names of their addresses."""
    try:
        return urls.reverse("order:submit", args=[found.id])
    except urls.NoReverseMatch:
        return ""


@web.signed_in
@methods.require_GET
def figures(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Draw the sums again after an edit."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, viewer=viewer)
    return web.fragment(request, "quote/figures.html", _sums(found, viewer) | {"is_refresh": True})


@web.signed_in
@methods.require_GET
def prices(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Draw the patterns with the reason of each price again after an edit."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    return web.fragment(request, "quote/prices.html", {"quote": found, **_priced_patterns(request, found)})


def _priced_patterns(request: http.HttpRequest, quote: records.QuoteRecord) -> dict[str, Any]:
    """Return the patterns that most lines have; a fleet may have thousands, which are drawn when somebody asks for all."""
    is_whole = request.GET.get("formules") == "toutes"
    found = queries.patterns(quote_id=quote.id, most=None if is_whole else _PATTERNS + 1)
    has_more = not is_whole and len(found) > _PATTERNS
    return {
        "patterns": found[:_PATTERNS] if has_more else found,
        "has_more_patterns": has_more,
        "has_all_patterns": is_whole,
        "volumes": queries.negotiated_volumes(quote=quote),
    }


@web.signed_in
@methods.require_GET
def document(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give the document of a version that was sent, exactly as it was."""
    version = forms.whole(request.GET.get("version")) or None
    found = queries.quote(reference=reference, version=version, viewer=web.actor(request))
    content = queries.document(quote_id=found.id)
    if content is None:
        raise obstacles.not_found(_("Le document du devis"), reference)
    return pdf(content, found)


def pdf(content: bytes, found: records.QuoteRecord) -> http.HttpResponse:
    """Return a quote's document as an answer."""
    name = f"{found.reference}-v{found.version}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "X-Content-SHA256": found.document_sha256}
    return http.HttpResponse(content, content_type="application/pdf", headers=headers)
