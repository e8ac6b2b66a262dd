"""Django registration of the shared tables."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """The event log, the answers already given and the reference sequences."""

    name = "come.shared"
    label = "shared"
    default_auto_field = "django.db.models.BigAutoField"
