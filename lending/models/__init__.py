"""The rows of lending, one file per noun."""

from lending.models.applications import ApplicationMove, LoanApplication
from lending.models.audit import AuditEntry
from lending.models.business_day import BusinessDay
from lending.models.card_transfers import CardTransfer
from lending.models.cards import BankCard
from lending.models.codes import ReferralCode
from lending.models.collection_cases import CaseEvent, CollectionCase, PromiseToPay
from lending.models.consents import Consent, ConsentText
from lending.models.contacts import ContactAttempt, ContactOptOut, ContactPause
from lending.models.contracts import LoanContract
from lending.models.coupons import CouponUse
from lending.models.credit_lines import CreditLine, Drawdown, LineMovement
from lending.models.customers import Customer, CustomerSession, OtpChallenge
from lending.models.demand_letters import DemandLetter
from lending.models.devices import AssistedMode
from lending.models.disbursements import (
    Disbursement,
    ExternalCall,
    InboundEvent,
)
from lending.models.end_of_day import EndOfDayChunk, EndOfDayRun
from lending.models.event_accounts import AccountsChange, EventAccounts
from lending.models.events import LendingEvent
from lending.models.fairness import FairnessCell, FairnessDay
from lending.models.heartbeats import Heartbeat
from lending.models.id_cards import IdCardReading
from lending.models.idempotency import IdempotencyKey
from lending.models.ledger import Account, Journal, Posting
from lending.models.letters import DecisionLetter
from lending.models.loan_accounts import LoanAccount, LoanDay
from lending.models.loan_changes import LoanChange
from lending.models.loan_papers import LoanPaper
from lending.models.loan_transactions import LoanTransaction, PlanVersion, TransactionBooking
from lending.models.loans import Instalment, Loan
from lending.models.offers import Offer
from lending.models.organisation import Branch, LegalEntity, Officer, Village
from lending.models.outbox import DeadLetter, OutboxMessage, SmsMessage
from lending.models.reconciliation import BreakStep, ReconciliationBreak, ReconciliationRun
from lending.models.reviews import ManualReview, ReviewRequest
from lending.models.traits import ApplicationTrait

__all__ = [
    "Account",
    "AccountsChange",
    "ApplicationMove",
    "ApplicationTrait",
    "AssistedMode",
    "AuditEntry",
    "BankCard",
    "Branch",
    "BreakStep",
    "BusinessDay",
    "CardTransfer",
    "CaseEvent",
    "CollectionCase",
    "Consent",
    "ConsentText",
    "ContactAttempt",
    "ContactOptOut",
    "ContactPause",
    "CouponUse",
    "CreditLine",
    "Customer",
    "CustomerSession",
    "DeadLetter",
    "DecisionLetter",
    "DemandLetter",
    "Disbursement",
    "Drawdown",
    "EndOfDayChunk",
    "EndOfDayRun",
    "EventAccounts",
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
    "LineMovement",
    "Loan",
    "LoanAccount",
    "LoanApplication",
    "LoanChange",
    "LoanContract",
    "LoanDay",
    "LoanPaper",
    "LoanTransaction",
    "ManualReview",
    "Offer",
    "Officer",
    "OtpChallenge",
    "OutboxMessage",
    "PlanVersion",
    "Posting",
    "PromiseToPay",
    "ReconciliationBreak",
    "ReconciliationRun",
    "ReferralCode",
    "ReviewRequest",
    "SmsMessage",
    "TransactionBooking",
    "Village",
]
