"""Who looks after a concern, what the office notes about it, and what it is linked to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coredata.reconcile.models import Mismatch
from enrollment.full_time.models import ProgramApplication
from enrollment.part_time.models import CourseLine
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices, office_notices
from ..models import Concern, Entry, EntryKind, Tag
from ..transitions import Act
from . import timing
from .entering import enter, keep, look_for_newer, said_already, say

MOST_TAGS = 10
LINKED = ("student", "line", "application", "mismatch")


class NotOfTheOffice(Refusal):
    sentence = _(
        "A concern is given to somebody of the state office who still has that role. Choose another."
    )


class TooManyTags(Refusal):
    sentence = _("A concern has ten tags at most. Take some away first.")


@transaction.atomic
def assign(
    concern_id: int, to: Membership | None, *, by: Membership, at: dt.datetime, seen: int | None = None
) -> Concern:
    """Give it to somebody of the office, oneself included, or with None back into the common inbox.

    The same person again changes nothing, unless a rule gave it: then that person has taken it up.
    Raises OnlyTheOffice, MovedOn, NotNow, NotOfTheOffice.
    """
    if to is not None and (not to.is_dese or to.ended_at is not None or not to.user.is_active):
        raise NotOfTheOffice
    act = Act.RELEASE if to is None else Act.ASSIGN
    concern = enter(concern_id, act, by=by)
    last = Entry.objects.filter(concern=concern, kind=EntryKind.ASSIGNED).order_by("-pk").first()
    if concern.assigned_to == to and (to is None or (last is not None and last.by_id is not None)):
        return concern
    look_for_newer(concern, seen)
    if to is None:
        say(concern, EntryKind.ASSIGNED, by=by, at=at)
        return keep(concern, act, assigned_to=None)
    return give(concern, to, by=by, at=at)


def give(concern: Concern, to: Membership, *, by: Membership, at: dt.datetime, tells: bool = True) -> Concern:
    """The same for a concern that the caller holds. `tells`: the new reviewer gets a mail about it alone."""
    entry = say(concern, EntryKind.ASSIGNED, by=by, to=to, at=at)
    timing.sort(concern, at=at)
    keep(concern, Act.ASSIGN, assigned_to=to)
    notices.tell_writer(entry)
    if tells and to.pk != by.pk:
        office_notices.tell_assigned(concern, to, at=at)
    return concern


@transaction.atomic
def note(concern_id: int, text: str, *, by: Membership, at: dt.datetime, seen: int | None = None) -> Entry:
    """What only the office reads. Raises OnlyTheOffice, MovedOn, NotNow."""
    concern = enter(concern_id, Act.NOTE, by=by)
    if before := said_already(concern, EntryKind.NOTE, text=text, by=by, seen=seen):
        return before
    look_for_newer(concern, seen)
    return say(concern, EntryKind.NOTE, text=text, by=by, at=at)


@transaction.atomic
def tag(concern_id: int, names: Collection[str], *, by: Membership, at: dt.datetime) -> Concern:
    """Give it exactly these tags; a word that the office has not used yet becomes one.

    Raises OnlyTheOffice, NotNow, TooManyTags.
    """
    wanted = sorted({" ".join(name.split())[:40].strip().lower() for name in names} - {""})
    if len(wanted) > MOST_TAGS:
        raise TooManyTags
    concern = enter(concern_id, Act.TAG, by=by)
    if sorted(concern.tags.values_list("name", flat=True)) == wanted:
        return concern
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    concern.tags.set(Tag.objects.filter(name__in=wanted))
    say(concern, EntryKind.TAGGED, text=", ".join(wanted), by=by, at=at)
    return concern


@transaction.atomic
def link(
    concern_id: int,
    what: Student | CourseLine | ProgramApplication | Mismatch,
    *,
    by: Membership,
    at: dt.datetime,
    seen: int | None = None,
) -> Concern:
    """Link a student, a course of a request, an application or a mismatch; another of its kind makes way.

    A course or an application brings its student, as far as the district has said who that is.
    Raises OnlyTheOffice, MovedOn, NotNow.
    """
    concern = enter(concern_id, Act.LINK, by=by)
    changes: dict[str, object] = {}
    match what:
        case Student():
            changes["student"] = what
        case CourseLine():
            changes |= {"line": what, "course": what.course}
            if what.request.claim.student is not None:
                changes["student"] = what.request.claim.student
        case ProgramApplication():
            changes["application"] = what
            if what.claim.student is not None:
                changes["student"] = what.claim.student
        case Mismatch():
            changes["mismatch"] = what
    if all(getattr(concern, name) == value for name, value in changes.items()):
        return concern
    look_for_newer(concern, seen)
    say(concern, EntryKind.LINKED, text=words_of(what), by=by, at=at)
    return keep(concern, Act.LINK, **changes)


@transaction.atomic
def unlink(concern_id: int, name: str, *, by: Membership, at: dt.datetime) -> Concern:
    """Take one of `LINKED` away. Twice changes nothing. Raises OnlyTheOffice, NotNow, KeyError."""
    if name not in LINKED:
        raise KeyError(name)
    concern = enter(concern_id, Act.LINK, by=by)
    linked = getattr(concern, name)
    if linked is None:
        return concern
    say(concern, EntryKind.LINKED, text=f"– {words_of(linked)}", by=by, at=at)
    return keep(concern, Act.LINK, **{name: None})


def words_of(what: Student | CourseLine | ProgramApplication | Mismatch) -> str:
    """What a link is called in the story: a number, never a name."""
    match what:
        case CourseLine():
            return f"{what.request.number}, {what.course.title}"
        case ProgramApplication():
            return what.number
        case Mismatch():
            return f"{what.code} {what.pk}"
        case _:
            return str(_("the student's record"))
