"""The public catalog: what is on offer today, found by words and filters."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from providers.models import Assurance, Course, Structure
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ProviderFactory
from tests.factories.providers import (
    AgreementFactory,
    AuthorizationFactory,
    CourseFactory,
    SanctionFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
CATALOG = "/catalog/"


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))


def text(content: bytes) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content.decode())))


def titles(client: Client, **query: str) -> list[str]:
    """The courses a search lists, in the page's order."""
    response = client.get(CATALOG, query)
    assert response.status_code == 200
    rows = [row.record.title for row in response.context["table"].paginated_rows]
    assert all(title in text(response.content) for title in rows)
    return rows


# The list -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-93")
def test_only_what_is_on_offer_today_is_listed(client: Client) -> None:
    CourseFactory.create(title="First day", valid_from=TODAY)
    CourseFactory.create(title="Last day", valid_to=TODAY)
    CourseFactory.create(title="Tomorrow", valid_from=TODAY + dt.timedelta(days=1))
    CourseFactory.create(title="Yesterday", valid_to=TODAY - dt.timedelta(days=1))
    CourseFactory.create(title="Never authorized", authorized=False)
    expired = ProviderFactory.create()
    AuthorizationFactory.create(
        provider=expired, valid_from=dt.date(2023, 7, 1), valid_to=TODAY - dt.timedelta(days=1)
    )
    CourseFactory.create(title="No longer authorized", provider=expired, authorized=False)
    assert titles(client) == ["First day", "Last day"]


def test_the_alphabet_does_not_care_about_case(client: Client) -> None:
    for title in ["Art", "algebra II", "AP Biology"]:
        CourseFactory.create(title=title)
    assert titles(client) == ["algebra II", "AP Biology", "Art"]
    assert titles(client, sort="title") == ["algebra II", "AP Biology", "Art"]
    assert titles(client, sort="-title") == ["Art", "AP Biology", "algebra II"]


def test_a_day_ends_in_missouri(client: Client, time_machine: Any) -> None:
    CourseFactory.create(title="Last day", valid_to=TODAY)
    time_machine.move_to(dt.datetime(2026, 11, 23, 5, 59, tzinfo=dt.UTC))
    assert titles(client) == ["Last day"]
    time_machine.move_to(dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC))
    assert titles(client) == []


@pytest.fixture
def shelf() -> None:
    prairie = ProviderFactory.create(code="PRA", organization__name="Prairie Online")
    river = ProviderFactory.create(code="RIV", organization__name="River Virtual")
    CourseFactory.create(
        title="Algebra II", subject="Mathematics", provider=prairie, provider_course_code="M-201"
    )
    CourseFactory.create(
        title="Biology",
        subject="Science",
        provider=river,
        grade_low=7,
        grade_high=8,
        state_course_code="132000",
    )
    CourseFactory.create(title="Counting", subject="Mathematics", provider=river, grade_low=0, grade_high=2)
    CourseFactory.create(title="Drawing", subject="Art", provider=prairie, full_year=True)
    CourseFactory.create(title="Essay 100%", subject="English", provider=prairie, curriculum_only=True)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Algebra II", "Biology", "Counting", "Drawing", "Essay 100%"]),
        ({"q": "alg"}, ["Algebra II"]),
        ({"q": "MATH"}, ["Algebra II", "Counting"]),
        ({"q": "math river"}, ["Counting"]),
        ({"q": "m-20"}, ["Algebra II"]),
        ({"q": "1320"}, ["Biology"]),
        ({"q": "%"}, ["Essay 100%"]),
        ({"q": "  "}, ["Algebra II", "Biology", "Counting", "Drawing", "Essay 100%"]),
        ({"subject": "Mathematics"}, ["Algebra II", "Counting"]),
        ({"grade": "0"}, ["Counting"]),
        ({"grade": "8"}, ["Biology"]),
        ({"structure": "FY"}, ["Drawing"]),
        ({"instruction": "curriculum_only"}, ["Essay 100%"]),
        ({"instruction": "provider", "subject": "Mathematics", "grade": "2"}, ["Counting"]),
        ({"q": "nothing like it"}, []),
        ({"sort": "-title"}, ["Essay 100%", "Drawing", "Counting", "Biology", "Algebra II"]),
        ({"page": "99"}, ["Algebra II", "Biology", "Counting", "Drawing", "Essay 100%"]),
    ],
)
def test_words_and_filters_narrow_the_list(
    client: Client, query: dict[str, str], expected: list[str]
) -> None:
    assert titles(client, **query) == expected


