"""Versions, offers of one quote, quotes on the fleet, and the customer's link: their parts of the page, their acts."""

from __future__ import annotations

import uuid
from typing import Any

from django import http, urls
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.inventory import queries as inventory_queries, records as inventory
from come.party import queries as party_queries
from come.quote import commands, queries, records
from come.quote.policies import states
from come.quote.views import forms
from come.shared import actor as actors, formatting, obstacles, web
from come.staff import policies as rights

_WINDOW = 100
DOCUMENTS = {"quote": "pdf", "summary": "pdf", "order_form": "pdf", "evidence": "json"}


def parts(request: http.HttpRequest, found: records.QuoteRecord) -> dict[str, Any]:
    """Return what the page of a quote shows of its offers, of the fleet, of its documents and letters."""
    link = request.build_absolute_uri(urls.reverse("quote:acceptance", args=[found.token])) if found.token else ""
    is_open = found.state == states.APPROVED
    return {
        "offers": queries.alternatives(quote=found),
        "change": queries.fleet_change(quote_id=found.id) if found.kind != "new" and not found.alternatives else None,
        "kinds_fr": {"change": _("Modification du parc"), "renewal": _("Renouvellement du parc")},
        "kept_documents": queries.document_kinds(quote_id=found.id) if found.sent_at else {},
        "letters": queries.letters(quote_id=found.id) if found.sent_at else (),
        "letter": _letter(found, link) if is_open and link else None,
        "months_to_waive": queries.months_to_waive(quote_id=found.id, at=web.at()) if is_open else 0,
    }


def _letter(found: records.QuoteRecord, link: str) -> dict[str, str]:
    """Return the message that the seller reads, and may change, before it leaves."""
    body = _(
        "Bonjour,\n\nVoici notre devis %(reference)s : %(title)s.\nVous pouvez le lire et l’accepter en ligne, sans compte, jusqu’au"
        " %(day)s :\n\n%(link)s\n\nJe reste à votre disposition.\n\n%(seller)s\n%(agency)s\n"
    ) % {
        "reference": found.reference,
        "title": found.title or found.customer_name,
        "day": formatting.day(found.valid_until),
        "link": link,
        "seller": found.seller_name,
        "agency": found.agency_name,
    }
    return {"subject": _("Votre devis %(reference)s") % {"reference": found.reference}, "body": body}


def profiles(customer_id: uuid.UUID, viewer: actors.Actor) -> list[inventory.FleetProfile]:
    """Return what the fleet of a customer is made of."""
    return inventory_queries.fleet_profiles(customer_file_id=customer_id, viewer=viewer)


def _found(request: http.HttpRequest, reference: str, permission: str = "quote.write") -> records.QuoteRecord:
    viewer = web.actor(request)
    rights.require(viewer, permission)
    return queries.quote(reference=reference, viewer=viewer)


