"""Write an invoice's values as a French reader expects them: the data of the page template, all texts."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from come.billing.invoicing import document, presentation
from come.shared import formatting

KIND_NAMES = {
    document.DocumentType.INVOICE: "Facture",
    document.DocumentType.CREDIT_NOTE: "Avoir",
    document.DocumentType.CORRECTED_INVOICE: "Facture rectificative",
    document.DocumentType.DEPOSIT_INVOICE: "Facture d’acompte",
    document.DocumentType.REBATE_CREDIT_NOTE: "Avoir de remise",
}
NATURE_NAMES = {
    frozenset({document.Nature.SERVICE}): "prestations de services",
    frozenset({document.Nature.GOODS}): "livraisons de biens",
    frozenset({document.Nature.SERVICE, document.Nature.GOODS}): "prestations de services et livraisons de biens",
}
# Beyond this many phone lines, each has one short row.
LARGE_FLEET_LINES = 300
_IBAN_SHOWN = 4
# Said elsewhere on the page, or addressed to machines.
_HIDDEN_NOTES = frozenset({document.NoteSubject.TREATMENT})


def page_data(invoice: document.InvoiceDocument) -> dict[str, Any]:
    """Return the template's data: a JSON-able tree of texts in their final writing."""
    kind = KIND_NAMES[invoice.type]
    shown = invoice.presentation
    return {
        "title": f"{kind} {invoice.number}",
        "kind": kind,
        "number": invoice.number,
        "issue_date": formatting.day(invoice.issue_date),
        "year": invoice.issue_date.year,
        "month": invoice.issue_date.month,
        "day": invoice.issue_date.day,
        "seller": _seller(invoice.seller),
        "buyer": _buyer(invoice.buyer),
        "references": _references(invoice),
        "totals": _totals(invoice.totals),
        **_due(invoice),
        "period_name": shown.period_name if shown else _period(invoice.start_date, invoice.last_day),
        "taxes": [[_rate(row.tax), formatting.money(row.base_amount), formatting.money(row.tax_amount)] for row in invoice.tax_sums],
        "tax_note": invoice.note(document.NoteSubject.VAT_ON_DEBITS),
        "payment": _payment(invoice),
        "lines": [_line(line) for line in invoice.lines],
        "adjustments": [_adjustment(item) for item in invoice.adjustments],
        "sums": _sums(invoice),
        "mentions": _mentions(invoice),
        **_presentation(shown),
    }


def _seller(party: document.Party) -> dict[str, str]:
    address = party.address
    parts = (
        party.name,
        party.legal_information,
        f"{address.street}, {address.postcode} {address.city}",
        f"SIREN {party.siren}",
        f"TVA {party.vat_number}",
    )
    return {"name": party.name, "tagline": "Télécommunications d’entreprise", "footer": " · ".join(part for part in parts if part)}


def _buyer(party: document.Party) -> dict[str, Any]:
    address = party.address
    lines = [address.street, address.complement, f"{address.postcode} {address.city}", "" if address.country == "FR" else address.country]
    known = [f"SIREN {party.siren}", f"SIRET {party.siret}" if party.siret else "", f"TVA {party.vat_number}" if party.vat_number else ""]
    known.append(f"Adresse de facturation électronique {party.endpoint_id}" if party.endpoint_id else "")
    return {"name": party.name, "lines": [line for line in lines if line], "identifiers": [line for line in known if line]}


def _references(invoice: document.InvoiceDocument) -> list[list[str]]:
    shown = invoice.presentation
    pairs = [
        ("Référence client", shown.customer_reference if shown else ""),
        ("Compte de facturation", " · ".join(part for part in (invoice.account_reference, shown.account_name if shown else "") if part)),
        ("Contrat", invoice.contract_reference),
        ("Votre bon de commande", invoice.purchase_order),
        ("Votre référence", invoice.buyer_reference),
        ("Période", _period(invoice.start_date, invoice.last_day)),
        ("Nature", NATURE_NAMES.get(frozenset(line.nature for line in invoice.lines), "")),
        *((f"Corrige la facture du {formatting.short_day(item.issue_date)}", item.number) for item in invoice.preceding),
    ]
    if invoice.delivery is not None:
        address = invoice.delivery.address
        pairs.append(("Livraison", f"{address.street}, {address.postcode} {address.city}"))
    if shown and shown.customer_service:
        pairs.append(("Service clients", shown.customer_service))
    return [[name, value] for name, value in pairs if value]


