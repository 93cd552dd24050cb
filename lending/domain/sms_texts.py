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
    "debit_failed": {
        "zh-hans": (
            "您尾号 {last_four} 的银行卡没有扣款成功，应还 {amount} 元。"
            "请存入足够的钱，或登录主动还款，以免产生罚息。"
        ),
        "en": (
            "We could not collect CNY {amount} from your card ending {last_four}. "
            "Please pay money in, or log in and repay, to avoid penalty interest."
        ),
    },
    "drawing_paid": {
        "zh-hans": (
            "您支用的 {amount} 元已到尾号 {last_four} 的银行卡，首次还款日 {first_due}，"
            "还款 {first_amount} 元。不是您本人操作请立即联系我行。"
        ),
        "en": (
            "CNY {amount} drawn on your line is in your card ending {last_four}. First payment: "
            "{first_due}, CNY {first_amount}. If this was not you, call us at once."
        ),
    },
    "drawing_rejected": {
        "zh-hans": "您的支用没有成功：收款银行卡暂时不能入账，额度没有占用。请联系客户经理。",
        "en": "Your drawing was not paid: the card cannot receive money. Nothing was used. Please call us.",
    },
    "line_ends": {
        "zh-hans": (
            "您的循环额度 {limit} 元将于 {valid_until} 到期，之后不能再支用，已支用的借款按计划归还。"
            "需要继续使用请登录申请。"
        ),
        "en": (
            "Your line of CNY {limit} ends on {valid_until}. After it nothing can be drawn; open loans "
            "run on as planned. Log in to apply for a new one."
        ),
    },
    "rate_changed": {
        "zh-hans": (
            "您的借款（借据尾号 {note}）自 {since} 起按最新 LPR 重定价，年利率由 {before} 调整为 {rate}，"
            "下一期 {next_due} 还款 {next_amount} 元。"
        ),
        "en": (
            "Your loan (note ending {note}) is repriced with the LPR from {since}: {before} becomes "
            "{rate} a year. Next payment: {next_due}, CNY {next_amount}."
        ),
    },
}


def render(template: str, language: str, parameters: Mapping[str, str]) -> str:
    """The signed text of ``template`` in ``language`` (Chinese when unknown)."""
    by_language = TEXTS[template]
    chosen = language if language in by_language else "zh-hans"
    return _SIGNATURE[chosen] + by_language[chosen].format(**parameters)
