"""Writes about people, agencies and keys."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.db import transaction

from come.shared import actor as actors, eventlog, events as shared_events, ids, obstacles
from come.staff import errors, events, models, policies, queries


@transaction.atomic
def create_agency(*, code: str, name: str, city: str = "", actor: actors.Actor, at: dt.datetime) -> uuid.UUID:
    """Open an agency and return its id, or the one that has this code already. Records AgencyCreated."""
    policies.require(actor, "staff.write")
    obstacles.refuse_if_any(policies.agency_obstacles(code=code, name=name))
    agency, is_new = models.Agency.objects.get_or_create(
        code=code, defaults={"id": ids.uuid7(), "name": name.strip(), "city": city.strip()}
    )
    if not is_new:
        return agency.id
    eventlog.record(
        event=events.AgencyCreated(agency_id=agency.id, code=code),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("agency", agency.id)],
        after={"code": code, "name": name, "city": city},
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
    is_new: bool = False,
) -> uuid.UUID:
    """Let a person sign in, and return their id. Raises every refusal at once. Records StaffMemberCreated.

    A login that exists gives the id of its holder (set-ups run again), unless `is_new` says that it must be free.
    """
    policies.require(actor, "staff.write")
    known = models.StaffMember.objects.filter(login=login).first()
    if known is not None and not is_new:
        return known.id
    found = list(policies.member_obstacles(login=login, display_name=display_name, roles=roles, agency_count=len(set(agency_ids))))
    if known is not None:
        found.append(errors.login_taken(login))
    found += _unknown_agencies(agency_ids)
    member = models.StaffMember(id=ids.uuid7(), login=login, display_name=display_name.strip(), email=email, roles=sorted(set(roles)))
    found += _password_obstacles(password, member)
    obstacles.refuse_if_any(found)
    member.set_password(password)
    member.save(force_insert=True)
    _belong(member, agency_ids)
    eventlog.record(
        event=events.StaffMemberCreated(staff_id=member.id, login=login),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", member.id)],
        after=_facts(member, agency_ids),
    )
    return member.id


@transaction.atomic
def change_staff_member(
    *,
    staff_id: uuid.UUID,
    display_name: str,
    email: str,
    roles: Sequence[str],
    agency_ids: Sequence[uuid.UUID],
    actor: actors.Actor,
    at: dt.datetime,
) -> None:
    """Change a person's name, roles and agencies. Records StaffMemberChanged with before and after."""
    policies.require(actor, "staff.write")
    member = _locked(staff_id)
    found = list(policies.member_obstacles(login=member.login, display_name=display_name, roles=roles, agency_count=len(set(agency_ids))))
    obstacles.refuse_if_any([*found, *_unknown_agencies(agency_ids)])
    before = _facts(member, list(member.memberships.values_list("agency_id", flat=True)))
    member.display_name, member.email, member.roles = display_name.strip(), email, sorted(set(roles))
    member.save(update_fields=["display_name", "email", "roles"])
    member.memberships.all().delete()
    _belong(member, agency_ids)
    eventlog.record(
        event=events.StaffMemberChanged(staff_id=member.id),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", member.id)],
        before=before,
        after=_facts(member, agency_ids),
    )


