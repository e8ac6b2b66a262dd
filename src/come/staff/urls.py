"""Addresses of the screens of people."""

from __future__ import annotations

from django import urls

from come.staff import views

app_name = "staff"

urlpatterns = [
    urls.path("", views.home, name="home"),
    urls.path("connexion/", views.sign_in, name="sign_in"),
    urls.path("deconnexion/", views.sign_out, name="sign_out"),
    urls.path("recherche/", views.search, name="search"),
    urls.path("journal/<str:kind>/<uuid:identifier>/", views.journal, name="audit"),
    urls.path("equipe/", views.team, name="team"),
    urls.path("equipe/nouvelle-personne/", views.new_member, name="new_member"),
    urls.path("equipe/nouvelle-agence/", views.new_agency, name="new_agency"),
    urls.path("equipe/<uuid:staff_id>/", views.member, name="member"),
    urls.path("equipe/<uuid:staff_id>/activation/", views.activation, name="activation"),
    urls.path("compte/", views.account, name="account"),
    urls.path("compte/mot-de-passe/", views.change_password, name="change_password"),
    urls.path("compte/cles/", views.issue_token, name="issue_token"),
    urls.path("compte/cles/<uuid:token_id>/revocation/", views.revoke_token, name="revoke_token"),
]
