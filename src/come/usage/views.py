"""Screens of usage: what came in and what waits; a line's usage, down to the record and its sentence."""

from __future__ import annotations

import pathlib
import tempfile
import uuid

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.inventory import queries as inventory_queries
from come.shared import formatting, money, obstacles, text, web
from come.staff import policies as rights
from come.usage import commands, policies, queries, records

_PAGE = 50


@web.signed_in
@methods.require_GET
def intake(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the files, the totals of each cycle, the suspense by cause and the gaps."""
    viewer = web.actor(request)
    offset = _whole(request.GET.get("offset", "0"))
    files, total = queries.usage_files(viewer=viewer, limit=_PAGE, offset=offset)
    context = {
        "files": files,
        "total": total,
        "offset": offset,
        "limit": _PAGE,
        "cycles": [queries.cycle_totals(cycle=cycle) for cycle in queries.cycles(viewer=viewer)[:6]],
        "causes": queries.suspense_causes(viewer=viewer),
        "gaps": queries.sequence_gaps(viewer=viewer),
        "may_write": rights.can(viewer, "usage.write"),
        "euros": money.from_micro,
    }
    return web.page(request, "usage/intake.html", context)


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() else 0


@web.signed_in
@methods.require_POST
def upload(request: http.HttpRequest) -> http.HttpResponseBase:
    """Take a file in from the browser; the answer says what became of its records."""
    viewer = web.acting(request)
    given = request.FILES.get("usage_file")
    rights.require(viewer, "usage.write")
    if given is None:
        raise obstacles.Refusal(_no_file())
    with tempfile.TemporaryDirectory(prefix="come-usage-") as folder:
        path = pathlib.Path(folder) / pathlib.PurePath(given.name or "usage.csv").name
        with path.open("wb") as out:
            for chunk in given.chunks():
                out.write(chunk)
        answer = commands.ingest_file(path=path, actor=viewer, at=web.at())
    _tell(request, answer)
    return web.see_other(request, "usage:intake")


def _no_file() -> obstacles.Obstacle:
    return obstacles.Obstacle(
        "usage.no_file",
        obstacles.Severity.REFUSAL,
        text.T("Aucun fichier n’a été choisi."),
        text.T("Choisissez un fichier d’usage, puis déposez-le."),
        "usage_file",
    )


def _tell(request: http.HttpRequest, answer: records.FileAnswer) -> None:
    values = {
        "reference": answer.reference,
        "count": answer.records_in,
        "accepted": answer.accepted,
        "suspended": answer.suspended,
        "duplicates": answer.duplicates,
    }
    if answer.state == "duplicate":
        messages.warning(request, _("Ce fichier a déjà été reçu : rien n’a changé."))
    elif answer.state == "rejected":
        messages.error(request, f"{_('Le fichier ne peut pas être lu, rien n’en a été pris.')} {policies.rejection(answer.rejection)}")
    else:
        messages.success(
            request,
            _("%(reference)s : %(count)s reçus = %(accepted)s acceptés + %(suspended)s en suspens + %(duplicates)s doublons.") % values,
        )


@web.signed_in
@methods.require_POST
def recycle(request: http.HttpRequest) -> http.HttpResponseBase:
    """Look again at the records whose line was unknown."""
    answer = commands.recycle_suspense(cycle=request.POST.get("cycle") or None, actor=web.acting(request), at=web.at())
    messages.success(
        request,
        _("Enregistrements qui ont trouvé leur ligne : %(accepted)s sur %(examined)s.")
        % {"accepted": answer.accepted, "examined": answer.examined},
    )
    return web.see_other(request, "usage:intake")


@web.signed_in
@methods.require_POST
def rate(request: http.HttpRequest) -> http.HttpResponseBase:
    """Ask for the rating of a cycle; a worker does it."""
    viewer = web.acting(request)
    cycle = request.POST.get("cycle", "")
    if cycle not in queries.cycles(viewer=viewer):
        raise obstacles.not_found(text.T("Le mois"), cycle)
    commands.request_rating(cycle=cycle, actor=viewer, at=web.at())
    messages.success(request, _("La valorisation est demandée ; les totaux changeront ici dans un instant."))
    return web.see_other(request, "usage:intake")


@web.signed_in
@methods.require_GET
def home_intake(request: http.HttpRequest) -> http.HttpResponseBase:
    """Show the last files and what waits, on the home of those who handle usage."""
    viewer = web.actor(request)
    files, total = queries.usage_files(viewer=viewer, limit=5)
    causes = queries.waiting_by_cause(viewer=viewer)
    context = {"files": files, "total": total, "causes": causes[:3], "waiting": sum(records for _cause, records in causes)}
    return web.fragment(request, "usage/home_intake.html", context)


@web.signed_in
@methods.require_GET
def line_usage(request: http.HttpRequest, product_id: uuid.UUID) -> http.HttpResponseBase:
    """Show a line's latest rated month, service by service."""
    found = queries.line_usage(line_id=product_id, viewer=web.actor(request))
    return web.fragment(request, "usage/line_usage.html", {"usage": found, "euros": money.from_micro, "quantity": policies.quantity_fr})


@web.signed_in
@methods.require_GET
def line_records(request: http.HttpRequest, product_id: uuid.UUID) -> http.HttpResponseBase:
    """Show the rated records of a line, numbers masked, each with its explanation on demand."""
    viewer = web.actor(request)
    service, zone = request.GET.get("service", ""), request.GET.get("zone", "")
    offset = _whole(request.GET.get("offset", "0"))
    usage = queries.line_usage(line_id=product_id, viewer=viewer, cycle=request.GET.get("cycle", ""))
    rows = queries.records_of(line_id=product_id, cycle=usage.cycle, service=service, zone=zone, limit=_PAGE, offset=offset, viewer=viewer)
    events = sum(charge.events for charge in usage.charges if service in {"", charge.service} and zone in {"", charge.zone_code})
    context = {
        "line": inventory_queries.line(product_id=product_id, viewer=viewer),
        "usage": usage,
        "rows": rows,
        "total": events,
        "offset": offset,
        "limit": _PAGE,
        "service": service,
        "zone": zone,
        "cycle_options": [(cycle, formatting.cycle_name(cycle)) for cycle in usage.cycles],
        "zones": sorted({(charge.zone_code, charge.zone_name_fr) for charge in usage.charges}),
        "euros": money.from_micro,
        "quantity": policies.quantity_fr,
    }
    return web.page(request, "usage/line_records.html", context)


@web.signed_in
@methods.require_GET
def explanation(request: http.HttpRequest, product_id: uuid.UUID) -> http.HttpResponseBase:
    """Say why one record costs what it costs."""
    found = queries.explain_record(
        line_id=product_id,
        record_id=request.GET.get("record", ""),
        cycle=request.GET.get("cycle", ""),
        viewer=web.actor(request),
    )
    if web.is_htmx(request):
        return web.fragment(request, "usage/explanation.html", {"explanation": found})
    # The same link in another tab, or without scripts: a whole page, with the way back to the line.
    line = inventory_queries.line(product_id=product_id, viewer=web.actor(request))
    return web.page(request, "usage/explanation_page.html", {"explanation": found, "line": line})


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def simulate_tariff(request: http.HttpRequest, offering_id: uuid.UUID) -> http.HttpResponseBase:
    """Show, or ask for, what a past month would have cost with the usage prices of a version."""
    viewer = web.actor(request)
    rights.require(viewer, "catalogue.write")
    cycles = queries.cycles(viewer=viewer)
    found: tuple[obstacles.Obstacle, ...] = ()
    if request.method == "POST":
        cycle, customer = request.POST.get("cycle", ""), request.POST.get("customer", "").strip()
        try:
            if cycle not in cycles:
                raise obstacles.not_found(text.T("Le mois"), cycle)
            commands.request_simulation(
                offering_id=offering_id, cycle=cycle, customer_reference=customer, actor=web.acting(request), at=web.at()
            )
        except obstacles.NotAllowed:
            raise
        except obstacles.Refusal as refusal:
            found = refusal.obstacles
    context = {
        "offering_id": offering_id,
        "found": queries.latest_simulation(offering_id=offering_id, viewer=viewer),
        "cycle_options": [(cycle, formatting.cycle_name(cycle)) for cycle in cycles],
        "obstacles": found,
        "euros": money.from_micro,
    }
    return web.fragment(request, "usage/simulate_tariff.html", context)
