"""The one search box: everything that can be found by a name, a number, a reference, and the acts of the palette."""

from __future__ import annotations

import dataclasses
import itertools
import unicodedata

from django import http
from django.utils.translation import gettext as _

from come.shared import actor as actors, search as searching, web
from come.staff import policies
from come.staff.views import shell

_PALETTE_LIMIT = 12
_PAGE_LIMIT = 60
# First part of a hit's address -> its icon.
_ICONS = {
    "clients": "customers",
    "devis": "quote",
    "commandes": "order",
    "parc": "sim",
    "catalogue": "catalogue",
    "factures": "bill",
    "incidents": "ticket",
    "consommation": "usage",
    "equipe": "team",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """One line of the results: a hit or an act, with its icon and its place in the list."""

    index: int
    icon: str
    title: str
    subtitle: str
    url: str
    badge: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """The lines of one kind, in the order in which the best of each kind came."""

    label: str
    lines: tuple[Found, ...]


@web.signed_in
def search(request: http.HttpRequest) -> http.HttpResponse:
    """Answer the palette (htmx) with options to choose, or a whole page to read."""
    viewer = web.actor(request)
    wanted = " ".join(request.GET.get("q", "").split())
    is_palette = web.is_htmx(request) and "palette" in request.GET
    hits = searching.search(text=wanted, viewer=viewer, limit=_PALETTE_LIMIT if is_palette else _PAGE_LIMIT)
    acts = _acts(viewer, wanted)
    context = {"q": wanted, "groups": _groups(hits, acts), "minimum": searching.MINIMUM_LENGTH, "total": len(hits)}
    return web.page(request, "staff/search_hits.html" if is_palette else "staff/search.html", context)


def _groups(hits: list[searching.Hit], acts: list[shell.Place]) -> list[Group]:
    kinds: dict[str, list[searching.Hit]] = {}
    for hit in hits:
        kinds.setdefault(hit.kind, []).append(hit)
    counter = itertools.count()
    groups = [
        Group(kind, tuple(Found(next(counter), _icon(hit.url), hit.title, hit.subtitle, hit.url, hit.badge) for hit in found))
        for kind, found in kinds.items()
    ]
    if acts:
        groups.append(Group(_("Aller à"), tuple(Found(next(counter), act.icon, act.label, "", act.url) for act in acts)))
    return groups


def _icon(url: str) -> str:
    return _ICONS.get(url.strip("/").split("/")[0], "file")


def _acts(viewer: actors.Actor, wanted: str) -> list[shell.Place]:
    known = (
        (_("Nouveau devis"), "quote:new", "plus", "quote.write"),
        *((_(label), name, icon, permission) for label, name, icon, permission in shell.PLACES),
        (_("Mon compte et mot de passe"), "staff:account", "user", ""),
        (_("Équipe et agences"), "staff:team", "team", "staff.read"),
    )
    plain = _plain(wanted)
    return [
        shell.Place(label=label, url=url, icon=icon)
        for label, name, icon, permission in known
        if plain in _plain(label) and (not permission or policies.can(viewer, permission)) and (url := shell.address(name))
    ]


def _plain(words: str) -> str:
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
