"""Django registration of the usage tables."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """The package's place in Django's registry."""

    name = "come.usage"
    label = "usage"
    default_auto_field = "django.db.models.BigAutoField"
