"""Lines of a quote: windows for the grid, acts on cells and selections, the form of one line, the file of all."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import http as methods

from come.quote import commands, queries, records
from come.quote.policies import tables
from come.quote.views import forms, imports, pages
from come.shared import actor as actors, formatting, obstacles, text, web
from come.staff import policies as rights

_MOST_ROWS = 500
_ADDED_CELLS = (tables.USER_LABEL, tables.COST_CENTRE, tables.SITE)


@web.signed_in
@methods.require_GET
def rows(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give a window on the lines as JSON."""
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=web.actor(request))
    selection = forms.asked_view(request.GET)
    limit = min(forms.whole(request.GET.get("limit"), 100), _MOST_ROWS)
    page = queries.lines(quote_id=found.id, selection=selection, offset=forms.whole(request.GET.get("offset")), limit=limit)
    undo = queries.undo_state(quote_id=found.id, viewer=web.actor(request))
    body = {
        "rows": [_row(line) for line in page.rows],
        "undo": undo.undo_label,
        "redo": undo.redo_label,
        "total": page.total,
        "line_count": page.line_count,
        "issue_count": page.issue_count,
        "revision": page.revision,
    }
    return http.JsonResponse(body)


def _row(line: records.LineRecord) -> dict[str, Any]:
    blocking = [issue for issue in line.issues if issue.is_blocking]
    issues: dict[str, str] = {}
    for issue in line.issues:
        issues[issue.column] = " ".join(part for part in (issues.get(issue.column, ""), issue.message, issue.next_step) if part)
    monthly = None if line.monthly is None else line.monthly + (line.instalments_monthly or 0)
    return {
        **{column: line.cells.get(column, "") for column in tables.CELLS},
        "id": str(line.stable_id),
        "position": line.position,
        "monthly": formatting.money(monthly),
        "one_off": formatting.money(line.one_off),
        "issues": issues,
        "why": " · ".join(issue.message for issue in blocking or line.issues),
        "is_blocked": bool(blocking),
    }


