"""Two records of one child become one: nothing stays behind, whichever app it belongs to."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from enrollment.certification import actions as certification
from enrollment.certification.models import LetterRequest
from enrollment.full_time import actions as full_time
from enrollment.full_time.models import Outcome, ProgramEnrollment
from enrollment.records import actions as records
from enrollment.records.actions.merging import OneOfAKind, columns_to, unique_with
from enrollment.records.models import AdultBasis, Guardian, Move, Relationship, Student
from enrollment.transfers.models import Transfer
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.certification import LetterConsentFactory, LetterRequestFactory
from tests.factories.concerns import ConcernFactory
from tests.factories.directory import SchoolFactory
from tests.factories.full_time import (
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    SurveyFactory,
    host_hat,
)
from tests.factories.records import (
    ClaimFactory,
    DisclosureFactory,
    GuardianFactory,
    LearningPlanFactory,
    StudentFactory,
)
from tests.factories.transfers import TransferFactory
from tests.processes import PATIENCE
from tests.sign_in import sign_in
from tests.test_exactly_once import at_once, how_many_wait
from tests.worker import eventually

AT = dt.datetime(2026, 11, 18, 18, tzinfo=dt.UTC)


def clerk_of(student: Student) -> Membership:
    return MembershipFactory.create(counselor=True, organization=student.lea.organization)


def two_records() -> tuple[Student, Student]:
    """The one that goes, and the one that stays."""
    kept = StudentFactory.create()
    return StudentFactory.create(school=kept.school, mosis_id=None), kept


def merge(gone: Student, kept: Student) -> Student:
    return records.merge_students(gone.pk, into_id=kept.pk, by=clerk_of(kept), at=AT)


def earlier_record(student: Student) -> Student:
    return StudentFactory.create(school=student.school, mosis_id=None, merged_into=student)


def claim(student: Student) -> Any:
    return ClaimFactory.create(confirmed=True, student=student, school=student.school, guardian=False)


def move(student: Student) -> Move:
    former = SchoolFactory.create()
    return Move.objects.create(
        student=student,
        from_lea=former.lea,
        from_school=former,
        to_lea=student.lea,
        to_school=student.school,
        moved_on=AT.date(),
        why="Moved house",
        recorded_at=AT,
        recorded_by=clerk_of(student),
    )


def enrollment(student: Student, **traits: Any) -> ProgramEnrollment:
    own = ClaimFactory.create(confirmed=True, student=student, school=student.school, guardian=False)
    found: ProgramEnrollment = ProgramEnrollmentFactory.create(application__claim=own, moved=False, **traits)
    return found


def letter_request(student: Student) -> Any:
    return LetterRequestFactory.create(
        student=student, enrollment=None, lea=student.lea, asked_by=MembershipFactory.create(parent=True)
    )


def letter_consent(student: Student) -> Any:
    return LetterConsentFactory.create(parent=GuardianFactory.create(student=student))


# How a row that points to a student comes to be, for each column that does.
ROWS: dict[str, Callable[[Student], models.Model]] = {
    "records.Student.merged_into": earlier_record,
    "records.Claim.student": claim,
    "records.Guardian.student": lambda student: GuardianFactory.create(student=student),
    "records.LearningPlan.student": lambda student: LearningPlanFactory.create(student=student),
    "records.Disclosure.student": lambda student: DisclosureFactory.create(student=student),
    "records.Move.student": move,
    "full_time.ProgramEnrollment.student": enrollment,
    "transfers.Transfer.student": lambda student: TransferFactory.create(student=student),
    "certification.LetterConsent.student": letter_consent,
    "certification.LetterRequest.student": letter_request,
    "concerns.Concern.student": lambda student: ConcernFactory.create(student=student),
}


def pointing_to_students() -> dict[str, Any]:
    """Each column of the portal that holds a student; not those of the histories, which stay as they were written."""
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        if not hasattr(model, "pgh_tracked_model")
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Student
    }


def left_at(student: Student) -> dict[str, int]:
    """How many rows point to this student, by column."""
    counts = {
        label: field.model._base_manager.filter(**{field.name: student}).count()
        for label, field in pointing_to_students().items()
    }
    return {label: count for label, count in counts.items() if count}


def everything() -> dict[str, list[Any]]:
    """All rows of the tables that point to students."""
    tables = {field.model for field in pointing_to_students().values()} | {Student}
    return {table._meta.label: list(table._base_manager.order_by("pk").values_list()) for table in tables}


@pytest.mark.django_db
class TestNothingStaysBehind:
    def test_every_column_that_holds_a_student_has_a_row_here(self) -> None:
        assert set(pointing_to_students()) == set(ROWS)

    @pytest.mark.parametrize("label", sorted(ROWS))
    def test_what_points_to_the_first_points_to_the_second(self, label: str) -> None:
        gone, kept = two_records()
        row = ROWS[label](gone)
        assert label in left_at(gone)
        merge(gone, kept)
        assert left_at(gone) == {}
        row.refresh_from_db()
        assert getattr(row, label.rpartition(".")[2]) == kept

    def test_all_of_it_together_and_sent_twice(self) -> None:
        gone, kept = two_records()
        for make in ROWS.values():
            make(gone)
        GuardianFactory.create(student=gone, ended_on=AT.date(), end_basis="Court order")
        before = left_at(gone)
        merge(gone, kept)
        after = everything()
        assert left_at(gone) == {}
        # The emptied record itself points to the kept one as well.
        assert left_at(kept) == before | {"records.Student.merged_into": 2}
        with pytest.raises(records.SameStudent):
            merge(gone, kept)
        with pytest.raises(records.SameStudent):
            merge(kept, gone)
        assert everything() == after

    def test_the_histories_stay_as_they_were_written(self) -> None:
        gone, kept = two_records()
        row = DisclosureFactory.create(student=gone)
        merge(gone, kept)
        history: Any = type(row)
        told = history.pgh_event_model.objects.filter(pgh_obj=row).order_by("pgh_id")
        assert list(told.values_list("pgh_label", "student")) == [("insert", gone.pk), ("update", kept.pk)]

    def test_of_each_single_row_its_table_says_why_there_are_not_two(self) -> None:
        single = {column.model for column in columns_to(Student) if list(unique_with(column))}
        assert single == {Guardian, ProgramEnrollment, Transfer}  # two of one guardian become one
        assert issubclass(ProgramEnrollment, OneOfAKind)
        assert issubclass(Transfer, OneOfAKind)

    def test_two_transfers_that_wait_are_not_joined(self) -> None:
        gone, kept = two_records()
        one, other = (TransferFactory.create(student=student) for student in (gone, kept))
        with pytest.raises(records.NotBoth, match="Both records wait for a new district") as refusal:
            merge(gone, kept)
        assert str(one.to_lea) in str(refusal.value)
        assert str(other.to_lea) in str(refusal.value)
        assert left_at(gone) == {"transfers.Transfer.student": 1}


@pytest.mark.django_db
class TestTwoEnrollments:
    def test_two_that_run_are_refused_by_name_and_nothing_moves(self) -> None:
        gone, kept = two_records()
        parent = UserFactory.create()
        for student in (gone, kept):
            GuardianFactory.create(student=student, user=parent)
        mistake, right = enrollment(gone), enrollment(kept)
        before = everything()
        with pytest.raises(records.NotBoth) as refusal:
            merge(gone, kept)
        names = [f"{row.program.name} ({row.application.number})" for row in (mistake, right)]
        assert str(refusal.value.sentence) == (
            f"Both records are in a full-time program, and a student is in one at a time: {names[0]} and {names[1]}. "
            "The host of the one that is a mistake has to end it first. Then make the records one."
        )
        assert everything() == before

    def test_one_that_runs_joins_those_that_ended(self) -> None:
        gone, kept = two_records()
        ended, running = enrollment(gone, disenrolled=True), enrollment(gone)
        before = enrollment(kept, disenrolled=True)
        merge(gone, kept)
        assert set(kept.program_enrollments.all()) == {ended, running, before}

    def test_the_page_says_so(self) -> None:
        gone, kept = two_records()
        enrollment(gone)
        enrollment(kept)
        page = sign_in(Client(), clerk_of(kept)).post(reverse("records:merge", args=[gone.pk, kept.pk]))
        assert "Both records are in a full-time program" in page.content.decode()
        gone.refresh_from_db()
        assert gone.merged_into is None


@pytest.mark.django_db
class TestOneGuardianOfBoth:
    def test_keeps_the_basis_and_the_consents_that_the_other_row_has(self) -> None:
        gone, kept = two_records()
        parent = UserFactory.create()
        stays = GuardianFactory.create(student=kept, user=parent)
        ends = GuardianFactory.create(
            student=gone,
            user=parent,
            adult_basis=AdultBasis.CONSENT,
            adult_basis_by=clerk_of(gone),
            adult_basis_at=AT,
        )
        consent = LetterConsentFactory.create(parent=ends)
        merge(gone, kept)
        for row in (stays, ends, consent):
            row.refresh_from_db()
        assert (stays.adult_basis, stays.adult_basis_by) == (AdultBasis.CONSENT, ends.adult_basis_by)
        assert (ends.student, ends.ended_on) == (kept, AT.date())
        assert (consent.student, consent.parent) == (kept, stays)

    def test_a_basis_of_the_kept_record_is_not_written_over(self) -> None:
        gone, kept = two_records()
        parent, clerk = UserFactory.create(), clerk_of(kept)
        noted = {"user": parent, "adult_basis_by": clerk, "adult_basis_at": AT}
        GuardianFactory.create(student=gone, adult_basis=AdultBasis.CONSENT, **noted)
        stays = GuardianFactory.create(student=kept, adult_basis=AdultBasis.DEPENDENT, **noted)
        merge(gone, kept)
        stays.refresh_from_db()
        assert stays.adult_basis == AdultBasis.DEPENDENT


def answer_of(act: Callable[[], Any]) -> Any:
    """What an action returns, or the class of what it raises."""
    try:
        return act()
    except Exception as error:
        return type(error)


def while_merging(gone: Student, kept: Student, act: Callable[[], Any]) -> Any:
    """The answer of an action that began while the two were merged, and waited for it."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(answer_of(act))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        merge(gone, kept)
        thread.start()
        eventually(lambda: how_many_wait() == 1)
    thread.join(PATIENCE)
    return answers[0]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_clicks_merge_once_whichever_record_each_of_them_keeps(self) -> None:
        gone, kept = two_records()
        claim(gone)
        claim(kept)
        clerk = clerk_of(kept)
        pairs = [(gone.pk, kept.pk), (kept.pk, gone.pk)]
        answers = at_once(
            gone,
            *(
                lambda pair=pair: answer_of(
                    lambda: records.merge_students(pair[0], into_id=pair[1], by=clerk, at=AT)
                )
                for pair in pairs
            ),
        )
        stays = next(answer for answer in answers if isinstance(answer, Student))
        assert records.SameStudent in answers
        assert list(Student.objects.current()) == [stays]
        assert left_at(stays) == {"records.Claim.student": 2, "records.Student.merged_into": 1}

    def test_an_admission_meanwhile_is_one_of_the_kept_record(self) -> None:
        gone, kept = two_records()
        asked = ProgramApplicationFactory.create(applied=True, claim=claim(gone))
        SurveyFactory.create(application=asked)
        hat = host_hat(asked)
        at = dt.datetime(2026, 12, 1, 18, tzinfo=dt.UTC)  # after the resident district's days
        answer = while_merging(
            gone,
            kept,
            lambda: full_time.determine(
                asked.pk,
                outcome=Outcome.ADMITTED,
                basis="The student works alone and on time, and has a quiet place to learn.",
                in_person_options="A smaller class in the building was looked at.",
                starts_on=dt.date(2027, 1, 6),
                by=hat,
                at=at,
            ),
        )
        assert answer.outcome == Outcome.ADMITTED
        assert [row.student for row in ProgramEnrollment.objects.all()] == [kept]
        assert left_at(gone) == {}

    def test_a_letter_is_not_asked_for_about_a_record_that_was_just_emptied(self) -> None:
        gone, kept = two_records()
        enrollment(gone, enrolled=True, starts_on=dt.date(2026, 10, 1))
        parent = MembershipFactory.create(parent=True)
        GuardianFactory.create(student=gone, user=parent.user, relationship=Relationship.FATHER)
        answer = while_merging(
            gone, kept, lambda: certification.ask(gone.pk, by=parent, at=AT, recipient="An insurer")
        )
        assert answer is certification.NotYourStudent
        assert not LetterRequest.objects.exists()
        request = certification.ask(kept.pk, by=parent, at=AT, recipient="An insurer")
        assert request.student == kept


@pytest.mark.django_db
@pytest.mark.rule("R-133")
@pytest.mark.parametrize("ended_in_kept", [True, False])
def test_a_merge_gives_nobody_back_what_a_district_ended(ended_in_kept: bool) -> None:
    gone, kept = two_records()
    ended, open_ = (kept, gone) if ended_in_kept else (gone, kept)
    father = UserFactory.create(name="Fred Former")
    row = GuardianFactory.create(student=ended, user=father)
    records.end_guardianship(row.pk, reason="A court document is on file", by=clerk_of(kept), at=AT)
    active = GuardianFactory.create(student=open_, user=father)
    with pytest.raises(records.AccessEndedInOne, match="Fred Former"):
        merge(gone, kept)
    gone.refresh_from_db()
    assert gone.merged_into is None
    records.end_guardianship(active.pk, reason="A court document is on file", by=clerk_of(kept), at=AT)
    merge(gone, kept)
    assert not Guardian.objects.active().filter(user=father).exists()
