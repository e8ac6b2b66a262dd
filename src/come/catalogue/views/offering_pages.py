"""The list of offers, one offer with its versions, and the acts on a version."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import commands, policies, queries, records
from come.catalogue.views import words
from come.shared import clock, obstacles, text, web
from come.staff import policies as rights

_HOME_LINES = 6


@web.signed_in
@methods.require_safe
def offerings(request: http.HttpRequest) -> http.HttpResponse:
    """List the offers on sale on a day, or in another status, by kind and words."""
    viewer = web.actor(request)
    today = clock.today()
    day = words.asked_day(request, today)
    status = request.GET.get("etat", "live")
    if status not in words.TONES:
        status = "live"
    kind, wanted = request.GET.get("famille", ""), request.GET.get("q", "").strip()
    found = queries.offering_list(at=day, viewer=viewer, status=status, kind=kind, words=wanted)
    shown = words.context()
    context = {
        **shown,
        "offerings": [(record, words.main_price(record)) for record in found],
        "day": day,
        "today": today,
        "status": status,
        "statuses": _statuses(viewer_writes=rights.can(viewer, "catalogue.write")),
        "kind": kind,
        "kind_choices": [("", _("Toutes")), *((one, shown["kind_names"][one]) for one in queries.kinds_sold(at=day))],
        "q": wanted,
        "may_write": rights.can(viewer, "catalogue.write"),
    }
    return web.page(request, "catalogue/offerings.html", context)


def _statuses(*, viewer_writes: bool) -> list[str]:
    shown = [records.LifecycleStatus.LIVE, records.LifecycleStatus.SCHEDULED, records.LifecycleStatus.RETIRED]
    if viewer_writes:
        shown += [records.LifecycleStatus.REVIEW, records.LifecycleStatus.DRAFT]
    return [status.value for status in shown]


@web.signed_in
@methods.require_safe
def offering(request: http.HttpRequest, code: str) -> http.HttpResponse:
    """Show one offer: the version of a day, and all its versions."""
    return _offering_page(request, code)


def _offering_page(
    request: http.HttpRequest, code: str, *, status: int = 200, found: tuple[obstacles.Obstacle, ...] = ()
) -> http.HttpResponse:
    viewer = web.actor(request)
    rights.require(viewer, "catalogue.read")
    today = clock.today()
    day = words.asked_day(request, today)
    may_write = rights.can(viewer, "catalogue.write")
    versions = [
        record
        for record in queries.offering_versions(code=code, at=today)
        if may_write or record.lifecycle_status not in {"draft", "review"}
    ]
    if not versions:
        raise obstacles.not_found(text.T("L’offre"), code)
    shown = _shown(request, versions, day)
    context = {
        **words.context(),
        "offering": shown,
        "versions": list(reversed(versions)),
        "day": day,
        "rules": queries.rules_about(code=code, at=max(day, shown.valid_from)),
        "names": {record.code: record.name_fr for record in queries.catalogue_snapshot(at=max(day, shown.valid_from)).offerings.values()},
        "tariff": queries.tariff_lines(code=shown.tariff_code, at=max(day, shown.valid_from)) if shown.tariff_code else [],
        "zone_names": queries.zone_names() if shown.allowances else {},
        "acts": _acts(
            shown,
            viewer_id=viewer.staff_id,
            may_write=may_write,
            may_publish=rights.can(viewer, "catalogue.publish"),
            author_ids=queries.authors(offering_id=shown.id),
            has_draft=any(record.lifecycle_status in {"draft", "review"} for record in versions),
        ),
        "sees_costs": may_write,
        "may_audit": rights.can(viewer, "audit.read"),
        "obstacles": found,
        "today": today,
        "tomorrow": today + dt.timedelta(days=1),
    }
    return web.page(request, "catalogue/offering.html", context, status=status)


def _shown(request: http.HttpRequest, versions: list[records.OfferingRecord], day: dt.date) -> records.OfferingRecord:
    """Return the version asked for by number, else the one sold on the day, else the last before it, else the first."""
    asked = request.GET.get("version", "")
    by_number = next((record for record in versions if str(record.version) == asked), None)
    if by_number is not None:
        return by_number
    sold = [record for record in versions if record.lifecycle_status not in {"draft", "review"}] or versions
    on_day = next((record for record in sold if record.valid_from <= day and (record.valid_to is None or day < record.valid_to)), None)
    return on_day or next((record for record in reversed(sold) if record.valid_from <= day), sold[0])


@dataclasses.dataclass(frozen=True, slots=True)
class Acts:
    """What this person may do with this version; a reason greys the button and says why."""

    submit: bool
    publish: bool
    publish_reason: str
    retire: bool
    write: bool
    edit: bool
    copy: bool
    renew: bool


def _acts(
    record: records.OfferingRecord,
    *,
    viewer_id: uuid.UUID | None,
    may_write: bool,
    may_publish: bool,
    author_ids: tuple[uuid.UUID, ...],
    has_draft: bool,
) -> Acts:
    is_unpublished = record.lifecycle_status in {"draft", "review"}
    found = (
        policies.publication_obstacles(
            code=record.code,
            approval=record.lifecycle_status,
            edited_by_id=record.edited_by_id,
            publisher_id=viewer_id,
            author_ids=author_ids,
        )
        if is_unpublished
        else []
    )
    return Acts(
        submit=may_write and record.lifecycle_status == "draft",
        publish=may_publish and is_unpublished,
        publish_reason=" ".join(str(one.message) for one in found),
        retire=may_publish and record.lifecycle_status in {"draft", "review", "scheduled", "live"},
        write=may_write,
        edit=may_write and is_unpublished,
        copy=may_write and record.lifecycle_status != "draft",
        renew=may_write and not is_unpublished and not has_draft,
    )


@web.signed_in
@methods.require_POST
def submit(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Hand a draft to a second person."""
    return _act(
        request,
        offering_id,
        lambda common: commands.submit_for_review(**common),
        _("Offre en relecture : une autre personne peut la publier."),
    )


