"""What every environment shares. Secrets and addresses come from the environment (CONTRACT §5)."""

import os
from pathlib import Path
from urllib.parse import unquote, urlparse

from django.utils.translation import gettext_lazy as _

from config import environment, logging

BASE_DIR = Path(__file__).resolve().parents[2]
DATA_DIR = (BASE_DIR / (os.environ.get("DATA_DIR") or ".data")).resolve()
environment.load(DATA_DIR)

from config.settings.broker import *  # noqa: E402, F403  (reads the addresses loaded just now)

SECRET_KEY = os.environ.get("SECRET_KEY", "")
FIELD_KEYS = os.environ.get("FIELD_KEYS", "")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "*").split(",")
DEBUG = False

# ── apps ─────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "config.apps.VerifiedAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "axes",
    "csp",
    "django_filters",
    "django_tables2",
    "django_prometheus",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "products",
    "risk",
    "lending",
    "marketing",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "config.middleware.BodyLimit",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "lending.views.officer.sessions.StaffSessionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.middleware.PrivatePages",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


# ── database ─────────────────────────────────────────────────────────────────
def database_from_url(url: str) -> dict[str, object]:
    """``postgresql://user:password@host:port/name?host=/socket/dir`` → Django's DATABASES entry."""
    parsed = urlparse(url)
    query = dict(part.split("=", 1) for part in parsed.query.split("&") if "=" in part)
    return {
        "ENGINE": "django_prometheus.db.backends.postgresql",
        "NAME": unquote(parsed.path.lstrip("/")) or "shandai",
        "USER": unquote(parsed.username or "postgres"),
        "PASSWORD": unquote(parsed.password or ""),
        "HOST": unquote(query.get("host", parsed.hostname or "")),
        "PORT": str(parsed.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            **{k: unquote(v) for k, v in query.items() if k != "host"},
        },
        "TEST": {"NAME": os.environ.get("TEST_DATABASE_NAME") or None},
    }


DATABASES = {
    "default": database_from_url(
        os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/shandai")
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

# ── language and time ────────────────────────────────────────────────────────
LANGUAGE_CODE = os.environ.get("LANGUAGE_CODE", "zh-hans")
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = os.environ.get("TIME_ZONE", "Asia/Shanghai")
USE_I18N = True
USE_TZ = True

# ── files ────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000  # a page of the strategy editor is a sheet of up to 6,000 cells
FILE_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "zip",
    "gz",
    "woff",
    "woff2",
    "ttf",
    "map",
    "md",
    "txt",
)
WHITENOISE_MANIFEST_STRICT = False  # a missing picture is a missing picture, not a broken page
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_storage.GzipManifestStorage"},
}

# ── logs and figures ─────────────────────────────────────────────────────────
logging.configure()
LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging.settings(os.environ.get("LOG_LEVEL", "INFO"))
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # an address is personal data
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
PROMETHEUS_EXPORT_MIGRATIONS = False

# ── outside services: one address for the sandbox, or one per service ────────
SANDBOX_URL = os.environ.get("SANDBOX_URL", "")


def service_url(service: str) -> str:
    """Address of one outside service: its own ``<SERVICE>_URL``, else the sandbox's path for it."""
    name = service.upper().replace("-", "_")
    return os.environ.get(f"{name}_URL") or (f"{SANDBOX_URL}/{service}" if SANDBOX_URL else "")


SERVICE_NAMES = (
    "identity",
    "face",
    "bureau",
    "carrier",
    "card",
    "government",
    "courts",
    "multilender",
    "corebank",
    "sms",
    "wechat",
)
SERVICE_URLS = {name: service_url(name) for name in SERVICE_NAMES}
SERVICE_SECRETS = {
    name: os.environ.get(f"{name.upper()}_SECRET", "sandbox-secret") for name in SERVICE_NAMES
}

#: The address printed in QR codes; empty = the address the page was asked at.
PUBLIC_BASE_URL = os.environ.get("PUBLIC_BASE_URL", "")

# ── people ───────────────────────────────────────────────────────────────────
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/desk/login/"
#: Proxies in front of us whose entry in X-Forwarded-For is believed; 0: nobody stands between.
TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))
AXES_CLIENT_IP_CALLABLE = "lending.api.addresses.client_ip"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "lending.views.officer.login.locked_out"
OTP_TOTP_ISSUER = "Shandai"
SESSION_COOKIE_NAME = "shandai_staff"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# ── API ──────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    # Each endpoint names its caller; one that forgets is open to nobody.
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": ["lending.api.permissions.DenyAll"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["lending.api.parsers.StrictJSONParser"],
    "EXCEPTION_HANDLER": "lending.api.problems.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Shandai API",
    "DESCRIPTION": "From a QR code to money: the applicant's and the staff's API.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ── limits on SMS codes: per number, and per address (villages share one behind their carrier) ──
OTP_CODES_PER_MOBILE_DAY = int(os.environ.get("OTP_CODES_PER_MOBILE_DAY", "10"))
OTP_CODES_PER_ADDRESS_DAY = int(os.environ.get("OTP_CODES_PER_ADDRESS_DAY", "300"))

# ── the admin's look: the same paddy green ───────────────────────────────────
UNFOLD = {
    "SITE_TITLE": _("Shandai administration"),
    "SITE_HEADER": _("Shandai administration"),
    "SITE_URL": "/desk/",
    "SHOW_LANGUAGES": False,
    "COLORS": {
        "primary": {
            "50": "#eff8f2",
            "100": "#dcefe3",
            "200": "#bfe6d2",
            "300": "#8fd0ae",
            "400": "#57bb8b",
            "500": "#3fa676",
            "600": "#23764f",
            "700": "#1c6145",
            "800": "#154d37",
            "900": "#0f3d2b",
            "950": "#09261b",
        },
    },
}

# ── promises of the bank ──
#: A person asked for answers within so many working days (close of business of the last one).
REVIEW_WORKING_DAYS = 5
