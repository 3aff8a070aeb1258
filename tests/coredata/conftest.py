"""Whose files the tests send."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from pytest_django import Settings

from coredata.known import forget
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea

from .kit import NOW, clerk_of, walnut_fork


@pytest.fixture
def lea(db: None) -> Lea:
    return walnut_fork()


@pytest.fixture
def clerk(lea: Lea) -> Membership:
    return clerk_of(lea)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    """What one test has asked of the database is not what another finds there."""
    forget()


@pytest.fixture
def _own_media(settings: Settings, tmp_path: Path) -> None:
    """What is sent lies in a folder of this test's own."""
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def _in_june(_own_media: None) -> Iterator[None]:
    """It is the day on which June's collection is open, and October's still."""
    with time_machine.travel(NOW, tick=False):
        yield
