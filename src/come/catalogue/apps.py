"""Django's description of the package."""

from __future__ import annotations

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """Offers, usage prices and negotiated agreements."""

    name = "come.catalogue"
    label = "catalogue"
