"""Refusals and errors as answers: problem+json (RFC 9457) with TM Forum's `code` and `reason` beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django import http
from django.utils import translation

from come.shared import obstacles, text

CONTENT_TYPE = "application/problem+json"
_UNAUTHENTICATED = 401
_TITLES = {
    400: text.noop("Demande mal formée"),
    401: text.noop("Identification nécessaire"),
    403: text.noop("Droit insuffisant"),
    404: text.noop("Introuvable"),
    405: text.noop("Méthode non permise"),
    409: text.noop("Conflit avec l’état présent"),
    413: text.noop("Envoi trop volumineux"),
    415: text.noop("Type de contenu non pris en charge"),
    422: text.noop("Acte refusé"),
    429: text.noop("Trop de demandes"),
    500: text.noop("Incident imprévu"),
    503: text.noop("Service interrompu un instant"),
}


def wants_problem(request: http.HttpRequest) -> bool:
    """Tell whether the caller is a machine (an API path, or a client that accepts JSON and not HTML)."""
    if request.path.startswith("/tmf-api/") or request.path.startswith("/api/"):
        return True
    accepted = request.headers.get("Accept", "")
    return "json" in accepted and "html" not in accepted


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    next_step: str = "",
    errors: Sequence[obstacles.Obstacle] = (),
    incident: str = "",
) -> http.HttpResponse:
    """Return one problem document; every obstacle is in `errors`, the first gives `code` and `reason`."""
    language = (translation.get_language() or text.SOURCE_LANGUAGE).split("-")[0]
    body: dict[str, object] = {
        "type": f"urn:come:problem:{code}",
        "title": text.translation(language, _TITLES.get(status, _TITLES[500])),
        "status": status,
        "detail": text.said(detail, language),
        "code": code,
        "reason": text.said(detail, language),
        "@type": "Error",
    }
    if next_step:
        body["next_step"] = text.said(next_step, language)
    if incident:
        body["incident"] = incident
    if errors:
        body["errors"] = [obstacle.as_dict(language) for obstacle in errors]
    answer = http.HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type=CONTENT_TYPE)
    if status == _UNAUTHENTICATED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def from_refusal(refusal: obstacles.Refusal) -> http.HttpResponse:
    """Return the problem document of a refusal."""
    first = refusal.obstacles[0]
    return problem(
        status=refusal.status,
        code=first.code,
        detail=first.message,
        next_step=first.next_step,
        errors=refusal.obstacles,
    )
