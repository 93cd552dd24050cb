"""What may never be known, and what alone may move a price. Pure.

A price follows the risk, the person's dealings with the bank and the loan itself; never age, place,
sex, employer or the like. A formula is held to the same list through everything it reads.
"""

#: Words of attributes that must not enter a decision: no feature's or formula's name may hold one.
PROTECTED = frozenset(
    {
        "sex", "gender", "male", "female", "ethnicity", "ethnic", "nation", "nationality",
        "minority", "race", "religion", "religious", "faith", "belief", "health", "disease",
        "illness", "sick", "disability", "disabled", "hiv", "genetic", "pregnancy", "pregnant",
        "marital", "married", "divorced", "orientation", "political", "politics",
    }
)

#: Everything a price table may read.
PRICE_FACTORS = frozenset(
    {
        "grade", "segment", "limit_amount", "thin_file", "bank_past_loans", "bank_past_overdue",
        "loans_overdue", "outstanding_principal", "bank_customer_since", "bank_deposit",
        "bank_deposit_average", "bank_mortgage", "fund_mortgage", "payroll_months_12",
        "payroll_monthly", "land_certificate", "debt_burden_percent", "monthly_income",
        "verified_income", "bureau_obligation", "tax_grade", "business_years", "subsidy_years",
    }
)


def is_protected(name: str) -> bool:
    """Whether one of the words of ``name`` (joined by ``_``) is a protected attribute."""
    return bool(PROTECTED & set(name.lower().split("_")))
