"""The main job of the portal, from a family that has no account to a roster with one student.

The people, schools and courses are the demo's; the mails go through a real worker and a real mail server.
"""

import datetime as dt
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.records.models import Student
from enrollment.registration.actions import NoDataAgreement, StudentNotConfirmed
from mocap_portal.demo.builder.people import hat_of
from mocap_portal.demo.builder.times import ONE_DAY, term_to_ask_for
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Notice, NoticeState
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import long_day
from providers.actions import end_agreement
from providers.models import Agreement
from tests.journeys import axe, steps
from tests.journeys.conftest import Browse, Shot
from tests.pdf import open_pdf, pdf_text
from tests.personal_data import assert_no_personal_data
from tests.worker import MailServer, Worker, eventually

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

Snap = Callable[[Page, str], None]

PHONE, DESK = axe.WIDTHS["phone"], axe.WIDTHS["desk"]
DISTRICT = "Walnut Fork R-V"
PARENT = steps.NewParent("Ana Kowalski", "ana.kowalski@mail.example", "seven quiet herons by the river")
APPROVED, ITS_PROVIDER = "Creative Writing", "Prairie Loop Learning"
DENIED, OTHER_PROVIDER = "Entrepreneurship", "Lantern Hill Online"
MOSIS_ID = "9910000777"
SECTION, TEACHER = "CW-1", "Miriam Stone"
EXPLANATION = (
    "Theo told us that a course without fixed hours has been hard to keep up with. Two of last year's online units "
    "were handed in after the term had ended."
)
WOULD_BE_A_YES = "One semester in which all online units are handed in on time."


@pytest.fixture
def today() -> dt.date:
    return central_date(timezone.now())


@pytest.fixture
def child(today: dt.date) -> steps.Child:
    return steps.Child(
        first_name="Theo",
        last_name="Brightwater",
        birth_date=dt.date(today.year - 15, 4, 9),
        grade="10",
        relationship="Mother",
        enrollment="Full time",
    )


@pytest.fixture(autouse=True)
def _own_cache(settings: Settings, request: pytest.FixtureRequest) -> None:
    """No second mail to one address within three minutes: that holds for a test, not for the next one."""
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": request.node.nodeid}}


@pytest.fixture(autouse=True)
def _demo(settings: Settings, built_demo: None, mail_server: MailServer, today: dt.date) -> None:
    """The demo as it is built, but for a data agreement that has run out. From now on mails leave the process."""
    agreement = Agreement.objects.get(
        lea__organization__name=DISTRICT, provider__organization__name=ITS_PROVIDER
    )
    end_agreement(agreement.pk, last_day=today - ONE_DAY)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", mail_server.port, False


def album(shot: Shot, name: str) -> Snap:
    """Takes pictures of the steps and numbers them."""
    number = itertools.count(1)

    def take(page: Page, step: str) -> None:
        shot(page, f"{name}-{next(number):02d}-{step}")

    return take


