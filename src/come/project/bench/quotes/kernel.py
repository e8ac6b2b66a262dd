"""How many lines a second the pricing kernel prices, alone; run as a program, prints one JSON object.

The kernel is one thread that asks nobody: its processor time is counted, in the best of the rounds that fit in two seconds, so that
what else the machine does says little. Everyday fleets first (a few hundred patterns), then the worst case: ten thousand lines of which
every second one is like no other.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
import time
from typing import Any

from come.shared import runtime

_SECONDS = 2.0


def main(sizes: list[tuple[int, int]]) -> dict[str, float]:
    """Return lines a second by "lines/patterns"."""
    runtime.setup_django()
    from come.catalogue import queries  # noqa: PLC0415 - after the set-up

    snapshot = queries.catalogue_snapshot(at=dt.datetime.now(tz=dt.UTC).date())
    return {f"{lines}/{patterns}": _per_second(snapshot, lines, patterns) for lines, patterns in sizes}


def _per_second(snapshot: Any, lines: int, patterns: int) -> float:
    from come.quote import pricing  # noqa: PLC0415 - after the set-up

    quantities = _mix(snapshot, lines, patterns)
    rounds: list[float] = []
    ends = time.perf_counter() + _SECONDS
    while time.perf_counter() < ends or not rounds:
        started = time.process_time()
        pricing.price_quote(quantities=quantities, snapshot=snapshot, agreement=None, segment="enterprise")
        rounds.append(time.process_time() - started)
    return lines / min(rounds)


def _mix(snapshot: Any, lines: int, patterns: int) -> dict[Any, int]:
    from come.quote import pricing, records  # noqa: PLC0415 - after the set-up

    rng = random.Random(lines + patterns)  # noqa: S311 - the same fleet each time, no secret
    by_kind: dict[str, list[str]] = {}
    for code, offering in sorted(snapshot.offerings.items()):
        by_kind.setdefault(str(offering.kind), []).append(code)
    drawn = {
        records.Pattern(
            rng.choice(by_kind["plan"]),
            tuple(sorted(rng.sample(by_kind["option"], rng.choice((0, 1, 1, 2, 3))))),
            rng.choice(["", *by_kind["device"]]),
        ): lines
        for _ in range(patterns * 6)
    }
    # What the rules forbid is not sold: the fleet is made of what they allow.
    sold = pricing.price_quote(quantities=drawn, snapshot=snapshot, agreement=None, segment="enterprise").patterns
    found: dict[Any, int] = dict.fromkeys([one.pattern for one in sold if not one.obstacles][:patterns], 1)
    for pattern in rng.choices(list(found), k=lines - len(found)):
        found[pattern] += 1
    return found


if __name__ == "__main__":
    print(json.dumps(main([(int(one), int(other)) for one, _, other in (word.partition("/") for word in sys.argv[1:])])))
