"""The desk's words for the codes of the system: one table per kind. Unknown codes are shown as they are."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lending.views.officer import (
    arrears_words,
    card_transfer_words,
    credit_line_words,
    ledger_words,
    list_words,
    loan_words,
    paper_words,
    reconciliation_words,
    source_words,
)

STATES: Mapping[str, Any] = {
    "draft": _("Just started"),
    "identified": _("Identity confirmed"),
    "consented": _("Consents given"),
    "submitted": _("Handed in"),
    "scoring": _("Being decided"),
    "offered": _("Has offers"),
    "in_review": _("Waits for a person"),
    "declined": pgettext_lazy("state", "Declined"),
    "accepted": _("Offer chosen"),
    "signed": _("Signed"),
    "disbursing": _("Money on its way"),
    "disbursed": _("Paid out"),
    "withdrawn": _("Withdrawn"),
    "expired": pgettext_lazy("state", "Expired"),
}
PAYOUT_STATES: Mapping[str, Any] = {
    "created": _("Waits to be sent"),
    "sending": _("Being sent"),
    "unknown": _("No clear answer yet"),
    "manual": _("Needs two people"),
    "succeeded": _("Paid out"),
    "rejected": _("Refused by the bank"),
}
LOAN_STATES: Mapping[str, Any] = {
    "active": pgettext_lazy("loan", "Active"),
    "overdue": pgettext_lazy("loan", "Overdue"),
    "settled": pgettext_lazy("loan", "Settled"),
    "written_off": pgettext_lazy("loan", "Written off"),
}
TASKS: Mapping[str, Any] = {
    "review": pgettext_lazy("task", "To decide"),
    "payout": pgettext_lazy("task", "Payout"),
    "offer": pgettext_lazy("task", "Has an offer"),
    "stuck": pgettext_lazy("task", "Stuck"),
    "due": pgettext_lazy("task", "Due soon"),
    "overdue": pgettext_lazy("task", "Overdue"),
}
ACTIONS: Mapping[str, Any] = {
    "review": pgettext_lazy("action", "Decide"),
    "payout": pgettext_lazy("action", "Help"),
    "offer": pgettext_lazy("action", "Call"),
    "stuck": pgettext_lazy("action", "Call"),
    "due": pgettext_lazy("action", "Look"),
    "overdue": pgettext_lazy("action", "Look"),
}
AMOUNTS: Mapping[str, Any] = {
    "asked": _("asked for"),
    "suggested": _("suggested"),
    "offered": _("offered"),
    "signed": _("signed for"),
    "due": _("falls due"),
}
ASSESSMENTS: Mapping[str, Any] = {
    "basics": pgettext_lazy("assessment", "Basics"),
    "fraud": pgettext_lazy("assessment", "No fraud signs"),
    "willingness": pgettext_lazy("assessment", "Willingness"),
    "ability": pgettext_lazy("assessment", "Ability"),
}
#: The groups of the seeded strategy; a bank's own group is shown by its code.
SEGMENTS: Mapping[str, Any] = {
    "public_servant": _("Public servants"),
    "hospital_staff": _("Hospital staff"),
    "business_owner": _("Business owners"),
    "salaried": _("Employees"),
    "livestock_farmer": _("Livestock farmers"),
    "crop_farmer": _("Crop farmers"),
    "mortgage_customer": _("Mortgage customers"),
    "depositor": _("Depositors"),
    "general": _("Everybody else"),
}
OUTCOMES: Mapping[str, Any] = {
    "approve": _("The machine would approve"),
    "refer": _("The machine asks for a person"),
    "decline": _("The machine would decline"),
}
RESULTS: Mapping[str, Any] = {
    "MATCH": pgettext_lazy("source", "Agrees"),
    "MISMATCH": pgettext_lazy("source", "Disagrees"),
    "NO_RECORD": pgettext_lazy("source", "No record"),
    "ERROR": pgettext_lazy("source", "Source failed"),
    "TIMEOUT": pgettext_lazy("source", "No answer in time"),
}
#: Sources that compare what the person said with what they hold; the others report what they hold.
COMPARING_SOURCES = frozenset({"identity", "face", "carrier", "card"})
SOURCES: Mapping[str, Any] = {
    "identity": _("Identity register"),
    "face": _("Face comparison"),
    "bureau": _("Credit bureau"),
    "carrier": _("Mobile carrier"),
    "card": _("Bank card check"),
    "land": _("Land register"),
    "subsidies": _("Farm subsidies"),
    "social_insurance": _("Social insurance"),
    "housing_fund": _("Housing fund"),
    "tax": _("Tax office"),
    "courts": _("Courts"),
    "multilender": _("Other lenders"),
    "corebank": _("Our own books"),
    "declared": _("Said by the applicant"),
    "government_land": _("Land register"),
    "government_subsidies": _("Farm subsidies"),
    "government_social_insurance": _("Social insurance"),
    "government_housing_fund": _("Housing fund"),
    "government_tax": _("Tax office"),
    "corebank_customer": _("Our own books"),
    "core_bank": _("Our own books"),
}
QUESTIONS: Mapping[str, Any] = {
    "occupation": _("Occupation"),
    "monthly_income": _("Monthly income"),
    "household_size": _("People in the household"),
    "industry": _("Industry"),
    "purpose": _("Purpose"),
    "address": _("Address"),
    "requested_amount": _("Amount asked for"),
}
APPROVE_REASONS: Mapping[str, Any] = {
    "identity_checked": _("Identity checked against the papers"),
    "income_checked": _("Income checked"),
    "known_customer": _("A customer we know well"),
    "other_evidence": _("Other evidence, see the note"),
}
DECLINE_REASONS: Mapping[str, Any] = {
    "identity_doubtful": _("Identity could not be confirmed"),
    "income_too_low": _("Income too low for repaying"),
    "purpose_doubtful": _("Purpose unclear or not allowed"),
    "too_much_debt": _("Owes too much already"),
    "other_reason": _("Other reason, see the note"),
}
VERDICTS: Mapping[str, Any] = {
    "approve": pgettext_lazy("verdict", "Approved"),
    "decline": pgettext_lazy("verdict", "Declined"),
}
ROLES: Mapping[str, Any] = {
    "officer": _("Loan officer"),
    "manager": _("Branch manager"),
    "head_office": _("Head office"),
    "product": _("Product manager"),
    "risk": _("Risk manager"),
    "finance": _("Finance clerk"),
}
ACTORS: Mapping[str, Any] = {
    "customer": _("the applicant"),
    "officer": _("a colleague"),
    "system": _("the machine"),
}
EVENTS: Mapping[str, Any] = {
    "otp.sent": _("A code was sent by SMS"),
    "session.opened": _("Logged in on the phone"),
    "application.started": _("Started an application"),
    "application.identified": _("Confirmed the identity"),
    "application.consented": _("Gave the consents"),
    "application.profiled": _("Answered the questions"),
    "application.card_bound": _("Bound a bank card"),
    "application.submitted": _("Handed in"),
    "application.scoring": _("The machine began to decide"),
    "application.offered": _("Offers were made"),
    "application.in_review": _("Referred to a person"),
    "application.declined": _("Declined"),
    "application.accepted": _("Chose an offer"),
    "application.signed": _("Signed the contract"),
    "application.disbursing": _("The money was sent"),
    "application.disbursed": _("The money arrived"),
    "application.withdrawn": _("Withdrew the application"),
    "application.expired": _("Time ran out"),
    "application.step_failed": _("Met an obstacle"),
    "review.decided": _("A person decided"),
    "review.escalated": _("Less than a day left for the review: the manager was told"),
    "application.person_wanted": _("Asked that a person decides"),
    "application.person_not_wanted": _("Left the decision to the machine again"),
    "loan.booked": _("The loan was booked"),
    "customer.marketing_accepted": _("Allowed marketing"),
    "customer.marketing_refused": _("Refused marketing"),
}
METHODS: Mapping[str, Any] = {
    "equal_instalment": _("Equal instalments"),
    "equal_principal": _("Equal principal"),
    "interest_only": _("Interest monthly, principal at the end"),
    "bullet": _("All at the end"),
    "quarterly_interest": _("Interest every quarter"),
    "seasonal": _("With the harvest"),
    "flexible": _("Borrow and repay at will"),
}
TABS: Mapping[str, Any] = {
    "review": pgettext_lazy("task", "To decide"),
    "unfinished": pgettext_lazy("tab", "On the way"),
    "running": pgettext_lazy("tab", "With the machine"),
    "ended": pgettext_lazy("tab", "Ended"),
}
JOURNALS: Mapping[str, Any] = {
    "disbursement": _("Payout"),
    "repayment": _("Repayment"),
    "accrual": _("Accrual"),
}
COUPON_STATES: Mapping[str, Any] = {
    "draft": pgettext_lazy("coupon", "Draft"),
    "in_review": pgettext_lazy("coupon", "Waits for a second person"),
    "published": pgettext_lazy("coupon", "Published"),
    "retired": pgettext_lazy("coupon", "Withdrawn"),
    "reserved": pgettext_lazy("coupon", "Reserved"),
    "used": pgettext_lazy("coupon", "Used"),
}
COUPON_KINDS: Mapping[str, Any] = {
    "coupon": _("Rate coupon"),
    "subsidy": _("Interest subsidy"),
}
COUPON_TABS: Mapping[str, Any] = {
    "current": pgettext_lazy("coupon", "On offer and to come"),
    "making": pgettext_lazy("coupon", "In the making"),
    "ended": pgettext_lazy("coupon", "Ended"),
}
#: Codes that sources answer with.
FACTS: Mapping[str, Any] = {
    "debit": _("Debit card"),
    "credit": _("Credit card"),
    "rice": _("Rice"),
    "maize": _("Maize, wheat"),
    "pigs": _("Pigs"),
    "mushrooms": _("Mushrooms"),
    "public_school": _("Public school"),
    "hospital": _("Hospital"),
    "government": _("Government office"),
    "company": _("Company"),
    "NORMAL": pgettext_lazy("classification", "Normal"),
    "SPECIAL_MENTION": pgettext_lazy("classification", "Special mention"),
    "SUBSTANDARD": pgettext_lazy("classification", "Substandard"),
    "DOUBTFUL": pgettext_lazy("classification", "Doubtful"),
    "LOSS": pgettext_lazy("classification", "Loss"),
}
_TABLES = {
    "fact": FACTS,
    "tab": TABS,
    "journal": {**JOURNALS, **loan_words.JOURNALS, **ledger_words.JOURNALS},
    **loan_words.TABLES,
    "state": STATES,
    "loan": LOAN_STATES,
    "payout_state": PAYOUT_STATES,
    "task": TASKS,
    "action": ACTIONS,
    "amount": AMOUNTS,
    "assessment": ASSESSMENTS,
    "segment": SEGMENTS,
    "outcome": OUTCOMES,
    "result": RESULTS,
    "source": SOURCES,
    "question": QUESTIONS,
    "approve_reason": APPROVE_REASONS,
    "decline_reason": DECLINE_REASONS,
    "verdict": VERDICTS,
    "role": ROLES,
    "actor": ACTORS,
    "event": EVENTS,
    "method": METHODS,
    **ledger_words.TABLES,
    **arrears_words.TABLES,
    **list_words.TABLES,
    **credit_line_words.TABLES,
    **source_words.TABLES,
    **paper_words.TABLES,
    **reconciliation_words.TABLES,
    **card_transfer_words.TABLES,
    "coupon_state": COUPON_STATES,
    "coupon_kind": COUPON_KINDS,
    "coupon_tab": COUPON_TABS,
}


def of(kind: str, code: str) -> str:
    """The words for ``code`` in the reader's language, else the code itself."""
    return str(_TABLES[kind].get(code, code))
