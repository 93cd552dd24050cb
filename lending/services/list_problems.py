"""What risk refuses about customer lists, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from lending.errors import DomainError, IllegalState, InvalidInput, NotFound
from risk.services.lists import ListProblem

#: What is wrong with a file as a whole; %(…)s come from the problem's detail.
FILES: Mapping[str, Any] = {
    "empty_file": _("The file is empty."),
    "too_large": _("The file is too large: at most %(most_mb)s MB. Please split it."),
    "too_many_rows": _("The file has too many rows: at most %(most)s. Please split it."),
    "old_excel": _(
        "This is an old Excel file (.xls) or one with a password. Please save it as .xlsx or CSV."
    ),
    "not_text": _("This file is neither CSV nor XLSX."),
    "wrong_encoding": _(
        "Byte %(byte)s cannot be read as %(encoding)s. Please save the file again as UTF-8."
    ),
    "line_too_long": _("Row %(row)s has no end. Is this a CSV file?"),
    "csv_form": _("Row %(row)s has a quotation mark that is never closed."),
    "no_heading": _("The first row must name the columns."),
    "no_id_column": _("No column is called 身份证号 (id_number)."),
    "column_twice": _("Two columns have the same meaning. Please keep one of them."),
    "too_many_columns": _("The file has too many columns."),
    "xlsx_form": _("The XLSX file is damaged. Please save it again or send it as CSV."),
    "xlsx_bomb": _("The XLSX file unpacks to far more than a list needs. It was not read."),
    "gave_up": _("The file could not be checked within a day. Please upload it again."),
    "no_rows": _("There is nobody in the file who could be put on the list."),
}
#: What is wrong with one row or one person.
ROWS: Mapping[str, Any] = {
    "missing_id": _("The ID number is missing."),
    "mangled_id": _(
        "A spreadsheet has rounded this ID number. Please format the column as text and enter it again."
    ),
    "id_form": _("This is no ID number of 18 characters."),
    "id_date": _("The date of birth in the ID number does not exist."),
    "id_check_digit": _("The last digit of the ID number does not fit the others."),
    "formula": _("A formula is not a value. Please enter the value itself."),
    "too_long": pgettext_lazy("list", "The text is too long."),
    "unprintable": _("The text contains characters that cannot be shown."),
    "unknown_tier": _("This customer tier is not known."),
    "date_form": _("Please write the date as 2027-06-30."),
    "date_past": _("The last day of validity is over."),
    "too_many_cells": _("The row has more cells than the heading has columns."),
    "duplicate": _("This person stands in the file already."),
}
_REFUSED: Mapping[str, tuple[type[DomainError], Any]] = {
    "list_exists": (InvalidInput, _("There is a list with this code already.")),
    "source_missing": (
        InvalidInput,
        _("Please say who supplied the list and what allows us to keep it."),
    ),
    "days_in_disorder": (InvalidInput, _("The last day lies before the first.")),
    "list_closed": (IllegalState, _("This list is closed.")),
    "not_on_list": (IllegalState, _("This person is not on the list.")),
    "not_checked": (IllegalState, _("Only a file that has been checked can be put into force.")),
    "not_live": (IllegalState, _("Only what is in force can be taken back.")),
    "not_cancellable": (IllegalState, _("It is too late to cancel this file.")),
    "too_late": (
        IllegalState,
        _(
            "After %(days)s days a replacement cannot be undone: what it replaced has been erased. "
            "Please upload the list anew."
        ),
    ),
    "unknown_mode": (InvalidInput, _("Please choose what the file does to the list.")),
}


def refusal(problem: ListProblem) -> DomainError:
    """The error for pages: with the field where it belongs to one."""
    if problem.code in ("no_list", "no_import"):
        return NotFound()
    if problem.code in _REFUSED:
        kind, message = _REFUSED[problem.code]
        return kind(filled(message, problem.detail), code=problem.code)
    message = FILES.get(problem.code) or ROWS.get(problem.code) or problem.code
    field = str(problem.detail.get("field") or ("file" if problem.code in FILES else "id_number"))
    return InvalidInput.field(field, filled(message, problem.detail), problem.code)


def of_file(code: str, detail: Mapping[str, Any]) -> str:
    """Why a file failed, with the row where it is known."""
    words = filled(FILES.get(code, code), detail)
    if "row" in detail and code == "wrong_encoding":
        return gettext("Row %(row)s: %(problem)s") % {"row": detail["row"], "problem": words}
    return words


def filled(message: Any, detail: Mapping[str, Any]) -> str:
    """The message with its data; numbers as people write them."""
    shown = {k: f"{v:,}" if isinstance(v, int) else str(v) for k, v in detail.items()}
    return str(message) % shown if shown else str(message)
