"""Outcomes are typed into a draft that a district shares: nothing is lost, and the rules are the file's."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from coredata.actions import withdraw
from coredata.june import actions
from coredata.june.actions import Entry, Saved
from coredata.june.cells import problems_of
from coredata.june.expected import Key
from coredata.june.models import Acceptance, TypedOutcome
from coredata.june.typed import Cells
from enrollment.part_time.models import LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    Lea,
    LegalKey,
    LegalValue,
    SchoolYear,
)
from tests.coredata.kit import NOW, certify, clerk_of
from tests.coredata.test_student_courses import file_of, rows
from tests.factories.accounts import MembershipFactory

from .kit import (
    ANN,
    BEN,
    CARL,
    all_of,
    certify_october,
    june_of,
    one,
    registered,
    reported,
    send_june,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
FIRST, SECOND, YEAR = Key(ANN, "115845", "S1"), Key(ANN, "115845", "S2"), Key(BEN, "115846", "YL")
LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def october(clerk: Membership) -> Membership:
    certify_october(clerk)
    return clerk


@pytest.fixture
def year() -> SchoolYear:
    return SchoolYear.objects.get(year=2027)


def save(by: Membership, *entries: Entry, at: dt.datetime = NOW) -> Saved:
    return actions.save_outcomes(
        by.organization.lea, SchoolYear.objects.get(year=2027), entries, by=by, at=at
    )


def entry(key: Key, grade: str, earned: str = "", version: int = 0, **more: str) -> Entry:
    return Entry(key, version, Cells(grade, earned, **more))


def stands() -> dict[tuple[str, str], tuple[str, str, int]]:
    """What is typed: grade, credits and version by MOSIS ID and semester."""
    return {
        (row.mosis_id, row.semester): (row.grade_earned, row.credits_earned, row.version)
        for row in TypedOutcome.objects.order_by("pk")
    }


def test_what_is_typed_goes_before_what_is_proposed(lea: Lea, october: Membership) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.5")
    assert save(october, entry(FIRST, "A", "0.5")) == Saved(written=1)
    row = one(lea, *FIRST)
    assert (row.grade, row.credits, row.said_by, row.proposed_grade) == ("A", Decimal("0.5"), "typed", "B")
    assert (row.typed_by, row.typed_at, row.version, row.is_filled) == (october.user.name, NOW, 1, True)
    counts = june_of(lea).counts
    assert (counts.filled, counts.empty, counts.otherwise, counts.proposed) == (1, 2, 1, 0)
    filed = {(r["mosis_id"], r["semester"]): r for r in june_of(lea).as_filed()}
    assert (filed[ANN, "S1"]["grade_earned"], filed[ANN, "S1"]["credits_earned"]) == ("A", Decimal("0.5"))
    assert filed[BEN, "YL"]["grade_earned"] == ""


def test_typed_goes_before_a_trial_and_what_is_certified_before_typed(lea: Lea, october: Membership) -> None:
    save(october, entry(FIRST, "D", "0.5"))
    trial = send_june(october)  # says WD
    row = one(lea, *FIRST)
    assert (row.grade, row.said_by, row.june_grade) == ("D", "typed", "WD")
    assert [row.key for row in all_of(lea, "unlike")] == [FIRST]
    certify(trial, by=october)
    assert (one(lea, *FIRST).grade, one(lea, *FIRST).said_by) == ("WD", "june")


def test_sent_twice_it_is_saved_once(october: Membership) -> None:
    for written in (1, 0):
        assert save(october, entry(FIRST, "A", "0.5"), entry(SECOND, "")).written == written
    assert stands() == {(ANN, "S1"): ("A", "0.5", 1)}
    events: Any = TypedOutcome.pgh_event_model  # type: ignore[attr-defined]
    assert list(events.objects.values_list("pgh_label", "grade_earned")) == [("insert", "A")]


def test_an_emptied_row_falls_back_on_the_proposal(lea: Lea, october: Membership) -> None:
    reported(status="withdrawn")
    save(october, entry(FIRST, "A", "0.5"))
    save(october, entry(FIRST, "", version=1), at=LATER)
    assert stands() == {(ANN, "S1"): ("", "", 2)}
    row = one(lea, *FIRST)
    assert (row.grade, row.said_by, row.is_filled) == ("WD", "provider", False)


def test_two_clerks_never_overwrite_each_other(lea: Lea, october: Membership) -> None:
    other = clerk_of(lea)
    save(october, entry(FIRST, "A", "0.5"))
    saved = save(other, entry(FIRST, "C", "0.5"), entry(SECOND, "B", "0.5"), at=LATER)
    assert (saved.written, {key: row.grade_earned for key, row in saved.conflicts.items()}) == (
        1,
        {FIRST: "A"},
    )
    assert stands() == {(ANN, "S1"): ("A", "0.5", 1), (ANN, "S2"): ("B", "0.5", 1)}
    # Asked, the other clerk says that hers counts: made from the version that she has seen now.
    assert save(other, entry(FIRST, "C", "0.5", version=1), at=LATER).is_whole
    assert stands()[ANN, "S1"] == ("C", "0.5", 2)


def test_who_has_not_touched_a_row_is_in_nobodys_way(lea: Lea, october: Membership) -> None:
    """A page is sent whole, with rows as they stood when it was opened."""
    other = clerk_of(lea)
    save(october, entry(FIRST, "A", "0.5"), entry(SECOND, "B", "0.5"))
    save(october, entry(FIRST, "F", "0", version=1), entry(YEAR, "A", "1"), at=LATER)
    saved = save(
        other, entry(FIRST, "A", "0.5", version=1), entry(YEAR, ""), entry(SECOND, "C", "0.5", version=1)
    )
    assert (saved.written, saved.is_whole) == (1, True)
    assert stands() == {
        (ANN, "S1"): ("F", "0", 2),
        (ANN, "S2"): ("C", "0.5", 2),
        (BEN, "YL"): ("A", "1", 1),
    }


def test_the_same_value_twice_is_no_conflict(lea: Lea, october: Membership) -> None:
    save(october, entry(FIRST, "A", "0.5"))
    assert save(clerk_of(lea), entry(FIRST, "A", "0.5")) == Saved()


# By the rules of the file ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "found", "is_kept"),
    [
        (("A", "0.5"), [], True),
        (("QQ", "0.5"), [("grade_earned", "V-40", "W")], True),
        (("A", "many"), [("credits_earned", "V-41", "E")], False),
        (("A", "-1"), [("credits_earned", "V-41", "E")], False),
        (("A", "0.12345"), [("credits_earned", "V-21", "E")], False),
        (("PASS", "0.5"), [("grade_earned", "V-21", "E"), ("grade_earned", "V-40", "W")], False),
        (("", "0.5"), [("grade_earned", "V-72", "E")], False),
        (("F", "0.5"), [("credits_earned", "V-73", "W")], True),
        (("A", ""), [("credits_earned", "V-74", "W")], True),
        (("A", "0.75"), [("credits_earned", "V-75", "W")], True),
    ],
)
def test_what_is_typed_is_judged_as_the_file_would_be(
    lea: Lea, october: Membership, cells: tuple[str, str], found: list[tuple[str, str, str]], is_kept: bool
) -> None:
    saved = save(october, entry(FIRST, *cells), entry(YEAR, "B", "1"))
    problems = problems_of(june_of(lea), {FIRST: Cells(*cells)}).get(FIRST, [])
    assert [(one.field, one.rule, one.severity) for one in problems] == found
    assert saved.written == 1 + is_kept and (FIRST in saved.refused) is not is_kept
    assert ((ANN, "S1") in stands()) is is_kept


def test_once_the_table_of_grades_is_whole_an_unknown_grade_is_not_kept(october: Membership) -> None:
    LegalValue.objects.filter(key=LegalKey.GRADES_COMPLETE).update(number=1)
    (problem,) = save(october, entry(FIRST, "QQ", "0.5")).refused[FIRST]
    assert (problem.rule, problem.sentence) == (
        "V-40",
        "“QQ” is no grade in the table. Use a letter grade, or WD, NC, I, IC, P, S, U, AU.",
    )


def test_a_grade_counts_in_the_school_years_in_which_it_held(october: Membership) -> None:
    CodeMeaning.objects.filter(code_set=CodeSet.GRADE_EARNED, code="AU").update(valid_to=dt.date(2026, 6, 30))
    LegalValue.objects.filter(key=LegalKey.GRADES_COMPLETE).update(number=1)
    assert [one.rule for one in save(october, entry(FIRST, "AU")).refused[FIRST]] == ["V-40"]


def test_what_neither_october_nor_anybody_says_is_typed_too(lea: Lea, october: Membership) -> None:
    reported(mosis_id=CARL, course_code="115847", semester="S2", school_code="", grade_level="")
    late = Key(CARL, "115847", "S2")
    row = one(lea, *late)
    assert (row.lacks_assignment, row.lacks_school, row.lacks_level) == (True, True, True)
    saved = save(
        october, entry(late, "A", "0.5", assignment_number="NEW 1", school_code="9999", grade_level="10")
    )
    assert [(one.field, one.rule) for one in saved.refused[late]] == [("school_code", "V-28")]
    save(october, entry(late, "A", "0.5", assignment_number="NEW 1", school_code="1050", grade_level="10"))
    (filed,) = [row for row in june_of(lea).as_filed() if row["mosis_id"] == CARL]
    assert [filed[name] for name in ("assignment_number", "school_code", "grade_level", "grade_earned")] == [
        "NEW 1",
        "1050",
        "10",
        "A",
    ]
    assert not one(lea, *FIRST).lacks_assignment


# October changes ---------------------------------------------------------------------------------------------


def test_what_is_no_longer_expected_is_kept_apart_and_comes_back(lea: Lea, october: Membership) -> None:
    save(october, entry(FIRST, "A", "0.5"), entry(YEAR, "B", "1"))
    without = [row | {"ProgramCode": ""} if row["AssignNum"] == "A5" else row for row in rows("crs")]
    certify_october(october, courses=file_of("crs", without))
    assert [row.key for row in all_of(lea)] == [FIRST, SECOND]
    (apart,) = june_of(lea).unexpected()
    assert (apart.mosis_id, apart.grade, apart.credits, apart.typed_by) == (BEN, "B", "1", october.user.name)
    assert {row["mosis_id"] for row in june_of(lea).as_filed()} == {ANN}
    assert save(october, entry(YEAR, "C", "1", version=1)).gone == {YEAR}
    certify_october(october)
    assert (one(lea, *YEAR).grade, one(lea, *YEAR).said_by, june_of(lea).unexpected()) == ("B", "typed", [])


# All proposals -----------------------------------------------------------------------------------------------


def accept(by: Membership, shown: str = "", at: dt.datetime = NOW) -> Acceptance:
    lea = by.organization.lea
    seen = actions.fingerprint(june_of(lea).proposals(shown))
    return actions.accept_proposals(lea, SchoolYear.objects.get(year=2027), shown, seen=seen, by=by, at=at)


@pytest.fixture
def proposed(lea: Lea, october: Membership) -> Membership:
    """Of Ann's two semesters one is withdrawn; Carl's course came later and was left too; Ben's has no outcome yet."""
    reported(status="completed", final_grade="B", credits_earned="0.5")
    reported(semester="S2", status="withdrawn")
    registered(lea, state=LineState.WITHDRAWN)
    return october


