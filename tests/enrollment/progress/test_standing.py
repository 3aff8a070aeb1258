"""Of whom reports are owed, and who is behind."""

import datetime as dt

import pytest

from enrollment.progress import standing
from enrollment.progress.standing import Track
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from tests.factories.accounts import MembershipFactory
from tests.factories.progress import ProgressReportFactory

from . import kit
from .kit import DUE, TODAY

pytestmark = pytest.mark.django_db


def owed(track: Track) -> list[dt.date]:
    """The due days of the one student there is."""
    year = kit.year()
    [found] = standing.standings(list(standing.students_of(track, year)), track, year, today=TODAY)
    return [point.due_on for point in found.owed]


@pytest.mark.rule("R-51")
def test_a_full_time_student_of_the_whole_year_owes_four() -> None:
    kit.student(starts_on=dt.date(2026, 8, 24))
    assert owed(Track.FULL_TIME) == DUE


def test_how_many_is_a_legal_value() -> None:
    LegalValue.objects.filter(key=LegalKey.PROGRESS_REPORTS).update(number=6)
    kit.student(starts_on=dt.date(2026, 8, 24))
    assert len(owed(Track.FULL_TIME)) == 6


def test_a_student_who_starts_in_the_middle_owes_what_is_due_after_the_start() -> None:
    kit.student(starts_on=dt.date(2027, 1, 6))
    assert owed(Track.FULL_TIME) == DUE[2:]


def test_a_student_who_starts_on_a_due_day_does_not_owe_it() -> None:
    kit.student(starts_on=DUE[2])
    assert owed(Track.FULL_TIME) == DUE[3:]


def test_a_student_who_left_owes_nothing_after_the_last_day() -> None:
    kit.student(disenrolled=True)  # on 26 March
    assert owed(Track.FULL_TIME) == DUE[2:3]


def test_a_student_who_has_not_entered_owes_nothing() -> None:
    kit.student(enrolled=False, courses=())
    assert not standing.students_of(Track.FULL_TIME, kit.year()).exists()


@pytest.mark.rule("R-52")
def test_a_part_time_course_of_a_whole_year_owes_four() -> None:
    kit.in_course("YL")
    assert owed(Track.PART_TIME) == DUE


@pytest.mark.rule("R-53")
@pytest.mark.parametrize(("code", "days"), [("S1", DUE[:2]), ("S2", DUE[2:])])
def test_a_course_of_one_semester_owes_two(code: str, days: list[dt.date]) -> None:
    kit.in_course(code)
    assert owed(Track.PART_TIME) == days


@pytest.mark.rule("R-53")
def test_a_course_that_begins_before_its_semester_owes_two() -> None:
    kit.in_course("S2", line__started_on=dt.date(2026, 12, 14))
    assert owed(Track.PART_TIME) == DUE[2:]


def test_a_course_that_was_extended_owes_what_is_due_meanwhile() -> None:
    kit.in_course("S1", line__ends_on=dt.date(2027, 3, 31))
    assert owed(Track.PART_TIME) == DUE[:3]


def test_a_course_that_ended_owes_nothing_afterwards() -> None:
    kit.in_course("YL", line__state="withdrawn", line__ended_on=dt.date(2027, 1, 20))
    assert owed(Track.PART_TIME) == DUE[:2]


def test_a_course_that_never_started_owes_nothing() -> None:
    kit.in_course("S2", running=False, confirmed=True, line__started_on=None)
    assert not standing.students_of(Track.PART_TIME, kit.year()).exists()


def test_missing_is_what_was_due_and_is_not_there() -> None:
    silent, written = kit.student(), kit.student()
    ProgressReportFactory.create(enrollment=written)
    kit.student(starts_on=TODAY)
    year = kit.year()
    rows = standing.students_of(Track.FULL_TIME, year)
    assert list(standing.missing(rows, Track.FULL_TIME, year, until=DUE[2])) == [silent]
    assert list(standing.missing(rows, Track.FULL_TIME, year, until=DUE[2] - dt.timedelta(days=1))) == []
    assert standing.missing(rows, Track.FULL_TIME, year, until=DUE[3]).count() == 3


