"""What happened, in order of writing: the feed that marketing reads and the officer's timeline."""

from django.db import models


class LendingEvent(models.Model):
    """Written in the transaction of the change itself. Ids and small facts only, no personal data."""

    id = models.BigAutoField(primary_key=True)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()
    application_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    loan_id = models.UUIDField(null=True)
    officer_id = models.BigIntegerField(null=True)
    source_token = models.CharField(max_length=64, blank=True)
    product_code = models.CharField(max_length=40, blank=True)
    qr_code = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["application_id", "id"]),
            models.Index(fields=["customer_id", "id"]),
            models.Index(fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
