"""A real bank: refuses to start with demo secrets or the sandbox."""

import os

from config.settings.base import *  # noqa: F403  (a settings module is its names)

DEMO = False
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
os.environ.setdefault("DJANGO_ENV", "production")
