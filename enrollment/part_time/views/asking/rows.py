"""The rows and words that the steps share."""

import datetime as dt

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.records.models import Claim, ClaimState, Relationship
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import (
    GRADES,
    LegalKey,
    LegalValue,
    Term,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.fragments import is_fragment

from ... import actions
from ...models import Basis, CourseLine, CourseRequest
from ...rules import usual_weekly_minutes

# A term that starts later is asked for when it is nearer.
LOOK_AHEAD = dt.timedelta(days=365)


def requests_of(hat: Membership) -> QuerySet[CourseRequest]:
    rows = CourseRequest.objects.visible_to(hat)
    return rows.select_related("claim__school__lea__organization", "lea__organization", "term__school_year")


def own_claims(hat: Membership) -> QuerySet[Claim]:
    """The children this person told of, but for those that a district did not confirm."""
    return Claim.objects.visible_to(hat).filter(claimant=hat.user_id).exclude(state=ClaimState.REFUSED)


def lines_of(draft: CourseRequest) -> list[CourseLine]:
    lines = draft.lines.select_related("course__provider__organization", "reason")
    return list(lines.order_by("position"))


def open_terms(today: dt.date) -> list[Term]:
    """The terms to choose from, the nearest first."""
    terms = Term.objects.open_to_requests(today).filter(starts_on__lte=today + LOOK_AHEAD)
    return list(terms.select_related("school_year").order_by("starts_on", "ends_on"))


def is_student(hat: Membership) -> bool:
    """Whether this hat asks for itself."""
    return hat.role in {Role.ADULT_STUDENT, Role.STUDENT_ON_OWN}


def born_by(hat: Membership, *, today: dt.date) -> dt.date:
    """The last birth date that this hat may type: a student of 18 or over is 18 today, and only then has the rights
    of a parent; everybody else is born.
    """
    if hat.role != Role.ADULT_STUDENT:
        return today
    adult = LegalValue.objects.whole(LegalKey.ADULT_AGE, on=today)
    is_leap_day = (today.month, today.day) == (2, 29)  # there was none 18 years before
    return today.replace(year=today.year - adult, day=28 if is_leap_day else today.day)


def may_correct(claim: Claim) -> bool:
    """Whether nothing about this child was sent or judged yet: what the Change links depend on."""
    return claim.state == ClaimState.UNSENT


def already_sent(request: HatRequest, pk: int) -> HttpResponse:
    """The answer to whatever comes too late: the receipt, and why.

    Not why where a page kept something by itself: it may be on its way to the receipt already.
    """
    receipt = reverse("part_time:receipt", args=[pk])
    if is_fragment(request):
        return HttpResponse(headers={"HX-Redirect": receipt})
    messages.info(request, str(actions.AlreadySent.sentence))
    return redirect(receipt)


def hours_a_week(minutes: int) -> str:
    """5 hours a week, or 7.5."""
    return _("%(hours)s hours a week") % {"hours": f"{minutes / 60:.1f}".removesuffix(".0")}


def answers_of(draft: CourseRequest, lines: list[CourseLine]) -> list[dict[str, str]]:
    """What the family answered, as rows of a summary list, with a way to change what can be changed."""
    claim = draft.claim
    to_child = reverse("part_time:child_correct", args=[draft.pk]) if may_correct(claim) else ""
    to_courses = reverse("part_time:courses", args=[draft.pk])
    courses = [
        _("%(course)s (over a full load: %(basis)s)")
        % {"course": line.course.title, "basis": line.get_basis_display()}
        if line.over_full_load
        else line.course.title
        for line in lines
    ]
    usual = usual_weekly_minutes(on=central_date(timezone.now()))
    minutes = sum(line.course.weekly_minutes or usual for line in lines)
    rows = [
        (_("Student"), claim.full_name, to_child),
        (_("Birth date"), date_format(claim.birth_date), to_child),
        (_("Grade"), str(dict(GRADES)[claim.grade]), to_child),
        (
            _("You are"),
            claim.get_relationship_display(),
            "" if claim.relationship == Relationship.SELF else to_child,
        ),
        (_("School"), f"{claim.school.name}\n{claim.school.lea.organization.name}", ""),
        (_("Term"), str(draft.term), ""),
        (_("Courses"), "\n".join(courses), to_courses),
        (_("Courses in person at school"), str(draft.in_person_courses), to_courses),
        (_("Planned time for the online courses"), hours_a_week(minutes), ""),
    ]
    return [{"term": term, "value": value, "url": url, "action": _("Change")} for term, value, url in rows]


def who_pays_is_open(lines: list[CourseLine]) -> bool:
    """Whether a course above a full load waits for the family to say who pays."""
    return any(line.over_full_load and line.basis == Basis.DISTRICT for line in lines)


def asks_prior_semester(today: dt.date) -> bool:
    """Whether the state's finding about the semester before is on (D-02)."""
    return bool(LegalValue.objects.number(LegalKey.PRIOR_SEMESTER, on=today))
