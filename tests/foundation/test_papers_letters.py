"""Letters: the words, the two forms, and what is kept."""

import dataclasses
import datetime as dt
import hashlib
import html
import json
import re
import threading
from typing import Any

import pytest
from django.utils import translation

from mocap_portal.foundation.papers import actions, letters
from mocap_portal.foundation.papers.letters import AppealRoute, DecisionFacts, Replaced, WhoPays
from mocap_portal.foundation.papers.models import Letter, LetterKind
from mocap_portal.foundation.papers.responses import pdf_response
from tests.pdf import open_pdf, pdf_text, roles

AT = dt.datetime(2026, 11, 17, 16, 30, tzinfo=dt.UTC)

BASE = DecisionFacts(
    day=dt.date(2026, 11, 17),
    request_number="PT-000042",
    student="Robin Learner",
    school="Cedar High",
    district="Cedar R-II",
    course="Algebra II",
    provider="Prairie Online",
    term="Second semester 2026-27",
    decided_by="Dana Counsel",
    decided_as="Counselor",
    contact_name="Carla Contact",
    contact_email="mocap@cedar.example",
    contact_phone="573-555-0100",
)
APPROVAL = dataclasses.replace(BASE, register_by=dt.date(2026, 11, 20), confirm_days=5)
DENIAL = dataclasses.replace(
    BASE,
    explanation="Algebra I comes first.\n\nRobin is in it now.",
    factors=("Prerequisite", "Time management"),
    would_make_it_a_yes="Pass Algebra I and ask again.",
    appeal=AppealRoute(
        title="First the school board, then the state office (DESE).",
        steps=("The board decides within 30 calendar days.", "DESE decides within 7 calendar days."),
        instructions="Write to the superintendent, 100 Main Street.",
    ),
)

CLOSING = [
    "Questions",
    "Ask your district's MOCAP contact: Carla Contact, 573-555-0100, mocap@cedar.example.",
    (
        "You have the right to have this letter explained to you in a language you understand, at no cost. Ask the "
        "district for an interpreter."
    ),
    "Usted tiene derecho a que le expliquen esta carta en español, sin costo. Pida un intérprete al distrito.",
]


def sentences(kind: LetterKind, facts: DecisionFacts, language: str = "en") -> list[str]:
    """Every text of a letter in reading order; a pair of terms as `term: value`."""
    found: list[str] = []
    for block in letters.compose(kind, facts, language).blocks:
        found += [block.text] if block.text else []
        found += block.items
        found += [f"{term}: {value}" for term, value in block.rows]
    return found


def test_denial_in_words() -> None:
    assert letters.compose(LetterKind.DENIAL, DENIAL, "en").title == "Your course request was not approved"
    assert sentences(LetterKind.DENIAL, DENIAL) == [
        (
            "You asked Cedar R-II for a virtual course for Robin Learner. We did not approve this course. This letter "
            "tells you why, what would change the answer, and how you can appeal."
        ),
        "What we decided",
        "Decision: Not approved",
        "Decided on: Tuesday, November 17, 2026",
        "Student: Robin Learner",
        "School: Cedar High",
        "Course: Algebra II",
        "Provider: Prairie Online",
        "When: Second semester 2026-27",
        "Why",
        "We asked one question: is this course, taken online, best for the education of Robin Learner?",
        "We also looked at ways to take a course like this one in person.",
        "The decision rests on:",
        "Prerequisite",
        "Time management",
        "Algebra I comes first.",
        "Robin is in it now.",
        "What would make this a yes",
        "Pass Algebra I and ask again.",
        "How to appeal",
        "You do not have to accept this decision. You can ask others to look at it again.",
        "First the school board, then the state office (DESE).",
        "The board decides within 30 calendar days.",
        "DESE decides within 7 calendar days.",
        "Write to the superintendent, 100 Main Street.",
        *CLOSING,
    ]


