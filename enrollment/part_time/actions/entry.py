"""What staff have begun and not finished: an entry for a family, page by page, and a file of decisions on paper."""

import datetime as dt
from typing import Any
from uuid import uuid4

from django.db import transaction

from enrollment.records.actions import OwnChild
from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import Membership

from ..models import Unfinished
from .asking import AlreadySent

PAGE = "paper"  # what the page of such an entry begins with
FILE = "paper_file"  # and that of a file of decisions which waits to be stored


@transaction.atomic
def start_entry(*, by: Membership, student_id: int | None = None, at: dt.datetime) -> Unfinished:
    """An empty entry for a known student, or for a child that the district does not know yet. Raises OwnChild."""
    if student_id is not None and Guardian.objects.filter(student=student_id, user=by.user_id).exists():
        raise OwnChild
    answers = {"lea": by.organization_id, "student": student_id}
    return Unfinished.objects.create(user=by.user, page=f"{PAGE}:{uuid4().hex}", answers=answers, saved_at=at)


@transaction.atomic
def keep_entry(entry_id: int, *, at: dt.datetime, **answers: Any) -> Unfinished:
    """Keeps these answers beside those that are there. Raises AlreadySent once it became a request."""
    entry = Unfinished.objects.select_for_update().get(pk=entry_id)
    if "request" in entry.answers:
        raise AlreadySent
    entry.answers |= answers
    entry.saved_at = at
    entry.save()
    return entry


@transaction.atomic
def discard_entry(entry_id: int) -> None:
    """Throws an entry away with all that was typed. Twice changes nothing."""
    Unfinished.objects.filter(pk=entry_id).delete()


@transaction.atomic
def keep_paper_file(text: str, *, by: Membership, at: dt.datetime) -> Unfinished:
    """Keeps the text of a file of decisions on paper, until it is stored or thrown away."""
    answers = {"lea": by.organization_id, "text": text}
    return Unfinished.objects.create(user=by.user, page=f"{FILE}:{uuid4().hex}", answers=answers, saved_at=at)


@transaction.atomic
def forget_paper_file(kept_id: int) -> None:
    """The file is stored, or not wanted. Twice changes nothing."""
    Unfinished.objects.filter(pk=kept_id).delete()
