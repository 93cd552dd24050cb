"""Lending in the admin. Money, states and decisions can only be looked at; personal data is masked.

What administrators do change: staff accounts, officers, branches, villages and codes.
"""

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
from products.encryption import mask_id_number, mask_mobile, mask_name
from products.read_only_admin import ReadOnlyAdmin

for model in (User, Group, TOTPDevice):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


# ── people and places: may be changed ────────────────────────────────────────
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


# ── customers: masked ────────────────────────────────────────────────────────
@admin.register(rows.Customer)
class CustomerAdmin(ReadOnlyAdmin):
    list_display = ("customer_no", "masked_name", "masked_mobile", "officer", "village", "created_at")
    fields = (
        "customer_no", "masked_name", "masked_id_number", "masked_mobile", "officer", "village", "language",
        "accepts_marketing", "created_at",
    )
    search_fields = ("=customer_no",)
    list_select_related = ("officer", "village")
    ordering = ("-created_at",)

    @admin.display(description="name")
    def masked_name(self, customer: rows.Customer) -> str:
        return mask_name(customer.name or "")

    @admin.display(description="mobile")
    def masked_mobile(self, customer: rows.Customer) -> str:
        return mask_mobile(customer.mobile or "")

    @admin.display(description="ID number")
    def masked_id_number(self, customer: rows.Customer) -> str:
        return mask_id_number(customer.id_number) if customer.id_number else ""


@admin.register(rows.LoanApplication)
class LoanApplicationAdmin(ReadOnlyAdmin):
    list_display = (
        "id", "customer", "product_code", "state", "requested_amount", "officer", "branch", "channel",
        "created_at", "state_since",
    )
    list_filter = ("state", "product_code", "channel")
    search_fields = ("=id", "=customer__customer_no")
    list_select_related = ("customer", "officer", "branch")
    exclude = ("id_number_index",)
    ordering = ("-created_at",)


# ── everything else: one line each ───────────────────────────────────────────
def _look(model: type[Model], *columns: str, order: str = "-pk", hide: tuple[str, ...] = (), find: str = "") -> None:
    """Register ``model`` for looking at, with these columns."""
    related = tuple(
        name for name in columns
        if name != "__str__" and model._meta.get_field(name).is_relation  # type: ignore[union-attr]
    )
    attributes = {
        "list_display": columns, "ordering": (order,), "exclude": hide, "__module__": __name__,
        "list_select_related": related or False, "search_fields": (find,) if find else (),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), attributes))


_look(rows.LegalEntity, "code", "name", "name_en")
_look(rows.BusinessDay, "legal_entity", "current_date", "opened_at")
_look(rows.ApplicationMove, "at", "application", "from_state", "to_state", "role", "actor", order="-at")
_look(rows.ConsentText, "kind", "version", "title_zh", "valid_from")
_look(rows.Consent, "at", "customer", "kind", "accepted", "text", "channel", order="-at", hide=("client_ip_index",))
_look(rows.BankCard, "id", "customer", "last_four", "created_at", order="-created_at", hide=("card_index",))
_look(rows.Offer, "created_at", "application", "label_zh", "amount_max", "annual_rate", "apr", "state", order="-created_at")
_look(rows.ManualReview, "at", "application", "reviewer", "verdict", "machine_limit", "approved_limit", order="-at")
_look(rows.ReviewRequest, "at", "application", order="-at")
_look(rows.LoanContract, "contract_no", "amount", "apr", "term_months", "method", "created_at", "signed_at",
      order="-created_at", find="=contract_no")
_look(rows.Loan, "note_no", "customer", "product_code", "principal", "principal_balance", "apr", "state", "start_date",
      order="-created_at", find="=note_no")
_look(rows.Instalment, "loan", "number", "due_date", "principal", "interest", find="=loan__note_no")
_look(rows.Account, "code", "name", "name_en", "kind", order="code")
_look(rows.Journal, "created_at", "kind", "source_type", "source_id", "accounting_date", "reverses", order="-created_at",
      find="=source_id")
_look(rows.Posting, "journal", "account", "branch", "loan", "amount", find="=loan__note_no")
_look(rows.Disbursement, "core_key", "amount", "state", "attempt", "problem", "created_at", "settled_at",
      order="-created_at", hide=("lease_token",), find="=core_key")
_look(rows.ExternalCall, "started_at", "disbursement", "kind", "outcome", "detail", order="-started_at")
_look(rows.InboundEvent, "received_at", "provider", "event_id", order="-received_at")
_look(rows.ReconciliationBreak, "business_date", "kind", "core_key", "ours", "theirs", "found_at", "resolved_at")
_look(rows.OutboxMessage, "id", "task", "queue", "created_at", "published_at")
_look(rows.SmsMessage, "created_at", "template", "state", "attempts", "sent_at", order="-created_at")
_look(rows.DeadLetter, "at", "task", "error", "attempts", "resolved_at", order="-at")
_look(rows.LendingEvent, "id", "name", "at", "application_id", "customer_id", "product_code", "qr_code", find="=application_id")
_look(rows.AuditEntry, "id", "at", "actor", "action", "subject_type", "subject_id", "reason", find="=subject_id")
