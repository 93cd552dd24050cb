"""Traits of applications: keyed hashes of what two applications may share. No value can be read back."""

from django.db import models
from django.db.models import Q

from lending.domain.traits import Kind


class ApplicationTrait(models.Model):
    """One thing an application shows, written with the step that tells it.

    ``value_index`` is the blind index of the value's one written form. The look-ups are two: who else
    shows this value (by people, for the graph) and how often lately (by time, for velocities).
    """

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(
        "LoanApplication", on_delete=models.CASCADE, related_name="traits", db_index=False
    )
    customer = models.ForeignKey("Customer", on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Kind])
    value_index = models.CharField(max_length=64)
    assistance = models.ForeignKey(
        "AssistedMode",
        null=True,
        on_delete=models.PROTECT,
        related_name="traits",
        db_index=False,
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind", "value_index"], name="trait_once_per_application"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in Kind]), name="trait_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="assisted", assistance__isnull=False)
                | (~Q(kind="assisted") & Q(assistance__isnull=True)),
                name="trait_assisted_names_its_officer",
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "value_index", "at"], name="trait_by_time"),
            models.Index(fields=["kind", "value_index", "customer", "at"], name="trait_by_people"),
            models.Index(
                fields=["customer", "kind", "value_index", "at"], name="trait_of_customer"
            ),
            models.Index(
                fields=["assistance"],
                condition=Q(assistance__isnull=False),
                name="trait_under_assistance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.application_id}"
