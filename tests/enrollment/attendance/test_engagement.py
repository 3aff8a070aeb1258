"""Notice, intervention, and only then disenrollment, which the resident district hears of at once (R-56 to R-59)."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from enrollment.attendance import actions
from enrollment.attendance.models import EngagementNotice, Flag, InterventionKind, Placement
from enrollment.full_time.models import EnrollmentState, PolicyKind, ProgramEnrollment
from enrollment.records.models import Move
from enrollment.registration.models import PayerChange
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Letter, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import FlagFactory, PlacementFactory
from tests.factories.full_time import ProgramPolicyFactory
from tests.factories.registration import RosterLineFactory

from .kit import NOW, enrolled, parent_of, resident_of, staff_of

pytestmark = pytest.mark.django_db
TODAY = dt.date(2027, 2, 2)


def flagged(**traits: Any) -> Flag:
    flag: Flag = FlagFactory.create(enrollment=enrolled(), **traits)
    parent_of(flag.enrollment)
    return flag


def post_policy(flag: Flag, **more: Any) -> None:
    ProgramPolicyFactory.create(program=flag.enrollment.program, kind=PolicyKind.CONSEQUENCES, **more)


def host(flag: Flag) -> Membership:
    return staff_of(flag.enrollment)


def notify(flag: Flag) -> EngagementNotice:
    return actions.notify_family(flag.pk, by=host(flag), at=NOW)


def intervene(flag: Flag, held_on: dt.date = TODAY) -> None:
    actions.record_intervention(
        flag.pk,
        by=host(flag),
        at=NOW,
        kind=InterventionKind.CALL,
        held_on=held_on,
        tried="Talked with student and mother.",
    )


def disenroll(flag: Flag, on: dt.date = TODAY, by: Membership | None = None) -> Placement:
    return actions.disenroll(flag.pk, by=by or host(flag), at=NOW, on=on, why="No activity after a talk.")


def told() -> set[tuple[str, str]]:
    return {(notice.key.partition(":")[0], notice.to) for notice in Notice.objects.all()}


class TestNotice:
    @pytest.mark.rule("R-56")
    def test_a_dated_letter_and_a_mail_to_the_family(self) -> None:
        flag = flagged()
        post_policy(flag)
        notice = notify(flag)
        html = notice.letter.html
        assert "Tuesday, February 2, 2027" in html
        assert str(flag.enrollment.student) in html
        assert "5 school days in a row" in html
        assert "https://program.example/consequences" in html
        assert told() == {("engagement-notice", parent_of(flag.enrollment).user.email)}
        mail = Notice.objects.get()
        student = flag.enrollment.student
        assert all(
            word not in mail.body for word in (student.first_name, student.last_name, str(student.mosis_id))
        )
        assert f"/attendance/letters/{notice.letter_id}/" in mail.body

    def test_once_for_a_flag(self) -> None:
        flag = flagged()
        notify(flag)
        with pytest.raises(actions.AlreadyNotified):
            notify(flag)
        assert Letter.objects.filter(engagement_notice__flag=flag).count() == 1

    def test_not_when_the_student_is_active_again(self) -> None:
        flag = flagged(closed_on=TODAY)
        with pytest.raises(actions.NotFlagged):
            notify(flag)

    def test_not_by_strangers_nor_about_a_child_of_ones_own(self) -> None:
        flag = flagged()
        own = MembershipFactory.create(
            user=parent_of(flag.enrollment).user, host_staff=True, lea=flag.enrollment.program.host
        )
        for hat in (MembershipFactory.create(host_staff=True), resident_of(flag.enrollment), own):
            with pytest.raises(actions.NotYourStudent):
                actions.notify_family(flag.pk, by=hat, at=NOW)
        assert told() == set()


class TestDisenrollment:
    @pytest.mark.rule("R-57")
    def test_refused_until_notice_intervention_and_policy_are_there(self) -> None:
        flag = flagged()
        with pytest.raises(actions.NoticeMissing, match="Send it first"):
            disenroll(flag)
        with pytest.raises(actions.NoticeMissing):
            intervene(flag)
        notify(flag)
        with pytest.raises(actions.InterventionMissing, match="Record what you tried"):
            disenroll(flag)
        with pytest.raises(actions.BeforeTheNotice):
            intervene(flag, TODAY - dt.timedelta(days=1))
        with pytest.raises(actions.BeforeTheNotice):
            intervene(flag, TODAY + dt.timedelta(days=1))
        intervene(flag)
        with pytest.raises(actions.PolicyMissing, match="Enter its address first"):
            disenroll(flag)
        post_policy(flag, valid_to=TODAY - dt.timedelta(days=1))
        with pytest.raises(actions.PolicyMissing):
            disenroll(flag)
        assert ProgramEnrollment.objects.get().state == EnrollmentState.ENROLLED
        assert Placement.objects.count() == 0

    def ready(self) -> Flag:
        flag = flagged()
        post_policy(flag)
        notify(flag)
        intervene(flag)
        Notice.objects.all().delete()
        return flag

    @pytest.mark.rule("R-57", "R-58")
    def test_family_and_resident_district_hear_of_it_at_once(self) -> None:
        flag = self.ready()
        coordinator = resident_of(flag.enrollment)
        admin = resident_of(flag.enrollment, lea_admin=True)
        resident_of(flag.enrollment, counselor=True)
        placement = disenroll(flag)
        enrollment = ProgramEnrollment.objects.get()
        assert (enrollment.state, enrollment.ended_on, enrollment.end_reason) == (
            "disenrolled",
            TODAY,
            "No activity after a talk.",
        )
        assert enrollment.end_letter is not None
        assert "Write to the head of the program within ten days." in enrollment.end_letter.html
        assert (placement.state, placement.lea, placement.clock.kind) == (
            "open",
            enrollment.resident_lea,
            "placement",
        )
        assert placement.clock.due_on == dt.date(2027, 2, 5)
        assert "Friday, February 5, 2027" in placement.notice.html
        assert told() == {
            ("disenrolled", parent_of(enrollment).user.email),
            ("placement", coordinator.user.email),
            ("placement", admin.user.email),
        }
        assert Flag.objects.get().closed_on == TODAY

    @pytest.mark.rule("R-58")
    def test_all_or_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        flag = self.ready()

        def broken(*args: Any, **kwargs: Any) -> None:
            raise RuntimeError

        monkeypatch.setattr("enrollment.attendance.notices.tell_disenrolled", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            disenroll(flag)
        assert ProgramEnrollment.objects.get().state == EnrollmentState.ENROLLED
        assert (Placement.objects.count(), Notice.objects.count()) == (0, 0)

    def test_once(self) -> None:
        flag = self.ready()
        disenroll(flag)
        with pytest.raises(actions.NotFlagged):
            disenroll(flag)
        assert Placement.objects.count() == 1

    @pytest.mark.parametrize("on", [dt.date(2027, 1, 5), dt.date(2027, 2, 3)])
    def test_the_last_day_lies_in_the_enrollment(self, on: dt.date) -> None:
        with pytest.raises(actions.NotTheLastDay):
            disenroll(self.ready(), on=on)

    def test_never_by_the_resident_district(self) -> None:
        flag = self.ready()
        with pytest.raises(actions.NotYourStudent):
            disenroll(flag, by=resident_of(flag.enrollment))


class TestPlacement:
    AT = dt.datetime(2027, 3, 30, 15, tzinfo=dt.UTC)
    DAY = dt.date(2027, 3, 30)

    @pytest.mark.rule("R-59")
    def test_options_choice_enrollment(self) -> None:
        placement = PlacementFactory.create()
        enrollment = placement.enrollment
        parent, by = parent_of(enrollment), resident_of(enrollment)
        with pytest.raises(actions.OptionsMissing):
            actions.record_choice(placement.pk, by=by, at=self.AT, choice="Central", chosen_on=self.DAY)
        with pytest.raises(actions.OptionsMissing):
            actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        actions.send_options(placement.pk, by=by, at=self.AT, options="Central High\nEvening school")
        assert Placement.objects.get().clock.stopped_at == self.AT
        assert told() == {("options", parent.user.email)}
        with pytest.raises(actions.OptionsSent):
            actions.send_options(placement.pk, by=by, at=self.AT, options="Another")
        with pytest.raises(actions.ChoiceMissing):
            actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        with pytest.raises(actions.NotThatDay):
            actions.record_choice(
                placement.pk, by=by, at=self.AT, choice="Central", chosen_on=dt.date(2027, 3, 29)
            )
        actions.record_choice(placement.pk, by=by, at=self.AT, choice="Central High", chosen_on=self.DAY)
        for wrong in (dt.date(2027, 3, 25), dt.date(2027, 3, 31)):
            with pytest.raises(actions.NotThatDay):
                actions.place(placement.pk, by=by, at=self.AT, on=wrong)
        actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        placed = Placement.objects.get()
        assert (placed.state, placed.choice, placed.enrolled_on) == ("placed", "Central High", self.DAY)
        with pytest.raises(actions.AlreadyPlaced):
            actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        with pytest.raises(actions.AlreadyPlaced):
            actions.record_choice(placement.pk, by=by, at=self.AT, choice="Other", chosen_on=self.DAY)

    @pytest.mark.rule("R-59")
    def test_a_placed_student_is_the_resident_districts_again(self) -> None:
        placement = PlacementFactory.create()
        enrollment, by = placement.enrollment, resident_of(placement.enrollment)
        student = enrollment.student
        student.lea, student.school = enrollment.program.host, enrollment.program.school
        student.save()
        actions.send_options(placement.pk, by=by, at=self.AT, options="Central High")
        actions.record_choice(placement.pk, by=by, at=self.AT, choice="Central High", chosen_on=self.DAY)
        actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        student.refresh_from_db()
        assert (student.lea, student.school) == (enrollment.resident_lea, enrollment.resident_school)
        move = Move.objects.get()
        assert (move.moved_on, move.from_lea) == (self.DAY, enrollment.program.host)

    @pytest.mark.rule("R-72")
    def test_a_course_that_the_host_paid_for_comes_back_with_the_student(self) -> None:
        placement = PlacementFactory.create()
        enrollment, by = placement.enrollment, resident_of(placement.enrollment)
        student, host = enrollment.student, enrollment.program.host
        student.lea, student.school = host, enrollment.program.school
        student.save()
        RosterLineFactory.create(running=True, line__request__claim=enrollment.application.claim, lea=host)
        actions.send_options(placement.pk, by=by, at=self.AT, options="Central High")
        actions.record_choice(placement.pk, by=by, at=self.AT, choice="Central High", chosen_on=self.DAY)
        actions.place(placement.pk, by=by, at=self.AT, on=self.DAY)
        change = PayerChange.objects.get()
        assert (change.from_lea, change.to_lea, change.pays_from) == (host, placement.lea, self.DAY)

    def test_by_nobody_but_the_resident_district(self) -> None:
        placement = PlacementFactory.create()
        own = MembershipFactory.create(
            user=parent_of(placement.enrollment).user, coordinator=True, lea=placement.lea
        )
        for hat in (
            staff_of(placement.enrollment),
            MembershipFactory.create(coordinator=True),
            resident_of(placement.enrollment, counselor=True),
            own,
        ):
            with pytest.raises(actions.NotYourPlacement):
                actions.send_options(placement.pk, by=hat, at=self.AT, options="Central")
