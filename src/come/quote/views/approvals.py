"""Concede prices to lines, ask for them to be approved, answer: on screen, or from the link of a message."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal, InvalidOperation
from typing import TypedDict

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _, ngettext
from django.views.decorators import cache, http as methods

from come.quote import commands, queries, records
from come.quote.views import forms, pages
from come.shared import formatting, obstacles, period, text, web
from come.staff import policies as rights

_ANSWERS = {"approve": True, "refuse": False}


@web.signed_in
@methods.require_POST
def concede(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Concede a price on the chosen lines of the grid."""
    found = queries.quote(reference=reference, viewer=web.actor(request))
    given = forms.json_of(request)
    kind = str(given.get("kind", ""))
    wish = records.Wish(
        target=str(given.get("target", "")),
        kind=kind,
        value=_value(str(given.get("value", ""))),
        reason=str(given.get("reason", "")),
        is_for_customer=given.get("scope") == "customer",
    )
    answer = commands.concede_price(
        quote_id=found.id, selection=forms.selection_of(given), wish=wish, actor=web.acting(request), at=web.at()
    )
    said = ngettext("Remise sur %(count)s ligne", "Remise sur %(count)s lignes", answer.touched)
    return http.JsonResponse({"said": said % {"count": formatting.number(answer.touched)}, "revision": answer.revision})


def _value(given: str) -> Decimal:
    try:
        return Decimal(given.replace(",", ".").replace(" ", "").replace("\u202f", "").rstrip("%€").strip())
    except InvalidOperation:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.concession.value",
                obstacles.Severity.REFUSAL,
                text.T("« {given} » n’est pas un nombre.", given=given),
                text.T("Écrivez par exemple 10 ou 17,90."),
                "value",
            ),
        ) from None