@web.signed_in
@methods.require_POST
def publish(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Approve a version."""
    return _act(request, offering_id, lambda common: commands.publish_offering(**common), _("Offre publiée."))


@web.signed_in
@methods.require_POST
def retire(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponse:
    """Stop selling a version from a day on."""
    try:
        day = dt.date.fromisoformat(request.POST.get("valid_to", ""))
    except ValueError:
        day = clock.today()
    return _act(request, offering_id, lambda common: commands.retire_offering(valid_to=day, **common), _("Retrait enregistré."))


def _act(request: http.HttpRequest, offering_id: uuid.UUID, run: Callable[[dict[str, Any]], None], done: str) -> http.HttpResponse:
    actor = web.acting(request)
    record = queries.visible_offering(offering_id=offering_id, viewer=actor)
    try:
        run({"offering_id": offering_id, "actor": actor, "at": web.at()})
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        return _offering_page(request, record.code, status=refusal.status, found=refusal.obstacles)
    messages.success(request, done)
    return web.see_other(request, "catalogue:offering", record.code)


@web.signed_in
@methods.require_safe
def home_offers(request: http.HttpRequest) -> http.HttpResponse:
    """Draw the pricing manager's part of the home page: what is on sale, what is coming, what was imported."""
    viewer = web.actor(request)
    today = clock.today()
    may_write = rights.can(viewer, "catalogue.write")
    waiting = queries.offering_list(at=today, viewer=viewer, status="review") if may_write else []
    context = {
        **words.context(),
        "counts": queries.status_counts(at=today),
        "scheduled": queries.offering_list(at=today, viewer=viewer, status="scheduled")[:_HOME_LINES],
        "waiting": waiting[:_HOME_LINES],
        "imports": queries.imports(limit=_HOME_LINES) if may_write else [],
        "may_write": may_write,
    }
    return web.fragment(request, "catalogue/home_offers.html", context)
