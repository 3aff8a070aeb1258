"""One measurement in a process of its own: `python -m mocap_portal.bench.one NAME` prints what it found as JSON."""

from __future__ import annotations

import importlib
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    print(json.dumps(importlib.import_module(f"mocap_portal.bench.{sys.argv[1]}").run()))
