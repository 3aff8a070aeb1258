"""What happens without anybody clicking: chasing due dates, telling moved ones. Each may run twice or be killed."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.records.models import ClaimState
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks import chasing
from mocap_portal.foundation.clocks.models import ChaseStep, Clock, ClockKind, ClockMove
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.papers.actions import forget_unused_documents
from mocap_portal.foundation.shared.calendar import central_date

from . import actions, notices
from .models import CourseLine, CourseRequest, RequestState

KINDS = [ClockKind.PART_TIME_DECISION, ClockKind.COUNSELOR_REVIEW, ClockKind.REGISTRATION]


@shared_task
def chase_requests(day: str | None = None) -> int:
    """Puts today's reminders about decisions, advice and registrations into digests. Returns how many it gave.

    `day` is an ISO date for a night that is caught up; today in Central time when left out.
    """
    today = dt.date.fromisoformat(day) if day else central_date(timezone.now())
    chased = 0
    for clock, step in chasing.due_chases(today, kinds=KINDS):
        with transaction.atomic():
            if chasing.record(clock, step, today):
                _remind(clock, ChaseStep(step), today)
                chased += 1
    return chased


@shared_task
def remind_drafts() -> int:
    """Mails about drafts that nobody touched for some days (dated), once for each. Returns how many are that old."""
    now = timezone.now()
    days = LegalValue.objects.whole(LegalKey.DRAFT_REMINDER_DAYS, on=central_date(now))
    old = CourseRequest.objects.filter(
        state=RequestState.DRAFT, touched_at__lte=now - dt.timedelta(days=days)
    )
    drafts = old.exclude(claim__state=ClaimState.REFUSED)  # those cannot be sent
    for pk in drafts.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            # Signed or thrown away since it was listed: then there is nothing to tell.
            draft = CourseRequest.objects.select_for_update().filter(pk=pk, state=RequestState.DRAFT).first()
            if draft is not None:
                notices.tell_draft_waits(draft, at=now)
    return drafts.count()


@shared_task
def forget_unfinished() -> int:
    """Removes answers that nobody came back to, and the files sent with them. Returns how many pages."""
    now = timezone.now()
    days = LegalValue.objects.whole(LegalKey.UNFINISHED_DAYS, on=central_date(now))
    forget_unused_documents(before=now - dt.timedelta(days=days))
    return actions.forget_old(at=now)


@shared_task
def tell_moves() -> int:
    """Tells families and districts of due days that a confirmed closure moved. Returns how many moves it looked at."""
    now = timezone.now()
    moves = ClockMove.objects.to_tell(at=now).filter(clock__kind__in=KINDS)
    for move in moves:
        with transaction.atomic():
            notices.tell_moved(_request_of(move.clock), move, at=now)
    return len(moves)


def _remind(clock: Clock, step: ChaseStep, today: dt.date) -> None:
    request, people = _who_acts(clock, today)
    registers = clock.kind == ClockKind.REGISTRATION
    pages = dict.fromkeys(people, reverse("part_time:review", args=[request.pk]))
    late = step == ChaseStep.OVERDUE
    if late and clock.kind != ClockKind.COUNSELOR_REVIEW:  # no law sets the counselors' days (R-18)
        told = notices.coordinators_of(request) + notices.state_office()
        pages = dict.fromkeys(told, reverse("part_time:review", args=[request.pk])) | pages
    # Administrators who stand in for a coordinator register as well, but open no request.
    for user in notices.stand_ins_at(request.lea_id, request):
        if user in pages and (registers or user not in people):
            pages[user] = reverse("registration:waiting" if registers else "home")
    for user, path in pages.items():
        with translation.override(user.language):
            digest.add(
                user,
                day=today,
                key=f"clock:{clock.pk}",
                sentence=_sentence(clock, step, request),
                path=path,
                urgent=late,
            )


def _who_acts(clock: Clock, today: dt.date) -> tuple[CourseRequest, list[User]]:
    request = _request_of(clock)
    if clock.kind == ClockKind.REGISTRATION:
        return request, notices.coordinators_of(request)
    if clock.kind == ClockKind.COUNSELOR_REVIEW:
        return request, notices.counselors_of(request)
    return request, notices.reviewers_of(request, on=today)


def _request_of(clock: Clock) -> CourseRequest:
    """The request that a clock of these kinds is about."""
    if clock.kind == ClockKind.REGISTRATION:
        return CourseLine.objects.select_related("request").get(registration_clock=clock).request
    if clock.kind == ClockKind.COUNSELOR_REVIEW:
        return CourseRequest.objects.get(review_clock=clock)
    return CourseRequest.objects.get(clock=clock)


def _sentence(clock: Clock, step: ChaseStep, request: CourseRequest) -> str:
    assert clock.due_on is not None  # paused clocks are not chased
    names = {
        "number": request.number,
        "district": request.lea.organization.name,
        "due": date_format(clock.due_on, "DATE_FORMAT"),
    }
    if clock.kind == ClockKind.REGISTRATION:
        if step == ChaseStep.OVERDUE:
            return (
                _("%(district)s: a course of request %(number)s should have been registered by %(due)s.")
                % names
            )
        return _("Register the approved course of request %(number)s by %(due)s.") % names
    if clock.kind == ClockKind.COUNSELOR_REVIEW:
        if step == ChaseStep.OVERDUE:
            return _("Your advice about request %(number)s was asked for by %(due)s.") % names
        return _("Advise about request %(number)s by %(due)s: the principal decides.") % names
    if step == ChaseStep.OVERDUE:
        return _("%(district)s: request %(number)s was due by %(due)s and is not decided.") % names
    return _("Decide request %(number)s by %(due)s.") % names
