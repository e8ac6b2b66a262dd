"""How many three-page invoices this machine issues a second; run as a program, prints one JSON object."""

from __future__ import annotations

import json
import sys
import time

from come.shared import runtime


def main(count: int) -> dict[str, float]:
    """Render `count` distinct invoices of three pages or so and return the rate and the pages."""
    runtime.setup_django(start_database=False)
    from come.edges.facturx import measure  # noqa: PLC0415 - needs the settings

    started = time.perf_counter()
    pages = measure.render_many(count)
    seconds = time.perf_counter() - started
    return {"per_second": count / seconds, "pages": pages}


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
