"""The OpenAPI document is true: whatever it allows is answered as it says."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lending.models import LoanApplication
from tests.api.conftest import log_in, started
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_EXAMPLES = 6


def test_document_is_openapi_3(client: Client) -> None:
    document = client.get("/api/schema/").json()
    assert document["openapi"].startswith("3.")
    for path in (
        "otp/",
        "session/",
        "applications/",
        "applications/{application_id}/sign/",
        "loans/",
        "me/",
        "desk/applications/{application_id}/review/",
    ):
        assert f"/api/v1/{path}" in document["paths"]
    post = document["paths"]["/api/v1/applications/"]["post"]
    assert "Idempotency-Key" in {p["name"] for p in post["parameters"]}
    assert "application/problem+json" in post["responses"]["422"]["content"]
    assert post["security"] == [{"customerToken": []}]


def test_docs_page_needs_no_inline_script(client: Client) -> None:
    answer = client.get("/api/docs/")
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "swagger-ui" in text
    assert all("src=" in tag for tag in text.split("<script")[1:])
    assert (
        "'unsafe-inline'"
        not in answer.headers["Content-Security-Policy"].split("script-src")[1].split(";")[0]
    )


@contextmanager
def one_connection() -> Iterator[None]:
    """The WSGI handler ends requests by dropping connections; the test's transaction lives on."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def test_whatever_the_document_allows(bank: None, clock: datetime) -> None:
    phone = log_in("13800000001", clock)
    own = started(phone)
    with one_connection():
        schema = schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
        operations = [result.ok() for result in schema.get_all_operations()]
        assert len(operations) > 25
        for operation in operations:
            _fuzz(operation, phone, own)


def _fuzz(operation: Any, phone: Phone, own: str) -> None:
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        cases = operation.as_strategy(generation_mode=mode)

        @seed(20261124)
        @settings(
            max_examples=_EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def probe(case: Any) -> None:
            if "application_id" in case.path_parameters:
                case.path_parameters["application_id"] = own  # else all but 404 stays unseen
            LoanApplication.objects.filter(pk=own).update(state="draft")
            response = case.call(
                headers={"Authorization": f"Bearer {phone.token}", "Accept-Encoding": "identity"}
            )
            case.validate_response(response, checks=_CHECKS)

        probe()
