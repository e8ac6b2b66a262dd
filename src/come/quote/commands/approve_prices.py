"""Ask for what a quote concedes to be approved; answer, hand on, withdraw, remind. One open request a quote."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Callable
from typing import Any

from django import urls
from django.conf import settings
from django.db import transaction

from come.quote import events, models
from come.quote.commands import _draft
from come.quote.policies import approvals as policy, states
from come.quote.queries import approvals
from come.shared import actor as actors, eventlog, formatting, idempotency, ids, obstacles, period, text
from come.staff import policies as rights, queries as staff_queries

ON_SCREEN, BY_LINK = "screen", "link"


def ask_approval(
    *, quote_id: uuid.UUID, reason: str, actor: actors.Actor, at: dt.datetime, approver_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Ask somebody of the needed level (the first, or `approver_id`) to approve the prices of a draft, which waits meanwhile.

    Who is away is replaced by their delegate. Raises Refusal: nothing conceded, lines to correct, within the seller's own bounds,
    nobody to ask. Records ApprovalAsked.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        inputs = {"quote_id": quote_id, "reason": reason, "approver_id": approver_id}
        answer = idempotency.once(
            actor=actor, command="quote.ask_approval", inputs=inputs, run=lambda: _ask(quote, reason, approver_id, actor, at)
        )
    return uuid.UUID(answer["request_id"])


def _ask(quote: models.Quote, reason: str, approver_id: uuid.UUID | None, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    obstacles.refuse_if_any(states.editing_obstacles(reference=quote.reference, state=quote.state))
    day = period.local_day(at)
    given = approvals.giving(quote, day)
    found = policy.asking_obstacles(
        has_concession=given.is_conceding, issue_count=quote.issue_count, is_needed=given.level.code != policy.levels(day)[0].code
    )
    if not reason.strip():
        found.append(refusal("no_reason", text.T("La raison manque."), text.T("Une phrase : pourquoi ce client, pourquoi maintenant.")))
    obstacles.refuse_if_any(found)
    approver, handed_from = _approver(quote, given.level.code, approver_id, actor, day)
    request = models.ApprovalRequest.objects.create(
        quote=quote,
        level_code=given.level.code,
        reason=reason.strip()[:500],
        fingerprint=given.fingerprint,
        discount_percent=given.stake.discount_percent,
        monthly_discount_exact=given.stake.monthly_discount,
        margin_percent=given.stake.margin_percent,
        asked_by_id=actor.staff_id,
        asked_by_name=actor.name,
        asked_at=at,
        approver_id=approver.id,
        handed_from_name=handed_from,
        due_at=at + dt.timedelta(hours=policy.DUE_HOURS),
        token=secrets.token_urlsafe(32),
    )
    quote.state = states.PENDING
    quote.updated_at = at
    quote.save(update_fields=["state", "updated_at"])
    event = events.ApprovalAsked(quote.id, quote.reference, request.id, request.level_code, approver.display_name)
    _draft.record(event, quote, actor, at, after={"reason": request.reason, "discount_percent": request.discount_percent})
    _write(request, approver, at, text.T("{name} vous demande d’approuver une remise", name=actor.name))
    return {"request_id": str(request.id)}


def _approver(
    quote: models.Quote, level_code: str, wanted: uuid.UUID | None, actor: actors.Actor, day: dt.date
) -> tuple[staff_queries.StaffRecord, str]:
    """Return who will be asked (their delegate when they are away), and in whose place."""
    known = {one.id: one for one in approvals.approvers(agency_id=quote.agency_id, level_code=level_code, day=day, besides=actor.staff_id)}
    if wanted is not None and wanted not in known:
        raise obstacles.Refusal(
            refusal("not_approver", text.T("Cette personne ne peut pas approuver ce devis."), text.T("Choisissez dans la liste."))
        )
    if not known:
        raise obstacles.Refusal(
            refusal(
                "nobody",
                text.T("Personne ne peut approuver ce devis pour le moment."),
                text.T("Prévenez l’administration : un rôle manque."),
            )
        )
    first = known[wanted] if wanted is not None else next(iter(known.values()))
    delegate_id = approvals.delegate_of(staff_id=first.id, day=day)
    if delegate_id is None or delegate_id == actor.staff_id:
        return first, ""
    delegate = staff_queries.member(staff_id=delegate_id)
    if delegate is None or not delegate.is_active or not _sees(delegate, quote):
        return first, ""
    return delegate, first.display_name


def decide_approval(
    *, request_id: uuid.UUID, is_approved: bool, note: str, actor: actors.Actor, at: dt.datetime, channel: str = ON_SCREEN
) -> str:
    """Answer a request; the quote is a draft again, which its seller may send if it was approved. Return the request's new state.

    Raises Refusal, all reasons at once: not open, one's own, beyond one's duty, prices that changed since, a refusal without a reason.
    The person to whom it was handed may answer whatever their own level: they answer for another. Records ApprovalDecided.
    """

    def run(request: models.ApprovalRequest, quote: models.Quote) -> dict[str, Any]:
        known = policy.levels(period.local_day(request.asked_at))
        is_delegate = request.approver_id == actor.staff_id
        found = policy.deciding_obstacles(
            state=request.state,
            is_asker=actor.staff_id == request.asked_by_id,
            may=is_delegate or policy.may_decide(roles=actor.roles, level_code=request.level_code, known=known),
            is_same=approvals.fingerprint(quote.id) == request.fingerprint,
            note=note,
            is_approved=is_approved,
        )
        obstacles.refuse_if_any(found)
        _close(request, policy.APPROVED if is_approved else policy.REFUSED, actor, at, note=note, channel=channel)
        _back_to_draft(quote, at)
        _record_decision(request, quote, actor, at)
        _tell_asker(request, quote, at)
        return {"state": request.state}

    inputs = {"request_id": request_id, "is_approved": is_approved, "note": note}
    return str(_on_request(request_id, actor, "quote.decide_approval", inputs, run, permission="quote.read")["state"])


def decide_by_link(*, token: str, is_approved: bool, note: str, at: dt.datetime, request_id: str) -> str:
    """Answer from the link of a message, in the name of the person it was sent to. Raises NotFound for a link that is dead."""
    found = approvals.approval_by_token(token=token)
    actor = staff_queries.actor_for(staff_id=found.approver_id, request_id=request_id)
    if actor is None:
        raise obstacles.not_found(text.T("La demande d’approbation"), found.reference)
    return decide_approval(request_id=found.id, is_approved=is_approved, note=note, actor=actor, at=at, channel=BY_LINK)


def withdraw_approval(*, request_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Take a request back: the quote is a draft again. Raises Refusal when it was answered. Records ApprovalDecided."""

    def run(request: models.ApprovalRequest, quote: models.Quote) -> dict[str, Any]:
        obstacles.refuse_if_any(policy.closed_obstacles(request.state))
        _close(request, policy.WITHDRAWN, actor, at)
        _back_to_draft(quote, at)
        _record_decision(request, quote, actor, at)
        return {}

    _on_request(request_id, actor, "quote.withdraw_approval", {"request_id": request_id}, run, permission="quote.write")


