"""The outbox and the mail of the day: told once, whatever happens to the workers."""

import datetime as dt
import smtplib
import threading
from typing import Any
from unittest.mock import patch

import pytest
import structlog
from celery import current_app
from django.core import mail
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.papers import actions, digest, tasks
from mocap_portal.foundation.papers.models import DigestItem, Notice, NoticeState
from tests.factories.accounts import UserFactory
from tests.processes import PATIENCE
from tests.test_exactly_once import how_many_wait
from tests.worker import eventually

AT = dt.datetime(2026, 11, 17, 16, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 17)
MINUTE = dt.timedelta(minutes=1)


def queue(user: User, key: str = "decision:12", at: dt.datetime = AT) -> Notice:
    return actions.queue_notice(
        key, user=user, subject="A decision is there", body="Sign in to read it.\n", at=at
    )


def broken(error: Exception) -> Any:
    return patch("django.core.mail.EmailMessage.send", side_effect=error)


@pytest.mark.django_db
def test_a_mail_is_sent_once_with_the_name_of_its_row(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    notice = queue(UserFactory.create(email="dana@example.org"))
    for _ in range(2):  # the broker delivers the task twice
        tasks.send_notice(notice.pk)
    (message,) = mail.outbox
    assert (message.to, message.subject, message.body) == (
        ["dana@example.org"],
        "A decision is there",
        "Sign in to read it.\n",
    )
    assert message.extra_headers == {
        "Message-ID": f"<notice-{notice.pk}@mocap-portal>",
        "Auto-Submitted": "auto-generated",
    }
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.sent_at) == (NoticeState.SENT, 1, AT)


@pytest.mark.django_db
def test_the_same_thing_is_told_once() -> None:
    user = UserFactory.create()
    first = queue(user)
    again = actions.queue_notice("decision:12", user=user, subject="Other", body="Words", at=AT + MINUTE)
    assert again == first
    assert list(Notice.objects.values_list("subject", "created_at")) == [("A decision is there", AT)]


def tell(people: list[User], **names: str) -> None:
    actions.tell(
        people, "decision:12", subject="It is there", sentences=["Read it."], path="/", at=AT, **names
    )


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 20])
def test_many_people_are_told_with_as_many_queries_as_one(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known, *others = UserFactory.create_batch(count + 1)
    tell([known])
    first = Notice.objects.get()
    with django_assert_num_queries(3):
        tell([known, *others])
    assert Notice.objects.get(user=known) == first
    assert list(Notice.objects.order_by("pk").values_list("key", flat=True)) == [
        f"decision:12:{user.pk}" for user in (known, *others)
    ]


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_at_once_tell_it_once() -> None:
    people = UserFactory.create_batch(2)

    def run() -> None:
        try:
            tell(people)
        finally:
            connection.close()

    second = threading.Thread(target=run)
    with transaction.atomic():
        tell(people[:1])
        second.start()
        eventually(lambda: how_many_wait() == 1)
    second.join(PATIENCE)
    assert sorted(Notice.objects.values_list("user", flat=True)) == [user.pk for user in people]


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["Hello\nBcc: all@example.org", "Hello\rBcc: all@example.org"])
def test_a_subject_cannot_start_another_header(subject: str) -> None:
    with pytest.raises(actions.UnsafeSubject):
        actions.queue_notice("x", user=UserFactory.create(), subject=subject, body="", at=AT)
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_worker_is_told_after_the_commit(django_capture_on_commit_callbacks: Any) -> None:
    user = UserFactory.create()
    task = current_app.tasks["papers.send_notice"]
    with patch.object(task, "apply_async") as told:
        with django_capture_on_commit_callbacks(execute=True):
            notice = queue(user)
            queue(user)
            assert told.call_count == 0
        assert [call.args[0] for call in told.call_args_list] == [(notice.pk,)]


