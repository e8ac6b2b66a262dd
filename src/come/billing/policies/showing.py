"""The readable part of a bill, from its rates: by section, by cost centre, by phone line, by usage, against the last one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import presentation
from come.billing.policies import comparison, grouping, sections
from come.shared import formatting

NO_CENTRE = "Sans centre de coûts"
_TOP_DIFFERENCES = 8
_ZERO = Decimal("0.00")


def section_sums(rates: Iterable[records.Rate]) -> tuple[presentation.SectionSum, ...]:
    """Return the amount of each section that the bill has, in the order of the bill."""
    amounts: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for rate in rates:
        amounts[rate.section] += rate.amount
    return sections_in_order(amounts)


def sections_in_order(amounts: Mapping[str, Decimal]) -> tuple[presentation.SectionSum, ...]:
    """Return sections already summed, in the order of the bill."""
    return tuple(presentation.SectionSum(code, name, amounts[code]) for code, name in sections.SECTIONS.items() if code in amounts)


def cost_centre_sums(
    *,
    rates: Sequence[records.Rate],
    section_codes: Sequence[str],
    names: Mapping[str, str],
) -> tuple[presentation.CostCentreSum, ...]:
    """Return the phone lines by cost centre, with their amounts by section; they sum to the bill's net amount."""
    by_centre: dict[str, dict[uuid.UUID | None, list[records.Rate]]] = defaultdict(lambda: defaultdict(list))
    centre_of: dict[uuid.UUID, str] = {}
    for rate in rates:
        # A line's parts follow the line: one row per line, in one centre.
        centre = rate.cost_centre if rate.line_id is None else centre_of.setdefault(rate.line_id, rate.cost_centre)
        by_centre[centre][rate.line_id].append(rate)
    made = []
    for code in sorted(by_centre, key=lambda found: (found == "", found)):
        rows = tuple(_phone_line(members, section_codes) for members in by_centre[code].values())
        amounts = tuple(sum((row.amounts[index] for row in rows), _ZERO) for index in range(len(section_codes)))
        made.append(presentation.CostCentreSum(code, names.get(code, "") if code else NO_CENTRE, amounts, sum(amounts, _ZERO), rows))
    return tuple(made)


def _phone_line(members: Sequence[records.Rate], section_codes: Sequence[str]) -> presentation.PhoneLineSum:
    amounts: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for rate in members:
        amounts[rate.section] += rate.amount
    ordered = tuple(amounts[code] for code in section_codes)
    named = next((rate for rate in members if rate.msisdn or rate.user_label), members[0])
    return presentation.PhoneLineSum(
        label=named.user_label or ("Compte" if named.line_id is None else ""),
        number=formatting.msisdn(named.msisdn) if named.msisdn else "",
        plan=" · ".join(dict.fromkeys(rate.offering_name_fr for rate in members if rate.kind != "usage" and rate.offering_name_fr)),
        usage=_line_usage(members),
        amounts=ordered,
        total_amount=sum(ordered, _ZERO),
        remark=" · ".join(dict.fromkeys(_remarks(members))),
    )


def _line_usage(members: Iterable[records.Rate]) -> str:
    used: dict[tuple[str, str], int] = defaultdict(int)
    for rate in members:
        if rate.kind == "usage":
            used[rate.service, rate.unit] += rate.events if rate.service in ("sms", "mms") else rate.quantity_rated
    said = []
    for (service, unit), quantity in used.items():
        shown = f"{formatting.number(quantity)} {service.upper()}" if service in ("sms", "mms") else grouping.usage_quantity(quantity, unit)
        said.append(shown)
    return " · ".join(said)


def _remarks(members: Iterable[records.Rate]) -> Iterable[str]:
    for rate in members:
        if rate.kind == "reversal":
            yield "régularisation"
        elif rate.was_prorated:
            yield f"{rate.days} jours sur {rate.month_days}"
        elif rate.instalment_number:
            yield f"échéance {rate.instalment_number} sur {rate.instalment_count}"


def usage_sums(rates: Iterable[records.Rate]) -> tuple[presentation.UsageSum, ...]:
    """Return the month's usage by service and zone, whether it costs something or was included."""
    groups: dict[tuple[str, str], list[records.Rate]] = defaultdict(list)
    for rate in rates:
        if rate.kind == "usage":
            groups[rate.service, rate.zone_code].append(rate)
    return tuple(
        presentation.UsageSum(
            name=grouping.usage_name(members[0]),
            events=sum(rate.events for rate in members),
            used=grouping.usage_quantity(sum(rate.quantity_rated for rate in members), members[0].unit),
            included=grouping.usage_quantity(sum(rate.quantity_free for rate in members), members[0].unit),
            amount=sum((rate.amount for rate in members), _ZERO),
        )
        for _, members in sorted(groups.items())
    )


def top_differences(found: Sequence[records.ReasonedDifference]) -> tuple[presentation.Difference, ...]:
    """Return the largest reasons, the others summed in one row, so that the whole change is there."""
    shown = [presentation.Difference(str(comparison.reason(item)), item.amount) for item in found[:_TOP_DIFFERENCES]]
    rest = sum((item.amount for item in found[_TOP_DIFFERENCES:]), _ZERO)
    if rest:
        shown.append(presentation.Difference("Autres écarts", rest))
    return tuple(shown)


def explanations(rates: Iterable[records.Rate]) -> tuple[str, ...]:
    """Return the sentences that a fleet manager needs to read this bill."""
    said = []
    kinds: set[str] = set()
    prorated = clauses = 0
    agreements: set[str] = set()
    for rate in rates:
        kinds.add(rate.kind)
        prorated += rate.was_prorated
        if rate.clause_number and rate.agreement_reference:
            clauses += 1
            agreements.add(rate.agreement_reference)
    if "recurring" in kinds and "usage" in kinds:
        said.append("Les abonnements sont facturés d’avance, pour le mois qui vient ; les consommations sont celles du mois écoulé.")
    if prorated:
        said.append(f"{formatting.number(prorated)} montants portent sur une partie de mois, au prorata des jours réels.")
    if clauses:
        said.append(f"{formatting.number(clauses)} prix sont négociés (accord {', '.join(sorted(agreements))}).")
    said.append(
        "La TVA est arrondie une seule fois par taux, sur le total. Le détail des communications est un document séparé, sur demande."
    )
    return tuple(said)
