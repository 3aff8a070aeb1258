"""Whose files the tests send."""

import pytest

from coredata.known import forget
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea

from .kit import clerk_of, walnut_fork


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
