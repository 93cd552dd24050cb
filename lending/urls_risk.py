"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import (
    backtests,
    decision_records,
    fairness,
    models,
    monitoring,
    relations,
    sources,
    strategies,
    strategy_editor,
    trials,
)

urlpatterns = [
    path("risk/", strategies.risk_home, name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
    path("risk/strategies/<int:version_id>/", strategies.strategy, name="strategy"),
    path("risk/strategies/<int:version_id>/draft/", strategies.draft, name="strategy-draft"),
    path("risk/strategies/<int:version_id>/step/", strategies.step, name="strategy-step"),
    path("risk/strategies/<int:version_id>/edit/", strategy_editor.edit, name="strategy-edit"),
    path("risk/strategies/<int:version_id>/check/", strategy_editor.check, name="strategy-check"),
    path("risk/strategies/<int:version_id>/review/", strategy_editor.review, name="strategy-review"),
    path("risk/strategies/<int:a>/diff/<int:b>/", strategies.diff, name="strategy-diff"),
    path("risk/strategies/<int:version_id>/backtest/", backtests.backtest_page, name="backtest"),
    path("risk/strategies/<int:version_id>/backtest/start/", backtests.start, name="backtest-start"),
    path("risk/strategies/<int:version_id>/backtest/cancel/", backtests.cancel, name="backtest-cancel"),
    path("risk/sources/", sources.source_list, name="sources"),
    path("risk/sources/<slug:code>/", sources.source_page, name="source"),
    path("risk/models/", models.model_list, name="models"),
    path("risk/models/<int:model_id>/", models.model_page, name="model"),
    path("risk/models/<int:model_id>/approve/", models.model_approve, name="model-approve"),
    path("risk/models/<int:model_id>/retire/", models.model_retire, name="model-retire"),
    path("risk/models/<int:model_id>/take/", models.model_take, name="model-take"),
    path("risk/relations/", relations.signal_list, name="relation-signals"),
    path("risk/relations/<uuid:application_id>/", relations.relations_page, name="relations"),
    path("risk/trials/", trials.trial_list, name="trials"),
    path("risk/trials/start/<int:version_id>/", trials.trial_start, name="trial-start"),
    path("risk/trials/<uuid:trial_id>/", trials.trial_page, name="trial"),
    path("risk/trials/<uuid:trial_id>/end/", trials.trial_end, name="trial-end"),
    path("risk/monitoring/", monitoring.monitoring_page, name="monitoring"),
    path("risk/monitoring/daily.csv", monitoring.daily_csv, name="monitoring-csv"),
    path("risk/monitoring/alerts/<int:alert_id>/", monitoring.acknowledge, name="alert-acknowledge"),
    path("risk/fairness/", fairness.fairness_page, name="fairness"),
    path("risk/decisions/<uuid:decision_id>/", decision_records.decision_page, name="decision"),
    path(
        "risk/decisions/<uuid:decision_id>/replay/", decision_records.replay, name="decision-replay"
    ),
    path(
        "applications/<uuid:application_id>/letter.pdf",
        decision_records.letter,
        name="application-letter",
    ),
    path(
        "applications/<uuid:application_id>/profile/", decision_records.profile_page, name="profile"
    ),
]