@transaction.atomic
def deactivate_staff_member(*, staff_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Stop a person from signing in and from using their keys, at once. Records StaffMemberDeactivated."""
    policies.require(actor, "staff.write")
    if actor.staff_id == staff_id:
        raise obstacles.Refusal(errors.own_account())
    _set_active(staff_id, is_active=False, event=events.StaffMemberDeactivated(staff_id=staff_id), actor=actor, at=at)


@transaction.atomic
def reactivate_staff_member(*, staff_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Let a person sign in again. Records StaffMemberReactivated."""
    policies.require(actor, "staff.write")
    _set_active(staff_id, is_active=True, event=events.StaffMemberReactivated(staff_id=staff_id), actor=actor, at=at)


@transaction.atomic
def change_password(*, current: str, new: str, actor: actors.Actor, at: dt.datetime) -> None:
    """Give oneself a new password; every other session of this person ends. Records PasswordChanged (never the words)."""
    if actor.staff_id is None:
        raise obstacles.not_found("Le compte", actor.name)
    member = _locked(actor.staff_id)
    if not member.check_password(current):
        raise obstacles.Refusal(errors.wrong_password())
    obstacles.refuse_if_any(_password_obstacles(new, member))
    member.set_password(new)
    member.save(update_fields=["password"])
    eventlog.record(
        event=events.PasswordChanged(staff_id=member.id),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", member.id)],
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
    """Give a key to the HTTP API and return it: it is shown this once, only its hash is kept. Records ApiTokenIssued.

    One's own key needs the right to the API; somebody else's, the right to manage accounts.
    """
    policies.require(actor, "api.read" if actor.staff_id == staff_id else "staff.write")
    if not name.strip():
        raise obstacles.Refusal(errors.token_name_missing())
    token = f"come_{secrets.token_urlsafe(32)}"
    row = models.ApiToken.objects.create(
        staff_member_id=staff_id,
        name=name.strip(),
        token_hash=queries.token_hash(token),
        created_at=at,
        expires_at=expires_at,
    )
    eventlog.record(
        event=events.ApiTokenIssued(token_id=row.id, staff_id=staff_id),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", staff_id)],
        after={"name": row.name, "expires_at": expires_at},
    )
    return token


@transaction.atomic
def revoke_api_token(*, token_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> None:
    """Withdraw one of one's own keys; a key withdrawn before stays so. Records ApiTokenRevoked."""
    row = models.ApiToken.objects.select_for_update().filter(id=token_id, staff_member_id=actor.staff_id).first()
    if row is None or actor.staff_id is None:
        raise obstacles.not_found("La clé", token_id)
    if row.revoked_at is not None:
        return
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    eventlog.record(
        event=events.ApiTokenRevoked(staff_id=actor.staff_id, token_id=row.id),
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", actor.staff_id)],
    )


def _locked(staff_id: uuid.UUID) -> models.StaffMember:
    member = models.StaffMember.objects.select_for_update().filter(id=staff_id).first()
    if member is None:
        raise obstacles.not_found("La personne", staff_id)
    return member


def _set_active(staff_id: uuid.UUID, *, is_active: bool, event: shared_events.Event, actor: actors.Actor, at: dt.datetime) -> None:
    member = _locked(staff_id)
    if member.is_active == is_active:
        return
    member.is_active = is_active
    member.save(update_fields=["is_active"])
    eventlog.record(
        event=event,
        actor=actor,
        at=at,
        subjects=[shared_events.subject("staff", staff_id)],
        before={"is_active": not is_active},
        after={"is_active": is_active},
    )


def _belong(member: models.StaffMember, agency_ids: Sequence[uuid.UUID]) -> None:
    rows = [models.Membership(staff_member=member, agency_id=agency_id) for agency_id in dict.fromkeys(agency_ids)]
    models.Membership.objects.bulk_create(rows)


def _facts(member: models.StaffMember, agency_ids: Sequence[uuid.UUID]) -> dict[str, object]:
    names = queries.agency_names()
    return {
        "display_name": member.display_name,
        "email": member.email,
        "roles": sorted(member.roles),
        "agencies": sorted(names[agency_id] for agency_id in agency_ids),
    }


def _unknown_agencies(agency_ids: Sequence[uuid.UUID]) -> list[obstacles.Obstacle]:
    wanted = set(agency_ids)
    known = models.Agency.objects.filter(id__in=wanted).count()
    return [] if known == len(wanted) else [errors.unknown_agency()]


def _password_obstacles(password: str, member: models.StaffMember) -> list[obstacles.Obstacle]:
    try:
        password_validation.validate_password(password, member)
    except ValidationError as refused:
        return [errors.weak_password(str(reason)) for reason in refused.messages]
    return []
