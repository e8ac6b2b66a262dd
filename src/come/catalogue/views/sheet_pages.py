"""Screens by which an offer is written: a new one, its sheet saved at each step, its copies and versions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import commands, policies, queries
from come.catalogue.files import content, sheets
from come.catalogue.views import sheet_form, words
from come.shared import clock, obstacles, web
from come.staff import policies as rights


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def offering_new(request: http.HttpRequest) -> http.HttpResponse:
    """Begin an offer: a family and a name, or a copy of another offer; its sheet opens at once."""
    viewer = web.actor(request)
    rights.require(viewer, "catalogue.write")
    if request.method != "POST":
        return _new_page(request)
    name, kind, source = (request.POST.get(key, "").strip() for key in ("name", "kind", "source"))
    actor, at = web.acting(request), web.at()
    try:
        if source:
            offering_id = commands.copy_offering(offering_id=_source(source), name=name, actor=actor, at=at)
        else:
            offering_id = commands.create_draft(
                name=name, kind=kind, is_sellable_alone=kind not in {"option", "discount"}, actor=actor, at=at
            )
            commands.start_sheet(offering_id=offering_id, kind_fields=sheet_form.starting_fields(kind), actor=actor, at=at)
    except obstacles.NotAllowed:
        raise
    except obstacles.Refusal as refusal:
        return _new_page(request, found=refusal.obstacles, status=refusal.status)
    return web.see_other(request, "catalogue:edit_offering", offering_id)


def _source(code: str) -> uuid.UUID:
    versions = [record for record in queries.offering_versions(code=code, at=clock.today()) if record.lifecycle_status != "draft"]
    if not versions:
        raise obstacles.not_found(_("L’offre"), code)
    return versions[-1].id


def _new_page(request: http.HttpRequest, *, found: tuple[obstacles.Obstacle, ...] = (), status: int = 200) -> http.HttpResponse:
    sources = {record.code: record.name_fr for record in queries.all_versions(at=clock.today()) if record.lifecycle_status != "draft"}
    context = {
        "kind_choices": [(kind.value, _(name)) for kind, name in policies.KIND_NAMES_FR.items()],
        "source_choices": [("", _("Aucune : page blanche")), *((code, f"{name} ({code})") for code, name in sorted(sources.items()))],
        "given": request.POST if request.method == "POST" else request.GET,
        "obstacles": found,
    }
    return web.page(request, "catalogue/offering_new.html", context, status=status)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def edit_offering(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Show the sheet of a version; each save keeps all that was typed and says what is left to correct."""
    viewer = web.actor(request)
    if request.method != "POST":
        return _sheet_page(request, queries.sheet(offering_id=offering_id, viewer=viewer, today=clock.today()))
    record = queries.sheet(offering_id=offering_id, viewer=viewer, today=clock.today(), found=())
    try:
        typed = sheet_form.typed_from(request.POST, record.typed)
        # htmx sends the button that merely has the keyboard along with a save: it acts when it was pressed.
        if not web.is_htmx(request) or request.headers.get("HX-Trigger-Name") in {"add", "remove"}:
            typed = _with_rows(request.POST, typed)
        seen = request.POST.get("seen", "")
        answer = commands.save_sheet(
            offering_id=offering_id, typed=typed, seen=int(seen) if seen.isdigit() else -1, actor=web.acting(request), at=web.at()
        )
    except obstacles.NotAllowed:
        raise
    except obstacles.Refusal as refusal:
        record = queries.sheet(offering_id=offering_id, viewer=viewer, today=clock.today())
        # htmx shows a refusal where the state of the sheet stands; what was typed is still on the page.
        return _sheet_page(request, record, found=refusal.obstacles, status=200 if web.is_htmx(request) else refusal.status)
    return _sheet_page(request, queries.sheet(offering_id=offering_id, viewer=viewer, today=clock.today(), found=answer.problems))


def _with_rows(post: http.QueryDict, typed: sheets.Typed) -> sheets.Typed:
    """Add or remove the row that a button asks for."""
    added, (path, _dot, place) = post.get("add", ""), post.get("remove", "").rpartition(".")
    if added in sheet_form.LISTS:
        _replace(typed, added, [*sheet_form.rows_of(typed, added), sheet_form.new_row(added)])
    if path in sheet_form.LISTS and place.isdigit():
        rows = sheet_form.rows_of(typed, path)
        _replace(typed, path, [row for number, row in enumerate(rows) if number != int(place)])
    return typed


def _replace(typed: sheets.Typed, path: str, rows: list[dict[str, Any]]) -> None:
    if path.startswith("offering."):
        typed["offering"][path.removeprefix("offering.")] = rows
    else:
        typed[path] = rows


def _sheet_page(
    request: http.HttpRequest, record: queries.SheetRecord, *, found: tuple[obstacles.Obstacle, ...] = (), status: int = 200
) -> http.HttpResponse:
    viewer = web.actor(request)
    choices = sheet_form.options()
    parts = sheet_form.drawn(record.typed, choices)
    shown = {field["path"] for part in parts for row in part["rows"] for field in row} | {"offering.tariff"}
    errors: dict[str, list[Any]] = {}
    for problem in record.problems:
        errors.setdefault(problem.file, []).append(problem)
    publication = policies.publication_obstacles(
        code=record.code, approval=record.approval, edited_by_id=None, publisher_id=viewer.staff_id, author_ids=record.author_ids
    )
    context = {
        **words.context(),
        "sheet": record,
        "parts": parts,
        "errors": errors,
        "elsewhere": [problem for problem in record.problems if problem.file not in shown],
        "beside": [problem for problem in record.problems if problem.file in shown],
        "place_labels": {field["path"]: field["label"] for part in parts for row in part["rows"] for field in row},
        "tariff_choices": [*choices["tariffs"], (sheets.NEW_TARIFF, _("Un nouveau tarif"))],
        "has_tariff": record.typed["offering"].get("kind") in {"plan", "data_plan", "m2m", "sip_trunk", "option"},
        "may_edit": record.approval == "draft",
        "may_publish": rights.can(viewer, "catalogue.publish") and record.approval == "review",
        "publish_reason": " ".join(str(one.message) for one in publication),
        "may_audit": rights.can(viewer, "audit.read"),
        "obstacles": found,
        "today": clock.today(),
        "incoming": content.INCOMING,
    }
    return web.page(request, "catalogue/edit_offering.html", context, status=status)


@web.signed_in
@methods.require_POST
def new_version(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Begin the next version of an offer, to start on a day."""
    actor = web.acting(request)
    record = queries.visible_offering(offering_id=offering_id, viewer=actor)
    try:
        day = dt.date.fromisoformat(request.POST.get("valid_from", ""))
    except ValueError:
        day = clock.today() + dt.timedelta(days=1)
    try:
        made = commands.new_version(offering_id=offering_id, valid_from=day, actor=actor, at=web.at())
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        for one in refusal.obstacles:
            messages.error(request, f"{one.message} {one.next_step}")
        return web.see_other(request, "catalogue:offering", record.code)
    return web.see_other(request, "catalogue:edit_offering", made)


@web.signed_in
@methods.require_POST
def send_back(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Give a version in review back to its author."""
    commands.send_back(offering_id=offering_id, reason=request.POST.get("reason", ""), actor=web.acting(request), at=web.at())
    messages.success(request, _("Version rendue à son auteur."))
    return web.see_other(request, "catalogue:edit_offering", offering_id)
