"""A student moves to another LEA: courses go on, the payer changes on the day, credit is listed as accepted."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.part_time.models import CourseLine, CourseRequest, LineState
from enrollment.part_time.timeline import waits_for, with_all_it_needs
from enrollment.records.models import Disclosure, Guardian, Move, Student
from enrollment.registration import actions as registration
from enrollment.registration.models import Party, PayerChange, RosterLine, lines_of
from enrollment.registration.tasks import chase_confirmations, start_courses
from enrollment.transfers import actions
from enrollment.transfers.models import Transfer, TransferState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import DigestItem, Notice
from tests.enrollment.registration_kit import (
    NOW,
    TODAY,
    client_of,
    coordinator_of,
    day,
    desk_of,
    on_roster,
    parent_of,
    told,
    words_of,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, SchoolFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory
from tests.factories.records import GuardianFactory, StudentFactory
from tests.factories.registration import TeacherFactory
from tests.factories.transfers import TransferFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

LAST_DAY = dt.date(2026, 11, 6)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def coordinator_at(lea: Any) -> Membership:
    hat: Membership = MembershipFactory.create(coordinator=True, lea=lea)
    return hat


def student_of(roster_line: RosterLine) -> Student:
    student = roster_line.line.request.claim.student
    assert student is not None
    return student


def announced(roster_line: RosterLine, **other: Any) -> Transfer:
    transfer: Transfer = TransferFactory.create(student=student_of(roster_line), **other)
    return transfer


def received(transfer: Transfer) -> Transfer:
    school = SchoolFactory.create(lea=transfer.to_lea)
    return actions.receive(
        transfer.pk, school_id=school.pk, starts_on=TODAY, by=coordinator_at(transfer.to_lea), at=NOW
    )


# From one district to the other -------------------------------------------------------------------


@pytest.mark.rule("R-72")
def test_a_course_goes_on_and_the_new_district_pays_from_its_first_day() -> None:
    roster_line = on_roster(running=True)
    student, old, provider = student_of(roster_line), coordinator_of(roster_line), desk_of(roster_line)
    parent = parent_of(roster_line)
    new_lea = LeaFactory.create(contact_name="Nell New", contact_email="nell@new.example", contact_phone="")
    school, new = SchoolFactory.create(lea=new_lea), coordinator_at(new_lea)
    client_of(old).post(
        reverse("transfers:announce", args=[student.pk]), {"to_lea": new_lea.pk, **day("leaves_on", LAST_DAY)}
    )
    transfer = Transfer.objects.get()
    assert (transfer.from_lea, transfer.to_lea, transfer.state) == (roster_line.lea, new_lea, "announced")
    client = client_of(new)
    page = words_of(client.get(reverse("transfers:transfer", args=[transfer.pk])))
    assert roster_line.line.course.title in page
    client.post(
        reverse("transfers:receive", args=[transfer.pk]), {"school": school.pk, **day("starts_on", TODAY)}
    )
    transfer.refresh_from_db()
    student.refresh_from_db()
    assert (transfer.state, transfer.starts_on) == (TransferState.RECEIVED, TODAY)
    assert (student.lea, student.school) == (new_lea, school)
    assert Move.objects.values_list("from_lea", "to_lea", "moved_on").get() == (
        roster_line.lea_id,
        new_lea.pk,
        TODAY,
    )
    line, change = CourseLine.objects.get(), PayerChange.objects.get()
    assert line.state == LineState.ACTIVE
    assert (change.from_lea, change.to_lea, change.pays_from) == (roster_line.lea, new_lea, TODAY)
    now = RosterLine.objects.get()
    assert (now.lea, now.contact_name, now.contact_email) == (new_lea, "Nell New", "nell@new.example")
    staff = Membership.objects.filter(
        organization__in=[transfer.from_lea_id, new_lea.pk, provider.organization_id]
    )
    assert told() == {*staff.values_list("user", flat=True), parent.user_id}
    assert {old.user_id, new.user_id, provider.user_id} <= told()
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=student)
    assert set(Disclosure.objects.values_list("recipient", flat=True)) == {
        new_lea.organization_id,
        roster_line.provider.organization_id,
    }


@pytest.mark.rule("R-72")
def test_the_payment_is_an_open_task_until_it_is_arranged() -> None:
    roster_line = on_roster(running=True)
    old = coordinator_of(roster_line)
    transfer = received(announced(roster_line))
    new = coordinator_at(transfer.to_lea)
    client = client_of(new)
    home = words_of(client.get(reverse("home")))
    assert f"Arrange the payment for {roster_line.line.course.title}" in home
    page = words_of(client.get(reverse("registration:payers")))
    assert "Your district has no data agreement with this provider yet." in page
    AgreementFactory.create(lea=transfer.to_lea, provider=roster_line.provider)
    page = words_of(client.get(reverse("registration:payers")))
    assert "Your district has no data agreement with this provider yet." not in page
    change = PayerChange.objects.get()
    with pytest.raises(registration.NotYourPayment):
        registration.arrange_payment(change.pk, by=old, at=NOW)
    client.post(reverse("registration:arranged", args=[change.pk]))
    change.refresh_from_db()
    assert (change.arranged_by, change.arranged_at) == (new, NOW)
    assert "Arrange the payment" not in words_of(client.get(reverse("home")))
    with pytest.raises(registration.AlreadyArranged):
        registration.arrange_payment(change.pk, by=coordinator_at(transfer.to_lea), at=NOW)


@pytest.mark.rule("R-72")
def test_the_new_district_looks_after_the_course_and_the_old_one_does_not() -> None:
    roster_line = on_roster(running=True)
    old, line = coordinator_of(roster_line), roster_line.line
    transfer = received(announced(roster_line))
    new = coordinator_at(transfer.to_lea)
    address = reverse("registration:line", args=[line.pk])
    assert client_of(old).get(address).status_code == 404
    page = words_of(client_of(new).get(address))
    assert "Take it back or withdraw" in page
    assert list(lines_of(old)) == []
    assert list(lines_of(new)) == [line]
    extend: dict[str, Any] = {
        "at": NOW,
        "ends_on": dt.date(2027, 1, 22),
        "reason": "Three weeks lost with the move.",
        "agreed_by": Party.PROVIDER,
        "agreed_name": "Terry",
    }
    with pytest.raises(registration.NotYourCourse):
        registration.extend(roster_line.pk, by=old, **extend)
    registration.extend(roster_line.pk, by=new, **extend)
    line.refresh_from_db()
    assert line.ends_on == dt.date(2027, 1, 22)


@pytest.mark.rule("R-72")
@pytest.mark.rule("R-33")
def test_the_new_district_withdraws_and_the_old_one_does_not() -> None:
    roster_line = on_roster(running=True)
    old, desk, line = coordinator_of(roster_line), desk_of(roster_line), roster_line.line
    new = received(announced(roster_line)).answered_by
    assert new is not None
    assert roster_line.confirmed_by is not None
    Notice.objects.all().delete()
    address = reverse("registration:withdraw", args=[line.request_id])
    click = {"lines": [line.pk], "reason": "The family asks for it.", **day("last_day", TODAY)}
    assert client_of(old).get(address).status_code == client_of(old).post(address, click).status_code == 404
    with pytest.raises(registration.MayNotWithdraw):
        registration.withdraw(line.request_id, by=old, at=NOW, line_ids=[line.pk], last_day=TODAY)
    review = words_of(client_of(old).get(reverse("part_time:review", args=[line.request_id])))
    assert address not in review  # the old district's page of its request offers nothing that it may not do
    assert reverse("registration:swap", args=[line.pk]) not in review
    client = client_of(new)
    assert line.course.title in words_of(client.get(address))
    assert client.post(address, click).headers["Location"] == reverse("registration:waiting")
    line = CourseLine.objects.get()
    assert (line.state, line.ended_on) == (LineState.WITHDRAWN, TODAY)
    assert told() == {
        parent_of(line).user_id,
        new.user_id,
        desk.user_id,
        roster_line.confirmed_by.user_id,
    }


@pytest.mark.rule("R-72")
def test_of_a_request_each_district_takes_back_what_it_looks_after() -> None:
    roster_line = on_roster(running=True)
    came, old = roster_line.line, coordinator_of(roster_line)
    stays = CourseLineFactory.create(request=came.request, approved=True)
    new = coordinator_at(received(announced(roster_line)).to_lea)
    address = reverse("registration:withdraw", args=[came.request_id])
    seen = [
        (came.course.title in page, stays.course.title in page)
        for page in (words_of(client_of(hat).get(address)) for hat in (new, old))
    ]
    assert seen == [(True, False), (False, True)]
    both: dict[str, Any] = {"line_ids": [came.pk, stays.pk], "last_day": TODAY, "at": NOW}
    assert registration.withdraw(came.request_id, by=old, **both) == [stays]
    assert registration.withdraw(came.request_id, by=new, **both) == [came]
    with pytest.raises(registration.NothingChosen):
        registration.withdraw(came.request_id, by=new, at=NOW, line_ids=[stays.pk])


@pytest.mark.rule("R-134")
def test_nobody_withdraws_a_child_of_their_own_in_the_new_district_nor_in_a_third_one() -> None:
    roster_line = on_roster(running=True)
    new_lea = received(announced(roster_line)).to_lea
    relative, stranger = coordinator_at(new_lea), coordinator_at(LeaFactory.create())
    clerk = MembershipFactory.create(data_clerk=True, lea=new_lea)
    GuardianFactory.create(student=student_of(roster_line), user=relative.user)
    address = reverse("registration:withdraw", args=[roster_line.line.request_id])
    assert [client_of(hat).get(address).status_code for hat in (relative, stranger, clerk)] == [404, 404, 403]


def test_who_only_decides_in_the_new_district_comes_home_after_a_withdrawal() -> None:
    roster_line = on_roster(running=True)
    decider = MembershipFactory.create(decider=True, lea=received(announced(roster_line)).to_lea)
    address = reverse("registration:withdraw", args=[roster_line.line.request_id])
    click = {"lines": [roster_line.line_id], "reason": "", **day("last_day", TODAY)}
    assert client_of(decider).post(address, click).headers["Location"] == reverse("home")


@pytest.mark.parametrize("more", [0, 6])
def test_the_page_to_withdraw_costs_a_district_the_same_for_any_number_of_courses(
    more: int, django_assert_num_queries: Any
) -> None:
    roster_line = on_roster(running=True)
    CourseLineFactory.create_batch(more, request=roster_line.line.request, approved=True)
    client = client_of(coordinator_of(roster_line))
    address = reverse("registration:withdraw", args=[roster_line.line.request_id])
    client.get(address)
    with django_assert_num_queries(7):
        client.get(address)


# Who hears of it afterwards ------------------------------------------------------------------------


def moved(**traits: bool) -> tuple[RosterLine, Membership, Membership]:
    """A roster line whose student moved, a coordinator of the old district and one of the new; nobody was told yet."""
    roster_line = on_roster(**traits)
    old, new = coordinator_of(roster_line), received(announced(roster_line)).answered_by
    assert new is not None
    Notice.objects.all().delete()
    return RosterLine.objects.get(), old, new


@pytest.mark.rule("R-72")
def test_the_new_district_hears_that_the_provider_confirmed() -> None:
    roster_line, _old, new = moved()
    teacher = TeacherFactory.create(organization=roster_line.provider.organization)
    registration.confirm(
        roster_line.pk,
        by=desk_of(roster_line),
        at=NOW,
        starts_on=dt.date(2026, 11, 16),
        section="A",
        teacher_id=teacher.pk,
    )
    assert told() == {parent_of(roster_line).user_id, new.user_id}
    body = Notice.objects.get(user=new.user).body
    address = reverse("registration:line", args=[roster_line.line_id])
    assert address in body
    assert client_of(new).get(address).status_code == 200


@pytest.mark.rule("R-72")
@pytest.mark.rule("R-18")
def test_the_new_district_hears_of_a_provider_that_does_not_confirm() -> None:
    roster_line, old, new = moved()
    assert chase_confirmations("2026-11-16") == 1
    address = reverse("registration:line", args=[roster_line.line_id])
    items = DigestItem.objects.filter(path=address)
    assert list(items.values_list("user", flat=True)) == [new.user_id]
    assert not DigestItem.objects.filter(user=old.user).exists()


@pytest.mark.rule("R-72")
def test_the_new_district_hears_of_a_course_that_could_not_start() -> None:
    roster_line, old, new = moved(confirmed=True)
    RosterLine.objects.update(teacher=None)
    assert start_courses(TODAY.isoformat()) == 0
    item = DigestItem.objects.get(path=reverse("registration:line", args=[roster_line.line_id]))
    assert item.user == new.user
    assert str(roster_line.lea) in item.sentence
    assert not DigestItem.objects.filter(user=old.user).exists()


@pytest.mark.rule("R-72")
def test_the_family_is_told_to_ask_the_new_district_about_a_provider_that_is_late() -> None:
    roster_line, _old, _new = moved()
    line = roster_line.line
    line.confirmation_clock = roster_line.clock
    line.save()
    Lea.objects.filter(pk=roster_line.lea_id).update(
        contact_name="Nell New", contact_email="nell@new.example"
    )
    request = with_all_it_needs(CourseRequest.objects.filter(pk=line.request_id)).get()
    (entry,) = [entry for entry in waits_for(request, on=dt.date(2026, 11, 16)) if entry.is_late]
    assert entry.more.startswith(f"This is late. Ask {roster_line.lea}, Nell New, nell@new.example")


@pytest.mark.rule("R-72")
def test_in_a_charter_without_a_coordinator_its_administrator_hears_of_the_payment_and_of_the_course() -> (
    None
):
    roster_line = on_roster(confirmed=True)
    lea = LeaFactory.create(charter=True)
    admin = MembershipFactory.create(lea_admin=True, lea=lea)
    MembershipFactory.create(counselor=True, lea=lea)
    school = SchoolFactory.create(lea=lea)
    transfer = announced(roster_line, to_lea=lea)
    actions.receive(transfer.pk, school_id=school.pk, starts_on=TODAY, by=admin, at=NOW)
    assert reverse("registration:payers") in Notice.objects.get(user=admin.user).body
    RosterLine.objects.update(teacher=None)
    start_courses(TODAY.isoformat())
    address = reverse("registration:line", args=[roster_line.line_id])
    assert DigestItem.objects.get(path=address).user == admin.user
    assert client_of(admin).get(address).status_code == 200


@pytest.mark.rule("R-72")
@pytest.mark.parametrize(
    ("traits", "goes_on"),
    [({}, True), ({"confirmed": True}, True), ({"running": True}, True), ({"finished": True}, True)],
    ids=["sent", "confirmed", "running", "finished"],
)
def test_what_is_with_its_provider_goes_along(traits: dict[str, bool], goes_on: bool) -> None:
    roster_line = on_roster(**traits)
    state = roster_line.line.state
    received(announced(roster_line))
    assert PayerChange.objects.exists() is goes_on
    assert CourseLine.objects.values_list("state", flat=True).get() == state


@pytest.mark.parametrize("state", [LineState.COMPLETED, LineState.WITHDRAWN, LineState.REMOVED])
def test_what_is_over_stays_where_it_was(state: LineState) -> None:
    roster_line = on_roster(finished=True, line__state=state)
    transfer = received(announced(roster_line))
    assert not PayerChange.objects.exists()
    assert RosterLine.objects.get().lea == transfer.from_lea


def test_a_course_that_was_not_sent_is_not_sent_by_the_old_district() -> None:
    roster_line = on_roster(line__state=LineState.APPROVED)
    line, old = roster_line.line, coordinator_of(roster_line)
    RosterLine.objects.all().delete()
    received(announced(roster_line))
    missing = registration.what_is_missing(line.__class__.objects.get(pk=line.pk), at=NOW)
    assert registration.StudentMoved in {type(refusal) for refusal in missing}
    AgreementFactory.create(lea=line.request.lea, provider=line.course.provider)
    with pytest.raises(registration.StudentMoved):
        registration.register(line.pk, by=old, at=NOW)


# What is refused ----------------------------------------------------------------------------------


def test_the_same_announcement_twice_is_one() -> None:
    roster_line = on_roster(running=True)
    old, lea = coordinator_of(roster_line), LeaFactory.create()
    for _time in range(2):
        actions.announce(student_of(roster_line).pk, to_lea_id=lea.pk, leaves_on=LAST_DAY, by=old, at=NOW)
    assert Transfer.objects.count() == Disclosure.objects.count() == 1
    with pytest.raises(actions.AnnouncedBefore):
        actions.announce(
            student_of(roster_line).pk, to_lea_id=LeaFactory.create().pk, leaves_on=LAST_DAY, by=old, at=NOW
        )


def test_a_student_is_received_once() -> None:
    transfer = received(announced(on_roster(running=True)))
    with pytest.raises(actions.AlreadyAnswered):
        received(transfer)
    assert Move.objects.count() == PayerChange.objects.count() == 1


def test_the_first_day_lies_between_the_last_one_and_today() -> None:
    transfer = announced(on_roster(running=True))
    new, school = coordinator_at(transfer.to_lea), SchoolFactory.create(lea=transfer.to_lea)
    for wrong in (LAST_DAY, TODAY + dt.timedelta(days=1)):
        with pytest.raises(actions.NotThatDay):
            actions.receive(transfer.pk, school_id=school.pk, starts_on=wrong, by=new, at=NOW)
    with pytest.raises(actions.NotYourSchool):
        actions.receive(transfer.pk, school_id=SchoolFactory.create().pk, starts_on=TODAY, by=new, at=NOW)
    assert not Move.objects.exists()


def test_strangers_move_nobody() -> None:
    transfer = announced(on_roster(running=True))
    stranger, school = coordinator_at(LeaFactory.create()), SchoolFactory.create(lea=transfer.to_lea)
    clerk = MembershipFactory.create(data_clerk=True, organization=transfer.to_lea.organization)
    for hat in (stranger, clerk, coordinator_at(transfer.from_lea)):
        with pytest.raises(actions.NotYourTransfer):
            actions.receive(transfer.pk, school_id=school.pk, starts_on=TODAY, by=hat, at=NOW)
    with pytest.raises(actions.NotYourStudent):
        actions.announce(
            transfer.student_id, to_lea_id=LeaFactory.create().pk, leaves_on=LAST_DAY, by=stranger, at=NOW
        )


def test_nobody_moves_a_child_of_their_own() -> None:
    transfer = announced(on_roster(running=True))
    new = coordinator_at(transfer.to_lea)
    GuardianFactory.create(student=transfer.student, user=new.user)
    assert client_of(new).get(reverse("transfers:transfer", args=[transfer.pk])).status_code == 404
    with pytest.raises(actions.NotYourTransfer):
        actions.decline(transfer.pk, reason="Mine.", by=new, at=NOW)


def test_declining_and_taking_back_change_nothing_for_the_student() -> None:
    roster_line = on_roster(running=True)
    transfer, student = announced(roster_line), student_of(roster_line)
    new, old = coordinator_at(transfer.to_lea), coordinator_of(roster_line)
    client_of(new).post(reverse("transfers:decline", args=[transfer.pk]), {"reason": "Nobody came."})
    transfer.refresh_from_db()
    assert (transfer.state, transfer.reason, transfer.answered_by) == ("declined", "Nobody came.", new)
    assert old.user_id in told()
    second = announced(roster_line)
    client_of(old).post(reverse("transfers:take_back", args=[second.pk]))
    second.refresh_from_db()
    assert second.state == TransferState.TAKEN_BACK
    with pytest.raises(actions.AlreadyAnswered):
        actions.take_back(second.pk, by=old, at=NOW)
    assert Student.objects.get().lea == transfer.from_lea
    assert not (Move.objects.exists() or PayerChange.objects.exists())
    assert student.pk == Student.objects.get().pk


# A student of a full-time program -----------------------------------------------------------------


@pytest.mark.rule("R-72")
def test_a_program_goes_on_for_a_family_that_moves() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True, starts_on=dt.date(2026, 8, 24))
    host = MembershipFactory.create(host_staff=True, lea=enrollment.program.host)
    old, was = coordinator_at(enrollment.resident_lea), enrollment.resident_lea
    new_lea = LeaFactory.create()
    transfer = actions.announce(
        enrollment.student_id, to_lea_id=new_lea.pk, leaves_on=LAST_DAY, by=old, at=NOW
    )
    received(transfer)
    enrollment.refresh_from_db()
    student = Student.objects.get(pk=enrollment.student_id)
    assert (enrollment.resident_lea, enrollment.state) == (new_lea, "enrolled")
    assert student.lea == enrollment.program.host  # which stays the LEA of record
    assert not Move.objects.exists()
    assert was != new_lea
    assert host.user_id in told()


def test_the_host_does_not_move_its_program_s_students() -> None:
    enrollment = ProgramEnrollmentFactory.create(enrolled=True, starts_on=dt.date(2026, 8, 24))
    with pytest.raises(actions.NotYourStudent):
        actions.announce(
            enrollment.student_id,
            to_lea_id=LeaFactory.create().pk,
            leaves_on=LAST_DAY,
            by=coordinator_at(enrollment.program.host),
            at=NOW,
        )


# Credit -------------------------------------------------------------------------------------------


@pytest.mark.rule("R-73")
def test_the_new_district_reads_the_credit_and_has_nothing_to_decide() -> None:
    roster_line = on_roster(
        finished=True, line__state=LineState.COMPLETED, line__credit_earned=Decimal("0.50")
    )
    transfer = received(announced(roster_line))
    new, address = coordinator_at(transfer.to_lea), reverse("transfers:credit", args=[transfer.student_id])
    page = client_of(new).get(address)
    text = words_of(page)
    assert roster_line.line.course.title in text
    assert "Credits in all: 0.50" in text
    main = text[text.index("<main") : text.index("</main>")]
    assert "<form" not in main
    assert "<button" not in main
    assert client_of(coordinator_of(roster_line)).get(address).status_code == 404


@pytest.mark.rule("R-73")
def test_the_family_reads_the_same_credit() -> None:
    roster_line = on_roster(
        finished=True, line__state=LineState.COMPLETED, line__credit_earned=Decimal("0.50")
    )
    parent, student = parent_of(roster_line), student_of(roster_line)
    if not Guardian.objects.filter(user=parent.user, student=student).exists():
        GuardianFactory.create(user=parent.user, student=student)
    page = words_of(client_of(parent).get(reverse("transfers:credit", args=[student.pk])))
    assert "Credits in all: 0.50" in page


def test_a_course_without_credit_is_not_in_the_list(client: Client) -> None:
    roster_line = on_roster(finished=True, line__state=LineState.COMPLETED, line__credit_earned=Decimal(0))
    hat = coordinator_of(roster_line)
    page = words_of(client_of(hat).get(reverse("transfers:credit", args=[student_of(roster_line).pk])))
    assert "No MOCAP course of this student has earned credit yet." in page


# Lists --------------------------------------------------------------------------------------------


def test_the_lists_ask_no_more_for_more_rows(django_assert_max_num_queries: Any) -> None:
    lea = LeaFactory.create()
    hat = coordinator_at(lea)
    counts = []
    for _round in range(2):
        for _row in range(3):
            transfer = announced(on_roster(running=True), to_lea=lea)
            received(transfer)
        found = []
        for name in ("transfers:transfers", "registration:payers"):
            with django_assert_max_num_queries(40) as asked:
                client_of(hat).get(reverse(name))
            found.append(len(asked))
        counts.append(found)
    assert counts[0] == counts[1]


def test_a_district_without_moves_is_told_so() -> None:
    hat = coordinator_at(StudentFactory.create().lea)
    page = words_of(client_of(hat).get(reverse("transfers:transfers")))
    assert "No student came to your district or left it" in page
    page = words_of(client_of(hat).get(reverse("registration:payers")))
    assert "No student with a running course came to your district or left it." in page
