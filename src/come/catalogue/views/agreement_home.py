"""The part of the home page that speaks of agreements: what ends soon, what waits to be read or signed."""

from __future__ import annotations

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import policies, queries
from come.shared import clock, web

_HOME_LINES = 6


@web.signed_in
@methods.require_safe
def home_agreements(request: http.HttpRequest) -> http.HttpResponse:
    """Draw the agreements that end soon and the texts that wait."""
    context = {
        "due": queries.agreements_due(viewer=web.actor(request), today=clock.today()),
        "most": _HOME_LINES,
        "warned_days": queries.WARNED_DAYS,
        "words": {state: _(word) for state, word in policies.TEXT_WORDS.items()},
        "tones": policies.TEXT_TONES,
    }
    return web.fragment(request, "catalogue/home_agreements.html", context)
