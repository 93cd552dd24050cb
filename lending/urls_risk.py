"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path
from django.views.generic import RedirectView

from lending.views.officer import relations, strategies

urlpatterns = [
    path("risk/", RedirectView.as_view(pattern_name="desk:strategies"), name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
    path("risk/relations/", relations.signal_list, name="relation-signals"),
    path("risk/relations/<uuid:application_id>/", relations.relations_page, name="relations"),
]
