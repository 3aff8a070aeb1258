"""What full-time students do and do not: days of attendance, and one student in each kind of trouble."""

import datetime as dt

from enrollment.attendance import actions as attendance
from enrollment.attendance.models import Entry, Flag, InterventionKind
from enrollment.certification import actions as certification
from enrollment.certification.letters import Official
from enrollment.certification.models import LetterRequest
from enrollment.full_time.actions import records, services
from enrollment.full_time.models import (
    Body,
    EnrollmentState,
    FindingOutcome,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    RecordsKind,
)
from enrollment.membership import actions as membership
from mocap_portal.foundation.accounts.models import Membership, Role

from .full_time import APPLICANT, COMPASS_ONLINE, HARROW_VIRTUAL, HOSTS
from .people import hat_of
from .places import HARROW_SPRINGS
from .requests import Stage

DAYS = range(-8, 0)  # of attendance, in business days from today
SILENT_SINCE = -20  # those who stopped working long ago
FEDERAL_OFFICE = "Social Security Administration, local office"


def build_full_time_days(at: dt.datetime) -> None:
    stage = Stage(HARROW_SPRINGS, at=at)
    for name in (HARROW_VIRTUAL, COMPASS_ONLINE):
        program = Program.objects.get(name=name)
        host = hat_of(HOSTS[name][0], Role.HOST_STAFF)
        enrolled = list(
            ProgramEnrollment.objects.filter(program=program, state=EnrollmentState.ENROLLED)
            .select_related("resident_lea", "student")
            .order_by("pk")
        )
        silent = enrolled[1:7] if name == HARROW_VIRTUAL else []
        for enrollment in enrolled:
            days = [SILENT_SINCE] if enrollment in silent else DAYS
            for day in (stage.day(count) for count in days):
                if day >= enrollment.starts_on:
                    _work(enrollment, day, host=host)
        if silent:
            _trouble(silent, program, host=host, stage=stage)
        attendance.flag_program(program.pk, night=stage.today)  # the flags of who is at work again close
        report = membership.make_report(program.pk, count_date=stage.day(-3), by=host, at=stage.on(-2))
        if name == COMPASS_ONLINE:
            membership.send(report.pk, name=host.user.name, by=host, at=stage.on(-1))
    _services(stage)
    _letters(stage)


def _work(enrollment: ProgramEnrollment, day: dt.date, *, host: Membership) -> None:
    """An hour in each course of the schedule."""
    entries = [
        Entry(course.pk, "login" if number % 2 else "assignment", 60)
        for number, course in enumerate(attendance.courses_on(enrollment.pk, day))
    ]
    at = dt.datetime.combine(day, dt.time(22), tzinfo=dt.UTC)
    attendance.record_day(enrollment.pk, day, entries, by=host, at=at)


def _trouble(silent: list[ProgramEnrollment], program: Program, *, host: Membership, stage: Stage) -> None:
    """Six students who stopped working: flagged, told, helped, disenrolled, with options, placed."""
    attendance.flag_program(program.pk, night=stage.day(-12))
    flags = {flag.enrollment_id: flag for flag in Flag.objects.filter(enrollment__in=silent).order_by("pk")}
    steps = [flags[enrollment.pk] for enrollment in silent if enrollment.pk in flags]
    for flag in steps[1:]:
        attendance.notify_family(flag.pk, by=host, at=stage.on(-11))
    for flag in steps[2:]:
        attendance.record_intervention(
            flag.pk,
            by=host,
            at=stage.on(-9),
            kind=InterventionKind.CALL,
            held_on=stage.day(-9),
            tried="Talked with the family about a fixed hour each morning, and set up a tutor.",
        )
    placements = [
        attendance.disenroll(
            flag.pk,
            by=host,
            at=stage.on(-6),
            on=stage.day(-6),
            why="No activity after a notice, a talk and the offer of a tutor.",
        )
        for flag in steps[3:]
    ]
    for place, placement in enumerate(placements[1:]):
        resident = hat_of("nadia.petrov@walnutfork.example", Role.COORDINATOR)
        attendance.send_options(
            placement.pk,
            by=resident,
            at=stage.on(-5),
            options="Your school of last year.\nSingle online courses while at school.\nThe evening program.",
        )
        if place:
            attendance.record_choice(
                placement.pk,
                by=resident,
                at=stage.on(-4),
                choice="The school of last year",
                chosen_on=stage.day(-4),
            )
            attendance.place(placement.pk, by=resident, at=stage.on(-3), on=stage.day(-3))


def _services(stage: Stage) -> None:
    """Of the students with a plan one waits for the team, for the other an agreement waits for a signature."""
    with_plan = ProgramApplication.objects.filter(has_iep_or_504=True, state="applied")
    first, *_others = with_plan.select_related("program").order_by("pk")
    host = hat_of(HOSTS[first.program.name][0], Role.HOST_STAFF)
    services.record_finding(
        first.pk,
        by=host,
        at=stage.on(-1),
        after=0,
        outcome=FindingOutcome.VIRTUAL,
        met_on=stage.day(-1),
        finding="Reads aloud with a speech therapist twice a week. All else can be given online.",
        accommodations="Tests are read aloud. Double time.",
    )
    services.draft_agreement(
        first.pk,
        by=host,
        at=stage.on(-1),
        after=0,
        terms=services.Terms(
            starts_on=stage.day(10),
            ends_on=stage.day(60),
            place="At home, and on Tuesdays in room 4 of the middle school.",
            money="The host pays the therapist of the resident district 60 dollars an hour, each month.",
            host_does="Reads tests aloud and gives double time.",
            resident_does="Sends its speech therapist twice a week.",
        ),
        services=[
            services.PlannedService(
                what="Speech therapy",
                minutes_a_week=60,
                served_by=Body.RESIDENT,
                paid_by=Body.HOST,
                place="Room 4 of the middle school",
            )
        ],
    )
    in_foster_care = ProgramApplication.objects.filter(is_in_foster_care=True, state="applied")
    for application in in_foster_care.select_related("program").order_by("pk"):
        by = hat_of(HOSTS[application.program.name][0], Role.HOST_STAFF)
        kinds = [RecordsKind.TRANSCRIPT, RecordsKind.IMMUNIZATION]
        records.ask_for_records(application.pk, by=by, at=stage.on(-2), kinds=kinds)


def _letters(stage: Stage) -> None:
    """The family that a visitor looks at has one letter, and waits for another."""
    family = hat_of(APPLICANT, Role.PARENT)
    enrollment = ProgramEnrollment.objects.select_related("program").get(
        application__claim__claimant=family.user, state=EnrollmentState.ENROLLED
    )
    host = hat_of(HOSTS[enrollment.program.name][0], Role.HOST_STAFF)
    request: LetterRequest = certification.ask(
        enrollment.student_id, by=family, at=stage.on(-5), recipient=FEDERAL_OFFICE
    )
    facts = certification.facts_for(request, on=stage.day(-4))
    certification.issue(
        request.pk,
        by=host,
        at=stage.on(-4),
        official=Official(name=host.user.name, title="Manager of counseling", phone="573-555-0188"),
        seen=facts.digest,
    )
    certification.ask(enrollment.student_id, by=family, at=stage.on(-1), recipient="The family's insurer")
