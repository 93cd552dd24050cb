"""What the law forbids a product to say."""

from decimal import Decimal
from typing import Any

import pytest

from products.domain.law import LegalBounds, breaches, online_amount_max
from products.domain.terms import resolve
from tests.products.conftest import base_values, stack

LAW = LegalBounds(
    total_cost_cap=Decimal("0.24"), penalty_uplift_min=Decimal("0.3"),
    penalty_uplift_max=Decimal("0.5"), consumption_online_cap=Decimal(200000),
    consumption_months_max=Decimal(60), adult_age=Decimal(18), fee_rate_max=Decimal(0),
    counties={"510802", "510811", "510812"},
)


def test_the_seeded_base_is_lawful() -> None:
    assert breaches(resolve(stack()).terms, LAW) == ()
    assert online_amount_max(resolve(stack()).terms) == Decimal(200000)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"penalty_uplift": "0.2"}, "penalty_uplift"),
        ({"penalty_uplift": "0.51", "rate_cap": "0.1"}, "penalty_uplift"),
        ({"rate_cap": "0.161"}, "rate_cap"),  # 16.1 % with a half more passes 24 %
        ({"limit_cap": "200100", "officer_cap": "200100"}, "limit_cap"),
        ({"term_months": [12, 72]}, "term_months"),
        ({"age_min": 16}, "age_min"),
        ({"counties": ["510812", "440306"]}, "counties"),
    ],
)
def test_each_bound_holds(changes: dict[str, Any], field: str) -> None:
    found = breaches(resolve(stack(base=base_values(**changes))).terms, LAW)
    assert [one.field for one in found] == [field]


def test_business_alone_is_not_held_to_consumption() -> None:
    trade = base_values(
        limit_cap="300000", term_months=[12, 72], purposes=["business", "agriculture"]
    )
    assert breaches(resolve(stack(base=trade)).terms, LAW) == ()
