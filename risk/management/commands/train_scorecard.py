"""Train a points scorecard from any CSV with a binary target (numbers, words, gaps).

Prints cross-validated AUC, KS and Gini and each feature's information value; --out writes the
points table as JSON; --challenger also trains monotone gradient boosting beside it.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from risk.training.binning import fit_binning
from risk.training.challenger import fit_challenger
from risk.training.scorecard import Quality, as_points, cross_validate, fit
from risk.training.table import Table, UnusableTable, read_table

_FOLDS_MAX = 20


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", required=True, type=Path, metavar="F")
        parser.add_argument("--target", required=True, metavar="COL")
        parser.add_argument("--folds", type=int, default=5, help="2 to 20 (default 5)")
        parser.add_argument("--out", type=Path, metavar="M.json")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")
        parser.add_argument("--challenger", action="store_true", help="gradient boosting as well")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 2 <= options["folds"] <= _FOLDS_MAX:
            raise CommandError(f"--folds is between 2 and {_FOLDS_MAX}")
        try:
            table = read_table(options["csv"], options["target"])
            report = _report(table, options["target"], options["folds"])
            if options["challenger"]:
                report["challenger"] = _challenge(table, options["folds"], options["out"])
        except UnusableTable as error:
            raise CommandError(str(error)) from None
        if options["out"]:
            _write(options["out"], json.dumps(report, ensure_ascii=False, indent=1).encode())
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report, options["out"])

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
            note = report["left_out"].get(name, "")
            self.stdout.write(f"{iv:.4f}  {name}{f'  ({note})' if note else ''}")
        for name, why in data["dropped"].items():
            self.stdout.write(f"-       {name}  ({why})")
        if out:
            self.stdout.write(f"\npoints table: {out}")


def _report(table: Table, target: str, folds: int) -> dict[str, Any]:
    quality = cross_validate(table, folds, fit)
    model = fit(table.columns, table.bad)
    every = {column.name: fit_binning(column, table.bad).iv for column in table.columns}
    ranked = dict(sorted(every.items(), key=lambda item: (-item[1], item[0])))
    return {
        "data": {
            "sha256": table.sha256,
            "rows": len(table.bad),
            "skipped_rows": table.skipped_rows,
            "target": target,
            "bad_value": table.bad_value,
            "good_value": table.good_value,
            "bad_rate": round(float(table.bad.mean()), 6),
            "dropped": table.dropped,
        },
        "metrics": _metrics(quality),
        "iv": {name: round(iv, 6) for name, iv in ranked.items()},
        **as_points(model),
    }


def _challenge(table: Table, folds: int, out: Path | None) -> dict[str, Any]:
    """Figures of the challenger; with --out it is stored beside it by skops, its hash in the
    report.
    """
    result: dict[str, Any] = {"metrics": _metrics(cross_validate(table, folds, fit_challenger))}
    if out:
        import skops.io

        challenger = fit_challenger(table.columns, table.bad)
        content = skops.io.dumps(challenger.model)
        path = out.with_suffix(".skops")
        _write(path, content)
        result |= {
            "file": path.name,
            "sha256": hashlib.sha256(content).hexdigest(),
            "codes": challenger.codes,
            "columns": [column.name for column in table.columns],
        }
    return result


def _metrics(quality: Quality) -> dict[str, float | int]:
    return {
        "auc": round(quality.auc, 6),
        "auc_spread": round(quality.auc_spread, 6),
        "ks": round(quality.ks, 6),
        "gini": round(quality.gini, 6),
        "folds": quality.folds,
    }


def _line(name: str, m: dict[str, Any]) -> str:
    return (
        f"{name}: AUC {m['auc']:.4f} ± {m['auc_spread']:.4f}  KS {m['ks']:.4f}"
        f"  Gini {m['gini']:.4f}  ({m['folds']}-fold cross-validation)"
    )


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