@web.signed_in
@methods.require_GET
def compare(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Show what differs between two versions of a quote."""
    viewer = web.actor(request)
    latest = queries.quote(reference=reference, viewer=viewer)
    new = forms.whole(request.GET.get("a")) or latest.version
    old = forms.whole(request.GET.get("de")) or max(new - 1, 1)
    before = queries.quote(reference=reference, version=old, viewer=viewer)
    after = queries.quote(reference=reference, version=new, viewer=viewer)
    offset = forms.whole(request.GET.get("offset"))
    context = {
        "quote": latest,
        "compared": queries.compare(before=before, after=after, offset=offset, limit=_WINDOW),
        "versions": queries.versions(reference=reference),
        "columns": forms.column_names(),
        "offset": offset,
        "limit": _WINDOW,
    }
    return web.page(request, "quote/compare.html", context)


@web.signed_in
@methods.require_POST
def from_fleet(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Open a quote on the lines chosen in the fleet of a customer, or bring them into one that is open."""
    actor = web.acting(request)
    rights.require(actor, "quote.write")
    company = party_queries.customer_file(reference=reference, viewer=actor)
    line_ids = inventory_queries.selected_line_ids(
        customer_file_id=company.id,
        viewer=actor,
        selected=request.POST.getlist("selected"),
        is_every_match=request.POST.get("all_matching") == "1",
        query=request.POST.get("filters", ""),
    )
    wanted = request.POST.get("quote_kind", "change")
    action = "terminate" if wanted == "terminate" else "modify"
    into = request.POST.get("into", "")
    if into:
        found = queries.quote(reference=into, viewer=actor)
        taken = commands.take_fleet_lines(quote_id=found.id, line_ids=line_ids, action=action, actor=actor, at=web.at())
        messages.success(request, _("%(count)s lignes du parc ajoutées au devis.") % {"count": taken})
        return web.see_other(request, "quote:quote", into)
    made = commands.create_fleet_quote(
        customer_file_id=company.id,
        line_ids=line_ids,
        kind="renewal" if wanted == "renewal" else "change",
        action=action,
        actor=actor,
        at=web.at(),
    )
    messages.success(request, _("%(count)s lignes du parc reprises avec ce qu’elles ont.") % {"count": made.taken})
    return web.see_other(request, "quote:quote", made.reference)


@web.signed_in
@methods.require_POST
def end_lines(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """End the lines of one group of a quote on the fleet, or change them only after all."""
    found = _found(request, reference)
    place = forms.whole(request.POST.get("group"))
    groups = queries.fleet_change(quote_id=found.id).groups
    if place >= len(groups):
        raise obstacles.not_found(_("Le groupe de lignes"), place)
    selection = records.Selection(groups[place].line_ids)
    ends = request.POST.get("ends") == "1"
    moved = commands.end_lines(quote_id=found.id, selection=selection, ends=ends, actor=web.acting(request), at=web.at())
    messages.success(request, _("%(count)s lignes du devis changées.") % {"count": moved})
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_POST
def add_offer(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Open another offer in the quote."""
    found = _found(request, reference)
    name, source = request.POST.get("name", ""), request.POST.get("source", "")
    letter = commands.add_alternative(quote_id=found.id, name=name, source=source, actor=web.acting(request), at=web.at())
    messages.success(request, _("L’offre %(letter)s est ouverte : changez ses lignes.") % {"letter": letter})
    return web.see_other(request, f"{urls.reverse('quote:quote', args=[reference])}?offre={letter}")


@web.signed_in
@methods.require_POST
def change_offer(request: http.HttpRequest, reference: str, letter: str) -> http.HttpResponseBase:
    """Name an offer of the quote, or take it out."""
    found = _found(request, reference)
    if request.POST.get("act") == "remove":
        commands.remove_alternative(quote_id=found.id, letter=letter, actor=web.acting(request), at=web.at())
        messages.success(request, _("L’offre %(letter)s est retirée.") % {"letter": letter})
    else:
        name = request.POST.get("name", "")
        commands.rename_alternative(quote_id=found.id, letter=letter, name=name, actor=web.acting(request), at=web.at())
        messages.success(request, _("L’offre %(letter)s est renommée.") % {"letter": letter})
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_POST
def clone_quote(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Copy the quote into a new draft, for its customer or another one."""
    found = _found(request, reference)
    actor = web.acting(request)
    wanted = request.POST.get("client", "").strip()
    customer = party_queries.customer_file(reference=wanted, viewer=actor).id if wanted else None
    made = commands.clone_quote(quote_id=found.id, customer_file_id=customer, actor=actor, at=web.at())
    messages.success(
        request, _("Copié de %(reference)s, aux prix du jour. Les numéros, RIO et SIM n’ont pas été repris.") % {"reference": reference}
    )
    return web.see_other(request, "quote:quote", made.reference)


@web.signed_in
@methods.require_POST
def mail_link(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Send the customer's link by e-mail."""
    found = _found(request, reference)
    commands.mail_link(
        quote_id=found.id,
        recipient=request.POST.get("recipient", ""),
        subject=request.POST.get("subject", ""),
        message=request.POST.get("message", "").replace("\r\n", "\n"),
        address=request.build_absolute_uri(urls.reverse("quote:acceptance", args=[found.token or "-"])),
        actor=web.acting(request),
        at=web.at(),
    )
    messages.success(request, _("Le message part à %(recipient)s.") % {"recipient": request.POST.get("recipient", "")})
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_POST
def change_link(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Give the customer another link, or close the one that they have."""
    found = _found(request, reference)
    if request.POST.get("act") == "revoke":
        commands.revoke_link(quote_id=found.id, actor=web.acting(request), at=web.at())
        messages.success(request, _("Le lien est fermé : il n’ouvre plus rien."))
    else:
        commands.renew_link(quote_id=found.id, actor=web.acting(request), at=web.at())
        messages.success(request, _("Voici un nouveau lien ; l’ancien n’ouvre plus rien."))
    return web.see_other(request, "quote:quote", reference)


@web.signed_in
@methods.require_GET
def kept_document(request: http.HttpRequest, reference: str, kind: str) -> http.HttpResponseBase:
    """Give a document that a version keeps: contract summary, order form, evidence."""
    version = forms.whole(request.GET.get("version")) or None
    found = queries.quote(reference=reference, version=version, viewer=web.actor(request))
    return given(found, kind)


def given(found: records.QuoteRecord, kind: str) -> http.HttpResponse:
    """Return a document that a quote keeps; raises NotFound."""
    content = queries.document(quote_id=found.id, kind=kind) if kind in DOCUMENTS else None
    if content is None:
        raise obstacles.not_found(_("Le document du devis"), found.reference)
    suffix = DOCUMENTS[kind]
    name = f"{found.reference}-v{found.version}-{kind}.{suffix}"
    place = "inline" if suffix == "pdf" else "attachment"
    return http.HttpResponse(content, content_type=f"application/{suffix}", headers={"Content-Disposition": f'{place}; filename="{name}"'})
