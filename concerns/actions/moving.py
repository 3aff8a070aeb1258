"""What follows when a confirmed closure moves the clocks of concerns."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from mocap_portal.foundation.clocks.models import ClockKind, ClockMove

from .. import chases
from .entering import lock, next_due


def follow_moves(*, at: dt.datetime) -> int:
    """Tell of due days that moved, once for each, and order the inbox by them. Returns how many it looked at."""
    moves = list(ClockMove.objects.to_tell(at=at).filter(clock__kind__in=chases.KINDS))
    for move in moves:
        with transaction.atomic():
            of_answer = move.clock.kind == ClockKind.CONCERN_ANSWER
            found = chases.question_of(move.clock).concern if of_answer else chases.concern_of(move.clock)
            concern = lock(found.pk)
            due_on = next_due(concern)
            if concern.due_on != due_on:
                concern.due_on = due_on
                concern.save(update_fields=["due_on"])
            chases.tell_moved(move.clock, at=move.moved_at, key=str(move.pk))
    return len(moves)
