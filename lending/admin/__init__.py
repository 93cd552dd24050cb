"""Lending in the admin: one file per kind of row; importing them registers them."""

from lending.admin import customers, records, servicing, staff

__all__ = ["customers", "records", "servicing", "staff"]
