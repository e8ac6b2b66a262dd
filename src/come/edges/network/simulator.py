"""Simulators of the network, the carrier and the porting desk.

They ship with the product, to show what happens when the outside is slow, wrong or down. Each keeps in its own tables what
it really has, whatever it answered.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import time
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection, transaction

from come.edges.network import models
from come.inventory import queries as inventory_queries
from come.order import ports
from come.shared import bulk, clock

_APPLY = """
INSERT INTO edges_network_simulated_operation (system, key, operation, target, payload, applied_at, deliveries)
SELECT %(system)s, key, operation, target, payload::jsonb, %(at)s, 1
FROM unnest(%(keys)s::uuid[], %(operations)s::text[], %(targets)s::text[], %(payloads)s::text[]) AS given(key, operation, target, payload)
ON CONFLICT (key) DO UPDATE SET deliveries = edges_network_simulated_operation.deliveries + 1
RETURNING key, xmax = 0
"""
_ACTIVATE = """
INSERT INTO edges_network_simulated_subscriber (line_id, msisdn, iccid, services, state, changed_at)
SELECT line_id, msisdn, iccid, '[]'::jsonb, 'active', %(at)s
FROM unnest(%(lines)s::uuid[], %(msisdns)s::text[], %(iccids)s::text[]) AS given(line_id, msisdn, iccid)
ON CONFLICT (line_id) DO UPDATE SET msisdn = EXCLUDED.msisdn, iccid = EXCLUDED.iccid, state = 'active', changed_at = EXCLUDED.changed_at
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Behaviour:
    """How a simulated system behaves; rates are in thousandths."""

    is_down: bool = False
    latency_ms: int = 0
    error_permille: int = 0
    lost_answer_permille: int = 0
    duplicate_permille: int = 0
    ignored_permille: int = 0
    fail_next: int = 0
    fail_code: str = ""
    seed: int = 1


class SimulatedSystem:
    """What every simulated system does: answer, fail as told, apply each key once, show what was applied."""

    system = ""
    error_code = "NETWORK_TIMEOUT"

    def execute(self, commands: Sequence[ports.Command]) -> list[ports.Answer]:
        """Take commands: refuse those it is told to fail, apply the others once each, lose the answers it is told to lose."""
        self._wait()
        with transaction.atomic():
            row = self._row()
            if row.is_down:
                raise ports.SystemUnavailable(f"{self.system}: down")
            row.call_count += 1
            refused = self._told_to_fail(row, commands)
            draws = {command.key: _draw(row.seed, command.key, row.call_count) for command in commands}
            row.save(update_fields=["call_count", "fail_next"])
            refused |= {
                command.key: self.error_code
                for command in commands
                if command.key not in refused and draws[command.key]["error"] < row.error_permille
            }
            refused |= self.check([command for command in commands if command.key not in refused])
            taken = [command for command in commands if command.key not in refused]
            applied = [command for command in taken if draws[command.key]["ignored"] >= row.ignored_permille]
            self._apply(applied)
            self._apply([command for command in applied if draws[command.key]["duplicate"] < row.duplicate_permille])
            heard = [command for command in commands if draws[command.key]["lost"] >= row.lost_answer_permille]
        return [ports.Answer(command.key, command.key not in refused, refused.get(command.key, "")) for command in heard]

    def observe(self, keys: Sequence[uuid.UUID]) -> dict[uuid.UUID, ports.Effect]:
        """Return what was applied for these keys."""
        if self._row_value().is_down:
            raise ports.SystemUnavailable(f"{self.system}: down")
        rows = models.SimulatedOperation.objects.filter(system=self.system, key__in=list(keys))
        return {row.key: ports.Effect(row.key, row.applied_at, row.payload) for row in rows}

    def behave(self, behaviour: Behaviour) -> None:
        """Behave so from now on."""
        models.SimulatedBehaviour.objects.update_or_create(system=self.system, defaults=dataclasses.asdict(behaviour))

    def fail_next(self, count: int, code: str) -> None:
        """Refuse the next `count` commands with `code`, and change nothing for them."""
        self._row_value()
        models.SimulatedBehaviour.objects.filter(system=self.system).update(fail_next=count, fail_code=code)

    def behaviour(self) -> Behaviour:
        """Return how the system behaves now."""
        row = self._row_value()
        return Behaviour(**{field.name: getattr(row, field.name) for field in dataclasses.fields(Behaviour)})

    def check(self, commands: Sequence[ports.Command]) -> dict[uuid.UUID, str]:
        """Return the refusal code of each command that the system's own state forbids."""
        return {}

    def changed(self, commands: Sequence[ports.Command], at: dt.datetime) -> None:
        """Change the system's own state, once per key."""

    def _wait(self) -> None:
        latency_ms = self._row_value().latency_ms
        if latency_ms:
            time.sleep(latency_ms / 1000)

    def _row_value(self) -> models.SimulatedBehaviour:
        return models.SimulatedBehaviour.objects.get_or_create(system=self.system)[0]

    def _row(self) -> models.SimulatedBehaviour:
        self._row_value()
        return models.SimulatedBehaviour.objects.select_for_update().get(system=self.system)

    def _told_to_fail(self, row: models.SimulatedBehaviour, commands: Sequence[ports.Command]) -> dict[uuid.UUID, str]:
        failing = commands[: row.fail_next]
        row.fail_next -= len(failing)
        return {command.key: row.fail_code or self.error_code for command in failing}

    def _apply(self, commands: Sequence[ports.Command]) -> None:
        if not commands:
            return
        at = clock.now()
        with connection.cursor() as cursor:
            cursor.execute(
                _APPLY,
                {
                    "system": self.system,
                    "at": at,
                    "keys": [command.key for command in commands],
                    "operations": [command.operation for command in commands],
                    "targets": [command.target for command in commands],
                    "payloads": [json.dumps(dict(command.payload)) for command in commands],
                },
            )
            new = {key for key, is_new in cursor.fetchall() if is_new}
        self.changed([command for command in commands if command.key in new], at)


