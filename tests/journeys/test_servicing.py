"""A wrong repayment found, reversed by two people and reconciled, as finance does it in a browser."""

import pytest
from playwright.sync_api import Browser

from tests.faults import chaos
from tests.journeys import wrong_repayment
from tests.system import RunningSystem

pytestmark = [pytest.mark.system, pytest.mark.browser, pytest.mark.timeout(600)]
#: A person no other test plays.
PERSON = 141
#: The machine's share, where nobody else works on it; a one-time code that was used may cost 30 more.
SECONDS_MAX = 90


def put_to(system: RunningSystem, loan_id: str) -> dict[int, list[dict[str, str]]]:
    """Number of the transaction → what it was put to, as booked first, booked anew, …"""
    rows = system.query(
        "SELECT t.number, b.splits FROM lending_loantransaction t JOIN lending_transactionbooking b"
        " ON b.transaction_id = t.id WHERE t.loan_id = %s AND t.kind <> 'reversal'"
        " ORDER BY t.number, b.version",
        (loan_id,),
    )
    found: dict[int, list[dict[str, str]]] = {}
    for row in rows:
        found.setdefault(row["number"], []).append(
            {component: amount for component, amount, *_of in row["splits"]}
        )
    return found


def test_a_wrong_repayment_is_reversed_by_two_people_and_reconciled(
    running_system: RunningSystem, chromium: Browser
) -> None:
    loan_id = wrong_repayment.borrow(
        running_system, running_system.sandbox.person("shop_owner", PERSON)
    )
    seen = wrong_repayment.walk(running_system, chromium, loan_id)
    print(f"from the first login to the comparison: {seen.seconds:.0f} s")
    assert seen.complaints == []
    assert seen.seconds < SECONDS_MAX

    for words in (seen.preview, seen.review):
        for word in ("100.00", "29,700.00", "#2"):
            assert word in words
    assert "29,900.00" in seen.found
    assert wrong_repayment.REASON in seen.review
    assert seen.refused_to_author
    assert seen.status_of_forged_approval == 403

    assert set(seen.rows) == {1, 2, 3, 4}
    assert "已冲正" in seen.rows[1]
    assert "#1" in seen.rows[3]
    assert wrong_repayment.REASON in seen.rows[3]
    assert "26,710.00" in seen.owed
    assert put_to(running_system, loan_id) == {
        1: [{"principal": "29900.00"}, {}],
        2: [{"principal": "100.00", "credit": "200.00"}, {"principal": "300.00"}],
        4: [{"principal": "2990.00"}],
    }

    assert (seen.compared["state"], seen.compared["breaks_open"]) == ("clean", 0)
    assert seen.compared["ours_out_sum"] >= wrong_repayment.PRINCIPAL
    assert seen.compared["ours_out_sum"] == seen.compared["books_out_sum"] == seen.compared["theirs_out_sum"]
    assert seen.sides_off == 0
    chaos.assert_invariants(running_system)
