"""The hash that chooses who is tried: stable for ever, and fair."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.domain.trials import BUCKETS, bucket, is_challenged


def test_a_bucket_never_changes() -> None:
    """Written down once: a change would move people between arms in the middle of a trial."""
    here = UUID("12345678-1234-5678-1234-567812345678")
    assert [bucket(salt, here) for salt in ("", "a", "b")] == [7940, 8510, 3500]


@given(st.text(max_size=32), st.uuids(), st.integers(1, 50))
def test_a_bucket_is_in_range_and_a_larger_share_keeps_who_was_in(
    salt: str, application: UUID, share: int
) -> None:
    assert 0 <= bucket(salt, application) < BUCKETS
    if is_challenged(salt, application, share):
        assert is_challenged(salt, application, share + 1)


@pytest.mark.parametrize("salt", ["s1", "s2", "s3"])
def test_buckets_are_even(salt: str) -> None:
    """100,000 applications over a hundred groups: χ² of 99 degrees stays far below chance's edge."""
    groups = [0] * 100
    for serial in range(100_000):
        groups[bucket(salt, UUID(int=serial)) // 100] += 1
    chi2 = sum((n - 1_000) ** 2 / 1_000 for n in groups)
    assert chi2 < 160  # 1 in 10,000
    challenged = sum(is_challenged(salt, UUID(int=i), 20) for i in range(100_000))
    assert abs(challenged - 20_000) < 600


def test_two_trials_choose_independently() -> None:
    both = sum(
        is_challenged("one", UUID(int=i), 50) and is_challenged("two", UUID(int=i), 50)
        for i in range(20_000)
    )
    assert abs(both - 5_000) < 300
