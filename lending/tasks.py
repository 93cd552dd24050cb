"""Thin Celery tasks: take ids, make one service call. Every one of them is safe to run twice."""

from typing import Any
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from lending.services import (
    applications,
    arrears_days,
    backtests,
    card_transfer_sweep,
    card_transfers,
    contracts,
    coupons,
    customer_lists,
    decisions,
    demand_letters,
    disbursement_sweep,
    disbursements,
    end_of_day,
    fairness,
    human_reviews,
    idempotency,
    identity,
    letters,
    loan_papers,
    monitoring,
    outbox,
    reconciliation,
    sms,
    what_if,
)


@shared_task(name="lending.gather_sources")
def gather_sources(*, application_id: str, **_: Any) -> None:
    decisions.gather(application_id=UUID(application_id), now=timezone.now())


@shared_task(name="lending.decide_application")
def decide_application(*, application_id: str, **_: Any) -> None:
    decisions.decide(application_id=UUID(application_id), now=timezone.now())


@shared_task(name="lending.read_id_card")
def read_id_card(*, reading_id: str, **_: Any) -> None:
    identity.read_pictures(reading_id=UUID(reading_id), now=timezone.now())


@shared_task(name="lending.render_contract_pdf")
def render_contract_pdf(*, contract_id: str, **_: Any) -> None:
    contracts.render_pdf(contract_id=UUID(contract_id), now=timezone.now())


@shared_task(name="lending.send_disbursement")
def send_disbursement(*, disbursement_id: str, **_: Any) -> None:
    disbursements.send(disbursement_id=UUID(disbursement_id), now=timezone.now())


@shared_task(name="lending.query_disbursement")
def query_disbursement(*, disbursement_id: str, **_: Any) -> None:
    disbursements.query(disbursement_id=UUID(disbursement_id), now=timezone.now())


@shared_task(name="lending.send_card_transfer")
def send_card_transfer(*, transfer_id: str, **_: Any) -> None:
    card_transfers.send(transfer_id=UUID(transfer_id), now=timezone.now())


@shared_task(name="lending.query_card_transfer")
def query_card_transfer(*, transfer_id: str, **_: Any) -> None:
    card_transfers.query(transfer_id=UUID(transfer_id), now=timezone.now())


@shared_task(name="lending.send_sms")
def send_sms(*, sms_id: str, **_: Any) -> None:
    sms.deliver(sms_id=UUID(sms_id), now=timezone.now())


@shared_task(name="lending.check_list_import")
def check_list_import(*, import_id: str, **_: Any) -> None:
    customer_lists.check(import_id=UUID(import_id), now=timezone.now())


@shared_task(name="lending.sweep")
def sweep(**_: Any) -> None:
    now = timezone.now()
    disbursement_sweep.sweep(now=now)
    card_transfer_sweep.sweep(now=now)
    decisions.revive(now=now)
    identity.revive(now=now)
    sms.revive(now=now)
    what_if.revive(now=now)
    backtests.revive(now=now)
    customer_lists.revive(now=now)


@shared_task(name="lending.expire")
def expire(**_: Any) -> None:
    now = timezone.now()
    applications.expire_due(now=now)
    coupons.release_stale(now=now)
    human_reviews.escalate(now=now)
    outbox.forget_old(now=now)
    idempotency.forget_old(now=now)
    customer_lists.forget_old(now=now)


@shared_task(name="lending.reconcile")
def reconcile(**_: Any) -> None:
    reconciliation.hourly(now=timezone.now())


@shared_task(name="lending.reconcile_day")
def reconcile_day(*, run_id: str, **_: Any) -> None:
    reconciliation.perform(run_id=UUID(run_id), now=timezone.now())


@shared_task(name="lending.run_what_if")
def run_what_if(*, run_id: str, **_: Any) -> None:
    what_if.run(run_id=UUID(run_id))


@shared_task(name="lending.run_backtest")
def run_backtest(*, run_id: str, **_: Any) -> None:
    backtests.run(run_id=UUID(run_id), now=timezone.now())


@shared_task(name="lending.watch_decisions")
def watch_decisions(**_: Any) -> None:
    monitoring.watch(now=timezone.now())


@shared_task(name="lending.render_decision_letter")
def render_decision_letter(*, letter_id: str, **_: Any) -> None:
    letters.render(letter_id=UUID(letter_id))


@shared_task(name="lending.count_fairness")
def count_fairness(**_: Any) -> None:
    fairness.count_new_days(now=timezone.now())


@shared_task(name="lending.render_loan_paper")
def render_loan_paper(*, paper_id: str, **_: Any) -> None:
    loan_papers.render(paper_id=UUID(paper_id))


@shared_task(name="lending.close_finished_days")
def close_finished_days(**_: Any) -> None:
    end_of_day.close_finished_days(now=timezone.now())


@shared_task(name="lending.close_chunks")
def close_chunks(*, run_id: str, **_: Any) -> None:
    end_of_day.carry_on(run_id=int(run_id), now=timezone.now())


@shared_task(name="lending.render_demand_letter")
def render_demand_letter(*, letter_id: str, **_: Any) -> None:
    demand_letters.render(letter_id=UUID(letter_id))


@shared_task(name="lending.send_reminders")
def send_reminders(**_: Any) -> None:
    arrears_days.run_due(now=timezone.now())
