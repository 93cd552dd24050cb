"""Staff members as others need them: names for tables, branches for attribution."""

from collections.abc import Iterable

from lending.models import Officer


def branch_ids(officer_ids: Iterable[int]) -> dict[int, int]:
    """officer id → branch id."""
    return dict(Officer.objects.filter(pk__in=list(officer_ids)).values_list("pk", "branch_id"))


def names(officer_ids: Iterable[int]) -> dict[int, str]:
    """officer id → display name."""
    return dict(Officer.objects.filter(pk__in=list(officer_ids)).values_list("pk", "display_name"))
