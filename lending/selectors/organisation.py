"""The bank's own houses."""

from lending.models import Branch


def main_branch() -> Branch | None:
    """The branch for people nobody else looks after: the bank's first; None before seeding."""
    return Branch.objects.select_related("legal_entity").order_by("pk").first()
