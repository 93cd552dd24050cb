"""Features read from the credit bureau's report and the government's registers."""

from collections.abc import Iterable

from risk.domain.values import Feature

CLASSIFICATIONS = ("NORMAL", "SPECIAL_MENTION", "SUBSTANDARD", "DOUBTFUL", "LOSS")


def bureau() -> Iterable[Feature]:
    """No record at the bureau is a thin file: nothing owed, nothing overdue, no history."""
    b = "bureau"
    yield Feature(
        "bureau_has_file", "flag", b, "has_file", "有征信记录", "has a credit file", False
    )
    yield from _bureau_counts()
    for name, field, zh, en in (
        ("bureau_balance", "total_balance", "贷款余额", "balance owed"),
        ("bureau_obligation", "monthly_obligation", "每月应还", "monthly repayments owed"),
        ("bureau_overdue_now", "overdue_now_amount", "当前逾期金额", "overdue now"),
        ("bureau_guarantees", "guarantees_balance", "对外担保余额", "guarantees given"),
    ):
        yield Feature(name, "money", b, field, zh, en, "0.00")
    yield Feature(
        "bureau_worst_class",
        "text",
        b,
        "worst_classification",
        "最差五级分类",
        "worst classification",
        "NORMAL",
        CLASSIFICATIONS,
    )


def _bureau_counts() -> Iterable[Feature]:
    for name, field, zh, en in (
        (
            "bureau_history_months",
            "credit_history_months",
            "信用历史月数",
            "months of credit history",
        ),
        ("bureau_loans_open", "loans_open", "未结清贷款笔数", "open loans"),
        (
            "bureau_overdue_months_24",
            "overdue_months_24",
            "近24个月逾期月数",
            "overdue months in 24",
        ),
        (
            "bureau_overdue_run_max",
            "overdue_max_consecutive",
            "最长连续逾期月数",
            "longest run of overdue months",
        ),
        (
            "bureau_hard_enquiries_3m",
            "hard_enquiries_3m",
            "近3个月贷款审批查询次数",
            "loan enquiries in 3 months",
        ),
    ):
        yield Feature(name, "count", "bureau", field, zh, en, 0)


def government() -> Iterable[Feature]:
    yield from _land_and_subsidies()
    yield from _salary_registers()
    yield from _tax()


def _land_and_subsidies() -> Iterable[Feature]:
    yield Feature("land_mu", "money", "land", "mu", "确权土地亩数", "registered land (mu)", "0.00")
    yield Feature("land_crop", "text", "land", "crop", "主要种养", "main crop or herd", "none")
    yield Feature(
        "land_certificate",
        "flag",
        "land",
        "certificate",
        "有土地确权证明",
        "land certificate",
        False,
    )
    yield Feature(
        "subsidy_annual",
        "money",
        "subsidies",
        "annual_amount",
        "年惠农补贴",
        "yearly farm subsidies",
        "0.00",
    )
    yield Feature(
        "subsidy_years", "count", "subsidies", "years", "领补贴年数", "years of subsidies", 0
    )
    yield Feature(
        "subsidy_kinds", "texts", "subsidies", "kinds", "补贴种类", "kinds of subsidy", ()
    )


def _salary_registers() -> Iterable[Feature]:
    s = "social_insurance"
    yield Feature(
        "social_months_24",
        "count",
        s,
        "months_paid_24",
        "近24个月社保缴纳月数",
        "social insurance months in 24",
        0,
    )
    yield Feature(
        "social_base", "money", s, "monthly_base", "社保缴费基数", "insured salary", "0.00"
    )
    yield Feature(
        "employer_kind", "text", s, "employer_kind", "单位性质", "kind of employer", "none"
    )
    yield Feature("employer", "text", s, "employer", "工作单位", "employer", "none")
    h = "housing_fund"
    yield Feature(
        "fund_months_24",
        "count",
        h,
        "months_paid_24",
        "近24个月公积金缴存月数",
        "housing fund months in 24",
        0,
    )
    yield Feature(
        "fund_deposit",
        "money",
        h,
        "monthly_deposit",
        "公积金月缴存",
        "housing fund deposit",
        "0.00",
    )
    yield Feature(
        "fund_mortgage", "flag", h, "has_mortgage", "有公积金房贷", "housing fund mortgage", False
    )


def _tax() -> Iterable[Feature]:
    t = "tax"
    yield Feature(
        "tax_income", "money", t, "annual_income", "年应税收入", "yearly taxed income", "0.00"
    )
    yield Feature("tax_grade", "text", t, "tax_grade", "纳税信用等级", "tax credit grade", "none")
    yield Feature(
        "business_turnover", "money", t, "annual_turnover", "年营业额", "yearly turnover", "0.00"
    )
    yield Feature(
        "business_years", "count", t, "years_in_business", "经营年限", "years in business", 0
    )
