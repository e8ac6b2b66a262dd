"""Screens of the installed base: a fleet as a set, a line with its history."""

from __future__ import annotations

import uuid

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.inventory import commands, policies, queries
from come.party import queries as party_queries
from come.shared import web
from come.staff import policies as rights

_PAGE = 50


@web.signed_in
@methods.require_GET
def fleets(request: http.HttpRequest) -> http.HttpResponseBase:
    """List the fleets that the viewer sees, the biggest first."""
    text = request.GET.get("q", "").strip()
    offset = _whole(request.GET.get("offset", "0"))
    found, total = queries.fleets(viewer=web.actor(request), text=text, offset=offset, limit=_PAGE)
    return web.page(request, "inventory/fleets.html", {"fleets": found, "total": total, "text": text, "offset": offset, "limit": _PAGE})


@web.signed_in
@methods.require_GET
def fleet(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show a company's lines, filtered, with what can be done to a selection."""
    viewer = web.actor(request)
    company = party_queries.customer_file(reference=reference, viewer=viewer)
    filters = queries.filters_of(request.GET.urlencode())
    offset = _whole(request.GET.get("offset", "0"))
    page = queries.fleet(customer_file_id=company.id, viewer=viewer, filters=filters, offset=offset, limit=_PAGE)
    return web.page(
        request,
        "inventory/fleet.html",
        {
            "company": company,
            "page": page,
            "filters": filters,
            "query": request.GET.urlencode(),
            "offset": offset,
            "limit": _PAGE,
            "state_words": {state: _(word) for state, word in policies.STATE_WORDS.items()},
            "cost_centres": queries.fleet_options(customer_file_id=company.id),
            "may_write": rights.can(viewer, "inventory.write"),
            "may_order": rights.can(viewer, "order.write"),
            "may_quote": rights.can(viewer, "quote.write"),
            "into": request.GET.get("devis", "")[:20],
        },
    )


@web.signed_in
@methods.require_POST
def act_on_selection(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Write a label or a cost centre on the chosen lines, as one act."""
    actor = web.acting(request)
    company = party_queries.customer_file(reference=reference, viewer=actor)
    line_ids = queries.selected_line_ids(
        customer_file_id=company.id,
        viewer=actor,
        selected=request.POST.getlist("selected"),
        is_every_match=request.POST.get("all_matching") == "1",
        query=request.POST.get("filters", ""),
    )
    label = request.POST.get("user_label", "").strip() if request.POST.get("act") == "label" else None
    centre = request.POST.get("cost_centre_id", "") if request.POST.get("act") == "cost_centre" else None
    changed = commands.edit_lines(line_ids=line_ids, user_label=label, cost_centre_id=centre, actor=actor, at=web.at())
    messages.success(request, _("%(count)s lignes modifiées.") % {"count": changed})
    return web.see_other(request, f"/parc/{reference}/?{request.POST.get('filters', '')}")


@web.signed_in
@methods.require_GET
def line(request: http.HttpRequest, product_id: uuid.UUID) -> http.HttpResponseBase:
    """Show one line: what it has, what it costs and why, what it was."""
    viewer = web.actor(request)
    found = queries.line(product_id=product_id, viewer=viewer)
    company = party_queries.customer_file(customer_file_id=found.customer_file_id, viewer=viewer)
    return web.page(
        request,
        "inventory/line.html",
        {
            "line": found,
            "company": company,
            "title": found.current("number"),
            "recurring": [price for price in found.prices if price.price_type in ("recurring", "instalment")],
            "one_off": [price for price in found.prices if price.price_type not in ("recurring", "instalment")],
            "cost_centres": queries.fleet_options(customer_file_id=found.customer_file_id),
            "may_write": rights.can(viewer, "inventory.write"),
            "may_order": rights.can(viewer, "order.write"),
            "is_live": found.state in policies.LIVE_STATES,
        },
    )


@web.signed_in
@methods.require_POST
def edit_line(request: http.HttpRequest, product_id: uuid.UUID) -> http.HttpResponseBase:
    """Write the label and the cost centre of one line."""
    commands.edit_lines(
        line_ids=[product_id],
        user_label=request.POST.get("user_label", ""),
        cost_centre_id=request.POST.get("cost_centre_id", ""),
        actor=web.acting(request),
        at=web.at(),
    )
    messages.success(request, _("La ligne est modifiée."))
    return web.see_other(request, "inventory:line", product_id)


@web.signed_in
@methods.require_GET
def company_fleet(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show a fleet in figures, on the company's page."""
    viewer = web.actor(request)
    company = party_queries.customer_file(reference=reference, viewer=viewer)
    figures = queries.company_fleet(customer_file_id=company.id, viewer=viewer)
    return web.fragment(request, "inventory/company_fleet.html", {"company": company, "figures": figures})


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0


@web.signed_in
@methods.require_GET
def offering_impact(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponseBase:
    """Show who has an offer installed: their prices stay, usage prices of its tariff may change."""
    impact = queries.offering_impact(offering_id=offering_id, viewer=web.actor(request))
    return web.fragment(request, "inventory/offering_impact.html", {"impact": impact})
