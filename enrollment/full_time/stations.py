"""An application as its readers follow it: what happened, what comes next, who acts and by when. Reads only.

Staff appear by their role, never by name.
"""

import datetime as dt

from django.utils.translation import gettext as _

from enrollment.part_time.timeline import Entry
from mocap_portal.foundation.directory.models import LegalKey, LegalValue

from .models import ApplicationState, EnrollmentState, Outcome, ProgramApplication, ReviewOutcome


def stations(application: ProgramApplication, *, on: dt.date) -> list[Entry]:
    """Everything about this application, oldest first; the last entries are still to come. `on` is today in Central
    time; `application` comes from `with_stations`."""
    if application.state == ApplicationState.DRAFT:
        return [Entry(_("You answer the questions, add papers and sign"), "now", who=_("You"))]
    return [*_history(application), *_next(application, on=on)]


def _history(application: ProgramApplication) -> list[Entry]:
    program, resident = _("The program"), _("The resident district")
    told = [
        (
            application.submitted_at,
            Entry(_("Signed and sent"), "done", application.submitted_at, _("The family")),
        ),
        (
            application.submitted_at,
            Entry(_("The resident district was told"), "done", application.submitted_at, _("The portal")),
        ),
    ]
    if hasattr(application, "survey"):
        at = application.survey.answered_at
        told.append((at, Entry(_("The survey of reasons was answered"), "done", at, _("The family"))))
    for row in application.records_requests.all():
        told.append((row.asked_at, Entry(_("Records were asked for"), "done", row.asked_at, program)))
        if row.answered_at:
            told.append(
                (row.answered_at, Entry(_("Records were answered"), "done", row.answered_at, resident))
            )
    for given in application.inputs.all():
        what = (
            _("The resident district informed the program, late")
            if given.is_late
            else _("The resident district informed the program")
        )
        told.append((given.at, Entry(what, "done", given.at, resident)))
    for review in application.reviews.all():
        told.append(
            (review.asked_at, Entry(_("Asked to look again"), "done", review.asked_at, _("The family")))
        )
        if review.outcome == ReviewOutcome.UPHELD:
            told.append(
                (
                    review.answered_at,
                    Entry(_("Looked again: the decision stands"), "done", review.answered_at, program),
                )
            )
    for determination in application.determinations.all():
        what = _("Admitted") if determination.outcome == Outcome.ADMITTED else _("Not admitted")
        told.append((determination.decided_at, Entry(what, "done", determination.decided_at, program)))
    if application.cancelled_at:
        told.append(
            (
                application.cancelled_at,
                Entry(_("Taken back"), "done", application.cancelled_at, _("The family")),
            )
        )
    enrollment = getattr(application, "enrollment", None)
    if enrollment is not None:
        if enrollment.exit_recorded_at:
            at = enrollment.exit_recorded_at
            told.append(
                (at, Entry(_("The exit from the resident district was recorded"), "done", at, resident))
            )
        if enrollment.entered_at:
            told.append((enrollment.entered_at, Entry(_("Enrolled"), "done", enrollment.entered_at, program)))
        if enrollment.ended_at:
            what = enrollment.get_state_display()
            told.append((enrollment.ended_at, Entry(what, "done", enrollment.ended_at)))
    return [
        entry
        for at, entry in sorted(told, key=lambda pair: pair[0] or dt.datetime.min.replace(tzinfo=dt.UTC))
    ]


def _next(application: ProgramApplication, *, on: dt.date) -> list[Entry]:
    program, resident = _("The program"), _("The resident district")
    if application.state == ApplicationState.APPLIED:
        clock = application.input_clock
        assert clock is not None  # it was sent
        waiting = []
        if not hasattr(application, "survey"):
            waiting.append(
                Entry(
                    _("You answer the survey of reasons: the program may not decide before"),
                    "now",
                    who=_("The family"),
                )
            )
        if not application.inputs.all() and clock.due_on and clock.due_on >= on:
            waiting.append(
                Entry(_("The resident district informs the program"), "now", clock.due_on, resident)
            )
        state = "next" if waiting else "now"
        return [*waiting, Entry(_("The program decides in writing"), state, who=program)]  # type: ignore[arg-type]
    if application.state == ApplicationState.REFUSED:
        return [
            Entry(_("The program looks again"), "now", review.clock.due_on, program)
            for review in application.reviews.all()
            if not review.outcome
        ]
    enrollment = getattr(application, "enrollment", None)
    if enrollment is not None and enrollment.state == EnrollmentState.MOVING:
        exits = (
            []
            if enrollment.exit_recorded_at
            else [Entry(_("The resident district records its last day"), "now", who=resident)]
        )
        return [*exits, Entry(_("The program enrolls the student"), "next", enrollment.starts_on, program)]
    return []


def full_time_credits(*, on: dt.date) -> int:
    """The credits of a school year that make a student full-time (R-45)."""
    return LegalValue.objects.whole(LegalKey.FULL_TIME_CREDITS, on=on)
