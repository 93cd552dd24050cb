"""What risk keeps, one file per noun."""

from risk.models.decisions import DecisionRecord
from risk.models.lists import CustomerList, ListEntry, ListImport, ListImportPart, ListRowError
from risk.models.reports import SourceReport
from risk.models.scorecards import ScorecardModel
from risk.models.sources import SourceDay, SourceSetting
from risk.models.strategies import Strategy, StrategyVersion
from risk.models.what_if import WhatIfRun

__all__ = [
    "CustomerList",
    "DecisionRecord",
    "ListEntry",
    "ListImport",
    "ListImportPart",
    "ListRowError",
    "SourceDay",
    "ScorecardModel",
    "SourceReport",
    "SourceSetting",
    "Strategy",
    "StrategyVersion",
    "WhatIfRun",
]
