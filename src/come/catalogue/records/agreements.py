"""What was negotiated: agreements, their clauses, the companies that they cover, what these promise. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from decimal import Decimal


class ClauseKind(enum.StrEnum):
    """How a clause makes its price: a new amount, a reduction of the list price in points, a formula over it; or a quantity included."""

    AMOUNT = "amount"
    PERCENTAGE = "percentage"
    FORMULA = "formula"
    QUANTITY = "quantity"


class ClauseTarget(enum.StrEnum):
    """What a clause speaks of, from the most precise to the widest."""

    PRICE = "price"
    OFFERING = "offering"
    OFFERING_KIND = "offering_kind"
    TARIFF_ZONE = "tariff_zone"
    ALLOWANCE = "allowance"


class CommitmentKind(enum.StrEnum):
    """What a company commits to: a number of lines at work, or euros billed excluding tax."""

    VOLUME = "volume"
    REVENUE = "revenue"


class CommitmentTarget(enum.StrEnum):
    """What counts towards a commitment."""

    ALL = "all"
    OFFERING_KIND = "offering_kind"
    OFFERING = "offering"


class CommitmentPeriod(enum.StrEnum):
    """Over how long a commitment is measured, from its first day on."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class ShortfallRule(enum.StrEnum):
    """What is due when a commitment is missed: all that is missing, a part of it, or nothing."""

    DIFFERENCE = "difference"
    PERCENTAGE = "percentage"
    NONE = "none"


@dataclasses.dataclass(frozen=True, slots=True)
class ClauseRecord:
    """One negotiated price of an agreement, with the sentence that is cited on quotes and bills.

    `target_kind` says which fields count: `price` (offering_code, price_code), `offering` (offering_code, price_type),
    `offering_kind` (offering_kind, price_type), `tariff_zone` (tariff_code or every tariff, service, zone_code, and origin_zone_code
    beside a called zone), `allowance` (allowance_code, as one offering or all bring it). A negotiated usage amount is for a minute, a
    message or a megabyte. `minimum_quantity`: the clause applies from that many units; among several, the highest reached wins.
    `formula` is what `formulas` reads. `allowance_quantity` (in the allowance's unit) replaces what the offerings include;
    `allowance_scope` (its sharing) is kept when None.
    """

    number: str
    kind: str
    target_kind: str
    text_fr: str
    offering_code: str | None = None
    price_code: str | None = None
    price_type: str | None = None
    offering_kind: str | None = None
    tariff_code: str | None = None
    service: str | None = None
    zone_code: str | None = None
    origin_zone_code: str | None = None
    amount: Decimal | None = None
    percentage: Decimal | None = None
    minimum_quantity: int | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    formula: str | None = None
    allowance_code: str | None = None
    allowance_quantity: int | None = None
    allowance_scope: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class MemberRecord:
    """A company of the group, beside the one that signs, that an agreement covers on `[valid_from, valid_to)`."""

    legal_unit_id: uuid.UUID
    valid_from: dt.date
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CommitmentRecord:
    """What a company promises to reach in each period of the agreement, and what it owes when it does not.

    `minimum` is a number of lines (`volume`) or euros excluding tax (`revenue`). `unit_amount` is what one missing line costs, for a
    volume; a revenue's missing euros cost themselves. `percentage` is the part of that cost that is due, in points.
    """

    number: str
    kind: str
    target_kind: str
    period: str
    minimum: Decimal
    shortfall_rule: str
    text_fr: str
    offering_kind: str | None = None
    offering_code: str | None = None
    unit_amount: Decimal | None = None
    percentage: Decimal | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class CommitmentPeriodRecord:
    """One period `[start_date, end_date)` of a commitment, and what is to be reached in it."""

    start_date: dt.date
    end_date: dt.date
    minimum: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class CommitmentState:
    """Where a commitment stands in a period: what was reached, what is missing, what it would cost in euros excluding tax.

    `owed` is due once the period `is_over`; before, it is what would be due if nothing more came.
    """

    commitment: CommitmentRecord
    period: CommitmentPeriodRecord
    reached: Decimal
    missing: Decimal
    owed: Decimal
    is_over: bool

    @property
    def is_held(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementRecord:
    """A framework agreement of one legal unit. `state`: draft, signed, ended (whether it is in force follows from its dates).

    `members` are the other companies that it covers.
    """

    id: uuid.UUID
    reference: str
    name: str
    legal_unit_id: uuid.UUID
    valid_from: dt.date
    valid_to: dt.date | None
    state: str
    clauses: tuple[ClauseRecord, ...]
    signed_date: dt.date | None = None
    template_code: str = ""
    members: tuple[MemberRecord, ...] = ()
    commitments: tuple[CommitmentRecord, ...] = ()

    def is_in_force(self, day: dt.date) -> bool:
        """Tell whether its prices apply on that day."""
        return self.state == "signed" and self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def covers(self, legal_unit_id: uuid.UUID, day: dt.date) -> bool:
        """Tell whether it speaks of that company on that day: the one that signs it, or one of its group."""
        return legal_unit_id == self.legal_unit_id or any(
            member.legal_unit_id == legal_unit_id and member.valid_from <= day and (member.valid_to is None or day < member.valid_to)
            for member in self.members
        )


@dataclasses.dataclass(frozen=True, slots=True)
class AgreementTemplateRecord:
    """Clauses prepared for a family of negotiations; signing one copies them into an agreement."""

    code: str
    name_fr: str
    description_fr: str
    duration_months: int
    clauses: tuple[ClauseRecord, ...]
    commitments: tuple[CommitmentRecord, ...] = ()
