"""The district registers, the provider confirms: one roster line, one disclosure, exactly when everything is there."""

import datetime as dt
from typing import Any

import pytest

from enrollment.part_time.models import Basis, CourseLine, LineState, StepKind
from enrollment.records.models import Disclosure
from enrollment.registration import actions
from enrollment.registration.models import RosterLine, RosterState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory, SanctionFactory
from tests.factories.registration import RosterLineFactory, TeacherFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)  # a Thursday


def ready_line(*, agreement: bool = True, **changes: Any) -> CourseLine:
    line = CourseLineFactory.create(**{"approved": True, "request__claim__confirmed": True} | changes)
    if agreement:
        AgreementFactory.create(lea=line.request.lea, provider=line.course.provider)
    return line


def coordinator_of(line: CourseLine, **traits: bool) -> Membership:
    return MembershipFactory.create(
        **(traits or {"coordinator": True}), organization=line.request.lea.organization
    )


def provider_of(line: CourseLine) -> Membership:
    return MembershipFactory.create(provider_staff=True, organization=line.course.provider.organization)


class TestRegister:
    @pytest.mark.rule("R-130")
    def test_the_provider_is_told_once_and_the_disclosure_is_logged(self) -> None:
        line = ready_line()
        staff, coordinator = provider_of(line), coordinator_of(line)
        roster_line = actions.register(line.pk, by=coordinator, at=AT)
        student = line.request.claim.student
        assert list(RosterLine.objects.visible_to(staff)) == [roster_line]
        assert (
            roster_line.mosis_id,
            roster_line.first_name,
            roster_line.last_name,
            roster_line.birth_date,
            roster_line.contact_email,
        ) == (
            student.mosis_id,
            student.first_name,
            student.last_name,
            student.birth_date,
            line.request.lea.contact_email,
        )
        # Five business days from Thursday 5 November; Veterans Day does not count.
        assert roster_line.clock.due_on == dt.date(2026, 11, 13)
        disclosure = Disclosure.objects.get()
        assert (disclosure.student, disclosure.recipient, disclosure.disclosed_by, disclosure.at) == (
            student,
            line.course.provider.organization,
            coordinator,
            AT,
        )
        line = CourseLine.objects.get()
        assert (line.state, line.registration_clock.stopped_at) == (LineState.REGISTERED, AT)
        assert line.steps.get().kind == StepKind.REGISTERED

    @pytest.mark.rule("R-31")
    def test_mails_about_it_carry_no_personal_data(self) -> None:
        line = ready_line()
        staff = provider_of(line)
        actions.register(line.pk, by=coordinator_of(line), at=AT)
        notices = list(Notice.objects.order_by("pk"))
        assert [notice.user for notice in notices] == [staff.user, line.request.claim.claimant]
        for notice in notices:
            assert_no_personal_data(notice.subject, notice.body, about=line.request.claim.student)

    def test_sent_twice_is_sent_once(self) -> None:
        line = ready_line()
        actions.register(line.pk, by=coordinator_of(line), at=AT)
        with pytest.raises(actions.AlreadyRegistered):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert RosterLine.objects.count() == Disclosure.objects.count() == 1

    @pytest.mark.rule("R-28")
    def test_only_an_approved_line_is_registered(self) -> None:
        line = CourseLineFactory.create(request__claim__confirmed=True)
        AgreementFactory.create(lea=line.request.lea, provider=line.course.provider)
        with pytest.raises(actions.NotApproved):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert not RosterLine.objects.visible_to(provider_of(line)).exists()

    def test_what_the_family_pays_is_not_sent_by_the_district(self) -> None:
        line = ready_line(basis=Basis.PRIVATE, over_full_load=True)
        with pytest.raises(actions.FamilyPays):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert not RosterLine.objects.exists()

    @pytest.mark.rule("R-29")
    @pytest.mark.parametrize("trait", ["data_clerk", "decider", "special_education", "host_staff"])
    def test_other_hats_of_the_district_do_not_register(self, trait: str) -> None:
        line = ready_line()
        with pytest.raises(actions.OnlyStaffRegisters):
            actions.register(line.pk, by=coordinator_of(line, **{trait: True}), at=AT)

    @pytest.mark.rule("R-29")
    def test_neither_the_parent_nor_another_district_nor_the_provider_registers(self) -> None:
        line = ready_line()
        parent = MembershipFactory.create(user=line.request.claim.claimant)
        stranger = MembershipFactory.create(coordinator=True)
        for hat in (parent, stranger, provider_of(line)):
            with pytest.raises(actions.OnlyStaffRegisters):
                actions.register(line.pk, by=hat, at=AT)
        assert not RosterLine.objects.exists()

    def test_nobody_registers_a_child_of_their_own(self) -> None:
        line = ready_line()
        own = MembershipFactory.create(
            coordinator=True,
            user=line.request.claim.claimant,
            organization=line.request.lea.organization,
        )
        with pytest.raises(actions.OwnChild):
            actions.register(line.pk, by=own, at=AT)
        assert not RosterLine.objects.exists()

    @pytest.mark.rule("R-30")
    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"request__claim__confirmed": False}, actions.StudentNotConfirmed),
            ({"request__claim__student__mosis_id": None}, actions.MosisIdMissing),
            ({"request__claim__school__lea__contact_email": ""}, actions.ContactMissing),
        ],
    )
    def test_nothing_is_sent_while_something_is_missing(
        self, changes: dict[str, Any], refusal: type[Refusal]
    ) -> None:
        line = ready_line(**changes)
        with pytest.raises(refusal):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert not RosterLine.objects.exists()
        assert not Disclosure.objects.exists()

    @pytest.mark.rule("R-137")
    def test_without_a_data_agreement_on_that_day_nothing_is_sent(self) -> None:
        line = ready_line(agreement=False)
        AgreementFactory.create(
            lea=line.request.lea, provider=line.course.provider, valid_to=dt.date(2026, 11, 4)
        )
        AgreementFactory.create(lea=line.request.lea)
        with pytest.raises(actions.NoDataAgreement):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert not RosterLine.objects.exists()

    @pytest.mark.rule("R-93")
    def test_nothing_goes_to_a_provider_that_may_not_teach(self) -> None:
        line = ready_line()
        running = RosterLineFactory.create(running=True, line__course=line.course)
        SanctionFactory.create(provider=line.course.provider, valid_from=AT.date())
        with pytest.raises(actions.ProviderNotAuthorized):
            actions.register(line.pk, by=coordinator_of(line), at=AT)
        assert list(RosterLine.objects.all()) == [running]
        assert not Disclosure.objects.filter(student=line.request.claim.student).exists()
        running.line.refresh_from_db()
        assert running.line.state == LineState.ACTIVE  # who is in a course stays in it

    def test_everything_that_is_missing_is_told_at_once(self) -> None:
        line = ready_line(
            agreement=False, request__claim__confirmed=False, request__claim__school__lea__contact_name=""
        )
        missing = actions.what_is_missing(line, at=AT)
        assert [type(refusal) for refusal in missing] == [
            actions.StudentNotConfirmed,
            actions.ContactMissing,
            actions.NoDataAgreement,
        ]


