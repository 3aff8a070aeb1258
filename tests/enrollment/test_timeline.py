"""What a family reads about its request: exact sentences, roles instead of names, what comes next and by when."""

import datetime as dt
from collections.abc import Sequence

import pytest
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time import actions
from enrollment.part_time.history import add_step
from enrollment.part_time.models import CourseRequest, StepKind, TeamOutcome
from enrollment.part_time.timeline import Entry, timeline, waits_for, with_all_it_needs
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ClosedDayFactory, LeaPolicyFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory

pytestmark = pytest.mark.django_db

SENT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri
TODAY = SENT.date()
DUE = dt.date(2026, 11, 17)
WEDNESDAY = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)

REGISTER_LATER = Entry(
    "The district registers the student for each approved course", "next", who="MOCAP coordinator"
)
CONFIRM_LATER = Entry(
    "The provider confirms the place, and the course can start", "next", who="Provider staff"
)


def counselor_of(request: CourseRequest) -> Membership:
    return MembershipFactory.create(
        counselor=True, organization=request.lea.organization, user__name="Cora Secret"
    )


def sent_request(courses: Sequence[str] = ("Algebra",)) -> CourseRequest:
    request = CourseRequestFactory.create(submitted=True)
    for position, title in enumerate(courses, start=1):
        CourseLineFactory.create(
            request=request,
            position=position,
            course__title=title,
            course__provider__organization__name=f"{title} Online",
        )
    parent = MembershipFactory.create(user=request.claim.claimant)
    add_step(request, StepKind.STARTED, at=SENT - dt.timedelta(hours=1), by=parent)
    add_step(request, StepKind.SUBMITTED, at=SENT, by=parent)
    return request


def provider_clock(request: CourseRequest) -> Clock:
    """Started on Wednesday; 11 November is Veterans Day, so that five business days end on the twelfth."""
    return clocks.start(
        ClockKind.PROVIDER_CONFIRMATION,
        lea_id=request.lea_id,
        at=WEDNESDAY,
        business_days=5,
        source="A-04",
    )


def snow_on(date: dt.date, request: CourseRequest, *, at: dt.datetime) -> None:
    """DESE confirms that the district's schools were closed."""
    day = ClosedDayFactory.create(
        lea=request.lea, date=date, reason="Snow", entered_at=at, emergency_asked_at=at
    )
    clocks.confirm_emergency(day.pk, at=at)


def look(request: CourseRequest, *, on: dt.date = TODAY) -> list[Entry]:
    return timeline(with_all_it_needs(CourseRequest.objects.filter(pk=request.pk)).get(), on=on)


def test_a_draft_waits_for_its_family() -> None:
    request = CourseRequestFactory.create()
    assert look(request) == [Entry("You choose courses, check your answers and sign", "now", who="You")]


def test_a_sent_request_tells_what_happened_and_who_decides_by_when() -> None:
    assert look(sent_request(["Algebra", "Biology"])) == [
        Entry("The request was started", "done", when=SENT - dt.timedelta(hours=1), who="Parent or guardian"),
        Entry("The request was signed and sent to the district", "done", when=SENT, who="Parent or guardian"),
        Entry("The district decides about 2 courses", "now", when=DUE, who="Counselor"),
        REGISTER_LATER,
        CONFIRM_LATER,
    ]


@pytest.mark.rule("R-19")
def test_where_the_principal_decides_the_timeline_says_so() -> None:
    request = sent_request()
    LeaPolicyFactory.create(lea=request.lea, reserved=True)
    assert look(request)[2] == Entry(
        "The district decides about 1 course", "now", when=DUE, who="Principal or designee"
    )


def test_the_due_day_itself_is_not_late_and_the_day_after_is() -> None:
    request = sent_request()
    assert not look(request, on=DUE)[2].is_late
    late = look(request, on=DUE + dt.timedelta(days=1))[2]
    lea = request.lea
    assert late == Entry(
        "The district decides about 1 course",
        "now",
        when=DUE,
        who="Counselor",
        more=(
            "The due date has passed. Silence neither approves nor denies a course: the district still owes you an "
            f"answer in writing. Ask {lea.organization.name}, Carla Contact, {lea.contact_email}, 573-555-0100. "
            "The state office (DESE) is told about late answers."
        ),
        is_late=True,
    )


def test_a_paused_clock_has_a_reason_and_no_date() -> None:
    request = sent_request()
    actions.pause_for_team(
        request.pk, by=counselor_of(request), at=WEDNESDAY, reason="The IEP team meets on Friday."
    )
    assert look(request)[2:4] == [
        Entry(
            "The clock was paused",
            "done",
            when=WEDNESDAY,
            who="Counselor",
            more="The IEP team meets on Friday.",
        ),
        Entry(
            "The school's IEP or 504 team does its part; the clock stands still",
            "now",
            who="Special-education team",
            more=(
                "Reason: The IEP team meets on Friday. You get a new due date when the days to answer go on."
            ),
        ),
    ]


def test_each_pause_keeps_its_own_reason() -> None:
    request = sent_request()
    by = counselor_of(request)
    for hours, reason in enumerate(["First reason", "Second reason"]):
        at = WEDNESDAY + dt.timedelta(hours=hours)
        actions.pause_for_team(request.pk, by=by, at=at, reason=reason)
        actions.resume_after_team(
            request.pk,
            by=by,
            at=at + dt.timedelta(minutes=5),
            met_on=at.date(),
            outcome=TeamOutcome.SUITS,
        )
    assert [(entry.what, entry.more) for entry in look(request)[2:6]] == [
        ("The clock was paused", "First reason"),
        ("The clock runs again", ""),
        ("The clock was paused", "Second reason"),
        ("The clock runs again", ""),
    ]


