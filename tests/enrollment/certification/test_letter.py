"""What an attendance letter says: the case of the federal opinion, one below a threshold, and combined study."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from enrollment.certification import actions, letters
from enrollment.certification.facts import gather
from enrollment.certification.letters import duration
from enrollment.certification.models import LetterRequest, StudyKind
from enrollment.certification.rules import Outcome, Standard
from enrollment.full_time.models import EnrollmentState
from mocap_portal.foundation.directory.models import LeaKind
from mocap_portal.foundation.papers.letters import LetterText, lay_out
from tests.factories.certification import LetterRequestFactory, StatedHoursFactory
from tests.factories.directory import SchoolYearFactory, TermFactory
from tests.factories.full_time import (
    ProgramEnrollmentFactory,
    ScheduledCourseFactory,
    ScheduleFactory,
)
from tests.factories.part_time import CourseLineFactory
from tests.pdf import open_pdf, pdf_text, roles

from .kit import NOW, OFFICIAL, TODAY, WORDS, asked, combined, enrolled, issue, seen

pytestmark = pytest.mark.django_db

ADDRESS = "https://portal.example/attendance-letters/verify/"
COURSES = ("Algebra II", "American Government", "Biology", "English IV", "Spanish III", "Visual Arts")
CHECK = (
    f"Anybody who holds this letter can ask whether its facts still stand: at {ADDRESS}, with the number AL-000042 "
    "and the code that stands on the printed letter. The answer names nobody."
)
CLOSING = [
    "This letter states facts. Its reader decides what follows from them.",
    "To check this letter",
    CHECK,
]


def written(request: LetterRequest, *, on: dt.date, **words: Any) -> LetterText:
    return letters.compose(
        gather(request, on=on, **words),
        number="AL-000042",
        recipient=request.recipient,
        official=OFFICIAL,
        address=ADDRESS,
    )


def sentences(text: LetterText) -> list[str]:
    """Every text of a letter in reading order; a pair of terms as `term: value`."""
    found: list[str] = []
    for block in text.blocks:
        found += [block.text] if block.text else []
        found += block.items
        found += [f"{term}: {value}" for term, value in block.rows]
    return found


def claimant() -> LetterRequest:
    """August 2021 to May 2023, six courses, six hours a day, 18 in January 2023, graduated in May."""
    for year in (2022, 2023):
        TermFactory.create(
            school_year=SchoolYearFactory.create(year=year),
            code="YL",
            starts_on=dt.date(year - 1, 8, 20),
            ends_on=dt.date(year, 5, 22),
        )
    enrollment = ProgramEnrollmentFactory.create(
        disenrolled=True,
        state=EnrollmentState.GRADUATED,
        starts_on=dt.date(2021, 8, 16),
        ended_on=dt.date(2023, 5, 19),
        ended_at=dt.datetime(2023, 5, 19, 20, tzinfo=dt.UTC),
        end_reason="Diploma of the host district.",
        expected_graduation=dt.date(2023, 5, 19),
        admitted_at=dt.datetime(2021, 7, 1, 15, tzinfo=dt.UTC),
        application__claim__first_name="Bria",
        application__claim__last_name="Quill",
        application__claim__birth_date=dt.date(2005, 1, 12),
        application__program__name="Prairie Academy",
        application__program__school__name="Prairie Academy School",
        application__program__school__state_school_id="1050",
        application__program__host__organization__name="Larkspur R-V",
        application__program__host__state_district_id="010091",
        application__program__attendance_method="Attendance is marked daily.",
        application__program__interaction="Live lessons, phone calls and field trips, in groups and one to one.",
    )
    for year, first, last in (
        (2022, dt.date(2021, 8, 16), dt.date(2022, 5, 20)),
        (2023, dt.date(2022, 9, 15), dt.date(2023, 5, 19)),
    ):
        schedule = ScheduleFactory.create(
            enrollment=enrollment, school_year_id=year, valid_from=first, valid_to=dt.date(year, 6, 30)
        )
        for title in COURSES:
            ScheduledCourseFactory.create(schedule=schedule, title=title, starts_on=first, ends_on=last)
    request: LetterRequest = LetterRequestFactory.create(enrollment=enrollment)
    return request


@pytest.mark.rule("R-144", "R-145", "R-146", "R-147", "R-148", "R-151", "R-155")
def test_the_case_of_the_federal_opinion_meets_both_standards() -> None:
    text = written(claimant(), on=dt.date(2023, 10, 12))
    assert (text.title, text.sender, text.school, text.day, text.reference) == (
        "Certification of school attendance",
        "Larkspur R-V",
        "Prairie Academy School",
        "Thursday, October 12, 2023",
        "Letter AL-000042",
    )
    assert sentences(text) == [
        "For Social Security Administration. Larkspur R-V certifies what follows from its own records.",
        "Student",
        "Name: Bria Quill",
        "Date of birth: January 12, 2005",
        "School",
        "School: Prairie Academy School",
        "Host district: Larkspur R-V",
        "State code: 010091-1050 (district and school, DESE)",
        "Status: Public school in Missouri",
        "Program: Prairie Academy, a full-time program of MOCAP",
        "Operates: By the school year",
        "Attendance",
        "Enrolled as: Full-time student of MOCAP",
        "Entry: August 16, 2021",
        "Last day: May 19, 2023 (Graduated)",
        "Hours: 30 hours a week scheduled, as of May 19, 2023",
        "Days: Monday 6 hours, Tuesday 6 hours, Wednesday 6 hours, Thursday 6 hours, Friday 6 hours",
        "Course of study: 35 weeks",
        "Credits: 6 in the school year",
        "Attendance: Attendance is marked daily.",
        "Teachers: Live lessons, phone calls and field trips, in groups and one to one.",
        "Graduation: Expected on May 19, 2023",
        "Courses on the schedule",
        *(f"{title}: 5 hours a week, September 15, 2022 to May 19, 2023" for title in COURSES),
        "Month by month",
        "August 2021 to May 2022: 30 hours a week scheduled",
        "September 2022 to May 2023: 30 hours a week scheduled",
        "Months between entry and last day that were not in full-time attendance: none.",
        "Months without courses between two school years: June 2022, July 2022, August 2022.",
        "Standards",
        "State standard, at least 6 credits (RSMo 161.670.2(2)), 6 scheduled: met",
        "Federal standard, at least 20 hours a week (20 CFR 404.367(c)), 30 hours scheduled: met",
        "Federal standard, a course of study of at least 13 weeks (20 CFR 404.367(b)), 35 weeks: met",
        "Federal standard, not correspondence (20 CFR 404.367(b)): met",
        *CLOSING,
    ]
    assert text.signature == (
        "Signed by Kim Counsel",
        "Manager of counseling services",
        "Larkspur R-V",
        "Phone 573-555-0177",
        "Signed on October 12, 2023",
    )


@pytest.mark.rule("R-150", "R-151")
def test_below_a_threshold_the_facts_stand_and_the_test_is_named() -> None:
    """Three courses of an hour a day in a program of correspondence that charges a reason to its schedule."""
    enrollment = enrolled(courses=3, application__program__is_correspondence=True)
    enrollment.schedules.update(shortfall="Recovers from an illness.")
    text = written(asked(enrollment), on=TODAY)
    found = sentences(text)
    assert "Enrolled as: Student of a full-time program of MOCAP" in found
    assert "Last day: None: attends on the day of this letter" in found
    assert "On the credits: Recovers from an illness." in found
    assert "Correspondence: The program teaches by correspondence." in found
    assert found[found.index("Month by month") :] == [
        "Month by month",
        "January 2027 to February 2027: 15 hours a week scheduled",
        (
            "Months between entry and last day that were not in full-time attendance: January 2027, "
            "February 2027."
        ),
        "Standards",
        "State standard, at least 6 credits (RSMo 161.670.2(2)), 3 scheduled: not met",
        "Federal standard, at least 20 hours a week (20 CFR 404.367(c)), 15 hours scheduled: not met",
        "Federal standard, a course of study of at least 13 weeks (20 CFR 404.367(b)), 19 weeks: met",
        "Federal standard, not correspondence (20 CFR 404.367(b)): not met",
        (
            "Tests not met: state standard, credits; federal standard, hours a week; federal standard, not "
            "correspondence."
        ),
        *CLOSING,
    ]


@pytest.mark.rule("R-144", "R-145", "R-149")
def test_combined_study_is_looked_at_kind_by_kind() -> None:
    """Three courses of the portal, ten hours in a building, two at home: only the first are certified."""
    request = combined(
        line__course__title="Algebra II",
        line__teacher_name="Terry Teach",
        line__request__claim__school__name="Cedar High",
    )
    for title in ("Biology", "Civics"):
        CourseLineFactory.create(
            request__claim=request.student.claims.get(),
            course__title=title,
            state="active",
            started_on=dt.date(2027, 1, 6),
            ends_on=dt.date(2027, 5, 21),
            planned_minutes=300,
        )
    StatedHoursFactory.create(request=request)
    StatedHoursFactory.create(
        request=request, kind=StudyKind.HOME, minutes=120, stated_by="Pat Parent, mother"
    )
    text = written(request, on=TODAY, words=WORDS)
    found = sentences(text)
    assert text.school == "Cedar High"
    assert found[found.index("Attendance") : -len(CLOSING)] == [
        "Attendance",
        "First course began: January 6, 2027",
        "Last day: None: attends on the day of this letter",
        "Hours: 15 hours a week scheduled, as of February 1, 2027",
        "Course of study: 19 weeks",
        "Credits: 1.5 in the school year",
        "Attendance: The school records attendance every day.",
        "Teachers: By video and phone every week.",
        "Courses on the schedule",
        "Algebra II: 5 hours a week, January 6, 2027 to May 21, 2027, teacher Terry Teach",
        "Biology: 5 hours a week, January 6, 2027 to May 21, 2027",
        "Civics: 5 hours a week, January 6, 2027 to May 21, 2027",
        "Month by month",
        "January 2027 to February 2027: 15 hours a week scheduled",
        (
            "Months between first course and last day in which none of these courses ran, or in which they and the "
            "hours that others stated came to less than 20 hours a week: none."
        ),
        "Study outside these courses",
        (
            "In a school building: 10 hours a week, as stated by Rita Registrar, Cedar High on February 1, 2027. Not "
            "certified by this letter."
        ),
        (
            "Home school: 2 hours a week, as stated by Pat Parent, mother on February 1, 2027. Not certified by this "
            "letter."
        ),
        "Certified: 15 hours a week. Stated by others: 12 hours a week. Together: 27 hours a week.",
        "Standards",
        "State standard, at least 6 credits (RSMo 161.670.2(2)), 1.5 in these courses alone: not met",
        (
            "Federal standard, at least 20 hours a week (20 CFR 404.367(c)), 15 hours scheduled: reached only together "
            "with hours that others stated and this letter does not certify"
        ),
        "Federal standard, a course of study of at least 13 weeks (20 CFR 404.367(b)), 19 weeks: met",
        "Federal standard, not correspondence (20 CFR 404.367(b)): met",
        "Tests not met: state standard, credits.",
    ]


def test_of_combined_study_without_stated_hours_the_letter_says_so() -> None:
    found = sentences(written(combined(), on=TODAY, words=WORDS))
    assert "Nobody stated hours of study outside these courses." in found


@pytest.mark.rule("R-151")
def test_combined_study_states_its_months_of_absence() -> None:
    """A course in the fall, one from March on; ten stated hours reach the standard only beside two courses."""
    request = combined(
        line__started_on=dt.date(2027, 3, 1), line__ends_on=dt.date(2027, 5, 21), line__planned_minutes=600
    )
    CourseLineFactory.create(
        request__claim=request.student.claims.get(),
        state="completed",
        started_on=dt.date(2026, 11, 2),
        ended_on=dt.date(2026, 12, 18),
        ends_on=dt.date(2026, 12, 18),
        planned_minutes=300,
        percent_complete=100,
        final_grade="A",
        credit_earned=Decimal("0.5"),
    )
    StatedHoursFactory.create(request=request)
    facts = gather(request, on=dt.date(2027, 4, 5), words=WORDS)
    assert facts.out == ((2026, 11), (2026, 12), (2027, 1), (2027, 2))
    sentence = "came to less than 20 hours a week: November 2026, December 2026, January 2027, February 2027."
    assert any(sentence in line for line in sentences(written(request, on=dt.date(2027, 4, 5), words=WORDS)))


def test_a_course_that_was_withdrawn_no_longer_counts() -> None:
    request = combined()
    CourseLineFactory.create(
        request__claim=request.student.claims.get(),
        state="withdrawn",
        started_on=dt.date(2027, 1, 6),
        ended_on=dt.date(2027, 1, 20),
        ends_on=dt.date(2027, 5, 21),
        planned_minutes=600,
    )
    facts = gather(request, on=TODAY, words=WORDS)
    assert (facts.minutes, facts.credits) == (300, Decimal("0.5"))


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (LeaKind.DISTRICT, "Public school in Missouri"),
        (LeaKind.CHARTER, "Public charter school in Missouri"),
        (
            LeaKind.COLLEGE,
            "Public program under RSMo 161.670, hosted by a college or university in Missouri",
        ),
    ],
)
def test_every_host_is_public(kind: LeaKind, status: str) -> None:
    request = asked(enrolled(application__program__host__kind=kind))
    assert f"Status: {status}" in sentences(written(request, on=TODAY))


@pytest.mark.rule("R-150")
def test_no_letter_says_who_gets_a_benefit_and_none_has_room_for_an_ssn() -> None:
    texts = [
        written(claimant(), on=dt.date(2023, 10, 12)),
        written(asked(enrolled(courses=1)), on=TODAY),
        written(combined(), on=TODAY, words=WORDS),
    ]
    for text in texts:
        words = " ".join(sentences(text)).lower()
        assert [word for word in ("entitle", "eligib", "benefit", "ssn") if word in words] == []
        assert re.search(r"\b\d{3}-\d{2}-\d{4}\b", words) is None


def test_a_letter_is_a_tagged_pdf_with_an_html_twin() -> None:
    certification = issue(asked())
    letter = certification.letter
    with letter.pdf.open("rb") as file:
        pdf = file.read()
    text = pdf_text(pdf)
    assert "/H1" in list(roles(open_pdf(pdf).Root.StructTreeRoot.K))
    for part in ("Certification of school attendance", "30 hours a week scheduled", "Code of this letter:"):
        assert part in text
    assert "30 hours a week scheduled" in letter.html
    assert "Code of this letter" not in letter.html
    assert lay_out(written(certification.request, on=TODAY)).count("<h2>") == 1


def test_a_letter_is_in_english_whatever_its_official_reads() -> None:
    request = asked()
    with translation.override("es"):
        assert "Student" in sentences(written(request, on=TODAY))


def test_without_courses_nothing_is_met_but_interaction() -> None:
    facts = gather(asked(enrolled(courses=0)), on=TODAY)
    assert {standard for standard, outcome in facts.findings.items() if outcome == Outcome.MET} == {
        Standard.INTERACTION
    }
    assert facts.out == ((2027, 1), (2027, 2))


def test_facts_are_plain_json_and_known_by_their_digest() -> None:
    request = asked()
    facts = seen(request)
    assert facts.to_json()["findings"] == dict.fromkeys(Standard, Outcome.MET)
    assert facts.digest == seen(request).digest
    assert facts.digest != seen(request, at=NOW + dt.timedelta(days=1)).digest


@pytest.mark.rule("R-149")
@pytest.mark.parametrize("field", ["attendance_method", "interaction"])
def test_a_stray_seven_hours_cannot_arise(field: str) -> None:
    """The opinion had to explain away a sentence about seven hours a day that no schedule said."""
    changes: dict[str, Any] = {
        f"application__program__{field}": "Students attend school seven hours per day."
    }
    request = asked(enrolled(**changes))
    with pytest.raises(actions.HoursInWords):
        issue(request)
    assert not hasattr(LetterRequest.objects.get(), "certification")


@pytest.mark.rule("R-149")
def test_a_reason_that_names_hours_is_left_out() -> None:
    enrollment = enrolled(courses=3)
    enrollment.schedules.update(shortfall="Works thirty hours a week.")
    assert gather(asked(enrollment), on=TODAY).shortfall == ""


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 hours"), (1, "1 minute"), (60, "1 hour"), (1199, "19 hours 59 minutes"), (1800, "30 hours")],
)
def test_a_duration_in_words(minutes: int, words: str) -> None:
    assert duration(minutes) == words