@dataclass(frozen=True)
class Story:
    """What happens, chapter by chapter. Each takes the browser of the person who acts."""

    address: str
    mail_server: MailServer
    snap: Snap
    child: steps.Child
    today: dt.date

    @property
    def first_day(self) -> dt.date:
        """When the approved course begins."""
        return max(term_to_ask_for(self.today).starts_on, self.today)

    def family_makes_an_account(self, page: Page) -> None:
        page.goto(f"{self.address}/")
        self.snap(page, "landing")
        steps.follow(page, "Make an account")
        self.snap(page, "make-an-account")
        steps.make_account(page, PARENT)
        self.snap(page, "look-in-your-mail")
        [mail] = self.mail_server.mails_to(PARENT.email)
        [link] = steps.links_in(mail.get_content())
        page.goto(link)
        self.snap(page, "is-it-yours")
        steps.press(page, "Yes, it is mine")
        self.snap(page, "address-confirmed")
        steps.sign_in(page, PARENT.email, PARENT.password)
        steps.expect_heading(page, "What waits for you")
        self.snap(page, "home-of-a-new-family")

    def family_asks(self, page: Page) -> str:
        """Returns the number of the request, as the receipt gives it."""
        steps.follow(page, "Ask for a course")
        steps.find_school(page, "walnut", "Walnut Fork High School")
        self.snap(page, "find-the-school")
        steps.follow(page, "Walnut Fork High School")
        steps.tell_of(page, self.child, term=str(term_to_ask_for(self.today)))
        self.snap(page, "about-the-student")
        steps.press(page, "Continue")
        steps.add_course(page, APPROVED, ITS_PROVIDER)
        steps.add_course(page, DENIED, OTHER_PROVIDER)
        page.get_by_label("How many courses does the student take in person").fill("4")
        self.snap(page, "two-courses-chosen")
        steps.press(page, "Continue")
        self.snap(page, "check-and-sign")
        steps.agree_and_sign(page, PARENT.name)
        steps.expect_heading(page, re.compile("Receipt for request PT-"))
        self.snap(page, "receipt")
        request = CourseRequest.objects.get(claim__claimant__email=PARENT.email)
        assert request.clock is not None
        assert request.clock.due_on is not None
        expect(page.locator(".portal-summary")).to_contain_text(long_day(request.clock.due_on))
        page.get_by_text("Why this date?").click()
        expect(page.locator("details li")).to_have_count((request.clock.due_on - self.today).days)
        self.snap(page, "why-this-date")
        return request.number

    def counselor_decides(self, page: Page, number: str) -> list[str]:
        """Returns the two letters as the previews showed them, the approval first."""
        steps.be(page, self.address, "Helen Okafor", f"Counselor, {DISTRICT}")
        self.snap(page, "home-of-the-counselor")
        steps.open_menu(page, "Requests")
        self.snap(page, "inbox")
        steps.follow(page, number)
        self.snap(page, "request")
        steps.follow(page, f"Decide: {APPROVED}")
        steps.approve(page)
        self.snap(page, "preview-of-the-approval")
        approval = steps.letter_on(page)
        steps.press(page, "Send decision")
        steps.expect_message(page, f"{APPROVED} is approved. The letter is sent to the family.")
        steps.expect_heading(page, f"Decide: {DENIED}")
        steps.deny(
            page, factor="Time management", explanation=EXPLANATION, would_make_it_a_yes=WOULD_BE_A_YES
        )
        self.snap(page, "preview-of-the-denial")
        denial = steps.letter_on(page)
        steps.press(page, "Send decision")
        steps.expect_message(page, f"{DENIED} is denied. The letter is sent to the family.")
        self.snap(page, "request-decided")
        return [approval, denial]

    def family_reads_its_letters(self, page: Page, number: str) -> list[str]:
        """Returns both letters as the family reads them."""
        steps.open_menu(page, "Your requests")
        self.snap(page, "requests-of-the-family")
        steps.follow(page, f"Open request {number}")
        self.snap(page, "status-decided")
        letters = []
        for course, words in [
            (APPROVED, "Read the letter"),
            (DENIED, "Read the letter: why, and how to appeal"),
        ]:
            steps.follow(page, f"{words}: {course}")
            self.snap(page, f"letter-{course.lower().replace(' ', '-')}")
            letters.append(steps.letter_on(page))
            assert_pdf_says_the_same(steps.pdf_behind(page, "Open the letter as PDF"), letters[-1])
            steps.follow(page, "Back to the request")
        return letters

    def district_registers(self, page: Page, number: str) -> None:
        steps.be(page, self.address, "Nadia Petrov", f"MOCAP coordinator, {DISTRICT}")
        steps.open_menu(page, "Registrations")
        self.snap(page, "registrations")
        steps.follow(page, APPROVED)
        expect(page.get_by_role("main")).to_contain_text(str(StudentNotConfirmed.sentence))
        expect(page.get_by_role("main")).to_contain_text(str(NoDataAgreement.sentence))
        expect(page.get_by_role("button", name="Send to the provider")).to_have_count(0)
        self.snap(page, "not-yet-to-send")
        registration = page.url
        steps.follow(page, f"Mend this: {StudentNotConfirmed.sentence}")
        self.snap(page, "who-is-this-child")
        steps.confirm_new_student(page, MOSIS_ID)
        self.snap(page, "student-confirmed")
        page.goto(registration)
        steps.follow(page, f"Mend this: {NoDataAgreement.sentence}")
        self.snap(page, "agreements")
        steps.follow(page, "Add a data agreement")
        steps.put_agreement_on_file(page, ITS_PROVIDER, reference="Contract file 9", first_day=self.today)
        steps.expect_message(page, "The agreement is on file.")
        page.goto(registration)
        self.snap(page, "ready-to-send")
        steps.press(page, "Send to the provider")
        steps.expect_message(page, "The course is sent to the provider. The family was told.")
        self.snap(page, "sent")

    def provider_confirms(self, page: Page) -> None:
        steps.be(page, self.address, "Olga Brandt", f"Provider administrator, {ITS_PROVIDER}")
        steps.open_menu(page, "Roster")
        student = f"{self.child.first_name} {self.child.last_name}"
        rows = page.get_by_role("table").locator("tbody tr")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(student)
        self.snap(page, "roster")
        steps.follow(page, student)
        expect(page.get_by_role("main")).to_contain_text(MOSIS_ID)
        steps.fill_date(page, "First day of the course", self.first_day)
        page.get_by_label("Section").fill(SECTION)
        page.get_by_label("First and last name").fill(TEACHER)
        page.get_by_label("Number of the Missouri certificate").fill("MO-0418233")
        steps.fill_date(page, "First valid day", self.first_day)
        steps.fill_date(page, "Last valid day", self.first_day)
        self.snap(page, "answer-of-the-provider")
        steps.press(page, "Confirm the student")
        steps.expect_message(page, "The student is confirmed. Family and district were told.")
        self.snap(page, "confirmed")

    def family_sees_what_happened(self, page: Page, number: str) -> None:
        steps.open_menu(page, "Your requests")
        steps.follow(page, f"Open request {number}")
        self.snap(page, "status-confirmed")
        place = page.get_by_role("listitem").filter(has_text=f"{ITS_PROVIDER} First day of the course")
        for words in (long_day(self.first_day), SECTION, TEACHER):
            expect(place).to_contain_text(words)
        timeline = page.locator(".portal-timeline")
        expect(timeline.locator(".portal-timeline__what")).to_have_text(
            [
                "The request was started",
                "The request was signed and sent to the district",
                "The district opened the request",
                f"“{APPROVED}” was approved",
                f"“{DENIED}” was denied",
                f"The district registered the student for “{APPROVED}”",
                f"{ITS_PROVIDER} confirmed the place in “{APPROVED}”",
                "“Creative Writing” starts Still to come",
            ]
        )
        roles = (
            ["Parent or guardian"] * 2 + ["Counselor"] * 3 + ["MOCAP coordinator", "Provider administrator"]
        )
        expect(timeline.locator(".portal-timeline__when")).to_contain_text(roles)
        for name in ("Helen", "Okafor", "Nadia", "Petrov", "Olga", "Brandt"):
            expect(timeline).not_to_contain_text(name)
        steps.open_menu(page, "Children")
        self.snap(page, "children")
        steps.follow(page, f"Who was told what: {self.child.first_name} {self.child.last_name}")
        expect(page.get_by_role("heading", level=2)).to_have_text([ITS_PROVIDER])
        expect(page.get_by_role("main")).to_contain_text("Name, MOSIS ID, birth date, grade, course")
        self.snap(page, "who-was-told-what")


