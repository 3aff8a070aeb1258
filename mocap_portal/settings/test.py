"""The test suite: the demo's pages are there, nothing leaves the process."""

from mocap_portal.settings.base import *  # noqa: F403
from mocap_portal.settings.base import INSTALLED_APPS, STORAGES

DEMO = True
SECRET_KEY = "only-the-tests-know-it"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

INSTALLED_APPS = [*INSTALLED_APPS, "mocap_portal.demo"]

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Fast; no real password is ever hashed here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True  # do not walk the static files for every test client
WHITENOISE_USE_FINDERS = True  # a journey's live server has its looks
