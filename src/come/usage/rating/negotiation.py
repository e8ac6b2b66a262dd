"""What agreements change of allowances, written into the rows of a price book: rating itself knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from come.usage.rating import tables

Row = tuple[Any, ...]
# A company, an allowance, and the offering that brings it (None = whatever brings it).
Key = tuple[str, str, str | None]


class Terms(NamedTuple):
    """What a clause says: a quantity, its sharing (None = the catalogue's), and how it is cited."""

    quantity: int
    scope: str | None
    citation: str


class Brought(NamedTuple):
    """A row of `subscriptions` and the offering that brings it."""

    offering_code: str
    row: Row


_NAMES = tables.names("subscriptions")
_LINE, _ACCOUNT, _COMPANY = (_NAMES.index(name) for name in ("line_id", "account_id", "company_id"))
_CODE, _QUANTITY = (_NAMES.index(name) for name in ("allowance_code", "quantity"))
_OWN = {name: place for place, name in enumerate(tables.names("allowances"))}


def negotiated(allowances: Sequence[Row], brought: Iterable[Brought], terms: Mapping[Key, Terms]) -> tuple[list[Row], list[Row]]:
    """Return the rows of `allowances` and of `subscriptions` with what was negotiated in the place of what the catalogue includes.

    A clause on an offering changes each row that it brings. A clause on the whole allowance sets the allowance of each line (shared by
    the account or not), whatever brings it: the first row of a line carries it, the others nothing; where no line brings it, the
    account's first row does. A negotiated allowance is one of its own, named after its clause: what the bill shows cites it.
    """
    known = {row[_OWN["allowance_code"]]: row for row in allowances}
    given = list(brought)
    on_lines = {(one.row[_ACCOUNT], one.row[_CODE]) for one in given if one.row[_LINE] is not None}
    made: dict[str, Row] = {}
    served: set[tuple[Any, ...]] = set()
    rows = []
    for offering, row in given:
        company, code = row[_COMPANY], row[_CODE]
        found = terms.get((company, code, offering)) if code is not None else None
        is_whole = found is None
        if found is None and code is not None:
            found = terms.get((company, code, None))
        if found is None or code not in known:
            rows.append(row)
            continue
        cited = f"{code} {found.citation}"
        made.setdefault(cited, _variant(known[code], cited, found))
        quantity = found.quantity
        if is_whole:
            owner = (row[_ACCOUNT], row[_LINE], cited)
            is_covered_by_lines = row[_LINE] is None and (row[_ACCOUNT], code) in on_lines
            quantity = 0 if owner in served or is_covered_by_lines else found.quantity
            served.add(owner)
        rows.append((*row[:_CODE], cited, quantity, *row[_QUANTITY + 1 :]))
    return [*allowances, *made.values()], rows


def _variant(row: Row, code: str, terms: Terms) -> Row:
    changed = {"allowance_code": code, "name_fr": f"{row[_OWN['name_fr']]} ({terms.citation})", "scope": terms.scope or row[_OWN["scope"]]}
    return tuple(changed.get(name, row[place]) for name, place in _OWN.items())
