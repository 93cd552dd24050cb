"""The words for customer tiers, as banks write them in their files. Pure."""

from products.domain.tiers import TIERS

#: code → (Chinese, English)
TIER_NAMES = {
    "in_good_standing": ("在贷优良", "Borrower in good standing"),
    "settled": ("已结清", "Former borrower, settled"),
    "mortgage": ("按揭", "Mortgage customer"),
    "large_depositor": ("大额存款", "Large depositor"),
    "enterprise_owner": ("优质企业主", "Sound enterprise's owner"),
    "civil_servant": ("公务员", "Civil servant"),
    "teacher": ("教师", "Teacher"),
    "doctor": ("医生", "Doctor"),
}
_ALSO_WRITTEN = {
    "在贷优良客户": "in_good_standing",
    "结清": "settled",
    "已结清客户": "settled",
    "按揭客户": "mortgage",
    "房贷": "mortgage",
    "大额存款客户": "large_depositor",
    "企业主": "enterprise_owner",
    "老师": "teacher",
    "医师": "doctor",
    "无": "",
    "": "",
}
_CODES = {
    **{code: code for code in TIERS},
    **{zh: code for code, (zh, _) in TIER_NAMES.items()},
    **_ALSO_WRITTEN,
}


def tier_of(text: str) -> str | None:
    """``教师``, ``teacher`` or ``Teacher`` → ``teacher``; nothing → ``""``; unknown → ``None``."""
    code = _CODES.get(text)
    return code if code is not None else _CODES.get(text.strip().lower())
