"""Why a bill differs from the previous one: each amount falls to exactly one reason, so that the reasons sum to the change."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from come.billing import records
from come.shared import text

_Line = uuid.UUID | None
_REASONS = {
    "line_opened": text.noop("{count} lignes nouvelles sur cette facture"),
    "line_closed": text.noop("{count} lignes qui ne sont plus facturées"),
    "price_changed": text.noop("Changement de prix : {name}"),
    "price_added": text.noop("Ajout : {name}"),
    "price_removed": text.noop("Retrait : {name}"),
    "proration": text.noop("Mois incomplet ou double période : {name}"),
    "usage_more": text.noop("Consommations en hausse : {name}"),
    "usage_less": text.noop("Consommations en baisse : {name}"),
    "one_off_now": text.noop("Frais ponctuels de ce mois : {name}"),
    "one_off_before": text.noop("Frais ponctuels du mois précédent : {name}"),
    "reversal": text.noop("Régularisations : {name}"),
    "instalment": text.noop("Échéances d’équipement : {name}"),
    "cents": text.noop("Arrondis au centime"),
}
_CENT = Decimal("0.01")


def compare(
    *,
    previous: Iterable[records.ComparedKey],
    current: Iterable[records.ComparedKey],
) -> list[records.ReasonedDifference]:
    """Return the reasons of the change, the largest first; their amounts sum to current less previous, exactly."""
    before = _summed(previous)
    after = _summed(current)
    lines_before = {key.line_id for key in before.values() if key.kind == "recurring"}
    lines_after = {key.line_id for key in after.values() if key.kind == "recurring"}
    amounts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    touched: dict[tuple[str, str], set[_Line]] = defaultdict(set)
    for identity in before.keys() | after.keys():
        old, new = before.get(identity), after.get(identity)
        change = (new.amount if new else Decimal(0)) - (old.amount if old else Decimal(0))
        if not change:
            continue
        line_id = (new or old).line_id  # type: ignore[union-attr]  # the identity is in one of the two
        cause = _reason(old, new, change, is_new_line=line_id not in lines_before, is_gone_line=line_id not in lines_after)
        amounts[cause] += change
        touched[cause].add(line_id)
    found = [records.ReasonedDifference(code, name, len(touched[code, name]), amount) for (code, name), amount in amounts.items() if amount]
    return sorted(found, key=lambda item: (-abs(item.amount), item.code, item.name))


def reason(difference: records.ReasonedDifference) -> text.T:
    """Return the sentence of a difference."""
    return text.T(_REASONS[difference.code], count=difference.lines, name=difference.name)


def _summed(keys: Iterable[records.ComparedKey]) -> dict[tuple[object, ...], records.ComparedKey]:
    """Sum what has the same identity; the kind "reversal" stays apart from what it reverses."""
    found: dict[tuple[object, ...], list[records.ComparedKey]] = defaultdict(list)
    for key in keys:
        found[key.line_id, key.kind, key.offering_code, key.price_code, key.name_fr].append(key)
    return {identity: _sum(group) for identity, group in found.items()}


def _sum(group: Sequence[records.ComparedKey]) -> records.ComparedKey:
    if len(group) == 1:
        return group[0]
    first = group[0]
    return records.ComparedKey(
        first.line_id,
        first.kind,
        first.offering_code,
        first.price_code,
        first.name_fr,
        group[-1].full_amount_exact,
        sum(key.days for key in group),
        sum((key.amount for key in group), Decimal(0)),
    )


def _reason(
    old: records.ComparedKey | None,
    new: records.ComparedKey | None,
    change: Decimal,
    *,
    is_new_line: bool,
    is_gone_line: bool,
) -> tuple[str, str]:
    key = new or old
    assert key is not None, "one of the two bills has it"
    if key.kind == "recurring" and key.line_id is not None and (is_new_line or is_gone_line):
        return ("line_opened" if is_new_line else "line_closed", "")
    if key.kind == "recurring" and old is not None and new is not None:
        return _recurring_reason(old, new, change)
    return (_kind_reason(key.kind, change, is_now=new is not None), key.name_fr)


def _kind_reason(kind: str, change: Decimal, *, is_now: bool) -> str:
    match kind:
        case "usage":
            return "usage_more" if change > 0 else "usage_less"
        case "one_off" | "deposit":
            return "one_off_now" if is_now else "one_off_before"
        case "recurring":
            return "price_added" if is_now else "price_removed"
    return kind


def _recurring_reason(old: records.ComparedKey, new: records.ComparedKey, change: Decimal) -> tuple[str, str]:
    if old.full_amount_exact != new.full_amount_exact:
        return ("price_changed", new.name_fr)
    if old.days != new.days and abs(change) > _CENT:
        return ("proration", new.name_fr)
    return ("cents", "")