@pytest.mark.usefixtures("shelf")
def test_a_provider_is_chosen_by_name(client: Client) -> None:
    AuthorizationFactory.create(provider__organization__name="Nothing to offer")
    form = client.get(CATALOG).context["form"]
    choices = {label: str(value) for value, label in form.fields["provider"].choices}
    assert list(choices) == ["All providers", "Prairie Online (3)", "River Virtual (2)"]
    assert titles(client, provider=choices["River Virtual (2)"]) == ["Biology", "Counting"]
    subjects = [label for _value, label in form.fields["subject"].choices]
    assert subjects == ["All subjects", "Art (1)", "English (1)", "Mathematics (2)", "Science (1)"]


def choices_of(client: Client, name: str, **query: str) -> dict[str, str]:
    """The choices of a filter, each with the number behind it."""
    field = client.get(CATALOG, query).context["form"].fields[name]
    labels = [str(label) for value, label in field.choices if value]
    return {label.rpartition(" (")[0]: label.rpartition(" (")[2].rstrip(")") for label in labels}


@pytest.mark.usefixtures("shelf")
def test_a_count_respects_the_other_filters(client: Client) -> None:
    assert choices_of(client, "structure") == {"Semester A": "4", "Semester B": "0", "Full year": "1"}
    by_art = choices_of(client, "structure", subject="Art")
    assert by_art == {"Semester A": "0", "Semester B": "0", "Full year": "1"}
    assert choices_of(client, "subject", subject="Art") == choices_of(client, "subject")
    assert choices_of(client, "subject", instruction="curriculum_only", q="essay") == {"English": "1"}
    grades = choices_of(client, "grade", subject="Mathematics")
    assert {grade: count for grade, count in grades.items() if count != "0"} == {
        "Kindergarten": "1",
        "Grade 1": "1",
        "Grade 2": "1",
        "Grade 9": "1",
        "Grade 10": "1",
        "Grade 11": "1",
        "Grade 12": "1",
    }


@pytest.mark.usefixtures("shelf")
def test_counts_follow_a_change_at_once(client: Client) -> None:
    assert choices_of(client, "subject")["Art"] == "1"
    SanctionFactory.create(provider=Course.objects.get(title="Drawing").provider)
    assert "Art" not in choices_of(client, "subject")
    assert titles(client) == ["Biology", "Counting"]


def test_facets_by_ap_and_time_of_day(client: Client) -> None:
    CourseFactory.create(title="AP Biology", ap_course=True, timing="synchronous")
    CourseFactory.create(title="Biology", timing="asynchronous")
    assert choices_of(client, "ap") == {"AP courses": "1"}
    assert choices_of(client, "timing") == {"At set times": "1", "At any time": "1"}
    assert titles(client, ap="yes") == ["AP Biology"]
    assert titles(client, timing="asynchronous") == ["Biology"]


# Words with typing errors -------------------------------------------------------------------------


@pytest.fixture
def library() -> None:
    lantern = ProviderFactory.create(organization__name="Lantern Hill Online")
    for title, subject in [
        ("Algebra I", "Mathematics"),
        ("Geometry", "Mathematics"),
        ("Chemistry", "Science"),
        ("Spanish I", "World Languages"),
        ("English 10", "English"),
        ("English 9", "English"),
    ]:
        CourseFactory.create(title=title, subject=subject, provider=lantern, state_course_code="101010")
    CourseFactory.create(title="World History", subject="History", state_course_code="040000")


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("algebre", ["Algebra I"]),
        ("matematics", ["Algebra I", "Geometry"]),
        ("chemestry", ["Chemistry"]),
        ("chmeistry", ["Chemistry"]),
        ("histery", ["World History"]),
        ("alegbra", ["Algebra I"]),
        ("gemetry", ["Geometry"]),
        ("spansh lanturn", ["Spanish I"]),
        ("algebre history", []),
        ("english 10", ["English 10"]),
        ("english", ["English 10", "English 9"]),
        ("zzzz", []),
    ],
)
def test_a_mistyped_word_finds_what_is_like_it(client: Client, words: str, expected: list[str]) -> None:
    assert titles(client, q=words) == expected


