"""Our own checks of an invoice: what the public rules tolerate or cannot see, and what COME refuses to issue.

EN 16931 lets a wrong VAT of some cents pass (BR-CO-17), BR-FR never asks for the BAR note, nothing checks the debits
option, the supply period or the delivery address. Every finding is returned, never the first only.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from come.billing.invoicing import document, totals
from come.shared import identifiers, money, obstacles, text

MAXIMUM_NUMBER_LENGTH = 35
MAXIMUM_TERM_DAYS = 60
NUMBER_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-_/")
# BR-FR-16.
ALLOWED_RATES = frozenset(
    Decimal(rate) for rate in ("0", "20", "10", "5.5", "2.1", "8.5", "1.05", "1.75", "0.9", "13", "7", "19.6", "20.6", "9.2", "9.6")
)
ALLOWED_CATEGORIES = frozenset({"S", "E", "AE", "K", "G", "O", "Z"})
REASONED_CATEGORIES = frozenset({"E", "AE", "K", "G", "O"})
TREATMENTS = frozenset({"B2B", "B2BINT", "B2C", "B2CINT", "OUTOFSCOPE", "ARCHIVEONLY"})
PAID_MODES = frozenset({"B2", "S2", "M2"})
_CENT_DIGITS = 2
_QUANTITY_DIGITS = 4
_PRICE_DIGITS = 6


def document_obstacles(invoice: document.InvoiceDocument) -> list[obstacles.Obstacle]:
    """Return everything that forbids to issue this invoice; an empty list means that it may leave."""
    return [
        *_identity(invoice),
        *_parties(invoice),
        *_notes(invoice),
        *_dates(invoice),
        *_lines(invoice),
        *_taxes(invoice),
        *_totals(invoice),
        *_payment(invoice),
        *_references(invoice),
        *_presentation(invoice),
    ]


def _found(code: str, message: text.T, next_step: text.T, path: str) -> obstacles.Obstacle:
    return obstacles.Obstacle(f"billing.{code}", obstacles.Severity.OBSTACLE, message, next_step, path)


def _identity(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    if not invoice.number or len(invoice.number) > MAXIMUM_NUMBER_LENGTH or set(invoice.number) - NUMBER_CHARACTERS:
        yield _found(
            "number_form",
            text.T(
                "Le numéro « {number} » ne peut pas être celui d’une facture (35 caractères, lettres, chiffres et + - _ /).",
                number=invoice.number,
            ),
            text.T("Corrigez le préfixe de la série de numéros de l’entité émettrice."),
            "number",
        )
    if invoice.currency != "EUR":
        yield _found(
            "currency",
            text.T("La devise {currency} n’est pas prise en charge : la TVA devrait aussi être dite en euros.", currency=invoice.currency),
            text.T("Passez le compte de facturation en euros."),
            "currency",
        )
    natures = frozenset(line.nature for line in invoice.lines)
    if invoice.mode[1:] in {"1", "2"} and natures and invoice.mode[:1] != document.mode_of(natures)[:1]:
        yield _found(
            "mode",
            text.T(
                "La facture annonce « {mode} » mais ses lignes disent « {found} » (biens, services ou les deux).",
                mode=invoice.mode,
                found=document.mode_of(natures),
            ),
            text.T("Corrigez la nature (bien ou service) des prix au catalogue."),
            "mode",
        )
    categories = {line.tax.category for line in invoice.lines}
    if invoice.profile == document.Profile.EN16931 and "O" in categories and len(categories) > 1:
        yield _found(
            "profile_too_small",
            text.T("La facture mêle des montants hors champ de TVA et des montants taxés : le profil EN 16931 l’interdit."),
            text.T("Émettez-la au profil EXTENDED, ou facturez à part les montants hors champ."),
            "profile",
        )


def _parties(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    for path, party, owner in (
        ("seller", invoice.seller, text.T("de l’entité émettrice")),
        ("buyer", invoice.buyer, text.T("du client")),
    ):
        yield from _party(path, party, owner, is_domestic=invoice.note(document.NoteSubject.TREATMENT) == "B2B")


def _party(path: str, party: document.Party, owner: text.T, *, is_domestic: bool) -> Iterator[obstacles.Obstacle]:
    repair = text.T("Complétez la fiche {owner}, puis recalculez la facture.", owner=owner)
    try:
        identifiers.check_siren(party.siren)
    except identifiers.InvalidIdentifier:
        yield _found(
            "siren", text.T("Le SIREN {owner} manque ou est faux : « {siren} ».", owner=owner, siren=party.siren), repair, f"{path}/siren"
        )
    if party.siret and not party.siret.startswith(party.siren):
        yield _found("siret", text.T("Le SIRET {owner} n’est pas un établissement de son SIREN.", owner=owner), repair, f"{path}/siret")
    if path == "seller" and not party.vat_number:
        yield _found("seller_vat", text.T("Le numéro de TVA {owner} manque.", owner=owner), repair, f"{path}/vat_number")
    if not party.endpoint_id or (is_domestic and party.endpoint_scheme == "0225" and not party.endpoint_id.startswith(party.siren)):
        yield _found(
            "endpoint",
            text.T("L’adresse électronique de facturation {owner} manque ou n’est pas rattachée à son SIREN.", owner=owner),
            text.T("Consultez l’annuaire, puis corrigez l’adresse 0225 du compte de facturation."),
            f"{path}/endpoint_id",
        )
    address = party.address
    if not (address.street and address.postcode and address.city and address.country):
        yield _found("address", text.T("L’adresse postale {owner} est incomplète.", owner=owner), repair, f"{path}/address")


def _notes(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    counts = Counter(note.subject for note in invoice.notes)
    mandatory = (
        document.NoteSubject.LATE_INDEMNITY,
        document.NoteSubject.LATE_PENALTIES,
        document.NoteSubject.EARLY_DISCOUNT,
        document.NoteSubject.TREATMENT,
        document.NoteSubject.LEGAL_FORM,
    )
    repair = text.T("Complétez les mentions légales de l’entité émettrice.")
    for subject in mandatory:
        if counts[subject] != 1:
            yield _found(
                "note_count",
                text.T(
                    "La mention {subject} doit figurer une fois, elle y est {count} fois.", subject=subject.value, count=counts[subject]
                ),
                repair,
                f"notes/{subject.value}",
            )
    treatment = invoice.note(document.NoteSubject.TREATMENT)
    if treatment and treatment not in TREATMENTS:
        yield _found("treatment", text.T("Le traitement « {treatment} » n’existe pas.", treatment=treatment), repair, "notes/BAR")
    indemnity = invoice.note(document.NoteSubject.LATE_INDEMNITY)
    if indemnity and "40" not in indemnity:
        yield _found("indemnity", text.T("La mention de l’indemnité de recouvrement ne dit pas son montant (40 €)."), repair, "notes/PMT")
    wants_debits = invoice.tax_point == document.TaxPoint.DEBITS
    if wants_debits and "débits" not in invoice.note(document.NoteSubject.VAT_ON_DEBITS):
        yield _found(
            "debits_mention",
            text.T("L’option pour la TVA d’après les débits s’applique, mais sa mention manque."),
            repair,
            "notes/AAI",
        )


def _dates(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    is_prepaid = invoice.mode in PAID_MODES
    if invoice.due_date < invoice.issue_date and not is_prepaid:
        yield _found(
            "due_before_issue",
            text.T("L’échéance précède la date de la facture."),
            text.T("Corrigez le délai de paiement du compte."),
            "due_date",
        )
    if invoice.due_date > invoice.issue_date + dt.timedelta(days=MAXIMUM_TERM_DAYS):
        yield _found(
            "term_too_long",
            text.T("L’échéance dépasse 60 jours après la date de la facture (code de commerce, L441-10)."),
            text.T("Ramenez le délai de paiement du compte à 60 jours au plus."),
            "due_date",
        )
    if invoice.start_date is None or invoice.end_date is None:
        if not invoice.type.is_credit or invoice.type == document.DocumentType.REBATE_CREDIT_NOTE:
            yield _found("no_period", text.T("La période facturée manque."), text.T("Relancez le calcul de la facture."), "start_date")
    elif invoice.end_date <= invoice.start_date:
        yield _found("empty_period", text.T("La période facturée est vide."), text.T("Relancez le calcul de la facture."), "end_date")


def _lines(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    if not invoice.lines:
        yield _found(
            "no_line",
            text.T("La facture n’a aucune ligne."),
            text.T("Écartez le compte de cette facturation, ou relancez le calcul."),
            "lines",
        )
    repeated = [number for number, count in Counter(line.number for line in invoice.lines).items() if count > 1]
    for number in repeated:
        yield _found(
            "line_number",
            text.T("Le numéro de ligne {number} est utilisé deux fois.", number=number),
            text.T("Relancez le calcul."),
            f"lines/{number}",
        )
    for line in invoice.lines:
        yield from _line(line)


def _line(line: document.Line) -> Iterator[obstacles.Obstacle]:
    path = f"lines/{line.number}"
    repair = text.T("Relancez le calcul de la facture ; si l’écart demeure, retenez-la et ouvrez un incident.")
    if not line.name.strip():
        yield _found(
            "line_name",
            text.T("La ligne {number} n’a pas de libellé.", number=line.number),
            text.T("Donnez un nom au prix dans le catalogue."),
            path,
        )
    if line.unit_price < 0:
        yield _found("negative_price", text.T("Le prix unitaire de la ligne {number} est négatif.", number=line.number), repair, path)
    if line.price_quantity <= 0:
        yield _found("price_quantity", text.T("La base du prix de la ligne {number} n’est pas positive.", number=line.number), repair, path)
        return
    if _digits(line.quantity) > _QUANTITY_DIGITS or _digits(line.unit_price) > _PRICE_DIGITS or _digits(line.net_amount) > _CENT_DIGITS:
        yield _found("line_digits", text.T("La ligne {number} a trop de décimales.", number=line.number), repair, path)
    exact = totals.line_net_exact(
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_quantity=line.price_quantity,
        adjustments=line.adjustments,
    )
    if exact != line.net_amount_exact or money.round_line(exact) != line.net_amount:
        yield _found(
            "line_amount",
            text.T(
                "Le montant de la ligne {number} ({found}) n’est pas quantité × prix ({wanted}).",
                number=line.number,
                found=line.net_amount,
                wanted=exact,
            ),
            repair,
            path,
        )
    if line.start_date and line.end_date and line.end_date <= line.start_date:
        yield _found("line_period", text.T("La période de la ligne {number} est vide.", number=line.number), repair, path)


def _taxes(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    repair = text.T("Vérifiez la règle de TVA du territoire et du produit, puis recalculez.")
    for tax in {line.tax for line in invoice.lines} | {row.tax for row in invoice.tax_sums}:
        if tax.category not in ALLOWED_CATEGORIES:
            yield _found(
                "tax_category", text.T("La catégorie de TVA « {category} » n’est pas permise.", category=tax.category), repair, "tax_sums"
            )
        if tax.rate not in ALLOWED_RATES or (tax.category == "S") != (tax.rate > 0):
            yield _found(
                "tax_rate",
                text.T("Le taux de TVA {rate} ne va pas avec la catégorie {category}.", rate=tax.rate, category=tax.category),
                repair,
                "tax_sums",
            )
        if tax.category in REASONED_CATEGORIES and not (tax.exemption_reason or tax.exemption_code):
            yield _found(
                "tax_reason", text.T("Le motif de l’exonération manque (catégorie {category}).", category=tax.category), repair, "tax_sums"
            )
    try:
        wanted = totals.tax_sums(lines=invoice.lines, adjustments=invoice.adjustments)
    except ValueError:
        yield _found("allowance_tax", text.T("Une remise de pied de facture n’a pas de TVA."), repair, "adjustments")
        return
    if tuple(wanted) != tuple(invoice.tax_sums):
        found = ", ".join(f"{row.tax.category} {row.tax.rate} % : {row.tax_amount}" for row in invoice.tax_sums)
        right = ", ".join(f"{row.tax.category} {row.tax.rate} % : {row.tax_amount}" for row in wanted)
        yield _found(
            "tax_cents",
            text.T("La TVA n’est pas exacte au centime : {found} au lieu de {right}.", found=found or "—", right=right or "—"),
            text.T("Relancez le calcul ; la TVA s’arrondit une seule fois par taux, sur la base totale."),
            "tax_sums",
        )


def _totals(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    wanted = totals.totals(
        lines=invoice.lines,
        adjustments=invoice.adjustments,
        sums=invoice.tax_sums,
        prepaid_amount=invoice.totals.prepaid_amount,
    )
    if wanted != invoice.totals:
        yield _found(
            "totals",
            text.T("Les totaux ne sont pas la somme des lignes et des taxes."),
            text.T("Relancez le calcul de la facture."),
            "totals",
        )
    if invoice.totals.gross_amount < 0:
        yield _found(
            "negative_total",
            text.T("Le total est négatif ({amount} €) : ce doit être un avoir, pas une facture.", amount=invoice.totals.gross_amount),
            text.T("Vérifiez les régularisations du compte, puis émettez un avoir."),
            "totals",
        )
    if invoice.mode in PAID_MODES and (invoice.totals.due_amount or invoice.totals.prepaid_amount != invoice.totals.gross_amount):
        yield _found(
            "paid_mode",
            text.T("La facture se dit déjà payée, mais un reste est dû."),
            text.T("Corrigez le mode ou le montant déjà payé."),
            "totals",
        )


def _payment(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    payment = invoice.payment
    if invoice.type.is_credit:
        return
    if payment.code == document.PaymentMeansCode.SEPA_DIRECT_DEBIT:
        if not (payment.mandate_reference and payment.creditor_identifier):
            yield _found(
                "mandate",
                text.T("Le compte est en prélèvement mais son mandat SEPA (RUM) ou l’identifiant créancier (ICS) manque."),
                text.T("Enregistrez le mandat du compte, ou passez-le en virement."),
                "payment/mandate_reference",
            )
    elif not payment.creditor_iban:
        yield _found("creditor_iban", text.T("L’IBAN où payer manque."), text.T("Complétez l’entité émettrice."), "payment/creditor_iban")


def _references(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    needs = invoice.type in (document.DocumentType.CREDIT_NOTE, document.DocumentType.CORRECTED_INVOICE)
    if needs and not invoice.preceding:
        yield _found(
            "no_preceding",
            text.T("Le document ne dit pas quelle facture il corrige."),
            text.T("Choisissez la facture d’origine."),
            "preceding",
        )
    if invoice.type == document.DocumentType.CORRECTED_INVOICE and len(invoice.preceding) > 1:
        yield _found(
            "many_preceding",
            text.T("Une facture rectificative corrige une seule facture."),
            text.T("Gardez la seule facture d’origine."),
            "preceding",
        )
    if invoice.type == document.DocumentType.REBATE_CREDIT_NOTE and (invoice.preceding or not invoice.contract_reference):
        yield _found(
            "rebate",
            text.T("Un avoir de remise (262) cite un contrat et aucune facture."),
            text.T("Indiquez la référence du contrat."),
            "contract_reference",
        )
    has_goods = any(line.nature == document.Nature.GOODS for line in invoice.lines)
    if has_goods and not invoice.type.is_credit and invoice.delivery is None:
        yield _found(
            "delivery",
            text.T("La facture comporte des biens : leur adresse de livraison manque."),
            text.T("Retrouvez l’adresse de livraison de la commande."),
            "delivery",
        )


def _presentation(invoice: document.InvoiceDocument) -> Iterator[obstacles.Obstacle]:
    shown = invoice.presentation
    if shown is None:
        return
    repair = text.T("Relancez le calcul de la facture.")
    net = invoice.totals.net_amount
    if sum((section.amount for section in shown.sections), Decimal(0)) != net:
        yield _found("sections_sum", text.T("Les rubriques ne font pas le total hors taxes."), repair, "presentation/sections")
    if shown.cost_centres and sum((centre.total_amount for centre in shown.cost_centres), Decimal(0)) != net:
        yield _found("centres_sum", text.T("Les centres de coûts ne font pas le total hors taxes."), repair, "presentation/cost_centres")
    for centre in shown.cost_centres:
        if sum((line.total_amount for line in centre.phone_lines), Decimal(0)) != centre.total_amount:
            yield _found(
                "centre_sum",
                text.T("Les lignes du centre « {code} » ne font pas son total.", code=centre.code),
                repair,
                "presentation/cost_centres",
            )
    if (
        shown.comparison
        and shown.comparison.previous_amount + sum((item.amount for item in shown.comparison.differences), Decimal(0))
        != shown.comparison.current_amount
    ):
        yield _found(
            "comparison_sum", text.T("Les écarts avec la facture précédente ne font pas la différence."), repair, "presentation/comparison"
        )


def _digits(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
