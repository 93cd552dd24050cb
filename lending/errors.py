"""What can go wrong on purpose. Pages and API show ``message``; programs read ``code``.

``status`` is the HTTP status the edges answer with; ``errors`` maps a field to its messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal the person can understand. Nothing was changed when it is raised."""

    code = "refused"
    status = 422

    def __init__(
        self,
        message: Any,
        *,
        code: str | None = None,
        errors: Mapping[str, Sequence[Any]] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code or self.code)
        self.message = message
        self.code = code or self.code
        self.errors: dict[str, list[Any]] = {k: list(v) for k, v in (errors or {}).items()}
        self.retry_after_s = retry_after_s


class InvalidInput(DomainError):
    """A value is missing or wrong; ``errors`` names the fields."""

    code = "invalid_input"

    @classmethod
    def field(cls, name: str, message: Any, code: str | None = None) -> "InvalidInput":
        return cls(message, code=code, errors={name: [message]})


class NotFound(DomainError):
    code = "not_found"
    status = 404

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or _("We cannot find this."))


class IllegalState(DomainError):
    """The step does not fit the state: a second tap, an old tab, somebody was faster."""

    code = "illegal_state"
    status = 409


class TooMany(DomainError):
    code = "too_many_requests"
    status = 429


class NotAuthenticated(DomainError):
    code = "not_authenticated"
    status = 401


class NotPermitted(DomainError):
    code = "not_permitted"
    status = 403


class WrongCode(DomainError):
    """The SMS code is wrong, used, expired or locked; the person learns only what helps."""

    code = "wrong_code"


class NotConfigured(DomainError):
    """The bank has not entered a dated number for the day: nothing is computed without it."""

    code = "not_configured"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _(
                "The bank's rate for today has not been entered yet."
                " Please try again later or call us."
            ),
            retry_after_s=600,
        )
