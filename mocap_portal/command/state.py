"""The folder in which everything that `./portal` makes while running lies, and who may use it when.

.portal/
    lock            held by the one command that runs the servers on this state
    running.json    where those servers are, while a demo runs
    postgres/ redis/ media/ beat/    the state itself
    secrets/        a secret key made for this machine
    stamps/         what was already done: a hash of the migrations applied, the demo built
    logs/           one file per process, emptied at each start
    migrated/       what the migrations make of an empty database, for the next state that begins with one
    throwaway/      one folder per command that brings its own state (test, check, bench); it goes with the command
    kept/           one folder per measurement whose state takes long to fill (bench night)
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, NoReturn

from mocap_portal.foundation import embedded
from mocap_portal.foundation.ui import vendor

from .migrated import Migrated

ROOT = Path(__file__).resolve().parents[2]
KEPT = "migrated"
PACKAGES = ("mocap_portal", "providers", "enrollment", "coredata", "concerns")


class Problem(Exception):
    """Something a person must settle first. The text is one sentence for that person."""


class Arguments(argparse.ArgumentParser):
    """Ends with the house's code for wrong usage."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(os.EX_USAGE, f"{self.prog}: {message}\n")


def say(text: str) -> None:
    """Tell the person what is going on. On stderr: stdout belongs to the command's answer."""
    print(f"portal: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Running:
    """A running demo: what another command needs to join it."""

    pid: int
    address: str
    database_url: str
    redis_url: str


@dataclass(frozen=True)
class State:
    """One such folder."""

    folder: Path

    @classmethod
    def usual(cls) -> State:
        """`.portal` beside the code, or the folder named by PORTAL_STATE."""
        return cls(Path(os.environ.get("PORTAL_STATE") or ROOT / ".portal").resolve())

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    # One at a time

    @contextlib.contextmanager
    def hold(self) -> Iterator[bool]:
        """Try to become the one command that runs servers on this state; yields whether that worked.

        The lock goes with the process, however it ends, so it is never stale.
        """
        with _open_lock(self.folder / "lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def running(self) -> Running | None:
        """The demo that runs on this state; only to be asked while another command holds it."""
        try:
            return Running(**json.loads((self.folder / "running.json").read_text()))
        except (FileNotFoundError, ValueError, TypeError):  # not there, or half written
            return None

    @contextlib.contextmanager
    def announced(self, running: Running) -> Iterator[None]:
        """Let other commands find the demo for as long as the block lasts."""
        path = self.folder / "running.json"
        write_whole(path, json.dumps(asdict(running)), mode=0o600)  # DATABASE_URL may have a password in it
        try:
            yield
        finally:
            path.unlink(missing_ok=True)

    def was_killed(self) -> bool:
        """Whether the last demo ended without clearing up. Only true answers while nobody holds the state matter."""
        return (self.folder / "running.json").exists()

    def drop(self) -> None:
        """Forget everything but the lock that is held and the commands that bring their own state."""
        for path in self.folder.iterdir():
            if path.name in {"lock", "build.lock", "throwaway.lock", "throwaway", "kept", KEPT}:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    # What the portal's processes are told

    def environment(self, *, settings: str, database_url: str, redis_url: str) -> dict[str, str]:
        """The environment of every process that runs the portal on this state."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "MEDIA_ROOT": os.environ.get("MEDIA_ROOT") or str(self.folder / "media"),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self._secret_key(),
        }

    def _secret_key(self) -> str:
        path = self.folder / "secrets" / "secret_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, secrets.token_urlsafe(64), mode=0o600)
        return path.read_text()

    # What was already done

    def stamped(self, name: str, value: str) -> bool:
        """Whether `name` was last stamped with `value`."""
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "stamps" / name).read_text() == value
        return False

    def stamp(self, name: str, value: str) -> None:
        """Note that `name` is done for `value`."""
        (self.folder / "stamps").mkdir(parents=True, exist_ok=True)
        write_whole(self.folder / "stamps" / name, value)


# Servers ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Servers:
    """Where PostgreSQL and Redis are, and the processes of those that were started here."""

    database_url: str
    redis_url: str
    own_database: bool
    processes: Mapping[str, subprocess.Popen[bytes]]


@contextlib.contextmanager
def servers(state: State, *, durable: bool = True) -> Iterator[Servers]:
    """PostgreSQL and Redis on `state`; those that DATABASE_URL and REDIS_URL name are used instead of started.

    Raises EmbeddedServerError.
    """
    database_url = os.environ.get("DATABASE_URL", "")
    redis_url = os.environ.get("REDIS_URL", "")
    processes: dict[str, subprocess.Popen[bytes]] = {}
    own_database = not database_url
    with contextlib.ExitStack() as stack:
        sockets = _socket_folder(state, stack)
        if not database_url:
            server = stack.enter_context(
                embedded.postgres(
                    state.folder / "postgres",
                    sockets=sockets,
                    log=state.logs / "postgres.log",
                    durable=durable,
                )
            )
            database_url, processes["postgres"] = server.url, server.process
        if not redis_url:
            server = stack.enter_context(
                embedded.redis_server(
                    state.folder / "redis", sockets=sockets, log=state.logs / "redis.log", durable=durable
                )
            )
            redis_url, processes["redis"] = server.url, server.process
        yield Servers(database_url, redis_url, own_database, processes)


def _socket_folder(state: State, stack: contextlib.ExitStack) -> Path:
    """A folder for sockets; one that a killed command left behind goes first."""
    note = state.folder / "sockets"
    with contextlib.suppress(FileNotFoundError):
        left = Path(note.read_text())
        if left.name.startswith("portal-") and left.is_dir() and left.stat().st_uid == os.geteuid():
            shutil.rmtree(left, ignore_errors=True)
    folder = stack.enter_context(embedded.socket_folder())
    write_whole(note, str(folder))
    stack.callback(note.unlink, missing_ok=True)
    return folder


@contextlib.contextmanager
def throwaway(purpose: str) -> Iterator[State]:
    """A state of one's own that goes with the block. Several may exist at once; those of killed commands are swept."""
    folder = State.usual().folder
    parent = folder / "throwaway"
    with contextlib.ExitStack() as held:
        with waiting_lock(folder / "throwaway.lock"):  # nobody may sweep a folder that is not held yet
            parent.mkdir(exist_ok=True)
            for left in parent.iterdir():
                with State(left).hold() as nobody_uses_it:
                    if nobody_uses_it:
                        shutil.rmtree(left, ignore_errors=True)
            state = State(Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=parent)))
            held.enter_context(state.hold())
        try:
            yield state
        finally:
            shutil.rmtree(state.folder, ignore_errors=True)


