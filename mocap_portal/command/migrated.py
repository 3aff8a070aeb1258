"""What the migrations make of an empty database, as PostgreSQL writes it out: laid in seconds, not in a minute.

Kept beside the code and not in a state, because every state that is begun anew can use it:
`.portal/migrated/<settings>-<what else it depends on>.sql`.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from mocap_portal.foundation import embedded

EMPTY = "SELECT to_regclass('django_migrations') IS NULL"

# Indexes that are made over rows count them, as migrations never do: with "one organization" in its books the
# planner joins the districts of a new state by nested loops, until autovacuum comes. Uncounted, it guesses well.
UNCOUNTED = "SELECT pg_clear_relation_stats(schemaname, relname) FROM pg_stat_user_tables"


class Migrated:
    """The kept database of these migrations, settings and servers. Nothing here fails: what cannot be used is not."""

    def __init__(self, folder: Path, migrations: str, environment: Mapping[str, str]) -> None:
        self.url, self.bin = environment["DATABASE_URL"], embedded.postgres_bin()
        self.settings = environment["DJANGO_SETTINGS_MODULE"].rpartition(".")[-1]
        depends_on = hashlib.sha256(f"{migrations}\0{self.bin}".encode())
        self.path = folder / f"{self.settings}-{depends_on.hexdigest()}.sql"

    def is_wanted(self) -> bool:
        """Whether the database is empty, and the programs that write and read one are there."""
        found = self._run("psql", "--tuples-only", "--no-align", "--command", EMPTY)
        return found == "t\n" and os.access(self.bin / "pg_dump", os.X_OK)

    def lay(self) -> bool:
        """Make the empty database the kept one, wholly or not at all; whether that was done."""
        if not self.path.exists():
            return False
        quietly = ("--quiet", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--output", os.devnull)
        return self._run("psql", *quietly, "--file", str(self.path), "--command", UNCOUNTED) is not None

    def keep(self) -> None:
        """Write the database out for the next state. Those of other migrations go."""
        new = self.path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._run("pg_dump", "--file", str(new)) is not None:
                new.replace(self.path)
                for other in self.path.parent.glob(f"{self.settings}-*.sql"):
                    if other != self.path:
                        other.unlink(missing_ok=True)

    def _run(self, program: str, *arguments: str) -> str | None:
        """What it printed; None when it failed or is not there."""
        try:
            done = subprocess.run(
                [self.bin / program, *arguments, "--no-password", self.url],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                preexec_fn=embedded.die_with_parent(),
                check=False,
            )
        except OSError:
            return None
        return done.stdout if done.returncode == 0 else None
