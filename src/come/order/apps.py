"""Django registration of the order tables."""

from django.apps import AppConfig


class OrderConfig(AppConfig):
    """The package's place in Django's registry."""

    name = "come.order"
    label = "order"
    default_auto_field = "django.db.models.BigAutoField"
