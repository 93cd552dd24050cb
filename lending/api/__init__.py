"""The HTTP interface under ``/api/v1/``: thin views over the same services the phone pages call."""
