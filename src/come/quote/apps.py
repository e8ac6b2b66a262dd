"""Django registration of the quote tables."""

from django.apps import AppConfig


class QuoteConfig(AppConfig):
    """Quotes."""

    name = "come.quote"
    label = "quote"
    default_auto_field = "django.db.models.BigAutoField"
