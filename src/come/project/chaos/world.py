"""The small operator whose orders are troubled: told by the demonstration's own steps, in a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

from come.shared import runtime

_NEEDED = frozenset({"schema", "catalogue", "staff", "registry", "companies", "fleets"})
_PLANS = ("MOB-ILL-20", "MOB-ILL-50", "MOB-ECO-2H", "MOB-ECO-5H", "DATA-10")
_FIRST_NUMBER = 700_000


def main(spare: int) -> dict[str, Any]:
    """Tell these steps, stock `spare` numbers and SIMs, and return what customers of the run need to order."""
    runtime.setup_django()
    from django.core import management  # noqa: PLC0415 - after the set-up

    from come.project.demo import console, journey, steps  # noqa: PLC0415 - they need the models

    management.call_command("migrate", verbosity=0, interactive=False)
    journey.run([step for step in steps.STEPS if step.name in _NEEDED], journey.Context(console=console.Console(), records=0))
    return _stocked(spare)


def _stocked(spare: int) -> dict[str, Any]:
    from come.catalogue import queries as catalogue_queries  # noqa: PLC0415 - they need Django
    from come.inventory import commands as inventory_commands, queries as inventory_queries  # noqa: PLC0415 - they need Django
    from come.party import queries as party_queries  # noqa: PLC0415 - they need Django
    from come.project.demo import story  # noqa: PLC0415 - they need Django
    from come.shared import clock, identifiers  # noqa: PLC0415 - they need Django
    from come.staff import commands as staff_commands, queries as staff_queries  # noqa: PLC0415 - they need Django

    seller = staff_queries.actor_by_login(login="alice")
    if seller is None:
        msg = "the story has no seller"
        raise RuntimeError(msg)
    numbers = [identifiers.test_msisdn(_FIRST_NUMBER + index) for index in range(spare)]
    inventory_commands.stock_numbers(msisdns=numbers, actor=story.system("spare_numbers"), at=story.LOADED_AT)
    agency_ids = sorted(seller.agency_ids)
    inventory_commands.stock_sims(
        iccids=[identifiers.test_iccid(_FIRST_NUMBER + index) for index in range(spare)],
        imsis=[identifiers.test_imsi(_FIRST_NUMBER + index) for index in range(spare)],
        agency_id=agency_ids[0],
        actor=story.system("spare_sims"),
        at=story.LOADED_AT,
    )
    machine = staff_commands.create_staff_member(
        login="systeme",
        display_name="Système d’un partenaire",
        roles=("api_client",),
        agency_ids=agency_ids,
        password=story.PASSWORD,
        actor=story.system("machine"),
        at=story.LOADED_AT,
    )
    key = staff_commands.issue_api_token(staff_id=machine, name="chaos", expires_at=None, actor=story.system("machine_key"), at=clock.now())
    found, _ = party_queries.customers(viewer=seller, limit=1_000)
    files = {row.id: row for row in found}
    offerings = catalogue_queries.catalogue_snapshot(at=clock.now().date()).offerings
    lines: dict[str, list[str]] = {}
    for line in inventory_queries.lines_for_orders(line_ids=list(inventory_queries.lines_on_network())):
        if line.customer_file_id in files and line.state == "active":
            lines.setdefault(files[line.customer_file_id].reference, []).append(str(line.id))
    return {
        "key": key,
        "password": story.PASSWORD,
        "customers": [
            {
                "reference": row.reference,
                "plans": [code for code in _PLANS if _is_sold(offerings.get(code), row.segment)],
                "account": str(accounts[0].id),
            }
            for row in found
            if (accounts := party_queries.billing_accounts(customer_file_id=row.id))
        ],
        "lines": {reference: sorted(given) for reference, given in sorted(lines.items())},
        "elsewhere": [identifiers.test_msisdn(_FIRST_NUMBER + spare + index) for index in range(spare)],
    }


def _is_sold(offering: Any, segment: str) -> bool:
    return offering is not None and (not offering.segments or segment in offering.segments)


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        told = main(int(sys.argv[1]))
    print(json.dumps(told))
