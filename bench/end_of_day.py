"""End of day: the close of 1,000,000 loans against bare SQL over the same rows, its cost for payments
that come in meanwhile, the restart after kill -9, and Fineract's recipe.

On an embedded PostgreSQL of its own; ``python -m bench.end_of_day N`` is the measured process.
"""

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from datetime import date, timedelta
from typing import Any

from bench import end_of_day_book as books
from bench.database import database
from bench.report import Row, percentile
from deploy.place import PROJECT

_ONE_DAY = timedelta(days=1)
_RECIPE_DAYS = (1, 7, 30, 100, 300, 700)


def rows(*, small: bool) -> list[Row]:
    """``small``: 40,000 loans and the recipe's first three spans."""
    count = 40_000 if small else 1_000_000
    with database() as address:
        found = _measured(address, count)
    note = f"{found['ours_s']:.1f} s against {found['bare_s']:.1f} s for {count:,} loans"
    recipe = ", ".join(f"{days}: {rate:,.0f}" for days, rate in found["recipe"].items())
    return [
        Row("end of day against bare SQL on two connections", "x", found["ratio"], 2, note=note),
        Row("end of day killed -9 and taken up again: rows that differ", "rows", found["differ"], 0,
            note=f"{found['killed']:.0f} of {found['chunks']:.0f} chunks done when killed"),
        Row("repayment while the day is closed, p95 against normal", "x", found["online"], 2,
            note=f"{found['normal_ms']:.0f} ms, {found['busy_ms']:.0f} ms"),
        Row("catch-up of 1,000 loans over 24 months (Fineract's recipe)", "loan-days/s",
            min(found["recipe"].values()), 2_000, lower_is_better=False, note=f"days: {recipe}"),
        Row("replay of a 5-year loan with daily interest, 60 repayments", "ms", found["replay_ms"], 50),
    ]  # fmt: skip


def _measured(address: str, count: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.end_of_day", str(count)],
        cwd=PROJECT,
        env=_environment(address),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _environment(address: str) -> dict[str, str]:
    return {
        **os.environ, "DJANGO_ENV": "test", "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def main() -> None:
    """The measured process; prints its figures as one JSON line."""
    if sys.argv[1] == "close":
        _close_until_told(int(sys.argv[2]))
        return
    import django

    django.setup()
    from bench import end_of_day_bare, end_of_day_kill

    count = int(sys.argv[1])
    small = count < 100_000
    book = books.bank()
    found: dict[str, Any] = {"replay_ms": _replay_ms(book)}
    found["recipe"] = _recipe(book, _RECIPE_DAYS[:3] if small else _RECIPE_DAYS)
    _empty()
    books.fill(count)
    loans = books.online(book, 30 if small else 200, count)
    end_of_day_bare.copy()
    found |= _against_bare(3)
    if small:  # as many chunks as a big book has, or every payment meets one
        _smaller_chunks()
    found |= _while_closing(book, loans, 30 if small else 200)
    found |= end_of_day_kill.figures(small=small)
    print(json.dumps(found))


def _smaller_chunks() -> None:
    from lending.services import end_of_day_chunks

    end_of_day_chunks.CHUNK_LOANS = 1_000


def close(workers: int = 2) -> date:
    """Close the business date; returns it."""
    from django.utils import timezone

    from lending.models import LegalEntity
    from lending.services import end_of_day

    books.alone()
    now = timezone.now()
    run, _ = end_of_day.begin(legal_entity=LegalEntity.objects.get(), now=now, ahead=True)
    run = end_of_day.work(run_id=run.pk, now=now, workers=workers)
    if run.state != "done" or run.figures["parked"]:
        raise RuntimeError(f"{run.business_date}: {run.state} {run.step} {run.problem} {run.figures}")
    return run.business_date


def _against_bare(rounds: int) -> dict[str, float]:
    """Ours and bare, one after the other, so many days."""
    from bench import end_of_day_bare

    ours, bare = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        day = close()
        ours.append(time.perf_counter() - started)
        bare.append(end_of_day_bare.close(day))
    return {
        "ours_s": statistics.median(ours), "bare_s": statistics.median(bare),
        "ratio": statistics.median(ours) / statistics.median(bare),
    }


def _while_closing(book: Any, loans: list[Any], count: int) -> dict[str, float]:
    """Repayments alone, then while days are closed one after another."""
    _pay(book, loans, min(count, 10))
    normal = _pay(book, loans, count)
    closing = subprocess.Popen(
        [sys.executable, "-m", "bench.end_of_day", "close", str(_chunk_loans())],
        cwd=PROJECT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert closing.stdout is not None
    closing.stdout.readline()
    busy = _pay(book, loans, count)
    closing.communicate()
    normal_ms, busy_ms = percentile(normal, 0.95), percentile(busy, 0.95)
    return {"normal_ms": normal_ms, "busy_ms": busy_ms, "online": busy_ms / normal_ms}


def _chunk_loans() -> int:
    from lending.services import end_of_day_chunks

    return end_of_day_chunks.CHUNK_LOANS


def _close_until_told(chunk_loans: int) -> None:
    """Close days one after another in a process of its own, until its input ends."""
    import django

    django.setup()
    from lending.services import end_of_day_chunks

    end_of_day_chunks.CHUNK_LOANS = chunk_loans
    told = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), told.set()), daemon=True).start()
    print("closing", flush=True)
    while not told.is_set():
        close()


def _pay(book: Any, loans: list[Any], count: int) -> list[float]:
    """``count`` repayments of one yuan, twenty a second; milliseconds of each."""
    took = []
    for number in range(count):
        started = time.perf_counter()
        book.pay(loans[number % len(loans)], "1.00")
        took.append((time.perf_counter() - started) * 1_000)
        time.sleep(max(0.05 - took[-1] / 1_000, 0))
    return took


def _recipe(book: Any, spans: tuple[int, ...]) -> dict[int, float]:
    """1,000 loans of 1,000 at 12 % over 24 months, unpaid, caught up over so many days."""
    rates = {}
    for days in spans:
        _empty()
        book.go_to(books.DAY)
        loan = book.loan(principal="1000.00", rate="0.120000", months=24, grace_days=0)
        books.clones(loan, 999)
        started = time.perf_counter()
        for _ in range(days):
            close(workers=1)
        rates[days] = 1_000 * days / (time.perf_counter() - started)
    return rates


def _empty() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE lending_loanaccount, lending_loanday, lending_loan, lending_instalment,"
            " lending_endofdayrun, lending_endofdaychunk, lending_journal, lending_posting CASCADE"
        )
    from lending.models import BusinessDay

    BusinessDay.objects.update(current_date=books.DAY)


def _replay_ms(book: Any) -> float:
    from lending.domain.servicing.facts import Transaction, TransactionKind
    from lending.domain.servicing.replay import replay
    from lending.selectors import loan_lives

    loan = book.loan(months=60, day_count="act/365", principal="60000.00")
    facts = loan_lives.facts_of(book.account(loan))
    plan = loan_lives.first_plan(loan, facts)
    paid = [
        Transaction(number=n, kind=TransactionKind.REPAYMENT, value_date=row.due + timedelta(days=n % 5),
                    amount=row.principal + row.interest)
        for n, row in enumerate(plan, 1)
    ]  # fmt: skip
    took = []
    for _ in range(20):
        started = time.perf_counter()
        replay(facts, plan, paid, plan[-1].due + timedelta(days=30))
        took.append((time.perf_counter() - started) * 1_000)
    return statistics.median(took)


if __name__ == "__main__":
    main()
