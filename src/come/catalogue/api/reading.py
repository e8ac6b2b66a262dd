"""What a call asks for: attributes of its body, filters and page of its query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import ninja
from django import http

from come.catalogue import records
from come.shared import obstacles, period, text, tmf


def _wrong(name: str, expected: text.T) -> obstacles.Refusal:
    return tmf.bad_request("tmf.invalid_attribute", text.T("« {name} » : {expected}.", name=name, expected=expected))


def words(body: Mapping[str, Any], name: str, *, is_required: bool = False) -> str:
    """Return a text of the body; raises 400 when it is something else, or missing although required."""
    value = body.get(name)
    if value is None and not is_required:
        return ""
    if not isinstance(value, str) or (is_required and not value.strip()):
        raise _wrong(name, text.T("un texte est attendu"))
    return value


def flag(body: Mapping[str, Any], name: str) -> bool:
    """Return a boolean of the body, true when absent."""
    value = body.get(name, True)
    if not isinstance(value, bool):
        raise _wrong(name, text.T("true ou false est attendu"))
    return value


def category(body: Mapping[str, Any]) -> str:
    """Return the kind of offering that the one category names, a service when there is none."""
    given = body.get("category")
    if given is None:
        return records.OfferingKind.SERVICE
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict) or not isinstance(given[0].get("id"), str):
        raise _wrong("category", text.T("une seule référence avec un « id » est attendue"))
    return str(given[0]["id"])


def reference_id(body: Mapping[str, Any], name: str) -> str | None:
    """Return the id of a reference of the body, or None."""
    given = body.get(name)
    if given is None:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("id"), str):
        raise _wrong(name, text.T("une référence avec un « id » est attendue"))
    return str(given["id"])


def day(body: Mapping[str, Any], name: str) -> dt.date | None:
    """Return the day of an instant of `validFor`, or None."""
    given = body.get("validFor")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _wrong("validFor", text.T("une période est attendue"))
    if given.get(name) is None:
        return None
    try:
        instant = dt.datetime.fromisoformat(str(given[name]))
        return period.local_day(instant) if instant.tzinfo else instant.date()
    except (ValueError, OverflowError):
        raise _wrong(f"validFor.{name}", text.T("un instant ISO 8601 est attendu")) from None


def only(body: Mapping[str, Any], allowed: Collection[str]) -> None:
    """Raise a 400 refusal that names what a patch may not change."""
    refused = [name for name in body if name not in allowed and not name.startswith("@")]
    if refused:
        raise tmf.not_patchable(refused)


def page(
    request: http.HttpRequest, response: http.HttpResponse, bodies: Sequence[dict[str, Any]], filters: Collection[str]
) -> list[dict[str, Any]]:
    """Return one page of the bodies that fit the filters of the query."""
    window = tmf.check_query(request, {*filters, "sort"})
    kept = [body for body in bodies if all(_fits(body, name, request.GET[name]) for name in filters if name in request.GET)]
    key = request.GET.get("sort", "")
    if key:
        kept = _sorted(kept, key)
    return tmf.collection(request, kept[window.offset : window.offset + window.limit], len(kept), response)


def _fits(body: Mapping[str, Any], name: str, wanted: str) -> bool:
    first, _dot, second = name.partition(".")
    value = body.get(first)
    values = [item.get(second) for item in (value if isinstance(value, list) else [value]) if item] if second else [value]
    return any((str(found).lower() if isinstance(found, bool) else str(found)) == wanted.strip('"') for found in values)


def _sorted(bodies: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    name = key.lstrip("+-")
    if any(not isinstance(body.get(name, ""), (str, bool)) for body in bodies):
        raise tmf.bad_request("tmf.bad_sort", text.T("Le tri par « {name} » n’est pas possible.", name=name))
    return sorted(bodies, key=lambda body: str(body.get(name, "")), reverse=key.startswith("-"))


def created(response: http.HttpResponse, body: dict[str, Any]) -> ninja.Status[dict[str, Any]]:
    """Answer 201 with the address of what was made."""
    response["Location"] = body["href"]
    return ninja.Status(201, body)
