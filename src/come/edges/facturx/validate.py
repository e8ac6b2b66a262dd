"""Prove invoices in one process of its own: the XSLT engine dies when threads share it, and weighs 200 MB."""

from __future__ import annotations

import concurrent.futures
import hashlib
import multiprocessing
from collections.abc import Iterable, Iterator

from come.billing import ports
from come.billing.invoicing import document
from come.edges.facturx import cii, rules

CHUNK_SIZE = 16


class FacturXValidator:
    """Proves by XSD, EN 16931 (Factur-X) and BR-FR, see `rules`."""

    def prove(self, *, invoices: Iterable[document.InvoiceDocument]) -> Iterator[ports.Proof]:
        """Return the verdict on each invoice, in their order; the process lives as long as the iteration."""
        yield from prove_documents(invoices)


def prove_documents(invoices: Iterable[document.InvoiceDocument]) -> Iterator[ports.Proof]:
    """Prove each invoice's XML; a chunk is written while the one before is being proven."""
    yield from prove_xml((invoice.document_id, cii.write(invoice)) for invoice in invoices)


def prove_xml(documents: Iterable[tuple[str, bytes]]) -> Iterator[ports.Proof]:
    """Prove (document id, XML) pairs in one worker process, in order, two chunks under way at most."""
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        waiting: list[concurrent.futures.Future[list[ports.Proof]]] = []
        for chunk in _chunks(documents):
            waiting.append(pool.submit(prove_chunk, chunk))
            if len(waiting) > 1:
                yield from waiting.pop(0).result()
        for future in waiting:
            yield from future.result()


def prove_chunk(chunk: list[tuple[str, bytes]]) -> list[ports.Proof]:
    """Prove some documents here and now (the worker's own work)."""
    return [_proof(document_id, xml) for document_id, xml in chunk]


def _proof(document_id: str, xml: bytes) -> ports.Proof:
    failures = tuple(
        ports.RuleFailure(finding.layer.value, finding.rule, finding.is_fatal, finding.message, finding.location)
        for finding in rules.check(xml)
    )
    return ports.Proof(document_id, hashlib.sha256(xml).hexdigest(), failures)


def _chunks(documents: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    chunk: list[tuple[str, bytes]] = []
    for item in documents:
        chunk.append(item)
        if len(chunk) == CHUNK_SIZE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
