"""The Celery app. Tasks live in each app's `tasks.py`; when they run by themselves says CELERY_BEAT_SCHEDULE."""

import os

from celery import Celery
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mocap_portal.settings.production")

app = Celery("mocap_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # one line in the log per task and what became of it
