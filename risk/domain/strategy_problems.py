"""Everything that is wrong with a strategy, each with its cell, instead of the first thing only.

Pure. The readers of ``strategy`` remain the judge: what they refuse and no check here has named is
added as it stands. Codes are worded by ``lending``; ``SENTENCES`` is the same in English.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from risk.domain.strategy import InvalidStrategy, read_strategy
from risk.domain.strategy_checks import findings
from risk.domain.strategy_sheets import part_names, sheets_of
from risk.domain.strategy_table_checks import formula_findings, table_findings

ERROR, WARNING, NOTE = "error", "warning", "note"
PROBLEMS_MAX = 300
SENTENCES: Mapping[str, str] = {
    "empty": "This cell is empty.",
    "duplicate": "“%(word)s” stands here twice.",
    "unknown_group": "“%(word)s” is no group.",
    "unknown_outcome": "A rule declines or refers.",
    "no_chinese": "The Chinese sentence is missing.",
    "no_english": "The English sentence is missing.",
    "unreadable": "“%(word)s” cannot be read here (character %(position)s).",
    "unexpected": "Before “%(word)s” an “and” or “or” is missing (character %(position)s).",
    "expected_sign": "“%(word)s”: a bracket is missing (character %(position)s).",
    "expected_name": "“%(word)s” is no name of a value (character %(position)s).",
    "expected_operator": "After the name a comparison is missing (character %(position)s).",
    "ended": "The condition stops too early.",
    "unknown_name": "There is no value named “%(word)s” (character %(position)s).",
    "unknown_term": "The product has no term “%(word)s” (character %(position)s).",
    "operator_misfit": "“%(word)s” does not fit this value (character %(position)s).",
    "too_deep": "Brackets are nested too deep, or there are too many branches.",
    "too_long": "The condition is too long.",
    "not_count": "“%(word)s” is no whole number from 0 to 1,000,000.",
    "not_money": "“%(word)s” is no amount in yuan with at most two decimals.",
    "not_flag": "“%(word)s” is neither true nor false.",
    "not_text": "“%(word)s” must be a word; words stand in quotes.",
    "not_texts": "“%(word)s” is no list of words.",
    "not_county": "“%(word)s” is no six-digit county code.",
    "not_day": "“%(word)s” is no day as 2026-01-31.",
    "not_whole": "“%(word)s” is no whole number.",
    "not_percent": "“%(word)s” is no share from 0 to 100.",
    "unknown_feature": "There is no value named “%(word)s”.",
    "edges_rise": "“%(word)s” must be greater than the value before it.",
    "grades_fall": "Grades stand best first: this must be lower than the one above.",
    "no_rows": "There must be at least one row.",
    "no_plan": "This group has no way to repay.",
    "unknown_method": "“%(word)s” is no way to repay.",
    "not_month": "“%(word)s” is no month from 1 to 12.",
    "engine_reason": "The sentence for %(word)s is missing.",
    "cap_rises": "A worse grade has a higher cap than the grade before it.",
    "not_reached": "No points add up to this grade: scores run from %(low)s to %(high)s.",
    "always_reached": "Every score reaches this grade: nobody is declined for points.",
    "catch_all": "Whoever belongs to no group is referred to a person.",
    "table_code": "A table's code is small letters, digits and “_”.",
    "table_words": "A table needs a name in both languages.",
    "table_stage": "Choose the stage at which the table is asked.",
    "table_hit": "Choose whether the first row counts or every row.",
    "table_group": "Choose a group.",
    "table_columns": "A table has columns that ask and columns that answer, at most 30, all different.",
    "table_unknown_input": "There is no value named “%(word)s” at this stage.",
    "table_type": "“%(word)s” cannot be a column.",
    "table_price_factor": "A price may not follow “%(word)s”.",
    "table_unknown_output": "“%(word)s” is no answer of this stage.",
    "table_no_outcome": "A table of admission answers with an outcome.",
    "table_row_id": "A row's name has 1 to 20 characters.",
    "table_row_id_taken": "Another row has this name.",
    "table_no_reason": "Who is declined or referred is told a reason.",
    "table_empty_interval": "“%(word)s” holds no value.",
    "table_not_a_comparison": "“%(word)s” is no comparison or interval, as >= 10 or [10..50).",
    "table_not_a_count": "“%(word)s” holds no whole number.",
    "table_not_a_money": "“%(word)s” holds no amount in yuan.",
    "table_not_a_day": "“%(word)s” holds no day as 2026-01-31.",
    "table_not_a_flag": "“%(word)s” is neither yes nor no.",
    "table_not_a_county": "“%(word)s” holds no six-digit county code.",
    "table_not_a_text": "“%(word)s” holds no words.",
    "table_not_a_outcome": "“%(word)s” is none of pass, refer, decline.",
    "table_not_a_role": "“%(word)s” is none of officer, manager, head_office.",
    "table_not_a_percentage": "“%(word)s” is no whole percentage up to 1,000.",
    "table_not_basis_points": "“%(word)s” is no whole number of basis points.",
    "table_too_many_words": "A cell names at most 50 words.",
    "table_comparison_of_words": "Words are listed, not compared: rice, maize.",
    "table_unknown_word": "“%(word)s” is not in this value's vocabulary.",
    "table_unknown_reason": "There is no sentence for “%(word)s”.",
    "table_empty_output": "This must say something.",
    "rows_unreachable": "This row is never reached: earlier rows always come first (%(word)s).",
    "rows_gap": "No row fits %(example)s, and there is no “otherwise”.",
    "rows_overlap": "Rows %(word)s overlap: where both fit, the first decides.",
    "rows_too_large": "The table is too large to be checked whole.",
    "formula_name": "A formula's name is small letters, digits and “_”.",
    "formula_taken": "The name “%(word)s” is taken.",
    "formula_type": "Only numbers can be computed with.",
    "formula_words": "A formula needs words in both languages.",
    "formula_circle": "These formulas need each other: %(text)s",
    "formula_protected": "This attribute must not enter a decision.",
    "formula_unknown_name": "The formula names something that does not exist: %(text)s",
    "formula_syntax": "The formula cannot be read: %(text)s",
    "formula_sign": "The formula holds a sign that cannot be read: %(text)s",
    "other": "This cannot be used: %(text)s",
    "refused": "The strategy cannot be used: %(word)s",
}
#: Codes that do not stand in the way of handing in.
_MILD: Mapping[str, str] = {
    "cap_rises": WARNING, "not_reached": WARNING, "always_reached": WARNING, "catch_all": NOTE,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``part``/``sheet`` name the sheet, ``row`` counts from 0 (-1 = the sheet as a whole)."""

    part: str
    sheet: str
    row: int
    column: str
    severity: str
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.part}/{self.sheet}"

    @property
    def message_en(self) -> str:
        sentence = SENTENCES.get(self.code, SENTENCES["other"])
        return sentence % {"word": "", "position": "", "text": "", "example": "", **self.detail}


def problems(definition: Mapping[str, Any]) -> list[Problem]:
    """At most ``PROBLEMS_MAX`` of them in the order of the parts; never raises."""
    found: list[Problem] = []
    for one in _all(definition):
        found.append(one)
        if len(found) == PROBLEMS_MAX:
            return found
    if not any(one.severity == ERROR for one in found):
        try:
            read_strategy(definition)
        except InvalidStrategy as error:
            found.append(Problem("", "", -1, "", ERROR, "refused", {"word": str(error)[:200]}))
    return found


def _all(definition: Mapping[str, Any]) -> Iterator[Problem]:
    for part in part_names(definition):
        for one in sheets_of(definition, part):
            for row, column, code, detail in findings(definition, one):
                mild = _MILD.get(code, ERROR)
                yield Problem(part, one.key, row, column, mild, code, detail)
    yield from (Problem(*placed) for placed in formula_findings(definition))
    yield from (Problem(*placed) for placed in table_findings(definition))
