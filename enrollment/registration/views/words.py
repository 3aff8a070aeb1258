"""What the pages of a registration say: what was told, how the course stands, what is missing and who mends it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.views.staff import KEEPING_ROLES
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.clocks.why import Why, why
from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day, moment_words
from providers.models import Instruction

from .. import actions
from ..models import Extension, RosterLine, RosterState

CONTACT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)  # who may open state_map:change_contact
AGREEMENT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)  # who may open providers:agreements

# The kind of status (foundation/ui) that the state of a registration means to who reads it.
KINDS = {
    RosterState.SENT: "waiting",
    RosterState.CONFIRMED: "good",
    RosterState.RUNNING: "good",
    RosterState.FINISHED: "good",
    RosterState.ENDED: "off",
}
LINE_KINDS = {
    LineState.APPROVED: "todo",
    LineState.REGISTERED: "waiting",
    LineState.CONFIRMED: "good",
    LineState.ACTIVE: "good",
    LineState.FINISHED: "todo",
    LineState.COMPLETED: "good",
}


@dataclass(frozen=True)
class Missing:
    """What keeps a course from going on, and the page where this hat mends it (empty: somebody else does)."""

    sentence: str
    url: str


@dataclass(frozen=True)
class Act:
    """What can be done about a course now: words of the link, and the page."""

    label: str
    url: str


def why_due(clock: Clock | None) -> Why | None:
    """Why a last day is what it is; None once nobody waits for it."""
    return why(clock) if clock is not None and clock.stopped_at is None else None


def to_mend(line: CourseLine, missing: Iterable[Refusal], *, hat: Membership) -> list[Missing]:
    return [Missing(str(refusal.sentence), place_to_mend(refusal, line, hat=hat)) for refusal in missing]


def place_to_mend(refusal: Refusal, line: CourseLine, *, hat: Membership) -> str:
    claim = line.request.claim
    match refusal:
        case actions.StudentNotConfirmed():
            return reverse("records:claim", args=[claim.pk])
        case actions.MosisIdMissing():
            return reverse("records:mosis_id", args=[claim.student_id])
        case actions.ContactMissing() if hat.role in CONTACT_ROLES:
            return reverse("state_map:change_contact")
        case actions.NoDataAgreement() if hat.role in AGREEMENT_ROLES:
            return reverse("providers:agreements")
        case _:
            return place_to_mend_a_start(refusal, line, hat=hat)


def place_to_mend_a_start(refusal: Refusal, line: CourseLine, *, hat: Membership) -> str:
    match refusal:
        case actions.LearningPlanMissing() if hat.role in KEEPING_ROLES:
            return reverse("records:learning_plan", args=[line.request.claim.student_id])
        case actions.DistrictTeacherMissing() | actions.TeacherMissing() if names_teacher(line, hat):
            return reverse("registration:teacher", args=[line.roster_line.pk])
        case actions.CertificateNotValid(teacher=teacher) if names_teacher(line, hat):
            return reverse("registration:renew", args=[teacher.pk])
        case _:
            return ""


def names_teacher(line: CourseLine, hat: Membership) -> bool:
    """Whether this hat's side says who teaches the course (R-99)."""
    return hat.is_lea == (line.course.instruction == Instruction.CURRICULUM_ONLY)


# What was told ------------------------------------------------------------------------------------


def to_tell(line: CourseLine) -> list[dict[str, str]]:
    """What the provider would be told today. The family's words are not told: only a confirmed student is."""
    student, lea = line.request.claim.student, line.request.lea
    unknown = _("Not known yet")
    return told_rows(
        line,
        name=str(student or unknown),
        mosis_id=(student and student.mosis_id) or unknown,
        birth_date=long_day(student.birth_date) if student else unknown,
        grade=grade_words(student.grade) if student else unknown,
        contact=[lea.contact_name or unknown, lea.contact_email, lea.contact_phone],
    )


