"""Addresses of the installed base."""

from __future__ import annotations

from django.urls import path

from come.inventory import views

app_name = "inventory"
urlpatterns = [
    path("", views.fleets, name="fleets"),
    path("entreprise/<str:reference>/resume/", views.company_fleet, name="company_fleet"),
    path("offre/<uuid:offering_id>/", views.offering_impact, name="offering_impact"),
    path("ligne/<uuid:product_id>/", views.line, name="line"),
    path("ligne/<uuid:product_id>/libelle/", views.edit_line, name="edit_line"),
    path("<str:reference>/", views.fleet, name="fleet"),
    path("<str:reference>/selection/", views.act_on_selection, name="act_on_selection"),
]