def test_approval_in_words() -> None:
    assert letters.compose(LetterKind.APPROVAL, APPROVAL, "en").title == "Your course request was approved"
    assert sentences(LetterKind.APPROVAL, APPROVAL) == [
        "You asked Cedar R-II for a virtual course for Robin Learner. We approved this course.",
        "What we decided",
        "Decision: Approved",
        "Decided on: Tuesday, November 17, 2026",
        "Student: Robin Learner",
        "School: Cedar High",
        "Course: Algebra II",
        "Provider: Prairie Online",
        "When: Second semester 2026-27",
        "What happens next",
        "You do not have to do anything now.",
        (
            "By Friday, November 20, 2026, Cedar R-II registers Robin Learner with Prairie Online. Only the "
            "district can do this."
        ),
        "Within 5 business days after that, Prairie Online confirms the place and names the first day and the teacher.",
        "You can see each step, and who is at it, on the page of your request in the portal.",
        *CLOSING,
    ]


def test_what_is_not_known_is_left_out() -> None:
    bare = dataclasses.replace(
        DENIAL,
        factors=(),
        would_make_it_a_yes="",
        appeal=None,
        in_person_considered=False,
        contact_name="",
        contact_email="",
        contact_phone="",
    )
    text = sentences(LetterKind.DENIAL, bare)
    assert text[text.index("Why") :][:5] == [
        "Why",
        "We asked one question: is this course, taken online, best for the education of Robin Learner?",
        "Algebra I comes first.",
        "Robin is in it now.",
        "Questions",
    ]
    assert "Ask your school's counselor." in text
    assert sentences(LetterKind.APPROVAL, BASE)[11:13] == [
        "Cedar R-II registers Robin Learner with Prairie Online. Only the district can do this.",
        "Prairie Online then confirms the place and names the first day and the teacher.",
    ]


def test_the_language_of_the_letter_is_its_own_and_not_the_page_s() -> None:
    with translation.override("es"):
        letter = letters.compose(LetterKind.DENIAL, DENIAL, "en")
    assert (letter.language, letter.day) == ("en", "Tuesday, November 17, 2026")
    spanish = letters.compose(LetterKind.DENIAL, DENIAL, "es")
    assert (spanish.language, spanish.day) == ("es", "martes 17 de noviembre de 2026")
    assert [block.text for block in spanish.blocks if block.language] == []


def test_facts_survive_json() -> None:
    for facts in (BASE, APPROVAL, DENIAL):
        assert DecisionFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts


def test_facts_of_another_shape_are_refused() -> None:
    with pytest.raises(TypeError, match="price"):
        DecisionFacts.from_json({**DENIAL.to_json(), "price": "450.00"})


# PDF ----------------------------------------------------------------------------------------------


def test_pdf_is_tagged() -> None:
    pdf = open_pdf(letters.render_pdf(LetterKind.DENIAL, DENIAL, "en"))
    assert str(pdf.Root.Lang) == "en"
    assert bool(pdf.Root.MarkInfo.Marked) is True
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle) is True
    with pdf.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Your course request was not approved"
    pair = ["/LI", "/Lbl", "/Strong", "/LBody"]
    item = ["/LI", "/Lbl", "/LBody"]
    assert list(roles(pdf.Root.StructTreeRoot.K)) == [
        "/Document",
        *["/Div", "/Div", "/P", "/Div", "/P"],  # whose letter, of which day
        *["/H1", "/P"],
        *["/H2", "/L", *pair * 7],  # what we decided
        *["/H2", "/P", "/P", "/P", "/L", *item * 2, "/P", "/P"],  # why
        *["/H2", "/P"],  # what would make this a yes
        *["/H2", "/P", "/P", "/L", *item * 2, "/P"],  # how to appeal
        *["/H2", "/P", "/P", "/P es"],
        "/P",  # who decided
    ]


@pytest.mark.parametrize(
    ("kind", "facts"),
    [(LetterKind.DENIAL, DENIAL), (LetterKind.APPROVAL, APPROVAL)],
    ids=["denial", "approval"],
)
def test_html_and_pdf_say_the_same(kind: LetterKind, facts: DecisionFacts) -> None:
    page = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", letters.render_html(kind, facts, "en"))))
    pdf = pdf_text(letters.render_pdf(kind, facts, "en"))
    squeezed_page, squeezed_pdf = page.replace(" ", ""), pdf.replace(" ", "")
    missing = [
        text
        for sentence in sentences(kind, facts)
        for text in sentence.split(": ")
        if text.replace(" ", "") not in squeezed_page or text.replace(" ", "") not in squeezed_pdf
    ]
    assert missing == []


