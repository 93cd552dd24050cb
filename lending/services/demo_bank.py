"""The invented bank of the demo: people, places, texts, chart of accounts. Idempotent; demo mode only."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice

from lending.domain.postings import CHART_OF_ACCOUNTS
from lending.models import (
    Account,
    Branch,
    BusinessDay,
    ConsentText,
    LegalEntity,
    Officer,
    ReferralCode,
    Village,
)
from lending.selectors.codes import UNIVERSAL_CODE
from lending.services import event_accounts

_SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@dataclass(frozen=True)
class DemoAccount:
    username: str
    display_name: str
    role: str
    password: str
    totp_secret: str


def _load(name: str) -> Any:
    return json.loads((_SEEDS / name).read_text(encoding="utf-8"))


def _derived(purpose: str, username: str) -> bytes:
    """Bytes that differ on every installation, so a demo's passwords are nobody else's."""
    return hashlib.sha256(f"{settings.SECRET_KEY}|{purpose}|{username}".encode()).digest()


def demo_password(username: str) -> str:
    return "demo-" + base64.b32encode(_derived("password", username)).decode()[:10].lower()


def totp_key(username: str) -> bytes:
    return _derived("totp", username)[:20]


def accounts() -> list[DemoAccount]:
    """The staff accounts with their ready TOTP secrets, for printing at start-up."""
    return [
        DemoAccount(
            username=row["username"],
            display_name=row["name"],
            role=row.get("role", "officer"),
            password=demo_password(row["username"]),
            totp_secret=base64.b32encode(totp_key(row["username"])).decode(),
        )
        for row in _load("bank.json")["officers"]
    ]


def seed(*, today: date, now: datetime) -> None:
    """Write what is missing of the demo bank; existing rows stay as they are."""
    bank = _load("bank.json")
    with transaction.atomic():
        entity, _ = LegalEntity.objects.get_or_create(
            code=bank["legal_entity"]["code"],
            defaults={k: bank["legal_entity"][k] for k in ("name", "name_en")},
        )
        BusinessDay.objects.get_or_create(
            legal_entity=entity, defaults={"current_date": today, "opened_at": now}
        )
        for code, (name, name_en, kind) in CHART_OF_ACCOUNTS.items():
            Account.objects.get_or_create(
                code=code, defaults={"name": name, "name_en": name_en, "kind": kind}
            )
        event_accounts.seed_defaults(today=today)
        for text in _load("consents.json"):
            ConsentText.objects.get_or_create(
                kind=text["kind"],
                version=text["version"],
                defaults={k: v for k, v in text.items() if k not in ("kind", "version")},
            )
        branches = {row["code"]: _branch(row, entity) for row in bank["branches"]}
        officers = [_officer(row, branches[row["branch"]]) for row in bank["officers"]]
        _villages(bank, branches, officers)
        _codes(bank, officers)


def _branch(row: dict[str, Any], entity: LegalEntity) -> Branch:
    place = {axis: Decimal(row[axis]) for axis in ("latitude", "longitude")}
    branch, _ = Branch.objects.get_or_create(
        code=row["code"],
        defaults={
            "legal_entity": entity,
            "name": row["name"],
            "county": row["county"],
            **place,
        },
    )
    if branch.latitude is None:  # seeded before branches had a place
        Branch.objects.filter(pk=branch.pk).update(**place)
        branch.latitude, branch.longitude = place["latitude"], place["longitude"]
    return branch


def _place(branch: Branch, number: int) -> dict[str, Decimal]:
    """An invented place of a village, some kilometres around its branch."""
    if branch.latitude is None or branch.longitude is None:
        return {}
    north, east = (number * 5) % 9 - 4, (number * 7) % 9 - 4
    step = Decimal("0.02")
    return {
        "latitude": branch.latitude + north * step,
        "longitude": branch.longitude + east * step,
    }


def _officer(row: dict[str, Any], branch: Branch) -> Officer:
    user = User.objects.filter(username=row["username"]).first()
    if user is None:
        user = User.objects.create_user(
            row["username"],
            password=demo_password(row["username"]),
            is_staff=True,
            is_superuser=row.get("superuser", False),
        )
        TOTPDevice.objects.create(
            user=user, name="demo", key=totp_key(row["username"]).hex(), confirmed=True
        )
    officer, _ = Officer.objects.get_or_create(
        staff_no=row["staff_no"],
        defaults={
            "user": user,
            "display_name": row["name"],
            "work_mobile": row["mobile"],
            "branch": branch,
            "role": row.get("role", Officer.Role.OFFICER),
            "authority_amount": row.get("authority", "50000.00"),
        },
    )
    return officer


def _villages(bank: dict[str, Any], branches: dict[str, Branch], officers: list[Officer]) -> None:
    for branch_row in bank["branches"]:
        branch = branches[branch_row["code"]]
        own = [o for o in officers if o.branch_id == branch.pk and o.role == Officer.Role.OFFICER]
        for number, name in enumerate(branch_row["villages"], start=1):
            place = _place(branch, number)
            code = f"{branch.code}{number:02d}"
            Village.objects.filter(code=code, latitude__isnull=True).update(**place)
            Village.objects.get_or_create(
                code=code,
                defaults={
                    **place,
                    "name": name,
                    "grid": f"{branch.name} {(number - 1) // 4 + 1} 网格",
                    "county": branch.county,
                    "branch": branch,
                    "officer": own[number % len(own)],
                },
            )


def _codes(bank: dict[str, Any], officers: list[Officer]) -> None:
    """The universal code, one code per officer × product, and the campaigns' codes."""
    ReferralCode.objects.get_or_create(
        code=UNIVERSAL_CODE, defaults={"product_code": "shandai", "label": "全客群"}
    )
    by_staff_no = {o.staff_no: o for o in officers}
    for officer in officers:
        if officer.role == Officer.Role.OFFICER:
            for product_code in bank["product_codes"]:
                ReferralCode.objects.get_or_create(
                    code=f"{officer.staff_no.lower()}-{product_code}",
                    defaults={"product_code": product_code, "officer": officer},
                )
    for row in bank["campaign_codes"]:
        ReferralCode.objects.get_or_create(
            code=row["code"],
            defaults={
                "product_code": row["product"],
                "officer": by_staff_no[row["officer"]],
                "label": row["label"],
            },
        )
