"""The office's pages: the list and its filters, a concern with everything, words seen before they go, two at once."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from concerns import actions
from concerns.answers import fill
from concerns.models import Asked, BulkStep, Concern, ConcernState, Entry, ResponseTemplate, RoutingRule
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import (
    AttachmentFactory,
    ConcernFactory,
    EntryFactory,
    IdentityConsentFactory,
    ResponseTemplateFactory,
    RoutingRuleFactory,
    TagFactory,
)
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.papers import PDF
from tests.factories.part_time import CourseLineFactory
from tests.factories.reconcile import MismatchFactory
from tests.sign_in import sign_in

from .kit import AT, kinds, reviewer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now() -> Any:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def office(client: Client) -> Membership:
    hat = reviewer()
    sign_in(client, hat)
    return hat


def listed(client: Client, **query: Any) -> list[str]:
    response = client.get(reverse("concerns:inbox"), query)
    assert response.status_code == 200
    return [row.record.number for row in response.context["table"].paginated_rows]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def saved(response: Any) -> bytes:
    """The bytes of a file that is handed out to be saved."""
    assert response["Content-Disposition"].startswith("attachment")
    return b"".join(response)


# The list -----------------------------------------------------------------------------------------


class TestTheList:
    def test_due_soonest_first_and_only_what_is_open(self, client: Client, office: Membership) -> None:
        late = ConcernFactory.create(due_on=None)
        Concern.objects.filter(pk=late.pk).update(due_on=dt.date(2026, 11, 10))
        soon = ConcernFactory.create()
        nothing_due = ConcernFactory.create(clocked=False)
        closed = ConcernFactory.create(closed=True)
        assert listed(client) == [late.number, soon.number, nothing_due.number]
        assert listed(client, state="closed") == [closed.number]
        assert len(listed(client, state="every")) == 4
        assert text_of(client.get(reverse("concerns:inbox"))).count("Overdue") == 1

    def test_mine_and_nobodys(self, client: Client, office: Membership) -> None:
        mine = ConcernFactory.create(assigned=True, assigned_to=office)
        ConcernFactory.create(assigned=True)
        nobodys = ConcernFactory.create()
        assert listed(client, whose="mine") == [mine.number]
        assert listed(client, whose="unassigned") == [nobodys.number]
        assert len(listed(client, whose="nonsense")) == 3

    def test_every_filter(self, client: Client, office: Membership) -> None:
        lea, provider, tag = LeaFactory.create(), ProviderFactory.create(), TagFactory.create()
        one = ConcernFactory.create(
            category="billing",
            track="part_time",
            lea=lea,
            provider=provider,
            language="es",
            what_happened="The invoice was wrong.",
        )
        one.tags.add(tag)
        AttachmentFactory.create(concern=one)
        ConcernFactory.create(category="quality", track="full_time", language="en")
        other = ConcernFactory.create(language="Somali")
        for query in (
            {"category": "billing"},
            {"track": "part_time"},
            {"lea": lea.pk},
            {"provider": provider.pk},
            {"tag": tag.pk},
            {"language": "es"},
            {"with_files": "on"},
            {"words": "invoices"},
            {"words": '"invoice was" -nothing'},
            {"words": one.number.lower()},
        ):
            assert listed(client, **query) == [one.number], query
        assert listed(client, language="other") == [other.number]
        assert listed(client, words="Wanda") == []  # names are not searched
        assert len(listed(client, words='"; drop \x01 & | !(')) in {0, 3}

    def test_very_many_are_not_counted_to_the_end(
        self, client: Client, office: Membership, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for module in ("concerns.inbox", "concerns.views.office.inbox"):
            monkeypatch.setattr(f"{module}.MOST_COUNTED", 2)
        ConcernFactory.create_batch(2)
        assert "2 concerns" in text_of(client.get(reverse("concerns:inbox")))
        ConcernFactory.create_batch(2)
        text = text_of(client.get(reverse("concerns:inbox")))
        assert "More than 2 concerns. Only the first are listed: add a filter." in text

    def test_a_search_is_given_the_list_alone(self, client: Client, office: Membership) -> None:
        ConcernFactory.create(category="billing")
        query = {"category": "billing", "words": "", "whose": "all"}
        text = client.get(reverse("concerns:inbox"), query, headers={"HX-Request": "true"}).content.decode()
        assert "One concern\n" in text and "<html" not in text and "portal-filters" not in text
        # What stands above the list is told anew: how many, and where the other views of these filters are.
        assert re.findall(r'id="([\w-]+)" hx-swap-oob', text) == ["result-count", "views"]
        assert "?category=billing&amp;words=&amp;whose=mine" in text

    def test_a_page_of_it_asks_as_often_for_many_as_for_one(
        self, client: Client, office: Membership, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        ConcernFactory.create_batch(30, about_district=True, about_provider=True, assigned=True)
        client.get(reverse("concerns:inbox"))
        with django_assert_num_queries(9):
            response = client.get(reverse("concerns:inbox"))
        assert len(response.context["table"].paginated_rows) == 25
        assert len(listed(client, page=2)) == 5

    def test_as_a_file_without_anybodys_name(self, client: Client, office: Membership) -> None:
        concern = ConcernFactory.create(about_district=True, student_name="Theo Whistle")
        text = client.get(reverse("concerns:download"), {"lea": str(concern.lea_id)}).content.decode()
        assert concern.number in text
        assert str(concern.lea) in text
        assert not [name for name in ("Wanda", "Theo", concern.email, "October") if name in text]

    def test_empty(self, client: Client, office: Membership) -> None:
        assert "Nothing waits." in text_of(client.get(reverse("concerns:inbox")))


# One concern --------------------------------------------------------------------------------------


def test_everything_about_it(client: Client, office: Membership) -> None:
    line = CourseLineFactory.create(request__submitted=True, request__claim__confirmed=True)
    concern = ConcernFactory.create(
        assigned=True,
        lea=line.request.lea,
        provider=line.course.provider,
        student_name="Theo Whistle",
        tried="We called.",
        wanted="A decision.",
    )
    clean = AttachmentFactory.create(concern=concern, clean=True, name="clean.pdf")
    infected = AttachmentFactory.create(concern=concern, infected=True, name="bad.pdf")
    unscanned = AttachmentFactory.create(concern=concern, name="unscanned.pdf")
    EntryFactory.create(concern=concern, kind="note", text="They called twice.")
    actions.link(concern.pk, line, by=office, at=AT)
    text = text_of(client.get(reverse("concerns:concern", args=[concern.pk])))
    for words in (
        "We asked in October",
        "We called.",
        "A decision.",
        "Theo Whistle",
        "Wanda Writer",
        "They called twice.",
        line.request.number,
        line.request.claim.last_name,
        str(line.course.provider),
        "Kept apart: no scanner is set up",
        "The scanner found something",
        "Acknowledge a concern",
        "Why this date?",
    ):
        assert words in text, words
    assert saved(client.post(reverse("concerns:office_file", args=[clean.pk]))) == PDF
    assert client.post(reverse("concerns:office_file", args=[infected.pk])).status_code == 404
    asks = client.post(reverse("concerns:office_file", args=[unscanned.pk]))
    assert "no scanner has looked at it" in text_of(asks)
    sure = client.post(reverse("concerns:office_file", args=[unscanned.pk]), {"sure": "yes"})
    assert saved(sure) == PDF


def test_suggestions_of_the_district_and_a_search(client: Client, office: Membership) -> None:
    line = CourseLineFactory.create(request__submitted=True)
    elsewhere = CourseLineFactory.create(
        request__submitted=True,
        request__claim__first_name=line.request.claim.first_name,
        request__claim__last_name=line.request.claim.last_name,
    )
    concern = ConcernFactory.create(lea=line.request.lea, student_name=line.request.claim.full_name)
    page = client.get(reverse("concerns:link", args=[concern.pk]))
    assert [match.pk for match in page.context["matches"]] == [line.pk]
    mismatch = MismatchFactory.create(code="M-10")
    for words, found in (
        (elsewhere.request.number, [("line", elsewhere.pk)]),
        (f"M-{mismatch.pk}", [("mismatch", mismatch.pk)]),
        ("nobody", []),
    ):
        page = client.post(reverse("concerns:link", args=[concern.pk]), {"words": words})
        assert [(match.kind, match.pk) for match in page.context["matches"]] == found
    client.post(reverse("concerns:link_this", args=[concern.pk, "line", line.pk]))
    client.post(reverse("concerns:link_this", args=[concern.pk, "mismatch", mismatch.pk]))
    concern.refresh_from_db()
    assert (concern.line, concern.mismatch) == (line, mismatch)
    assert client.get(reverse("concerns:link_this", args=[concern.pk, "line", 0])).status_code == 404


# Words to the writer ------------------------------------------------------------------------------


def test_words_are_seen_before_they_go(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create(assigned=True)
    page = reverse("concerns:write_back", args=[concern.pk])
    seen = actions.newest(concern)
    first = client.post(page, {"text": "About {number}.", "seen": seen})
    assert f"About {concern.number}." in text_of(first)
    assert kinds(concern) == []
    form = first.context["form"]
    shown = {name: form[name].value() for name in ("text", "looked_at", "seen")}
    changed = client.post(page, shown | {"text": "Something else."})  # changed: it is shown again
    assert (changed.status_code, kinds(concern)) == (200, [])
    assert client.post(page, shown).status_code == 302
    client.post(page, shown)  # a second click
    assert list(Entry.objects.values_list("kind", "text")) == [("to_writer", f"About {concern.number}.")]


def test_somebody_was_quicker_and_nothing_typed_is_lost(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create(assigned=True)
    page = reverse("concerns:note", args=[concern.pk])
    seen = client.get(page).context["form"]["seen"].value()
    actions.write(concern.pk, "We look into it.", by=reviewer(user__name="Ana Quick"), at=AT)
    response = client.post(page, {"text": "Typed for an hour.", "seen": seen})
    assert "Ana Quick" in text_of(response)
    assert "Typed for an hour." in text_of(response)
    again = response.context["form"]["seen"].value()
    assert client.post(page, {"text": "Typed for an hour.", "seen": again}).status_code == 302
    assert kinds(concern) == ["to_writer", "note"]


def test_closing_with_an_outcome(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create(assigned=True)
    page = reverse("concerns:close", args=[concern.pk])
    data = {"outcome": "settled", "text": "It was put right.", "seen": actions.newest(concern)}
    form = client.post(page, data).context["form"]
    data |= {"looked_at": form["looked_at"].value()}
    outcome_changed = client.post(page, data | {"outcome": "referred"})
    assert outcome_changed.status_code == 200
    assert client.post(page, data).status_code == 302
    concern.refresh_from_db()
    assert (concern.state, concern.outcome) == (ConcernState.CLOSED, "settled")


@pytest.mark.parametrize(("language", "text"), [("en", "We have received"), ("es", "Hemos recibido")])
def test_a_template_in_the_writers_language(
    client: Client, office: Membership, language: str, text: str
) -> None:
    template = ResponseTemplateFactory.create()
    concern = ConcernFactory.create(language=language)
    filled = fill(template, concern)
    assert text in filled
    assert concern.number in filled
    assert "2026" in filled
    page = client.get(reverse("concerns:write_back", args=[concern.pk]), {"template": template.pk})
    assert filled.split()[0] in text_of(page)


def test_a_name_that_looks_like_a_place_stays_a_name() -> None:
    template = ResponseTemplateFactory.create(text_en="Dear {name}, {number}")
    concern = ConcernFactory.create(name="{number} {due}")
    with translation.override("en"):
        assert fill(template, concern) == f"Dear {{number}} {{due}}, {concern.number}"


# Asking -------------------------------------------------------------------------------------------


def test_words_with_a_name_are_asked_about(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create(about_district=True, student_name="Theo Whistle", assigned=True)
    page = reverse("concerns:ask", args=[concern.pk])
    data = {
        "whom": f"lea-{concern.lea_id}",
        "summary": "Theo waits for a decision.",
        "question": "When?",
        "seen": actions.newest(concern),
    }
    warned = client.post(page, data)
    assert "Your words hold Theo" in text_of(warned)
    assert not Asked.objects.exists()
    assert client.post(page, data | {"summary": "Wanda Writer waits.", "sure": "on"}).status_code == 200
    assert not Asked.objects.exists()  # the writer's whole name never goes
    assert client.post(page, data | {"sure": "on"}).status_code == 302
    assert Asked.objects.get().lea == concern.lea


def test_with_consent_nothing_is_asked(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create(about_provider=True, assigned=True)
    IdentityConsentFactory.create(concern=concern)
    data = {"whom": f"provider-{concern.provider_id}", "summary": "Wanda Writer waits.", "question": "When?"}
    assert client.post(reverse("concerns:ask", args=[concern.pk]), data).status_code == 302


def test_nobody_to_ask(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create()
    response = client.get(reverse("concerns:ask", args=[concern.pk]))
    assert response["Location"] == reverse("concerns:sort", args=[concern.pk])


# Several at once ----------------------------------------------------------------------------------


def test_several_are_shown_then_given_then_given_back(client: Client, office: Membership) -> None:
    concerns = ConcernFactory.create_batch(2)
    closed = ConcernFactory.create(closed=True)
    ones = [one.pk for one in (*concerns, closed)]
    page = reverse("concerns:together", args=["assign"])
    preview = client.get(page, {"one": ones})
    assert "2 concerns are changed." in text_of(preview)
    assert "One other cannot be changed so" in text_of(preview)
    colleague = reviewer()
    data = {"ones": " ".join(str(pk) for pk in ones), "to": colleague.pk}
    sent = client.post(page, data)
    step = BulkStep.objects.get()
    assert sent["Location"] == f"{reverse('concerns:inbox')}?undo={step.pk}"
    undo = reverse("concerns:undo_together", args=[step.pk])
    assert undo in text_of(client.get(sent["Location"]))
    assert "2 concerns are as before." in text_of(client.post(undo, follow=True))
    assert not Concern.objects.filter(assigned_to=colleague).exists()
    assert undo not in text_of(client.get(sent["Location"]))


def test_several_closed_and_none(client: Client, office: Membership) -> None:
    concern = ConcernFactory.create()
    page = reverse("concerns:together", args=["close"])
    client.post(page, {"ones": str(concern.pk), "outcome": "not_a_concern", "text": "It was a test."})
    concern.refresh_from_db()
    assert concern.state == ConcernState.CLOSED
    again = client.get(page, {"one": [concern.pk]}, follow=True)
    assert "None of those can be changed so." in text_of(again)
    assert client.get(reverse("concerns:together", args=["nonsense"])).status_code == 404


# Rules and templates ------------------------------------------------------------------------------


def test_rules_are_tried(client: Client, office: Membership) -> None:
    RoutingRule.objects.all().delete()
    rule = RoutingRuleFactory.create(category="billing", note="They know the contracts.", days=3)
    page = reverse("concerns:rules")
    tried = client.get(page, {"category": "billing"})
    assert tried.context["winner"] == rule
    assert "Rule 1 wins: They know the contracts." in text_of(tried)
    assert "No rule fits." in text_of(client.get(page, {"category": "quality"}))
    assert client.post(reverse("concerns:move_rule", args=[rule.pk])).status_code == 403


def test_an_administrator_adds_moves_and_ends(client: Client) -> None:
    RoutingRule.objects.all().delete()
    admin = MembershipFactory.create(dese_admin=True)
    sign_in(client, admin)
    day = {"valid_from_month": "11", "valid_from_day": "12", "valid_from_year": "2026"}
    first = RoutingRuleFactory.create(position=1)
    data = {"category": "billing", "to": admin.pk, "note": "They know the contracts.", **day}
    for _time in range(2):
        assert client.post(reverse("concerns:add_rule"), data).status_code == 302
    added = RoutingRule.objects.exclude(pk=first.pk).get()
    client.post(reverse("concerns:move_rule", args=[added.pk]), {"to": "up"})
    added.refresh_from_db()
    assert added.position == 1
    last = {"last_day_month": "11", "last_day_day": "30", "last_day_year": "2026"}
    assert client.post(reverse("concerns:end_rule", args=[added.pk]), last).status_code == 302
    added.refresh_from_db()
    assert added.valid_to == dt.date(2026, 11, 30)
    assert client.get(reverse("concerns:end_rule", args=[added.pk])).status_code == 404


def test_templates_are_kept_and_retired(client: Client, office: Membership) -> None:
    data = {"title": "Received", "category": "", "text_en": "Dear {name}", "text_es": "Estimado {name}"}
    for _time in range(2):
        assert client.post(reverse("concerns:add_template"), data).status_code == 302
    template = ResponseTemplate.objects.get()
    unknown = client.post(reverse("concerns:template", args=[template.pk]), data | {"text_en": "{nme}"})
    assert "Nothing is filled in for {nme}." in text_of(unknown)
    retire = reverse("concerns:retire_template", args=[template.pk])
    client.post(retire)
    concern = ConcernFactory.create()
    offered = client.get(reverse("concerns:write_back", args=[concern.pk])).context["choose"]
    assert list(offered.fields["template"].queryset) == []
    client.post(retire)
    template.refresh_from_db()
    assert not template.is_retired
