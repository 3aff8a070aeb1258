"""`./portal check`: everything that can be said about the code without running it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mocap_portal.command import rules
from mocap_portal.command.state import PACKAGES, ROOT, Arguments, Problem, servers, throwaway
from mocap_portal.command.test import SETTINGS
from mocap_portal.foundation import embedded
from mocap_portal.foundation.shared.rules import InvalidRules

_LOCK_FILES = ("requirements.lock", "requirements-dev.lock", "package-lock.json")


@dataclass(frozen=True)
class Check:
    """One line of the answer. `run` returns what is wrong, as text; nothing when all is well."""

    name: str
    run: Callable[[], str]


def main(arguments: list[str]) -> int:
    """Run every check, also after one failed. Returns 1 when any did."""
    parser = Arguments(prog="./portal check")
    parser.add_argument("--write-rules", action="store_true", help="only write docs/rules.md")
    options = parser.parse_args(arguments)
    if options.write_rules:
        try:
            rules.write()
        except InvalidRules as error:
            raise Problem(str(error)) from error
        return 0
    return 1 if [check.name for check in _checks() if not _passes(check)] else 0


def _passes(check: Check) -> bool:
    start = time.monotonic()
    trouble = check.run()
    seconds = time.monotonic() - start
    print(f"{'FAILED' if trouble else 'ok':6}  {check.name:32} {seconds:6.1f} s", flush=True)
    if trouble:
        print(trouble.rstrip() + "\n", flush=True)
    return not trouble


def _checks() -> list[Check]:
    return [
        Check("ruff check", lambda: _tool("ruff", "check", "--output-format=concise", ".")),
        Check("ruff format", lambda: _tool("ruff", "format", "--check", "--output-format=concise", ".")),
        Check("templates (djade)", lambda: _tool("djade", "--check", *map(str, _templates()))),
        Check("import contracts", lambda: _tool("lint-imports", "--no-cache")),
        Check("types (mypy)", lambda: _tool("mypy")),
        Check("migrations", _migrations),
        Check("lock files", lambda: "\n".join(lock_file_problems(ROOT))),
        Check("rules and their tests", lambda: "\n".join(rules.problems(ROOT))),
    ]


def _tool(name: str, *arguments: str) -> str:
    """Run a tool of the virtual environment; its words when it is not content."""
    program = shutil.which(name, path=str(Path(sys.executable).parent))
    if program is None:
        return f"{name} is not installed in .venv."
    return _words([program, *arguments], dict(os.environ))


def _words(command: list[str], environment: dict[str, str]) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout or f"exit code {done.returncode}"


def _templates() -> Iterator[Path]:
    for folder in ("templates", *PACKAGES):
        yield from sorted((ROOT / folder).rglob("*.html"))


def _migrations() -> str:
    """Whether every change of a model has its migration. Django compares with a real database's history."""
    with throwaway("check") as state, servers(state, durable=False) as running:
        environment = state.environment(
            settings=SETTINGS, database_url=running.database_url, redis_url=running.redis_url
        )
        return _words([sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"], environment)


def lock_file_problems(root: Path) -> list[str]:
    """One sentence per lock file that is missing, names an address, or pins a package without a hash.

    A lock file without addresses installs from whatever index the machine uses.
    """
    found = []
    for name in _LOCK_FILES:
        path = root / name
        if not path.exists():
            found.append(f"{name} is missing.")
            continue
        text = path.read_text(encoding="utf-8")
        found += [
            f"{name}:{number} names an address."
            for number, line in enumerate(text.splitlines(), 1)
            if "://" in line
        ]
        if name.endswith(".lock") and text.count("\n    --hash=") < text.count("=="):
            found.append(f"{name} pins a package without a hash.")
    return found
