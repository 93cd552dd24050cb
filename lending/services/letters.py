"""Letters of refusal: one for each refusal, printed by a worker, kept as they were printed."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lending import jobs
from lending.documents.adverse_action import LetterFacts, compose
from lending.domain.application_flow import State
from lending.errors import NotFound
from lending.models import DecisionLetter, LoanApplication, ManualReview
from lending.selectors import explanations
from products import selectors as product_selectors
from risk import selectors as risk_selectors
from risk.selectors import explanations as risk_explanations


def write(*, application: LoanApplication, now: datetime) -> DecisionLetter:
    """The letter of the refusal just made (or standing); a worker prints it. Once a refusal."""
    letter, created = DecisionLetter.objects.get_or_create(
        application=application,
        application_version=application.version,
        defaults={
            "letter_no": f"JG{timezone.localdate(now):%Y%m%d}{secrets.randbelow(10**8):08d}",
            "decision_id": application.decision_id,
            "refused_at": application.decided_at or application.state_since,
            "created_at": now,
        },
    )
    if created:
        jobs.render_decision_letter(letter.pk, now)
    return letter


def of_application(*, application: LoanApplication, now: datetime) -> DecisionLetter:
    """The newest letter; one is written for a refusal that has none yet. Raises ``NotFound``."""
    if application.state == State.DECLINED:
        with transaction.atomic():
            return write(application=application, now=now)
    letter = application.letters.order_by("-application_version").first()
    if letter is None:
        raise NotFound
    return letter


def render(*, letter_id: UUID) -> None:
    """Print a letter once; safe to run twice."""
    ensure_pdf(DecisionLetter.objects.get(pk=letter_id))


def ensure_pdf(letter: DecisionLetter) -> bytes:
    """The letter's PDF, printed now when no worker has done it yet."""
    if letter.pdf_sha256:
        stored: bytes = letter.pdf
        return bytes(stored)
    from lending.documents import adverse_action_pdf  # reportlab is only needed to print

    written = compose(facts_of(letter))
    pdf = adverse_action_pdf.render(written)
    with transaction.atomic():
        fresh = DecisionLetter.objects.select_for_update().get(pk=letter.pk)
        if not fresh.pdf_sha256:
            fresh.content_sha256 = written.sha256
            fresh.pdf, fresh.pdf_sha256 = pdf, hashlib.sha256(pdf).hexdigest()
            fresh.save(update_fields=["content_sha256", "pdf", "pdf_sha256"])
    letter.content_sha256 = fresh.content_sha256
    letter.pdf, letter.pdf_sha256 = fresh.pdf, fresh.pdf_sha256
    return bytes(fresh.pdf)


def facts_of(letter: DecisionLetter) -> LetterFacts:
    """What the letter states, from the decision and the verdict it belongs to."""
    application = LoanApplication.objects.select_related("customer", "legal_entity").get(
        pk=letter.application_id
    )
    terms = product_selectors.resolved_terms(application.product_version_id).terms
    verdict = (
        application.reviews.filter(verdict=ManualReview.Verdict.DECLINE, at__lte=letter.refused_at)
        .order_by("-at")
        .first()
    )
    by_machine = letter.decision_id if verdict is None else None
    entity = application.legal_entity
    return LetterFacts(
        letter_no=letter.letter_no,
        application_no=str(application.pk),
        lender=(entity.name, entity.name_en),
        applicant=application.name or "",
        product=(terms.name_zh, terms.name_en),
        applied_on=timezone.localdate(application.submitted_at or application.created_at),
        refused_on=timezone.localdate(letter.refused_at),
        reasons=_reasons(letter, verdict),
        helps=tuple(
            (row.text_zh, row.text_en) for row in risk_explanations.what_helps(by_machine)
        )
        if by_machine
        else (),
        sources=_sources(letter),
        try_again_on=risk_explanations.try_again_after(by_machine) if by_machine else None,
        by_person=verdict is not None,
        review_days=settings.REVIEW_WORKING_DAYS,
    )


def _reasons(
    letter: DecisionLetter, verdict: ManualReview | None
) -> tuple[tuple[str, str], ...]:
    """The person's reason first, then what the machine held against it; never its doubts or praise."""
    found = [explanations.verdict_words(verdict.reason_code)] if verdict else []
    if letter.decision_id is not None:
        found += [
            (reason.text_zh, reason.text_en)
            for reason in risk_selectors.decision(letter.decision_id).reasons
            if reason.kind == "decline" or reason.code.startswith("WEAK_")
        ]
    return tuple(found)


def _sources(letter: DecisionLetter) -> tuple[tuple[str, str, str], ...]:
    if letter.decision_id is None:
        return ()
    return tuple(
        (row["source"], row["name_zh"], row["name_en"])
        for row in risk_explanations.sources_that_counted(letter.decision_id)
    )
