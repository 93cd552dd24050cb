"""Addresses of the desk's pages about decisions, below /desk/risk/; part of ``urls_officer``."""

from django.urls import path
from django.views.generic import RedirectView

from lending.views.officer import strategies

urlpatterns = [
    path("risk/", RedirectView.as_view(pattern_name="desk:strategies"), name="risk"),
    path("risk/strategies/", strategies.strategy_list, name="strategies"),
]
