"""Average daily attendance: by hours of session, for whom it counts, and what does not (R-87 to R-89)."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from enrollment.attendance import ada
from enrollment.attendance.rules import shares
from mocap_portal.foundation.directory.models import TermCode
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import AttendanceDayFactory
from tests.factories.directory import ClosedDayFactory, TermFactory
from tests.factories.registration import TeacherFactory

from .kit import MONDAY, NOW, client_of, enrolled, scheduled, staff_of

minutes = st.integers(min_value=0, max_value=400_000)


@pytest.mark.rule("R-87")
@given(st.lists(minutes, max_size=4), minutes)
def test_a_students_share_is_at_most_one(attended: list[int], session: int) -> None:
    found = shares(attended, session)
    assert len(found) == len(attended)
    assert all(0 <= share <= 1 for share in found)
    assert 0 <= sum(found) <= 1
    if session and sum(attended) <= session:
        assert sum(found) == Fraction(sum(attended), session)


@given(st.lists(minutes, min_size=1, max_size=3), st.integers(min_value=1, max_value=400_000), minutes)
def test_more_hours_never_make_less(attended: list[int], session: int, more: int) -> None:
    assert sum(shares([attended[0] + more, *attended[1:]], session)) >= sum(shares(attended, session))


SEMESTERS = {
    TermCode.S1: (dt.date(2027, 1, 11), dt.date(2027, 1, 22)),
    TermCode.S2: (dt.date(2027, 1, 25), dt.date(2027, 2, 12)),
}


@pytest.mark.django_db
class TestFigure:
    @pytest.fixture(autouse=True)
    def _semesters(self) -> None:
        """Two weeks of a first semester, and three of a second."""
        for code, (first, last) in SEMESTERS.items():
            term = TermFactory.create(code=code)
            term.starts_on, term.ends_on = first, last
            term.save()

    def figure(self, student: Any, today: dt.date = MONDAY) -> ada.Figure:
        found = ada.figure(student.program, today=today)
        assert found is not None
        return found

    @pytest.mark.rule("R-88")
    def test_hours_attended_by_hours_of_session(self) -> None:
        student = enrolled()
        ClosedDayFactory.create(lea=student.program.host, date=dt.date(2027, 1, 29))
        for day in (dt.date(2027, 1, 12), dt.date(2027, 1, 26), dt.date(2027, 1, 30)):
            AttendanceDayFactory.create(enrollment=student, day=day, minutes=[120, 60])
        found = self.figure(student)
        # 16 weekdays to 1 February, less Martin Luther King's day and the closed Friday, of six hours each.
        assert found.session == 14 * 360
        assert found.hours_attended == Decimal("9.00")
        assert found.by_semester == [Decimal("0.0357"), Decimal("0.0714")]
        assert found.ada == Decimal("0.1071")

    @pytest.mark.rule("R-88")
    def test_this_school_year_only(self) -> None:
        student = enrolled(starts_on=dt.date(2026, 1, 6))
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2026, 1, 12))
        AttendanceDayFactory.create(
            enrollment=student, day=dt.date(2027, 2, 2)
        )  # after the day it is asked for
        assert (self.figure(student).students, self.figure(student).ada) == ([], Decimal(0))

    @pytest.mark.rule("R-88")
    @pytest.mark.parametrize(
        ("born", "counts"),
        [
            (dt.date(2022, 2, 2), False),  # five tomorrow
            (dt.date(2022, 2, 1), True),
            (dt.date(2006, 2, 2), True),  # 21 tomorrow
            (dt.date(2006, 2, 1), False),
        ],
    )
    def test_ages_from_five_to_twenty(self, born: dt.date, counts: bool) -> None:
        student = enrolled()
        student.student.birth_date = born
        student.student.save()
        AttendanceDayFactory.create(enrollment=student, day=MONDAY)
        assert bool(self.figure(student).students) == counts

    @pytest.mark.rule("R-87")
    def test_who_does_more_than_a_full_load_counts_for_one(self) -> None:
        student = enrolled()
        for number in range(20):
            AttendanceDayFactory.create(
                enrollment=student, day=dt.date(2027, 1, 11) + dt.timedelta(days=number), minutes=[600]
            )
        found = self.figure(student, dt.date(2027, 1, 30))
        assert found.ada == 1
        assert sum(found.by_semester) == 1

    @pytest.mark.rule("R-89")
    def test_hours_without_a_certificated_teacher_do_not_count_and_are_listed(self) -> None:
        student = enrolled()
        certified = TeacherFactory.create(
            name="Tess", valid_from=dt.date(2026, 7, 1), valid_to=dt.date(2027, 6, 30)
        )
        lapsed = TeacherFactory.create(
            name="Lee", valid_from=dt.date(2026, 7, 1), valid_to=dt.date(2027, 1, 27)
        )
        algebra, biology, civics = scheduled(student, "Algebra", "Biology", "Civics")
        for course, teacher in ((algebra, certified), (biology, lapsed)):
            course.teacher = teacher
            course.save()
        courses = [algebra.pk, biology.pk, civics.pk, None]
        for day in (dt.date(2027, 1, 27), dt.date(2027, 1, 28)):
            AttendanceDayFactory.create(
                enrollment=student, day=day, courses=courses, minutes=[60, 50, 40, 30]
            )
        found = self.figure(student)
        [share] = found.students
        assert share.minutes == (0, 60 + 50 + 30 + 60 + 30)
        assert [(row.course, row.teacher, row.minutes) for row in found.excluded] == [
            ("Biology", "Lee", (0, 50)),
            ("Civics", "", (0, 80)),
        ]

    def test_the_page_and_its_files(self) -> None:
        student = enrolled()
        (algebra,) = scheduled(student, "Algebra")
        AttendanceDayFactory.create(enrollment=student, courses=[algebra.pk, None], minutes=[60, 30])
        with time_machine.travel(NOW, tick=False):
            client = client_of(staff_of(student))
            page = client.get(reverse("attendance:ada", args=[student.program_id])).content.decode()
            shares_ = client.get(reverse("attendance:shares_csv", args=[student.program_id])).content.decode()
            excluded = client.get(
                reverse("attendance:excluded_csv", args=[student.program_id])
            ).content.decode()
        assert "No teacher is on the schedule" in page and "1.00" in page
        mosis_id = student.student.mosis_id
        assert shares_.splitlines()[1].startswith(f"{mosis_id},0,30,0.000000,0.00")
        assert excluded.splitlines()[1] == f"{mosis_id},Algebra,,0,60"

    def test_a_year_without_semesters_has_no_figure(self) -> None:
        student = enrolled()
        assert ada.figure(student.program, today=dt.date(2050, 1, 1)) is None
        hat = MembershipFactory.create(dese_reviewer=True)
        with time_machine.travel(dt.datetime(2050, 1, 1, 18, tzinfo=dt.UTC), tick=False):
            page = client_of(hat).get(reverse("attendance:ada", args=[student.program_id]))
        assert "has not entered the semesters" in page.content.decode()
