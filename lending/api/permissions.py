"""Who may call what. The default is nobody: every endpoint names its permission."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from lending.models import Customer, Officer

if TYPE_CHECKING:  # the framework's views import this module by its name in the settings
    from rest_framework.views import APIView


class DenyAll(BasePermission):
    """For an endpoint that forgot to say who may call it."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return False


class Anyone(BasePermission):
    """Endpoints before log-in: the SMS code and the session itself."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return True


class IsCustomer(BasePermission):
    """A logged-in applicant. Whose rows they may see is decided by the selectors, as 404."""

    message = _("Please log in again.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return isinstance(request.user, Customer)


class IsVerifiedOfficer(BasePermission):
    """A staff member with a profile, whose session passed the second factor."""

    message = _("Please log in with your one-time password.")
    code = "totp_required"

    def has_permission(self, request: Request, view: "APIView") -> bool:
        user = request.user
        is_verified = getattr(user, "is_verified", None)
        return bool(
            user is not None
            and getattr(user, "is_active", False)
            and callable(is_verified)
            and is_verified()
            and Officer.objects.filter(user_id=user.pk).exists()
        )
