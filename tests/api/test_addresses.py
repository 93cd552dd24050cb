"""Whose address counts: the trusted proxy's word where there is one, never the client's own."""

import pytest
from django.test import RequestFactory
from django.utils.module_loading import import_string

from lending.api.addresses import client_ip
from lending.views.customer import access


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (1, "", "10.0.0.1"),
        (1, "<script>", "10.0.0.1"),
        (3, "203.0.113.9", "10.0.0.1"),
    ],
)
def test_the_address_of_a_request(settings, proxies: int, forwarded: str, found: str) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client_ip(request) == found


def test_pages_api_and_log_in_count_by_the_same_address(settings) -> None:
    assert access.client_ip is client_ip
    assert import_string(settings.AXES_CLIENT_IP_CALLABLE) is client_ip
