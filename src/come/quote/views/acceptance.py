"""The customer's page: read the documents, choose an offer, prove who one is, accept. No sign-in: the link is the key."""

from __future__ import annotations

from typing import Any

from django import http
from django.conf import settings
from django.utils.translation import gettext as _
from django.views.decorators import cache, http as methods

from come.quote import commands, queries, records
from come.quote.policies import states
from come.quote.views import offers, pages
from come.shared import obstacles, period, web

_STATEMENT = "J’ai lu le devis {reference}, version {version}, et ses conditions, et je l’accepte au nom de {customer}."
_WAIVER = "Je renonce, de mon plein gré, au plafond d’engagement de 24 mois : j’accepte un engagement de {months} mois."


@cache.never_cache
@methods.require_http_methods(["GET", "POST"])
def acceptance(request: http.HttpRequest, token: str) -> http.HttpResponseBase:
    """Show the quote to its customer, send them a code, and take their acceptance."""
    found = queries.quote_by_token(token=token)
    refused: obstacles.Refusal | None = None
    challenge: commands.OpenChallenge | None = None
    if request.method == "POST":
        try:
            if request.POST.get("step") == "code":
                challenge = _ask_code(request, token)
            else:
                _accept(request, token, found)
                return web.see_other(request, "quote:acceptance", token)
        except obstacles.NotFound:
            raise
        except obstacles.Refusal as raised:
            refused = raised
    context = _context(request, found) | {
        "challenge": challenge,
        # Once a code was asked for, a refusal leaves the person at the second step.
        "is_second_step": challenge is not None or (request.method == "POST" and request.POST.get("step") == "accept"),
        "obstacles": refused.obstacles if refused else (),
    }
    return web.page(request, "quote/acceptance.html", context, status=refused.status if refused else 200)


def _context(request: http.HttpRequest, found: records.QuoteRecord) -> dict[str, Any]:
    at = web.at()
    is_expired_link = found.token_expires_at is not None and at >= found.token_expires_at
    is_open = found.state == states.APPROVED and found.valid_until >= period.local_day(at) and not is_expired_link
    months = queries.months_to_waive(quote_id=found.id, at=at) if is_open else 0
    kept = queries.document_kinds(quote_id=found.id)
    validity = states.validity_obstacles(queries.price_change(quote_id=found.id, day=period.local_day(at))) if is_open else []
    return {
        "quote": found,
        "statement": _statement(found),
        "waiver": _WAIVER.format(months=months) if months else "",
        "offers": queries.alternatives(quote=found),
        "change": queries.fleet_change(quote_id=found.id) if found.kind != "new" and not found.alternatives else None,
        "patterns": () if found.alternatives else queries.patterns(quote_id=found.id),
        "volumes": queries.negotiated_volumes(quote=found),
        "kept_documents": kept,
        "operator": settings.COME_OPERATOR_NAME,
        "given": request.POST,
        "is_open": is_open,
        # Said before anybody asks for a code: the acceptance would be refused for the same reasons.
        "validity": validity,
    }


def _statement(found: records.QuoteRecord) -> str:
    return _STATEMENT.format(reference=found.reference, version=found.version, customer=found.customer_name)


def _identity(request: http.HttpRequest) -> records.Signatory:
    given = request.POST
    return records.Signatory(given.get("signatory_name", ""), given.get("signatory_role", ""), given.get("signatory_email", ""))


def _ask_code(request: http.HttpRequest, token: str) -> commands.OpenChallenge:
    return commands.open_challenge(token=token, identity=_identity(request), at=web.at(), request_id=web.request_id(request))


def _accept(request: http.HttpRequest, token: str, found: records.QuoteRecord) -> None:
    months = queries.months_to_waive(quote_id=found.id, at=web.at()) if found.state == states.APPROVED else 0
    has_waived = request.POST.get("has_waived") == "1"
    evidence = {
        "statement": _statement(found),
        "address": request.META.get("REMOTE_ADDR", ""),
        "browser": request.headers.get("User-Agent", "")[:300],
        "request_id": web.request_id(request),
    }
    if months and has_waived:
        evidence["waiver"] = _WAIVER.format(months=months)
    commands.accept_online(
        token=token,
        identity=_identity(request),
        has_agreed=request.POST.get("has_agreed") == "1",
        document_sha256=request.POST.get("document_sha256", ""),
        evidence=evidence,
        at=web.at(),
        code=request.POST.get("code", ""),
        alternative=request.POST.get("alternative", ""),
        has_waived=has_waived,
        request_id=web.request_id(request),
    )


@cache.never_cache
@methods.require_GET
def acceptance_document(request: http.HttpRequest, token: str) -> http.HttpResponseBase:
    """Give the customer the document that they are asked to accept."""
    found = queries.quote_by_token(token=token)
    content = queries.document(quote_id=found.id)
    if content is None:
        raise obstacles.not_found(_("Le document du devis"), found.reference)
    return pages.pdf(content, found)


@cache.never_cache
@methods.require_GET
def acceptance_kept(request: http.HttpRequest, token: str, kind: str) -> http.HttpResponseBase:
    """Give the customer the contract summary, then their order form and the evidence of their acceptance."""
    return offers.given(queries.quote_by_token(token=token), kind)
