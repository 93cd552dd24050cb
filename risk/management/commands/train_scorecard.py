"""Train a points scorecard from any CSV with a binary target (numbers, words, gaps).

Prints cross-validated AUC, KS, Gini and calibration and each feature's information value; --out
writes the points table as JSON; --challenger also trains monotone gradient boosting beside it;
--register enters both in the register, where a second person approves them. Columns that tell a
protected attribute (sex, ethnicity, religion, health) are never used.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from risk.training import artefacts, registration
from risk.training.report import challenger_report, scorecard_report
from risk.training.table import UnusableTable, read_table

_FOLDS_MAX = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, type=Path, metavar="F")
        parser.add_argument("--target", required=True, metavar="COL")
        parser.add_argument("--bad", default="", metavar="VALUE", help="the target's bad value")
        parser.add_argument("--folds", type=int, default=5, help="2 to 20 (default 5)")
        parser.add_argument("--date", default="", metavar="D", help="day of training (today)")
        parser.add_argument("--out", type=Path, metavar="M.json")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--challenger", action="store_true", help="gradient boosting as well")
        parser.add_argument("--register", default="", metavar="CODE", help="enter in the register")
        parser.add_argument("--by", default="", help="who trains (with --register)")
        parser.add_argument("--period", default="", help="which time the rows are of")
        parser.add_argument("--note", default="", help="what the register should say of the data")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 2 <= options["folds"] <= _FOLDS_MAX:
            raise CommandError(f"--folds is between 2 and {_FOLDS_MAX}")
        if options["register"] and not options["by"]:
            raise CommandError("--register needs --by: another person will approve")
        trained_on = _day(options["date"]) if options["date"] else timezone.localdate()
        content = None
        try:
            table = read_table(options["csv"], options["target"], options["bad"])
            report = scorecard_report(table, options["target"], options["folds"], trained_on)
            if options["challenger"]:
                report["challenger"], learnt = challenger_report(table, options["folds"])
                content, digest = artefacts.save(learnt.model)
                report["challenger"]["artefact_sha256"] = digest
        except UnusableTable as error:
            raise CommandError(str(error)) from None
        except MemoryError:
            raise CommandError("the file is too large for this machine") from None
        self._keep(report, content, options)
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report, options["out"])

    def _keep(self, report: dict[str, Any], content: bytes | None, options: dict[str, Any]) -> None:
        out = options["out"]
        if out and content:
            path = out.with_suffix(".skops")
            report["challenger"]["file"] = path.name
            _write(path, content)
        if options["register"]:
            try:
                report["registered"] = registration.enter(
                    code=options["register"],
                    report=report,
                    artefact=content,
                    origin={"period": options["period"], "note": options["note"]},
                    trained_by=options["by"],
                    now=timezone.now(),
                )
            except (ValueError, DatabaseError) as error:
                raise CommandError(f"not registered: {str(error).splitlines()[0]}") from None
        if out:
            _write(out, json.dumps(report, ensure_ascii=False, indent=1).encode())

    def _print(self, report: dict[str, Any], out: Path | None) -> None:
        data = report["data"]
        self.stdout.write(
            f"{data['rows']} rows, {data['bad_rate']:.1%} {data['target']} = {data['bad_value']}"
            f" ({data['skipped_rows']} skipped)"
        )
        self.stdout.write(_line("scorecard", report["metrics"]))
        if "challenger" in report:
            self.stdout.write(_line("challenger", report["challenger"]["metrics"]))
        self.stdout.write("\nIV      feature")
        for name, iv in report["iv"].items():
            note = report["notes"].get(name) or report["left_out"].get(name, "")
            self.stdout.write(f"{iv:.4f}  {name}{f'  ({note})' if note else ''}")
        for name, why in data["dropped"].items():
            self.stdout.write(f"-       {name}  ({why})")
        for entry in report.get("registered", ()):
            self.stdout.write(f"\nregistered: {entry}")
        if out:
            self.stdout.write(f"\npoints table: {out}")


def _line(name: str, m: dict[str, Any]) -> str:
    true = m["calibration"]
    slope = "-" if true["slope"] is None else f"{true['slope']:.2f}"
    return (
        f"{name}: AUC {m['auc']:.4f} ± {m['auc_spread']:.4f}  KS {m['ks']:.4f}"
        f"  Gini {m['gini']:.4f}  Brier {true['brier']:.4f}  slope {slope}"
        f"  ({m['folds']}-fold cross-validation)"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--date {text!r:.40} is no day like 2026-11-25") from None


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
