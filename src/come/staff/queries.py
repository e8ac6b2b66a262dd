"""Reads of people, agencies and keys."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

from django.db.models import Q

from come.shared import actor as actors
from come.staff import models, policies


@dataclasses.dataclass(frozen=True, slots=True)
class AgencyRecord:
    """One agency."""

    id: uuid.UUID
    code: str
    name: str
    city: str


@dataclasses.dataclass(frozen=True, slots=True)
class StaffRecord:
    """One person of the staff."""

    id: uuid.UUID
    login: str
    display_name: str
    email: str
    roles: tuple[str, ...]
    agency_ids: frozenset[uuid.UUID]
    is_active: bool


def actor_for(*, staff_id: uuid.UUID, request_id: str = "") -> actors.Actor | None:
    """Return the person as an actor, or None when unknown or inactive (two statements)."""
    member = models.StaffMember.objects.filter(id=staff_id, is_active=True).prefetch_related("memberships").first()
    return None if member is None else _actor(member, request_id)


def actor_by_login(*, login: str, request_id: str = "") -> actors.Actor | None:
    """Return the person of a login as an actor, or None (two statements)."""
    member = models.StaffMember.objects.filter(login=login, is_active=True).prefetch_related("memberships").first()
    return None if member is None else _actor(member, request_id)


def actor_by_token(*, token: str, at: dt.datetime, request_id: str = "") -> actors.Actor | None:
    """Return the holder of an API key as an actor, or None when it is unknown, expired or revoked."""
    found = (
        models.ApiToken.objects.filter(token_hash=token_hash(token), revoked_at__isnull=True, staff_member__is_active=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at))
        .select_related("staff_member")
        .prefetch_related("staff_member__memberships")
        .first()
    )
    return None if found is None else _actor(found.staff_member, request_id)


def token_hash(token: str) -> str:
    """Return what is kept of an API key (keys are long and random: one plain hash is enough)."""
    return hashlib.sha256(token.encode()).hexdigest()


def _actor(member: models.StaffMember, request_id: str) -> actors.Actor:
    return actors.Actor(
        staff_id=member.id,
        name=member.display_name,
        roles=frozenset(member.roles),
        agency_ids=frozenset(membership.agency_id for membership in member.memberships.all()),
        sees_all_agencies=policies.sees_all_agencies(member.roles),
        request_id=request_id,
    )


def staff_names(*, ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """Return the names of these people, in one statement."""
    wanted = {identifier for identifier in ids if identifier is not None}
    if not wanted:
        return {}
    return dict(models.StaffMember.objects.filter(id__in=wanted).values_list("id", "display_name"))


def staff_emails(*, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return the e-mail addresses of active people who have one (one statement)."""
    rows = models.StaffMember.objects.filter(id__in=list(ids), is_active=True).exclude(email="")
    return dict(rows.values_list("id", "email"))


def managers_of(*, ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Return the active managers of the agencies that these people belong to (one statement)."""
    agencies = models.Membership.objects.filter(staff_member_id__in=list(ids)).values("agency")
    rows = models.StaffMember.objects.filter(is_active=True, roles__contains=[policies.MANAGER], memberships__agency__in=agencies)
    return set(rows.values_list("id", flat=True))


def agencies() -> list[AgencyRecord]:
    """Return every agency, by name."""
    rows = models.Agency.objects.order_by("name").values_list("id", "code", "name", "city")
    return [AgencyRecord(*row) for row in rows]


def agency_names() -> dict[uuid.UUID, str]:
    """Return the name of every agency."""
    return dict(models.Agency.objects.values_list("id", "name"))


def staff(*, agency_ids: Iterable[uuid.UUID] | None = None) -> list[StaffRecord]:
    """Return the people of these agencies, or of all, by name (two statements)."""
    rows = models.StaffMember.objects.order_by("display_name").prefetch_related("memberships")
    if agency_ids is not None:
        rows = rows.filter(memberships__agency_id__in=list(agency_ids)).distinct()
    return [_record(row) for row in rows]


def _record(row: models.StaffMember) -> StaffRecord:
    return StaffRecord(
        id=row.id,
        login=row.login,
        display_name=row.display_name,
        email=row.email,
        roles=tuple(row.roles),
        agency_ids=frozenset(membership.agency_id for membership in row.memberships.all()),
        is_active=row.is_active,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class TokenRecord:
    """One key to the HTTP API, without the key."""

    id: uuid.UUID
    name: str
    created_at: dt.datetime
    expires_at: dt.datetime | None
    revoked_at: dt.datetime | None


def member(*, staff_id: uuid.UUID) -> StaffRecord | None:
    """Return one person, or None (two statements)."""
    row = models.StaffMember.objects.filter(id=staff_id).prefetch_related("memberships").first()
    return None if row is None else _record(row)


def api_tokens(*, staff_id: uuid.UUID) -> list[TokenRecord]:
    """Return a person's keys, newest first."""
    rows = models.ApiToken.objects.filter(staff_member_id=staff_id).order_by("-created_at")
    return [TokenRecord(row.id, row.name, row.created_at, row.expires_at, row.revoked_at) for row in rows]