def _totals(totals: document.Totals) -> dict[str, str]:
    return {
        "net": formatting.money(totals.net_amount),
        "tax": formatting.money(totals.tax_amount),
        "gross": formatting.money(totals.gross_amount),
        "due": formatting.money(totals.due_amount),
    }


def _due(invoice: document.InvoiceDocument) -> dict[str, str]:
    day = formatting.day(invoice.due_date)
    if invoice.type.is_credit:
        return {"due_label": "À votre crédit", "due_date_label": "déduit de votre prochaine facture ou remboursé"}
    if invoice.payment.code == document.PaymentMeansCode.SEPA_DIRECT_DEBIT:
        return {"due_label": "Montant prélevé", "due_date_label": f"le {day}"}
    return {"due_label": "À payer", "due_date_label": f"avant le {day}"}


def _payment(invoice: document.InvoiceDocument) -> list[str]:
    payment = invoice.payment
    if payment.code == document.PaymentMeansCode.SEPA_DIRECT_DEBIT:
        said = [
            f"Prélèvement SEPA le {formatting.day(invoice.due_date)}.",
            f"Mandat (RUM) {payment.mandate_reference} · créancier (ICS) {payment.creditor_identifier}",
        ]
        if payment.debtor_iban:
            said.append(f"Compte débité : {payment.debtor_iban[:_IBAN_SHOWN]} •••• {payment.debtor_iban[-_IBAN_SHOWN:]}")
    else:
        said = [f"Virement avant le {formatting.day(invoice.due_date)}.", f"IBAN {_grouped(payment.creditor_iban)}"]
        said.append(f"Référence à rappeler : {payment.remittance or invoice.number}")
    if invoice.totals.prepaid_amount:
        said.append(f"Déjà payé : {formatting.money(invoice.totals.prepaid_amount)}")
    if invoice.payment_terms:
        said.append(invoice.payment_terms)
    return said


def _grouped(iban: str) -> str:
    return " ".join(iban[index : index + 4] for index in range(0, len(iban), 4))


def _line(line: document.Line) -> dict[str, str]:
    extras = [line.description, f"centre de coûts {line.cost_centre}" if line.cost_centre else ""]
    extras += [f"{item.reason} : {formatting.money(item.amount if item.is_charge else -item.amount)}" for item in line.adjustments]
    price = formatting.money_exact(line.unit_price)
    if line.price_quantity != 1:
        price = f"{price} / {formatting.number(line.price_quantity)}"
    return {
        "name": line.name,
        "detail": " · ".join(extra for extra in extras if extra),
        "period": _period(line.start_date, line.last_day),
        "quantity": formatting.number(_plain(line.quantity)),
        "price": price,
        "tax": _rate(line.tax),
        "amount": formatting.money(line.net_amount),
    }


def _adjustment(item: document.Adjustment) -> list[str]:
    amount = item.amount if item.is_charge else -item.amount
    return [item.reason, _rate(item.tax) if item.tax else "", formatting.money(amount)]


def _sums(invoice: document.InvoiceDocument) -> list[list[str]]:
    totals = invoice.totals
    rows = [["Total hors taxes", formatting.money(totals.net_amount)]]
    rows += [[f"TVA {_rate(row.tax)}", formatting.money(row.tax_amount)] for row in invoice.tax_sums]
    rows.append(["Total TTC", formatting.money(totals.gross_amount)])
    if totals.prepaid_amount:
        rows += [["Déjà payé", formatting.money(-totals.prepaid_amount)], ["Reste dû", formatting.money(totals.due_amount)]]
    return rows


