"""The door: sign-in with a limit on attempts, sign-out, expired forms."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from django import http, shortcuts
from django.conf import settings
from django.contrib import auth
from django.utils import http as http_tools
from django.utils.translation import gettext as _
from django.views.decorators import cache, debug, http as methods

from come.shared import obstacles, text, web

_LOCKED_STATUS = 429


@dataclasses.dataclass(frozen=True, slots=True)
class ReadyLogin:
    """A login that the demonstration offers."""

    login: str
    name: str
    trade: str


@debug.sensitive_post_parameters("password")
@cache.never_cache
@methods.require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: http.HttpRequest) -> http.HttpResponse:
    """Ask for a login and a password; open a session and go where the person was going."""
    target = _target(request)
    if request.method != "POST":
        if request.user.is_authenticated:
            return shortcuts.redirect(target)
        return _form(request, target=target, login="", error="")
    login = request.POST.get("login", "").strip().lower()
    person = auth.authenticate(request, login=login, password=request.POST.get("password", ""))
    if person is None:
        return _form(request, target=target, login=login, error=_("Identifiant ou mot de passe incorrect."))
    auth.login(request, person)
    return shortcuts.redirect(target)


@methods.require_POST
def sign_out(request: http.HttpRequest) -> http.HttpResponse:
    """Close the session."""
    auth.logout(request)
    return shortcuts.redirect("staff:sign_in")


def locked_out(request: http.HttpRequest, *_rest: object) -> http.HttpResponse:
    """Answer somebody who tried too many times: how long to wait, and whom to ask."""
    minutes = round(float(settings.AXES_COOLOFF_TIME) * 60)
    found = obstacles.Obstacle(
        "staff.locked_out",
        obstacles.Severity.REFUSAL,
        text.T("Trop de tentatives avec cet identifiant : la connexion est suspendue {minutes} minutes.", minutes=minutes),
        text.T("Attendez, puis réessayez ; si vous avez oublié votre mot de passe, demandez-en un nouveau à l’administration."),
    )
    context = _context(request, target=_target(request), login=request.POST.get("login", ""), error="")
    return web.page(request, "staff/sign_in.html", {**context, "obstacles": (found,)}, status=_LOCKED_STATUS)


def csrf_failure(request: http.HttpRequest, reason: str = "") -> http.HttpResponse:
    """Say that the form is too old (its token does not match the session any more), and what to do."""
    found = obstacles.Obstacle(
        "staff.expired_form",
        obstacles.Severity.REFUSAL,
        text.T("Ce formulaire a expiré, ou votre session a changé depuis son ouverture. Rien n’a été enregistré."),
        text.T("Revenez en arrière, rechargez la page et recommencez."),
    )
    return web.page(request, "shared/refusal.html", {"status": 403, "obstacles": (found,)}, status=403)


def _form(request: http.HttpRequest, *, target: str, login: str, error: str) -> http.HttpResponse:
    return web.page(request, "staff/sign_in.html", _context(request, target=target, login=login, error=error), status=422 if error else 200)


def _context(request: http.HttpRequest, *, target: str, login: str, error: str) -> Mapping[str, Any]:
    logins, password = _demonstration()
    return {
        "target": target,
        "login": login,
        "error": error,
        "obstacles": (),
        "has_expired": request.GET.get("expiree") == "1",
        "ready_logins": logins,
        "ready_password": password,
    }


def _target(request: http.HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = http_tools.url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else shortcuts.resolve_url(settings.LOGIN_REDIRECT_URL)


def _demonstration() -> tuple[list[ReadyLogin], str]:
    """Return the ready-made logins that the demonstration wrote, nothing outside a demonstration."""
    path = settings.COME_HOME / "demo.json"
    if not settings.COME_DEMO or not path.exists():
        return [], ""
    told = json.loads(path.read_text(encoding="utf-8"))
    logins = [ReadyLogin(str(one["login"]), str(one["name"]), str(one["trade"])) for one in told.get("logins", ())]
    return logins, str(told.get("password", ""))
