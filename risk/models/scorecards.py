"""The register of trained models: what each was trained on, how good it is, and who let it in."""

from django.db import models
from django.db.models import F, Q


class ScorecardModel(models.Model):
    """One trained model with its card. Nothing but its state ever changes, and a second person
    approves.

    ``definition`` is the points table, or the challenger's columns and codes with its file in
    ``artefact``; ``sha256`` covers both. ``data`` says what it was trained on (rows, sha256, period,
    note, …), ``metrics`` how it did on rows held out.
    """

    class Kind(models.TextChoices):
        SCORECARD = "scorecard"
        CHALLENGER = "challenger"

    class State(models.TextChoices):
        CANDIDATE = "candidate"
        APPROVED = "approved"
        RETIRED = "retired"

    code = models.SlugField(max_length=40)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    definition = models.JSONField()
    artefact = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, help_text="of the canonical definition and artefact")
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=60)
    data = models.JSONField()
    metrics = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.CANDIDATE)
    approved_by = models.CharField(max_length=60, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=60, blank=True, default="")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "kind", "number"], name="scorecard_number"),
            models.UniqueConstraint(
                fields=["code", "kind"],
                condition=Q(state="approved"),
                name="scorecard_one_approved",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["scorecard", "challenger"])
                & Q(state__in=["candidate", "approved", "retired"]),
                name="scorecard_words_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="scorecard", artefact__isnull=True)
                | Q(kind="challenger", artefact__isnull=False),
                name="scorecard_artefact_by_kind",
            ),
            models.CheckConstraint(
                condition=~Q(trained_by="") & ~Q(approved_by=F("trained_by")),
                name="scorecard_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (~Q(approved_by="") & Q(approved_at__isnull=False)),
                name="scorecard_approved_by_someone",
            ),
            models.CheckConstraint(
                condition=~Q(state="retired") | Q(retired_at__isnull=False),
                name="scorecard_retired_when",
            ),
        ]
        indexes = [models.Index(fields=["-trained_at", "-id"], name="scorecard_newest")]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}@{self.number}"
