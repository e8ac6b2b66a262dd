"""The common rules of TM Forum APIs: paging headers, field selection, strict parameters and bodies, one Error body."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import http
from ninja import utils as ninja_utils

from come.shared import actor as actors, ids, obstacles, text, web

MAXIMUM_LIMIT = 1_000
DEFAULT_LIMIT = 100
# Nobody pages further; a longer number is a mistake, and no database would take it.
_MOST_DIGITS = 9
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PAGING = frozenset({"fields", "offset", "limit"})
_JSON = frozenset({"application/json", "application/merge-patch+json"})


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


def check_parameters(request: http.HttpRequest, allowed: Collection[str] = ()) -> None:
    """Raise a 400 refusal for a parameter that the address does not know, or a value that is no text.

    An unknown filter that was ignored would return the whole base for a typo.
    """
    unknown = sorted(set(request.GET) - set(allowed))
    if unknown:
        raise bad_request(
            "tmf.unknown_parameter",
            text.T("Paramètre inconnu : {names}.", names=", ".join(unknown)),
            text.T("Paramètres permis : {names}.", names=", ".join(sorted(allowed)) or "∅"),
        )
    wrong = sorted(name for name, values in request.GET.lists() if any("\x00" in value for value in values))
    if wrong:
        raise bad_request("tmf.bad_text", text.T("Caractères interdits dans : {names}.", names=", ".join(wrong)))


def check_query(request: http.HttpRequest, filters: Collection[str] = ()) -> Page:
    """Return the window asked for of a list; raises a 400 refusal for an unknown parameter or a bad number."""
    check_parameters(request, _PAGING | set(filters))
    return Page(_number(request, "offset", 0, None), _number(request, "limit", DEFAULT_LIMIT, MAXIMUM_LIMIT))


def _number(request: http.HttpRequest, name: str, default: int, maximum: int | None) -> int:
    given = request.GET.get(name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or len(given) > _MOST_DIGITS:
        raise bad_request("tmf.bad_number", text.T("« {name} » doit être un nombre entier positif.", name=name))
    return int(given) if maximum is None else min(int(given), maximum)


def select_fields(body: Mapping[str, Any], fields: str | None) -> dict[str, Any]:
    """Keep the first-level attributes asked for; id, href and @type always stay."""
    if not fields:
        return dict(body)
    wanted = {name.strip() for name in fields.split(",")} | {"id", "href", "@type"}
    return {key: value for key, value in body.items() if key in wanted}


def resource(request: http.HttpRequest, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return one body with the attributes asked for; raises a 400 refusal for another parameter than `fields`."""
    check_parameters(request, {"fields"})
    return select_fields(body, request.GET.get("fields"))


def json_body(request: http.HttpRequest) -> dict[str, Any]:
    """Return the object that was sent; raises a 400 refusal when it is none, 415 when it does not say that it is JSON."""
    check_parameters(request)
    if request.body and request.content_type not in _JSON:
        refusal = bad_request(
            "api.not_json",
            text.T("Le contenu n’est pas annoncé comme du JSON."),
            text.T("Envoyez l’en-tête « Content-Type: application/json »."),
        )
        refusal.status = 415
        raise refusal
    try:
        body = json.loads(request.body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise bad_request("api.invalid_json", text.T("Le contenu n’est pas un document JSON.")) from None
    if not isinstance(body, dict):
        raise bad_request("api.invalid_body", text.T("Le contenu doit être un objet JSON."))
    # A raw control character is no JSON: what cannot be stored can only hide behind an escape.
    if b"\\u" in request.body and not _is_storable(body):
        raise bad_request("api.bad_text", text.T("Un texte contient un caractère interdit (nul, ou moitié de paire)."))
    return body


def _no_number(name: str) -> float:
    raise ValueError(name)


def _is_storable(body: Any) -> bool:
    waiting = [body]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and any(character == "\x00" or "\ud800" <= character <= "\udfff" for character in one):
            return False
    return True


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
    """Return who calls, under the call's idempotency key: one's own, two callers may count from 1 each."""
    found, key = web.actor(request), request.headers.get("Idempotency-Key", "")
    return found.with_request(str(ids.derived("api.call", found.staff_id, key) if key else ids.uuid7()))


def authenticate(request: http.HttpRequest) -> actors.Actor | None:
    """Return the caller for django-ninja's `auth`: a session or a bearer token, both set by staff's middleware.

    A write under a session must prove its origin (CSRF) like any form; a key needs not, no browser sends it by itself.
    Raises NotAllowed for a write that does not.
    """
    found: actors.Actor | None = getattr(request, "actor", None)
    if found is None or request.method in _SAFE_METHODS or request.headers.get("Authorization", "").startswith("Bearer "):
        return found
    if ninja_utils.check_csrf(request) is not None:
        raise obstacles.NotAllowed(
            obstacles.Obstacle(
                "api.csrf",
                obstacles.Severity.REFUSAL,
                text.T("Sous une session, une écriture porte le jeton contre les envois d’un autre site."),
                text.T("Envoyez l’en-tête « X-CSRFToken », ou une clé d’API, qui n’en demande pas."),
            ),
        )
    return found


def not_patchable(names: Collection[str]) -> obstacles.Refusal:
    """Return the refusal of a patch on attributes that only the server sets."""
    return bad_request("tmf.not_patchable", text.T("Ces attributs ne se modifient pas ainsi : {names}.", names=", ".join(sorted(names))))


def unsupported_attributes(body: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise a 400 refusal that names every attribute that this API does not know."""
    unknown = sorted(name for name in body if name not in known and not name.startswith("@"))
    if unknown:
        raise bad_request("tmf.unsupported_attribute", text.T("Attributs non pris en charge : {names}.", names=", ".join(unknown)))
