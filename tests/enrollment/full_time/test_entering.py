"""From admission to the last day: exit, schedule, entry, end."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from enrollment.full_time import actions
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment, Schedule, ScheduledCourse
from enrollment.records.models import Move
from enrollment.registration.models import PayerChange, RosterLine
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.registration import RosterLineFactory, TeacherFactory

from .kit import FIRST_DAY, LATER, admitted, family_of, host_of, resident_of, told

pytestmark = pytest.mark.django_db
NOON = LATER + dt.timedelta(minutes=5)
ON_THE_FIRST_DAY = dt.datetime(2027, 1, 6, 15, tzinfo=dt.UTC)
LAST = dt.date(2027, 5, 22)
AN_HOUR = (60, 60, 60, 60, 60, 0, 0)


def plan(title: str = "Algebra I", **changes: Any) -> actions.CoursePlan:
    answers: dict[str, Any] = {
        "credit": Decimal(1),
        "starts_on": FIRST_DAY,
        "ends_on": LAST,
        "minutes": AN_HOUR,
    } | changes
    return actions.CoursePlan(title=title, **answers)


def six() -> list[actions.CoursePlan]:
    return [plan(f"Course {number}") for number in range(6)]


def scheduled(enrollment: ProgramEnrollment, courses: Any = None, **changes: Any) -> Schedule:
    answers: dict[str, Any] = {
        "school_year": SchoolYear.objects.get(year=2027),
        "valid_from": FIRST_DAY,
        "at": LATER,
    } | changes
    by = answers.pop("by", None) or host_of(enrollment)
    return actions.make_schedule(enrollment.pk, courses if courses is not None else six(), by=by, **answers)


class TestExit:
    @pytest.mark.rule("R-43")
    def test_there_is_nothing_to_leave_before_admission_and_one_day_after(self) -> None:
        enrollment = admitted()
        hat = resident_of(enrollment)
        assert enrollment.admitted_at == LATER
        row = actions.record_exit(enrollment.pk, on=dt.date(2027, 1, 5), by=hat, at=ON_THE_FIRST_DAY)
        assert (row.resident_exit_on, row.exit_recorded_by) == (dt.date(2027, 1, 5), hat)
        with pytest.raises(actions.ExitTooLate):
            actions.record_exit(enrollment.pk, on=FIRST_DAY, by=hat, at=ON_THE_FIRST_DAY)

    def test_only_the_resident_district_records_it(self) -> None:
        enrollment = admitted()
        for hat in (host_of(enrollment), MembershipFactory.create(coordinator=True)):
            with pytest.raises(actions.NotYourStudent):
                actions.record_exit(enrollment.pk, on=dt.date(2027, 1, 5), by=hat, at=LATER)


class TestSchedule:
    @pytest.mark.rule("R-45")
    def test_fewer_credits_than_make_a_student_full_time_need_a_reason(self) -> None:
        enrollment = admitted()
        with pytest.raises(actions.TooFewCredits, match="worth 5 credits; a full-time schedule has 6"):
            scheduled(enrollment, six()[:5])
        schedule = scheduled(enrollment, six()[:5], shortfall=" The student graduates with five. ")
        assert schedule.shortfall == "The student graduates with five."

    @pytest.mark.rule("R-45")
    def test_a_reason_is_not_kept_where_none_is_needed(self) -> None:
        assert scheduled(admitted(), shortfall="No reason at all").shortfall == ""

    def test_the_same_plan_twice_is_one_version_and_a_change_says_why(self) -> None:
        enrollment = admitted()
        first = scheduled(enrollment)
        assert scheduled(enrollment) == first
        later = FIRST_DAY + dt.timedelta(days=30)
        with pytest.raises(actions.NoChange):
            scheduled(enrollment, [*six()[:5], plan("Art")], valid_from=later)
        with pytest.raises(actions.HoldsTooEarly):
            scheduled(
                enrollment,
                [*six()[:5], plan("Art")],
                change="Art instead",
                valid_from=FIRST_DAY - dt.timedelta(days=1),
            )
        second = scheduled(enrollment, [*six()[:5], plan("Art")], valid_from=later, change="Art instead")
        first.refresh_from_db()
        assert (second.version, second.valid_to) == (2, None)
        assert first.valid_to == later - dt.timedelta(days=1)
        assert list(enrollment.schedules.on(later)) == [second]
        assert first.courses.count() == 6

    @pytest.mark.rule("R-149")
    def test_a_slip_is_replaced_from_its_own_first_day_and_stays_on_file(self) -> None:
        enrollment = admitted()
        ten_hours = (600, 600, 600, 600, 600, 0, 0)
        slip = scheduled(enrollment, [*six()[:5], plan("Art", minutes=ten_hours)])
        hat = host_of(enrollment)
        with pytest.raises(actions.NoChange):
            scheduled(enrollment, [*six()[:5], plan("Art")])
        mended = scheduled(
            enrollment, [*six()[:5], plan("Art")], change="600 was a slip for 60", by=hat, at=NOON
        )
        slip.refresh_from_db()
        assert (slip.version, slip.replaced_by, slip.replaced_at) == (1, hat, NOON)
        assert (mended.version, mended.valid_from, mended.valid_to) == (2, FIRST_DAY, None)
        for day in (FIRST_DAY - dt.timedelta(days=1), FIRST_DAY, LAST):
            assert list(enrollment.schedules.on(day)) == [mended] * (day >= FIRST_DAY)
        assert (slip.courses.count(), list(enrollment.schedules.counting())) == (6, [mended])
        assert scheduled(enrollment, [*six()[:5], plan("Art")]) == mended

    def test_a_mended_change_leaves_the_version_before_it_as_it_is(self) -> None:
        enrollment = admitted()
        first = scheduled(enrollment)
        later = FIRST_DAY + dt.timedelta(days=30)
        slip = scheduled(enrollment, [*six()[:5], plan("Arts")], valid_from=later, change="Art instead")
        mended = scheduled(enrollment, [*six()[:5], plan("Art")], valid_from=later, change="Its name is Art")
        first.refresh_from_db()
        slip.refresh_from_db()
        assert first.valid_to == slip.valid_to == later - dt.timedelta(days=1)
        assert (first.replaced_at, slip.replaced_at, mended.version) == (None, LATER, 3)
        assert list(enrollment.schedules.on(later - dt.timedelta(days=1))) == [first]
        assert list(enrollment.schedules.on(later)) == [mended]

    @pytest.mark.parametrize(
        ("courses", "refusal"),
        [
            ([], actions.NoCourses),
            ([plan(starts_on=dt.date(2026, 6, 30))], actions.DaysOutsideTheYear),
            ([plan(ends_on=dt.date(2027, 7, 1))], actions.DaysOutsideTheYear),
            ([plan(starts_on=LAST, ends_on=FIRST_DAY)], actions.DaysOutsideTheYear),
            ([plan(minutes=(1440, 0, 0, 0, 0, 0, 0)), plan("Art")], actions.TooManyMinutes),
        ],
    )
    def test_what_a_schedule_refuses(self, courses: list[actions.CoursePlan], refusal: type[Refusal]) -> None:
        enrollment = admitted()
        with pytest.raises(refusal):
            scheduled(enrollment, courses, shortfall="Fewer")
        assert not Schedule.objects.exists()

    def test_the_halves_of_a_year_do_not_add_up_to_one_day(self) -> None:
        enrollment = admitted()
        middle = dt.date(2027, 3, 1)
        long = (1440, 0, 0, 0, 0, 0, 0)
        halves = [
            plan("First half", minutes=long, ends_on=middle, credit=Decimal(3)),
            plan("Second half", minutes=long, starts_on=middle + dt.timedelta(days=1), credit=Decimal(3)),
        ]
        assert scheduled(enrollment, halves).courses.count() == 2

    def test_a_teacher_of_somebody_else_is_not_taken(self) -> None:
        enrollment = admitted()
        own = TeacherFactory.create(organization=enrollment.program.host.organization)
        other = TeacherFactory.create()
        courses = [plan("A", teacher_id=own.pk), plan("B", teacher_id=other.pk), *six()[:4]]
        schedule = scheduled(enrollment, courses)
        assert list(
            ScheduledCourse.objects.filter(schedule=schedule, title__in="AB")
            .order_by("title")
            .values_list("teacher", flat=True)
        ) == [own.pk, None]


class TestEntry:
    @pytest.mark.rule("R-44")
    def test_from_entry_on_the_host_is_the_lea_of_record(self) -> None:
        enrollment = admitted()
        family, resident = family_of(enrollment.application), resident_of(enrollment)
        scheduled(enrollment)
        Notice.objects.all().delete()
        hat = host_of(enrollment)
        with pytest.raises(actions.TooEarly):
            actions.enter(enrollment.pk, by=hat, at=LATER)
        actions.enter(enrollment.pk, by=hat, at=ON_THE_FIRST_DAY)
        enrollment.refresh_from_db()
        student, program = enrollment.student, enrollment.program
        assert (enrollment.state, enrollment.entered_by) == (EnrollmentState.ENROLLED, hat)
        assert (student.lea, student.school) == (program.host, program.school)
        move = Move.objects.get(student=student)
        assert (move.from_lea, move.to_lea, move.moved_on) == (
            enrollment.resident_lea,
            program.host,
            FIRST_DAY,
        )
        assert told() == {family.user, resident.user}
        with pytest.raises(actions.AlreadyEntered):
            actions.enter(enrollment.pk, by=hat, at=ON_THE_FIRST_DAY)
        assert Move.objects.count() == 1

    @pytest.mark.rule("R-72")
    def test_a_part_time_course_goes_along_and_the_host_pays(self) -> None:
        enrollment = admitted()
        scheduled(enrollment)
        roster_line = RosterLineFactory.create(
            running=True, line__request__claim=enrollment.application.claim, mosis_id="9910000999"
        )
        actions.enter(enrollment.pk, by=host_of(enrollment), at=ON_THE_FIRST_DAY)
        change = PayerChange.objects.get()
        assert (change.line, change.from_lea, change.to_lea, change.pays_from) == (
            roster_line.line,
            enrollment.resident_lea,
            enrollment.program.host,
            FIRST_DAY,
        )
        assert RosterLine.objects.get().lea == enrollment.program.host

    def test_an_exit_that_nobody_recorded_holds_nothing_up(self) -> None:
        enrollment = admitted()
        scheduled(enrollment)
        assert (
            actions.enter(enrollment.pk, by=host_of(enrollment), at=ON_THE_FIRST_DAY).resident_exit_on is None
        )

    def test_there_has_to_be_a_schedule(self) -> None:
        enrollment = admitted()
        with pytest.raises(actions.NoSchedule):
            actions.enter(enrollment.pk, by=host_of(enrollment), at=ON_THE_FIRST_DAY)

    def test_the_host_hears_of_a_notice_to_mshsaa_when_the_family_asked(self) -> None:
        enrollment = admitted(asks_for_sports=True)
        scheduled(enrollment)
        hat = host_of(enrollment)
        Notice.objects.all().delete()
        actions.enter(enrollment.pk, by=hat, at=ON_THE_FIRST_DAY)
        assert "MSHSAA" in Notice.objects.get(user=hat.user).subject


class TestEnd:
    def enrolled(self, **changes: Any) -> ProgramEnrollment:
        row: ProgramEnrollment = ProgramEnrollmentFactory.create(enrolled=True, **changes)
        return row

    def end(self, enrollment: ProgramEnrollment, how: EnrollmentState, **changes: Any) -> ProgramEnrollment:
        answers: dict[str, Any] = {
            "on": LAST,
            "why": "Moved away",
            "at": dt.datetime(2027, 5, 22, 18, tzinfo=dt.UTC),
        } | changes
        by = answers.pop("by", None) or host_of(enrollment)
        return actions.end(enrollment.pk, how=how, by=by, **answers)

    def test_the_resident_district_hears_at_once_and_once(self) -> None:
        enrollment = self.enrolled()
        resident = resident_of(enrollment)
        ended = self.end(enrollment, EnrollmentState.WITHDRAWN)
        assert self.end(enrollment, EnrollmentState.WITHDRAWN).ended_at == ended.ended_at
        assert (ended.state, ended.ended_on, ended.end_reason) == (
            EnrollmentState.WITHDRAWN,
            LAST,
            "Moved away",
        )
        assert Notice.objects.filter(user=resident.user).count() == 1

    def test_a_family_withdraws_its_own_child_and_does_no_more(self) -> None:
        enrollment = self.enrolled()
        family = family_of(enrollment.application)
        with pytest.raises(actions.NotYourStudent):
            self.end(enrollment, EnrollmentState.GRADUATED, by=family)
        with pytest.raises(actions.NotYourStudent):
            self.end(enrollment, EnrollmentState.WITHDRAWN, by=MembershipFactory.create(parent=True))
        assert self.end(enrollment, EnrollmentState.WITHDRAWN, by=family).ended_by == family

    def test_one_end_only(self) -> None:
        enrollment = self.enrolled()
        self.end(enrollment, EnrollmentState.GRADUATED)
        with pytest.raises(actions.AlreadyOver):
            self.end(enrollment, EnrollmentState.WITHDRAWN)

    @pytest.mark.parametrize("on", [dt.date(2027, 5, 23), dt.date(2027, 1, 5)])
    def test_the_last_day_lies_between_the_first_day_and_today(self, on: dt.date) -> None:
        with pytest.raises(actions.NotInTheFuture):
            self.end(self.enrolled(), EnrollmentState.WITHDRAWN, on=on)

    def test_too_old_is_a_matter_of_years(self) -> None:
        enrollment = self.enrolled()
        with pytest.raises(actions.NotTooOld):
            self.end(enrollment, EnrollmentState.AGED_OUT)
        enrollment.student.birth_date = dt.date(2006, 5, 22)
        enrollment.student.save()
        assert self.end(enrollment, EnrollmentState.AGED_OUT).state == EnrollmentState.AGED_OUT

    def test_an_admission_can_be_given_up_before_the_first_day(self) -> None:
        enrollment = admitted()
        ended = actions.end(
            enrollment.pk,
            how=EnrollmentState.WITHDRAWN,
            on=LATER.date(),
            why="We stay.",
            by=family_of(enrollment.application),
            at=LATER,
        )
        assert ended.entered_at is None
