"""The office looks, chooses and answers: what was seen is issued, what left is logged, a code tells what is genuine."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from concerns.movip import actions, letters, verifying
from concerns.movip.actions.answering import (
    CoursesChosen,
    NotForThisPerson,
    OnThatDayNotWritten,
    current_answer,
)
from concerns.movip.models import (
    Answer,
    AnswerKind,
    ChosenRow,
    Disclosure,
    Place,
    Recall,
    TranscriptRequest,
    Way,
)
from concerns.movip.not_found_letter import look_words
from concerns.movip.rules import State
from concerns.movip.views.words import answer_for_person
from enrollment.certification import codes
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Letter, LetterKind, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import (
    AnswerFactory,
    ArchiveRowFactory,
    ChosenRowFactory,
    LookFactory,
    RecallFactory,
    TranscriptRequestFactory,
)
from tests.killed import Killed, killed_at
from tests.pdf import open_pdf, pdf_text, roles
from tests.rows import everything

from .kit import NOW, OFFICIAL, TERMS, TODAY, issue

pytestmark = pytest.mark.django_db

TOMORROW = NOW + dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by() -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


def searching(**more: Any) -> TranscriptRequest:
    request: TranscriptRequest = TranscriptRequestFactory.create(searching=True, **more)
    return request


def with_course(**more: Any) -> TranscriptRequest:
    request = searching(**more)
    ChosenRowFactory.create(request=request, row=ArchiveRowFactory.create(course_title="Algebra I"))
    return request


def pdf_of(answer: Answer) -> bytes:
    with answer.letter.pdf.open("rb") as file:
        data: bytes = file.read()
    return data


def code_of(answer: Answer) -> str:
    return pdf_text(pdf_of(answer)).partition("Code of this transcript: ")[2][:14]


# Looking ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R-122")
def test_each_search_is_kept_with_what_it_was_for(by: Membership) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    row = ArchiveRowFactory.create()
    look = actions.search_archive(request.pk, TERMS, by=by, at=NOW)
    request.refresh_from_db()
    assert (request.state, request.looked_at) == (State.SEARCHING, NOW)
    assert (look.place, look.terms, look.found) == (Place.ARCHIVE, TERMS.to_json(), 1)
    actions.search_archive(request.pk, TERMS, by=by, at=TOMORROW)
    request.refresh_from_db()
    assert (request.looks.count(), request.looked_at) == (2, NOW)
    assert not ChosenRow.objects.exists()  # one row was found, and nobody chose it
    assert row.chosen.count() == 0


@pytest.mark.rule("R-122")
def test_a_look_elsewhere_is_kept_in_words(by: Membership) -> None:
    request = TranscriptRequestFactory.create(checked=True)
    look = actions.look_elsewhere(
        request.pk, place=Place.FILM, what="Reel 12, Ashgrove and Hartley", found=0, by=by, at=NOW
    )
    assert look_words(look) == (
        "Microfilm or old backups, on November 10, 2026: Reel 12, Ashgrove and Hartley"
    )


def test_a_choice_is_kept_corrected_and_repeated(by: Membership) -> None:
    request = searching()
    one, two = ArchiveRowFactory.create_batch(2)
    look = LookFactory.create(request=request)

    def choose(*rows: int, before: tuple[int, ...] = ()) -> list[int]:
        chosen = actions.choose(request.pk, look.pk, rows=rows, before=before, by=by, at=NOW)
        return sorted(row.row_id for row in chosen)

    assert choose(one.pk) == [one.pk]
    entries = request.entries.count()
    assert choose(one.pk) == [one.pk]  # sent twice, whatever the page said
    assert request.entries.count() == entries
    with pytest.raises(actions.RowsChanged):
        choose(two.pk)  # whoever looked before the first choice
    assert choose(two.pk, before=(one.pk,)) == [two.pk]
    assert choose(before=(two.pk,)) == []


def test_what_was_not_found_cannot_be_chosen(by: Membership) -> None:
    request = searching()
    stranger = ArchiveRowFactory.create(
        former_last_name="Zubrowski", former_first_name="Otto", birth_date="1980-01-01"
    )
    look = LookFactory.create(request=request)
    with pytest.raises(actions.NotOfTheSearch):
        actions.choose(request.pk, look.pk, rows=[stranger.pk], before=[], by=by, at=NOW)


def test_what_another_search_found_stays_chosen(by: Membership) -> None:
    request = searching()
    own, now = (
        ArchiveRowFactory.create(),
        ArchiveRowFactory.create(
            former_last_name="Zubrowski", former_first_name="Otto", birth_date="1980-01-01"
        ),
    )
    ChosenRowFactory.create(request=request, row=now)
    look = LookFactory.create(request=request)
    actions.choose(request.pk, look.pk, rows=[own.pk], before=[now.pk], by=by, at=NOW)
    assert set(request.chosen.values_list("row", flat=True)) == {own.pk, now.pk}


# The transcript --------------------------------------------------------------------------------------


@pytest.mark.rule("R-121")
def test_a_transcript_is_a_tagged_pdf_with_a_code(by: Membership) -> None:
    request = with_course()
    answer = issue(request, by)
    request.refresh_from_db()
    assert (request.state, answer.kind, answer.letter.kind) == (
        State.SENT,
        AnswerKind.TRANSCRIPT,
        LetterKind.TRANSCRIPT,
    )
    pdf = open_pdf(pdf_of(answer))
    assert bool(pdf.Root.MarkInfo.Marked) and "/H1" in list(roles(pdf.Root.StructTreeRoot.K))
    assert b"pdfuaid" in pdf.Root.Metadata.read_bytes()
    text = pdf_text(pdf_of(answer))
    for part in ("Wilhelmina Ashgrove", "Wilhelmina Hartley", "April 12, 1993", request.number):
        assert part in text
    assert "Algebra I (MV0410): 98.5 % of the work completed, credit 0.50, grade B" in text
    assert "Southbrook High School (district 001001)" in text
    code = code_of(answer)
    assert code not in answer.letter.html + answer.code_hash + str(answer.letter.facts)


def test_a_transcript_is_in_english_whatever_the_reader_of_the_page_chose(by: Membership) -> None:
    request = with_course(language="es")
    with translation.override("es"):
        answer = issue(request, by)
    assert "98.5 % of the work completed" in answer.letter.html and answer.letter.language == "en"


def test_only_number_and_code_together_say_that_it_is_genuine(by: Membership) -> None:
    answer, other = issue(with_course(), by), issue(searching_with_other_course(), by)
    number, code = answer.request.number, code_of(answer)
    assert verifying.find(number, code) == answer
    assert verifying.find(f" {number.lower()} ", code.lower().replace("-", " ")) == answer
    for wrong in [
        (number, code_of(other)),
        (other.request.number, code),
        ("T-999999", code),
        (str(answer.request_id), code),
        (number, ""),
        ("", ""),
    ]:
        assert verifying.find(*wrong) is None


def searching_with_other_course() -> TranscriptRequest:
    request = searching()
    ChosenRowFactory.create(request=request, row=ArchiveRowFactory.create(course_title="Biology"))
    return request


def test_nothing_is_issued_without_a_course(by: Membership) -> None:
    request = searching()
    with pytest.raises(actions.NothingChosen):
        issue(request, by)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("change", ["grade", "row"])
def test_what_was_not_looked_at_is_not_issued(change: str, by: Membership) -> None:
    request = with_course()
    seen = letters.facts_of(request).digest
    if change == "grade":
        request.chosen.get().row.__class__.objects.update(grade="A")
    else:
        ChosenRowFactory.create(request=request)
    with pytest.raises(actions.FactsChanged):
        actions.issue(request.pk, official=OFFICIAL, seen=seen, by=by, at=NOW)
    request.refresh_from_db()
    assert request.state == State.SEARCHING and not Answer.objects.exists()


def test_it_is_issued_once(by: Membership) -> None:
    request = with_course()
    issue(request, by)
    with pytest.raises(actions.NotPossibleNow):
        issue(request, by)
    assert (Answer.objects.count(), Notice.objects.count()) == (1, 1)


def test_killed_at_any_statement_nothing_is_issued(by: Membership) -> None:
    from django.db import transaction

    request = with_course()
    before = everything()
    statement = 0
    while True:
        statement += 1
        try:
            with transaction.atomic(), killed_at(statement):
                issue(request, by)
        except Killed:
            assert everything() == before
            continue
        break
    assert statement > 5
    assert Answer.objects.count() == 1


# Nothing found, and sent on --------------------------------------------------------------------------


@pytest.mark.rule("R-122")
def test_the_letter_says_where_was_looked_and_points_to_the_school(by: Membership) -> None:
    request = searching()  # with one look in the archive
    actions.look_elsewhere(
        request.pk, place=Place.PAPER, what="Boxes of 2009 to 2011", found=0, by=by, at=NOW
    )
    answer = actions.miss(request.pk, official=OFFICIAL, by=by, at=NOW)
    html = answer.letter.html
    assert "Paper files of the state office, on November 10, 2026: Boxes of 2009 to 2011" in html
    assert "The archive of MoVIP, on November 2, 2026: last name Ashgrove / Hartley" in html
    assert "Southbrook High School" in html
    assert answer.code_hash == "" and answer.letter.kind == LetterKind.TRANSCRIPT_NOT_FOUND


def test_nothing_found_is_not_said_while_courses_are_chosen(by: Membership) -> None:
    request = with_course()
    with pytest.raises(CoursesChosen):
        actions.miss(request.pk, official=OFFICIAL, by=by, at=NOW)


def test_a_request_that_was_sent_on_can_be_taken_up_again(by: Membership) -> None:
    request = searching()
    actions.send_on(
        request.pk, school="Southbrook High School", address="1 Main", official=OFFICIAL, by=by, at=NOW
    )
    actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW)
    log = Disclosure.objects.get()
    assert (log.to_whom, log.way, log.by) == ("Southbrook High School", Way.MAIL, by)
    actions.reopen(request.pk, text="The school has closed.", by=by, at=TOMORROW)
    request.refresh_from_db()
    assert (request.state, request.handed_out_at) == (State.SEARCHING, None)
    ChosenRowFactory.create(request=request)
    issue(request, by, at=TOMORROW)
    kinds = request.answers.order_by("at").values_list("kind", flat=True)
    assert list(kinds) == [AnswerKind.SENT_ON, AnswerKind.TRANSCRIPT]


# What left -------------------------------------------------------------------------------------------


@pytest.mark.rule("R-130")
def test_what_is_mailed_is_logged_with_who_when_what_why_and_to_whom(by: Membership) -> None:
    request = with_course(to_college=True)
    issue(request, by)
    assert TranscriptRequest.objects.to_mail().get() == request
    actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW)
    log = Disclosure.objects.get()
    assert (log.what, log.why, log.to_whom) == ("A transcript of MoVIP", "Admission", "Ozark Falls College")
    assert (log.by, log.on, log.at, log.way) == (by, TODAY, NOW, Way.MAIL)
    assert not TranscriptRequest.objects.to_mail().exists()
    before = everything()
    assert actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW) == log  # sent twice
    assert everything() == before


def test_a_paper_cannot_leave_before_it_is_written_nor_in_the_future(by: Membership) -> None:
    request = with_course(to_college=True)
    issue(request, by)
    for day in (TODAY - dt.timedelta(days=1), TODAY + dt.timedelta(days=1)):
        with pytest.raises(OnThatDayNotWritten):
            actions.hand_out(request.pk, way=Way.MAIL, on=day, by=by, at=NOW)


@pytest.mark.rule("R-130")
def test_each_saving_is_logged_and_told_once(by: Membership) -> None:
    request = with_course()
    answer = issue(request, by)
    told = Notice.objects.count()
    for _time in range(2):
        assert actions.save_own(request.pk, at=TOMORROW) == answer
    rows: list[Any] = list(Disclosure.objects.values_list("way", "by", "to_whom", "why"))
    assert rows == [(Way.SAVED, None, "Wilhelmina Hartley", "The former student asked for it")] * 2
    assert request.entries.filter(step="hand_out").count() == 1
    assert Notice.objects.count() == told  # they know it


def test_what_goes_to_a_college_is_not_saved_by_who_asks(by: Membership) -> None:
    request = with_course(to_college=True)
    issue(request, by)
    with pytest.raises(NotForThisPerson):
        actions.save_own(request.pk, at=NOW)
    with pytest.raises(actions.NotPossibleNow):
        actions.save_own(searching().pk, at=NOW)
    assert not Disclosure.objects.exists()


# What is recalled ------------------------------------------------------------------------------------


def test_a_recalled_transcript_is_not_saved_any_more(by: Membership) -> None:
    request = with_course()
    answer = issue(request, by)
    actions.save_own(request.pk, at=NOW)
    recalled = actions.recall(request.pk, text="The courses of a namesake.", by=by, at=TOMORROW)
    assert (recalled.answer, recalled.reason, recalled.by, recalled.at) == (
        answer,
        "The courses of a namesake.",
        by,
        TOMORROW,
    )
    check = request.identity_check
    request.refresh_from_db()
    assert (request.state, request.handed_out_at, request.identity_check) == (State.SEARCHING, None, check)
    entry = request.entries.latest("pk")
    assert (entry.step, entry.text, entry.by) == ("recall", "The courses of a namesake.", by)
    mail = Notice.objects.get(key=f"transcript:{entry.pk}")
    assert f"has recalled the transcript of your request {request.number}" in mail.body
    assert "namesake" not in mail.subject + mail.body
    assert answer_for_person(request) is None
    with pytest.raises(actions.NotPossibleNow):
        actions.save_own(request.pk, at=TOMORROW)
    with pytest.raises(actions.NotPossibleNow):
        actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=TOMORROW)
    assert Disclosure.objects.get().answer == answer  # what left stays in the log


def test_it_is_recalled_once(by: Membership) -> None:
    request = with_course()
    issue(request, by)
    actions.recall(request.pk, text="Of a namesake.", by=by, at=NOW)
    before = everything()
    with pytest.raises(actions.NotPossibleNow):
        actions.recall(request.pk, text="Of a namesake.", by=by, at=NOW)
    assert everything() == before


def test_after_a_recall_another_transcript_is_issued_and_can_be_recalled(by: Membership) -> None:
    request = with_course(to_college=True)
    old = issue(request, by)
    actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW)
    actions.recall(request.pk, text="Of a namesake.", by=by, at=NOW)
    new = issue(request, by)
    request.refresh_from_db()
    assert new != old and current_answer(request) == new == answer_for_person(request)
    assert TranscriptRequest.objects.to_mail().get() == request  # the new one has not left yet
    left = actions.hand_out(request.pk, way=Way.MAIL, on=TODAY, by=by, at=NOW)
    assert left.answer == new
    actions.recall(request.pk, text="Of a namesake again.", by=by, at=NOW)
    assert set(Recall.objects.values_list("answer", flat=True)) == {old.pk, new.pk}
    assert Disclosure.objects.count() == 2


def test_nobody_gets_a_recalled_transcript_though_it_was_written_last(by: Membership) -> None:
    """Wherever the request stands: what is recalled is no answer."""
    recalled = RecallFactory.create(answer__at=TOMORROW).answer
    standing = AnswerFactory.create(request=recalled.request, at=NOW)
    assert current_answer(recalled.request) == standing == answer_for_person(recalled.request)


def test_killed_at_any_statement_nothing_is_recalled(by: Membership) -> None:
    from django.db import transaction

    request = with_course()
    issue(request, by)
    before = everything()
    statement = 0
    while True:
        statement += 1
        try:
            with transaction.atomic(), killed_at(statement):
                actions.recall(request.pk, text="Of a namesake.", by=by, at=NOW)
        except Killed:
            assert everything() == before
            continue
        break
    assert statement > 4
    assert Recall.objects.count() == 1


def test_each_transcript_of_a_request_is_known_by_its_own_code(
    by: Membership, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    request, other = with_course(), searching_with_other_course()
    known = []
    for _time in range(3):
        known.append(issue(request, by))
        actions.recall(request.pk, text="Of a namesake.", by=by, at=NOW)
    known.append(issue(request, by))
    issue(other, by)
    hashed: list[str] = []
    plain = codes._hash

    def counted(number: str, code: str, key: str | bytes) -> str:
        hashed.append(number)
        return plain(number, code, key)

    monkeypatch.setattr(codes, "_hash", counted)
    asked: list[tuple[str, str, Answer | None]] = [
        *((request.number, code_of(answer), answer) for answer in known),
        (request.number, "ABCD-EFGH-JKMN", None),
        (other.number, code_of(known[0]), None),
        ("T-999999", code_of(known[0]), None),
    ]
    for number, code, answer in asked:
        hashed.clear()
        with django_assert_num_queries(1):  # as many for an unknown number, and for one with many transcripts
            found = verifying.find(number, code)
            assert found == answer
            is_recalled = found is not None and hasattr(found, "recall")
        assert is_recalled == (answer in known[:3])
        assert len(hashed) == 1
