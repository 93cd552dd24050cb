"""Money, states, decisions, messages: every other table, to look at. One line each."""

from django.contrib import admin
from django.db.models import Model

from lending import models as rows
from products.read_only_admin import ReadOnlyAdmin


def _look(
    model: type[Model],
    *columns: str,
    order: str = "-pk",
    hide: tuple[str, ...] = (),
    find: str = "",
) -> None:
    """Register ``model`` for looking at, with these columns."""
    related = tuple(
        name
        for name in columns
        if name != "__str__" and model._meta.get_field(name).is_relation  # type: ignore[union-attr]
    )
    attributes = {
        "list_display": columns,
        "ordering": (order,),
        "exclude": hide,
        "__module__": __name__,
        "list_select_related": related or False,
        "search_fields": (find,) if find else (),
    }
    admin.site.register(model, type(f"{model.__name__}Admin", (ReadOnlyAdmin,), attributes))


_look(rows.LegalEntity, "code", "name", "name_en")
_look(rows.BusinessDay, "legal_entity", "current_date", "opened_at")
_look(
    rows.ApplicationMove,
    "at",
    "application",
    "from_state",
    "to_state",
    "role",
    "actor",
    order="-at",
)
_look(rows.ConsentText, "kind", "version", "title_zh", "valid_from")
_look(
    rows.Consent,
    "at",
    "customer",
    "kind",
    "accepted",
    "text",
    "channel",
    order="-at",
    hide=("client_ip_index",),
)
_look(
    rows.BankCard,
    "id",
    "customer",
    "last_four",
    "created_at",
    order="-created_at",
    hide=("card_index",),
)
_look(
    rows.Offer,
    "created_at",
    "application",
    "label_zh",
    "amount_max",
    "annual_rate",
    "apr",
    "state",
    order="-created_at",
)
_look(
    rows.ManualReview,
    "at",
    "application",
    "reviewer",
    "verdict",
    "machine_limit",
    "approved_limit",
    order="-at",
)
_look(rows.ReviewRequest, "at", "application", order="-at")
_look(
    rows.LoanContract,
    "contract_no",
    "amount",
    "apr",
    "term_months",
    "method",
    "created_at",
    "signed_at",
    order="-created_at",
    find="=contract_no",
)
_look(
    rows.Loan,
    "note_no",
    "customer",
    "product_code",
    "principal",
    "principal_balance",
    "apr",
    "state",
    "start_date",
    order="-created_at",
    find="=note_no",
)
_look(
    rows.CreditLine,
    "line_no",
    "customer",
    "product_code",
    "limit_amount",
    "used_amount",
    "state",
    "freeze_reason",
    "valid_until",
    order="-created_at",
    find="=line_no",
)
_look(
    rows.LineMovement,
    "at",
    "line",
    "kind",
    "amount",
    "limit_after",
    "used_after",
    "actor",
    order="-at",
    find="=line__line_no",
)
_look(
    rows.Drawdown,
    "created_at",
    "line",
    "amount",
    "term_months",
    "annual_rate",
    "state",
    order="-created_at",
    hide=("request_key",),
    find="=line__line_no",
)
_look(rows.Instalment, "loan", "number", "due_date", "principal", "interest", find="=loan__note_no")
_look(rows.Account, "code", "name", "name_en", "kind", order="code")
_look(
    rows.AccountsChange,
    "made_at",
    "product_code",
    "role",
    "event",
    "account",
    "state",
    "maker",
    "checker",
    "valid_from",
)
_look(
    rows.EventAccounts,
    "product_code",
    "event",
    "position",
    "debit",
    "credit",
    "is_in_force",
    "valid_from",
    "valid_to",
)
_look(
    rows.Journal,
    "created_at",
    "kind",
    "source_type",
    "source_id",
    "product_code",
    "accounting_date",
    "reverses",
    order="-created_at",
    find="=source_id",
)
_look(
    rows.Posting,
    "journal",
    "accounting_date",
    "account",
    "branch",
    "loan",
    "amount",
    find="=loan__note_no",
)
_look(
    rows.Disbursement,
    "core_key",
    "amount",
    "state",
    "attempt",
    "problem",
    "created_at",
    "settled_at",
    order="-created_at",
    hide=("lease_token",),
    find="=core_key",
)
_look(
    rows.ExternalCall,
    "started_at",
    "disbursement",
    "kind",
    "outcome",
    "detail",
    order="-started_at",
)
_look(rows.InboundEvent, "received_at", "provider", "event_id", order="-received_at")
_look(
    rows.ReconciliationBreak,
    "business_date",
    "kind",
    "direction",
    "core_key",
    "ours",
    "theirs",
    "books",
    "state",
    "found_at",
    "resolved_at",
)
_look(
    rows.ReconciliationRun,
    "started_at",
    "business_date",
    "kind",
    "state",
    "breaks_open",
    order="-started_at",
)
_look(rows.BreakStep, "at", "difference", "what", "by", order="-at")
_look(rows.OutboxMessage, "id", "task", "queue", "created_at", "published_at")
_look(
    rows.SmsMessage, "created_at", "template", "state", "attempts", "sent_at", order="-created_at"
)
_look(rows.DeadLetter, "at", "task", "error", "attempts", "resolved_at", order="-at")
_look(
    rows.LendingEvent,
    "id",
    "name",
    "at",
    "application_id",
    "customer_id",
    "product_code",
    "qr_code",
    find="=application_id",
)
_look(
    rows.AuditEntry,
    "id",
    "at",
    "actor",
    "action",
    "subject_type",
    "subject_id",
    "reason",
    find="=subject_id",
)
_look(
    rows.CouponUse,
    "created_at",
    "application",
    "coupon_code",
    "kind",
    "state",
    "rate_before",
    "rate_after",
    "benefit_max",
    "benefit",
    order="-created_at",
    find="=coupon_code",
)
_look(
    rows.DecisionLetter,
    "created_at",
    "letter_no",
    "application",
    "refused_at",
    order="-created_at",
    hide=("pdf",),
    find="letter_no",
)
_look(rows.FairnessDay, "day", "decisions", "counted_at", order="-day")
_look(
    rows.FairnessCell, "day", "product_code", "dimension", "group", "outcome", "n", order="-day"
)
_look(
    rows.CollectionCase, "opened_on", "loan", "bucket", "level", "owner", "state", order="-opened_on"
)
_look(rows.CaseEvent, "at", "case", "kind", "officer", order="-at")
_look(
    rows.PromiseToPay, "promised_on", "loan", "amount", "said_by", "state", "officer",
    order="-created_at",
)
_look(
    rows.ContactAttempt, "at", "loan", "channel", "purpose", "state", "result", "officer", order="-at"
)
_look(rows.ContactOptOut, "since", "customer", "channel", order="-since")
_look(rows.ContactPause, "since", "loan", "kind", "reason", "until", "ended_at", order="-since")
_look(rows.DemandLetter, "letter_no", "case", "as_of", "officer", "pdf_sha256", order="-created_at")
