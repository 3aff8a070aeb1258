"""A concern as the office reads it: what was written, by whom, and its story."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.ui.words import short_day

from .models import Concern, Contact, Entry, EntryKind, Format
from .naming import may_be_named
from .questions import told


def written(concern: Concern) -> list[dict[str, str]]:
    """What the writer said about whom and what, in the order of the form."""
    return [_row(term, value) for term, value in _written(concern) if value]


def _written(concern: Concern) -> Iterator[tuple[str, str]]:
    yield _("District"), str(concern.lea or "")
    yield _("Provider"), str(concern.provider or "")
    yield _("Full-time program"), str(concern.program or "")
    yield _("Course"), str(concern.course.title if concern.course else "")
    yield _("Course, as the writer calls it"), concern.course_title
    yield _("Track"), str(concern.get_track_display()) if concern.track else ""
    yield _("Student, as the writer says"), concern.student_name
    yield _("Grade"), str(dict(GRADES_BY_TEXT).get(concern.student_grade, concern.student_grade))
    yield _("When it happened"), _when(concern)
    yield _("Rule"), concern.rule
    yield from told(concern.category, concern.answers)


def texts(concern: Concern) -> list[dict[str, str]]:
    """What was written in sentences."""
    found = [
        (_("What happened"), concern.what_happened),
        (_("What the writer tried"), concern.tried),
        (_("What the writer wants"), concern.wanted),
    ]
    return [_row(term, value) for term, value in found if value]


def person(concern: Concern) -> list[dict[str, str]]:
    """Who wrote and how they can be reached."""
    rows = [_row(_("Who wrote"), str(concern.get_writer_display()))]
    if concern.is_anonymous:
        rows.append(
            _row(_("Name"), _("Anonymous: nobody can be reached. They read the status page, if they do."))
        )
    else:
        rows += [
            _row(term, value)
            for term, value in (
                (_("Name"), concern.name),
                (_("Email"), concern.email),
                (_("Telephone"), concern.phone),
                (_("How to reach them"), str(Contact(concern.contact).label)),
            )
            if value
        ]
    rows.append(_row(_("Language"), language_words(concern.language)))
    if concern.format != Format.USUAL:
        rows.append(_row(_("How they can read an answer"), str(Format(concern.format).label)))
    if not concern.is_anonymous:
        consent = (
            _("Yes: the other side may be told who they are")
            if may_be_named(concern)
            else _("No: keep from the other side who they are")
        )
        rows.append(_row(_("May be named"), consent))
    return rows


def language_words(language: str) -> str:
    return {"en": _("English"), "es": _("Spanish")}.get(language, language)


def story(concern: Concern) -> list[dict[str, Any]]:
    """Every line, the oldest first; of concerns that are joined with it too, each with its number."""
    joined = {one.pk: one.number for one in Concern.objects.filter(merged_into=concern)}
    entries = Entry.objects.filter(concern__in=[concern.pk, *joined]).select_related(
        "by__user",
        "by__organization",
        "to__user",
        "asked__lea__organization",
        "asked__provider__organization",
    )
    return [_told(entry, joined.get(entry.concern_id, "")) for entry in entries.order_by("at", "pk")]


def _told(entry: Entry, number: str) -> dict[str, Any]:
    what = str(EntryKind(entry.kind).label)
    if entry.kind == EntryKind.ASSIGNED:
        whom = entry.to.user.name if entry.to else _("nobody")
        what = _("%(what)s: %(whom)s") % {"what": what, "whom": whom}
    elif entry.asked is not None:
        what = _("%(what)s: %(whom)s") % {"what": what, "whom": entry.asked.lea or entry.asked.provider}
    if number:
        what = f"{number} · {what}"
    return {
        "what": what,
        "when": entry.at,
        "who": _who(entry),
        "more": entry.text,
        "state": "done",
        "is_private": entry.kind in PRIVATE,
    }


def _who(entry: Entry) -> str:
    if entry.by is not None:
        return f"{entry.by.user.name}, {entry.by.organization or entry.by.get_role_display()}"
    return _("The writer") if entry.kind in OF_WRITER else _("The portal")


PRIVATE = frozenset(
    {EntryKind.NOTE, EntryKind.LINKED, EntryKind.TAGGED, EntryKind.JOINED, EntryKind.SEPARATED}
)
OF_WRITER = frozenset(
    {EntryKind.RECEIVED, EntryKind.FROM_WRITER, EntryKind.CONSENT, EntryKind.RATED, EntryKind.REOPENED}
)
GRADES_BY_TEXT = [(str(grade), label) for grade, label in GRADES]


def _when(concern: Concern) -> str:
    if concern.happened_from is None:
        return ""
    if concern.happened_to is None or concern.happened_to == concern.happened_from:
        return short_day(concern.happened_from)
    return _("%(first)s to %(last)s") % {
        "first": short_day(concern.happened_from),
        "last": short_day(concern.happened_to),
    }


def _row(term: str, value: str) -> dict[str, str]:
    return {"term": term, "value": value}
