"""The chart of accounts: accounts are added and renamed, never deleted (the database refuses it)."""

import re
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from lending.domain.staff_duties import Duty, may
from lending.errors import InvalidInput, NotPermitted
from lending.models import Account, Officer
from lending.services import audit

_CODE = re.compile(r"[0-9]{4,20}", re.ASCII)
_NAME_MAX = 60


def add(
    *, code: str, kind: str, name: str, name_en: str, officer: Officer, now: datetime
) -> Account:
    """A new account; nothing books to it before a change of the mapping is released.

    Raises ``InvalidInput`` naming every wrong field, ``NotPermitted`` for a role without the duty.
    """
    if not may(officer.role, Duty.KEEP_ACCOUNTS):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))
    name, name_en = name.strip(), name_en.strip()
    errors = {}
    if not _CODE.fullmatch(code):
        errors["code"] = [_("4 to 20 digits, please.")]
    if kind not in Account.Kind.values:
        errors["kind"] = [_("Please choose a kind.")]
    for field, text in (("name", name), ("name_en", name_en)):
        if not text or len(text) > _NAME_MAX or "\x00" in text:
            errors[field] = [_("Please enter a name of at most 60 characters.")]
    if errors:
        raise InvalidInput(_("Please look at the marked fields."), errors=errors)
    try:
        with transaction.atomic():
            account = Account.objects.create(code=code, kind=kind, name=name, name_en=name_en)
            audit.record(
                actor=officer.staff_no,
                action="ledger.account.add",
                subject_type="account",
                subject_id=code,
                detail={"kind": kind, "name": name, "name_en": name_en},
                now=now,
            )
    except IntegrityError:
        raise InvalidInput.field("code", _("This code is taken.")) from None
    return account
