"""The desk's words for the ledger: kinds, events, journals, columns of files."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS: Mapping[str, Any] = {
    "asset": pgettext_lazy("account", "Asset"),
    "liability": pgettext_lazy("account", "Liability"),
    "income": pgettext_lazy("account", "Income"),
    "expense": pgettext_lazy("account", "Expense"),
    "equity": pgettext_lazy("account", "Equity"),
    "memo": pgettext_lazy("account", "Off balance sheet"),
    "total_on_balance": _("Sum on the balance sheet"),
    "total_memo": _("Sum off the balance sheet"),
}
JOURNALS: Mapping[str, Any] = {
    "partial_early": _("Partial early repayment"),
    "payoff": _("Payoff"),
    "credit_use": _("Money kept used for what is due"),
    "refund": _("Refund"),
    "recovery": _("Recovery after write-off"),
    "waiver": _("Waiver"),
    "write_off": _("Write-off"),
    "rate_change": _("Change of rate"),
    "extension": _("Extension"),
    "restructuring": _("Restructuring"),
    "reversal": _("Reversal"),
    "accrual_adjustment": _("Accrual corrected"),
    "accrual_caught_up": _("Accrual of missed days"),
    "day_accruals": _("Accrual of a day"),
    "day_provisions": _("Loss allowance of a day"),
    "account_moved": _("Balance moved to another account"),
}
EVENTS: Mapping[str, Any] = {
    "disbursed": _("Loan paid out"),
    "interest_accrued": _("Interest accrued"),
    "charges_accrued": _("Penalty and compound interest accrued"),
    "off_interest_accrued": _("Interest accrued off balance"),
    "off_charges_accrued": _("Penalty and compound interest accrued off balance"),
    "interest_moved_off": _("Interest moved off the balance sheet"),
    "charges_moved_off": _("Penalty and compound interest moved off the balance sheet"),
    "principal_repaid": _("Principal repaid"),
    "interest_repaid": _("Interest repaid"),
    "charges_repaid": _("Penalty and compound interest repaid"),
    "off_interest_repaid": _("Off-balance interest repaid"),
    "off_charges_repaid": _("Off-balance penalty and compound interest repaid"),
    "credit_received": _("Money received beyond what is due"),
    "credit_used": _("Money kept used for what is due"),
    "credit_refunded": _("Money kept refunded"),
    "interest_waived": _("Interest waived"),
    "charges_waived": _("Penalty and compound interest waived"),
    "off_interest_waived": _("Off-balance interest waived"),
    "off_charges_waived": _("Off-balance penalty and compound interest waived"),
    "principal_written_off": _("Principal written off"),
    "interest_written_off": _("Interest written off"),
    "charges_written_off": _("Penalty and compound interest written off"),
    "off_interest_written_off": _("Off-balance interest written off"),
    "off_charges_written_off": _("Off-balance penalty and compound interest written off"),
    "claim_recovered": _("Money recovered on a written-off loan"),
    "provisioned": _("Loss allowance changed"),
}
COMPONENTS: Mapping[str, Any] = {
    "principal": _("Principal"),
    "interest": _("Interest"),
    "penalty": _("Penalty interest"),
    "compound": _("Compound interest"),
    "credit": _("Money kept for the customer"),
    "claim": _("Claim kept after write-off"),
}
CHANNELS: Mapping[str, Any] = {
    "auto_debit": pgettext_lazy("channel", "Automatic debit"),
    "applicant": pgettext_lazy("channel", "The customer"),
    "officer": pgettext_lazy("channel", "Officer with a voucher"),
    "bank": pgettext_lazy("channel", "The bank"),
    "system": pgettext_lazy("channel", "The system"),
    "reversal": _("Reversal"),
}
STATES: Mapping[str, Any] = {
    "proposed": pgettext_lazy("accounts change", "Waits for a second person"),
    "released": pgettext_lazy("accounts change", "Released"),
    "refused": pgettext_lazy("accounts change", "Refused"),
    "withdrawn": pgettext_lazy("accounts change", "Taken back"),
}
COLUMNS: Mapping[str, Any] = {
    "account": _("Account"),
    "name": _("Account name"),
    "name_en": _("English name"),
    "kind": _("Kind"),
    "opening": _("Opening balance"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "closing": _("Closing balance"),
    "accounting_date": _("Accounting date"),
    "journal": _("Journal number"),
    "journal_kind": _("Journal"),
    "source_type": _("Source"),
    "source": _("Source number"),
    "product": _("Product"),
    "branch": _("Branch"),
    "note_no": _("Note number"),
    "reverses": _("Reverses"),
    "booked_at": _("Booked at"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "account_kind": KINDS,
    "ledger_event": EVENTS,
    "ledger_component": COMPONENTS,
    "ledger_channel": CHANNELS,
    "accounts_change": STATES,
    "ledger_column": COLUMNS,
}
