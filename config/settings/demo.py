"""The demo bank on one machine: invented people, the sandbox as the outside world, demo secrets."""

import os

from config.settings.base import *  # noqa: F403  (a settings module is its names)
from config.settings.base import DATA_DIR  # noqa: F401

DEMO = True
SECRET_KEY = os.environ.get("SECRET_KEY", "demo-secret-key-never-for-production-0123456789")
FIELD_KEYS = os.environ.get("FIELD_KEYS", "k1:" + "0" * 63 + "1")

# A demo's visitors, and its load tests, all come from one address and play the same few people.
OTP_CODES_PER_MOBILE_DAY = int(os.environ.get("OTP_CODES_PER_MOBILE_DAY", "60"))
OTP_CODES_PER_ADDRESS_DAY = int(os.environ.get("OTP_CODES_PER_ADDRESS_DAY", "1000000"))
