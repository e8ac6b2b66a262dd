"""Addresses of companies and customer files."""

from django.urls import path

from come.party import views

app_name = "party"
urlpatterns = [
    path("", views.companies, name="companies"),
    path("nouveau/", views.new_customer, name="new"),
    path("nouveau/recherche/", views.new_customer_search, name="new_search"),
    path("nouveau/creer/", views.create_customer, name="create"),
    path("nouveau/provisoire/", views.create_provisional, name="create_provisional"),
    path("accueil/mes-clients/", views.home_customers, name="home_customers"),
    path("<str:reference>/", views.company, name="company"),
    path("<str:reference>/nom/", views.rename, name="rename"),
    path("<str:reference>/rattacher/", views.place, name="place"),
    path("<str:reference>/etablissements/creer/", views.create_establishment, name="create_establishment"),
    path("<str:reference>/comptes/creer/", views.create_account, name="create_account"),
    path("<str:reference>/contacts/creer/", views.create_contact, name="create_contact"),
    path("<str:reference>/centres-de-cout/creer/", views.create_cost_centre, name="create_cost_centre"),
]