def test_the_best_come_first(client: Client) -> None:
    for title, subject in [("Zoology", "Biology"), ("Marine Biology", "Science"), ("Biology", "Science")]:
        CourseFactory.create(title=title, subject=subject)
    assert titles(client, q="biology") == ["Biology", "Marine Biology", "Zoology"]
    assert titles(client, q="biologie") == ["Biology", "Marine Biology", "Zoology"]
    said = text(client.get(CATALOG, {"q": "Biologie"}).content)
    assert "No course has “Biologie”. These have: biology." in said
    assert titles(client, q="biology", sort="-title") == ["Zoology", "Marine Biology", "Biology"]


def test_words_use_the_index() -> None:
    """The parts of the search can all be answered by an index, whatever the planner chooses on few rows."""
    CourseFactory.create(title="Algebra II", provider_course_code="M-201")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    for words in ("algebra", "m-201"):
        plan = Course.objects.matching(words).explain()
        for index in ("course_by_words", "course_by_own_code", "course_by_state_code"):
            assert index in plan
        assert "Seq Scan on providers_course " not in plan


@pytest.mark.usefixtures("shelf")
def test_a_wrong_filter_is_said_and_not_obeyed(client: Client) -> None:
    response = client.get(CATALOG, {"grade": "13"})
    assert response.status_code == 200
    assert response.context["form"].errors["grade"] == [
        "Select a valid choice. 13 is not one of the available choices."
    ]


@pytest.mark.rule("R-103")
def test_a_row_says_what_one_chooses_by(client: Client) -> None:
    CourseFactory.create(
        title="Algebra II",
        subject="Mathematics",
        provider__organization__name="Prairie Online",
        price_semester=Decimal("450.50"),
    )
    page = client.get(CATALOG)
    assert "Algebra II Mathematics 9–12 Semester A Provider $450.50 Prairie Online" in text(page.content)
    assert f'href="{Course.objects.get().get_absolute_url()}"' in page.content.decode()


def test_pages_keep_the_search(client: Client) -> None:
    provider = ProviderFactory.create()
    for number in range(60):
        CourseFactory.create(title=f"Course {number:02}", provider=provider, subject="Art")
    assert titles(client, subject="Art", page="3") == [f"Course {number}" for number in range(50, 60)]
    page = client.get(CATALOG, {"subject": "Art"})
    assert "60 courses" in text(page.content)
    assert 'href="?subject=Art&amp;page=2"' in page.content.decode()


def test_nothing_found_shows_the_way_back(client: Client) -> None:
    content = text(client.get(CATALOG, {"q": "xyz"}).content)
    assert (
        "0 courses No course fits Try fewer words, or choose another subject or grade. Show all courses"
        in content
    )


@pytest.mark.usefixtures("shelf")
def test_htmx_gets_the_results_alone(client: Client) -> None:
    response = client.get(CATALOG, {"q": "alg"}, headers={"HX-Request": "true"})
    content = response.content.decode()
    assert content.strip().startswith('<div id="results">')
    assert "<h1" not in content
    assert "Algebra II" in content
    assert re.search(r'<p id="result-count" hx-swap-oob="innerHTML">\s*1 course\s*</p>', content)
    assert "HX-Request" in response.headers["Vary"]
    again = client.get(
        CATALOG, {"q": "alg"}, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )
    assert "<h1" in again.content.decode()


@pytest.mark.usefixtures("shelf")
def test_catalog_asks_six_questions(client: Client, django_assert_num_queries: Any) -> None:
    # what changed last, the cells, names of providers, the page, terms, what is closed in them
    with django_assert_num_queries(6):
        client.get(CATALOG)
    with django_assert_num_queries(5):  # the cells are known
        client.get(CATALOG, {"subject": "Art"})
    with django_assert_num_queries(4):  # all of it is
        client.get(CATALOG, {"subject": "Art"})
    CourseFactory.create_batch(40)
    with django_assert_num_queries(6):
        client.get(CATALOG)


