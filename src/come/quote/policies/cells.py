"""What the cells of a line mean, and what is wrong with each: one function for paste, edit and API."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from come.catalogue import records as catalogue
from come.quote import records
from come.quote.policies import tables
from come.quote.pricing import rules
from come.shared import identifiers, text

_OPTION_SEPARATOR = re.compile(r"\s*[,;|]\s*")
# These also stand inside the names of options: « Internet + 10 Go ».
_WEAK_SEPARATOR = re.compile(r"\s*[+/]\s*|\s+et\s+", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ICCID = re.compile(r"89\d{16,18}F?")
_IMEI = re.compile(r"\d{15}")
_RIO = re.compile(r"[0-9A-Z]{2}[EP][0-9A-Z+]{9}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_EID = re.compile(r"\d{32}")
# 8,93301E+18: what a spreadsheet makes of a long number that is not text.
_ROUNDED = re.compile(r"\d[.,]\d+E\+\d+", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s.\-_/\u00a0\u202f]+")
OPTION_KINDS = frozenset(
    {
        catalogue.OfferingKind.OPTION,
        catalogue.OfferingKind.SERVICE,
        catalogue.OfferingKind.NUMBER_BLOCK,
        catalogue.OfferingKind.ACCESSORY,
    },
)
DEVICE_KINDS = frozenset({catalogue.OfferingKind.DEVICE, catalogue.OfferingKind.ACCESSORY})
_PLACES = {tables.PLAN: rules.KINDS_ALONE, tables.OPTIONS: OPTION_KINDS, tables.DEVICE: DEVICE_KINDS}
_NOT_PLACE = {
    tables.PLAN: text.noop("« {name} » n’est pas une offre principale."),
    tables.OPTIONS: text.noop("« {name} » n’est pas une option."),
    tables.DEVICE: text.noop("« {name} » n’est pas un terminal."),
}
_LENGTHS = {tables.USER_LABEL: 120, tables.EMAIL: 120, tables.COST_CENTRE: 40, tables.SITE: 80}
_MOST_NEAR = 3
_USUAL = 0.6


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    """Offerings by folded code and by folded French name; what was looked up is remembered, columns repeat themselves."""

    by_word: Mapping[str, tuple[catalogue.OfferingRecord, ...]]
    _memory: dict[tuple[str, str], tuple[catalogue.OfferingRecord, ...]] = dataclasses.field(default_factory=dict)

    @staticmethod
    def of(offerings: Iterable[catalogue.OfferingRecord]) -> Lookup:
        """Build the look-up of a catalogue."""
        words: dict[str, tuple[catalogue.OfferingRecord, ...]] = {}
        for offering in offerings:
            if offering.kind == catalogue.OfferingKind.DISCOUNT:
                continue
            for word in {tables.fold(offering.code), tables.fold(offering.name_fr)}:
                words[word] = (*words.get(word, ()), offering)
        return Lookup(words)

    def find(self, given: str, column: str) -> tuple[catalogue.OfferingRecord, ...]:
        """Return the offerings that bear this code or name, else all whose name holds these words; those of the column's kinds first."""
        key = (given, column)
        if key not in self._memory:
            self._memory[key] = self._find(tables.fold(given), _PLACES[column])
        return self._memory[key]

    def _find(self, wanted: str, kinds: frozenset[catalogue.OfferingKind]) -> tuple[catalogue.OfferingRecord, ...]:
        if not wanted:
            return ()
        words = set(wanted.split())
        exact = self.by_word.get(wanted, ())
        near = {one.code: one for word, found in self.by_word.items() if wanted in word or words <= set(word.split()) for one in found}
        for found in (exact, tuple(near.values())):
            fitting = tuple(one for one in found if one.kind in kinds)
            if fitting:
                return fitting
        return exact or tuple(near.values())


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """A line understood: its pattern (None when it has no usable offer), its identifiers, its issues."""

    pattern: records.Pattern | None
    user_label: str
    msisdn: str
    rio: str
    iccid: str
    imei: str
    email: str
    cost_centre: str
    site: str
    eid: str
    site_siret: str
    issues: tuple[records.Issue, ...]

    @property
    def has_obstacle(self) -> bool:
        """Tell whether the line must be corrected before the quote leaves."""
        return self.pattern is None or any(issue.is_blocking for issue in self.issues)


