"""Take an order whose lines come from a machine, without a quote: priced by the same kernel, at the same agreement."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.order.commands import _writing
from come.order.commands.submit_order import SubmitAnswer, agreed, cost_centre_ids, only_account
from come.order.policies import freezing, submission
from come.party import queries as party_queries, records as party
from come.quote import records as quotes
from come.quote.pricing import kernel
from come.shared import actor as actors, idempotency, identifiers, ids, obstacles, period, text
from come.staff import policies as rights


@dataclasses.dataclass(frozen=True, slots=True)
class WantedLine:
    """One line as a machine asks for it."""

    offering_code: str
    option_codes: tuple[str, ...] = ()
    device_code: str = ""
    user_label: str = ""
    msisdn: str = ""
    iccid: str = ""
    rio: str = ""
    cost_centre: str = ""
    external_id: str = ""

    @property
    def pattern(self) -> quotes.Pattern:
        """Return what it has in common with lines sold alike."""
        return quotes.Pattern(self.offering_code, tuple(sorted(self.option_codes)), self.device_code)


@dataclasses.dataclass(frozen=True, slots=True)
class WantedOrder:
    """An order as a machine asks for it."""

    customer: str
    lines: tuple[WantedLine, ...]
    billing_account_id: uuid.UUID | None = None
    agreement_reference: str = ""
    external_id: str = ""
    requested_start_date: dt.date | None = None


def submit_order_items(*, wanted: WantedOrder, actor: actors.Actor, at: dt.datetime) -> SubmitAnswer:
    """Price the lines at the company's agreement in force, freeze the prices, and number the order.

    `customer` is the customer file's reference or id. Raises Refusal with every line that cannot be sold or read, and then
    nothing is ordered; NotAllowed for a company of another agency. Idempotent by request id. Records OrderSubmitted.
    """
    rights.require(actor, "order.write")
    with transaction.atomic():
        answer = idempotency.once(
            actor=actor,
            command="order.submit_order_items",
            inputs={"order": wanted},
            run=lambda: _submit(wanted, actor, at),
        )
    return SubmitAnswer(uuid.UUID(answer["order_id"]), answer["reference"])


def _submit(wanted: WantedOrder, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    company = _company(wanted.customer, actor)
    day = period.local_day(at)
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    agreement = agreement_of(wanted.agreement_reference, company, day)
    patterns, found = _priced(wanted.lines, snapshot, agreement, company.segment)
    lines, wrong = _lines(wanted.lines, list(patterns))
    obstacles.refuse_if_any((*submission.submission_obstacles(line_count=len(lines)), *found, *wrong))
    account_id = _account(wanted.billing_account_id, company.id)
    order = _writing.write(
        _writing.Draft(
            kind="install",
            operation="install",
            action="add",
            customer_file_id=company.id,
            agency_id=company.agency_id,
            billing_account_id=account_id,
            patterns=list(patterns.values()),
            lines=lines,
            agreement_reference=agreement.reference if agreement else "",
            external_id=wanted.external_id,
            requested_start_date=wanted.requested_start_date,
            catalogue_version_hash=snapshot.version_hash,
            cost_centre_ids=cost_centre_ids(account_id),
        ),
        actor=actor,
        at=at,
    )
    return {"order_id": str(order.id), "reference": order.reference}


def _company(customer: str, actor: actors.Actor) -> party.CustomerFileRecord:
    try:
        return party_queries.customer_file(customer_file_id=uuid.UUID(customer), viewer=actor)
    except ValueError:
        return party_queries.customer_file(reference=customer, viewer=actor)


def agreement_of(reference: str, company: party.CustomerFileRecord, day: dt.date) -> catalogue.AgreementRecord | None:
    """Return the agreement that prices this order: the one named, else the first that covers the company (its own, then its group's)."""
    known = catalogue_queries.agreements(legal_unit_ids=[company.legal_unit_id], at=day)
    if not reference:
        return known[0] if known else None
    named = next((agreement for agreement in known if agreement.reference == reference), None)
    if named is None:
        raise obstacles.not_found(text.T("L’accord en vigueur"), reference)
    return named


def _priced(
    lines: Sequence[WantedLine],
    snapshot: catalogue.CatalogueSnapshot,
    agreement: catalogue.AgreementRecord | None,
    segment: str,
) -> tuple[dict[quotes.Pattern, freezing.FrozenPattern], list[obstacles.Obstacle]]:
    """Price and freeze each pattern once; a pattern that cannot be sold says why."""
    quantities = collections.Counter(line.pattern for line in lines)
    priced = kernel.price_quote(quantities=quantities, snapshot=snapshot, agreement=agreement, segment=segment)
    frozen: dict[quotes.Pattern, freezing.FrozenPattern] = {}
    found: list[obstacles.Obstacle] = []
    for one in priced.patterns:
        found += one.obstacles
        pattern, reasons = freezing.freeze(
            plan_code=one.pattern.plan_code,
            option_codes=one.pattern.option_codes,
            device_code=one.pattern.device_code,
            prices=[agreed(component) for component in one.components],
            offerings=snapshot.offerings,
        )
        found += [reason for reason in reasons if not one.obstacles]
        if pattern is not None:
            frozen[one.pattern] = pattern
    return frozen, found


def _lines(
    lines: Sequence[WantedLine],
    patterns: Sequence[quotes.Pattern],
) -> tuple[list[_writing.DraftLine], list[obstacles.Obstacle]]:
    places = {pattern: place for place, pattern in enumerate(patterns)}
    found: list[obstacles.Obstacle] = []
    drafts: list[_writing.DraftLine] = []
    for position, line in enumerate(lines):
        path = f"productOrderItem/{position}"
        msisdn = _checked(line.msisdn, identifiers.check_phone, f"{path}/msisdn", found)
        iccid = _checked(line.iccid, identifiers.check_iccid, f"{path}/iccid", found)
        drafts.append(
            _writing.DraftLine(
                stable_line_id=ids.uuid7(),
                pattern=places.get(line.pattern, 0),
                user_label=line.user_label,
                msisdn=msisdn,
                iccid=iccid,
                rio=_rio(line.rio, msisdn, f"{path}/rio", found),
                cost_centre=line.cost_centre,
                external_id=line.external_id,
            ),
        )
    return drafts, found


def _rio(rio: str, msisdn: str, path: str, found: list[obstacles.Obstacle]) -> str:
    return _checked(rio, lambda value: identifiers.check_rio(value, msisdn), path, found)


def _checked(value: str, check: Callable[[str], str], path: str, found: list[obstacles.Obstacle]) -> str:
    if not value:
        return ""
    try:
        return check(value)
    except identifiers.InvalidIdentifier as error:
        found.append(
            obstacles.Obstacle(
                "order.identifier", obstacles.Severity.REFUSAL, error.reason, text.T("Corrigez la valeur, puis renvoyez."), path
            ),
        )
        return ""


def _account(billing_account_id: uuid.UUID | None, customer_file_id: uuid.UUID) -> uuid.UUID | None:
    if billing_account_id is None:
        return only_account(customer_file_id)
    if billing_account_id not in {account.id for account in party_queries.billing_accounts(customer_file_id=customer_file_id)}:
        raise obstacles.not_found(text.T("Le compte de facturation de ce client"), billing_account_id)
    return billing_account_id
