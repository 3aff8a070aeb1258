"""`./portal bench NAME [--json]`: run one measurement on servers of its own.

A measurement is a module of this package with `run() -> dict[str, Any]`: names and numbers, fit for JSON. Its
docstring's first line says what it measures.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from mocap_portal.command.state import Arguments, Problem, migrate, say, servers, throwaway
from mocap_portal.command.test import SETTINGS
from mocap_portal.foundation import embedded

_NO_MEASUREMENTS = {"__init__", "command", "one"}


def main(arguments: list[str]) -> int:
    """Run the measurement that is named and print what it found."""
    names = measurements()
    parser = Arguments(
        prog="./portal bench", epilog="; ".join(f"{name}: {what}" for name, what in names.items())
    )
    parser.add_argument("name", choices=sorted(names), metavar="NAME", help=", ".join(sorted(names)))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    with throwaway("bench") as state, servers(state) as running:
        environment = state.environment(
            settings=SETTINGS, database_url=running.database_url, redis_url=running.redis_url
        )
        migrate(state, environment, trust_stamp=False)
        say(f"measuring: {names[options.name]}")
        done = subprocess.run(
            [sys.executable, "-m", "mocap_portal.bench.one", options.name],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            preexec_fn=embedded.die_with_parent(),
            check=False,
        )
    if done.returncode != 0:
        raise Problem(f"the measurement {options.name} failed; what it said is above.")
    found: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(found) if options.json else _table(found))
    return 0


def measurements() -> dict[str, str]:
    """Name and first line of every measurement, without running any of their code."""
    paths = sorted(path for path in Path(__file__).parent.glob("*.py") if path.stem not in _NO_MEASUREMENTS)
    return {path.stem: _first_line(path) for path in paths}


def _first_line(path: Path) -> str:
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]


def _table(found: dict[str, Any]) -> str:
    width = max(map(len, found), default=0)
    return "\n".join(f"{name:{width}}  {value}" for name, value in found.items())
