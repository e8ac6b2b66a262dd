"""Django registration of the simulators' tables."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    """The package's place in Django's registry."""

    name = "come.edges.network"
    label = "edges_network"
    default_auto_field = "django.db.models.BigAutoField"
