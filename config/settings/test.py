"""Tests: the demo's settings; the databases and services are real, started by tests/conftest.py."""

from config.settings.demo import *  # noqa: F403  (a settings module is its names)
