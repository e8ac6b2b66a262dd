"""Agreements: the list, one agreement with its list prices, a new one from a template, a customer's part."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import commands, queries, records
from come.catalogue.views import words
from come.party import queries as party_queries
from come.shared import clock, obstacles, web
from come.staff import policies as rights


@web.signed_in
@methods.require_safe
def agreements(request: http.HttpRequest) -> http.HttpResponse:
    """List the agreements of the companies that this person follows."""
    viewer = web.actor(request)
    wanted = request.GET.get("q", "").strip()
    found = queries.visible_agreements(viewer=viewer, words=wanted)
    context = {
        "agreements": [(record, state_of(record, clock.today())) for record in found],
        "companies": _companies(found, viewer),
        "q": wanted,
        "may_write": rights.can(viewer, "agreement.write"),
    }
    return web.page(request, "catalogue/agreements.html", context)


def state_of(record: records.AgreementRecord, day: dt.date) -> tuple[str, str]:
    """Return where an agreement stands on a day, in a word, and its tone."""
    if record.state == "draft":
        return _("Brouillon"), "draft"
    if record.state == "ended" or (record.valid_to is not None and record.valid_to <= day):
        return _("Échu"), "cancelled"
    return (_("En vigueur"), "done") if record.valid_from <= day else (_("À venir"), "progress")


def _companies(found: list[records.AgreementRecord], viewer: Any) -> dict[Any, tuple[str, str]]:
    files = party_queries.files_of_units(legal_unit_ids={record.legal_unit_id for record in found}, viewer=viewer)
    return {file.legal_unit_id: (file.legal_name, file.reference) for file in reversed(files)}


@web.signed_in
@methods.require_safe
def agreement(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """Show an agreement: each clause beside the list prices that it changes."""
    return _agreement_page(request, reference)


def _agreement_page(
    request: http.HttpRequest, reference: str, *, status: int = 200, found: tuple[obstacles.Obstacle, ...] = ()
) -> http.HttpResponse:
    viewer = web.actor(request)
    record = queries.visible_agreement(reference=reference, viewer=viewer)
    today = clock.today()
    context = {
        **words.context(),
        "agreement": record,
        "state": state_of(record, today),
        "company": _companies([record], viewer).get(record.legal_unit_id),
        "lines": queries.clause_lines(agreement=record, at=today),
        "today": today,
        "may_sign": record.state == "draft" and rights.can(viewer, "agreement.write"),
        "may_audit": rights.can(viewer, "audit.read"),
        "obstacles": found,
    }
    return web.page(request, "catalogue/agreement.html", context, status=status)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def new_agreement(request: http.HttpRequest) -> http.HttpResponse:
    """Write an agreement for a customer from a template."""
    viewer = web.actor(request)
    rights.require(viewer, "agreement.write")
    if request.method != "POST":
        return _new_page(request)
    given = {name: request.POST.get(name, "").strip() for name in ("customer", "template", "name", "valid_from", "signed_date")}
    errors = _form_errors(given)
    if errors:
        return _new_page(request, given=given, errors=errors, status=422)
    try:
        customer = party_queries.customer_file(reference=given["customer"], viewer=viewer)
        answer = commands.create_agreement(
            name=given["name"],
            legal_unit_id=customer.legal_unit_id,
            template_code=given["template"],
            valid_from=dt.date.fromisoformat(given["valid_from"]),
            signed_date=dt.date.fromisoformat(given["signed_date"]) if given["signed_date"] else None,
            actor=web.acting(request),
            at=web.at(),
        )
    except obstacles.Refusal as refusal:
        return _new_page(request, given=given, found=refusal.obstacles, status=refusal.status)
    messages.success(request, _("Accord enregistré."))
    return web.see_other(request, "catalogue:agreement", answer.reference)


def _form_errors(given: dict[str, str]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in ("customer", "template", "name", "valid_from"):
        if not given[name]:
            errors[name] = [_("Ce champ est nécessaire.")]
    for name in ("valid_from", "signed_date"):
        if given[name] and not _is_day(given[name]):
            errors[name] = [_("Écrivez un jour, par exemple 2026-11-02.")]
    return errors


def _is_day(written: str) -> bool:
    try:
        dt.date.fromisoformat(written)
    except ValueError:
        return False
    return True


def _new_page(
    request: http.HttpRequest,
    *,
    given: dict[str, str] | None = None,
    errors: dict[str, list[str]] | None = None,
    found: tuple[obstacles.Obstacle, ...] = (),
    status: int = 200,
) -> http.HttpResponse:
    context = {
        "template_choices": [(template.code, template.name_fr) for template in queries.agreement_templates()],
        "given": given
        or {
            "customer": request.GET.get("client", ""),
            "template": "",
            "name": "",
            "valid_from": clock.today().isoformat(),
            "signed_date": "",
        },
        "errors": errors or {},
        "obstacles": found,
    }
    return web.page(request, "catalogue/new_agreement.html", context, status=status)


@web.signed_in
@methods.require_POST
def sign(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """Sign a draft agreement today."""
    actor = web.acting(request)
    queries.visible_agreement(reference=reference, viewer=actor)
    try:
        commands.sign_agreement(reference=reference, signed_date=clock.today(), actor=actor, at=web.at())
    except obstacles.Conflict as refusal:
        return _agreement_page(request, reference, status=refusal.status, found=refusal.obstacles)
    messages.success(request, _("Accord signé : ses prix s’appliquent à partir de sa date de début."))
    return web.see_other(request, "catalogue:agreement", reference)


@web.signed_in
@methods.require_safe
def company_agreements(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """Draw a customer's agreements on its page."""
    viewer = web.actor(request)
    found = queries.company_agreements(customer_reference=reference, viewer=viewer)
    context = {
        "agreements": [(record, state_of(record, clock.today())) for record in found],
        "customer_reference": reference,
        "may_write": rights.can(viewer, "agreement.write"),
    }
    return web.fragment(request, "catalogue/company_agreements.html", context)
