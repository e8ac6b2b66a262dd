"""What an agreement's page shows of billing: where its commitments stand."""

from __future__ import annotations

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.billing import queries
from come.catalogue import policies, queries as catalogue_queries
from come.shared import clock, web
from come.staff import policies as rights


@web.signed_in
@methods.require_GET
def agreement_commitments(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show where the commitments of an agreement stand, on its page; their rules alone to who may not read bills."""
    viewer = web.actor(request)
    may_read = rights.can(viewer, "billing.read")
    if may_read:
        found = queries.commitment_states(reference=reference, viewer=viewer, on=clock.today())
    else:
        agreement = catalogue_queries.visible_agreement(reference=reference, viewer=viewer)
        found = [queries.CommitmentProgress(one, ()) for one in agreement.commitments]
    context = {
        "may_read": may_read,
        "progress": [(one, policies.commitment_rule_fr(one.commitment)) for one in found],
        "period_names": {kind.value: _(name) for kind, name in policies.PERIOD_NAMES_FR.items()},
    }
    return web.fragment(request, "billing/agreement_commitments.html", context)
