"""Django registration of the staff tables."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    """People, agencies, rights."""

    name = "come.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"
