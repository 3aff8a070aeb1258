"""Two full-time programs and forty students: drafts, applications, refusals, moves, students in class, and ends."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import cycle

from django.core.files.base import ContentFile

from enrollment.full_time import actions as full_time
from enrollment.full_time.models import (
    EnrollmentState,
    OperatingBasis,
    Outcome,
    PaperKind,
    PolicyKind,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    ReviewOutcome,
)
from enrollment.records import actions as records
from enrollment.records.models import Claim, Relationship
from enrollment.transfers import actions as transfers
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LegalKey,
    LegalValue,
    School,
    SchoolYear,
)

from .people import hat_of
from .places import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK, lea
from .requests import Child, Stage
from .times import ONE_DAY, noon, term_to_ask_for

HARROW_VIRTUAL, COMPASS_ONLINE = "Harrow Springs Virtual School", "Compass Point Online"
HOSTS = {
    HARROW_VIRTUAL: ("priya.nair@harrowsprings.example", "noah.fielding@harrowsprings.example"),
    COMPASS_ONLINE: ("tessa.quill@compasspoint.example", "tessa.quill@compasspoint.example"),
}
APPLICANT = "mira.solano@family.example"  # has a card: her children are the ones to look at first
FAMILIES = (
    "marcus.bell@family.example",
    "yuki.tanaka@family.example",
    "rosa.delgado@family.example",
    "peter.novak@family.example",
    "amara.obi@family.example",
    "gwen.sawyer@family.example",
    "omar.farouk@family.example",
    "bianca.rossi@family.example",
    "iris.hammond@family.example",
    "carl.lindahl@family.example",
)
NAMES = """
Alma Basil Cleo Dario Elke Fynn Gemma Hugo Imke Jasper Kira Lennard Malia Nico Orla Pablo Quinn Rhea Silas Tove
Ulises Vera Wim Xenia Yara Zoltan Amos Britt Cosmo Delia Emil Freya Gus Hana Ivo Juno Kofi Lotte Milo Nell
"""
FIRST_NAMES = NAMES.split()
COURSES = ("English", "Mathematics", "Science", "Social studies", "Spanish", "Art")
AN_HOUR = (60, 60, 60, 60, 60, 0, 0)
SCAN = b"%PDF-1.7\n% an invented paper of the demo\n"
BASIS = "The student works alone and on time, and an adult is at home during the school day."
REFUSAL = (
    "The student needs daily help in person, which the program cannot give from a distance this semester."
)
OPTIONS = "A smaller class at the student's school, and half days there."


@dataclass(frozen=True)
class Applicant:
    """A child of a family of the demo, who applies to a program from a district."""

    claim: Claim
    program: Program
    stage: Stage

    @cached_property
    def family(self) -> Membership:
        assert self.claim.claimant is not None  # families of the demo have accounts
        return hat_of(self.claim.claimant.email, Role.PARENT)

    @cached_property
    def host(self) -> Membership:
        return hat_of(HOSTS[self.program.name][0], Role.HOST_STAFF)

    @cached_property
    def colleague(self) -> Membership:
        """Of the host, for what the first one may not do."""
        return hat_of(HOSTS[self.program.name][1], Role.HOST_STAFF)

    @cached_property
    def resident(self) -> Membership:
        return hat_of(
            "nadia.petrov@walnutfork.example"
            if self.stage.district == WALNUT_FORK
            else "ben.carver@harrowsprings.example",
            Role.COORDINATOR,
        )


def build_full_time(at: dt.datetime) -> None:
    harrow, compass = _programs(at)
    walnut, springs = Stage(WALNUT_FORK, at=at), Stage(HARROW_SPRINGS, at=at)
    own = _children([APPLICANT], Relationship.MOTHER, ["Solano"])
    many = _children(
        FAMILIES, Relationship.FATHER, [name.split("@")[0].split(".")[1].title() for name in FAMILIES]
    )
    # Hers first: what a visitor looks at.
    _draft(_next(own, harrow, walnut))
    apply_for(_next(own, harrow, walnut), days=-3)
    _enrolled(_next(own, compass, walnut), days=-40)
    # Then one in each state, and enough of those in class.
    for program, stage in ((harrow, walnut), (compass, springs)):
        _draft(_next(many, program, stage))
        apply_for(_next(many, program, stage), days=-1, iep=True)
        apply_for(_next(many, program, stage), days=-8, survey=False)
        apply_for(_next(many, program, stage), days=-9, foster=True)
        informed(_next(many, program, stage), days=-6, after=-4)
        apply_for(_next(many, program, stage), days=-12)  # the days to inform are over: to decide
        informed(_next(many, program, stage), days=-14, after=-2)  # late
        full_time.cancel(apply_for(_next(many, program, stage), days=-7).pk, at=stage.on(-5))
        admit(_next(many, program, stage), days=-20, first_day=8)
        who = _next(many, program, stage)
        record_exit(who, admit(who, days=-22, first_day=6), days=-3)
        for _number in range(7):
            _enrolled(_next(many, program, stage), days=-45)
    _refusals(many, harrow, walnut)
    _ends(many, compass, springs)


# Programs -------------------------------------------------------------------------------------------


def _programs(at: dt.datetime) -> tuple[Program, Program]:
    harrow = _open(
        HARROW_VIRTUAL,
        HARROW_SPRINGS,
        grades=(0, 12),
        about="A public school at home for the whole state, with live lessons every morning.",
        at=at,
    )
    compass = _open(
        COMPASS_ONLINE,
        COMPASS_POINT,
        grades=(6, 12),
        about="A small charter program for grades 6 to 12 that goes at the student's pace.",
        at=at,
    )
    return harrow, compass


def _open(name: str, district: str, *, grades: tuple[int, int], about: str, at: dt.datetime) -> Program:
    site = f"https://{name.lower().replace(' ', '-')}.example"
    program = full_time.open_program(
        name=name,
        school=School.objects.select_related("lea").get(lea=lea(district), state_school_id="7500"),
        provider=None,
        active_from=(at - 300 * ONE_DAY).date(),
        grades_low=grades[0],
        grades_high=grades[1],
        about=about,
        conditions="Lives in Missouri\nNot expelled or suspended for more than ten days\nImmunized as state law asks",
        review_process="Write to the head of the program within ten days. Somebody who did not decide looks again.",
        website=f"{site}/",
        contact_name="The office of the program",
        contact_email=f"office@{site.removeprefix('https://')}",
        contact_phone="573-555-0188",
        students_per_teacher=22,
        operating_basis=OperatingBasis.YEARLY,
        attendance_method="Teachers record attendance every school day.",
        interaction="Live lessons every day, phone calls each week, field trips and clubs.",
        is_correspondence=False,
        inactive_days=LegalValue.objects.whole(LegalKey.INACTIVITY_DAYS, on=at.date()),
    )
    for kind in PolicyKind:
        full_time.publish_policy(
            program.pk,
            kind=kind,
            version="2022",
            url=f"{site}/policies/{kind}",
            valid_from=(at - 300 * ONE_DAY).date(),
        )
    return program


# Children -------------------------------------------------------------------------------------------


def _children(
    emails: Sequence[str], relationship: Relationship, last_names: Sequence[str]
) -> Iterator[tuple[str, Relationship, Child]]:
    """One child after the other, the families in turn."""
    families = cycle(zip(emails, last_names, strict=True))
    schools = cycle([("1050", 10), ("3000", 7)])
    offset = 0 if len(emails) > 1 else len(FIRST_NAMES) - 3
    for number, first_name in enumerate(FIRST_NAMES[offset:] + FIRST_NAMES[:offset]):
        email, last_name = next(families)
        school, grade = next(schools)
        birthday = (1 + number % 12, 1 + number % 28)
        yield email, relationship, Child(first_name, last_name, grade + 5, birthday, grade, school)


def _next(children: Iterator[tuple[str, Relationship, Child]], program: Program, stage: Stage) -> Applicant:
    email, relationship, child = next(children)
    claim = records.add_claim(
        by=hat_of(email, Role.PARENT),
        relationship=relationship,
        first_name=child.first_name,
        last_name=child.last_name,
        birth_date=stage.born(child),
        grade=child.grade,
        school=stage.school(child),
        at=stage.on(-50),
    )
    return Applicant(claim, program, stage)


# What people do -------------------------------------------------------------------------------------


def _draft(who: Applicant) -> ProgramApplication:
    return full_time.start_application(
        who.claim.pk,
        program_id=who.program.pk,
        term_id=who.stage.term.pk,
        by=who.family,
        at=who.stage.on(-2),
    )


def apply_for(
    who: Applicant, *, days: int, survey: bool = True, iep: bool = False, foster: bool = False
) -> ProgramApplication:
    """Signed and sent on the business day `days` from today."""
    at = who.stage.on(days)
    term = term_to_ask_for(who.stage.day(days))
    application = full_time.start_application(
        who.claim.pk, program_id=who.program.pk, term_id=term.pk, by=who.family, at=at
    )
    full_time.answer_draft(
        application.pk,
        is_homeless=False,
        is_in_foster_care=foster,
        has_iep_or_504=iep,
        prior_semester="attended",
        in_person_courses="",
        asks_for_sports=days % 3 == 0,
        note="",
        at=at,
    )
    for kind in (PaperKind.BIRTH, PaperKind.RESIDENCY):
        paper = ContentFile(SCAN + kind.encode(), name=f"{kind}.pdf")
        full_time.add_paper(application.pk, paper, kind=kind, by=who.family, at=at)
    if survey:
        reasons = list(
            CodeMeaning.objects.of(CodeSet.SURVEY_REASON, on=who.stage.today).values_list("pk", flat=True)
        )
        full_time.answer_survey(
            application.pk, student=reasons[:2], parent=reasons[1:3], words="", by=who.family, at=at
        )
    return full_time.submit(
        application.pk, by=who.family, signed_name=who.family.user.name, releases_records=True, at=at
    )


def informed(who: Applicant, *, days: int, after: int) -> ProgramApplication:
    """Applied on the business day `days` from today; the resident district informed the program on `after`."""
    application = apply_for(who, days=days)
    full_time.inform(
        application.pk,
        information="Reads well above grade level. Needs a quiet place and a fixed start of the day.",
        by=who.resident,
        at=who.stage.on(after),
    )
    return application


def decide(
    who: Applicant, application: ProgramApplication, outcome: Outcome, *, days: int, first_day: dt.date | None
) -> None:
    full_time.determine(
        application.pk,
        outcome=outcome,
        basis=BASIS if outcome == Outcome.ADMITTED else REFUSAL,
        in_person_options=OPTIONS,
        starts_on=first_day,
        by=who.host,
        at=who.stage.on(days),
    )


def admit(who: Applicant, *, days: int, first_day: int) -> ProgramEnrollment:
    """Applied on the business day `days` from today, decided twelve later; `first_day` counts from today, too."""
    application = apply_for(who, days=days)
    decide(who, application, Outcome.ADMITTED, days=days + 12, first_day=who.stage.day(first_day))
    enrollment = ProgramEnrollment.objects.get(application=application)
    _add_number(who, enrollment)
    return enrollment


def _add_number(who: Applicant, enrollment: ProgramEnrollment) -> None:
    """The program made the record of a child that the district had not confirmed; the district adds the number."""
    records.set_mosis_id(enrollment.student_id, by=who.resident, mosis_id=f"99209{enrollment.pk:05d}")


def record_exit(who: Applicant, enrollment: ProgramEnrollment, *, days: int) -> None:
    full_time.record_exit(
        enrollment.pk, on=enrollment.starts_on - ONE_DAY, by=who.resident, at=who.stage.on(days)
    )


def _enrolled(who: Applicant, *, days: int) -> ProgramEnrollment:
    """Applied on that business day, decided twelve later, entered three after that, with six courses."""
    enrollment = admit(who, days=days, first_day=days + 15)
    first_day = enrollment.starts_on
    year = SchoolYear.objects.get(starts_on__lte=first_day, ends_on__gte=first_day)
    full_time.make_schedule(
        enrollment.pk,
        [
            full_time.CoursePlan(
                title=title,
                credit=Decimal(1),
                starts_on=first_day,
                ends_on=year.ends_on,
                minutes=AN_HOUR,
            )
            for title in COURSES
        ],
        school_year=year,
        valid_from=first_day,
        by=who.host,
        at=who.stage.on(days + 13),
    )
    record_exit(who, enrollment, days=days + 14)
    return full_time.enter(enrollment.pk, by=who.host, at=noon(first_day))


def _refusals(children: Iterator[tuple[str, Relationship, Child]], program: Program, stage: Stage) -> None:
    """Three refusals: one that stands, one that the family asked to look at again, one that was reversed."""
    refused = []
    for days in (-30, -16, -32):
        who = _next(children, program, stage)
        application = apply_for(who, days=days)
        decide(who, application, Outcome.REFUSED, days=days + 12, first_day=None)
        refused.append((who, application))
    (_stands, _first), (asker, asked), (winner, reversed_) = refused
    reasons = "Since then my mother moved in with us: an adult is at home all day."
    full_time.ask_for_review(asked.pk, reasons=reasons, by=asker.family, at=stage.on(-2))
    review = full_time.ask_for_review(reversed_.pk, reasons=reasons, by=winner.family, at=stage.on(-15))
    full_time.answer_review(
        review.pk,
        outcome=ReviewOutcome.REVERSED,
        answer="With an adult at home the help that the student needs is there. We admit the student.",
        starts_on=stage.day(5),
        by=winner.colleague,
        at=stage.on(-10),
    )
    _add_number(winner, ProgramEnrollment.objects.get(application=reversed_))


def _ends(children: Iterator[tuple[str, Relationship, Child]], program: Program, stage: Stage) -> None:
    """A withdrawal and a graduation."""
    for how, why in (
        (EnrollmentState.WITHDRAWN, "The family moved to another state."),
        (EnrollmentState.GRADUATED, "All credits are earned."),
    ):
        who = _next(children, program, stage)
        enrollment = _enrolled(who, days=-50)
        transfers.end_enrollment(
            enrollment.pk, how=how, on=stage.day(-4), why=why, by=who.host, at=stage.on(-4)
        )
