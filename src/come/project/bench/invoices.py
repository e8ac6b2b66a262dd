"""How many three-page invoices this machine issues a second; run as a program, prints one JSON object.

The demonstration's own three-page bills are drawn again and again on two processes, each time with another number and other
names in it: equal documents would be remembered by the typesetter and flatter the figure.
"""

from __future__ import annotations

import dataclasses
import io
import itertools
import json
import pathlib
import sys
import tempfile
import time
from collections.abc import Iterator

import pikepdf

from come.billing.invoicing import document
from come.shared import actor as actors, runtime

_WANTED_PAGES = 3
_MOST_MODELS = 8
_MOST_PHONE_LINES = 60
_WORKERS = 2


def main(count: int) -> dict[str, float]:
    """Draw `count` invoices and return how many a second, and their pages on average. Raises LookupError without bills."""
    runtime.setup_django()
    from come.billing import ports, queries  # noqa: PLC0415 - after the set-up
    from come.shared import wiring  # noqa: PLC0415 - after the set-up

    viewer = actors.system_actor("bench")
    rows, _ = queries.bills(viewer=viewer, state="issued", limit=200)
    renderer = wiring.port(ports.InvoiceRenderer)
    drawn: list[tuple[int, document.InvoiceDocument]] = []
    for invoice in queries.invoice_documents(bill_ids=[row.id for row in rows if row.phone_lines < _MOST_PHONE_LINES]):
        with pikepdf.open(io.BytesIO(renderer.preview(invoice=invoice))) as page:
            drawn.append((len(page.pages), invoice))
    chosen = sorted((one for one in drawn if one[0] >= _WANTED_PAGES), key=lambda one: one[0])[:_MOST_MODELS]
    models, pages = [invoice for _, invoice in chosen], [count for count, _ in chosen]
    if not models:
        msg = "the demonstration has no bill of three pages"
        raise LookupError(msg)

    def varied() -> Iterator[document.InvoiceDocument]:
        for number, invoice in zip(range(count), itertools.cycle(models), strict=False):
            yield _another(invoice, number)

    with tempfile.TemporaryDirectory() as folder:
        # The processes start and load before the clock does.
        list(renderer.render(invoices=[_another(models[0], count + extra) for extra in range(_WORKERS)], folder=pathlib.Path(folder)))
        started = time.perf_counter()
        drawn_count = sum(1 for _ in renderer.render(invoices=varied(), folder=pathlib.Path(folder), workers=_WORKERS))
        seconds = time.perf_counter() - started
    return {"per_second": drawn_count / seconds, "pages": sum(pages) / len(pages)}


def _another(invoice: document.InvoiceDocument, number: int) -> document.InvoiceDocument:
    shown = invoice.presentation
    if shown is not None:
        centres = tuple(
            dataclasses.replace(
                centre,
                phone_lines=tuple(dataclasses.replace(line, label=f"{line.label} {number}") for line in centre.phone_lines),
            )
            for centre in shown.cost_centres
        )
        shown = dataclasses.replace(shown, cost_centres=centres)
    return dataclasses.replace(invoice, number=f"BENCH-{number:07d}", presentation=shown)


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
