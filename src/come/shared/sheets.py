"""Tables as files: CSV and XLSX read whatever wrote them, and written so that a French Excel opens them with a double click.

A cell is a text: a number keeps its leading zeros and its twentieth digit. What starts like a formula is never run.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.shared import obstacles, text

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
_SEPARATORS = ("\t", ";", "|", ",")
_FORMULA_STARTS = frozenset("=+-@")
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What a file may unpack to: a small archive that unpacks to gigabytes is an attack.
_MOST_BYTES = 400_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_WIDEST = 40

Cell = str | int | Decimal | None


def split_text(given: str) -> list[list[str]]:
    """Return the cells of a table as text: tabs where there are some in the first row, else semicolons, bars or commas."""
    cleaned = given.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    first, _, rest = cleaned.lstrip("\n").partition("\n")
    if re.fullmatch(r"sep=.", first.strip(), re.IGNORECASE):
        separator, cleaned = first.strip()[-1], rest
    else:
        separator = next((mark for mark in _SEPARATORS if mark in first), "\t")
    try:
        return list(csv.reader(io.StringIO(cleaned), delimiter=separator))
    except csv.Error:
        # A quotation mark that nothing closes would swallow the rest of the table.
        return [line.split(separator) for line in cleaned.split("\n")]


def read_file(*, content: bytes, name: str) -> list[list[str]]:
    """Return the cells of an XLSX file's first sheet, or of a text file in any usual encoding; raises Refusal for anything else."""
    if content.startswith(_ZIP):
        return _read_xlsx(content, name)
    if content.startswith(_OLD_EXCEL):
        raise _unreadable(name, text.T("C’est l’ancien format d’Excel (.xls). Enregistrez-le en .xlsx ou en CSV, puis renvoyez-le."))
    encoding = next((known for mark, known in _BOMS if content.startswith(mark)), None)
    for candidate in (encoding,) if encoding else ("utf-8", "cp1252"):
        try:
            return split_text(content.decode(candidate))
        except UnicodeDecodeError:
            continue
    raise _unreadable(name, text.T("Dans le tableur, enregistrez-le en CSV (UTF-8) ou en XLSX, puis renvoyez-le."))


def _read_xlsx(content: bytes, name: str) -> list[list[str]]:
    import python_calamine  # noqa: PLC0415 - loaded by who reads a file, not by every process

    again = text.T("Ouvrez-le dans le tableur, enregistrez-le en XLSX ou en CSV, puis renvoyez-le.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > _MOST_BYTES:
                raise _unreadable(name, text.T("Il est trop grand : partagez-le en plusieurs fichiers."))
        book = python_calamine.load_workbook(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, python_calamine.CalamineError, IndexError):
        raise _unreadable(name, again) from None
    return [[_as_text(value) for value in row] for row in rows]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    return str(value)


def _unreadable(name: str, step: str) -> obstacles.Refusal:
    said = text.T("Le fichier « {name} » n’est pas un tableau lisible.", name=name)
    return obstacles.Refusal(obstacles.Obstacle("shared.unreadable_file", obstacles.Severity.REFUSAL, said, step))


def guarded(cell: str) -> str:
    """Keep a spreadsheet that reads text from running a cell that starts like a formula."""
    return f"'{cell}" if cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def unguarded(cell: str) -> str:
    """Return a cell as it was before `guarded`."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def write_csv(*, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV for a French Excel: semicolons, decimal commas, UTF-8 with its mark, formulas defused."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(headings)
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return guarded(cell)
    return "" if cell is None else str(cell).replace(".", ",")


def write_xlsx(*, title: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as one sheet of XLSX: texts as texts (never formulas, never rounded), amounts as numbers, headings frozen."""
    import xlsxwriter  # noqa: PLC0415 - loaded by who writes a file, not by every process

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(title[:31])
        as_text, as_amount, as_heading = (
            book.add_format({"num_format": "@"}),
            book.add_format({"num_format": "0.00"}),
            book.add_format({"bold": True}),
        )
        for place, heading in enumerate(headings):
            sheet.set_column(place, place, min(_WIDEST, max(12, len(heading) + 4)), as_text)
            sheet.write_string(0, place, heading, as_heading)
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(count, place, _CONTROL.sub("", cell), as_text)
                elif cell is not None:
                    sheet.write_number(count, place, cell, as_amount if isinstance(cell, Decimal) else None)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, count, max(0, len(headings) - 1))
    return out.getvalue()