@pytest.mark.django_db
def test_a_mail_waits_when_the_broker_is_away(django_capture_on_commit_callbacks: Any) -> None:
    task = current_app.tasks["papers.send_notice"]
    with (
        patch.object(task, "apply_async", side_effect=ConnectionError),
        django_capture_on_commit_callbacks(execute=True),
    ):
        notice = queue(UserFactory.create())
    assert list(Notice.objects.waiting(at=AT)) == [notice]


@pytest.mark.django_db
def test_pauses_grow_until_the_notice_is_given_up() -> None:
    notice = queue(UserFactory.create(email="gone@example.org"))
    refused = smtplib.SMTPRecipientsRefused({"gone@example.org": (550, b"no such person")})
    pauses = []
    at = AT
    with broken(refused), structlog.testing.capture_logs() as logged:
        for _ in range(actions.ATTEMPTS):
            actions.send(notice.pk, at=at)
            notice.refresh_from_db()
            pauses.append((notice.try_after - at) // MINUTE)
            at = max(notice.try_after, at)
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 0]
    assert (notice.state, notice.attempts, notice.last_error, notice.sent_at) == (
        NoticeState.FAILED,
        10,
        "SMTPRecipientsRefused",
        None,
    )
    assert logged == [
        {
            "event": "notice_given_up",
            "log_level": "error",
            "notice": notice.pk,
            "attempts": 10,
            "error": "SMTPRecipientsRefused",
        }
    ]
    actions.send(notice.pk, at=at + dt.timedelta(days=1))
    assert mail.outbox == []


@pytest.mark.django_db
def test_a_pausing_notice_is_left_alone_and_sent_when_its_turn_comes(time_machine: Any) -> None:
    notice = queue(UserFactory.create())
    with broken(smtplib.SMTPServerDisconnected("try later")):
        actions.send(notice.pk, at=AT)
    time_machine.move_to(AT + dt.timedelta(seconds=59))
    tasks.send_waiting()
    assert mail.outbox == []
    time_machine.move_to(AT + MINUTE)
    tasks.send_waiting()
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [notice.message_id]
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == (NoticeState.SENT, 2, "")


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_after_sending_leaves_a_copy_with_the_same_name() -> None:
    notice = queue(UserFactory.create())

    def send_and_die() -> None:
        with transaction.atomic():
            actions.send(notice.pk, at=AT)
            raise SystemExit  # the mail is out, the row is not written

    with pytest.raises(SystemExit):
        send_and_die()
    actions.send(notice.pk, at=AT + MINUTE)
    actions.send(notice.pk, at=AT + 2 * MINUTE)
    assert [message.extra_headers["Message-ID"] for message in mail.outbox] == [notice.message_id] * 2
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.SENT, 1)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail() -> None:
    notice = queue(UserFactory.create())
    sending, may_finish = threading.Event(), threading.Event()
    sent: list[int] = []

    def slow_send(*_args: object) -> int:
        sending.set()
        assert may_finish.wait(PATIENCE)
        sent.append(1)
        return 1

    def work() -> None:
        try:
            actions.send(notice.pk, at=AT)
        finally:
            connection.close()

    with patch("django.core.mail.EmailMessage.send", side_effect=slow_send):
        first = threading.Thread(target=work)
        first.start()
        assert sending.wait(PATIENCE)
        second = threading.Thread(target=work)
        second.start()
        second.join(PATIENCE)  # it finds the row locked and goes on
        assert not second.is_alive()
        may_finish.set()
        first.join(PATIENCE)
    assert sent == [1]
    notice.refresh_from_db()
    assert (notice.state, notice.attempts) == (NoticeState.SENT, 1)


# The mail of the day ------------------------------------------------------------------------------


def add(user: User, key: str, day: dt.date = DAY, *, urgent: bool = False) -> DigestItem:
    return digest.add(
        user, day=day, key=key, sentence=f"Request {key} is due.", path=f"/inbox/{key}/", urgent=urgent
    )


