"""Two clicks at the same moment write one report and send one; a worker killed in a file leaves nothing of it."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from enrollment.membership import actions as membership
from enrollment.membership.models import MembershipReport, MembershipRow, ReportState
from enrollment.progress import actions, notices
from enrollment.progress.models import ProgressReport
from enrollment.progress.tasks import chase_reports
from enrollment.records.models import Disclosure
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.papers.models import DigestItem, Notice
from tests.factories.accounts import MembershipFactory
from tests.test_exactly_once import at_once, posted, told

from . import kit
from .kit import NOW
from .test_file import file, row
from .test_pages import ANSWER, write_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def test_a_double_click_writes_one_report_and_tells_of_it_once() -> None:
    student = kit.student()
    click = posted(kit.host(student), write_page(student), ANSWER)
    answers = at_once(student, click, click)
    page = reverse("progress:report", args=[ProgressReport.objects.get().pk])
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    assert Notice.objects.count() == 1


def test_of_two_colleagues_the_second_reads_that_the_report_is_there() -> None:
    student = kit.student()
    clicks = [
        posted(kit.host(student), write_page(student), ANSWER | {"course0_current_grade": grade})
        for grade in ("A", "C")
    ]
    answers = at_once(student, *clicks)
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [refused] = [answer for answer in answers if answer.status_code == 200]
    assert "Somebody else wrote this report meanwhile." in refused.content.decode()
    assert ProgressReport.objects.count() == Notice.objects.count() == 1


def test_killed_in_the_middle_of_a_file_nothing_of_it_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    first = kit.student()
    second = kit.student(program=first.program, application__program=first.program)
    by = kit.host(first)
    data = file(row(first), row(second))
    tell = notices.tell_written

    def killed(report: ProgressReport, *, at: dt.datetime) -> bool:
        if report.enrollment_id == second.pk:
            raise KeyboardInterrupt
        return tell(report, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(notices, "tell_written", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.import_reports(data, by=by, at=NOW)
    assert ProgressReport.objects.count() == Notice.objects.count() == 0
    assert actions.import_reports(data, by=by, at=NOW) == actions.Imported(new=2)
    assert ProgressReport.objects.count() == Notice.objects.count() == 2


def test_killed_while_it_chases_the_next_try_tells_each_writer_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kit.student()
    kit.in_course()
    add, calls = digest.add, []

    def killed(*args: Any, **more: Any) -> DigestItem:
        calls.append(args)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return add(*args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(digest, "add", killed)
        with pytest.raises(KeyboardInterrupt):
            chase_reports("2027-03-15")
    assert DigestItem.objects.count() == 1
    chase_reports("2027-03-15")
    chase_reports("2027-03-16")
    keys = list(DigestItem.objects.values_list("user", "key"))
    assert len(keys) == len(set(keys)) == 2


def test_a_double_click_sends_one_membership_report() -> None:
    student = kit.student()
    MembershipFactory.create(dese_reviewer=True)
    by = kit.host(student)
    report = membership.make_report(student.program_id, count_date=kit.TODAY, by=by, at=NOW)
    click = posted(
        by, reverse("membership:report", args=[report.pk]), {"name": "Hanna Host", "is_true": "on"}
    )
    answers = at_once(report, click, click)
    assert told(answers) == [
        "The report is sent. DESE was told.",
        "This report is with DESE, or DESE accepted it: its rows stay as they were sent.",
    ]
    assert MembershipReport.objects.get().state == ReportState.SENT
    assert Notice.objects.count() == Disclosure.objects.count() == 1


def test_two_counts_at_once_make_one_report() -> None:
    student = kit.student()
    day = {
        "program": student.program_id,
        "count_date_month": kit.TODAY.month,
        "count_date_day": kit.TODAY.day,
        "count_date_year": kit.TODAY.year,
    }
    click = posted(kit.host(student), reverse("membership:reports"), day)
    answers = at_once(student.program, click, click)
    report = MembershipReport.objects.get()
    page = reverse("membership:report", args=[report.pk])
    assert [answer.headers["Location"] for answer in answers] == [page, page]
    assert MembershipRow.objects.filter(report=report).count() == 1
