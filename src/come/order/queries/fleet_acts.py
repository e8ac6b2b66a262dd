"""What an act would do to many lines of a fleet, group by group: the same computation before and when it is ordered."""

from __future__ import annotations

import collections
import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.inventory import queries as inventory_queries, records as inventory
from come.order import records
from come.order.policies import accepted as accepted_policies, decomposition, fleet_acts, freezing
from come.party import queries as party_queries, records as party
from come.quote import records as quotes
from come.quote.policies import fleet_changes, legal
from come.quote.pricing import kernel
from come.quote.queries import fleet as quote_fleet
from come.quote.records import fleet as fleet_records
from come.shared import actor as actors, identifiers, obstacles, period


def numbered_lines(*, customer_file_id: uuid.UUID, pasted: str) -> tuple[list[uuid.UUID], tuple[obstacles.Obstacle, ...]]:
    """Return the lines that a pasted list of numbers names, each once, and every number that names none (one statement)."""
    wrong: list[tuple[int, str, str]] = []
    read: dict[str, tuple[int, str]] = {}
    for row, given in enumerate((one.strip() for one in pasted.splitlines()), start=1):
        if not given:
            continue
        try:
            read.setdefault(identifiers.check_phone(given), (row, given))
        except identifiers.InvalidIdentifier as error:
            wrong.append((row, given, str(error.reason)))
    known = inventory_queries.lines_by_number(customer_file_id=customer_file_id, msisdns=list(read))
    unknown = [place for msisdn, place in read.items() if msisdn not in known]
    return list(known.values()), fleet_acts.number_obstacles(wrong=wrong, unknown=unknown)


def offerings_for_act(*, kind: str, at: dt.datetime) -> list[tuple[str, str]]:
    """Return the offerings that an act may name, `(code, name)`, by name."""
    kinds = fleet_acts.PLAN_KINDS if kind == "swap_plan" else fleet_acts.OPTION_KINDS
    snapshot = catalogue_queries.catalogue_snapshot(at=period.local_day(at))
    return sorted(((one.code, one.name_fr) for one in snapshot.offerings.values() if str(one.kind) in kinds), key=lambda pair: pair[1])


def act_plan(
    *, customer_file_id: uuid.UUID, line_ids: Sequence[uuid.UUID], act: records.FleetAct, viewer: actors.Actor, at: dt.datetime
) -> fleet_acts.ActPlan:
    """Return what an act would do to these lines of a customer: alike lines are priced and frozen once.

    Options and plans take the price of the customer's agreement in force; what a line keeps keeps its price. A line that
    cannot change says why, the others do not wait for it. Raises NotAllowed for another agency's customer, Refusal for an
    act that cannot be done at all.
    """
    company = party_queries.customer_file(customer_file_id=customer_file_id, viewer=viewer)
    day = period.local_day(at)
    snapshot = catalogue_queries.catalogue_snapshot(at=day)
    obstacles.refuse_if_any(
        fleet_acts.act_obstacles(
            kind=act.kind,
            offering=snapshot.offerings.get(act.offering_code),
            offering_code=act.offering_code,
            line_count=len(set(line_ids)),
        )
    )
    taken = [(line, one.before) for line, one in quote_fleet.taken_lines(line_ids=line_ids, day=day) if line.customer_file_id == company.id]
    agreements = catalogue_queries.agreements(legal_unit_ids=[company.legal_unit_id], at=day)
    agreement = agreements[0] if len(agreements) == 1 else None
    judge = _Judge(act, company, snapshot, agreement, day)
    groups = judge.groups(taken)
    return fleet_acts.ActPlan(
        groups=groups,
        agreement_reference=agreement.reference if agreement else "",
        catalogue_version_hash=snapshot.version_hash,
        promised_date=_promised(groups, day),
        digest=_digest(act, groups),
    )


