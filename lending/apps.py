from django.apps import AppConfig


class LendingConfig(AppConfig):
    """What we do."""

    name = "lending"
    default_auto_field = "django.db.models.BigAutoField"