@pytest.mark.rule("R-51")
@pytest.mark.parametrize("track", list(Track))
def test_behind_is_whose_report_is_overdue_or_says_so(track: Track) -> None:
    make = kit.student if track == Track.FULL_TIME else kit.in_course
    silent, slow, caught_up, fine = (make() for _ in range(4))
    kinds = {"enrollment": None, "part_time": True} if track == Track.PART_TIME else {}

    def reported(row: object, *, behind: bool, number: int = 3) -> None:
        ProgressReportFactory.create(
            **kinds | {track.field: row}, behind=behind, number=number, due_on=DUE[number - 1]
        )

    reported(slow, behind=True)
    reported(caught_up, behind=True)
    reported(caught_up, behind=False, number=4)
    reported(fine, behind=False)
    year = kit.year()
    found = standing.behind(standing.students_of(track, year), track, year, today=TODAY)
    assert set(found) == {silent, slow}


def test_behind_looks_at_the_version_that_holds() -> None:
    student = kit.student()
    first = ProgressReportFactory.create(enrollment=student, behind=True)
    ProgressReportFactory.create(
        enrollment=student, version=2, replaces=first, change="The grade was another's.", behind=False
    )
    year = kit.year()
    rows = standing.students_of(Track.FULL_TIME, year)
    assert list(standing.behind(rows, Track.FULL_TIME, year, today=TODAY)) == []


@pytest.mark.rule("R-61")
def test_each_reads_their_own_students_and_no_others() -> None:
    student, row = kit.student(), kit.in_course()
    year = kit.year()
    full = [
        kit.host(student),
        kit.staff(student.resident_lea),
        kit.staff(student.resident_lea, "counselor"),
        kit.family(student),
    ]
    part = [kit.desk(row), kit.staff(row.lea), kit.family(row)]
    state = MembershipFactory.create(dese_reviewer=True)
    blind = [
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        MembershipFactory.create(provider_admin=True),
        MembershipFactory.create(parent=True),
    ]
    for hat in [*full, *part, state, *blind]:
        seen = {track: list(standing.visible_students(hat, track, year)) for track in Track}
        assert seen[Track.FULL_TIME] == ([student] if hat in [*full, state] else []), hat
        assert seen[Track.PART_TIME] == ([row] if hat in [*part, state] else []), hat


def test_only_host_and_provider_write_and_not_about_their_own_child() -> None:
    student, row = kit.student(), kit.in_course()
    assert list(standing.own_students(kit.host(student), Track.FULL_TIME)) == [student]
    assert list(standing.own_students(kit.desk(row), Track.PART_TIME)) == [row]
    assert list(standing.own_students(kit.staff(row.lea), Track.PART_TIME)) == []
    assert list(standing.own_students(kit.staff(student.resident_lea), Track.FULL_TIME)) == []
    parents = [
        MembershipFactory.create(
            host_staff=True, lea=student.program.host, user=student.application.claim.claimant
        ),
        MembershipFactory.create(
            provider_staff=True, provider=row.provider, user=row.line.request.claim.claimant
        ),
    ]
    assert [list(standing.own_students(hat, track)) for hat, track in zip(parents, Track, strict=True)] == [
        [],
        [],
    ]


@pytest.mark.parametrize("track", list(Track))
def test_a_page_of_students_costs_the_same_for_one_and_for_ten(
    track: Track, django_assert_num_queries: object
) -> None:
    make = kit.student if track == Track.FULL_TIME else kit.in_course
    rows = [make() for _ in range(10)]
    year = kit.year()
    for number in (1, 10):
        found = standing.students_of(track, year).filter(pk__in=[row.pk for row in rows[:number]])
        with django_assert_num_queries(2):  # type: ignore[operator]
            names = [
                (one.student_name, one.place, one.writer, one.district, len(one.owed), one.is_behind)
                for one in standing.standings(list(found), track, year, today=TODAY)
            ]
        assert len(names) == number
