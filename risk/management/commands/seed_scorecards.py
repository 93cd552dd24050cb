"""Train the demo county's scorecard and challenger and enter them in the register; safe to repeat."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from risk.domain.strategy import read_strategy
from risk.selectors import scorecards as selectors
from risk.services import scorecards
from risk.services.strategies import SETUP

CODE = "county"
_TRAINER = "train_scorecard"
_FOLDS, _CHALLENGER_FOLDS = 5, 3
_STRATEGY = Path(__file__).resolve().parents[2] / "seeds" / "default_strategy.json"


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if selectors.newest(CODE) is not None:
            self.stdout.write(f"scorecard {CODE} is there")
            return
        # every start of the demo comes by here: scikit-learn's seconds are for those that train
        from risk.training import county_history, registration

        now = timezone.now()
        report, content = _trained(timezone.localdate(now))
        origin = {
            "period": f"{county_history.FIRST_DAY} – {county_history.LAST_DAY}",
            "label": county_history.LABEL,
            "note": "违约：12个月内逾期90天 (bad: 90 days overdue within 12 months)",
        }
        with transaction.atomic():
            registration.enter(
                code=CODE,
                report=report,
                artefact=content,
                origin=origin,
                trained_by=_TRAINER,
                now=now,
            )
            model = selectors.newest(CODE)
            assert model is not None
            scorecards.approve(model_id=model.id, checker=SETUP, now=now)
        self.stdout.write(f"{model.name} AUC {report['metrics']['auc']:.3f}")


def _trained(today: date) -> tuple[dict[str, Any], bytes]:
    from risk.training import artefacts, county_history
    from risk.training.platform_table import table_of
    from risk.training.report import challenger_report, scorecard_report

    strategy = read_strategy(json.loads(_STRATEGY.read_text(encoding="utf-8")))
    table = table_of(list(county_history.people()), strategy.defaults, strategy.income)
    report = scorecard_report(table, "fell overdue", _FOLDS, today)
    report["challenger"], learnt = challenger_report(table, _CHALLENGER_FOLDS)
    content, digest = artefacts.save(learnt.model)
    report["challenger"]["artefact_sha256"] = digest
    return report, content
