"""A confirmed course starts on its day, when its teacher is certificated and the student's plan is on file."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enrollment.part_time.actions import following
from enrollment.part_time.models import RUNNING_LINES, CourseLine, LineState
from enrollment.records.models import LearningPlan
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day
from providers.models import Instruction

from ..models import Teacher
from .locking import locked_line, refuse_strangers, roster_line_of


class AlreadyStarted(Refusal):
    sentence = _("This course started already.")


class FirstDayNotCome(Refusal):
    def __init__(self, starts_on: dt.date) -> None:
        sentence = _("The first day of this course is %(day)s. It starts by itself that night.")
        super().__init__(sentence % {"day": long_day(starts_on)})


class TeacherMissing(Refusal):
    sentence = _("The provider has named no teacher. It has to name one with a Missouri certificate.")


class DistrictTeacherMissing(Refusal):
    sentence = _(
        "Your district's own teacher teaches this course. Name that teacher and the Missouri certificate."
    )


class CertificateNotValid(Refusal):
    """`teacher` is whose certificate does not cover the day."""

    def __init__(self, teacher: Teacher, day: dt.date) -> None:
        self.teacher = teacher
        sentence = _("The Missouri certificate on file of %(teacher)s is not valid on %(day)s.")
        super().__init__(sentence % {"teacher": teacher.name, "day": long_day(day)})


class LearningPlanMissing(Refusal):
    def __init__(self, limit: int) -> None:
        sentence = ngettext(
            "More than %(count)d course of this student would run at once. That needs a learning plan (ILP or ICAP) "
            "on file: enter it on the student's page.",
            "More than %(count)d courses of this student would run at once. That needs a learning plan (ILP or ICAP) "
            "on file: enter it on the student's page.",
            limit,
        )
        super().__init__(sentence % {"count": limit})


@dataclass(frozen=True)
class _Known:
    """What decides about starts on a day, for the students of some lines."""

    on: dt.date
    limit: int
    running: dict[int, int]
    planned: frozenset[int]


def what_is_in_the_way(line: CourseLine, *, on: dt.date) -> list[Refusal]:
    """Everything that keeps a confirmed line from running on this day (R-08, R-32)."""
    return in_the_way_by_line([line], on=on)[line.pk]


def in_the_way_by_line(lines: Collection[CourseLine], *, on: dt.date) -> dict[int, list[Refusal]]:
    """The same for many lines, by primary key, in three queries when roster lines, teachers and claims are loaded."""
    students = {line.request.claim.student_id for line in lines}
    running = (
        CourseLine.objects.filter(state__in=RUNNING_LINES, request__claim__student__in=students)
        .values("request__claim__student")
        .annotate(count=Count("pk"))
        .values_list("request__claim__student", "count")
    )
    plans = LearningPlan.objects.filter(student__in=students, made_on__lte=on)
    known = _Known(
        on=on,
        limit=LegalValue.objects.whole(LegalKey.LEARNING_PLAN_OVER, on=on),
        running=dict(running),
        planned=frozenset(plans.values_list("student", flat=True)),
    )
    return {line.pk: list(_in_the_way(line, known)) for line in lines}


def _in_the_way(line: CourseLine, known: _Known) -> Iterator[Refusal]:
    teacher = line.roster_line.teacher
    if teacher is None:
        is_ours = line.course.instruction == Instruction.CURRICULUM_ONLY
        yield DistrictTeacherMissing() if is_ours else TeacherMissing()
    elif not teacher.is_certified_on(known.on):
        yield CertificateNotValid(teacher, known.on)
    student_id = line.request.claim.student_id
    if student_id not in known.planned and known.running.get(student_id or 0, 0) + 1 > known.limit:
        yield LearningPlanMissing(known.limit)


@transaction.atomic
def start(line_id: int, *, at: dt.datetime, on: dt.date, by: Membership | None = None) -> CourseLine:
    """The first day has come: the course runs. `on` is the Central day of the start; `by` is None for the night.

    It counts from the first day that the provider named, unless something was in the way that day.
    Raises OnlyStaffRegisters, OwnChild, AlreadyStarted, NotConfirmed, FirstDayNotCome, and what `what_is_in_the_way`
    names.
    """
    line = locked_line(line_id)
    if by is not None:
        refuse_strangers(line, by=by)
    if line.state == LineState.ACTIVE:
        raise AlreadyStarted
    if line.state != LineState.CONFIRMED or line.starts_on is None:
        raise following.NotConfirmed
    if line.starts_on > on:
        raise FirstDayNotCome(line.starts_on)
    line.roster_line = roster_line_of(line)
    if in_the_way := what_is_in_the_way(line, on=on):
        raise in_the_way[0]
    was_free = not what_is_in_the_way(line, on=line.starts_on)
    following.mark_started(line, by=by, at=at, on=line.starts_on if was_free else on)
    return line


def due_to_start(day: dt.date) -> list[int]:
    """The lines whose first day has come by this day and that do not run yet, the earliest first."""
    lines = CourseLine.objects.filter(state=LineState.CONFIRMED, starts_on__lte=day)
    return list(lines.order_by("starts_on", "pk").values_list("pk", flat=True))
