"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path
from django.views.generic import RedirectView

from lending.views.officer import decision_records, fairness, strategies

urlpatterns = [
    path("risk/", RedirectView.as_view(pattern_name="desk:strategies"), name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
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
