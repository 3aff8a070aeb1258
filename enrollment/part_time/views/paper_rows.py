"""The rows, forms and files that the pages about paper share."""

import datetime as dt
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from enrollment.records.models import Student
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..actions import entry
from ..forms.paper import EntryForm
from ..forms.upload import PaperUpload
from ..models import Unfinished
from .asking.rows import asks_prior_semester

ENTERING_ROLES = (Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR)
STUDENTS_SHOWN = 25


def family_form(
    data: MultiValueDict[str, str] | None, *, hat: Membership, student: Student | None, today: dt.date
) -> EntryForm:
    schools = School.objects.on(today).filter(lea=hat.organization_id).order_by("name", "pk")
    initial = {"school": student.school_id, "grade": student.grade} if student else {}
    return EntryForm(
        data,
        schools=schools,
        student=student,
        today=today,
        asks_prior_semester=asks_prior_semester(today),
        initial=initial,
    )


def take_upload(form: PaperUpload, *, by: Membership, at: dt.datetime) -> bool:
    """Whether the form is right, its file included. A good file is kept whatever else has to be mended."""
    is_valid = form.is_valid()
    if form.upload is None:
        return is_valid
    before = form.document
    try:
        form.keep(papers.store_document(form.upload, by=by, at=at))
    except Refusal as refusal:
        form.add_error("scan", str(refusal.sentence))
        return False
    if before is not None:
        papers.forget_document(before.pk)
    return is_valid


def kept_document(key: str, *, hat: Membership) -> Document | None:
    """The file that this hat sent before with the same form, and that belongs to nothing yet."""
    try:
        pk = UUID(key)
    except ValueError:
        return None
    return Document.objects.filter(pk=pk, uploaded_by=hat, course_request=None, decisions=None).first()


def has_account(email: str) -> bool:
    """Whether a person with this address has an account. Nothing is linked by it: the family adds the child itself."""
    verified = EmailAddress.objects.filter(email__iexact=email, verified=True, user__is_active=True)
    return bool(email) and bool(verified.exists())


def entries(hat: Membership) -> QuerySet[Unfinished]:
    """What this person has begun to enter in this district."""
    own = Unfinished.objects.filter(user=hat.user_id, page__startswith=f"{entry.PAGE}:")
    return own.filter(answers__lea=hat.organization_id)


def entry_of(hat: Membership, pk: int) -> Unfinished:
    return get_object_or_404(entries(hat), pk=pk)


def begun(hat: Membership) -> list[dict[str, Any]]:
    """The entries that are not sent yet, newest first, by the child's name as far as it is known."""
    rows = list(
        entries(hat).exclude(answers__has_key="request").order_by("-saved_at", "-pk")[:STUDENTS_SHOWN]
    )
    students = Student.objects.visible_to(hat).in_bulk(
        [row.answers["student"] for row in rows if row.answers["student"]]
    )
    return [
        {"entry": row, "name": str(students.get(row.answers["student"]) or typed_name(row))} for row in rows
    ]


def typed_name(row: Unfinished) -> str:
    family = row.answers.get("family", {})
    return " ".join(name for part in ("first_name", "last_name") for name in family.get(part, []))


def student_of(row: Unfinished, hat: Membership) -> Student | None:
    """The student the entry is about; None for a child that is not known. 404 when it is no longer of the district."""
    key = row.answers["student"]
    return get_object_or_404(Student.objects.visible_to(hat), pk=key) if key else None


def told_form(row: Unfinished, hat: Membership) -> EntryForm | None:
    """The first page as it was filled in; None when it is not, or no longer right."""
    if "family" not in row.answers:
        return None
    form = family_form(
        MultiValueDict(row.answers["family"]),
        hat=hat,
        student=student_of(row, hat),
        today=central_date(timezone.now()),
    )
    return form if form.is_valid() else None


def already_entered(request: HatRequest, row: Unfinished) -> HttpResponse:
    """The answer to whatever comes too late: the receipt, and why."""
    messages.info(request, _("This was already entered. Nothing was entered twice."))
    return redirect("part_time:entry_receipt", row.answers["request"])
