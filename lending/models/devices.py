"""Assisted mode (协助模式): an officer says openly that a device is lent to applicants for some hours."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import F, Q

HOURS_MAX = 12


class AssistedMode(models.Model):
    """Made at the desk, opened by a short link on the device itself, over by ``until``.

    The link's code and the device are kept as keyed hashes only.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey("Officer", on_delete=models.PROTECT)
    hours = models.PositiveSmallIntegerField()
    code_index = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    code_until = models.DateTimeField()
    device_index = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hours__gte=1, hours__lte=HOURS_MAX), name="assisted_hours_bounded"
            ),
            models.CheckConstraint(
                condition=Q(device_index="", opened_at__isnull=True, until__isnull=True)
                | (
                    ~Q(device_index="")
                    & Q(opened_at__isnull=False, until__isnull=False)
                    & Q(until__lte=F("opened_at") + timedelta(hours=HOURS_MAX))
                ),
                name="assisted_opening_whole",
            ),
            models.UniqueConstraint(
                fields=["device_index"],
                condition=Q(ended_at__isnull=True) & ~Q(device_index=""),
                name="assisted_one_per_device",
            ),
        ]
        indexes = [models.Index(fields=["officer", "-created_at"], name="assisted_of_officer")]

    def __str__(self) -> str:
        return f"assisted mode {self.pk}"
