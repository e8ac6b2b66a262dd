"""One's own account: who I am here, my password, my keys to the HTTP API."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django import http
from django.contrib import auth, messages
from django.utils.translation import gettext as _
from django.views.decorators import debug, http as methods

from come.shared import obstacles, web
from come.staff import commands, policies, queries
from come.staff.views import forms

_TOKEN_DAYS = 365


@web.signed_in
@methods.require_safe
def account(request: http.HttpRequest) -> http.HttpResponse:
    """Show one's roles, agencies, password form and keys."""
    return _page(request)


@debug.sensitive_post_parameters("current", "new", "again")
@web.signed_in
@methods.require_POST
def change_password(request: http.HttpRequest) -> http.HttpResponse:
    """Give oneself a new password; this session goes on, the others end."""
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return _page(request, status=422, password_errors={"again": [_("Les deux saisies diffèrent.")]})
    try:
        commands.change_password(current=request.POST.get("current", ""), new=new, actor=web.acting(request), at=web.at())
    except obstacles.Refusal as refusal:
        return _page(request, status=422, password_errors=forms.by_field(refusal.obstacles))
    # The session is bound to the password: bind it to the new one.
    person: Any = request.user
    person.refresh_from_db()
    auth.update_session_auth_hash(request, person)
    messages.success(request, _("Mot de passe changé. Vos autres sessions sont fermées."))
    return web.see_other(request, "staff:account")


@web.signed_in
@methods.require_POST
def issue_token(request: http.HttpRequest) -> http.HttpResponse:
    """Give oneself a key; the page shows it this once."""
    actor = web.acting(request)
    if actor.staff_id is None:
        raise obstacles.not_found("Le compte", actor.name)
    at = web.at()
    try:
        token = commands.issue_api_token(
            staff_id=actor.staff_id,
            name=request.POST.get("name", ""),
            expires_at=at + dt.timedelta(days=_TOKEN_DAYS),
            actor=actor,
            at=at,
        )
    except obstacles.NotAllowed:
        raise
    except obstacles.Refusal as refusal:
        return _page(request, status=422, token_errors=forms.by_field(refusal.obstacles))
    return _page(request, token=token)


@web.signed_in
@methods.require_POST
def revoke_token(request: http.HttpRequest, token_id: uuid.UUID) -> http.HttpResponse:
    """Withdraw one of one's keys."""
    commands.revoke_api_token(token_id=token_id, actor=web.acting(request), at=web.at())
    messages.success(request, _("Clé révoquée : elle n’ouvre plus rien."))
    return web.see_other(request, "staff:account")


def _page(
    request: http.HttpRequest,
    *,
    status: int = 200,
    password_errors: dict[str, list[str]] | None = None,
    token_errors: dict[str, list[str]] | None = None,
    token: str = "",
) -> http.HttpResponse:
    viewer = web.actor(request)
    found = None if viewer.staff_id is None else queries.member(staff_id=viewer.staff_id)
    if found is None:
        raise obstacles.not_found("Le compte", viewer.name)
    context = {
        "member": found,
        "tokens": queries.api_tokens(staff_id=found.id),
        "may_have_tokens": policies.can(viewer, "api.read"),
        "password_errors": password_errors or {},
        "token_errors": token_errors or {},
        "token": token,
        "now": web.at(),
    }
    return web.page(request, "staff/account.html", context, status=status)
