"""``/api/v1/``: the applicant's API and, under ``desk/``, the staff's."""

from django.urls import include, path, re_path

from lending.api.endpoints import NoSuchEndpoint
from lending.api.views.applications import ApplicationsView, ApplicationView, WithdrawalView
from lending.api.views.cards import CardView
from lending.api.views.consents import ConsentsView
from lending.api.views.contracts import ContractHtmlView, ContractPdfView, ContractView
from lending.api.views.credit_lines import (
    DrawdownsView,
    DrawdownView,
    LinesView,
    LineView,
)
from lending.api.views.explanations import (
    DecisionLetterView,
    ExplanationView,
    ReviewRequestView,
)
from lending.api.views.hardships import HardshipView
from lending.api.views.identity import IdentityView
from lending.api.views.loan_papers import (
    InterestCertificateView,
    PaperPdfView,
    PayoffLetterView,
    SettlementLetterView,
    StatementView,
)
from lending.api.views.loans import LoansView, LoanView, ScheduleView
from lending.api.views.me import MeView, PreferencesView
from lending.api.views.offers import AcceptView, OffersView, ReopenView
from lending.api.views.otp import OtpView
from lending.api.views.portfolio import DeskCustomersView, DeskLoansView
from lending.api.views.products import DeskProductsView, DeskProductView
from lending.api.views.profiles import ProfileView
from lending.api.views.repayments import (
    EarlyPreviewView,
    PayoffQuoteView,
    RepaymentsView,
    RepaymentView,
)
from lending.api.views.reviews import EvidenceView, ReferredView, VerdictView
from lending.api.views.sessions import SessionView
from lending.api.views.signatures import PayoutView, SignView
from lending.api.views.submissions import SubmissionView

app_name = "api"

application_steps = [
    path("", ApplicationView.as_view(), name="application"),
    path("withdraw/", WithdrawalView.as_view(), name="withdraw"),
    path("identity/", IdentityView.as_view(), name="identity"),
    path("consents/", ConsentsView.as_view(), name="consents"),
    path("profile/", ProfileView.as_view(), name="profile"),
    path("bank-card/", CardView.as_view(), name="bank-card"),
    path("submit/", SubmissionView.as_view(), name="submit"),
    path("offers/", OffersView.as_view(), name="offers"),
    path("accept/", AcceptView.as_view(), name="accept"),
    path("reopen/", ReopenView.as_view(), name="reopen"),
    path("explanation/", ExplanationView.as_view(), name="explanation"),
    path("review-request/", ReviewRequestView.as_view(), name="review-request"),
    path("decision-letter/", DecisionLetterView.as_view(), name="decision-letter"),
    path("contract/", ContractView.as_view(), name="contract"),
    path("contract/html/", ContractHtmlView.as_view(), name="contract-html"),
    path("contract/pdf/", ContractPdfView.as_view(), name="contract-pdf"),
    path("sign/", SignView.as_view(), name="sign"),
    path("payout/", PayoutView.as_view(), name="payout"),
]
desk = [
    path("applications/", ReferredView.as_view(), name="desk-applications"),
    path("applications/<uuid:application_id>/", EvidenceView.as_view(), name="desk-application"),
    path("applications/<uuid:application_id>/review/", VerdictView.as_view(), name="desk-review"),
    path("customers/", DeskCustomersView.as_view(), name="desk-customers"),
    path("loans/", DeskLoansView.as_view(), name="desk-loans"),
    path("products/", DeskProductsView.as_view(), name="desk-products"),
    path("products/<slug:code>/", DeskProductView.as_view(), name="desk-product"),
]
urlpatterns = [
    path("otp/", OtpView.as_view(), name="otp"),
    path("session/", SessionView.as_view(), name="session"),
    path("applications/", ApplicationsView.as_view(), name="applications"),
    path("applications/<uuid:application_id>/", include(application_steps)),
    path("loans/", LoansView.as_view(), name="loans"),
    path("loans/<uuid:loan_id>/", LoanView.as_view(), name="loan"),
    path("loans/<uuid:loan_id>/schedule/", ScheduleView.as_view(), name="loan-schedule"),
    path("loans/<uuid:loan_id>/statement/", StatementView.as_view(), name="loan-statement"),
    path(
        "loans/<uuid:loan_id>/settlement-letter/",
        SettlementLetterView.as_view(),
        name="loan-settlement-letter",
    ),
    path("loans/<uuid:loan_id>/payoff-letter/", PayoffLetterView.as_view(), name="loan-payoff-letter"),
    path(
        "loans/<uuid:loan_id>/interest-certificate/",
        InterestCertificateView.as_view(),
        name="loan-interest-certificate",
    ),
    path(
        "loans/<uuid:loan_id>/papers/<uuid:paper_id>/pdf/",
        PaperPdfView.as_view(),
        name="loan-paper-pdf",
    ),
    path("loans/<uuid:loan_id>/repayments/", RepaymentsView.as_view(), name="repayments"),
    path("loans/<uuid:loan_id>/payoff-quote/", PayoffQuoteView.as_view(), name="payoff-quote"),
    path("loans/<uuid:loan_id>/early-preview/", EarlyPreviewView.as_view(), name="early-preview"),
    path("repayments/<uuid:repayment_id>/", RepaymentView.as_view(), name="repayment"),
    path("lines/", LinesView.as_view(), name="lines"),
    path("lines/<uuid:line_id>/", LineView.as_view(), name="line"),
    path("drawdowns/", DrawdownsView.as_view(), name="drawdowns"),
    path("drawdowns/<uuid:drawdown_id>/", DrawdownView.as_view(), name="drawdown"),
    path("loans/<uuid:loan_id>/hardship/", HardshipView.as_view(), name="loan-hardship"),
    path("me/", MeView.as_view(), name="me"),
    path("me/preferences/", PreferencesView.as_view(), name="preferences"),
    path("desk/", include(desk)),
    # Last: whatever else is asked for under this prefix is answered as a problem document.
    re_path(r"^[\s\S]*\Z", NoSuchEndpoint.as_view()),
]