def test_what_people_typed_is_never_markup() -> None:
    hostile = '#pagebreak() *x* $1$ <script>alert("1")</script> \\ `@a` {% now "Y" %} 100%(student)s'
    facts = dataclasses.replace(DENIAL, student=hostile, explanation=hostile, factors=(hostile,))
    data = letters.render_pdf(LetterKind.DENIAL, facts, "en")
    assert pdf_text(data).replace(" ", "").count(hostile.replace(" ", "")) == 5
    page = letters.render_html(LetterKind.DENIAL, facts, "en")
    assert page.count(html.escape(hostile)) == 5
    assert "<script" not in page


def test_control_characters_do_not_turn_a_letter_around() -> None:
    facts = dataclasses.replace(DENIAL, student="Robin\u202e Lear\x07ner\n2")
    assert "Student: Robin Learner 2" in sentences(LetterKind.DENIAL, facts)


@pytest.mark.parametrize("name", ["Nguyễn Văn Đức", "Łukasz Żółć", "Олег", "محمد", "D’Angelo–O'Neil"])
def test_names_of_many_languages_are_printed(name: str) -> None:
    facts = dataclasses.replace(APPROVAL, student=name)
    assert "□" not in pdf_text(letters.render_pdf(LetterKind.APPROVAL, facts, "en"))


def test_a_character_the_font_lacks_does_not_stop_the_letter() -> None:
    facts = dataclasses.replace(DENIAL, student="李小龙 Lee", explanation="Well done 🎉 but not yet.")
    text = pdf_text(letters.render_pdf(LetterKind.DENIAL, facts, "en")).replace(" ", "")
    assert "□□□Lee" in text
    assert "Welldone□butnotyet." in text
    assert "李小龙 Lee" in letters.render_html(LetterKind.DENIAL, facts, "en")


def test_same_facts_same_bytes() -> None:
    first, second = (letters.render_pdf(LetterKind.DENIAL, DENIAL, "en") for _ in range(2))
    assert first == second


def test_letters_are_made_by_several_threads_at_once() -> None:
    expected = letters.render_pdf(LetterKind.DENIAL, DENIAL, "en")
    made: list[bytes] = []

    def make() -> None:
        made.extend(letters.render_pdf(LetterKind.DENIAL, DENIAL, "en") for _ in range(5))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [expected] * 20


# What is kept -------------------------------------------------------------------------------------


@pytest.fixture
def kept(db: None, settings: Any, tmp_path: Any) -> Letter:
    settings.MEDIA_ROOT = tmp_path
    return actions.write_letter(LetterKind.DENIAL, facts=DENIAL, at=AT, language="en")


def test_a_letter_is_kept_as_sent(kept: Letter) -> None:
    letter = Letter.objects.get()
    with letter.pdf.open("rb") as file:
        pdf = file.read()
    assert pdf == letters.render_pdf(LetterKind.DENIAL, DENIAL, "en")
    assert letter.pdf_sha256 == hashlib.sha256(pdf).hexdigest()
    assert letter.html == letters.render_html(LetterKind.DENIAL, DENIAL, "en")
    assert DecisionFacts.from_json(letter.facts) == DENIAL
    assert (letter.kind, letter.language, letter.written_at) == ("denial", "en", AT)
    assert str(letter.pdf).endswith(f"/{letter.pk}.pdf")


def test_nobody_else_on_the_machine_reads_a_letter(kept: Letter, tmp_path: Any) -> None:
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600]
    assert {path.parent.stat().st_mode & 0o777 for path in files} == {0o700}


def test_pdf_is_shown_and_not_cached(kept: Letter) -> None:
    response = pdf_response(kept)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"] == 'inline; filename="denial-2026-11-17.pdf"'
    assert response.headers["Cache-Control"] == "private, no-store"
    body = b"".join(response.streaming_content)  # type: ignore[arg-type]
    response.close()
    assert hashlib.sha256(body).hexdigest() == kept.pdf_sha256


# Replaced, disputed, paid ---------------------------------------------------------------------------


def test_a_letter_says_which_one_it_replaces_and_why() -> None:
    replaced = Replaced(day=dt.date(2026, 11, 6), approved=True, has_letter=True, reason="A slip.\nSorry.")
    found = sentences(LetterKind.DENIAL, dataclasses.replace(DENIAL, replaced=replaced))
    assert found[1:6] == [
        "This replaces our first answer",
        "This letter replaces our letter of Friday, November 6, 2026, which approved this course.",
        "The earlier one no longer holds. Both are kept. The reason:",
        "A slip.",
        "Sorry.",
    ]