def _mentions(invoice: document.InvoiceDocument) -> list[str]:
    said = [note.content for note in invoice.notes if note.subject not in _HIDDEN_NOTES]
    said += [row.tax.exemption_reason for row in invoice.tax_sums if row.tax.exemption_reason]
    said.append("L’original de cette facture est le fichier Factur-X : ce document et les données structurées qui y sont jointes.")
    return said


def _presentation(shown: presentation.Presentation | None) -> dict[str, Any]:
    if shown is None:
        return {
            "sections": [],
            "chart": [],
            "section_names": [],
            "centres": [],
            "is_large": False,
            "usage": [],
            "comparison": None,
            "explanations": [],
        }
    positive = sum((section.amount for section in shown.sections if section.amount > 0), Decimal(0))
    # Columns that are empty everywhere would only narrow the others.
    kept = [index for index, section in enumerate(shown.sections) if section.amount or _any_amount(shown, index)]
    return {
        "sections": [
            {"name": section.name, "amount": formatting.money(section.amount), "share": _share(section.amount, positive), "colour": index}
            for index, section in enumerate(shown.sections)
            if index in kept
        ],
        "chart": [
            {"permille": max(1, int(section.amount * 1000 / positive)), "colour": index}
            for index, section in enumerate(shown.sections)
            if section.amount > 0
        ],
        "section_names": [shown.sections[index].name for index in kept],
        "centres": [_centre(centre, kept) for centre in shown.cost_centres],
        "is_large": sum(len(centre.phone_lines) for centre in shown.cost_centres) > LARGE_FLEET_LINES,
        "usage": [[row.name, formatting.number(row.events), row.used, row.included, formatting.money(row.amount)] for row in shown.usage],
        "comparison": _comparison(shown.comparison),
        "explanations": list(shown.explanations),
    }


def _any_amount(shown: presentation.Presentation, index: int) -> bool:
    return any(line.amounts[index] for centre in shown.cost_centres for line in centre.phone_lines)


def _share(amount: Decimal, whole: Decimal) -> str:
    return formatting.percent((amount * 100 / whole).quantize(Decimal(1))) if whole and amount > 0 else ""


def _centre(centre: presentation.CostCentreSum, kept: list[int]) -> dict[str, Any]:
    title = " · ".join(part for part in (centre.code, centre.name) if part) or "Sans centre de coûts"
    return {
        "title": title,
        "amounts": [_cell(centre.amounts[index]) for index in kept],
        "total": formatting.money(centre.total_amount),
        "rows": [_row(line, kept) for line in centre.phone_lines],
    }


def _row(line: presentation.PhoneLineSum, kept: list[int]) -> dict[str, Any]:
    return {
        "label": line.label or "—",
        "number": line.number or "—",
        "detail": " · ".join(part for part in (line.plan, line.usage, line.remark) if part),
        "amounts": [_cell(line.amounts[index]) for index in kept],
        "total": formatting.money(line.total_amount),
    }


def _cell(amount: Decimal) -> str:
    return formatting.money(amount) if amount else "–"


def _comparison(comparison: presentation.Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    return {
        "previous_number": comparison.previous_number,
        "previous_period": comparison.previous_period,
        "previous": formatting.money(comparison.previous_amount),
        "current": formatting.money(comparison.current_amount),
        "differences": [
            [item.reason, f"{'+ ' if item.amount > 0 else ''}{formatting.money(item.amount)}"] for item in comparison.differences
        ],
    }


def _rate(tax: document.Tax) -> str:
    return "hors champ" if tax.category == "O" else formatting.percent(tax.rate)


def _plain(value: Decimal) -> Decimal:
    return Decimal(f"{value:f}".rstrip("0").rstrip(".")) if "." in f"{value:f}" else value


def _period(start: dt.date | None, last_day: dt.date | None) -> str:
    if start is None or last_day is None:
        return ""
    if start == last_day:
        return formatting.short_day(start)
    first = f"{start:%d/%m}" if start.year == last_day.year else formatting.short_day(start)
    return f"{first} au {formatting.short_day(last_day)}"
