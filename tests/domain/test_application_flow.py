"""The whole matrix state × action × role against the table of the design."""

import itertools

import pytest

from lending.domain.application_flow import (
    FINAL_STATES,
    OPEN_STATES,
    TRANSITIONS,
    Action,
    IllegalMove,
    Role,
    State,
    allowed_actions,
    is_legal_step,
    next_state,
)

LEGAL = {(a, o, r): t for a, o, t, roles in TRANSITIONS for r in roles}


@pytest.mark.parametrize(
    ("state", "action", "role"), list(itertools.product(State, Action, Role)), ids=str
)
def test_every_cell_of_the_matrix(state: State, action: Action, role: Role) -> None:
    expected = LEGAL.get((action, state, role))
    if expected is None:
        with pytest.raises(IllegalMove):
            next_state(state, action, role)
        assert action not in allowed_actions(state, role)
    else:
        assert next_state(state, action, role) == expected
        assert action in allowed_actions(state, role)


def test_the_straight_path_to_money() -> None:
    path = [
        (Action.IDENTIFY, Role.CUSTOMER, State.IDENTIFIED),
        (Action.CONSENT, Role.CUSTOMER, State.CONSENTED),
        (Action.SUBMIT, Role.CUSTOMER, State.SUBMITTED),
        (Action.START_SCORING, Role.SYSTEM, State.SCORING),
        (Action.APPROVE, Role.SYSTEM, State.OFFERED),
        (Action.ACCEPT, Role.CUSTOMER, State.ACCEPTED),
        (Action.SIGN, Role.CUSTOMER, State.SIGNED),
        (Action.PAY_OUT, Role.CUSTOMER, State.DISBURSING),
        (Action.PAYOUT_SETTLED, Role.SYSTEM, State.DISBURSED),
    ]
    state = State.DRAFT
    for action, role, expected in path:
        state = next_state(state, action, role)
        assert state == expected


@pytest.mark.parametrize("state", FINAL_STATES)
def test_nothing_leaves_a_final_state_but_a_human_review(state: State) -> None:
    leaving = {(action, target) for action, origin, target, _ in TRANSITIONS if origin == state}
    assert leaving <= {(Action.REQUEST_REVIEW, State.IN_REVIEW)}


def test_a_customer_can_always_walk_away_before_signing() -> None:
    assert all(Action.WITHDRAW in allowed_actions(state, Role.CUSTOMER) for state in OPEN_STATES)
    for state in (State.SIGNED, State.DISBURSING, State.DISBURSED):
        assert Action.WITHDRAW not in allowed_actions(state, Role.CUSTOMER)


def test_one_action_from_one_state_leads_to_one_place() -> None:
    pairs = [(action, origin) for action, origin, _, _ in TRANSITIONS]
    assert len(pairs) == len(set(pairs))


def test_unknown_words_are_refused() -> None:
    with pytest.raises(IllegalMove):
        next_state("paid", "approve", "system")
    assert not is_legal_step("draft", "disbursed")
