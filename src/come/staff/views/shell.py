"""The frame around every page: the places that this person may go to, and who they are."""

from __future__ import annotations

import dataclasses
import functools

from django import http, urls
from django.utils.translation import gettext as _

from come.shared import actor as actors, text
from come.staff import policies, queries


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    label: str
    url: str
    icon: str
    is_current: bool = False
    is_exact: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, in words."""

    name: str
    initials: str
    roles: tuple[str, ...]
    agencies: tuple[str, ...]


# Label, page, icon, permission ("" = everybody).
PLACES = (
    (text.noop("Accueil"), "staff:home", "home", ""),
    (text.noop("Clients"), "party:companies", "customers", "customer.read"),
    (text.noop("Devis"), "quote:quotes", "quote", "quote.read"),
    (text.noop("Commandes"), "order:orders", "order", "order.read"),
    (text.noop("Parc"), "inventory:fleets", "fleet", "inventory.read"),
    (text.noop("Consommation"), "usage:intake", "usage", "usage.read"),
    (text.noop("Factures"), "billing:bills", "bill", "billing.read"),
    (text.noop("Catalogue"), "catalogue:offerings", "catalogue", "catalogue.read"),
    (text.noop("Incidents"), "ticket:tickets", "ticket", "ticket.read"),
)
_MENU = (
    (text.noop("Mon compte"), "staff:account", "user", ""),
    (text.noop("Approbations et absences"), "quote:approvals", "check", "quote.approve"),
    (text.noop("Équipe et agences"), "staff:team", "team", "staff.read"),
)


def address(name: str, *args: object) -> str:
    """Return the address of a page, or nothing when this installation does not have it: no link is ever dead."""
    try:
        return urls.reverse(name, args=args or None)
    except urls.NoReverseMatch:
        return ""


def initials(name: str) -> str:
    """Return one or two letters for a name."""
    words = name.split()
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


class Shell:
    """What the base template draws; computed only when a whole page is drawn."""

    def __init__(self, request: http.HttpRequest) -> None:
        self._path = request.path
        self._actor: actors.Actor | None = getattr(request, "actor", None)
        self.search_url = address("staff:search")
        self.sign_out_url = address("staff:sign_out")
        self.report_url = address("ticket:report") if self._actor is not None and policies.can(self._actor, "ticket.write") else ""

    @functools.cached_property
    def places(self) -> list[Place]:
        """Return the entries of the rail that this person may open."""
        return [self._place(label, url, icon) for label, url, icon in self._open(PLACES)]

    @functools.cached_property
    def menu(self) -> list[Place]:
        """Return the entries of the person's own menu."""
        return [self._place(label, url, icon) for label, url, icon in self._open(_MENU)]

    @functools.cached_property
    def person(self) -> Person | None:
        """Return who is signed in, or None (one statement)."""
        if self._actor is None:
            return None
        names = {} if not self._actor.agency_ids else queries.agency_names()
        roles = [_(policies.ROLE_NAMES_FR[role]) for role in sorted(self._actor.roles) if role in policies.ROLE_NAMES_FR]
        return Person(
            name=self._actor.name,
            initials=initials(self._actor.name),
            roles=tuple(roles),
            agencies=tuple(sorted(names[agency_id] for agency_id in self._actor.agency_ids if agency_id in names)),
        )

    def _open(self, entries: tuple[tuple[str, str, str, str], ...]) -> list[tuple[str, str, str]]:
        if self._actor is None:
            return []
        return [
            (_(label), url, icon)
            for label, name, icon, permission in entries
            if (not permission or policies.can(self._actor, permission)) and (url := address(name))
        ]

    def _place(self, label: str, url: str, icon: str) -> Place:
        is_current = self._path == url or (url != "/" and self._path.startswith(url))
        return Place(label=label, url=url, icon=icon, is_current=is_current, is_exact=self._path == url)
