"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import end_of_day, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("servicing/end-of-day/", end_of_day.end_of_day_page, name="end-of-day"),
    path("servicing/end-of-day/start/", end_of_day.start, name="end-of-day-start"),
    path(
        "servicing/end-of-day/parked/<int:account_id>/", end_of_day.retry, name="end-of-day-retry"
    ),
]
