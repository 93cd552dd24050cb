"""Whether a change of a loan is possible: said when it is proposed, and again when it is approved."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from lending.domain import loan_changes as rules
from lending.domain.loan_changes import ChangeKind
from lending.domain.servicing.facts import Component
from lending.domain.servicing.plan import LOWER, SHORTEN
from lending.domain.servicing.replay import ImpossibleTransaction
from lending.domain.servicing.tiers import Tier
from lending.errors import IllegalState, InvalidInput
from lending.models import LoanAccount, LoanChange, LoanTransaction
from lending.selectors import loan_change_previews, loan_lives
from lending.selectors.loan_change_previews import Preview
from lending.services import loan_vouchers
from products.domain.terms import LoanTerms
from products.money import AMOUNT_MAX, CENT, ZERO

WAIVABLE = (Component.PENALTY, Component.COMPOUND, Component.INTEREST)
MEANS = ("cash", "transfer")
_OF_A_CLAIM = (ChangeKind.REVERSAL, ChangeKind.RECOVERY, ChangeKind.REFUND)


def check(change: LoanChange, account: LoanAccount, today: date) -> Preview:
    """Try ``change`` out on the loan as it is today; fills in the amount where the loan says it.

    Raises ``InvalidInput`` naming the fields, or ``IllegalState`` where the loan does not allow it.
    """
    kind = ChangeKind(change.kind)
    _amount(change, kind)
    _day(change, account, today)
    if kind is ChangeKind.REVERSAL:
        _reversal(change, account)
    else:
        _options(change, account, kind)
    if kind in rules.VOUCHER_KINDS:
        loan_vouchers.check(change)
        _contract_allows(change, account, kind)
    tried = _tried(change, account, today)
    if tried.before.is_written_off and kind not in _OF_A_CLAIM:
        raise IllegalState(_("The loan is written off: only a recovery or a refund is possible."))
    rule = _RULES.get(kind)
    if rule is not None:
        rule(change, account, tried)
    return tried


def _tried(change: LoanChange, account: LoanAccount, today: date) -> Preview:
    try:
        return loan_change_previews.preview(account, change, today)
    except ImpossibleTransaction as error:
        if error.code == "refund_above_credit" and change.kind == ChangeKind.REFUND:
            raise InvalidInput.field(
                "amount", _("At most ¥%(amount)s waits for the customer.") % {"amount": account.credit}
            ) from None
        if error.code == "refund_above_credit":
            raise IllegalState(
                _("Part of this money was given back to the customer; take that back first.")
            ) from None
        raise InvalidInput.field("value_date", _("This day is not open for the loan.")) from None


def _amount(change: LoanChange, kind: ChangeKind) -> None:
    if kind not in rules.VOUCHER_KINDS and kind not in (ChangeKind.WAIVER, ChangeKind.REFUND):
        change.amount = ZERO
        return
    amount = change.amount
    if not amount.is_finite() or amount != amount.quantize(CENT) or not 0 < amount <= AMOUNT_MAX:
        raise InvalidInput.field(
            "amount", _("Please enter an amount above zero with at most two decimals.")
        )


def _day(change: LoanChange, account: LoanAccount, today: date) -> None:
    if ChangeKind(change.kind) in rules.TODAY_ONLY:
        change.value_date = today
    if change.value_date > today:
        raise InvalidInput.field("value_date", _("The day has not come yet."))
    if change.value_date < account.start_date:
        raise InvalidInput.field("value_date", _("The loan was not paid out yet on this day."))


def _reversal(change: LoanChange, account: LoanAccount) -> None:
    target = change.target
    if target is None or target.loan_id != account.loan_id or target.kind == "reversal":
        raise InvalidInput.field("target", _("Please choose a transaction of this loan."))
    if LoanTransaction.objects.filter(reverses=target).exists():
        raise IllegalState(_("This transaction is reversed already."))
    change.amount, change.value_date = target.amount, target.value_date


def _options(change: LoanChange, account: LoanAccount, kind: ChangeKind) -> None:
    """Keep what this kind needs, whole; refuse the rest in words."""
    options: Mapping[str, Any] = change.options
    if kind in rules.VOUCHER_KINDS:
        kept = {"means": _one_of(options, "means", MEANS)}
        if kind is ChangeKind.PARTIAL_EARLY:
            kept["choice"] = _one_of(options, "choice", (SHORTEN, LOWER))
        change.options = kept
    elif kind is ChangeKind.WAIVER:
        change.options = {"component": _one_of(options, "component", WAIVABLE)}
    elif kind is ChangeKind.EXTENSION:
        most = rules.extension_months_max(account.loan.term_months)
        change.options = {"months": _months(options, most)}
    elif kind is ChangeKind.RESTRUCTURING:
        change.options = {"months": _months(options, rules.RESTRUCTURING_MONTHS_MAX)}
        if options.get("annual_rate"):
            change.options["annual_rate"] = _rate(options["annual_rate"], account)
    else:
        change.options = {}


def _one_of(options: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    if options.get(name) not in known:
        raise InvalidInput.field(name, _("Please choose one."))
    return str(options[name])


def _months(options: Mapping[str, Any], most: int) -> int:
    months = options.get("months")
    if not isinstance(months, int) or not 1 <= months <= most:
        raise InvalidInput.field(
            "months", _("Between 1 and %(most)s months are possible here.") % {"most": most}
        )
    return months


def _rate(text: Any, account: LoanAccount) -> str:
    """Never above the contract's: a new rate may only help the borrower."""
    rate = Decimal(str(text))
    if not rate.is_finite() or not 0 < rate <= account.loan.annual_rate:
        raise InvalidInput.field(
            "annual_rate", _("The rate must be above zero and not above the contract's.")
        )
    return str(rate.quantize(Decimal("0.000001")))


