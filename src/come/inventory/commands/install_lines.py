"""Install lines as a set: the number of statements does not depend on the number of lines."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction

from come.inventory import events, models, policies, records
from come.inventory.commands import _rows
from come.party import commands as party_commands
from come.shared import actor as actors, bulk, eventlog, events as shared_events, ids, obstacles, period
from come.staff import policies as rights

Part = tuple[uuid.UUID, records.NewPart]


def install_lines(
    *,
    lines: Sequence[records.NewLine],
    actor: actors.Actor,
    at: dt.datetime,
    source: str = "order",
) -> records.InstallAnswer:
    """Make lines active with their numbers, SIMs, options, frozen prices and usage terms.

    Lines that are already installed are counted and left as they are: a replay installs nothing twice. Raises Refusal
    with every number, SIM or device that another line has, and then nothing is installed. A prospect becomes a customer.
    Records LinesInstalled.
    """
    rights.require(actor, "inventory.write")
    with transaction.atomic():
        known = _known(line.line_id for line in lines)
        fresh = [line for line in lines if line.line_id not in known]
        if fresh:
            _install(fresh, actor=actor, at=at)
            party_commands.welcome_customers(customer_file_ids={line.customer_file_id for line in fresh}, actor=actor, at=at)
            _record(fresh, actor=actor, at=at, source=source)
    return records.InstallAnswer(len(fresh), len(lines) - len(fresh))


def part_id(line_id: uuid.UUID, ordinal: int, offering_code: str) -> uuid.UUID:
    """Return the id of a line's part, the same at every replay."""
    return ids.derived("inventory.part", line_id, ordinal, offering_code)


