"""Who saw or did what: append-only rows, each sealed with the hash of the one before."""

from django.db import models


class AuditEntry(models.Model):
    id = models.BigAutoField(primary_key=True)
    actor = models.CharField(max_length=60)
    action = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=30)
    subject_id = models.CharField(max_length=60)
    reason = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["subject_type", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_id}"