def test_a_moved_due_date_is_part_of_the_history() -> None:
    request = sent_request()
    snow_on(dt.date(2026, 11, 9), request, at=WEDNESDAY)
    assert look(request)[2:4] == [
        Entry(
            "The due date moved to Wednesday, November 18, 2026",
            "done",
            when=WEDNESDAY,
            who="State office (DESE)",
            more="Schools were closed on Monday, November 9, 2026: Snow. That day does not count.",
        ),
        Entry("The district decides about 1 course", "now", when=dt.date(2026, 11, 18), who="Counselor"),
    ]


def test_an_approved_course_waits_for_its_registration() -> None:
    request = sent_request()
    actions.approve(request.lines.get().pk, by=counselor_of(request), at=WEDNESDAY, in_person_considered=True)
    assert look(request)[2:] == [
        Entry("“Algebra” was approved", "done", when=WEDNESDAY, who="Counselor"),
        Entry(
            "The district registers the student for “Algebra”",
            "now",
            when=dt.date(2026, 11, 9),
            who="MOCAP coordinator",
        ),
        CONFIRM_LATER,
    ]
    late = look(request, on=dt.date(2026, 11, 10))[3]
    assert late.is_late
    assert late.more.startswith(f"This is late. Ask {request.lea.organization.name}, Carla Contact,")


def test_a_registered_course_waits_for_the_provider_by_its_last_day() -> None:
    request = sent_request()
    by = counselor_of(request)
    actions.approve(request.lines.get().pk, by=by, at=WEDNESDAY, in_person_considered=True)
    line = request.lines.get()
    actions.mark_registered(line, by=by, at=WEDNESDAY, confirmation_clock=provider_clock(request))
    assert look(request)[3:] == [
        Entry("The district registered the student for “Algebra”", "done", when=WEDNESDAY, who="Counselor"),
        Entry(
            "Algebra Online confirms the place in “Algebra”",
            "now",
            when=dt.date(2026, 11, 12),
            who="Provider staff",
        ),
    ]


@pytest.mark.rule("R-16")
def test_the_last_days_to_register_and_to_confirm_move_too() -> None:
    request = sent_request(["Algebra", "Biology"])
    by = counselor_of(request)
    for line in request.lines.all():
        actions.approve(line.pk, by=by, at=WEDNESDAY, in_person_considered=True)
    algebra = request.lines.get(position=1)
    actions.mark_registered(algebra, by=by, at=WEDNESDAY, confirmation_clock=provider_clock(request))
    snow_on(dt.date(2026, 11, 6), request, at=WEDNESDAY + dt.timedelta(hours=1))
    moved, waiting = look(request)[-5:-3], look(request)[-3:-1]
    assert [entry.what for entry in moved] == [
        "The last day to register moved to Tuesday, November 10, 2026",
        "The provider's last day to confirm moved to Friday, November 13, 2026",
    ]
    assert [(entry.what, entry.when) for entry in waiting] == [
        ("Algebra Online confirms the place in “Algebra”", dt.date(2026, 11, 13)),
        ("The district registers the student for “Biology”", dt.date(2026, 11, 10)),
    ]


def test_the_first_day_is_left_once_the_provider_confirmed() -> None:
    request = sent_request()
    by = counselor_of(request)
    actions.approve(request.lines.get().pk, by=by, at=WEDNESDAY, in_person_considered=True)
    line = request.lines.get()
    actions.mark_registered(line, by=by, at=WEDNESDAY, confirmation_clock=provider_clock(request))
    provider = MembershipFactory.create(provider_staff=True, organization=line.course.provider.organization)
    actions.mark_confirmed(
        line, by=provider, at=WEDNESDAY, starts_on=WEDNESDAY.date(), section="A-1", teacher_name="Ada Teacher"
    )
    confirmed, start = look(request)[-2:]
    assert confirmed == Entry(
        "Algebra Online confirmed the place in “Algebra”", "done", when=WEDNESDAY, who="Provider staff"
    )
    assert (start.what, start.is_late) == ("“Algebra” starts", False)


def test_no_entry_names_a_member_of_staff() -> None:
    request = sent_request()
    actions.mark_opened(request.pk, by=counselor_of(request), at=WEDNESDAY)
    assert look(request)[2] == Entry(
        "The district opened the request", "done", when=WEDNESDAY, who="Counselor"
    )
    assert "Cora Secret" not in str(look(request))


def test_what_a_request_waits_for_needs_no_query_of_its_own(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sent_request(["Algebra", "Biology"])
    paused = sent_request(["Chemistry"])
    actions.pause_for_team(paused.pk, by=counselor_of(paused), at=WEDNESDAY, reason="The team meets")
    found = list(with_all_it_needs(CourseRequest.objects.order_by("pk")))
    with django_assert_num_queries(0):
        waiting = [waits_for(request, on=TODAY) for request in found]
    assert [[entry.when for entry in entries] for entries in waiting] == [[DUE], [None]]


def test_courses_are_told_in_the_order_chosen() -> None:
    request = sent_request(["Zoology", "Art"])
    by = counselor_of(request)
    for line in request.lines.order_by("position"):
        actions.approve(line.pk, by=by, at=WEDNESDAY, in_person_considered=True)
    assert [entry.what for entry in look(request) if entry.state == "now"] == [
        "The district registers the student for “Zoology”",
        "The district registers the student for “Art”",
    ]
