"""Read a table pasted from a spreadsheet: which separator, which columns, which rows."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Callable, Sequence

from come.shared import sheets, text

LINE_ID = "line_id"
USER_LABEL = "user_label"
PLAN = "plan"
OPTIONS = "options"
DEVICE = "device"
MSISDN = "msisdn"
RIO = "rio"
ICCID = "iccid"
IMEI = "imei"
EMAIL = "email"
COST_CENTRE = "cost_centre"
SITE = "site"
EID = "eid"
SITE_SIRET = "site_siret"
QUANTITY = "quantity"
# The place of a line is no cell, yet moving it is undone like a change of cell.
POSITION = "position"
# At which revision of the quote an export was made: read back, it tells what the file changed from what others changed since.
REVISION = "revision"
# What was conceded to a line, by number ("C1; C2"): kept and undone like a cell, but only a concession writes it.
CONCESSIONS = "concessions"
# The cells of a line, in the order of the grid and of a table without a heading.
CELLS = (USER_LABEL, PLAN, OPTIONS, DEVICE, MSISDN, RIO, ICCID, EMAIL, COST_CENTRE, SITE, IMEI, EID, SITE_SIRET)
# All that a line keeps: its cells, and what stands beside them.
KEPT = (*CELLS, QUANTITY, CONCESSIONS)
NAMES_FR = {
    LINE_ID: text.noop("Identifiant de ligne"),
    USER_LABEL: text.noop("Utilisateur"),
    PLAN: text.noop("Forfait"),
    OPTIONS: text.noop("Options"),
    DEVICE: text.noop("Terminal"),
    MSISDN: text.noop("Numéro"),
    RIO: text.noop("RIO"),
    ICCID: text.noop("ICCID"),
    EMAIL: text.noop("E-mail"),
    COST_CENTRE: text.noop("Centre de coûts"),
    SITE: text.noop("Site"),
    IMEI: text.noop("IMEI"),
    EID: text.noop("EID"),
    SITE_SIRET: text.noop("SIRET du site"),
    QUANTITY: text.noop("Quantité"),
    CONCESSIONS: text.noop("Remise"),
    REVISION: text.noop("Révision"),
}
_HEADINGS: dict[str, tuple[str, ...]] = {
    USER_LABEL: ("utilisateur", "nom", "collaborateur", "beneficiaire", "libelle", "salarie", "titulaire", "user", "user name", "name",
                 "label", "employee", "prenom nom", "nom prenom", "nom et prenom", "prenom et nom"),
    PLAN: ("forfait", "offre", "abonnement", "plan", "offer", "offering", "formule", "rate plan", "subscription", "tarif"),
    OPTIONS: ("options", "option", "add ons", "addons", "services"),
    DEVICE: ("terminal", "mobile", "telephone", "appareil", "device", "handset", "equipement", "smartphone", "modele"),
    MSISDN: ("numero", "numero de ligne", "ligne", "msisdn", "n de ligne", "n", "no", "number", "phone", "phone number", "numero mobile",
             "numero de telephone", "tel", "mobile number", "n mobile", "n de telephone"),
    RIO: ("rio", "code rio", "n rio", "numero rio"),
    ICCID: ("iccid", "sim", "carte sim", "numero de sim", "n sim", "n de sim", "sim card", "numero de carte sim"),
    IMEI: ("imei", "n imei", "numero imei"),
    EID: ("eid", "n eid", "numero eid", "esim", "eid esim"),
    SITE_SIRET: ("siret", "siret du site", "n siret", "numero siret", "siret etablissement", "siret de l etablissement"),
    EMAIL: ("e mail", "email", "mail", "courriel", "adresse electronique", "adresse mail", "adresse e mail", "email address"),
    COST_CENTRE: ("centre de cout", "centre de couts", "cost centre", "cost center", "analytique", "imputation", "code analytique", "cdc"),
    SITE: ("site", "etablissement", "agence", "lieu", "location", "ville"),
    QUANTITY: ("quantite", "qte", "nombre", "nb", "quantity", "qty", "nombre de lignes"),
    REVISION: ("revision", "revision du devis", "quote revision"),
    LINE_ID: ("id ligne", "identifiant de ligne", "identifiant", "line id", "id"),
}  # fmt: skip
# What an export adds for people: read back, it is neither a cell nor a surprise.
_SAID_FOR_PEOPLE = frozenset({"ht par mois", "ht une fois", "a corriger", "n ligne", "monthly excl tax", "once excl tax", "to correct"})
_BY_HEADING = {name: column for column, names in _HEADINGS.items() for name in names}
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_SPACES = re.compile(r"\s+")
_SAMPLE = 40
MAXIMUM_ROWS = 100_000
MAXIMUM_QUANTITY = 10_000
Guess = Callable[[Sequence[str]], str | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Table:
    """Rows as cells by column, in order; `unknown` names the headings that are not used, `extra` counts rows past the maximum."""

    rows: tuple[dict[str, str], ...]
    columns: tuple[str, ...]
    has_heading: bool
    unknown: tuple[str, ...]
    extra: int = 0


def fold(value: str) -> str:
    """Return a heading or an offer's name in lower case without accents or punctuation."""
    plain = unicodedata.normalize("NFKD", value).encode("ascii", "ignore").decode().lower()
    return _NOT_WORD.sub(" ", plain).strip()


