"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path, re_path

from lending.views.officer import (
    arrears,
    card_transfers,
    credit_lines,
    end_of_day,
    event_accounts,
    journals,
    ledger,
    loan_changes,
    loan_papers,
    loan_transactions,
    reconciliation,
    servicing,
)

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
    path("loans/<uuid:loan_id>/papers/", loan_papers.make, name="loan-paper-make"),
    path(
        "loans/<uuid:loan_id>/papers/<uuid:paper_id>.pdf", loan_papers.pdf, name="loan-paper-pdf"
    ),
    path("servicing/reconciliation/", reconciliation.day_page, name="reconciliation"),
    path("servicing/reconciliation/runs/", reconciliation.runs, name="reconciliation-runs"),
    path("servicing/reconciliation/run/", reconciliation.run_now, name="reconciliation-run-now"),
    path(
        "servicing/reconciliation/breaks/<int:break_id>/",
        reconciliation.break_page,
        name="reconciliation-break",
    ),
    path(
        "servicing/reconciliation/breaks/<int:break_id>/take/",
        reconciliation.take,
        name="reconciliation-take",
    ),
    path(
        "servicing/reconciliation/breaks/<int:break_id>/propose/",
        reconciliation.propose,
        name="reconciliation-propose",
    ),
    path(
        "servicing/reconciliation/breaks/<int:break_id>/confirm/",
        reconciliation.confirm,
        name="reconciliation-confirm",
    ),
    path(
        "servicing/reconciliation/breaks/<int:break_id>/send-back/",
        reconciliation.send_back,
        name="reconciliation-send-back",
    ),
    path("servicing/end-of-day/", end_of_day.end_of_day_page, name="end-of-day"),
    path("servicing/end-of-day/start/", end_of_day.start, name="end-of-day-start"),
    path(
        "servicing/end-of-day/parked/<int:account_id>/", end_of_day.retry, name="end-of-day-retry"
    ),
    path("servicing/lines/", credit_lines.line_list, name="lines"),
    path("servicing/lines/<uuid:line_id>/", credit_lines.line_page, name="line"),
    path("servicing/lines/<uuid:line_id>/freeze/", credit_lines.freeze, name="line-freeze"),
    path("servicing/lines/<uuid:line_id>/release/", credit_lines.release, name="line-release"),
    path("servicing/lines/<uuid:line_id>/limit/", credit_lines.set_limit, name="line-limit"),
    path("servicing/card-transfers/", card_transfers.card_transfer_list, name="card-transfers"),
    path(
        "servicing/card-transfers/<uuid:transfer_id>/propose/",
        card_transfers.propose,
        name="card-transfer-propose",
    ),
    path(
        "servicing/card-transfers/<uuid:transfer_id>/confirm/",
        card_transfers.confirm,
        name="card-transfer-confirm",
    ),
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
    path("servicing/arrears/", arrears.arrears_list, name="arrears"),
    path("servicing/arrears/<uuid:case_id>/", arrears.case_page, name="arrears-case"),
    path("servicing/arrears/<uuid:case_id>/contact/", arrears.new_contact, name="arrears-contact"),
    path("servicing/arrears/<uuid:case_id>/result/", arrears.contact_result, name="arrears-result"),
    path("servicing/arrears/<uuid:case_id>/promise/", arrears.new_promise, name="arrears-promise"),
    path("servicing/arrears/<uuid:case_id>/note/", arrears.new_note, name="arrears-note"),
    path("servicing/arrears/<uuid:case_id>/letter/", arrears.new_letter, name="arrears-letter"),
    path("servicing/arrears/<uuid:case_id>/pause/", arrears.pause, name="arrears-pause"),
    path("servicing/letters/<uuid:letter_id>/", arrears.letter_pdf, name="arrears-letter-pdf"),
    path("servicing/changes/", loan_changes.change_list, name="loan-changes"),
    path("servicing/changes/<uuid:change_id>/", loan_changes.change_page, name="loan-change"),
    path("servicing/changes/<uuid:change_id>/approve/", loan_changes.approve, name="loan-change-approve"),
    path(
        "servicing/changes/<uuid:change_id>/send-back/",
        loan_changes.send_back,
        name="loan-change-send-back",
    ),
    path("servicing/changes/<uuid:change_id>/withdraw/", loan_changes.withdraw, name="loan-change-withdraw"),
    path("servicing/changes/<uuid:change_id>/voucher/", loan_changes.voucher, name="loan-change-voucher"),
    path(
        "servicing/loans/<uuid:loan_id>/<slug:kind>/", loan_changes.new_change, name="loan-change-new"
    ),
    path("servicing/transactions/", loan_transactions.transaction_list, name="loan-transactions"),
]
