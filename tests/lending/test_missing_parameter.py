"""A number nobody entered: nothing is computed, the reader is told, the log names it."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from lending.errors import NotConfigured
from lending.models import Customer, ManualReview
from lending.selectors import parameters
from lending.services import reviews
from lending.views.customer import access
from marketing.selectors import rates
from products import selectors as product_selectors
from tests.api.conftest import log_in
from tests.api.test_desk import staff, with_csrf
from tests.desk.conftest import OWNER, browser_of
from tests.lending.conftest import Applicant, Cast

pytestmark = pytest.mark.django_db
SENTENCE = "The bank&#x27;s rate for today has not been entered yet."


def lose_the_lpr() -> None:
    """End the rows without a successor, which no page or service allows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE products_regulatoryparameter SET valid_to = '2025-06-01'"
            " WHERE code LIKE 'LPR%%' AND valid_to IS NULL"
        )
    rates._kept[:] = [0.0, None, {}]


@pytest.fixture
def referred(cast: Cast) -> Applicant:
    applicant = cast.applicant("moved_household", code="s101-shandai")
    applicant.complete()
    assert applicant.decide() == "in_review"
    lose_the_lpr()
    return applicant


def verdict(applicant: Applicant) -> dict[str, object]:
    return {
        "limit": "20000.00", "reason_code": "identity_checked", "note": "saw the register",
        "version": applicant.application.version,
    }


def test_no_offer_is_made_and_the_log_names_the_code(
    referred: Applicant, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(NotConfigured):
        reviews.approve(
            application_id=referred.application.pk,
            reviewer=User.objects.get(username=OWNER), limit="20000.00",
            reason_code="identity_checked", note="saw the register",
            expected_version=referred.application.version, now=referred.now,
        )
    referred.refresh()
    assert referred.application.state == "in_review"
    assert ManualReview.objects.count() == 0
    captured = capsys.readouterr()
    assert "LPR_1Y has no value on 2026-11-24" in captured.out + captured.err + caplog.text


def test_the_officer_reads_it_beside_what_was_typed(referred: Applicant) -> None:
    answer = browser_of(OWNER).post(
        f"/desk/applications/{referred.application.pk}/approve/", verdict(referred)
    )
    assert answer.status_code == 503
    page = answer.content.decode()
    assert SENTENCE in page
    assert "saw the register" in page


def test_programs_read_a_stable_code(referred: Applicant) -> None:
    browser = staff(User.objects.get(username=OWNER).officer)
    answer = with_csrf(
        browser, f"desk/applications/{referred.application.pk}/review/",
        {**verdict(referred), "action": "approve"},
    )
    assert (answer.status, answer.code) == (503, "not_configured")


def test_no_poster_without_its_true_rate(bank: None) -> None:
    code = "/desk/codes/s101-shandai/poster/"
    browser = browser_of(OWNER)
    rates._kept[:] = [0.0, None, {}]
    assert browser.get(code).status_code == 200
    lose_the_lpr()
    answer = browser.get(code)
    assert answer.status_code == 503
    assert SENTENCE in answer.content.decode()
    for page in ("/desk/codes/", "/desk/funnel/", "/"):
        assert browser.get(page).status_code == 200, page
    rates._kept[:] = [0.0, None, {}]


def test_the_applicants_pages_say_so_too(bank: None, rf: RequestFactory) -> None:
    lose_the_lpr()
    day = dt.date(2026, 11, 24)

    def raw(request: HttpRequest, customer: Customer) -> HttpResponse:
        return HttpResponse(str(product_selectors.parameter("LPR_1Y", day)))

    def in_words(request: HttpRequest, customer: Customer) -> HttpResponse:
        return HttpResponse(str(parameters.lpr("1Y", day)))

    rf.cookies[access.COOKIE] = log_in("13800000001", timezone.now()).token
    for view in (raw, in_words):
        with translation.override("en"):
            answer = access.customer_page(view)(rf.get("/me/"))
        assert answer.status_code == 503
        assert SENTENCE in answer.content.decode()
