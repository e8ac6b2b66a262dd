"""Django registration of the inventory tables."""

from django.apps import AppConfig


class InventoryConfig(AppConfig):
    """The package's place in Django's registry."""

    name = "come.inventory"
    label = "inventory"
    default_auto_field = "django.db.models.BigAutoField"
