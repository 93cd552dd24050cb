"""The demo bank's customer lists, with people of the sandbox's county. Demo mode only."""

from datetime import date, datetime
from typing import Any

import httpx

from risk.services import lists

#: list → (Chinese name, English name, kind, source, legal basis)
_LISTS = {
    "good-customers": (
        "优质客户白名单", "Good customers", "white",
        "本行存量客户", "客户签署的《个人信息授权书》：用于授信评估（示范）",
    ),
    "risk-watch": (
        "风险黑名单", "Not to be lent to", "black",
        "本行风险管理部", "商业银行互联网贷款管理暂行办法：反欺诈（示范）",
    ),
}
#: persona → (list, tier)
_MEMBERS = {
    "teacher": ("good-customers", "teacher"),
    "civil_servant": ("good-customers", "civil_servant"),
    "depositor": ("good-customers", "large_depositor"),
    "mortgage_customer": ("good-customers", "mortgage"),
    "shop_owner": ("good-customers", "enterprise_owner"),
    "fraud_ring": ("risk-watch", ""),
}
_EACH = 20
_AUTHOR = "S002"


def seed(*, url: str, today: date, now: datetime) -> int:
    """Two lists with the first people of some personas; safe to repeat. Returns how many are new."""
    for code, (zh, en, kind, source, basis) in _LISTS.items():
        try:
            lists.create_list(
                code=code, name_zh=zh, name_en=en, kind=kind, source=source, legal_basis=basis,
                valid_from=today, valid_to=None, author=_AUTHOR, now=now,
            )
        except lists.ListProblem:
            return 0  # seeded before
    people: dict[str, list[lists.Person]] = {code: [] for code in _LISTS}
    for persona, (code, tier) in _MEMBERS.items():
        people[code] += [
            lists.Person(id_number=row["id_number"], name=row["name"], tier=tier)
            for row in _people(url, persona)
        ]
    return sum(
        lists.add_people(
            list_code=code, people=rows, reason="demo", author=_AUTHOR, now=now, today=today
        )
        for code, rows in people.items()
    )


def _people(url: str, persona: str) -> list[dict[str, Any]]:
    reply = httpx.get(f"{url}/people", params={"persona": persona, "limit": _EACH}, timeout=10).json()
    rows: list[dict[str, Any]] = reply["people"] if isinstance(reply, dict) else reply
    return rows