def understand(
    cells: Mapping[str, str],
    lookup: Lookup,
    *,
    bundle_code: str = "",
    alternative: str = "",
    cost_centres: frozenset[str] | None = None,
) -> Meaning:
    """Read the cells of one line; every bad cell has its own issue. `cost_centres`: those of the account, None = not checked."""
    issues: list[records.Issue] = []
    pattern = _pattern(cells, lookup, bundle_code, issues)
    conceded = conceded_numbers(cells)
    if pattern is not None and (alternative or conceded):
        pattern = dataclasses.replace(pattern, alternative=alternative, concessions=conceded)
    number = cells.get(tables.MSISDN, "")
    msisdn = _checked(number, tables.MSISDN, identifiers.check_msisdn, issues)
    rio = _rio(cells.get(tables.RIO, ""), msisdn, number, issues)
    centre = cells.get(tables.COST_CENTRE, "")
    if centre and cost_centres is not None and centre not in cost_centres:
        known = ", ".join(sorted(cost_centres)[:6]) or text.T("aucun")
        message = text.T("Le compte n’a pas de centre de coûts « {code} ».", code=centre)
        step = text.T("Connus : {known}. Ajoutez-le au compte, ou corrigez.", known=known)
        _add(issues, tables.COST_CENTRE, "unknown", message, step, severity="warning")
    email = cells.get(tables.EMAIL, "")
    if email and not _EMAIL.fullmatch(email):
        message = text.T("« {email} » n’est pas une adresse e-mail.", email=email)
        _add(issues, tables.EMAIL, "form", message, text.T("Corrigez l’adresse."))
    quantity = cells.get(tables.QUANTITY, "")
    if quantity:
        message = text.T("« {given} » n’est pas une quantité : une seule ligne a été faite.", given=quantity)
        _add(issues, tables.QUANTITY, "form", message, text.T("Ajoutez les autres lignes."), severity="warning")
    for column, most in _LENGTHS.items():
        if len(cells.get(column, "")) > most:
            _add(issues, column, "long", text.T("Ce texte dépasse {most} caractères.", most=most), text.T("Raccourcissez-le."))
    return Meaning(
        pattern=pattern,
        user_label=cells.get(tables.USER_LABEL, "")[: _LENGTHS[tables.USER_LABEL]],
        msisdn=msisdn,
        rio=rio,
        iccid=_checked(cells.get(tables.ICCID, ""), tables.ICCID, identifiers.check_iccid, issues),
        imei=_checked(cells.get(tables.IMEI, ""), tables.IMEI, identifiers.check_imei, issues),
        email=email[: _LENGTHS[tables.EMAIL]],
        cost_centre=centre[: _LENGTHS[tables.COST_CENTRE]],
        site=cells.get(tables.SITE, "")[: _LENGTHS[tables.SITE]],
        eid=_checked(cells.get(tables.EID, ""), tables.EID, identifiers.check_eid, issues),
        site_siret=_checked(cells.get(tables.SITE_SIRET, ""), tables.SITE_SIRET, identifiers.check_siret, issues),
        issues=tuple(issues),
    )


def conceded_numbers(cells: Mapping[str, str]) -> tuple[str, ...]:
    """Return the numbers of what was conceded to a line, sorted."""
    return tuple(sorted(filter(None, _OPTION_SEPARATOR.split(cells.get(tables.CONCESSIONS, "")))))


