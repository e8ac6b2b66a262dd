"""Compare what we believe with what the network has, line by line."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from come.edges.network import models
from come.inventory import queries as inventory_queries


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """A line on which the inventory and the network disagree; an empty side does not know the line."""

    line_id: uuid.UUID
    inventory: str
    network: str


def differences(*, line_ids: Sequence[uuid.UUID] | None = None) -> list[Difference]:
    """Return every line whose number, SIM or state differs between the two (two statements); none when they agree.

    A terminated line needs no trace on either side.
    """
    ours = {line_id: _said(*values) for line_id, values in inventory_queries.lines_on_network(line_ids=line_ids).items()}
    rows = models.SimulatedSubscriber.objects.exclude(state="terminated")
    if line_ids is not None:
        rows = rows.filter(line_id__in=list(line_ids))
    theirs = {
        line_id: _said(msisdn, iccid, state) for line_id, msisdn, iccid, state in rows.values_list("line_id", "msisdn", "iccid", "state")
    }
    return [
        Difference(line_id, ours.get(line_id, ""), theirs.get(line_id, ""))
        for line_id in sorted(ours.keys() | theirs.keys())
        if ours.get(line_id, "") != theirs.get(line_id, "")
    ]


def _said(msisdn: str, iccid: str, state: str) -> str:
    return f"{msisdn} {iccid} {state}"
