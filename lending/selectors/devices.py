"""An officer's assisted devices, and who helped with an application."""

from django.db.models import Count, QuerySet

from lending.models import ApplicationTrait, AssistedMode, LoanApplication, Officer


def of_officer(officer: Officer) -> QuerySet[AssistedMode]:
    """Newest first, each with ``people``: how many applied on it meanwhile."""
    return (
        AssistedMode.objects.filter(officer=officer)
        .annotate(people=Count("traits__customer", distinct=True))
        .order_by("-created_at")
    )


def helper_of(application: LoanApplication) -> Officer | None:
    """The officer on whose assisted device this was applied for; the newest if there were several."""
    trait = (
        ApplicationTrait.objects.filter(application=application, assistance__isnull=False)
        .select_related("assistance__officer")
        .order_by("-at")
        .first()
    )
    return trait.assistance.officer if trait is not None and trait.assistance else None
