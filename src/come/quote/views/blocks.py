"""Acts of the grid that a spreadsheet has: blocks and fills, clones, rows inserted and moved, undo and redo."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import http as methods

from come.quote import commands, queries, records
from come.quote.policies import tables
from come.quote.views import forms
from come.shared import formatting, obstacles, text, web


def _found(request: http.HttpRequest, reference: str) -> records.QuoteRecord:
    return queries.quote(reference=reference, viewer=web.actor(request))


@web.signed_in
@methods.require_POST
def block(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Write cells from one cell on, to the right and down; past the last line, lines are added."""
    found = _found(request, reference)
    given = forms.json_of(request)
    start = forms.identifier(str(given.get("line_id", "")))
    rows = given.get("rows")
    if start is None or not isinstance(rows, list):
        raise obstacles.not_found(text.T("La ligne"), str(given.get("line_id", "")))
    wanted = commands.Block(
        start=start,
        columns=[str(column) for column in given.get("columns", ())],
        rows=[[str(cell or "") for cell in row] for row in rows[: tables.MAXIMUM_ROWS] if isinstance(row, list)],
        count=int(given.get("count") or 0),
        view=forms.view_of(given),
    )
    answer = commands.paste_block(
        quote_id=found.id,
        block=wanted,
        actor=web.acting(request),
        at=web.at(),
        since=forms.revision(given),
        consented_changes=forms.consent(request),
    )
    return http.JsonResponse(dataclasses.asdict(answer) | {"said": _block_said(answer)})


def _block_said(answer: commands.BlockAnswer) -> str:
    parts = []
    if answer.changed:
        said = ngettext("%(count)s ligne modifiée", "%(count)s lignes modifiées", answer.changed)
        parts.append(said % {"count": formatting.number(answer.changed)})
    if answer.added:
        said = ngettext("%(count)s ligne ajoutée", "%(count)s lignes ajoutées", answer.added)
        parts.append(said % {"count": formatting.number(answer.added)})
    if answer.to_correct:
        parts.append(_("%(count)s à corriger") % {"count": formatting.number(answer.to_correct)})
    return " · ".join(parts)


@web.signed_in
@methods.require_POST
def clone(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Copy the selected lines so many times."""
    found = _found(request, reference)
    given = forms.json_of(request)
    answer = commands.clone_lines(
        quote_id=found.id,
        selection=forms.selection_of(given),
        times=forms.whole(str(given.get("times", "1"))),
        actor=web.acting(request),
        at=web.at(),
        consented_changes=forms.consent(request),
    )
    said = ngettext("%(count)s ligne ajoutée", "%(count)s lignes ajoutées", answer.touched) % {"count": formatting.number(answer.touched)}
    return http.JsonResponse(dataclasses.asdict(answer) | {"said": said})


@web.signed_in
@methods.require_POST
def insert(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Insert empty lines before a line."""
    found = _found(request, reference)
    given = forms.json_of(request)
    before = forms.identifier(str(given.get("line_id", "")))
    if before is None:
        raise obstacles.not_found(text.T("La ligne"), str(given.get("line_id", "")))
    count = forms.whole(str(given.get("count", "1")))
    answer = commands.insert_lines(
        quote_id=found.id, before=before, count=count, actor=web.acting(request), at=web.at(), consented_changes=forms.consent(request)
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_POST
def move(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Move the selected lines up or down."""
    found = _found(request, reference)
    given = forms.json_of(request)
    steps = given.get("steps")
    answer = commands.move_lines(
        quote_id=found.id,
        selection=forms.selection_of(given),
        steps=steps if isinstance(steps, int) else 0,
        actor=web.acting(request),
        at=web.at(),
    )
    return http.JsonResponse(dataclasses.asdict(answer))


@web.signed_in
@methods.require_POST
def undo(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Take back one's last act on the lines."""
    found = _found(request, reference)
    answer = commands.undo_edit(
        quote_id=found.id,
        actor=web.acting(request),
        at=web.at(),
        keep_others=_keeps_others(request),
        consented_changes=forms.consent(request),
    )
    return _turned(request, reference, answer, _("Défait : %(label)s") % {"label": answer.label} if answer.label else _("Rien à défaire."))


@web.signed_in
@methods.require_POST
def redo(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Do again what one undid last."""
    found = _found(request, reference)
    answer = commands.redo_edit(
        quote_id=found.id,
        actor=web.acting(request),
        at=web.at(),
        keep_others=_keeps_others(request),
        consented_changes=forms.consent(request),
    )
    return _turned(request, reference, answer, _("Refait : %(label)s") % {"label": answer.label} if answer.label else _("Rien à refaire."))


def _keeps_others(request: http.HttpRequest) -> bool:
    return request.content_type == "application/json" and bool(forms.json_of(request).get("keep_others"))


def _turned(request: http.HttpRequest, reference: str, answer: Any, said: str) -> http.HttpResponseBase:
    if request.content_type == "application/json":
        return http.JsonResponse(dataclasses.asdict(answer) | {"said": said})
    messages.success(request, said)
    return web.see_other(request, "quote:quote", reference)
