"""Screens by which an agreement or an amendment is written, reviewed and signed; its end."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from typing import Any

from django import http
from django.contrib import messages
from django.utils import http as django_http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import commands, policies, queries
from come.catalogue.views import agreement_form, words
from come.party import queries as party_queries
from come.shared import clock, obstacles, web
from come.staff import policies as rights

_ROW_BUTTONS = frozenset({"add", "remove", "paste", "copy"})


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def agreement_text(request: http.HttpRequest, text_id: uuid.UUID) -> http.HttpResponse:
    """Show a text; each save keeps all that was typed and says what is left to correct."""
    record = queries.agreement_text(text_id=text_id, viewer=web.actor(request))
    if request.method != "POST":
        return _page(request, record)
    try:
        typed = agreement_form.typed_from(request.POST, record.typed)
        if not web.is_htmx(request) or request.headers.get("HX-Trigger-Name") in _ROW_BUTTONS:
            typed = _with_rows(request.POST, typed)
        seen = request.POST.get("seen", "")
        commands.save_text(text_id=text_id, typed=typed, seen=int(seen) if seen.isdigit() else -1, actor=web.acting(request), at=web.at())
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        return _page(request, record, found=refusal.obstacles, status=200 if web.is_htmx(request) else refusal.status)
    return _page(request, queries.agreement_text(text_id=text_id, viewer=web.actor(request)))


def _with_rows(post: http.QueryDict, typed: dict[str, Any]) -> dict[str, Any]:
    """Add the rows that a button asks for, copy one, or remove one."""
    added, (path, _dot, place) = post.get("add", ""), post.get("remove", "").rpartition(".")
    if added in agreement_form.LISTS:
        typed = {**typed, added: [*typed[added], agreement_form.new_row(added)]}
    if path in agreement_form.LISTS and place.isdigit():
        typed = {**typed, path: [row for number, row in enumerate(typed[path]) if number != int(place)]}
    copied, _dot, number = post.get("copy", "").rpartition(".")
    if copied in agreement_form.LISTS and number.isdigit():
        typed = agreement_form.with_copy(typed, copied, int(number))
    if post.get("paste") and post.get("table", "").strip():
        typed = {**typed, "clauses": [*typed["clauses"], *agreement_form.pasted(post.get("table", ""), queries.subject_choices())]}
    return typed


def _page(
    request: http.HttpRequest, record: queries.TextRecord, *, found: tuple[obstacles.Obstacle, ...] = (), status: int = 200
) -> http.HttpResponse:
    viewer = web.actor(request)
    agreement = queries.visible_agreement(agreement_id=record.agreement_id, viewer=viewer)
    choices = queries.subject_choices()
    sheet = queries.judged_text(record.typed)
    parts = agreement_form.drawn(record.typed, choices)
    shown = {field["path"]: field["label"] for part in parts for row in part["rows"] for field in row}
    errors: dict[str, list[Any]] = {}
    for problem in sheet.problems if record.state == "draft" else ():
        errors.setdefault(problem.file, []).append(problem)
    may_write = rights.can(viewer, "agreement.write")
    own = policies.approval_obstacles(approver_id=viewer.staff_id, author_ids=record.author_ids)
    company = party_queries.files_of_units(legal_unit_ids=[agreement.legal_unit_id], viewer=viewer)
    context = {
        **words.context(),
        "record": record,
        "agreement": agreement,
        "company": company[0] if company else None,
        "parts": parts,
        "errors": errors,
        "problems": sheet.problems,
        "place_labels": shown,
        "state": (_(policies.TEXT_WORDS[record.state]), policies.TEXT_TONES[record.state]),
        "lines": _priced(agreement, sheet),
        "changes": agreement_form.changes(queries.text_changes(record, sheet, agreement)) if record.is_open else [],
        "differences": _in_euros(record, sheet, agreement),
        "may_edit": record.state == "draft" and may_write,
        "may_write": may_write,
        "own_reason": " ".join(str(one.message) for one in own),
        "may_audit": rights.can(viewer, "audit.read"),
        "today": clock.today(),
        "obstacles": found,
    }
    return web.page(request, "catalogue/agreement_text.html", context, status=status)


def _in_euros(record: queries.TextRecord, sheet: Any, agreement: Any) -> Any:
    """Return what an amendment changes on its first day, in euros."""
    if sheet.words is None or not record.is_amendment or not record.is_open:
        return None
    day = sheet.words.valid_from
    after = dataclasses.replace(agreement, clauses=sheet.clauses, commitments=sheet.commitments)
    return queries.agreement_differences(
        before=queries.Side(agreement, day), after=queries.Side(after, day), listed_on=max(day, clock.today())
    )


def _priced(agreement: Any, sheet: Any) -> list[Any]:
    """Return what each clause of the text makes of today's list prices."""
    lines = queries.clause_lines(agreement=dataclasses.replace(agreement, clauses=sheet.clauses), at=clock.today())
    return [line for line in lines if line.prices or line.rates]


@web.signed_in
@methods.require_POST
def agreement_text_act(request: http.HttpRequest, text_id: uuid.UUID) -> http.HttpResponse:
    """Hand a text to a second person, approve it, send it back, sign it, or give it up."""
    actor, at = web.acting(request), web.at()
    record = queries.agreement_text(text_id=text_id, viewer=actor)
    act = request.POST.get("act", "")
    try:
        match act:
            case "submit":
                commands.submit_text(text_id=text_id, actor=actor, at=at)
                messages.success(request, _("Relecture demandée : une autre personne approuve."))
            case "approve":
                commands.approve_text(text_id=text_id, actor=actor, at=at)
                messages.success(request, _("Texte approuvé : il peut être signé."))
            case "send_back":
                commands.send_back_text(text_id=text_id, reason=request.POST.get("reason", ""), actor=actor, at=at)
                messages.success(request, _("Texte rendu à son auteur."))
            case "sign":
                _sign(request, text_id)
                messages.success(request, _("Signé : ses prix s’appliquent à partir de son premier jour."))
                return web.see_other(request, "catalogue:agreement", record.reference)
            case "withdraw":
                commands.withdraw_text(text_id=text_id, actor=actor, at=at)
                messages.success(request, _("Texte abandonné ; il reste lisible."))
                return web.see_other(request, "catalogue:agreement", record.reference)
            case _:
                raise http.Http404
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        return _page(request, record, found=refusal.obstacles, status=refusal.status)
    return web.see_other(request, "catalogue:agreement_text", text_id)


def _sign(request: http.HttpRequest, text_id: uuid.UUID) -> None:
    given = request.FILES.get("document")
    commands.sign_text(
        text_id=text_id,
        signed_date=_day(request.POST.get("signed_date", ""), "signed_date"),
        document_name=given.name or "" if given else "",
        # One byte more than is kept says that it is too large.
        document=given.read(commands.LARGEST_DOCUMENT_BYTES + 1) if given else b"",
        actor=web.acting(request),
        at=web.at(),
    )


def _day(written: str, path: str) -> dt.date:
    try:
        return dt.date.fromisoformat(written)
    except ValueError:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "catalogue.agreement.day",
                obstacles.Severity.REFUSAL,
                _("Ce n’est pas un jour."),
                _("Choisissez un jour dans le calendrier."),
                path,
            )
        ) from None


@web.signed_in
@methods.require_POST
def amend_agreement(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """Begin an amendment of a signed agreement; its text opens."""
    try:
        text_id = commands.amend_agreement(
            reference=reference,
            effective_date=_day(request.POST.get("effective_date", ""), "effective_date"),
            actor=web.acting(request),
            at=web.at(),
        )
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        return _said(request, reference, refusal)
    return web.see_other(request, "catalogue:agreement_text", text_id)


@web.signed_in
@methods.require_POST
def end_agreement(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """End an agreement early, with the reason."""
    try:
        commands.end_agreement(
            reference=reference,
            end_date=_day(request.POST.get("end_date", ""), "end_date"),
            reason=request.POST.get("reason", ""),
            actor=web.acting(request),
            at=web.at(),
        )
        messages.success(request, _("C’est noté : l’accord ne fera plus de prix à partir de ce jour."))
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        return _said(request, reference, refusal)
    return web.see_other(request, "catalogue:agreement", reference)


def _said(request: http.HttpRequest, reference: str, refusal: obstacles.Refusal) -> http.HttpResponse:
    for one in refusal.obstacles:
        messages.error(request, f"{one.message} {one.next_step}")
    return web.see_other(request, "catalogue:agreement", reference)


@web.signed_in
@methods.require_safe
def signed_document(request: http.HttpRequest, text_id: uuid.UUID) -> http.HttpResponse:
    """Give the document that was signed."""
    name, content = queries.signed_document(text_id=text_id, viewer=web.actor(request))
    header = django_http.content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return http.HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": header})
