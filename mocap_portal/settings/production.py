"""Production: nothing new, everything harder. Refuses to start on what must never be public.

Read from the environment, besides what base.py reads: TRUSTED_PROXY_HEADER (the header by which the proxy says that
the browser used https, such as X-Forwarded-Proto), TRUSTED_PROXY_COUNT, HSTS_SECONDS, SECRET_KEY_FALLBACKS.
"""

import structlog
from django.core.exceptions import ImproperlyConfigured

from mocap_portal.settings.base import *  # noqa: F403
from mocap_portal.settings.base import ALLOWED_HOSTS, DEMO, INSTALLED_APPS, MIDDLEWARE, env
from mocap_portal.settings.logs import logging_config, processors

# What must never be public ------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", default="")
_LEAST_SECRET = 50  # characters: what Django's own deployment check asks for
if len(SECRET_KEY) < _LEAST_SECRET or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure-"):
    raise ImproperlyConfigured(
        "SECRET_KEY is missing, short or a default: set it to at least 50 random characters of your own."
    )
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])  # only to read with
if env.bool("DEBUG", default=False):
    raise ImproperlyConfigured(
        "DEBUG is on: production never shows its insides, so remove DEBUG from the environment."
    )
if DEMO or env.bool("DEMO", default=False) or "mocap_portal.demo" in INSTALLED_APPS:
    raise ImproperlyConfigured(
        "The demo's one-click people are switched on: remove DEMO from the environment."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is missing or open to all: list the host names people type, with commas."
    )

# Only https ---------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked inside the network, without the proxy
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"

# Believed only when the operator says that a proxy sets it and strips what the browser sent.
if _header := env.str("TRUSTED_PROXY_HEADER", default=""):
    SECURE_PROXY_SSL_HEADER = ("HTTP_" + _header.upper().replace("-", "_"), "https")
# Whose address the sign-in limits count: the browser's, behind this many proxies.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# One JSON line per event on stdout, and no mail: what runs the portal collects the lines --------------

ADMINS: list[tuple[str, str]] = []
INSTALLED_APPS = [*INSTALLED_APPS, "django_structlog"]
MIDDLEWARE = [*MIDDLEWARE, "django_structlog.middlewares.RequestMiddleware"]
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
LOGGING = logging_config()
structlog.configure(processors=processors(), logger_factory=structlog.stdlib.LoggerFactory())
