"""Tests: the demo's settings; the databases and services are real, started by tests/conftest.py."""

from config.settings.demo import *  # noqa: F403  (a settings module is its names)

# Nothing is collected for tests: files are found where they stand.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
