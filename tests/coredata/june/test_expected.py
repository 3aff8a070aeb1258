"""What June has to have, why, and with which outcome."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from coredata.june.expected import Shown, expected_june
from enrollment.full_time.models import Schedule
from enrollment.part_time.models import Basis, LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from tests.coredata.kit import DAY, certify, good, send
from tests.coredata.test_student_courses import file_of, rows
from tests.factories.full_time import (
    ProgramEnrollmentFactory,
    ProgramFactory,
    ScheduledCourseFactory,
    ScheduleFactory,
)
from tests.factories.providers import AgreementFactory

from .kit import (
    ANN,
    BEN,
    CARL,
    OCTOBER,
    STARTED,
    all_of,
    certify_october,
    course_of,
    csv_of,
    june_of,
    june_rows,
    keys,
    one,
    registered,
    reported,
    returned,
    send_june,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
HALF = Decimal("0.5")


@pytest.fixture
def october(clerk: Membership) -> Membership:
    certify_october(clerk)
    return clerk


def without_code_for_ben() -> list[dict[str, str]]:
    return [row | {"ProgramCode": ""} if row["AssignNum"] == "A5" else row for row in rows("crs")]


def test_without_both_certified_october_files_there_is_no_list(lea: Lea, clerk: Membership) -> None:
    year = SchoolYear.objects.get(year=2027)
    assert expected_june(lea, year, on=DAY) is None
    certify(send(good("crs"), by=clerk), by=clerk)
    send(good("stu"), by=clerk)
    assert expected_june(lea, year, on=DAY) is None


@pytest.mark.usefixtures("october")
def test_mocap_courses_of_october_are_on_it_once_for_several_teachers(lea: Lea) -> None:
    """Not the partner's course without a program code, nor the one in the classroom."""
    found = all_of(lea)
    assert keys(found) == OCTOBER
    first = found[0]
    assert (first.student, first.title, first.program_code, first.student_line) == (
        "Roe, Ann",
        "Algebra II",
        "50",
        3,
    )
    assert {(row.origin, row.state, row.grade, row.june_line) for row in found} == {
        ("october", "open", "", None)
    }


@pytest.mark.parametrize(
    ("told", "proposed"),
    [
        (
            {"status": "completed", "final_grade": "b+", "credits_earned": HALF},
            ("B+", HALF, "provider", "ready"),
        ),
        (
            {"status": "completed", "final_grade": "B", "credits_earned": Decimal(2)},
            ("B", HALF, "provider", "ready"),
        ),
        (
            {"status": "completed", "final_grade": "F", "credits_earned": HALF},
            ("F", Decimal(0), "provider", "ready"),
        ),
        ({"status": "completed", "final_grade": "92"}, ("", None, "", "open")),
        ({"status": "withdrawn"}, ("WD", Decimal(0), "provider", "withdrawn")),
        ({"status": "incomplete"}, ("I", None, "provider", "ready")),
        ({"status": "active"}, ("", None, "", "open")),
        ({"status": "no_start"}, ("", None, "", "open")),
        ({"status": "withdrawn", "basis": "private_pay"}, ("", None, "", "open")),
        ({"status": "withdrawn", "district_code": "992102"}, ("", None, "", "open")),
        ({"status": "withdrawn", "semester": "YL"}, ("WD", Decimal(0), "provider", "withdrawn")),
        ({"status": "withdrawn", "semester": "S2"}, ("", None, "", "open")),
    ],
)
@pytest.mark.usefixtures("october")
def test_the_provider_s_outcome_is_proposed(
    lea: Lea, told: dict[str, Any], proposed: tuple[Any, ...]
) -> None:
    reported(**told)
    row = one(lea, ANN, "115845", "S1")
    assert (row.proposed_grade, row.proposed_credits, row.source, row.state) == proposed


@pytest.mark.usefixtures("october")
def test_a_report_that_was_not_accepted_says_nothing(lea: Lea) -> None:
    returned(status="withdrawn")
    assert one(lea, ANN, "115845", "S1").state == "open"


