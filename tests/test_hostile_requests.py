"""Addresses and forms filled in by somebody who means no good: nothing breaks, and nothing more is told."""

import pytest
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.accounts.models import Role
from providers.views.catalog import PER_PAGE
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, ProviderFactory, SchoolFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory, StudentFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

MORE_THAN_PYTHON_READS = "9" * 5000  # digits: int() refuses them with a ValueError


@pytest.mark.parametrize("query", ["per_page=1000000", "per_page=0", "per_page=-1", "page=-1&per_page=-1"])
def test_an_address_cannot_ask_for_longer_pages(client: Client, query: str) -> None:
    provider = ProviderFactory.create()
    CourseFactory.create_batch(PER_PAGE + 1, provider=provider)

    response = client.get(f"{reverse('providers:catalog')}?{query}")

    assert len(list(response.context["table"].paginated_rows)) == (
        1 if query.startswith("page") else PER_PAGE
    )


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("part_time:inbox", Role.COUNSELOR),
        ("registration:waiting", Role.COUNSELOR),
        ("registration:roster", Role.PROVIDER_STAFF),
    ],
)
def test_a_filter_that_does_not_exist_filters_nothing(address: str, role: Role) -> None:
    organization = LeaFactory.create().organization
    ProviderFactory.create(organization=organization)
    client = sign_in(Client(), MembershipFactory.create(role=role, organization=organization))

    response = client.get(reverse(address), {"state": "unheard of"})

    assert response.status_code == 200


def test_no_hat_has_a_key_of_five_thousand_digits() -> None:
    client = sign_in(Client(), MembershipFactory.create(role=Role.PARENT))

    assert client.post(reverse("accounts:switch_hat"), {"hat": MORE_THAN_PYTHON_READS}).status_code == 404


def test_no_student_has_a_key_of_five_thousand_digits() -> None:
    school = SchoolFactory.create()
    claim = ClaimFactory.create(school=school)
    hat = MembershipFactory.create(role=Role.COUNSELOR, organization=school.lea.organization)

    response = sign_in(Client(), hat).post(
        reverse("records:claim", args=[claim.pk]), {"student": MORE_THAN_PYTHON_READS}
    )

    assert response.context["form"].errors == {"student": ["Choose one of the students, or “a new student”."]}


def test_the_words_of_a_search_are_no_more_than_one_can_mean(client: Client) -> None:
    """Each word is a condition more in the question to the database."""
    response = client.get(reverse("providers:catalog"), {"q": "a " * 1000})

    assert list(response.context["form"].errors) == ["q"]


@pytest.mark.parametrize("number", ["١٢٣٤٥٦٧٨٩٠", "１２３４５６７８９０"])
def test_a_mosis_id_has_digits_of_one_script(number: str) -> None:
    student = StudentFactory.create(mosis_id=None)
    hat = MembershipFactory.create(role=Role.DATA_CLERK, organization=student.lea.organization)

    response = sign_in(Client(), hat).post(
        reverse("records:mosis_id", args=[student.pk]), {"mosis_id": number}
    )

    assert response.context["form"].errors == {
        "mosis_id": ["A MOSIS ID has ten digits, leading zeros included."]
    }
