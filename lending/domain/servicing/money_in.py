"""How an amount is put to what a loan owes. Pure; changes the state and says what it did."""

from decimal import Decimal

from lending.domain.servicing.facts import PRINCIPAL_FIRST, Component, PlanRow, Split
from lending.domain.servicing.state import LoanState

_OF_THE_LOAN = (Component.COMPOUND, Component.PENALTY)


def order_of(state: LoanState) -> tuple[Component, ...]:
    """The allocation order in force: the contract's, or principal first far into arrears."""
    limit = state.facts.principal_first_after
    if limit and state.days_past_due > limit:
        return PRINCIPAL_FIRST
    return state.facts.allocation


def allocate(state: LoanState, amount: Decimal) -> tuple[list[Split], Decimal]:
    """Put ``amount`` to what is due by now; returns the splits and what is left over.

    Interest and principal go instalment by instalment, oldest first, when interest stands before
    principal; with principal first, each component goes over all instalments.
    """
    splits: list[Split] = []
    order = order_of(state)
    by_instalment = order.index(Component.INTEREST) < order.index(Component.PRINCIPAL)
    done_rows = False
    for component in order:
        if component in _OF_THE_LOAN:
            amount = _clear_late_charge(state, component, amount, splits)
        elif by_instalment and not done_rows:
            done_rows = True
            parts = [part for part in order if part not in _OF_THE_LOAN]
            for row in state.due_rows():
                for part in parts:
                    amount = clear_row(state, row, part, amount, splits)
        elif not by_instalment:
            for row in state.due_rows():
                amount = clear_row(state, row, component, amount, splits)
    return splits, amount


def clear_row(
    state: LoanState, row: PlanRow, component: Component, amount: Decimal, splits: list[Split]
) -> Decimal:
    """Pay interest or principal of one instalment; returns what is left of ``amount``."""
    is_principal = component is Component.PRINCIPAL
    part = min(amount, row.principal_open if is_principal else row.interest_open)
    if part <= 0:
        return amount
    if is_principal:
        row.principal_cleared += part
    else:
        row.interest_cleared += part
    if not row.is_open:
        row.cleared_on = state.as_of
    splits.append(Split(component, part, row.number, state.is_accruing))
    return amount - part


def _clear_late_charge(
    state: LoanState, component: Component, amount: Decimal, splits: list[Split]
) -> Decimal:
    is_penalty = component is Component.PENALTY
    part = min(amount, state.penalty_open if is_penalty else state.compound_open)
    if part <= 0:
        return amount
    if is_penalty:
        state.penalty_cleared += part
    else:
        state.compound_cleared += part
    splits.append(Split(component, part, 0, state.is_accruing))
    return amount - part


def keep_as_credit(state: LoanState, amount: Decimal, splits: list[Split]) -> None:
    """A surplus waits for the customer."""
    if amount > 0:
        state.credit += amount
        splits.append(Split(Component.CREDIT, amount))


def waive(state: LoanState, component: Component, amount: Decimal) -> list[Split]:
    """Give up to ``amount`` of one component (penalty, compound, or interest that is due)."""
    splits: list[Split] = []
    if component in _OF_THE_LOAN:
        _clear_late_charge(state, component, amount, splits)
    elif component is Component.INTEREST:
        for row in state.due_rows():
            amount = clear_row(state, row, component, amount, splits)
    return splits


def use_credit(state: LoanState, amount: Decimal) -> list[Split]:
    """Waiting money to what is due."""
    wanted = min(amount, state.credit)
    splits, left = allocate(state, wanted)
    used = wanted - left
    if used:
        state.credit -= used
        splits.append(Split(Component.CREDIT, -used))
    return splits


def give_back(state: LoanState, amount: Decimal) -> list[Split]:
    """Refund: waiting money leaves."""
    paid = min(amount, state.credit)
    state.credit -= paid
    return [Split(Component.CREDIT, -paid)] if paid else []


def recover(state: LoanState, amount: Decimal) -> list[Split]:
    """Money on a written-off claim; a surplus waits."""
    part = min(amount, state.claim)
    state.claim -= part
    splits = [Split(Component.CLAIM, part)] if part else []
    keep_as_credit(state, amount - part, splits)
    return splits


def use_credit_on_claim(state: LoanState, amount: Decimal) -> list[Split]:
    """Waiting money to the claim of a written-off loan."""
    part = min(amount, state.credit, state.claim)
    if part <= 0:
        return []
    state.credit -= part
    state.claim -= part
    return [Split(Component.CLAIM, part), Split(Component.CREDIT, -part)]