@pytest.mark.parametrize(
    ("approved", "has_letter", "expected"),
    [
        (False, True, "our letter of Friday, November 6, 2026, which did not approve this course."),
        (True, False, "our decision of Friday, November 6, 2026, which approved this course."),
        (False, False, "our decision of Friday, November 6, 2026, which did not approve this course."),
    ],
)
def test_a_replaced_decision_is_named_by_what_it_was(approved: bool, has_letter: bool, expected: str) -> None:
    replaced = Replaced(day=dt.date(2026, 11, 6), approved=approved, has_letter=has_letter, reason="A slip.")
    found = sentences(LetterKind.APPROVAL, dataclasses.replace(APPROVAL, replaced=replaced))
    assert found[2] == f"This letter replaces {expected}"


def test_a_dispute_about_special_education_is_no_appeal() -> None:
    route = AppealRoute(title="A way of its own.", steps=("Ask the team.",), instructions="", is_dispute=True)
    found = sentences(LetterKind.DENIAL, dataclasses.replace(DENIAL, appeal=route))
    assert found[0].endswith("what would change the answer, and what you can do if you disagree.")
    start = found.index("If you disagree")
    assert found[start + 1 : start + 4] == [
        "You do not have to accept this decision. You can ask others to look at it again.",
        "A way of its own.",
        "Ask the team.",
    ]
    assert not [text for text in found if "appeal" in text.lower()]


def test_a_course_that_the_family_pays_has_steps_of_its_own() -> None:
    facts = dataclasses.replace(APPROVAL, who_pays=WhoPays.FAMILY, register_by=None)
    found = sentences(LetterKind.APPROVAL, facts)
    start = found.index("What happens next")
    assert found[start + 1 : start + 5] == [
        "You arrange this course with Prairie Online yourself, and you pay for it. The district pays nothing.",
        "Register Robin Learner with Prairie Online and agree on the first day.",
        "Tell the school when the course starts, so that it can be put into the student's schedule.",
        (
            "When the course is finished, have the provider send the final grade to the school. Cedar R-II accepts the "
            "credit."
        ),
    ]


@pytest.mark.parametrize("kind", [LetterKind.APPROVAL, LetterKind.DENIAL])
def test_what_came_later_is_printed_and_kept(kind: LetterKind) -> None:
    facts = dataclasses.replace(
        DENIAL if kind == LetterKind.DENIAL else APPROVAL,
        in_person_options="Fourth hour is full.",
        who_pays=WhoPays.AGREED,
        replaced=Replaced(day=dt.date(2026, 11, 6), approved=False, has_letter=True, reason="A slip."),
    )
    stored = json.loads(json.dumps(facts.to_json()))
    assert DecisionFacts.from_json(stored) == facts
    text = pdf_text(letters.render_pdf(kind, facts, "en"))
    for words in ("Fourth hour is full.", "This replaces our first answer"):
        assert words in text


@pytest.mark.parametrize("facts", [APPROVAL, DENIAL], ids=["approval", "denial"])
def test_the_facts_of_letters_kept_before_can_still_be_read(facts: DecisionFacts) -> None:
    stored = facts.to_json()
    for later in ("in_person_options", "who_pays", "replaced"):
        del stored[later]
    if stored["appeal"]:
        del stored["appeal"]["is_dispute"]
    assert DecisionFacts.from_json(json.loads(json.dumps(stored))) == facts


@pytest.mark.django_db
def test_what_only_the_paper_bears_stands_in_no_table() -> None:
    text = letters.compose(LetterKind.APPROVAL, APPROVAL, "en")
    secret = letters.Block("paragraph", text="Code ABCD")
    letter = actions.keep_letter(
        LetterKind.APPROVAL, text=text, facts={}, day=AT.date(), at=AT, only_printed=(secret,)
    )
    with letter.pdf.open("rb") as file:
        assert pdf_text(file.read()).rstrip().find("Code ABCD") > 0
    assert "Code ABCD" not in letter.html + str(letter.facts)
