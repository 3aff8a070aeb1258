"""Fixtures that more than one folder of tests uses, and what holds for every test."""

from collections.abc import Iterator

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation

from tests.as_migrated import django_db_setup
from tests.worker import mail_server, start_worker

__all__ = ["django_db_setup", "mail_server", "start_worker"]

# Speed is measured, never tested: how long an example takes, or takes to be made up, says only how busy a machine is.
hypothesis.settings.register_profile(
    "portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("portal")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A request in Spanish leaves its language behind in the thread; the next test begins in English."""
    yield
    translation.activate(settings.LANGUAGE_CODE)
