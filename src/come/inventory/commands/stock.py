"""Receive numbers and SIMs into the stock."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from come.inventory import events
from come.shared import actor as actors, eventlog, identifiers, obstacles, text
from come.staff import policies as rights


def stock_numbers(*, msisdns: Sequence[str], actor: actors.Actor, at: dt.datetime, kind: str = "mobile") -> int:
    """Add numbers to the stock, available; those already known stay as they are. Return how many were added.

    Raises Refusal with every malformed number, and then none is added. Records StockReceived.
    """
    rights.require(actor, "inventory.write")
    check = identifiers.check_phone if kind == "fixed" else identifiers.check_msisdn
    canonical = _checked(msisdns, check)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_number_resource (msisdn, kind, state, state_since_at)"
            " SELECT msisdn, %s, 'available', %s FROM unnest(%s::text[]) AS given(msisdn) ON CONFLICT (msisdn) DO NOTHING",
            [kind, at, canonical],
        )
        added = int(cursor.rowcount)
        _record(f"number/{kind}", added, len(canonical) - added, actor, at)
    return added


def stock_sims(
    *,
    iccids: Sequence[str],
    actor: actors.Actor,
    at: dt.datetime,
    kind: str = "sim",
    agency_id: uuid.UUID | None = None,
    imsis: Sequence[str] = (),
) -> int:
    """Add SIMs to an agency's stock (or the central one), available. Return how many were added.

    `imsis`, when given, are in the order of `iccids`. Raises Refusal with every malformed ICCID. Records StockReceived.
    """
    rights.require(actor, "inventory.write")
    canonical = _checked(iccids, identifiers.check_iccid)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO inventory_sim_resource (iccid, imsi, eid, kind, agency_id, state, state_since_at)"
            " SELECT iccid, coalesce(imsi, ''), '', %s, %s, 'available', %s FROM unnest(%s::text[], %s::text[]) AS given(iccid, imsi)"
            " ON CONFLICT (iccid) DO NOTHING",
            [kind, agency_id, at, canonical, list(imsis)],
        )
        added = int(cursor.rowcount)
        _record(f"sim/{kind}", added, len(canonical) - added, actor, at)
    return added


def _checked(values: Sequence[str], check: object) -> list[str]:
    found: list[obstacles.Obstacle] = []
    canonical: list[str] = []
    for position, value in enumerate(values):
        try:
            canonical.append(check(value))  # type: ignore[operator]  # one of the identifiers' check functions
        except identifiers.InvalidIdentifier as error:
            found.append(
                obstacles.Obstacle(
                    "inventory.identifier",
                    obstacles.Severity.REFUSAL,
                    error.reason,
                    text.T("Corrigez la ligne {row} du fichier ; rien n’a été ajouté.", row=position + 1),
                    f"rows/{position}",
                ),
            )
    obstacles.refuse_if_any(found)
    return canonical


def _record(kind: str, added: int, known: int, actor: actors.Actor, at: dt.datetime) -> None:
    eventlog.record(
        event=events.StockReceived(kind=kind, added=added, already_known=known),
        actor=actor,
        at=at,
        subjects=["stock:" + kind.split("/", maxsplit=1)[0]],
    )
