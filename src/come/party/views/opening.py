"""The screen that opens a customer file: our own files first, then the registry, each with what can be done."""

from __future__ import annotations

import uuid
from typing import Any

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.party import commands, policies, queries
from come.party.matching import score
from come.party.views import company_pages
from come.shared import actor as actors, identifiers, obstacles, web
from come.staff import policies as rights, queries as staff_queries

_SHORTEST = 2
_SIREN_LENGTH = 9
_ASKS = ("party.looks_like", "party.looks_like_elsewhere")
_KEPT = ("siret", "name", "segment", "agency", "perimeter", "postcode")


@web.signed_in
@methods.require_GET
def new_customer(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the form that finds a company by SIREN, SIRET or name before anything is created."""
    rights.require(web.actor(request), "customer.write")
    return web.page(request, "party/new.html", _context(request))


@web.signed_in
@methods.require_GET
def new_customer_search(request: http.HttpRequest) -> http.HttpResponseBase:
    """Answer what is typed."""
    rights.require(web.actor(request), "customer.write")
    return web.fragment(request, "party/new_results.html", _context(request))


def _context(request: http.HttpRequest, text: str = "") -> dict[str, Any]:
    viewer = web.actor(request)
    text = text or request.GET.get("q", "").strip()
    postcode = request.GET.get("postcode", "").strip()
    context: dict[str, Any] = {
        "text": text,
        "postcode": postcode,
        "problem": "",
        "known": [],
        "published": [],
        "suggested": {},
        "followed": {},
        "registry_date": queries.registry_date(),
        "report_url": company_pages.address("ticket:report"),
        "segments": company_pages.segments(),
        "agencies": [(str(one.id), one.name) for one in staff_queries.agencies() if rights.can_see(viewer, one.id)],
        "asked": None,
        "obstacles": (),
    }
    if len(text) < _SHORTEST:
        return context
    siren, context["problem"] = _number(text)
    asked = score.Identity(name="" if siren else text, siren=siren, postcode=postcode)
    context["known"] = queries.candidates(asked=asked, viewer=viewer)
    context["published"] = queries.registry_search(text=text, postcode=postcode)
    context["followed"] = queries.followed(sirets=[one.siret for one in context["published"]], viewer=viewer)
    context["suggested"] = {
        one.siret: policies.suggested_segment(legal_form=one.legal_form, size_category=one.size_category) for one in context["published"]
    }
    return context


def _number(text: str) -> tuple[str, str]:
    """Return the SIREN in the words, and what is wrong with the number; both empty when the words are a name."""
    compact = "".join(character for character in text if not character.isspace() and character not in ".-")
    if not compact.isdigit() or len(compact) < _SIREN_LENGTH:
        return "", ""
    try:
        checked = identifiers.check_siren(compact) if len(compact) == _SIREN_LENGTH else identifiers.check_siret(compact)
    except identifiers.InvalidIdentifier as wrong:
        return compact[:_SIREN_LENGTH], str(wrong.reason)
    return checked[:_SIREN_LENGTH], ""


@web.signed_in
@methods.require_POST
def create_customer(request: http.HttpRequest) -> http.HttpResponseBase:
    """Open a file on a registry establishment; a duplicate is explained on the same page, with the file that exists."""
    acting = web.acting(request)
    siret = request.POST.get("siret", "")
    try:
        made = commands.create_customer_file(
            siret=siret,
            agency_id=_agency(request, acting),
            owner_id=acting.staff_id,
            segment=request.POST.get("segment", ""),
            perimeter=request.POST.get("perimeter", ""),
            name=request.POST.get("name", ""),
            different_because=request.POST.get("different_because", ""),
            actor=acting,
            at=web.at(),
        )
    except obstacles.Refusal as refused:
        return _again(request, refused, text=siret, action="party:create")
    return web.see_other(request, "party:company", made.reference)


@web.signed_in
@methods.require_POST
def create_provisional(request: http.HttpRequest) -> http.HttpResponseBase:
    """Open a provisional file: the sale never waits for the registry."""
    acting = web.acting(request)
    name = request.POST.get("name", "")
    try:
        made = commands.create_provisional_file(
            name=name,
            agency_id=_agency(request, acting),
            owner_id=acting.staff_id,
            segment=request.POST.get("segment", ""),
            postcode=request.POST.get("postcode", "").strip(),
            different_because=request.POST.get("different_because", ""),
            actor=acting,
            at=web.at(),
        )
    except obstacles.Refusal as refused:
        return _again(request, refused, text=name, action="party:create_provisional")
    return web.see_other(request, "party:company", made.reference)


def _again(request: http.HttpRequest, refused: obstacles.Refusal, *, text: str, action: str) -> http.HttpResponse:
    context = _context(request, text) | {"obstacles": refused.obstacles}
    if all(one.code in _ASKS for one in refused.obstacles):
        context["asked"] = {"action": action, "fields": {name: request.POST[name] for name in _KEPT if name in request.POST}}
    return web.page(request, "party/new.html", context, status=refused.status)


def _agency(request: http.HttpRequest, acting: actors.Actor) -> uuid.UUID:
    given = request.POST.get("agency", "")
    try:
        return uuid.UUID(given)
    except ValueError:
        pass
    if len(acting.agency_ids) == 1:
        return next(iter(acting.agency_ids))
    raise obstacles.not_found(_("L’agence"), given)
