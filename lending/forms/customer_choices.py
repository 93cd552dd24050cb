"""The words behind the codes an applicant chooses from; the codes are what is stored."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

PURPOSES: Words = {
    "agriculture": _("Farming and livestock"),
    "business": _("My shop or business"),
    "consumption": _("Household and everyday needs"),
    "education": _("School and training"),
    "medical": _("Doctor and hospital"),
    "home_improvement": _("Repairing or furnishing my home"),
    "other": _("Something else"),
}
OCCUPATIONS: Words = {
    "farmer": _("I farm"),
    "self_employed": _("I have a shop or business"),
    "worker": _("I work for wages"),
    "migrant_worker": _("I work away from home"),
    "employee": _("I work in an office"),
    "civil_servant": _("Public service"),
    "teacher": _("Teacher"),
    "doctor": _("Doctor or nurse"),
    "retired": _("Retired"),
    "other": _("Something else"),
}
INDUSTRIES: Words = {
    "rice": _("Rice"),
    "maize": _("Maize, wheat"),
    "vegetables": _("Vegetables"),
    "mushrooms": _("Mushrooms"),
    "fruit": _("Fruit"),
    "tea": _("Tea"),
    "walnuts": _("Walnuts"),
    "pigs": _("Pigs"),
    "poultry": _("Poultry"),
    "cattle": _("Cattle, sheep"),
    "fish": _("Fish"),
    "retail": _("Shop"),
    "catering": _("Food, lodging"),
    "transport": _("Transport"),
    "construction": _("Building"),
    "manufacturing": _("Factory"),
    "public_service": _("Public service"),
    "other": _("Something else"),
}
HOUSEHOLD_SIZES: Words = {
    "1": _("Only me"),
    "2": _("2 people"),
    "3": _("3 people"),
    "4": _("4 people"),
    "5": _("5 people"),
    "6": _("6 or more"),
}
METHODS: Words = {
    "equal_instalment": _("The same amount every month"),
    "equal_principal": _("A little less every month"),
    "interest_only": _("Interest monthly, the loan at the end"),
    "bullet": _("Everything at the end"),
    "quarterly_interest": _("Interest each quarter, the loan at the end"),
    "seasonal": _("Most of it after the harvest"),
    "flexible": _("Borrow and repay when you like"),
}
_CASE = _("Settle the court case and bring the paper that says so.")
_OVERDUE = _("Pay what is overdue; after the next credit record you can apply again.")
_LESS_OFTEN = _("Many applications in a short time count against you. Wait three months.")
_OWN_CARD = _("Please use a debit card in your own name.")
#: The reason's code → what would help. Fraud signals get no hints.
ADVICE: Words = {
    "AGE_BELOW_MINIMUM": _("This product is for adults. Your parents may ask us."),
    "AGE_ABOVE_MAXIMUM": _("This product has an age limit. Your loan officer knows other ways."),
    "PURPOSE_FORBIDDEN": _("Ask for a loan for farm, shop or household instead."),
    "PURPOSE_NOT_COVERED": _("Ask for a loan for farm, shop or household instead."),
    "IDENTITY_MISMATCH": _("Compare name and ID number with your card, or bring it to us."),
    "IDENTITY_NO_RECORD": _("Bring your ID card to the branch; we check it there."),
    "OUTSIDE_AREA": _("We lend only in our counties. The bank at your home may help."),
    "PHONE_NOT_YOURS": _("Please use a number registered in your own name."),
    "CARD_NOT_YOURS": _OWN_CARD,
    "CARD_UNVERIFIED": _OWN_CARD,
    "CARD_NOT_DEBIT": _OWN_CARD,
    "COURT_DISHONEST": _CASE,
    "COURT_ENFORCEMENT": _CASE,
    "OVERDUE_NOW": _OVERDUE,
    "OVERDUE_NOW_SMALL": _OVERDUE,
    "OVERDUE_3_6": _("Two years of payments on time weigh more than old mistakes."),
    "OVERDUE_HERE": _("Please pay what is due on your loan with us first."),
    "MANY_LENDERS": _LESS_OFTEN,
    "MANY_ENQUIRIES": _LESS_OFTEN,
    "MANY_LENDER_APPLICATIONS": _LESS_OFTEN,
    "DEBT_TOO_HIGH": _("Paying back a part of your other loans would help."),
    "GUARANTEES_HIGH": _("Fewer guarantees for other people would help."),
    "income_too_low": _("A smaller amount, or proof of more income, would help."),
    "too_much_debt": _("Paying back a part of your other loans would help."),
    "identity_doubtful": _("Bring your ID card to the branch; we check it there."),
}
#: Part of a price step's name → the words for it.
PRICE_STEPS: Words = {
    "lpr": _("Market rate (LPR)"),
    "spread": _("Added for risk and work"),
    "grade": _("Added for risk and work"),
    "floor": _("Lowest rate of the product"),
    "cap": _("Highest rate of the product"),
    "coupon": _("Your rate coupon"),
    "tier": _("Because of your group"),
    "segment": _("Because of your group"),
    "list": _("Because of your group"),
}
#: Steps that are amounts of money, not rates, by their whole name.
AMOUNT_STEPS: Words = {
    "limit": _("Limit"),
    "repayment capacity": _("What your income can carry"),
}
_BY_QUESTION: Mapping[str, Words] = {
    "purpose": PURPOSES,
    "occupation": OCCUPATIONS,
    "industry": INDUSTRIES,
    "household_size": HOUSEHOLD_SIZES,
    "method": METHODS,
}


def label(question: str, code: str) -> str:
    """The words for a stored code; a code without words of its own is shown as written."""
    return str(_BY_QUESTION.get(question, {}).get(code, code.replace("_", " ")))


def pairs(question: str, codes: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    """``(code, words)`` for a question: all codes, or the given ones in the given order."""
    chosen = codes if codes is not None else tuple(_BY_QUESTION[question])
    return [(code, label(question, code)) for code in chosen]
