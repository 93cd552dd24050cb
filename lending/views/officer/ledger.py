"""The ledger on the desk: the trial balance, an account's postings, and both as files."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lending.documents import ledger_files
from lending.domain.staff_duties import Duty, may
from lending.errors import InvalidInput, NotFound
from lending.models import Branch, LegalEntity
from lending.selectors import ledger_accounts, ledger_exports, trial_balances
from lending.staff_access import require_duty, staff_required
from lending.staff_pages import page, today
from lending.views.officer import words

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIRST, _LAST = date(2000, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Chosen:
    """The filters of every ledger page: days, both included, and a branch (None = the whole bank)."""

    first: date
    last: date
    branch: Branch | None

    @property
    def query(self) -> str:
        chosen = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return urlencode({**chosen, **({"branch": self.branch.code} if self.branch else {})})


@require_safe
@staff_required
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Every account of the chosen days and branch; by default the month of the business date."""
    officer = require_duty(request, Duty.SEE_BOOKS)
    chosen = _chosen(request)
    balance = _balance(chosen)
    context = {
        **_frame(chosen),
        "balance": balance,
        "parts": [
            ("on", balance.on_balance, trial_balances.totals(balance.on_balance)),
            ("off", balance.off_balance, trial_balances.totals(balance.off_balance)),
        ],
        "may_keep": may(officer.role, Duty.KEEP_ACCOUNTS),
    }
    return page(request, "desk/servicing/ledger", context)


@require_safe
@staff_required
def account_page(request: HttpRequest, code: str) -> HttpResponse:
    """One account's postings of the chosen days, newest first, with the balance after each."""
    require_duty(request, Duty.SEE_BOOKS)
    account = ledger_accounts.by_code(code)
    if account is None:
        raise NotFound
    chosen = _chosen(request)
    found = ledger_accounts.postings(
        account,
        branch=chosen.branch,
        first=chosen.first,
        last=chosen.last,
        after=request.GET.get("after", "")[:40],
    )
    context = {**_frame(chosen), "account": account, "page": found}
    return page(request, "desk/servicing/ledger_account", context)


@require_safe
@staff_required
def balance_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The trial balance as CSV or XLSX."""
    require_duty(request, Duty.SEE_BOOKS)
    chosen = _chosen(request)
    rows = (
        (*row[:3], words.of("account_kind", row[3]), *row[4:])
        for row in ledger_exports.balance_rows(_balance(chosen))
    )
    return _file(form, "trial-balance", ledger_exports.BALANCE_COLUMNS, rows, chosen)


@require_safe
@staff_required
def lines_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The journal lines of at most a month: CSV is streamed, XLSX is for fewer lines."""
    require_duty(request, Duty.SEE_BOOKS)
    chosen = _chosen(request)
    if not ledger_exports.is_one_month(chosen.first, chosen.last):
        raise InvalidInput(_("Please choose at most 31 days for journal lines."))
    found = ledger_exports.lines(
        _bank(), first=chosen.first, last=chosen.last, branch=chosen.branch
    )
    if form == "xlsx" and ledger_exports.too_many(found, ledger_exports.XLSX_LINES_MAX):
        raise InvalidInput(
            _("More than 100,000 lines: please take the CSV file, fewer days or one branch.")
        )
    if ledger_exports.too_many(found, ledger_exports.CSV_LINES_MAX):
        raise InvalidInput(_("More than 1,000,000 lines: please choose fewer days or one branch."))
    rows = (
        (*row[:2], words.of("journal", row[2]), *row[3:])
        for row in ledger_exports.line_rows(found)
    )
    return _file(form, "journal-lines", ledger_exports.LINE_COLUMNS, rows, chosen)


def _file(
    form: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], chosen: Chosen
) -> HttpResponseBase:
    header = [words.of("ledger_column", column) for column in columns]
    branch = f"-{chosen.branch.code}" if chosen.branch else ""
    filename = f"{name}{branch}-{chosen.first}-{chosen.last}.{form}"
    response: HttpResponseBase
    if form == "xlsx":
        file = ledger_files.xlsx_file(name, header, rows)
        response = FileResponse(file, as_attachment=True, filename=filename, content_type=_XLSX)
    else:
        parts = ledger_files.csv_parts(header, rows)
        response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{filename}"'
    patch_cache_control(response, no_store=True)
    return response


def _chosen(request: HttpRequest) -> Chosen:
    """What the address says; what cannot be read is the month of the business date, the whole bank."""
    day = today()
    first = _day(request.GET.get("from", ""), day.replace(day=1))
    last = _day(request.GET.get("to", ""), day)
    code = request.GET.get("branch", "")[:20].replace("\x00", "")
    branch = Branch.objects.filter(code=code).first() if code else None
    return Chosen(min(first, last), max(first, last), branch)


def _day(text: str, otherwise: date) -> date:
    try:
        return min(max(date.fromisoformat(text[:10]), _FIRST), _LAST)
    except ValueError:
        return otherwise


def _bank() -> LegalEntity:
    return LegalEntity.objects.order_by("pk")[0]


def _balance(chosen: Chosen) -> trial_balances.TrialBalance:
    return trial_balances.trial_balance(
        _bank(), first=chosen.first, last=chosen.last, branch=chosen.branch
    )


def _frame(chosen: Chosen) -> dict[str, Any]:
    branches = Branch.objects.order_by("code")
    return {"section": "servicing", "chosen": chosen, "branches": branches}
