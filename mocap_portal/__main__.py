"""What the script `portal` hands over to: one command, its arguments, an exit code.

0 clean, 1 problems found, 2 unreadable input, 64 wrong usage.
"""

from __future__ import annotations

import importlib
import signal
import sys

from mocap_portal.command.state import Problem, say
from mocap_portal.foundation.embedded import EmbeddedServerError

USAGE = """usage: ./portal COMMAND

  demo [--port N] [--fresh]      run the demo until Ctrl-C; --fresh begins with an empty state
  test [pytest arguments]        run the tests on servers of their own
  check [--write-rules]          lint, types, contracts, rules without tests
  bench NAME [--json]            measure something; without NAME, list what there is
  manage …                       Django's commands, on the running demo or on its state
"""

# Each module has main(arguments: list[str]) -> int.
COMMANDS = {
    "demo": "mocap_portal.demo.serve",
    "test": "mocap_portal.command.test",
    "check": "mocap_portal.command.check",
    "bench": "mocap_portal.bench.command",
    "manage": "mocap_portal.command.manage",
}

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """Run the command that the first argument names."""
    match arguments:
        case ["--help" | "-h" | "help"]:
            print(USAGE, end="")
            return 0
        case [name, *rest] if name in COMMANDS:
            for number in _STOPPING:
                signal.signal(number, _stop)
            try:
                return int(importlib.import_module(COMMANDS[name]).main(rest))
            except (Problem, EmbeddedServerError) as problem:
                say(str(problem))
                return 1
        case _:
            print(USAGE, end="", file=sys.stderr)
            return 64


def _stop(number: int, _frame: object) -> None:
    """Leave by an exception, so that every `finally` on the way out stops what it started; once is enough."""
    for other in _STOPPING:
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
