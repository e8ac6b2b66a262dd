"""What an agreement's page shows of billing: where its commitments stand."""

from __future__ import annotations

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.billing import queries
from come.catalogue import policies
from come.shared import clock, web


@web.signed_in
@methods.require_GET
def agreement_commitments(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show where the commitments of an agreement stand, on its page."""
    found = queries.commitment_states(reference=reference, viewer=web.actor(request), on=clock.today())
    context = {
        "progress": [(one, policies.commitment_rule_fr(one.commitment)) for one in found],
        "period_names": {kind.value: _(name) for kind, name in policies.PERIOD_NAMES_FR.items()},
    }
    return web.fragment(request, "billing/agreement_commitments.html", context)