# Migrations ---------------------------------------------------------------------------------------


def migrations_hash() -> str:
    """Changes whenever a migration of ours changed, what it takes from shared modules, or the packages that bring
    others."""
    digest = hashlib.sha256()
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("migrations/*.py")]
    files += (ROOT / "mocap_portal" / "foundation" / "shared").glob("*.py")
    for path in [ROOT / "requirements.lock", *sorted(files)]:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def migrate(state: State, environment: Mapping[str, str], *, trust_stamp: bool) -> None:
    """Bring the database up to date. With `trust_stamp` nothing is started when no migration changed since last time.

    Raises Problem when a migration fails.
    """
    wanted = migrations_hash()
    if trust_stamp and state.stamped("migrations", wanted):
        return
    say("bringing the database up to date …")
    kept = Migrated(ROOT / ".portal" / KEPT, wanted, environment)
    is_new = kept.is_wanted()
    if not (is_new and kept.lay()):
        run_manage(["migrate", "--no-input", "--verbosity", "1"], environment)
        if is_new:
            kept.keep()
    state.stamp("migrations", wanted)


def run_manage(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Run one of Django's commands, its words on stderr. Raises Problem when it fails."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(
        command,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    if done.returncode != 0:
        raise Problem(f"`{arguments[0]}` failed; what it said is above.")


def forward(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a program in the foreground, with our input and output; returns its exit code, or 128 and a signal's number.

    Ctrl-C reaches it directly, and it may still have something to say; our own end is its end.
    """
    process = subprocess.Popen(command, env=dict(environment), preexec_fn=embedded.die_with_parent())
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = process.wait()
    finally:
        embedded.stop(process)
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


# Front-end files ----------------------------------------------------------------------------------


def build_front_end() -> None:
    """Make `static/vendor` when it is not there or its packages changed. Raises Problem."""
    if vendor.is_current():
        return
    with waiting_lock(State.usual().folder / "build.lock"):
        if vendor.is_current():  # built by the command that held the lock
            return
        say("fetching the front-end files with npm (once per change of package-lock.json) …")
        try:
            vendor.build()
        except vendor.VendorError as error:
            raise Problem(str(error)) from error


# Files --------------------------------------------------------------------------------------------


def write_whole(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file so that a reader finds the old text or the new one, never half of it."""
    new = path.with_name(path.name + ".new")
    with open(new, "w", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(text)
    new.replace(path)


@contextlib.contextmanager
def waiting_lock(path: Path) -> Iterator[None]:
    """Hold a lock file for the block, waiting for whoever holds it."""
    with _open_lock(path) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _open_lock(path: Path) -> IO[str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.open("a")
