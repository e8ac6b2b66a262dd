"""Serve the state page from its files: no session, no account, no database."""

from __future__ import annotations

from collections.abc import Callable

from django import http
from django.conf import settings

Handler = Callable[[http.HttpRequest], http.HttpResponseBase]
PREFIX = "/etat/"
_KINDS = {
    "index.html": "text/html; charset=utf-8",
    "en.html": "text/html; charset=utf-8",
    "state.css": "text/css; charset=utf-8",
    "state.js": "text/javascript; charset=utf-8",
    "state.json": "application/json",
}


class StatePageMiddleware:
    """Answer everything under /etat/ before any other part of the product is asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: http.HttpRequest) -> http.HttpResponseBase:
        """Handle one request."""
        if request.path_info == PREFIX.rstrip("/"):
            return http.HttpResponseRedirect(PREFIX)
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return http.HttpResponseNotAllowed(["GET", "HEAD"])
        return _file(request.path_info.removeprefix(PREFIX) or "index.html")


def _file(name: str) -> http.HttpResponse:
    kind = _KINDS.get(name)
    if kind is None:
        return http.HttpResponseNotFound("404", content_type="text/plain")
    try:
        found = (settings.COME_STATE_DIR / name).read_bytes()
    except OSError:
        said = "La page d’état n’a pas encore été écrite.\nThe state page has not been written yet.\n"
        return http.HttpResponse(said, status=503, content_type="text/plain; charset=utf-8")
    return http.HttpResponse(found, content_type=kind, headers={"Cache-Control": "no-cache"})
