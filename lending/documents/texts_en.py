"""The English wording of the loan contract and the cost sheet. Data: same keys as ``texts_zh``."""

TITLE = "Personal Loan Contract"
SUBTITLE = "{product} · electronic contract"
CONTRACT_NO = "Contract no."
DRAWN_ON = "Drawn up on"
PARTIES = "The parties"
LENDER = "Lender"
BORROWER = "Borrower"
ID_NUMBER = "ID number"
MOBILE = "Mobile"
CARD = "Account for payout and repayment"
KEY_TERMS = "The loan"
AMOUNT = "Principal"
IN_CAPITALS = "RMB {capitals}"
APR = "True annual cost (APR)"
APR_NOTE = "internal rate of return of all payments, compound"
ANNUAL_RATE = "Annual interest rate"
ANNUAL_RATE_NOTE = "simple interest, fixed"
ANNUAL_RATE_NOTE_FLOATING = "simple interest, floating with the LPR"
TERM = "Term"
TERM_MONTHS = "{months} months"
METHOD = "Repayment"
PURPOSE = "Purpose"
TOTAL_INTEREST = "Total interest"
TOTAL_REPAID = "Total to repay"
FIRST_DUE = "First payment"
MATURITY = "Last payment"
DAY_COUNT = "Interest basis"
CLAUSES_TITLE = "Clauses"
WEIGHTY_NOTE = (
    "Clauses in heavy type on a coloured ground matter most to you: please read them well."
)
SCHEDULE_TITLE = "Repayment schedule"
SCHEDULE_NOTE = (
    "Drawn up as if paid out on {start}. Interest runs from the day of the actual payout; the "
    "dates move with it, rate and method do not. The schedule issued after the payout prevails."
)
SCHEDULE_COLUMNS = ("No.", "Due", "To pay", "Principal", "Interest", "Left to repay")
SCHEDULE_TOTAL = "Total"
SHEET_TITLE = "Cost sheet: everything this loan costs"
SHEET_NORMAL = "1. Interest and fees when all goes well"
SHEET_COLUMNS = ("Item", "How it is charged", "Rate", "Amount (CNY)", "Collected by")
SHEET_TOTAL = "Total interest and fees"
SHEET_APR = "Total annual cost when all goes well"
SHEET_CONTINGENT = "2. What may be charged on default or in special cases"
SHEET_CONTINGENT_COLUMNS = ("Item", "How it is charged", "Rate", "Collected by")
SHEET_STATEMENT = "3. Statement"
NOTHING_ELSE = (
    "Nothing but the items above is charged by the lender or its partners, and no interest or fee "
    "is taken from the principal at payout."
)
PER_YEAR = "{rate} a year"
OF_AMOUNT = "{rate}"
SIGNATURES = "Signatures"
LENDER_SEAL = "Lender (electronic seal)"
BORROWER_SIGNATURE = "Borrower (electronic signature)"
UNSIGNED = "To be signed by the borrower with a code sent by SMS"
SIGNED = "Signed by the borrower in person with a code sent by SMS"
SIGNED_AT = "Signed at"
SIGNED_BY_MOBILE = "Mobile verified"
READING_SECONDS = "Cost sheet read for"
SECONDS = "{seconds} seconds"
CLIENT_IP = "Network address"
DOCUMENT_HASH = "SHA-256 of the signed text"
PAGE = "Page {page} of {pages}"
FINGERPRINT = "SHA-256 of the contract text"

METHODS = {
    "equal_instalment": ("Equal instalments", "the same amount each month, principal and interest"),
    "equal_principal": ("Equal principal", "the same principal each month, interest falling"),
    "interest_only": ("Interest first", "interest each month, the principal at the end"),
    "bullet": ("One payment at the end", "all principal and interest on the last day"),
    "quarterly_interest": (
        "Quarterly interest",
        "interest every three months, the principal at the end",
    ),
    "seasonal": (
        "By season",
        "principal and interest in the agreed months of income, nothing in the others",
    ),
    "flexible": (
        "Borrow and repay at will",
        "daily interest paid each month, principal whenever you like",
    ),
}
DAY_COUNTS = {
    "30/360": "Months count as 30 days, years as 360",
    "act/360": "Actual days; daily rate = annual rate ÷ 360",
    "act/365": "Actual days; daily rate = annual rate ÷ 365",
    "act/act": "Actual days; daily rate = annual rate ÷ days of that year",
}
PURPOSES = {
    "agriculture": "farming",
    "seeds_fertiliser": "seed, fertiliser and feed",
    "livestock": "buying animals",
    "machinery": "farm machines",
    "business": "running a business",
    "stock": "buying goods for the shop",
    "working_capital": "running a business",
    "equipment": "equipment",
    "renovation": "building or renovating a home",
    "home": "home and furniture",
    "furniture": "furniture and appliances",
    "car": "a vehicle",
    "vehicle": "a vehicle",
    "education": "school and training",
    "medical": "medical care",
    "wedding": "wedding and family",
    "travel": "travel",
    "consumption": "everyday needs",
    "daily": "everyday needs",
    "other": "other lawful purposes",
}
COSTS = {
    "interest": ("Interest", "on the principal still owed, for the time used, as scheduled"),
    "penalty": (
        "Penalty interest",
        "on overdue principal, actual days from the day it is overdue; contract rate plus {uplift}",
    ),
    "compound": ("Compound interest", "on overdue interest at the penalty rate, actual days"),
    "early_repayment": ("Early repayment fee", "once, on the principal repaid early"),
}
EARLY_FREE = (
    "The Borrower may repay all or part early at any time and pays interest only for the days the "
    "money was used. The Lender charges nothing for early repayment."
)
EARLY_FEE = (
    "The Borrower may repay all or part early at any time and pays interest only for the days the "
    "money was used, plus once {fee} of the principal repaid early."
)
GRACE_NONE = "There are no days of grace."
GRACE = (
    "There are {grace_days} days of grace after a due date: an instalment paid within them carries "
    "no penalty and is not overdue."
)

