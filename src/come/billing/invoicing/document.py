"""An invoice as one frozen value, in the terms of EN 16931 (BT and BG numbers beside the fields).

Everything that a writer (CII, PDF) prints is here, already decided: writers compute nothing. Amounts are euros.
Days of a period are `[start_date, end_date)`; standards that want the last day included get it from `last_day`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from decimal import Decimal

from come.billing.invoicing import presentation


class Profile(enum.StrEnum):
    """What the structured invoice claims to conform to (BT-24)."""

    EN16931 = "urn:cen.eu:en16931:2017"
    FACTURX_EXTENDED = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
    EXTENDED_CTC_FR = "urn:cen.eu:en16931:2017#conformant#urn.cpro.gouv.fr:1p0:extended-ctc-fr"


class DocumentType(enum.StrEnum):
    """What kind of document it is (BT-3, UNTDID 1001)."""

    INVOICE = "380"
    CREDIT_NOTE = "381"
    CORRECTED_INVOICE = "384"
    DEPOSIT_INVOICE = "386"
    REBATE_CREDIT_NOTE = "262"

    @property
    def is_credit(self) -> bool:
        """Tell whether the document lowers what the customer owes; its amounts stay positive."""
        return self in (DocumentType.CREDIT_NOTE, DocumentType.REBATE_CREDIT_NOTE)


class NoteSubject(enum.StrEnum):
    """What a note speaks of (BT-21, UNTDID 4451)."""

    LATE_INDEMNITY = "PMT"
    LATE_PENALTIES = "PMD"
    EARLY_DISCOUNT = "AAB"
    TREATMENT = "BAR"
    LEGAL_FORM = "REG"
    REGISTER = "ABL"
    VAT_ON_DEBITS = "AAI"
    TAX_GROUP = "TXD"
    ECO_CONTRIBUTION = "BLU"


class Nature(enum.StrEnum):
    """What is sold; the law wants it said."""

    SERVICE = "service"
    GOODS = "goods"


class TaxPoint(enum.StrEnum):
    """When VAT is due (BT-8 as CII writes it, UNTDID 2475)."""

    DEBITS = "5"
    COLLECTION = "72"


class PaymentMeansCode(enum.StrEnum):
    """How the invoice is paid (BT-81, UNTDID 4461)."""

    TRANSFER = "30"
    SEPA_DIRECT_DEBIT = "59"


@dataclasses.dataclass(frozen=True, slots=True)
class Address:
    """A postal address (BG-5, BG-8, BG-15), structured."""

    street: str
    postcode: str
    city: str
    country: str = "FR"
    complement: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Party:
    """The seller (BG-4) or the buyer (BG-7), with its electronic address (BT-34, BT-49)."""

    name: str
    siren: str
    address: Address
    endpoint_id: str
    siret: str = ""
    vat_number: str = ""
    endpoint_scheme: str = "0225"
    legal_information: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """A text of the invoice (BG-1) with its subject."""

    subject: NoteSubject
    content: str


@dataclasses.dataclass(frozen=True, slots=True)
class Tax:
    """The VAT of a line, of an allowance or of a breakdown: category (UNTDID 5305) and rate in points."""

    category: str
    rate: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (or a charge) on a line or on the whole document; `amount` is positive."""

    amount: Decimal
    reason: str
    reason_code: str = ""
    is_charge: bool = False
    base_amount: Decimal | None = None
    percentage: Decimal | None = None
    tax: Tax | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line (BG-25): `quantity` × `unit_price` / `price_quantity`, adjusted, rounded once to `net_amount`.

    `net_amount_exact` is the same before rounding. `unit_price` is never negative: a reversal has a negative quantity.
    """

    number: str
    name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    net_amount: Decimal
    net_amount_exact: Decimal
    tax: Tax
    nature: Nature = Nature.SERVICE
    price_quantity: Decimal = Decimal(1)
    description: str = ""
    seller_reference: str = ""
    cost_centre: str = ""
    object_reference: str = ""
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def last_day(self) -> dt.date | None:
        """Return the last day included in the line's period (BT-135)."""
        return None if self.end_date is None else self.end_date - dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class TaxSum:
    """One row of the VAT breakdown (BG-23): the tax is rounded once, on the summed base."""

    tax: Tax
    base_amount: Decimal
    tax_amount: Decimal
    tax_amount_exact: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """The document's totals (BG-22)."""

    lines_amount: Decimal
    allowances_amount: Decimal
    charges_amount: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    prepaid_amount: Decimal
    due_amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class PaymentMeans:
    """How and where to pay (BG-16), the mandate of a direct debit (BG-19)."""

    code: PaymentMeansCode
    creditor_iban: str = ""
    debtor_iban: str = ""
    mandate_reference: str = ""
    creditor_identifier: str = ""
    remittance: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """An invoice that this document corrects or credits (BG-3)."""

    number: str
    issue_date: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """Where and when goods went (BG-13, BG-15), when not to the buyer's own address."""

    name: str
    address: Address
    delivery_date: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """The whole invoice. `document_id` is the bill's id: it seeds the PDF's identifier, so that the same bill gives the same bytes."""

    document_id: str
    number: str
    type: DocumentType
    issue_date: dt.date
    due_date: dt.date
    currency: str
    mode: str
    profile: Profile
    tax_point: TaxPoint
    seller: Party
    buyer: Party
    notes: tuple[Note, ...]
    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...]
    tax_sums: tuple[TaxSum, ...]
    totals: Totals
    payment: PaymentMeans
    payment_terms: str
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    buyer_reference: str = ""
    purchase_order: str = ""
    contract_reference: str = ""
    account_reference: str = ""
    buyer_accounting_reference: str = ""
    preceding: tuple[PrecedingInvoice, ...] = ()
    delivery: Delivery | None = None
    presentation: presentation.Presentation | None = None

    @property
    def last_day(self) -> dt.date | None:
        """Return the last day included in the invoiced period (BT-74)."""
        return None if self.end_date is None else self.end_date - dt.timedelta(days=1)

    def note(self, subject: NoteSubject) -> str:
        """Return the content of the first note of that subject, or an empty text."""
        return next((note.content for note in self.notes if note.subject == subject), "")


def mode_of(natures: frozenset[Nature]) -> str:
    """Return the billing mode (BT-23) of a plain invoice: S1 services, B1 goods, M1 both. Source: BR-FR-08."""
    if natures == {Nature.GOODS}:
        return "B1"
    return "M1" if Nature.GOODS in natures else "S1"
