"""A base of tickets and one seller: prints one JSON object."""

from __future__ import annotations

import datetime as dt
import json
import sys
import time

from come.project.bench.tickets import sentences
from come.shared import ids, runtime

_PASSWORD = "Suggestion-rapide-621"  # noqa: S105 - of a fictional seller, in a base that lives as long as the bench


def main(count: int) -> dict[str, object]:
    """Write the tickets at once (their reports are measured elsewhere), index them as the job does; return the password."""
    runtime.setup_django()
    from django.core import management  # noqa: PLC0415 - after the set-up
    from django.db import connection, transaction  # noqa: PLC0415 - after the set-up

    from come.shared import actor as actors, clock  # noqa: PLC0415 - after the set-up
    from come.staff import commands as staff_commands  # noqa: PLC0415 - it needs the models
    from come.ticket import commands  # noqa: PLC0415 - it needs the models

    management.call_command("migrate", verbosity=0, interactive=False)
    at, system = clock.now(), actors.system_actor("come bench tickets")
    agency = staff_commands.create_agency(code="BEN", name="Agence du banc", city="Lyon", actor=system, at=at)
    staff_commands.create_staff_member(
        login="alice", display_name="Alice Martin", roles=["seller"], agency_ids=[agency], password=_PASSWORD, actor=system, at=at
    )
    columns = "id, reference, title, description, opened_at, status_since_at, status, signature, ticket_type, severity, origin, context,"
    columns += " owner_team, opened_by_name, resolution"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(f"COPY ticket_trouble_ticket ({columns}) FROM STDIN") as copy:
        for number, (title, text) in enumerate(sentences.tickets(count)):
            opened_at = at - dt.timedelta(minutes=count - number)
            status = "acknowledged" if number % 10 == 0 else "closed"
            copy.write_row(
                (ids.uuid7(), f"INC-2020-{number:06}", title, text, opened_at, opened_at, status, "", "incident", "minor", "person", "{}",
                 "support", "Alice Martin", ""),
            )  # fmt: skip
    started = time.perf_counter()
    commands.index_tickets(at=at)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"password": _PASSWORD, "index_seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
