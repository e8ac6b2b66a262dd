"""Django registration of billing."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """Runs, bills, invoice numbers and the ledger."""

    name = "come.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
