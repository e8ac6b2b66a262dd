"""The order of the 25 lines: submitted, activated, two lines held by the network, repaired."""

from __future__ import annotations

import uuid
from typing import Any

from come.edges.network import simulator
from come.order import commands as order_commands, jobs, queries as order_queries
from come.project.demo import story
from come.project.demo.journey import Context
from come.project.demo.steps.quote import alice
from come.shared import formatting

_FAILING = 2
_CAUSE = "SIM_NOT_PROVISIONED"


def submit_and_activate(context: Context) -> dict[str, Any]:
    """Submit the order and let it run; the network refuses two lines, which are held with their cause."""
    seller = alice()
    quote_id = uuid.UUID(context.answers["quote"]["quote_id"])
    submitted = order_commands.submit_order(quote_id=quote_id, actor=story.as_person(seller, "order"), at=story.ORDERED_AT)
    order = order_queries.order(order_id=submitted.order_id, viewer=seller)
    if not order.causes and order.state != "completed":
        simulator.NetworkSimulator().fail_next(_FAILING, _CAUSE)
        jobs.drain(order_id=submitted.order_id, at=story.ACTIVATED_AT)
        order = order_queries.order(order_id=submitted.order_id, viewer=seller)
    told = "\n".join(
        f"retenues : {cause.line_count} lignes – {cause.cause_fr} (incident {cause.incident_reference})" for cause in order.causes
    )
    return {
        "summary": f"{submitted.reference} : {order.line_count} lignes décomposées, SIM et numéros réservés\n{told}",
        "order_id": submitted.order_id,
        "reference": submitted.reference,
    }


def repair(context: Context) -> dict[str, Any]:
    """Try again what the cause held, once for all lines, and finish."""
    seller = alice()
    order_id = uuid.UUID(context.answers["order"]["order_id"])
    simulator.NetworkSimulator().fail_next(0, "")
    retried = order_commands.retry_steps(order_id=order_id, actor=story.as_person(seller, "repair"), at=story.REPAIRED_AT)
    jobs.drain(order_id=order_id, at=story.REPAIRED_AT)
    order = order_queries.order(order_id=order_id, viewer=seller)
    if order.state != "completed":
        msg = f"the story's order is {order.state}, not completed"
        raise RuntimeError(msg)
    return {
        "summary": f"{retried} étapes rejouées, effet observé sur le réseau ; commande terminée le {formatting.instant(story.REPAIRED_AT)}"
    }
