"""A file of lines: read, its differences shown, applied or forgotten."""

from __future__ import annotations

import uuid
from typing import Any

from django import http
from django.contrib import messages
from django.core.files import uploadedfile
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import http as methods

from come.quote import commands, queries, records
from come.quote.policies import states, tables
from come.quote.views import forms, pages
from come.shared import formatting, obstacles, sheets, text, web
from come.staff import policies as rights

_SHOWN = 200


def receive(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Read the file of a form and go to its differences; what cannot be read is said on the quote's page."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, viewer=viewer)
    file = request.FILES["file"]
    assert isinstance(file, uploadedfile.UploadedFile)
    try:
        cells = sheets.read_file(content=file.read(), name=file.name or "")
        import_id = commands.prepare_import(
            quote_id=found.id, name=file.name or _("fichier"), given=cells, actor=web.acting(request), at=web.at()
        )
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refused:
        return pages.quote_page(request, viewer, found, refused)
    return web.see_other(request, "quote:import", reference, import_id)


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def import_lines(request: http.HttpRequest, reference: str, import_id: uuid.UUID) -> http.HttpResponseBase:
    """Show what a file that was read would change; apply it, or forget it."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    found = queries.quote(reference=reference, viewer=viewer)
    preview = queries.import_preview(import_id=import_id)
    if preview.quote_id != found.id:
        raise obstacles.not_found(text.T("Le fichier lu"), import_id)
    if request.method == "POST":
        try:
            return _decide(request, found, import_id)
        except obstacles.Conflict as refused:
            context = _context(found, preview) | {"obstacles": refused.obstacles, "consent": forms.asked_consent(request, refused)}
            return web.page(request, "quote/import.html", context, status=refused.status)
    return web.page(request, "quote/import.html", _context(found, preview) | {"obstacles": (), "consent": None})


def _context(found: records.QuoteRecord, preview: queries.ImportPreview) -> dict[str, Any]:
    merge = preview.merge
    return {
        "quote": found,
        "preview": preview,
        "merge": merge,
        "names": {column: _(tables.NAMES_FR[column]) for column in tables.CELLS},
        "changed_count": len(merge.cells),
        "changes": merge.changes[:_SHOWN],
        "added": merge.added[:_SHOWN],
        "missing": merge.missing[:_SHOWN],
        "is_editable": found.state == states.IN_PROGRESS and not preview.is_applied,
        "has_effect": bool(merge.added or merge.changes or merge.disputed or merge.missing),
    }


def _decide(request: http.HttpRequest, found: records.QuoteRecord, import_id: uuid.UUID) -> http.HttpResponseBase:
    if request.POST.get("act") == "forget":
        commands.forget_import(import_id=import_id, actor=web.acting(request), at=web.at())
        messages.info(request, _("Le fichier est oublié ; le devis n’a pas changé."))
        return web.see_other(request, "quote:quote", found.reference)
    answer = commands.apply_import(
        import_id=import_id,
        actor=web.acting(request),
        at=web.at(),
        remove_missing=request.POST.get("remove_missing") == "1",
        take_disputed=request.POST.get("take_disputed") == "1",
        consented_changes=forms.consent(request),
    )
    messages.success(request, _said(answer))
    return web.see_other(request, "quote:quote", found.reference)


def _said(answer: commands.ImportAnswer) -> str:
    counts = (
        (answer.added, ngettext("%(count)s ligne ajoutée", "%(count)s lignes ajoutées", answer.added)),
        (answer.changed, ngettext("%(count)s ligne modifiée", "%(count)s lignes modifiées", answer.changed)),
        (answer.removed, ngettext("%(count)s ligne retirée", "%(count)s lignes retirées", answer.removed)),
        (answer.to_correct, _("%(count)s à corriger")),
    )
    parts = [said % {"count": formatting.number(count)} for count, said in counts if count]
    return " · ".join(parts) or _("Le fichier ne changeait rien.")
