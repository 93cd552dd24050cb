"""What risk keeps, one file per noun."""

from risk.models.backtests import BacktestRun
from risk.models.decisions import DecisionRecord
from risk.models.lists import CustomerList, ListEntry, ListImport, ListImportPart, ListRowError
from risk.models.reports import SourceReport
from risk.models.sources import SourceDay, SourceSetting
from risk.models.strategies import Strategy, StrategyVersion
from risk.models.vectors import DecisionVector, TermsSnapshot, VectorLayout
from risk.models.what_if import WhatIfRun

__all__ = [
    "BacktestRun",
    "CustomerList",
    "DecisionRecord",
    "DecisionVector",
    "ListEntry",
    "ListImport",
    "ListImportPart",
    "ListRowError",
    "SourceDay",
    "SourceReport",
    "SourceSetting",
    "Strategy",
    "StrategyVersion",
    "TermsSnapshot",
    "VectorLayout",
    "WhatIfRun",
]
