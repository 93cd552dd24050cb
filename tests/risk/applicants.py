"""Worked applicants as engine inputs, for tests that need no database."""

from functools import lru_cache
from typing import Any

from risk.domain.features import FEATURES
from risk.domain.strategy import CompiledStrategy, read_strategy
from tests.risk.conftest import base_terms, definition

AT = "2026-11-24T10:00:00.000+08:00"

#: A rice farmer with a clean file: what each source said.
FARMER: dict[str, Any] = {
    "birth_date": "1985-03-04",
    "id_county": "510812",
    "purpose": "agriculture",
    "declared_income": "5200.00",
    "occupation": "farmer",
    "industry": "rice",
    "applications_same_identity_7d": 1,
    "customers_same_identity": 1,
    "same_card_other_customers": 0,
    "loans_overdue": 0,
    "outstanding_principal": "0.00",
    "applications_by_device_7d": 0,
    "identity_result": "MATCH",
    "household_county": "510812",
    "carrier_result": "MATCH",
    "carrier_tenure_months": 40,
    "card_result": "MATCH",
    "card_type": "debit",
    "land_mu": "12.50",
    "land_crop": "rice",
    "land_certificate": True,
    "subsidy_annual": "1800.00",
    "subsidy_years": 4,
    "subsidy_kinds": ["grain"],
    "bureau_has_file": True,
    "bureau_history_months": 40,
    "bureau_loans_open": 1,
    "bureau_overdue_months_24": 0,
    "bureau_overdue_run_max": 0,
    "bureau_hard_enquiries_3m": 1,
    "bureau_balance": "10000.00",
    "bureau_obligation": "400.00",
    "bureau_overdue_now": "0.00",
    "bureau_guarantees": "0.00",
    "bureau_worst_class": "NORMAL",
    "multi_lenders_3m": 0,
    "multi_applications_7d": 0,
    "multi_applications_30d": 0,
    "multi_applications_3m": 1,
    "fraud_listed": False,
}


@lru_cache
def strategy() -> CompiledStrategy:
    return read_strategy(definition())


def inputs(values: dict[str, Any] | None = None, /, **changes: Any) -> dict[str, Any]:
    """Engine inputs; features of FARMER not given are "no record" at their source."""
    terms = changes.pop("terms", None) or base_terms()
    cap = changes.pop("regulatory_cap", None)
    requested = changes.pop("requested_amount", None)
    changes_lists = changes.pop("lists", [])
    said = {**(FARMER if values is None else values), **changes}
    facts = {
        name: {
            "value": said.get(name),
            "state": "answered" if name in said else "no_record",
            "source": feature.source,
            "at": AT,
        }
        for name, feature in FEATURES.items()
    }
    return {
        "version": 1,
        "facts": facts,
        "sources": {},
        "lists": changes_lists,
        "terms": terms.as_dict(),
        "lpr": "0.030000",
        "regulatory_cap": cap,
        "requested_amount": requested,
        "as_of": AT,
        "business_date": "2026-11-24",
    }
