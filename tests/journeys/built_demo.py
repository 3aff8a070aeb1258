"""The demo, built once and then laid again as PostgreSQL copied it out.

Building takes the better part of a minute, laying less than a second.
"""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from mocap_portal.demo.builder import build
from mocap_portal.foundation.shared.calendar import central_date
from tests.as_migrated import Laid

# By day, because every date of the demo is counted from the day on which it is built.
Kept = dict[dt.date, tuple[Laid, Path]]


@pytest.fixture(scope="session")
def kept_demos() -> Kept:
    return {}


@pytest.fixture
def built_demo(
    settings: Settings,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    live_server: LiveServer,
    kept_demos: Kept,
) -> None:
    """The demo of today. Its mails lie in the mailbox and lead to the live server; its files are the test's own."""
    settings.PORTAL_URL = live_server.url
    settings.EMAIL_BACKEND = "mocap_portal.demo.mailbox.EmailBackend"
    now = timezone.now()
    if kept := kept_demos.get(central_date(now)):
        laid, files = kept
        laid.restore()
    else:
        files = tmp_path_factory.mktemp("demo")
        with override_settings(MEDIA_ROOT=files):
            build(at=now)
        kept_demos[central_date(now)] = Laid(), files
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    settings.MEDIA_ROOT = tmp_path