def told(roster_line: RosterLine) -> list[dict[str, str]]:
    """What the provider was told, as it was told."""
    return told_rows(
        roster_line.line,
        name=roster_line.student_name,
        mosis_id=roster_line.mosis_id,
        birth_date=long_day(roster_line.birth_date),
        grade=grade_words(roster_line.grade),
        contact=[roster_line.contact_name, roster_line.contact_email, roster_line.contact_phone],
    )


def told_rows(
    line: CourseLine, *, name: str, mosis_id: str, birth_date: str, grade: str, contact: list[str]
) -> list[dict[str, str]]:
    course = line.course
    return [
        {"term": _("Student"), "value": name},
        {"term": _("MOSIS ID"), "value": mosis_id},
        {"term": _("Birth date"), "value": birth_date},
        {"term": _("Grade"), "value": grade},
        {"term": _("Course"), "value": f"{course.title}\n{course.provider_course_code}"},
        {"term": _("Contact in the district"), "value": "\n".join(filter(None, contact))},
    ]


def grade_words(grade: int) -> str:
    return str(dict(GRADES)[grade])


# How it stands ------------------------------------------------------------------------------------


def how_it_stands(roster_line: RosterLine) -> list[dict[str, str]]:
    """What the provider answered and how the course went, as far as it is known; for district and provider."""
    confirmed = ""
    if roster_line.confirmed_by is not None and roster_line.confirmed_at is not None:
        confirmed = f"{moment_words(roster_line.confirmed_at)}\n{roster_line.confirmed_by.user.name}"
    first = [{"term": _("Confirmed"), "value": confirmed}] if confirmed else []
    return first + how_it_went(roster_line.line, roster_line)


def how_it_went(line: CourseLine, roster_line: RosterLine | None) -> list[dict[str, str]]:
    """The days, the teacher and the result of a course, as far as they are known; the family reads them too."""
    result = roster_line.get_result_display() if roster_line and roster_line.result else ""
    percent = "" if line.percent_complete is None else f"{line.percent_complete} %"
    rows = [
        (_("First day of the course"), _day(line.starts_on)),
        (_("Last day of the course"), _day(line.ends_on)),
        (_("Section"), line.section),
        (_("Teacher"), teacher_words(roster_line) if roster_line else ""),
        (_("Started"), _day(line.started_on)),
        (_("Last day of the student"), _day(line.ended_on)),
        (_("Why it ended"), line.end_reason),
        (_("How far the student came"), result),
        (_("Percent of the course that is complete"), percent),
        (_("Final grade"), line.final_grade),
        (_("Credit earned"), "" if line.credit_earned is None else str(line.credit_earned)),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def teacher_words(roster_line: RosterLine) -> str:
    teacher = roster_line.teacher
    if teacher is not None:
        return _("%(name)s, Missouri certificate valid until %(day)s") % {
            "name": teacher.name,
            "day": long_day(teacher.valid_to),
        }
    if roster_line.line.course.instruction == Instruction.CURRICULUM_ONLY:
        return _("The district's own teacher, not named yet")
    return roster_line.line.teacher_name


def extension_words(extensions: Iterable[Extension]) -> list[str]:
    """Each time the last day moved: to which day, why, and who agreed."""
    return [
        _("From %(was)s to %(day)s. %(reason)s Agreed by %(name)s (%(party)s).")
        % {
            "was": long_day(one.was),
            "day": long_day(one.ends_on),
            "reason": one.reason if one.reason.endswith((".", "!", "?")) else f"{one.reason}.",
            "name": one.agreed_name,
            "party": one.get_agreed_by_display(),
        }
        for one in extensions
    ]


def _day(day: dt.date | None) -> str:
    return long_day(day) if day else ""


def acts_of_both(roster_line: RosterLine) -> list[Act]:
    """What district and provider can do alike about a course that goes on."""
    if roster_line.state not in {RosterState.CONFIRMED, RosterState.RUNNING}:
        return []
    return [
        Act(_("Move the last day"), reverse("registration:extend", args=[roster_line.pk])),
        Act(
            _("End the course: it does not serve the student"),
            reverse("registration:remove", args=[roster_line.pk]),
        ),
    ]
