"""The part of an agreement's page that quotes draw: those that rest on it, and what changes in euros a month."""

from __future__ import annotations

import datetime as dt

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.quote import queries
from come.quote.policies import states
from come.shared import clock, web


@web.signed_in
@methods.require_safe
def agreement_quotes(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show the quotes of an agreement, priced again on the day of `?date=`, and without the agreement."""
    today = clock.today()
    try:
        day = dt.date.fromisoformat(request.GET.get("date", ""))
    except ValueError:
        day = today
    context = {
        "found": queries.agreement_quotes(reference=reference, viewer=web.actor(request), today=today, day=day),
        "reference": reference,
        "today": today,
        "state_names": {state: _(name) for state, name in states.NAMES_FR.items()},
    }
    return web.fragment(request, "quote/agreement_quotes.html", context)
