"""Customers, their sessions by SMS code, and one-time codes. Applicants are never ``auth.User`` (D14)."""

import uuid

from django.db import models

from products.encryption import EncryptedTextField


class Customer(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer_no = models.CharField(max_length=20, unique=True)
    mobile = EncryptedTextField()
    mobile_index = models.CharField(max_length=64, unique=True)
    name = EncryptedTextField(null=True)
    id_number = EncryptedTextField(null=True)
    id_number_index = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001  (unknown is NULL, not "")
    address = EncryptedTextField(null=True)
    officer = models.ForeignKey("Officer", null=True, on_delete=models.PROTECT)
    village = models.ForeignKey("Village", null=True, on_delete=models.PROTECT)
    language = models.CharField(max_length=10, default="zh-hans")
    accepts_marketing = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["officer", "-created_at"])]

    def __str__(self) -> str:
        return self.customer_no


class CustomerSession(models.Model):
    """A logged-in phone. Only the token's hash is stored."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session {self.pk}"


class OtpChallenge(models.Model):
    """One SMS code: hashed, bound to mobile + purpose + application, few tries, short life."""

    class Purpose(models.TextChoices):
        LOGIN = "login"
        SIGN = "sign"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    mobile_index = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose)
    application = models.ForeignKey("LoanApplication", null=True, on_delete=models.CASCADE)
    code_hash = models.CharField(max_length=64)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    client_ip_index = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["mobile_index", "purpose", "-created_at"]),
            models.Index(fields=["client_ip_index", "-created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} code"
