"""The life of one mismatch as people read it: found, answered, resolved by what, found again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from coredata.models import ProviderReport, Upload
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.words import long_day

from .forms import TITLES
from .models import Answer, AnswerKind, Mismatch, MismatchState
from .standing import TOLD_TO_PROVIDERS, standing_answers


def entries(mismatch: Mismatch, hat: Membership) -> list[dict[str, Any]]:
    """For the timeline, the oldest first: what happened, when, whose it was, and the reason."""
    happened = [*_found(mismatch, hat), *_answered(mismatch, hat)]
    return sorted(happened, key=lambda entry: entry["when"])


def found(mismatch: Mismatch, hat: Membership) -> list[dict[str, Any]]:
    """Only when it was found, resolved and found again: what everybody in its room may know."""
    return list(_found(mismatch, hat))


def who(hat: Membership) -> str:
    """The organization and the role of somebody who said something; never a name."""
    return _("%(organization)s, %(role)s") % {
        "organization": hat.organization or "",
        "role": hat.get_role_display(),
    }


def to_take_back(mismatch: Mismatch, hat: Membership) -> list[dict[str, str]]:
    """The answers of this hat's organization that count now, each with where it is taken back."""
    if mismatch.state == MismatchState.RESOLVED:
        return []
    return [
        {
            "label": str(AnswerKind(answer.kind).label),
            "url": reverse("reconcile:take_back", args=[answer.pk]),
        }
        for answer in standing_answers([mismatch])[mismatch.pk]
        if answer.by.organization_id == hat.organization_id
    ]


def _found(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, Any]]:
    """From the history that the database keeps: each time it was resolved and each time it was there again."""
    yield _entry(_("Found"), mismatch.first_seen_at, _("The portal"))
    events: Any = Mismatch.pgh_event_model  # type: ignore[attr-defined]
    before = MismatchState.OPEN
    for event in events.objects.filter(pgh_obj_id=mismatch.pk).order_by("pgh_id"):
        if event.state == MismatchState.RESOLVED != before:
            yield _entry(
                _("Resolved: the data agree"),
                event.resolved_at,
                _("The portal"),
                _by_what(mismatch, event, hat),
            )
        elif before == MismatchState.RESOLVED != event.state:
            yield _entry(_("Found again"), event.opened_at, _("The portal"))
        before = event.state


def _by_what(mismatch: Mismatch, event: Any, hat: Membership) -> str:
    """The file or report that came in and made them agree. A provider does not hear of districts' files, and another
    district of neither.
    """
    if hat.is_lea and hat.organization_id != mismatch.lea_id:
        return ""
    upload = None
    if not hat.is_provider:
        uploads = Upload.objects.filter(pk=event.resolved_by_upload_id)
        upload = uploads.select_related("collection").first()
    if upload is not None:
        return _("By %(file)s, %(collection)s") % {"file": upload.name, "collection": upload.collection}
    report = ProviderReport.objects.filter(pk=event.resolved_by_report_id).first()
    if report is not None and report.as_of:
        return _("By the provider's report as of %(day)s") % {"day": long_day(report.as_of)}
    if event.resolved_by_upload_id is None and _has_another_number(event.mosis_id):
        return _("The student has another MOSIS ID now")
    return ""


def _has_another_number(mosis_id: str) -> bool:
    """A student had this number, and nobody has it now: it was corrected, or two records of one student were joined."""
    events: Any = Student.pgh_event_model  # type: ignore[attr-defined]
    if not mosis_id or Student.objects.filter(mosis_id=mosis_id).exists():
        return False
    return bool(events.objects.filter(mosis_id=mosis_id).exists())


def _answered(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, Any]]:
    answers = mismatch.answers.select_related("by__organization", "undoes").order_by("at", "pk")
    for answer in answers:
        kind = answer.undoes.kind if answer.undoes is not None else answer.kind
        if hat.is_provider and kind not in TOLD_TO_PROVIDERS:
            continue
        yield _entry(_words(answer), answer.at, who(answer.by), answer.reason)


def _words(answer: Answer) -> str:
    if answer.undoes is not None:
        return _("Taken back: %(answer)s") % {"answer": TITLES[AnswerKind(answer.undoes.kind)]}
    if answer.until:
        return _("Waived until %(day)s") % {"day": long_day(answer.until)}
    return _("Answer: %(answer)s") % {"answer": AnswerKind(answer.kind).label}


def _entry(what: str, when: Any, whose: str, more: str = "") -> dict[str, Any]:
    return {"what": what, "when": when, "who": whose, "more": more, "state": "done"}
