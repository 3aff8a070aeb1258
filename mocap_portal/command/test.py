"""`./portal test [pytest arguments]`: the tests, on a PostgreSQL and a Redis that are thrown away afterwards."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

import pytest

from mocap_portal.command import browser
from mocap_portal.command.state import (
    ROOT,
    Problem,
    build_front_end,
    forward,
    migrate,
    say,
    servers,
    throwaway,
)
from mocap_portal.foundation.embedded import DATABASE

SETTINGS = "mocap_portal.settings.test"


def main(arguments: list[str]) -> int:
    """Run pytest. With no path among the arguments that is the whole suite: first all but the journeys, then those."""
    if browser.is_required() and not browser.find():
        raise Problem("PORTAL_REQUIRE_JOURNEYS=1 asks for the journeys, but no Chromium was found.")
    os.chdir(ROOT)  # the paths among the arguments are the project's
    build_front_end()
    with throwaway("test") as state, servers(state, durable=False) as running:
        environment = state.environment(
            settings=SETTINGS, database_url=running.database_url, redis_url=running.redis_url
        )
        if running.own_database:  # every test process begins with a copy of it
            migrate(state, environment, trust_stamp=False)
            environment["TEST_DATABASE_TEMPLATE"] = DATABASE
        if any(_is_path(argument) for argument in arguments):
            return _exit_code(_pytest(arguments, environment))
        return _whole_suite(arguments, environment)


def _whole_suite(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Both halves, also when the first fails. The journeys last: whoever looks for a mistake wants the short half."""
    both_cores = ["-n", "2", "--dist", "loadgroup"]
    codes = [_pytest([*both_cores, "-m", "not journey", *arguments], environment)]
    if browser.find():
        say("now the journeys, in Chromium …")
        codes.append(_pytest([*both_cores, "-m", "journey", *arguments], environment))
    else:
        say(browser.NONE_FOUND)
    if set(codes) != {pytest.ExitCode.NO_TESTS_COLLECTED}:  # -k may name tests of one half only
        codes = [code for code in codes if code != pytest.ExitCode.NO_TESTS_COLLECTED]
    return max(map(_exit_code, codes))


def _is_path(argument: str) -> bool:
    return not argument.startswith("-") and (ROOT / argument.partition("::")[0]).exists()


def _pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    return forward([sys.executable, "-m", "pytest", "--rootdir", str(ROOT), *arguments], environment)


def _exit_code(code: int) -> int:
    """Pytest's codes as the house's: an option it does not know is wrong usage."""
    match code:
        case pytest.ExitCode.OK:
            return 0
        case pytest.ExitCode.USAGE_ERROR:
            return os.EX_USAGE
        case _:
            return 1
