"""Agreements: the list, one agreement with its list prices, a new one from a template, a customer's part."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import commands, policies, queries, records
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
    texts = queries.agreement_texts(agreement_id=record.id)
    # What holds on the day asked for; before it begins, on its first day.
    day = words.asked_day(request, max(today, record.valid_from))
    lines = queries.clause_lines(agreement=queries.in_force(record, day), at=day)
    may_write = rights.can(viewer, "agreement.write")
    members = party_queries.units_named(legal_unit_ids=[one.legal_unit_id for one in record.members])
    context = {
        **words.context(),
        "agreement": record,
        "state": state_of(record, today),
        "company": _companies([record], viewer).get(record.legal_unit_id),
        "lines": lines,
        "tiers": queries.clause_tiers(lines=lines, at=day),
        "members": [(*members[one.legal_unit_id], one) for one in record.members],
        "texts": [(one, _(policies.TEXT_WORDS[one.state]), policies.TEXT_TONES[one.state]) for one in texts],
        "open_text": next((one for one in texts if one.is_open), None),
        "day": day,
        "today": today,
        "may_amend": record.is_in_force(today) and may_write and not any(one.is_open for one in texts),
        "may_end": record.state == "signed" and (record.valid_to is None or today < record.valid_to) and may_write,
        "may_write": may_write,
        "may_audit": rights.can(viewer, "audit.read"),
        "obstacles": found,
    }
    return web.page(request, "catalogue/agreement.html", context, status=status)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def new_agreement(request: http.HttpRequest) -> http.HttpResponse:
    """Begin an agreement for a customer: from a template, from another agreement, or empty; its text opens at once."""
    viewer = web.actor(request)
    rights.require(viewer, "agreement.write")
    if request.method != "POST":
        return _new_page(request)
    given = {name: request.POST.get(name, "").strip() for name in ("customer", "source", "name", "valid_from")}
    errors = _form_errors(given)
    if errors:
        return _new_page(request, given=given, errors=errors, status=422)
    try:
        customer = party_queries.customer_file(reference=given["customer"], viewer=viewer)
        kind, _sep, code = given["source"].partition(":")
        _reference, text_id = commands.write_agreement(
            name=given["name"],
            legal_unit_id=customer.legal_unit_id,
            template_code=code if kind == "template" else "",
            source_reference=code if kind == "agreement" else "",
            valid_from=dt.date.fromisoformat(given["valid_from"]),
            actor=web.acting(request),
            at=web.at(),
        )
    except obstacles.Refusal as refusal:
        return _new_page(request, given=given, found=refusal.obstacles, status=refusal.status)
    return web.see_other(request, "catalogue:agreement_text", text_id)


def _form_errors(given: dict[str, str]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name in ("customer", "name", "valid_from"):
        if not given[name]:
            errors[name] = [_("Ce champ est nécessaire.")]
    if given["valid_from"] and not _is_day(given["valid_from"]):
        errors["valid_from"] = [_("Écrivez un jour, par exemple 2026-11-02.")]
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
        "templates": [(f"template:{template.code}", template.name_fr) for template in queries.agreement_templates()],
        "agreements": [
            (f"agreement:{one.reference}", f"{one.name} ({one.reference})")
            for one in queries.visible_agreements(viewer=web.actor(request))
            if one.state != "ended"
        ],
        "given": given
        or {
            "customer": request.GET.get("client", ""),
            "source": request.GET.get("modele", ""),
            "name": "",
            "valid_from": clock.today().isoformat(),
        },
        "errors": errors or {},
        "obstacles": found,
    }
    return web.page(request, "catalogue/new_agreement.html", context, status=status)


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