def test_all_proposals_are_taken_over_and_what_is_typed_stays(lea: Lea, proposed: Membership) -> None:
    save(proposed, entry(FIRST, "A", "0.5"))
    step = accept(proposed)
    assert (step.count, step.by, step.at) == (2, proposed, NOW)
    assert stands() == {
        (ANN, "S1"): ("A", "0.5", 1),
        (ANN, "S2"): ("WD", "0", 1),
        (CARL, "S2"): ("WD", "0", 1),
    }
    counts = june_of(lea).counts
    assert (counts.filled, counts.empty, counts.proposed) == (3, 1, 0)


def test_only_those_of_the_part_that_is_looked_at(proposed: Membership) -> None:
    assert accept(proposed, "added").count == 1
    assert stands() == {(CARL, "S2"): ("WD", "0", 1)}


def test_the_same_preview_sent_twice_is_one_step(lea: Lea, year: SchoolYear, proposed: Membership) -> None:
    seen = actions.fingerprint(june_of(lea).proposals())
    steps = [actions.accept_proposals(lea, year, "", seen=seen, by=proposed, at=at) for at in (NOW, LATER)]
    assert steps[0] == steps[1] and Acceptance.objects.count() == 1
    assert {version for _grade, _credits, version in stands().values()} == {1}


