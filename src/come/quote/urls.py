"""Addresses of quotes."""

from django.urls import path

from come.quote import views

app_name = "quote"
urlpatterns = [
    path("", views.quotes, name="quotes"),
    path("nouveau/", views.new, name="new"),
    path("accueil/mes-devis/", views.home_quotes, name="home_quotes"),
    path("client/<str:reference>/", views.company_quotes, name="company_quotes"),
    path("offre/<uuid:offering_id>/essai/", views.try_offering, name="try_offering"),
    path("offre/<uuid:offering_id>/devis-en-cours/", views.offering_impact, name="offering_impact"),
    path("accord/<str:token>/", views.acceptance, name="acceptance"),
    path("accord/<str:token>/devis.pdf", views.acceptance_document, name="acceptance_document"),
    path("grille/colonnes/", views.layout, name="layout"),
    path("<str:reference>/", views.quote, name="quote"),
    path("<str:reference>/chiffres/", views.figures, name="figures"),
    path("<str:reference>/prix/", views.prices, name="prices"),
    path("<str:reference>/lignes/", views.rows, name="rows"),
    path("<str:reference>/lignes.csv", views.export_csv, name="export"),
    path("<str:reference>/lignes.xlsx", views.export_xlsx, name="export_xlsx"),
    path("<str:reference>/lignes/<uuid:line_id>/", views.line, name="line"),
    path("<str:reference>/ajouter/", views.add, name="add"),
    path("<str:reference>/coller/", views.paste, name="paste"),
    path("<str:reference>/modifier/", views.edit, name="edit"),
    path("<str:reference>/selection/", views.edit_selection, name="edit_selection"),
    path("<str:reference>/retirer/", views.remove, name="remove"),
    path("<str:reference>/defaire/", views.undo, name="undo"),
    path("<str:reference>/refaire/", views.redo, name="redo"),
    path("<str:reference>/bloc/", views.block, name="block"),
    path("<str:reference>/copier/", views.clone, name="clone"),
    path("<str:reference>/inserer/", views.insert, name="insert"),
    path("<str:reference>/deplacer/", views.move, name="move"),
    path("<str:reference>/nouvelles/", views.news, name="news"),
    path("<str:reference>/erreurs/", views.errors, name="errors"),
    path("<str:reference>/erreur-suivante/", views.next_error, name="next_error"),
    path("<str:reference>/import/<uuid:import_id>/", views.import_lines, name="import"),
    path("<str:reference>/offre-convergente/", views.add_bundle, name="add_bundle"),
    path("<str:reference>/conditions/", views.change_terms, name="change_terms"),
    path("<str:reference>/actualiser/", views.refresh_prices, name="refresh_prices"),
    path("<str:reference>/envoyer/", views.send, name="send"),
    path("<str:reference>/accord/", views.accept, name="accept"),
    path("<str:reference>/clore/", views.close, name="close"),
    path("<str:reference>/nouvelle-version/", views.new_version, name="new_version"),
    path("<str:reference>/devis.pdf", views.document, name="document"),
]
