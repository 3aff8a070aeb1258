"""What waits in the full-time track: one function per kind of thing, as in `waiting`."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from enrollment.attendance.models import Placement, PlacementState
from enrollment.full_time.models import (
    ApplicationState,
    EnrollmentState,
    ProgramApplication,
    ProgramApplicationQuerySet,
    ProgramEnrollment,
    ProgramPolicy,
    ProgramReview,
    RecordsRequest,
    RecordsRequestQuerySet,
)
from mocap_portal.foundation.accounts.models import Membership

from .blocks import MOST, Block, Item


def own_applications(hat: Membership, today: dt.date) -> Block:
    """Applications of the family that wait for it, or for others."""
    rows = ProgramApplication.objects.visible_to(hat).filter(
        state__in=[ApplicationState.DRAFT, ApplicationState.APPLIED]
    )
    rows = rows.select_related("claim", "program", "input_clock", "survey").order_by("-started_at", "-pk")
    items = []
    for row in rows[: MOST + 1]:
        names = {"number": row.number, "child": row.claim.full_name, "program": row.program}
        if row.state == ApplicationState.DRAFT:
            what, about = _("Finish and send the application for %(child)s, %(program)s"), ""
        elif not hasattr(row, "survey"):
            what = _("Application %(number)s for %(child)s, %(program)s")
            about = _("Answer the survey of reasons: the program may not decide before.")
        else:
            what, about = _("Application %(number)s for %(child)s, %(program)s"), _("The program decides.")
        items.append(Item(what % names, reverse("full_time:status", args=[row.pk]), about=about))
    return Block(_("Your applications to full-time programs"), items, "full_time:applications")


def to_determine(hat: Membership, today: dt.date) -> Block:
    """Applications that the host may decide, or soon: the resident district's last day stands beside them."""
    rows = _open(ProgramApplication.objects.visible_to(hat).about_others(hat))
    items = [
        Item(
            _("Decide about application %(number)s") % {"number": row.number},
            reverse("full_time:review", args=[row.pk]),
            about=f"{row.claim.full_name}, {row.program}",
        )
        for row in rows[: MOST + 1]
    ]
    return Block(_("Applications to decide"), items, "full_time:inbox")


def to_look_again(hat: Membership, today: dt.date) -> Block:
    """Refusals that a family asked the host to look at again (R-71)."""
    visible = ProgramApplication.objects.visible_to(hat).about_others(hat)
    rows = ProgramReview.objects.filter(outcome="", application__in=visible)
    items = [
        Item(
            _("Look again at application %(number)s") % {"number": row.application.number},
            reverse("full_time:look_again", args=[row.pk]),
            due_on=row.clock.due_on,
        )
        for row in rows.select_related("application", "clock").order_by("clock__due_on", "pk")[: MOST + 1]
    ]
    return Block(_("Decisions to look at again"), items, "full_time:inbox")


def to_enter(hat: Membership, today: dt.date) -> Block:
    """Students who were admitted: their schedule, and their entry on the first day."""
    rows = ProgramEnrollment.objects.run_by(hat).filter(state=EnrollmentState.MOVING)
    items = [
        Item(
            _("Make the schedule of %(student)s and enroll the student") % {"student": row.student},
            reverse("full_time:enrollment", args=[row.pk]),
            due_on=row.starts_on,
        )
        for row in rows.select_related("student").order_by("starts_on", "pk")[: MOST + 1]
    ]
    return Block(_("Admitted students to enroll"), items, "full_time:enrollments")


def sports_notices(hat: Membership, today: dt.date) -> Block:
    """Students whose family asked for the notice to MSHSAA that nobody has recorded yet."""
    rows = ProgramEnrollment.objects.run_by(hat).sports_notices_to_send()
    items = [
        Item(
            _("Send MSHSAA the notice about %(student)s, and record the day") % {"student": row.student},
            reverse("full_time:sports_notice", args=[row.pk]),
            about=str(row.program),
        )
        for row in rows.select_related("student", "program").order_by("starts_on", "pk")[: MOST + 1]
    ]
    return Block(_("Notices to MSHSAA about sports"), items, "full_time:enrollments")