def read(given: str, guess: Guess | None = None) -> Table:
    """Return the table that was pasted or sent as CSV; see `of_cells` for what is kept of it."""
    return of_cells(sheets.split_text(given), guess)


def of_cells(given: Sequence[Sequence[str]], guess: Guess | None = None) -> Table:
    """Return the table that these rows of cells make; empty rows are dropped, cells are trimmed.

    A first row is a heading when half of its cells are known headings; without heading, `guess` says what a column holds from its
    values, and the usual order does where it cannot.
    """
    found = [[sheets.unguarded(clean(cell)) for cell in row] for row in given]
    found = [row for row in found if any(row)]
    if not found:
        return Table((), (), has_heading=False, unknown=())
    heading = [_BY_HEADING.get(fold(cell)) for cell in found[0]]
    has_heading = is_heading(found[0])
    body = found[1:] if has_heading else found
    columns = _once(heading) if has_heading else _guessed(body, guess)
    unknown = tuple(
        cell
        for cell, column in zip(found[0], columns, strict=False)
        if has_heading and column is None and cell and fold(cell) not in _SAID_FOR_PEOPLE
    )
    return Table(
        rows=tuple(_row(columns, cells) for cells in body[:MAXIMUM_ROWS]),
        columns=tuple(column for column in columns if column),
        has_heading=has_heading,
        unknown=unknown,
        extra=max(0, len(body) - MAXIMUM_ROWS),
    )


def is_heading(first: Sequence[str]) -> bool:
    """Tell whether half of these cells at least are known headings."""
    filled = sum(1 for cell in first if cell)
    return sum(fold(cell) in _BY_HEADING for cell in first) >= max(1, (filled + 1) // 2)


def heading_words() -> list[str]:
    """Return every heading that is known, folded: the screen tells a table with headings from a block of cells by them."""
    return sorted(_BY_HEADING)


def clean(cell: str) -> str:
    """Return a cell without spaces around or doubled inside."""
    return _SPACES.sub(" ", cell).strip()


def _once(columns: Sequence[str | None]) -> list[str | None]:
    """Keep the first column of each name: a second « Nom » would overwrite the first."""
    kept: list[str | None] = []
    for column in columns:
        kept.append(None if column in kept else column)
    return kept


def _guessed(body: Sequence[Sequence[str]], guess: Guess | None) -> list[str | None]:
    width = max(len(row) for row in body)
    found: list[str | None] = [None] * width
    if guess is not None:
        for place in range(width):
            values = [row[place] for row in body[:_SAMPLE] if place < len(row) and row[place]]
            meant = guess(values) if values else None
            found[place] = meant if meant not in found else None
    if PLAN not in found and DEVICE not in found:
        return list(CELLS[:width]) + [None] * (width - len(CELLS))
    left = [column for column in (USER_LABEL, COST_CENTRE, SITE) if column not in found]
    for place, column in enumerate(found):
        if column is None and left and any(place < len(row) and row[place] for row in body[:_SAMPLE]):
            found[place] = left.pop(0)
    return found


def _row(columns: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    return {column: cell for column, cell in zip(columns, cells, strict=False) if column is not None and cell}
