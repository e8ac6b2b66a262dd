"""Django registration of the ticket tables."""

from django.apps import AppConfig


class TicketConfig(AppConfig):
    """The package's place in Django's registry."""

    name = "come.ticket"
    label = "ticket"
    default_auto_field = "django.db.models.BigAutoField"