@pytest.mark.usefixtures("october")
def test_of_two_semesters_at_the_provider_the_last_one_counts_for_the_year(lea: Lea) -> None:
    of_ben = {"mosis_id": BEN, "course_code": "115846"}
    reported(**of_ben, semester="S1", status="completed", final_grade="A", begin_date=dt.date(2026, 8, 24))
    reported(**of_ben, semester="S2", status="active", begin_date=STARTED)
    row = one(lea, BEN, "115846", "YL")
    assert (row.state, row.status) == ("open", "active")


@pytest.mark.parametrize(
    ("state", "more", "proposed"),
    [
        (LineState.WITHDRAWN, {}, ("WD", "district")),
        (LineState.REMOVED, {}, ("WD", "district")),
        (LineState.COMPLETED, {"line__final_grade": "a"}, ("A", "district")),
        (LineState.FINISHED, {"line__final_grade": "a"}, ("B", "provider")),
        (LineState.ACTIVE, {}, ("B", "provider")),
    ],
)
@pytest.mark.usefixtures("october")
def test_the_district_s_own_record_goes_before_the_provider(
    lea: Lea, state: LineState, more: dict[str, Any], proposed: tuple[str, str]
) -> None:
    reported(mosis_id=BEN, course_code="115846", semester="YL", status="completed", final_grade="B")
    registered(lea, BEN, state, course=course_of("115846"), term="S1", **more)
    row = one(lea, BEN, "115846", "YL")
    assert (row.origin, row.proposed_grade, row.source) == ("october", *proposed)


@pytest.mark.usefixtures("october")
def test_a_result_that_the_district_has_not_confirmed_is_the_provider_s_word(lea: Lea) -> None:
    registered(lea, BEN, LineState.FINISHED, course=course_of("115846"), term="YL", line__final_grade="C")
    row = one(lea, BEN, "115846", "YL")
    assert (row.proposed_grade, row.source, row.proposed_credits) == ("C", "provider", Decimal(1))


@pytest.mark.parametrize(
    ("state", "more", "is_added"),
    [
        (LineState.ACTIVE, {}, True),
        (LineState.COMPLETED, {}, True),
        (LineState.WITHDRAWN, {}, True),
        (LineState.CONFIRMED, {}, False),
        (LineState.CANCELLED, {}, False),
        (LineState.ACTIVE, {"line__basis": Basis.PRIVATE}, False),
        (LineState.ACTIVE, {"year": 2026}, False),
        (LineState.ACTIVE, {"term": "SU"}, False),
    ],
)
@pytest.mark.usefixtures("october")
def test_an_approved_course_that_has_started_since_is_added(
    lea: Lea, state: LineState, more: dict[str, Any], is_added: bool
) -> None:
    registered(lea, state=state, **more)
    added = [(CARL, "115847", "S2")] if is_added else []
    assert keys(all_of(lea)) == [*OCTOBER, *added]
    assert [row.origin for row in all_of(lea, "added")] == ["approval"] * is_added


@pytest.mark.usefixtures("october")
def test_a_course_under_an_agreement_of_the_district_is_no_mocap_course(lea: Lea) -> None:
    course = course_of("115847")
    AgreementFactory.create(partnership=True, lea=lea, provider=course.provider)
    registered(lea, course=course)
    assert keys(all_of(lea)) == OCTOBER


@pytest.mark.usefixtures("october")
def test_who_pays_now_reports_it(lea: Lea) -> None:
    line = registered(lea)
    line.lea = Lea.objects.get(state_district_id="992102")
    line.save()
    assert keys(all_of(lea)) == OCTOBER


@pytest.mark.parametrize(
    ("told", "is_added"),
    [
        ({"status": "active"}, True),
        ({"status": "withdrawn"}, True),
        ({"status": "pending"}, False),
        ({"status": "no_start"}, False),
        ({"basis": "site_license"}, False),
        ({"district_code": "992102"}, False),
        ({"mosis_id": ""}, False),
    ],
)
@pytest.mark.usefixtures("october")
def test_what_only_a_provider_reports_is_proposed(lea: Lea, told: dict[str, Any], is_added: bool) -> None:
    reported(**{"mosis_id": CARL, "course_code": "115847", "semester": "S2", "teacher_provided": "N"} | told)
    added = all_of(lea, "added")
    assert keys(added) == [(CARL, "115847", "S2")] * is_added
    assert [(row.origin, row.program_code, row.student) for row in added] == [
        ("report", "52", "Okafor, Ada")
    ] * is_added