@pytest.mark.django_db
def test_everybody_gets_one_mail_a_day(settings: Any, time_machine: Any) -> None:
    settings.PORTAL_URL = "https://portal.example/"
    time_machine.move_to(AT)
    dana, carl = UserFactory.create(), UserFactory.create()
    add(dana, "PT-000002")
    add(dana, "PT-000001", urgent=True)
    add(dana, "PT-000001")
    add(carl, "PT-000003")
    for _ in range(2):
        tasks.send_digests(DAY.isoformat())
    tasks.send_waiting()
    notices = Notice.objects.order_by("key").values_list("key", "user", "subject", "state")
    assert list(notices) == [
        (f"digest:{dana.pk}:2026-11-17", dana.pk, "MOCAP portal: 2 things wait for you", "sent"),
        (f"digest:{carl.pk}:2026-11-17", carl.pk, "MOCAP portal: 1 thing waits for you", "sent"),
    ]
    assert sorted(message.to for message in mail.outbox) == sorted([[dana.email], [carl.email]])
    assert Notice.objects.get(user=dana).body == (
        "Please look at this first:\n"
        "\n"
        "- Request PT-000001 is due.\n"
        "  https://portal.example/inbox/PT-000001/\n"
        "\n"
        "This waits too:\n"
        "\n"
        "- Request PT-000002 is due.\n"
        "  https://portal.example/inbox/PT-000002/\n"
        "\n"
        "You get this mail at most once a day. You have to sign in to read more.\n"
    )


@pytest.mark.django_db
def test_what_comes_after_the_mail_goes_with_the_next_and_only_the_newest_word_counts() -> None:
    user = UserFactory.create()
    add(user, "PT-000001")
    first = digest.send(user, day=DAY, at=AT)
    late = add(user, "PT-000002")
    assert digest.send(user, day=DAY, at=AT) is None
    late.refresh_from_db()
    assert late.notice is None
    add(user, "PT-000002", DAY + dt.timedelta(days=1), urgent=True)
    second = digest.send(user, day=DAY + dt.timedelta(days=1), at=AT)
    assert first is not None
    assert second is not None
    assert second.subject == "MOCAP portal: 1 thing waits for you"
    assert second.body.startswith("Please look at this first:\n\n- Request PT-000002 is due.\n")
    assert list(DigestItem.objects.order_by("pk").values_list("notice", flat=True)) == [
        first.pk,
        second.pk,
        second.pk,
    ]


@pytest.mark.django_db
def test_tomorrow_s_words_wait_and_people_who_left_get_none(time_machine: Any) -> None:
    time_machine.move_to(AT)
    add(UserFactory.create(), "PT-000001", DAY + dt.timedelta(days=1))
    add(UserFactory.create(is_active=False), "PT-000002")
    tasks.send_digests()
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_nothing_a_mail_quotes_is_turned_into_entities() -> None:
    user = UserFactory.create()
    digest.add(user, day=DAY, key="x", sentence="O'Neil & Sons < today", path="/inbox/?a=1&b=2")
    notice = digest.send(user, day=DAY, at=AT)
    assert notice is not None
    assert "- O'Neil & Sons < today\n" in notice.body
    assert "/inbox/?a=1&b=2\n" in notice.body


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_queue_one_digest() -> None:
    user = UserFactory.create()
    add(user, "PT-000001")
    barrier = threading.Barrier(2)
    made: list[Notice | None] = []

    def work() -> None:
        try:
            barrier.wait(PATIENCE)
            made.append(digest.send(user, day=DAY, at=AT))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(made) == 2
    assert made.count(None) == 1
    assert Notice.objects.count() == 1


def test_the_portal_looks_into_its_outbox_by_itself(settings: Any) -> None:
    entries = settings.CELERY_BEAT_SCHEDULE
    assert entries["send what waits in the outbox"] == {"task": "papers.send_waiting", "schedule": 60.0}
    morning = entries["send the mails of the day"]
    assert morning["task"] == "papers.send_digests"
    # First at half past six; the later tries are for mornings on which nothing ran.
    assert (morning["schedule"].hour, morning["schedule"].minute) == (set(range(6, 18)), {30})
    assert settings.CELERY_TIMEZONE == "America/Chicago"
