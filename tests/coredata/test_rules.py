"""The rules about files as articles, the codes to use, and rules that are waived for a district."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from coredata import actions, tasks
from coredata.articles import can_be_waived, kinds_of, rules_about
from coredata.checks import rules
from coredata.coding import CodingBasis, CodingTeacher, coding, delivery
from coredata.layouts import DISTRICT_KINDS, Kind
from coredata.models import UploadState, Waiver
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import WaiverFactory
from tests.sign_in import sign_in

from .kit import NOW, bad, certify, clerk_of, good, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
UNTIL = dt.date(2027, 6, 30)


@pytest.fixture
def reviewer() -> Membership:
    hat: Membership = MembershipFactory.create(dese_reviewer=True)
    return hat


# Articles -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", list(rules()))
def test_every_rule_has_an_article_that_anybody_reads(client: Client, rule: str) -> None:
    text = client.get(reverse("coredata:rule", args=[rule])).content.decode()
    assert rule in text and "Source" in text
    assert len(rules()[rule].why) > 30


def test_an_article_says_where_a_rule_looks(client: Client) -> None:
    text = client.get(reverse("coredata:rule", args=["V-51"])).content.decode()
    for words in (
        "DeliverySystem, ProgramCode",
        "Course Assignment",
        "Program code 50 stands with delivery S",
    ):
        assert words in text
    assert "Waive it for a district" not in text


def test_a_rule_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get(reverse("coredata:rule", args=["V-99"])).status_code == 404


def test_rules_are_listed_by_file_and_words(client: Client) -> None:
    assert {entry["rule"].id for entry in rules_about("stu_crs_comp", "table earned")} == {"V-40"}
    text = client.get(reverse("coredata:rules"), {"words": "zebra"}).content.decode()
    assert "No rule has these words." in text
    found = client.get(
        reverse("coredata:rules"), {"kind": "stu_crs_comp", "words": "stands once"}
    ).content.decode()
    assert "V-62" in found and "V-61" not in found


def test_a_rule_is_about_the_files_that_have_its_columns() -> None:
    assert kinds_of(rules()["V-53"]) == [Kind.CRS_ASSIGN, Kind.STU_CRS_COMP]
    assert kinds_of(rules()["V-14"]) == list(DISTRICT_KINDS)


# Codes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("basis", "teacher", "answer"),
    [
        ("mocap", "provider", ("50", "V")),
        ("mocap", "district", ("52", "V")),
        ("mocap", "nobody", ("50", "S")),
        ("site_license", "provider", ("", "V")),
        ("site_license", "nobody", ("", "S")),
        ("cooperative", "district", ("", "V")),
        ("partnership", "provider", ("", "V")),
        ("non_mocap_course", "provider", ("", "V")),
        ("own_course", "district", ("", "V")),
    ],
)
def test_the_table_of_codes(basis: str, teacher: str, answer: tuple[str, str]) -> None:
    found = coding(CodingBasis(basis), CodingTeacher(teacher))
    assert (found.program, delivery(found, CodingTeacher(teacher))) == answer


@pytest.mark.parametrize("basis", [CodingBasis.HOSTED, CodingBasis.PRIVATE_PAY])
@pytest.mark.parametrize("teacher", list(CodingTeacher))
def test_what_the_district_does_not_report(basis: CodingBasis, teacher: CodingTeacher) -> None:
    assert not coding(basis, teacher).is_reported


def test_every_answer_has_a_row_of_the_table() -> None:
    assert all(coding(basis, teacher).source for basis in CodingBasis for teacher in CodingTeacher)


@pytest.mark.parametrize(
    ("teacher", "broken"), [("provider", set()), ("district", set()), ("nobody", {"V-51"})]
)
def test_what_the_page_answers_passes_the_checks(clerk: Membership, teacher: str, broken: set[str]) -> None:
    found = coding(CodingBasis.MOCAP, CodingTeacher(teacher))
    text = bad("V-51").decode()
    assert ",50,S," in text
    row = f",{found.program},{delivery(found, CodingTeacher(teacher))},"
    upload = send(text.replace(",50,S,", row).encode(), by=clerk)
    assert set(upload.problems.values_list("rule", flat=True)) == broken


def test_the_page_answers(client: Client) -> None:
    address = reverse("coredata:which_code")
    text = client.get(address).content.decode()
    assert "Use this" not in text and "This field is required" not in text
    text = client.get(address, {"basis": "mocap", "teacher": "provider"}).content.decode()
    assert "50: " in text and "V: " in text
    text = client.get(address, {"basis": "private_pay", "teacher": "provider"}).content.decode()
    assert "None: your district does not report this course" in text
    assert "This field is required" in client.get(address, {"basis": "mocap"}).content.decode()


# Waivers ------------------------------------------------------------------------------------------


def grant(lea: Lea, by: Membership, rule: str = "V-51", until: dt.date = UNTIL) -> Waiver:
    return actions.grant_waiver(lea.pk, rule, reason="Known to us.", until=until, by=by, at=NOW)


def test_a_waived_warning_is_not_looked_for_and_the_page_says_why(
    lea: Lea, clerk: Membership, reviewer: Membership
) -> None:
    grant(lea, reviewer)
    upload = send(bad("V-51"), by=clerk)
    assert (upload.warnings, upload.rows_good) == (0, upload.rows_read)
    text = sign_in(Client(), clerk).get(reverse("coredata:upload", args=[upload.pk])).content.decode()
    assert "nothing: the state office has waived it until June 30, 2027 (Known to us.)" in text
    # Nothing is left to acknowledge.
    actions.certify(upload.pk, by=clerk, at=NOW, name="C", statement="S", acknowledges_warnings=False)


@pytest.mark.rule("V-40")
def test_a_waiver_hides_no_error(lea: Lea, clerk: Membership, reviewer: Membership) -> None:
    """Once the table of grades is whole, a grade that it lacks is an error (V-40), which nothing waives."""
    grant(lea, reviewer, "V-40")
    assert send(bad("V-40"), by=clerk).errors == 0
    LegalValue.objects.filter(key=LegalKey.GRADES_COMPLETE).update(number=1)
    assert send(bad("V-40"), by=clerk).errors == 1


@pytest.mark.rule("V-51")
def test_a_rule_is_looked_at_in_school_years_in_which_it_held(
    clerk: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rules()["V-51"]
    found = []
    for dated in (
        replace(rule, valid_from=dt.date(2027, 6, 30)),
        replace(rule, valid_from=dt.date(2027, 7, 1)),
        replace(rule, valid_to=dt.date(2026, 7, 1)),
        replace(rule, valid_to=dt.date(2026, 6, 30)),
    ):
        monkeypatch.setitem(rules(), "V-51", dated)
        found.append(send(bad("V-51"), by=clerk).warnings)
    assert found == [1, 0, 1, 0]


def test_a_waiver_is_of_one_district_and_ends(lea: Lea, clerk: Membership, reviewer: Membership) -> None:
    WaiverFactory.create(lea=Lea.objects.get(state_district_id="992102"))
    WaiverFactory.create(lea=lea, ended=True)
    WaiverFactory.create(lea=lea, until=NOW.date() - dt.timedelta(days=1))
    assert send(bad("V-51"), by=clerk).warnings == 1


@pytest.mark.parametrize("rule", ["V-25", "V-70", "V-71", "V-76", "V-14", "V-99"])
def test_errors_and_what_the_program_rests_on_cannot_be_waived(
    lea: Lea, reviewer: Membership, rule: str
) -> None:
    with pytest.raises(actions.CannotBeWaived):
        grant(lea, reviewer, rule)
    assert not Waiver.objects.exists()
    if rule in rules():
        assert not can_be_waived(rules()[rule])


def test_a_waiver_cannot_be_over_already(lea: Lea, reviewer: Membership) -> None:
    with pytest.raises(actions.AlreadyOver):
        grant(lea, reviewer, until=NOW.date() - dt.timedelta(days=1))
    assert grant(lea, reviewer, until=NOW.date()).until == NOW.date()


def test_granted_again_the_earlier_one_ends(lea: Lea, reviewer: Membership) -> None:
    first = grant(lea, reviewer)
    second = grant(lea, reviewer, until=dt.date(2027, 12, 31))
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (NOW, reviewer)
    assert list(Waiver.objects.in_force(NOW.date())) == [second]
    with pytest.raises(IntegrityError):
        WaiverFactory.create(lea=lea)


def test_ended_twice_it_keeps_its_first_end(lea: Lea, reviewer: Membership) -> None:
    waiver = grant(lea, reviewer)
    actions.end_waiver(waiver.pk, by=reviewer, at=NOW)
    again = actions.end_waiver(waiver.pk, by=reviewer, at=NOW + dt.timedelta(days=1))
    assert again.ended_at == NOW


def test_dese_waives_a_rule_and_ends_it_on_the_pages(
    lea: Lea,
    clerk: Membership,
    reviewer: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.check_file_again, "delay", asked.append)
    upload = send(bad("V-51"), by=clerk)
    client = sign_in(Client(), reviewer)
    assert "Waive it for a district" in client.get(reverse("coredata:rule", args=["V-51"])).content.decode()
    address = reverse("coredata:waive", args=["V-51"])
    filled = {"lea": lea.pk, "reason": "Known to us."} | memorable("until", dt.date(2027, 6, 1))
    assert "A waiver ends today at the earliest." in client.post(address, filled).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        text = client.post(address, filled | memorable("until", UNTIL), follow=True).content.decode()
    assert f"V-51 is waived for {lea}." in text and "In force" in text
    assert asked == [upload.pk]
    own = sign_in(Client(), clerk).get(reverse("coredata:rule", args=["V-51"])).content.decode()
    assert f"Waived for {lea} until" in own and "Known to us." in own
    other = sign_in(Client(), clerk_of(Lea.objects.get(state_district_id="992102")))
    assert "Known to us." not in other.get(reverse("coredata:rule", args=["V-51"])).content.decode()
    waiver = Waiver.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        text = client.post(reverse("coredata:end_waiver", args=[waiver.pk]), follow=True).content.decode()
    assert f"V-51 holds for {lea} again." in text and "Ended" in text
    assert asked == [upload.pk] * 2
    assert client.get(reverse("coredata:end_waiver", args=[waiver.pk])).status_code == 302
    assert client.get(reverse("coredata:waive", args=["V-25"])).status_code == 404


def test_the_list_of_waivers_takes_the_same_queries(
    reviewer: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(Client(), reviewer)
    client.get(reverse("coredata:waivers"))
    for _more in range(2):
        WaiverFactory.create_batch(5)
        with django_assert_num_queries(5):
            client.get(reverse("coredata:waivers"))


# Checked again ------------------------------------------------------------------------------------


def rules_broken(upload_id: int) -> set[str]:
    return set(actions.check_again(upload_id, at=NOW).problems.values_list("rule", flat=True))


def test_a_trial_is_checked_again_when_a_file_beside_it_comes(
    clerk: Membership,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.check_file_again, "delay", asked.append)
    courses = send(good("crs"), by=clerk)
    assert "V-64" in {entry["rule"] for entry in courses.not_run}
    students = send(good("stu"), by=clerk)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.ask_to_check_again(students.lea_id, beside=students)
    assert asked == [courses.pk]
    tasks.check_file_again(courses.pk)
    courses.refresh_from_db()
    assert "V-64" not in {entry["rule"] for entry in courses.not_run}
    assert (courses.state, courses.rows_read, courses.rows_good) == (UploadState.TRIAL, 6, 6)


def test_checked_again_its_problems_are_of_now(lea: Lea, clerk: Membership, reviewer: Membership) -> None:
    upload = send(bad("V-51"), by=clerk)
    waiver = grant(lea, reviewer)
    assert rules_broken(upload.pk) == set() == rules_broken(upload.pk)
    actions.end_waiver(waiver.pk, by=reviewer, at=NOW)
    assert rules_broken(upload.pk) == {"V-51"}
    upload.refresh_from_db()
    assert (upload.warnings, upload.rows_with_warnings) == (1, 1)


def test_what_is_certified_is_not_checked_again(lea: Lea, clerk: Membership, reviewer: Membership) -> None:
    upload = certify(send(bad("V-51"), by=clerk), by=clerk)
    grant(lea, reviewer)
    assert actions.trials_of(lea.pk) == []
    assert rules_broken(upload.pk) == {"V-51"}
