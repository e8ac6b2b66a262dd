"""How the journey ends: where everything lies, what to open, and the facts that the bench reads."""

from __future__ import annotations

import pathlib
from decimal import Decimal
from typing import Any

from django import urls
from django.conf import settings

from come.project.demo import story
from come.project.demo.journey import Context
from come.shared import formatting

_HOME_PARTS = (
    ("quote", "home_quotes"),
    ("order", "home_trouble"),
    ("order", "home_promises"),
    ("party", "home_customers"),
    ("ticket", "home_tickets"),
)
_COMPANY_PARTS = (
    ("inventory", "company_fleet"),
    ("catalogue", "company_agreements"),
    ("quote", "company_quotes"),
    ("order", "company_orders"),
    ("billing", "company_bills"),
    ("ticket", "company_tickets"),
)


def facts(context: Context, *, journey_seconds: float, started: float) -> dict[str, Any]:
    """Return what the bench and the screenshots need: times, counts, the pages of a seller's day."""
    answers = context.answers
    reference = answers["company"]["reference"]
    explained = answers["explain"]
    pages = {
        "home": urls.reverse("staff:home"),
        "search": f"{urls.reverse('staff:search')}?q={reference}",
        "companies": urls.reverse("party:companies"),
        "company": urls.reverse("party:company", args=[reference]),
        "quotes": urls.reverse("quote:quotes"),
        "quote": urls.reverse("quote:quote", args=[answers["quote"]["reference"]]),
        "orders": urls.reverse("order:orders"),
        "order": urls.reverse("order:order", args=[answers["order"]["reference"]]),
        "fleet": urls.reverse("inventory:fleet", args=[reference]),
        "bills": urls.reverse("billing:bills"),
        "bill": urls.reverse("billing:bill", args=[explained["bill_id"]]),
        "catalogue": urls.reverse("catalogue:offerings"),
        "tickets": urls.reverse("ticket:tickets"),
        "quote_draft": urls.reverse("quote:quote", args=[answers["left"]["draft"]]),
        "order_held": urls.reverse("order:order", args=[answers["left"]["order"]]),
    }
    # What these pages load as they open counts as much as the pages themselves.
    pages |= {name: urls.reverse(f"{package}:{name}") for package, name in _HOME_PARTS}
    pages |= {name: urls.reverse(f"{package}:{name}", args=[reference]) for package, name in _COMPANY_PARTS}
    if explained["line_id"]:
        pages["line"] = urls.reverse("inventory:line", args=[explained["line_id"]])
    return {
        "operator": story.OPERATOR,
        "cycle": story.CYCLE,
        "journey_seconds": round(journey_seconds, 3),
        "first_invoice_at": float(answers["previous_bills"]["issued_at"]),
        "started_at": started,
        "usage_records": context.records,
        "invoices": int(answers["previous_bills"]["drawn"]) + int(answers["issue"]["drawn"]),
        "company": reference,
        "quote": answers["quote"]["reference"],
        "order": answers["order"]["reference"],
        "bill": explained["number"],
        "password": story.PASSWORD,
        "logins": [
            {"login": login, "name": next(person.name for person in story.STAFF if person.login == login), "trade": trade}
            for login, trade in story.LOGINS
        ],
        "seller_pages": pages,
    }


def say(context: Context, told: dict[str, Any]) -> None:
    """Print where everything lies and what to open."""
    console = context.console
    home = pathlib.Path(settings.COME_HOME)
    console.title("Tout est là")
    console.say(f"  factures     {home / 'invoices'}")
    console.say(f"  récit        {formatting.number(round(Decimal(told['journey_seconds']), 1))} s, {told['invoices']} factures")
    console.say("  application  http://127.0.0.1:8000 (come serve)")
    console.title("Identifiants de démonstration")
    for login, trade in story.LOGINS:
        console.say(f"  {login:<8} {trade}")
    console.say(f"  mot de passe : {story.PASSWORD}")
