"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path
from django.views.generic import RedirectView

from lending.views.officer import backtests, sources, strategies

urlpatterns = [
    path("risk/", RedirectView.as_view(pattern_name="desk:strategies"), name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
    path("risk/strategies/<int:version_id>/backtest/", backtests.backtest_page, name="backtest"),
    path("risk/strategies/<int:version_id>/backtest/start/", backtests.start, name="backtest-start"),
    path("risk/strategies/<int:version_id>/backtest/cancel/", backtests.cancel, name="backtest-cancel"),
    path("risk/sources/", sources.source_list, name="sources"),
    path("risk/sources/<slug:code>/", sources.source_page, name="source"),
]
