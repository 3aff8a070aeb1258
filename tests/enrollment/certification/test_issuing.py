"""An official issues what was seen, once; hours that others stated belong to combined study."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError

from enrollment.certification import actions, codes
from enrollment.certification.models import Certification, LetterRequest, StatedHours
from enrollment.full_time import actions as full_time
from enrollment.full_time.models import ScheduledCourse
from enrollment.records.models import Disclosure
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.papers.models import Letter, LetterKind, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import StatedHoursFactory
from tests.factories.full_time import ProgramEnrollmentFactory, ScheduledCourseFactory
from tests.pdf import pdf_text
from tests.personal_data import assert_no_personal_data

from .kit import NOW, OFFICIAL, TODAY, asked, combined, issue, official_of, seen

pytestmark = pytest.mark.django_db


def code_of(certification: Certification) -> str:
    with certification.letter.pdf.open("rb") as file:
        return pdf_text(file.read()).partition("Code of this letter: ")[2][:14]


@pytest.mark.rule("R-144", "R-154")
def test_a_letter_is_kept_with_its_facts_number_and_a_hash_of_its_code() -> None:
    request = asked()
    official = official_of(request)
    certification = issue(request, by=official)
    letter = certification.letter
    assert (letter.kind, letter.language, letter.facts) == (LetterKind.ATTENDANCE, "en", certification.facts)
    assert certification.facts["minutes"] == 1800
    assert (certification.issued_by, certification.official_name) == (official, OFFICIAL.name)
    code = code_of(certification)
    assert codes.is_code(request.number, code, certification.code_hash)
    assert code not in (certification.code_hash + letter.html + str(letter.facts))


@pytest.mark.rule("R-149", "R-151")
def test_a_slip_that_was_mended_leaves_no_trace_in_the_letter() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True)
    year, hat = SchoolYear.objects.get(year=2027), enrollment.entered_by
    assert hat is not None

    def schedule(first: int, at: dt.datetime, change: str = "") -> None:
        full_time.make_schedule(
            enrollment.pk,
            [
                full_time.CoursePlan(
                    title=f"Course {number}",
                    credit=Decimal(1),
                    starts_on=enrollment.starts_on,
                    ends_on=dt.date(2027, 5, 22),
                    minutes=(first if number == 0 else 48,) * 5 + (0, 0),
                )
                for number in range(6)
            ],
            school_year=year,
            valid_from=enrollment.starts_on,
            change=change,
            by=hat,
            at=at,
        )

    schedule(600, NOW)
    request = asked(enrollment)
    slip = seen(request)
    schedule(60, NOW + dt.timedelta(minutes=5), "600 was a slip for 60")
    facts = seen(request)
    assert (slip.minutes, facts.minutes) == (5 * (600 + 5 * 48), 5 * (60 + 5 * 48))
    assert [run.minutes for run in facts.runs] == [1500]  # 25 hours a week, in each month since January
    assert ("Course 0", 300) in {(course.title, course.minutes) for course in facts.courses}
    with issue(request).letter.pdf.open("rb") as file:
        words = " ".join(pdf_text(file.read()).split())
    assert "25 hours a week" in words
    assert "70 hours" not in words


def test_the_family_hears_of_it_and_the_mail_names_nobody() -> None:
    request = asked()
    issue(request)
    notice = Notice.objects.get()
    assert (notice.user, notice.key) == (
        request.asked_by.user,
        f"letter-issued:{request.pk}:{request.asked_by.user_id}",
    )
    assert_no_personal_data(notice.subject, notice.body, about=request.student)


def test_a_letter_to_its_own_student_is_no_disclosure() -> None:
    """It goes to the family; whoever the family gives it to, the school told nothing (34 CFR 99.32(d))."""
    issue(asked())
    assert Disclosure.objects.count() == 0


def test_a_request_has_one_letter() -> None:
    request = asked()
    issue(request)
    with pytest.raises(actions.AlreadyIssued):
        issue(request)
    assert (Certification.objects.count(), Letter.objects.filter(kind=LetterKind.ATTENDANCE).count()) == (
        1,
        1,
    )
    assert Notice.objects.count() == 1


def change_the_schedule() -> None:
    ScheduledCourse.objects.update(minutes=[30, 60, 60, 60, 60, 0, 0])


def correct_the_name() -> None:
    LetterRequest.objects.get().student.__class__.objects.update(last_name="Renamed")


@pytest.mark.parametrize("change", [change_the_schedule, correct_the_name])
def test_what_changed_between_preview_and_issue_is_seen(change: Any) -> None:
    request = asked()
    digest = seen(request).digest
    change()
    with pytest.raises(actions.FactsChanged):
        issue(request, digest=digest)
    assert Certification.objects.count() == 0
    assert issue(request).facts != {}


def test_a_preview_of_yesterday_is_looked_at_again() -> None:
    request = asked()
    digest = seen(request, at=NOW - dt.timedelta(days=1)).digest
    with pytest.raises(actions.FactsChanged):
        issue(request, digest=digest)


@pytest.mark.rule("R-144")
def test_only_an_official_of_the_right_side_issues() -> None:
    full, part = asked(), combined()
    for request, trait in (
        (full, {"coordinator": True}),
        (full, {"lea_admin": True}),
        (part, {"host_staff": True}),
        (part, {"counselor": True}),
        (part, {"dese_admin": True}),
    ):
        hat = MembershipFactory.create(**trait, **({} if "dese_admin" in trait else {"lea": request.lea}))
        with pytest.raises(actions.MayNotIssue):
            issue(request, by=hat)
    with pytest.raises(actions.MayNotIssue):
        issue(full, by=MembershipFactory.create(host_staff=True))
    with pytest.raises(actions.MayNotIssue):
        issue(full, by=MembershipFactory.create(host_staff=True, lea=full.lea, user=full.asked_by.user))
    assert issue(combined()).issued_by.role == "coordinator"
    assert issue(part, by=official_of(part, lea_admin=True)).issued_by.role == "lea_admin"


def state(request: LetterRequest, **changes: Any) -> StatedHours:
    answers: dict[str, Any] = {
        "kind": "seated",
        "minutes": 600,
        "stated_by": "Rita Registrar",
        "stated_on": TODAY,
        "by": official_of(request),
        "at": NOW,
    }
    return actions.state_hours(request.pk, **(answers | changes))


@pytest.mark.rule("R-149")
def test_stated_hours_say_by_whom_and_stand_in_the_facts() -> None:
    request = combined()
    row = state(request)
    facts = seen(request)
    assert [(stated.minutes, stated.stated_by) for stated in facts.stated] == [(600, "Rita Registrar")]
    assert facts.minutes == 300
    actions.forget_hours(row.pk, by=official_of(request))
    actions.forget_hours(row.pk, by=official_of(request))
    assert seen(request).stated == ()
    with pytest.raises(IntegrityError, match="stated_hours_say_by_whom"):
        StatedHoursFactory.create(stated_by="")


def test_stated_hours_fit_a_week() -> None:
    with pytest.raises(IntegrityError, match="stated_hours_fit_a_week"):
        StatedHoursFactory.create(minutes=7 * 24 * 60 + 1)


@pytest.mark.rule("R-149")
def test_a_full_time_student_has_no_stated_hours() -> None:
    with pytest.raises(actions.OnlyForCombinedStudy):
        state(asked())


def test_after_the_letter_its_stated_hours_stay() -> None:
    request = combined()
    row = state(request)
    issue(request)
    with pytest.raises(actions.AlreadyIssued):
        state(request)
    with pytest.raises(actions.AlreadyIssued):
        actions.forget_hours(row.pk, by=official_of(request))
    assert StatedHours.objects.count() == 1


def test_hours_stated_after_the_preview_are_seen() -> None:
    request = combined()
    digest = seen(request).digest
    state(request)
    with pytest.raises(actions.FactsChanged):
        issue(request, digest=digest)


# Codes ----------------------------------------------------------------------------------------------


@pytest.mark.rule("R-154")
def test_codes_are_new_each_time_and_read_without_dashes() -> None:
    code = codes.new_code()
    assert len({codes.new_code() for _time in range(50)}) == 50
    stored = codes.hash_code("AL-000001", code)
    assert codes.is_code("AL-000001", code.replace("-", " ").lower(), stored)
    assert not codes.is_code("AL-000002", code, stored)
    assert not codes.is_code("AL-000001", "", stored)
    assert code not in stored


def test_a_code_is_known_after_the_portals_key_was_replaced(settings: Any) -> None:
    stored = codes.hash_code("AL-000001", "ABCD-EFGH-JKMN")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key"
    assert codes.is_code("AL-000001", "ABCD-EFGH-JKMN", stored)
    assert codes.hash_code("AL-000001", "ABCD-EFGH-JKMN") != stored
    settings.SECRET_KEY_FALLBACKS = []
    assert not codes.is_code("AL-000001", "ABCD-EFGH-JKMN", stored)


def test_the_address_on_the_letter_is_whole() -> None:
    certification = issue(asked())
    assert f"{settings.PORTAL_URL.rstrip('/')}/attendance-letters/verify/" in certification.letter.html


def test_a_new_course_of_the_same_day_counts() -> None:
    request = asked()
    before = seen(request)
    assert request.enrollment is not None
    ScheduledCourseFactory.create(schedule=request.enrollment.schedules.get())
    assert seen(request).minutes == before.minutes + 300
