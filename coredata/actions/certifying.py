"""A trial is certified by somebody who has seen what changes; inside its window it may be taken back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..layouts import Cycle, Kind
from ..models import CollectionWindow, Upload, UploadQuerySet, UploadState
from ..store import student_courses
from .checking import destroy_bytes, end_trial, locked


class NotATrial(Refusal):
    sentence = _("Only a trial can be certified. Reload the page to see what became of this file.")


class NotCertified(Refusal):
    sentence = _("This file is not certified now. Reload the page to see what became of it.")


class HasErrors(Refusal):
    """V-14"""

    sentence = _("The file has errors. Correct them, send it again, and certify that.")


class ChangedMeanwhile(Refusal):
    sentence = _(
        "Since you opened this page the file was checked anew, or another version was certified. Look at what changes "
        "now, then certify."
    )


class CourseAssignmentFirst(Refusal):
    """V-15"""

    sentence = _("Certify Course Assignment of this school year first: students are joined to its courses.")


class CourseAssignmentWaits(Refusal):
    """V-15"""

    sentence = _(
        "This file was checked with a newer Course Assignment that is not certified. Certify that one first, or take "
        "it back if it was a mistake."
    )


class CannotBeCheckedAgain(Refusal):
    sentence = _(
        "What you sent was destroyed, so this file cannot be checked against what holds today. Send it again and "
        "certify that."
    )


class WarningsNotAcknowledged(Refusal):
    sentence = _("The file has warnings. Say that you have seen them, then certify it.")


class WindowIsClosed(Refusal):
    sentence = _("This collection takes no files now. Ask the state office (DESE) to open it.")


@transaction.atomic
def certify(
    upload_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    name: str,
    statement: str,
    acknowledges_warnings: bool,
    seen: str | None = None,
) -> Upload:
    """Make a trial what counts. The version certified before stays as it is, and says that it is superseded.

    `seen`: what whoever certifies looked at (`what_changes`); None where nobody looks, as in a command.

    Raises NotATrial, ChangedMeanwhile, WindowIsClosed, HasErrors (V-14), CannotBeCheckedAgain, WarningsNotAcknowledged,
    CourseAssignmentFirst and CourseAssignmentWaits (V-15).
    """
    upload = locked(upload_id)
    if upload.state != UploadState.TRIAL:
        raise NotATrial
    before = Upload.objects.filter(
        lea=upload.lea_id, collection=upload.collection, state=UploadState.CERTIFIED
    ).first()
    if seen is not None and seen != what_changes(upload, before):
        raise ChangedMeanwhile
    _require_open(upload, at=at)
    if upload.errors:
        raise HasErrors
    if upload.destroyed_at is not None:
        raise CannotBeCheckedAgain
    if upload.warnings and not acknowledges_warnings:
        raise WarningsNotAcknowledged
    assert upload.collection is not None
    if upload.collection.kind == Kind.STU_ASSIGN:
        _require_courses(upload)
    if before:
        before.state = UploadState.SUPERSEDED
        before.ended_at = at
        before.save(update_fields=["state", "ended_at"])
    upload.state = UploadState.CERTIFIED
    upload.certified_at, upload.certified_by, upload.certified_name = at, by, name
    upload.statement = statement
    upload.acknowledged_at = at if upload.warnings else None
    upload.needs_recheck = False
    destroy_bytes(upload, at=at)
    upload.save()
    if upload.collection.kind == Kind.CRS_ASSIGN:
        _beside(upload, Kind.STU_ASSIGN).update(needs_recheck=True)
    _rebuild(upload)
    return upload


def what_changes(upload: Upload, before: Upload | None) -> str:
    """What certifying a trial would do, to be held against later: when it was checked, and what it would supersede."""
    checked = upload.judged_at.isoformat() if upload.judged_at else ""
    return f"{checked} / {before.pk if before else None}"


@transaction.atomic
def withdraw(upload_id: int, *, by: Membership, at: dt.datetime) -> Upload:
    """Take back a file: a trial at any time, a certified one inside its window.

    Of a trial only that it was sent stays. Of a certified file the rows stay, and nothing of the collection is
    certified then. Raises NotCertified, WindowIsClosed.
    """
    upload = locked(upload_id)
    if upload.state == UploadState.TRIAL:
        end_trial(upload, UploadState.WITHDRAWN, at=at)
        return upload
    if upload.state != UploadState.CERTIFIED:
        raise NotCertified
    _require_open(upload, at=at)
    upload.state = UploadState.WITHDRAWN
    upload.ended_at = at
    upload.save(update_fields=["state", "ended_at"])
    _rebuild(upload)
    return upload


def _rebuild(upload: Upload) -> None:
    """The student-courses and outcomes that rest on this file, in the same transaction."""
    assert upload.collection is not None
    of_october = (
        upload.collection.cycle == Cycle.OCTOBER and upload.collection.kind in student_courses.COURSES_FIRST
    )
    if of_october or upload.collection.kind == Kind.STU_CRS_COMP:
        student_courses.rebuild(upload.lea_id, upload.collection.school_year_id)


def _require_open(upload: Upload, *, at: dt.datetime) -> None:
    assert upload.collection is not None
    windows = CollectionWindow.objects.open_on(central_date(at)).filter(
        school_year=upload.collection.school_year_id,
        cycle=upload.collection.cycle,
        kind=upload.collection.kind,
    )
    if not windows.exists():
        raise WindowIsClosed


def _require_courses(upload: Upload) -> None:
    """Students are joined to the courses that are certified, so these have to be what the file was checked with."""
    states = set(_beside(upload, Kind.CRS_ASSIGN).values_list("state", flat=True))
    if UploadState.CERTIFIED not in states:
        raise CourseAssignmentFirst
    if UploadState.TRIAL in states:  # it is looked at before the certified one
        raise CourseAssignmentWaits


def _beside(upload: Upload, kind: Kind) -> UploadQuerySet:
    """What the LEA has of another kind in the same cycle: its trial and its certified file."""
    assert upload.collection is not None
    return Upload.objects.filter(
        lea=upload.lea_id,
        collection__school_year=upload.collection.school_year_id,
        collection__cycle=upload.collection.cycle,
        collection__kind=kind,
        state__in=[UploadState.TRIAL, UploadState.CERTIFIED],
    )
