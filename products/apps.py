from django.apps import AppConfig


class ProductsConfig(AppConfig):
    """What we sell."""

    name = "products"
    default_auto_field = "django.db.models.BigAutoField"
