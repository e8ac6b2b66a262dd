"""How the journey ends: where everything lies, what to open, and the facts that the bench reads."""

from __future__ import annotations

import pathlib
from typing import Any

from django import urls
from django.conf import settings

from come.billing import queries as billing_queries
from come.order import queries as order_queries
from come.project.demo import story
from come.project.demo.journey import Context
from come.project.demo.steps.quote import alice
from come.shared import formatting


def facts(context: Context, *, journey_seconds: float, started: float) -> dict[str, Any]:
    """Return what the bench and the screenshots need: times, counts, the pages of a seller's day."""
    answers = context.answers
    viewer = alice()
    reference = answers["company"]["reference"]
    order = order_queries.order(order_id=order_id(context), viewer=viewer)
    _ = billing_queries
    pages = {
        "home": urls.reverse("staff:home"),
        "search": f"{urls.reverse('staff:search')}?q={reference}",
        "companies": urls.reverse("party:companies"),
        "company": urls.reverse("party:company", args=[reference]),
        "quotes": urls.reverse("quote:quotes"),
        "quote": urls.reverse("quote:quote", args=[answers["quote"]["reference"]]),
        "orders": urls.reverse("order:orders"),
        "order": urls.reverse("order:order", args=[order.reference]),
        "fleet": urls.reverse("inventory:fleet", args=[reference]),
        "catalogue": urls.reverse("catalogue:offerings"),
    }
    return {
        "operator": story.OPERATOR,
        "cycle": story.CYCLE,
        "journey_seconds": round(journey_seconds, 3),
        "first_invoice_at": float(answers["issue"]["issued_at"]),
        "started_at": started,
        "usage_records": context.records,
        "invoices": int(answers["issue"]["drawn"]),
        "company": reference,
        "quote": answers["quote"]["reference"],
        "order": order.reference,
        "seller_pages": pages,
    }


def order_id(context: Context) -> Any:
    """Return the id of the story's order."""
    import uuid  # noqa: PLC0415 - one use

    return uuid.UUID(context.answers["order"]["order_id"])


def say(context: Context, told: dict[str, Any]) -> None:
    """Print where everything lies and what to open."""
    console = context.console
    home = pathlib.Path(settings.COME_HOME)
    console.title("Tout est là")
    console.say(f"  factures     {home / 'invoices'}")
    console.say(f"  récit        {formatting.number(told['journey_seconds'], 1) if False else told['journey_seconds']} s")
    console.say("  application  http://127.0.0.1:8000 (come serve)")
    console.title("Identifiants de démonstration")
    for login, trade in story.LOGINS:
        console.say(f"  {login:<8} {trade}")
    console.say(f"  mot de passe : {story.PASSWORD}")
