"""Addresses of the applicant's pages, mounted at the root: /apply/… and /me/…"""

from django.urls import path

from lending.views.customer import (
    answers,
    contract,
    devices,
    identity,
    me,
    offers,
    outcomes,
    start,
    verify,
)

app_name = "customer"
_A = "apply/<uuid:application_id>/"

urlpatterns = [
    path("apply/", start.start, name="start"),
    path("apply/code/", start.code, name="code"),
    path("apply/purpose/", start.purpose, name="purpose"),
    path("apply/amount/", start.amount, name="amount"),
    path("apply/language/", start.language, name="language"),
    path("apply/log-out/", start.log_out, name="log-out"),
    path("apply/assisted/<str:code>/", devices.assisted, name="assisted"),
    path(_A, start.resume, name="resume"),
    path(f"{_A}identity/", identity.choose, name="identity"),
    path(f"{_A}identity/photo/", identity.photo, name="photo"),
    path(f"{_A}identity/reading/", identity.reading, name="reading"),
    path(f"{_A}identity/reading/state/", identity.reading_state, name="reading-state"),
    path(f"{_A}identity/confirm/", identity.confirm, name="confirm"),
    path(f"{_A}identity/by-hand/", identity.by_hand, name="by-hand"),
    path(f"{_A}consents/", answers.consents, name="consents"),
    path(f"{_A}question/<slug:name>/", answers.question, name="question"),
    path(f"{_A}bank-card/", answers.bank_card, name="bank-card"),
    path(f"{_A}check/", answers.check, name="check"),
    path(f"{_A}waiting/", outcomes.waiting, name="waiting"),
    path(f"{_A}state/", outcomes.state, name="state"),
    path(f"{_A}in-review/", outcomes.in_review, name="in-review"),
    path(f"{_A}declined/", outcomes.declined, name="declined"),
    path(f"{_A}letter.pdf", outcomes.letter, name="decision-letter"),
    path(f"{_A}closed/", outcomes.closed, name="closed"),
    path(f"{_A}withdraw/", outcomes.withdraw, name="withdraw"),
    path(f"{_A}offers/", offers.offers, name="offers"),
    path(f"{_A}offers/again/", offers.reopen, name="reopen"),
    path(f"{_A}offers/<uuid:offer_id>/", offers.offer, name="offer"),
    path(f"{_A}cost/", contract.cost, name="cost"),
    path(f"{_A}contract/", contract.contract, name="contract"),
    path(f"{_A}contract.pdf", contract.pdf, name="contract-pdf"),
    path(f"{_A}sign/", contract.sign, name="sign"),
    path(f"{_A}card-again/", answers.card_again, name="card-again"),
    path(f"{_A}done/", outcomes.done, name="done"),
    path("me/", me.me, name="me"),
    path("me/loans/<uuid:loan_id>/", me.loan, name="loan"),
    path("verify/", verify.verify, name="verify"),
    path("verify/<str:code>/", verify.verify, name="verify-paper"),
    path("me/loans/<uuid:loan_id>/papers/<str:kind>/", me.paper, name="loan-paper"),
    path("me/settings/", me.settings, name="settings"),
]
