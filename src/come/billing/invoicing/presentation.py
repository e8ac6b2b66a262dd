"""What only the readable invoice shows: sums by section, by cost centre, by phone line, the change since last time.

None of it reaches the structured invoice, and called numbers are never here (itemised calls are another, purged document).
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class SectionSum:
    """A part of the bill ("Abonnements", "Consommations") and its amount excluding tax."""

    code: str
    name: str
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class UsageSum:
    """A month's usage of one kind: what was used, what of it was included, what it costs."""

    name: str
    events: int
    used: str
    included: str
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class PhoneLineSum:
    """A phone line of the fleet: its user, number, plan, and amounts in the order of `Presentation.sections`."""

    label: str
    number: str
    plan: str
    usage: str
    amounts: tuple[Decimal, ...]
    total_amount: Decimal
    remark: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class CostCentreSum:
    """A cost centre's lines and amounts, in the order of `Presentation.sections`."""

    code: str
    name: str
    amounts: tuple[Decimal, ...]
    total_amount: Decimal
    phone_lines: tuple[PhoneLineSum, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One reason for which the bill changed, with its part of the change."""

    reason: str
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """The change since the previous bill, excluding tax; the differences sum to it exactly."""

    previous_number: str
    previous_period: str
    previous_amount: Decimal
    current_amount: Decimal
    differences: tuple[Difference, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Presentation:
    """The readable part of an invoice."""

    period_name: str
    customer_reference: str
    account_name: str
    sections: tuple[SectionSum, ...]
    cost_centres: tuple[CostCentreSum, ...] = ()
    usage: tuple[UsageSum, ...] = ()
    comparison: Comparison | None = None
    explanations: tuple[str, ...] = ()
    customer_service: str = ""
