"""Addresses of the desk's pages about servicing, below /desk/servicing/; part of ``urls_officer``."""

from django.urls import path

from lending.views.officer import loan_changes, loan_transactions, servicing

urlpatterns = [
    path("servicing/", servicing.servicing_home, name="servicing"),
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
