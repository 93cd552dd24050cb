"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import loan_papers, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("loans/<uuid:loan_id>/papers/", loan_papers.make, name="loan-paper-make"),
    path(
        "loans/<uuid:loan_id>/papers/<uuid:paper_id>.pdf", loan_papers.pdf, name="loan-paper-pdf"
    ),
]
