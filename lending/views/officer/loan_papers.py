"""Papers of a loan for the desk: made for the customer, downloaded, checked."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lending.errors import NotFound
from lending.models import Loan
from lending.selectors import loan_papers as paper_selectors
from lending.selectors import worklists
from lending.services import audit, loan_papers
from lending.staff_access import staff_required, staff_user


def _loan(request: HttpRequest, loan_id: UUID) -> Loan:
    loan = (
        worklists.loans(staff_user(request))
        .select_related("contract", "application", "customer", "legal_entity")
        .filter(pk=loan_id)
        .first()
    )
    if loan is None:
        raise NotFound
    return loan


@require_POST
@staff_required
def make(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """Make a paper of the kind named in the form; back to the loan, where it stands."""
    loan = _loan(request, loan_id)
    paper = loan_papers.request(
        loan=loan, kind=request.POST.get("kind", "")[:30], asked_by="staff", now=timezone.now()
    )
    audit.record(
        actor=staff_user(request).username,
        action="loan_paper.made",
        subject_type="loan",
        subject_id=str(loan.pk),
        now=paper.created_at,
        detail={"paper_no": paper.paper_no},
    )
    return redirect(f"{redirect('desk:loan', loan.pk).url}#papers")


@require_safe
@staff_required
def pdf(request: HttpRequest, loan_id: UUID, paper_id: UUID) -> HttpResponse:
    loan = _loan(request, loan_id)
    paper = paper_selectors.of_loan(loan, paper_id)
    answer = HttpResponse(loan_papers.ensure_pdf(paper), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{paper.paper_no}.pdf"'
    return answer
