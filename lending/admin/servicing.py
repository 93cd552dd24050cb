"""Servicing and the ledger: accounts, transactions, journals, closes, arrears, to look at."""

from lending import models as rows
from lending.admin.records import look

look(
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
look(
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
look(
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
look(rows.Account, "code", "name", "name_en", "kind", order="code")
look(
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
look(
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
look(
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
look(
    rows.Posting,
    "journal",
    "accounting_date",
    "account",
    "branch",
    "loan",
    "amount",
    find="=loan__note_no",
)
look(rows.InboundEvent, "received_at", "provider", "event_id", order="-received_at")
look(
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
look(
    rows.ReconciliationRun,
    "started_at",
    "business_date",
    "kind",
    "state",
    "breaks_open",
    order="-started_at",
)
look(rows.BreakStep, "at", "difference", "what", "by", order="-at")
look(rows.OutboxMessage, "id", "task", "queue", "created_at", "published_at")
look(
    rows.SmsMessage, "created_at", "template", "state", "attempts", "sent_at", order="-created_at"
)
look(rows.DeadLetter, "at", "task", "error", "attempts", "resolved_at", order="-at")
look(
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
look(
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
look(
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
look(
    rows.DecisionLetter,
    "created_at",
    "letter_no",
    "application",
    "refused_at",
    order="-created_at",
    hide=("pdf",),
    find="letter_no",
)
look(rows.FairnessDay, "day", "decisions", "counted_at", order="-day")
look(
    rows.FairnessCell, "day", "product_code", "dimension", "group", "outcome", "n", order="-day"
)
look(
    rows.CollectionCase, "opened_on", "loan", "bucket", "level", "owner", "state", order="-opened_on"
)
look(rows.CaseEvent, "at", "case", "kind", "officer", order="-at")
look(
    rows.PromiseToPay, "promised_on", "loan", "amount", "said_by", "state", "officer",
    order="-created_at",
)
look(
    rows.ContactAttempt, "at", "loan", "channel", "purpose", "state", "result", "officer", order="-at"
)
look(rows.ContactOptOut, "since", "customer", "channel", order="-since")
look(rows.ContactPause, "since", "loan", "kind", "reason", "until", "ended_at", order="-since")
look(rows.DemandLetter, "letter_no", "case", "as_of", "officer", "pdf_sha256", order="-created_at")
look(rows.LoanAccount, "loan", "closed_through", "principal_balance", "days_past_due", "tier", "is_open")
look(rows.LoanTransaction, "loan", "number", "kind", "value_date", "booked_on", "amount", "channel")
look(rows.TransactionBooking, "transaction", "version", "booked_on", "journal")
look(rows.PlanVersion, "loan", "version", "created_at")
look(rows.CardTransfer, "core_key", "direction", "kind", "amount", "state", "business_date")
look(rows.EndOfDayRun, "business_date", "state", "step", "started_at", "finished_at")
look(rows.EndOfDayChunk, "run", "number", "state", "loans", "parked", "ms")
look(rows.LoanChange, "loan", "kind", "state", "amount", "proposed_at", hide=("voucher",))
look(rows.LoanPaper, "paper_no", "kind", "loan", "business_date", hide=("facts", "pdf"))
