"""From an accepted quote to what an order freezes: lines that become, change or end alike are one pattern. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from come.catalogue import records as catalogue
from come.order.policies import decomposition, freezing
from come.quote import records as quotes
from come.quote.records import fleet as fleet_records
from come.shared import obstacles

ACTIONS = {"add": "add", "modify": "modify", "terminate": "delete"}
OPERATIONS = {"add": "install", "modify": "modify", "terminate": "terminate"}
KINDS = {"new": "install", "change": "change", "renewal": "renewal"}


@dataclasses.dataclass(frozen=True, slots=True)
class Sorted:
    """The lines to order, each with the place of its pattern; `unchanged` lines of the quote are not ordered."""

    patterns: tuple[freezing.FrozenPattern, ...]
    lines: tuple[tuple[quotes.AcceptedLine, int], ...]
    obstacles: tuple[obstacles.Obstacle, ...]
    unchanged: int


def sort(accepted: quotes.AcceptedQuote, offerings: Mapping[str, catalogue.OfferingRecord]) -> Sorted:
    """Return the patterns and lines of an accepted quote; each group of lines sold or changed alike is frozen once."""
    place_of: dict[Any, int] = {}
    patterns: list[freezing.FrozenPattern] = []
    lines: list[tuple[quotes.AcceptedLine, int]] = []
    found: dict[str, obstacles.Obstacle] = {}
    unchanged = 0
    for line in accepted.lines:
        if line.change is not None and line.change.is_nothing:
            unchanged += 1
            continue
        key = (line.action, line.plan_code, line.option_codes, line.device_code, line.components, line.commitment_months, line.change)
        if key not in place_of:
            pattern, reasons = frozen_line(line, offerings)
            found |= {reason.path: reason for reason in reasons}
            place_of[key] = len(patterns)
            if pattern is not None:
                patterns.append(pattern)
        lines.append((line, place_of[key]))
    return Sorted(tuple(patterns), tuple(lines), tuple(found.values()), unchanged)


def frozen_line(
    line: quotes.AcceptedLine, offerings: Mapping[str, catalogue.OfferingRecord]
) -> tuple[freezing.FrozenPattern | None, Sequence[obstacles.Obstacle]]:
    """Return one line, sold or changed, as the order freezes it, or every reason why it cannot be."""
    if line.action == "terminate" and line.change is not None:
        return _ended(line.change), ()
    if line.action == "modify" and line.change is not None:
        return _modified(line, line.change, offerings)
    pattern, reasons = freezing.freeze(
        plan_code=line.plan_code or "",
        option_codes=line.option_codes,
        device_code=line.device_code or "",
        prices=[agreed(component) for component in line.components],
        offerings=offerings,
    )
    # What was agreed holds, not the longest commitment that the offers allow.
    return dataclasses.replace(pattern, commitment_months=line.commitment_months) if pattern else None, reasons


def _ended(change: fleet_records.LineDifference) -> freezing.FrozenPattern:
    fee = change.fee
    frozen: dict[str, Any] = {"offerings": []}
    if fee is not None and fee.amount:
        frozen["fee"] = {"amount": str(fee.amount), "reason_fr": str(fee.reason_fr)}
    return dataclasses.replace(freezing.NOTHING_SOLD, frozen=frozen, action="delete", operation="terminate")


def _modified(
    line: quotes.AcceptedLine, change: fleet_records.LineDifference, offerings: Mapping[str, catalogue.OfferingRecord]
) -> tuple[freezing.FrozenPattern | None, Sequence[obstacles.Obstacle]]:
    """Freeze what starts on the line, in which version and at which price, and what ends; what it keeps is not in the order."""
    sold = set(change.sold)
    prices = [agreed(one) for one in line.components if (one.offering_code, one.price_code) in sold]
    wanted = (*change.added, *change.repriced)
    if wanted:
        pattern, reasons = freezing.freeze(plan_code=wanted[0], option_codes=wanted[1:], device_code="", prices=prices, offerings=offerings)
        if pattern is None:
            return None, reasons
    else:
        pattern = freezing.NOTHING_SOLD
    known = {offering["code"]: offering for offering in pattern.frozen["offerings"]}
    services = [code for code in line.option_codes if code in offerings and str(offerings[code].kind) in decomposition.NETWORK_OPTION_KINDS]
    frozen = {
        "offerings": [known[code] for code in change.added],
        "change": {
            "plan": change.added[0] if change.added and change.added[0] == line.plan_code else "",
            "repriced": [known[code] for code in change.repriced],
            "ended": [code for code in change.ended if code != _plan_that_goes(line, change)],
            "services": services,
            "commitment_start_date": _written(change.commitment_start_date) if change.is_recommitted else None,
            "commitment_end_date": _written(change.commitment_end_date) if change.is_recommitted else None,
        },
    }
    device = line.device_code if line.device_code in change.added else ""
    return (
        dataclasses.replace(
            pattern,
            plan_code=line.plan_code,
            plan_name_fr=next(
                (one.offering_name_fr for one in line.components if one.offering_code == line.plan_code), pattern.plan_name_fr
            ),
            option_codes=line.option_codes,
            device_code=device or "",
            needs_msisdn=False,
            needs_sim=False,
            needs_device=bool(device),
            commitment_months=change.commitment_months,
            frozen=frozen,
            action="modify",
            operation="modify",
        ),
        (),
    )


def _plan_that_goes(line: quotes.AcceptedLine, change: fleet_records.LineDifference) -> str:
    """Return the plan that another one replaces: it becomes history, it is no part that ends."""
    return change.ended[0] if change.ended and line.plan_code in change.added else ""


def _written(day: Any) -> str | None:
    return day.isoformat() if day is not None else None


def agreed(component: quotes.PricedComponent) -> freezing.AgreedPrice:
    """Return a priced component as the order freezes it."""
    return freezing.AgreedPrice(
        offering_code=component.offering_code,
        offering_version=component.offering_version,
        price_code=component.price_code,
        price_type=str(component.price_type),
        list_amount=component.list_amount,
        amount=component.amount,
        clause_number=component.clause_number or "",
        clause_text=component.clause_text or "",
        reason_fr=component.reason_fr or "",
    )
