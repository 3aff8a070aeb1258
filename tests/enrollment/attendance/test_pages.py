"""Pages of attendance: files, students, a student's weeks, a day."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.attendance import actions
from enrollment.attendance.models import AttendanceDay, AttendanceFile, Entry, Flag, ReplacedDay
from enrollment.attendance.tasks import flag_students
from mocap_portal.foundation.accounts.models import Membership, Role
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory, AttendanceFileFactory
from tests.factories.directory import ClosedDayFactory
from tests.factories.full_time import ProgramEnrollmentFactory

from .kit import MONDAY, NOW, client_of, enrolled, parent_of, resident_of, scheduled, staff_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]


@pytest.fixture
def tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def words(response: Any) -> str:
    return str(response.content.decode())


class TestFiles:
    def send(self, hat: Membership, program_id: int, data: bytes) -> Any:
        upload = SimpleUploadedFile("monday.csv", data, content_type="text/csv")
        return client_of(hat).post(reverse("attendance:files"), {"program": program_id, "file": upload})

    def test_a_file_is_stored(self) -> None:
        student = enrolled()
        data = text(f"{student.student.mosis_id},2027-02-01,,login,5")
        response = self.send(staff_of(student), student.program_id, data)
        file = AttendanceFile.objects.get()
        assert response.url == reverse("attendance:file", args=[file.pk])
        assert (file.state, file.name, file.added) == ("stored", "monday.csv", 1)
        page = words(client_of(staff_of(student)).get(response.url))
        assert "1 day of a student is new." in page
        assert "monday.csv" in words(client_of(staff_of(student)).get(reverse("attendance:files")))

    def test_what_is_wrong_is_a_list_and_a_file(self) -> None:
        student = enrolled()
        response = self.send(staff_of(student), student.program_id, text("=7,2027-02-01,,login,5"))
        page = words(client_of(staff_of(student)).get(response.url))
        assert "Nothing of this file was stored." in page and "No student of this program" in page
        problems = client_of(staff_of(student)).get(f"{response.url}problems/")
        assert words(problems).startswith("\ufeffline,column,value,problem\r\n2,mosis_id,'=7,\"No student")

    def test_a_file_that_is_none(self) -> None:
        student = enrolled()
        response = self.send(staff_of(student), student.program_id, b"")
        assert "The file is empty." in words(client_of(staff_of(student)).get(response.url))

    def test_a_program_of_another_host_cannot_be_chosen(self) -> None:
        student, other = enrolled(), enrolled()
        response = self.send(staff_of(student), other.program_id, text("7,2027-02-01,,login,5"))
        assert "Choose the program." in words(response)
        assert AttendanceFile.objects.count() == 0

    def test_the_template_can_be_read(self) -> None:
        student = enrolled()
        response = client_of(staff_of(student)).get(reverse("attendance:template"))
        assert words(response).splitlines()[0] == "\ufeffmosis_id,day,course,activity,minutes"

    def test_another_hosts_file_is_not_there(self) -> None:
        file = AttendanceFileFactory.create()
        stranger = client_of(MembershipFactory.create(host_staff=True))
        for name in ("file", "problems_csv"):
            assert stranger.get(reverse(f"attendance:{name}", args=[file.pk])).status_code == 404


class TestDay:
    def address(self, student: Any, day: dt.date = MONDAY) -> str:
        return reverse("attendance:day", args=[student.pk, day.isoformat()])

    def test_a_day_is_entered_and_corrected(self) -> None:
        student = enrolled()
        (algebra,) = scheduled(student, "Algebra I")
        client = client_of(staff_of(student))
        data = {"course_0": algebra.pk, "activity_0": "assignment", "minutes_0": "55"}
        client.post(self.address(student), data | {"course_2": "", "activity_2": "login", "minutes_2": "5"})
        day = AttendanceDay.objects.get()
        assert day.entries == [Entry(algebra.pk, "assignment", 55), Entry(None, "login", 5)]
        assert (day.file, day.by, day.at) == (None, staff_of(student), NOW)
        assert 'value="55"' in words(client.get(self.address(student)))
        client.post(self.address(student), data)
        client.post(self.address(student), data)
        assert AttendanceDay.objects.get().entries == [Entry(algebra.pk, "assignment", 55)]
        assert list(ReplacedDay.objects.values_list("total", flat=True)) == [60]

    @pytest.mark.parametrize(
        ("data", "words_"),
        [
            ({"minutes_0": "5"}, "Choose what the student did."),
            ({"activity_0": "login"}, "Type how many minutes it took."),
            ({"activity_0": "login", "minutes_0": "1.5"}, "Type whole minutes"),
            ({"activity_0": "homework", "minutes_0": "5"}, "Choose an activity of the list."),
            (
                {"activity_0": "login", "minutes_0": "5", "activity_1": "login", "minutes_1": "6"},
                "stands there twice",
            ),
            (
                {"activity_0": "login", "minutes_0": "1000", "activity_1": "testing", "minutes_1": "500"},
                "more than 24 hours",
            ),
        ],
    )
    def test_what_cannot_be_is_said(self, data: dict[str, str], words_: str) -> None:
        student = enrolled()
        assert words_ in words(client_of(staff_of(student)).post(self.address(student), data))
        assert AttendanceDay.objects.count() == 0

    def test_days_ahead_and_before_the_first(self) -> None:
        student = enrolled()
        client = client_of(staff_of(student))
        data = {"activity_0": "login", "minutes_0": "5"}
        assert "still to come" in words(client.post(self.address(student, dt.date(2027, 2, 3)), data))
        assert "was not enrolled" in words(client.post(self.address(student, dt.date(2027, 1, 5)), data))
        assert client.get(f"/attendance/students/{student.pk}/monday/").status_code == 404

    def test_nobody_enters_a_day_of_their_own_child(self) -> None:
        student = enrolled()
        hat = MembershipFactory.create(
            user=parent_of(student).user, host_staff=True, lea=student.program.host
        )
        assert client_of(hat).get(self.address(student)).status_code == 404
        with pytest.raises(actions.NotYourStudent):
            actions.record_day(student.pk, MONDAY, [Entry(None, "login", 5)], by=hat, at=NOW)


class TestStudent:
    def test_planned_and_recorded_minutes_side_by_side(self) -> None:
        student = enrolled()
        scheduled(student, "Algebra I", "Biology")
        ClosedDayFactory.create(lea=student.program.host, date=dt.date(2027, 1, 26))
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 25), minutes=[45])
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 30), minutes=[30])
        page = words(client_of(staff_of(student)).get(reverse("attendance:student", args=[student.pk])))
        assert "Planned: 480 minutes. Recorded: 75 minutes." in page  # four days of two hours; a Saturday
        assert "Planned: 240 minutes. Recorded: 0 minutes." in page  # Monday and Tuesday of this week

    @pytest.mark.rule("R-61")
    def test_host_resident_district_and_family_see_it_and_nobody_else(self) -> None:
        student = enrolled()
        AttendanceDayFactory.create(enrollment=student)
        address = reverse("attendance:student", args=[student.pk])
        for hat in (staff_of(student), resident_of(student), parent_of(student)):
            response = client_of(hat).get(address)
            assert response.status_code == 200
            assert ("Enter or correct a day" in words(response)) == (hat == staff_of(student))
            back = f'<a class="usa-link" href="{reverse("attendance:students")}">'
            assert (back in words(response)) == (hat.role != Role.PARENT)
        for hat in (
            MembershipFactory.create(host_staff=True),
            MembershipFactory.create(coordinator=True),
            MembershipFactory.create(parent=True),
        ):
            assert client_of(hat).get(address).status_code == 404
        for hat in (
            MembershipFactory.create(dese_reviewer=True),
            MembershipFactory.create(provider_staff=True),
        ):
            assert client_of(hat).get(address).status_code == 403

    def test_which_day_leads_to_it(self) -> None:
        student = enrolled()
        client = client_of(staff_of(student))
        address = reverse("attendance:student", args=[student.pk])
        response: Any = client.post(address, memorable("day", MONDAY))
        assert response.url == reverse("attendance:day", args=[student.pk, "2027-02-01"])
        assert "must be" in words(client.post(address, memorable("day", dt.date(2027, 2, 3))))


class TestStudents:
    def test_last_activity_and_school_days_without(self) -> None:
        student = enrolled()
        ClosedDayFactory.create(lea=student.program.host, date=dt.date(2027, 1, 28))
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 25))
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 29), minutes=[])
        page = words(client_of(staff_of(student)).get(reverse("attendance:students")))
        assert "Jan 25, 2027" in page
        assert "4 school days" in page  # 26, 27, 29 January and 1 February
        assert str(student.student) in words(
            client_of(resident_of(student)).get(reverse("attendance:students"))
        )

    def test_who_was_quiet_so_long(self) -> None:
        student = enrolled()
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 28))
        client = client_of(staff_of(student))
        address = reverse("attendance:students")
        shown = {
            count: str(student.student) in words(client.get(address, {"state": f"quiet-{count}"}))
            for count in (1, 3, 5, 10)
        }
        assert shown == {1: True, 3: False, 5: False, 10: False}
        gone = ProgramEnrollmentFactory.create(disenrolled=True, application__program=student.program)
        page = words(client.get(reverse("attendance:students"), {"state": "ended"}))
        assert (str(gone.student) in page, str(student.student) in page) == (True, False)

    @pytest.mark.rule("R-55")
    @pytest.mark.parametrize(
        ("day", "quiet", "said"),
        [
            ("2027-07-12", False, "–"),  # the summer of the new school year
            ("2027-06-14", False, "1 school day"),  # 21 May is missed; June is not
            ("2027-08-26", False, "4 school days"),
            ("2027-08-27", True, "5 school days (limit: 5)"),
        ],
    )
    def test_the_list_counts_as_the_flags_do(self, day: str, quiet: bool, said: str) -> None:
        student = enrolled()
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 5, 20))
        flag_students(day)
        assert Flag.objects.exists() == quiet
        address = reverse("attendance:students")
        with time_machine.travel(dt.datetime.fromisoformat(f"{day}T18:00:00+00:00"), tick=False):
            for hat in (staff_of(student), resident_of(student)):
                client = client_of(hat)
                assert f">{said}</td>" in words(client.get(address))
                page = words(client.get(address, {"state": "quiet-5"}))
                assert (str(student.student) in page) == quiet

    def test_the_resident_district_counts_by_the_days_of_each_host(self) -> None:
        student = enrolled()
        other = enrolled(application__claim__school__lea=student.resident_lea)
        reader = client_of(resident_of(student))
        ClosedDayFactory.create(lea=student.program.host, date=dt.date(2027, 2, 1))
        for row in (student, other):
            AttendanceDayFactory.create(enrollment=row, day=dt.date(2027, 1, 29))
        page = words(reader.get(reverse("attendance:students"), {"state": "quiet-1"}))
        assert (str(student.student) in page, str(other.student) in page) == (False, True)

    def test_looked_for_by_words(self) -> None:
        student = enrolled()
        client = client_of(staff_of(student))
        for asked in (student.student.mosis_id, student.student.last_name):
            assert str(student.student) in words(
                client.post(reverse("attendance:students"), {"words": asked})
            )
        assert "No student is like this" in words(
            client.post(reverse("attendance:students"), {"words": "Zz"})
        )

    def test_as_many_queries_for_many_students_as_for_one(self) -> None:
        student = enrolled()
        client = client_of(staff_of(student))
        client.get(reverse("attendance:students"))
        with CaptureQueriesContext(connection) as one:
            client.get(reverse("attendance:students"))
        for _number in range(4):
            AttendanceDayFactory.create(enrollment=enrolled(application__program=student.program))
        with CaptureQueriesContext(connection) as many:
            client.get(reverse("attendance:students"))
        assert len(many) == len(one)
