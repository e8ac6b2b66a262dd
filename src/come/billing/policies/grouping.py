"""From what each phone line owes to the lines of the invoice: sum what is alike, round once, share the cents back."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import totals
from come.billing.policies import sections
from come.shared import formatting, money

UNIT_ONE = "C62"
_Key = tuple[int, str, str, str, str, str, dt.date, dt.date, Decimal, int, tuple[str, Decimal, str, str], str]


@dataclasses.dataclass(frozen=True, slots=True)
class Grouped:
    """The invoice lines, and the rates with their line number and cents."""

    lines: tuple[records.InvoiceLine, ...]
    rates: tuple[records.Rate, ...]


def group(*, rates: Sequence[records.Rate], by_cost_centre: bool = False) -> Grouped:
    """Group rates that share offer, price, period, amount and VAT into invoice lines.

    A line's amount is the exact sum rounded once; each rate receives cents that sum to it. Usage is one line per
    service and zone: quantity one, price the exact sum, because increments and minimums make no common unit price.
    Usage that cost nothing makes no line (it is shown with the month's usage).
    """
    groups: dict[_Key, list[int]] = defaultdict(list)
    for index, rate in enumerate(rates):
        groups[_key(rate, by_cost_centre=by_cost_centre)].append(index)
    lines: list[records.InvoiceLine] = []
    out = list(rates)
    for key in sorted(groups):
        members = [rates[index] for index in groups[key]]
        exact = sum((rate.amount_exact for rate in members), Decimal(0))
        if members[0].kind == "usage" and not exact:
            continue
        number = len(lines) + 1
        lines.append(_line(number, members, exact, cost_centre=key[-1]))
        shares = totals.share_cents(exact_amounts=[rate.amount_exact for rate in members])
        for index, share in zip(groups[key], shares, strict=True):
            out[index] = dataclasses.replace(rates[index], amount=share, invoice_line=number)
    return Grouped(tuple(lines), tuple(out))


def _key(rate: records.Rate, *, by_cost_centre: bool) -> _Key:
    tax = (rate.vat_category, rate.vat_rate, rate.exemption_reason, rate.exemption_code)
    centre = rate.cost_centre if by_cost_centre else ""
    order = sections.ORDER[rate.section]
    if rate.kind == "usage":
        return (order, rate.service, rate.zone_code, rate.zone_name_fr, "", "", rate.start_date, rate.end_date, Decimal(0), 1, tax, centre)
    sign = -1 if rate.amount_exact < 0 else 1
    return (
        order,
        rate.offering_name_fr,
        rate.name_fr,
        rate.price_code,
        str(rate.instalment_number or ""),
        rate.nature,
        rate.start_date,
        rate.end_date,
        abs(rate.amount_exact),
        sign,
        tax,
        centre,
    )


def _line(number: int, members: Sequence[records.Rate], exact: Decimal, *, cost_centre: str) -> records.InvoiceLine:
    first = members[0]
    is_usage = first.kind == "usage"
    quantity = Decimal(1 if is_usage else len(members) * (-1 if first.amount_exact < 0 else 1))
    return records.InvoiceLine(
        number=number,
        section=first.section,
        name_fr=usage_name(first) if is_usage else charge_name(first),
        description=_usage_description(members) if is_usage else charge_description(first),
        nature=first.nature,
        quantity=quantity,
        unit_code=UNIT_ONE,
        unit_price_exact=exact if is_usage else abs(first.amount_exact),
        net_amount_exact=exact,
        net_amount=money.round_line(exact),
        vat_category=first.vat_category,
        vat_rate=first.vat_rate,
        exemption_reason=first.exemption_reason,
        exemption_code=first.exemption_code,
        start_date=first.start_date,
        end_date=first.end_date,
        offering_code=first.offering_code if not is_usage else "",
        cost_centre=cost_centre,
    )


def charge_name(rate: records.Rate) -> str:
    """Return what a charge is called on the bill: the offer, and the price where its name adds something."""
    if not rate.offering_name_fr or rate.offering_name_fr in rate.name_fr:
        return rate.name_fr
    if rate.name_fr in rate.offering_name_fr:
        return rate.offering_name_fr
    return f"{rate.offering_name_fr} – {rate.name_fr}"


def charge_description(rate: records.Rate) -> str:
    """Return what must be said beside the name: the share of the month, the instalment, the clause."""
    said = []
    if rate.kind == "reversal":
        said.append("Régularisation : période facturée d’avance et non due")
    if rate.was_prorated:
        said.append(f"{rate.days} jours sur {rate.month_days} du prix mensuel de {formatting.money_exact(rate.full_amount_exact)}")
    if rate.instalment_number:
        said.append(f"échéance {rate.instalment_number} sur {rate.instalment_count}")
    if rate.clause_number:
        agreement = f" de l’accord {rate.agreement_reference}" if rate.agreement_reference else ""
        said.append(f"prix négocié, article {rate.clause_number}{agreement}")
    return " · ".join(said)


def usage_name(rate: records.Rate) -> str:
    """Return what a usage is called on the bill, "Appels – Mobiles France"."""
    service = sections.SERVICE_NAMES.get(rate.service, rate.service)
    return f"{service} – {rate.zone_name_fr}" if rate.zone_name_fr else service


def _usage_description(members: Sequence[records.Rate]) -> str:
    events = sum(rate.events for rate in members)
    rated = sum(rate.quantity_rated for rate in members)
    free = sum(rate.quantity_free for rate in members)
    said = [f"{formatting.number(events)} événements", f"{usage_quantity(rated, members[0].unit)} consommés"]
    if free:
        said.append(f"dont {usage_quantity(free, members[0].unit)} inclus")
    return ", ".join(said)


def usage_quantity(quantity: int, unit: str) -> str:
    """Write a quantity of usage: seconds as a duration, bytes as a volume, events as a number."""
    match unit:
        case "seconds" | "second" | "s":
            return formatting.duration(quantity)
        case "bytes" | "byte" | "B":
            return formatting.bytes_fr(quantity)
    return formatting.number(quantity)
