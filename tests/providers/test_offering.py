"""What a provider keeps itself: in which terms its courses take students, its links, what it attests."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Term, TermCode
from providers import actions
from providers.models import Application, Availability, AvailabilityState, Course, ProviderProfile
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import TermFactory
from tests.factories.providers import AvailabilityFactory, CourseFactory, ProviderProfileFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
LIST = "/catalog/own/"


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(NOW)


@pytest.fixture
def hat() -> Membership:
    return MembershipFactory.create(provider_admin=True)


@pytest.fixture
def course(hat: Membership) -> Course:
    assert hat.organization
    return CourseFactory.create(provider=hat.organization.provider, title="Algebra II")


@pytest.fixture
def spring() -> Term:
    return TermFactory.create(code=TermCode.S2)


@pytest.mark.parametrize(
    ("state", "is_open", "why"),
    [
        (AvailabilityState.OPEN, True, ""),
        (AvailabilityState.CLOSED, False, "The provider does not offer this course in this term."),
        (AvailabilityState.FULL, False, "This course is full in this term."),
    ],
)
def test_what_can_be_chosen_in_a_term(
    spring: Term, state: AvailabilityState, is_open: bool, why: str
) -> None:
    untold = CourseFactory.create()
    told = AvailabilityFactory.create(term=spring, state=state).course
    assert set(Course.objects.open_in(spring)) == ({untold, told} if is_open else {untold})
    fall = TermFactory.create(code=TermCode.S1)
    assert set(Course.objects.open_in(fall)) == {untold, told}
    assert str(Availability.objects.why_not(told.pk, spring)).startswith(why)
    assert Availability.objects.why_not(untold.pk, spring) == ""
    assert (Availability.objects.why_not(told.pk, spring) == "") is is_open


def test_saying_it_twice_changes_nothing(course: Course, spring: Term, hat: Membership) -> None:
    full = {spring.pk: AvailabilityState.FULL}
    assert actions.set_availability(course.pk, states=full, by=hat, at=NOW) == {
        spring.pk: AvailabilityState.OPEN
    }
    assert actions.set_availability(course.pk, states=full, by=hat, at=NOW) == {}
    history = Availability.pgh_event_model.objects  # type: ignore[attr-defined]
    assert history.count() == 1


def test_staff_close_a_course_and_undo_it(
    client: Client, course: Course, spring: Term, hat: Membership
) -> None:
    sign_in(client, hat)
    address = f"{LIST}{course.pk}/"
    fields = client.get(address).context["form"].fields
    data = dict.fromkeys(fields, "open") | {f"term_{spring.pk}": "full"}
    response = client.post(address, data, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    content = response.content.decode()
    assert "Saved: Algebra II." in content
    assert "Undo the last change: Algebra II" in content
    assert list(Availability.objects.values_list("term", "state", "changed_by")) == [
        (spring.pk, "full", hat.pk)
    ]
    catalog = client.get("/catalog/").content.decode()
    assert f"Full: {spring}" in catalog
    page = client.get(course.get_absolute_url()).content.decode()
    assert "This course is full in this term." in page
    assert "Undone: Algebra II" in client.post(f"{LIST}undo/", follow=True).content.decode()
    assert Availability.objects.get().state == "open"
    assert "There is nothing to undo." in client.post(f"{LIST}undo/", follow=True).content.decode()


def test_a_stranger_s_course_is_not_there(client: Client, hat: Membership) -> None:
    other = CourseFactory.create(title="Biology")
    sign_in(client, hat)
    assert client.get(f"{LIST}{other.pk}/").status_code == 404
    assert client.post(f"{LIST}{other.pk}/", {}).status_code == 404
    assert "Biology" not in client.get(LIST).content.decode()


def test_own_courses_are_searched(client: Client, course: Course, hat: Membership) -> None:
    CourseFactory.create(provider=course.provider, title="Biology")
    sign_in(client, hat)
    for words, expected in [("", ["Algebra II", "Biology"]), ("algebre", ["Algebra II"]), ("latin", [])]:
        table = client.get(LIST, {"q": words}).context["table"]
        assert [row.record.title for row in table.paginated_rows] == expected


@pytest.mark.parametrize("count", [2, 20])
def test_own_courses_ask_as_much_for_many(
    client: Client, course: Course, hat: Membership, count: int, django_assert_num_queries: Any
) -> None:
    CourseFactory.create_batch(count, provider=course.provider)
    sign_in(client, hat)
    # session, person, hat, all hats, count, the page, terms, what was said about them
    with django_assert_num_queries(7):
        client.get(LIST)


# The profile --------------------------------------------------------------------------------------


def change(hat: Membership, **changes: Any) -> ProviderProfile:
    facts: dict[str, Any] = {
        "links": {"privacy_url": "https://p.example/privacy"},
        "contact_methods": ["phone", "email"],
        "attests_weekly_contact": True,
        "is_full_time": False,
        "accommodations_url": "",
        "student_teacher_ratio": None,
        "by": hat,
        "at": NOW,
    }
    assert hat.organization_id
    return actions.change_profile(hat.organization_id, **{**facts, **changes})


@pytest.mark.rule("R-102")
def test_weekly_contact_is_attested_with_two_ways_to_reach_a_teacher(hat: Membership) -> None:
    with pytest.raises(actions.TooFewContactMethods):
        change(hat, contact_methods=["phone"])
    profile = change(hat)
    assert (profile.weekly_contact_attested_on, profile.weekly_contact_attested_by) == (TODAY, hat)
    later = change(hat, at=NOW + dt.timedelta(days=9))
    assert later.weekly_contact_attested_on == TODAY
    taken_back = change(hat, attests_weekly_contact=False, contact_methods=[])
    assert (taken_back.weekly_contact_attested_on, taken_back.weekly_contact_attested_by) == (None, None)
    with pytest.raises(IntegrityError, match="attested_contact_has_two_methods"), transaction.atomic():
        ProviderProfileFactory.create(contact_methods=["phone"])


@pytest.mark.rule("R-101")
def test_a_full_time_program_tells_ratio_and_accommodations(hat: Membership) -> None:
    lacking: list[dict[str, Any]] = [{"student_teacher_ratio": None}, {"accommodations_url": ""}]
    for missing in lacking:
        facts: dict[str, Any] = {
            "student_teacher_ratio": 25,
            "accommodations_url": "https://p.example/a",
            **missing,
        }
        with pytest.raises(actions.FullTimeFactsMissing):
            change(hat, is_full_time=True, **facts)
    profile = change(
        hat, is_full_time=True, student_teacher_ratio=25, accommodations_url="https://p.example/a"
    )
    assert profile.student_teacher_ratio == 25
    with pytest.raises(IntegrityError, match="full_time_providers_tell"), transaction.atomic():
        ProviderProfileFactory.create(is_full_time=True)


@pytest.mark.rule("R-100")
def test_the_profile_says_what_a_renewal_misses(client: Client, hat: Membership, course: Course) -> None:
    sign_in(client, hat)
    data = {
        "privacy_url": "https://p.example/privacy",
        "contact_methods": ["phone", "video"],
        "attests_weekly_contact": "on",
    }
    response = client.post("/catalog/profile/change/", data, follow=True)
    assert response.redirect_chain == [("/catalog/profile/", 302)]
    content = response.content.decode()
    assert "A renewal is not possible without these links:" in content
    assert "Netiquette" in content
    page = client.get(course.get_absolute_url()).content.decode()
    assert 'href="https://p.example/privacy"' in page
    assert "Ways to reach the teacher: Phone, Video call." in page
    assert "The provider attests contact every week" in page
    one = client.post("/catalog/profile/change/", data | {"contact_methods": ["phone"]})
    assert one.context["form"].non_field_errors() == [str(actions.TooFewContactMethods.sentence)]


def test_a_provider_applies_once(client: Client, hat: Membership) -> None:
    sign_in(client, hat)
    assert client.get("/catalog/profile/apply/").status_code == 200
    for said in ["Your application is with the state office.", str(actions.ApplicationWaits.sentence)]:
        assert said in client.post("/catalog/profile/apply/", follow=True).content.decode()
    assert Application.objects.get().received_on == TODAY


def test_what_a_colleague_said_since_is_not_undone(
    client: Client, course: Course, spring: Term, hat: Membership
) -> None:
    sign_in(client, hat)
    address = f"{LIST}{course.pk}/"
    data = dict.fromkeys(client.get(address).context["form"].fields, "open")
    client.post(address, data | {f"term_{spring.pk}": "full"})
    colleague = MembershipFactory.create(provider_staff=True, organization=hat.organization)
    later = NOW + dt.timedelta(minutes=5)
    actions.set_availability(course.pk, states={spring.pk: AvailabilityState.CLOSED}, by=colleague, at=later)
    response = client.post(f"{LIST}undo/", follow=True).content.decode()
    assert "A colleague has changed Algebra II since. What the colleague said stays." in response
    assert Availability.objects.get().state == "closed"
