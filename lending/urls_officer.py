"""Addresses of the desk, mounted at /desk/."""

from django.urls import path

from lending import urls_risk, urls_servicing
from lending.views.officer import (
    applications,
    calendars,
    coupons,
    customers,
    devices,
    language,
    list_imports,
    list_uploads,
    lists,
    loans,
    login,
    payouts,
    product_versions,
    products,
    today,
    what_if,
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
    path("assisted/", devices.assisted, name="assisted"),
    path("assisted/<uuid:mode_id>/end/", devices.end, name="assisted-end"),
    path("payouts/", payouts.payout_list, name="payouts"),
    path("payouts/<uuid:disbursement_id>/propose/", payouts.propose, name="payout-propose"),
    path("payouts/<uuid:disbursement_id>/confirm/", payouts.confirm, name="payout-confirm"),
    path("loans/", loans.loan_list, name="loans"),
    path("loans/<uuid:loan_id>/", loans.loan_page, name="loan"),
    path("loans/<uuid:loan_id>/days/", loans.loan_days, name="loan-days"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/new/", calendars.calendar_new, name="calendar-new"),
    path("calendars/<slug:crop>/", calendars.calendar_page, name="calendar"),
    path("calendars/<slug:crop>/change/", calendars.calendar_edit, name="calendar-edit"),
    path("calendars/<slug:crop>/in/<slug:county>/", calendars.calendar_page, name="calendar"),
    path(
        "calendars/<slug:crop>/in/<slug:county>/change/",
        calendars.calendar_edit,
        name="calendar-edit",
    ),
    path("products/", products.tree, name="products"),
    path("products/derive/", products.derive, name="product-derive"),
    path("products/versions/<int:version_id>/edit/", product_versions.edit, name="product-edit"),
    path(
        "products/versions/<int:version_id>/review/", product_versions.review, name="product-review"
    ),
    path("products/versions/<int:version_id>/clone/", product_versions.clone, name="product-clone"),
    path(
        "products/versions/<int:version_id>/retire/", product_versions.retire, name="product-retire"
    ),
    path("products/versions/<int:a>/diff/<int:b>/", product_versions.diff, name="product-diff"),
    path("products/<slug:code>/draft/", products.new_draft, name="product-draft"),
    path("products/<slug:code>/", products.product_page, name="product"),
    path("products/versions/<int:version_id>/what-if/", what_if.what_if_page, name="what-if"),
    path("products/versions/<int:version_id>/what-if/panel/", what_if.run_panel, name="what-if-panel"),
    path("products/versions/<int:version_id>/what-if/start/", what_if.start, name="what-if-start"),
    path("products/versions/<int:version_id>/what-if/cancel/", what_if.cancel, name="what-if-cancel"),
    path("lists/", lists.list_lists, name="lists"),
    path("lists/new/", lists.new_list, name="list-new"),
    path("lists/<slug:list_code>/", lists.list_page, name="list"),
    path("lists/<slug:list_code>/find/", lists.find_person, name="list-find"),
    path("lists/<slug:list_code>/add/", lists.add_person, name="list-add"),
    path("lists/<slug:list_code>/remove/", lists.remove_person, name="list-remove"),
    path("lists/<slug:list_code>/close/", lists.close, name="list-close"),
    path("lists/<slug:list_code>/upload/", list_uploads.upload, name="list-upload"),
    path(
        "lists/<slug:list_code>/imports/<uuid:import_id>/",
        list_imports.import_page,
        name="list-import",
    ),
    path(
        "lists/<slug:list_code>/imports/<uuid:import_id>/errors.csv",
        list_imports.errors_csv,
        name="list-import-errors",
    ),
    path(
        "lists/<slug:list_code>/imports/<uuid:import_id>/confirm/",
        list_imports.confirm,
        name="list-import-confirm",
    ),
    path(
        "lists/<slug:list_code>/imports/<uuid:import_id>/undo/",
        list_imports.undo,
        name="list-import-undo",
    ),
    path(
        "lists/<slug:list_code>/imports/<uuid:import_id>/cancel/",
        list_imports.cancel,
        name="list-import-cancel",
    ),
    path("coupons/", coupons.coupon_list, name="coupons"),
    path("coupons/new/", coupons.new_coupon, name="coupon-new"),
    path("coupons/<slug:code>/", coupons.coupon_page, name="coupon"),
    path("coupons/<slug:code>/edit/", coupons.edit_coupon, name="coupon-edit"),
    path("coupons/<slug:code>/submit/", coupons.submit, name="coupon-submit"),
    path("coupons/<slug:code>/send-back/", coupons.send_back, name="coupon-send-back"),
    path("coupons/<slug:code>/publish/", coupons.publish, name="coupon-publish"),
    path("coupons/<slug:code>/retire/", coupons.retire, name="coupon-retire"),
    *urls_risk.urlpatterns,
    *urls_servicing.urlpatterns,
]
