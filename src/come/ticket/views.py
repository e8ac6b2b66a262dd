"""Screens of incidents: the list, one incident with its story, reporting in one sentence."""

from __future__ import annotations

import datetime as dt
import urllib.parse
import uuid

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.shared import period, web
from come.staff import policies as rights
from come.ticket import commands, policies, queries, records

_PAGE = 50


@web.signed_in
@methods.require_GET
def tickets(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the incidents, open ones first: everyone sees every one."""
    viewer = web.actor(request)
    wanted = request.GET.get("q", "").strip()
    status = request.GET.get("status", "")
    mine = request.GET.get("mine") == "1"
    offset = _whole(request.GET.get("offset", "0"))
    rows, total = queries.tickets(viewer=viewer, status=status, text=wanted, mine=mine, offset=offset, limit=_PAGE)
    context = {
        "rows": rows,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "text": wanted,
        "status": status,
        "mine": mine,
        "statuses": [(code, _(word)) for code, word in policies.STATUS_WORDS.items()],
        "severities": {code: _(word) for code, word in policies.SEVERITY_WORDS.items()},
        "at": web.at(),
    }
    return web.page(request, "ticket/tickets.html", context)


@web.signed_in
@methods.require_GET
def ticket(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show one incident: where it stands, what it touches, its whole story."""
    viewer = web.actor(request)
    found = queries.ticket(reference=reference, viewer=viewer)
    context = {
        "page": found,
        "ticket": found.ticket,
        "severities": {code: _(word) for code, word in policies.SEVERITY_WORDS.items()},
        "may_handle": rights.can(viewer, "ticket.handle"),
        "may_write": rights.can(viewer, "ticket.write"),
        "is_open": found.ticket.status in policies.OPEN_STATUSES,
        "may_accept": "inProgress" in policies.TRANSITIONS[found.ticket.status],
        "at": web.at(),
    }
    return web.page(request, "ticket/ticket.html", context)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def report(request: http.HttpRequest) -> http.HttpResponseBase:
    """Report an incident in one sentence; the screen it comes from is attached by itself."""
    if request.method != "POST":
        came_from = urllib.parse.urlparse(request.headers.get("Referer", "")).path
        return web.page(request, "ticket/report.html", {"came_from": request.GET.get("page", came_from), "severities": _severities()})
    reference = commands.open_ticket(
        description=request.POST.get("description", ""),
        severity=request.POST.get("severity", "major"),
        context={
            "page": request.POST.get("came_from", "")[:300],
            "error": request.POST.get("error", "")[:60],
            "browser": request.headers.get("User-Agent", "")[:200],
        },
        subjects=_subjects(request),
        actor=web.acting(request),
        at=web.at(),
    )
    messages.success(request, _("Incident %(reference)s signalé. Vous serez prévenu à chaque étape.") % {"reference": reference})
    return web.see_other(request, "ticket:ticket", reference)


def _severities() -> list[tuple[str, str]]:
    return [(code, _(word)) for code, word in policies.SEVERITY_WORDS.items()]


def _subjects(request: http.HttpRequest) -> list[records.Subject]:
    kind = request.POST.get("subject_kind", "")
    try:
        key = uuid.UUID(request.POST.get("subject_key", ""))
    except ValueError:
        return []
    return [records.Subject(kind, key)] if kind else []


@web.signed_in
@methods.require_GET
def home_tickets(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the open incidents, on the home page."""
    rows, total = queries.tickets(viewer=web.actor(request), is_open=True, limit=5)
    return web.fragment(request, "ticket/home_tickets.html", {"rows": rows, "total": total, "at": web.at()})


@web.signed_in
@methods.require_GET
def company_tickets(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show the incidents that touch a company, on its page."""
    rows = queries.tickets_labelled(kind="company", label=reference, viewer=web.actor(request))
    return web.fragment(request, "ticket/company_tickets.html", {"rows": rows, "at": web.at()})


@web.signed_in
@methods.require_POST
def subscribe(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say "me too"."""
    commands.subscribe(reference=reference, actor=web.acting(request), at=web.at())
    messages.success(request, _("Vous serez prévenu à chaque étape de cet incident."))
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def comment(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say something of an incident."""
    commands.comment(reference=reference, sentence=request.POST.get("sentence", ""), actor=web.acting(request), at=web.at())
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def accept(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Take an incident, with a promised date."""
    promised_at = _instant(request.POST.get("promised_at", ""))
    commands.accept_ticket(reference=reference, promised_at=promised_at, actor=web.acting(request), at=web.at())
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def move_promise(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Promise another date, with its reason."""
    promised_at = _instant(request.POST.get("promised_at", "")) or web.at()
    reason = request.POST.get("reason", "")
    commands.move_promise(reference=reference, promised_at=promised_at, reason=reason, actor=web.acting(request), at=web.at())
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def resolve(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say that the cause is repaired."""
    commands.resolve_ticket(reference=reference, resolution=request.POST.get("resolution", ""), actor=web.acting(request), at=web.at())
    messages.success(request, _("L’incident est résolu ; ce qu’il bloquait est relancé."))
    return web.see_other(request, "ticket:ticket", reference)


def _instant(given: str) -> dt.datetime | None:
    """Read a browser's date and time, on the clock of Paris."""
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=period.PARIS).astimezone(dt.UTC)
    except ValueError:
        return None


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0
