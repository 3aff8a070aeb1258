"""`./portal manage …`: Django's commands on the running demo, or on its state with servers for the duration."""

from __future__ import annotations

import os
import sys
import time

from mocap_portal.command.state import ROOT, State, forward, migrate, say, servers

_SETTINGS = "mocap_portal.settings.demo"


def main(arguments: list[str]) -> int:
    """Run `manage.py` with these arguments; returns its exit code.

    With DATABASE_URL and REDIS_URL set nothing is started and nothing migrated: the database is its owner's affair.
    """
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or _SETTINGS
    state = State.usual()
    if (database_url := os.environ.get("DATABASE_URL")) and (redis_url := os.environ.get("REDIS_URL")):
        return forward(
            command, state.environment(settings=settings, database_url=database_url, redis_url=redis_url)
        )
    waiting = False
    while True:
        with state.hold() as ours:
            if ours:
                with servers(state) as own:
                    environment = state.environment(
                        settings=settings, database_url=own.database_url, redis_url=own.redis_url
                    )
                    migrate(state, environment, trust_stamp=own.own_database)
                    return forward(command, environment)
            if running := state.running():
                environment = state.environment(
                    settings=settings, database_url=running.database_url, redis_url=running.redis_url
                )
                return forward(command, environment | {"PORTAL_URL": running.address})
        if not waiting:
            say("waiting for another ./portal command that is using the same state …")
            waiting = True
        time.sleep(0.2)
