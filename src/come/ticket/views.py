"""Screens of incidents: the list, one incident with its story, reporting in one sentence."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import urllib.parse
import uuid
from typing import Any

from django import http, urls
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.shared import formatting, period, web
from come.staff import policies as rights
from come.ticket import commands, policies, queries, records

_PAGE = 50
RELEASE = importlib.metadata.version("come")


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
        **_told(request),
    }
    return web.page(request, "ticket/tickets.html", context)


def _told(request: http.HttpRequest) -> dict[str, Any]:
    rows, total = queries.notices(viewer=web.actor(request))
    return {"notices": rows, "notice_total": total}


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
        "may_resolve": "resolved" in policies.TRANSITIONS[found.ticket.status],
        "may_leave": found.ticket.is_subscribed and found.ticket.subscriber_count > 1 and found.ticket.status in policies.OPEN_STATUSES,
        "decisions": [
            (status, _(policies.STATUS_WORDS[status]))
            for status in policies.DECISIONS
            if status in policies.TRANSITIONS[found.ticket.status]
        ],
        "at": web.at(),
    }
    return web.page(request, "ticket/ticket.html", context)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def report(request: http.HttpRequest) -> http.HttpResponseBase:
    """Report an incident in one sentence; where it is met and the last error are attached by themselves."""
    if request.method != "POST":
        came_from = urllib.parse.urlparse(request.headers.get("Referer", "")).path
        context = {
            "came_from": request.GET.get("page", came_from)[:300],
            "error": " ".join(policies.read_error(request.GET.get("error", "")).values()),
            "severities": _severities(),
            "release": RELEASE,
        }
        return web.page(request, "ticket/report_dialog.html" if web.is_htmx(request) else "ticket/report.html", context)
    at = web.at()
    met = _met(request)
    is_known = bool(met.get("fingerprint"))
    signature = policies.error_signature(act=met["act"], fingerprint=met["fingerprint"], release=RELEASE) if is_known else ""
    reference = commands.open_ticket(
        description=request.POST.get("description", ""),
        severity=request.POST.get("severity", "major"),
        signature=signature,
        context=met,
        subjects=_subjects(request),
        actor=web.acting(request),
        at=at,
    )
    found = queries.ticket(reference=reference, viewer=web.actor(request)).ticket
    messages.success(request, _joined(found) if found.opened_at < at else _opened(reference))
    return web.see_other(request, "ticket:ticket", reference)


def _opened(reference: str) -> str:
    return _("Incident %(reference)s signalé. Vous serez prévenu à chaque étape.") % {"reference": reference}


def _joined(found: records.TicketRecord) -> str:
    promised = formatting.instant(found.promised_at) if found.promised_at else _("pas encore de date")
    said = _("C’est l’incident %(reference)s, déjà connu : %(count)s personnes touchées, correction promise : %(date)s.")
    return said % {"reference": found.reference, "count": found.subscriber_count, "date": promised}


def _met(request: http.HttpRequest) -> dict[str, str]:
    """Return where the incident was met: screen, act, object, error, release; nothing that the person typed."""
    page = urllib.parse.urlparse(request.POST.get("came_from", "")).path[:300]
    error = policies.read_error(request.POST.get("error", ""))
    try:
        here = urls.resolve(page)
        act, found = here.view_name, " ".join(str(value) for value in here.kwargs.values())
    except urls.Resolver404:
        act, found = "", ""
    known = {"page": page, "act": act, "object": found[:80], "release": RELEASE, **error}
    known["browser"] = request.headers.get("User-Agent", "")[:200]
    return {name: value for name, value in known.items() if value}


@web.signed_in
@methods.require_GET
def similar(request: http.HttpRequest) -> http.HttpResponseBase:
    """Propose the incidents that speak of the same thing, while the sentence is typed."""
    text = request.GET.get("description", "")[:1000]
    found = queries.similar(text=text, viewer=web.actor(request))
    statuses = {code: _(word) for code, word in policies.STATUS_WORDS.items()}
    return web.fragment(request, "ticket/similar.html", {"found": found, "statuses": statuses, "open_statuses": policies.OPEN_STATUSES})


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
    return web.fragment(request, "ticket/home_tickets.html", {"rows": rows, "total": total, "at": web.at(), **_told(request)})


@web.signed_in
@methods.require_GET
def company_tickets(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show the incidents that touch a company, on its page."""
    rows = queries.tickets_labelled(kind="company", label=reference, viewer=web.actor(request))
    return web.fragment(request, "ticket/company_tickets.html", {"rows": rows, "at": web.at()})


@web.signed_in
@methods.require_POST
def subscribe(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say "me too", with the sentence that was being typed, if any."""
    sentence = request.POST.get("description", "")
    commands.subscribe(reference=reference, sentence=sentence, actor=web.acting(request), at=web.at())
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


@web.signed_in
@methods.require_POST
def confirm(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say that the repair holds."""
    commands.confirm_repair(reference=reference, actor=web.acting(request), at=web.at())
    commands.mark_read(actor=web.actor(request), at=web.at(), reference=reference)
    messages.success(request, _("Merci : c’est noté."))
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def deny(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say that the repair does not hold."""
    reason = request.POST.get("reason", "")
    followed = commands.deny_repair(reference=reference, reason=reason, actor=web.acting(request), at=web.at())
    messages.success(request, _("L’incident %(reference)s est rouvert.") % {"reference": followed})
    return web.see_other(request, "ticket:ticket", followed)


@web.signed_in
@methods.require_POST
def decide(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Make an incident wait, refuse it, cancel it or close it."""
    status, reason = request.POST.get("status", ""), request.POST.get("reason", "")
    commands.change_status(reference=reference, status=status, reason=reason, actor=web.acting(request), at=web.at())
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def publish(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Set what the public page says of an incident."""
    sentence = request.POST.get("sentence", "")
    commands.say_publicly(reference=reference, sentence=sentence, actor=web.acting(request), at=web.at())
    return web.see_other(request, "ticket:ticket", reference)


@web.signed_in
@methods.require_POST
def leave(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Part one's report from an incident that is another one."""
    own = commands.leave(reference=reference, description=request.POST.get("description", ""), actor=web.acting(request), at=web.at())
    messages.success(request, _opened(own))
    return web.see_other(request, "ticket:ticket", own)


@web.signed_in
@methods.require_POST
def read(request: http.HttpRequest) -> http.HttpResponseBase:
    """Mark every news as read."""
    commands.mark_read(actor=web.actor(request), at=web.at())
    return web.see_other(request, "ticket:tickets")


def _instant(given: str) -> dt.datetime | None:
    """Read a browser's date and time, on the clock of Paris."""
    try:
        return dt.datetime.fromisoformat(given).replace(tzinfo=period.PARIS).astimezone(dt.UTC)
    except ValueError:
        return None


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0
