"""Drafting the contract: frozen terms, schedule, cost sheet and the paper itself, hashed."""

import hashlib
import secrets
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from lending import jobs
from lending.documents import contract as paper
from lending.documents import cost_sheet as cost_sheets
from lending.models import LoanApplication, LoanContract, Offer
from lending.selectors import business_day
from products import selectors as product_selectors
from products.domain import apr as apr_arithmetic
from products.domain.schedule import Schedule, for_terms
from products.domain.terms import LoanTerms
from products.encryption import mask_card, mask_mobile


def schedule_of(
    *,
    terms: LoanTerms,
    offer: Offer,
    amount: Decimal,
    start: date,
    annual_rate: Decimal | None = None,
    term_months: int | None = None,
) -> Schedule:
    """The instalments of ``amount`` under the offer, starting on ``start``; a drawing of a line may
    have a rate and a term of its own."""
    return for_terms(
        terms,
        principal=amount,
        annual_rate=offer.annual_rate if annual_rate is None else annual_rate,
        term_months=term_months or offer.term_months,
        method=offer.method,
        start=start,
        seasonal_months=tuple(offer.seasonal_months) or None,
        seasonal_shares={int(month): share for month, share in offer.seasonal_shares.items()}
        or None,
    )


def draft(
    *, application: LoanApplication, offer: Offer, amount: Decimal, now: datetime
) -> LoanContract:
    """Make the one live contract of a locked application and have its PDF printed in a worker."""
    resolved = product_selectors.resolved_terms(application.product_version_id)
    start = business_day.current(application.legal_entity)
    schedule = schedule_of(terms=resolved.terms, offer=offer, amount=amount, start=start)
    flows = [(row.due, row.amount) for row in schedule.instalments]
    apr = apr_arithmetic.apr(amount, start, flows).quantize(Decimal("0.000001"))
    sheet = cost_sheets.build(
        principal=amount,
        annual_rate=offer.annual_rate,
        apr=apr,
        schedule=schedule,
        terms=resolved.terms,
        collector=application.legal_entity.name,
        collector_en=application.legal_entity.name_en,
    )
    contract = LoanContract(
        contract_no=f"SD{start:%Y%m%d}{secrets.randbelow(10**8):08d}",
        application=application,
        offer=offer,
        legal_entity=application.legal_entity,
        amount=amount,
        annual_rate=offer.annual_rate,
        apr=apr,
        term_months=offer.term_months,
        method=offer.method,
        terms=resolved.terms.as_dict(),
        provenance=offer.provenance,
        schedule_preview=schedule.as_dict(),
        cost_sheet=sheet.as_dict(),
        created_at=now,
    )
    html = paper.render_html(facts_of(contract, schedule, sheet)).encode()
    contract.html, contract.html_sha256 = html, hashlib.sha256(html).hexdigest()
    contract.save()
    jobs.render_contract_pdf(contract.pk, now)
    return contract


def facts_of(
    contract: LoanContract,
    schedule: Schedule | None = None,
    sheet: cost_sheets.CostSheet | None = None,
) -> paper.ContractFacts:
    """Everything the paper says, from the contract's frozen copy."""
    application = contract.application
    card = application.bank_card
    return paper.ContractFacts(
        contract_no=contract.contract_no,
        legal_entity_name=contract.legal_entity.name,
        borrower_name=application.name or "",
        id_number=application.id_number or "",
        mobile_masked=mask_mobile(application.customer.mobile),
        card_number_masked=mask_card(card.card_number) if card else "",
        amount=contract.amount,
        annual_rate=contract.annual_rate,
        apr=contract.apr,
        term_months=contract.term_months,
        method=contract.method,
        purpose=application.purpose,
        schedule=schedule or Schedule.from_dict(contract.schedule_preview),
        terms=LoanTerms.from_dict(contract.terms),
        cost_sheet=sheet or cost_sheets.CostSheet.from_dict(contract.cost_sheet),
        created_on=timezone.localtime(contract.created_at).date(),
        signed_at=contract.signed_at,
    )


def render_pdf(*, contract_id: UUID, now: datetime) -> None:
    """Print the PDF of a contract once; safe to run twice."""
    contract = LoanContract.objects.select_related(
        "application__customer", "application__bank_card", "legal_entity"
    ).get(pk=contract_id)
    if not contract.pdf_sha256:
        ensure_pdf(contract)


def ensure_pdf(contract: LoanContract) -> bytes:
    """The contract's PDF, printed now when no worker has done it yet. It does not change on signing."""
    if contract.pdf_sha256:
        stored: bytes = contract.pdf
        return stored
    pdf = paper.render_pdf(facts_of(contract), html_sha256=contract.html_sha256)
    with transaction.atomic():
        fresh = LoanContract.objects.select_for_update().get(pk=contract.pk)
        if not fresh.pdf_sha256:
            fresh.pdf, fresh.pdf_sha256 = pdf, hashlib.sha256(pdf).hexdigest()
            fresh.save(update_fields=["pdf", "pdf_sha256"])
    contract.pdf, contract.pdf_sha256 = fresh.pdf, fresh.pdf_sha256
    return bytes(fresh.pdf)


def note_cost_sheet_shown(*, contract: LoanContract, now: datetime) -> None:
    """Start the server's clock of the forced reading time, once."""
    LoanContract.objects.filter(Q(pk=contract.pk), cost_sheet_shown_at__isnull=True).update(
        cost_sheet_shown_at=now
    )
