"""What makes a file unreadable as a whole."""

from typing import Any

#: Largest files, as sent and as unpacked, and their rows without the heading.
CSV_BYTES_MAX = 256 * 1024 * 1024
XLSX_BYTES_MAX = 25 * 1024 * 1024
CSV_ROWS_MAX = 2_000_000
XLSX_ROWS_MAX = 200_000

#: Every code of a file's fault.
FILE_PROBLEMS = (
    "empty_file",
    "too_large",
    "too_many_rows",
    "old_excel",
    "not_text",
    "wrong_encoding",
    "line_too_long",
    "csv_form",
    "no_heading",
    "no_id_column",
    "column_twice",
    "too_many_columns",
    "xlsx_form",
    "xlsx_bomb",
    "no_rows",
    "gave_up",
)


class FileProblem(Exception):
    """``code`` out of ``FILE_PROBLEMS``; ``detail`` says where (row, byte), never what stands there."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail
