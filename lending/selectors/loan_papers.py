"""Papers of a loan, and a paper by the code that stands on it."""

from uuid import UUID

from django.db.models import QuerySet

from lending.domain.loan_flow import LoanState
from lending.errors import NotFound
from lending.models import Loan, LoanPaper


def all_of_loan(loan: Loan) -> "QuerySet[LoanPaper]":
    """Newest first, without their contents."""
    return (
        LoanPaper.objects.filter(loan=loan).defer("pdf", "facts").order_by("-created_at", "-pk")
    )


def of_loan(loan: Loan, paper_id: UUID) -> LoanPaper:
    """One paper of this loan; ``NotFound`` for anything else."""
    found = LoanPaper.objects.filter(loan=loan, pk=paper_id).first()
    if found is None:
        raise NotFound
    return found


def has_ended(paper: LoanPaper) -> bool:
    """Whether a letter says that a loan is settled which, a payment taken back, is open again."""
    is_letter = paper.kind == LoanPaper.Kind.SETTLEMENT_LETTER
    return is_letter and paper.loan.state != LoanState.SETTLED


def by_code(code: str) -> LoanPaper | None:
    """The paper with this verification code; spaces, dashes and small letters are forgiven."""
    written = "".join(character for character in code.upper() if character.isascii() and character.isalnum())
    if len(written) != 12:
        return None
    return (
        LoanPaper.objects.select_related("loan__legal_entity")
        .defer("pdf")
        .filter(verification_code=written)
        .first()
    )
