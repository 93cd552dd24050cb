"""What risk keeps, one file per noun."""

from risk.models.decisions import DecisionRecord
from risk.models.lists import CustomerList, ListEntry, ListImport, ListImportPart, ListRowError
from risk.models.monitoring import (
    DecisionDay,
    DecisionFigures,
    MonitoringAlert,
    MonitoringMark,
    ScoreBin,
)
from risk.models.reports import SourceReport
from risk.models.strategies import Strategy, StrategyVersion
from risk.models.trials import StrategyTrial, TrialDecision
from risk.models.what_if import WhatIfRun

__all__ = [
    "CustomerList",
    "DecisionDay",
    "DecisionFigures",
    "DecisionRecord",
    "ListEntry",
    "ListImport",
    "ListImportPart",
    "ListRowError",
    "MonitoringAlert",
    "MonitoringMark",
    "ScoreBin",
    "SourceReport",
    "Strategy",
    "StrategyTrial",
    "StrategyVersion",
    "TrialDecision",
    "WhatIfRun",
]
