"""Invented people on one machine, signed in by one click. `./portal demo` runs it."""

from mocap_portal.settings.base import *  # noqa: F403
from mocap_portal.settings.base import INSTALLED_APPS, STORAGES, env

DEMO = True
SECRET_KEY = env.str("SECRET_KEY")  # ./portal makes one for this machine
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])

INSTALLED_APPS = [*INSTALLED_APPS, "mocap_portal.demo"]

EMAIL_BACKEND = "mocap_portal.demo.mailbox.EmailBackend"

# Static files straight from their folders: nothing has to be collected before the first page.
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
