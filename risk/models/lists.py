"""Customer lists (名单): who is on them, which file said so, and what was wrong in it.

An entry counts only while its import is ``live``, so putting a file of a million rows into force
and taking it back are each the change of one row.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from products.encryption import EncryptedBytesField, EncryptedJSONField


class CustomerList(models.Model):
    """A named list with its source and its basis in law; neither may be empty."""

    class Kind(models.TextChoices):
        WHITE = "white"
        GREY = "grey"
        BLACK = "black"

    class State(models.TextChoices):
        ACTIVE = "active"
        CLOSED = "closed"

    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    kind = models.CharField(max_length=5, choices=Kind)
    source = models.CharField(max_length=120, help_text="who supplied it")
    legal_basis = models.CharField(max_length=300, help_text="what allows us to keep it")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, help_text="first day it no longer holds; empty: open")
    state = models.CharField(max_length=6, choices=State, default=State.ACTIVE)
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["white", "grey", "black"]), name="list_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["active", "closed"]), name="list_state_known"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="list_source_stated"),
            models.CheckConstraint(condition=~Q(legal_basis=""), name="list_basis_stated"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="list_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class ListImport(models.Model):
    """One file, or one person entered by hand, for one list; see ``services.list_imports``."""

    class Mode(models.TextChoices):
        ADD = "add"
        REPLACE = "replace"

    class Format(models.TextChoices):
        CSV = "csv"
        XLSX = "xlsx"
        MANUAL = "manual"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        LIVE = "live"
        SUPERSEDED = "superseded"
        UNDONE = "undone"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.ForeignKey(CustomerList, on_delete=models.PROTECT, related_name="imports")
    mode = models.CharField(max_length=7, choices=Mode, default=Mode.ADD)
    format = models.CharField(max_length=6, choices=Format)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    file_name = models.CharField(max_length=120, blank=True, default="")
    file_bytes = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    encoding = models.CharField(max_length=10, blank=True, default="")
    default_tier = models.CharField(max_length=20, blank=True, default="")
    valid_to = models.DateField(null=True, help_text="for entries that state no day themselves")
    reason = models.CharField(max_length=300, blank=True, default="")
    problem = models.CharField(max_length=30, blank=True, default="", help_text="a code")
    problem_detail = models.JSONField(default=dict, help_text="row, byte; no personal data")
    rows_total = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    rows_duplicate = models.PositiveIntegerField(default=0)
    rows_removed = models.PositiveIntegerField(default=0, help_text="good ones taken off later")
    rows_done = models.PositiveIntegerField(default=0, help_text="records read, heading included")
    position = models.PositiveBigIntegerField(default=0, help_text="byte of the next CSV record")
    claim = models.UUIDField(null=True, help_text="the worker at it; another's writes are refused")
    lease_until = models.DateTimeField(null=True, help_text="by the database's clock")
    superseded_by = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded"
    )
    author = models.CharField(max_length=150)
    created_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    live_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=150, blank=True, default="")
    erased_at = models.DateTimeField(null=True, help_text="when its entries were deleted")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "uploaded",
                        "checking",
                        "checked",
                        "live",
                        "superseded",
                        "undone",
                        "failed",
                        "cancelled",
                    ]
                ),
                name="list_import_state_known",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["add", "replace"]) & Q(format__in=["csv", "xlsx", "manual"]),
                name="list_import_kind_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["live", "superseded", "undone"]) | Q(live_at__isnull=False),
                name="list_import_live_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False) & ~Q(undone_by=""),
                name="list_import_undone_by",
            ),
            models.CheckConstraint(
                condition=Q(state="superseded", superseded_by__isnull=False)
                | ~Q(state="superseded") & Q(superseded_by__isnull=True),
                name="list_import_superseded_by",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "live"])
                | Q(rows_total=F("rows_good") + F("rows_bad") + F("rows_duplicate")),
                name="list_import_counts_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["list", "-created_at"], name="list_import_history"),
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["uploaded", "checking"]),
                name="list_import_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ListImportPart(models.Model):
    """A piece of an uploaded file, encrypted; deleted as soon as the file has been read.

    Kept in the database so that any worker on any machine can read it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list_import = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = EncryptedBytesField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_import", "number"], name="list_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.list_import_id} part {self.number}"


class ListRowError(models.Model):
    """What is wrong in one row of a file; at most 1,000 are kept of an import."""

    list_import = models.ForeignKey(ListImport, on_delete=models.CASCADE, related_name="errors")
    row_no = models.PositiveIntegerField(help_text="as a spreadsheet counts; the heading is row 1")
    code = models.CharField(max_length=20)
    field = models.CharField(max_length=10, blank=True, default="")
    first_row_no = models.PositiveIntegerField(null=True, help_text="of a duplicate")
    excerpt = models.CharField(max_length=20, blank=True, default="", help_text="masked")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list_import", "row_no"], name="list_error_once_a_row")
        ]

    def __str__(self) -> str:
        return f"row {self.row_no}: {self.code}"


class ListEntry(models.Model):
    """One person on one list by one import. Found by the keyed hash of the ID number.

    ``person_index`` is the index customers have, so lists and customers can be joined.
    """

    id = models.BigAutoField(primary_key=True)
    # the list of its import, copied: matching joins one table less deep; the import's key guards both
    list = models.ForeignKey(
        CustomerList, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    list_import = models.ForeignKey(ListImport, on_delete=models.PROTECT, db_index=False)
    row_no = models.PositiveIntegerField()
    person_index = models.CharField(max_length=64)
    tier = models.CharField(max_length=20, blank=True, default="")
    payload = EncryptedJSONField(help_text="id_number, name, employer")
    valid_to = models.DateField(null=True, help_text="first day it no longer holds")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        verbose_name_plural = "list entries"
        constraints = [
            models.UniqueConstraint(
                fields=["person_index", "list_import"], name="list_entry_person_once"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by="")
                | Q(removed_at__isnull=False) & ~Q(removed_by=""),
                name="list_entry_removed_by",
            ),
        ]
        indexes = [
            models.Index(fields=["list_import", "row_no"], name="list_entry_of_import"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}"