class _Judge:
    """Judges lines alike once."""

    def __init__(
        self,
        act: records.FleetAct,
        company: party.CustomerFileRecord,
        snapshot: catalogue.CatalogueSnapshot,
        agreement: catalogue.AgreementRecord | None,
        day: dt.date,
    ) -> None:
        self._act, self._company, self._snapshot, self._agreement, self._day = act, company, snapshot, agreement, day

    def groups(self, taken: Sequence[tuple[inventory.FleetLine, fleet_records.InstalledLine]]) -> tuple[fleet_acts.ActGroup, ...]:
        """Return the lines gathered by what the act does to them, those that change first."""
        alike: dict[Any, list[inventory.FleetLine]] = collections.defaultdict(list)
        for line, before in taken:
            alike[before if self._operation in {"modify", "terminate"} else None, line.state].append(line)
        priced = self._priced({key[0]: len(lines) for key, lines in alike.items() if key[0] is not None})
        terms = self._terms([key[0] for key in alike]) if self._operation == "terminate" else {}
        found = [self._group(before, state, lines, priced, terms) for (before, state), lines in alike.items()]
        order = ("changes", "already", "refused")
        return tuple(sorted(found, key=lambda group: (order.index(group.outcome), -group.line_count, group.labels[:1])))

    @property
    def _operation(self) -> str:
        return fleet_acts.OPERATIONS[self._act.kind]

    def _priced(self, counts: Mapping[fleet_records.InstalledLine, int]) -> dict[quotes.Pattern, quotes.PricedPattern]:
        if self._operation != "modify":
            return {}
        quantities: collections.Counter[quotes.Pattern] = collections.Counter()
        for before, count in counts.items():
            pattern = fleet_acts.wanted(self._act.kind, self._act.offering_code, before)
            if pattern is not None:
                quantities[pattern] += count
        priced = kernel.price_quote(
            quantities=quantities, snapshot=self._snapshot, agreement=self._agreement, segment=self._company.segment
        )
        return {one.pattern: one for one in priced.patterns}

    def _terms(self, kept: Sequence[fleet_records.InstalledLine]) -> dict[tuple[str, int], tuple[catalogue.TermRecord, ...]]:
        codes = {before.offerings[0].code for before in kept if before.commitment_end_date}
        return {
            (code, version.version): version.terms
            for code in sorted(codes)
            for version in catalogue_queries.offering_versions(code=code, at=self._day)
        }

    def _group(
        self,
        before: fleet_records.InstalledLine | None,
        state: str,
        lines: Sequence[inventory.FleetLine],
        priced: Mapping[quotes.Pattern, quotes.PricedPattern],
        terms: Mapping[tuple[str, int], tuple[catalogue.TermRecord, ...]],
    ) -> fleet_acts.ActGroup:
        line_ids = tuple(line.id for line in lines)
        labels = tuple(line.user_label or line.msisdn for line in lines)
        if fleet_acts.is_already(self._act.kind, state):
            return fleet_acts.ActGroup("already", line_ids, labels)
        reasons = fleet_acts.state_obstacles(self._act.kind, labels[0], state)
        if reasons:
            return fleet_acts.ActGroup("refused", line_ids, labels, reasons=reasons)
        if before is None:
            return fleet_acts.ActGroup("changes", line_ids, labels, self._operation, freezing.NOTHING_SOLD)
        pattern = fleet_acts.wanted(self._act.kind, self._act.offering_code, before) if self._operation == "modify" else None
        if self._operation == "modify" and pattern is None:
            return fleet_acts.ActGroup("already", line_ids, labels)
        one = priced.get(pattern) if pattern is not None else None
        if one is not None and one.obstacles:
            return fleet_acts.ActGroup("refused", line_ids, labels, reasons=tuple(one.obstacles))
        return self._changed(before, pattern, one, line_ids, labels, terms)

    def _changed(  # noqa: PLR0917 - the parts of a change, side by side
        self,
        before: fleet_records.InstalledLine,
        pattern: quotes.Pattern | None,
        priced: quotes.PricedPattern | None,
        line_ids: tuple[uuid.UUID, ...],
        labels: tuple[str, ...],
        terms: Mapping[tuple[str, int], tuple[catalogue.TermRecord, ...]],
    ) -> fleet_acts.ActGroup:
        components = priced.components if priced else ()
        main = before.offerings[0]
        since = before.commitment_start_date or self._day
        change = fleet_changes.difference(
            action="terminate" if pattern is None else "modify",
            kind="change",
            before=before,
            wanted=pattern,
            components=components,
            commitment_months=priced.commitment_months if priced else 0,
            day=self._day,
            terms=terms.get((main.code, main.version), ()),
            caps=legal.in_force(segment=self._company.segment, size=self._company.size_category, day=since),
        )
        line = quotes.AcceptedLine(
            stable_id=line_ids[0], position=1, plan_code=pattern.plan_code if pattern else main.code,
            option_codes=pattern.option_codes if pattern else (), device_code=pattern.device_code if pattern else None,
            user_label="", msisdn=None, rio=None, iccid=None, imei=None, email=None, cost_centre=None, site=None, bundle_code=None,
            commitment_months=change.commitment_months, components=components, action=change.action, product_id=line_ids[0], change=change,
        )  # fmt: skip
        frozen, reasons = accepted_policies.frozen_line(line, self._snapshot.offerings)
        if frozen is None:
            return fleet_acts.ActGroup("refused", line_ids, labels, reasons=tuple(reasons))
        return fleet_acts.ActGroup("changes", line_ids, labels, self._operation, frozen, change.monthly, change.one_off)


def _promised(groups: Sequence[fleet_acts.ActGroup], day: dt.date) -> dt.date | None:
    plans = [
        decomposition.plan(
            facts=decomposition.PatternFacts(
                group.operation, group.pattern.kinds, group.pattern.needs_msisdn, group.pattern.needs_sim, group.pattern.needs_device
            ),
            has_rio=False,
            from_day=day,
        )
        for group in groups
        if group.pattern is not None
    ]
    return decomposition.promised_date(plans) if plans else None


def _digest(act: records.FleetAct, groups: Sequence[fleet_acts.ActGroup]) -> str:
    said = hashlib.sha256(f"{act.kind}:{act.offering_code}".encode())
    for group in groups:
        amounts = f"{group.outcome}:{group.monthly.normalize() or Decimal(0)}:{group.one_off.normalize() or Decimal(0)}"
        said.update(f"|{amounts}:{','.join(sorted(map(str, group.line_ids)))}".encode())
    return said.hexdigest()[:32]
