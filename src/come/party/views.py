"""Screens of companies: the list, one company, opening a customer file."""

from __future__ import annotations

import uuid
from typing import Any

from django import http
from django.views.decorators import http as methods

from come.party import commands, policies, queries, records
from come.party.matching import score
from come.shared import actor as actors, identifiers, obstacles, web
from come.staff import policies as rights, queries as staff_queries

_PAGE = 50
_HOME = 8
_SIREN_LENGTH = 9


@web.signed_in
@methods.require_GET
def companies(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the customers that the person sees, filtered as they type."""
    viewer = web.actor(request)
    text = request.GET.get("q", "").strip()
    segment = request.GET.get("segment", "")
    is_mine = request.GET.get("mine") == "1"
    offset = _whole(request.GET.get("offset", "0"))
    rows, total = queries.customers(viewer=viewer, text=text, segment=segment, is_mine=is_mine, offset=offset, limit=_PAGE)
    return web.page(
        request,
        "party/companies.html",
        {
            "rows": rows,
            "total": total,
            "offset": offset,
            "limit": _PAGE,
            "text": text,
            "segment": segment,
            "is_mine": is_mine,
            "segments": policies.SEGMENT_NAMES_FR,
            "may_write": rights.can(viewer, "customer.write"),
        },
    )


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0


@web.signed_in
@methods.require_GET
def company(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show one company; an old reference leads to the present one."""
    viewer = web.actor(request)
    found = queries.company_page(reference=reference, viewer=viewer)
    if found.customer.reference != reference:
        return web.see_other(request, "party:company", found.customer.reference)
    return _company(request, found, viewer)


def _company(
    request: http.HttpRequest,
    found: records.CompanyPage,
    viewer: actors.Actor,
    refused: obstacles.Refusal | None = None,
) -> http.HttpResponse:
    return web.page(
        request,
        "party/company.html",
        {
            "page": found,
            "customer": found.customer,
            "segments": policies.SEGMENT_NAMES_FR,
            "may_write": rights.can(viewer, "customer.write"),
            "may_quote": rights.can(viewer, "quote.write"),
            "may_audit": rights.can(viewer, "audit.read"),
            "may_bill": rights.can(viewer, "billing.read"),
            "obstacles": refused.obstacles if refused else (),
        },
        status=refused.status if refused else 200,
    )


@web.signed_in
@methods.require_GET
def home_customers(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the person's own customers on the home page."""
    viewer = web.actor(request)
    rows, total = queries.customers(viewer=viewer, is_mine="seller" in viewer.roles, limit=_HOME)
    return web.fragment(request, "party/home_customers.html", {"rows": rows, "total": total, "is_mine": "seller" in viewer.roles})


@web.signed_in
@methods.require_GET
def new_customer(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the form that finds a company by SIREN, SIRET or name before anything is created."""
    rights.require(web.actor(request), "customer.write")
    return web.page(request, "party/new.html", _search_context(request))


@web.signed_in
@methods.require_GET
def new_customer_search(request: http.HttpRequest) -> http.HttpResponseBase:
    """Answer what is typed: our own files first, then the registry, each with what can be done."""
    rights.require(web.actor(request), "customer.write")
    return web.fragment(request, "party/new_results.html", _search_context(request))


def _search_context(request: http.HttpRequest) -> dict[str, Any]:
    viewer = web.actor(request)
    text = request.GET.get("q", "").strip()
    postcode = request.GET.get("postcode", "").strip()
    context: dict[str, Any] = {
        "text": text,
        "postcode": postcode,
        "problem": "",
        "known": [],
        "published": [],
        "registry_date": queries.registry_date(),
        "segments": policies.SEGMENT_NAMES_FR,
        "agencies": [one for one in staff_queries.agencies() if rights.can_see(viewer, one.id)],
        "obstacles": (),
    }
    if len(text) < 2:
        return context
    compact = "".join(text.split())
    if compact.isdigit() and len(compact) >= _SIREN_LENGTH:
        context["problem"] = _number_problem(compact)
    siren = compact[:_SIREN_LENGTH] if compact.isdigit() and len(compact) >= _SIREN_LENGTH else ""
    asked = score.Identity(name="" if siren else text, siren=siren, postcode=postcode)
    context["known"] = queries.candidates(asked=asked, viewer=viewer)
    context["published"] = queries.registry_search(text=text, postcode=postcode)
    return context


def _number_problem(compact: str) -> str:
    try:
        if len(compact) == _SIREN_LENGTH:
            identifiers.check_siren(compact)
        else:
            identifiers.check_siret(compact)
    except identifiers.InvalidIdentifier as wrong:
        return str(wrong.reason)
    return ""


@web.signed_in
@methods.require_POST
def create_customer(request: http.HttpRequest) -> http.HttpResponseBase:
    """Open a file on a registry establishment; a duplicate is explained on the same page."""
    acting = web.acting(request)
    try:
        made = commands.create_customer_file(
            siret=request.POST.get("siret", ""),
            agency_id=_agency(request, acting),
            owner_id=acting.staff_id,
            segment=request.POST.get("segment", "pme"),
            perimeter=request.POST.get("perimeter", "").strip(),
            name=request.POST.get("name", ""),
            actor=acting,
            at=web.at(),
        )
    except obstacles.Refusal as refused:
        return _again(request, refused)
    return web.see_other(request, "party:company", made.reference)


@web.signed_in
@methods.require_POST
def create_provisional(request: http.HttpRequest) -> http.HttpResponseBase:
    """Open a provisional file: the sale never waits for the registry."""
    acting = web.acting(request)
    try:
        made = commands.create_provisional_file(
            name=request.POST.get("name", ""),
            agency_id=_agency(request, acting),
            owner_id=acting.staff_id,
            segment=request.POST.get("segment", "pme"),
            actor=acting,
            at=web.at(),
        )
    except obstacles.Refusal as refused:
        return _again(request, refused)
    return web.see_other(request, "party:company", made.reference)


def _again(request: http.HttpRequest, refused: obstacles.Refusal) -> http.HttpResponse:
    return web.page(request, "party/new.html", {**_search_context(request), "obstacles": refused.obstacles}, status=refused.status)


def _agency(request: http.HttpRequest, acting: actors.Actor) -> uuid.UUID:
    given = request.POST.get("agency", "")
    try:
        return uuid.UUID(given)
    except ValueError:
        pass
    if len(acting.agency_ids) == 1:
        return next(iter(acting.agency_ids))
    raise obstacles.not_found("L’agence", given)


@web.signed_in
@methods.require_POST
def create_account(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Open a billing account on a company's page."""
    acting = web.acting(request)
    found = queries.company_page(reference=reference, viewer=acting)
    account = records.AccountRow(
        name=request.POST.get("name", "").strip() or found.customer.name,
        payment_means=request.POST.get("payment_means", "transfer"),
        iban=request.POST.get("iban", ""),
        mandate_reference=request.POST.get("mandate_reference", "").strip(),
        purchase_order_number=request.POST.get("purchase_order_number", "").strip(),
        vat_territory=policies.vat_territory(found.customer.postcode),
        payment_term_days=_whole(request.POST.get("payment_term_days", "30")),
        email=request.POST.get("email", "").strip(),
    )
    try:
        commands.create_billing_account(customer_file_id=found.customer.id, account=account, actor=acting, at=web.at())
    except obstacles.Refusal as refused:
        return _company(request, found, acting, refused)
    return web.see_other(request, "party:company", reference)


@web.signed_in
@methods.require_POST
def create_contact(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Add a contact on a company's page."""
    acting = web.acting(request)
    found = queries.company_page(reference=reference, viewer=acting)
    contact = records.ContactRow(
        name=request.POST.get("name", ""),
        role=request.POST.get("role", "").strip(),
        phone=request.POST.get("phone", "").strip(),
        email=request.POST.get("email", "").strip(),
    )
    try:
        commands.add_contact_point(customer_file_id=found.customer.id, contact=contact, actor=acting, at=web.at())
    except obstacles.Refusal as refused:
        return _company(request, found, acting, refused)
    return web.see_other(request, "party:company", reference)


@web.signed_in
@methods.require_POST
def create_cost_centre(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Add a cost centre to one of the company's accounts."""
    acting = web.acting(request)
    found = queries.company_page(reference=reference, viewer=acting)
    wanted = request.POST.get("account", "")
    account = next((one for one in found.accounts if one.reference == wanted), None)
    if account is None:
        raise obstacles.not_found("Le compte de facturation", wanted)
    try:
        commands.add_cost_centre(
            billing_account_id=account.id,
            code=request.POST.get("code", ""),
            name=request.POST.get("name", "").strip(),
            actor=acting,
            at=web.at(),
        )
    except obstacles.Refusal as refused:
        return _company(request, found, acting, refused)
    return web.see_other(request, "party:company", reference)
