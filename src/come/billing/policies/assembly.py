"""From an account's prices and rated usage to its bill: rates, invoice lines, VAT, totals, and what stands in the way."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from come.billing import records
from come.billing.invoicing import document, totals
from come.billing.policies import charges, grouping, sections, taxes
from come.inventory import records as inventory_records
from come.shared import money, obstacles, text
from come.usage import records as usage_records

STANDARD = "standard"


@dataclasses.dataclass(frozen=True, slots=True)
class Terms:
    """What every amount of an account is computed under."""

    cycle: records.CycleDays
    territory: str
    tax_rules: Sequence[records.TaxRule]


@dataclasses.dataclass(frozen=True, slots=True)
class AssembledBill:
    """What a bill is made of; `obstacles` hold it, what could be computed is there all the same."""

    rates: tuple[records.Rate, ...]
    lines: tuple[records.InvoiceLine, ...]
    tax_sums: tuple[document.TaxSum, ...]
    totals: document.Totals
    obstacles: tuple[obstacles.Obstacle, ...]
    profile: document.Profile
    mode: str
    start_date: dt.date
    end_date: dt.date
    phone_lines: int

    @property
    def net_amount_exact(self) -> Decimal:
        """Return the sum of the exact amounts, before any rounding."""
        return sum((rate.amount_exact for rate in self.rates), Decimal(0))


def assemble(
    *,
    items: Sequence[inventory_records.ChargeItem],
    usage: Sequence[usage_records.UsageCharge],
    progress: Mapping[int, records.Progress],
    terms: Terms,
    by_cost_centre: bool,
) -> AssembledBill:
    """Compute one account's bill."""
    cycle = terms.cycle
    found: list[obstacles.Obstacle] = []
    rates = [
        *_charged(items, progress, terms, found),
        *_used(items, usage, terms, found),
    ]
    grouped = grouping.group(rates=rates, by_cost_centre=by_cost_centre)
    document_lines = tuple(document_line(line) for line in grouped.lines)
    sums = totals.tax_sums(lines=document_lines)
    categories = {line.tax.category for line in document_lines}
    mixes_scopes = "O" in categories and len(categories) > 1
    return AssembledBill(
        rates=grouped.rates,
        lines=grouped.lines,
        tax_sums=sums,
        totals=totals.totals(lines=document_lines, sums=sums),
        obstacles=tuple(found),
        profile=document.Profile.FACTURX_EXTENDED if mixes_scopes else document.Profile.EN16931,
        mode=document.mode_of(frozenset(line.nature for line in document_lines)),
        start_date=min((line.start_date for line in grouped.lines), default=cycle.start_date),
        end_date=max((line.end_date for line in grouped.lines), default=cycle.end_date),
        phone_lines=len({rate.line_id for rate in grouped.rates if rate.line_id is not None}),
    )


def document_line(line: records.InvoiceLine) -> document.Line:
    """Return the line in the terms of the standard."""
    return document.Line(
        number=str(line.number),
        name=line.name_fr,
        description=line.description,
        quantity=line.quantity,
        unit_code=line.unit_code,
        unit_price=line.unit_price_exact,
        net_amount=line.net_amount,
        net_amount_exact=line.net_amount_exact,
        tax=document.Tax(line.vat_category, line.vat_rate, line.exemption_reason, line.exemption_code),
        nature=document.Nature(line.nature),
        seller_reference=line.offering_code,
        cost_centre=line.cost_centre,
        start_date=line.start_date,
        end_date=line.end_date,
    )


def _charged(
    items: Iterable[inventory_records.ChargeItem],
    progress: Mapping[int, records.Progress],
    terms: Terms,
    found: list[obstacles.Obstacle],
) -> Iterable[records.Rate]:
    for item in items:
        try:
            made = charges.charges(item=item, progress=progress.get(item.price_id, records.Progress()), cycle=terms.cycle)
        except ValueError:
            found.append(_unusable_price(item))
            continue
        category = taxes.DEPOSIT if item.price_type == "deposit" else item.tax_category
        for charge in made:
            tax = taxes.find(
                rules=terms.tax_rules, territory=terms.territory, tax_category=category, nature=item.nature, day=charge.start_date
            )
            if tax is None:
                found.append(taxes.missing(territory=terms.territory, tax_category=category, name_fr=item.name_fr))
                break
            yield _rate_of_price(item, charge, category, tax)