ALLOCATION_USUAL = (
    "Payments that do not cover all that is due go first to the cost of recovery, then to "
    "interest, then to principal."
)
ALLOCATION = "Payments that do not cover all that is due go first to the cost of recovery, then to {order}."
LIST_SIGN = ", "
COMPONENTS = {
    "compound": "compound interest",
    "penalty": "penalty interest",
    "interest": "interest",
    "principal": "principal",
}
PRINCIPAL_FIRST = "More than {days} days past due, payments go first to principal, then to interest."
NEXT_WORKING_DAY = (
    "A due date on which the bank is closed moves to its next working day; paying then is not late."
)
REVOLVING = (
    "The CNY {amount} are a revolving line for the whole term: principal repaid may be drawn again, "
    "each drawing at the rate and with the repayment of this contract. While the Borrower is late, "
    "the Lender may freeze what is not drawn."
)
REPRICING = {
    "fixed": "fixed for the whole term",
    "yearly_january": (
        "each 1 January set anew to the loan prime rate (LPR) of that day plus the spread of this "
        "contract; the Borrower is told the new rate by text message"
    ),
    "yearly_anniversary": (
        "after each year set anew to the loan prime rate (LPR) of that day plus the spread of this "
        "contract; the Borrower is told the new rate by text message"
    ),
}

CLAUSES = (
    (
        "Loan and purpose",
        True,
        (
            "The Lender lends the Borrower CNY {amount} for {purpose}.",
            "The money must not be used to buy a home or repay a mortgage, for shares or other "
            "financial investments, for gambling or anything unlawful, nor be lent on. If it is, "
            "the Lender may stop the payout and demand early repayment.",
        ),
    ),
    (
        "Payout",
        False,
        (
            "The principal is paid in full and at once to the Borrower's own account ({card}); no "
            "interest or fee is taken from it.",
            "Interest runs from the day the money arrives, and not before.",
        ),
    ),
    (
        "Rate and interest",
        True,
        (
            "The annual rate is {annual_rate} (simple), {repricing}. {day_count}.",
            "From all payments of the schedule the true annual cost is {apr} (internal rate of "
            "return, compound).",
        ),
    ),
    (
        "Repayment",
        True,
        (
            "{method}: {method_note}. The Borrower keeps the amount due in the account above by "
            "the due date and authorises the Lender to collect it from there.",
            "{allocation}",
            "{due_days}",
            "{revolving}",
        ),
    ),
    ("Early repayment", False, ("{early}",)),
    (
        "Late payment",
        True,
        (
            "{grace}",
            "From the day an amount is overdue, overdue principal bears penalty interest at "
            "{penalty_rate} a year (the contract rate plus {uplift}), and overdue interest bears "
            "compound interest at the same rate, until paid.",
            "Interest, penalty and compound interest together never exceed the limit set by law. "
            "The Lender collects lawfully and politely and contacts nobody who has no part in the "
            "debt.",
        ),
    ),
    (
        "Early maturity",
        True,
        (
            "If the Borrower gave false documents, misused the loan, missed three payments in a "
            "row or six in all, or faces a lawsuit that endangers repayment, the Lender may, "
            "after written notice (also by SMS) and a fair period, call the loan in.",
        ),
    ),
    (
        "Credit information",
        True,
        (
            "As the law requires, the Lender reports this loan, its repayment and any arrears to "
            "the national credit database. Arrears make later loans harder.",
        ),
    ),
    (
        "The Borrower's rights",
        False,
        (
            "The Borrower may see and download this contract, the schedule and all payments free "
            "of charge, and receives a settlement letter when the loan is repaid.",
            "The Borrower may ask a person to review an automatic decision, refuse marketing, and "
            "complain to the Lender and then to the financial regulator.",
        ),
    ),
    (
        "Change of lender",
        False,
        (
            "If the Lender is merged, converted or becomes a branch, its successor performs this "
            "contract; rate, term and method stay as they are.",
        ),
    ),
    (
        "Notices and disputes",
        False,
        (
            "The mobile number above is a way of service; the Borrower reports a new number soon.",
            "Disputes are settled by talking, failing that by the people's court at the Lender's "
            "seat. In case of difference the Chinese text prevails.",
        ),
    ),
    (
        "Electronic signature",
        False,
        (
            "The parties conclude this contract as a data message. Entering the code sent to the "
            "Borrower's own phone, after reading the cost sheet and this contract, is the "
            "electronic signature and equals one by hand.",
            "The contract takes effect when the Borrower signs and ends when all is repaid.",
        ),
    ),
)
