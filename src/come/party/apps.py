"""Django registration of the party tables."""

from django.apps import AppConfig


class PartyConfig(AppConfig):
    """Companies and customer files."""

    name = "come.party"
    label = "party"
    default_auto_field = "django.db.models.BigAutoField"
