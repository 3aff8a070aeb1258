"""A family's way through a full-time program, each person in turn in a browser, from the application to the way back.

Apply → the resident district informs → admitted → moved → a letter, issued and checked → not engaged → notice → help →
disenrolled → placed.
"""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.attendance.models import Placement, PlacementState
from enrollment.certification.models import Certification
from enrollment.full_time.models import (
    EnrollmentState,
    PolicyKind,
    ProgramApplication,
    ProgramEnrollment,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.attendance import FlagFactory
from tests.factories.directory import SchoolFactory
from tests.factories.full_time import ProgramFactory, ProgramPolicyFactory
from tests.journeys import axe, steps
from tests.journeys.looks import enter
from tests.pdf import pdf_text

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

BASIS = "The student works alone and on time, and an adult is at home all day."
CODE = re.compile(r"Code of this letter: (\S+)")


class Stage:
    """One browser in which one person after another does a part; every page has to be accessible."""

    def __init__(self, page: Page, server: LiveServer) -> None:
        self.page, self.server = page, server

    def be(self, hat: Membership, name: str, *args: object) -> Page:
        enter(self.page.context, self.server, hat)
        self.page.goto(self.server.url + reverse(name, args=args))
        axe.check(self.page)
        return self.page


def test_from_the_application_to_the_way_back(page: Page, live_server: LiveServer) -> None:
    today = central_date(timezone.now())
    program = ProgramFactory.create(name="River Online", host__organization__name="River Host")
    ProgramPolicyFactory.create(program=program, kind=PolicyKind.CONSEQUENCES)
    school = SchoolFactory.create(name="Fern Hollow School", lea__organization__name="Fern Hollow")
    mother = MembershipFactory.create(parent=True, user=UserFactory.create(name="Pia Farrow"))
    host = MembershipFactory.create(host_staff=True, lea=program.host)
    resident = MembershipFactory.create(coordinator=True, lea=school.lea)
    stage = Stage(page, live_server)
    apply(stage, mother, program.pk, born=today.replace(year=today.year - 15, day=1))
    application = ProgramApplication.objects.get()

    stage.be(resident, "full_time:resident_application", application.pk)
    expect(page.get_by_role("button", name=re.compile("approve|deny", re.IGNORECASE))).to_have_count(0)
    page.get_by_label("What should the program know").fill("Reads well above grade level.")
    steps.press(page, "Send to the program")
    steps.expect_message(page, "The program is informed.")

    determine(stage, host, application)
    enrollment = ProgramEnrollment.objects.get()
    move(stage, host, resident, enrollment)
    letter(stage, mother, host, enrollment)
    disengage(stage, host, resident, enrollment)
    enrollment.refresh_from_db()
    assert enrollment.state == EnrollmentState.DISENROLLED
    assert Placement.objects.get().state == PlacementState.PLACED
    assert (enrollment.student.school, enrollment.student.lea) == (school, school.lea)

    stage.be(mother, "full_time:enrollment", enrollment.pk)
    expect(page.get_by_text("Disenrolled by the program")).to_be_visible()


def apply(stage: Stage, mother: Membership, program_id: int, *, born: dt.date) -> None:
    page = stage.page
    enter(page.context, stage.server, mother)
    page.goto(stage.server.url + reverse("full_time:programs"))
    steps.follow(page, "River Online")
    steps.follow(page, "Apply to this program")
    steps.find_school(page, "fern", "Fern Hollow School")
    steps.follow(page, "Fern Hollow School")
    page.get_by_label("Student's first name").fill("Robin")
    page.get_by_label("Student's last name").fill("Farrow")
    steps.fill_date(page, "Birth date", born)
    page.get_by_label("Grade").select_option("9")
    steps.choose(page, "Mother")
    steps.choose(page, "Full time in a public school or charter school")
    steps.choose(page.get_by_role("group", name="live in Missouri"), "Yes")
    page.get_by_role("group", name="For which term?").locator("label").first.click()
    axe.check(page)
    steps.press(page, "Continue")
    for question in ("homeless", "foster care", "IEP or a 504 plan", "school team"):
        steps.choose(page.get_by_role("group", name=question), "No")
    semester_before = page.get_by_role("group", name="in the semester before")
    if semester_before.count():
        steps.choose(semester_before, "Yes")
    axe.check(page)
    steps.press(page, "Save and continue")
    page.get_by_label("What does this document show?").select_option("birth")
    page.locator("input[type=file]").set_input_files(
        {"name": "birth.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n% a scan\n"}
    )
    steps.press(page, "Add the document")
    steps.expect_message(page, "The document is added.")
    steps.follow(page, "Go on")
    for whose in ("student want", "guardian want"):
        steps.choose(page.get_by_role("group", name=whose), "To learn at another pace")
    axe.check(page)
    steps.press(page, "Save the answers")
    steps.choose(page, "I agree that the schools")
    page.get_by_label("Your full name, as your signature").fill("Pia Farrow")
    axe.check(page)
    steps.press(page, "Sign and send")
    steps.expect_message(page, "Your application is signed and sent.")
    axe.check(page)
    steps.press(page, "We have read the policies")
    steps.expect_message(page, "It is noted that you have read the policies.")


def determine(stage: Stage, host: Membership, application: ProgramApplication) -> None:
    page = stage.be(host, "full_time:review", application.pk)
    expect(page.get_by_text("Reads well above grade level.")).to_be_visible()
    steps.follow(page, "Decide")
    page.get_by_text("Admit the student", exact=True).click()
    steps.fill_date(page, "First day with you", central_date(timezone.now()))
    page.get_by_label("Basis of the decision").fill(BASIS)
    page.get_by_label("Which options in a school building").fill("A smaller class at the school.")
    steps.press(page, "Read the letter before it is sent")
    expect(page.get_by_role("article").get_by_text(BASIS)).to_be_visible()
    axe.check(page)
    steps.press(page, "Send the letter")
    steps.expect_message(page, "The letter is sent")


def move(stage: Stage, host: Membership, resident: Membership, enrollment: ProgramEnrollment) -> None:
    page = stage.be(resident, "full_time:exit", enrollment.pk)
    steps.fill_date(page, "Last day on your roll", enrollment.starts_on - dt.timedelta(days=1))
    steps.press(page, "Record the exit")
    steps.expect_message(page, "The exit is recorded.")
    page = stage.be(host, "full_time:schedule", enrollment.pk)
    for number in range(6):
        row = page.get_by_role("group", name=f"Course {number + 1}", exact=True)
        row.get_by_label("Course", exact=True).fill(f"Course of study {number + 1}")
        row.get_by_label("Credit").fill("1")
        row.get_by_label("When").select_option(label="Whole year")
        for day in ("Mon", "Tue", "Wed", "Thu", "Fri"):
            row.get_by_label(day).fill("60")
    steps.press(page, "Store the schedule")
    steps.expect_message(page, "The schedule is stored.")
    expect(page.get_by_text("30 hours a week, 6 credits.")).to_be_visible()
    steps.press(page, "Enroll the student")
    steps.expect_message(page, "The student is enrolled.")


def letter(stage: Stage, mother: Membership, host: Membership, enrollment: ProgramEnrollment) -> None:
    page = stage.be(mother, "certification:ask", enrollment.student_id)
    page.get_by_role("main").get_by_role("textbox").fill("The federal office in Columbia")
    steps.press(page, "Ask for the letter")
    request = enrollment.letter_requests.get()
    page = stage.be(host, "certification:issue", request.pk)
    page.get_by_label("Your title").fill("Manager of counseling")
    page.get_by_label("Phone").fill("573-555-0199")
    steps.press(page, "See the letter")
    axe.check(page)
    steps.press(page, "Issue the letter")
    expect(page.locator(".usa-alert--success")).to_be_visible()
    certification = Certification.objects.get()
    with certification.letter.pdf.open("rb") as pdf:
        printed = CODE.search(" ".join(pdf_text(pdf.read()).split()))
    assert printed is not None
    page.context.clear_cookies()
    page.goto(stage.server.url + reverse("certification:verify"))
    axe.check(page)
    page.get_by_label("Number").fill(request.number)
    page.get_by_label("Code").fill(printed[1])
    steps.press(page, "Check the letter")
    expect(page.get_by_text("still stand")).to_be_visible()
    expect(page.get_by_text("Farrow")).to_have_count(0)


def disengage(stage: Stage, host: Membership, resident: Membership, enrollment: ProgramEnrollment) -> None:
    # Not by the night's own look: the journey is walked in summer too, and then it flags nobody.
    flag = FlagFactory.create(enrollment=enrollment, opened_on=central_date(timezone.now()))
    page = stage.be(host, "attendance:disenroll", flag.pk)
    expect(page.get_by_role("heading", name="Before the student can be disenrolled")).to_be_visible()
    page = stage.be(host, "attendance:notify", flag.pk)
    page.get_by_role("main").locator("button[type=submit]").click()
    page = stage.be(host, "attendance:intervene", flag.pk)
    page.get_by_role("main").locator("fieldset label").first.click()
    steps.fill_date(page, "Day", central_date(timezone.now()))
    page.get_by_role("main").get_by_role("textbox").last.fill("Talked about a fixed hour each morning.")
    steps.press(page, "Save what was tried")
    page = stage.be(host, "attendance:disenroll", flag.pk)
    steps.fill_date(page, "Last day in the program", central_date(timezone.now()))
    page.get_by_role("main").get_by_role("textbox").last.fill("No activity after a notice and a talk.")
    steps.press(page, "Disenroll the student")
    placement = Placement.objects.get()
    page = stage.be(resident, "attendance:options", placement.pk)
    page.get_by_role("main").get_by_role("textbox").last.fill(
        "The school of last year.\nThe evening program."
    )
    steps.press(page, "Send the options to the family")
    page = stage.be(resident, "attendance:choice", placement.pk)
    page.get_by_role("main").get_by_role("textbox").first.fill("The school of last year.")
    steps.fill_date(page, "When it said so", central_date(timezone.now()))
    steps.press(page, "Save the family's choice")
    page = stage.be(resident, "attendance:place", placement.pk)
    steps.fill_date(page, "First day in your district", central_date(timezone.now()))
    steps.press(page, "Save the first day")
    expect(page.locator(".usa-alert--success")).to_be_visible()
