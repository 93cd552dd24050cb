"""The sentence of every problem a strategy may have; the codes are those of the engine's checks."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: Mapping[str, Any] = {
    "empty": _("This cell is empty."),
    "duplicate": _("“%(word)s” stands here twice."),
    "unknown_group": _("“%(word)s” is no group."),
    "unknown_outcome": _("A rule declines or refers."),
    "no_chinese": _("The Chinese sentence is missing."),
    "no_english": _("The English sentence is missing."),
    "unreadable": _("“%(word)s” cannot be read here (character %(position)s)."),
    "unexpected": _("Before “%(word)s” an “and” or “or” is missing (character %(position)s)."),
    "expected_sign": _("“%(word)s”: a bracket is missing (character %(position)s)."),
    "expected_name": _("“%(word)s” is no name of a value (character %(position)s)."),
    "expected_operator": _("After the name a comparison is missing (character %(position)s)."),
    "ended": _("The condition stops too early."),
    "unknown_name": _("There is no value named “%(word)s” (character %(position)s)."),
    "unknown_term": _("The product has no term “%(word)s” (character %(position)s)."),
    "operator_misfit": _("“%(word)s” does not fit this value (character %(position)s)."),
    "too_deep": _("Brackets are nested too deep, or there are too many branches."),
    "too_long": _("The condition is too long."),
    "not_count": _("“%(word)s” is no whole number from 0 to 1,000,000."),
    "not_money": _("“%(word)s” is no amount in yuan with at most two decimals."),
    "not_flag": _("“%(word)s” is neither true nor false."),
    "not_text": _("“%(word)s” must be a word; words stand in quotes."),
    "not_texts": _("“%(word)s” is no list of words."),
    "not_county": _("“%(word)s” is no six-digit county code."),
    "not_day": _("“%(word)s” is no day as 2026-01-31."),
    "not_whole": _("“%(word)s” is no whole number."),
    "not_percent": _("“%(word)s” is no share from 0 to 100."),
    "unknown_feature": _("There is no value named “%(word)s”."),
    "edges_rise": _("“%(word)s” must be greater than the value before it."),
    "grades_fall": _("Grades stand best first: this must be lower than the one above."),
    "no_rows": _("There must be at least one row."),
    "no_plan": _("This group has no way to repay."),
    "unknown_method": _("“%(word)s” is no way to repay."),
    "not_month": _("“%(word)s” is no month from 1 to 12."),
    "engine_reason": _("The sentence for %(word)s is missing."),
    "cap_rises": _("A worse grade has a higher cap than the grade before it."),
    "not_reached": _("No points add up to this grade: scores run from %(low)s to %(high)s."),
    "always_reached": _("Every score reaches this grade: nobody is declined for points."),
    "catch_all": _("Whoever belongs to no group is referred to a person."),
    "refused": _("The strategy cannot be used: %(word)s"),
}
