"""The outbox with a real worker, a real broker and a real mail server: told once, whoever is killed when."""

import signal
from collections.abc import Callable
from queue import Queue

import pytest
from django.db import connection, transaction
from django.utils import timezone

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import Decision
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Letter, Notice, NoticeState
from mocap_portal.foundation.papers.tasks import send_notice, send_waiting
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.part_time import CourseLineFactory
from tests.processes import PATIENCE
from tests.worker import MailServer, Worker, eventually

pytestmark = pytest.mark.django_db(transaction=True)


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
    mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    line = CourseLineFactory.create()
    counselor = MembershipFactory.create(counselor=True, organization=line.request.lea.organization)
    part_time.approve(line.pk, by=counselor, at=timezone.now(), in_person_considered=True)
    notice = Notice.objects.get()
    for _ in range(3):
        send_notice.delay(notice.pk)
    start_worker()
    assert mail_server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    marker = queue_quietly("marker")
    send_notice.delay(marker.pk)  # tasks are taken in order: when this one is sent, the copies were looked at
    assert mail_server.accepted.get(timeout=PATIENCE) == marker.message_id
    assert drain(mail_server.accepted) == []
    assert (Decision.objects.count(), Letter.objects.count()) == (1, 1)


def test_a_worker_killed_while_it_sends_loses_nothing_and_sends_nothing_twice(
    mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    notice = queue_quietly("killed")
    mail_server.hold_after.clear()  # the server has the mail and has not said so
    first = start_worker()
    send_notice.delay(notice.pk)
    assert mail_server.accepted.get(timeout=PATIENCE) == notice.message_id
    first.end(signal.SIGKILL)
    mail_server.hold_after.set()
    assert not is_sent(notice)
    start_worker()
    send_waiting.delay()
    # The second copy carries the same Message-ID: mail systems keep one.
    assert mail_server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    send_waiting.delay()
    marker = queue_quietly("marker")
    send_notice.delay(marker.pk)
    assert mail_server.accepted.get(timeout=PATIENCE) == marker.message_id
    assert drain(mail_server.accepted) == []


def test_a_worker_killed_before_the_mail_was_taken_sends_it_once_later(
    mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    notice = queue_quietly("refused")
    mail_server.hold_before.clear()
    first = start_worker()
    send_notice.delay(notice.pk)
    assert mail_server.arrived.wait(PATIENCE)
    eventually(lambda: Notice.objects.get(pk=notice.pk).attempts == 1)
    first.end(signal.SIGKILL)
    mail_server.hold_before.set()
    Notice.objects.filter(pk=notice.pk).update(try_after=timezone.now())  # its pause is over
    start_worker()
    send_waiting.delay()
    assert mail_server.accepted.get(timeout=PATIENCE) == notice.message_id
    eventually(lambda: is_sent(notice))
    assert drain(mail_server.accepted) == []
