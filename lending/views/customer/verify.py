"""Anybody may check a paper of the bank by the code on it. Shows nothing that the paper does not say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lending.api.addresses import client_ip
from lending.documents.loan_papers import TITLES
from lending.selectors import loan_papers, organisation
from lending.services import guesses
from products.encryption import mask_name


@never_cache
@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """The form, and what is known of a code. 429 for somebody who tries many."""
    typed = (code or request.GET.get("code", ""))[:40].replace("\x00", "")
    context: dict[str, object] = {"typed": typed, "bank_name": _bank_name()}
    status = 200
    if typed:
        if not guesses.may_try("verify", client_ip(request)):
            context["too_many"], status = True, 429
        else:
            paper = loan_papers.by_code(typed)
            context["asked"] = True
            if paper is None:
                status = 404
            else:
                facts = paper.facts
                context |= {
                    "paper": paper,
                    "title": TITLES[paper.kind],
                    "lender": facts["lender"],
                    "borrower": mask_name(facts["borrower"]),
                    "note_end": facts["note_no"][-4:],
                    "has_ended": loan_papers.has_ended(paper),
                }
    return render(request, "lending/customer/verify.html", context, status=status)


def _bank_name() -> str:
    branch = organisation.main_branch()
    return branch.legal_entity.name if branch else ""