def test_what_was_not_looked_at_is_not_taken_over(lea: Lea, year: SchoolYear, proposed: Membership) -> None:
    seen = actions.fingerprint(june_of(lea).proposals())
    save(proposed, entry(SECOND, "C", "0.5"))
    with pytest.raises(actions.ChangedSince):
        actions.accept_proposals(lea, year, "", seen=seen, by=proposed, at=LATER)
    assert stands() == {(ANN, "S2"): ("C", "0.5", 1)}


def test_without_proposals_nothing_is_taken_over(october: Membership) -> None:
    with pytest.raises(actions.NothingProposed):
        accept(october)


def test_undo_restores_what_stood_and_leaves_later_edits(lea: Lea, proposed: Membership) -> None:
    before = {row.key: (row.grade, row.credits, row.said_by, row.is_filled) for row in all_of(lea)}
    step, other = accept(proposed), clerk_of(lea)
    save(other, entry(SECOND, "C", "0.5", version=1), at=LATER)
    for _ in range(2):
        undone = actions.undo_acceptance(step.pk, by=other, at=LATER)
        assert (undone.restored, undone.undone_by, undone.count) == (2, other, 3)
    assert stands() == {
        (ANN, "S1"): ("", "", 2),
        (ANN, "S2"): ("C", "0.5", 2),
        (CARL, "S2"): ("", "", 2),
    }
    after = {row.key: (row.grade, row.credits, row.said_by, row.is_filled) for row in all_of(lea)}
    assert after == before | {SECOND: ("C", Decimal("0.5"), "typed", True)}
    assert accept(proposed, at=LATER).count == 2


