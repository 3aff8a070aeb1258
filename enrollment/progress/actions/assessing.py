"""State assessments are planned for the students of a program; later each is said to have taken part, or why not."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import StateAssessment


class NoStudentsToPlan(Refusal):
    sentence = _(
        "No student of these grades is enrolled on the first day of the window. Choose other grades or days."
    )


class WindowBackwards(Refusal):
    sentence = _("The last day of the window is before its first day. Check both.")


class NotYourAssessment(Refusal):
    sentence = _("These are not all students of your own program. Choose from your own list.")


class NotOpenYet(Refusal):
    sentence = _("The window has not opened yet. Say who took part once it has.")


class ReasonMissing(Refusal):
    sentence = _("Say why the student did not take part.")


@transaction.atomic
def plan_assessment(
    program_id: int,
    *,
    name: str,
    opens_on: dt.date,
    closes_on: dt.date,
    place: str,
    grades: Collection[int],
    by: Membership,
    at: dt.datetime,
) -> int:
    """Plan it for every student of these grades who is enrolled on the first day. Returns how many are new.

    Who has an assessment of this name in the school year keeps it; none is planned for a child of one's own.
    Raises WindowBackwards, NoStudentsToPlan, SchoolYear.DoesNotExist.
    """
    if closes_on < opens_on:
        raise WindowBackwards
    year = SchoolYear.objects.get(starts_on__lte=opens_on, ends_on__gte=opens_on)
    students = (
        ProgramEnrollment.objects.run_by(by)
        .enrolled_on(opens_on)
        .filter(program=program_id, student__grade__in=grades)
    )
    if not students.exists():
        raise NoStudentsToPlan
    planned = StateAssessment.objects.filter(school_year=year, name=name)
    new = students.exclude(pk__in=planned.values("enrollment")).order_by("pk")
    rows = [
        StateAssessment(
            enrollment=enrollment,
            school_year=year,
            name=name,
            opens_on=opens_on,
            closes_on=closes_on,
            place=place,
            grades=sorted(grades),
            planned_at=at,
            planned_by=by,
        )
        for enrollment in new
    ]
    # A colleague may plan the same at the same time: the table keeps the first.
    StateAssessment.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def plan_latecomers(assessment_id: int, *, on: dt.date, at: dt.datetime) -> int:
    """The plan of this row, for the students of its grades who are enrolled on this day and were not when it was made.
    Returns how many are new.

    As if its planner had planned it again: none for a child of their own. After the window nothing is planned any more.
    """
    plan = (
        StateAssessment.objects.planned_until(on)
        .select_related("enrollment", "planned_by")
        .filter(pk=assessment_id)
        .first()
    )
    if plan is None:
        return 0
    students = (
        ProgramEnrollment.objects.run_by(plan.planned_by)
        .enrolled_on(on)
        .filter(program=plan.enrollment.program_id, student__grade__in=plan.grades)
    )
    planned = StateAssessment.objects.filter(school_year=plan.school_year_id, name=plan.name)
    rows = [
        StateAssessment(
            enrollment=enrollment,
            school_year_id=plan.school_year_id,
            name=plan.name,
            opens_on=plan.opens_on,
            closes_on=plan.closes_on,
            place=plan.place,
            grades=plan.grades,
            planned_at=at,
            planned_by=plan.planned_by,
        )
        for enrollment in students.exclude(pk__in=planned.values("enrollment")).order_by("pk")
    ]
    # Somebody may plan the same at the same time: the table keeps the first.
    StateAssessment.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def record_taken(assessment_ids: Collection[int], *, by: Membership, at: dt.datetime) -> int:
    """These students took part. Returns how many of them nobody had answered for; answers that are there stay.

    Raises NotYourAssessment, NotOpenYet; then nothing changes.
    """
    rows = list(
        StateAssessment.objects.run_by(by)
        .select_for_update(of=("self",))
        .filter(pk__in=assessment_ids)
        .order_by("pk")
    )
    if len(rows) != len(set(assessment_ids)):
        raise NotYourAssessment
    if any(central_date(at) < row.opens_on for row in rows):
        raise NotOpenYet
    return StateAssessment.objects.filter(pk__in=[row.pk for row in rows], taken__isnull=True).update(
        taken=True, recorded_at=at, recorded_by=by
    )


@transaction.atomic
def record_assessment(
    assessment_id: int, *, taken: bool | None, place: str, reason: str = "", by: Membership, at: dt.datetime
) -> StateAssessment:
    """What became of one student's assessment; None takes an answer back. The same again changes nothing.

    Raises NotYourAssessment, NotOpenYet, ReasonMissing (no reason for a student who did not take part).
    """
    row = StateAssessment.objects.run_by(by).select_for_update(of=("self",)).filter(pk=assessment_id).first()
    if row is None:
        raise NotYourAssessment
    if taken and central_date(at) < row.opens_on:
        raise NotOpenYet
    if taken is False and not reason:
        raise ReasonMissing
    answer = (taken, reason if taken is False else "", place)
    if (row.taken, row.reason, row.place) == answer:
        return row
    if (row.taken, row.reason) != answer[:2]:
        row.recorded_at, row.recorded_by = (None, None) if taken is None else (at, by)
    row.taken, row.reason, row.place = answer
    row.save()
    return row
