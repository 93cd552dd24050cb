"""The desk's words for what happens to a loan after the payout."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TRANSACTIONS: Mapping[str, Any] = {
    "repayment": pgettext_lazy("transaction", "Repayment"),
    "partial_early": pgettext_lazy("transaction", "Partial early repayment"),
    "payoff": pgettext_lazy("transaction", "Payoff"),
    "credit_use": pgettext_lazy("transaction", "Waiting money used"),
    "refund": pgettext_lazy("transaction", "Refund"),
    "waiver": pgettext_lazy("transaction", "Waiver"),
    "rate_change": pgettext_lazy("transaction", "Rate change"),
    "extension": pgettext_lazy("transaction", "Extension"),
    "restructuring": pgettext_lazy("transaction", "Restructuring"),
    "write_off": pgettext_lazy("transaction", "Write-off"),
    "recovery": pgettext_lazy("transaction", "Recovery"),
    "reversal": pgettext_lazy("transaction", "Reversal"),
}
COMPONENTS: Mapping[str, Any] = {
    "compound": pgettext_lazy("component", "Compound interest"),
    "penalty": pgettext_lazy("component", "Penalty interest"),
    "interest": pgettext_lazy("component", "Interest"),
    "principal": pgettext_lazy("component", "Principal"),
    "credit": pgettext_lazy("component", "Waits as credit"),
    "claim": pgettext_lazy("component", "Kept claim"),
}
CHANNELS: Mapping[str, Any] = {
    "auto_debit": pgettext_lazy("channel", "Collected from the card"),
    "applicant": pgettext_lazy("channel", "By the customer"),
    "officer": pgettext_lazy("channel", "At the counter"),
    "bank": pgettext_lazy("channel", "By the bank"),
    "system": pgettext_lazy("channel", "By the machine"),
    "reversal": pgettext_lazy("channel", "Reversal"),
}
TIERS: Mapping[str, Any] = {
    "normal": pgettext_lazy("classification", "Normal"),
    "special_mention": pgettext_lazy("classification", "Special mention"),
    "substandard": pgettext_lazy("classification", "Substandard"),
    "doubtful": pgettext_lazy("classification", "Doubtful"),
    "loss": pgettext_lazy("classification", "Loss"),
}
CHANGE_STATES: Mapping[str, Any] = {
    "proposed": pgettext_lazy("loan change", "Waits for a second person"),
    "approved": pgettext_lazy("loan change", "Approved and booked"),
    "sent_back": pgettext_lazy("loan change", "Sent back"),
    "withdrawn": pgettext_lazy("loan change", "Withdrawn"),
    "failed": pgettext_lazy("loan change", "Became impossible"),
}
#: What the button that proposes a change says.
CHANGE_VERBS: Mapping[str, Any] = {
    "repayment": _("Record a repayment by voucher"),
    "partial_early": _("Record a partial early repayment"),
    "payoff": _("Record a payoff"),
    "recovery": _("Record a recovery"),
    "reversal": _("Reverse a transaction"),
    "waiver": _("Waive penalty or interest"),
    "refund": _("Give waiting money back"),
    "extension": _("Extend the loan"),
    "restructuring": _("Restructure the loan"),
    "write_off": _("Write the loan off"),
}
INSTALMENTS: Mapping[str, Any] = {
    "cleared": pgettext_lazy("instalment", "Paid"),
    "late": pgettext_lazy("instalment", "Overdue"),
    "due": pgettext_lazy("instalment", "Due"),
    "next": pgettext_lazy("instalment", "Next"),
    "to_come": pgettext_lazy("instalment", "To come"),
    "early": pgettext_lazy("instalment", "Early repayment"),
    "up_to_payoff": pgettext_lazy("instalment", "Interest up to the payoff"),
}
OPTIONS: Mapping[str, Any] = {
    "cash": pgettext_lazy("voucher", "Cash"),
    "transfer": pgettext_lazy("voucher", "Transfer"),
    "shorten_term": _("Keep the instalment, end sooner"),
    "lower_instalment": _("Keep the last day, pay less each time"),
}
RULES: Mapping[str, Any] = {
    "as_is": pgettext_lazy("due day", "the due date itself, also on days off"),
    "next_working_day": pgettext_lazy("due day", "the next working day"),
    "clamp": pgettext_lazy("month end", "the month's last day where it is shorter"),
    "half_up": pgettext_lazy("rounding", "half a cent up"),
    "half_even": pgettext_lazy("rounding", "half a cent to the even one"),
}
JOURNALS: Mapping[str, Any] = {
    **TRANSACTIONS,
    "accrual_adjustment": pgettext_lazy("journal", "Accrual corrected"),
    "accrual_caught_up": pgettext_lazy("journal", "Accrual of missed days"),
    "reversal": pgettext_lazy("journal", "Reversed journal"),
}
TABLES: Mapping[str, Mapping[str, Any]] = {
    "transaction": TRANSACTIONS,
    "component": COMPONENTS,
    "channel": CHANNELS,
    "loan_tier": TIERS,
    "change_state": CHANGE_STATES,
    "change_verb": CHANGE_VERBS,
    "instalment": INSTALMENTS,
    "change_option": OPTIONS,
    "loan_rule": RULES,
}