class TestConfirm:
    def test_the_provider_confirms_and_everybody_hears(self) -> None:
        roster_line = RosterLineFactory.create()
        staff = provider_of(roster_line.line)
        teacher = TeacherFactory.create(organization=staff.organization)
        actions.confirm(
            roster_line.pk,
            by=staff,
            at=AT,
            starts_on=dt.date(2027, 1, 5),
            section="3B",
            teacher_id=teacher.pk,
        )
        roster_line = RosterLine.objects.get()
        assert (roster_line.state, roster_line.teacher, roster_line.confirmed_by) == (
            RosterState.CONFIRMED,
            teacher,
            staff,
        )
        assert roster_line.clock.stopped_at == AT
        line = CourseLine.objects.get()
        assert (line.state, line.starts_on, line.ends_on, line.section, line.teacher_name) == (
            LineState.CONFIRMED,
            dt.date(2027, 1, 5),
            line.request.term.ends_on,
            "3B",
            teacher.name,
        )
        told = Notice.objects.order_by("pk").values_list("user", flat=True)
        assert list(told) == [roster_line.line.request.claim.claimant_id, roster_line.sent_by.user_id]

    def test_confirmed_twice_is_confirmed_once(self) -> None:
        roster_line = RosterLineFactory.create()
        staff = provider_of(roster_line.line)
        teacher = TeacherFactory.create(organization=staff.organization)
        answer: dict[str, Any] = {"by": staff, "at": AT, "section": "A", "teacher_id": teacher.pk}
        actions.confirm(roster_line.pk, starts_on=dt.date(2027, 1, 5), **answer)
        with pytest.raises(actions.AlreadyConfirmed):
            actions.confirm(roster_line.pk, starts_on=dt.date(2027, 1, 6), **answer)
        assert CourseLine.objects.get().starts_on == dt.date(2027, 1, 5)

    @pytest.mark.rule("R-99")
    def test_of_code_50_the_provider_names_a_teacher_of_its_own(self) -> None:
        roster_line = RosterLineFactory.create()
        answer: dict[str, Any] = {"by": provider_of(roster_line.line), "at": AT, "section": "A"}
        with pytest.raises(actions.NoTeacherNamed):
            actions.confirm(roster_line.pk, starts_on=dt.date(2027, 1, 5), **answer)
        stranger = TeacherFactory.create()
        with pytest.raises(actions.NotYourTeacher):
            actions.confirm(roster_line.pk, starts_on=dt.date(2027, 1, 5), teacher_id=stranger.pk, **answer)
        assert RosterLine.objects.get().state == RosterState.SENT

    def test_a_course_does_not_end_before_it_starts(self) -> None:
        roster_line = RosterLineFactory.create(line__course__curriculum_only=True)
        with pytest.raises(actions.EndsBeforeItStarts):
            actions.confirm(
                roster_line.pk,
                by=provider_of(roster_line.line),
                at=AT,
                starts_on=dt.date(2027, 1, 5),
                ends_on=dt.date(2027, 1, 4),
                section="A",
            )

    @pytest.mark.rule("R-134")
    def test_another_provider_neither_sees_nor_confirms(self) -> None:
        roster_line = RosterLineFactory.create()
        stranger = MembershipFactory.create(provider_staff=True)
        assert not RosterLine.objects.visible_to(stranger).exists()
        with pytest.raises(actions.NotYourRoster):
            actions.confirm(roster_line.pk, by=stranger, at=AT, starts_on=dt.date(2027, 1, 5), section="A")