def broken_policies(hat: Membership, today: dt.date) -> Block:
    """Policies in force whose address did not open last night."""
    rows = ProgramPolicy.objects.on(today).filter(program__host=hat.organization_id).exclude(problem="")
    items = [
        Item(
            _("Correct the address of “%(policy)s”") % {"policy": row.get_kind_display()},
            reverse("full_time:own_program", args=[row.program_id]),
            about=row.problem,
        )
        for row in rows.order_by("kind", "pk")[: MOST + 1]
    ]
    return Block(_("Policies that do not open"), items, "full_time:own_programs")


def to_inform(hat: Membership, today: dt.date) -> Block:
    """Applications about which the resident district may still inform a program (R-37)."""
    rows = _open(ProgramApplication.objects.visible_to(hat).about_others(hat)).filter(
        inputs__isnull=True, input_clock__due_on__gte=today
    )
    items = [
        Item(
            _("Inform %(program)s about application %(number)s")
            % {"program": row.program, "number": row.number},
            reverse("full_time:resident_application", args=[row.pk]),
            about=row.claim.full_name,
            due_on=row.input_clock.due_on if row.input_clock else None,
        )
        for row in rows.order_by("input_clock__due_on", "pk")[: MOST + 1]
    ]
    return Block(_("Applications to full-time programs"), items, "full_time:resident_inbox")


def exits(hat: Membership, today: dt.date) -> Block:
    """Students whom a program admitted and whose last day on the district's roll is not recorded."""
    rows = ProgramEnrollment.objects.visible_to(hat).exits_to_record()
    items = [
        Item(
            _("Record the exit of %(student)s") % {"student": row.student},
            reverse("full_time:exit", args=[row.pk]),
            about=str(row.program),
            due_on=row.starts_on,
        )
        for row in rows.select_related("student", "program").order_by("starts_on", "pk")[: MOST + 1]
    ]
    return Block(_("Students who leave for a full-time program"), items, "full_time:enrollments")


def records_to_send(hat: Membership, today: dt.date) -> Block:
    """Records that a full-time program asks of the district, due soonest first (R-48)."""
    items = [
        Item(
            _("Send the records of %(child)s (application %(number)s)") % _names(request),
            reverse("full_time:answer_records", args=[request.pk]),
            about=request.application.program.name,
            due_on=request.clock.due_on,
        )
        for request in _records(hat)[: MOST + 1]
    ]
    return Block(_("Records to send"), items, "full_time:records_requests")


def late_records(hat: Membership, today: dt.date) -> Block:
    """Records that a resident district should have sent (R-48)."""
    items = [
        Item(
            _("Records of %(child)s (application %(number)s) are late") % _names(request),
            reverse("full_time:records", args=[request.application_id]),
            about=str(request.asked_lea),
            due_on=request.clock.due_on,
        )
        for request in _records(hat).filter(clock__due_on__lt=today)[: MOST + 1]
    ]
    return Block(_("Records that are late"), items, "full_time:records_requests")


def late_options(hat: Membership, today: dt.date) -> Block:
    """Disenrolled students whose district has not sent the family its options in time (R-59), without the name."""
    rows = (
        Placement.objects.filter(
            enrollment__in=ProgramEnrollment.objects.visible_to(hat),
            state=PlacementState.OPEN,
            clock__due_on__lt=today,
        )
        .select_related("enrollment__application", "lea__organization", "clock")
        .order_by("clock__due_on", "pk")
    )
    items = [
        Item(
            _("The family of application %(number)s has no options yet")
            % {"number": row.enrollment.application.number},
            reverse("full_time:enrollment", args=[row.enrollment_id]),
            about=str(row.lea),
            due_on=row.clock.due_on,
        )
        for row in rows[: MOST + 1]
    ]
    return Block(_("Disenrolled students whose district is late"), items, "full_time:enrollments")


def _open(applications: ProgramApplicationQuerySet) -> ProgramApplicationQuerySet:
    rows = applications.filter(state=ApplicationState.APPLIED)
    return rows.select_related("claim", "program", "input_clock").order_by("submitted_at", "pk")


def _records(hat: Membership) -> RecordsRequestQuerySet:
    """Requests for records without an answer, due soonest first; none about a child of one's own."""
    return (
        RecordsRequest.objects.visible_to(hat)
        .wanted()
        .filter(application__in=ProgramApplication.objects.about_others(hat))
        .select_related("application__claim", "application__program", "clock__lea__organization")
        .order_by("clock__due_on", "pk")
    )


def _names(request: RecordsRequest) -> dict[str, str]:
    return {"child": request.application.claim.full_name, "number": request.application.number}
