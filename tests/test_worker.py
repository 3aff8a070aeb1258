"""The outbox with a real worker, a real broker and a real mail server: told once, whoever is killed when."""

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
from django.db import connection, transaction
from django.utils import timezone

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import Decision
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Letter, Notice, NoticeState
from mocap_portal.foundation.papers.tasks import send_notice, send_waiting
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.part_time import CourseLineFactory

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PATIENCE = 30  # seconds until a test gives up; none waits that long when all is well


class MailServer:
    """Keeps what it accepted. A test may hold a mail before (`before`) or after (`after`) it is accepted."""

    def __init__(self) -> None:
        self.accepted: Queue[str] = Queue()
        self.arrived = threading.Event()
        self.hold_before = threading.Event()
        self.hold_after = threading.Event()
        self.hold_before.set()
        self.hold_after.set()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.arrived.set()
        if not self.hold_before.is_set():
            return "421 The server goes away before it took the mail"
        content = envelope.content
        assert isinstance(content, bytes)
        header = next(
            line for line in content.decode().splitlines() if line.lower().startswith("message-id:")
        )
        self.accepted.put(header.partition(":")[2].strip())
        if not self.hold_after.is_set():
            await server.loop.run_in_executor(None, self.hold_after.wait, PATIENCE)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, int]]:
    handler = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
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
def start_worker(mail_server: tuple[MailServer, int]) -> Iterator[Callable[[], Worker]]:
    workers: list[Worker] = []

    def start() -> Worker:
        workers.append(Worker(mail_server[1]))
        workers[-1].wait_until_ready()
        return workers[-1]

    yield start
    for worker in workers:
        worker.end(signal.SIGKILL)


def eventually(holds: Callable[[], bool]) -> None:
    """Waits for what another process does. Fails after PATIENCE seconds."""
    deadline, pause = timezone.now().timestamp() + PATIENCE, threading.Event()
    while not holds():
        assert timezone.now().timestamp() < deadline, "It did not happen."
        pause.wait(0.05)


def is_sent(notice: Notice) -> bool:
    return Notice.objects.filter(pk=notice.pk, state=NoticeState.SENT).exists()


def queue_quietly(key: str) -> Notice:
    """A notice in the outbox of which no worker was told, as after a broken broker."""
    with transaction.atomic():
        notice = papers.queue_notice(
            key, user=UserFactory.create(), subject="A decision is there", body="Sign in.", at=timezone.now()
        )
        connection.run_on_commit.clear()
    return notice


def drain(queue: "Queue[str]") -> list[str]:
    return [queue.get_nowait() for _ in range(queue.qsize())]


def test_a_decision_reaches_each_person_once_however_often_the_task_is_delivered(
    mail_server: tuple[MailServer, int], start_worker: Callable[[], Worker]
) -> None:
    server, _port = mail_server
    line = CourseLineFactory.create()
    counselor = MembershipFactory.create(counselor=True, organization=line.request.lea.organization)
    part_time.approve(line.pk, by=counselor, at=timezone.now(), in_person_considered=True)
    notice = Notice.objects.get()
    for _ in range(3):
        send_notice.delay(notice.pk)
    start_worker()
    assert server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    marker = queue_quietly("marker")
    send_notice.delay(marker.pk)  # tasks are taken in order: when this one is sent, the copies were looked at
    assert server.accepted.get(timeout=PATIENCE) == marker.message_id
    assert drain(server.accepted) == []
    assert (Decision.objects.count(), Letter.objects.count()) == (1, 1)


def test_a_worker_killed_while_it_sends_loses_nothing_and_sends_nothing_twice(
    mail_server: tuple[MailServer, int], start_worker: Callable[[], Worker]
) -> None:
    server, _port = mail_server
    notice = queue_quietly("killed")
    server.hold_after.clear()  # the server has the mail and has not said so
    first = start_worker()
    send_notice.delay(notice.pk)
    assert server.accepted.get(timeout=PATIENCE) == notice.message_id
    first.end(signal.SIGKILL)
    server.hold_after.set()
    assert not is_sent(notice)
    start_worker()
    send_waiting.delay()
    # The second copy carries the same Message-ID: mail systems keep one.
    assert server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    send_waiting.delay()
    marker = queue_quietly("marker")
    send_notice.delay(marker.pk)
    assert server.accepted.get(timeout=PATIENCE) == marker.message_id
    assert drain(server.accepted) == []


def test_a_worker_killed_before_the_mail_was_taken_sends_it_once_later(
    mail_server: tuple[MailServer, int], start_worker: Callable[[], Worker]
) -> None:
    server, _port = mail_server
    notice = queue_quietly("refused")
    server.hold_before.clear()
    first = start_worker()
    send_notice.delay(notice.pk)
    assert server.arrived.wait(PATIENCE)
    eventually(lambda: Notice.objects.get(pk=notice.pk).attempts == 1)
    first.end(signal.SIGKILL)
    server.hold_before.set()
    Notice.objects.filter(pk=notice.pk).update(try_after=timezone.now())  # its pause is over
    start_worker()
    send_waiting.delay()
    assert server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    assert drain(server.accepted) == []
