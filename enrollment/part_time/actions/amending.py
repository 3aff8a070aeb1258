"""What a family changes after it has sent a request: corrected until the district opens it, amended after that.

Either way the change is signed and recorded beside what stood there before, and the clock keeps its start (T0).
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.records.models import PriorSemester
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Course

from .. import notices
from ..history import add_step
from ..models import (
    ENDED_LINES,
    OPEN_LINES,
    Amendment,
    Basis,
    CourseLine,
    CourseRequest,
    LineState,
    RequestState,
    StepKind,
)
from ..rules import places_over_full_load, planned_minutes
from .asking import Told, on_offer

Change = tuple[str, str, str]  # what, before, after: in words
KEPT_IN = "en"  # what was changed is kept in the language of the letters


class NotWaiting(Refusal):
    sentence = gettext_lazy(
        "The district has decided, or you took the request back. It cannot be changed any more; you can send a new one."
    )


class NothingChanged(Refusal):
    sentence = gettext_lazy("You changed nothing, so nothing was sent.")


class NotSigned(Refusal):
    sentence = gettext_lazy("Type your full name to sign the change.")


class CourseDecided(Refusal):
    sentence = gettext_lazy(
        "The district has already decided about this course, so it cannot be exchanged. Ask for the other course in "
        "a new request."
    )


class AlreadyOnRequest(Refusal):
    sentence = gettext_lazy("This course is on the request already. Choose another one.")


@transaction.atomic
def amend(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    signed_name: str,
    in_person_courses: int,
    has_iep_or_504: bool,
    prior_semester: str,
    note: str,
    told: Mapping[int, Told],
) -> Amendment:
    """Changes what was told with a request that waits. `told` is by the key of the course, undecided courses only.

    Raises NotWaiting, NotSigned, NothingChanged.
    """
    request = _waiting(request_id, signed_name)
    with translation.override(KEPT_IN):
        changes = _answers(request, in_person_courses, has_iep_or_504, prior_semester, note)
        changes += _lines(request, told, at=at)
    return _record(request, changes, by=by, at=at, signed_name=signed_name)


@transaction.atomic
def exchange_course(
    line_id: int, *, by: Membership, at: dt.datetime, signed_name: str, course_id: int
) -> Amendment:
    """Asks for another course in the place of one that is not decided. The family's signature may change the provider
    (R-11).

    Raises NotWaiting, NotSigned, CourseDecided, AlreadyOnRequest, CourseNotOnOffer.
    """
    request_id = CourseLine.objects.values_list("request", flat=True).get(pk=line_id)
    request = _waiting(request_id, signed_name)
    line = CourseLine.objects.select_for_update(of=("self",)).select_related("course").get(pk=line_id)
    if line.state != LineState.REQUESTED:
        raise CourseDecided
    if request.lines.filter(course=course_id).exclude(state__in=ENDED_LINES).exists():
        raise AlreadyOnRequest
    [course] = on_offer(request, [course_id], at=at)
    before, after = _named(line.course), _named(course)
    line.course = course
    line.planned_minutes = planned_minutes(course, on=central_date(at))
    line.save()
    with translation.override(KEPT_IN):
        changes: list[Change] = [(_("Course"), before, after)]
    return _record(request, changes, by=by, at=at, signed_name=signed_name)


def _waiting(request_id: int, signed_name: str) -> CourseRequest:
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.SUBMITTED:
        raise NotWaiting
    if not signed_name.strip():
        raise NotSigned
    return request


def _record(
    request: CourseRequest, changes: list[Change], *, by: Membership, at: dt.datetime, signed_name: str
) -> Amendment:
    if not changes:
        raise NothingChanged
    request.save()
    amendment = Amendment.objects.create(
        request=request,
        at=at,
        by=by,
        signed_name=signed_name.strip(),
        after_opening=request.opened_at is not None,
        changes=[list(change) for change in changes],
    )
    kind = StepKind.AMENDED if amendment.after_opening else StepKind.CORRECTED
    add_step(request, kind, at=at, by=by)
    notices.tell_amended(amendment)
    return amendment


def _answers(
    request: CourseRequest, in_person_courses: int, has_iep_or_504: bool, prior_semester: str, note: str
) -> list[Change]:
    changes: list[Change] = []
    if in_person_courses != request.in_person_courses:
        changes.append((_("Courses in person"), str(request.in_person_courses), str(in_person_courses)))
        request.in_person_courses = in_person_courses
    if has_iep_or_504 != request.has_iep_or_504:
        words = {True: _("Yes"), False: _("No"), None: ""}
        changes.append((_("IEP or 504 plan"), words[request.has_iep_or_504], words[has_iep_or_504]))
        request.has_iep_or_504 = has_iep_or_504
    if prior_semester != request.prior_semester:
        labels = {"": "", **{value: str(label) for value, label in PriorSemester.choices}}
        changes.append((_("Semester before"), labels[request.prior_semester], labels[prior_semester]))
        request.prior_semester = prior_semester
    if note.strip() != request.note:
        changes.append((_("Note"), request.note, note.strip()))
        request.note = note.strip()
    return changes


def _lines(request: CourseRequest, told: Mapping[int, Told], *, at: dt.datetime) -> list[Change]:
    """Reasons and who pays, and which courses now lie above a full load (R-07)."""
    today = central_date(at)
    lines = list(
        request.lines.select_for_update(of=("self",)).select_related("course", "reason").order_by("position")
    )
    asked = [line for line in lines if line.state == LineState.REQUESTED]
    reasons = {reason.pk: reason for reason in CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=today)}
    before = [(_reason(line), _basis(line)) for line in asked]
    for line in asked:
        answer = told.get(line.course_id)
        if answer is not None:
            line.reason = reasons.get(answer.reason_id or 0)
            line.reason_words = answer.reason_words.strip()
            line.basis = answer.basis or line.basis
    decided = [line for line in lines if line.state in OPEN_LINES and line not in asked]
    above = places_over_full_load(
        [line.basis == Basis.PRIVATE for line in asked],
        in_person=(request.in_person_courses or 0) + len(decided),  # what is taken at the same time
        full_load=LegalValue.objects.whole(LegalKey.FULL_LOAD, on=today),
    )
    changes: list[Change] = []
    for place, line in enumerate(asked):
        was_over, line.over_full_load = line.over_full_load, place in above
        if line.over_full_load and line.basis == Basis.DISTRICT:
            line.basis = Basis.ASKED
        elif not line.over_full_load and (was_over or line.basis == Basis.ASKED):
            line.basis = Basis.DISTRICT
        after = (_reason(line), _basis(line))
        for what, was, is_now in zip((_("Why"), _("Who pays")), before[place], after, strict=True):
            if was != is_now:
                changes.append((f"{what}: {line.course.title}", was, is_now))
        line.save()
    return changes


def _reason(line: CourseLine) -> str:
    return line.reason_words or (line.reason.label if line.reason else "")


def _basis(line: CourseLine) -> str:
    return str(Basis(line.basis).label)


def _named(course: Course) -> str:
    return f"{course.title}, {course.provider.organization.name}"