@pytest.mark.usefixtures("shelf")
def test_words_ask_for_their_meaning(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(8):  # and the providers' names, whether the word stands somewhere
        client.get(CATALOG, {"q": "algebra"})
    with django_assert_num_queries(
        11
    ):  # and the vocabulary, twice (titles, names), and what is like the word
        client.get(CATALOG, {"q": "algebre"})
    with django_assert_num_queries(4):
        client.get(CATALOG, {"q": "algebre"})


def test_catalog_is_only_read(client: Client) -> None:
    course = CourseFactory.create()
    assert client.post(CATALOG).status_code == 405
    assert client.post(course.get_absolute_url()).status_code == 405


# One course ---------------------------------------------------------------------------------------


@pytest.mark.rule("R-103", "R-99")
def test_a_course_page_says_everything(client: Client) -> None:
    course = CourseFactory.create(
        title="AP Biology",
        subject="Science",
        provider__organization__name="Prairie Online",
        provider__contact_email="desk@prairie.example",
        provider_course_code="BIO-A",
        state_course_code="132100",
        price_semester=Decimal("450.00"),
        ap_course=True,
        assurance_standards=Assurance.LEA,
        valid_to=dt.date(2027, 6, 30),
    )
    content = text(client.get(course.get_absolute_url()).content)
    for part in [
        "AP Biology Offered by Prairie Online",
        "Subject Science Grades 9–12 Length Semester A Credits 0.50",
        "Advanced Placement AP course, approved by the College Board",
        "Course codes BIO-A at the provider, 132100 at the state",
        "On offer until Jun 30, 2027",
        (
            "Taught by the provider's teacher. Districts report this course with program code 50, MOCAP course "
            "taught by the provider."
        ),
        "$450 for the semester. The state sets a limit, a share of its target for each student:",
        "7 % of $7,145.00 = $500.15",
        "$450.00 is not more than $500.15.",
        "Data security Assured by DESE",
        "Missouri-certificated teacher Assured by DESE",
        "Missouri Learning Standards Approved by a district",
        "Usable by people with disabilities Assured by DESE",
        "Advanced Placement (AP) Assured by DESE",
        "desk@prairie.example",
    ]:
        assert part in content


@pytest.mark.rule("R-99")
def test_curriculum_only_is_program_code_52(client: Client) -> None:
    course = CourseFactory.create(
        full_year=True, curriculum_only=True, price_year=Decimal("1000.30"), grade_low=0, grade_high=0
    )
    content = text(client.get(course.get_absolute_url()).content)
    assert "Grades K Length Full year Credits 1.00" in content
    assert "On offer until further notice" in content
    assert (
        "Curriculum only: your district's teacher teaches it. Districts report this course with program code 52"
        in content
    )
    assert "14 % of $7,145.00 = $1,000.30" in content
    assert "$1,000.30 is not more than $1,000.30." in content


def test_without_a_target_no_limit_is_shown(client: Client) -> None:
    LegalValue.objects.filter(key=LegalKey.ADEQUACY_TARGET).delete()
    content = text(client.get(CourseFactory.create().get_absolute_url()).content)
    assert "$450 for the semester." in content
    assert "limit" not in content


@pytest.mark.parametrize(
    "traits",
    [{"valid_to": dt.date(2026, 11, 21)}, {"valid_from": dt.date(2026, 11, 23)}, {"authorized": False}],
)
def test_a_course_not_on_offer_is_not_there(client: Client, traits: dict[str, Any]) -> None:
    assert client.get(CourseFactory.create(**traits).get_absolute_url()).status_code == 404


def test_a_course_page_asks_ten_questions(client: Client, django_assert_num_queries: Any) -> None:
    course = CourseFactory.create()
    # the course, its terms, what is closed in them, minutes, days, share, target, its program code, the profile, the
    # other structures
    with django_assert_num_queries(10):
        client.get(course.get_absolute_url())
    CourseFactory.create(
        provider=course.provider, provider_course_code=course.provider_course_code, structure=Structure.B
    )
    with django_assert_num_queries(10):
        client.get(course.get_absolute_url())


def test_a_course_page_says_time_terms_and_siblings(client: Client) -> None:
    course = CourseFactory.create(
        title="Algebra I",
        provider_course_code="M1",
        timing="asynchronous",
        prerequisites="Grade 8 mathematics",
    )
    whole = CourseFactory.create(
        title="Algebra I",
        provider_course_code="M1",
        provider=course.provider,
        full_year=True,
        weekly_minutes=90,
    )
    content = text(client.get(course.get_absolute_url()).content)
    assert "About 5 hours a week, the usual time of an online course." in content
    assert "Time of day At any time of the day (asynchronous)" in content
    assert "Needed before Grade 8 mathematics" in content
    assert re.search(r"Second semester 2026-27, .{10,40} : Open", content)
    assert "Whole year" not in content
    assert "The same course is also listed as: Algebra I, Full year" in content
    page = client.get(whole.get_absolute_url()).content
    assert "About 1 hour 30 minutes a week." in text(page)
    assert course.get_absolute_url() in page.decode()


@pytest.mark.rule("R-94")
def test_an_assurance_says_who_and_when(client: Client) -> None:
    course = CourseFactory.create(
        assurance_standards=Assurance.LEA,
        assurance_standards_by="Walnut Fork R-V",
        assurance_standards_on=dt.date(2026, 5, 4),
        assurance_educator_by="Jo Reviewer",
        assurance_data_security_on=dt.date(2026, 6, 1),
    )
    content = text(client.get(course.get_absolute_url()).content)
    assert "Missouri Learning Standards Approved by a district: Walnut Fork R-V, May 4, 2026" in content
    assert "Missouri-certificated teacher Assured by DESE: Jo Reviewer" in content
    assert "Data security Assured by DESE, Jun 1, 2026" in content


@pytest.mark.rule("R-96")
def test_a_state_test_needs_the_standards() -> None:
    with pytest.raises(IntegrityError, match="state_tested_courses_are_aligned"), transaction.atomic():
        CourseFactory.create(state_assessed=True, assurance_standards=Assurance.NOT_APPLICABLE)
    assert CourseFactory.create(state_assessed=True, assurance_standards=Assurance.LEA).state_assessed


def test_who_may_ask_finds_the_button(client: Client) -> None:
    course = CourseFactory.create()
    ask = f'href="{reverse("part_time:start")}?course={course.pk}"'
    assert ask in client.get(course.get_absolute_url()).content.decode()
    response = client.get(reverse("part_time:start"), {"course": course.pk})
    assert response.headers["Location"].endswith(f"%3Fcourse%3D{course.pk}")
    sign_in(client, MembershipFactory.create(parent=True))
    assert ask in client.get(course.get_absolute_url()).content.decode()
    sign_in(client, MembershipFactory.create(counselor=True))
    assert ask not in client.get(course.get_absolute_url()).content.decode()


@pytest.mark.rule("R-106")
def test_a_district_reads_where_no_program_code_belongs(client: Client) -> None:
    agreement = AgreementFactory.create(site_license=True)
    course = CourseFactory.create(provider=agreement.provider)
    forbidden = "Your district has an agreement of the kind “Site license” with this provider."
    assert forbidden not in client.get(course.get_absolute_url()).content.decode()
    sign_in(client, MembershipFactory.create(counselor=True, lea=agreement.lea))
    content = text(client.get(course.get_absolute_url()).content)
    assert forbidden in content
    assert "program code 50" not in content


def test_people_who_are_signed_in_see_the_same(client: Client) -> None:
    course = CourseFactory.create(title="Algebra II")
    sign_in(client, MembershipFactory.create(parent=True))
    assert titles(client) == ["Algebra II"]
    assert client.get(reverse("providers:course", args=[course.pk])).status_code == 200


def test_taken_in_a_term(client: Client) -> None:
    half = CourseFactory.create(structure=Structure.B)
    whole = CourseFactory.create(full_year=True)
    assert list(Course.objects.taken_in("S1")) == [half]
    assert list(Course.objects.taken_in("YL")) == [whole]
