"""What another process publishes counts here at once: no memory of terms is ever stale."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from deploy.place import PROJECT
from products.selectors import current_version, resolved_terms
from products.services.seeds import seed
from tests.products.test_selectors import TODAY

_PUBLISH = """
import datetime, django
django.setup()
from products.models import Product
from products.services import publications, versions
day = datetime.date.fromisoformat("%s")
draft = versions.draft_version(
    product=Product.objects.get(code="hospital-staff"), values={"grace_days": 1},
    valid_from=day, author="wang",
)
publications.publish(version=versions.submit(version=draft), checker="li", today=day)
"""


@pytest.mark.django_db(transaction=True)
def test_a_publication_elsewhere_is_seen_at_the_next_question() -> None:
    seed()
    before = current_version("hospital-staff", TODAY)
    assert resolved_terms(before.pk).terms.grace_days == 3  # now in this process's memory
    _elsewhere(_PUBLISH % TODAY.isoformat())
    after = current_version("hospital-staff", TODAY)
    assert after.pk != before.pk
    assert resolved_terms(after.pk).terms.grace_days == 1
    assert resolved_terms(before.pk).terms.grace_days == 3  # what was begun with it keeps it


def _elsewhere(program: str) -> None:
    address, _, query = os.environ["DATABASE_URL"].partition("?")
    url = f"{address.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{query}"
    subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, check=True, timeout=60,
        env={**os.environ, "DATABASE_URL": url},
    )
