from django.apps import AppConfig


class MarketingConfig(AppConfig):
    """How people find us and come back."""

    name = "marketing"
    default_auto_field = "django.db.models.BigAutoField"
