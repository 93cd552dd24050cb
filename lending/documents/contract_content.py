"""What a contract says, ready to be set: the one source of both the HTML and the PDF. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import ModuleType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lending.documents import texts_en, texts_zh
from lending.documents.cost_sheet import CostItem, CostSheet, penalty_rate
from lending.documents.wording import LANGUAGES, annual_cost, capitals, clean, day, money, percent
from lending.domain.credit_lines import opens_line
from products.domain.schedule import Schedule
from products.domain.term_fields import ALLOCATION, AS_IS, FIXED

if TYPE_CHECKING:
    from products.domain.terms import LoanTerms

_BANK_TIME = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """How the borrower signed: which text, read how long, from where (proof for a dispute)."""

    document_sha256: str
    cost_sheet_seconds: int
    client_ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """Everything a contract states. Amounts in yuan, rates yearly fractions; masked where named so.

    ``signed_at`` is aware; without it the paper is the text offered for signature, and that text's
    SHA-256 is what the borrower signs.
    """

    contract_no: str
    legal_entity_name: str
    borrower_name: str
    id_number: str
    mobile_masked: str
    card_number_masked: str
    amount: Decimal
    annual_rate: Decimal
    apr: Decimal
    term_months: int
    method: str
    purpose: str
    schedule: Schedule
    terms: "LoanTerms"
    cost_sheet: CostSheet
    created_on: date
    signed_at: datetime | None = None
    legal_entity_name_en: str = ""
    evidence: Evidence | None = None
    language: str = "zh"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"no contract text in {self.language!r}")


@dataclass(frozen=True, slots=True)
class Line:
    """A label with its value and, where needed, a small note."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    number: int
    heading: str
    is_weighty: bool
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The paper in reading order, every text final and unescaped."""

    language: str
    words: ModuleType
    subtitle: str
    lender: str
    head: tuple[Line, ...]
    parties: tuple[Line, ...]
    heroes: tuple[Line, ...]
    key_terms: tuple[Line, ...]
    clauses: tuple[Clause, ...]
    schedule: Table
    costs: Table
    contingent: Table
    sheet_apr: str
    statement: str
    borrower: str
    signature: tuple[Line, ...]


def compose(facts: ContractFacts) -> Content:
    """All texts of the paper in its language."""
    words = texts_en if facts.language == "en" else texts_zh
    lender = facts.legal_entity_name
    product = facts.terms.name_zh
    if facts.language == "en":
        lender, product = facts.legal_entity_name_en or lender, facts.terms.name_en or product
    sheet = facts.cost_sheet
    return Content(
        language=facts.language,
        words=words,
        subtitle=words.SUBTITLE.format(product=clean(product)),
        lender=clean(lender),
        head=(
            Line(words.CONTRACT_NO, clean(facts.contract_no)),
            Line(words.DRAWN_ON, day(facts.created_on, facts.language)),
        ),
        parties=(
            Line(words.LENDER, clean(lender)),
            Line(words.BORROWER, clean(facts.borrower_name)),
            Line(words.ID_NUMBER, clean(facts.id_number)),
            Line(words.MOBILE, clean(facts.mobile_masked)),
            Line(words.CARD, clean(facts.card_number_masked)),
        ),
        heroes=_heroes(facts, words),
        key_terms=_key_terms(facts, words),
        clauses=_clauses(facts, words),
        schedule=_schedule(facts, words),
        costs=_costs(facts, words),
        contingent=Table(
            words.SHEET_CONTINGENT,
            words.SHEET_CONTINGENT_COLUMNS,
            tuple(_cost_row(item, facts.language, words) for item in sheet.contingent),
        ),
        sheet_apr=annual_cost(sheet.annual_total_cost_rate),
        statement=sheet.statement(facts.language),
        borrower=clean(facts.borrower_name),
        signature=_signature(facts, words),
    )


def _heroes(facts: ContractFacts, words: ModuleType) -> tuple[Line, ...]:
    in_capitals = words.IN_CAPITALS.format(capitals=capitals(facts.amount))
    return (
        Line(words.AMOUNT, f"¥{money(facts.amount)}", in_capitals),
        Line(words.APR, annual_cost(facts.apr), words.APR_NOTE),
    )


def _key_terms(facts: ContractFacts, words: ModuleType) -> tuple[Line, ...]:
    schedule, language = facts.schedule, facts.language
    method, method_note = words.METHODS[facts.method]
    return (
        Line(words.ANNUAL_RATE, percent(facts.annual_rate), _rate_note(facts, words)),
        Line(words.TERM, words.TERM_MONTHS.format(months=facts.term_months)),
        Line(words.METHOD, method, method_note),
        Line(words.PURPOSE, _purpose(facts, words)),
        Line(words.TOTAL_INTEREST, f"¥{money(schedule.total_interest)}"),
        Line(words.TOTAL_REPAID, f"¥{money(facts.amount + schedule.total_interest)}"),
        Line(words.FIRST_DUE, day(schedule.instalments[0].due, language)),
        Line(words.MATURITY, day(schedule.maturity, language)),
        Line(words.DAY_COUNT, words.DAY_COUNTS[facts.terms.day_count]),
    )


def _rate_note(facts: ContractFacts, words: ModuleType) -> str:
    is_fixed = facts.terms.repricing == FIXED
    return str(words.ANNUAL_RATE_NOTE if is_fixed else words.ANNUAL_RATE_NOTE_FLOATING)


def _purpose(facts: ContractFacts, words: ModuleType) -> str:
    known: str | None = words.PURPOSES.get(facts.purpose)
    return known or clean(facts.purpose.replace("_", " "))


def _clauses(facts: ContractFacts, words: ModuleType) -> tuple[Clause, ...]:
    terms = facts.terms
    method, method_note = words.METHODS[facts.method]
    fee = terms.early_repayment_fee_rate
    filled = {
        "amount": money(facts.amount),
        "capitals": capitals(facts.amount),
        "purpose": _purpose(facts, words),
        "card": clean(facts.card_number_masked),
        "annual_rate": percent(facts.annual_rate),
        "apr": annual_cost(facts.apr),
        "day_count": words.DAY_COUNTS[terms.day_count],
        "method": method,
        "method_note": method_note,
        "penalty_rate": percent(penalty_rate(facts.annual_rate, terms.penalty_uplift)),
        "uplift": percent(terms.penalty_uplift, least=0),
        "repricing": words.REPRICING[terms.repricing],
        "allocation": _allocation(facts, words),
        "due_days": words.NEXT_WORKING_DAY if terms.due_day_rule != AS_IS else "",
        "revolving": (
            words.REVOLVING.format(amount=money(facts.amount))
            if opens_line(is_revolving=terms.is_revolving, method=facts.method)
            else ""
        ),
        "early": words.EARLY_FEE.format(fee=percent(fee)) if fee > 0 else words.EARLY_FREE,
        "grace": (
            words.GRACE.format(grace_days=terms.grace_days)
            if terms.grace_days > 0
            else words.GRACE_NONE
        ),
    }
    return tuple(
        Clause(
            number, heading, weighty,
            tuple(filter(None, (text.format(**filled) for text in paragraphs))),
        )
        for number, (heading, weighty, paragraphs) in enumerate(words.CLAUSES, 1)
    )


def _allocation(facts: ContractFacts, words: ModuleType) -> str:
    """What a repayment is put to first; a sentence more where principal goes first in long arrears."""
    terms = facts.terms
    named = words.LIST_SIGN.join(words.COMPONENTS[part] for part in terms.allocation_order)
    is_usual = terms.allocation_order == ALLOCATION
    sentences = [words.ALLOCATION_USUAL if is_usual else words.ALLOCATION.format(order=named)]
    if terms.principal_first_after_days:
        sentences.append(words.PRINCIPAL_FIRST.format(days=terms.principal_first_after_days))
    return (" " if facts.language == "en" else "").join(sentences)


def _schedule(facts: ContractFacts, words: ModuleType) -> Table:
    schedule = facts.schedule
    rows = tuple(
        (
            str(row.n),
            row.due.isoformat(),
            money(row.amount),
            money(row.principal),
            money(row.interest),
            money(row.balance),
        )
        for row in schedule.instalments
    )
    repaid, interest = facts.amount + schedule.total_interest, schedule.total_interest
    total = (words.SCHEDULE_TOTAL, "", money(repaid), money(facts.amount), money(interest), "")
    note = words.SCHEDULE_NOTE.format(start=day(schedule.start, facts.language))
    return Table(words.SCHEDULE_TITLE, words.SCHEDULE_COLUMNS, rows, total, note)


def _costs(facts: ContractFacts, words: ModuleType) -> Table:
    sheet = facts.cost_sheet
    rows = tuple(_cost_row(item, facts.language, words) for item in sheet.items)
    total = (words.SHEET_TOTAL, "", "", money(sheet.total_cost), "")
    return Table(words.SHEET_NORMAL, words.SHEET_COLUMNS, rows, total)


def _cost_row(item: CostItem, language: str, words: ModuleType) -> tuple[str, ...]:
    is_yearly = item.code != "early_repayment"
    rate = (words.PER_YEAR if is_yearly else words.OF_AMOUNT).format(rate=percent(item.rate))
    row = (clean(item.text("name", language)), clean(item.text("method", language), 300), rate)
    amount = () if item.amount is None else (money(item.amount),)
    return (*row, *amount, clean(item.text("collector", language)))


def _signature(facts: ContractFacts, words: ModuleType) -> tuple[Line, ...]:
    """Empty while the paper is unsigned."""
    if facts.signed_at is None:
        return ()
    signed_at = facts.signed_at.astimezone(_BANK_TIME).isoformat(sep=" ", timespec="seconds")
    lines = [
        Line(words.SIGNED_AT, signed_at),
        Line(words.SIGNED_BY_MOBILE, clean(facts.mobile_masked)),
    ]
    proof = facts.evidence
    if proof:
        read = words.SECONDS.format(seconds=int(proof.cost_sheet_seconds))
        lines += [
            Line(words.READING_SECONDS, read),
            Line(words.CLIENT_IP, clean(proof.client_ip)),
            Line(words.DOCUMENT_HASH, clean(proof.document_sha256)),
        ]
    return tuple(line for line in lines if line.value)
