"""What every screen needs: the actor, the request id of an act, a page or a fragment."""

from __future__ import annotations

import datetime as dt
import functools
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, cast

from django import http, shortcuts
from django.conf import settings

from come.shared import actor as actors, clock, ids

P = ParamSpec("P")
View = Callable[Concatenate[http.HttpRequest, P], http.HttpResponseBase]
UNAUTHORIZED = 401


def actor(request: http.HttpRequest) -> actors.Actor:
    """Return who acts; raises LookupError on a request without a signed-in person (guard with `signed_in`)."""
    found = getattr(request, "actor", None)
    if found is None:
        msg = "this view needs @web.signed_in"
        raise LookupError(msg)
    return cast("actors.Actor", found)


def signed_in(view: View[P]) -> View[P]:
    """Let only signed-in people through; others go to the sign-in page and come back."""

    @functools.wraps(view)
    def guarded(request: http.HttpRequest, *args: P.args, **kwargs: P.kwargs) -> http.HttpResponseBase:
        if getattr(request, "actor", None) is not None:
            return view(request, *args, **kwargs)
        return _to_sign_in(request)

    return cast("View[P]", guarded)


def _to_sign_in(request: http.HttpRequest) -> http.HttpResponse:
    came_from = request.get_full_path()
    if is_htmx(request):
        came_from = urllib.parse.urlparse(request.headers.get("HX-Current-URL", "/")).path
    asked = {"next": came_from}
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        # The cookie of a session that is no more: the door says so.
        asked["expiree"] = "1"
    target = f"{shortcuts.resolve_url(settings.LOGIN_URL)}?{urllib.parse.urlencode(asked)}"
    if is_htmx(request):
        return http.HttpResponse(status=UNAUTHORIZED, headers={"HX-Redirect": target})
    return http.HttpResponseRedirect(target)


def is_htmx(request: http.HttpRequest) -> bool:
    """Tell whether htmx asks for a fragment."""
    return request.headers.get("HX-Request") == "true"


def request_id(request: http.HttpRequest) -> str:
    """Return the id of the act: the form's hidden field, else the Idempotency-Key header, else a new one."""
    given = request.POST.get("request_id") or request.headers.get("Idempotency-Key") or ""
    return given[:80] or str(ids.uuid7())


def acting(request: http.HttpRequest) -> actors.Actor:
    """Return the actor under the request id of this form: what a command needs."""
    return actor(request).with_request(request_id(request))


def at() -> dt.datetime:
    """Return the instant of the act, read once at the edge."""
    return clock.now()


def page(
    request: http.HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> http.HttpResponse:
    """Render a whole page."""
    return shortcuts.render(request, template, dict(context or {}), status=status)


fragment = page


def see_other(request: http.HttpRequest, to: str, *args: Any, **kwargs: Any) -> http.HttpResponse:
    """Go to another page after an act (303, or htmx's own redirect header)."""
    target = shortcuts.resolve_url(to, *args, **kwargs)
    if is_htmx(request):
        return http.HttpResponse(status=204, headers={"HX-Redirect": target})
    response = http.HttpResponseRedirect(target)
    response.status_code = 303
    return response
