"""Addresses of usage."""

from __future__ import annotations

from django.urls import path

from come.usage import views

app_name = "usage"
urlpatterns = [
    path("", views.intake, name="intake"),
    path("deposer/", views.upload, name="upload"),
    path("recycler/", views.recycle, name="recycle"),
    path("valoriser/", views.rate, name="rate"),
    path("accueil/", views.home_intake, name="home_intake"),
    path("simulation/<uuid:offering_id>/", views.simulate_tariff, name="simulate_tariff"),
    path("ligne/<uuid:product_id>/resume/", views.line_usage, name="line_usage"),
    path("ligne/<uuid:product_id>/", views.line_records, name="line_records"),
    path("ligne/<uuid:product_id>/explication/", views.explanation, name="explanation"),
]
