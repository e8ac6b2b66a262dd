"""Draw many invoices at once: a pool of processes, a bounded number of invoices under way, files that appear whole."""

from __future__ import annotations

import concurrent.futures
import hashlib
import multiprocessing
import os
import pathlib
import tempfile
from collections.abc import Iterable, Iterator

from come.billing import ports
from come.billing.invoicing import document
from come.edges.facturx import cii, pdf

DEFAULT_WORKERS = 2
_UNDER_WAY_PER_WORKER = 4
_FORBIDDEN = str.maketrans({"/": "-", "\\": "-"})


class FacturXRenderer:
    """Draws Factur-X: a PDF/A-3b with its XML inside, and the same XML beside it."""

    template_version = pdf.TEMPLATE_VERSION

    def render(
        self,
        *,
        invoices: Iterable[document.InvoiceDocument],
        folder: pathlib.Path,
        workers: int = DEFAULT_WORKERS,
    ) -> Iterator[ports.RenderedInvoice]:
        """Write `<number>.pdf` and `<number>.xml` into the folder; invoices come as they are finished.

        One worker means this very process. Memory does not grow with the number of invoices: the source is read only
        as fast as the workers draw.
        """
        folder.mkdir(parents=True, exist_ok=True)
        if workers <= 1:
            yield from (draw(invoice, folder) for invoice in invoices)
            return
        context = multiprocessing.get_context("spawn")
        with concurrent.futures.ProcessPoolExecutor(max_workers=workers, mp_context=context) as pool:
            under_way: set[concurrent.futures.Future[ports.RenderedInvoice]] = set()
            for invoice in invoices:
                under_way.add(pool.submit(draw, invoice, folder))
                if len(under_way) >= workers * _UNDER_WAY_PER_WORKER:
                    done, under_way = concurrent.futures.wait(under_way, return_when=concurrent.futures.FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            yield from (future.result() for future in concurrent.futures.as_completed(under_way))

    def preview(self, *, invoice: document.InvoiceDocument) -> bytes:
        """Return the PDF of one invoice without keeping it."""
        return pdf.make(invoice)[0]

    def xml_sha256(self, *, invoice: document.InvoiceDocument) -> str:
        """Return the SHA-256 of the invoice's XML."""
        return hashlib.sha256(cii.write(invoice)).hexdigest()


def draw(invoice: document.InvoiceDocument, folder: pathlib.Path) -> ports.RenderedInvoice:
    """Draw one invoice into the folder and tell what was written (a worker's own work)."""
    page, xml = pdf.make(invoice)
    stem = invoice.number.translate(_FORBIDDEN)
    _write_whole(folder / f"{stem}.xml", xml)
    _write_whole(folder / f"{stem}.pdf", page)
    return ports.RenderedInvoice(
        document_id=invoice.document_id,
        number=invoice.number,
        pdf_name=f"{stem}.pdf",
        pdf_sha256=hashlib.sha256(page).hexdigest(),
        pdf_bytes=len(page),
        xml_name=f"{stem}.xml",
        xml_sha256=hashlib.sha256(xml).hexdigest(),
        template_version=pdf.TEMPLATE_VERSION,
    )


def _write_whole(path: pathlib.Path, content: bytes) -> None:
    """Write beside, then rename: a reader, or a crash, never meets half a file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        pathlib.Path(temporary).chmod(0o644)
        pathlib.Path(temporary).replace(path)
    except BaseException:
        pathlib.Path(temporary).unlink(missing_ok=True)
        raise
