"""Why this amount: a French sentence for each step, with every number, its dates and its clause."""

from __future__ import annotations

from come.billing import records
from come.billing.policies import grouping
from come.shared import formatting, money, text


def explain(rate: records.Rate) -> list[text.T]:
    """Return the sentences that lead from the price (or the usage) to the cents on the bill."""
    said = _usage(rate) if rate.kind == "usage" else [_what(rate), *_computation(rate)]
    said += _price_origin(rate)
    said.append(_vat(rate))
    return said


def _what(rate: records.Rate) -> text.T:
    name = grouping.charge_name(rate)
    period = _days(rate)
    match rate.kind:
        case "recurring":
            return text.T("« {name} » est facturé pour la période {period}.", name=name, period=period)
        case "reversal":
            return text.T(
                "« {name} » avait été facturé d’avance ; la période {period} n’est plus due et vous est rendue.", name=name, period=period
            )
        case "instalment":
            return text.T(
                "Échéance {number} sur {count} de « {name} », due le {day}.",
                number=rate.instalment_number or 0,
                count=rate.instalment_count or 0,
                name=name,
                day=formatting.day(rate.start_date),
            )
        case "deposit":
            return text.T("Dépôt de garantie « {name} », demandé le {day}.", name=name, day=formatting.day(rate.start_date))
    return text.T("« {name} », facturé une fois, le {day}.", name=name, day=formatting.day(rate.start_date))


def _computation(rate: records.Rate) -> list[text.T]:
    full = formatting.money_exact(rate.full_amount_exact)
    said = []
    if rate.was_prorated:
        said.append(
            text.T(
                "{full} par mois × {days} jours sur {month_days} = {exact}.",
                full=full,
                days=rate.days,
                month_days=rate.month_days,
                exact=formatting.money_exact(rate.amount_exact),
            ),
        )
    else:
        said.append(text.T("Prix hors taxes : {full}.", full=formatting.money_exact(rate.amount_exact)))
    if money.round_line(rate.amount_exact) != rate.amount_exact or rate.amount != rate.amount_exact:
        said.append(
            text.T(
                "Montant exact {exact}, soit {amount} ici : la ligne {line} de la facture est arrondie une fois au centime, puis répartie.",
                exact=formatting.money_exact(rate.amount_exact),
                amount=formatting.money(rate.amount),
                line=rate.invoice_line,
            ),
        )
    return said


def _usage(rate: records.Rate) -> list[text.T]:
    said = [
        text.T(
            "{name} : {events} événements, {quantity} facturables du {period}.",
            name=grouping.usage_name(rate),
            events=formatting.number(rate.events),
            quantity=grouping.usage_quantity(rate.quantity_rated, rate.unit),
            period=_days(rate),
        ),
    ]
    if rate.quantity_free:
        said.append(
            text.T(
                "{free} sont inclus dans le forfait{allowance} et ne coûtent rien.",
                free=grouping.usage_quantity(rate.quantity_free, rate.unit),
                allowance=f" ({rate.allowance_code})" if rate.allowance_code else "",
            ),
        )
    said.append(
        text.T(
            "Le reste est valorisé au tarif {tariff} : {exact}, soit {amount} sur cette ligne.",
            tariff=rate.tariff_code or "—",
            exact=formatting.money_exact(rate.amount_exact),
            amount=formatting.money(rate.amount),
        ),
    )
    return said


def _price_origin(rate: records.Rate) -> list[text.T]:
    if not rate.clause_number:
        return []
    if rate.agreement_reference:
        origin = text.T(
            "Prix négocié : article {number} de l’accord {agreement}.", number=rate.clause_number, agreement=rate.agreement_reference
        )
    else:
        origin = text.T("Prix négocié : article {number}.", number=rate.clause_number)
    said = [text.T("{origin} {clause}", origin=origin, clause=rate.clause_text)]
    if rate.list_amount_exact != rate.full_amount_exact:
        said.append(
            text.T(
                "Au catalogue : {listed} ; écart {gap} par unité.",
                listed=formatting.money_exact(rate.list_amount_exact),
                gap=formatting.money_exact(rate.full_amount_exact - rate.list_amount_exact),
            ),
        )
    return said


def _vat(rate: records.Rate) -> text.T:
    if rate.vat_category == "S":
        return text.T("TVA à {rate}, calculée une seule fois sur le total de la facture à ce taux.", rate=formatting.percent(rate.vat_rate))
    return text.T("Sans TVA : {reason}.", reason=rate.exemption_reason or rate.vat_category)


def _days(rate: records.Rate) -> str:
    last = rate.end_date.toordinal() - 1
    return f"{formatting.short_day(rate.start_date)} – {formatting.short_day(type(rate.end_date).fromordinal(last))}"
