"""`./portal` as a person types it: real processes on a state of their own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.processes import PATIENCE, eventually, pids_told, running_on

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.xdist_group("portal")  # one process, so that the state is built once


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder that was migrated and built once; every test leaves it without a running process."""
    folder = tmp_path_factory.mktemp("state")
    yield folder
    assert running_on(folder) == []


def environment(state: Path, **more: str) -> dict[str, str]:
    """This machine's, without the servers that the tests themselves run on."""
    taken_away = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "MEDIA_ROOT"}
    kept = {name: value for name, value in os.environ.items() if name not in taken_away}
    return kept | {"PORTAL_STATE": str(state)} | more


def portal(state: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["./portal", *arguments],
        cwd=ROOT,
        env=environment(state, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE * 5,  # the first of them lays the whole database
        check=False,
    )


def free_port() -> int:
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        port: int = attempt.getsockname()[1]
    return port


class Demo:
    """A running `./portal demo`."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        with (state / "demo.err").open("wb") as errors:
            self.process = subprocess.Popen(
                ["./portal", "demo", "--port", str(self.port)],
                cwd=ROOT,
                env=environment(state),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self.process.stdout is not None
        first_line = self.process.stdout.readline()
        if first_line != f"Ready: http://localhost:{self.port}\n":
            self.end(signal.SIGTERM)
            pytest.fail(f"The demo did not start: {self.said()}")

    def said(self) -> str:
        """What it printed on stderr so far."""
        return (self.state / "demo.err").read_text()

    def status(self, path: str) -> int:
        """The status that the web server answers with."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def end(self, by: signal.Signals) -> tuple[int, str]:
        """Stop it; its exit code and the rest of what it printed."""
        self.process.send_signal(by)
        printed, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, printed


class Keeper:
    """Keeps one demo running for all tests that only look at it, and starts another after one that ended it."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.demo: Demo | None = None

    def running(self) -> Demo:
        if self.demo is None or self.demo.process.poll() is not None:
            self.stop()
            self.demo = Demo(self.state)
        return self.demo

    def stop(self) -> None:
        if self.demo is not None:
            if self.demo.process.poll() is None:
                self.demo.end(signal.SIGTERM)
            self.demo.process.communicate()
            self.demo = None


@pytest.fixture(scope="module")
def keeper(state: Path) -> Iterator[Keeper]:
    keeper = Keeper(state)
    yield keeper
    keeper.stop()


@pytest.fixture
def demo(keeper: Keeper) -> Demo:
    return keeper.running()


@pytest.fixture
def idle(keeper: Keeper) -> Path:
    """The same state while no demo runs on it."""
    keeper.stop()
    return keeper.state


# ./portal demo ------------------------------------------------------------------------------------


def test_the_demo_serves_pages_and_their_looks(demo: Demo) -> None:
    assert demo.status("/accounts/login/") == 200
    assert demo.status("/static/vendor/uswds/css/uswds.min.css") == 200
    assert demo.status("/no-such-page/") in {302, 404}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_ends_cleanly_and_leaves_nothing(demo: Demo, how: signal.Signals) -> None:
    running = running_on(demo.state)
    assert {name for name in running if name.startswith("postgres")} != set()
    assert "redis-server" in running
    sockets = Path((demo.state / "sockets").read_text())
    assert sockets.is_dir()
    code, _ = demo.end(how)
    assert code == 0, demo.said()
    assert running_on(demo.state) == []
    assert not sockets.exists()
    assert not (demo.state / "running.json").exists()


def test_a_demo_that_was_killed_leaves_nothing_and_the_next_starts_at_once(demo: Demo) -> None:
    code, _ = demo.end(signal.SIGKILL)
    assert code == -signal.SIGKILL
    left = Path((demo.state / "sockets").read_text())
    assert eventually(lambda: running_on(demo.state) == []), running_on(demo.state)
    again = Demo(demo.state)
    try:
        assert again.said().splitlines() == [
            "portal: starting PostgreSQL and Redis …",
            "portal: starting the web server, the worker and beat …",
        ]
        assert again.status("/accounts/login/") == 200
        assert not left.exists()
    finally:
        assert again.end(signal.SIGTERM)[0] == 0


def test_a_second_demo_says_that_one_runs_and_where(demo: Demo) -> None:
    second = portal(demo.state, "demo", "--port", str(free_port()))
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith(
        f"portal: a demo already runs at http://localhost:{demo.port} (process {demo.process.pid})."
    )


def test_a_second_demo_does_not_disturb_the_first(demo: Demo) -> None:
    portal(demo.state, "demo", "--fresh")
    assert demo.status("/accounts/login/") == 200


def test_a_service_that_dies_ends_the_demo_with_its_last_words(demo: Demo) -> None:
    (beat,) = pids_told(b"beat\0--schedule\0" + str(demo.state).encode())
    os.kill(beat, signal.SIGTERM)
    assert demo.process.wait(PATIENCE) == 1
    assert f"beat ended by itself. The end of {demo.state}/logs/beat.log:" in demo.said()
    assert running_on(demo.state) == []


def test_a_port_in_use_is_named_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = portal(tmp_path, "demo", "--port", str(port))
    assert refused.returncode == 1
    assert (
        refused.stderr
        == f"portal: port {port} is used by another program. Choose one: ./portal demo --port {port + 1}\n"
    )
    assert not (tmp_path / "postgres").exists()


def test_fresh_does_not_touch_a_database_that_is_not_ours(tmp_path: Path) -> None:
    refused = portal(
        tmp_path, "demo", "--fresh", "--port", str(free_port()), DATABASE_URL="postgresql:///theirs"
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("portal: --fresh does not empty the database that DATABASE_URL names.")


# ./portal manage ----------------------------------------------------------------------------------

_WHERE = "from django.db import connection; print(connection.settings_dict['HOST'])"


def test_manage_joins_the_running_demo(demo: Demo) -> None:
    done = portal(demo.state, "manage", "shell", "-v0", "-c", _WHERE)
    assert (done.returncode, done.stdout, done.stderr) == (0, (demo.state / "sockets").read_text() + "\n", "")


def test_only_its_owner_reads_where_the_database_is(demo: Demo) -> None:
    assert (demo.state / "running.json").stat().st_mode & 0o777 == 0o600  # its address may hold a password


def test_manage_starts_and_stops_servers_when_no_demo_runs(idle: Path) -> None:
    done = portal(
        idle,
        "manage",
        "shell",
        "-v0",
        "-c",
        "from django.contrib.auth import get_user_model as u; print(u().objects.exists())",
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout in {"True\n", "False\n"}
    assert running_on(idle) == []


def test_manage_hands_on_the_exit_code(idle: Path) -> None:
    assert portal(idle, "manage", "shell", "-v0", "-c", "raise SystemExit(2)").returncode == 2


def test_progress_goes_to_stderr(idle: Path) -> None:
    """Migrating says much; the command's answer stands alone."""
    shutil.rmtree(idle / "stamps", ignore_errors=True)
    done = portal(idle, "manage", "shell", "-v0", "-c", "print('{}')")
    assert done.stdout == "{}\n"
    assert "bringing the database up to date" in done.stderr


def test_manage_uses_the_servers_it_is_told_of(tmp_path: Path) -> None:
    done = portal(
        tmp_path,
        "manage",
        "shell",
        "-v0",
        "-c",
        _WHERE,
        DATABASE_URL="postgresql:///theirs",
        REDIS_URL="redis://theirs",
    )
    assert (done.returncode, done.stdout) == (0, "\n")
    assert not (tmp_path / "postgres").exists()


# Usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("dance",),
        ("demo", "--wrong"),
        ("demo", "--port", "x"),
        ("check", "--wrong"),
        ("bench",),
        ("bench", "none"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = portal(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr.startswith("usage: ./portal")


def test_help(tmp_path: Path) -> None:
    done = portal(tmp_path, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()[2:]] == [
        "demo",
        "test",
        "check",
        "bench",
        "manage",
    ]


# ./portal test ------------------------------------------------------------------------------------


def test_journeys_that_are_required_do_not_run_without_a_browser(tmp_path: Path) -> None:
    done = portal(tmp_path, "test", PORTAL_REQUIRE_JOURNEYS="1", PORTAL_CHROMIUM="/no/such/browser")
    assert (done.returncode, done.stdout) == (1, "")
    assert (
        done.stderr == "portal: PORTAL_REQUIRE_JOURNEYS=1 asks for the journeys, but no Chromium was found.\n"
    )


def test_the_tests_run_on_servers_of_their_own_that_leave_nothing(tmp_path: Path) -> None:
    done = portal(tmp_path, "test", "tests/foundation/test_rules.py", "-q", PORTAL_REQUIRE_JOURNEYS="")
    assert done.returncode == 0, done.stdout
    assert running_on(tmp_path) == []
    assert list((tmp_path / "throwaway").iterdir()) == []


def test_what_a_killed_run_left_is_swept_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / "throwaway" / "test-killed"
    left.mkdir(parents=True)
    portal(tmp_path, "test", "tests/foundation/test_rules.py", "-q")
    assert not left.exists()


# The script that builds .venv ---------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The script beside a lock file without packages and a stand-in for the portal, so that nothing is fetched."""
    shutil.copy(ROOT / "portal", tmp_path)
    (tmp_path / "requirements-dev.lock").write_text("# nothing\n")
    (tmp_path / "mocap_portal").mkdir()
    (tmp_path / "mocap_portal" / "__init__.py").touch()
    (tmp_path / "mocap_portal" / "__main__.py").write_text(
        "import json, os, sys\nprint(json.dumps([sys.argv[1:], sys.prefix, os.getcwd()]))\n"
    )
    return tmp_path


def without_uv() -> str:
    """PATH as on a machine without uv."""
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not (Path(folder) / "uv").exists())


def run_script(project: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(project / "portal"), *arguments],
        cwd=project.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more,
        capture_output=True,
        text=True,
        check=False,
    )


def builders() -> Mapping[str, str]:
    paths = {"pip": without_uv()}
    if shutil.which("uv"):
        paths["uv"] = os.environ["PATH"]
    return paths


@pytest.mark.parametrize("builder", builders())
def test_the_script_builds_once_and_again_when_the_lock_file_changed(project: Path, builder: str) -> None:
    path = builders()[builder]
    first = run_script(project, "a", "b c", PATH=path)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout) == [["a", "b c"], str(project / ".venv"), str(project.parent)]
    assert f"installing Python packages into .venv with {builder}" in first.stderr

    assert run_script(project, PATH=path).stderr == ""

    (project / "requirements-dev.lock").write_text("# still nothing\n")
    assert "installing Python packages" in run_script(project, PATH=path).stderr


@pytest.mark.parametrize("builder", builders())
def test_a_build_that_failed_is_tried_again(project: Path, builder: str) -> None:
    lock = project / "requirements-dev.lock"
    lock.write_text("no-hash==1.0\n")  # refused before anything is looked up
    assert run_script(project, PATH=builders()[builder]).returncode != 0
    assert run_script(project, PATH=builders()[builder]).returncode != 0
    lock.write_text("# nothing\n")
    assert run_script(project, PATH=builders()[builder]).returncode == 0


def test_a_machine_without_python_is_told_what_to_do(project: Path) -> None:
    done = run_script(project, PORTAL_PYTHON="/no/such/python")
    assert done.returncode == 1
    assert done.stderr.startswith("portal: no Python 3.11 or newer was found.")
    assert done.stdout == ""
