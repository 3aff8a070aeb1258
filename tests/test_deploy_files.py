"""Files and settings that only a deployment uses: they are read, resolved and refused here, since no test deploys."""

import json
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml
from django.urls import resolve

from mocap_portal.command.check import lock_file_problems
from mocap_portal.settings.logs import logging_config

ROOT = Path(__file__).resolve().parents[1]

DEPLOYED = {
    "DJANGO_SETTINGS_MODULE": "mocap_portal.settings.production",
    "SECRET_KEY": "kq7Zw2-R9xVbN4sLtYpE8uJdHc3FmAg6oTiXy1Dz5nBvQrWe0_SjKfUlPh",
    "ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_URL": "portal.example.org",
    "POSTGRES_PASSWORD": "example",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Django's as a deployment would; an empty value takes a variable away."""
    kept = {name: os.environ[name] for name in ("PATH", "DATABASE_URL", "REDIS_URL") if name in os.environ}
    told = {name: value for name, value in (DEPLOYED | environment).items() if value}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | told,
        capture_output=True,
        text=True,
        check=False,
    )


# docker-compose.yml -------------------------------------------------------------------------------


def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return content


def test_compose_has_every_part_of_production() -> None:
    assert set(compose()["services"]) == {"database", "redis", "mail", "migrate", "web", "worker", "beat"}


def test_every_service_that_stays_says_when_it_is_healthy() -> None:
    services = compose()["services"]
    assert {name for name, service in services.items() if "healthcheck" not in service} == {"migrate"}


def test_the_web_server_is_asked_where_it_answers() -> None:
    program = " ".join(compose()["services"]["web"]["healthcheck"]["test"])
    address = next(word.strip('",') for word in program.split() if "/health/" in word)
    assert resolve(address.partition(":8000")[2]).url_name == "health_live"


def test_the_portals_processes_wait_for_the_servers_and_the_migrations() -> None:
    services = compose()["services"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"] == {
            "database": {"condition": "service_healthy"},
            "redis": {"condition": "service_healthy"},
            "migrate": {"condition": "service_completed_successfully"},
        }


def test_compose_carries_no_secret() -> None:
    environment = compose()["services"]["web"]["environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert ":${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]


def test_the_databases_log_quotes_no_row() -> None:
    command = compose()["services"]["database"]["command"]
    assert {"log_error_verbosity=terse", "log_min_error_statement=panic"} <= set(command)


@pytest.mark.skipif(shutil.which("docker-compose") is None, reason="docker-compose is not installed")
@pytest.mark.parametrize("missing", ["", "SECRET_KEY", "ALLOWED_HOSTS", "POSTGRES_PASSWORD"])
def test_compose_resolves_only_when_every_secret_is_given(missing: str) -> None:
    done = subprocess.run(
        ["docker-compose", "-f", "docker-compose.yml", "config"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]}
        | {name: value for name, value in DEPLOYED.items() if name != missing},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode == 0) == (missing == ""), done.stderr
    assert not missing or missing in done.stderr


# Dockerfile ---------------------------------------------------------------------------------------


def test_the_image_runs_as_an_ordinary_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER portal"]
    assert lines.index("USER portal") < next(n for n, line in enumerate(lines) if line.startswith("CMD "))


def test_everything_the_image_copies_is_let_through() -> None:
    let_through = set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    for name in (
        "manage.py",
        "mocap_portal",
        "providers",
        "enrollment",
        "coredata",
        "concerns",
        "static",
        "templates",
    ):
        assert f"!{name}" in let_through
        assert (ROOT / name).exists()


# Lock files ---------------------------------------------------------------------------------------


def test_lock_files_name_no_address_and_every_hash() -> None:
    assert lock_file_problems(ROOT) == []


def test_a_lock_file_with_an_address_or_without_a_hash_is_found(tmp_path: Path) -> None:
    (tmp_path / "requirements.lock").write_text("a==1 \\\n    --hash=sha256:00\n")
    (tmp_path / "requirements-dev.lock").write_text("a==1\n")
    (tmp_path / "package-lock.json").write_text('{\n  "resolved": "https://registry.example/a.tgz"\n}\n')
    assert lock_file_problems(tmp_path) == [
        "requirements-dev.lock pins a package without a hash.",
        "package-lock.json:2 names an address.",
    ]


# .ci/run ------------------------------------------------------------------------------------------


