"""The night: every open clock is looked at once a day, and a night that was missed is made up for.

Everything here may run twice, in two workers at once, and be killed in between: each reminder is recorded before
it is given, in one transaction with it.
"""

import datetime as dt

from concerns.tasks import chase_concerns
from enrollment.attendance.tasks import chase_placements
from enrollment.full_time import tasks as full_time
from enrollment.part_time.tasks import chase_requests
from enrollment.registration.tasks import chase_confirmations, start_courses
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseRun, Clock
from mocap_portal.foundation.shared.nights import ONE_DAY, latest, start_of

__all__ = ["ONE_DAY", "latest", "missed", "run", "start_of"]


def missed(at: dt.datetime) -> list[dt.date]:
    """The nights to run now, in order: all since the last one that was finished; just the newest if none ever was."""
    newest = latest(at)
    done = ChaseRun.objects.filter(finished_at__isnull=False).order_by("-day").first()
    first = newest if done is None else done.day + ONE_DAY
    return [first + ONE_DAY * number for number in range((newest - first).days + 1)]


def run(night: dt.date, *, at: dt.datetime) -> ChaseRun:
    """Give the reminders of this night and close it. A night that is done stays as it is."""
    chase_run = chasing.begin_run(night, at=at)
    if chase_run.finished_at is not None:
        return chase_run
    start_courses(night.isoformat())
    chases = chase_requests(night.isoformat()) + chase_confirmations(night.isoformat())
    chases += full_time.chase(night.isoformat()) + chase_placements(night.isoformat())
    chases += chase_concerns(night.isoformat())
    full_time.remind_to_ask(night.isoformat())
    chasing.finish_run(chase_run.pk, at=at, clocks=Clock.objects.running().count(), chases=chases)
    chase_run.refresh_from_db()
    return chase_run
