"""What billing computes and shows, as frozen values. No Django here.

Amounts are euros excluding tax unless said; `_exact` has six decimals, the others are cents. Days are `[start_date, end_date)`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclasses.dataclass(frozen=True, slots=True)
class CycleDays:
    """The days of one billing: the cycle itself, the end of the next one (charges in advance), and the operator's opening.

    Before `opening_date`, another biller charged these accounts, up to `opening_advance_date` for prices in advance.
    """

    start_date: dt.date
    end_date: dt.date
    next_end_date: dt.date
    opening_date: dt.date
    opening_advance_date: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """Up to where a price has been charged by issued bills."""

    charged_through_date: dt.date | None = None
    instalments_charged: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Charge:
    """One charge of a price: `amount_exact` = `full_amount_exact` × `days` / `month_days`, to the micro-euro."""

    kind: str
    start_date: dt.date
    end_date: dt.date
    days: int
    month_days: int
    full_amount_exact: Decimal
    amount_exact: Decimal
    charged_through_date: dt.date | None
    instalments_charged: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class TaxRule:
    """Which VAT applies to a tax category in a territory, from when to when; an empty nature means any."""

    territory: str
    tax_category: str
    nature: str
    category: str
    rate: Decimal
    exemption_reason: str
    exemption_code: str
    valid_from: dt.date
    valid_to: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Rate:
    """One applied billing rate (TM Forum): an amount of one phone line, with every input that made it.

    `amount` are the cents that fall to it when its invoice line is rounded; `section` is its place on the bill.
    """

    kind: str
    section: str
    name_fr: str
    nature: str
    tax_category: str
    vat_category: str
    vat_rate: Decimal
    exemption_reason: str
    exemption_code: str
    start_date: dt.date
    end_date: dt.date
    full_amount_exact: Decimal
    list_amount_exact: Decimal
    days: int
    month_days: int
    amount_exact: Decimal
    amount: Decimal = ZERO
    invoice_line: int = 0
    line_id: uuid.UUID | None = None
    product_id: uuid.UUID | None = None
    price_id: int | None = None
    cost_centre: str = ""
    user_label: str = ""
    msisdn: str = ""
    offering_code: str = ""
    offering_version: int = 0
    offering_name_fr: str = ""
    price_code: str = ""
    price_type: str = ""
    agreement_reference: str = ""
    clause_number: str = ""
    clause_text: str = ""
    instalment_number: int | None = None
    instalment_count: int | None = None
    service: str = ""
    tariff_code: str = ""
    zone_code: str = ""
    zone_name_fr: str = ""
    band: str = ""
    events: int = 0
    quantity_rated: int = 0
    quantity_free: int = 0
    unit: str = ""
    allowance_code: str = ""
    rating_run_id: str = ""
    charged_through_date: dt.date | None = None
    instalments_charged: int = 0

    @property
    def was_prorated(self) -> bool:
        """Tell whether less than a whole month is charged."""
        return self.month_days > 0 and self.days != self.month_days


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line of the structured invoice: the rates that share offer, price, period and VAT, summed and rounded once."""

    number: int
    section: str
    name_fr: str
    description: str
    nature: str
    quantity: Decimal
    unit_code: str
    unit_price_exact: Decimal
    net_amount_exact: Decimal
    net_amount: Decimal
    vat_category: str
    vat_rate: Decimal
    exemption_reason: str
    exemption_code: str
    start_date: dt.date
    end_date: dt.date
    offering_code: str
    cost_centre: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedKey:
    """What one phone line paid for one thing on one bill: the grain at which two bills are compared."""

    line_id: uuid.UUID | None
    kind: str
    offering_code: str
    price_code: str
    name_fr: str
    full_amount_exact: Decimal
    days: int
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class ReasonedDifference:
    """A part of the change between two bills: its reason, how many phone lines, and the amount."""

    code: str
    name: str
    lines: int
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class BillFigures:
    """What the anomaly rules look at for one account."""

    phone_lines: int
    net_amount: Decimal
    previous_net_amounts: tuple[Decimal, ...]
    missing_labels: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class LedgerLine:
    """One side of a booking: debit or credit, never both."""

    account_number: str
    account_name: str
    auxiliary_number: str
    auxiliary_name: str
    debit: Decimal
    credit: Decimal