def run_ci(folder: Path, *, chromium: bool, check: int = 0, test: int = 0) -> tuple[int, list[str]]:
    """Run .ci/run with stand-ins for ./portal and apt-get: its exit code, and what it called."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci")
    calls = folder / "calls"
    note = f'#!/bin/sh\necho "$(basename "$0") $* ${{PORTAL_REQUIRE_JOURNEYS:-}}" >> {calls}\n'
    programs = {
        folder / "portal": note + f'case "$1" in check) exit {check};; test) exit {test};; esac\n',
        folder / "bin" / "apt-get": note,
        folder / "bin" / "sudo": '#!/bin/sh\nexec "$@"\n',
    }
    if chromium:
        programs[folder / "bin" / "chromium"] = note
    (folder / "bin").mkdir()
    for name in ("sh", "env", "id", "dirname", "basename"):
        (folder / "bin" / name).symlink_to(str(shutil.which(name)))
    for path, text in programs.items():
        path.write_text(text)
        path.chmod(0o755)
    done = subprocess.run([str(folder / ".ci" / "run")], env={"PATH": str(folder / "bin")}, check=False)
    return done.returncode, [line.strip() for line in calls.read_text().splitlines()]


def test_ci_installs_chromium_where_there_is_none(tmp_path: Path) -> None:
    assert run_ci(tmp_path, chromium=False) == (
        0,
        [
            "apt-get update --quiet",
            "apt-get install --quiet --yes --no-install-recommends chromium",
            "portal check",
            "portal test 1",
        ],
    )


@pytest.mark.parametrize(("check", "test", "code"), [(0, 0, 0), (1, 0, 1), (0, 1, 1)])
def test_ci_runs_both_and_passes_only_when_both_do(tmp_path: Path, check: int, test: int, code: int) -> None:
    assert run_ci(tmp_path, chromium=True, check=check, test=test) == (
        code,
        ["portal check", "portal test 1"],
    )


# settings/production.py ---------------------------------------------------------------------------


def test_production_passes_djangos_own_deployment_check() -> None:
    done = manage("check", "--deploy", "--fail-level", "WARNING")
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        done.stderr
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is missing, short or a default"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is missing, short or a default"),
        (
            {"SECRET_KEY": "django-insecure-" + DEPLOYED["SECRET_KEY"]},
            "SECRET_KEY is missing, short or a default",
        ),
        ({"SECRET_KEY": "x" * 64}, "SECRET_KEY is missing, short or a default"),
        ({"DEBUG": "1"}, "DEBUG is on"),
        ({"DEMO": "true"}, "The demo's one-click people are switched on"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS is missing or open to all"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is missing or open to all"),
    ],
)
def test_production_refuses_what_must_never_be_public(environment: dict[str, str], sentence: str) -> None:
    done = manage("check", **environment)
    assert done.returncode != 0
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {sentence}")


def test_without_a_word_about_settings_they_are_those_of_production() -> None:
    """Who forgets to name them must not open the demo's doors to everybody."""
    show = "from django.conf import settings as s; print(s.DEMO, s.SECURE_SSL_REDIRECT)"
    for module in ("wsgi", "celery"):
        done = manage(
            "shell",
            "--no-imports",
            "-v0",
            "-c",
            f"import mocap_portal.{module}; {show}",
            DJANGO_SETTINGS_MODULE="",
        )
        assert done.stdout == "False True\n", done.stderr


def test_a_web_server_has_loaded_every_page_before_the_first_visitor_and_collects_none_of_it() -> None:
    show = "import gc, sys; print('concerns.views.writing' in sys.modules, gc.get_freeze_count() > 100_000)"
    alone = "import mocap_portal.wsgi; " + show
    done = subprocess.run(
        [sys.executable, "-c", alone],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "mocap_portal.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True True\n", done.stderr


def test_https_is_believed_only_from_the_header_the_operator_names() -> None:
    show = (
        "shell",
        "--no-imports",
        "-v0",
        "-c",
        "from django.conf import settings as s; print(s.SECURE_PROXY_SSL_HEADER)",
    )
    assert manage(*show).stdout == "None\n"
    told = manage(*show, TRUSTED_PROXY_HEADER="X-Forwarded-Proto")
    assert told.stdout == "('HTTP_X_FORWARDED_PROTO', 'https')\n"


# Production's log ---------------------------------------------------------------------------------


@pytest.fixture
def formatter() -> logging.Formatter:
    settings = dict(logging_config()["formatters"]["json"])
    made: logging.Formatter = settings.pop("()")(**settings)
    return made


def record(message: str, *arguments: object, error: Exception | None = None) -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("some.library", logging.ERROR, __file__, 1, message, arguments, info)


def test_an_error_is_logged_without_its_sentence(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("Key (mosis_id)=(1234567890) exists")
    except ValueError as error:
        line = formatter.format(record("could not save: %s", error, error=error))
    said = json.loads(line)
    assert "1234567890" not in line
    assert (said["event"], said["error"], said["level"]) == (
        "could not save: %s",
        "builtins.ValueError",
        "error",
    )
    assert [place.rpartition(" ")[2] for place in said["places"]] == [
        "test_an_error_is_logged_without_its_sentence"
    ]


def test_a_refused_form_is_logged_without_the_key_in_its_address(formatter: logging.Formatter) -> None:
    line = formatter.format(record("Forbidden (%s): %s", "no token", "/accounts/confirm-email/Mg:1abc-XYZ/"))
    assert json.loads(line)["event"] == "Forbidden (no token): /accounts/confirm-email/…/"


def test_a_request_is_logged_without_its_query_its_person_and_its_address(
    formatter: logging.Formatter,
) -> None:
    event: Any = {
        "event": "request_finished",
        "request": "GET /requests/?q=Jane+Doe",
        "code": 200,
        "user_id": 7,
        "ip": "192.0.2.1",
        "logger": "django_structlog",
        "level": "info",
    }
    wrapped, _ = structlog.stdlib.ProcessorFormatter.wrap_for_formatter(logging.getLogger(), "info", event)
    entry = record("")
    entry.msg = wrapped[0]
    entry.__dict__ |= {"_logger": logging.getLogger(), "_name": "info"}
    assert json.loads(formatter.format(entry)) == {
        "event": "request_finished",
        "request": "GET /requests/",
        "code": 200,
        "logger": "django_structlog",
        "level": "info",
    }