@pytest.mark.usefixtures("october")
def test_what_was_approved_and_is_reported_is_one_course_at_one_time(lea: Lea) -> None:
    registered(lea, term="S2")
    reported(mosis_id=CARL, course_code="115847", semester="YL")
    reported(mosis_id=CARL, course_code="115847", semester="S1", status="completed", final_grade="A")
    added = all_of(lea, "added")
    assert [(*keys([row])[0], row.origin) for row in added] == [
        (CARL, "115847", "S1", "report"),
        (CARL, "115847", "S2", "approval"),
    ]


def test_an_approved_course_without_its_program_code_in_october_is_on_the_list(
    lea: Lea, clerk: Membership
) -> None:
    certify_october(clerk, courses=file_of("crs", without_code_for_ben()))
    assert keys(all_of(lea)) == OCTOBER[:2]
    registered(lea, BEN, course=course_of("115846"), term="S1")
    found = all_of(lea)
    assert keys(found) == OCTOBER
    assert (found[-1].origin, found[-1].program_code, found[-1].student_line) == ("uncoded", "50", 7)
    assert keys(all_of(lea, "uncoded")) == OCTOBER[2:]
    assert all_of(lea, "added") == []


# Full-time ------------------------------------------------------------------------------------------


def schedule_of(lea: Lea, **more: Any) -> Schedule:
    """Of a student whom this LEA hosts since January."""
    program = ProgramFactory.create(host=lea)
    enrollment = ProgramEnrollmentFactory.create(
        **{"enrolled": True} | more, application__program=program, application__claim__student__mosis_id=CARL
    )
    schedule: Schedule = ScheduleFactory.create(enrollment=enrollment)
    return schedule


@pytest.mark.usefixtures("october")
def test_the_host_reports_the_courses_of_its_full_time_students(lea: Lea) -> None:
    schedule = schedule_of(lea)
    ScheduledCourseFactory.create(schedule=schedule, course=course_of("115847"))
    ScheduledCourseFactory.create(schedule=schedule, title="Study hall")  # of no catalog
    ScheduledCourseFactory.create(
        schedule=schedule,
        course=course_of("115846"),
        starts_on=DAY + dt.timedelta(days=1),
        ends_on=DAY.replace(month=7),
    )
    (row,) = all_of(lea, "added")
    assert (*keys([row])[0][:2], row.origin, row.state) == (CARL, "115847", "full_time", "open")
    assert keys(all_of(Lea.objects.get(pk=lea.pk), on=dt.date(2027, 1, 5))) == OCTOBER


@pytest.mark.usefixtures("october")
def test_a_full_time_student_who_was_disenrolled_has_withdrawn(lea: Lea) -> None:
    schedule = schedule_of(lea, disenrolled=True)
    ScheduledCourseFactory.create(schedule=schedule, course=course_of("115847"))
    over = {"ends_on": dt.date(2027, 3, 1)}
    ScheduledCourseFactory.create(schedule=schedule, course=course_of("115846"), **over)
    assert {(row.course_code, row.grade) for row in all_of(lea, "added")} == {
        ("115847", "WD"),
        ("115846", ""),
    }


@pytest.mark.usefixtures("october")
def test_a_course_that_was_a_slip_of_the_schedule_is_not_reported(lea: Lea) -> None:
    slip = schedule_of(lea)
    slip.valid_to = slip.valid_from - dt.timedelta(days=1)
    slip.replaced_at, slip.replaced_by = slip.made_at, slip.made_by
    slip.save()
    mended = ScheduleFactory.create(enrollment=slip.enrollment, version=2, change="The other course.")
    begun = slip.valid_from - dt.timedelta(days=30)
    ScheduledCourseFactory.create(schedule=slip, course=course_of("115846"), starts_on=begun)
    ScheduledCourseFactory.create(schedule=mended, course=course_of("115847"), starts_on=begun)
    assert {(row.course_code, row.grade) for row in all_of(lea, "added")} == {("115847", "")}


