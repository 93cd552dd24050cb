"""Loan applications and their history of moves."""

import uuid

from django.db import models

from lending.domain.application_flow import State
from products.encryption import EncryptedJSONField, EncryptedTextField


class LoanApplication(models.Model):
    """One person's request for one loan. ``state`` is written by ``lending.services.moves`` only."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    legal_entity = models.ForeignKey("LegalEntity", on_delete=models.PROTECT)
    product_code = models.CharField(max_length=40)
    product_version = models.ForeignKey("products.ProductVersion", on_delete=models.PROTECT)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    branch = models.ForeignKey("Branch", on_delete=models.PROTECT)
    qr_code = models.CharField(max_length=40)
    source_token = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=10, default="api")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in State], default=State.DRAFT
    )
    version = models.PositiveIntegerField(default=0)
    purpose = models.CharField(max_length=40)
    requested_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    # identity as the person confirmed it for this application
    name = EncryptedTextField(null=True)
    id_number = EncryptedTextField(null=True)
    id_number_index = models.CharField(max_length=64, null=True, db_index=True)  # noqa: DJ001  (unknown is NULL, not "")
    address = EncryptedTextField(null=True)
    id_valid_until = models.DateField(null=True)

    profile = models.JSONField(
        default=dict, help_text="the few declared answers, no personal identifiers"
    )
    profiled_at = models.DateTimeField(null=True)
    location = EncryptedJSONField(
        null=True, help_text="where the request came from to 0.01°, and km to the code's branch"
    )
    bank_card = models.ForeignKey("BankCard", null=True, on_delete=models.PROTECT)
    wants_person = models.BooleanField(
        default=False,
        db_default=False,
        help_text="asked that a person decides (PIPL art. 24)",
    )
    wants_person_at = models.DateTimeField(null=True)

    decision_round = models.PositiveSmallIntegerField(default=1)
    decision_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    state_since = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in State]),
                name="application_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(requested_amount__isnull=True)
                | models.Q(requested_amount__gt=0),
                name="application_requested_amount_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(wants_person=True, wants_person_at__isnull=False)
                | models.Q(wants_person=False, wants_person_at__isnull=True),
                name="application_wants_person_since",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-created_at"]),
            models.Index(fields=["officer", "state", "-state_since"]),
            models.Index(fields=["branch", "state", "-state_since"]),
            models.Index(fields=["state", "state_since"]),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(
                    state__in=[
                        "draft",
                        "identified",
                        "consented",
                        "submitted",
                        "scoring",
                        "offered",
                        "in_review",
                        "accepted",
                    ]
                ),
                name="application_open_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.pk}"


class ApplicationMove(models.Model):
    """One legal step of one application; versions have no gaps. Append-only by trigger."""

    application = models.ForeignKey(LoanApplication, on_delete=models.PROTECT, related_name="moves")
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    from_state = models.CharField(max_length=12)
    to_state = models.CharField(max_length=12)
    role = models.CharField(max_length=10)
    actor = models.CharField(max_length=60, help_text="customer id, staff number or the job's name")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "version"], name="move_version_unique")
        ]
        ordering = ["application_id", "version"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
