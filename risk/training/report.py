"""Everything ``train_scorecard`` has to say about one table: figures, points, what was left out."""

from datetime import date
from typing import Any

from risk.training.challenger import Challenger, fit_challenger
from risk.training.quality import cross_validate
from risk.training.scorecard import as_points, fit
from risk.training.table import Table


def scorecard_report(table: Table, target: str, folds: int, trained_on: date) -> dict[str, Any]:
    """The report as JSON: ``data``, ``metrics``, ``iv`` of every column, ``notes`` on columns too
    good to be true, and the points table. Raises ``UnusableTable``.
    """
    quality = cross_validate(table, folds, fit)
    model = fit(table.columns, table.bad)
    return {
        "trained_on": trained_on.isoformat(),
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
        "metrics": quality.as_dict(),
        "iv": {name: round(iv, 6) for name, iv in model.iv.items()},
        "notes": model.notes,
        **as_points(model),
    }


def challenger_report(table: Table, folds: int) -> tuple[dict[str, Any], Challenger]:
    """Figures of the challenger and how its columns are written, and itself, fitted on all rows."""
    quality = cross_validate(table, folds, fit_challenger)
    challenger = fit_challenger(table.columns, table.bad)
    report = {
        "metrics": quality.as_dict(),
        "columns": list(challenger.columns),
        "codes": {name: dict(codes) for name, codes in challenger.codes.items()},
    }
    return report, challenger
