"""What the grid follows: what colleagues did, what is wrong by kind, where the next error is, the columns that a person likes."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import http
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.quote import commands, queries
from come.quote.views import forms
from come.shared import web


@web.signed_in
@methods.require_GET
def news(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Tell what happened to the quote after the revision that the screen shows, and by whom."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=viewer)
    told = queries.news(quote_id=found.id, since=forms.whole(request.GET.get("depuis")), viewer=viewer)
    body = {
        "revision": told.revision,
        "state": told.state,
        "is_whole": told.is_whole,
        "edits": [{"who": one.actor_name, "is_own": one.is_own, "said": _said(one), "lines": one.lines} for one in told.edits],
    }
    return http.JsonResponse(body)


def _said(one: queries.EditNews) -> str:
    if one.is_undone:
        return _("%(name)s a défait : %(label)s") % {"name": one.actor_name, "label": one.label}
    return _("%(name)s : %(label)s") % {"name": one.actor_name, "label": one.label}


@web.signed_in
@methods.require_GET
def errors(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """List what is wrong by kind, with how many lines have it."""
    viewer = web.actor(request)
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=viewer)
    return web.fragment(request, "quote/errors.html", {"quote": found, "kinds": queries.issue_kinds(quote_id=found.id)})


@web.signed_in
@methods.require_GET
def next_error(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Tell where the next (or previous) line to look at is among those that the filters show."""
    found = queries.quote(reference=reference, version=forms.whole(request.GET.get("version")) or None, viewer=web.actor(request))
    place = -1 if request.GET.get("rang") in {None, "", "-1"} else forms.whole(request.GET.get("rang"))
    selection = forms.asked_view(request.GET)
    issue = queries.next_issue(quote_id=found.id, selection=selection, place=place, is_backwards=request.GET.get("sens") == "avant")
    body: dict[str, Any] = {"found": None} if issue is None else {"found": dataclasses.asdict(issue)}
    return http.JsonResponse(body)


@web.signed_in
@methods.require_POST
def layout(request: http.HttpRequest) -> http.HttpResponseBase:
    """Keep the columns of the grid as the person likes them."""
    given = forms.json_of(request).get("columns")
    columns = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
    commands.keep_grid_layout(columns=columns, actor=web.acting(request))
    return http.JsonResponse({})
