"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path, re_path

from lending.views.officer import event_accounts, journals, ledger, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("servicing/ledger/", ledger.trial_balance, name="ledger"),
    path("servicing/ledger/accounts/", event_accounts.chart_page, name="ledger-chart"),
    path("servicing/ledger/accounts/<slug:code>/", ledger.account_page, name="ledger-account"),
    path("servicing/ledger/journals/<uuid:journal_id>/", journals.journal_page, name="journal"),
    path("servicing/ledger/mapping/", event_accounts.mapping_page, name="ledger-mapping"),
    path(
        "servicing/ledger/mapping/<int:change_id>/release/",
        event_accounts.release,
        name="ledger-mapping-release",
    ),
    path(
        "servicing/ledger/mapping/<int:change_id>/refuse/",
        event_accounts.refuse,
        name="ledger-mapping-refuse",
    ),
    re_path(
        r"^servicing/ledger/trial-balance\.(?P<form>csv|xlsx)$",
        ledger.balance_file,
        name="ledger-balance-file",
    ),
    re_path(
        r"^servicing/ledger/journal-lines\.(?P<form>csv|xlsx)$",
        ledger.lines_file,
        name="ledger-lines-file",
    ),
]
