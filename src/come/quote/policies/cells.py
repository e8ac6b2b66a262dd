"""What the cells of a line mean, and what is wrong with each: one function for paste, edit and API."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping

from come.catalogue import records as catalogue
from come.quote import records
from come.quote.policies import tables
from come.shared import identifiers, text

_OPTION_SEPARATOR = re.compile(r"\s*[+,;|/]\s*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_OPTION_KINDS = frozenset(
    {
        catalogue.OfferingKind.OPTION,
        catalogue.OfferingKind.SERVICE,
        catalogue.OfferingKind.NUMBER_BLOCK,
        catalogue.OfferingKind.ACCESSORY,
    },
)
_MOST_NEAR = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    """Offerings by folded code and by folded French name."""

    by_word: Mapping[str, tuple[catalogue.OfferingRecord, ...]]

    @staticmethod
    def of(offerings: Iterable[catalogue.OfferingRecord]) -> Lookup:
        """Build the look-up of a catalogue."""
        words: dict[str, tuple[catalogue.OfferingRecord, ...]] = {}
        for offering in offerings:
            for word in {tables.fold(offering.code), tables.fold(offering.name_fr)}:
                words[word] = (*words.get(word, ()), offering)
        return Lookup(words)

    def find(self, given: str) -> tuple[catalogue.OfferingRecord, ...]:
        """Return the offerings that bear this code or name; all that contain it where none does."""
        wanted = tables.fold(given)
        exact = self.by_word.get(wanted)
        if exact:
            return exact
        near = {offering.code: offering for word, found in self.by_word.items() if wanted and wanted in word for offering in found}
        return tuple(near.values())


@dataclasses.dataclass(frozen=True, slots=True)
class Meaning:
    """A line understood: its pattern (None when it has no usable offer), its identifiers, its issues."""

    pattern: records.Pattern | None
    user_label: str
    msisdn: str
    rio: str
    iccid: str
    email: str
    cost_centre: str
    site: str
    issues: tuple[records.Issue, ...]


def understand(cells: Mapping[str, str], lookup: Lookup, *, bundle_code: str = "", cost_centres: frozenset[str] | None = None) -> Meaning:
    """Read the cells of one line; every bad cell has its own issue. `cost_centres`: those of the account, None = not checked."""
    issues: list[records.Issue] = []
    plan = _offering(cells.get(tables.PLAN, ""), tables.PLAN, lookup, issues, is_required=True)
    options = [
        option
        for word in _OPTION_SEPARATOR.split(cells.get(tables.OPTIONS, ""))
        if word and (option := _option(word, lookup, issues)) is not None
    ]
    device = _device(cells.get(tables.DEVICE, ""), lookup, issues)
    msisdn = _number(cells.get(tables.MSISDN, ""), issues)
    centre = cells.get(tables.COST_CENTRE, "")
    if centre and cost_centres is not None and centre not in cost_centres:
        known = ", ".join(sorted(cost_centres)[:6]) or "aucun"
        _add(
            issues,
            tables.COST_CENTRE,
            text.T("Le compte n’a pas de centre de coût « {code} ».", code=centre),
            text.T("Connus : {known}. Ajoutez-le au compte, ou corrigez.", known=known),
        )
    email = cells.get(tables.EMAIL, "")
    if email and not _EMAIL.fullmatch(email):
        _add(issues, tables.EMAIL, text.T("« {email} » n’est pas une adresse électronique.", email=email))
    pattern = None
    if plan is not None:
        codes = tuple(sorted({option.code for option in options}))
        pattern = records.Pattern(plan.code, codes, device.code if device else "", bundle_code)
    return Meaning(
        pattern=pattern,
        user_label=cells.get(tables.USER_LABEL, "")[:120],
        msisdn=msisdn,
        rio=_rio(cells.get(tables.RIO, ""), msisdn, cells.get(tables.MSISDN, ""), issues),
        iccid=_checked(cells.get(tables.ICCID, ""), tables.ICCID, identifiers.check_iccid, issues),
        email=email[:120],
        cost_centre=centre[:40],
        site=cells.get(tables.SITE, "")[:80],
        issues=tuple(issues),
    )


def duplicates(meanings: Iterable[tuple[int, str, str]], known: Mapping[tuple[str, str], int]) -> dict[int, list[records.Issue]]:
    """Return the issues of lines whose number or SIM stands on another line.

    `meanings` are (position, msisdn, iccid) in order; `known` maps ("msisdn", value) to the position of a line already there.
    """
    first: dict[tuple[str, str], int] = dict(known)
    found: dict[int, list[records.Issue]] = {}
    for position, msisdn, iccid in meanings:
        for column, value in ((tables.MSISDN, msisdn), (tables.ICCID, iccid)):
            if not value:
                continue
            other = first.setdefault((column, value), position)
            if other != position:
                message = text.T("Déjà à la ligne {other} de ce devis.", other=other)
                found.setdefault(position, []).append(
                    records.Issue(column, "quote.cell.duplicate", message, text.T("Gardez-en une seule."))
                )
    return found


def _add(issues: list[records.Issue], column: str, message: str, next_step: str = "") -> None:
    issues.append(records.Issue(column, f"quote.cell.{column}", message, next_step))


def _offering(
    given: str,
    column: str,
    lookup: Lookup,
    issues: list[records.Issue],
    *,
    is_required: bool = False,
) -> catalogue.OfferingRecord | None:
    if not given:
        if is_required:
            _add(issues, column, text.T("L’offre manque."), text.T("Écrivez son nom ou son code."))
        return None
    found = lookup.find(given)
    if len(found) == 1:
        return found[0]
    if not found:
        _add(
            issues,
            column,
            text.T("« {given} » n’est pas une offre en vente.", given=given),
            text.T("Cherchez-la au catalogue, ou choisissez dans la liste."),
        )
        return None
    near = ", ".join(sorted(offering.name_fr for offering in found)[:_MOST_NEAR])
    _add(
        issues,
        column,
        text.T("« {given} » désigne {count} offres : {near}…", given=given, count=len(found), near=near),
        text.T("Écrivez le nom entier ou le code."),
    )
    return None


def _option(word: str, lookup: Lookup, issues: list[records.Issue]) -> catalogue.OfferingRecord | None:
    option = _offering(word, tables.OPTIONS, lookup, issues)
    if option is not None and option.kind not in _OPTION_KINDS:
        _add(
            issues,
            tables.OPTIONS,
            text.T("« {name} » n’est pas une option.", name=option.name_fr),
            text.T("Mettez-la dans la colonne qui lui revient."),
        )
        return None
    return option


def _device(given: str, lookup: Lookup, issues: list[records.Issue]) -> catalogue.OfferingRecord | None:
    device = _offering(given, tables.DEVICE, lookup, issues)
    if device is not None and device.kind not in {catalogue.OfferingKind.DEVICE, catalogue.OfferingKind.ACCESSORY}:
        _add(issues, tables.DEVICE, text.T("« {name} » n’est pas un terminal.", name=device.name_fr))
        return None
    return device


def _number(given: str, issues: list[records.Issue]) -> str:
    return _checked(given, tables.MSISDN, identifiers.check_msisdn, issues)


def _rio(given: str, msisdn: str, typed_number: str, issues: list[records.Issue]) -> str:
    if not given:
        return ""
    if not msisdn:
        if not typed_number:
            _add(issues, tables.RIO, text.T("Un RIO demande le numéro à reprendre."), text.T("Écrivez le numéro de la ligne."))
        return ""
    return _checked(given, tables.RIO, lambda value: identifiers.check_rio(value, msisdn), issues)


def _checked(given: str, column: str, check: Callable[[str], str], issues: list[records.Issue]) -> str:
    if not given:
        return ""
    try:
        return check(given)
    except identifiers.InvalidIdentifier as wrong:
        _add(issues, column, wrong.reason, text.T("Recopiez-le depuis le document du client."))
        return ""
