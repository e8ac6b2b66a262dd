"""One act on many lines of a fleet: choose them, see what changes line group by line group, order it; stop it and let it go on."""

from __future__ import annotations

import dataclasses
import uuid

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.inventory import queries as inventory_queries
from come.order import commands, queries, records
from come.order.policies import fleet_acts
from come.party import queries as party_queries
from come.shared import actor as actors, obstacles, text, web


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """What the page was given: lines, and the act on them."""

    line_ids: list[uuid.UUID]
    act: records.FleetAct
    wrong_numbers: tuple[obstacles.Obstacle, ...]


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def fleet_act(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Choose an act on lines of the fleet (ticked, filtered, or pasted), see its plan, then order it."""
    actor = web.acting(request) if request.method == "POST" else web.actor(request)
    company = party_queries.customer_file(reference=reference, viewer=actor)
    asked = _asked(request, company.id, actor)
    found: tuple[obstacles.Obstacle, ...] = ()
    status = 200
    if request.POST.get("step") == "order":
        try:
            return _ordered(request, company.id, asked, actor)
        except obstacles.Refusal as refusal:
            found, status = refusal.obstacles, refusal.status
    plan: fleet_acts.ActPlan | None = None
    if request.POST.get("step"):
        try:
            obstacles.refuse_if_any(asked.wrong_numbers)
            plan = queries.act_plan(customer_file_id=company.id, line_ids=asked.line_ids, act=asked.act, viewer=actor, at=web.at())
        except obstacles.Refusal as refusal:
            found, status = found or refusal.obstacles, refusal.status
    given = request.POST if request.method == "POST" else request.GET
    context = {
        "company": company,
        "plan": plan,
        "asked": asked,
        "obstacles": found,
        "acts": [(kind, _(word)) for kind, word in fleet_acts.ACT_WORDS.items()],
        "offerings": _offerings(),
        "selected": given.getlist("selected"),
        "is_every_match": _is_every_match(request),
        "filters": _filters(request),
        "numbers": request.POST.get("numbers", ""),
        "reason": request.POST.get("reason", ""),
    }
    return web.page(request, "order/fleet_act.html", context, status=status)


def _offerings() -> list[tuple[str, str]]:
    at = web.at()
    options = [(code, _("Option : %(name)s") % {"name": name}) for code, name in queries.offerings_for_act(kind="add_option", at=at)]
    plans = [(code, _("Forfait : %(name)s") % {"name": name}) for code, name in queries.offerings_for_act(kind="swap_plan", at=at)]
    return [("", "—"), *options, *plans]


def _asked(request: http.HttpRequest, customer_file_id: uuid.UUID, actor: actors.Actor) -> _Asked:
    act = records.FleetAct(request.POST.get("act", "add_option"), request.POST.get("offering", ""))
    pasted = request.POST.get("numbers", "").strip()
    if pasted:
        line_ids, wrong = queries.numbered_lines(customer_file_id=customer_file_id, pasted=pasted)
        return _Asked(line_ids, act, wrong)
    line_ids = inventory_queries.selected_line_ids(
        customer_file_id=customer_file_id,
        viewer=actor,
        selected=request.POST.getlist("selected"),
        is_every_match=_is_every_match(request),
        query=_filters(request),
    )
    return _Asked(line_ids, act, ())


def _is_every_match(request: http.HttpRequest) -> bool:
    """Tell whether the act is on all that the filters of the list show: that is what its link means."""
    return request.POST.get("all_matching") == "1" if request.method == "POST" else True


def _filters(request: http.HttpRequest) -> str:
    return request.POST.get("filters", "") if request.method == "POST" else request.GET.urlencode()


def _ordered(request: http.HttpRequest, customer_file_id: uuid.UUID, asked: _Asked, actor: actors.Actor) -> http.HttpResponseBase:
    obstacles.refuse_if_any(asked.wrong_numbers)
    answer = commands.change_fleet(
        customer_file_id=customer_file_id,
        line_ids=asked.line_ids,
        act=asked.act,
        reason=request.POST.get("reason", ""),
        shown_digest=request.POST.get("digest", ""),
        actor=actor,
        at=web.at(),
    )
    said = text.T("Commande {reference} enregistrée : {ordered} lignes.", reference=answer.reference, ordered=answer.ordered)
    messages.success(request, str(said))
    if answer.queued:
        messages.info(request, str(text.T("Lignes qui attendent la fin d’une autre commande : {count}.", count=answer.queued)))
    if answer.already or answer.refused:
        left = text.T(
            "Lignes laissées de côté : {already} déjà ainsi, {refused} impossibles.", already=answer.already, refused=answer.refused
        )
        messages.info(request, str(left))
    return web.see_other(request, "order:order", answer.reference)


@web.signed_in
@methods.require_POST
def stop(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Let nothing more of an order leave."""
    if commands.stop_order(reference=reference, actor=web.acting(request), at=web.at()):
        messages.success(request, _("La commande est arrêtée : rien de nouveau ne part."))
    return web.see_other(request, "order:order", reference)


@web.signed_in
@methods.require_POST
def resume(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Let a stopped order go on."""
    if commands.resume_order(reference=reference, actor=web.acting(request), at=web.at()):
        messages.success(request, _("La commande reprend où elle en était."))
    return web.see_other(request, "order:order", reference)
