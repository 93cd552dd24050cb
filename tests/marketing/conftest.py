"""The demo bank for marketing's tests."""

from tests.api.conftest import bank, clock, inbox, phone, quick_passwords

__all__ = ["bank", "clock", "inbox", "phone", "quick_passwords"]
