"""Bank cards bound for payout."""

import uuid

from django.db import models

from products.encryption import EncryptedTextField


class BankCard(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    customer = models.ForeignKey("Customer", on_delete=models.PROTECT)
    card_number = EncryptedTextField()
    card_index = models.CharField(max_length=64)
    last_four = models.CharField(max_length=4)
    mobile = EncryptedTextField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "card_index"], name="card_once_per_customer"
            )
        ]
        indexes = [models.Index(fields=["card_index"])]

    def __str__(self) -> str:
        return f"card {self.pk}"