@pytest.mark.usefixtures("october")
def test_a_course_that_a_later_schedule_lacks_was_dropped(lea: Lea) -> None:
    first = schedule_of(lea)
    first.valid_to = dt.date(2027, 2, 28)
    first.save()
    second = ScheduleFactory.create(
        enrollment=first.enrollment, version=2, valid_from=dt.date(2027, 3, 1), change="Too much."
    )
    for schedule, codes in ((first, ["115846", "115847"]), (second, ["115847"])):
        for code in codes:
            ScheduledCourseFactory.create(schedule=schedule, course=course_of(code))
    assert {(row.course_code, row.grade) for row in all_of(lea, "added")} == {
        ("115846", "WD"),
        ("115847", ""),
    }


# The June file --------------------------------------------------------------------------------------


def test_what_stands_in_the_june_file_goes_before_what_is_proposed(lea: Lea, october: Membership) -> None:
    reported(status="completed", final_grade="C", credits_earned=HALF)
    send_june(october)
    row = one(lea, ANN, "115845", "S1")
    assert (row.june_line, row.june_grade, row.proposed_grade, row.grade) == (3, "WD", "C", "WD")
    assert row.credits == 0
    assert row.state == "withdrawn"
    assert keys(all_of(lea, "differs")) == OCTOBER[:1]
    assert june_of(lea).counts.missing == 0


def test_the_trial_stands_before_the_certified_file(lea: Lea, october: Membership) -> None:
    certified = certify(send_june(october), by=october)
    assert june_of(lea).june == certified
    trial = send_june(october, csv_of(june_rows()[:3]))
    assert june_of(lea).june == trial
    assert june_of(lea, june=certified).counts.missing == 0
    assert keys(all_of(lea, "missing")) == OCTOBER[2:]


@pytest.mark.rule("R-111")
def test_a_june_file_names_what_it_lacks_and_what_it_has_too_many(lea: Lea, clerk: Membership) -> None:
    """Ben's course has its program code in June alone; Ann's row of line 3 is about another course."""
    certify_october(clerk, courses=file_of("crs", without_code_for_ben()))
    changed = june_rows()
    changed[1]["CourseNum"] = "115847"
    send_june(clerk, csv_of(changed))
    found = june_of(lea)
    assert keys(found.rows("missing")[:]) == OCTOBER[:1]
    assert [(row.line, row.student, row.course_code, row.is_in_october) for row in found.extra()[:]] == [
        (3, "Roe, Ann", "115847", False),
        (6, "Poe, Ben", "115846", True),
    ]
    assert found.has_program_codes


def test_a_row_whose_course_is_an_error_is_extra_without_it(lea: Lea, october: Membership) -> None:
    """An error leaves its value out: here a program code on a course of a partnership (V-55)."""
    changed = june_rows()
    changed[3]["ProgramCode"] = "50"
    send_june(october, csv_of(changed))
    assert [(row.line, row.course_code) for row in june_of(lea).extra()[:]] == [(5, "")]


def test_a_file_without_program_codes_cannot_have_too_many(lea: Lea, october: Membership) -> None:
    bare = [row | {"ProgramCode": "", "CourseNum": "115847"} for row in june_rows()]
    send_june(october, csv_of(bare))
    found = june_of(lea)
    assert (found.has_program_codes, found.extra()[:], found.counts.missing) == (False, [], 3)


def test_a_year_in_june_stands_for_a_semester_of_october(lea: Lea, october: Membership) -> None:
    """Core data 2.5: as V-70 has it."""
    whole = june_rows()
    whole[1]["CourseSemester"] = "YL"
    send_june(october, csv_of([whole[1]]))
    assert keys(all_of(lea, "missing")) == OCTOBER[2:]


@pytest.mark.usefixtures("october")
def test_the_numbers_add_up(lea: Lea) -> None:
    reported(status="withdrawn")
    reported(mosis_id=BEN, course_code="115846", semester="YL", status="completed", final_grade="A")
    registered(lea)
    found = june_of(lea)
    counts = found.counts
    assert (counts.whole, counts.open, counts.ready, counts.withdrawn, counts.added) == (4, 2, 1, 1, 1)
    for shown in Shown:
        assert len(list(found.rows(shown))) == len(found.rows(shown)) == getattr(counts, shown)
    assert [row.state for row in found.rows(who=BEN)[:]] == ["ready"]
    whole = list(found.rows())
    assert (whole[1:3], whole[-1]) == (found.rows()[1:3], found.rows()[-1])
