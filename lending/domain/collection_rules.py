"""Who looks after a loan in arrears, when it is reminded, and what may be written down. Pure, as tables."""

from enum import StrEnum


class Level(StrEnum):
    """Who owns a case, lowest first."""

    OFFICER = "officer"
    BRANCH = "branch"
    HEAD_OFFICE = "head_office"


class CaseState(StrEnum):
    OPEN = "open"
    PROMISED = "promised"
    IN_HARDSHIP = "in_hardship"
    WITH_HEAD_OFFICE = "with_head_office"
    CLOSED = "closed"


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


BUCKETS = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")
LEVELS = tuple(Level)
#: The level a bucket asks for at least. A case never goes down again while it is open.
LEVEL_OF = {
    "M0": Level.OFFICER,
    "M1": Level.OFFICER,
    "M2": Level.BRANCH,
    "M3": Level.BRANCH,
    "M4": Level.HEAD_OFFICE,
    "M5": Level.HEAD_OFFICE,
    "M6": Level.HEAD_OFFICE,
    "M7+": Level.HEAD_OFFICE,
}
#: Days before the day to pay on which a text reminds.
DAYS_BEFORE = (3, 1, 0)
#: Days past due on which a text reminds; after the last one, every so many days.
LADDER = (1, 3, 7, 15, 30)
LADDER_EVERY = 30

HARDSHIP_REASONS = ("illness", "harvest_lost", "animal_disease", "lost_job", "disaster", "other")
HARDSHIP_PAUSE_DAYS = 7
#: Who gave a promise. A contact person's word binds nobody and is not asked for.
SAID_BY = ("borrower", "co_borrower", "agent_of_borrower")
#: A promise further ahead than this is talks about new terms.
PROMISE_DAYS_MAX = 31
#: How a contact ended; True: the borrower was reached, it counts as effective.
RESULTS = {
    "reached": True,
    "declined_to_talk": True,
    "answered_by_other": False,
    "not_reached": False,
    "wrong_number": False,
}
