"""Addresses of orders."""

from __future__ import annotations

from django.urls import path

from come.order import views

app_name = "order"
urlpatterns = [
    path("", views.orders, name="orders"),
    path("accueil/difficultes/", views.home_trouble, name="home_trouble"),
    path("accueil/promesses/", views.home_promises, name="home_promises"),
    path("entreprise/<str:reference>/resume/", views.company_orders, name="company_orders"),
    path("entreprise/<str:reference>/lignes/", views.change_lines, name="change_lines"),
    path("entreprise/<str:reference>/acte/", views.fleet_act, name="fleet_act"),
    path("reparations/", views.repairs, name="repairs"),
    path("reparations/relancer/", views.retry_cause, name="retry_cause"),
    path("suivi/<str:token>/", views.tracking, name="tracking"),
    path("devis/<uuid:quote_id>/", views.submit, name="submit"),
    path("<str:reference>/", views.order, name="order"),
    path("<str:reference>/suivi/", views.progress, name="progress"),
    path("<str:reference>/relancer/", views.retry, name="retry"),
    path("<str:reference>/promesse/", views.promise, name="promise"),
    path("<str:reference>/arreter/", views.stop, name="stop"),
    path("<str:reference>/reprendre/", views.resume, name="resume"),
    path("<str:reference>/annuler/", views.cancel, name="cancel"),
    path("<str:reference>/lignes/<uuid:item_id>/", views.item, name="item"),
    path("<str:reference>/lignes/<uuid:item_id>/changer/", views.amend, name="amend"),
    path("<str:reference>/lignes/<uuid:item_id>/reparer/", views.repair, name="repair"),
]
