"""The billing operator's console: open, follow, repair, approve, issue."""

from __future__ import annotations

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.billing import commands, queries
from come.billing.queries import shown
from come.billing.views import words
from come.shared import formatting, obstacles, period, text, web
from come.staff import policies as rights

_PAGE = 50


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def runs(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the billings, and open one."""
    if request.method == "POST":
        return _open(request)
    viewer = web.actor(request)
    last = period.add_months(period.local_day(web.at()).replace(day=1), -1)
    cycles = [f"{period.add_months(last, -back):%Y-%m}" for back in range(6)]
    context = {
        "rows": queries.runs(viewer=viewer),
        "cycles": [(cycle, formatting.cycle_name(cycle)) for cycle in cycles],
        **words.words(),
    }
    return web.page(request, "billing/runs.html", context)


def _open(request: http.HttpRequest) -> http.HttpResponseBase:
    accounts = request.POST.get("accounts", "").replace(",", " ").split()
    is_preview = request.POST.get("preview") == "1"
    opened = commands.open_run(
        cycle=request.POST.get("cycle", ""),
        is_preview=is_preview,
        account_references=accounts or None,
        actor=web.acting(request),
        at=web.at(),
    )
    messages.success(request, _("Facturation ouverte : le calcul commence."))
    return web.see_other(request, "billing:run", opened.reference)


@web.signed_in
@methods.require_GET
def run(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show one billing: where it stands, its controls, who waits for what, its bills."""
    viewer = web.actor(request)
    page = queries.run(reference=reference, viewer=viewer)
    state, offset = request.GET.get("state", ""), words.offset(request)
    rows, total = queries.run_bills(reference=reference, viewer=viewer, state=state, offset=offset, limit=_PAGE)
    context = {
        "page": page,
        "run": page.run,
        "rows": rows,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "state": state,
        "is_working": is_working(page),
        "may_approve": rights.can(viewer, "billing.approve"),
        "is_own": page.run.opened_by_name == viewer.name,
        **words.words(),
    }
    return web.page(request, "billing/run.html", context)


def is_working(page: shown.RunPage) -> bool:
    """Tell whether jobs are expected to move this billing on by themselves."""
    counts = page.run.counts
    return page.run.state != "cancelled" and bool(counts.get("due", 0) or counts.get("computed", 0) or page.undrawn)


@web.signed_in
@methods.require_GET
def run_progress(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Answer the progress of a billing; when the work ends, the whole page is read again."""
    page = queries.run(reference=reference, viewer=web.actor(request))
    response = web.fragment(
        request, "billing/run_progress.html", {"page": page, "run": page.run, "is_working": is_working(page), **words.words()}
    )
    if not is_working(page):
        response["HX-Refresh"] = "true"
    return response


@web.signed_in
@methods.require_POST
def act_on_run(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Approve, issue, resume or give up a billing."""
    actor, at = web.acting(request), web.at()
    run_id = queries.run(reference=reference, viewer=actor).run.id
    match request.POST.get("act", ""):
        case "approve":
            count = commands.approve_run(run_id=run_id, actor=actor, at=at)
            messages.success(request, _("%(count)s factures approuvées.") % {"count": count})
        case "issue":
            issued = commands.issue_run(run_id=run_id, actor=actor, at=at)
            messages.success(request, _("%(count)s factures émises ; les documents se préparent.") % {"count": issued.bills})
        case "resume":
            commands.resume_run(run_id=run_id, actor=actor, at=at)
            messages.success(request, _("Le travail reprend."))
        case "cancel":
            commands.cancel_run(run_id=run_id, reason=request.POST.get("decision", ""), actor=actor, at=at)
            messages.success(request, _("Facturation abandonnée ; rien n’a été émis."))
        case other:
            raise obstacles.not_found(text.T("L’acte"), other)
    return web.see_other(request, "billing:run", reference)


@web.signed_in
@methods.require_GET
def home_runs(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the latest billings on the billing operator's home."""
    viewer = web.actor(request)
    rows = queries.runs(viewer=viewer, limit=5, with_previews=False) if rights.can(viewer, "billing.run") else []
    return web.fragment(request, "billing/home_runs.html", {"rows": rows, **words.words()})
