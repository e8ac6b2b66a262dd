"""An offer being written on screen: what was typed, read and judged by the rules of files. No Django here.

A sheet is a small folder of one version: the offering, its usage prices and its compatibility rules. `typed` is JSON of texts as
they were typed, `{"offering": {…}, "tariff": {…}, "rules": […], "rates": […], "kept_rules": […]}`; the place of a mistake is the path of
its field ("offering.prices.0.amount"). Rules and usage prices start with the version, on its first day.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from come.catalogue import records
from come.catalogue.files import checks, content, located, merging, problems, shapes
from come.shared import formatting, text

NEW_TARIFF = "+"
"""What the offering's tariff says when the sheet describes a tariff of its own."""
MEASURES = {
    "Go": ("bytes", 1_000_000_000),
    "Mo": ("bytes", 1_000_000),
    "h": ("seconds", 3_600),
    "min": ("seconds", 60),
    "unités": ("events", 1),
}
"""How people count an included volume: the unit of files, and how many of it."""
ROOTS = ("offering", "tariff", "rules", "rates")
_ROOT_SHAPES = {"offering": content.OFFERING, "tariff": content.TARIFF, "rules": content.RULE, "rates": content.RATE}
_PRICE_CODES = {"recurring": "ABO", "one_off": "FRAIS", "instalment": "ECHEANCE", "deposit": "DEPOT"}
_PRICE_NAMES = {
    "recurring": "Abonnement",
    "one_off": "Frais de mise en service",
    "instalment": "Mensualité",
    "deposit": "Dépôt de garantie",
}
_ALLOWANCE_NAMES = {"voice": "Appels inclus", "sms": "SMS inclus", "mms": "MMS inclus", "data": "Internet inclus"}
_CODE_LENGTH = 40
Typed = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet says, as the folder that publishing it would import, and everything that stands in the way."""

    offering: content.OfferingContent | None
    given: content.CatalogueContent
    problems: tuple[problems.Problem, ...]

    @property
    def is_sound(self) -> bool:
        """Tell whether the version could be published as it is."""
        return self.offering is not None and not self.problems


# ------------------------------------------------------------------------------------------------ from and to texts


def typed_of(offering: content.OfferingContent, rules: Iterable[content.RuleContent] = ()) -> Typed:
    """Return the texts that say a version and its own rules."""
    own = _texts(content.OFFERING, offering)
    for given, allowance in zip(own["allowances"], offering.allowances, strict=True):
        given["quantity"], given["measure"] = _measured(allowance)
        del given["unit"]
    for given, term in zip(own["terms"], offering.terms, strict=True):
        given["early_termination"] = "; ".join(f"{step.from_month}: {said(step.percentage)}" for step in term.early_termination)
    kept = [_texts(content.RULE, rule) for rule in rules]
    return {"offering": own, "tariff": {}, "rules": kept, "rates": [], "kept_rules": [rule["code"] for rule in kept]}


def _texts(shape: shapes.Shape, made: object) -> Typed:
    return {field.name: _field_text(field, getattr(made, field.name)) for field in shape.fields}


def _field_text(field: shapes.Field, value: Any) -> Any:
    if field.kind == "objects":
        assert field.shape is not None
        return [_texts(field.shape, item) for item in value]
    if field.kind in {"codes", "texts", "choices"}:
        return shapes.LIST_SEPARATOR.join(value)
    return said(value)


def said(value: Any) -> str:
    """Return a value as it is typed: numbers without useless zeros, nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)


