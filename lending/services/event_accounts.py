"""Changing which accounts events book to: one person proposes, another releases.

A released change of an account that carries a balance takes the balance along, branch by branch and
product by product, so that what was opened on the old account is closed on the new one.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from lending.domain import event_accounts
from lending.domain.postings import CHART_OF_ACCOUNTS, Event, Line, Pairs
from lending.domain.staff_duties import Duty, may
from lending.errors import IllegalState, InvalidInput, NotFound, NotPermitted
from lending.models import (
    Account,
    AccountsChange,
    Branch,
    EventAccounts,
    LegalEntity,
    Officer,
    Posting,
)
from lending.selectors import event_accounts as mapping
from lending.services import audit, business_day, ledger
from products import selectors as product_selectors

REASON_MIN = 4
_LOCK = 7_004


def propose(
    *,
    product_code: str,
    role: str,
    event: str,
    account_code: str,
    reason: str,
    officer: Officer,
    now: datetime,
) -> AccountsChange:
    """Ask for ``account_code`` in place of ``role`` ("" = as before any choice). Changes nothing yet.

    Raises ``InvalidInput`` naming the field, ``IllegalState`` while another proposal of the same waits.
    """
    _require(officer)
    account = _checked(product_code, role, event, account_code)
    if len(reason.strip()) < REASON_MIN or "\x00" in reason:
        raise InvalidInput.field("reason", _("Please say why, in a few words."))
    with transaction.atomic():
        _take_turns()
        same = {"product_code": product_code, "role": role, "event": event}
        if AccountsChange.objects.filter(state="proposed", **same).exists():
            raise IllegalState(_("The same change is waiting for its release already."))
        change = AccountsChange.objects.create(
            **same, account=account, reason=reason.strip()[:300], maker=officer.user, made_at=now
        )
        _on_record(change, "ledger.accounts.propose", officer, now)
    return change


def release(*, change_id: int, officer: Officer, now: datetime) -> AccountsChange:
    """The second person puts it in force: new rows of the mapping, and balances moved.

    Raises ``NotPermitted`` for the maker, ``IllegalState`` for one that is decided.
    """
    _require(officer)
    with transaction.atomic():
        _take_turns()
        change = _waiting(change_id)
        if change.maker_id == officer.user_id:
            raise NotPermitted(_("A second person has to release this."))
        account_code = change.account.code if change.account else ""
        _checked(change.product_code, change.role, change.event, account_code)
        products, today = _products(), business_day.held_of_bank()
        change.state, change.checker, change.decided_at = "released", officer.user, now
        change.valid_from = today
        change.save()
        _write_rows(change, products, today)
        if event_accounts.kind_of(change.role) in event_accounts.CARRYING:
            for code in ("", *products):
                _move_balances(change, code, today, now)
        _on_record(change, "ledger.accounts.release", officer, now)
    return change


def refuse(*, change_id: int, officer: Officer, now: datetime) -> AccountsChange:
    """A second person says no, or the maker takes it back."""
    _require(officer)
    with transaction.atomic():
        change = _waiting(change_id)
        is_maker = change.maker_id == officer.user_id
        change.state = "withdrawn" if is_maker else "refused"
        change.checker = None if is_maker else officer.user
        change.decided_at = now
        change.save()
        _on_record(change, f"ledger.accounts.{change.state}", officer, now)
    return change


def seed_defaults(*, today: date) -> int:
    """The mapping a bank begins with, where there is none; returns how many rows were written."""
    if EventAccounts.objects.exists():
        return 0
    accounts = dict(Account.objects.values_list("code", "pk"))
    rows = _rows_of("", event_accounts.pairs_with((), "").items(), accounts, None, today)
    return len(EventAccounts.objects.bulk_create(rows))


def _move_balances(
    change: AccountsChange, product_code: str, today: date, now: datetime
) -> None:
    """What a product has on accounts that served the role goes to the one that serves it now.

    A journal for each branch and account left. What a late reversal puts back on an old account goes
    along with the next release, which may say the same again.
    """
    new = event_accounts.account_for(
        mapping.choices(), product_code=product_code, role=change.role, event=""
    )
    old = mapping.role_accounts(change.role) - {new}
    balances = (
        Posting.objects.filter(account__code__in=old, journal__product_code=product_code)
        .values_list("account__code", "journal__legal_entity", "branch")
        .annotate(balance=Sum("amount"))
        .exclude(balance=0)
    )
    for code, entity_id, branch_id, balance in balances:
        ledger.post(
            kind="account_moved",
            source_type="accounts_change",
            source_id=f"{change.pk}:{code}:{entity_id}:{branch_id}:{product_code}",
            lines=(Line(code, -balance), Line(new, balance)),
            legal_entity=LegalEntity.objects.get(pk=entity_id),
            branch=Branch.objects.get(pk=branch_id),
            accounting_date=today,
            now=now,
            product_code=product_code,
        )


def _on_record(change: AccountsChange, action: str, officer: Officer, now: datetime) -> None:
    audit.record(
        actor=officer.staff_no,
        action=action,
        subject_type="accounts_change",
        subject_id=str(change.pk),
        reason=change.reason,
        detail={
            "product": change.product_code,
            "role": change.role,
            "event": change.event,
            "account": change.account.code if change.account else "",
        },
        now=now,
    )


def _require(officer: Officer) -> None:
    if not may(officer.role, Duty.KEEP_ACCOUNTS):
        raise NotPermitted(_("Your role may not do this. Ask head office if it should."))


def _waiting(change_id: int) -> AccountsChange:
    change = (
        AccountsChange.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=change_id)
        .first()
    )
    if change is None:
        raise NotFound
    if change.state != "proposed":
        raise IllegalState(_("This change is decided already."))
    return change


def _checked(product_code: str, role: str, event: str, account_code: str) -> Account | None:
    """The account, if it may serve; None for "as before"."""
    if role not in CHART_OF_ACCOUNTS:
        raise InvalidInput.field("role", _("There is no such account."))
    if product_code and product_code not in _products():
        raise InvalidInput.field("product_code", _("There is no such product."))
    kind = event_accounts.kind_of(role)
    if event and event not in event_accounts.EVENTS_OF[role]:
        raise InvalidInput.field("event", _("The account takes no part in this event."))
    if event and kind in event_accounts.CARRYING:
        raise InvalidInput.field(
            "event", _("An account that carries a balance changes for every event at once.")
        )
    if not account_code:
        return None
    account = Account.objects.filter(code=account_code).first()
    if account is None:
        raise InvalidInput.field("account", _("There is no such account."))
    if account.kind != kind:
        raise InvalidInput.field("account", _("The account is of another kind."))
    serves = mapping.roles_of_accounts().get(account_code, role)
    if serves != role and kind in event_accounts.CARRYING:
        raise InvalidInput.field("account", _("The account serves something else already."))
    return account


def _products() -> list[str]:
    return sorted(product_selectors.product_names())


def _take_turns() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _write_rows(change: AccountsChange, products: list[str], today: date) -> None:
    """Make the rows in force say what the bank has chosen now; rows that differ end and are replaced."""
    chosen = mapping.choices()
    accounts = dict(Account.objects.values_list("code", "pk"))
    own_roles = {(c.product_code, c.role) for c in chosen}
    for code in ("", *products):
        wanted: dict[Event, Pairs] = {
            event: pairs
            for event, pairs in event_accounts.pairs_with(chosen, code).items()
            if not code
            or any((code, role) in own_roles for role in _roles_in(event))
        }
        stands: dict[str, list[EventAccounts]] = {}
        rows = EventAccounts.objects.filter(product_code=code, is_in_force=True)
        for row in rows.order_by("position"):
            stands.setdefault(row.event, []).append(row)
        fresh = []
        for event in {*stands, *map(str, wanted)}:
            new = wanted.get(Event(event), ())
            ids = [(accounts[debit], accounts[credit]) for debit, credit in new]
            old = stands.get(event, [])
            if [(row.debit_id, row.credit_id) for row in old] == ids:
                continue
            EventAccounts.objects.filter(pk__in=[row.pk for row in old]).update(
                is_in_force=False, valid_to=today
            )
            fresh += _rows_of(code, [(Event(event), new)], accounts, change, today)
        EventAccounts.objects.bulk_create(fresh)


def _roles_in(event: Event) -> set[str]:
    return {role for role, events in event_accounts.EVENTS_OF.items() if event in events}


def _rows_of(
    product_code: str,
    mapped: Iterable[tuple[Event, Pairs]],
    accounts: dict[str, int],
    change: AccountsChange | None,
    today: date,
) -> list[EventAccounts]:
    return [
        EventAccounts(
            product_code=product_code,
            event=event.value,
            position=position,
            debit_id=accounts[debit],
            credit_id=accounts[credit],
            change=change,
            valid_from=today,
        )
        for event, pairs in mapped
        for position, (debit, credit) in enumerate(pairs, start=1)
    ]
