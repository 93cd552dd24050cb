"""Demand letters: asked for at the gate, printed by a worker, kept as they were printed."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lending import jobs
from lending.documents.demand_letter import DemandFacts, compose, from_dict
from lending.domain.contact_policy import Answer, Channel, Purpose
from lending.errors import IllegalState
from lending.models import CollectionCase, ContactAttempt, DemandLetter, LoanAccount, Officer
from lending.selectors import arrears, business_day
from lending.services import audit, collection_cases, contacts


def write(
    *, case: CollectionCase, officer: Officer, now: datetime
) -> tuple[DemandLetter | None, Answer]:
    """A letter about today's arrears, or none and the gate's answer.

    Raises ``IllegalState`` when nothing is late.
    """
    account = LoanAccount.objects.select_related("loan", "legal_entity").get(loan=case.loan_id)
    with transaction.atomic():
        if arrears.owed(account).since is None or arrears.owed(account).total <= 0:
            raise IllegalState(_("Nothing is overdue any more."))
        attempt, answer = contacts.request(
            wanted=contacts.Wanted(
                customer_id=case.customer_id,
                loan_id=case.loan_id,
                case_id=case.pk,
                channel=Channel.LETTER,
                purpose=Purpose.COLLECTION,
            ),
            now=now,
            officer=officer,
        )
        if not answer.is_allowed:
            return None, answer
        attempt.state, attempt.effective = ContactAttempt.State.MADE, True
        attempt.result = "printed"
        attempt.save(update_fields=["state", "effective", "result"])
        letter = _kept(case, account, attempt, officer, now)
        jobs.render_demand_letter(letter.pk, now)
    return letter, answer


def _kept(
    case: CollectionCase,
    account: LoanAccount,
    attempt: ContactAttempt,
    officer: Officer,
    now: datetime,
) -> DemandLetter:
    day = business_day.current(account.legal_entity)
    letter_no = f"CS{day:%Y%m%d}{secrets.randbelow(10**8):08d}"
    letter = DemandLetter.objects.create(
        letter_no=letter_no,
        case=case,
        contact=attempt,
        as_of=day,
        facts=_facts(case, account, letter_no).as_dict(),
        officer=officer,
        created_at=now,
    )
    collection_cases.tell(
        case=case, kind="letter", data={"letter_no": letter_no}, officer=officer, now=now
    )
    audit.record(
        actor=officer.user.get_username(),
        action="arrears.letter",
        subject_type="collection_case",
        subject_id=str(case.pk),
        detail={"letter_no": letter_no},
        now=now,
    )
    return letter


def render(*, letter_id: UUID) -> None:
    """Print a letter once; safe to run twice."""
    ensure_pdf(DemandLetter.objects.get(pk=letter_id))


def ensure_pdf(letter: DemandLetter) -> bytes:
    """The letter's PDF, printed now when no worker has done it yet."""
    if letter.pdf_sha256:
        return bytes(letter.pdf)
    from lending.documents import adverse_action_pdf  # reportlab is only needed to print

    written = compose(from_dict(letter.facts))
    pdf = adverse_action_pdf.render(written)
    with transaction.atomic():
        fresh = DemandLetter.objects.select_for_update().get(pk=letter.pk)
        if not fresh.pdf_sha256:
            fresh.content_sha256 = written.sha256
            fresh.pdf, fresh.pdf_sha256 = pdf, hashlib.sha256(pdf).hexdigest()
            fresh.save(update_fields=["content_sha256", "pdf", "pdf_sha256"])
    return bytes(fresh.pdf)


def _facts(case: CollectionCase, account: LoanAccount, letter_no: str) -> DemandFacts:
    loan, owed = case.loan, arrears.owed(account)
    card = loan.application.bank_card
    person = case.owner or loan.officer
    assert owed.since is not None
    return DemandFacts(
        letter_no=letter_no,
        lender=(loan.legal_entity.name, loan.legal_entity.name_en),
        borrower=case.customer.name or "",
        note_no=loan.note_no,
        as_of=business_day.current(account.legal_entity),
        since=owed.since,
        days_past_due=owed.days_past_due,
        principal=owed.principal,
        interest=owed.interest,
        penalty=owed.penalty,
        compound=owed.compound,
        credit=owed.credit,
        total=owed.total,
        late=tuple((row.payable_on, row.open_amount) for row in arrears.late_instalments(account)),
        last_four=card.last_four if card else "",
        officer=person.display_name if person else loan.branch.name,
        phone=person.work_mobile if person else "",
        branch=loan.branch.name,
    )
