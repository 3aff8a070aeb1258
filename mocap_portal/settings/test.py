"""The test suite: the demo's pages are there, nothing leaves the process."""

from mocap_portal.settings.base import *  # noqa: F403
from mocap_portal.settings.base import DATABASES, INSTALLED_APPS, STORAGES, env

DEMO = True
SECRET_KEY = "only-the-tests-know-it"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]

INSTALLED_APPS = [*INSTALLED_APPS, "mocap_portal.demo"]

# What the migrations laid is kept by tests/as_migrated.py, in PostgreSQL's own form.
MIGRATED = env.str("TEST_DATABASE_TEMPLATE", default=None)  # a database to begin with a copy of
DATABASES["default"]["TEST"] = {"SERIALIZE": False, "TEMPLATE": MIGRATED, "MIGRATE": MIGRATED is None}

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if env.int("TEST_MAIL_PORT", default=0):  # a worker that a test started sends to that test's mail server
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT, EMAIL_USE_TLS = "127.0.0.1", env.int("TEST_MAIL_PORT"), False

# Test processes side by side share one Redis: each has a queue of its own, and keys of its own.
CELERY_TASK_DEFAULT_QUEUE = f"test-{env.str('PYTEST_XDIST_WORKER', default='alone')}"
CACHES["default"]["KEY_PREFIX"] = CELERY_TASK_DEFAULT_QUEUE

# Fast; no real password is ever hashed here.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = True  # do not walk the static files for every test client
WHITENOISE_USE_FINDERS = True  # a journey's live server has its looks

# Tests count the statements of their own connection, and fail at one of them.
RECONCILE_PIECES_AT_ONCE = 1
# What the planner knows of a table outlives the test that is rolled back.
PLANNER_COUNTS = False