def hand_on_approval(*, request_id: uuid.UUID, to_staff_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Hand a request on to somebody else who may answer it, or to anyone who approves; both names are kept.

    Raises Refusal: answered, not one's own to hand on, to who asks. Records ApprovalHandedOn.
    """

    def run(request: models.ApprovalRequest, quote: models.Quote) -> dict[str, Any]:
        target = staff_queries.member(staff_id=to_staff_id)
        known = policy.levels(period.local_day(request.asked_at))
        may = request.approver_id == actor.staff_id or policy.may_decide(roles=actor.roles, level_code=request.level_code, known=known)
        found = policy.closed_obstacles(request.state)
        if not may:
            found.append(
                refusal("not_yours", text.T("Cette demande est adressée à une autre personne."), text.T("Elle seule peut la transmettre."))
            )
        if target is None or not target.is_active or target.id == request.asked_by_id or not (approves(target) and _sees(target, quote)):
            found.append(
                refusal(
                    "not_approver", text.T("Cette personne ne peut pas répondre."), text.T("Choisissez quelqu’un qui approuve des remises.")
                )
            )
        obstacles.refuse_if_any(found)
        assert target is not None
        _hand(request, target, actor, at)
        return {}

    inputs = {"request_id": request_id, "to": to_staff_id}
    _on_request(request_id, actor, "quote.hand_on_approval", inputs, run, permission="quote.approve")


def approves(person: staff_queries.StaffRecord) -> bool:
    """Tell whether a person may be asked to approve discounts."""
    return any("quote.approve" in rights.PERMISSIONS.get(role, ()) for role in person.roles)


def _sees(person: staff_queries.StaffRecord, quote: models.Quote) -> bool:
    return quote.agency_id in person.agency_ids or rights.sees_all_agencies(person.roles)


def remind_approvals(*, at: dt.datetime, actor: actors.Actor) -> int:
    """Remind who was asked and has not answered for hours; past its due time a request goes to the level above. Return how many moved.

    Asked again, it does nothing more. Records ApprovalHandedOn for what goes up.
    """
    moved = 0
    open_ids = models.ApprovalRequest.objects.filter(state=policy.ASKED).order_by("due_at").values_list("id", flat=True)
    for request_id in list(open_ids):
        with transaction.atomic():
            request = models.ApprovalRequest.objects.select_for_update().select_related("quote").get(id=request_id)
            moved += _moved(request, actor, at)
    return moved


def _moved(request: models.ApprovalRequest, actor: actors.Actor, at: dt.datetime) -> int:
    if request.state != policy.ASKED:
        return 0
    if request.escalated_at is None and at >= request.due_at:
        return _escalated(request, actor, at)
    if request.reminded_at is None and at >= request.asked_at + dt.timedelta(hours=policy.REMINDED_AFTER_HOURS):
        request.reminded_at = at
        request.save(update_fields=["reminded_at"])
        approver = staff_queries.member(staff_id=request.approver_id)
        if approver is not None:
            _write(request, approver, at, text.T("Rappel : {name} attend votre réponse", name=request.asked_by_name))
        return 1
    return 0


def _escalated(request: models.ApprovalRequest, actor: actors.Actor, at: dt.datetime) -> int:
    day = period.local_day(at)
    above = policy.at_least(request.level_code, policy.levels(day))[1:] or policy.at_least(request.level_code, policy.levels(day))
    people = approvals.approvers(agency_id=request.quote.agency_id, level_code=above[0].code, day=day, besides=request.asked_by_id)
    target = next((one for one in people if one.id != request.approver_id), None)
    request.escalated_at = at
    request.save(update_fields=["escalated_at"])
    if target is not None:
        _hand(request, target, actor, at)
    return 1


def _hand(request: models.ApprovalRequest, target: staff_queries.StaffRecord, actor: actors.Actor, at: dt.datetime) -> None:
    quote = request.quote
    from_name = staff_queries.staff_names(ids=[request.approver_id]).get(request.approver_id, "")
    request.approver_id = target.id
    request.handed_from_name = from_name
    request.due_at = max(request.due_at, at + dt.timedelta(hours=policy.DUE_HOURS))
    request.token = secrets.token_urlsafe(32)
    request.save(update_fields=["approver", "handed_from_name", "due_at", "token"])
    event = events.ApprovalHandedOn(quote.id, quote.reference, request.id, from_name, target.display_name)
    _draft.record(event, quote, actor, at)
    _write(request, target, at, text.T("{name} vous transmet une remise à approuver", name=from_name))


def _on_request(
    request_id: uuid.UUID,
    actor: actors.Actor,
    command: str,
    inputs: dict[str, Any],
    run: Callable[[models.ApprovalRequest, models.Quote], dict[str, Any]],
    *,
    permission: str,
) -> dict[str, Any]:
    """Lock the quote, then the request, in the order that every act takes them."""
    rights.require(actor, permission)
    with transaction.atomic():
        quote_id = models.ApprovalRequest.objects.filter(id=request_id).values_list("quote_id", flat=True).first()
        if quote_id is None:
            raise obstacles.not_found(text.T("La demande d’approbation"), request_id)
        quote = _draft.lock(quote_id, actor, permission)
        request = models.ApprovalRequest.objects.select_for_update().get(id=request_id)
        return idempotency.once(actor=actor, command=command, inputs=inputs, run=lambda: run(request, quote))


def _close(
    request: models.ApprovalRequest, state: str, actor: actors.Actor, at: dt.datetime, *, note: str = "", channel: str = ON_SCREEN
) -> None:
    request.state = state
    request.decided_by_id = actor.staff_id
    request.decided_by_name = actor.name
    request.decided_at = at
    request.channel = channel
    request.note = note.strip()[:500]
    request.token = ""
    request.save()


def _back_to_draft(quote: models.Quote, at: dt.datetime) -> None:
    if quote.state == states.PENDING:
        quote.state = states.IN_PROGRESS
        quote.updated_at = at
        quote.save(update_fields=["state", "updated_at"])


def _record_decision(request: models.ApprovalRequest, quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> None:
    event = events.ApprovalDecided(quote.id, quote.reference, request.id, request.state, request.note)
    _draft.record(event, quote, actor, at, before={"state": policy.ASKED}, after={"state": request.state, "note": request.note})


def _tell_asker(request: models.ApprovalRequest, quote: models.Quote, at: dt.datetime) -> None:
    asker = staff_queries.member(staff_id=request.asked_by_id) if request.asked_by_id else None
    if asker is None:
        return
    said = text.T(policy.NAMES_FR[request.state])
    subject = text.T("{reference} : remise {state}", reference=quote.reference, state=str(said).lower())
    lines = [
        text.T("{name} a répondu : {state}.", name=request.decided_by_name, state=said),
        request.note,
        _address("quote:quote", quote.reference),
    ]
    _letter(request, asker.email, subject, lines, at)


def _write(request: models.ApprovalRequest, approver: staff_queries.StaffRecord, at: dt.datetime, subject: str) -> None:
    quote = request.quote
    margin = formatting.percent(request.margin_percent) if request.margin_percent is not None else text.T("inconnue")
    lines = [
        text.T("{customer}, devis {reference}.", customer=quote.customer_file.name, reference=quote.reference),
        text.T(
            "Remise de {percent} ({monthly} par mois), marge restante {margin}.",
            percent=formatting.percent(request.discount_percent),
            monthly=formatting.money(request.monthly_discount_exact),
            margin=margin,
        ),
        text.T("« {reason} »", reason=request.reason),
        text.T("Répondre, avant le {due} :", due=formatting.instant(request.due_at)),
        _address("quote:approval_by_link", request.token),
    ]
    _letter(request, approver.email, subject, lines, at)


def _letter(request: models.ApprovalRequest, recipient: str, subject: str, lines: list[str], at: dt.datetime) -> None:
    models.QuoteLetter.objects.create(
        id=ids.uuid7(),
        quote=request.quote,
        kind="approval",
        recipient=recipient[:120],
        subject_fr=str(subject)[:200],
        body_fr="\n\n".join(str(line) for line in lines if line),
        actor_name=request.decided_by_name or request.asked_by_name,
        created_at=at,
        due_at=at,
    )
    eventlog.defer("quote.post_letters")


def _address(name: str, *given: str) -> str:
    return settings.COME_PUBLIC_URL + urls.reverse(name, args=given)


def refusal(code: str, message: text.T, step: text.T, path: str = "") -> obstacles.Obstacle:
    """Return a refusal about approvals."""
    return obstacles.Obstacle(f"quote.approval.{code}", obstacles.Severity.REFUSAL, message, step, path)


def sending_obstacles(quote: models.Quote, day: dt.date) -> list[obstacles.Obstacle]:
    """Return why a quote with concessions cannot be sent yet."""
    given = approvals.giving(quote, day)
    if not given.is_conceding:
        return []
    return policy.sending_obstacles(level=given.level, given=given.stake, is_approved=approvals.is_approved(quote, given))


__all__ = [
    "ask_approval",
    "decide_approval",
    "decide_by_link",
    "hand_on_approval",
    "remind_approvals",
    "withdraw_approval",
]