def _pattern(cells: Mapping[str, str], lookup: Lookup, bundle_code: str, issues: list[records.Issue]) -> records.Pattern | None:
    plan_cell, device_cell = cells.get(tables.PLAN, ""), cells.get(tables.DEVICE, "")
    plan = _offering(plan_cell, tables.PLAN, lookup, issues)
    device = _offering(device_cell, tables.DEVICE, lookup, issues)
    options = _options(cells.get(tables.OPTIONS, ""), lookup, issues)
    if not plan_cell and not device_cell:
        _add(issues, tables.PLAN, "missing", text.T("L’offre manque."), text.T("Écrivez son nom ou son code."))
    is_misread = (plan_cell and plan is None) or (device_cell and device is None) or options is None
    if is_misread or (plan is None and device is None):
        return None
    codes = tuple(sorted({option.code for option in options or ()}))
    # A device sold without a subscription is its own line.
    main = plan or device
    assert main is not None
    return records.Pattern(main.code, codes, device.code if plan and device else "", bundle_code)


def _options(given: str, lookup: Lookup, issues: list[records.Issue]) -> list[catalogue.OfferingRecord] | None:
    """Return the options of a cell, or None when one of them is not understood."""
    if not given:
        return []
    found = [_offering(word, tables.OPTIONS, lookup, issues) for word in _option_words(given, lookup)]
    known = [option for option in found if option is not None]
    return known if len(known) == len(found) else None


def _option_words(given: str, lookup: Lookup) -> list[str]:
    words: list[str] = []
    for piece in _OPTION_SEPARATOR.split(given):
        words += [piece] if lookup.find(piece, tables.OPTIONS) else _WEAK_SEPARATOR.split(piece)
    return [word for word in words if word]


def canonical(
    cells: Mapping[str, str], meaning: Meaning, lookup: Lookup, offerings: Mapping[str, catalogue.OfferingRecord]
) -> dict[str, str]:
    """Return the cells in their clean writing; those that are wrong stay as they were typed."""
    wrong = {issue.column for issue in meaning.issues if issue.is_blocking}
    shown = dict(cells)
    pattern = meaning.pattern
    if pattern is not None:
        is_device_alone = not cells.get(tables.PLAN)
        names = {code: _name(code, lookup, offerings) for code in pattern.codes}
        shown[tables.PLAN] = "" if is_device_alone else names[pattern.plan_code]
        shown[tables.DEVICE] = names[pattern.plan_code] if is_device_alone else names.get(pattern.device_code, "")
        shown[tables.OPTIONS] = "; ".join(names[code] for code in pattern.option_codes)
    clean = {
        tables.MSISDN: identifiers.format_msisdn(meaning.msisdn) if meaning.msisdn else "",
        tables.RIO: meaning.rio,
        tables.ICCID: meaning.iccid,
        tables.IMEI: meaning.imei,
        tables.EID: meaning.eid,
        tables.SITE_SIRET: meaning.site_siret,
    }
    shown |= {column: value for column, value in clean.items() if value and column not in wrong}
    return {column: shown[column] for column in tables.KEPT if shown.get(column)}


def is_same(column: str, old: str, new: str, *, lookup: Lookup) -> bool:
    """Tell whether two writings of a cell say the same: the name and the code of an offer, spaces in a number."""
    if not old or not new:
        return not old and not new
    if column in {tables.PLAN, tables.DEVICE, tables.OPTIONS}:
        meant = _codes(old, column, lookup)
        return meant is not None and meant == _codes(new, column, lookup)
    if column in UNIQUE_COLUMNS or column in {tables.RIO, tables.SITE_SIRET}:
        return _compact(old) == _compact(new)
    return False


def _codes(given: str, column: str, lookup: Lookup) -> frozenset[str] | None:
    words = _option_words(given, lookup) if column == tables.OPTIONS else [given]
    found = [lookup.find(word, column) for word in words]
    return frozenset(one.code for (one,) in found) if all(len(each) == 1 for each in found) else None


