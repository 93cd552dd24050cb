"""A real bank: refuses to start with demo secrets, debugging or the sandbox."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.settings.base import *  # noqa: F403  (a settings module is its names)
from config.settings.base import (
    ALLOWED_HOSTS,
    FIELD_KEYS,
    SANDBOX_URL,
    SECRET_KEY,
    SERVICE_SECRETS,
    SERVICE_URLS,
)

DEMO = False
DEMO_WORDS = ("demo", "insecure", "sandbox", "changeme")
SHORTEST_SECRET = 50


def refusals() -> list[str]:
    """Everything that must be mended before real people's money may depend on this process."""
    ring = [entry.partition(":")[2] for entry in FIELD_KEYS.split(",")]
    silent = sorted(name for name, url in SERVICE_URLS.items() if not url)
    shared = sorted(n for n, secret in SERVICE_SECRETS.items() if secret == "sandbox-secret")  # noqa: S105
    checks = (
        (len(SECRET_KEY) < SHORTEST_SECRET, "SECRET_KEY is missing or shorter than 50 characters"),
        (any(word in SECRET_KEY.lower() for word in DEMO_WORDS), "SECRET_KEY is a demo secret"),
        (any(len(set(key)) < 8 for key in ring), "FIELD_KEYS is missing or a demo key"),
        (os.environ.get("DEBUG", "").lower() in {"1", "true", "yes", "on"}, "DEBUG is on"),
        (bool(SANDBOX_URL), "SANDBOX_URL is set: the sandbox is not a bank"),
        (bool(silent), f"no address for {', '.join(silent)} (set <SERVICE>_URL)"),
        (bool(shared), f"no secret for {', '.join(shared)} (set <SERVICE>_SECRET)"),
        ("*" in ALLOWED_HOSTS or ALLOWED_HOSTS == [""], "ALLOWED_HOSTS names no host"),
        (not os.environ.get("DATABASE_URL"), "DATABASE_URL is missing"),
        (not os.environ.get("REDIS_URL"), "REDIS_URL is missing"),
    )
    return [text for wrong, text in checks if wrong]


if found := refusals():
    raise ImproperlyConfigured("Production refuses to start: " + "; ".join(found) + ".")

SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # asked by the machine beside us
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# TLS ends at a proxy, so without its word every person would seem to come from one address.
TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "1"))
PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL") or f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
