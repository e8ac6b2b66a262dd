"""Parts of an offer's page that quotes draw: a trial before it is sold, and the quotes in progress that it would change."""

from __future__ import annotations

import uuid

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import policies as catalogue_policies
from come.quote import queries
from come.quote.policies import states
from come.quote.views import forms
from come.shared import clock, obstacles, web


@web.signed_in
@methods.require_safe
def try_offering(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponseBase:
    """Price a few lines of a version that is being written."""
    quantity, segment = forms.whole(request.GET.get("quantity") or "10"), request.GET.get("segment", "pme")
    if segment not in catalogue_policies.SEGMENT_NAMES_FR:
        segment = "pme"
    chosen = [code for code in request.GET.getlist("with") if code]
    found: tuple[obstacles.Obstacle, ...] = ()
    trial = None
    try:
        trial = queries.try_offering(
            offering_id=offering_id, viewer=web.actor(request), today=clock.today(), quantity=quantity, segment=segment, with_codes=chosen
        )
    except (obstacles.NotAllowed, obstacles.NotFound):
        raise
    except obstacles.Refusal as refusal:
        found = refusal.obstacles
    context = {
        "offering_id": offering_id,
        "trial": trial,
        "is_asked": "quantity" in request.GET,
        "quantity": quantity,
        "segment": segment,
        "segments": [(code, _(name)) for code, name in catalogue_policies.SEGMENT_NAMES_FR.items()],
        "chosen": chosen,
        "obstacles": found,
        "price_type_names": {kind.value: _(name) for kind, name in catalogue_policies.PRICE_TYPE_NAMES_FR.items()},
    }
    return web.fragment(request, "quote/try_offering.html", context)


@web.signed_in
@methods.require_safe
def offering_impact(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponseBase:
    """Show the quotes in progress that use an offer, and what changes in euros a month."""
    context = {
        "impact": queries.offering_impact(offering_id=offering_id, viewer=web.actor(request), today=clock.today()),
        "state_names": {state: _(name) for state, name in states.NAMES_FR.items()},
    }
    return web.fragment(request, "quote/offering_impact.html", context)
