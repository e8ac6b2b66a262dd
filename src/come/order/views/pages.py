"""Screens of orders: the list, one order with its plan, one line with its repair, what one cause holds."""

from __future__ import annotations

import datetime as dt
import uuid

from django import http, urls
from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import http as methods

from come.inventory import queries as inventory_queries
from come.order import commands, queries, records
from come.order.policies import conflicts, states, tracking as tracking_policies
from come.party import queries as party_queries
from come.quote import queries as quote_queries
from come.shared import actor as actors, formatting, obstacles, period, text, web
from come.staff import policies as rights

_PAGE = 50


@web.signed_in
@methods.require_GET
def orders(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the orders that the person sees, those in trouble first."""
    viewer = web.actor(request)
    wanted = request.GET.get("q", "").strip()
    state = request.GET.get("state", "")
    is_troubled = request.GET.get("trouble") == "1"
    offset = _whole(request.GET.get("offset", "0"))
    rows, total = queries.orders(viewer=viewer, state=state, text=wanted, is_troubled=is_troubled, offset=offset, limit=_PAGE)
    context = {
        "rows": rows,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "text": wanted,
        "state": state,
        "is_troubled": is_troubled,
        "states": [(code, _(word)) for code, word in states.ORDER_WORDS.items()],
        "today": period.local_day(web.at()),
        "cause_count": len(queries.held_causes(viewer=viewer)),
    }
    return web.page(request, "order/orders.html", context)


@web.signed_in
@methods.require_GET
def home_trouble(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the orders that something holds, on the home page."""
    rows, total = queries.orders_in_trouble(viewer=web.actor(request), limit=6)
    return web.fragment(request, "order/home_trouble.html", {"rows": rows, "total": total, "at": web.at()})


@web.signed_in
@methods.require_GET
def home_promises(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the nearest promised dates, on the home page."""
    rows, total = queries.promised_orders(viewer=web.actor(request), limit=6)
    return web.fragment(request, "order/home_promises.html", {"rows": rows, "total": total, "today": period.local_day(web.at())})


@web.signed_in
@methods.require_GET
def company_orders(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show a company's orders, on its page."""
    viewer = web.actor(request)
    company = party_queries.customer_file(reference=reference, viewer=viewer)
    rows, total = queries.company_orders(customer_file_id=company.id, viewer=viewer, limit=6)
    context = {"company": company, "rows": rows, "total": total, "today": period.local_day(web.at())}
    return web.fragment(request, "order/company_orders.html", context)


@web.signed_in
@methods.require_POST
def change_lines(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Order that the lines chosen on the fleet page be suspended, resumed or terminated."""
    actor = web.acting(request)
    company = party_queries.customer_file(reference=reference, viewer=actor)
    line_ids = inventory_queries.selected_line_ids(
        customer_file_id=company.id,
        viewer=actor,
        selected=request.POST.getlist("selected"),
        is_every_match=request.POST.get("all_matching") == "1",
        query=request.POST.get("filters", ""),
    )
    answer = commands.change_lines(
        line_ids=line_ids,
        operation=request.POST.get("operation", ""),
        reason=request.POST.get("reason", ""),
        actor=actor,
        at=web.at(),
    )
    messages.success(request, _("Commande %(reference)s enregistrée.") % {"reference": answer.reference})
    return web.see_other(request, "order:order", answer.reference)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def submit(request: http.HttpRequest, quote_id: uuid.UUID) -> http.HttpResponseBase:
    """Show the plan of an accepted quote with its dates, then order it."""
    viewer = web.actor(request)
    found = quote_queries.quote(quote_id=quote_id, viewer=viewer)
    refused: tuple[obstacles.Obstacle, ...] = ()
    if request.method == "POST":
        answer = commands.submit_order(quote_id=quote_id, actor=web.acting(request), at=web.at())
        messages.success(request, _("Commande %(reference)s enregistrée.") % {"reference": answer.reference})
        return web.see_other(request, "order:order", answer.reference)
    known = queries.order_of_quote(quote_id=quote_id)
    if known is not None:
        return web.see_other(request, "order:order", known)
    plan = records.PlanPreview((), (), None)
    try:
        plan = queries.plan_preview(quote_id=quote_id, at=web.at())
    except obstacles.Refusal as refusal:
        refused = refusal.obstacles
    return web.page(request, "order/submit.html", {"quote": found, "plan": plan, "words": conflicts.OPERATION_WORDS, "obstacles": refused})


@web.signed_in
@methods.require_GET
def order(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show one order: its plan, what holds it, its lines, its promises."""
    viewer = web.actor(request)
    found = queries.order(viewer=viewer, reference=reference)
    context = _order_context(request, viewer, found) | {
        "company": party_queries.customer_file(customer_file_id=found.customer_file_id, viewer=viewer),
        "tracking_link": request.build_absolute_uri(urls.reverse("order:tracking", args=[queries.tracking_token(order_id=found.id)])),
    }
    return web.page(request, "order/order.html", context)


@methods.require_GET
def tracking(request: http.HttpRequest, token: str) -> http.HttpResponseBase:
    """Show a customer where their order stands; whoever holds the link reads it, nobody else finds it."""
    offset = _whole(request.GET.get("offset", "0"))
    context = {
        "order": queries.tracked_order(token=token, at=web.at(), offset=offset),
        "word": tracking_policies.customer_word,
        "tone": tracking_policies.tone,
        "note": tracking_policies.note,
        "operator": settings.COME_OPERATOR_NAME,
        "token": token,
        "offset": offset,
        "page": queries.TRACKED_LINES,
        "today": period.local_day(web.at()),
    }
    answer = web.page(request, "order/tracking.html", context)
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@web.signed_in
@methods.require_GET
def progress(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show the moving part of an order: steps, causes, one page of lines, and where it stands at the top of its page."""
    viewer = web.actor(request)
    found = queries.order(viewer=viewer, reference=reference)
    return web.fragment(request, "order/progress.html", _order_context(request, viewer, found) | {"is_refresh": True})


def _order_context(request: http.HttpRequest, viewer: actors.Actor, found: records.OrderRecord) -> dict[str, object]:
    at = web.at()
    state = request.GET.get("state", "")
    wanted = request.GET.get("q", "").strip()
    offset = _whole(request.GET.get("offset", "0"))
    items, total = queries.order_items(order_id=found.id, viewer=viewer, at=at, state=state, text=wanted, offset=offset, limit=_PAGE)
    shown = [item.id for item in items]
    standings = {line.item_id: line for line in queries.line_standings(order_id=found.id, item_ids=shown, at=at)} if shown else {}
    return {
        "order": found,
        "items": items,
        "standings": standings,
        "total": total,
        "state": state,
        "text": wanted,
        "offset": offset,
        "limit": _PAGE,
        "item_states": [(code, _(states.ORDER_WORDS[code])) for code in found.items],
        "is_open": found.state in ("acknowledged", "inProgress", "held", "pending", "pendingCancellation"),
        "is_moving": found.state in ("acknowledged", "inProgress", "pendingCancellation"),
        "may_repair": rights.can(viewer, "order.repair"),
        "may_write": rights.can(viewer, "order.write"),
        "today": period.local_day(at),
        "at": at,
        "is_refresh": False,
    }


@web.signed_in
@methods.require_GET
def item(request: http.HttpRequest, reference: str, item_id: uuid.UUID) -> http.HttpResponseBase:
    """Show one line of an order with its steps and what repairs it."""
    return _item_page(request, reference, item_id)


def _item_page(
    request: http.HttpRequest,
    reference: str,
    item_id: uuid.UUID,
    found: tuple[obstacles.Obstacle, ...] = (),
    status: int = 200,
) -> http.HttpResponse:
    viewer = web.actor(request)
    line, line_reference = queries.item(item_id=item_id, viewer=viewer, at=web.at())
    if line_reference != reference:
        raise obstacles.not_found(text.T("La ligne de commande"), item_id)
    parent = queries.order_plain(viewer=viewer, reference=reference)
    company = party_queries.customer_file(customer_file_id=parent["customer_file_id"], viewer=viewer)
    accounts = party_queries.billing_accounts(customer_file_id=company.id)
    standings = queries.line_standings(order_id=parent["id"], item_ids=[item_id], at=web.at())
    context = {
        "item": line,
        "standing": standings[0] if standings else None,
        "decisions": queries.line_decisions(item_id=item_id),
        "may_amend": rights.can(viewer, "order.write") and line.action == "add",
        "may_write": rights.can(viewer, "order.write"),
        "reference": reference,
        "company": company,
        "accounts": [(account.id, f"{account.reference} · {account.name}") for account in accounts],
        "may_repair": rights.can(viewer, "order.repair"),
        "obstacles": found,
        "posted": request.POST,
    }
    return web.page(request, "order/item.html", context, status=status)


@web.signed_in
@methods.require_POST
def repair(request: http.HttpRequest, reference: str, item_id: uuid.UUID) -> http.HttpResponseBase:
    """Mend the data of a held line and try it again."""
    given = request.POST
    account = given.get("billing_account_id", "")
    try:
        retried = commands.repair_item(
            item_id=item_id,
            replace_sim=given.get("repair") == "replace_sim",
            iccid=given.get("iccid", "") if given.get("repair") == "replace_sim" else "",
            msisdn=given.get("msisdn", "") if given.get("repair") == "choose_number" else "",
            any_number=given.get("repair") == "any_number",
            rio=given.get("rio", "") if given.get("repair") == "rio" else "",
            billing_account_id=uuid.UUID(account) if account and given.get("repair") == "billing_account" else None,
            actor=web.acting(request),
            at=web.at(),
        )
    except obstacles.Refusal as refusal:
        return _item_page(request, reference, item_id, refusal.obstacles, refusal.status)
    _say_retried(request, retried)
    return web.see_other(request, "order:order", reference)


@web.signed_in
@methods.require_POST
def amend(request: http.HttpRequest, reference: str, item_id: uuid.UUID) -> http.HttpResponseBase:
    """Change what is still to be changed on a line in flight: only what was written otherwise."""
    actor = web.acting(request)
    line, _reference = queries.item(item_id=item_id, viewer=actor, at=web.at())
    present = {"user_label": line.user_label, "cost_centre": line.cost_centre_code, "msisdn": formatting.msisdn(line.msisdn)}
    given = {name: request.POST.get(name, value).strip() for name, value in present.items()}
    changes = {name: value for name, value in given.items() if value != present[name]}
    if not changes:
        messages.info(request, _("Rien n’a changé."))
        return web.see_other(request, "order:item", reference, item_id)
    try:
        answer = commands.amend_line(item_id=item_id, changes=changes, reason=request.POST.get("reason", ""), actor=actor, at=web.at())
    except obstacles.Refusal as refusal:
        return _item_page(request, reference, item_id, refusal.obstacles, refusal.status)
    said = {"applied": _("La ligne est changée."), "waiting": _("Une étape est en cours d’envoi : le changement attend son issue.")}
    messages.success(request, said[answer.outcome])
    return web.see_other(request, "order:item", reference, item_id)


@web.signed_in
@methods.require_POST
def retry(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Try again what an order holds, all of it or one cause."""
    actor = web.acting(request)
    found = queries.order_plain(viewer=actor, reference=reference)
    signature = request.POST.get("signature", "")
    _say_retried(request, commands.retry_steps(order_id=found["id"], signature=signature, actor=actor, at=web.at()))
    return web.see_other(request, "order:order", reference)


@web.signed_in
@methods.require_GET
def repairs(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show every cause that holds lines, over all visible orders."""
    viewer = web.actor(request)
    causes = queries.held_causes(viewer=viewer)
    breakers = [
        (queries.system_word(adapter), state, since_at, next_probe_at)
        for adapter, (state, since_at, next_probe_at) in queries.breakers().items()
        if state != "closed"
    ]
    context = {"causes": causes, "breakers": breakers, "may_repair": rights.can(viewer, "order.repair"), "at": web.at()}
    return web.page(request, "order/repairs.html", context)


@web.signed_in
@methods.require_POST
def retry_cause(request: http.HttpRequest) -> http.HttpResponseBase:
    """Try again everything that one cause holds, over all visible orders."""
    signature = request.POST.get("signature", "")
    _say_retried(request, commands.retry_steps(signature=signature, actor=web.acting(request), at=web.at()))
    return web.see_other(request, "order:repairs")


@web.signed_in
@methods.require_POST
def promise(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Promise another day, with its reason."""
    try:
        day = dt.date.fromisoformat(request.POST.get("promised_date", ""))
    except ValueError:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "order.promise_day",
                obstacles.Severity.REFUSAL,
                text.T("Ce n’est pas un jour."),
                text.T("Choisissez un jour dans le calendrier."),
                "promised_date",
            ),
        ) from None
    commands.move_promise(
        reference=reference,
        promised_date=day,
        reason=request.POST.get("reason", ""),
        actor=web.acting(request),
        at=web.at(),
    )
    messages.success(request, _("La nouvelle date est promise ; l’ancienne reste visible."))
    return web.see_other(request, "order:order", reference)


def _say_retried(request: http.HttpRequest, count: int) -> None:
    if count:
        said = ngettext("%(count)s étape relancée ; elle sera dite faite quand son effet sera visible.",
                        "%(count)s étapes relancées ; elles seront dites faites quand leur effet sera visible.", count)  # fmt: skip
        messages.success(request, said % {"count": count})
    else:
        messages.info(request, _("Rien n’était bloqué : tout est déjà reparti."))


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0
