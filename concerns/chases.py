"""Who is reminded of which clock of a concern, and in which words. No sentence says who wrote or what."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import state_office
from mocap_portal.foundation.clocks.models import ChaseStep, Clock, ClockKind
from mocap_portal.foundation.papers import digest

from .models import Asked, Concern
from .office_notices import page_of, page_of_question, people_of, reviewers_of

CLOCK_OF = {
    ClockKind.CONCERN_ACKNOWLEDGE: "acknowledge_clock",
    ClockKind.CONCERN_SORT: "sort_clock",
    ClockKind.CONCERN_REPLY: "reply_clock",
}
KINDS = [*CLOCK_OF, ClockKind.CONCERN_ANSWER]

TO_DO = {
    ClockKind.CONCERN_ACKNOWLEDGE: _("Take up concern %(number)s by %(due)s."),
    ClockKind.CONCERN_SORT: _("Sort concern %(number)s by %(due)s."),
    ClockKind.CONCERN_REPLY: _("Write to who sent concern %(number)s by %(due)s."),
    ClockKind.CONCERN_ANSWER: _("Answer the state office about a concern by %(due)s."),
}
LATE = {
    ClockKind.CONCERN_ACKNOWLEDGE: _("Nobody has taken up concern %(number)s. That was due by %(due)s."),
    ClockKind.CONCERN_SORT: _("Concern %(number)s is not sorted. That was due by %(due)s."),
    ClockKind.CONCERN_REPLY: _("Who sent concern %(number)s waits for a reply. It was due by %(due)s."),
    ClockKind.CONCERN_ANSWER: _("Your answer to the state office about a concern was due by %(due)s."),
}
OTHER_SIDE_IS_LATE = _("%(side)s has not answered about concern %(number)s. That was due by %(due)s.")
MOVED = _("A closure moved the due day of concern %(number)s to %(due)s.")
ANSWER_MOVED = _("A closure moved the day of your answer to the state office to %(due)s.")


def remind(clock: Clock, step: ChaseStep, today: dt.date, *, at: dt.datetime) -> None:
    """The reviewer, or the office while it is nobody's, or who is asked; of what is late, the whole office."""
    assert clock.due_on is not None  # paused clocks are not chased
    is_late = step == ChaseStep.OVERDUE
    words = (LATE if is_late else TO_DO)[ClockKind(clock.kind)]
    if clock.kind == ClockKind.CONCERN_ANSWER:
        asked = question_of(clock)
        key = f"concern-clock:{asked.concern_id}:{clock.pk}"
        path = page_of_question(asked)
        digest.add_to_each(
            people_of(asked), key, words, at=at, on=today, path=path, urgent=is_late, due=clock.due_on
        )
        if is_late:
            digest.add_to_each(
                reviewers_of(asked.concern),
                key,
                OTHER_SIDE_IS_LATE,
                at=at,
                on=today,
                path=page_of(asked.concern),
                urgent=True,
                side=str(asked.lea or asked.provider),
                number=asked.concern.number,
                due=clock.due_on,
            )
        return
    concern = concern_of(clock)
    people = reviewers_of(concern)
    if is_late:
        people = list(dict.fromkeys([*people, *state_office()]))
    digest.add_to_each(
        people,
        f"concern-clock:{concern.pk}:{clock.pk}",
        words,
        at=at,
        on=today,
        path=page_of(concern),
        urgent=is_late,
        number=concern.number,
        due=clock.due_on,
    )


def tell_moved(clock: Clock, *, at: dt.datetime, key: str) -> None:
    """A confirmed closure gave a clock another due day."""
    assert clock.due_on is not None  # paused clocks do not move
    if clock.kind == ClockKind.CONCERN_ANSWER:
        asked = question_of(clock)
        name = f"concern-moved:{asked.concern_id}:{key}"
        digest.add_to_each(
            people_of(asked), name, ANSWER_MOVED, at=at, path=page_of_question(asked), due=clock.due_on
        )
        return
    concern = concern_of(clock)
    digest.add_to_each(
        reviewers_of(concern),
        f"concern-moved:{concern.pk}:{key}",
        MOVED,
        at=at,
        path=page_of(concern),
        number=concern.number,
        due=clock.due_on,
    )


def concern_of(clock: Clock) -> Concern:
    """The concern of one of the office's own clocks."""
    concerns = Concern.objects.select_related("assigned_to__user")
    return concerns.get(**{CLOCK_OF[ClockKind(clock.kind)]: clock})


def question_of(clock: Clock) -> Asked:
    asked = Asked.objects.select_related(
        "concern__assigned_to__user", "lea__organization", "provider__organization"
    )
    return asked.get(clock=clock)
