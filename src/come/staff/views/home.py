"""The first page of the day, different for each trade; each package draws its own part."""

from __future__ import annotations

import dataclasses

from django import http
from django.utils.translation import gettext as _

from come.shared import actor as actors, clock, formatting, text, web
from come.staff import policies
from come.staff.views import shell


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One part of the page, drawn by the package that owns the address."""

    label: str
    url: str
    lines: int


# Address of the fragment -> what it shows, the permission that it needs, its height while it loads.
_PARTS = {
    "order:home_trouble": (text.noop("Commandes en anomalie"), "order.read", 5),
    "order:home_promises": (text.noop("Dates promises"), "order.read", 5),
    "quote:home_quotes": (text.noop("Devis"), "quote.read", 6),
    "quote:home_approvals": (text.noop("Remises à approuver"), "quote.approve", 3),
    "party:home_customers": (text.noop("Clients"), "customer.read", 6),
    "ticket:home_tickets": (text.noop("Incidents"), "ticket.read", 4),
    "billing:home_runs": (text.noop("Facturation"), "billing.read", 6),
    "usage:home_intake": (text.noop("Consommations reçues"), "usage.read", 5),
    "catalogue:home_offers": (text.noop("Offres"), "catalogue.read", 6),
    "catalogue:home_agreements": (text.noop("Accords à échéance"), "catalogue.read", 3),
}
# What each trade looks at first; the first column is the wide one.
_SELLING = (
    ("order:home_trouble", "quote:home_quotes"),
    ("order:home_promises", "party:home_customers", "catalogue:home_agreements", "ticket:home_tickets"),
)
_HOMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    policies.MANAGER: (
        ("quote:home_approvals", "order:home_trouble", "quote:home_quotes"),
        ("order:home_promises", "ticket:home_tickets", "party:home_customers", "catalogue:home_agreements"),
    ),
    policies.SELLER: _SELLING,
    policies.ASSISTANT: _SELLING,
    policies.BILLING_OPERATOR: (("billing:home_runs",), ("usage:home_intake", "ticket:home_tickets")),
    policies.PRICING_MANAGER: (
        ("catalogue:home_offers", "quote:home_approvals"),
        ("quote:home_quotes", "catalogue:home_agreements", "ticket:home_tickets"),
    ),
    policies.SUPPORT: (("order:home_trouble", "ticket:home_tickets"), ("order:home_promises", "usage:home_intake")),
    policies.DATA_STEWARD: (("party:home_customers",), ("ticket:home_tickets",)),
    policies.ADMINISTRATOR: (("ticket:home_tickets",), ("catalogue:home_offers",)),
}


@web.signed_in
def home(request: http.HttpRequest) -> http.HttpResponse:
    """Show what this person should look at first."""
    viewer = web.actor(request)
    columns = [[part for name in column if (part := _part(viewer, name))] for column in _layout(viewer)]
    context = {
        "first_name": viewer.name.split()[0] if viewer.name else "",
        "today": formatting.day(clock.today()),
        "columns": [column for column in columns if column],
        "actions": _actions(viewer),
    }
    return web.page(request, "staff/home.html", context)


def _layout(viewer: actors.Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for role, layout in _HOMES.items():
        if role in viewer.roles:
            return layout
    return _SELLING


def _part(viewer: actors.Actor, name: str) -> Part | None:
    label, permission, lines = _PARTS[name]
    url = shell.address(name)
    if not url or not policies.can(viewer, permission):
        return None
    return Part(label=_(label), url=url, lines=lines)


def _actions(viewer: actors.Actor) -> list[shell.Place]:
    wanted = (
        (_("Nouveau devis"), "quote:new", "plus", "quote.write"),
        (_("Lancer la facturation"), "billing:runs", "bill", "billing.run"),
        (_("Ouvrir le catalogue"), "catalogue:offerings", "catalogue", "catalogue.write"),
        (_("Équipe et agences"), "staff:team", "team", "staff.write"),
    )
    return [
        shell.Place(label=label, url=url, icon=icon)
        for label, name, icon, permission in wanted
        if policies.can(viewer, permission) and (url := shell.address(name))
    ]
