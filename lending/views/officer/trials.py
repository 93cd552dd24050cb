"""Champion and challenger: the trials there are, one with its comparison, start and end."""

from itertools import islice
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lending.domain.staff_duties import Duty, may
from lending.errors import DomainError, NotFound, NotPermitted
from lending.forms.officer_risk import TrialForm
from lending.selectors import monitoring as lending_reading
from lending.selectors.products import staff_names
from lending.services import strategies as strategy_service
from lending.services import trials as service
from lending.staff_access import officer_of, require_duty, staff_required, staff_user
from lending.staff_pages import page, today
from lending.views.officer import monitoring_words as words
from risk.selectors import monitoring_words
from risk.selectors import strategies as strategy_reading
from risk.selectors import trials as reading
from risk.selectors.trial_comparison import OUTCOMES, comparison

#: Loans whose later life is looked at on a trial's page.
LOANS_MAX = 50_000


@require_safe
@staff_required
def trial_list(request: HttpRequest) -> HttpResponse:
    """Trials, running ones first, and the approved versions that could be tried."""
    require_duty(request, Duty.SEE_RISK)
    day = today()
    ready = [
        row
        for code, _zh, _en in strategy_reading.strategies()
        for row in strategy_reading.versions(code, on=day)
        if row.standing == "approved"
    ]
    trials = reading.trials()
    people = [row.author for row in ready] + [who for row in trials for who in _people(row)]
    context = {"trials": trials, "ready": ready, "staff": staff_names(people), **_frame(request)}
    return page(request, "desk/risk/trials", context)


@require_safe
@staff_required
def trial_page(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Both sides of one trial in figures."""
    require_duty(request, Duty.SEE_RISK)
    return _trial_page(request, trial_id)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_required
def trial_start(request: HttpRequest, version_id: int) -> HttpResponse:
    """How the version is tried; then it is."""
    officer = require_duty(request, Duty.RELEASE_STRATEGIES)
    with strategy_service.in_words():
        version = strategy_reading.version(version_id, on=today())
    form = TrialForm(request.POST if request.method == "POST" else None)
    status, problem = 200, ""
    if request.method == "POST" and form.is_valid():
        try:
            trial_id = service.start(
                officer=officer, version_id=version_id, now=timezone.now(), **form.cleaned_data
            )
            return redirect("desk:trial", trial_id)
        except (NotFound, NotPermitted):
            raise
        except DomainError as error:
            status, problem = error.status, error.message
            for name, messages in error.errors.items():
                form.add_error(name, messages)
    elif form.errors:
        status = 422
    form.mark_wrong()
    context = {"form": form, "version": version, "problem": problem, **_frame(request)}
    return page(request, "desk/risk/trial_form", context, status=status)


@require_POST
@staff_required
def trial_end(request: HttpRequest, trial_id: UUID) -> HttpResponse:
    """Stop it."""
    officer = require_duty(request, Duty.RELEASE_STRATEGIES)
    try:
        service.end(officer=officer, trial_id=trial_id, now=timezone.now())
    except NotFound:
        raise
    except DomainError as error:
        return _trial_page(request, trial_id, status=error.status, problem=error.message)
    return redirect("desk:trial", trial_id)


def _trial_page(
    request: HttpRequest, trial_id: UUID, *, status: int = 200, problem: Any = ""
) -> HttpResponse:
    with service.in_words():
        trial = reading.trial(trial_id)
    found = comparison(trial)
    reasons, _features = monitoring_words.reasons_and_features(today())
    pages = lending_reading.pages_of(
        staff_user(request), [row["decision_id"] for row in found.examples]
    )
    context = {
        "trial": trial,
        "staff": staff_names(_people(trial)),
        "problem": problem,
        "found": found,
        "rows": [
            {
                "name": words.OUTCOMES[row.outcome],
                "champion": found.champion.rates[row.outcome],
                "challenger": found.challenger.rates[row.outcome],
                "difference": row.interval,
                "verdict": words.verdict(row.outcome, row.verdict),
            }
            for row in found.differences
        ],
        "is_enough": min(found.champion.n, found.challenger.n) >= found.needed,
        "moves": _moves(found.moves),
        "reason_words": reasons,
        "examples": [
            {
                **row,
                "page": pages.get(row["decision_id"]),
                "was": words.OUTCOMES[row["was"]],
                "becomes": words.OUTCOMES[row["becomes"]],
            }
            for row in found.examples
        ],
        "performance": _performance(trial),
        **_frame(request),
    }
    return page(request, "desk/risk/trial", context, status=status)


def _moves(moves: dict[tuple[str, str], int]) -> list[tuple[Any, list[tuple[int, bool]]]]:
    """Rows: what the champion said; columns: the challenger; ``True`` where both agree."""
    if not moves:
        return []
    return [
        (words.OUTCOMES[was], [(moves.get((was, is_), 0), was == is_) for is_ in OUTCOMES])
        for was in OUTCOMES
    ]


def _performance(trial: reading.TrialRow) -> list[dict[str, Any]]:
    """Loans by arm (or by the shadow's answer), and how many were ever 30 days late."""
    loans = lending_reading.loan_outcomes(today=today(), since=trial.started_at)
    outcomes = [(row.decision_id, row.bad_on is not None) for row in islice(loans, LOANS_MAX)]
    if not outcomes:
        return []
    return [
        {"name": _group(name), "loans": n, "bad": bad, "share": share}
        for name, n, bad, share in reading.performance(trial.id, outcomes)
    ]


def _people(trial: reading.TrialRow) -> list[str]:
    return [trial.started_by, trial.ended_by]


def _group(name: str) -> Any:
    return words.ARMS.get(name) or words.SHADOW_SAYS[name]


def _frame(request: HttpRequest) -> dict[str, Any]:
    may_release = may(officer_of(request).role, Duty.RELEASE_STRATEGIES)
    return {"section": "risk", "outcomes": list(words.OUTCOMES.values()), "may_release": may_release}
