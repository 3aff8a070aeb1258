"""The demo's own pages: one click for its people and nobody else, the mailbox, and nothing of it in production."""

import datetime as dt
import runpy
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from django.urls import URLResolver, reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from mocap_portal.demo.models import DemoMail, DemoPerson
from mocap_portal.foundation.accounts.models import Membership, User
from tests.factories.accounts import MembershipFactory

NOW = dt.datetime(2026, 11, 10, 15, 30, tzinfo=dt.UTC)


@pytest.fixture
def parent() -> DemoPerson:
    return DemoPerson.objects.create(
        hat=MembershipFactory.create(parent=True), position=1, about="Asks for a course."
    )


@pytest.fixture
def counselor() -> DemoPerson:
    return DemoPerson.objects.create(
        hat=MembershipFactory.create(counselor=True), position=2, about="Decides."
    )


@pytest.mark.django_db
class TestPeople:
    def test_one_card_per_hat(
        self,
        client: Client,
        parent: DemoPerson,
        counselor: DemoPerson,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        with django_assert_num_queries(1):
            text = client.get(reverse("demo:people")).content.decode()
        for person in (parent, counselor):
            assert f"as {person.hat.user.name}, {person.hat}" in text
            assert person.about in text
        assert text.count("/sign-in/") == 2

    def test_a_hat_that_was_removed_has_no_card(self, client: Client, parent: DemoPerson) -> None:
        Membership.objects.update(ended_at=NOW)
        assert "The demo is not built yet." in client.get(reverse("demo:people")).content.decode()

    def test_one_click_wears_the_hat(self, client: Client, parent: DemoPerson) -> None:
        response = client.post(reverse("demo:sign_in", args=[parent.pk]))
        assert (response.status_code, response["Location"]) == (302, reverse("home"))
        assert client.get(reverse("home")).wsgi_request.hat == parent.hat  # type: ignore[attr-defined]

    def test_one_click_counts_as_second_factor(self, client: Client, counselor: DemoPerson) -> None:
        client.post(reverse("demo:sign_in", args=[counselor.pk]))
        response = client.get(reverse("home"))
        assert response.status_code == 200
        assert response.wsgi_request.hat == counselor.hat  # type: ignore[attr-defined]

    def test_the_chosen_hat_is_worn_and_not_the_newest(self, client: Client, counselor: DemoPerson) -> None:
        MembershipFactory.create(parent=True, user=counselor.hat.user, started_at=NOW)
        client.post(reverse("demo:sign_in", args=[counselor.pk]))
        assert client.get(reverse("home")).wsgi_request.hat == counselor.hat  # type: ignore[attr-defined]

    def test_the_next_click_is_somebody_else(
        self, client: Client, parent: DemoPerson, counselor: DemoPerson
    ) -> None:
        client.post(reverse("demo:sign_in", args=[counselor.pk]))
        client.post(reverse("demo:sign_in", args=[parent.pk]))
        assert client.get(reverse("home")).wsgi_request.user == parent.hat.user

    def test_nobody_is_signed_in_by_a_link(self, client: Client, parent: DemoPerson) -> None:
        assert client.get(reverse("demo:sign_in", args=[parent.pk])).status_code == 405
        assert "_auth_user_id" not in client.session

    def test_nobody_but_the_demos_people(self, client: Client) -> None:
        stranger = MembershipFactory.create(parent=True)
        assert client.post(reverse("demo:sign_in", args=[stranger.pk])).status_code == 404
        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize("gone", ["hat", "person"])
    def test_not_after_removal(self, client: Client, parent: DemoPerson, gone: str) -> None:
        if gone == "hat":
            Membership.objects.update(ended_at=NOW)
        else:
            User.objects.update(is_active=False)
        assert client.post(reverse("demo:sign_in", args=[parent.pk])).status_code == 404
        assert "_auth_user_id" not in client.session

    def test_a_form_of_another_site_is_refused(self, parent: DemoPerson) -> None:
        response = Client(enforce_csrf_checks=True).post(reverse("demo:sign_in", args=[parent.pk]))
        assert response.status_code == 403


def send(*to: str, message_id: str = "<1@x>", subject: str = "Hello", body: str = "Read this.") -> int:
    mail = EmailMessage(subject, body, "portal@x.example", list(to), headers={"Message-ID": message_id})
    connection = get_connection("mocap_portal.demo.mailbox.EmailBackend")
    return connection.send_messages([mail]) or 0


@pytest.mark.django_db
class TestMailbox:
    def test_a_mail_lies_there_for_each_person(self) -> None:
        with time_machine.travel(NOW, tick=False):
            assert send("a@x.example", "b@x.example") == 1
        mails = DemoMail.objects.order_by("to").values_list("to", "subject", "body", "arrived_at")
        assert list(mails) == [
            ("a@x.example", "Hello", "Read this.", NOW),
            ("b@x.example", "Hello", "Read this.", NOW),
        ]

    def test_a_second_copy_is_dropped(self) -> None:
        assert send("a@x.example") == 1
        assert send("a@x.example", subject="Again") == 1
        assert list(DemoMail.objects.values_list("subject", flat=True)) == ["Hello"]

    def test_the_newest_first(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for number in range(3):
            send("a@x.example", message_id=f"<{number}@x>", subject=f"Mail {number}")
        with django_assert_num_queries(3):  # whose, how many, which
            text = client.get(reverse("demo:mailbox")).content.decode()
        assert text.index("Mail 2") < text.index("Mail 1") < text.index("Mail 0")

    def test_one_person_alone(self, client: Client) -> None:
        send("a@x.example", message_id="<1@x>", subject="For A")
        send("b@x.example", message_id="<2@x>", subject="For B")
        text = client.get(reverse("demo:mailbox"), {"to": "b@x.example"}).content.decode()
        assert ("For A" in text, "For B" in text) == (False, True)

    def test_a_person_without_mail(self, client: Client) -> None:
        response = client.get(reverse("demo:mailbox"), {"to": "nobody@x.example"})
        assert (response.status_code, "Select a valid choice" in response.content.decode()) == (200, True)

    def test_one_mail_with_its_link(self, client: Client) -> None:
        send("a@x.example", body="See https://portal.example/requests/1/ <b>now</b>")
        text = client.get(reverse("demo:mail", args=[DemoMail.objects.get().pk])).content.decode()
        assert '<a href="https://portal.example/requests/1/" rel="nofollow">' in text
        assert "&lt;b&gt;now&lt;/b&gt;" in text


def test_production_has_none_of_these_addresses(settings: Settings) -> None:
    def namespaces() -> set[str | None]:
        patterns = runpy.run_path(str(Path(settings.BASE_DIR) / "mocap_portal" / "urls.py"))["urlpatterns"]
        return {pattern.namespace for pattern in patterns if isinstance(pattern, URLResolver)}

    assert "demo" in namespaces()
    settings.DEMO = False
    assert "demo" not in namespaces()
