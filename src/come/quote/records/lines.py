"""Lines as frozen values: as typed, as read, as accepted. No Django here."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal

from come.quote.records import fleet as fleet_records, prices
from come.shared import text


@dataclasses.dataclass(frozen=True, slots=True)
class AcceptedLine:
    """One accepted line as the order takes it: the same id, the same prices."""

    stable_id: uuid.UUID
    position: int
    plan_code: str
    option_codes: tuple[str, ...]
    device_code: str | None
    user_label: str
    msisdn: str | None
    rio: str | None
    iccid: str | None
    imei: str | None
    email: str | None
    cost_centre: str | None
    site: str | None
    bundle_code: str | None
    commitment_months: int
    components: tuple[prices.PricedComponent, ...]
    eid: str | None = None
    site_siret: str | None = None
    # For a line of the fleet: what to do to it, and what that changes.
    action: str = "add"
    product_id: uuid.UUID | None = None
    change: fleet_records.LineDifference | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class AcceptedQuote:
    """An accepted quote as the order takes it."""

    quote_id: uuid.UUID
    reference: str
    version: int
    customer_file_id: uuid.UUID
    legal_unit_id: uuid.UUID
    agency_id: uuid.UUID
    billing_account_id: uuid.UUID | None
    agreement_id: uuid.UUID | None
    agreement_reference: str
    accepted_at: dt.datetime
    lines: tuple[AcceptedLine, ...]
    kind: str = "new"


@dataclasses.dataclass(frozen=True, slots=True)
class Issue:
    """Why one cell of a line cannot stay so (`severity` obstacle), or what to look at (warning)."""

    column: str
    code: str
    message: str
    next_step: str = ""
    severity: str = "obstacle"

    @property
    def is_blocking(self) -> bool:
        """Tell whether the quote cannot be sent with it."""
        return self.severity != "warning"


@dataclasses.dataclass(frozen=True, slots=True)
class LineRecord:
    """One line as the grid and the document show it: its cells, the sums of one such line, what is wrong.

    `monthly`, `one_off` and `instalments_monthly` are None while the line cannot be priced.
    """

    stable_id: uuid.UUID
    position: int
    cells: dict[str, str]
    bundle_code: str
    commitment_months: int
    monthly: Decimal | None
    one_off: Decimal | None
    instalments_monthly: Decimal | None
    issues: tuple[Issue, ...]
    action: str = "add"
    alternative: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class LinePage:
    """A window on a quote's lines: `total` match the filters, `line_count` are in the quote, `issue_count` of them to correct."""

    rows: tuple[LineRecord, ...]
    total: int
    line_count: int
    issue_count: int
    revision: int


@dataclasses.dataclass(frozen=True, slots=True)
class Selection:
    """Which lines an act is about: these ids, or (None) all that match the filters; `issue_code` is a kind of issue, in its column."""

    stable_ids: tuple[uuid.UUID, ...] | None = None
    text: str = ""
    only_to_correct: bool = False
    issue_code: str = ""
    issue_column: str = ""
    alternative: str = ""

    @property
    def is_filtered(self) -> bool:
        """Tell whether some lines of the quote may be left out."""
        return self.stable_ids is not None or bool(self.text or self.only_to_correct or self.issue_code or self.alternative)


@dataclasses.dataclass(frozen=True, slots=True)
class NewLine:
    """Lines to add: their cells by column, how many alike, the bundle and the sender's item that they belong to."""

    cells: Mapping[str, str]
    quantity: int = 1
    bundle_code: str = ""
    item_ref: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class NegotiatedVolume:
    """What an agreement makes of the usage that an offering includes each month: in words, with the clause that says it."""

    name_fr: str
    listed: str
    quantity: str
    scope: str
    clause_number: str
    clause_text: str
    reason_fr: text.T


@dataclasses.dataclass(frozen=True, slots=True)
class PatternRecord:
    """One pattern as the quote's page and document show it; `totals` are for one line."""

    id: int
    plan_code: str
    plan_name_fr: str
    option_codes: tuple[str, ...]
    option_names_fr: tuple[str, ...]
    device_code: str
    device_name_fr: str
    bundle_code: str
    quantity: int
    commitment_months: int
    totals: prices.Totals
    components: tuple[prices.PricedComponent, ...]
    issues: tuple[Issue, ...]