def _name(code: str, lookup: Lookup, offerings: Mapping[str, catalogue.OfferingRecord]) -> str:
    name = offerings[code].name_fr
    return name if len(lookup.by_word.get(tables.fold(name), ())) == 1 else code


def _offering(given: str, column: str, lookup: Lookup, issues: list[records.Issue]) -> catalogue.OfferingRecord | None:
    if not given:
        return None
    found = lookup.find(given, column)
    if len(found) > 1:
        near = ", ".join(sorted(offering.name_fr for offering in found)[:_MOST_NEAR])
        message = text.T("« {given} » désigne {count} offres : {near}…", given=given, count=len(found), near=near)
        _add(issues, column, "ambiguous", message, text.T("Écrivez le nom entier ou le code."))
        return None
    if not found:
        message = text.T("« {given} » n’est pas une offre en vente.", given=given)
        _add(issues, column, "unknown", message, text.T("Cherchez-la au catalogue, ou choisissez dans la liste."))
        return None
    (offering,) = found
    if offering.kind in _PLACES[column]:
        return offering
    if offering.kind == catalogue.OfferingKind.BUNDLE:
        message = text.T("« {name} » se compose de plusieurs lignes.", name=offering.name_fr)
        _add(issues, column, "bundle", message, text.T("Ajoutez-la par « Ajouter une offre convergente »."))
        return None
    _add(issues, column, "place", text.T(_NOT_PLACE[column], name=offering.name_fr), text.T("Mettez-la dans la colonne qui lui revient."))
    return None


def _rio(given: str, msisdn: str, typed_number: str, issues: list[records.Issue]) -> str:
    if not given:
        return ""
    if not msisdn:
        if not typed_number:
            _add(issues, tables.RIO, "alone", text.T("Un RIO demande le numéro à reprendre."), text.T("Écrivez le numéro de la ligne."))
        return ""
    return _checked(given, tables.RIO, lambda value: identifiers.check_rio(value, msisdn), issues)


def _checked(given: str, column: str, check: Callable[[str], str], issues: list[records.Issue]) -> str:
    if not given:
        return ""
    if _ROUNDED.fullmatch(given):
        message = text.T("« {given} » : le tableur a arrondi ce numéro, ses derniers chiffres sont perdus.", given=given)
        _add(issues, column, "rounded", message, text.T("Mettez la colonne au format Texte dans le tableur, puis recopiez le numéro."))
        return ""
    try:
        return check(given)
    except identifiers.InvalidIdentifier as wrong:
        _add(issues, column, wrong.kind, wrong.reason, text.T("Recopiez-le depuis le document du client."))
        return ""


def _add(issues: list[records.Issue], column: str, kind: str, message: str, next_step: str = "", *, severity: str = "obstacle") -> None:
    issues.append(records.Issue(column, f"quote.cell.{column}.{kind}", message, next_step, severity))


def with_taken(meaning: Meaning, taken: frozenset[str]) -> Meaning:
    """Add what is wrong with a number or a SIM that is on a line already."""
    found = list(meaning.issues)
    if meaning.msisdn in taken:
        message = text.T("Le {number} est déjà une ligne en service chez nous.", number=identifiers.format_msisdn(meaning.msisdn))
        _add(found, tables.MSISDN, "taken", message, text.T("Changez cette ligne depuis le parc, ou écrivez un autre numéro."))
    if meaning.iccid in taken:
        _add(found, tables.ICCID, "taken", text.T("Cette carte SIM est déjà sur une ligne."), text.T("Choisissez une autre carte."))
    return meaning if len(found) == len(meaning.issues) else dataclasses.replace(meaning, issues=tuple(found))


