"""Nothing is described twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from come.catalogue.files import problems
from come.catalogue.files.checks import index
from come.shared import text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report codes given twice, in a list or inside one object."""
    catalogue = known.catalogue
    yield from _twice(known, catalogue.specifications, "code", lambda item: item.code)
    yield from _twice(known, catalogue.offerings, "code", lambda item: f"{item.code} v{item.version}")
    yield from _twice(known, catalogue.rules, "code", lambda item: f"{item.code} {item.valid_from}")
    yield from _twice(known, catalogue.zones, "code", lambda item: item.code)
    yield from _twice(known, catalogue.tariffs, "code", lambda item: item.code)
    yield from _twice(known, catalogue.agreement_templates, "code", lambda item: item.code)
    yield from _twice(known, catalogue.holidays, "day", lambda item: f"{item.calendar_code} {item.day}")
    for offering in catalogue.offerings:
        yield from _twice(known, offering.prices, "code", lambda item: item.code)
        yield from _twice(known, offering.allowances, "code", lambda item: item.code)
        yield from _twice(known, offering.members, "code", lambda item: item.code)
        yield from _twice(known, offering.characteristics, "name", lambda item: item.name)
    for template in catalogue.agreement_templates:
        yield from _twice(known, template.clauses, "number", lambda item: item.number)


def _twice(known: index.Index, items: Iterable[Any], key: str, name: Callable[[Any], str]) -> Iterator[problems.Problem]:
    seen: dict[str, Any] = {}
    for item in items:
        first = seen.setdefault(name(item), item)
        if first is not item:
            yield known.problem(
                item,
                key,
                "code.duplicate",
                text.T("« {code} » est déjà décrit ({place}).", code=name(item), place=str(known.reading.mark(first, key))),
                text.T("Donnez un autre code, ou un autre numéro de version, ou retirez l’un des deux."),
            )
