"""Check computed bills before approval: our own checks, then the proof by the public rules, batch by batch."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Sequence

from django.db import transaction

from come.billing import events, models, ports
from come.billing.commands import findings, runs
from come.billing.invoicing import checks, document
from come.billing.queries import documents
from come.shared import actor as actors, eventlog, events as facts, obstacles, text, wiring
from come.staff import policies as rights

BATCH_BILLS = 50
_LONG_INVOICE = 1_000
_SAMPLE_ONE_IN = 20


class ProofExtent(enum.StrEnum):
    """Which invoices go through the public rules: all, or every long and extended one and one in twenty of the others."""

    ALL = "all"
    SAMPLED = "sampled"


@dataclasses.dataclass(frozen=True, slots=True)
class CheckedRun:
    """How many bills passed, how many are held, how many were proven by the public rules."""

    checked: int
    held: int
    proven: int


def check_run(
    *,
    run_id: uuid.UUID,
    actor: actors.Actor,
    at: dt.datetime,
    proof: ProofExtent = ProofExtent.ALL,
    batch_bills: int = BATCH_BILLS,
) -> CheckedRun:
    """Check every computed bill; those that fail are held with each failed rule. Records BillsChecked.

    The proof is made on the XML with a provisional number; its SHA-256 stays on the bill, and the issued XML must be the
    same but for the number. Safe to run again: only computed bills are looked at.
    """
    rights.require(actor, "billing.run")
    runs.loaded(run_id=run_id)
    counts = {"checked": 0, "held": 0, "proven": 0}
    while ids := list(
        models.CustomerBill.objects.filter(run_id=run_id, state="computed").order_by("id").values_list("id", flat=True)[:batch_bills]
    ):
        done = _check_batch(ids, at, proof)
        for key, count in done.items():
            counts[key] += count
    with transaction.atomic():
        run = runs.locked(run_id=run_id)
        is_over = not models.CustomerBill.objects.filter(run_id=run_id, state__in=("due", "computed")).exists()
        if is_over and run.state in ("computed", "checked", "issued") and (counts["checked"] or run.state == "computed"):
            if run.state != "issued":
                runs.advance(run, "checked")
            run.checked_at = at
            run.save(update_fields=["state", "checked_at"])
            eventlog.record(
                event=events.BillsChecked(run.id, counts["checked"], counts["held"]),
                actor=actor,
                at=at,
                subjects=[facts.subject("run", run.id)],
                after={"state": run.state},
            )
    return CheckedRun(**counts)


def _check_batch(ids: Sequence[uuid.UUID], at: dt.datetime, extent: ProofExtent) -> dict[str, int]:
    """Read and prove outside of any lock, then write what still stands."""
    invoices = list(documents.invoice_documents(bill_ids=ids, provisional=True))
    found = {invoice.document_id: checks.document_obstacles(invoice) for invoice in invoices}
    wanted = [invoice for invoice in invoices if not found[invoice.document_id] and _is_chosen(invoice, extent)]
    validator: ports.InvoiceValidator = wiring.port(ports.InvoiceValidator)
    renderer: ports.InvoiceRenderer = wiring.port(ports.InvoiceRenderer)
    proofs = {proof.document_id: proof for proof in validator.prove(invoices=wanted)} if wanted else {}
    for document_id, proof in proofs.items():
        found[document_id] += _rule_obstacles(proof)
    hashes = {invoice.document_id: renderer.xml_sha256(invoice=invoice) for invoice in invoices if not found[invoice.document_id]}
    return _write(ids, at, found, proofs, hashes)


def _is_chosen(invoice: document.InvoiceDocument, extent: ProofExtent) -> bool:
    if extent is ProofExtent.ALL or invoice.profile != document.Profile.EN16931 or len(invoice.lines) > _LONG_INVOICE:
        return True
    return uuid.UUID(invoice.document_id).int % _SAMPLE_ONE_IN == 0


def _rule_obstacles(proof: ports.Proof) -> list[obstacles.Obstacle]:
    return [
        obstacles.Obstacle(
            f"billing.rule.{failure.rule}",
            obstacles.Severity.OBSTACLE,
            text.T(
                "La règle {rule} ({layer}) refuse la facture : {message}", rule=failure.rule, layer=failure.layer, message=failure.message
            ),
            text.T("Corrigez la donnée en cause (client, compte, catalogue ou entité émettrice), puis recalculez ce compte."),
            failure.location,
        )
        for failure in proof.failures
        if failure.is_fatal
    ]


def _write(
    ids: Sequence[uuid.UUID],
    at: dt.datetime,
    found: dict[str, list[obstacles.Obstacle]],
    proofs: dict[str, ports.Proof],
    hashes: dict[str, str],
) -> dict[str, int]:
    counts = {"checked": 0, "held": 0, "proven": len(proofs)}
    with transaction.atomic():
        rows = models.CustomerBill.objects.select_for_update(of=("self",)).select_related("run").filter(id__in=ids, state="computed")
        bills = list(rows.order_by("id"))
        held: list[models.BillFinding] = []
        for bill in bills:
            key = str(bill.id)
            if found[key]:
                bill.state = "held"
                held += findings.rows(bill_id=bill.id, found=found[key], owner=findings.owner_of(bill.run), at=at)
            else:
                bill.state = "checked"
                bill.proven_xml_sha256 = hashes[key]
                proof = proofs.get(key)
                bill.proof = [] if proof is None else [_proof_row(failure) for failure in proof.failures]
            counts[bill.state] += 1
        models.CustomerBill.objects.bulk_update(bills, ["state", "proven_xml_sha256", "proof"])
        findings.save(held)
    return counts


def _proof_row(failure: ports.RuleFailure) -> dict[str, object]:
    return dataclasses.asdict(failure)
