"""The close of a business date: one run a day and entity, cut into chunks that any worker may take."""

from django.db import models


class EndOfDayRun(models.Model):
    """``step``: the step that is next or in work. ``problem``: what keeps a blocked run from going on.

    ``figures``: ``{"steps": {code: ms}, …}``.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        BLOCKED = "blocked"
        DONE = "done"

    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    business_date = models.DateField()
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    step = models.CharField(max_length=40)
    problem = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "business_date"], name="end_of_day_once_a_date"
            ),
            models.UniqueConstraint(
                fields=["legal_entity"], condition=~models.Q(state="done"), name="end_of_day_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "blocked", "done"]),
                name="end_of_day_state_known",
            ),
        ]
        ordering = ["-business_date"]

    def __str__(self) -> str:
        return f"{self.business_date} {self.state}"


class EndOfDayChunk(models.Model):
    """A range of ``LoanAccount.id``. A lease says who works on it and until when (database clock).

    ``behind``: how many of its loans had missed earlier days when the range was cut.
    ``sums``: what its loans added for the day's journals,
    ``[[branch id, product, accruing, loans, interest, charges, moved interest, moved charges], …]``.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        LEASED = "leased"
        DONE = "done"

    run = models.ForeignKey(EndOfDayRun, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    behind = models.PositiveIntegerField(default=0)
    loans = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)
    ms = models.PositiveIntegerField(default=0)
    sums = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="end_of_day_chunk_number_unique"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "leased", "done"]),
                name="end_of_day_chunk_state_known",
            ),
        ]
        ordering = ["run_id", "number"]

    def __str__(self) -> str:
        return f"{self.run_id} #{self.number} {self.state}"
