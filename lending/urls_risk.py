"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path
from django.views.generic import RedirectView

from lending.views.officer import strategies, strategy_editor

urlpatterns = [
    path("risk/", RedirectView.as_view(pattern_name="desk:strategies"), name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
    path("risk/strategies/<int:version_id>/", strategies.strategy, name="strategy"),
    path("risk/strategies/<int:version_id>/draft/", strategies.draft, name="strategy-draft"),
    path("risk/strategies/<int:version_id>/step/", strategies.step, name="strategy-step"),
    path("risk/strategies/<int:version_id>/edit/", strategy_editor.edit, name="strategy-edit"),
    path("risk/strategies/<int:version_id>/check/", strategy_editor.check, name="strategy-check"),
    path("risk/strategies/<int:version_id>/review/", strategy_editor.review, name="strategy-review"),
    path("risk/strategies/<int:a>/diff/<int:b>/", strategies.diff, name="strategy-diff"),
]