@pytest.fixture
def story(
    live_server: LiveServer, mail_server: MailServer, shot: Shot, child: steps.Child, today: dt.date
) -> Story:
    """Every page of it is accessible and fits."""
    take = album(shot, "journey")

    def snap(page: Page, step: str) -> None:
        assert axe.problems(page) == []
        take(page, step)

    return Story(live_server.url, mail_server, snap, child, today)


def assert_pdf_says_the_same(pdf: bytes, letter: str) -> None:
    """Tagged, and every line of the letter on the page stands in it."""
    document = open_pdf(pdf)
    assert bool(document.Root.MarkInfo.Marked) is True
    assert "/StructTreeRoot" in document.Root
    text = squeezed(pdf_text(pdf))
    assert [line for line in letter.splitlines() if squeezed(line) not in text] == []


def squeezed(text: str) -> str:
    """Without blanks, which break differently on paper."""
    return re.sub(r"\s", "", text)


def mails_that_wait() -> list[tuple[Any, ...]]:
    return list(Notice.objects.exclude(state=NoticeState.SENT).values_list("key", "attempts", "last_error"))


def test_from_a_family_to_the_roster(
    story: Story, browse: Browse, mail_server: MailServer, start_worker: Callable[[], Worker]
) -> None:
    start_worker()
    parent, counselor, coordinator, provider = browse(PHONE), browse(DESK), browse(DESK), browse(DESK)
    story.family_makes_an_account(parent)
    number = story.family_asks(parent)
    previews = story.counselor_decides(counselor, number)
    assert story.family_reads_its_letters(parent, number) == previews
    story.district_registers(coordinator, number)
    story.provider_confirms(provider)
    story.family_sees_what_happened(parent, number)

    eventually(lambda: not mails_that_wait(), otherwise=mails_that_wait)
    mails = mail_server.mails_to(PARENT.email)
    assert [mail["Subject"] for mail in mails] == [
        "Please confirm your e-mail address",
        f"We received your course request {number}",
        f"Your district decided about a course of request {number}",
        f"Your district decided about a course of request {number}",
        f"A course of request {number} was sent to its provider",
        f"A course of request {number} is confirmed",
    ]
    student = Student.objects.get(mosis_id=MOSIS_ID)
    assert_no_personal_data(*(mail.as_string() for mail in mail_server.mails), about=student)


def test_a_family_without_javascript(story: Story, browse: Browse, shot: Shot) -> None:
    story = replace(story, snap=album(shot, "journey-without-javascript"))  # axe is JavaScript itself
    parent = browse(PHONE, javascript=False)
    story.family_makes_an_account(parent)
    number = story.family_asks(parent)
    counselor = hat_of("helen.okafor@walnutfork.example", Role.COUNSELOR)
    first, second = CourseLine.objects.filter(request__claim__claimant__email=PARENT.email).order_by(
        "position"
    )
    now = timezone.now()
    part_time.approve(first.pk, by=counselor, at=now, in_person_considered=True)
    factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=story.today).filter(code="time_management")
    part_time.deny(
        second.pk,
        by=counselor,
        at=now,
        factor_ids=[factor.pk for factor in factors],
        explanation=EXPLANATION,
        would_make_it_a_yes=WOULD_BE_A_YES,
        in_person_considered=True,
    )
    [approval, denial] = story.family_reads_its_letters(parent, number)
    assert "We approved this course." in approval
    assert EXPLANATION in denial
