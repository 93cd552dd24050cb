"""The demo bank, browsers of its staff, and a referred application."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from lending.domain.application_flow import Action
from lending.models import LoanApplication, Officer
from tests.api.conftest import bank, clock, decided, filled_in, inbox, phone, quick_passwords
from tests.api.phone import Phone

__all__ = ["bank", "clock", "inbox", "phone", "quick_passwords"]

OWNER, NEIGHBOUR, STRANGER = "liguoqiang", "wangxiuying", "chenjianhua"
Browsers = Callable[..., Client]


def browser_of(username: str, *, verified: bool = True) -> Client:
    """A logged-in browser; ``verified=False`` stops behind the password."""
    client = Client(headers={"accept-language": "en"})
    officer = Officer.objects.select_related("user").get(user__username=username)
    client.force_login(officer.user, backend="django.contrib.auth.backends.ModelBackend")
    if verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=officer.user).persistent_id
        session.save()
    return client


@pytest.fixture
def browser(bank: None) -> Browsers:
    return browser_of


@pytest.fixture
def referred(phone: Phone, clock: datetime) -> LoanApplication:
    """An application of the first officer that waits for a person."""
    i = filled_in(phone)
    officer = Officer.objects.get(user__username=OWNER)
    application = LoanApplication.objects.get(pk=i)
    LoanApplication.objects.filter(pk=i).update(officer=officer, branch=officer.branch)
    type(application.customer).objects.filter(pk=application.customer_id).update(officer=officer)
    decided(i, Action.REFER, clock)
    return LoanApplication.objects.select_related("customer", "officer__user").get(pk=i)
