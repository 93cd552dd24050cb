"""Settings by environment: DJANGO_ENV = demo (default) | production | test."""

import os

_environment = os.environ.get("DJANGO_ENV", "demo")

if _environment == "production":
    from config.settings.production import *  # noqa: F403  (a settings module is its names)
elif _environment == "test":
    from config.settings.test import *  # noqa: F403
else:
    from config.settings.demo import *  # noqa: F403
