"""One measurement in a process of its own: `python -m mocap_portal.bench.one NAME OPTIONS` prints what it found.

OPTIONS are the keyword arguments of its `run`, as a JSON object; what it found is JSON too.
"""

from __future__ import annotations

import importlib
import json
import sys

import django

from mocap_portal.command.state import Problem, say

if __name__ == "__main__":
    name, options = sys.argv[1:]
    django.setup()
    try:
        found = importlib.import_module(f"mocap_portal.bench.{name}").run(**json.loads(options))
    except Problem as problem:
        say(str(problem))
        sys.exit(1)
    print(json.dumps(found))
