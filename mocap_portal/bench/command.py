"""`./portal bench NAME [--json]`: run one measurement on servers of its own.

A measurement is a module or package beside this one with `run(…) -> dict[str, Any]`: names and numbers, fit for JSON;
a list of such dicts is printed as a table. Its docstring's first line says what it measures. Each keyword-only
argument of `run` with a whole number as default is an option: `per_second: int = 100` becomes `--per-second N`.
A module with `KEEPS_STATE = True` fills its database once for the same options: it stays in the state folder (`kept`).
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mocap_portal.command.state import Arguments, Problem, State, migrate, say, servers, throwaway
from mocap_portal.foundation import embedded

SETTINGS = "mocap_portal.settings.bench"


@dataclass(frozen=True)
class Measurement:
    """What there is to run: its first line, and its options with their defaults."""

    what: str
    options: dict[str, int]
    keeps_state: bool = False


def main(arguments: list[str]) -> int:
    """Run the measurement that is named and print what it found."""
    known = measurements()
    options = _parser(known).parse_args(arguments)
    told = dict(vars(options))
    name, as_json, what = told.pop("name"), told.pop("json"), told.pop("what")
    own = kept(name, told) if known[name].keeps_state else throwaway("bench")
    with own as state, servers(state) as running:
        environment = state.environment(
            settings=SETTINGS, database_url=running.database_url, redis_url=running.redis_url
        )
        migrate(state, environment, trust_stamp=False)
        say(f"measuring: {what}")
        done = subprocess.run(
            [sys.executable, "-m", "mocap_portal.bench.one", name, json.dumps(told)],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            preexec_fn=embedded.die_with_parent(),
            check=False,
        )
    if done.returncode != 0:
        raise Problem(f"the measurement {name} failed; what it said is above.")
    found: dict[str, Any] = json.loads(done.stdout)
    print(json.dumps(found) if as_json else as_text(found))
    return 0


@contextlib.contextmanager
def kept(name: str, options: Mapping[str, int]) -> Iterator[State]:
    """The state of a measurement with these options, as it was left. Raises Problem while another one uses it."""
    folder = "-".join([name, *map(str, options.values())])
    state = State(State.usual().folder / "kept" / folder)
    with state.hold() as nobody_uses_it:
        if not nobody_uses_it:
            raise Problem(f"the same measurement is running on {state.folder}.")
        yield state


def measurements() -> dict[str, Measurement]:
    """Every measurement by name, without running any of their code."""
    here = Path(__file__).parent
    found = {}
    for path in sorted([*here.glob("*.py"), *here.glob("*/__init__.py")]):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and node.name == "run":
                name = path.parent.name if path.stem == "__init__" else path.stem
                what = (ast.get_docstring(module) or "").partition("\n")[0]
                found[name] = Measurement(what, _options(node), _keeps_state(module))
    return found


def _options(run: ast.FunctionDef) -> dict[str, int]:
    defaults = zip(run.args.kwonlyargs, run.args.kw_defaults, strict=True)
    return {argument.arg: ast.literal_eval(value) for argument, value in defaults if value is not None}


def _keeps_state(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assign) and ast.unparse(node) == "KEEPS_STATE = True" for node in module.body
    )


def _parser(known: dict[str, Measurement]) -> argparse.ArgumentParser:
    listed = "\n".join(f"  {name:10}  {measurement.what}" for name, measurement in known.items())
    parser = Arguments(
        prog="./portal bench",
        usage=f"./portal bench {{{','.join(known)}}} [options] [--json]",
        epilog=f"measurements:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = parser.add_subparsers(dest="name", metavar="NAME", required=True, help=argparse.SUPPRESS)
    for name, measurement in known.items():
        one = names.add_parser(name, prog=f"./portal bench {name}", description=measurement.what)
        one.set_defaults(what=measurement.what)
        one.add_argument("--json", action="store_true", help="print one JSON object")
        for option, default in measurement.options.items():
            one.add_argument(
                f"--{option.replace('_', '-')}",
                type=_count,
                default=default,
                metavar="N",
                help=f"{default} unless told",
            )
    return parser


def _count(text: str) -> int:
    """A whole number above zero. Raises ValueError, which argparse tells as wrong usage."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def as_text(found: dict[str, Any]) -> str:
    """What a measurement found, for a person: a line for each number, a table for each list of rows."""
    tables = {name: value for name, value in found.items() if isinstance(value, list)}
    numbers = {name: value for name, value in found.items() if name not in tables}
    width = max(map(len, numbers), default=0)
    lines = [f"{name:{width}}  {value}" for name, value in numbers.items()]
    return "\n".join([*lines, *(line for rows in tables.values() for line in _table(rows))])


def _table(rows: list[dict[str, Any]]) -> list[str]:
    """The rows under the names of their columns: words to the left, numbers to the right."""
    columns = list(rows[0]) if rows else []
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in columns}
    head = {name: name for name in columns}
    return [
        "  ".join(
            f"{line[name]:<{widths[name]}}"
            if isinstance(rows[0][name], str)
            else f"{line[name]:>{widths[name]}}"
            for name in columns
        ).rstrip()
        for line in [head, *rows]
    ]
