"""Dates: no reversed period, no overlap, no hole between two versions."""

from __future__ import annotations

import collections
import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from come.catalogue.files import problems
from come.catalogue.files.checks import index
from come.shared import formatting, text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report reversed periods, then overlaps and holes of what shares a code."""
    catalogue = known.catalogue
    clauses = [clause for template in catalogue.agreement_templates for clause in template.clauses]
    for item in (*catalogue.offerings, *catalogue.rules, *catalogue.prefixes, *catalogue.networks, *catalogue.rates, *clauses):
        yield from _reversed(known, item)
    sold = [offering for offering in catalogue.offerings if offering.approval == "approved"]
    yield from _chained(known, sold, lambda item: item.code, holes=True)
    yield from _chained(known, catalogue.rules, lambda item: item.code, holes=False)
    yield from _chained(known, catalogue.prefixes, lambda item: item.prefix, holes=True)
    yield from _chained(known, catalogue.networks, lambda item: f"{item.mcc}-{item.mnc}", holes=True)
    yield from _chained(known, catalogue.rates, rate_name, holes=True)
    yield from _versions_follow(known)


def rate_name(rate: Any) -> str:
    """Return what makes a usage price unique on a day."""
    return "/".join((rate.tariff_code, rate.service, rate.origin_zone, rate.destination_zone, rate.band_code or "*"))


def _reversed(known: index.Index, item: Any) -> Iterator[problems.Problem]:
    if item.valid_from and item.valid_to and item.valid_to <= item.valid_from:
        yield known.problem(
            item,
            "valid_to",
            "period.reversed",
            text.T(
                "La fin ({end}) n’est pas après le début ({start}).",
                end=formatting.day(item.valid_to),
                start=formatting.day(item.valid_from),
            ),
            text.T("« valid_to » est le lendemain du dernier jour : écrivez une date postérieure à « valid_from », ou retirez-la."),
        )


def _chained(known: index.Index, items: Iterable[Any], name: Callable[[Any], str], *, holes: bool) -> Iterator[problems.Problem]:
    groups: dict[str, list[Any]] = collections.defaultdict(list)
    for item in items:
        groups[name(item)].append(item)
    for code, members in groups.items():
        ordered = sorted(members, key=lambda item: index.Days.of(item).start)
        for before, after in itertools.pairwise(ordered):
            end, start = index.Days.of(before).end, index.Days.of(after).start
            if end > start:
                yield _overlap(known, code, before, after)
            elif holes and end < start:
                yield _hole(known, code, before, after)


def _overlap(known: index.Index, code: str, before: Any, after: Any) -> problems.Problem:
    return known.problem(
        after,
        "valid_from",
        "period.overlap",
        text.T(
            "« {code} » vaut deux fois à partir du {start} : la période écrite en {place} n’est pas finie.",
            code=code,
            start=formatting.day(after.valid_from),
            place=str(known.reading.mark(before, "valid_from")),
        ),
        text.T("Terminez la première période au {start} (« valid_to »), ou décalez la seconde.", start=after.valid_from.isoformat()),
    )


def _hole(known: index.Index, code: str, before: Any, after: Any) -> problems.Problem:
    return known.problem(
        after,
        "valid_from",
        "period.hole",
        text.T(
            "« {code} » ne vaut rien du {end} au {start} : il y a un trou entre deux périodes.",
            code=code,
            end=formatting.day(before.valid_to),
            start=formatting.day(after.valid_from),
        ),
        text.T("Faites commencer la seconde période le {end}, ou prolongez la première.", end=before.valid_to.isoformat()),
    )


def _versions_follow(known: index.Index) -> Iterator[problems.Problem]:
    for versions in known.offerings.values():
        for before, after in itertools.pairwise(index.approved(versions)):
            if after.version <= before.version and after.valid_from != before.valid_from:
                yield known.problem(
                    after,
                    "version",
                    "version.order",
                    text.T(
                        "La version {after} de « {code} » commence après la version {before}.",
                        after=after.version,
                        code=after.code,
                        before=before.version,
                    ),
                    text.T("Numérotez les versions dans l’ordre de leurs dates."),
                )
