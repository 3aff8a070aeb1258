"""Fixtures that more than one folder of tests uses, and what holds for every test."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from tests.worker import mail_server, start_worker

__all__ = ["mail_server", "start_worker"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test that commits begins with what the migrations laid.

    Such a test ends with all tables emptied; and it must not matter which of them ran before.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker and marker.kwargs.get("transaction"):
            item.add_marker(pytest.mark.django_db(transaction=True, serialized_rollback=True), append=False)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    """A request in Spanish leaves its language behind in the thread; the next test begins in English."""
    yield
    translation.activate(settings.LANGUAGE_CODE)
