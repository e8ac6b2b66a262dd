"""Writes about people, agencies and keys."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence

from django.contrib.auth import password_validation
from django.core import exceptions
from django.db import transaction

from come.shared import actor as actors, eventlog, events as facts, ids, obstacles, text
from come.staff import events, models, policies, queries


@transaction.atomic
def create_agency(*, code: str, name: str, city: str, actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Open an agency, or return the one that has this code already. Records AgencyCreated."""
    policies.require(actor, "staff.write")
    agency, is_new = models.Agency.objects.get_or_create(code=code, defaults={"id": ids.uuid7(), "name": name, "city": city})
    if is_new:
        eventlog.record(
            event=events.AgencyCreated(agency_id=agency.id, code=code),
            actor=actor,
            at=at,
            subjects=[facts.subject("agency", agency.id)],
            after={"name": name, "city": city},
        )
    return agency.id


@transaction.atomic
def create_staff_member(
    *,
    login: str,
    display_name: str,
    roles: Sequence[str],
    agency_ids: Sequence[uuid.UUID],
    password: str,
    actor: actors.Actor,
    at: dt.datetime,
    email: str = "",
) -> uuid.UUID:
    """Let a person sign in, or return the one who has this login already. Records StaffMemberCreated.

    Raises Refusal for an unknown role or a password that is too weak.
    """
    policies.require(actor, "staff.write")
    known = models.StaffMember.objects.filter(login=login).first()
    if known is not None:
        return known.id
    obstacles.refuse_if_any([*_role_obstacles(roles), *_password_obstacles(password)])
    member = models.StaffMember(login=login, display_name=display_name, email=email, roles=list(roles))
    member.set_password(password)
    member.save()
    models.Membership.objects.bulk_create([models.Membership(staff_member=member, agency_id=agency) for agency in agency_ids])
    eventlog.record(
        event=events.StaffMemberCreated(staff_id=member.id, login=login),
        actor=actor,
        at=at,
        subjects=[facts.subject("staff", member.id)],
        after={"display_name": display_name, "roles": list(roles)},
    )
    return member.id


@transaction.atomic
def change_password(*, current: str, new: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Choose a new password. Raises Refusal when the present one is wrong or the new one too weak."""
    if actor.staff_id is None:
        raise obstacles.not_found("Le compte", actor.name)
    member = models.StaffMember.objects.select_for_update().get(id=actor.staff_id)
    found = _password_obstacles(new)
    if not member.check_password(current):
        found.insert(
            0,
            obstacles.Obstacle(
                "staff.wrong_password",
                obstacles.Severity.REFUSAL,
                text.T("Le mot de passe actuel n’est pas le bon."),
                text.T("Ressaisissez-le."),
                "current",
            ),
        )
    obstacles.refuse_if_any(found)
    member.set_password(new)
    member.save(update_fields=["password"])
    eventlog.record(
        event=events.PasswordChanged(staff_id=member.id),
        actor=actor,
        at=at,
        subjects=[facts.subject("staff", member.id)],
    )


@transaction.atomic
def issue_api_token(
    *,
    staff_id: uuid.UUID,
    name: str,
    expires_at: dt.datetime | None,
    actor: actors.Actor,
    at: dt.datetime,
) -> str:
    """Give a key to the HTTP API and return it: it is shown this once, only its hash is kept. Records ApiTokenIssued."""
    if actor.staff_id != staff_id:
        policies.require(actor, "staff.write")
    key = f"come_{secrets.token_urlsafe(32)}"
    token = models.ApiToken.objects.create(
        staff_member_id=staff_id,
        name=name,
        token_hash=queries.token_hash(key),
        created_at=at,
        expires_at=expires_at,
    )
    eventlog.record(
        event=events.ApiTokenIssued(token_id=token.id, staff_id=staff_id),
        actor=actor,
        at=at,
        subjects=[facts.subject("staff", staff_id)],
        after={"name": name},
    )
    return key


def _role_obstacles(roles: Sequence[str]) -> list[obstacles.Obstacle]:
    return [
        obstacles.Obstacle(
            "staff.unknown_role",
            obstacles.Severity.REFUSAL,
            text.T("Le profil « {role} » n’existe pas.", role=role),
            text.T("Profils connus : {roles}.", roles=", ".join(sorted(policies.PERMISSIONS))),
            "roles",
        )
        for role in roles
        if role not in policies.PERMISSIONS
    ]


def _password_obstacles(password: str) -> list[obstacles.Obstacle]:
    try:
        password_validation.validate_password(password)
    except exceptions.ValidationError as refused:
        return [obstacles.Obstacle("staff.weak_password", obstacles.Severity.REFUSAL, message, path="new") for message in refused.messages]
    return []
