"""Which accounts an event books to, as data: what is in force, what was, and who changed it (0015)."""

from django.conf import settings
from django.db import models


class AccountsChange(models.Model):
    """``account`` in place of ``role`` (the account that stands there by default), made by one person
    and released by a second. ``account`` empty: as before any choice. ``product_code`` "" = every
    product; ``event`` "" = every event of the role.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        RELEASED = "released"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    product_code = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=20)
    event = models.CharField(max_length=30, blank=True)
    account = models.ForeignKey("Account", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    reason = models.CharField(max_length=300)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    valid_from = models.DateField(null=True, help_text="business date of the release")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product_code", "role", "event"],
                condition=models.Q(state="proposed"),
                name="accounts_change_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(checker__isnull=True)
                | ~models.Q(checker=models.F("maker")),
                name="accounts_change_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="released")
                | models.Q(checker__isnull=False, valid_from__isnull=False),
                name="accounts_change_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code or '*'} {self.role} → {self.account_id or self.role}"


class EventAccounts(models.Model):
    """One pair of an event. Rows of a product replace the bank's rows of that event; an event without
    rows books by ``postings.DEFAULT_PAIRS``. ``change`` empty: the mapping the bank began with.
    """

    product_code = models.CharField(max_length=40, blank=True)
    event = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    debit = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="+")
    credit = models.ForeignKey("Account", on_delete=models.PROTECT, related_name="+")
    change = models.ForeignKey(
        AccountsChange, null=True, on_delete=models.PROTECT, related_name="rows"
    )
    is_in_force = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="first day it no longer holds")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product_code", "event", "position"],
                condition=models.Q(is_in_force=True),
                name="event_accounts_one_in_force",
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="event_accounts_two_accounts"
            ),
            models.CheckConstraint(
                condition=models.Q(is_in_force=True, valid_to__isnull=True)
                | models.Q(is_in_force=False, valid_to__isnull=False),
                name="event_accounts_ended_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_code or '*'} {self.event} {self.position}"
