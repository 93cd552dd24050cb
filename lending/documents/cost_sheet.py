"""The cost sheet (综合融资成本明示表): everything a loan costs, said before signing. Pure.

The rule since 2026-08-01 asks for the principal; every interest and fee item with method, rate and
collector; the total annual cost when all goes well; what a default may cost besides; and the
statement that nothing else is charged.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lending.documents import texts_en, texts_zh
from lending.documents.wording import percent
from products.domain.schedule import Schedule

if TYPE_CHECKING:
    from products.domain.terms import LoanTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class CostItem:
    """One thing that is or may be charged. ``rate``: yearly fraction, or of the amount for a fee.

    ``amount`` in yuan over the whole term; ``None`` where it depends on what happens.
    """

    code: str
    name_zh: str
    name_en: str
    method_zh: str
    method_en: str
    rate: Decimal
    collector: str
    collector_en: str
    amount: Decimal | None = None

    def text(self, field: str, language: str) -> str:
        """``name``, ``method`` or ``collector`` in ``zh`` or ``en``."""
        if field == "collector":
            return self.collector_en if language == "en" and self.collector_en else self.collector
        return str(getattr(self, f"{field}_{language}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CostSheet:
    """Amounts in yuan; ``annual_total_cost_rate`` is effective, from the cash flows."""

    principal: Decimal
    items: tuple[CostItem, ...]
    total_cost: Decimal
    annual_total_cost_rate: Decimal
    contingent: tuple[CostItem, ...]
    statement_zh: str
    statement_en: str

    @property
    def total_repaid(self) -> Decimal:
        return self.principal + self.total_cost

    def statement(self, language: str) -> str:
        return self.statement_en if language == "en" else self.statement_zh

    def as_dict(self) -> dict[str, Any]:
        """JSON-safe: decimals as strings."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, written: Mapping[str, Any]) -> "CostSheet":
        return cls(
            principal=Decimal(written["principal"]),
            items=tuple(_item(item) for item in written["items"]),
            total_cost=Decimal(written["total_cost"]),
            annual_total_cost_rate=Decimal(written["annual_total_cost_rate"]),
            contingent=tuple(_item(item) for item in written["contingent"]),
            statement_zh=written["statement_zh"],
            statement_en=written["statement_en"],
        )


def build(
    *,
    principal: Decimal,
    annual_rate: Decimal,
    apr: Decimal,
    schedule: Schedule,
    terms: "LoanTerms",
    collector: str,
    collector_en: str = "",
) -> CostSheet:
    """The sheet of one loan. ``apr`` must be the one of ``schedule``'s own cash flows."""
    interest = _cost(
        "interest", annual_rate, (collector, collector_en), amount=schedule.total_interest
    )
    return CostSheet(
        principal=principal,
        items=(interest,),
        total_cost=schedule.total_interest,
        annual_total_cost_rate=apr,
        contingent=_contingent(annual_rate, terms, (collector, collector_en)),
        statement_zh=texts_zh.NOTHING_ELSE,
        statement_en=texts_en.NOTHING_ELSE,
    )


def penalty_rate(annual_rate: Decimal, penalty_uplift: Decimal) -> Decimal:
    """The yearly rate of an overdue amount: the contract's plus the uplift (0.5 = +50 %)."""
    return annual_rate * (1 + penalty_uplift)


def _contingent(
    annual_rate: Decimal, terms: "LoanTerms", collector: tuple[str, str]
) -> tuple[CostItem, ...]:
    raised = penalty_rate(annual_rate, terms.penalty_uplift)
    uplift = percent(terms.penalty_uplift, least=0)
    found = [
        _cost("penalty", raised, collector, uplift=uplift, grace_days=terms.grace_days),
        _cost("compound", raised, collector),
    ]
    if terms.early_repayment_fee_rate > 0:
        found.append(_cost("early_repayment", terms.early_repayment_fee_rate, collector))
    return tuple(found)


def _cost(
    code: str,
    rate: Decimal,
    collector: tuple[str, str],
    *,
    amount: Decimal | None = None,
    **facts: object,
) -> CostItem:
    name_zh, method_zh = texts_zh.COSTS[code]
    name_en, method_en = texts_en.COSTS[code]
    return CostItem(
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        method_zh=method_zh.format(**facts),
        method_en=method_en.format(**facts),
        rate=rate,
        collector=collector[0],
        collector_en=collector[1],
        amount=amount,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def _item(written: Mapping[str, Any]) -> CostItem:
    amount = written["amount"]
    return CostItem(
        **{
            **written,
            "rate": Decimal(written["rate"]),
            "amount": None if amount is None else Decimal(amount),
        }
    )
