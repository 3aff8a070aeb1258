"""A district's public page, the notice to print, what the district keeps for it, and who sees what is missing."""

import datetime as dt
import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import Lea, LeaPolicy, RequestWindow, Term
from mocap_portal.foundation.papers.models import Notice, NoticeState
from mocap_portal.foundation.shared.calendar import CENTRAL
from mocap_portal.home import waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import (
    ClosedDayFactory,
    LeaFactory,
    LeaPolicyFactory,
    OrganizationFactory,
    SchoolFactory,
)
from tests.pdf import open_pdf, pdf_text
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 12, tzinfo=CENTRAL)
CODE = "007001"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lea() -> Lea:
    lea: Lea = LeaFactory.create(
        organization__name="Elm County R-I",
        state_district_id=CODE,
        contact_name="Carla Contact",
        contact_email="mocap@elm.example",
        guidance_url="https://elm.example/guide.pdf",
        website="https://elm.example/",
    )
    return lea


@pytest.fixture
def admin(lea: Lea) -> Membership:
    return MembershipFactory.create(lea_admin=True, organization=lea.organization)


def text_of(response: Any) -> str:
    """The page as a person reads it, with the addresses of its links."""
    assert response.status_code == 200
    main = response.content.decode().partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"</?(time|b|strong)[^>]*>", "", main)).split())


def page(client: Client, code: str = CODE) -> str:
    return text_of(client.get(reverse("districts:district", args=[code])))


# The page -----------------------------------------------------------------------------------------


