"""Addresses of incidents."""

from __future__ import annotations

from django.urls import path

from come.ticket import views

app_name = "ticket"
urlpatterns = [
    path("", views.tickets, name="tickets"),
    path("signaler/", views.report, name="report"),
    path("semblables/", views.similar, name="similar"),
    path("lu/", views.read, name="read"),
    path("accueil/", views.home_tickets, name="home_tickets"),
    path("entreprise/<str:reference>/resume/", views.company_tickets, name="company_tickets"),
    path("<str:reference>/", views.ticket, name="ticket"),
    path("<str:reference>/moi-aussi/", views.subscribe, name="subscribe"),
    path("<str:reference>/nouvelle/", views.comment, name="comment"),
    path("<str:reference>/prendre/", views.accept, name="accept"),
    path("<str:reference>/date/", views.move_promise, name="move_promise"),
    path("<str:reference>/resoudre/", views.resolve, name="resolve"),
    path("<str:reference>/repare/", views.confirm, name="confirm"),
    path("<str:reference>/pas-repare/", views.deny, name="deny"),
    path("<str:reference>/decider/", views.decide, name="decide"),
    path("<str:reference>/publier/", views.publish, name="publish"),
    path("<str:reference>/autre/", views.leave, name="leave"),
]
