"""Lines of a quote: windows for the grid, acts on cells and selections, the form of one line, the file of all."""

from __future__ import annotations

import csv
import dataclasses
import io
import uuid
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import http as methods

from come.quote import commands, queries, records
from come.quote.policies import tables
from come.quote.views import forms, pages
from come.shared import actor as actors, formatting, obstacles, text, web
from come.staff import policies as rights

_MOST_ROWS = 500
_ADDED_CELLS = (tables.USER_LABEL, tables.COST_CENTRE, tables.SITE)
_ENCODINGS = ("utf-8-sig", "cp1252")


@web.signed_in
@methods.require_GET
def rows(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give a window on the lines as JSON."""
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=web.actor(request))
    selection = records.Selection(None, request.GET.get("q", ""), request.GET.get("a-corriger") == "1")
    limit = min(forms.whole(request.GET.get("limit"), 100), _MOST_ROWS)
    page = queries.lines(quote_id=found.id, selection=selection, offset=forms.whole(request.GET.get("offset")), limit=limit)
    body = {
        "rows": [_row(line) for line in page.rows],
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
    """Take a pasted table (grid or form) or a file, and say what became of it."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    found = queries.quote(reference=reference, viewer=viewer)
    is_grid = request.content_type == "application/json"
    given = str(forms.json_of(request).get("text", "")) if is_grid else _table_of(request)
    try:
        answer = commands.paste_lines(quote_id=found.id, table_text=given, actor=web.acting(request), at=web.at())
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
        commands.add_lines(quote_id=found.id, lines=[line], actor=web.acting(request), at=web.at())
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refused:
        return pages.quote_page(request, viewer, queries.quote(quote_id=found.id, viewer=viewer), refused)
    messages.success(request, _added(line.quantity))
    return web.see_other(request, "quote:quote", reference)


def _added(count: int) -> str:
    return str(ngettext("%(count)s ligne ajoutée", "%(count)s lignes ajoutées", count) % {"count": formatting.number(count)})


def _table_of(request: http.HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return request.POST.get("table", "")
    content: bytes = file.read()
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise obstacles.Refusal(
        obstacles.Obstacle(
            "quote.unreadable_file",
            obstacles.Severity.REFUSAL,
            text.T("Le fichier « {name} » n’est pas un texte lisible.", name=file.name),
            text.T("Dans le tableur, enregistrez-le en CSV (UTF-8), puis renvoyez-le."),
            "file",
        ),
    )


def _said(answer: commands.PasteAnswer) -> str:
    parts = [_added(answer.added)] if answer.added or not answer.changed else []
    if answer.changed:
        said = ngettext("%(count)s ligne modifiée", "%(count)s lignes modifiées", answer.changed)
        parts.append(said % {"count": formatting.number(answer.changed)})
    if answer.to_correct:
        parts.append(_("%(count)s à corriger") % {"count": formatting.number(answer.to_correct)})
    if answer.unknown_headings:
        parts.append(_("colonnes ignorées : %(names)s") % {"names": ", ".join(answer.unknown_headings)})
    if answer.ignored_rows:
        parts.append(_("%(count)s lignes en trop laissées de côté") % {"count": formatting.number(answer.ignored_rows)})
    return " · ".join(parts)


@web.signed_in
@methods.require_POST
def edit(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Write cells of the grid: `changes` by line (`seen` is what they held), or `values` down a column from a line on."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    given = forms.json_of(request)
    changes = _filled(found, given) if "values" in given else _cells_by_line(given.get("changes"))
    seen = _cells_by_line(given.get("seen"))
    answer = commands.edit_lines(quote_id=found.id, changes=changes, actor=web.acting(request), at=web.at(), seen=seen)
    return http.JsonResponse(dataclasses.asdict(answer))


def _cells_by_line(given: Any) -> dict[uuid.UUID, dict[str, str]]:
    found: dict[uuid.UUID, dict[str, str]] = {}
    for key, cells in (given if isinstance(given, dict) else {}).items():
        line_id = forms.identifier(str(key))
        if line_id is not None and isinstance(cells, dict):
            found[line_id] = {str(column): str(value or "") for column, value in cells.items()}
    return found


def _filled(found: records.QuoteRecord, given: dict[str, Any]) -> dict[uuid.UUID, dict[str, str]]:
    """Spread a copied column over the lines that follow the cell where it was pasted, in the order that the person sees."""
    selection = records.Selection(None, str(given.get("text", "")), bool(given.get("only_to_correct")))
    order = queries.selected_lines(quote_id=found.id, selection=selection)
    start = forms.identifier(str(given.get("line_id", "")))
    if start not in order:
        raise obstacles.not_found(text.T("La ligne"), str(given.get("line_id", "")))
    column = str(given.get("field", ""))
    return {line_id: {column: str(value)} for line_id, value in zip(order[order.index(start) :], given["values"], strict=False)}


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
        actor=web.acting(request),
        at=web.at(),
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_POST
def remove(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Remove the selected lines."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    answer = commands.remove_lines(
        quote_id=found.id, selection=forms.selection_of(forms.json_of(request)), actor=web.acting(request), at=web.at()
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_POST
def undo(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Take back the last act on the lines."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    label = commands.undo_edit(quote_id=found.id, actor=web.acting(request), at=web.at()).label
    said = _("Défait : %(label)s") % {"label": label} if label else _("Rien à défaire.")
    if request.content_type == "application/json":
        return http.JsonResponse({"said": said})
    messages.success(request, said)
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def line(request: http.HttpRequest, reference: str, line_id: uuid.UUID) -> http.HttpResponseBase:
    """Show one line as a form, for who works without the grid."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, viewer=viewer)
    if request.method == "POST":
        return _save_line(request, found, line_id, web.acting(request))
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
        commands.remove_lines(quote_id=found.id, selection=records.Selection((line_id,)), actor=actor, at=web.at())
        messages.success(request, _("La ligne est retirée."))
    else:
        cells, seen = _written(request.POST)
        if cells:
            commands.edit_lines(quote_id=found.id, changes={line_id: cells}, actor=actor, at=web.at(), seen={line_id: seen})
        messages.success(request, _("La ligne est modifiée."))
    return web.see_other(request, "quote:quote", found.reference)


def _written(given: http.QueryDict) -> tuple[dict[str, str], dict[str, str]]:
    """Return the cells that the person changed in the form of a line, and what these held when it was drawn."""
    seen = {column: str(given[f"seen_{column}"]) for column in tables.CELLS if f"seen_{column}" in given}
    cells = {column: given.get(column, "") for column in tables.CELLS if given.get(column, "") != seen.get(column)}
    return cells, {column: value for column, value in seen.items() if column in cells}


@web.signed_in
@methods.require_GET
def export(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give the lines (or those to correct) as CSV with their stable ids: corrected in a spreadsheet, they are pasted back."""
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=web.actor(request))
    selection = records.Selection(None, request.GET.get("q", ""), request.GET.get("a-corriger") == "1")
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow([*(_(tables.NAMES_FR[column]) for column in (tables.LINE_ID, *tables.CELLS)), _("HT par mois"), _("À corriger")])
    for one in queries.lines(quote_id=found.id, selection=selection, limit=None).rows:
        monthly = "" if one.monthly is None else str(one.monthly + (one.instalments_monthly or 0)).replace(".", ",")
        cells = [_guarded(one.cells.get(column, "")) for column in tables.CELLS]
        writer.writerow([str(one.stable_id), *cells, monthly, " · ".join(issue.message for issue in one.issues)])
    headers = {"Content-Disposition": f'attachment; filename="{found.reference}-v{found.version}.csv"'}
    return http.HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _guarded(cell: str) -> str:
    """Keep a spreadsheet from running a cell that starts like a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell
