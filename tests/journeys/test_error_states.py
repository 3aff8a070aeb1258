"""Every form with an answer missing or wrong: it says so, leads to each question, loses nothing, and stays readable.

`FORMS` says what is typed before the button is pressed. A form that is not in it fails the test of its page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import Role
from tests.factories.accounts import PASSWORD, MembershipFactory
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.journeys.looks import LOOKS, enter, open_page
from tests.test_access import Address, World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

FIRST = "the first of the choices"
SECRET = {"password", "oldpassword", "password1", "password2", "code"}  # never sent back


@dataclass(frozen=True)
class Form:
    """A form by its page and its button. `typed`: names of boxes, or how they begin, and wrong or lonely answers."""

    address: str
    button: str
    typed: Mapping[str, str] = field(default_factory=dict)


NO_SUCH_DAY = {"_month": "2", "_day": "31", "_year": "2027"}


def no_such_day(name: str) -> dict[str, str]:
    return {f"{name}{part}": answer for part, answer in NO_SUCH_DAY.items()}


FORMS = [
    # Concerns: what rises, and how long they are kept
    Form("patterns:dismiss", "Dismiss the note"),
    Form("retention:change_rule", "Change it", {"years": "0"}),
    Form("retention:place", "Place the hold", {"number": "C-12a"} | no_such_day("received_from")),
    Form("retention:lift", "Lift the hold"),
    # Accounts
    Form("account_login", "Sign in", {"login": "pat@example.org"}),
    Form("account_signup", "Make the account", {"role": FIRST, "name": "Pat Parent", "email": "pat"}),
    Form("account_reset_password", "Send the link", {"email": "pat"}),
    Form("account_reset_password_from_key", "Save the password", {"password1": "short"}),
    Form("account_reauthenticate", "Confirm", {"password": "not mine"}),
    Form("account_email", "Send the link", {"email": "pat"}),
    Form("account_change_password", "Save the password", {"oldpassword": "not mine"}),
    Form("accounts:own_page", "Save", {"name": "", "phone": "573-555-0199"}),
    Form("accounts:add_family_hat", "Add the role"),
    Form("accounts:invite", "Send the invitation", {"email": "pat", "role": FIRST}),
    Form("accounts:invite_administrator", "Send the invitation", {"email": "pat", "role": FIRST}),
    # A family asks
    Form(
        "part_time:child",
        "Continue",
        {"first_name": "Robin", "grade": "10", "missouri_resident": "yes", "term_id": FIRST}
        | no_such_day("birth_date"),
    ),
    Form("part_time:child_again", "Continue", {"grade": "", "term_id": FIRST}),
    Form("part_time:child_correct", "Save the changes", {"first_name": "Robin", "last_name": ""}),
    Form("part_time:courses", "Continue", {"in_person_courses": "99"}),
    Form("part_time:sign", "Sign and send", {"statement_": FIRST, "has_iep_or_504": "yes"}),
    Form(
        "part_time:amend",
        "Sign and send the change",
        {"in_person_courses": "99", "note": "Call in the evening."},
    ),
    Form("part_time:exchange", "Sign and send the change"),
    # The district decides
    Form("part_time:inbox", "Find"),
    Form("part_time:pause", "Pause the clock"),
    Form(
        "part_time:resume",
        "Keep it and let the clock run",
        {"outcome": "does_not_suit"} | no_such_day("met_on"),
    ),
    Form("part_time:advise", "Give the advice", {"words": "It fits."}),
    Form(
        "part_time:supersede",
        "Preview letter",
        {"reason": "A slip.", "outcome": "denied", "factors": FIRST, "explanation": "Too short."},
    ),
    Form(
        "part_time:decide",
        "Preview letter",
        {
            "outcome": "denied",
            "factors": FIRST,
            "explanation": "Too short.",
            "would_make_it_a_yes": "A tutor.",
        },
    ),
    # Core data
    Form("coredata:files", "Send the file"),
    Form("coredata:certify", "Certify", {"name": "Casey Clerk"}),
    Form("coredata:student", "Find", {"mosis_id": "12"}),
    Form("reconcile:student", "Find", {"mosis_id": "12"}),
    Form("reconcile:answer", "Waive until a day", {"reason": "Known."} | no_such_day("until")),
    Form("reconcile:answer_many", "Known and harmless"),
    Form("reconcile:agree", "Agree"),
    Form("reconcile:contest", "Contest"),
    Form("reconcile:note", "Send"),
    Form("reconcile:decide", "Decide", {"reason": "The denial stands."}),
    Form("coredata:waive", "Waive the rule", {"reason": "Known."} | no_such_day("until")),
    Form("coredata:reports", "Send and check"),
    Form("accounts:api_tokens", "Make the token"),
    Form("coredata:return_report", "Return it"),
    Form("coredata:retract_report", "Retract it"),
    Form("coredata:window", "Save", {"source": "Calendar"} | no_such_day("due_on")),
    # Staff enter what came on paper
    Form("part_time:enter", "Find"),
    Form(
        "part_time:enter_family",
        "Continue",
        {"asker_name": "", "phone": "573-555-0199", "channel": "paper"} | no_such_day("came_on"),
    ),
    Form("part_time:enter_courses", "Continue", {"in_person_courses": "99"}),
    Form("part_time:enter_sign", "Enter the request", {"statement_": FIRST, "note": "Call in the evening."}),
    Form(
        "part_time:record_paper",
        "Record the decision",
        {"line-": FIRST, "decided_by": "Dana Dean", "reference": ""} | no_such_day("decided_on"),
    ),
    Form("part_time:import_papers", "Look at the file"),
    # The district knows its students
    Form("records:claim", "Confirm the student", {"mosis_id": "12"}),
    Form("records:refuse_claim", "Do not confirm"),
    Form("records:students", "Find"),
    Form("records:correct_student", "Save the changes", {"first_name": "Robin", "last_name": ""}),
    Form("records:mosis_id", "Save", {"mosis_id": "12"}),
    Form("records:adult_basis", "Save"),
    Form("records:end_guardianship", "End the access", {"why": FIRST}),
    Form("records:learning_plan", "Put the plan on file", {"reference": "Drawer 2"} | no_such_day("made_on")),
    # Registration
    Form("registration:confirm", "Confirm the student", {"section": "B-2"} | no_such_day("starts_on")),
    Form("registration:roster", "Find"),
    Form(
        "registration:finish",
        "Report the result",
        {"percent_complete": "101", "final_grade": "B+"} | no_such_day("on"),
    ),
    Form("registration:teacher", "Name the teacher", {"teacher": ""}),
    Form(
        "registration:extend", "Move the last day", {"agreed_name": "Dana, mother"} | no_such_day("ends_on")
    ),
    Form("registration:remove", "End the course", {"reason": "It did not help."} | no_such_day("on")),
    Form("registration:swap", "Exchange the course", {"asked_by": FIRST, "reason": "Too easy."}),
    Form("registration:result", "Confirm the credit", {"credit_earned": "9.00"}),
    Form("registration:return_result", "Send it back"),
    Form(
        "registration:withdraw", "Take these courses back", {"reason": "We move."} | no_such_day("last_day")
    ),
    Form(
        "registration:add_teacher",
        "Put on file",
        {"name": "Ada Teacher", "certificate_number": "123-45-6789"} | no_such_day("valid_to"),
    ),
    Form("registration:renew", "Save the certificate", {"certificate_number": "123-45-6789"}),
    # A family applies to a program
    Form(
        "full_time:apply_child",
        "Continue",
        {"first_name": "Robin", "grade": "10", "missouri_resident": "yes", "term_id": FIRST}
        | no_such_day("birth_date"),
    ),
    Form("full_time:apply_again", "Continue", {"grade": "", "term_id": FIRST}),
    Form("full_time:answers", "Save and continue", {"is_homeless": "no", "note": "Call in the evening."}),
    Form("full_time:papers", "Add the document", {"kind": "birth"}),
    Form("full_time:survey", "Save the answers", {"student": FIRST, "words": "More time."}),
    Form("full_time:sign", "Sign and send", {"releases_records": FIRST}),
    Form("full_time:ask_review", "Ask the program to look again"),
    Form("transfers:end", "Withdraw from the program", {"why": "We move."} | no_such_day("last_day")),
    # The host decides, the resident district informs
    Form(
        "full_time:determine",
        "Read the letter before it is sent",
        {"outcome": FIRST, "basis": "Works well alone."} | no_such_day("starts_on"),
    ),
    Form("full_time:look_again", "Send the answer", {"outcome": FIRST}),
    Form("full_time:resident_application", "Send to the program"),
    Form("full_time:exit", "Record the exit", no_such_day("last_day")),
    Form(
        "full_time:schedule", "Store the schedule", {"courses-0-title": "Algebra I", "courses-0-credit": "1"}
    ),
    Form("transfers:end", "End the enrollment", {"how": FIRST, "why": "Moved."} | no_such_day("last_day")),
    Form("full_time:sports_notice", "Record the notice", no_such_day("sent_on")),
    Form("full_time:describe", "Save the description", {"contact_name": "", "contact_phone": "573-555-0199"}),
    Form("full_time:policy", "Publish this version", {"version": "2", "url": "our policy"}),
    Form("full_time:window", "Save the dates", no_such_day("opens_on")),
    Form("full_time:open_program", "Enter the program", {"name": "Rivers Online", "district_code": "999999"}),
    Form("full_time:state_program", "Close the program", no_such_day("last_day")),
    # Services and records of an applicant
    Form("full_time:services_finding", "Record the finding", {"outcome": FIRST} | no_such_day("met_on")),
    Form(
        "full_time:draft_services", "Send it to the other side", {"place": "Room 4"} | no_such_day("ends_on")
    ),
    Form("full_time:sign_services", "Sign for your side"),
    Form("full_time:review_goals", "Record the review", no_such_day("reviewed_on")),
    Form("full_time:ask_records", "Ask the resident district"),
    Form("full_time:answer_records", "Send the answer"),
    # Students who move
    Form("transfers:announce", "Tell the new district", no_such_day("leaves_on")),
    Form("transfers:receive", "Receive the student", no_such_day("starts_on")),
    Form("transfers:decline", "The student does not come to us"),
    # Attendance and engagement
    Form("attendance:files", "Send the file"),
    Form("attendance:student", "Enter this day", no_such_day("day")),
    Form("attendance:day", "Save the day", {"minutes_0": "9999"}),
    Form("attendance:students", "Find"),
    Form("attendance:intervene", "Save what was tried", {"kind": FIRST} | no_such_day("held_on")),
    Form("attendance:options", "Send the options to the family"),
    # How students get on
    Form("progress:write", "Send the report"),
    Form("progress:write_line", "Send the report"),
    Form("progress:upload", "Store the reports"),
    Form("progress:plan_assessment", "Plan it", {"name": "Grade 8 science"} | no_such_day("opens_on")),
    Form("progress:assessment", "Save", {"taken": "no"}),
    Form("membership:reports", "Count the students", no_such_day("count_date")),
    Form("membership:give_back", "Return the report"),
    # Attendance letters
    Form("certification:ask", "Ask for the letter", {"recipient": ""}),
    Form("certification:consent", "Sign", {"records": "Schedule and dates"}),
    Form("certification:verify", "Check the letter", {"number": "AL-000001"}),
    Form("certification:record_paper", "Record the paper", {"recipient": ""} | no_such_day("signed_on")),
    Form("certification:issue", "See the letter", {"title": "Manager of counseling"}),
    Form("certification:state_hours", "List these hours", {"kind": FIRST} | no_such_day("stated_on")),
    Form("certification:cessation", "Record it", no_such_day("sent_on")),
    # Concerns
    Form(
        "concerns:write",
        "Send",
        {"writer": FIRST, "who": "named", "email": "pat"} | no_such_day("happened_from"),
    ),
    Form("concerns:status", "Open", {"number": "C-000001"}),
    Form("concerns:sort", "Keep this", {"rule": "15"}),
    Form("concerns:note", "Keep the note"),
    Form("concerns:link", "Find"),
    Form("concerns:join", "Join them", {"number": "C-999999999"}),
    Form("concerns:open_again", "Open it again"),
    Form("concerns:write_back", "Look at it first", {"text": "Dear {somebody}"}),
    Form("concerns:ask_writer", "Look at it first"),
    Form("concerns:close", "Look at it first", {"text": "It was put right."}),
    Form("concerns:ask", "Ask", {"summary": "A family waits for a decision."}),
    Form("concerns:together", "Give them to this person"),
    Form(
        "concerns:add_rule", "Add the rule", {"note": "They know the contracts."} | no_such_day("valid_from")
    ),
    Form("concerns:end_rule", "End the rule", no_such_day("last_day")),
    Form("concerns:add_template", "Save", {"title": "Received", "text_en": "Dear {somebody}"}),
    Form("concerns:template", "Save", {"title": "", "text_es": "Estimado {alguien}"}),
    Form("concerns:question", "Send the answer"),
    # Old transcripts
    Form(
        "movip:ask",
        "Send the request",
        {
            "former_first_name": "Robin",
            "asker": "other",
            "delivery": "college",
            "consent_purpose": "Admission",
            "email": "robin",
        }
        | no_such_day("birth_date"),
    ),
    Form("movip:status", "Open the request", {"number": "T-000001"}),
    Form("movip:verify", "Check the transcript", {"number": "T-000001"}),
    Form("movip:check", "Record the identity check", {"looked_at": "other"}),
    Form("movip:ask_proof", "Ask for it"),
    Form(
        "movip:search",
        "Search the archive",
        {"last_names": "--", "first_names": "Robin"} | no_such_day("birth_date"),
    ),
    Form("movip:look", "Record the search", {"place": "film", "found": "-1"}),
    Form("movip:issue", "Issue the transcript", {"official_name": "", "official_title": "Manager"}),
    Form("movip:miss", "Answer that nothing was found", {"official_name": "", "official_title": "Manager"}),
    Form("movip:send_on", "Send it on", {"school": "", "official_title": "Manager"}),
    Form("movip:hand_out", "Record it", no_such_day("on")),
    Form("movip:recall", "Recall it"),
    Form("movip:close", "Close the request"),
    Form("movip:reopen", "Open it again"),
    # Agreements
    Form(
        "providers:record_agreement",
        "Put on file",
        {"reference": "Drawer 7", "forbids_sale": FIRST} | no_such_day("valid_from"),
    ),
    *(
        Form(f"providers:record_{kind}", "Put on file", {"reference": "Drawer 7"} | no_such_day("valid_from"))
        for kind in ("partnership", "site_license", "cooperative")
    ),
    Form("providers:end_agreement", "End the agreement", {"last_day_day": "7"}),
    # Providers
    Form("providers:change_profile", "Save", {"integrity_url": "not a link", "contact_methods": "phone"}),
    Form("providers:provider_apply", "Record the application", no_such_day("received_on")),
    Form("providers:provider_review", "Put the review on file", {"kind": FIRST, **no_such_day("done_on")}),
    Form(
        "providers:provider_grant",
        "Authorize the provider",
        {"source": "Minutes"} | no_such_day("valid_from"),
    ),
    Form("providers:provider_deny", "Deny the application"),
    Form("providers:provider_notice", "Give notice", {"problem": "No contact."} | no_such_day("cure_by")),
    Form("providers:provider_suspend", "Suspend the provider"),
    Form("providers:provider_revoke", "Revoke the authorization"),
    # The state's map
    Form(
        "state_map:import_codes", "Look at what changes", {"source": "Exhibit 10"} | no_such_day("valid_from")
    ),
    Form("state_map:change_legal_value", "Save", {"number": "-1", "note": "By the new statute."}),
    Form("state_map:change_code", "Save", {"label": "", "meaning": "Taught at school."}),
    Form("state_map:change_term", "Save", no_such_day("starts_on")),
    Form("state_map:close_day", "Close the day", {"reason": "Ice"} | no_such_day("date")),
    Form(
        "state_map:change_policy",
        "Save",
        {"decision_by": FIRST, "appeal_instructions": "Write to the board."} | no_such_day("valid_from"),
    ),
    Form("state_map:change_links", "Save", {"guidance_url": "our handbook", "website": "ftp://old.example/"}),
    Form("state_map:change_window", "Save", no_such_day("opens_on")),
    Form("state_map:change_contact", "Save", {"name": "", "email": "pat", "phone": "573-555-0199"}),
]

# Forms with boxes that take every answer the browser can give.
NEVER_WRONG = {
    ("movip:assign", "Save"),  # somebody of the office, or nobody
    ("movip:found", "Keep this choice"),  # courses of the list, or none
    ("part_time:review", "Save"),  # a colleague of the list, or nobody
    ("accounts:review", "Save the answers"),  # each role may wait
    ("part_time:inbox", "Hand over"),  # the same, and rows of a list: a message says when none is ticked
    ("providers:own_course", "Save"),  # open, closed or full
    ("concerns:assign", "Give it to this person"),  # a colleague of the list, or nobody
    ("concerns:tag", "Keep these tags"),  # any words, or none
    ("progress:assessments", "The ticked students took part"),  # those of the list, or nobody
}

WITHOUT_SCRIPTS = [
    "account_login",
    "part_time:child",
    "part_time:courses",
    "part_time:sign",
    "part_time:decide",
]

ENTRIES = {(form.address, form.button): form for form in FORMS}


def forms_of(page: Page, address: Address) -> Iterator[Form]:
    """The forms on this page that ask something, as they stand in the table."""
    asking = page.locator("main form[method=post]").filter(
        has=page.locator("input:not([type=hidden]):not([type=submit]), select, textarea")
    )
    for form in asking.all():
        button = form.locator("[type=submit]").first
        words = (button.get_attribute("value") or button.text_content() or "").strip()
        if (address.name, words) not in NEVER_WRONG:
            assert (address.name, words) in ENTRIES, f"FORMS lacks “{words}” of {address.name}"
            yield ENTRIES[address.name, words]


def box(page: Page, name: str, answer: str) -> Locator:
    """The box of this name; of radio buttons and checkboxes the one with this answer."""
    boxes = page.locator(
        f'main form[method=post] :is(input:not([type=hidden]), select, textarea)[name^="{name}"]'
    )
    if boxes.first.get_attribute("type") in {"radio", "checkbox"} and answer != FIRST:
        boxes = boxes.and_(page.locator(f'[value="{answer}"]'))
    return boxes.first


def type_in(page: Page, name: str, answer: str) -> None:
    place = box(page, name, answer)
    if place.get_attribute("type") in {"radio", "checkbox"}:  # drawn by their labels
        page.locator(f'label[for="{place.get_attribute("id")}"]').click()
    elif place.evaluate("place => place.tagName") == "SELECT":
        place.select_option(answer)
    else:
        place.fill(answer)


def is_kept(page: Page, name: str, answer: str) -> bool:
    place = box(page, name, answer)
    if place.get_attribute("type") in {"radio", "checkbox"}:
        return place.is_checked()
    return place.input_value() == answer


def send(page: Page, form: Form) -> Locator:
    """Types what the table says, presses the button, and returns the list of problems that comes back."""
    for name, answer in form.typed.items():
        type_in(page, name, answer)
    page.locator("main").get_by_role("button", name=form.button, exact=True).click()
    summary = page.locator("main [data-error-summary]")
    expect(summary).to_have_count(1)
    return summary


def lost(page: Page, form: Form) -> list[str]:
    return [
        f"{form.address}: {name} is lost"
        for name, answer in form.typed.items()
        if name not in SECRET and not is_kept(page, name, answer)
    ]


def unled(page: Page, form: Form, summary: Locator) -> list[str]:
    """The problems whose link is missing or does not put the keyboard where the answer is mended."""
    found = []
    for problem in summary.locator("li").all():
        words = problem.inner_text()
        link = problem.locator("a")
        if link.count() != 1:
            found.append(f"{form.address}: no link in “{words}”")
            continue
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        if page.evaluate("document.activeElement.id") != target:
            found.append(f"{form.address}: “{words}” does not lead to {target}")
    return found


@pytest.mark.parametrize("role", [role for role in LOOKS if LOOKS[role]], ids=lambda role: role or "visitor")
def test_forms(role: Role | None, page: Page, live_server: LiveServer, shot: Shot) -> None:
    world = World()
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    if role:
        enter(page.context, live_server, world.own[role])
    found = []
    for address in LOOKS[role]:
        open_page(page, live_server, address, world)
        for form in list(forms_of(page, address)):
            open_page(page, live_server, address, world)
            summary = send(page, form)
            expect(summary).to_be_focused()
            if not page.title().startswith("Error: "):
                found.append(f"{form.address}: its title is {page.title()!r}")
            found += [f"{form.address}: {problem}" for problem in axe.problems(page)]
            shot(page, f"wrong-{role or 'visitor'}-{form.address.replace(':', '-')}")
            found += [*lost(page, form), *unled(page, form, summary)]
    assert found == []


def test_forms_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    world = World()
    found = []
    for role, addresses in LOOKS.items():
        with browser.new_context(java_script_enabled=False) as context:
            if role:
                enter(context, live_server, world.own[role])
            page = context.new_page()
            for address in addresses:
                if address.name in WITHOUT_SCRIPTS:
                    open_page(page, live_server, address, world)
                    for form in list(forms_of(page, address)):
                        summary = send(page, form)
                        found += lost(page, form)
                        link = summary.locator("li a").first
                        link.click()
                        expect(page.locator("main :target")).to_have_count(1)
    assert found == []


def test_a_wrong_code_of_the_second_step(page: Page, live_server: LiveServer, shot: Shot) -> None:
    user = MembershipFactory.create(parent=True).user
    TOTP.activate(user, generate_totp_secret())
    page.set_viewport_size({"width": axe.WIDTHS["phone"], "height": axe.HEIGHT})
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    assert axe.problems(page) == []
    form = Form("mfa_authenticate", "Sign in", {"code": "000"})
    summary = send(page, form)
    expect(summary).to_be_focused()
    shot(page, "wrong-visitor-mfa_authenticate")
    assert [*axe.problems(page), *unled(page, form, summary)] == []
