"""Mails about progress reports. None names the child, nor a grade (R-31)."""

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import coordinators_at
from enrollment.records.notices import family_of_claim, family_of_student
from mocap_portal.foundation.accounts.models import HOST_ROLES, PROVIDER_ROLES, Membership, Role, User
from mocap_portal.foundation.papers import actions as papers

from .models import ProgressReport

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def family_of(report: ProgressReport) -> list[User]:
    if report.enrollment is not None:
        return family_of_student(report.enrollment.student_id)
    assert report.roster_line is not None  # a constraint
    return family_of_claim(report.roster_line.line.request.claim)


def writers_of_program(host_id: int) -> list[User]:
    return _people(host_id, *HOST_ROLES)


def writers_of_provider(provider_id: int) -> list[User]:
    return _people(provider_id, *PROVIDER_ROLES)


def tell_written(report: ProgressReport, *, at: dt.datetime) -> bool:
    """The family hears of each version, and of a part-time course the coordinators of the district that pays (R-52).

    Returns whether there was a family to tell.
    """
    if report.version == 1:
        subject, sentence = (
            _("A progress report is here"),
            _("%(writer)s wrote the progress report that was due on %(due)s. Read it here:"),
        )
    else:
        subject, sentence = (
            _("A progress report was corrected"),
            _("%(writer)s corrected the progress report that was due on %(due)s. Read it here:"),
        )
    family = family_of(report)
    people = {user.pk: user for user in family}
    if report.roster_line is not None:
        request = report.roster_line.line.request
        people |= {user.pk: user for user in coordinators_at(report.roster_line.lea_id, request)}
    _tell(report, list(people.values()), subject=subject, sentence=sentence, at=at)
    return bool(family)


def _tell(
    report: ProgressReport,
    people: list[User],
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    at: dt.datetime,
) -> None:
    papers.tell(
        people,
        f"progress-report:{report.pk}",
        subject=subject,
        sentences=[sentence],
        path=reverse("progress:report", args=[report.pk]),
        at=at,
        writer=report.writer,
        due=report.due_on,
    )


def _people(organization_id: int, *roles: Role) -> list[User]:
    return Membership.objects.in_organization(organization_id, *roles).people()