DUPLICATE = "quote.cell.duplicate"
UNIQUE_COLUMNS = (tables.MSISDN, tables.ICCID, tables.IMEI, tables.EID)
KINDS_FR = {
    "missing": text.noop("manque"),
    "unknown": text.noop("inconnu"),
    "ambiguous": text.noop("plusieurs possibles"),
    "bundle": text.noop("offre convergente"),
    "place": text.noop("dans la mauvaise colonne"),
    "form": text.noop("mal écrit"),
    "key": text.noop("clé fausse"),
    "fixed": text.noop("numéro fixe"),
    "mismatch": text.noop("d’un autre numéro"),
    "alone": text.noop("sans numéro"),
    "rounded": text.noop("arrondi par le tableur"),
    "long": text.noop("trop long"),
    "taken": text.noop("déjà en service"),
    "duplicate": text.noop("en double"),
}


def kind_label(column: str, code: str) -> str | None:
    """Return the few words that name a kind of issue, or None for one that is not of a cell."""
    kind = KINDS_FR.get(code.rsplit(".", 1)[-1]) if code.startswith("quote.cell.") else None
    return None if kind is None else text.T("{column} : {kind}", column=text.T(tables.NAMES_FR[column]), kind=text.T(kind))


def duplicates(lines: Iterable[tuple[int, str, str, str, str]]) -> dict[int, list[records.Issue]]:
    """Return, by position, the issues of lines whose number, SIM or device stands on an earlier line.

    `lines` are (position, msisdn, iccid, imei, eid) in order of position.
    """
    first: dict[tuple[str, str], int] = {}
    found: dict[int, list[records.Issue]] = {}
    for position, *values in lines:
        for column, value in zip(UNIQUE_COLUMNS, values, strict=True):
            if not value:
                continue
            other = first.setdefault((column, value), position)
            if other != position:
                message = text.T("Déjà à la ligne {other} de ce devis.", other=other)
                found.setdefault(position, []).append(records.Issue(column, DUPLICATE, message, text.T("Gardez-en une seule.")))
    return found


def guess_column(values: Sequence[str], lookup: Lookup) -> str | None:
    """Return which column these values look like, or None: a table without heading is still understood."""
    tests: tuple[tuple[str, Callable[[str], bool]], ...] = (
        (tables.LINE_ID, lambda value: bool(_UUID.fullmatch(value))),
        (tables.EMAIL, lambda value: "@" in value),
        (tables.EID, lambda value: bool(_EID.fullmatch(_compact(value)))),
        (tables.ICCID, lambda value: bool(_ICCID.fullmatch(_compact(value)))),
        (tables.IMEI, lambda value: bool(_IMEI.fullmatch(_compact(value)))),
        (tables.MSISDN, _is_number),
        (tables.SITE_SIRET, _is_siret),
        (tables.RIO, lambda value: bool(_RIO.fullmatch(_compact(value)))),
        (tables.PLAN, lambda value: _names(value, tables.PLAN, lookup)),
        (tables.DEVICE, lambda value: _names(value, tables.DEVICE, lookup)),
        (tables.OPTIONS, lambda value: any(_names(word, tables.OPTIONS, lookup) for word in _option_words(value, lookup))),
    )
    for column, fits in tests:
        if sum(fits(value) for value in values) >= _USUAL * len(values):
            return column
    return None


def _compact(value: str) -> str:
    return _PUNCTUATION.sub("", value).upper()


def _is_number(value: str) -> bool:
    try:
        identifiers.check_msisdn(value)
    except identifiers.InvalidIdentifier:
        return False
    return True


def _is_siret(value: str) -> bool:
    try:
        identifiers.check_siret(value)
    except identifiers.InvalidIdentifier:
        return False
    return True


def _names(value: str, column: str, lookup: Lookup) -> bool:
    wanted = {tables.PLAN: rules.KINDS_ALONE - DEVICE_KINDS, tables.OPTIONS: OPTION_KINDS, tables.DEVICE: DEVICE_KINDS}[column]
    # A name of three letters may be anybody's.
    return len(value) > _MOST_NEAR and any(one.kind in wanted for one in lookup.find(value, column))
