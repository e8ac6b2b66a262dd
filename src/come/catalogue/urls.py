"""Addresses of the catalogue's screens."""

from __future__ import annotations

from django import urls

from come.catalogue import views

app_name = "catalogue"

urlpatterns = [
    urls.path("", views.offerings, name="offerings"),
    urls.path("accords/", views.agreements, name="agreements"),
    urls.path("accords/nouveau/", views.new_agreement, name="new_agreement"),
    urls.path("accords/textes/<uuid:text_id>/", views.agreement_text, name="agreement_text"),
    urls.path("accords/textes/<uuid:text_id>/acte/", views.agreement_text_act, name="agreement_text_act"),
    urls.path("accords/textes/<uuid:text_id>/document/", views.signed_document, name="signed_document"),
    urls.path("accords/<str:reference>/", views.agreement, name="agreement"),
    urls.path("accords/<str:reference>/comparer/", views.compare_agreements, name="compare_agreements"),
    urls.path("accords/<str:reference>/avenant/", views.amend_agreement, name="amend_agreement"),
    urls.path("accords/<str:reference>/fin/", views.end_agreement, name="end_agreement"),
    urls.path("fragments/accords/", views.home_agreements, name="home_agreements"),
    urls.path("fragments/accueil/", views.home_offers, name="home_offers"),
    urls.path("fragments/client/<str:reference>/", views.company_agreements, name="company_agreements"),
    urls.path("versions/<uuid:offering_id>/relecture/", views.submit, name="submit_offering"),
    urls.path("versions/<uuid:offering_id>/publication/", views.publish, name="publish_offering"),
    urls.path("versions/<uuid:offering_id>/retrait/", views.retire, name="retire_offering"),
    urls.path("nouvelle/", views.offering_new, name="offering_new"),
    urls.path("versions/<uuid:offering_id>/", views.edit_offering, name="edit_offering"),
    urls.path("versions/<uuid:offering_id>/nouvelle-version/", views.new_version, name="new_version"),
    urls.path("versions/<uuid:offering_id>/retour/", views.send_back, name="send_back"),
    urls.path("comparer/", views.compare, name="compare"),
    urls.path("<str:code>/", views.offering, name="offering"),
]