class TestThePage:
    @pytest.mark.rule("R-143", "R-116")
    def test_whom_to_ask_and_where_to_read(self, client: Client, lea: Lea) -> None:
        text = page(client)
        assert "Virtual courses at Elm County R-I" in text
        assert 'href="mailto:mocap@elm.example"' in text
        assert "Carla Contact" in text
        for address in (lea.guidance_url, lea.policy_part_time_url, lea.policy_full_time_url, lea.website):
            assert f'href="{address}"' in text
        assert "has not named it yet" not in text

    @pytest.mark.rule("R-143", "R-116")
    def test_what_is_missing_is_said(self, client: Client) -> None:
        LeaFactory.create(
            bare=True, state_district_id=CODE, contact_name="", contact_email="", contact_phone=""
        )
        text = page(client)
        assert "The district has not named a contact. Ask your school's counselor." in text
        assert text.count("the district has not named it yet.") == 3

    def test_who_decides_and_how_an_appeal_goes(self, client: Client, lea: Lea) -> None:
        text = page(client)
        assert "The counselor decides about each course. You get the answer in writing within 10" in text
        assert "It answers within 30 calendar days of its meeting." in text
        LeaPolicyFactory.create(
            lea=lea, reserved=True, local_appeal=True, prior_semester_text="One semester."
        )
        text = page(client)
        assert "The principal or a designee decides about each course." in text
        assert "you appeal to the district itself" in text
        assert "Write to the superintendent, 100 Main Street." in text
        assert "One semester." in text
        assert "It answers within 30" not in text

    def test_the_start_leads_to_the_schools_of_this_district(self, client: Client, lea: Lea) -> None:
        SchoolFactory.create(lea=lea, name="Elm High")
        SchoolFactory.create(name="Oak High")
        start = client.get(reverse("districts:district", args=[CODE])).context["start"]
        assert parse_qs(urlsplit(start).query) == {"q": ["Elm County R-I"]}
        sign_in(client, MembershipFactory.create(parent=True))
        text = text_of(client.get(start))
        assert "Elm High" in text
        assert "Oak High" not in text

    def test_closed_days_to_come(self, client: Client, lea: Lea) -> None:
        ClosedDayFactory.create(lea=lea, date=dt.date(2026, 11, 25), reason="Fall break")
        ClosedDayFactory.create(lea=lea, date=dt.date(2026, 11, 11), reason="Gone by")
        ClosedDayFactory.create(lea=lea, date=dt.date(2027, 11, 13), reason="Far ahead")
        ClosedDayFactory.create(date=dt.date(2026, 11, 25), reason="Elsewhere")
        text = page(client)
        assert "Wednesday, November 25, 2026: Fall break" in text
        assert "Thursday, November 26, 2026: Thanksgiving Day" in text
        assert [reason for reason in ("Gone by", "Far ahead", "Elsewhere") if reason in text] == []

    def test_the_way_to_count_by_its_calendar(self, client: Client, lea: Lea) -> None:
        ClosedDayFactory.create(lea=lea, date=dt.date(2026, 11, 13))
        (address,) = re.findall(
            rf'href="({reverse("clock")}[^"]+)"',
            client.get(reverse("districts:district", args=[CODE])).content.decode(),
        )
        assert client.get(html.unescape(address)).context["due"].on == dt.date(2026, 11, 30)

    def test_the_snippet_is_text_to_copy(self, client: Client, settings: Settings) -> None:
        settings.PORTAL_URL = "https://mocap.example/"
        LeaFactory.create(state_district_id=CODE, organization__name='Elm & "Oak" <R-I>')
        response = client.get(reverse("districts:district", args=[CODE]))
        snippet = response.context["snippet"]
        assert snippet.startswith(f'<p><a href="https://mocap.example/districts/{CODE}/">')
        assert "Elm &amp; &quot;Oak&quot; &lt;R-I&gt;" in snippet
        source = response.content.decode()
        assert f">{html.escape(snippet)}</textarea>" in source
        assert "<R-I>" not in source

    @pytest.mark.parametrize("code", ["999999", "000000"])
    def test_an_unknown_one_is_not_there(self, client: Client, code: str) -> None:
        for name, args in (("district", [code]), ("notice", [code, "en"]), ("notice_pdf", [code, "en"])):
            assert client.get(reverse(f"districts:{name}", args=args)).status_code == 404

    def test_one_that_is_closed_for_good_is_not_there(self, client: Client) -> None:
        LeaFactory.create(state_district_id=CODE, active_to=dt.date(2026, 11, 11))
        assert client.get(reverse("districts:district", args=[CODE])).status_code == 404

    @pytest.mark.parametrize("number", [0, 12])
    def test_queries(
        self, client: Client, lea: Lea, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        LeaPolicyFactory.create(lea=lea)
        for day in range(number):
            ClosedDayFactory.create(lea=lea, date=dt.date(2026, 12, 7) + dt.timedelta(days=day))
        for term in Term.objects.open_to_requests(NOW.date())[:number]:
            RequestWindow.objects.create(
                lea=lea, term=term, opens_on=dt.date(2026, 11, 1), closes_on=dt.date(2026, 12, 1)
            )
        with django_assert_num_queries(
            7
        ):  # district, policy, two for the numbers, windows, terms, closed days
            client.get(reverse("districts:district", args=[CODE]))


# When to ask --------------------------------------------------------------------------------------


@pytest.mark.rule("R-14")
class TestWindows:
    def window(self, lea: Lea) -> RequestWindow:
        term = Term.objects.get(school_year=2027, code="S2")
        found = directory.change_window(
            lea.pk, term.pk, opens_on=dt.date(2026, 11, 1), closes_on=dt.date(2026, 12, 10)
        )
        assert found is not None
        return found

    def test_without_one_every_day_is_fine(self, client: Client, lea: Lea) -> None:
        assert "You may ask on every day of the year." in page(client)

    def test_it_is_guidance(self, client: Client, lea: Lea) -> None:
        self.window(lea)
        LeaPolicyFactory.create(lea=lea, window_text="Two weeks before the semester, please.")
        text = page(client)
        assert "Two weeks before the semester, please." in text
        assert "Second semester 2026-27: from Sunday, November 1, 2026 to Thursday, December 10, 2026" in text
        assert "You may ask on every other day too." in text

    def test_unless_the_policy_blocks(self, client: Client, lea: Lea) -> None:
        self.window(lea)
        LeaPolicyFactory.create(lea=lea, window_blocks=True)
        assert "For these terms the district takes requests on these days only." in page(client)

    def test_blocking_is_off_until_the_administrator_switches_it_on(
        self, client: Client, lea: Lea, admin: Membership
    ) -> None:
        sign_in(client, admin)
        answers = {
            "decision_by": "counselor",
            "appeal_ladder": "local",
            "appeal_instructions": "Write to us.",
            "source": "Policy 6190",
            "valid_from_month": "11",
            "valid_from_year": "2026",
        }
        form = client.get(reverse("state_map:change_policy")).context["form"]
        assert not form["window_blocks"].value()
        client.post(reverse("state_map:change_policy"), answers | {"valid_from_day": "13"})
        client.post(
            reverse("state_map:change_policy"), answers | {"valid_from_day": "14", "window_blocks": "on"}
        )
        blocks = (
            LeaPolicy.objects.filter(lea=lea).order_by("valid_from").values_list("window_blocks", flat=True)
        )
        assert list(blocks) == [False, True]

    def test_the_administrator_sets_changes_and_takes_one_back(
        self, client: Client, lea: Lea, admin: Membership
    ) -> None:
        term = Term.objects.get(school_year=2027, code="S2")
        address = reverse("state_map:change_window", args=[term.pk])
        sign_in(client, admin)

        def send(first: str, last: str) -> list[tuple[dt.date, dt.date]]:
            days = zip(("opens_on", "closes_on"), (first, last), strict=True)
            data = {
                f"{name}_{part}": value
                for name, day in days
                for part, value in zip(("year", "month", "day"), day.split("-"), strict=False)
            }
            client.post(address, data)
            return list(RequestWindow.objects.filter(lea=lea).values_list("opens_on", "closes_on"))

        assert send("2026-11-1", "2026-12-1") == [(dt.date(2026, 11, 1), dt.date(2026, 12, 1))]
        assert send("2026-11-2", "2026-12-2") == [(dt.date(2026, 11, 2), dt.date(2026, 12, 2))]
        assert send("2026-11-3", "2026-11-1") == [(dt.date(2026, 11, 2), dt.date(2026, 12, 2))]
        assert send("2026-11-3", "") == [(dt.date(2026, 11, 2), dt.date(2026, 12, 2))]
        assert send("", "") == []
        assert send("", "") == []

    def test_not_for_a_summer_or_a_term_that_is_over(self, client: Client, admin: Membership) -> None:
        sign_in(client, admin)
        for year, code in ((2027, "SU"), (2026, "S1")):
            term = Term.objects.get(school_year=year, code=code)
            assert client.get(reverse("state_map:change_window", args=[term.pk])).status_code == 404

    def test_the_database_refuses_one_that_closes_before_it_opens(self, lea: Lea) -> None:
        term = Term.objects.get(school_year=2027, code="S2")
        with pytest.raises(IntegrityError), transaction.atomic():
            directory.change_window(
                lea.pk, term.pk, opens_on=dt.date(2026, 11, 2), closes_on=dt.date(2026, 11, 1)
            )


# Finding one --------------------------------------------------------------------------------------


class TestFinding:
    @pytest.mark.parametrize("words", ["elm", "r-i elm", CODE, "COUNTY"])
    def test_by_words_of_its_name_or_its_code(self, client: Client, lea: Lea, words: str) -> None:
        LeaFactory.create(organization__name="Oak Valley R-II")
        text = text_of(client.get(reverse("districts:districts"), {"q": words}))
        assert f'href="{reverse("districts:district", args=[CODE])}"' in text
        assert "Oak Valley" not in text

    def test_nothing_fits(self, client: Client, lea: Lea) -> None:
        assert "No district fits." in text_of(client.get(reverse("districts:districts"), {"q": "zzz"}))

    @pytest.mark.parametrize("number", [2, 60])
    def test_queries(
        self, client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for organization in OrganizationFactory.create_batch(number):
            LeaFactory.create(organization=organization)
        with django_assert_num_queries(2):
            response = client.get(reverse("districts:districts"))
        assert len(response.context["table"].page.object_list) == min(number, 50)


# The notice ---------------------------------------------------------------------------------------


@pytest.mark.rule("R-143")
class TestTheNotice:
    def test_it_names_the_district_its_contact_and_the_page(
        self, client: Client, lea: Lea, settings: Settings
    ) -> None:
        settings.PORTAL_URL = "https://mocap.example"
        text = text_of(client.get(reverse("districts:notice", args=[CODE, "en"])))
        for words in (
            "Your right to take virtual courses",
            "Elm County R-I",
            "Carla Contact",
            "mocap@elm.example",
            f"https://mocap.example/districts/{CODE}/",
            "The district answers in writing within 10 business days.",
            "You may ask on every day of the year.",
        ):
            assert words in text

    def test_a_district_that_blocks_does_not_promise_every_day(self, client: Client, lea: Lea) -> None:
        LeaPolicyFactory.create(lea=lea, window_blocks=True)
        text = text_of(client.get(reverse("districts:notice", args=[CODE, "en"])))
        assert "every day of the year" not in text
        assert "Its page says on which days." in text

    def test_without_a_contact_the_counselor_is_asked(self, client: Client) -> None:
        LeaFactory.create(state_district_id=CODE, contact_name="", contact_email="", contact_phone="")
        text = text_of(client.get(reverse("districts:notice", args=[CODE, "en"])))
        assert "Ask your school's counselor." in text

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_the_file_is_tagged_one_page_long_and_says_the_same(
        self, client: Client, lea: Lea, language: str
    ) -> None:
        response = client.get(reverse("districts:notice_pdf", args=[CODE, language]))
        assert response.headers["Content-Type"] == "application/pdf"
        pdf = open_pdf(response.content)
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == language
        assert bool(pdf.Root.MarkInfo.Marked) is True
        notice = client.get(reverse("districts:notice", args=[CODE, language])).context["notice"]
        said = pdf_text(response.content).replace(" ", "")
        sentences = [
            text
            for block in notice.blocks
            for text in (block.text, *block.items, *(value for row in block.rows for value in row))
            if text
        ]
        assert [sentence for sentence in sentences if sentence.replace(" ", "") not in said] == []

    def test_in_no_other_language(self, client: Client, lea: Lea) -> None:
        for name in ("notice", "notice_pdf"):
            assert client.get(reverse(f"districts:{name}", args=[CODE, "fr"])).status_code == 404


# What the district keeps --------------------------------------------------------------------------


@pytest.mark.rule("R-143")
class TestTheLinks:
    def test_all_but_the_home_page_are_needed(self, client: Client, lea: Lea, admin: Membership) -> None:
        response = sign_in(client, admin).post(reverse("state_map:change_links"), {"website": ""})
        assert sorted(response.context["form"].errors) == [
            "guidance_url",
            "policy_full_time_url",
            "policy_part_time_url",
        ]

    @pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://elm.example/x", "our handbook"])
    def test_only_pages_of_the_web(self, client: Client, lea: Lea, admin: Membership, address: str) -> None:
        answers = {
            "guidance_url": address,
            "policy_part_time_url": "https://elm.example/6190",
            "policy_full_time_url": "https://elm.example/6191",
        }
        response = sign_in(client, admin).post(reverse("state_map:change_links"), answers)
        assert list(response.context["form"].errors) == ["guidance_url"]
        lea.refresh_from_db()
        assert lea.guidance_url == "https://elm.example/guide.pdf"

    def test_what_is_saved_stands_on_the_public_page(
        self, client: Client, lea: Lea, admin: Membership
    ) -> None:
        answers = {
            "guidance_url": "https://elm.example/new",
            "policy_part_time_url": "elm.example/p",
            "policy_full_time_url": "https://elm.example/f",
        }
        sign_in(client, admin).post(reverse("state_map:change_links"), answers)
        text = page(client)
        for address in ("https://elm.example/new", "https://elm.example/p", "https://elm.example/f"):
            assert f'href="{address}"' in text
        assert "The district's home page" not in text


# What is missing ----------------------------------------------------------------------------------


class TestWhatIsMissing:
    @pytest.mark.rule("R-116", "R-143")
    def test_it_is_a_task_of_the_administrator(self) -> None:
        hat = MembershipFactory.create(lea_admin=True, lea__bare=True, lea__contact_email="")
        (block,) = waiting.blocks(hat, today=NOW.date())
        links = reverse("state_map:change_links")
        assert [(item.what, item.url) for item in block.items] == [
            ("Enter the MOCAP contact", reverse("state_map:change_contact")),
            ("Enter the link to your guidance about MOCAP", links),
            ("Enter the policy on part-time courses", links),
            ("Enter the policy on full-time programs", links),
        ]

    def test_nothing_is_missing(self, admin: Membership) -> None:
        assert waiting.blocks(admin, today=NOW.date()) == []

    @pytest.mark.rule("R-116", "R-143")
    def test_the_state_office_has_a_list(self, client: Client, lea: Lea) -> None:
        LeaFactory.create(organization__name="Ash", contact_email="")
        LeaFactory.create(organization__name="Birch", policy_full_time_url="")
        LeaFactory.create(organization__name="Closed", bare=True, active_to=dt.date(2026, 1, 1))
        hat = MembershipFactory.create(dese_reviewer=True)
        response = sign_in(client, hat).get(reverse("state_map:incomplete"))
        names = [row.record.organization.name for row in response.context["tables"][0].rows]
        assert names == ["Ash", "Birch"]
        (block,) = waiting.blocks(hat, today=NOW.date())
        assert [item.what for item in block.items] == [
            "2 districts lack a contact, guidance or policies on their page"
        ]

    @pytest.mark.rule("R-116")
    def test_a_contact_whose_mails_come_back_is_in_it(self, client: Client, lea: Lea) -> None:
        self.bounce("Mocap@elm.example", NOW)
        response = sign_in(client, MembershipFactory.create(dese_admin=True)).get(
            reverse("state_map:incomplete")
        )
        assert "Mails to the contact come back" in text_of(response)

    @pytest.mark.rule("R-116")
    def test_not_for_a_mail_of_long_ago_nor_for_one_that_waits(self, client: Client, lea: Lea) -> None:
        self.bounce("mocap@elm.example", NOW - dt.timedelta(days=100))
        self.bounce("mocap@elm.example", NOW, state=NoticeState.QUEUED)
        response = sign_in(client, MembershipFactory.create(dese_admin=True)).get(
            reverse("state_map:incomplete")
        )
        assert "Every district's page is complete." in text_of(response)

    @staticmethod
    def bounce(address: str, at: dt.datetime, state: str = NoticeState.FAILED) -> None:
        Notice.objects.create(
            key=f"{address}{at}{state}",
            to=address,
            subject="About MOCAP",
            body="Words.",
            state=state,
            created_at=at,
            try_after=at,
        )

    @pytest.mark.parametrize("number", [1, 20])
    def test_queries(
        self, client: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for organization in OrganizationFactory.create_batch(number):
            LeaFactory.create(organization=organization, bare=True)
        sign_in(client, MembershipFactory.create(dese_admin=True))
        with django_assert_num_queries(5):  # three of every page; how many districts, the districts
            client.get(reverse("state_map:incomplete"))
