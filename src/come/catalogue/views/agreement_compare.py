"""Two agreements, or one on two days, side by side in euros."""

from __future__ import annotations

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import queries
from come.catalogue.views import words
from come.party import queries as party_queries
from come.shared import clock, web


@web.signed_in
@methods.require_safe
def compare_agreements(request: http.HttpRequest, reference: str) -> http.HttpResponse:
    """Compare an agreement on a day (`?du=`) with itself or another one (`?avec=`) on another day (`?au=`)."""
    viewer = web.actor(request)
    today = clock.today()
    one = queries.visible_agreement(reference=reference, viewer=viewer)
    other = queries.visible_agreement(reference=request.GET.get("avec") or reference, viewer=viewer)
    before = queries.Side(one, words.asked_day(request, one.valid_from, name="du"))
    after = queries.Side(other, words.asked_day(request, max(today, other.valid_from), name="au"))
    found = queries.agreement_differences(before=before, after=after, listed_on=max(before.day, after.day, today))
    named = party_queries.units_named(legal_unit_ids=[*(found.units_before ^ found.units_after)])
    choices = [(record.reference, f"{record.name} ({record.reference})") for record in queries.visible_agreements(viewer=viewer)]
    context = {
        **words.context(),
        "before": before,
        "after": after,
        "found": found,
        "choices": choices,
        "zones": queries.zone_names(),
        "units": [(named[unit][1], unit in found.units_before) for unit in sorted(found.units_before ^ found.units_after)],
        "same": _("Les deux se lisent de même : aucun prix ne diffère."),
    }
    return web.page(request, "catalogue/compare_agreements.html", context)