def _measured(allowance: records.AllowanceRecord) -> tuple[str, str]:
    fitting = [(name, size) for name, (unit, size) in MEASURES.items() if unit == allowance.unit and allowance.quantity % size == 0]
    name, size = max(fitting, key=lambda one: one[1], default=(allowance.unit, 1))
    return str(allowance.quantity // size), name


# ------------------------------------------------------------------------------------------------ what goes without typing


def completed(typed: Typed) -> Typed:
    """Return the sheet with the codes and names that need no typing; what was typed is never changed."""
    made = copy.deepcopy(typed)
    own = made["offering"]
    code = str(own.get("code", ""))
    _complete_prices(own.get("prices", []))
    _complete_allowances(own.get("allowances", []), code)
    if own.get("tariff") == NEW_TARIFF:
        tariff = made["tariff"]
        tariff["code"] = tariff.get("code") or f"TAR-{code}"[:_CODE_LENGTH]
        tariff["name_fr"] = tariff.get("name_fr") or f"Tarif {own.get('name_fr', '')}".strip()
    used = {rule["code"] for rule in made["rules"] if rule.get("code")}
    for rule in made["rules"]:
        rule["source"] = rule.get("source") or code
        rule["code"] = rule.get("code") or _free(f"{code[: _CODE_LENGTH - 4]}-R", used)
    return made


def _complete_prices(prices: list[Typed]) -> None:
    used = {price["code"] for price in prices if price.get("code")}
    for price in prices:
        kind = price.get("price_type", "")
        price["name_fr"] = price.get("name_fr") or _PRICE_NAMES.get(kind, "")
        if not price.get("code") and kind in _PRICE_CODES:
            base = _PRICE_CODES[kind]
            price["code"] = base if base not in used else _free(f"{base}-", used)
            used.add(price["code"])


def _complete_allowances(allowances: list[Typed], code: str) -> None:
    used = {allowance["code"] for allowance in allowances if allowance.get("code")}
    for allowance in allowances:
        service = allowance.get("service", "")
        allowance["name_fr"] = allowance.get("name_fr") or _ALLOWANCE_NAMES.get(service, "")
        if not allowance.get("code") and service:
            base = f"{code[: _CODE_LENGTH - 8]}-{service.upper()}"
            allowance["code"] = base if base not in used else _free(f"{base}-", used)
            used.add(allowance["code"])


def _free(base: str, used: set[str]) -> str:
    number = next(number for number in range(1, len(used) + 2) if f"{base}{number}" not in used)
    used.add(f"{base}{number}")
    return f"{base}{number}"


# ------------------------------------------------------------------------------------------------ reading


def field_at(path: str) -> shapes.Field | None:
    """Return the field that a path names, or None for a whole object."""
    shape: shapes.Shape | None = None
    field: shapes.Field | None = None
    for step in path.split("."):
        if step in _ROOT_SHAPES and shape is None:
            shape = _ROOT_SHAPES[step]
        elif not step.isdigit() and shape is not None:
            field = shape.field({"measure": "unit", "counting": "first_increment"}.get(step, step))
            shape = field.shape if field is not None else None
    return field


def read(typed: Typed) -> tuple[content.CatalogueContent, shapes.Reading]:
    """Return what the sheet says, and the reading with its mistakes, each placed at the path of its field."""
    typed = completed(typed)
    reading = shapes.Reading()
    own = typed["offering"]
    start, tariff_code = own.get("valid_from", ""), own.get("tariff", "")
    is_new_tariff = tariff_code == NEW_TARIFF
    if is_new_tariff:
        tariff_code = typed["tariff"].get("code", "")
    offering = _object(reading, content.OFFERING, {**own, "tariff": tariff_code, "approval": "draft"}, "offering")
    tariff = _object(reading, content.TARIFF, typed["tariff"], "tariff") if is_new_tariff else None
    rules = [
        _object(reading, content.RULE, {**rule, "valid_from": start, "valid_to": ""}, f"rules.{place}")
        for place, rule in enumerate(typed["rules"])
    ]
    rates = [
        _object(reading, content.RATE, {**rate, "tariff_code": tariff_code, "valid_from": start, "valid_to": ""}, f"rates.{place}")
        for place, rate in enumerate(typed["rates"])
    ]
    reading.found[:] = [_said_for_screens(problem) for problem in reading.found]
    return (
        content.CatalogueContent(
            header=content.Header(content.FORMAT, "", content.CURRENCY),
            offerings=() if offering is None else (offering,),
            tariffs=() if tariff is None else (tariff,),
            rules=tuple(rule for rule in rules if rule is not None),
            rates=tuple(rate for rate in rates if rate is not None),
        ),
        reading,
    )


def _object(reading: shapes.Reading, shape: shapes.Shape, given: Mapping[str, Any], path: str) -> Any:
    return shapes.read_object(reading, shape, _mapping(shape, given, path))


def _mapping(shape: shapes.Shape, given: Mapping[str, Any], path: str) -> located.Mapping:
    items: dict[str, located.Value] = {}
    for field in shape.fields:
        place = problems.Mark(f"{path}.{field.name}")
        value = given.get(field.name, "")
        if field.name == "early_termination":
            items[field.name] = _steps(str(value), place)
        elif field.kind == "objects":
            assert field.shape is not None
            members = [_mapping(field.shape, item, f"{place.file}.{index}") for index, item in enumerate(value or ())]
            if members:
                items[field.name] = located.Sequence(place, tuple(members))
        else:
            items[field.name] = located.Scalar(place, plain(field, str(value)))
    if shape is content.ALLOWANCE:
        _count_allowance(items, given, path)
    if shape is content.RATE and given.get("counting"):
        first, _, following = str(given["counting"]).partition("/")
        place = problems.Mark(f"{path}.counting")
        items["first_increment"], items["next_increment"] = located.Scalar(place, first), located.Scalar(place, following or first)
    return located.Mapping(problems.Mark(path), items)


def plain(field: shapes.Field, written: str) -> str:
    """Return a text in the form of files: 1 234,50 € is 1234.50, commas and semicolons part a list."""
    if field.kind in {"decimal", "integer"}:
        return "".join(written.split()).replace("\u202f", "").replace("€", "").replace(",", ".")
    if field.kind in {"codes", "texts", "choices"}:
        parts = written.replace(";", shapes.LIST_SEPARATOR).replace(",", shapes.LIST_SEPARATOR).split(shapes.LIST_SEPARATOR)
        return shapes.LIST_SEPARATOR.join(part.strip() for part in parts if part.strip())
    return written.strip()


def _steps(written: str, place: problems.Mark) -> located.Sequence:
    """Read "0: 100; 12: 25" as the steps of an early termination."""
    steps: list[located.Value] = []
    for part in written.replace("\n", ";").split(";"):
        month, _, percentage = part.partition(":")
        if part.strip():
            values = {"from_month": month.strip(), "percentage": percentage.replace("%", "").replace(",", ".").strip()}
            steps.append(located.Mapping(place, {key: located.Scalar(place, value) for key, value in values.items()}))
    return located.Sequence(place, tuple(steps))


def _count_allowance(items: dict[str, located.Value], given: Mapping[str, Any], path: str) -> None:
    place = problems.Mark(f"{path}.measure")
    measure = str(given.get("measure", ""))
    unit, size = MEASURES.get(measure, (measure, 1))
    items["unit"] = located.Scalar(place, unit)
    quantity = items["quantity"]
    assert isinstance(quantity, located.Scalar)
    if quantity.value.isascii() and quantity.value.isdigit():
        items["quantity"] = dataclasses.replace(quantity, value=str(int(quantity.value) * size))


def _said_for_screens(problem: problems.Problem) -> problems.Problem:
    """Say a mistake of form as one says it beside a field, not in a file."""
    field = field_at(problem.file)
    if field is None:
        return problem
    asked = text.T("Écrivez {expected}.", expected=text.T(field.doc))
    if problem.code == "catalogue.key.missing":
        return dataclasses.replace(problem, message=text.T("Ce champ est nécessaire."), next_step=asked)
    if problem.code.startswith("catalogue.value.") and problem.code != "catalogue.value.negative":
        return dataclasses.replace(problem, message=text.T("Cette valeur ne convient pas."), next_step=asked)
    return problem


# ------------------------------------------------------------------------------------------------ judging


def judged(*, known: content.CatalogueContent, typed: Typed, today: dt.date) -> Sheet:
    """Return what the sheet says and everything that stands in the way of publishing it in this catalogue.

    The version is judged as if it were published: the version before it ends on its first day, so do the usage prices and rules
    that it replaces. Mistakes that the catalogue had already are not the sheet's.
    """
    said, reading = read(typed)
    if not said.offerings:
        return Sheet(None, said, tuple(sorted(set(reading.found))))
    offering = said.offerings[0]
    given = as_published(known, said, reading, kept_rules=typed.get("kept_rules", ()))
    merged, _ = merging.merge(known, given)
    found = [*checks.check(merged, reading), *_rewrites_the_past(known, offering, today)]
    if any(not _is_own(problem) for problem in found):
        before = {(problem.code, str(problem.message)) for problem in checks.check(known, shapes.Reading())}
        found = [problem for problem in found if _is_own(problem) or (problem.code, str(problem.message)) not in before]
    return Sheet(offering, given, tuple(sorted(set(found))))


def _is_own(problem: problems.Problem) -> bool:
    return problem.file.partition(".")[0] in ROOTS


def as_published(
    known: content.CatalogueContent, said: content.CatalogueContent, reading: shapes.Reading, *, kept_rules: Iterable[str]
) -> content.CatalogueContent:
    """Return the folder that publishing the sheet imports: the version approved, and the end of all that it replaces."""
    offering = said.offerings[0]
    approved = dataclasses.replace(offering, approval="approved")
    reading.same_place(approved, offering)
    start = offering.valid_from
    return content.CatalogueContent(
        header=known.header,
        offerings=(*(dataclasses.replace(one, valid_to=start) for one in replaced_versions(known, offering)), approved),
        tariffs=said.tariffs,
        rules=(*_ended_rules(known, said, set(kept_rules)), *_changed_rules(known, said)),
        rates=(*_ended_rates(known, said, start), *said.rates),
    )


def replaced_versions(known: content.CatalogueContent, offering: content.OfferingContent) -> list[content.OfferingContent]:
    """Return the approved versions that the version's first day ends."""
    start = offering.valid_from
    return [
        other
        for other in known.offerings
        if other.code == offering.code
        and other.version != offering.version
        and other.approval == "approved"
        and other.valid_from < start
        and (other.valid_to is None or start < other.valid_to)
    ]


def _rewrites_the_past(known: content.CatalogueContent, offering: content.OfferingContent, today: dt.date) -> list[problems.Problem]:
    if offering.valid_from >= today or not replaced_versions(known, offering):
        return []
    return [
        problems.problem(
            problems.Mark(f"{ROOTS[0]}.valid_from"),
            "version.in_past",
            text.T("Une autre version était en vente le {day} : le passé ne change pas.", day=formatting.day(offering.valid_from)),
            text.T("Faites commencer cette version aujourd’hui ou plus tard."),
        )
    ]


def _holds(item: Any, day: dt.date) -> bool:
    return bool(item.valid_from <= day and (item.valid_to is None or day < item.valid_to))


def _same_rule(one: content.RuleContent, other: content.RuleContent) -> bool:
    return dataclasses.replace(one, valid_from=other.valid_from, valid_to=other.valid_to) == other


def _in_force(known: content.CatalogueContent, said: content.CatalogueContent) -> dict[str, content.RuleContent]:
    start = said.offerings[0].valid_from
    return {rule.code: rule for rule in known.rules if _holds(rule, start)}


def _changed_rules(known: content.CatalogueContent, said: content.CatalogueContent) -> list[content.RuleContent]:
    before = _in_force(known, said)
    return [rule for rule in said.rules if rule.code not in before or not _same_rule(before[rule.code], rule)]


def _ended_rules(known: content.CatalogueContent, said: content.CatalogueContent, kept: set[str]) -> list[content.RuleContent]:
    """Return the rules that the sheet changes or drops, ended on its first day."""
    start = said.offerings[0].valid_from
    changed = {rule.code for rule in _changed_rules(known, said)}
    dropped = kept - {rule.code for rule in said.rules}
    return [
        dataclasses.replace(rule, valid_to=start)
        for code, rule in _in_force(known, said).items()
        if code in changed | dropped and rule.valid_from < start
    ]


def _ended_rates(known: content.CatalogueContent, said: content.CatalogueContent, start: dt.date) -> list[records.RateRecord]:
    """Return the usage prices in force that the sheet prices anew, ended on its first day."""
    key = merging.KEYS["rates"]
    anew = {key(rate)[:-1] for rate in said.rates}
    return [
        dataclasses.replace(rate, valid_to=start)
        for rate in known.rates
        if key(rate)[:-1] in anew and _holds(rate, start) and rate.valid_from < start
    ]
