"""Invoices for tests: one plain telecom bill, and the varied ones that are made from a number."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from decimal import Decimal

from come.billing.invoicing import document, presentation, totals
from come.shared import identifiers, money

STANDARD = document.Tax("S", Decimal(20))
REDUCED = document.Tax("S", Decimal("5.5"))
OVERSEAS = document.Tax("S", Decimal("8.5"))
EXEMPT = document.Tax("E", Decimal(0), "Exonération, article 261 du CGI", "VATEX-FR-CGI261-1")
SELLER_SIREN = identifiers.test_siren(1)

NOTES = (
    document.Note(document.NoteSubject.LATE_INDEMNITY, "Indemnité forfaitaire pour frais de recouvrement : 40 euros."),
    document.Note(document.NoteSubject.LATE_PENALTIES, "Pénalités de retard : trois fois le taux d’intérêt légal."),
    document.Note(document.NoteSubject.EARLY_DISCOUNT, "Pas d’escompte pour paiement anticipé."),
    document.Note(document.NoteSubject.TREATMENT, "B2B"),
    document.Note(document.NoteSubject.LEGAL_FORM, "SAS au capital de 10 000 000 euros"),
    document.Note(document.NoteSubject.REGISTER, "RCS Nantes"),
    document.Note(document.NoteSubject.VAT_ON_DEBITS, "Option pour le paiement de la taxe d’après les débits."),
)


def seller() -> document.Party:
    """Return the fictional operator."""
    siren = SELLER_SIREN
    return document.Party(
        name="Novaline Entreprises",
        siren=siren,
        siret=identifiers.test_siret(siren, 1),
        vat_number=identifiers.vat_from_siren(siren),
        address=document.Address("1 quai des Essais", "44000", "Nantes"),
        endpoint_id=siren,
        legal_information="SAS au capital de 10 000 000 euros, RCS Nantes",
        contact_name="Service clients entreprises",
        contact_phone="+33 1 99 00 00 00",
        contact_email="factures@novaline.example",
    )


def buyer(number: int = 100) -> document.Party:
    """Return a fictional customer."""
    siren = identifiers.test_siren(number)
    return document.Party(
        name="Transports & Fils <Bréal>",
        siren=siren,
        siret=identifiers.test_siret(siren, 1),
        vat_number=identifiers.vat_from_siren(siren),
        address=document.Address("12 rue de l’Exemple", "35000", "Rennes"),
        endpoint_id=siren,
    )


def line(
    number: int = 1,
    *,
    quantity: Decimal = Decimal(1),
    unit_price: Decimal = Decimal("20.00"),
    tax: document.Tax = STANDARD,
    nature: document.Nature = document.Nature.SERVICE,
    adjustments: tuple[document.Adjustment, ...] = (),
    name: str = "Forfait Pro 50 Go",
    cost_centre: str = "",
) -> document.Line:
    """Return a line whose amount is right."""
    exact = totals.line_net_exact(quantity=quantity, unit_price=unit_price, adjustments=adjustments)
    return document.Line(
        number=str(number),
        name=name,
        quantity=quantity,
        unit_code="C62",
        unit_price=unit_price,
        net_amount=money.round_line(exact),
        net_amount_exact=exact,
        tax=tax,
        nature=nature,
        seller_reference="PRO50",
        start_date=dt.date(2026, 11, 1),
        end_date=dt.date(2026, 12, 1),
        adjustments=adjustments,
        cost_centre=cost_centre,
    )


def invoice(
    lines: tuple[document.Line, ...] | None = None,
    *,
    number: str = "NVL-2026-0000001",
    type_: document.DocumentType = document.DocumentType.INVOICE,
    adjustments: tuple[document.Adjustment, ...] = (),
    preceding: tuple[document.PrecedingInvoice, ...] = (),
    contract_reference: str = "ACC-2026-000001",
    payment: document.PaymentMeans | None = None,
) -> document.InvoiceDocument:
    """Return an invoice whose sums are right."""
    lines = (line(),) if lines is None else lines
    sums = totals.tax_sums(lines=lines, adjustments=adjustments)
    natures = frozenset(item.nature for item in lines)
    return document.InvoiceDocument(
        document_id=f"bill-{number}",
        number=number,
        type=type_,
        issue_date=dt.date(2026, 11, 2),
        due_date=dt.date(2026, 11, 20),
        currency="EUR",
        mode=document.mode_of(natures),
        profile=document.Profile.EN16931,
        tax_point=document.TaxPoint.DEBITS,
        seller=seller(),
        buyer=buyer(),
        notes=NOTES,
        lines=lines,
        adjustments=adjustments,
        tax_sums=sums,
        totals=totals.totals(lines=lines, adjustments=adjustments, sums=sums),
        payment=payment or direct_debit(),
        payment_terms="Prélèvement à l’échéance.",
        start_date=dt.date(2026, 10, 1),
        end_date=dt.date(2026, 12, 1),
        purchase_order="BC-77/2026",
        contract_reference=contract_reference,
        account_reference="CF-2026-000042",
        preceding=preceding,
        delivery=document.Delivery("Transports & Fils", document.Address("3 quai du Dépôt", "35400", "Saint-Malo"), dt.date(2026, 10, 12))
        if document.Nature.GOODS in natures
        else None,
    )


def direct_debit() -> document.PaymentMeans:
    """Return a SEPA direct debit with its mandate."""
    return document.PaymentMeans(
        document.PaymentMeansCode.SEPA_DIRECT_DEBIT,
        debtor_iban=identifiers.test_iban(42),
        mandate_reference="RUM-000042",
        creditor_identifier="FR00ZZZ999999",
    )


def transfer() -> document.PaymentMeans:
    """Return a bank transfer to the seller."""
    return document.PaymentMeans(document.PaymentMeansCode.TRANSFER, creditor_iban=identifiers.test_iban(1), remittance="NVL-2026-0000001")


def varied(seed: int) -> document.InvoiceDocument:
    """Return an invoice made from a number: types, rates, discounts, reversals, instalments, goods, payment means."""
    chance = random.Random(seed)
    lines = tuple(_varied_line(chance, number) for number in range(1, chance.randint(2, 30)))
    type_ = chance.choice(
        [
            *[document.DocumentType.INVOICE] * 4,
            document.DocumentType.CREDIT_NOTE,
            document.DocumentType.CORRECTED_INVOICE,
            document.DocumentType.REBATE_CREDIT_NOTE,
        ]
    )
    preceding: tuple[document.PrecedingInvoice, ...] = ()
    if type_ in (document.DocumentType.CREDIT_NOTE, document.DocumentType.CORRECTED_INVOICE):
        preceding = (document.PrecedingInvoice("NVL-2026-0000000", dt.date(2026, 10, 2)),)
    taxes = sorted({item.tax for item in lines}, key=lambda tax: (tax.category, tax.rate))
    adjustments = tuple(
        document.Adjustment(Decimal(chance.randint(1, 300)).scaleb(-2), "Remise de flotte", "95", tax=tax)
        for tax in taxes
        if chance.random() < 0.4
    )
    return invoice(
        lines,
        number=f"NVL-2026-{seed:07d}",
        type_=type_,
        adjustments=adjustments,
        preceding=preceding,
        payment=chance.choice([direct_debit(), transfer()]),
    )


def _varied_line(chance: random.Random, number: int) -> document.Line:  # noqa: PLR0911 - one kind of line a return
    quantity = Decimal(chance.randint(1, 5000))
    price = Decimal(chance.randint(0, 90_000_000)).scaleb(-6)
    kind = chance.choice(["plan", "plan", "handset", "usage", "reversal", "discounted", "exempt", "overseas", "instalment"])
    match kind:
        case "handset":
            return line(
                number,
                quantity=Decimal(chance.randint(1, 9)),
                unit_price=Decimal("349.90"),
                nature=document.Nature.GOODS,
                name="Téléphone Alpha 12",
            )
        case "usage":
            return line(number, unit_price=price, name="Communications vers l’Europe", tax=STANDARD)
        case "reversal":
            return line(number, quantity=Decimal(-1), unit_price=Decimal("0.333333"), name="Régularisation de résiliation")
        case "discounted":
            item = document.Adjustment(Decimal("1.50"), "Remise négociée", "95", base_amount=Decimal("20.00"), percentage=Decimal("7.5"))
            return line(number, unit_price=Decimal("20.00"), adjustments=(item,))
        case "exempt":
            return line(number, unit_price=price, tax=EXEMPT, name="Service exonéré")
        case "overseas":
            return line(number, quantity=quantity, unit_price=price, tax=OVERSEAS, name="Forfait Antilles")
        case "instalment":
            return line(
                number,
                quantity=Decimal(3),
                unit_price=Decimal("14.58"),
                nature=document.Nature.GOODS,
                name="Téléphone Beta, échéance 3 sur 24",
            )
    return line(number, quantity=quantity, unit_price=price, cost_centre="CC-01")


def with_presentation(made: document.InvoiceDocument, *, centres: int, phone_lines: int) -> document.InvoiceDocument:
    """Return the invoice with its readable part: its amount spread over as many phone lines."""
    net = made.totals.net_amount
    shares = money.allocate(net, [1] * (centres * phone_lines))
    rows = [
        presentation.PhoneLineSum(
            label=f"Camille Martin {index}",
            number="06 39 98 00 00",
            plan="Forfait Pro 50 Go · Option Europe",
            usage="12,5 Go · 2 h 10",
            amounts=(share, Decimal("0.00"), Decimal("0.00")),
            total_amount=share,
        )
        for index, share in enumerate(shares)
    ]
    made_centres = []
    for index in range(centres):
        part = tuple(rows[index * phone_lines : (index + 1) * phone_lines])
        total = sum((row.total_amount for row in part), Decimal("0.00"))
        made_centres.append(
            presentation.CostCentreSum(f"CC-{index:02d}", f"Direction {index}", (total, Decimal("0.00"), Decimal("0.00")), total, part)
        )
    shown = presentation.Presentation(
        period_name="octobre 2026",
        customer_reference="CLI-2026-000042",
        account_name="Flotte principale",
        sections=(
            presentation.SectionSum("recurring", "Abonnements et options", net),
            presentation.SectionSum("usage", "Consommations", Decimal("0.00")),
            presentation.SectionSum("device", "Équipements", Decimal("0.00")),
        ),
        cost_centres=tuple(made_centres),
        usage=(presentation.UsageSum("Voix vers les mobiles", 1234, "45 h 12 min", "45 h 12 min", Decimal("0.00")),),
        comparison=presentation.Comparison(
            "NVL-2026-0000000",
            "septembre 2026",
            net - 5,
            net,
            (
                presentation.Difference("2 lignes ouvertes en octobre", Decimal("7.50")),
                presentation.Difference("Moins d’appels vers l’étranger", Decimal("-2.50")),
            ),
        ),
        explanations=("Les abonnements sont facturés d’avance, les consommations à terme échu.",),
        customer_service="09 99 00 00 00",
    )
    return dataclasses.replace(made, presentation=shown)
