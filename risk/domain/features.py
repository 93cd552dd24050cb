"""Every value a strategy may use: its type, where it comes from, what "no record" means."""

from collections.abc import Iterable, Mapping

from risk.domain.feature_relations import relations
from risk.domain.feature_reports import bureau, government
from risk.domain.values import Feature

_RESULTS = ("MATCH", "MISMATCH", "NO_RECORD")


def _rows() -> Iterable[Feature]:
    yield from _application()
    yield from _checks()
    yield from bureau()
    yield from government()
    yield from _conduct()
    yield from _own_bank()


def _application() -> Iterable[Feature]:
    """What the person or lending told us. Fields are names in the request, not in a reply."""
    a = "application"
    yield Feature("birth_date", "day", a, "birth_date", "出生日期", "birth date")
    yield Feature("id_county", "county", a, "id_county", "身份证发证地", "county of the ID number")
    yield Feature("purpose", "text", a, "purpose", "贷款用途", "purpose")
    yield Feature(
        "declared_income", "money", a, "monthly_income", "自报月收入", "declared monthly income"
    )
    yield Feature("occupation", "text", a, "occupation", "自报职业", "declared occupation")
    yield Feature("industry", "text", a, "industry", "自报行业", "declared trade")
    yield from _signals()


def _signals() -> Iterable[Feature]:
    """What lending itself knows: speed, sharing of cards and identities, what is owed here."""
    s = "signals"
    for name, zh, en in (
        (
            "applications_same_identity_7d",
            "同一身份近7天申请数",
            "applications by this person in 7 days",
        ),
        ("customers_same_identity", "使用同一身份的客户数", "customers using this identity"),
        (
            "same_card_other_customers",
            "使用同一银行卡的其他客户",
            "other customers using this card",
        ),
        (
            "applications_by_device_7d",
            "同一设备近7天申请人数",
            "people applying from this device in 7 days",
        ),
        ("loans_overdue", "本行逾期贷款笔数", "overdue loans with us"),
    ):
        yield Feature(name, "count", s, name, zh, en)
    yield Feature(
        "outstanding_principal",
        "money",
        s,
        "outstanding_principal",
        "本行贷款余额",
        "principal owed here",
    )
    yield from relations()


def _checks() -> Iterable[Feature]:
    """Checks answer with a result; the pseudo-field ``result`` is that answer."""
    yield Feature(
        "identity_result",
        "text",
        "identity",
        "result",
        "身份核验",
        "identity check",
        when_no_record="NO_RECORD",
        allowed=_RESULTS,
    )
    yield Feature(
        "household_county",
        "county",
        "identity",
        "household_county",
        "户籍所在县区",
        "household county",
    )
    yield from _phone_and_card()


def _phone_and_card() -> Iterable[Feature]:
    yield Feature(
        "carrier_result",
        "text",
        "carrier",
        "result",
        "手机三要素",
        "phone check",
        when_no_record="NO_RECORD",
        allowed=_RESULTS,
    )
    yield Feature(
        "carrier_tenure_months",
        "count",
        "carrier",
        "tenure_months",
        "手机在网月数",
        "months with this number",
        when_no_record=0,
    )
    yield Feature(
        "card_result",
        "text",
        "card",
        "result",
        "银行卡四要素",
        "bank card check",
        when_no_record="NO_RECORD",
        allowed=_RESULTS,
    )
    yield Feature(
        "card_type", "text", "card", "card_type", "卡类型", "card type", when_no_record="unknown"
    )


def _conduct() -> Iterable[Feature]:
    c, m = "courts", "multilender"
    yield Feature(
        "court_open_cases", "count", c, "open_cases", "未结执行案件", "open enforcement cases", 0
    )
    yield Feature(
        "court_open_amount",
        "money",
        c,
        "open_amount",
        "未结执行金额",
        "open enforcement amount",
        "0.00",
    )
    yield Feature(
        "court_dishonest", "flag", c, "dishonest", "失信被执行人", "on the dishonest list", False
    )
    yield Feature(
        "multi_lenders_3m", "count", m, "lenders_3m", "近3个月放款机构数", "lenders in 3 months", 0
    )
    for days, zh, en in (
        ("7d", "近7天外部申请次数", "applications elsewhere in 7 days"),
        ("30d", "近30天外部申请次数", "applications elsewhere in 30 days"),
        ("3m", "近3个月外部申请次数", "applications elsewhere in 3 months"),
    ):
        yield Feature(f"multi_applications_{days}", "count", m, f"applications_{days}", zh, en, 0)
    yield Feature(
        "fraud_listed", "flag", m, "on_fraud_list", "命中欺诈名单", "on a fraud list", False
    )


def _own_bank() -> Iterable[Feature]:
    o = "own_bank"
    yield Feature(
        "bank_customer_since",
        "day",
        o,
        "customer_since",
        "开户日期",
        "customer since",
        "9999-12-31",
    )
    yield Feature("bank_deposit", "money", o, "deposit_balance", "存款余额", "deposits", "0.00")
    yield Feature(
        "bank_deposit_average",
        "money",
        o,
        "average_deposit_12m",
        "近12个月日均存款",
        "average deposits",
        "0.00",
    )
    yield Feature(
        "payroll_months_12",
        "count",
        o,
        "payroll_months_12",
        "近12个月代发工资月数",
        "payroll months in 12",
        0,
    )
    yield Feature(
        "payroll_monthly", "money", o, "payroll_monthly", "月代发工资", "monthly payroll", "0.00"
    )
    yield Feature(
        "bank_past_loans", "count", o, "past_loans", "本行历史贷款", "past loans with us", 0
    )
    yield Feature(
        "bank_past_overdue",
        "count",
        o,
        "past_loans_overdue",
        "本行历史逾期",
        "past loans overdue",
        0,
    )
    yield Feature(
        "bank_mortgage", "flag", o, "has_mortgage", "本行按揭客户", "mortgage with us", False
    )


FEATURES: dict[str, Feature] = {feature.name: feature for feature in _rows()}

#: Computed by the engine from the values above (and the strategy's parameters); see ``derive``.
DERIVED: dict[str, str] = {
    "age": "count",
    "thin_file": "flag",
    "stability_years": "count",
    "has_business": "flag",
    "verified_income": "money",
    "monthly_income": "money",
    "debt_burden_percent": "count",
    "segment": "text",
    "in_product_segment": "flag",
    "documents_needed": "flag",
    "on_black_list": "flag",
    "on_grey_list": "flag",
    "on_excluded_list": "flag",
}


def types(formulas: Mapping[str, str] | None = None) -> dict[str, str]:
    """Name → type of everything a condition may name; ``formulas`` are the strategy's own."""
    named = {name: feature.type for name, feature in FEATURES.items()}
    return named | DERIVED | dict(formulas or {})
