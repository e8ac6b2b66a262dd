"""Screens of companies: the list, one company, what is added to it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from django import http, urls
from django.contrib import messages
from django.utils.translation import gettext as _, gettext_noop
from django.views.decorators import http as methods

from come.party import commands, policies, queries, records
from come.shared import actor as actors, obstacles, web
from come.staff import policies as rights

_PAGE = 50
_HOME = 8
# The parts of the company's page that other packages draw: address, title, permission, height while it loads.
_PARTS = (
    ("order:company_orders", gettext_noop("Commandes"), "order.read", 4),
    ("quote:company_quotes", gettext_noop("Devis"), "quote.read", 4),
    ("inventory:company_fleet", gettext_noop("Parc"), "inventory.read", 3),
    ("billing:company_bills", gettext_noop("Factures"), "billing.read", 4),
    ("catalogue:company_agreements", gettext_noop("Accords"), "catalogue.read", 3),
    ("ticket:company_tickets", gettext_noop("Incidents"), "ticket.read", 2),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One part of the page, drawn by the package that owns the address."""

    label: str
    url: str
    lines: int


@web.signed_in
@methods.require_GET
def companies(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the customers that the person sees, filtered as they type."""
    viewer = web.actor(request)
    text = request.GET.get("q", "").strip()
    segment = request.GET.get("segment", "")
    state = request.GET.get("state", "")
    is_mine = request.GET.get("mine") == "1"
    offset = _whole(request.GET.get("offset", "0"))
    rows, total = queries.customers(
        viewer=viewer,
        text=text,
        segment=segment,
        state=state,
        is_mine=is_mine,
        offset=offset,
        limit=_PAGE,
    )
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
            "state": state,
            "is_mine": is_mine,
            "segments": segments(),
            "states": {code: _(word) for code, word in policies.STATE_NAMES_FR.items()},
            "may_write": rights.can(viewer, "customer.write"),
        },
    )


def segments() -> dict[str, str]:
    """Return the segments in the reader's language."""
    return {code: _(word) for code, word in policies.SEGMENT_NAMES_FR.items()}


def address(name: str, *args: object) -> str:
    """Return the address of a page of another package, or nothing when this installation does not have it."""
    try:
        return urls.reverse(name, args=args or None)
    except urls.NoReverseMatch:
        return ""


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
            "segments": segments(),
            "parts": _parts(found.customer.reference, viewer),
            "new_quote_url": address("quote:new") if rights.can(viewer, "quote.write") else "",
            "fleet_url": address("inventory:fleet", found.customer.reference) if rights.can(viewer, "inventory.read") else "",
            "report_url": address("ticket:report") if rights.can(viewer, "ticket.write") else "",
            "may_write": rights.can(viewer, "customer.write"),
            "may_audit": rights.can(viewer, "audit.read"),
            "obstacles": refused.obstacles if refused else (),
        },
        status=refused.status if refused else 200,
    )


def _parts(reference: str, viewer: actors.Actor) -> list[Part]:
    found = ((label, address(name, reference), lines) for name, label, permission, lines in _PARTS if rights.can(viewer, permission))
    return [Part(_(label), url, lines) for label, url, lines in found if url]


@web.signed_in
@methods.require_GET
def home_customers(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the person's own customers on the home page."""
    viewer = web.actor(request)
    rows, total = queries.customers(viewer=viewer, is_mine="seller" in viewer.roles, limit=_HOME)
    return web.fragment(
        request,
        "party/home_customers.html",
        {
            "rows": rows,
            "total": total,
            "is_mine": "seller" in viewer.roles,
            "may_write": rights.can(viewer, "customer.write"),
        },
    )


def _act(
    request: http.HttpRequest, reference: str, run: Callable[[records.CompanyPage, actors.Actor], object], done: str
) -> http.HttpResponse:
    """Run one act on a company and go back to its page, or show the page with what is wrong."""
    acting = web.acting(request)
    found = queries.company_page(reference=reference, viewer=acting)
    try:
        run(found, acting)
    except obstacles.Refusal as refused:
        return _company(request, found, acting, refused)
    messages.success(request, done)
    return web.see_other(request, "party:company", found.customer.reference)


@web.signed_in
@methods.require_POST
def create_account(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Open a billing account."""

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
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
        return commands.create_billing_account(customer_file_id=found.customer.id, account=account, actor=acting, at=web.at())

    return _act(request, reference, run, _("Le compte de facturation est ouvert."))


@web.signed_in
@methods.require_POST
def create_contact(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Add a contact."""
    contact = records.ContactRow(
        name="",
        role=request.POST.get("role", "").strip(),
        phone=request.POST.get("phone", "").strip(),
        email=request.POST.get("email", "").strip(),
        given_name=request.POST.get("given_name", ""),
        family_name=request.POST.get("family_name", ""),
    )

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
        return commands.add_contact_point(customer_file_id=found.customer.id, contact=contact, actor=acting, at=web.at())

    return _act(request, reference, run, _("Le contact est ajouté."))


@web.signed_in
@methods.require_POST
def create_cost_centre(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Add a cost centre to one of the company's accounts."""

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
        wanted = request.POST.get("account", "")
        account = next((one for one in found.accounts if one.reference == wanted), None)
        if account is None:
            raise obstacles.not_found(_("Le compte de facturation"), wanted)
        return commands.add_cost_centre(
            billing_account_id=account.id,
            code=request.POST.get("code", ""),
            name=request.POST.get("name", "").strip(),
            actor=acting,
            at=web.at(),
        )

    return _act(request, reference, run, _("Le centre de coûts est ajouté."))


@web.signed_in
@methods.require_POST
def create_establishment(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Know one more establishment of the company."""

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
        siret = request.POST.get("siret", "")
        return commands.add_establishment(customer_file_id=found.customer.id, siret=siret, actor=acting, at=web.at())

    return _act(request, reference, run, _("L’établissement est ajouté."))


@web.signed_in
@methods.require_POST
def place(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Put a provisional file on its establishment."""

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
        siret = request.POST.get("siret", "")
        commands.place_customer_file(customer_file_id=found.customer.id, siret=siret, actor=acting, at=web.at())
        return None

    return _act(request, reference, run, _("Le dossier est rattaché à son établissement."))


@web.signed_in
@methods.require_POST
def rename(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Change the usual name."""

    def run(found: records.CompanyPage, acting: actors.Actor) -> object:
        name = request.POST.get("name", "")
        commands.rename_customer_file(customer_file_id=found.customer.id, name=name, actor=acting, at=web.at())
        return None

    return _act(request, reference, run, _("Le nom est changé ; l’ancien permet toujours de retrouver le client."))