def test_a_half_filled_row_keeps_its_other_cells(lea: Lea, proposed: Membership) -> None:
    late = Key(CARL, "115847", "S2")
    save(proposed, entry(late, "", assignment_number="NEW 1"))
    step = accept(proposed)
    outcome = TypedOutcome.objects.get(mosis_id=CARL)
    assert (outcome.grade_earned, outcome.assignment_number, outcome.version) == ("WD", "NEW 1", 2)
    actions.undo_acceptance(step.pk, by=proposed, at=LATER)
    outcome.refresh_from_db()
    assert (outcome.grade_earned, outcome.credits_earned, outcome.assignment_number) == ("", "", "NEW 1")


# Who and when ------------------------------------------------------------------------------------------------


def test_once_june_is_certified_nothing_is_typed_until_it_is_taken_back(
    lea: Lea, year: SchoolYear, proposed: Membership
) -> None:
    step = accept(proposed, "added")
    certified = certify(send_june(proposed), by=proposed)
    for act in (
        lambda: save(proposed, entry(FIRST, "C", "0.5")),
        lambda: actions.accept_proposals(lea, year, "", seen="", by=proposed, at=LATER),
        lambda: actions.undo_acceptance(step.pk, by=proposed, at=LATER),
    ):
        with pytest.raises(actions.JuneIsCertified):
            act()
    assert stands() == {(CARL, "S2"): ("WD", "0", 1)}
    withdraw(certified.pk, by=proposed, at=LATER)
    assert save(proposed, entry(FIRST, "C", "0.5")).written == 1


def test_without_october_nothing_is_typed(clerk: Membership) -> None:
    with pytest.raises(actions.NoOctober):
        save(clerk, entry(FIRST, "A"))


@pytest.mark.parametrize("who", [{"counselor": True}, {"decider": True}])
def test_others_of_the_district_do_not_type(
    lea: Lea, year: SchoolYear, proposed: Membership, who: dict[str, bool]
) -> None:
    step = accept(proposed, "added")
    stranger = clerk_of(Lea.objects.get(state_district_id="992102"))
    for hat in (MembershipFactory.create(lea=lea, **who), stranger):
        with pytest.raises(actions.NotYourList):
            actions.save_outcomes(lea, year, [entry(FIRST, "A")], by=hat, at=NOW)
        with pytest.raises(actions.NotYourList):
            actions.accept_proposals(lea, year, "", seen="", by=hat, at=NOW)
        with pytest.raises(actions.NotYourList):
            actions.undo_acceptance(step.pk, by=hat, at=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"credits_earned": "1e3"},
        {"credits_earned": "-1"},
        {"grade_earned": "", "credits_earned": "1"},
        {"version": 0},
    ],
)
def test_the_database_refuses_what_no_file_can_have(october: Membership, wrong: dict[str, Any]) -> None:
    save(october, entry(FIRST, "A", "0.5"))
    with pytest.raises(IntegrityError), transaction.atomic():
        TypedOutcome.objects.update(**wrong)
