"""The installed base as frozen values: what commands take and queries return. No Django here.

Amounts are euros excluding tax, exact. Days are `[start_date, end_date)`, instants `[start_at, end_at)`.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class NewPrice:
    """A price agreed for a product; without dates it runs from the activation day on."""

    code: str
    name_fr: str
    price_type: str
    nature: str
    tax_category: str
    amount: Decimal
    list_amount: Decimal
    offering_code: str
    offering_version: int
    instalment_count: int | None = None
    start_date: dt.date | None = None
    end_date: dt.date | None = None
    in_advance: bool = True
    clause_number: str = ""
    clause_text: str = ""
    reason_fr: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class NewUsageTerm:
    """What rates a line's usage: a tariff, or the quantity of an allowance; higher `precedence` wins."""

    precedence: int
    tariff_code: str = ""
    allowance_code: str = ""
    allowance_quantity: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class NewPart:
    """A thing under a line: an option, a device, a pool membership."""

    offering_code: str
    offering_version: int
    name_fr: str
    kind: str
    prices: tuple[NewPrice, ...] = ()
    terms: tuple[NewUsageTerm, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class NewLine:
    """A line to install, active from `activated_at`, with its parts, prices and usage terms.

    `line_id` is the stable id of quote and order. `reservation_id` tells for whom its number and SIM were reserved.
    """

    line_id: uuid.UUID
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    offering_code: str
    offering_version: int
    name_fr: str
    activated_at: dt.datetime
    kind: str = "line"
    user_label: str = ""
    cost_centre_id: int | uuid.UUID | None = None
    msisdn: str | None = None
    number_kind: str = "mobile"
    iccid: str | None = None
    sim_kind: str = "sim"
    imei: str | None = None
    agreement_reference: str = ""
    order_item_ref: str = ""
    reservation_id: uuid.UUID | None = None
    commitment_end_date: dt.date | None = None
    prices: tuple[NewPrice, ...] = ()
    terms: tuple[NewUsageTerm, ...] = ()
    parts: tuple[NewPart, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class InstallAnswer:
    """How many lines were installed now, and how many had been before."""

    installed: int
    already_installed: int


@dataclasses.dataclass(frozen=True, slots=True)
class ResourceWant:
    """What a line to be activated needs reserved: any number and SIM, or those named."""

    reservation_id: uuid.UUID
    agency_id: uuid.UUID | None = None
    needs_number: bool = True
    needs_sim: bool = True
    number_kind: str = "mobile"
    sim_kind: str = "sim"
    wanted_msisdn: str = ""
    wanted_iccid: str = ""
    is_ported_in: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Reservation:
    """What was reserved; `failure_code` (and its detail) when something is missing."""

    reservation_id: uuid.UUID
    msisdn: str = ""
    iccid: str = ""
    failure_code: str = ""
    failure_detail: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class FleetSummary:
    """One customer's fleet in a list: how many lines live, and in which state. A live line is neither ended nor still to come."""

    customer_reference: str
    customer_name: str
    city: str
    agency_name: str
    live: int
    active: int
    suspended: int
    terminated: int


@dataclasses.dataclass(frozen=True, slots=True)
class FleetFilters:
    """Which lines of a fleet are wanted; empty fields want all. `text`: label, number or SIM, in any writing."""

    text: str = ""
    state: str = ""
    offering_code: str = ""
    cost_centre_id: str = ""
    has_option: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class FleetRow:
    """One line as the fleet page shows it."""

    id: uuid.UUID
    user_label: str
    msisdn: str
    iccid: str
    offering_code: str
    name_fr: str
    state: str
    cost_centre_id: str
    cost_centre_code: str
    option_names: tuple[str, ...]
    monthly_amount: Decimal
    activated_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class FleetPage:
    """A window on a fleet: `total` lines match; `states` and `offerings` count the whole fleet."""

    rows: tuple[FleetRow, ...]
    total: int
    states: tuple[tuple[str, int], ...]
    offerings: tuple[tuple[str, str, int], ...]

    @property
    def fleet_size(self) -> int:
        """Return the number of lines of the fleet, whatever their state."""
        return sum(count for _, count in self.states)


@dataclasses.dataclass(frozen=True, slots=True)
class LineResource:
    """A number, SIM or device that a line has or had."""

    kind: str
    identifier: str
    detail: str
    start_at: dt.datetime
    end_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class LinePrice:
    """A price of a line or of what hangs under it, with the clause that made it."""

    product_id: uuid.UUID
    product_name_fr: str
    code: str
    name_fr: str
    price_type: str
    amount: Decimal
    list_amount: Decimal
    instalment_count: int | None
    start_date: dt.date
    end_date: dt.date | None
    agreement_reference: str
    clause_number: str
    clause_text: str
    reason_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class LinePart:
    """An option, device or pool of a line."""

    id: uuid.UUID
    offering_code: str
    name_fr: str
    kind: str
    state: str
    activated_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class PastOffering:
    """A plan that a line had, from when to when."""

    name_fr: str
    start_at: dt.datetime
    end_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class LineState:
    """One stretch of a line's history."""

    state: str
    reason: str
    start_at: dt.datetime
    end_at: dt.datetime | None
    actor_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class LineRecord:
    """A line with everything it has now, and its past."""

    id: uuid.UUID
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    offering_code: str
    offering_version: int
    name_fr: str
    kind: str
    user_label: str
    cost_centre_id: str
    cost_centre_code: str
    state: str
    state_reason: str
    created_at: dt.datetime
    activated_at: dt.datetime | None
    terminated_at: dt.datetime | None
    commitment_end_date: dt.date | None
    agreement_reference: str
    order_item_ref: str
    resources: tuple[LineResource, ...]
    parts: tuple[LinePart, ...]
    prices: tuple[LinePrice, ...]
    states: tuple[LineState, ...]
    past_offerings: tuple[PastOffering, ...] = ()

    def current(self, kind: str) -> str:
        """Return the number, SIM or device ("number", "sim", "device") that the line has now, or nothing."""
        return next((item.identifier for item in self.resources if item.kind == kind and item.end_at is None), "")


@dataclasses.dataclass(frozen=True, slots=True)
class LineAsOf:
    """A line as it was at one instant: its state and what it had then."""

    id: uuid.UUID
    at: dt.datetime
    state: str
    offering_code: str
    user_label: str
    msisdn: str
    iccid: str
    imei: str


@dataclasses.dataclass(frozen=True, slots=True)
class ChargeItem:
    """A price of a line or part that runs during a billed period, with what the bill prints beside it."""

    product_id: uuid.UUID
    line_id: uuid.UUID
    billing_account_id: uuid.UUID
    cost_centre: str
    user_label: str
    msisdn: str
    price_id: int
    code: str
    name_fr: str
    price_type: str
    nature: str
    tax_category: str
    amount_exact: Decimal
    list_amount_exact: Decimal
    instalment_count: int | None
    start_date: dt.date
    end_date: dt.date | None
    in_advance: bool
    agreement_reference: str
    clause_number: str
    clause_text: str
    offering_code: str
    offering_version: int
    offering_name_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class CompanyFleet:
    """A fleet in figures, for the company page."""

    total: int
    states: tuple[tuple[str, int], ...]
    offerings: tuple[tuple[str, int], ...]
    monthly_amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class OrderedLine:
    """What an order on an installed line needs to know of it."""

    id: uuid.UUID
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    user_label: str
    state: str
    msisdn: str
    iccid: str


@dataclasses.dataclass(frozen=True, slots=True)
class RunningPrice:
    """A price of a product that runs on a day."""

    code: str
    name_fr: str
    price_type: str
    amount: Decimal
    list_amount: Decimal
    clause_number: str


@dataclasses.dataclass(frozen=True, slots=True)
class HeldOffering:
    """An offering of a line (its plan first, then what hangs under it), with the prices that run."""

    code: str
    version: int
    name_fr: str
    kind: str
    prices: tuple[RunningPrice, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FleetLine:
    """What a quote on an installed line needs to know of it."""

    id: uuid.UUID
    customer_file_id: uuid.UUID
    agency_id: uuid.UUID
    user_label: str
    state: str
    msisdn: str
    cost_centre_code: str
    commitment_start_date: dt.date | None
    commitment_end_date: dt.date | None
    offerings: tuple[HeldOffering, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class FleetProfile:
    """What lines of a fleet have in common (plan, options, device), and how many have it."""

    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]
    option_names_fr: tuple[str, ...]
    device_code: str
    device_name_fr: str
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class FeePrice:
    """A price due once when a line ends."""

    code: str
    name_fr: str
    amount: Decimal
    reason_fr: str


@dataclasses.dataclass(frozen=True, slots=True)
class LineChange:
    """What to change on one line: parts that end, parts that start, another plan, monthly prices that become others.

    `plan` (with its own prices and terms as a part without an owner) replaces the plan; `repriced` gives the new running prices of
    offerings that stay. The commitment is rewritten when `commitment_end_date` is given.
    """

    line_id: uuid.UUID
    ended_codes: tuple[str, ...] = ()
    plan: NewPart | None = None
    parts: tuple[NewPart, ...] = ()
    repriced: tuple[tuple[str, tuple[NewPrice, ...]], ...] = ()
    agreement_reference: str = ""
    order_item_ref: str = ""
    commitment_start_date: dt.date | None = None
    commitment_end_date: dt.date | None = None
    fee: FeePrice | None = None
