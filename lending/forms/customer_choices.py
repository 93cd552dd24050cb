"""The words behind the codes an applicant chooses from; the codes are what is stored."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = Mapping[str, str | Promise]

PURPOSES: Words = {
    "agriculture": _("Farming and livestock"),
    "seeds_fertiliser": _("Seed, fertiliser, feed"),
    "livestock": _("Buying animals"),
    "machinery": _("Farm machines"),
    "business": _("My shop or business"),
    "stock": _("Buying goods for the shop"),
    "working_capital": _("Running my business"),
    "equipment": _("Equipment"),
    "renovation": _("Building or renovating a home"),
    "home": _("Home and furniture"),
    "furniture": _("Furniture and appliances"),
    "car": _("A car or motorcycle"),
    "vehicle": _("A car or motorcycle"),
    "education": _("School and training"),
    "medical": _("Doctor and hospital"),
    "wedding": _("Wedding and family"),
    "travel": _("Travel"),
    "consumption": _("Everyday needs"),
    "daily": _("Everyday needs"),
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
    "maize": _("Maize and wheat"),
    "vegetables": _("Vegetables and mushrooms"),
    "fruit": _("Fruit, tea, walnuts"),
    "pigs": _("Pigs"),
    "poultry": _("Poultry, cattle, sheep, fish"),
    "retail": _("Shop"),
    "catering": _("Food and lodging"),
    "transport": _("Transport"),
    "construction": _("Building"),
    "manufacturing": _("Factory"),
    "public_service": _("School, hospital, office"),
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
#: Part of a reason's code → what would help. The first that fits is said.
ADVICE: Words = {
    "age": _("This product has an age limit. Your loan officer knows other ways."),
    "area": _("We lend only to people who live in our counties. The bank at your home may help."),
    "overdue": _("Pay what is overdue and wait for the next credit record; then apply again."),
    "debt": _("Paying back a part of your other loans would help."),
    "income": _("A smaller amount, or proof of more income, would help."),
    "court": _("Settle the court case and bring the paper that says so."),
    "dishonest": _("Settle the court case and bring the paper that says so."),
    "enforcement": _("Settle the court case and bring the paper that says so."),
    "identity": _(
        "Please compare name and ID number with your card, or come to the branch with it."
    ),
    "card": _("Please use a bank card of your own."),
    "lender": _("Many applications in a short time count against you. Wait three months."),
    "enquir": _("Many applications in a short time count against you. Wait three months."),
}
#: Part of a price step's name → the words for it.
PRICE_STEPS: Words = {
    "lpr": _("Market rate (LPR)"),
    "spread": _("Added for risk and work"),
    "grade": _("Added for risk and work"),
    "floor": _("Lowest rate of the product"),
    "cap": _("Highest rate of the product"),
    "coupon": _("Your rate coupon"),
    "segment": _("Because of your group"),
    "list": _("Because of your group"),
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
