"""A worker is killed in the middle of a file; the next one finishes it, nobody twice, nobody lost."""

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from io import BytesIO

import pytest
from django.db import connection
from django.db.models.functions import Now

from deploy.parent import stop_with_parent
from deploy.place import PROJECT
from risk.models import ListEntry, ListImport
from risk.services import list_checking, list_imports
from tests.risk.listed import csv_of, id_number_of, new_list

ROWS = 12_000
WORKER = """
import sys, uuid, datetime, django
django.setup()
from risk.services import list_checking
list_checking.BATCH_ROWS = 100
list_checking.check_some(import_id=uuid.UUID(sys.argv[1]), today=datetime.date(2026, 11, 24),
                         now=datetime.datetime.now(datetime.UTC), slice_s=600)
"""


def _worker(import_id: object) -> "subprocess.Popen[bytes]":
    database = connection.settings_dict
    address, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{address.rpartition('/')[0]}/{database['NAME']}?{query}"
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(import_id)],
        cwd=PROJECT,
        env={**os.environ, "DATABASE_URL": url},
        preexec_fn=stop_with_parent,
    )


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_is_finished_by_another_worker(now: datetime) -> None:
    new_list(now)
    people = [id_number_of(i) for i in range(ROWS)] + [id_number_of(0), "51081219900101002"]
    made = list_imports.upload(
        list_code="teachers", file=BytesIO(csv_of(people, heading="id_number")), file_name="x",
        mode="add", default_tier="", valid_to=None, author="risk", now=now,
    )  # fmt: skip
    kills = 0
    for goal in (1_000, 5_000):
        worker = _worker(made.pk)
        end = time.monotonic() + 60
        while time.monotonic() < end and worker.poll() is None:
            if ListImport.objects.get(pk=made.pk).rows_done > goal:
                worker.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.002)
        worker.wait(60)
        made.refresh_from_db()
        assert made.state == "checking"
        assert made.rows_good == ListEntry.objects.count(), "whole batches only"
        assert not list_checking.check_some(import_id=made.pk, now=now, today=now.date()), "leased"
        ListImport.objects.filter(pk=made.pk).update(lease_until=Now())
    assert kills == 2
    assert made.rows_done < ROWS
    while list_checking.check_some(import_id=made.pk, now=now, today=now.date()):
        pass
    made.refresh_from_db()
    assert (made.state, made.rows_good, made.rows_bad, made.rows_duplicate) == (
        "checked", ROWS, 1, 1,
    )  # fmt: skip
    rows = ListEntry.objects.order_by("row_no").values_list("row_no", flat=True)
    assert list(rows) == list(range(2, ROWS + 2))
    assert [(e.row_no, e.code) for e in made.errors.order_by("row_no")] == [
        (ROWS + 2, "duplicate"),
        (ROWS + 3, "id_form"),
    ]
