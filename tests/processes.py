"""What runs on this machine, for tests that must leave nothing running (Linux)."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

# Seconds until a test gives up waiting for another process or thread; none waits that long when all is well.
PATIENCE = 120


def running_on(folder: Path) -> list[str]:
    """The names of live processes that work in `folder`, or were told of it by an argument or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            told += bytes((process / "cwd").readlink())  # Redis overwrites the other two
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            name = (process / "comm").read_text().strip()
        except OSError:  # it ended while we looked, or is none of ours
            continue
        if str(folder).encode() in told and state != "Z":
            found.append(name)
    return sorted(found)


def pids_told(argument: bytes) -> list[int]:
    """The live processes among whose arguments, which a zero byte parts, this stands."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended while we looked
            if argument in (process / "cmdline").read_bytes():
                found.append(int(process.name))
    return found


def eventually(is_true: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
    """Ask until it is true or the time is over."""
    give_up = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.02)
    return True
