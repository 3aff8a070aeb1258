"""What the office asks whom, how they answer, and that nobody learns who wrote without the writer's consent (R-119)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concerns import actions
from concerns.models import Asked, Attachment, Concern, ConcernState, Entry
from concerns.naming import names_in, tells_who_wrote, veiled
from mocap_portal.foundation.accounts.models import LEA_ROLES, PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.papers.models import DigestItem, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import AskedFactory, ConcernFactory, IdentityConsentFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory
from tests.factories.papers import PDF
from tests.sign_in import sign_in

from .kit import AT, asked_of, kinds, reviewer

pytestmark = pytest.mark.django_db

NAME, EMAIL, PHONE = "Wilhelmina Whistle", "whistle@example.org", "573-555-0142"
SECRETS = ("Wilhelmina", "Whistle", EMAIL, PHONE, "5550142")


def concern_with_a_name(**more: Any) -> Concern:
    concern: Concern = ConcernFactory.create(
        about_district=True, name=NAME, email=EMAIL, phone=PHONE, assigned=True, **more
    )
    return concern


def hat_of(asked: Asked, role: Role = Role.COORDINATOR) -> Membership:
    side = asked.lea or asked.provider
    assert side is not None
    hat: Membership = MembershipFactory.create(role=role, organization=side.organization)
    return hat


# Asking and answering -----------------------------------------------------------------------------


def test_a_district_is_asked_on_its_own_calendar() -> None:
    concern, by = concern_with_a_name(), reviewer()
    assert concern.lea is not None
    ClosedDayFactory.create(lea=concern.lea, date=dt.date(2026, 11, 16), entered_at=AT - dt.timedelta(days=9))
    coordinator = MembershipFactory.create(coordinator=True, organization=concern.lea.organization)
    decider = MembershipFactory.create(decider=True, organization=concern.lea.organization)
    asked, again = (asked_of(concern, concern.lea, by) for _time in range(2))
    assert asked == again
    assert asked.clock.due_on == dt.date(2026, 11, 20)  # five days after Thursday, without the Monday
    concern.refresh_from_db()
    assert (concern.state, kinds(concern)) == (ConcernState.AWAITING, ["asked"])
    assert Notice.objects.filter(user=coordinator.user).count() == 1
    assert not Notice.objects.filter(user=decider.user).exists()
    with pytest.raises(actions.WaitsAlready):
        asked_of(concern, concern.lea, by, question="Another one?")


def test_an_answer_ends_it_once() -> None:
    concern = concern_with_a_name()
    asked = asked_of(concern, concern.lea, reviewer())
    hat = hat_of(asked)
    for _time in range(2):
        actions.answer(asked.pk, "We decided.", by=hat, at=AT)
    concern.refresh_from_db()
    asked.refresh_from_db()
    assert (concern.state, kinds(concern)) == (ConcernState.RESPONDED, ["asked", "answered"])
    assert (asked.answered_by, asked.clock.stopped_at) == (hat, AT)
    assert concern.assigned_to is not None
    assert DigestItem.objects.filter(user=concern.assigned_to.user).count() == 1
    with pytest.raises(actions.WasAnswered):
        actions.answer(asked.pk, "Or so.", by=hat, at=AT)
    with pytest.raises(actions.WasAnswered):
        actions.take_question_back(asked.pk, by=reviewer(), at=AT)
    asked_of(concern, concern.lea, reviewer(), question="And the letter?")  # the office may ask again


def test_nobody_else_answers() -> None:
    asked = asked_of(concern := concern_with_a_name(), concern.lea, reviewer())
    strangers = [
        MembershipFactory.create(coordinator=True),
        hat_of(asked, Role.COUNSELOR),
        MembershipFactory.create(provider_admin=True),
        reviewer(),
    ]
    for hat in strangers:
        with pytest.raises(actions.NotAskedOfYou):
            actions.answer(asked.pk, "We decided.", by=hat, at=AT)
    assert kinds(concern) == ["asked"]


def test_what_was_taken_back_is_not_answered() -> None:
    asked = asked_of(concern := concern_with_a_name(), concern.lea, reviewer())
    actions.take_question_back(asked.pk, by=reviewer(), at=AT)
    with pytest.raises(actions.WasTakenBack):
        actions.answer(asked.pk, "We decided.", by=hat_of(asked), at=AT)
    asked.clock.refresh_from_db()
    assert asked.clock.stopped_at == AT


# Who wrote ----------------------------------------------------------------------------------------


@pytest.mark.rule("R-119")
def test_words_that_name_the_writer_do_not_leave() -> None:
    concern, by = concern_with_a_name(), reviewer()
    for words in (
        {"summary": "wilhelmina  WHISTLE complains."},
        {"question": f"Did you write to {EMAIL}?"},
        {"question": "Who called from (573) 555 0142?"},
    ):
        with pytest.raises(actions.NamesTheWriter):
            asked_of(concern, concern.lea, by, **words)
    assert not Asked.objects.exists()
    IdentityConsentFactory.create(concern=concern)
    asked_of(concern, concern.lea, by, summary=f"{NAME} complains.")


@pytest.mark.rule("R-119")
def test_what_names_somebody() -> None:
    concern = concern_with_a_name(student_name="Theo Li Whistle")
    assert names_in("Theo Whistle waits. Wilhelminas do not.", concern) == ["Whistle", "Theo"]
    assert not tells_who_wrote("A whistle blew.", concern)
    assert veiled(f"Whistle, {EMAIL}: so Wilhelmina\nWhistle said.", concern) == (
        "[name withheld], [name withheld]: so [name withheld] said."
    )


def pages(asked: Asked) -> list[tuple[str, str]]:
    """Everything that who is asked can open about it."""
    files = Attachment.objects.filter(asked=asked)
    return [
        ("get", reverse("home")),
        ("get", reverse("concerns:questions")),
        ("get", reverse("concerns:question", args=[asked.pk])),
        *(("post", reverse("concerns:answer_file", args=[file.pk])) for file in files),
    ]


@pytest.mark.rule("R-119")
@pytest.mark.parametrize("role", sorted(actions.ANSWERING_ROLES))
@pytest.mark.parametrize("consent", ["never", "taken back", "anonymous"])
def test_no_page_mail_or_row_of_who_is_asked_names_the_writer(
    client: Client, role: Role, consent: str
) -> None:
    provider = role in PROVIDER_ROLES
    concern = ConcernFactory.create(
        about_district=True, about_provider=True, name=NAME, email=EMAIL, phone=PHONE, assigned=True
    )
    whom = concern.provider if provider else concern.lea
    hat = MembershipFactory.create(role=role, organization=whom.organization)
    IdentityConsentFactory.create(concern=concern, at=AT - dt.timedelta(hours=2))
    # Asked while the consent stood, so the office named them; then it did not any more.
    asked = asked_of(concern, whom, reviewer(), summary=f"{NAME} ({EMAIL}, {PHONE}) waits.")
    actions.answer(asked.pk, "We decided.", by=hat, at=AT)
    second = asked_of(concern, whom, reviewer(), question=f"What did you tell {NAME}?")
    if consent == "taken back":
        IdentityConsentFactory.create(concern=concern, is_given=False, at=AT)
    else:
        concern.consents.all().delete()
    if consent == "anonymous":
        Concern.objects.filter(pk=concern.pk).update(
            is_anonymous=True, contact="none", phone="", email="", name=""
        )
        Asked.objects.update(summary="A family waits.", question="Why?")
    with time_machine.travel(AT + dt.timedelta(days=30), tick=False):
        sign_in(client, hat)
        for method, address in [*pages(asked), *pages(second)]:
            response = getattr(client, method)(address)
            assert response.status_code == 200
            text = b"".join(response).decode(errors="ignore") + str(response.headers)
            assert not [secret for secret in SECRETS if secret in text], address
    mails = [f"{mail.subject} {mail.body}" for mail in Notice.objects.filter(user=hat.user)]
    mails += list(DigestItem.objects.filter(user=hat.user).values_list("sentence", flat=True))
    assert not [secret for secret in SECRETS for mail in mails if secret in mail]


@pytest.mark.rule("R-119")
def test_with_consent_the_page_names_the_writer(client: Client) -> None:
    concern = concern_with_a_name()
    IdentityConsentFactory.create(concern=concern)
    asked = asked_of(concern, concern.lea, reviewer())
    sign_in(client, hat_of(asked))
    text = client.get(reverse("concerns:question", args=[asked.pk])).content.decode()
    assert all(secret in text for secret in (NAME, EMAIL, PHONE))
    assert not Notice.objects.filter(body__contains="Whistle").exists()


@pytest.mark.rule("R-119")
def test_the_history_of_a_question_keeps_no_words() -> None:
    """Whoever may read histories finds that a question was asked, and not what it said."""
    columns = {field.name for field in Asked.pgh_event_model._meta.get_fields()}  # type: ignore[attr-defined]
    assert not columns & {"summary", "question", "answer"}
    columns = {field.name for field in Concern.pgh_event_model._meta.get_fields()}  # type: ignore[attr-defined]
    assert not columns & {"name", "email", "phone", "student_name", "what_happened", "answers"}


# The page of who is asked -------------------------------------------------------------------------


def test_answering_with_a_file_then_only_reading(client: Client) -> None:
    asked = asked_of(concern := concern_with_a_name(), concern.lea, reviewer())
    sign_in(client, hat_of(asked))
    page = reverse("concerns:question", args=[asked.pk])
    with time_machine.travel(AT, tick=False):
        bad = client.post(page, {"answer": "Here.", "papers": SimpleUploadedFile("a.pdf", b"MZ no pdf")})
        assert bad.status_code == 200
        assert "Here." in bad.content.decode()
        assert not Attachment.objects.exists()
        sent = {"answer": "Here.", "papers": SimpleUploadedFile("letter.pdf", PDF)}
        assert client.post(page, sent).status_code == 302
    text = client.get(page).content.decode()
    assert "Here." in text
    assert "letter.pdf" in text
    assert "<textarea" not in text
    assert Entry.objects.filter(concern=concern, kind="answered").count() == 1
    assert Attachment.objects.get().asked == asked


@pytest.mark.parametrize("role", sorted((LEA_ROLES | PROVIDER_ROLES) - actions.ANSWERING_ROLES))
def test_other_roles_are_told_that_it_is_closed_to_them(client: Client, role: Role) -> None:
    asked = AskedFactory.create()
    sign_in(client, MembershipFactory.create(role=role, organization=asked.lea.organization))
    assert client.get(reverse("concerns:question", args=[asked.pk])).status_code == 403


def test_another_organization_finds_nothing(client: Client) -> None:
    asked, taken = AskedFactory.create(), AskedFactory.create(taken_back=True)
    sign_in(client, MembershipFactory.create(coordinator=True))
    assert client.get(reverse("concerns:question", args=[asked.pk])).status_code == 404
    sign_in(client, hat_of(taken))
    assert client.get(reverse("concerns:question", args=[taken.pk])).status_code == 404


def test_an_emergency_moves_the_day_and_tells_whom_it_concerns() -> None:
    lea = LeaFactory.create()
    concern = ConcernFactory.create(lea=lea, assigned=True)
    asked = asked_of(concern, lea, reviewer())
    coordinator = hat_of(asked)
    day = clocks.close_day(lea_id=lea.pk, date=dt.date(2026, 11, 17), reason="Snow", at=AT)
    clocks.confirm_emergency(day.pk, at=AT + dt.timedelta(hours=1))
    for _time in range(2):
        actions.follow_moves(at=AT + dt.timedelta(hours=2))
    (item,) = DigestItem.objects.filter(user=coordinator.user)
    assert "Nov. 20, 2026" in item.sentence
