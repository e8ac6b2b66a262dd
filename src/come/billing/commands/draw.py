"""Draw the documents of issued bills; restartable, and each XML must be the one that was proven."""

from __future__ import annotations

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import connection, transaction

from come.billing import models, ports
from come.billing.commands import issue
from come.billing.invoicing import document
from come.billing.queries import documents
from come.shared import wiring

_DRAW_LOCK = 7_310_412
_SAVE_EVERY = 25


def draw_documents(*, run_id: uuid.UUID, at: dt.datetime, workers: int = 2) -> int:
    """Draw every issued bill of the run that has no document yet; return how many were drawn.

    One process at a time per run: another caller waits, then finds nothing to do. Raises RuntimeError when an issued XML
    is not the one that was proven before approval (but for its number): such an invoice must not leave.
    """
    renderer: ports.InvoiceRenderer = wiring.port(ports.InvoiceRenderer)
    with _alone(run_id):
        missing = list(
            models.CustomerBill.objects.filter(run_id=run_id, state="issued")
            .exclude(documents__kind="pdf")
            .order_by("number")
            .values_list("id", "proven_xml_sha256"),
        )
        proven = {str(bill_id): sha256 for bill_id, sha256 in missing}
        invoices = _proven(renderer, [bill_id for bill_id, _ in missing], proven)
        drawn: list[ports.RenderedInvoice] = []
        count = 0
        for rendered in renderer.render(invoices=invoices, folder=issue.invoices_folder(), workers=min(workers, len(missing))):
            drawn.append(rendered)
            count += 1
            if len(drawn) == _SAVE_EVERY:
                _save(drawn, at)
                drawn = []
        _save(drawn, at)
    return count


def _proven(renderer: ports.InvoiceRenderer, bill_ids: list[uuid.UUID], proven: dict[str, str]) -> Iterator[document.InvoiceDocument]:
    """Return the invoices; each is also written with the number of its proof, and must give the proven XML."""
    with_number = documents.invoice_documents(bill_ids=bill_ids)
    for invoice in with_number:
        if renderer.xml_sha256(invoice=documents.as_proven(invoice)) != proven[invoice.document_id]:
            msg = f"the XML of invoice {invoice.number} is not the one that was proven"
            raise RuntimeError(msg)
        yield invoice


def _save(drawn: list[ports.RenderedInvoice], at: dt.datetime) -> None:
    rows = []
    for item in drawn:
        bill_id = uuid.UUID(item.document_id)
        xml_bytes = (issue.invoices_folder() / item.xml_name).stat().st_size
        for kind, name, sha256, size in (
            ("pdf", item.pdf_name, item.pdf_sha256, item.pdf_bytes),
            ("xml", item.xml_name, item.xml_sha256, xml_bytes),
        ):
            rows.append(
                models.BillDocument(
                    bill_id=bill_id,
                    kind=kind,
                    name=name,
                    sha256=sha256,
                    size_bytes=size,
                    template_version=item.template_version if kind == "pdf" else "",
                    made_at=at,
                ),
            )
    with transaction.atomic():
        models.BillDocument.objects.bulk_create(rows)


@contextlib.contextmanager
def _alone(run_id: uuid.UUID) -> Iterator[None]:
    """Hold the run's drawing for one process, without a transaction that would last for minutes."""
    keys = [_DRAW_LOCK, run_id.int % (2**31)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", keys)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", keys)
