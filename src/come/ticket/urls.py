"""Addresses of incidents."""

from __future__ import annotations

from django.urls import path

from come.ticket import views

app_name = "ticket"
urlpatterns = [
    path("", views.tickets, name="tickets"),
    path("signaler/", views.report, name="report"),
    path("accueil/", views.home_tickets, name="home_tickets"),
    path("entreprise/<str:reference>/resume/", views.company_tickets, name="company_tickets"),
    path("<str:reference>/", views.ticket, name="ticket"),
    path("<str:reference>/moi-aussi/", views.subscribe, name="subscribe"),
    path("<str:reference>/nouvelle/", views.comment, name="comment"),
    path("<str:reference>/prendre/", views.accept, name="accept"),
    path("<str:reference>/date/", views.move_promise, name="move_promise"),
    path("<str:reference>/resoudre/", views.resolve, name="resolve"),
]
