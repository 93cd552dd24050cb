"""The life of an application, as one table that can be read aloud (DESIGN §3).

Pure: no Django, no clock. ``next_state`` returns the state a move leads to or raises ``IllegalMove``;
``allowed_actions`` draws the buttons. Only ``lending.services.moves`` writes an application's state.
"""

from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    IDENTIFIED = "identified"
    CONSENTED = "consented"
    SUBMITTED = "submitted"
    SCORING = "scoring"
    OFFERED = "offered"
    IN_REVIEW = "in_review"
    DECLINED = "declined"
    ACCEPTED = "accepted"
    SIGNED = "signed"
    DISBURSING = "disbursing"
    DISBURSED = "disbursed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Action(StrEnum):
    IDENTIFY = "identify"
    CONSENT = "consent"
    SUBMIT = "submit"
    START_SCORING = "start_scoring"
    APPROVE = "approve"
    REFER = "refer"
    DECLINE = "decline"
    REQUEST_REVIEW = "request_review"
    ACCEPT = "accept"
    CHANGE_OFFER = "change_offer"
    SIGN = "sign"
    PAY_OUT = "pay_out"
    PAYOUT_SETTLED = "payout_settled"
    PAYOUT_REJECTED = "payout_rejected"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


class Role(StrEnum):
    CUSTOMER = "customer"
    OFFICER = "officer"
    SYSTEM = "system"


class IllegalMove(Exception):
    """This action is not open to this role in this state."""

    def __init__(self, state: str, action: str, role: str) -> None:
        super().__init__(f"{action} by {role} is not possible from {state}")
        self.state, self.action, self.role = state, action, role


#: From these an applicant may still walk away, and time may run out. Once signed, money may move.
OPEN_STATES = (
    State.DRAFT,
    State.IDENTIFIED,
    State.CONSENTED,
    State.SUBMITTED,
    State.SCORING,
    State.OFFERED,
    State.IN_REVIEW,
    State.ACCEPTED,
)
#: States in which a machine, not a person, makes the next move.
MACHINE_STATES = (State.SUBMITTED, State.SCORING, State.DISBURSING)
#: Nothing follows, except that a refused person may ask for a human review.
FINAL_STATES = (State.DECLINED, State.DISBURSED, State.WITHDRAWN, State.EXPIRED)

_CUSTOMER, _OFFICER, _SYSTEM = Role.CUSTOMER, Role.OFFICER, Role.SYSTEM

#: (action, from, to, who)
TRANSITIONS: tuple[tuple[Action, State, State, tuple[Role, ...]], ...] = (
    (Action.IDENTIFY, State.DRAFT, State.IDENTIFIED, (_CUSTOMER,)),
    (Action.CONSENT, State.IDENTIFIED, State.CONSENTED, (_CUSTOMER,)),
    (Action.SUBMIT, State.CONSENTED, State.SUBMITTED, (_CUSTOMER,)),
    (Action.START_SCORING, State.SUBMITTED, State.SCORING, (_SYSTEM,)),
    (Action.APPROVE, State.SCORING, State.OFFERED, (_SYSTEM,)),
    (Action.REFER, State.SCORING, State.IN_REVIEW, (_SYSTEM,)),
    (Action.DECLINE, State.SCORING, State.DECLINED, (_SYSTEM,)),
    (Action.APPROVE, State.IN_REVIEW, State.OFFERED, (_OFFICER,)),
    (Action.DECLINE, State.IN_REVIEW, State.DECLINED, (_OFFICER,)),
    (Action.REQUEST_REVIEW, State.DECLINED, State.IN_REVIEW, (_CUSTOMER,)),
    (Action.ACCEPT, State.OFFERED, State.ACCEPTED, (_CUSTOMER,)),
    (Action.CHANGE_OFFER, State.ACCEPTED, State.OFFERED, (_CUSTOMER,)),
    (Action.SIGN, State.ACCEPTED, State.SIGNED, (_CUSTOMER,)),
    (Action.PAY_OUT, State.SIGNED, State.DISBURSING, (_CUSTOMER, _SYSTEM)),
    (Action.PAYOUT_SETTLED, State.DISBURSING, State.DISBURSED, (_SYSTEM, _OFFICER)),
    (Action.PAYOUT_REJECTED, State.DISBURSING, State.SIGNED, (_SYSTEM, _OFFICER)),
    *((Action.WITHDRAW, state, State.WITHDRAWN, (_CUSTOMER,)) for state in OPEN_STATES),
    *((Action.EXPIRE, state, State.EXPIRED, (_SYSTEM,)) for state in OPEN_STATES),
)

_TABLE = {(action, origin): (target, roles) for action, origin, target, roles in TRANSITIONS}


def next_state(state: str, action: str, role: str) -> State:
    """The state that ``action`` by ``role`` leads to; raises ``IllegalMove`` when it is not open."""
    try:
        target, roles = _TABLE[Action(action), State(state)]
    except (KeyError, ValueError):
        raise IllegalMove(state, action, role) from None
    if role not in roles:
        raise IllegalMove(state, action, role)
    return target


def allowed_actions(state: str, role: str) -> list[Action]:
    """What ``role`` may do now, in the order of the table."""
    return [action for action, origin, _, roles in TRANSITIONS if origin == state and role in roles]


def is_legal_step(origin: str, target: str) -> bool:
    """Whether any action leads from ``origin`` to ``target`` (for checking recorded histories)."""
    return any(o == origin and t == target for _, o, t, _ in TRANSITIONS)
