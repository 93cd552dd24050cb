"""Which admin site the whole project uses."""

from django.contrib.admin.apps import AdminConfig


class VerifiedAdminConfig(AdminConfig):
    """``admin.site`` is the one that asks for the second factor."""

    default_site = "config.admin_site.VerifiedAdminSite"
