"""Contacts with borrowers about their debts: each one asked for at the gate, and what stops them."""

import uuid

from django.db import models

from lending.domain.contact_policy import OPTIONAL_CHANNELS, Channel, Pause, Purpose
from products.encryption import EncryptedTextField


class ContactAttempt(models.Model):
    """One contact, made or refused. Planned and effective ones of a ``day`` (in China) count together.

    ``result``: why it was refused, or how it ended. ``event_key``: a machine's contact is planned once.
    """

    class State(models.TextChoices):
        PLANNED = "planned"
        MADE = "made"
        REFUSED = "refused"
        EXPIRED = "expired"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT, related_name="contacts")
    loan = models.ForeignKey("Loan", null=True, on_delete=models.PROTECT, related_name="contacts")
    case = models.ForeignKey(
        "CollectionCase", null=True, on_delete=models.PROTECT, related_name="contacts"
    )
    instalment = models.PositiveSmallIntegerField(null=True)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    purpose = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Purpose])
    template = models.CharField(max_length=30, blank=True)
    event_key = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=State)
    effective = models.BooleanField(default=False)
    result = models.CharField(max_length=30, blank=True)
    note = EncryptedTextField(null=True)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    sms = models.OneToOneField(
        "SmsMessage", null=True, on_delete=models.PROTECT, related_name="contact"
    )
    day = models.DateField()
    at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "event_key"],
                condition=~models.Q(event_key=""),
                name="contact_once_per_event",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["planned", "made", "refused", "expired"]),
                name="contact_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in Channel]),
                name="contact_channel_known",
            ),
            models.CheckConstraint(
                condition=models.Q(effective=False) | models.Q(state="made"),
                name="contact_effective_was_made",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "day"]),
            models.Index(fields=["case", "-at"]),
            models.Index(
                fields=["day"], condition=models.Q(state="planned"), name="contact_planned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.state} {self.pk}"


class ContactOptOut(models.Model):
    """A channel the borrower does not want to be reminded through."""

    customer = models.ForeignKey("Customer", on_delete=models.CASCADE, related_name="opt_outs")
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in OPTIONAL_CHANNELS])
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "channel"], name="opt_out_once_a_channel"),
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in OPTIONAL_CHANNELS]),
                name="opt_out_channel_optional",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} no {self.channel}"


class ContactPause(models.Model):
    """Collection is silent: a hardship is looked at, a complaint is open, or new terms are talked about.

    ``until`` empty: until somebody ends it. ``reason``: of a hardship, a closed list.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT, related_name="pauses")
    loan = models.ForeignKey("Loan", null=True, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=10, choices=[(p.value, p.value) for p in Pause])
    reason = models.CharField(max_length=20, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        "Officer", null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_by = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[p.value for p in Pause]), name="pause_kind_known"
            ),
            models.UniqueConstraint(
                fields=["loan", "kind"],
                condition=models.Q(ended_at__isnull=True),
                name="pause_one_of_a_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer"],
                condition=models.Q(ended_at__isnull=True),
                name="pause_running",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
