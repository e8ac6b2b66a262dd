"""The operator of the quotes' bench with numbers and SIMs in stock, and quotes accepted by one customer; prints one JSON object."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import Any

from come.project.bench.quotes import tables, world as quotes_world
from come.shared import runtime

_FIRST_NUMBER = 600_000


def main(sizes: list[int]) -> dict[str, Any]:
    """Tell the operator, stock what `sizes` lines need, and have one quote of each size accepted."""
    told = quotes_world.main()
    runtime.setup_django()
    from come.inventory import commands as inventory_commands  # noqa: PLC0415 - they need Django
    from come.project.demo import story  # noqa: PLC0415 - they need Django
    from come.shared import clock, identifiers  # noqa: PLC0415 - they need Django
    from come.staff import queries as staff_queries  # noqa: PLC0415 - they need Django

    seller = staff_queries.actor_by_login(login="alice")
    if seller is None:
        msg = "the story has no seller"
        raise RuntimeError(msg)
    spare = range(_FIRST_NUMBER, _FIRST_NUMBER + sum(sizes) + 100)
    at = clock.now()
    inventory_commands.stock_numbers(
        msisdns=[identifiers.test_msisdn(number) for number in spare], actor=story.system("bench_numbers"), at=at
    )
    inventory_commands.stock_sims(
        iccids=[identifiers.test_iccid(number) for number in spare],
        imsis=[identifiers.test_imsi(number) for number in spare],
        agency_id=min(seller.agency_ids),
        actor=story.system("bench_sims"),
        at=at,
    )
    return told | {"quotes": [_accepted(told["company"], size, place, seller) for place, size in enumerate(sizes)]}


def _accepted(company: str, size: int, place: int, seller: Any) -> str:
    """Make, price, send and have signed a quote of `size` lines; return its id."""
    from come.party import queries as party_queries  # noqa: PLC0415 - they need Django
    from come.quote import commands as quote_commands  # noqa: PLC0415 - they need Django
    from come.shared import clock  # noqa: PLC0415 - they need Django

    found = party_queries.customer_file(reference=company, viewer=seller)
    actor = seller.with_request(f"bench-{place}")
    made = quote_commands.create_quote(customer_file_id=found.id, title=f"Banc {place}", actor=actor, at=clock.now())
    pasted = quote_commands.paste_lines(
        quote_id=made.quote_id, table_text=tables.fleet(size, first=place * 100_000), actor=actor, at=clock.now(), consented_changes=None
    )
    if pasted.to_correct:
        msg = f"{pasted.to_correct} lines of the bench's table are to be corrected"
        raise RuntimeError(msg)
    quote_commands.send_quote(quote_id=made.quote_id, actor=actor, at=clock.now())
    quote_commands.accept_quote(quote_id=made.quote_id, identity="Anne Durand", actor=actor, at=clock.now())
    return str(made.quote_id)


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        answer = main([int(word) for word in sys.argv[1:]])
    print(json.dumps(answer))
