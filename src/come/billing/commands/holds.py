"""What a person decides about one account of a run: the hold is lifted, or the account is set aside."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from come.billing import events, models
from come.billing.policies import holds, states
from come.shared import actor as actors, eventlog, events as facts, obstacles, text
from come.staff import policies as rights


def release_bill(*, bill_id: uuid.UUID, decision: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Lift the anomalies that hold a bill, with the reason; it becomes computed and will be checked.

    Records BillHoldReleased. Raises Refusal without a reason, or when something that needs a repair holds it too.
    """
    rights.require(actor, "billing.run")
    with transaction.atomic():
        bill = _locked(bill_id)
        obstacles.refuse_if_any(_release_obstacles(bill, decision))
        bill.findings.filter(closed_at__isnull=True).update(closed_at=at, closed_by_name=actor.name, decision=decision.strip()[:400])
        bill.state = "computed"
        bill.save(update_fields=["state"])
        _record(bill, events.BillHoldReleased(bill.id, bill.run_id, decision), actor, at, before="held")


def refuse_bill(*, bill_id: uuid.UUID, decision: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Set an account aside from its run, with the reason: it is not billed for this cycle. Records BillRefused.

    Raises Refusal without a reason, Conflict when the bill is approved or issued.
    """
    rights.require(actor, "billing.run")
    with transaction.atomic():
        bill = _locked(bill_id)
        obstacles.refuse_if_any(_reason_missing(decision))
        if not states.bill_may_become(bill.state, "refused"):
            raise obstacles.Conflict(
                obstacles.Obstacle(
                    "billing.not_refusable",
                    obstacles.Severity.REFUSAL,
                    text.T("Cette facture est « {state} » : elle ne s’écarte plus.", state=text.T(states.BILL_WORDS[bill.state])),
                    text.T("Une facture émise se corrige par un avoir."),
                ),
            )
        before = bill.state
        bill.findings.filter(closed_at__isnull=True).update(closed_at=at, closed_by_name=actor.name, decision=decision.strip()[:400])
        bill.state = "refused"
        bill.save(update_fields=["state"])
        _record(bill, events.BillRefused(bill.id, decision), actor, at, before=before)


def _locked(bill_id: uuid.UUID) -> models.CustomerBill:
    bill = models.CustomerBill.objects.select_for_update().filter(id=bill_id).first()
    if bill is None:
        raise obstacles.not_found("La facture", bill_id)
    return bill


def _release_obstacles(bill: models.CustomerBill, decision: str) -> list[obstacles.Obstacle]:
    found = _reason_missing(decision)
    if bill.state != "held":
        found.append(
            obstacles.Obstacle(
                "billing.not_held",
                obstacles.Severity.REFUSAL,
                text.T("Cette facture n’est pas retenue."),
                text.T("Rechargez la page."),
            ),
        )
    codes = set(bill.findings.filter(closed_at__isnull=True).exclude(severity="warning").values_list("code", flat=True))
    for code in sorted(codes - holds.RELEASABLE):
        found.append(
            obstacles.Obstacle(
                "billing.needs_repair",
                obstacles.Severity.REFUSAL,
                text.T("La cause {code} ne se lève pas : elle se répare.", code=code),
                text.T("Faites la réparation indiquée, puis recalculez ce compte."),
            ),
        )
    return found


def _reason_missing(decision: str) -> list[obstacles.Obstacle]:
    if decision.strip():
        return []
    return [
        obstacles.Obstacle(
            "billing.no_reason",
            obstacles.Severity.REFUSAL,
            text.T("Dites pourquoi : la raison reste au dossier."),
            text.T("Écrivez une phrase, puis validez."),
            "decision",
        ),
    ]


def _record(bill: models.CustomerBill, event: facts.Event, actor: actors.Actor, at: dt.datetime, *, before: str) -> None:
    eventlog.record(
        event=event,
        actor=actor,
        at=at,
        subjects=[facts.subject("bill", bill.id), facts.subject("account", bill.billing_account_id), facts.subject("run", bill.run_id)],
        before={"state": before},
        after={"state": bill.state},
    )
