from django.apps import AppConfig


class RiskConfig(AppConfig):
    """What we believe."""

    name = "risk"
    default_auto_field = "django.db.models.BigAutoField"
