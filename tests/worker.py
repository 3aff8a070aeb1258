"""A real mail server and real Celery workers, for tests of what happens between processes."""

import email
import email.message
import email.policy
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from queue import Queue

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tests.processes import PATIENCE


class MailServer:
    """Keeps what it accepted. A test may hold a mail before or after it is accepted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[email.message.EmailMessage] = []
        self.accepted: Queue[str] = Queue()  # their Message-IDs, for tests that wait for them
        self.arrived = threading.Event()
        self.hold_before = threading.Event()
        self.hold_after = threading.Event()
        self.hold_before.set()
        self.hold_after.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.arrived.set()
        if not self.hold_before.is_set():
            return "421 The server goes away before it took the mail"
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(mail)
        self.accepted.put(mail["Message-ID"])
        if not self.hold_after.is_set():
            await server.loop.run_in_executor(None, self.hold_after.wait, PATIENCE)
        return "250 OK"

    def mails_to(self, address: str) -> list[email.message.EmailMessage]:
        """What this person got, in the order in which it came."""
        return [mail for mail in self.mails if mail["To"] == address]


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    handler = MailServer(port)
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler
    handler.hold_after.set()
    controller.stop()


class Worker:
    """A Celery worker of its own process, on the database of this test."""

    def __init__(self, mail_port: int) -> None:
        database = connection.settings_dict
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "mocap_portal.settings.test",
            "DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
            "TEST_MAIL_PORT": str(mail_port),
        }
        command = [sys.executable, "-m", "celery", "-A", "mocap_portal", "worker"]
        self.process = subprocess.Popen(
            [*command, "--pool=solo", "--without-mingle", "--without-gossip", "--loglevel=INFO"],
            env=environment,
            cwd=settings.BASE_DIR,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.is_ready = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def wait_until_ready(self) -> None:
        assert self.is_ready.wait(PATIENCE), "".join(self.lines)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)
                if " ready." in line:
                    self.is_ready.set()

    def end(self, by: signal.Signals) -> None:
        self.process.send_signal(by)
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)


@pytest.fixture
def start_worker(mail_server: MailServer) -> Iterator[Callable[[], Worker]]:
    """`start_worker()`: another worker, which sends to `mail_server`."""
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(mail_server.port))
        workers[-1].wait_until_ready()
        return workers[-1]

    yield start
    for worker in workers:
        worker.end(signal.SIGKILL)


def eventually(holds: Callable[[], bool], *, otherwise: Callable[[], object] = str) -> None:
    """Waits for what another process does. Fails after PATIENCE seconds and says how it is `otherwise`."""
    deadline, pause = timezone.now().timestamp() + PATIENCE, threading.Event()
    while not holds():
        assert timezone.now().timestamp() < deadline, f"It did not happen. {otherwise()}"
        pause.wait(0.05)
