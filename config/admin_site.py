"""The admin's door: the staff login with its second factor, and the policy its own scripts need."""

from typing import Any

from csp.decorators import csp_update
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from unfold.sites import UnfoldAdminSite

from config import admin_menu

#: The admin's framework evaluates expressions in its own templates; no page outside /admin/ may.
_POLICY = {"script-src": ["'unsafe-eval'"], "style-src": ["'unsafe-inline'"]}


class VerifiedAdminSite(UnfoldAdminSite):
    """Only staff users with something to do here whose session passed the second factor."""

    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(
            super().has_permission(request) and user.is_verified() and user.get_all_permissions()
        )

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one login for staff; it leads back here."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        target = request.GET.get(REDIRECT_FIELD_NAME, reverse("admin:index"))
        if (
            request.user.is_authenticated
        ):  # verified, but not for the admin: no loop back to the login
            return HttpResponseRedirect(reverse("desk:today"))
        return HttpResponseRedirect(f"{reverse('desk:login')}?{urlencode({'next': target})}")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Grouped by the bank's own words, not by where the code happens to live."""
        apps = super().get_app_list(request, app_label)
        return apps if app_label else admin_menu.grouped(apps)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return csp_update(_POLICY)(super().admin_view(view, cacheable))
