"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
]
