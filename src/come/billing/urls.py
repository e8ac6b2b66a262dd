"""Addresses of billing."""

from __future__ import annotations

from django.urls import path

from come.billing import views

app_name = "billing"
urlpatterns = [
    path("", views.bills, name="bills"),
    path("accueil/", views.home_runs, name="home_runs"),
    path("accord/<str:reference>/engagements/", views.agreement_commitments, name="agreement_commitments"),
    path("entreprise/<str:reference>/resume/", views.company_bills, name="company_bills"),
    path("ligne/<uuid:line_id>/resume/", views.line_bills, name="line_bills"),
    path("facturations/", views.runs, name="runs"),
    path("facturations/<str:reference>/", views.run, name="run"),
    path("facturations/<str:reference>/suivi/", views.run_progress, name="run_progress"),
    path("facturations/<str:reference>/agir/", views.act_on_run, name="act_on_run"),
    path("<uuid:bill_id>/", views.bill, name="bill"),
    path("<uuid:bill_id>/document/<str:kind>/", views.document, name="document"),
    path("<uuid:bill_id>/montants/", views.rates, name="rates"),
    path("<uuid:bill_id>/montants/<int:rate_id>/", views.why, name="why"),
    path("<uuid:bill_id>/comparaison/", views.comparison, name="comparison"),
    path("<uuid:bill_id>/agir/", views.act_on_bill, name="act_on_bill"),
]