@web.signed_in
@methods.require_POST
def withdraw_concession(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Take a concession back from every line that has it."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    found = queries.quote(reference=reference, viewer=viewer)
    number = request.POST.get("number", "")
    answer = commands.withdraw_concessions(
        quote_id=found.id, selection=records.Selection(), number=number, actor=web.acting(request), at=web.at()
    )
    said = ngettext("Remise retirée de %(count)s ligne", "Remise retirée de %(count)s lignes", answer.touched)
    messages.success(request, said % {"count": formatting.number(answer.touched)})
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_GET
def concessions(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Draw the card of concessions again after an edit."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, viewer=viewer)
    context = pages.discounts(found, viewer, period.local_day(web.at())) | {
        "quote": found,
        "is_editable": rights.can(viewer, "quote.write") and found.state == "inProgress" and found.is_latest,
        "may_write": rights.can(viewer, "quote.write"),
    }
    return web.fragment(request, "quote/concessions.html", context)


@web.signed_in
@methods.require_POST
def ask_approval(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Ask for the prices of the quote to be approved, or take the question back."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.write")
    found = queries.quote(reference=reference, viewer=viewer)
    try:
        if request.POST.get("act") == "withdraw":
            request_id = forms.identifier(request.POST.get("approval_id", "")) or uuid.UUID(int=0)
            commands.withdraw_approval(request_id=request_id, actor=web.acting(request), at=web.at())
            messages.success(request, _("La demande est retirée, le devis est de nouveau un brouillon."))
        else:
            commands.ask_approval(
                quote_id=found.id,
                reason=request.POST.get("reason", ""),
                approver_id=forms.identifier(request.POST.get("approver_id", "")),
                actor=web.acting(request),
                at=web.at(),
            )
            messages.success(request, _("La demande est partie. Vous serez prévenu de la réponse."))
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refused:
        return pages.quote_page(request, viewer, queries.quote(quote_id=found.id, viewer=viewer), refused)
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def approval(request: http.HttpRequest, request_id: uuid.UUID) -> http.HttpResponseBase:
    """Show what somebody is asked to approve, and take their answer."""
    viewer = web.actor(request)
    found = queries.approval(request_id=request_id, viewer=viewer)
    refused: obstacles.Refusal | None = None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "hand_on":
                to_id = forms.identifier(request.POST.get("to_staff_id", "")) or uuid.UUID(int=0)
                commands.hand_on_approval(request_id=request_id, to_staff_id=to_id, actor=web.acting(request), at=web.at())
                messages.success(request, _("La demande est transmise."))
            else:
                commands.decide_approval(
                    request_id=request_id,
                    is_approved=_ANSWERS.get(request.POST.get("act", ""), False),
                    note=request.POST.get("note", ""),
                    actor=web.acting(request),
                    at=web.at(),
                )
                messages.success(request, _("Votre réponse est enregistrée et le vendeur est prévenu."))
            return web.see_other(request, "quote:quote", found.reference)
        except (obstacles.NotAllowed, obstacles.NotFound):
            raise
        except obstacles.Refusal as raised:
            refused = raised
    today = period.local_day(web.at())
    people = queries.approvers(agency_id=found.agency_id, level_code=found.level_code, day=today, besides=found.asked_by_id)
    context = {
        **_shown(found, refused, request.POST),
        "address": request.path,
        "colleagues": [(str(one.id), one.display_name) for one in people if one.id != viewer.staff_id],
    }
    return web.page(request, "quote/approval.html", context, status=refused.status if refused else 200)


@cache.never_cache
@methods.require_http_methods(["GET", "POST"])
def approval_by_link(request: http.HttpRequest, token: str) -> http.HttpResponseBase:
    """Show and answer the same from the link of a message, on a phone: the link is the key, and dies with the answer."""
    found = queries.approval_by_token(token=token)
    refused: obstacles.Refusal | None = None
    if request.method == "POST":
        try:
            state = commands.decide_by_link(
                token=token,
                is_approved=_ANSWERS.get(request.POST.get("act", ""), False),
                note=request.POST.get("note", ""),
                at=web.at(),
                request_id=web.request_id(request),
            )
            return web.page(request, "quote/approval_done.html", {"approval": found, "state": state})
        except obstacles.NotFound:
            raise
        except obstacles.Refusal as raised:
            refused = raised
    context = {**_shown(found, refused, request.POST), "address": request.path}
    return web.page(request, "quote/approval_link.html", context, status=refused.status if refused else 200)


def _shown(found: queries.ApprovalRecord, refused: obstacles.Refusal | None, given: http.QueryDict) -> dict[str, object]:
    return {
        "approval": found,
        "prices": queries.conceded_prices(quote_id=found.quote_id),
        "given": given,
        "obstacles": refused.obstacles if refused else (),
    }


@web.signed_in
@methods.require_GET
def home_approvals(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show what waits for this person's answer."""
    viewer = web.actor(request)
    rows = queries.approvals_to_decide(viewer=viewer) if rights.can(viewer, "quote.approve") else ()
    return web.fragment(request, "quote/home_approvals.html", {"rows": rows, "now": web.at()})


@web.signed_in
@methods.require_http_methods(["GET", "POST"])
def approvals(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show what waits for this person's answer and who replaces them; name somebody, or end it."""
    viewer = web.actor(request)
    rights.require(viewer, "quote.approve")
    refused: obstacles.Refusal | None = None
    if request.method == "POST":
        try:
            if request.POST.get("act") == "end":
                commands.end_delegation(
                    delegation_id=_number(request.POST.get("delegation_id", "")), actor=web.acting(request), at=web.at()
                )
                messages.success(request, _("Vous répondez de nouveau vous-même."))
            else:
                commands.delegate_approvals(**_absence(request.POST), actor=web.acting(request), at=web.at())
                messages.success(request, _("C’est noté : les demandes de ces jours-là iront à cette personne."))
            return web.see_other(request, "quote:approvals")
        except (obstacles.NotAllowed, obstacles.NotFound):
            raise
        except obstacles.Refusal as raised:
            refused = raised
    today = period.local_day(web.at())
    own_id = viewer.staff_id or uuid.UUID(int=0)
    context = {
        "rows": queries.approvals_to_decide(viewer=viewer, limit=200),
        "now": web.at(),
        "today": today,
        "delegations": queries.delegations(staff_id=own_id, day=today),
        "replaced": queries.replaced_by(staff_id=own_id, day=today),
        "colleagues": [(str(one.id), one.display_name) for one in queries.possible_delegates(viewer=viewer)],
        "given": request.POST,
        "obstacles": refused.obstacles if refused else (),
    }
    return web.page(request, "quote/approvals.html", context, status=refused.status if refused else 200)


def _absence(given: http.QueryDict) -> _Absence:
    """Read the form: people say the last day of an absence, we keep the day after it. Every mistake is said at once."""
    days = {name: _day(given.get(name, "")) for name in ("first_date", "last_date")}
    wrong = [
        obstacles.Obstacle("quote.approval.day", obstacles.Severity.REFUSAL, text.T("Ce n’est pas un jour."),
                           text.T("Choisissez un jour dans le calendrier."), name)
        for name, day in days.items()
        if day is None
    ]  # fmt: skip
    obstacles.refuse_if_any(wrong)
    first, last = days["first_date"] or dt.date.min, days["last_date"] or dt.date.min
    return {
        "delegate_id": forms.identifier(given.get("delegate_id", "")) or uuid.UUID(int=0),
        "valid_from": first,
        "valid_to": last + dt.timedelta(days=1),
    }


class _Absence(TypedDict):
    delegate_id: uuid.UUID
    valid_from: dt.date
    valid_to: dt.date


def _day(given: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(given)
    except ValueError:
        return None


def _number(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
