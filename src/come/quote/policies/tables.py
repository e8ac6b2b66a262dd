"""Read a table pasted from a spreadsheet: which separator, which columns, which rows."""

from __future__ import annotations

import csv
import dataclasses
import io
import re
import unicodedata

PLAN = "plan"
OPTIONS = "options"
DEVICE = "device"
USER_LABEL = "user_label"
MSISDN = "msisdn"
RIO = "rio"
ICCID = "iccid"
EMAIL = "email"
COST_CENTRE = "cost_centre"
SITE = "site"
QUANTITY = "quantity"
LINE_ID = "line_id"
# The order of a table without a heading.
COLUMNS = (USER_LABEL, PLAN, OPTIONS, DEVICE, MSISDN, RIO, ICCID, COST_CENTRE, SITE, EMAIL)
_NAMES: dict[str, tuple[str, ...]] = {
    USER_LABEL: ("utilisateur", "nom", "collaborateur", "beneficiaire", "libelle", "user", "name", "label", "prenom nom", "nom prenom"),
    PLAN: ("forfait", "offre", "abonnement", "plan", "offer", "offering", "formule"),
    OPTIONS: ("options", "option", "services"),
    DEVICE: ("terminal", "mobile", "telephone", "appareil", "device", "handset", "equipement"),
    MSISDN: ("numero", "numero de ligne", "ligne", "msisdn", "n de ligne", "number", "phone", "numero mobile", "tel"),
    RIO: ("rio", "code rio"),
    ICCID: ("iccid", "sim", "carte sim", "numero de sim", "n sim"),
    EMAIL: ("e mail", "email", "mail", "courriel", "adresse electronique"),
    COST_CENTRE: ("centre de cout", "centre de couts", "cost centre", "cost center", "analytique", "imputation", "service imputation"),
    SITE: ("site", "etablissement", "agence", "lieu"),
    QUANTITY: ("quantite", "qte", "nombre", "quantity", "qty"),
    LINE_ID: ("id ligne", "identifiant de ligne", "line id"),
}
_BY_NAME = {name: column for column, names in _NAMES.items() for name in names}
_NOT_WORD = re.compile(r"[^a-z0-9]+")
MAXIMUM_ROWS = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Rows as cells by column, in order; `unknown` names the headings that are not used."""

    rows: tuple[dict[str, str], ...]
    has_heading: bool
    unknown: tuple[str, ...]


def fold(value: str) -> str:
    """Return a heading or an offer's name in lower case without accents or punctuation."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub(" ", plain).strip()


def read(given: str) -> Table:
    """Return the table that was pasted; empty rows are dropped, cells are trimmed.

    The separator is the tabulation where there is one, else the semicolon, else the comma.
    """
    cleaned = given.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = [row for row in csv.reader(io.StringIO(cleaned), delimiter=_separator(cleaned)) if any(cell.strip() for cell in row)]
    if not lines:
        return Table((), has_heading=False, unknown=())
    heading = [_BY_NAME.get(fold(cell)) for cell in lines[0]]
    has_heading = sum(column is not None for column in heading) >= max(1, (len([cell for cell in lines[0] if cell.strip()]) + 1) // 2)
    columns: list[str | None] = list(heading) if has_heading else list(COLUMNS)
    unknown = tuple(cell.strip() for cell, column in zip(lines[0], heading, strict=True) if has_heading and column is None and cell.strip())
    body = lines[1:] if has_heading else lines
    return Table(tuple(_row(columns, cells) for cells in body), has_heading=has_heading, unknown=unknown)


def _separator(given: str) -> str:
    first = given.lstrip("\n").split("\n", 1)[0]
    return next((mark for mark in ("\t", ";", ",") if mark in first), "\t")


def _row(columns: list[str | None], cells: list[str]) -> dict[str, str]:
    row: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        if column is not None and cell.strip():
            row[column] = " ".join(cell.split())
    return row
