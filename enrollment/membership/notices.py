"""Mails about membership reports. None names a student."""

import datetime as dt
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import state_office
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, User
from mocap_portal.foundation.papers import actions as papers

from .models import MembershipReport

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def tell_sent(report: MembershipReport, *, at: dt.datetime) -> None:
    """The state office has a report to look at."""
    _tell(
        report,
        state_office(),
        f"sent:{report.version}",
        subject=_("A membership report is here"),
        sentence=_("%(program)s sent its membership report of %(day)s. Look at it here:"),
        at=at,
    )


def tell_accepted(report: MembershipReport, *, at: dt.datetime) -> None:
    _tell(
        report,
        _host(report),
        f"accepted:{report.version}",
        subject=_("DESE accepted your membership report"),
        sentence=_("The membership report of %(program)s of %(day)s is accepted:"),
        at=at,
    )


def tell_returned(report: MembershipReport, *, at: dt.datetime) -> None:
    """Why stands on the page: a reason may speak of students."""
    _tell(
        report,
        _host(report),
        f"returned:{report.version}",
        subject=_("DESE returned your membership report"),
        sentence=_(
            "The membership report of %(program)s of %(day)s came back. The page says why. Count anew, and send it "
            "again:"
        ),
        at=at,
    )


def _host(report: MembershipReport) -> list[User]:
    return Membership.objects.in_organization(report.program.host_id, *HOST_ROLES).people()


def _tell(
    report: MembershipReport,
    people: list[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    at: dt.datetime,
) -> None:
    papers.tell(
        people,
        f"membership:{report.pk}:{key}",
        subject=subject,
        sentences=[sentence],
        path=reverse("membership:report", args=[report.pk]),
        at=at,
        program=report.program.name,
        day=report.count_date,
    )
