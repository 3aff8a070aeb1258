"""The Celery app. Tasks live in each app's `tasks.py`; when they run by themselves says CELERY_BEAT_SCHEDULE."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.urls import reverse
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mocap_portal.settings.production")

app = Celery("mocap_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)  # one line in the log per task and what became of it


@worker_init.connect
def load_addresses(**_of_the_worker: Any) -> None:
    """Load every view now, once for all its processes: the first mail with a link would wait some seconds for it."""
    reverse("home")