@web.signed_in
@methods.require_POST
def paste(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Take a pasted table (grid or form), and say what became of it; a file is looked at before it is applied."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    if "file" in request.FILES:
        return imports.receive(request, reference)
    found = queries.quote(reference=reference, viewer=viewer)
    is_grid = request.content_type == "application/json"
    given = str(forms.json_of(request).get("text", "")) if is_grid else request.POST.get("table", "")
    try:
        answer = commands.paste_lines(
            quote_id=found.id, table_text=given, actor=web.acting(request), at=web.at(), consented_changes=forms.consent(request)
        )
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refused:
        if is_grid:
            raise
        return pages.quote_page(request, viewer, queries.quote(quote_id=found.id, viewer=viewer), refused)
    if is_grid:
        return http.JsonResponse(dataclasses.asdict(answer) | {"said": _said(answer)})
    messages.success(request, _said(answer))
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_POST
def add(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Add lines that are all alike, chosen in a form."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    found = queries.quote(reference=reference, viewer=viewer)
    cells = {column: request.POST.get(column, "").strip() for column in (*_ADDED_CELLS, tables.PLAN, tables.DEVICE)}
    cells[tables.OPTIONS] = "; ".join(request.POST.getlist(tables.OPTIONS))
    line = records.NewLine({column: value for column, value in cells.items() if value}, forms.whole(request.POST.get("quantity"), 1))
    try:
        forms.check_added(line)
        commands.add_lines(
            quote_id=found.id, lines=[line], actor=web.acting(request), at=web.at(), consented_changes=forms.consent(request)
        )
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refused:
        return pages.quote_page(request, viewer, queries.quote(quote_id=found.id, viewer=viewer), refused)
    messages.success(request, _added(line.quantity))
    return web.see_other(request, "quote:quote", reference)


def _added(count: int) -> str:
    return str(ngettext("%(count)s ligne ajoutée", "%(count)s lignes ajoutées", count) % {"count": formatting.number(count)})


def _said(answer: commands.PasteAnswer) -> str:
    parts = [_added(answer.added)] if answer.added or not answer.changed else []
    if answer.changed:
        said = ngettext("%(count)s ligne modifiée", "%(count)s lignes modifiées", answer.changed)
        parts.append(said % {"count": formatting.number(answer.changed)})
    if answer.to_correct:
        parts.append(_("%(count)s à corriger") % {"count": formatting.number(answer.to_correct)})
    if answer.unknown_headings:
        parts.append(_("colonnes ignorées : %(names)s") % {"names": ", ".join(answer.unknown_headings)})
    if answer.left_alone:
        said = ngettext(
            "%(count)s cellule changée entre-temps, laissée telle quelle",
            "%(count)s cellules changées entre-temps, laissées telles quelles",
            answer.left_alone,
        )
        parts.append(said % {"count": formatting.number(answer.left_alone)})
    if answer.ignored_rows:
        parts.append(_("%(count)s lignes en trop laissées de côté") % {"count": formatting.number(answer.ignored_rows)})
    return " · ".join(parts)


@web.signed_in
@methods.require_POST
def edit(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Write cells of the grid: `changes` by line; `seen` is what they held, `since` the revision that the screen showed."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    given = forms.json_of(request)
    changes = _cells_by_line(given.get("changes"))
    answer = commands.edit_lines(
        quote_id=found.id,
        changes=changes,
        actor=web.acting(request),
        at=web.at(),
        seen=_cells_by_line(given.get("seen")),
        since=forms.revision(given),
        consented_changes=forms.consent(request),
    )
    return http.JsonResponse(dataclasses.asdict(answer))


def _cells_by_line(given: Any) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = {}
    for key, cells in (given if isinstance(given, dict) else {}).items():
        line_id = forms.identifier(str(key))
        if line_id is not None and isinstance(cells, dict):
            found[line_id] = {str(column): str(value or "") for column, value in cells.items()}
    return found


@web.signed_in
@methods.require_POST
def edit_selection(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Write the same cells in every selected line."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    given = forms.json_of(request)
    cells = given.get("cells") or {}
    answer = commands.edit_selection(
        quote_id=found.id,
        selection=forms.selection_of(given),
        cells={str(column): str(value or "") for column, value in cells.items()},
        add_option=str(given.get("add_option", "")),
        remove_option=str(given.get("remove_option", "")),
        since=forms.revision(given),
        consented_changes=forms.consent(request),
        actor=web.acting(request),
        at=web.at(),
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_POST
def remove(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Remove the selected lines."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    given = forms.json_of(request)
    answer = commands.remove_lines(
        quote_id=found.id,
        selection=forms.selection_of(given),
        actor=web.acting(request),
        at=web.at(),
        since=forms.revision(given),
        consented_changes=forms.consent(request),
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def line(request: http.HttpRequest, reference: str, line_id: uuid.UUID) -> http.HttpResponseBase:
    """Show one line as a form, for who works without the grid."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, viewer=viewer)
    if request.method == "POST":
        try:
            return _save_line(request, found, line_id, web.acting(request))
        except obstacles.Conflict as refused:
            if forms.asked_consent(request, refused) is None:
                raise
            return pages.quote_page(request, viewer, found, refused)
    page = queries.lines(quote_id=found.id, selection=records.Selection(), limit=None)
    shown = next((one for one in page.rows if one.stable_id == line_id), None)
    if shown is None:
        raise obstacles.not_found(text.T("La ligne"), str(line_id))
    context = {
        "quote": found,
        "line": shown,
        "columns": [(column, _(tables.NAMES_FR[column])) for column in tables.CELLS],
        "choices": forms.choices(found),
    }
    return web.page(request, "quote/line.html", context)


def _save_line(request: http.HttpRequest, found: records.QuoteRecord, line_id: uuid.UUID, actor: actors.Actor) -> http.HttpResponseBase:
    if request.POST.get("act") == "remove":
        commands.remove_lines(
            quote_id=found.id, selection=records.Selection((line_id,)), actor=actor, at=web.at(), consented_changes=forms.consent(request)
        )
        messages.success(request, _("La ligne est retirée."))
    else:
        cells, seen = _written(request.POST)
        if cells:
            commands.edit_lines(
                quote_id=found.id,
                changes={line_id: cells},
                actor=actor,
                at=web.at(),
                seen={line_id: seen},
                consented_changes=forms.consent(request),
            )
        messages.success(request, _("La ligne est modifiée."))
    return web.see_other(request, "quote:quote", found.reference)


def _written(given: http.QueryDict) -> tuple[dict[str, str], dict[str, str]]:
    """Return the cells that the person changed in the form of a line, and what these held when it was drawn."""
    seen = {column: str(given[f"seen_{column}"]) for column in tables.CELLS if f"seen_{column}" in given}
    cells = {column: given.get(column, "") for column in tables.CELLS if given.get(column, "") != seen.get(column)}
    return cells, {column: value for column, value in seen.items() if column in cells}
