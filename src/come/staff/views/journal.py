"""The journal of one thing: who did what, when, for whom, and what changed."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import importlib
import re
import uuid
from typing import Any

from django import http
from django.conf import settings
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.shared import actor as actors, events, formatting, obstacles, queries as shared_queries, text, web
from come.staff import policies
from come.staff.views import journal_words

_PAGE = 20
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(_DAY.pattern + r"T\d{2}:\d{2}:\d{2}(?:\.\d+)?[+-]\d{2}:\d{2}")


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One fact as a person reads it."""

    title: str
    tone: str
    at: dt.datetime
    who: str
    on_behalf_of: str
    changes: tuple[tuple[str, str | None, str], ...]
    request_id: str


@web.signed_in
@methods.require_safe
def journal(request: http.HttpRequest, kind: str, identifier: uuid.UUID) -> http.HttpResponse:
    """Draw the facts about one thing, newest first, for somebody who may see that thing."""
    viewer = web.actor(request)
    policies.require(viewer, "audit.read")
    _check_visible(viewer, kind, identifier)
    offset = _offset(request)
    found = shared_queries.events_about(subject=events.subject(kind, identifier), limit=_PAGE + 1, offset=offset)
    context = {
        "lines": [_line(event) for event in found[:_PAGE]],
        "kind": kind,
        "identifier": identifier,
        "offset": offset,
        "next_offset": offset + _PAGE if len(found) > _PAGE else None,
    }
    template = "staff/journal_fragment.html" if web.is_htmx(request) else "staff/journal.html"
    return web.page(request, template, context)


def _offset(request: http.HttpRequest) -> int:
    given = request.GET.get("offset", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 8 else 0


def _check_visible(viewer: actors.Actor, kind: str, identifier: uuid.UUID) -> None:
    """Raise what the owner of the thing raises when this person may not see it.

    The owners sit above this package: the settings name, for each kind, the query to ask and its argument, or the
    permission that opens it where no agency owns the thing. A kind that nobody guards is for those who work for the
    whole operator.
    """
    guard = settings.COME_JOURNAL_GUARDS.get(kind)
    if guard is None:
        if viewer.sees_all_agencies or (kind == "staff" and viewer.staff_id == identifier):
            return
        raise obstacles.not_found(text.T("Le journal"), identifier)
    if isinstance(guard, str):
        policies.require(viewer, guard)
        return
    target, argument = guard
    module_name, _dot, attribute = target.rpartition(".")
    query = getattr(importlib.import_module(module_name), attribute)
    if query(**{argument: identifier}, viewer=viewer) is None:
        raise obstacles.not_found(text.T("Le journal"), identifier)


def _line(event: shared_queries.EventRecord) -> Line:
    title, tone = journal_words.title(event.name)
    return Line(
        title=title,
        tone=tone,
        at=event.recorded_at,
        who=event.actor_name or _("Système"),
        on_behalf_of=event.on_behalf_of_name,
        changes=_changes(event.before, event.after),
        request_id=event.request_id,
    )


def _changes(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[tuple[str, str | None, str], ...]:
    """Return what changed, field by field; internal ids stay in the log, nobody reads them."""
    old, new = before or {}, after or {}
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name) and not _is_internal(name)]
    return tuple((journal_words.field(name), _said(name, old.get(name)), _said(name, new.get(name)) or "—") for name in names)


def _is_internal(name: str) -> bool:
    return name == "id" or name.endswith(("_id", "_ids"))


def _said(name: str, value: Any) -> str | None:
    if value in (None, "", [], {}):
        return None
    match value:
        case bool():
            return _("oui") if value else _("non")
        case list():
            return ", ".join(_said(name, item) or "—" for item in value)
        case dict():
            shown = [(key, item) for key, item in value.items() if not _is_internal(key)]
            return ", ".join(f"{journal_words.field(key)} : {_said(key, item) or '—'}" for key, item in shown)
        case str():
            return journal_words.state(value) if name in {"state", "status"} else _dated(value)
    return str(value)


def _dated(value: str) -> str:
    """Say a day or an instant of the log as people write it; leave any other text alone."""
    with contextlib.suppress(ValueError):
        if _DAY.fullmatch(value):
            return formatting.day(dt.date.fromisoformat(value))
        if _INSTANT.fullmatch(value):
            return formatting.instant(dt.datetime.fromisoformat(value))
    return value