def _known(line_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    return set(models.Product.objects.filter(id__in=list(line_ids)).values_list("id", flat=True))


def _install(lines: Sequence[records.NewLine], *, actor: actors.Actor, at: dt.datetime) -> None:
    resources = _take_resources(lines, at=at)
    parts = {
        line.line_id: [(part_id(line.line_id, index, part.offering_code), part) for index, part in enumerate(line.parts)] for line in lines
    }
    bulk.copy_rows(table="inventory_product", columns=_rows.PRODUCT_COLUMNS, rows=_product_rows(lines, parts, at))
    bulk.copy_rows(table="inventory_product_state", columns=_rows.STATE_COLUMNS, rows=_state_rows(lines, parts, actor))
    bulk.copy_rows(table="inventory_resource_assignment", columns=_rows.ASSIGNMENT_COLUMNS, rows=_assignment_rows(lines, resources))
    bulk.copy_rows(table="inventory_product_price", columns=_rows.PRICE_COLUMNS, rows=_price_rows(lines, parts))
    bulk.copy_rows(table="inventory_product_usage_term", columns=_rows.TERM_COLUMNS, rows=_term_rows(lines, parts))


def _product_rows(
    lines: Sequence[records.NewLine],
    parts: dict[uuid.UUID, list[Part]],
    at: dt.datetime,
) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        yield (
            line.line_id, line.customer_file_id, line.agency_id, line.billing_account_id, None, line.offering_code,
            line.offering_version, line.name_fr, line.kind, line.user_label, policies.label_key(line.user_label),
            line.cost_centre_id, "active", "", at, line.activated_at,
            period.local_day(line.activated_at) if line.commitment_end_date else None, line.commitment_end_date,
            line.agreement_reference, line.order_item_ref,
        )  # fmt: skip
    for line in lines:
        for identifier, part in parts[line.line_id]:
            yield (
                identifier, line.customer_file_id, line.agency_id, line.billing_account_id, line.line_id,
                part.offering_code, part.offering_version, part.name_fr, part.kind, "", "", line.cost_centre_id,
                "active", "", at, line.activated_at, None, None, line.agreement_reference, line.order_item_ref,
            )  # fmt: skip


def _state_rows(
    lines: Sequence[records.NewLine],
    parts: dict[uuid.UUID, list[Part]],
    actor: actors.Actor,
) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        for identifier in (line.line_id, *(identifier for identifier, _ in parts[line.line_id])):
            yield identifier, "active", "", line.activated_at, actor.name


def _assignment_rows(
    lines: Sequence[records.NewLine],
    resources: dict[str, dict[str, int]],
) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        if line.msisdn:
            yield line.line_id, "number", resources["number"][line.msisdn], None, None, line.activated_at
        if line.iccid:
            yield line.line_id, "sim", None, resources["sim"][line.iccid], None, line.activated_at
        if line.imei:
            yield line.line_id, "device", None, None, resources["device"][line.imei], line.activated_at


def _price_rows(lines: Sequence[records.NewLine], parts: dict[uuid.UUID, list[Part]]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        first_day = period.local_day(line.activated_at)
        owners = [(line.line_id, line.prices), *((identifier, part.prices) for identifier, part in parts[line.line_id])]
        for product_id, prices in owners:
            for price in prices:
                yield _rows.price_row(product_id, line.billing_account_id, price, first_day, line.agreement_reference)


def _term_rows(lines: Sequence[records.NewLine], parts: dict[uuid.UUID, list[Part]]) -> Iterator[tuple[Any, ...]]:
    for line in lines:
        owners = [(line.line_id, line.terms), *((identifier, part.terms) for identifier, part in parts[line.line_id])]
        for product_id, terms in owners:
            for term in terms:
                yield (
                    product_id, line.line_id, term.tariff_code, term.precedence, term.allowance_code,
                    term.allowance_quantity, line.activated_at,
                )  # fmt: skip


def _take_resources(lines: Sequence[records.NewLine], *, at: dt.datetime) -> dict[str, dict[str, int]]:
    """Create the resources that the stock did not know, lock all, and mark them assigned; return their row ids."""
    wanted = {
        "number": {line.msisdn: line for line in lines if line.msisdn},
        "sim": {line.iccid: line for line in lines if line.iccid},
        "device": {line.imei: line for line in lines if line.imei},
    }
    taken: list[tuple[str, str, str]] = []
    found: dict[str, dict[str, int]] = {}
    for kind, by_identifier in wanted.items():
        taken += _asked_twice(kind, lines)
        found[kind] = _take(kind, by_identifier, at=at, taken=taken) if by_identifier else {}
    obstacles.refuse_if_any(policies.already_assigned_obstacles(taken=taken))
    return found


_RESOURCES = {
    "number": ("inventory_number_resource", "msisdn", "msisdn"),
    "sim": ("inventory_sim_resource", "iccid", "iccid"),
    "device": ("inventory_device_resource", "imei", "imei"),
}


def _asked_twice(kind: str, lines: Sequence[records.NewLine]) -> list[tuple[str, str, str]]:
    attribute = _RESOURCES[kind][2]
    seen: dict[str, records.NewLine] = {}
    twice: list[tuple[str, str, str]] = []
    for line in lines:
        identifier = getattr(line, attribute)
        if identifier and identifier in seen:
            twice.append((kind, identifier, seen[identifier].user_label or str(seen[identifier].line_id)))
        elif identifier:
            seen[identifier] = line
    return twice


def _take(
    kind: str,
    wanted: dict[str, records.NewLine],
    *,
    at: dt.datetime,
    taken: list[tuple[str, str, str]],
) -> dict[str, int]:
    table, column, _ = _RESOURCES[kind]
    identifiers = list(wanted)
    with connection.cursor() as cursor:
        if kind == "device":
            extra, kinds = "", None
        else:
            extra, kinds = ", kind", [line.number_kind if kind == "number" else line.sim_kind for line in wanted.values()]
        columns = f"{column}, state, state_since_at{extra}" + (
            ", imsi, eid" if kind == "sim" else ", model_code" if kind == "device" else ""
        )
        blanks = ", '', ''" if kind == "sim" else ", ''" if kind == "device" else ""
        source = "unnest(%s::text[])" if kinds is None else "unnest(%s::text[], %s::text[])"
        names = "given(identifier)" if kinds is None else "given(identifier, kind)"
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT identifier, 'available', %s{', kind' if kinds else ''}{blanks}"
            f" FROM {source} AS {names} ORDER BY identifier ON CONFLICT ({column}) DO NOTHING",
            [at, identifiers, *([kinds] if kinds else [])],
        )
        cursor.execute(
            f"SELECT id, {column}, state, reserved_for FROM {table} WHERE {column} = ANY(%s) ORDER BY id FOR UPDATE",
            [identifiers],
        )
        rows = cursor.fetchall()
        refused = [identifier for _, identifier, state, holder in rows if not _is_free(state, holder, wanted[identifier])]
        taken += [(kind, identifier, holder) for identifier, holder in _holders(kind, refused).items()]
        cursor.execute(
            f"UPDATE {table} SET state = 'assigned', reserved_for = NULL, state_since_at = %s WHERE id = ANY(%s)",
            [at, [row_id for row_id, *_ in rows]],
        )
    return {identifier: row_id for row_id, identifier, *_ in rows}


def _is_free(state: str, reserved_for: uuid.UUID | None, line: records.NewLine) -> bool:
    return state == "available" or (state == "reserved" and reserved_for is not None and reserved_for == line.reservation_id)


def _holders(kind: str, identifiers: Sequence[str]) -> dict[str, str]:
    """Return who has each of these resources, in words for an obstacle."""
    if not identifiers:
        return {}
    lookup = f"{kind}__{_RESOURCES[kind][1]}"
    rows = models.ResourceAssignment.objects.filter(**{f"{lookup}__in": list(identifiers)}, end_at__isnull=True)
    held = {
        identifier: label or str(product_id)
        for identifier, label, product_id in rows.values_list(lookup, "product__user_label", "product_id")
    }
    return {identifier: held.get(identifier, "—") for identifier in identifiers}


def _record(lines: Sequence[records.NewLine], *, actor: actors.Actor, at: dt.datetime, source: str) -> None:
    companies = {line.customer_file_id for line in lines}
    eventlog.record(
        event=events.LinesInstalled(line_count=len(lines), first_line_id=lines[0].line_id, source=source),
        actor=actor,
        at=at,
        subjects=[
            *(shared_events.subject("company", company) for company in sorted(companies)),
            *(shared_events.subject("line", line.line_id) for line in lines),
        ],
    )
