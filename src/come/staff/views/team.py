"""People and agencies: a manager reads those of their agencies, the administration changes them."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import debug, http as methods

from come.shared import actor as actors, obstacles, web
from come.staff import commands, policies, queries
from come.staff.views import forms


@dataclasses.dataclass(frozen=True, slots=True)
class MemberForm:
    """What the form of a person holds."""

    login: str = ""
    display_name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    agency_ids: tuple[uuid.UUID, ...] = ()


@web.signed_in
@methods.require_safe
def team(request: http.HttpRequest) -> http.HttpResponse:
    """List the people that the viewer may see, agency by agency."""
    viewer = web.actor(request)
    policies.require(viewer, "staff.read")
    people = queries.staff(agency_ids=policies.visible_agency_ids(viewer))
    visible = [agency for agency in queries.agencies() if policies.can_see(viewer, agency.id)]
    groups = [(agency, [person for person in people if agency.id in person.agency_ids]) for agency in visible]
    context = {
        "groups": groups,
        "elsewhere": [person for person in people if not person.agency_ids],
        "role_names": role_names(),
        "may_write": policies.can(viewer, "staff.write"),
    }
    return web.page(request, "staff/team.html", context)


@debug.sensitive_post_parameters("password")
@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def new_member(request: http.HttpRequest) -> http.HttpResponse:
    """Open an account for a person."""
    actor = web.acting(request)
    policies.require(actor, "staff.write")
    if request.method != "POST":
        return _member_page(request, MemberForm())
    form = _posted(request)
    try:
        staff_id = commands.create_staff_member(
            login=form.login,
            display_name=form.display_name,
            email=form.email,
            roles=form.roles,
            agency_ids=form.agency_ids,
            password=request.POST.get("password", ""),
            is_new=True,
            actor=actor,
            at=web.at(),
        )
    except obstacles.Refusal as refusal:
        return _member_page(request, form, found=refusal.obstacles)
    messages.success(request, _("Le compte de %(name)s est ouvert.") % {"name": form.display_name})
    return web.see_other(request, "staff:member", staff_id)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def member(request: http.HttpRequest, staff_id: uuid.UUID) -> http.HttpResponse:
    """Show a person; change their name, roles and agencies."""
    actor = web.acting(request)
    policies.require(actor, "staff.read")
    known = _visible_member(actor, staff_id)
    if request.method != "POST":
        form = MemberForm(known.login, known.display_name, known.email, known.roles, tuple(known.agency_ids))
        return _member_page(request, form, known=known)
    form = dataclasses.replace(_posted(request), login=known.login)
    try:
        commands.change_staff_member(
            staff_id=staff_id,
            display_name=form.display_name,
            email=form.email,
            roles=form.roles,
            agency_ids=form.agency_ids,
            actor=actor,
            at=web.at(),
        )
    except obstacles.NotAllowed:
        raise
    except obstacles.Refusal as refusal:
        return _member_page(request, form, known=known, found=refusal.obstacles)
    messages.success(request, _("Compte enregistré."))
    return web.see_other(request, "staff:member", staff_id)


@web.signed_in
@methods.require_POST
def activation(request: http.HttpRequest, staff_id: uuid.UUID) -> http.HttpResponse:
    """Stop a person from signing in, or let them again."""
    actor = web.acting(request)
    if request.POST.get("active") == "1":
        commands.reactivate_staff_member(staff_id=staff_id, actor=actor, at=web.at())
        messages.success(request, _("Le compte est réactivé."))
    else:
        commands.deactivate_staff_member(staff_id=staff_id, actor=actor, at=web.at())
        messages.success(request, _("Le compte est désactivé : sa session et ses clés ne valent plus rien."))
    return web.see_other(request, "staff:member", staff_id)


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def new_agency(request: http.HttpRequest) -> http.HttpResponse:
    """Open an agency."""
    actor = web.acting(request)
    policies.require(actor, "staff.write")
    given = {name: request.POST.get(name, "").strip() for name in ("code", "name", "city")}
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        if any(agency.code == given["code"].upper() for agency in queries.agencies()):
            errors = {"code": [_("Ce code est déjà celui d’une agence.")]}
        else:
            try:
                commands.create_agency(code=given["code"].upper(), name=given["name"], city=given["city"], actor=actor, at=web.at())
            except obstacles.Refusal as refusal:
                errors = forms.by_field(refusal.obstacles)
            else:
                messages.success(request, _("L’agence %(name)s est ouverte.") % {"name": given["name"]})
                return web.see_other(request, "staff:team")
    return web.page(request, "staff/new_agency.html", {"given": given, "errors": errors}, status=422 if errors else 200)


def role_names() -> dict[str, str]:
    """Return each role's French name."""
    return {role: _(name) for role, name in policies.ROLE_NAMES_FR.items()}


def _visible_member(viewer: actors.Actor, staff_id: uuid.UUID) -> queries.StaffRecord:
    known = queries.member(staff_id=staff_id)
    is_visible = known is not None and (viewer.sees_all_agencies or not viewer.agency_ids.isdisjoint(known.agency_ids))
    if known is None or not is_visible:
        raise obstacles.not_found("La personne", staff_id)
    return known


def _posted(request: http.HttpRequest) -> MemberForm:
    known = {str(agency.id): agency.id for agency in queries.agencies()}
    return MemberForm(
        login=request.POST.get("login", "").strip().lower(),
        display_name=request.POST.get("display_name", "").strip(),
        email=request.POST.get("email", "").strip(),
        roles=tuple(request.POST.getlist("roles")),
        agency_ids=tuple(known[given] for given in request.POST.getlist("agencies") if given in known),
    )


def _member_page(
    request: http.HttpRequest,
    form: MemberForm,
    *,
    known: queries.StaffRecord | None = None,
    found: Sequence[obstacles.Obstacle] = (),
) -> http.HttpResponse:
    viewer = web.actor(request)
    context = {
        "form": form,
        "known": known,
        "errors": forms.by_field(found),
        "agencies": queries.agencies(),
        "role_names": role_names(),
        "may_write": policies.can(viewer, "staff.write"),
        "is_self": known is not None and known.id == viewer.staff_id,
    }
    return web.page(request, "staff/member.html", context, status=422 if found else 200)
