"""docs/servicing-years.md from the golden figures: accounting sentences, one line a fact."""


from decimal import Decimal
from typing import Any

from lending.domain.postings import CHART_OF_ACCOUNTS
from tests.servicing.years_stories import STORIES, Story

HEAD = """# A year in the life of eight loans

One loan a repayment method, night by night, in the words of its books. Written by
`python -m tests.servicing.years --write` from [the golden figures](../tests/golden/servicing_years.json);
`tests/servicing/test_years.py` holds page, figures, engine and reference model together to the cent, and
reckons the lines *by hand* again. The rules: [adr/0035](adr/0035-servicing-arithmetic.md); the accounts:
`lending/domain/postings.py`. "Owed" is the morning's balance: principal + accrued interest + penalty and
compound interest. A journal that turns another round shows its net lines.
"""
NAMES = {
    "principal": "principal", "interest": "interest", "penalty": "penalty interest",
    "compound": "compound interest", "credit": "kept for the customer",
}


def money(amount: str | Decimal) -> str:
    return f"{Decimal(amount):,.2f}"


def page(figures: list[dict[str, Any]]) -> str:
    parts = [HEAD]
    for story, one in zip(STORIES, figures, strict=True):
        parts.append(_chapter(story, one))
    return "\n".join(parts)


def _chapter(story: Story, one: dict[str, Any]) -> str:
    terms = story.terms
    lines = [
        f"## {story.title}",
        "",
        f"{money(Decimal(terms.principal) / 100)} at {Decimal(terms.rate) / 10_000:.2f} % a year, "
        f"{terms.months} months from {terms.start}, {terms.day_count}. {story.words}",
        "",
        "By hand:",
        "",
        *(f"- {line}" for line in story.by_hand),
        "",
        "| date | what happened | debit | credit | owed |",
        "|---|---|---|---|---|",
        *(_row(step) for step in one["steps"]),
        "",
        f"True annual rate of the plan {_percent(one['apr_planned'])}, of what was paid "
        f"{_percent(one['apr_paid'])}. At the end the accounts of the loan hold: {_sides(one['books'])}.",
        "",
    ]
    return "\n".join(lines)


def _percent(rate: str) -> str:
    return f"{Decimal(rate) * 100:.4f} %"


def _row(step: dict[str, Any]) -> str:
    journal = {code: Decimal(amount) for code, amount in step["journal"].items()}
    debits = "<br>".join(_line(code, amount) for code, amount in journal.items() if amount > 0)
    credits = "<br>".join(_line(code, -amount) for code, amount in journal.items() if amount < 0)
    owed = step["owed"]
    text = f"{money(owed['principal'])} + {money(owed['interest'])}"
    if Decimal(owed["charges"]):
        text += f" + {money(owed['charges'])}"
    if owed["days_past_due"]:
        text += f"; {owed['days_past_due']} days past due"
    return f"| {step['date']} | {_sentence(step)} | {debits} | {credits} | {text} |"


def _line(code: str, amount: Decimal) -> str:
    return f"{code} {CHART_OF_ACCOUNTS[code][1]} {money(amount)}"


def _sides(books: dict[str, str]) -> str:
    words = [
        f"{code} {CHART_OF_ACCOUNTS[code][1]} {money(abs(Decimal(amount)))} "
        f"{'debit' if Decimal(amount) > 0 else 'credit'}"
        for code, amount in books.items()
    ]
    return ", ".join(words)


def _sentence(step: dict[str, Any]) -> str:
    kind, amount = step["kind"], step["amount"]
    journal = step["journal"]
    if kind == "disbursed":
        return f"{money(amount)} go to the borrower's card"
    if kind == "accrued":
        words = [
            f"{what} {money(journal[code])}"
            for code, what in (("1132", "interest"), ("1133", "penalty and compound interest"))
            if code in journal
        ]
        return f"the nights since accrued {' and '.join(words)}"
    if kind == "rate_change":
        return f"the rate becomes {Decimal(step['options']['annual_rate']) * 100:.2f} %; a new plan"
    if kind == "reversal":
        return f"the {money(amount)} are taken back: the loan is what it would be without them"
    verb = {
        "repayment": "paid", "payoff": "paid to end the loan", "partial_early": "paid, part of it early",
    }[kind]
    if kind == "partial_early" and step["options"].get("choice") == "shorten_term":
        verb += "; same instalment, shorter term"
    return f"{money(amount)} {verb}: {_parts(step['splits'])}"


def _parts(splits: list[list[Any]]) -> str:
    words = []
    for name, amount, number in splits:
        of = f" of instalment {number}" if 0 < number < 1_001 else ""
        early = " before its time" if number > 1_000 and name == "principal" else ""
        words.append(f"{money(amount)} {NAMES[name]}{of}{early}")
    return ", ".join(words)


