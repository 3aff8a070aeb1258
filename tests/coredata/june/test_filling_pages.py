"""The clerk's page: boxes beside proposals, what cannot be saved comes back with the reason, proposals with undo."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata.actions import withdraw
from coredata.june.models import Acceptance, TypedOutcome
from coredata.known import of_year
from coredata.models import Upload
from enrollment.part_time.models import LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.coredata.kit import DAY, NOW, certify, clerk_of
from tests.coredata.report_kit import reviewer
from tests.coredata.test_student_courses import file_of, rows
from tests.factories.accounts import MembershipFactory
from tests.sign_in import sign_in

from .kit import ANN, BEN, CARL, certify_october, course_of, registered, reported, send_june
from .test_filling import stands
from .test_pages import address, lines_of, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
KEYS = {"first": (ANN, "115845", "S1"), "second": (ANN, "115845", "S2"), "year": (BEN, "115846", "YL")}


@pytest.fixture
def october(clerk: Membership) -> Membership:
    certify_october(clerk)
    return clerk


@pytest.fixture
def client(october: Membership) -> Client:
    return sign_in(Client(), october)


def typed(**of_rows: dict[str, str] | str) -> dict[str, Any]:
    """What a browser sends: of each row its key, version and boxes. A text alone is a grade with half a credit."""
    data: dict[str, Any] = {"row": []}
    for name, said in of_rows.items():
        cells = said if isinstance(said, dict) else {"grade_earned": said, "credits_earned": "0.5"}
        mosis_id, course, semester = KEYS[name]
        data["row"].append(name)
        boxes = {"mosis_id": mosis_id, "course_code": course, "semester": semester, "version": "0", **cells}
        data |= {f"{name}-{field}": value for field, value in boxes.items()}
    return data


def save(client: Client, lea: Lea, data: dict[str, Any], **where: str) -> HttpResponse:
    response: HttpResponse = client.post(address("save", lea.pk, 2027), data | where, follow=True)  # type: ignore[assignment]
    assert response.status_code == 200
    return response


def text_of(response: HttpResponse) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_row_has_boxes_beside_what_is_proposed(lea: Lea, client: Client) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.5")
    text = page(client, "june", lea.pk, 2027)
    assert "Grade earned: Roe, Ann, Algebra II, S1" in text and '<option value="WD">' in text
    assert text.count('name="use"') == 1 and "0 of 3" in text
    assert "Assignment number" not in text
    assert "Take over all proposals" in text and "No longer expected" not in text


def test_a_page_is_saved_and_leads_back_to_where_it_was(lea: Lea, client: Client) -> None:
    response = save(client, lea, typed(first="b+", second={}, year="A"), shown="open", page="2")
    assert response.redirect_chain == [(address("june", lea.pk, 2027) + "?shown=open&page=2#list", 302)]  # type: ignore[attr-defined]
    assert "2 rows are saved." in text_of(response)
    assert stands() == {(ANN, "S1"): ("B+", "0.5", 1), (BEN, "YL"): ("A", "0.5", 1)}
    text = text_of(save(client, lea, typed(first="b+", year="A")))
    assert "Nothing was changed" in text and "2 of 3" in text


def test_a_proposal_is_used_with_one_button_and_the_page_is_saved_with_it(lea: Lea, client: Client) -> None:
    data = typed(
        first={"offered_grade": "WD", "offered_credits": "0", "grade_earned": "", "credits_earned": ""},
        year="A",
    )
    save(client, lea, data, use="first")
    assert stands() == {(ANN, "S1"): ("WD", "0", 1), (BEN, "YL"): ("A", "0.5", 1)}


def test_what_is_wrong_comes_back_with_one_sentence_and_the_rest_is_saved(lea: Lea, client: Client) -> None:
    bad = {"grade_earned": "A", "credits_earned": "half"}
    response = save(client, lea, typed(first=bad, year="A"))
    text = text_of(response)
    assert "Not saved yet" in text and "1 row is saved." in text
    assert "“half” is not a number of credits. Give the credits as a number, such as 0.5." in text
    assert reverse("coredata:rule", args=["V-41"]) in text and 'value="half"' in text
    assert 'href="#id_r0-credits_earned">Roe, Ann, Algebra II S1: “half” is not a number' in text
    assert text.count('aria-invalid="true"') == 1 and "Poe, Ben" not in text
    assert stands() == {(BEN, "YL"): ("A", "0.5", 1)}


def test_a_warning_is_saved_and_stands_at_its_box(lea: Lea, client: Client) -> None:
    save(client, lea, typed(first={"grade_earned": "F", "credits_earned": "0.5"}))
    text = re.sub(r"\s+", " ", page(client, "june", lea.pk, 2027))
    assert "The grade is F, but 0.5 credits were earned. Set the credits to 0, or correct the grade." in text
    assert 'aria-invalid="true"' not in text


def test_a_conflict_shows_both_values_and_asks(lea: Lea, client: Client) -> None:
    other = sign_in(Client(), clerk_of(lea, user__name="Olive Other"))
    save(other, lea, typed(first="A"))
    text = text_of(save(client, lea, typed(first="C", year="B")))
    assert "Olive Other has saved this row" in text
    assert "Theirs: A, credits: 0.5" in text and "Mine, what stands in the boxes: C, credits: 0.5" in text
    assert stands() == {(ANN, "S1"): ("A", "0.5", 1), (BEN, "YL"): ("B", "0.5", 1)}

    asked = {"grade_earned": "C", "credits_earned": "0.5", "version": "1", "is_asked": "True"}
    assert "Theirs: A, credits: 0.5" in text_of(save(client, lea, typed(first=asked)))
    left = text_of(save(client, lea, typed(first=asked | {"keep": "theirs"})))
    assert "The other value stays as it is." in left and stands()[ANN, "S1"] == ("A", "0.5", 1)
    save(client, lea, typed(first=asked | {"keep": "mine"}))
    assert stands()[ANN, "S1"] == ("C", "0.5", 2)


def test_a_conflict_that_changes_while_it_is_asked_is_asked_again(lea: Lea, client: Client) -> None:
    other = sign_in(Client(), clerk_of(lea))
    save(other, lea, typed(first="A"))
    save(other, lea, typed(first={"grade_earned": "B", "credits_earned": "0.5", "version": "1"}))
    mine = {"grade_earned": "C", "credits_earned": "0.5", "version": "1", "is_asked": "True", "keep": "mine"}
    assert "Theirs: B, credits: 0.5" in text_of(save(client, lea, typed(first=mine)))
    assert stands()[ANN, "S1"] == ("B", "0.5", 2)


def test_who_is_looked_for_stays_out_of_addresses_and_is_there_after_saving(lea: Lea, client: Client) -> None:
    here = address("june", lea.pk, 2027)
    for who in ("roe", "ANN ROE", "Roe, A", ANN):
        text = client.post(here, {"who": who}).content.decode()
        assert "Roe, Ann" in text and "Poe, Ben" not in text
    response = save(client, lea, typed(first="A"), who="roe")
    assert response.redirect_chain == []  # type: ignore[attr-defined]
    assert "Poe, Ben" not in text_of(response) and "1 row is saved." in text_of(response)


def test_filters_show_what_is_empty_and_what_differs(lea: Lea, client: Client) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.5")
    save(client, lea, typed(first="A"))
    empty, otherwise = (page(client, "june", lea.pk, 2027, shown=part) for part in ("empty", "otherwise"))
    assert "S2" in empty and "Poe, Ben" in empty and "Grade earned: Roe, Ann, Algebra II, S1" not in empty
    assert "Roe, Ann" in otherwise and "Poe, Ben" not in otherwise


def test_all_proposals_with_preview_and_undo(lea: Lea, client: Client) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.5")
    registered(lea, state=LineState.WITHDRAWN)
    there = address("accept", lea.pk, 2027)
    asked = client.get(there)
    text = text_of(asked)  # type: ignore[arg-type]
    assert "Take over 2 proposals?" in text and "<dt>WD</dt>" in text
    data = {"seen": asked.context["form"].initial["seen"], "shown": ""}
    done = [client.post(there, data, follow=True) for _ in range(2)]
    assert [answer.redirect_chain for answer in done] == [[(address("june", lea.pk, 2027), 302)]] * 2
    assert "2 proposals are taken over." in text_of(done[1])  # type: ignore[arg-type]
    assert stands() == {(ANN, "S1"): ("B", "0.5", 1), (CARL, "S2"): ("WD", "0", 1)}

    step = Acceptance.objects.get()
    undo = address("undo", step.pk)
    assert undo in page(client, "june", lea.pk, 2027)
    assert "What somebody has changed since stays" in client.get(undo).content.decode()
    save(client, lea, typed(first={"grade_earned": "A", "credits_earned": "0.5", "version": "1"}))
    said = text_of(client.post(undo, follow=True))  # type: ignore[arg-type]
    assert "1 row is empty again. 1 was changed since and stays." in said
    assert stands() == {(ANN, "S1"): ("A", "0.5", 2), (CARL, "S2"): ("", "", 2)}
    assert undo not in page(client, "june", lea.pk, 2027)


def test_a_preview_that_is_out_of_date_is_shown_anew(lea: Lea, client: Client) -> None:
    reported(status="withdrawn")
    answer = client.post(address("accept", lea.pk, 2027), {"seen": "old", "shown": ""}, follow=True)
    text = text_of(answer)  # type: ignore[arg-type]
    assert "Nothing was taken over" in text and "Take over 1 proposal?" in text
    assert not TypedOutcome.objects.exists()


def test_without_a_proposal_there_is_nothing_to_take_over(lea: Lea, client: Client) -> None:
    assert "Take over all proposals" not in page(client, "june", lea.pk, 2027)
    answer = client.get(address("accept", lea.pk, 2027), follow=True)
    assert "Nothing is proposed for the rows that are still empty" in text_of(answer)  # type: ignore[arg-type]


def test_what_october_no_longer_has_stands_apart(lea: Lea, october: Membership, client: Client) -> None:
    save(client, lea, typed(first="A", year="B"))
    without = [row | {"ProgramCode": ""} if row["AssignNum"] == "A5" else row for row in rows("crs")]
    certify_october(october, courses=file_of("crs", without))
    text = re.sub(r"\s+", " ", page(client, "june", lea.pk, 2027))
    assert "No longer expected" in text and "B, credits: 0.5" in text
    assert {line["StateID"] for line in lines_of(client, "june_csv", lea.pk, 2027)} == {ANN}
    gone = {"grade_earned": "C", "credits_earned": "1", "version": "1"}
    said = text_of(save(client, lea, typed(year=gone)))
    assert "One course is no longer on the list" in said and f"{BEN}, 115846 YL: C, credits: 1" in said


def test_while_october_is_not_certified_the_page_says_what_is_kept(
    lea: Lea, october: Membership, client: Client
) -> None:
    save(client, lea, typed(first="A"))
    withdraw(Upload.objects.get(collection__kind="stu_assign", state="certified").pk, by=october, at=NOW)
    assert "One outcome that was typed is kept until then." in page(client, "june", lea.pk, 2027)
    assert "October is not certified now" in text_of(save(client, lea, typed(first="B")))


def test_after_certification_the_list_is_read_and_differences_are_shown(
    lea: Lea, october: Membership, client: Client
) -> None:
    save(client, lea, typed(first="A", year={"grade_earned": "B+", "credits_earned": "1.0"}))
    upload = certify(send_june(october), by=october)
    text = re.sub(r"\s+", " ", page(client, "june", lea.pk, 2027))
    assert "June is certified." in text and reverse("coredata:upload", args=[upload.pk]) in text
    assert 'name="use"' not in text and "Save this page" not in text and "Take over" not in text
    assert "Typed and certified otherwise" in text and "Line 3: WD, credits: 0" in text
    section = text[text.index('id="unlike"') : text.index('id="list"')]
    assert "Poe, Ben" not in section
    # The same while a correction waits to be certified.
    send_june(october)
    assert "Line 3: WD, credits: 0" in re.sub(r"\s+", " ", page(client, "june", lea.pk, 2027))
    assert "June is certified" in text_of(save(client, lea, typed(second="C")))
    answer = client.get(address("accept", lea.pk, 2027), follow=True)
    assert "June is certified" in text_of(answer)  # type: ignore[arg-type]


def test_what_is_no_page_of_the_portal_saves_nothing(lea: Lea, client: Client) -> None:
    data = typed(first={"grade_earned": "A", "version": "many"})
    assert "could not be read" in text_of(save(client, lea, data))
    assert not TypedOutcome.objects.exists()
    assert client.get(address("save", lea.pk, 2027)).status_code == 405


def test_only_those_who_send_files_type(lea: Lea, client: Client) -> None:
    reported(status="withdrawn")
    asked = client.get(address("accept", lea.pk, 2027))
    seen = {"seen": asked.context["form"].initial["seen"]}
    client.post(address("accept", lea.pk, 2027), seen)
    step, before = Acceptance.objects.get(), stands()
    there = [
        (address("save", lea.pk, 2027), typed(second="A")),
        (address("accept", lea.pk, 2027), seen),
        (address("undo", step.pk), {}),
    ]
    stranger = clerk_of(Lea.objects.get(state_district_id="992102"))
    for hat, status in (
        (stranger, 404),
        (MembershipFactory.create(counselor=True, lea=lea), 403),
        (reviewer(), 403),
    ):
        browser = sign_in(Client(), hat)
        for to, data in there:
            assert browser.post(to, data).status_code == status
    assert stands() == before and not Acceptance.objects.exclude(undone_at=None).exists()
    coordinator = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=lea))
    save(coordinator, lea, typed(second="A"))
    assert stands()[ANN, "S2"] == ("A", "0.5", 1)
    office = page(sign_in(Client(), reviewer()), "june", lea.pk, 2027)
    assert "Typed by" in office and "Save this page" not in office


def added(lea: Lea, count: int, first: int) -> dict[str, Any]:
    """Courses of more students, and what is typed for them."""
    course = course_of("115847")
    for number in range(first, first + count):
        registered(lea, f"{5_000_000_000 + number}", course=course)
        KEYS[f"n{number}"] = (f"{5_000_000_000 + number}", "115847", "S2")
    return typed(**{f"n{number}": "A" for number in range(first, first + count)})


def test_more_rows_ask_nothing_more(
    lea: Lea, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    here, there = address("june", lea.pk, 2027), address("save", lea.pk, 2027)
    save(client, lea, typed(first="A"))
    for first, count in ((0, 1), (1, 20)):
        data = added(lea, count, first)
        of_year(2027, DAY)
        with django_assert_num_queries(QUERIES_OF_SAVING):
            assert client.post(there, data).status_code == 302
        with django_assert_num_queries(QUERIES_OF_LIST):
            assert client.get(here).status_code == 200


QUERIES_OF_LIST, QUERIES_OF_SAVING = 31, 20