class NetworkSimulator(SimulatedSystem):
    """A home subscriber server in miniature; implements order.ports.NetworkActivation."""

    system = "network"

    def check(self, commands: Sequence[ports.Command]) -> dict[uuid.UUID, str]:
        """Refuse a number or SIM that another subscriber has, and changes to a line that it does not know."""
        refused: dict[uuid.UUID, str] = {}
        new = [command for command in commands if command.operation == "activate_line"]
        numbers = _holders("msisdn", [command.payload["msisdn"] for command in new])
        sims = _holders("iccid", [command.payload["iccid"] for command in new])
        for command in new:
            line_id = uuid.UUID(command.payload["line_id"])
            if numbers.get(command.payload["msisdn"], line_id) != line_id:
                refused[command.key] = "MSISDN_IN_USE"
            elif sims.get(command.payload["iccid"], line_id) != line_id:
                refused[command.key] = "IMSI_CONFLICT"
        others = [command for command in commands if command.operation != "activate_line"]
        wanted = [uuid.UUID(command.payload["line_id"]) for command in others]
        known = set(
            models.SimulatedSubscriber.objects.filter(line_id__in=wanted).exclude(state="terminated").values_list("line_id", flat=True)
        )
        refused |= {command.key: "SUBSCRIBER_UNKNOWN" for command, line_id in zip(others, wanted, strict=True) if line_id not in known}
        return refused

    def changed(self, commands: Sequence[ports.Command], at: dt.datetime) -> None:
        """Create, change or end subscribers."""
        by_operation: dict[str, list[ports.Command]] = {}
        for command in commands:
            by_operation.setdefault(command.operation, []).append(command)
        for operation, group in by_operation.items():
            lines = [uuid.UUID(command.payload["line_id"]) for command in group]
            if operation == "activate_line":
                self._activate(group, lines, at)
            elif operation in {"add_options", "modify_line"}:
                for command, line_id in zip(group, lines, strict=True):
                    models.SimulatedSubscriber.objects.filter(line_id=line_id).update(services=command.payload["services"], changed_at=at)
            else:
                state = {"suspend_line": "suspended", "resume_line": "active", "terminate_line": "terminated"}[operation]
                models.SimulatedSubscriber.objects.filter(line_id__in=lines).update(state=state, changed_at=at)

    def _activate(self, group: Sequence[ports.Command], lines: Sequence[uuid.UUID], at: dt.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                _ACTIVATE,
                {
                    "at": at,
                    "lines": list(lines),
                    "msisdns": [command.payload["msisdn"] for command in group],
                    "iccids": [command.payload["iccid"] for command in group],
                },
            )


class LogisticsSimulator(SimulatedSystem):
    """A carrier that takes parcels; implements order.ports.Logistics."""

    system = "logistics"
    error_code = "ADDRESS_REFUSED"


class PortabilitySimulator(SimulatedSystem):
    """The single desk of number portability; implements order.ports.NumberPortability."""

    system = "portability"
    error_code = "RIO_REFUSED"


SYSTEMS: dict[str, type[SimulatedSystem]] = {
    "network": NetworkSimulator,
    "logistics": LogisticsSimulator,
    "portability": PortabilitySimulator,
}


def load_inventory(*, at: dt.datetime) -> int:
    """Give the simulated network every line that the inventory has and it does not know: a fleet that existed before."""
    known = set(models.SimulatedSubscriber.objects.values_list("line_id", flat=True))
    lines = inventory_queries.lines_on_network()
    return bulk.copy_rows(
        table="edges_network_simulated_subscriber",
        columns=("line_id", "msisdn", "iccid", "services", "state", "changed_at"),
        rows=(
            (line_id, msisdn, iccid, "[]", state, at) for line_id, (msisdn, iccid, state) in sorted(lines.items()) if line_id not in known
        ),
    )


def _holders(column: str, values: Iterable[str]) -> dict[str, uuid.UUID]:
    rows = models.SimulatedSubscriber.objects.filter(**{f"{column}__in": [value for value in values if value]}).exclude(state="terminated")
    return dict(rows.values_list(column, "line_id"))


def _draw(seed: int, key: uuid.UUID, call: int) -> dict[str, int]:
    """Return the fate of one command in thousandths, the same for the same seed, key and call."""
    digest = hashlib.sha256(f"{seed}:{key}:{call}".encode()).digest()
    fates = ("error", "lost", "duplicate", "ignored")
    return {fate: int.from_bytes(digest[4 * place : 4 * place + 4]) % 1000 for place, fate in enumerate(fates)}
