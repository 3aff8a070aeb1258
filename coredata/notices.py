"""Mails about core data files. None holds a value of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers import actions as papers

from .models import CollectionWindow, ProviderReport, ReportState, Upload, UploadState

PROVIDER_SENDERS = (Role.PROVIDER_STAFF, Role.PROVIDER_ADMIN)
SENDERS = (Role.DATA_CLERK, Role.COORDINATOR)
OWED = _("These files of %(lea)s are not certified. Each stands with the day it is due:")
PAGE = _("The page says how far each file is and what to do next:")


def senders_of(lea_id: int) -> list[User]:
    """Who hears of an LEA's files: its data clerks; where there is none, its coordinators."""
    return _first_of([lea_id], SENDERS).get(lea_id, [])


def senders_of_each(lea_ids: Collection[int]) -> dict[int, list[User]]:
    """The same of many LEAs at once; one in which nobody hears of them is left out."""
    return _first_of(lea_ids, SENDERS)


def reporters_of(provider_id: int) -> list[User]:
    """Who hears of a provider's reports: its staff; where there is none, its administrators."""
    return _first_of([provider_id], PROVIDER_SENDERS).get(provider_id, [])


def _first_of(organization_ids: Collection[int], roles: Sequence[Role]) -> dict[int, list[User]]:
    """The people of the first of these roles that anybody has, in each of these organizations."""
    hats = Membership.objects.active().filter(organization__in=organization_ids, role__in=roles)
    of_role: dict[int, dict[Role, list[User]]] = {}
    for hat in hats.select_related("user").order_by("user"):
        assert hat.organization_id is not None
        people = of_role.setdefault(hat.organization_id, {}).setdefault(Role(hat.role), [])
        if hat.user not in people:
            people.append(hat.user)
    return {
        organization: next(found[role] for role in roles if role in found)
        for organization, found in of_role.items()
    }


def tell_checked(upload: Upload, *, at: dt.datetime) -> None:
    """The file that took a while is checked: whoever sent it need not look again and again."""
    words = {
        UploadState.REFUSED: _("The file %(file)s could not be used. The page says why."),
        UploadState.TRIAL: _("The file %(file)s is checked. Errors: %(errors)s. Warnings: %(warnings)s."),
    }
    if upload.state not in words:
        return  # a later one has taken its place
    papers.tell(
        [upload.sent_by.user],
        f"core-data-checked:{upload.pk}",
        subject=_("Your core data file is checked"),
        sentences=[words[UploadState(upload.state)]],
        path=reverse("coredata:upload", args=[upload.pk]),
        at=at,
        file=upload.name,
        errors=str(upload.errors),
        warnings=str(upload.warnings),
    )


def tell_owed(lea: Lea, windows: Sequence[CollectionWindow], *, day: dt.date, at: dt.datetime) -> None:
    """The state office waits for these files of the LEA."""
    papers.tell(
        senders_of(lea.pk),
        f"core-data-owed:{lea.pk}:{day}:{'-'.join(str(window.pk) for window in windows)}",
        subject=_("Core data of %(lea)s: the state office waits for a file"),
        sentences=[OWED, *(f"%(what{place})s, %(due{place})s" for place in range(len(windows))), PAGE],
        path=reverse("coredata:files"),
        at=at,
        lea=str(lea),
        **{f"what{place}": str(window) for place, window in enumerate(windows)},
        **{f"due{place}": window.due_on for place, window in enumerate(windows)},
    )


def tell_report_checked(report: ProviderReport, *, at: dt.datetime) -> None:
    """The report that took a while is checked."""
    words = {
        ReportState.REFUSED: _("The report %(file)s could not be used. The page says why."),
        ReportState.CHECKED: _("The report %(file)s is checked. Errors: %(errors)s. Warnings: %(warnings)s."),
    }
    if report.state not in words:
        return
    papers.tell(
        [report.sent_by.user],
        f"provider-report-checked:{report.pk}",
        subject=_("Your report is checked"),
        sentences=[words[ReportState(report.state)]],
        path=reverse("coredata:report", args=[report.pk]),
        at=at,
        file=report.name,
        errors=str(report.errors),
        warnings=str(report.warnings),
    )


def tell_decided(report: ProviderReport, *, at: dt.datetime) -> None:
    """The state office has decided about a report. Why it was returned or retracted stands on the page only."""
    words = {
        ReportState.ACCEPTED: _("The state office has accepted the report %(file)s."),
        ReportState.RETURNED: _("The state office has returned the report %(file)s. The page says why."),
        ReportState.RETRACTED: _("The state office has retracted the report %(file)s. The page says why."),
    }
    papers.tell(
        reporters_of(report.provider_id),
        f"provider-report-{report.state}:{report.pk}",
        subject=_("Your report: the state office has decided"),
        sentences=[words[ReportState(report.state)]],
        path=reverse("coredata:report", args=[report.pk]),
        at=at,
        file=report.name,
    )


def tell_report_due(provider_id: int, *, name: str, due_on: dt.date, at: dt.datetime) -> None:
    """The report of a provider was due."""
    papers.tell(
        reporters_of(provider_id),
        f"provider-report-due:{provider_id}:{due_on}",
        subject=_("A report of %(provider)s is due"),
        sentences=[
            _("The state office expects a report of all your enrollments. It was due on %(due)s."),
            _("The page checks the report and says what to correct before it goes to the state office:"),
        ],
        path=reverse("coredata:reports"),
        at=at,
        provider=name,
        due=due_on,
    )
