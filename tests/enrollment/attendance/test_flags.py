"""Who is flagged as not engaged, once for each spell, and who no longer (R-55)."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrollment.attendance import actions
from enrollment.attendance.models import Flag
from enrollment.attendance.rules import A_YEAR, ONE_DAY, days_of, is_behind, last_school_days, school_days
from enrollment.attendance.tasks import flag_students
from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.directory.models import Term
from tests.factories.attendance import AttendanceDayFactory
from tests.factories.directory import ClosedDayFactory

from .kit import enrolled, scheduled

NIGHT = dt.date(2027, 2, 2)  # looks at the days to Monday 1 February
dates = st.dates(dt.date(2026, 7, 1), dt.date(2027, 6, 30))


@given(dates, st.integers(min_value=1, max_value=30), st.sets(dates, max_size=20))
def test_the_last_school_days(until: dt.date, count: int, off: set[dt.date]) -> None:
    found = last_school_days(count, since=until - A_YEAR, until=until, off=off)
    assert len(found) == count
    assert found == school_days(found[0], until, off)
    assert last_school_days(count, since=found[0] + ONE_DAY, until=until, off=off) == found[1:]


@given(st.integers(0, 5000), st.integers(0, 5000), st.decimals(0, 1, places=2))
def test_who_does_what_is_planned_is_never_behind(recorded: int, planned: int, share: Decimal) -> None:
    assert not (recorded >= planned and is_behind(recorded, planned, share))
    assert not is_behind(recorded, 0, share)


def attended(student: ProgramEnrollment, first: dt.date, last: dt.date) -> None:
    """Every weekday of a span."""
    for day in school_days(first, last, ()):
        AttendanceDayFactory.create(enrollment=student, day=day)


def flags() -> list[tuple[str, dt.date, dt.date | None]]:
    return list(Flag.objects.order_by("pk").values_list("reason", "opened_on", "closed_on"))


@pytest.mark.django_db
class TestFlags:
    @pytest.mark.rule("R-55")
    @pytest.mark.parametrize(
        ("last", "limit", "is_flagged"),
        [
            (dt.date(2027, 1, 25), 5, True),
            (dt.date(2027, 1, 26), 5, False),
            (dt.date(2027, 1, 26), 4, True),
            (None, 5, True),
        ],
    )
    def test_so_many_school_days_without_activity_as_the_host_has_posted(
        self, last: dt.date | None, limit: int, is_flagged: bool
    ) -> None:
        student = enrolled()
        student.program.inactive_days = limit
        student.program.save()
        if last is not None:
            AttendanceDayFactory.create(enrollment=student, day=last)
        assert flag_students(NIGHT.isoformat()) == int(is_flagged)
        assert [reason for reason, *_days in flags()] == ["inactive"] * is_flagged

    def test_closed_days_of_the_host_and_weekends_are_not_missed(self) -> None:
        student = enrolled()
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 25))
        ClosedDayFactory.create(lea=student.program.host, date=dt.date(2027, 1, 28))
        assert flag_students(NIGHT.isoformat()) == 0
        assert flag_students("2027-02-03") == 1

    @pytest.mark.rule("R-55")
    def test_far_behind_the_planned_time(self) -> None:
        student = enrolled()
        scheduled(student, "Algebra", "Biology")  # ten school days of two hours to 1 February, less none
        for day in (dt.date(2027, 1, 27), dt.date(2027, 2, 1)):
            AttendanceDayFactory.create(enrollment=student, day=day, minutes=[299])
        assert flag_students(NIGHT.isoformat()) == 1
        flag = Flag.objects.get()
        assert (flag.reason, flag.planned, flag.recorded, flag.last_active) == (
            "behind",
            1200,
            598,
            dt.date(2027, 2, 1),
        )
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 1, 28), minutes=[2])
        flag_students(NIGHT.isoformat())
        assert flags() == [("behind", NIGHT, NIGHT)]

    @pytest.mark.rule("R-55")
    def test_nobody_is_missed_in_summer_and_a_new_school_year_begins_anew(self) -> None:
        student = enrolled()
        scheduled(student, "Algebra")  # until 22 May, the last day of the semester
        attended(student, dt.date(2027, 4, 26), dt.date(2027, 5, 20))
        for night in days_of(dt.date(2027, 5, 22), dt.date(2027, 8, 26)):
            assert flag_students(night.isoformat()) == 0, night
        assert flag_students("2027-08-27") == 1  # 20 and 23 to 26 August are the first five of the new year
        assert flags() == [("inactive", dt.date(2027, 8, 27), None)]

    @pytest.mark.rule("R-55")
    def test_who_fell_silent_in_spring_is_flagged_no_more_when_the_school_year_is_over(self) -> None:
        student = enrolled()
        attended(student, dt.date(2027, 5, 3), dt.date(2027, 5, 12))
        assert [flag_students(night) for night in ("2027-05-20", "2027-06-30", "2027-07-02")] == [1, 0, 0]
        assert flags() == [("inactive", dt.date(2027, 5, 20), dt.date(2027, 7, 2))]

    @pytest.mark.rule("R-55")
    def test_nobody_is_missed_between_the_semesters(self) -> None:
        student = enrolled(starts_on=dt.date(2026, 8, 20))
        scheduled(student, "Algebra")  # an hour each weekday, over the break
        attended(student, dt.date(2026, 11, 30), dt.date(2026, 12, 18))
        for night in days_of(dt.date(2026, 12, 19), dt.date(2027, 1, 12)):
            assert flag_students(night.isoformat()) == 0, night
        assert flag_students("2027-01-13") == 1  # 6 to 8, 11 and 12 January

    @pytest.mark.rule("R-55")
    def test_who_fell_far_behind_before_a_break_is_behind_when_it_is_over(self) -> None:
        student = enrolled(starts_on=dt.date(2026, 8, 20))
        scheduled(student, "Algebra")
        attended(student, dt.date(2026, 11, 30), dt.date(2026, 12, 8))
        for day in (dt.date(2026, 12, 18), dt.date(2027, 1, 6)):
            AttendanceDayFactory.create(enrollment=student, day=day, minutes=[30])
        assert flag_students("2027-01-07") == 1
        flag = Flag.objects.get()
        # The last two weeks of school are 8 to 20 December and 6 January: ten school days.
        assert (flag.reason, flag.planned, flag.recorded) == ("behind", 600, 120)

    @pytest.mark.rule("R-55")
    def test_nobody_is_behind_in_the_first_days_of_a_school_year(self) -> None:
        student = enrolled(starts_on=dt.date(2026, 8, 20))
        scheduled(student, "Algebra")
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2026, 8, 26), minutes=[1])
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2026, 9, 1), minutes=[1])
        assert [flag_students(night) for night in ("2026-09-02", "2026-09-03")] == [0, 1]

    def test_a_year_without_semesters_is_taught_throughout(self) -> None:
        Term.objects.filter(school_year=2027).delete()
        enrolled()
        assert flag_students("2027-06-15") == 1

    def test_who_has_just_come_is_not_looked_at(self) -> None:
        student = enrolled(starts_on=dt.date(2027, 1, 27))
        scheduled(student, "Algebra")
        assert flag_students(NIGHT.isoformat()) == 0

    def test_once_for_a_spell_and_closed_when_activity_returns(self) -> None:
        student = enrolled()
        assert [flag_students(f"2027-02-0{day}") for day in (2, 2, 3)] == [1, 0, 0]
        assert flags() == [("inactive", NIGHT, None)]
        AttendanceDayFactory.create(enrollment=student, day=dt.date(2027, 2, 3))
        flag_students("2027-02-04")
        flag_students("2027-02-04")
        assert flags() == [("inactive", NIGHT, dt.date(2027, 2, 4))]
        assert flag_students("2027-02-11") == 1
        assert flags()[1:] == [("inactive", dt.date(2027, 2, 11), None)]

    def test_a_student_who_left_is_not_flagged(self) -> None:
        student = enrolled()
        flag_students(NIGHT.isoformat())
        student.withdraw(on=NIGHT, by=student.entered_by, at=student.entered_at, why="Moved away")
        student.save()
        assert flag_students("2027-02-03") == 0
        assert flags() == [("inactive", NIGHT, dt.date(2027, 2, 3))]

    def test_a_night_that_was_killed_is_made_up_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first, second = enrolled(), enrolled()
        done = actions.flag_program

        def killed(program_id: int, *, night: dt.date) -> tuple[int, int]:
            if program_id == second.program_id:
                raise SystemExit
            return done(program_id, night=night)

        monkeypatch.setattr(actions, "flag_program", killed)
        with pytest.raises(SystemExit):
            flag_students(NIGHT.isoformat())
        monkeypatch.undo()
        assert flag_students(NIGHT.isoformat()) == 1
        assert set(Flag.objects.values_list("enrollment", flat=True)) == {first.pk, second.pk}
