"""What risk keeps, one file per noun."""

from risk.models.backtests import BacktestRun
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
from risk.models.scorecards import ScorecardModel
from risk.models.sources import SourceDay, SourceSetting
from risk.models.strategies import Strategy, StrategyVersion
from risk.models.trials import StrategyTrial, TrialDecision
from risk.models.vectors import DecisionVector, TermsSnapshot, VectorLayout
from risk.models.what_if import WhatIfRun

__all__ = [
    "BacktestRun",
    "CustomerList",
    "DecisionDay",
    "DecisionFigures",
    "DecisionRecord",
    "DecisionVector",
    "ListEntry",
    "ListImport",
    "ListImportPart",
    "ListRowError",
    "SourceDay",
    "ScorecardModel",
    "MonitoringAlert",
    "MonitoringMark",
    "ScoreBin",
    "SourceReport",
    "SourceSetting",
    "Strategy",
    "StrategyTrial",
    "StrategyVersion",
    "TermsSnapshot",
    "TrialDecision",
    "VectorLayout",
    "WhatIfRun",
]
