"""Reserve numbers and SIMs in sets; two orders never wait for each other's rows, and never get the same one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from come.inventory import records

_PICK_NUMBERS = """
SELECT id, msisdn FROM inventory_number_resource
WHERE state = 'available' AND kind = %s
ORDER BY msisdn LIMIT %s FOR UPDATE SKIP LOCKED
"""
_PICK_SIMS = """
SELECT id, iccid FROM inventory_sim_resource
WHERE state = 'available' AND kind = %s AND (agency_id = %s OR agency_id IS NULL)
ORDER BY agency_id IS NULL, iccid LIMIT %s FOR UPDATE SKIP LOCKED
"""


def reserve_resources(*, wants: Sequence[records.ResourceWant], at: dt.datetime) -> list[records.Reservation]:
    """Reserve what each line needs; what was reserved before is found again, what is missing is named.

    Must run in the caller's transaction (the step that it serves is written with it). Failure codes:
    NUMBER_STOCK_EMPTY, NUMBER_UNKNOWN, NUMBER_TAKEN, SIM_STOCK_EMPTY, SIM_UNKNOWN, SIM_TAKEN.
    """
    with transaction.atomic():
        numbers, number_failures = _numbers([want for want in wants if want.needs_number], at)
        sims, sim_failures = _sims([want for want in wants if want.needs_sim], at)
    answers = []
    for want in wants:
        key = want.reservation_id
        code, detail = number_failures.get(key) or sim_failures.get(key) or ("", "")
        answers.append(records.Reservation(key, numbers.get(key, ""), sims.get(key, ""), code, detail))
    return answers


Found = dict[uuid.UUID, str]
Failures = dict[uuid.UUID, tuple[str, str]]


def _numbers(wants: Sequence[records.ResourceWant], at: dt.datetime) -> tuple[Found, Failures]:
    found = _already("inventory_number_resource", "msisdn", wants)
    failures: Failures = {}
    missing = [want for want in wants if want.reservation_id not in found]
    named = {want.wanted_msisdn: want for want in missing if want.wanted_msisdn}
    _welcome_ported(named, at)
    _take_named("inventory_number_resource", "msisdn", named, at, found, failures, "NUMBER")
    for kind in sorted({want.number_kind for want in missing if not want.wanted_msisdn}):
        anyone = [want for want in missing if not want.wanted_msisdn and want.number_kind == kind]
        _take_any(_PICK_NUMBERS, [kind, len(anyone)], "inventory_number_resource", anyone, at, found)
        failures.update({want.reservation_id: ("NUMBER_STOCK_EMPTY", kind) for want in anyone if want.reservation_id not in found})
    return found, failures


def _sims(wants: Sequence[records.ResourceWant], at: dt.datetime) -> tuple[Found, Failures]:
    found = _already("inventory_sim_resource", "iccid", wants)
    failures: Failures = {}
    missing = [want for want in wants if want.reservation_id not in found]
    named = {want.wanted_iccid: want for want in missing if want.wanted_iccid}
    _take_named("inventory_sim_resource", "iccid", named, at, found, failures, "SIM")
    anyone = [want for want in missing if not want.wanted_iccid]
    for kind, agency_id in sorted({(want.sim_kind, want.agency_id) for want in anyone}, key=str):
        group = [want for want in anyone if (want.sim_kind, want.agency_id) == (kind, agency_id)]
        _take_any(_PICK_SIMS, [kind, agency_id, len(group)], "inventory_sim_resource", group, at, found)
        failures.update({want.reservation_id: ("SIM_STOCK_EMPTY", kind) for want in group if want.reservation_id not in found})
    return found, failures


def _already(table: str, column: str, wants: Sequence[records.ResourceWant]) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reserved_for, {column} FROM {table} WHERE reserved_for = ANY(%s) ORDER BY id FOR UPDATE",
            [[want.reservation_id for want in wants]],
        )
        return dict(cursor.fetchall())


def _welcome_ported(named: dict[str, records.ResourceWant], at: dt.datetime) -> None:
    """Let in numbers that come from another operator: the stock could not know them."""
    ported = sorted(msisdn for msisdn, want in named.items() if want.is_ported_in)
    if not ported:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_number_resource (msisdn, kind, state, state_since_at)"
            " SELECT msisdn, 'mobile', 'available', %s FROM unnest(%s::text[]) AS given(msisdn)"
            " ON CONFLICT (msisdn) DO UPDATE SET state = 'available', state_since_at = EXCLUDED.state_since_at"
            " WHERE inventory_number_resource.state = 'ported_out'",
            [at, ported],
        )


def _take_named(  # noqa: PLR0917 - what one kind of resource needs, side by side
    table: str,
    column: str,
    named: dict[str, records.ResourceWant],
    at: dt.datetime,
    found: Found,
    failures: Failures,
    prefix: str,
) -> None:
    """Reserve the resources that were asked for by name, or say for each why not."""
    if not named:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {column}, state FROM {table} WHERE {column} = ANY(%s) ORDER BY id FOR UPDATE",
            [list(named)],
        )
        rows = {identifier: (row_id, state) for row_id, identifier, state in cursor.fetchall()}
    taken: list[tuple[int, uuid.UUID]] = []
    for identifier, want in named.items():
        row_id, state = rows.get(identifier, (0, ""))
        if state == "available":
            taken.append((row_id, want.reservation_id))
            found[want.reservation_id] = identifier
        else:
            failures[want.reservation_id] = (f"{prefix}_TAKEN" if state else f"{prefix}_UNKNOWN", identifier)
    _mark_reserved(table, taken, at)


def _take_any(  # noqa: PLR0917 - as above
    statement: str,
    parameters: list[Any],
    table: str,
    wants: Sequence[records.ResourceWant],
    at: dt.datetime,
    found: Found,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    pairs = list(zip(rows, wants, strict=False))
    for (_, identifier), want in pairs:
        found[want.reservation_id] = identifier
    _mark_reserved(table, [(row_id, want.reservation_id) for (row_id, _), want in pairs], at)


def _mark_reserved(table: str, pairs: Sequence[tuple[int, uuid.UUID]], at: dt.datetime) -> None:
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS resource SET state = 'reserved', reserved_for = pair.reservation_id, state_since_at = %s"
            " FROM unnest(%s::bigint[], %s::uuid[]) AS pair(id, reservation_id) WHERE resource.id = pair.id",
            [at, [row_id for row_id, _ in pairs], [reservation for _, reservation in pairs]],
        )


def release_resources(
    *,
    reservation_ids: Sequence[uuid.UUID],
    at: dt.datetime,
    kinds: Sequence[str] = ("number", "sim"),
    is_faulty: bool = False,
) -> int:
    """Give back what was reserved and not assigned; return how many resources were released.

    They become available again, except faulty SIMs, which are retired.
    """
    released = 0
    tables = {"number": "inventory_number_resource", "sim": "inventory_sim_resource"}
    with transaction.atomic(), connection.cursor() as cursor:
        for kind in kinds:
            state = "retired" if is_faulty and kind == "sim" else "available"
            cursor.execute(
                f"UPDATE {tables[kind]} SET state = %s, reserved_for = NULL, state_since_at = %s"
                " WHERE reserved_for = ANY(%s) AND state = 'reserved'",
                [state, at, list(reservation_ids)],
            )
            released += cursor.rowcount
    return released


def release_expired_quarantine(*, at: dt.datetime) -> int:
    """Make available the numbers whose quarantine is over; return how many."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_number_resource SET state = 'available', quarantine_until_at = NULL, state_since_at = %s"
            " WHERE state = 'quarantine' AND quarantine_until_at <= %s",
            [at, at],
        )
        return int(cursor.rowcount)
