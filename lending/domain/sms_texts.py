"""Texts of service messages by template and language, as registered with the carrier.

``{name}`` placeholders are filled from parameters; no marketing here, so no opt-out line is needed.
Texts about debts (``due_soon``, ``due_today``, ``overdue``) are sent by ``services.reminders`` alone.
"""

from collections.abc import Mapping

_SIGNATURE = {"zh-hans": "【广元示范村镇银行】", "en": "[Guangyuan Demo Rural Bank] "}

TEXTS: Mapping[str, Mapping[str, str]] = {
    "otp_login": {
        "zh-hans": "您的登录验证码是 {code}，5 分钟内有效。银行员工不会向您索要验证码。",
        "en": "Your login code is {code}, valid for 5 minutes. Bank staff never ask for it.",
    },
    "otp_sign": {
        "zh-hans": "您正在签署借款合同，验证码 {code}，5 分钟内有效。不是您本人操作请勿告诉任何人。",
        "en": "You are signing a loan contract. Code {code}, valid for 5 minutes. Tell nobody.",
    },
    "offer_ready": {
        "zh-hans": "您的闪贷申请已通过，最高可借 {amount} 元，请在 {expires_on} 前登录查看方案。",
        "en": "Your application is approved for up to CNY {amount}. Please choose before {expires_on}.",
    },
    "in_review": {
        "zh-hans": "您的申请已转给客户经理人工审核，一般一个工作日内有结果，我们会再发短信给您。",
        "en": "A loan officer is looking at your application. We will text you, usually in one working day.",
    },
    "declined": {
        "zh-hans": "很抱歉，您的申请这次没有通过。登录可查看原因，也可以申请人工复核。",
        "en": "We are sorry: not approved this time. Log in for the reasons or ask for a review.",
    },
    "declined_by_person": {
        "zh-hans": "很抱歉，客户经理审核后，您的申请这次没有通过。登录可查看原因，如有疑问请联系客户经理。",
        "en": "We are sorry: a loan officer looked and could not approve it. Log in for the reasons.",
    },
    "disbursed": {
        "zh-hans": (
            "{amount} 元已放款到您尾号 {last_four} 的银行卡，"
            "首次还款日 {first_due}，还款 {first_amount} 元。"
        ),
        "en": (
            "CNY {amount} is in your card ending {last_four}. "
            "First payment: {first_due}, CNY {first_amount}."
        ),
    },
    "due_soon": {
        "zh-hans": (
            "您的贷款将于 {due} 还款 {amount} 元，请提前把钱存入尾号 {last_four} 的银行卡。"
            "有困难请早点联系客户经理 {phone}。"
        ),
        "en": (
            "Your loan payment of CNY {amount} falls due on {due}. Please have it in your card ending "
            "{last_four}. If that is hard, call your loan officer early: {phone}."
        ),
    },
    "due_today": {
        "zh-hans": (
            "今天（{due}）是您的贷款还款日，应还 {amount} 元，请存入尾号 {last_four} 的银行卡。"
            "有困难请联系客户经理 {phone}。"
        ),
        "en": (
            "Your loan payment of CNY {amount} is due today ({due}). Please have it in your card ending "
            "{last_four}. If that is hard, call your loan officer: {phone}."
        ),
    },
    "overdue": {
        "zh-hans": (
            "您的贷款有 {amount} 元自 {due} 起未还，已逾期 {days} 天。请尽快存入尾号 {last_four} 的银行卡。"
            "有困难请联系客户经理 {phone}，我们一起想办法。"
        ),
        "en": (
            "CNY {amount} of your loan has been unpaid since {due} ({days} days). Please pay it into your "
            "card ending {last_four}. If that is hard, call {phone}: we will look for a way together."
        ),
    },
    "payout_rejected": {
        "zh-hans": "放款没有成功：收款银行卡暂时不能入账。请登录更换本人银行卡，合同继续有效。",
        "en": (
            "The payout was returned: your card cannot receive money. "
            "Log in and choose another card of yours."
        ),
    },
}


def render(template: str, language: str, parameters: Mapping[str, str]) -> str:
    """The signed text of ``template`` in ``language`` (Chinese when unknown)."""
    by_language = TEXTS[template]
    chosen = language if language in by_language else "zh-hans"
    return _SIGNATURE[chosen] + by_language[chosen].format(**parameters)
