"""Lines as files that come back: each row has its line's id and the revision at which it left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.quote import queries, records
from come.quote.policies import tables
from come.quote.views import forms
from come.shared import sheets, web


@web.signed_in
@methods.require_GET
def export_csv(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give the lines that the filters show as CSV: corrected in a spreadsheet, they are pasted or sent back."""
    found = _asked(request, reference)
    content = sheets.write_csv(headings=_headings(), rows=_rows(found, forms.asked_view(request.GET)))
    return _file(content, found, sheets.CSV_TYPE, "csv")


@web.signed_in
@methods.require_GET
def export_xlsx(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give the lines that the filters show as XLSX, numbers and cards as texts that no spreadsheet rounds."""
    found = _asked(request, reference)
    content = sheets.write_xlsx(title=found.reference, headings=_headings(), rows=_rows(found, forms.asked_view(request.GET)))
    return _file(content, found, sheets.XLSX_TYPE, "xlsx")


def _asked(request: http.HttpRequest, reference: str) -> records.QuoteRecord:
    version = forms.whole(request.GET.get("version")) or None
    return queries.quote(reference=reference, version=version, viewer=web.actor(request))


def _headings() -> list[str]:
    names = [_(tables.NAMES_FR[column]) for column in (tables.LINE_ID, *tables.CELLS)]
    return [*names, _("HT par mois"), _("À corriger"), _(tables.NAMES_FR[tables.REVISION])]


def _rows(found: records.QuoteRecord, selection: records.Selection) -> Iterator[list[sheets.Cell]]:
    for one in queries.every_line(quote_id=found.id, selection=selection):
        monthly = None if one.monthly is None else one.monthly + (one.instalments_monthly or 0)
        reasons = " · ".join(" ".join(part for part in (issue.message, issue.next_step) if part) for issue in one.issues)
        yield [str(one.stable_id), *(one.cells.get(column, "") for column in tables.CELLS), monthly, reasons, found.revision]


def _file(content: bytes, found: records.QuoteRecord, content_type: str, ending: str) -> http.HttpResponse:
    headers: dict[str, Any] = {"Content-Disposition": f'attachment; filename="{found.reference}-v{found.version}.{ending}"'}
    return http.HttpResponse(content, content_type=content_type, headers=headers)
