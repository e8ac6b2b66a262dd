"""The customer's page: read the document, then accept it in their own name. No sign-in: the link is the key."""

from __future__ import annotations

from django import http
from django.conf import settings
from django.utils.translation import gettext as _
from django.views.decorators import cache, http as methods

from come.quote import commands, queries, records
from come.quote.policies import states
from come.quote.views import pages
from come.shared import obstacles, period, web

_STATEMENT = "J’ai lu le devis {reference}, version {version}, et ses conditions, et je l’accepte au nom de {customer}."


@cache.never_cache
@methods.require_http_methods(["GET", "POST"])
def acceptance(request: http.HttpRequest, token: str) -> http.HttpResponseBase:
    """Show the quote to its customer, and take their acceptance."""
    found = queries.quote_by_token(token=token)
    statement = _STATEMENT.format(reference=found.reference, version=found.version, customer=found.customer_name)
    refused: obstacles.Refusal | None = None
    if request.method == "POST":
        try:
            _accept(request, token, statement)
            return web.see_other(request, "quote:acceptance", token)
        except obstacles.NotFound:
            raise
        except obstacles.Refusal as raised:
            refused = raised
    context = {
        "quote": found,
        "statement": statement,
        "patterns": queries.patterns(quote_id=found.id),
        "operator": settings.COME_OPERATOR_NAME,
        "given": request.POST,
        "is_open": found.state == states.APPROVED and found.valid_until >= period.local_day(web.at()),
        "obstacles": refused.obstacles if refused else (),
    }
    return web.page(request, "quote/acceptance.html", context, status=refused.status if refused else 200)


def _accept(request: http.HttpRequest, token: str, statement: str) -> None:
    identity = records.Signatory(
        request.POST.get("signatory_name", ""), request.POST.get("signatory_role", ""), request.POST.get("signatory_email", "")
    )
    evidence = {
        "statement": statement,
        "address": request.META.get("REMOTE_ADDR", ""),
        "browser": request.headers.get("User-Agent", "")[:300],
        "request_id": web.request_id(request),
    }
    commands.accept_online(
        token=token,
        identity=identity,
        has_agreed=request.POST.get("has_agreed") == "1",
        document_sha256=request.POST.get("document_sha256", ""),
        evidence=evidence,
        at=web.at(),
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
