"""How each computed value comes about, in words, with the strategy's own figures filled in."""

from risk.domain.profile import IncomeRules

#: Name → what it is called and how it is computed, in Chinese and English.
_WORDS: dict[str, tuple[str, str, str, str]] = {
    "age": ("年龄", "age", "出生日期到业务日期的整年数", "whole years from birth date to business date"),
    "thin_file": (
        "信用白户", "no credit file", "征信没有记录", "the bureau holds no file",
    ),
    "has_business": ("有经营", "has a business", "年营业额大于零", "yearly turnover above zero"),
    "stability_years": (
        "稳定年限", "years of the longest tie",
        "社保或公积金月数÷8、补贴年数、经营年数、开户年数中最长的",
        "the longest of insured months ÷ 8, years of subsidies, of trade, of the account",
    ),
    "verified_income": (
        "已核实月收入", "income others vouch for",
        "工资（年应税收入÷12；代发满{payroll}个月；社保满{social}个月）与经营（营业额×{margin}%÷12）取高，"
        "再加土地与补贴（按作物每亩年收入，÷12）",
        "the higher of wages (taxed income ÷ 12; payroll of {payroll} months; insurance of {social} "
        "months) and trade (turnover × {margin}% ÷ 12), plus land and subsidies ÷ 12",
    ),
    "monthly_income": (
        "可认定月收入", "income we rely on",
        "已核实月收入与自报收入×{declared}%（最高{cap}元）取高",
        "the higher of verified income and {declared}% of the declared (at most {cap} yuan)",
    ),
    "debt_burden_percent": (
        "每月还款占收入%", "repayments as % of income",
        "征信每月应还÷可认定月收入，向上取整",
        "monthly repayments at the bureau ÷ income we rely on, rounded up",
    ),
    "segment": (
        "客群", "segment", "策略中第一个成立的客群", "the strategy's first segment that holds",
    ),
}


def derived_words(name: str, income: IncomeRules) -> dict[str, str]:
    """``zh``, ``en``, ``how_zh``, ``how_en``; a name without words speaks for itself."""
    zh, en, how_zh, how_en = _WORDS.get(name, (name, name.replace("_", " "), "", ""))
    figures = {
        "payroll": income.payroll_months_min,
        "social": income.social_months_min,
        "margin": income.business_margin_percent,
        "declared": income.declared_percent,
        "cap": f"{income.declared_cap:,.0f}",
    }
    return {
        "zh": zh, "en": en, "how_zh": how_zh.format(**figures), "how_en": how_en.format(**figures)
    }
