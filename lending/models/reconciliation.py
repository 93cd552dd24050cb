"""What reconciliation found: every run, every difference with its life, every step of that life."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models

from lending.domain.reconciliation import DIRECTIONS, BreakKind, BreakState, Resolution


def _sum() -> "models.DecimalField[Decimal, Decimal]":
    return models.DecimalField(max_digits=18, decimal_places=2, default=0)


def _side() -> "models.DecimalField[Decimal | None, Decimal | None]":
    return models.DecimalField(max_digits=18, decimal_places=2, null=True)


class ReconciliationRun(models.Model):
    """One comparison of one day of the core bank. ``asked``: waits for the worker.

    Counts and sums, out of the bank and into it: ``ours`` (our rows that succeeded), ``books`` (the
    ledger's clearing account for them), ``theirs`` (the statement). ``on_its_way``: lines whose row
    here has not heard yet, and need not have.
    """

    class Kind(models.TextChoices):
        HOURLY = "hourly"
        CLOSE = "close"
        MANUAL = "manual"

    class State(models.TextChoices):
        ASKED = "asked"
        CLEAN = "clean"
        BREAKS = "breaks"
        UNAVAILABLE = "unavailable"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    business_date = models.DateField(help_text="the core bank's booking day")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=12, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)
    ours_out_count = models.PositiveIntegerField(default=0)
    ours_out_sum = _sum()
    ours_in_count = models.PositiveIntegerField(default=0)
    ours_in_sum = _sum()
    books_out_count = models.PositiveIntegerField(default=0)
    books_out_sum = _sum()
    books_in_count = models.PositiveIntegerField(default=0)
    books_in_sum = _sum()
    theirs_out_count = models.PositiveIntegerField(default=0)
    theirs_out_sum = _sum()
    theirs_in_count = models.PositiveIntegerField(default=0)
    theirs_in_sum = _sum()
    on_its_way = models.PositiveIntegerField(default=0)
    breaks_found = models.PositiveIntegerField(default=0)
    breaks_open = models.PositiveIntegerField(default=0, help_text="of the day, when it ended")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="asked", finished_at__isnull=True)
                | models.Q(state__in=["clean", "breaks", "unavailable"], finished_at__isnull=False),
                name="reconciliation_run_state_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="clean") | models.Q(breaks_open=0),
                name="reconciliation_run_clean_is_clean",
            ),
        ]
        indexes = [
            models.Index(fields=["-started_at", "-id"]),
            models.Index(fields=["business_date", "-started_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.kind} {self.state}"


class ReconciliationBreak(models.Model):
    """A difference between our rows, our ledger and the core bank, open until its cause has gone
    (``healed_at``) or two people explain it.

    Sides are yuan, positive in the movement's direction; empty: nothing there at all. A difference whose
    sides change is open again. No row is ever removed.
    """

    Kind = BreakKind

    business_date = models.DateField(help_text="the core bank's booking day")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in BreakKind])
    direction = models.CharField(max_length=3, choices=[(d, d) for d in DIRECTIONS], default="out")
    core_key = models.CharField(max_length=64)
    ours = _side()
    theirs = _side()
    books = _side()
    found_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=[(s.value, s.value) for s in BreakState], default=BreakState.OPEN.value
    )
    owner = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT, related_name="+")
    resolution = models.CharField(
        max_length=24, blank=True, choices=[(r.value, r.value) for r in Resolution]
    )
    explanation = models.CharField(max_length=300, blank=True)
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    healed_at = models.DateTimeField(null=True, help_text="when a run no longer found it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business_date", "kind", "core_key", "direction"], name="break_once_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[k.value for k in BreakKind])
                & models.Q(direction__in=DIRECTIONS)
                & models.Q(state__in=[s.value for s in BreakState])
                & models.Q(resolution__in=["", *[r.value for r in Resolution]]),
                name="break_codes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(maker__isnull=True)
                | models.Q(checker__isnull=True)
                | ~models.Q(maker=models.F("checker")),
                name="break_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(maker__isnull=True, resolution="", proposed_at__isnull=True)
                | models.Q(maker__isnull=False, explanation__regex=".{5}", proposed_at__isnull=False)
                & ~models.Q(resolution=""),
                name="break_proposal_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(state="open", resolved_at__isnull=True, maker__isnull=True)
                | models.Q(
                    state="proposed",
                    resolved_at__isnull=True,
                    maker__isnull=False,
                    checker__isnull=True,
                )
                | models.Q(state="resolved", resolved_at__isnull=False, healed_at__isnull=False)
                | models.Q(
                    state="resolved",
                    resolved_at__isnull=False,
                    maker__isnull=False,
                    checker__isnull=False,
                ),
                name="break_resolved_by_two_or_healed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["found_at", "id"], condition=~models.Q(state="resolved"), name="break_open"
            ),
            models.Index(
                fields=["-resolved_at", "-id"], condition=models.Q(state="resolved"), name="break_resolved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.core_key}"


class BreakStep(models.Model):
    """One step in a difference's life. Append-only. ``by`` empty: the machine, in ``run``."""

    class What(models.TextChoices):
        FOUND = "found"
        CHANGED = "changed"
        FOUND_AGAIN = "found_again"
        HEALED = "healed"
        TAKEN = "taken"
        PROPOSED = "proposed"
        SENT_BACK = "sent_back"
        CONFIRMED = "confirmed"

    difference = models.ForeignKey(
        ReconciliationBreak, on_delete=models.PROTECT, related_name="steps"
    )
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    run = models.ForeignKey(ReconciliationRun, null=True, on_delete=models.PROTECT)
    resolution = models.CharField(max_length=24, blank=True)
    text = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.what} {self.at}"
