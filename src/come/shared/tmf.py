"""The common rules of TM Forum APIs: paging headers, field selection, strict query parameters, one Error body."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import http
from ninja import utils as ninja_utils

from come.shared import actor as actors, obstacles, text, web

MAXIMUM_LIMIT = 1_000
DEFAULT_LIMIT = 100
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_RESERVED = frozenset({"fields", "offset", "limit", "sort"})


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """The window that the caller asked for."""

    offset: int
    limit: int


def bad_request(code: str, message: text.T, next_step: text.T | str = "") -> obstacles.Refusal:
    """Return the refusal of a malformed call (400)."""
    refusal = obstacles.Refusal(obstacles.Obstacle(code, obstacles.Severity.REFUSAL, message, next_step))
    refusal.status = 400
    return refusal


def check_query(request: http.HttpRequest, allowed: Collection[str] = ()) -> Page:
    """Return the window asked for; raises a 400 refusal for an unknown parameter or a bad number.

    An unknown filter that was ignored would return the whole base for a typo.
    """
    unknown = sorted(set(request.GET) - _RESERVED - set(allowed))
    if unknown:
        raise bad_request(
            "tmf.unknown_parameter",
            text.T("Paramètre inconnu : {names}.", names=", ".join(unknown)),
            text.T("Paramètres permis : {names}.", names=", ".join(sorted(_RESERVED | set(allowed)))),
        )
    return Page(_number(request, "offset", 0, None), _number(request, "limit", DEFAULT_LIMIT, MAXIMUM_LIMIT))


def _number(request: http.HttpRequest, name: str, default: int, maximum: int | None) -> int:
    given = request.GET.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit():
        raise bad_request("tmf.bad_number", text.T("« {name} » doit être un nombre entier positif.", name=name))
    return int(given) if maximum is None else min(int(given), maximum)


def select_fields(body: Mapping[str, Any], fields: str | None) -> dict[str, Any]:
    """Keep the first-level attributes asked for; id, href and @type always stay."""
    if not fields:
        return dict(body)
    wanted = {name.strip() for name in fields.split(",")} | {"id", "href", "@type"}
    return {key: value for key, value in body.items() if key in wanted}


def collection(
    request: http.HttpRequest,
    bodies: Sequence[Mapping[str, Any]],
    total: int,
    response: http.HttpResponse,
) -> list[dict[str, Any]]:
    """Return one page of bodies and set X-Total-Count and X-Result-Count on the response (always 200)."""
    response["X-Total-Count"] = str(total)
    response["X-Result-Count"] = str(len(bodies))
    return [select_fields(body, request.GET.get("fields")) for body in bodies]


def href(request: http.HttpRequest, path: str) -> str:
    """Return the absolute address of a resource."""
    return request.build_absolute_uri(path)


def caller(request: http.HttpRequest) -> actors.Actor:
    """Return who calls, under the call's idempotency key."""
    return web.acting(request)


def authenticate(request: http.HttpRequest) -> actors.Actor | None:
    """Return the caller for django-ninja's `auth`: a session or a bearer token, both set by staff's middleware.

    A write under a session must prove its origin (CSRF) like any form; a key needs not, no browser sends it by itself.
    """
    found: actors.Actor | None = getattr(request, "actor", None)
    if found is None or request.method in _SAFE_METHODS or request.headers.get("Authorization", "").startswith("Bearer "):
        return found
    return found if ninja_utils.check_csrf(request) is None else None


def not_patchable(names: Collection[str]) -> obstacles.Refusal:
    """Return the refusal of a patch on attributes that only the server sets."""
    return bad_request("tmf.not_patchable", text.T("Ces attributs ne se modifient pas ainsi : {names}.", names=", ".join(sorted(names))))


def unsupported_attributes(body: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise a 400 refusal that names every attribute that this API does not know."""
    unknown = sorted(name for name in body if name not in known and not name.startswith("@"))
    if unknown:
        raise bad_request("tmf.unsupported_attribute", text.T("Attributs non pris en charge : {names}.", names=", ".join(unknown)))
