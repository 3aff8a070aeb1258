"""Notice, intervention, and only then disenrollment (R-56, R-57, R-58)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from enrollment.full_time.models import PolicyKind, ProgramEnrollment, ProgramPolicy
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import letters, notices
from ..models import EngagementNotice, Flag, Intervention, InterventionKind, Placement
from .locking import locked_enrollment


class NotFlagged(Refusal):
    sentence = _("The student is active again, or left the program. Reload the page to see it.")


class AlreadyNotified(Refusal):
    sentence = _("The family was told already. Reload the page to see when.")


class NoticeMissing(Refusal):
    sentence = _("The family has not had a written notice yet. Send it first.")


class InterventionMissing(Refusal):
    sentence = _("Nothing was tried since the notice. Record what you tried with the student first.")


class PolicyMissing(Refusal):
    sentence = _(
        "No policy about engagement and its consequences is posted for this program. Enter its address first."
    )


class BeforeTheNotice(Refusal):
    sentence = _("This day is before the notice to the family, or still to come. Check the day.")


class NotTheLastDay(Refusal):
    sentence = _("The last day is before the first day, or still to come. Check the day.")


@transaction.atomic
def notify_family(flag_id: int, *, by: Membership, at: dt.datetime) -> EngagementNotice:
    """A dated letter and a mail to the family (R-56). Raises NotYourStudent, NotFlagged, AlreadyNotified."""
    flag = _locked_flag(flag_id, by=by)
    if EngagementNotice.objects.filter(flag=flag).exists():
        raise AlreadyNotified
    day = central_date(at)
    policy = posted_policy(flag.enrollment, on=day)
    text = letters.engagement_notice(
        flag,
        by=by,
        day=day,
        policy_url=policy.url if policy else "",
        language=notices.language_of(flag.enrollment.student_id),
    )
    facts = {
        "day": day.isoformat(),
        "reason": flag.reason,
        "last_active": flag.last_active.isoformat() if flag.last_active else None,
        "planned": flag.planned,
        "recorded": flag.recorded,
    }
    letter = papers.keep_letter(LetterKind.ENGAGEMENT, text=text, facts=facts, day=day, at=at)
    notice = EngagementNotice.objects.create(flag=flag, letter=letter, sent_at=at, sent_by=by)
    notices.tell_notice(notice, at=at)
    return notice


@transaction.atomic
def record_intervention(
    flag_id: int, *, by: Membership, at: dt.datetime, kind: InterventionKind, held_on: dt.date, tried: str
) -> Intervention:
    """What was tried after the notice. Raises NotYourStudent, NotFlagged, NoticeMissing, BeforeTheNotice."""
    flag = _locked_flag(flag_id, by=by)
    notice = EngagementNotice.objects.filter(flag=flag).first()
    if notice is None:
        raise NoticeMissing
    if not central_date(notice.sent_at) <= held_on <= central_date(at):
        raise BeforeTheNotice
    return Intervention.objects.create(
        flag=flag, kind=kind, held_on=held_on, tried=tried, recorded_at=at, recorded_by=by
    )


@transaction.atomic
def disenroll(flag_id: int, *, by: Membership, at: dt.datetime, on: dt.date, why: str) -> Placement:
    """End the enrollment: letter to the family, notice and task to the resident district, all or nothing (R-57, R-58).

    Raises NotYourStudent, NotFlagged, NoticeMissing, InterventionMissing, PolicyMissing, NotTheLastDay.
    """
    flag = _locked_flag(flag_id, by=by)
    enrollment = flag.enrollment
    day = central_date(at)
    for missing in missing_steps(flag, on=day):
        raise missing
    if not enrollment.starts_on <= on <= day:
        raise NotTheLastDay
    try:
        enrollment.disenroll(on=on, by=by, at=at, why=why)
    except TransitionNotAllowed as error:
        raise NotFlagged from error
    facts = {"day": day.isoformat(), "on": on.isoformat(), "why": why}
    enrollment.end_letter = papers.keep_letter(
        LetterKind.DISENROLLMENT,
        text=letters.disenrollment(
            enrollment,
            by=by,
            day=day,
            on=on,
            why=why,
            language=notices.language_of(enrollment.student_id),
        ),
        facts=facts,
        day=day,
        at=at,
    )
    enrollment.save()
    flag.closed_on = max(day, flag.opened_on)
    flag.save()
    placement = _open_placement(enrollment, by=by, at=at, on=on, why=why)
    notices.tell_disenrolled(placement, at=at)
    return placement


def missing_steps(flag: Flag, *, on: dt.date) -> list[Refusal]:
    """What still stands between a flag and disenrollment, in its order (R-57)."""
    missing: list[Refusal] = []
    if not EngagementNotice.objects.filter(flag=flag).exists():
        missing.append(NoticeMissing())
    if not flag.interventions.exists():
        missing.append(InterventionMissing())
    if posted_policy(flag.enrollment, on=on) is None:
        missing.append(PolicyMissing())
    return missing


def posted_policy(enrollment: ProgramEnrollment, *, on: dt.date) -> ProgramPolicy | None:
    """The program's policy about engagement that is in force and can be read somewhere."""
    policies = ProgramPolicy.objects.on(on).exclude(url="")
    return policies.filter(program=enrollment.program_id, kind=PolicyKind.CONSEQUENCES).first()


def _open_placement(
    enrollment: ProgramEnrollment, *, by: Membership, at: dt.datetime, on: dt.date, why: str
) -> Placement:
    day = central_date(at)
    clock = clocks.start(
        ClockKind.PLACEMENT,
        lea_id=enrollment.resident_lea_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.PLACEMENT_DAYS, on=day),
        source="R-59",
    )
    assert clock.due_on is not None  # nothing has paused it yet
    text = letters.to_the_district(enrollment, by=by, day=day, on=on, why=why, due_on=clock.due_on)
    facts = {"day": day.isoformat(), "on": on.isoformat(), "why": why, "due_on": clock.due_on.isoformat()}
    letter = papers.keep_letter(LetterKind.DISENROLLMENT, text=text, facts=facts, day=day, at=at)
    return Placement.objects.create(
        enrollment=enrollment, lea=enrollment.resident_lea, notice=letter, clock=clock, opened_at=at
    )


def _locked_flag(flag_id: int, *, by: Membership) -> Flag:
    """An open flag with its enrollment, both locked. Raises NotYourStudent, NotFlagged."""
    key = Flag.objects.filter(pk=flag_id).values_list("enrollment", flat=True).first()
    enrollment = locked_enrollment(key or 0, by=by)
    flag = Flag.objects.open().select_for_update(of=("self",)).filter(pk=flag_id).first()
    if flag is None:
        raise NotFlagged
    flag.enrollment = enrollment
    return flag
