"""Loans for servicing tests, booked by the real service without the walk through an application."""

import datetime as dt
import uuid
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from typing import Any

from lending.domain.application_flow import State
from lending.domain.servicing.facts import TransactionKind
from lending.models import (
    BankCard,
    Branch,
    BusinessDay,
    Customer,
    Disbursement,
    Loan,
    LoanAccount,
    LoanApplication,
    LoanContract,
    LoanTransaction,
    Offer,
    Officer,
)
from lending.services import loans, repayments
from products import selectors as product_selectors
from products.domain import apr
from products.domain.schedule import for_terms
from products.domain.terms import LoanTerms
from products.encryption import blind_index

_numbers = count(1)


@dataclass
class Book:
    """The bank's loan book on one business date; ``now`` is the moment of every booking."""

    now: dt.datetime
    product_code: str = "shandai"
    sandbox: Any = None

    def loan(
        self,
        *,
        principal: str = "12000.00",
        rate: str = "0.072000",
        months: int = 12,
        method: str = "equal_instalment",
        person: dict[str, Any] | None = None,
        seasonal: tuple[int, ...] = (),
        branch: str = "BL",
        **terms: Any,
    ) -> Loan:
        """A loan paid out on the business date. ``terms`` replace single values of the product's terms."""
        version = product_selectors.current_version(self.product_code, self.business_date)
        frozen = replace(product_selectors.resolved_terms(version.pk).terms, **terms)
        application = self._application(version, principal, person, branch)
        contract = self._contract(
            application, frozen, principal, rate, months, method, seasonal
        )
        payout = Disbursement.objects.create(
            application=application,
            contract=contract,
            bank_card=application.bank_card,
            core_key=f"D{uuid.uuid4().hex}",
            amount=contract.amount,
            state="succeeded",
            core_txn_id=f"T{uuid.uuid4().hex}",
            created_at=self.now,
            settled_at=self.now,
        )
        return loans.book(application=application, disbursement=payout, now=self.now)

    @property
    def business_date(self) -> dt.date:
        return BusinessDay.objects.get().current_date

    def go_to(self, day: dt.date) -> None:
        """Set the business date without closing anything (the accounts stay behind)."""
        BusinessDay.objects.update(current_date=day)

    def pay(self, loan: Loan, amount: str, *, kind: str = "repayment", **more: Any) -> LoanTransaction:
        return repayments.record(
            loan_id=loan.pk,
            kind=TransactionKind(kind),
            amount=Decimal(amount),
            channel=more.pop("channel", "officer"),
            channel_ref=more.pop("channel_ref", f"V{next(_numbers)}"),
            now=self.now,
            **more,
        )

    @staticmethod
    def account(loan: Loan) -> LoanAccount:
        return LoanAccount.objects.select_related("loan").get(loan=loan)

    def _application(
        self, version: Any, principal: str, person: dict[str, Any] | None, branch_code: str
    ) -> LoanApplication:
        number = next(_numbers)
        mobile = person["mobile"] if person else f"139{number:08d}"
        card_number = person["card_number"] if person else f"62220200{number:011d}"
        branch = Branch.objects.select_related("legal_entity").get(code=branch_code)
        officer = Officer.objects.filter(branch=branch, role="officer").order_by("pk").first()
        customer = Customer.objects.create(
            customer_no=f"CT{number:08d}",
            mobile=mobile,
            mobile_index=blind_index(mobile, purpose="mobile"),
            name=person["name"] if person else "张三",
            id_number=person["id_number"] if person else None,
            officer=officer,
            created_at=self.now,
        )
        card = BankCard.objects.create(
            customer=customer,
            card_number=card_number,
            card_index=blind_index(card_number, purpose="card"),
            last_four=card_number[-4:],
            mobile=mobile,
            created_at=self.now,
        )
        return LoanApplication.objects.create(
            customer=customer,
            legal_entity=branch.legal_entity,
            product_code=self.product_code,
            product_version_id=version.pk,
            officer=officer,
            branch=branch,
            qr_code="universal",
            state=State.DRAFT,
            purpose="agriculture",
            requested_amount=Decimal(principal),
            name=customer.name,
            bank_card=card,
            created_at=self.now,
            state_since=self.now,
            expires_at=self.now + dt.timedelta(days=30),
        )

    def _contract(
        self,
        application: LoanApplication,
        terms: LoanTerms,
        principal: str,
        rate: str,
        months: int,
        method: str,
        seasonal: tuple[int, ...],
    ) -> LoanContract:
        start = self.business_date
        schedule = for_terms(
            terms,
            principal=Decimal(principal),
            annual_rate=Decimal(rate),
            term_months=months,
            method=method,
            start=start,
            seasonal_months=seasonal or None,
        )
        true_rate = apr.apr(Decimal(principal), start, schedule.flows()).quantize(Decimal("0.000001"))
        priced: dict[str, Any] = {
            "annual_rate": Decimal(rate),
            "apr": true_rate,
            "term_months": months,
            "method": method,
        }
        offer = Offer.objects.create(
            application=application,
            round=1,
            position=1,
            label_zh="方案",
            label_en="Plan",
            amount_min=Decimal("1000.00"),
            amount_max=Decimal(principal),
            amount_step=Decimal("100.00"),
            seasonal_months=list(seasonal),
            state="accepted",
            created_at=self.now,
            expires_at=self.now + dt.timedelta(days=7),
            **priced,
        )
        return LoanContract.objects.create(
            contract_no=f"SDT{next(_numbers):010d}",
            application=application,
            offer=offer,
            legal_entity=application.legal_entity,
            amount=Decimal(principal),
            terms=terms.as_dict(),
            schedule_preview=schedule.as_dict(),
            cost_sheet={},
            html=b"contract",
            html_sha256="0" * 64,
            created_at=self.now,
            signed_at=self.now,
            **priced,
        )
