"""An installed Chromium for the journeys: where it is, how it is started, and what happens without one.

Also a pytest plugin (see `addopts` in pyproject.toml).
"""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

NONE_FOUND = "The journeys are skipped: no Chromium was found (on Debian: apt-get install chromium)."


def find() -> str | None:
    """The path of an installed Chromium: the one named by PORTAL_CHROMIUM, else the first on PATH."""
    if named := os.environ.get("PORTAL_CHROMIUM"):
        return shutil.which(named)
    return next(filter(None, map(shutil.which, _NAMES)), None)


def is_required() -> bool:
    """Whether a missing Chromium is an error: CI says so by PORTAL_REQUIRE_JOURNEYS=1."""
    return os.environ.get("PORTAL_REQUIRE_JOURNEYS") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip the journeys where there is no Chromium."""
    if find():
        return
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.skip(reason=NONE_FOUND))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The installed Chromium, quiet: it calls nobody and works as root. Overrides pytest-playwright's fixture."""
    quiet = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--no-first-run",
        "--disable-sync",
        "--disable-component-update",
        "--disable-quic",
    ]
    return browser_type_launch_args | {"executable_path": find(), "args": quiet}
