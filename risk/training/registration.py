"""From a training report to rows of the register."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from risk.services import scorecards

_CARD_KEYS = ("iv", "notes")


def enter(
    *,
    code: str,
    report: Mapping[str, Any],
    artefact: bytes | None,
    origin: Mapping[str, str],
    trained_by: str,
    now: datetime,
) -> list[str]:
    """Register the report's scorecard and, with its file, its challenger; their names.

    ``origin`` adds what a file cannot tell of itself: ``period``, ``note``, ``label``.
    """
    data = {**report["data"], **origin, "trained_on": report["trained_on"]}
    left_aside = {"challenger", "data", "metrics", "trained_on", "registered"}
    table = {key: part for key, part in report.items() if key not in left_aside}
    with transaction.atomic():
        entered = [
            scorecards.register(
                code=code,
                kind="scorecard",
                definition=table,
                artefact=None,
                data=data,
                metrics=report["metrics"],
                trained_by=trained_by,
                now=now,
            )
        ]
        if artefact is not None:
            learnt = report["challenger"]
            definition = {
                "kind": "challenger",
                **{key: learnt[key] for key in ("columns", "codes", "artefact_sha256")},
                **{key: report[key] for key in _CARD_KEYS},
            }
            entered.append(
                scorecards.register(
                    code=code,
                    kind="challenger",
                    definition=definition,
                    artefact=artefact,
                    data=data,
                    metrics=learnt["metrics"],
                    trained_by=trained_by,
                    now=now,
                )
            )
    return [str(model) for model in entered]
