"""Each night: who is not engaged, and who is again (R-55)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max, Sum

from enrollment.full_time.models import EnrollmentState, Program, ProgramEnrollment, Schedule
from mocap_portal.foundation.directory.models import LegalKey, LegalValue

from ..models import AttendanceDay, Flag, FlagReason
from ..off import YearSoFar
from ..rules import ONE_DAY, Plan, is_behind, last_school_days, planned_between, weeks_back

AT_A_TIME = 1_000  # students


@transaction.atomic
def flag_program(program_id: int, *, night: dt.date) -> tuple[int, int]:
    """Open a flag for each student of a program who is not engaged, and close those that hold no more.

    Only days on which the program teaches are looked at: in summer and in a break nobody is missed, and each school
    year begins anew.

    Returns how many were opened and closed. The same night again changes nothing; a night that was killed has changed
    nothing of this program.
    """
    program = Program.objects.select_for_update(of=("self",), no_key=True).get(pk=program_id)
    until = night - ONE_DAY
    count = LegalValue.objects.whole(LegalKey.INACTIVITY_WEEKS, on=night)
    share = LegalValue.objects.number(LegalKey.INACTIVITY_SHARE, on=night)
    so_far = YearSoFar(until)
    since, off = so_far.since, so_far.off(program.host_id)
    weeks_since = weeks_back(count, since=since, until=until, breaks=so_far.breaks)
    measured_from = weeks_since or since
    recent = last_school_days(program.inactive_days, since=since, until=until, off=off)
    enrolled = ProgramEnrollment.objects.filter(program=program, state=EnrollmentState.ENROLLED)
    students = dict(enrolled.order_by("pk").values_list("pk", "starts_on"))
    last_active = dict(
        AttendanceDay.objects.active()
        .filter(enrollment__in=enrolled, day__lte=until)
        .order_by()
        .values("enrollment")
        .annotate(last=Max("day"))
        .values_list("enrollment", "last")
    )
    recorded = dict(
        AttendanceDay.objects.filter(enrollment__in=enrolled, day__gte=measured_from, day__lte=until)
        .order_by()
        .values("enrollment")
        .annotate(minutes=Sum("total"))
        .values_list("enrollment", "minutes")
    )
    found: dict[int, Flag] = {}
    plans = _plans(list(students), measured_from, until)
    for key, starts_on in students.items():
        planned = planned_between(measured_from, until, plans.get(key, []), off)
        last = last_active.get(key)
        minutes = recorded.get(key, 0)
        if (
            len(recent) == program.inactive_days
            and starts_on <= recent[0]
            and (last is None or last < recent[0])
        ):
            reason = FlagReason.INACTIVE
        elif weeks_since and starts_on <= weeks_since and is_behind(minutes, planned, share):
            reason = FlagReason.BEHIND
        else:
            continue
        found[key] = Flag(
            enrollment_id=key,
            reason=reason,
            opened_on=night,
            last_active=last,
            planned=planned,
            recorded=minutes,
        )
    there = Flag.objects.open().filter(enrollment__program=program)
    over = there.exclude(enrollment__in=found).update(closed_on=night)
    known = set(there.filter(enrollment__in=found).values_list("enrollment", flat=True))
    new = Flag.objects.bulk_create(flag for key, flag in found.items() if key not in known)
    return len(new), over


def _plans(keys: Sequence[int], first: dt.date, last: dt.date) -> Mapping[int, list[Plan]]:
    """The schedules of these enrollments that hold on a day of the span."""
    plans: dict[int, list[Plan]] = defaultdict(list)
    for start in range(0, len(keys), AT_A_TIME):
        schedules = (
            Schedule.objects.counting()
            .filter(enrollment__in=keys[start : start + AT_A_TIME], valid_from__lte=last)
            .exclude(valid_to__lt=first)
        )
        for schedule in schedules.prefetch_related("courses").order_by("pk"):
            plans[schedule.enrollment_id].append(
                Plan(schedule.valid_from, schedule.valid_to, list(schedule.courses.all()))
            )
    return plans
