"""Reconciliation in the browser: three sides, two people, and doors for those who may."""

import datetime as dt

import pytest

from lending.domain.reconciliation import BreakKind, Difference, Movement
from lending.models import LegalEntity, OutboxMessage, ReconciliationBreak, ReconciliationRun
from lending.services import reconciliation_breaks
from lending.tasks import reconcile_day
from lending.views.officer import reconciliation_words
from tests.desk.conftest import Browsers, browser_of
from tests.servicing.conftest import _own_core_bank as _own_core_bank
from tests.servicing.conftest import bank as bank
from tests.servicing.conftest import desk as desk
from tests.servicing.reconciling import Desk

pytestmark = pytest.mark.django_db
URL = "/desk/servicing/reconciliation/"


def text_of(answer) -> str:
    return answer.content.decode()


def made(now: dt.datetime, count: int) -> ReconciliationRun:
    """A run that found ``count`` strangers."""
    run = ReconciliationRun.objects.create(
        legal_entity=LegalEntity.objects.get(), business_date=now.date(), kind="hourly", started_at=now
    )
    reconciliation_breaks.bring_along(
        run=run,
        differences=[
            Difference(BreakKind.MISSING_HERE, Movement("in", f"X{n}"), None, 7, None)
            for n in range(count)
        ],
        now=now,
    )
    return run


def test_a_clerk_finds_a_difference_and_two_people_explain_it(desk: Desk) -> None:
    first, second = browser_of("finance"), browser_of("finance.second")
    loan = desk.paid_out()
    desk.collected(loan, "500.00", booked="400.00")
    assert "This day was not compared yet" in text_of(first.get(URL))

    asked = first.post(f"{URL}run/", {"day": desk.day.isoformat()})
    assert asked.headers["location"] == f"{URL}?day={desk.day}"
    assert "Asked for at" in text_of(first.get(asked.headers["location"]))
    first.post(f"{URL}run/", {"day": desk.day.isoformat()})
    message = OutboxMessage.objects.get(task="lending.reconcile_day")
    for _ in range(2):
        reconcile_day(**message.arguments)
    page = text_of(first.get(URL))
    assert "1 difference is not explained" in page
    assert "-100.00" in page

    row = ReconciliationBreak.objects.get()
    address = f"{URL}breaks/{row.pk}/"
    page = text_of(first.get(address))
    assert f"/desk/loans/{loan.pk}/" in page
    assert "500.00" in page
    assert "400.00" in page
    assert first.post(f"{address}take/").status_code == 302
    word = {"resolution": "our_error_corrected", "explanation": "Booked 100.00 less by mistake."}
    assert first.post(f"{address}propose/", word).status_code == 302
    row.refresh_from_db()
    seen = {"seen": reconciliation_breaks.proposal_mark(row)}
    page = text_of(first.get(address))
    assert "Waiting for a second person." in page
    assert "Confirm the explanation" not in page
    assert first.post(f"{address}confirm/", seen).status_code == 403
    assert "Confirm the explanation" in text_of(second.get(address))
    assert second.post(f"{address}confirm/", {"seen": ""}).status_code == 409
    assert second.post(f"{address}confirm/", seen).status_code == 302
    page = text_of(second.get(address))
    assert "Explanation confirmed" in page
    assert "Say what it was" not in page
    assert "Booked 100.00 less" in page
    assert "Nothing here" in text_of(first.get(URL))
    assert row.core_key in text_of(first.get(f"{URL}?tab=resolved"))
    assert "By a person" in text_of(first.get(f"{URL}runs/"))


def test_a_proposal_is_sent_back_and_wrong_words_stay_beside_their_fields(
    browser: Browsers, now: dt.datetime
) -> None:
    made(now, 1)
    row = ReconciliationBreak.objects.get()
    address, client = f"{URL}breaks/{row.pk}/", browser("finance")
    answer = client.post(f"{address}propose/", {"resolution": "mood", "explanation": "no\x00pe"})
    assert answer.status_code == 422
    assert "Please choose what it was." in text_of(answer)
    assert "Please explain it" in text_of(answer)
    client.post(f"{address}propose/", {"resolution": "other_day", "explanation": "On Monday's."})
    row.refresh_from_db()
    seen = reconciliation_breaks.proposal_mark(row)
    back = {"seen": seen, "reason": "no"}
    assert client.post(f"{address}send-back/", back).status_code == 422
    back["reason"] = "It does not stand there."
    assert browser("headoffice").post(f"{address}send-back/", back).status_code == 302
    assert "It does not stand there." in text_of(client.get(address))


def test_the_list_is_paged_oldest_first_and_filtered(browser: Browsers, now: dt.datetime) -> None:
    made(now, 60)
    client = browser("finance")
    first_page = text_of(client.get(URL))
    assert first_page.count("data-open") == 50
    after = client.get(URL).context["page"].next_query
    assert text_of(client.get(f"{URL}?{after}")).count("data-open") == 10
    row = ReconciliationBreak.objects.order_by("id").last()
    client.post(f"{URL}breaks/{row.pk}/take/")
    assert text_of(client.get(f"{URL}?owner=mine")).count("data-open") == 1
    assert text_of(client.get(f"{URL}?owner=nobody")).count("data-open") == 50
    assert text_of(client.get(f"{URL}?kind=payee")).count("data-open") == 0


def test_strange_addresses_are_pages_all_the_same(browser: Browsers) -> None:
    client = browser("finance")
    for query in (
        "day=2026-99-99", "day=%00", "tab=x", "kind=%00", "owner=%00", "day=9999-12-31",
        f"after=2026-11-24T10:00:00_{10**30}", "after=2026-11-24_x", f"after=x_{'9' * 5000}",
    ):  # fmt: skip
        assert client.get(f"{URL}?{query}").status_code == 200


def test_bad_input_is_refused_in_words(browser: Browsers, now: dt.datetime) -> None:
    client = browser("finance")
    for day in ("", "x\x00", "9999-12-31"):
        answer = client.post(f"{URL}run/", {"day": day})
        assert answer.status_code == 422
        assert "Please choose a day that has begun." in text_of(answer)
    for number in (7, 10**30):
        assert client.get(f"{URL}breaks/{number}/").status_code == 404
        assert client.post(f"{URL}breaks/{number}/take/").status_code == 404


@pytest.mark.parametrize(("who", "sees", "acts"), [("risk", 200, 403), ("liguoqiang", 403, 403)])
def test_others_may_look_or_not_even_that(
    browser: Browsers, now: dt.datetime, who: str, sees: int, acts: int
) -> None:
    made(now, 1)
    row = ReconciliationBreak.objects.get()
    client = browser(who)
    for page in (URL, f"{URL}runs/", f"{URL}breaks/{row.pk}/"):
        assert client.get(page).status_code == sees
    for act in ("take", "propose", "confirm", "send-back"):
        assert client.post(f"{URL}breaks/{row.pk}/{act}/").status_code == acts
    assert client.post(f"{URL}run/", {"day": now.date().isoformat()}).status_code == acts
    row.refresh_from_db()
    assert (row.state, row.owner) == ("open", None)


def test_the_gates_answer_is_said_in_words() -> None:
    assert reconciliation_words.gate("") == ""
    assert "2 differences" in str(reconciliation_words.gate("unexplained:2"))
    assert "2026-11-24" in str(reconciliation_words.gate("unavailable:2026-11-24"))
