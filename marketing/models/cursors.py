"""How far a reader of lending's event feed has come."""

from django.db import models


class EventCursor(models.Model):
    """One row per reader; locked while it reads, so two workers never absorb side by side."""

    name = models.CharField(max_length=40, unique=True)
    last_id = models.BigIntegerField(default=0)
    looked_back_at = models.DateTimeField(
        null=True, help_text="when late commits were last looked for"
    )

    def __str__(self) -> str:
        return f"{self.name} @ {self.last_id}"


class AbsorbedEvent(models.Model):
    """An event id already taken in. Kept as long as a late commit can still be found, then pruned."""

    event_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.event_id)
