"""Put the actor on each request: from the session, or from an API key."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable

from django import http

from come.shared import clock, problems, text
from come.staff import queries
from come.staff.views import shell

Handler = Callable[[http.HttpRequest], http.HttpResponseBase]
_BEARER = "Bearer "
_API = "/tmf-api/"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ActorMiddleware:
    """Set `request.actor` (None before sign-in); a wrong key is refused, never taken for a visitor."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: http.HttpRequest) -> http.HttpResponseBase:
        """Handle one request."""
        header = request.headers.get("Authorization", "")
        request.actor = None  # type: ignore[attr-defined]  # the attribute is this middleware's work
        if header.startswith(_BEARER):
            holder = queries.actor_by_token(token=header.removeprefix(_BEARER), at=clock.now())
            if holder is None:
                return problems.problem(
                    status=401,
                    code="api.wrong_token",
                    detail=text.T("Cette clé d’API est inconnue, expirée ou révoquée."),
                    next_step=text.T("Demandez une nouvelle clé à l’administration."),
                )
            request.actor = holder  # type: ignore[attr-defined]  # as above
            # A key is not a cookie: no other site can make a browser send it.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own switch
        elif request.user.is_authenticated and not _comes_from_elsewhere(request):
            request.actor = queries.actor_for(staff_id=request.user.pk)  # type: ignore[attr-defined]  # as above
        request.shell = shell.Shell(request)  # type: ignore[attr-defined]  # as above
        return self.get_response(request)


def _comes_from_elsewhere(request: http.HttpRequest) -> bool:
    """Tell whether another site makes a browser write through the API with this session.

    Forms carry a token against that; the API asks for none, so the browser's own word on the origin decides.
    """
    if not request.path.startswith(_API) or request.method in _SAFE:
        return False
    origin = request.headers.get("Origin", "")
    return bool(origin) and urllib.parse.urlsplit(origin).netloc != request.get_host()