def _contract_allows(change: LoanChange, account: LoanAccount, kind: ChangeKind) -> None:
    """Early repayment only in the ways and from the day that the contract says."""
    wanted = {ChangeKind.PAYOFF: "payoff"}.get(kind, str(change.options.get("choice", "")))
    if kind not in (ChangeKind.PAYOFF, ChangeKind.PARTIAL_EARLY):
        return
    terms = LoanTerms.from_dict(account.loan.contract.terms)
    if wanted not in terms.early_repayment_options and change.value_date < account.loan.maturity_date:
        raise IllegalState(_("The contract does not allow this kind of early repayment."))
    opens = account.start_date + timedelta(days=terms.early_repayment_lock_days)
    if change.value_date < opens:
        raise InvalidInput.field(
            "value_date",
            _("The contract allows early repayment from %(day)s on.") % {"day": opens.isoformat()},
        )


def _repayment(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    if not tried.before.owed:
        raise IllegalState(_("This loan owes nothing any more."))


def _partial_early(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    _repayment(change, account, tried)
    if not loan_lives.off_principal(tried.splits):
        raise InvalidInput.field(
            "amount", _("This only covers what is due; record it as a repayment.")
        )


def _payoff(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    _repayment(change, account, tried)
    needed = loan_lives.payoff_quote(account, change.value_date).amount
    if change.amount < needed:
        raise InvalidInput.field(
            "amount",
            _("On this day ¥%(amount)s are needed to pay off the loan.") % {"amount": f"{needed:,.2f}"},
        )


def _recovery(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    if not tried.before.is_written_off:
        raise IllegalState(_("The loan is not written off: record a repayment."))
    if change.amount > tried.before.claim:
        raise InvalidInput.field("amount", _("The kept claim is smaller than this."))


def _waiver(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    if tried.amount_put < change.amount:
        raise InvalidInput.field(
            "amount",
            _("Only ¥%(amount)s of this are open on that day.") % {"amount": f"{tried.amount_put:,.2f}"},
        )


def _refund(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    if change.amount > tried.before.credit:
        raise InvalidInput.field("amount", _("Less than this is waiting for the customer."))


def _extension(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    before = tried.before
    if before.overdue or before.days_past_due:
        raise IllegalState(_("An overdue loan is not extended; it may be restructured."))
    if not before.principal_undue:
        raise IllegalState(_("No principal is left to extend."))
    earlier = LoanTransaction.objects.filter(
        loan=account.loan, kind="extension", reversal__isnull=True
    )
    if earlier.exists():
        raise IllegalState(_("This loan was extended once already."))
    change.amount = before.principal_undue


def _restructuring(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    if not tried.before.principal:
        raise IllegalState(_("No principal is left to spread over new months."))
    change.amount = tried.before.principal


def _write_off(change: LoanChange, account: LoanAccount, tried: Preview) -> None:
    before = tried.before
    if not before.owed:
        raise IllegalState(_("This loan owes nothing any more."))
    documented = bool(change.voucher_type) and len(change.reason) >= rules.DOCUMENTED_REASON_MIN
    if not rules.may_write_off(Tier(before.tier), before.days_past_due) and not documented:
        raise IllegalState(
            _(
                "Only a loss loan or one more than 360 days past due is written off; any other needs a"
                " document and a reason of at least 20 characters."
            ),
            code="not_documented",
        )
    change.amount = tried.after.claim


_RULES: Mapping[ChangeKind, Callable[[LoanChange, LoanAccount, Preview], None]] = {
    ChangeKind.REPAYMENT: _repayment,
    ChangeKind.PARTIAL_EARLY: _partial_early,
    ChangeKind.PAYOFF: _payoff,
    ChangeKind.RECOVERY: _recovery,
    ChangeKind.WAIVER: _waiver,
    ChangeKind.REFUND: _refund,
    ChangeKind.EXTENSION: _extension,
    ChangeKind.RESTRUCTURING: _restructuring,
    ChangeKind.WRITE_OFF: _write_off,
}
