"""The rows of lending, one file per noun."""

from lending.models.applications import ApplicationMove, LoanApplication
from lending.models.audit import AuditEntry
from lending.models.business_day import BusinessDay
from lending.models.card_transfers import CardTransfer
from lending.models.cards import BankCard
from lending.models.codes import ReferralCode
from lending.models.consents import Consent, ConsentText
from lending.models.contracts import LoanContract
from lending.models.coupons import CouponUse
from lending.models.customers import Customer, CustomerSession, OtpChallenge
from lending.models.devices import AssistedMode
from lending.models.disbursements import (
    Disbursement,
    ExternalCall,
    InboundEvent,
    ReconciliationBreak,
)
from lending.models.events import LendingEvent
from lending.models.fairness import FairnessCell, FairnessDay
from lending.models.heartbeats import Heartbeat
from lending.models.id_cards import IdCardReading
from lending.models.idempotency import IdempotencyKey
from lending.models.ledger import Account, Journal, Posting
from lending.models.letters import DecisionLetter
from lending.models.loan_accounts import LoanAccount, LoanDay
from lending.models.loan_changes import LoanChange
from lending.models.loan_transactions import LoanTransaction, PlanVersion, TransactionBooking
from lending.models.loans import Instalment, Loan
from lending.models.offers import Offer
from lending.models.organisation import Branch, LegalEntity, Officer, Village
from lending.models.outbox import DeadLetter, OutboxMessage, SmsMessage
from lending.models.reviews import ManualReview, ReviewRequest
from lending.models.traits import ApplicationTrait

__all__ = [
    "Account",
    "ApplicationMove",
    "ApplicationTrait",
    "AssistedMode",
    "AuditEntry",
    "BankCard",
    "Branch",
    "BusinessDay",
    "CardTransfer",
    "Consent",
    "ConsentText",
    "CouponUse",
    "Customer",
    "CustomerSession",
    "DeadLetter",
    "DecisionLetter",
    "Disbursement",
    "ExternalCall",
    "FairnessCell",
    "FairnessDay",
    "Heartbeat",
    "IdCardReading",
    "IdempotencyKey",
    "InboundEvent",
    "Instalment",
    "Journal",
    "LegalEntity",
    "LendingEvent",
    "Loan",
    "LoanAccount",
    "LoanApplication",
    "LoanChange",
    "LoanContract",
    "LoanDay",
    "LoanTransaction",
    "ManualReview",
    "Offer",
    "Officer",
    "OtpChallenge",
    "OutboxMessage",
    "PlanVersion",
    "Posting",
    "ReconciliationBreak",
    "ReferralCode",
    "ReviewRequest",
    "SmsMessage",
    "TransactionBooking",
    "Village",
]
