"""Staff, branches and codes: what administrators may change. Accounts are switched off, never erased."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.http import HttpRequest
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from lending import models as rows
from products.read_only_admin import ReadOnlyAdmin

for model in (User, Group, TOTPDevice):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(User)
class UserAdmin(BaseUserAdmin, ModelAdmin):
    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ("username", "is_active", "is_staff", "is_superuser", "last_login")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # an account is switched off, never erased: its name stands in the audit trail


@admin.register(Group)
class GroupAdmin(BaseGroupAdmin, ModelAdmin):
    pass


@admin.register(TOTPDevice)
class TOTPDeviceAdmin(ReadOnlyAdmin):
    """The key is never shown. Deleting a device makes its owner set up a new one at the next login."""

    list_display = ("user", "name", "confirmed", "last_used_at")
    fields = ("user", "name", "confirmed", "created_at", "last_used_at")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return super(ReadOnlyAdmin, self).has_delete_permission(request, obj)


class KeptAdmin(ModelAdmin):
    """May be changed, never deleted: other rows point here."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(rows.Officer)
class OfficerAdmin(KeptAdmin):
    list_display = ("display_name", "staff_no", "branch", "role", "authority_amount")
    list_filter = ("role",)
    search_fields = ("display_name", "staff_no")
    list_select_related = ("branch",)
    raw_id_fields = ("user",)


@admin.register(rows.Branch)
class BranchAdmin(KeptAdmin):
    list_display = ("name", "code", "county", "legal_entity")
    list_select_related = ("legal_entity",)


@admin.register(rows.Village)
class VillageAdmin(KeptAdmin):
    list_display = ("name", "grid", "branch", "officer")
    search_fields = ("name", "code")
    list_select_related = ("branch", "officer")
    raw_id_fields = ("officer",)


@admin.register(rows.ReferralCode)
class ReferralCodeAdmin(KeptAdmin):
    list_display = ("code", "product_code", "officer", "label", "state", "valid_to")
    list_filter = ("state", "product_code")
    search_fields = ("code", "label")
    list_select_related = ("officer",)
    raw_id_fields = ("officer",)
