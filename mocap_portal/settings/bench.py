"""Measurements: the portal as it runs for people, and beside it bare pages to compare it with.

No demo: second factors are asked for as in production. Nothing outside `./portal bench` names this module.
"""

from mocap_portal.settings.base import *  # noqa: F403
from mocap_portal.settings.base import ACCOUNT_RATE_LIMITS, STORAGES, env

SECRET_KEY = env.str("SECRET_KEY")  # ./portal makes one for each run
ALLOWED_HOSTS = ["127.0.0.1"]

ROOT_URLCONF = "mocap_portal.bench.pages.urls"
PLANNER_COUNTS = True

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# All that is measured comes from one machine: its limit is that of nobody.
ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS | {"send_concern": "1000000/m/ip"}

# A page that fails says why in the web server's log, which the measurement shows.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False}},
}

# No page that is measured serves a static file: none is gathered, and the names in pages need no manifest.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT = None  # type: ignore[assignment]
