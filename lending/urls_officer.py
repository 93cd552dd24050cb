"""Addresses of the desk, mounted at /desk/."""

from django.urls import path

from lending.views.officer import (
    applications,
    customers,
    language,
    loans,
    login,
    payouts,
    today,
)

app_name = "desk"
urlpatterns = [
    path("", today.today_page, name="today"),
    path("login/", login.log_in, name="login"),
    path("login/code/", login.verify, name="verify"),
    path("login/enrol/", login.enrol, name="enrol"),
    path("logout/", login.log_out, name="logout"),
    path("language/", language.set_language, name="language"),
    path("applications/", applications.application_list, name="applications"),
    path("applications/<uuid:application_id>/", applications.application_page, name="application"),
    path(
        "applications/<uuid:application_id>/panel/",
        applications.application_panel,
        name="application-panel",
    ),
    path(
        "applications/<uuid:application_id>/reveal/", applications.reveal, name="application-reveal"
    ),
    path(
        "applications/<uuid:application_id>/approve/",
        applications.approve,
        name="application-approve",
    ),
    path(
        "applications/<uuid:application_id>/decline/",
        applications.decline,
        name="application-decline",
    ),
    path("customers/", customers.customer_list, name="customers"),
    path("customers/search/", customers.customer_search, name="customer-search"),
    path("customers/<uuid:customer_id>/", customers.customer_page, name="customer"),
    path("payouts/", payouts.payout_list, name="payouts"),
    path("payouts/<uuid:disbursement_id>/propose/", payouts.propose, name="payout-propose"),
    path("payouts/<uuid:disbursement_id>/confirm/", payouts.confirm, name="payout-confirm"),
    path("loans/", loans.loan_list, name="loans"),
    path("loans/<uuid:loan_id>/", loans.loan_page, name="loan"),
]
