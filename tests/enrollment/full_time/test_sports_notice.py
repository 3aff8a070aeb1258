"""The notice to MSHSAA: recorded once by the host, read by host, family and resident district, a task until then."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from enrollment.full_time import actions
from enrollment.full_time.models import ProgramEnrollment, SportsNotice
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.home import full_time as home
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.records import GuardianFactory

from .kit import client_of, day, family_of, host_of, resident_of, told

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 1, 12, 18, tzinfo=dt.UTC)
TODAY = dt.date(2027, 1, 12)


def enrolled(*, asks: bool = True, **traits: object) -> ProgramEnrollment:
    row: ProgramEnrollment = ProgramEnrollmentFactory.create(
        **({"enrolled": True} | traits), application__asks_for_sports=asks
    )
    return row


def record(
    enrollment: ProgramEnrollment, *, by: Membership | None = None, on: dt.date = TODAY
) -> SportsNotice:
    return actions.record_sports_notice(enrollment.pk, sent_on=on, by=by or host_of(enrollment), at=NOW)


def address(enrollment: ProgramEnrollment) -> str:
    return reverse("full_time:sports_notice", args=[enrollment.pk])


def page_of(enrollment: ProgramEnrollment, hat: Membership) -> str:
    return client_of(hat).get(reverse("full_time:enrollment", args=[enrollment.pk])).content.decode()


class TestRecording:
    def test_it_says_when_and_who_and_the_family_is_told(self) -> None:
        enrollment = enrolled()
        family, hat = family_of(enrollment.application), host_of(enrollment)
        sent = record(enrollment, by=hat, on=dt.date(2027, 1, 11))
        assert (sent.sent_on, sent.recorded_by, sent.recorded_at) == (dt.date(2027, 1, 11), hat, NOW)
        assert told() == {family.user}

    def test_recorded_twice_the_first_record_stands(self) -> None:
        enrollment = enrolled()
        first = record(enrollment, on=dt.date(2027, 1, 11))
        mails = Notice.objects.count()
        assert record(enrollment) == first
        assert list(SportsNotice.objects.values_list("sent_on", "recorded_by")) == [
            (dt.date(2027, 1, 11), first.recorded_by_id)
        ]
        assert Notice.objects.count() == mails

    def test_a_family_may_ask_by_word_of_mouth(self) -> None:
        assert record(enrolled(asks=False)).sent_on == TODAY

    @pytest.mark.parametrize("on", [dt.date(2026, 11, 17), dt.date(2027, 1, 13)])
    def test_not_before_the_admission_and_not_in_the_future(self, on: dt.date) -> None:
        with pytest.raises(actions.NoticeOutsideEnrollment):
            record(enrolled(), on=on)

    def test_only_while_the_student_is_enrolled(self) -> None:
        with pytest.raises(actions.NotEnteredYet):
            record(enrolled(enrolled=False))
        with pytest.raises(actions.AlreadyOver):
            record(enrolled(disenrolled=True))
        assert not SportsNotice.objects.exists()

    def test_only_the_host_and_nobody_about_an_own_child(self) -> None:
        enrollment = enrolled()
        own = host_of(enrollment)
        GuardianFactory.create(student=enrollment.student, user=own.user)
        strangers = (own, resident_of(enrollment), MembershipFactory.create(host_staff=True))
        for hat in strangers:
            with pytest.raises(actions.NotYourStudent):
                record(enrollment, by=hat)


class TestWaiting:
    def waits(self, hat: Membership) -> list[str]:
        return [item.url for item in home.sports_notices(hat, TODAY).items]

    def test_for_the_host_until_it_is_recorded(self) -> None:
        enrollment = enrolled()
        hat = host_of(enrollment)
        assert self.waits(hat) == [address(enrollment)]
        record(enrollment, by=hat)
        assert self.waits(hat) == []

    def test_only_of_enrolled_students_whose_family_asked(self) -> None:
        asked = enrolled()
        program = asked.program
        enrolled(asks=False, application__program=program)
        enrolled(enrolled=False, application__program=program)
        enrolled(disenrolled=True, application__program=program)
        enrolled()  # of another host
        assert self.waits(host_of(asked)) == [address(asked)]

    def test_it_stands_on_the_hosts_home_page(self) -> None:
        enrollment = enrolled()
        page = client_of(host_of(enrollment)).get(reverse("home")).content.decode()
        assert "Notices to MSHSAA about sports" in page
        assert address(enrollment) in page


class TestPages:
    @pytest.fixture(autouse=True)
    def on_that_day(self) -> Iterator[None]:
        with time_machine.travel(NOW, tick=False):
            yield

    def test_host_family_and_resident_district_read_where_it_stands(self) -> None:
        enrollment = enrolled()
        family, host, resident = (
            family_of(enrollment.application),
            host_of(enrollment),
            resident_of(enrollment),
        )
        assert address(enrollment) in page_of(enrollment, host)
        for hat in (family, resident):
            page = page_of(enrollment, hat)
            assert "The program has not sent it yet" in page
            assert address(enrollment) not in page
        record(enrollment, by=host)
        for hat in (family, host, resident):
            page = page_of(enrollment, hat)
            assert "Tuesday, January 12, 2027" in page
            assert address(enrollment) not in page
        assert host.user.name in page_of(enrollment, resident)
        assert host.user.name not in page_of(enrollment, family)

    def test_nobody_who_did_not_ask_reads_of_it(self) -> None:
        enrollment = enrolled(asks=False)
        assert "MSHSAA" not in page_of(enrollment, resident_of(enrollment))
        assert "Record a notice to MSHSAA" in page_of(enrollment, host_of(enrollment))

    def test_a_notice_that_was_not_sent_in_time_is_no_task_any_more(self) -> None:
        enrollment = enrolled(disenrolled=True)
        page = page_of(enrollment, host_of(enrollment))
        assert "Not sent before the enrollment ended" in page
        assert address(enrollment) not in page

    def test_the_form_records_and_the_second_click_leads_back(self) -> None:
        enrollment = enrolled()
        client = client_of(host_of(enrollment))
        future = client.post(address(enrollment), day("sent_on", dt.date(2027, 1, 13)))
        assert future.status_code == 200
        assert not SportsNotice.objects.exists()
        for sent_on in (TODAY, dt.date(2027, 1, 11)):
            response = client.post(address(enrollment), day("sent_on", sent_on))
            assert response["Location"] == reverse("full_time:enrollment", args=[enrollment.pk])
        assert SportsNotice.objects.get().sent_on == TODAY
