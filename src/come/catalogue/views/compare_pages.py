"""What changes between two versions of an offer, or between two days of the catalogue."""

from __future__ import annotations

import datetime as dt

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.catalogue import queries
from come.catalogue.files import differing
from come.catalogue.views import words
from come.shared import clock, obstacles, text, web
from come.staff import policies as rights

_MOST = 500


@web.signed_in
@methods.require_safe
def compare(request: http.HttpRequest) -> http.HttpResponse:
    """Compare two versions (`?offre=CODE&avant=1&apres=2`), or two days (`?du=…&au=…`)."""
    viewer = web.actor(request)
    rights.require(viewer, "catalogue.read")
    code = request.GET.get("offre", "")
    today = clock.today()
    context = {
        **words.context(),
        "code": code,
        "kinds": {"added": (_("ajouté"), "done"), "changed": (_("changé"), "progress"), "removed": (_("retiré"), "cancelled")},
        "list_names": {name: _(shape.name_fr) for name, shape in differing.LISTS.items()},
    }
    if code:
        context |= _versions(request, code, today)
    else:
        start, end = _day(request, "du", today), _day(request, "au", today + dt.timedelta(days=30))
        context |= {"changes": queries.day_differences(before=start, after=end, viewer=viewer), "start": start, "end": end}
    context["total"] = len(context["changes"])
    context["changes"] = context["changes"][:_MOST]
    return web.page(request, "catalogue/compare.html", context)


def _day(request: http.HttpRequest, name: str, default: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default


def _versions(request: http.HttpRequest, code: str, today: dt.date) -> dict[str, object]:
    viewer = web.actor(request)
    may_write = rights.can(viewer, "catalogue.write")
    found = queries.offering_versions(code=code, at=today)
    versions = [one for one in found if may_write or one.lifecycle_status not in {"draft", "review"}]
    if not versions:
        raise obstacles.not_found(text.T("L’offre"), code)
    by_number = {str(one.version): one for one in versions}
    after = by_number.get(request.GET.get("apres", ""), versions[-1])
    earlier = [one for one in versions if one.version < after.version] or [versions[0]]
    before = by_number.get(request.GET.get("avant", ""), earlier[-1])
    return {
        "changes": queries.version_differences(before_id=before.id, after_id=after.id, viewer=viewer),
        "versions": [(one.version, f"{_('Version')} {one.version}") for one in versions],
        "before": before,
        "after": after,
        "name": after.name_fr,
    }
