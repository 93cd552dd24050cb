"""The life of a loan after the money went out. Servicing adds its rows here."""

from enum import StrEnum


class LoanState(StrEnum):
    ACTIVE = "active"
    OVERDUE = "overdue"
    SETTLED = "settled"
    WRITTEN_OFF = "written_off"
