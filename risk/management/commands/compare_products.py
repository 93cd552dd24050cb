"""Every published product for the same ten invented people, and what each layer changes."""

import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from products.selectors import MissingParameter
from risk.selectors.product_table import Table, tables
from risk.strategies import NoPublishedStrategy


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, YYYY-MM-DD (default: today)")
        parser.add_argument("--markdown", action="store_true", help="as Markdown")
        parser.add_argument("--write", metavar="FILE", type=Path, help="Markdown into a file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            on = date.fromisoformat(options["on"]) if options["on"] else timezone.localdate()
        except ValueError:
            raise CommandError("--on takes a date like 2026-11-24") from None
        try:
            found = tables(on)
        except (MissingParameter, NoPublishedStrategy) as missing:
            raise CommandError(f"the bank is not set up to decide on {on}: {missing}") from None
        if not found:
            raise CommandError(f"no product is published on {on}")
        if options["write"]:
            options["write"].write_text(as_markdown(found, on, options["write"]), encoding="utf-8")
            self.stdout.write(f"{options['write']}: {len(found)} tables")
        elif options["markdown"]:
            self.stdout.write(as_markdown(found, on))
        else:
            self.stdout.write("\n\n".join(as_text(table) for table in found))


def as_markdown(found: Sequence[Table], on: date, file: Path | None = None) -> str:
    """The whole document; it names the command that makes it again."""
    written = f"--write {file.as_posix()}" if file and not file.is_absolute() else "--markdown"
    parts = [
        "# The same people, every product",
        f"Made by `manage.py compare_products --on {on} {written}` from the published products and "
        "strategies of an installed bank (`seed_products`, `seed_strategies`). The ten people are "
        "invented: `risk/seeds/sample_customers.json`. Amount: the most that would be offered; rates, "
        "term and method: those of the first offer.",
    ]
    for table in found:
        parts.append(f"{'#' * table.level} {table.title}")
        if table.text:
            parts.append(table.text)
        lines = [table.head, ["---"] * len(table.head), *table.rows]
        parts.append("\n".join(f"| {' | '.join(map(_escaped, line))} |" for line in lines))
    return "\n\n".join(parts) + "\n"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")


def as_text(table: Table) -> str:
    """Columns padded by what a terminal shows: a Chinese character is two cells wide."""
    lines = [table.head, *table.rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    shown = [
        "  ".join(cell + " " * (wide - _width(cell)) for cell, wide in zip(line, widths, strict=True))
        for line in lines
    ]
    return "\n".join([table.title, *(line.rstrip() for line in shown)])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