def _unusable_price(item: inventory_records.ChargeItem) -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "billing.unusable_price",
        obstacles.Severity.OBSTACLE,
        text.T(
            "Le prix « {name} » de la ligne {line} ne peut pas être calculé (type {kind}).",
            name=item.name_fr,
            line=item.msisdn or item.user_label or str(item.line_id),
            kind=item.price_type,
        ),
        text.T("Corrigez ce prix sur la fiche de la ligne, puis recalculez ce compte."),
        f"lines/{item.line_id}",
    )


def _rate_of_price(
    item: inventory_records.ChargeItem,
    charge: records.Charge,
    category: str,
    tax: document.Tax,
) -> records.Rate:
    return records.Rate(
        kind=charge.kind,
        section=sections.section_of(kind=charge.kind, nature=item.nature, is_reduction=item.amount_exact < 0),
        name_fr=item.name_fr,
        nature=item.nature,
        tax_category=category,
        vat_category=tax.category,
        vat_rate=tax.rate,
        exemption_reason=tax.exemption_reason,
        exemption_code=tax.exemption_code,
        start_date=charge.start_date,
        end_date=charge.end_date,
        full_amount_exact=charge.full_amount_exact,
        list_amount_exact=item.list_amount_exact,
        days=charge.days,
        month_days=charge.month_days,
        amount_exact=charge.amount_exact,
        line_id=item.line_id,
        product_id=item.product_id,
        price_id=item.price_id,
        cost_centre=item.cost_centre,
        user_label=item.user_label,
        msisdn=item.msisdn,
        offering_code=item.offering_code,
        offering_version=item.offering_version,
        offering_name_fr=item.offering_name_fr,
        price_code=item.code,
        price_type=item.price_type,
        agreement_reference=item.agreement_reference,
        clause_number=item.clause_number,
        clause_text=item.clause_text,
        instalment_number=charge.instalments_charged or None,
        instalment_count=item.instalment_count,
        charged_through_date=charge.charged_through_date,
        instalments_charged=charge.instalments_charged,
    )


def _used(
    items: Sequence[inventory_records.ChargeItem],
    usage: Iterable[usage_records.UsageCharge],
    terms: Terms,
    found: list[obstacles.Obstacle],
) -> Iterable[records.Rate]:
    known = {item.line_id: item for item in items}
    tax = taxes.find(rules=terms.tax_rules, territory=terms.territory, tax_category=STANDARD, nature="service", day=terms.cycle.start_date)
    for charge in usage:
        if tax is None:
            found.append(taxes.missing(territory=terms.territory, tax_category=STANDARD, name_fr=charge.service))
            return
        yield _rate_of_usage(charge, known.get(charge.line_id), terms.cycle, tax)


def _rate_of_usage(
    charge: usage_records.UsageCharge,
    line: inventory_records.ChargeItem | None,
    cycle: records.CycleDays,
    tax: document.Tax,
) -> records.Rate:
    exact = money.from_micro(charge.charge_micro_eur)
    return records.Rate(
        kind="usage",
        section="usage",
        name_fr=f"{sections.SERVICE_NAMES.get(charge.service, charge.service)} – {charge.zone_name_fr}",
        nature="service",
        tax_category=STANDARD,
        vat_category=tax.category,
        vat_rate=tax.rate,
        exemption_reason=tax.exemption_reason,
        exemption_code=tax.exemption_code,
        start_date=cycle.start_date,
        end_date=cycle.end_date,
        full_amount_exact=exact,
        list_amount_exact=exact,
        days=1,
        month_days=1,
        amount_exact=exact,
        line_id=charge.line_id,
        product_id=charge.line_id,
        cost_centre=line.cost_centre if line else "",
        user_label=line.user_label if line else "",
        msisdn=line.msisdn if line else "",
        offering_name_fr=line.offering_name_fr if line else "",
        service=charge.service,
        tariff_code=charge.tariff_code,
        zone_code=charge.zone_code,
        zone_name_fr=charge.zone_name_fr,
        band=charge.band,
        events=charge.events,
        quantity_rated=charge.quantity_rated,
        quantity_free=charge.quantity_free,
        unit=charge.unit,
        allowance_code=charge.allowance_code or "",
        clause_number=charge.clause_number or "",
        rating_run_id=str(charge.rating_run_id),
    )
