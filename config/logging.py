"""JSON log lines with request ids and without personal data (structlog).

Two guards: what is named like a secret or a person is dropped by its key; what looks like an identity,
mobile or card number is masked wherever it stands, tracebacks and other libraries' lines included.
JSON escapes line ends and control characters, so no value can forge a line.
"""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "***"
PRIVATE_KEYS = frozenset(
    {
        "address",
        "authorization",
        "body",
        "card",
        "card_number",
        "cookie",
        "id_number",
        "mobile",
        "name_zh",
        "otp",
        "params",
        "password",
        "payee_card",
        "payee_name",
        "phone",
        "real_name",
        "secret",
        "text",
        "token",
    }
)
QUIET_PATHS = ("GET /healthz", "GET /readyz", "GET /metrics")
_DIGIT = r"[0-9０-９]"
_NUMBERS = re.compile(
    # identity number · card in one piece or in fours · mobile in one piece or 3-4-4
    rf"(?<!{_DIGIT})(?:{_DIGIT}{{17}}[0-9０-９Xx]"
    rf"|{_DIGIT}{{4}}(?:[ -]?{_DIGIT}{{4}}){{3}}(?:[ -]?{_DIGIT}{{1,3}})?"
    rf"|[1１][3-9３-９]{_DIGIT}[ -]?{_DIGIT}{{4}}[ -]?{_DIGIT}{{4}})(?!{_DIGIT})"
)


def mask_text(text: str) -> str:
    """The text without identity numbers (18), mobiles (11) and card numbers (16–19 digits)."""
    return _NUMBERS.sub(MASK, text)


def masked(value: Any, depth: int = 0) -> Any:
    """A log value without personal data: containers are walked, foreign objects become text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 else mask_text(str(value))
    if isinstance(value, dict) and depth < 4:
        return {
            mask_text(str(key)): MASK
            if str(key).lower() in PRIVATE_KEYS
            else masked(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple | set) and depth < 4:
        return [masked(item, depth + 1) for item in value]
    return mask_text(value if isinstance(value, str) else str(value))


def without_personal_data(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The processor: runs last before the JSON renderer, so that nothing is added after it."""
    return dict(masked(event))


def without_noise(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Health checks ask every second; a request's or task's one line is its end."""
    name, request = event.get("event"), str(event.get("request", ""))
    if name in {"request_started", "task_enqueued", "task_started"} or (
        name == "request_finished" and request.startswith(QUIET_PATHS)
    ):
        raise structlog.DropEvent
    return event


def formatter() -> structlog.stdlib.ProcessorFormatter:
    """One line of JSON, for our own events and for other libraries' records alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            without_personal_data,
            structlog.processors.JSONRenderer(),
        ],
    )


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]


def configure() -> None:
    """Called once by the settings."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            without_noise,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def settings(level: str) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, which the process manager keeps."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": formatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # the request middleware tells it already, with the request's id
            "django.request": {"level": "CRITICAL"},
            "django.server": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            "kombu": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
            "httpcore": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
