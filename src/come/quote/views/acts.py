"""Acts on a quote as a whole: one form, one command."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.quote import commands, queries, records
from come.quote.policies import states
from come.quote.views import forms, pages
from come.shared import formatting, obstacles, web
from come.staff import policies as rights

Act = Callable[[http.HttpRequest, records.QuoteRecord], str]


def _act(view: Act) -> Callable[..., http.HttpResponseBase]:
    """Make a view of an act: on success go back to the quote with a word, on refusal show the page with the reasons."""

    @web.signed_in
    @methods.require_POST
    def acting(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
        viewer = web.actor(request)
        rights.require(viewer, "quote.write")
        found = queries.quote(reference=reference, viewer=viewer)
        try:
            said = view(request, found)
        except (obstacles.NotAllowed, obstacles.NotFound):
            raise
        except obstacles.Refusal as refused:
            return pages.quote_page(request, viewer, queries.quote(quote_id=found.id, viewer=viewer), refused)
        if said:
            messages.success(request, said)
        return web.see_other(request, "quote:quote", reference)

    return functools.wraps(view)(acting)


@_act
def send(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Freeze the quote and make its document."""
    commands.send_quote(quote_id=found.id, actor=web.acting(request), at=web.at())
    return _("Le devis est figé. Envoyez son lien au client, ou imprimez-le.")


@_act
def accept(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Record a signed acceptance."""
    identity = records.Signatory(
        request.POST.get("signatory_name", ""), request.POST.get("signatory_role", ""), request.POST.get("signatory_email", "")
    )
    commands.accept_quote(
        quote_id=found.id,
        identity=identity,
        actor=web.acting(request),
        at=web.at(),
        alternative=request.POST.get("alternative", ""),
        has_waived=request.POST.get("has_waived") == "1",
    )
    return _("L’accord du client est enregistré.")


@_act
def close(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Record a refusal of the customer, or withdraw the quote."""
    state = states.REJECTED if request.POST.get("state") == states.REJECTED else states.CANCELLED
    commands.close_quote(quote_id=found.id, state=state, reason=request.POST.get("reason", ""), actor=web.acting(request), at=web.at())
    return _("Le refus est enregistré.") if state == states.REJECTED else _("Le devis est annulé.")


@_act
def new_version(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Copy the quote into a new draft."""
    consented = forms.consent(request)
    commands.make_new_version(quote_id=found.id, actor=web.acting(request), at=web.at(), consented_changes=consented)
    return _("Nouvelle version : mêmes lignes, à modifier puis à envoyer.")


@_act
def refresh_prices(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Bring the draft to the prices of the day and say what changed."""
    change = commands.price_quote(quote_id=found.id, actor=web.acting(request), at=web.at(), consented_changes=forms.consent(request))
    if not change.monthly_difference and not change.one_off_difference:
        return _("Les prix sont ceux du jour : rien n’a changé.")
    return _("Prix du jour : %(monthly)s par mois, %(once)s une fois.") % {
        "monthly": formatting.money(change.monthly_difference),
        "once": formatting.money(change.one_off_difference),
    }


@_act
def change_terms(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Write the terms of a draft."""
    commands.change_terms(
        quote_id=found.id,
        actor=web.acting(request),
        at=web.at(),
        title=request.POST.get("title", ""),
        valid_until=forms.day(request.POST.get("valid_until"), "valid_until"),
        agreement_id=forms.identifier(request.POST.get("agreement_id")),
        billing_account_id=forms.identifier(request.POST.get("billing_account_id")),
        commitment_months=forms.commitment(request.POST.get("commitment_months")),
    )
    return _("Les conditions sont modifiées et les prix recalculés.")


@_act
def add_bundle(request: http.HttpRequest, found: records.QuoteRecord) -> str:
    """Add the lines of a convergent bundle."""
    answer = commands.add_bundle(
        quote_id=found.id,
        bundle_code=request.POST.get("bundle_code", ""),
        actor=web.acting(request),
        at=web.at(),
        consented_changes=forms.consent(request),
    )
    return _("%(count)s lignes ajoutées.") % {"count": answer.touched}
