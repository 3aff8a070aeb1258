"""What the page of one mismatch shows: the facts with their places, and the state's three questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Subquery
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from coredata.coding import ELECTRONIC, VIRTUAL
from coredata.layouts import Cycle
from coredata.layouts import Kind as File
from coredata.models import CollectionWindow, ReportedEnrollment, StudentCourse, Upload
from coredata.store.lookup import of_student
from enrollment.part_time.models import APPROVED_LINES, REVIEWING_ROLES, CourseLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.words import long_day
from providers.models import Course

from .catalogue import CATALOGUE, NOTHING, Actor, Family
from .lists import said
from .models import LeaRun, Mismatch

# Only a provider lists the student, or so it seems: the page answers what the state asks of each of them.
ASKED_OF_PROVIDERS_STUDENTS = frozenset({"M-10", "M-13", "M-43", "M-44", "M-46", "M-55", "M-56"})
OF_JUNE = frozenset({"M-02", "M-53", "M-71"})
MOCAP_CODES, MOCAP_DELIVERY = frozenset({"50", "52"}), frozenset({VIRTUAL, ELECTRONIC})


@dataclass(frozen=True, slots=True)
class Question:
    """One of the state's three questions, its answer in words, and whether that is as it should be."""

    question: str
    answer: str
    is_good: bool


def facts(mismatch: Mismatch, hat: Membership, *, student: str) -> list[dict[str, str]]:
    """What is known of it, for the list on its page. A provider reads of its own report only."""
    rows = _of_provider(mismatch, hat) if hat.is_provider else _of_staff(mismatch, hat)
    return [*_head(mismatch, student), *rows]


def _head(mismatch: Mismatch, student: str) -> Iterator[dict[str, str]]:
    if mismatch.mosis_id:
        yield _row(_("Student"), f"{student}\n{mismatch.mosis_id}" if student else mismatch.mosis_id)
    if mismatch.course_code:
        yield _row(_("Course"), _title(mismatch))
    if mismatch.semester:
        yield _row(_("Term"), mismatch.semester)
    if mismatch.lea is not None:
        yield _row(_("District"), str(mismatch.lea))


def claim(mismatch: Mismatch) -> list[dict[str, str]]:
    """What another LEA with the same student or course may know: which LEA says so of whom."""
    return [*_head(mismatch, ""), _row(_("Open since"), long_day(mismatch.opened_at))]


def _of_provider(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, str]]:
    reported = _fact(mismatch, "reported")
    if reported:
        yield _row(_("You report"), reported)
    yield from _report(mismatch, hat)
    yield _row(_("Open since"), long_day(mismatch.opened_at))


def _of_staff(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, str]]:
    kind = CATALOGUE[mismatch.code]
    if mismatch.provider is not None:
        yield _row(_("Provider"), str(mismatch.provider))
    words = {
        "expected": _("Expected"),
        "found": _("Found"),
        "approved": _("Approved"),
        "reported": _("Reported by the provider"),
        "other": _("Elsewhere"),
    }
    for name, term in words.items():
        if value := _fact(mismatch, name):
            yield _row(term, value)
    yield from _rows(mismatch, hat)
    yield from _report(mismatch, hat)
    cause = kind.cause(mismatch.cause) or kind.causes[0]
    yield _row(_("Likely cause"), cause.text)
    yield _row(_("Who acts"), ", ".join(str(actor.label) for actor in kind.acts) or NOTHING)
    if words_of_deadline := deadline(mismatch):
        yield _row(_("By when"), words_of_deadline)
    yield _row(_("Open since"), long_day(mismatch.opened_at))
    if last := _last_seen(mismatch):
        yield _row(_("Last seen"), long_day(last))


def _rows(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, str]]:
    """The rows of the district's files behind it, with the file they stand in; and the request."""
    october, june = _own_row(mismatch, "october", hat), _own_row(mismatch, "june", hat)
    if october is not None:
        of_october = _compared(mismatch, october)
        words = _("Line %(line)s of Student Assignment: program code %(program)s, delivery %(delivery)s") % {
            "line": october.get("line") or NOTHING,
            "program": october.get("program") or _("none"),
            "delivery": october.get("delivery") or _("none"),
        }
        yield _row(_("October"), words, *_to_file(of_october.get("students"), hat))
        if october.get("course_line"):
            words = _("Line %(line)s of Course Assignment") % {"line": october["course_line"]}
            yield _row(_("Its section"), words, *_to_file(of_october.get("courses"), hat))
    if june is not None:
        words = _("Line %(line)s of Student Course Completion: grade %(grade)s, credits %(credits)s") % {
            "line": june.get("line") or NOTHING,
            "grade": june.get("grade") or _("none"),
            "credits": june.get("credits") if june.get("credits") is not None else NOTHING,
        }
        yield _row(_("June"), words, *_to_file(_compared(mismatch, june).get("june"), hat))
    yield from _request(mismatch, hat)


def _own_row(mismatch: Mismatch, name: str, hat: Membership) -> Mapping[str, Any] | None:
    """A row of a file. Of another district's row a district reads no more than that there is one."""
    row = mismatch.facts.get(name)
    if not isinstance(row, Mapping):
        return None
    return row if hat.is_dese or row.get("lea") in (None, hat.organization_id) else None


def _request(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, str]]:
    line = mismatch.facts.get("line")
    if not isinstance(line, int):
        return
    found = CourseLine.objects.filter(pk=line).select_related("request").first()
    if found is None or not (hat.is_dese or found.request.lea_id == hat.organization_id):
        return
    may_open = hat.role in REVIEWING_ROLES or hat.is_dese
    link = (reverse("part_time:review", args=[found.request_id]), _("Open")) if may_open else ()
    yield _row(_("Request"), f"{found.request.number}: {found.get_state_display()}", *link)


def _report(mismatch: Mismatch, hat: Membership) -> Iterator[dict[str, str]]:
    """What the provider reports, with its page."""
    report = mismatch.facts.get("report")
    if not isinstance(report, Mapping):
        return
    own = ReportedEnrollment.objects.visible_to(hat).filter(
        school_year=mismatch.school_year_id, enrollment_id=str(report.get("enrollment") or "")
    )
    if mismatch.provider_id:
        own = own.filter(provider=mismatch.provider_id)
    found = own.values_list("pk", flat=True).first()
    words = _("Line %(line)s, status %(status)s") % {
        "line": report.get("line") or NOTHING,
        "status": report.get("status") or NOTHING,
    }
    link = (reverse("coredata:reported_enrollment", args=[found]), _("Open")) if found else ()
    yield _row(_("Provider's report"), words, *link)


def deadline(mismatch: Mismatch) -> str:
    """Until when the files that would mend it are due or taken; empty where no file of a district would."""
    kind = CATALOGUE[mismatch.code]
    if not {Actor.DATA_CLERK, Actor.HOST} & set(kind.acts):
        return ""
    is_of_june = kind.family is Family.OUTCOME or kind.id in OF_JUNE
    window = CollectionWindow.objects.filter(
        school_year=mismatch.school_year_id,
        cycle=Cycle.JUNE if is_of_june else Cycle.OCTOBER,
        kind=File.STU_CRS_COMP if is_of_june else File.STU_ASSIGN,
    ).first()
    if window is None:
        return ""
    if window.closes_on:
        return _("%(file)s: due on %(due)s, corrections are taken until %(end)s") % {
            "file": window.get_kind_display(),
            "due": long_day(window.due_on),
            "end": long_day(window.closes_on),
        }
    return _("%(file)s: due on %(due)s, corrections are taken after that") % {
        "file": window.get_kind_display(),
        "due": long_day(window.due_on),
    }


def questions(mismatch: Mismatch, hat: Membership) -> list[Question]:
    """Is the student here, was the course approved, is it coded right? Looked up now; none for other mismatches."""
    if mismatch.code not in ASKED_OF_PROVIDERS_STUDENTS or hat.is_provider or not mismatch.mosis_id:
        return []
    courses = StudentCourse.objects.filter(
        school_year=mismatch.school_year_id, lea=mismatch.lea_id, mosis_id=mismatch.mosis_id
    )
    rows = list(courses.order_by("course_code", "semester"))
    return [_is_here(mismatch, hat, rows), _is_approved(mismatch), _is_coded(mismatch, rows)]


def _is_here(mismatch: Mismatch, hat: Membership, rows: list[StudentCourse]) -> Question:
    question = _("Is the student yours?") if hat.is_lea else _("Is the student of this district?")
    of_lea = Upload.objects.visible_to(hat).filter(
        lea=mismatch.lea_id, collection__school_year=mismatch.school_year_id
    )
    files = [
        str(found.upload.collection)
        for found in of_student(mismatch.mosis_id, of_lea)
        if found.upload.collection is not None
    ]
    if files:
        return Question(question, _("Yes: in %(files)s.") % {"files": "; ".join(sorted(files))}, True)
    if rows:
        return Question(question, _("Yes: in the certified October files."), True)
    return Question(question, _("No file of the district of this school year has the student."), False)


def _is_approved(mismatch: Mismatch) -> Question:
    question = _("Was the course approved?")
    lines = CourseLine.objects.filter(
        request__lea=mismatch.lea_id,
        request__claim__student__mosis_id=mismatch.mosis_id,
        request__term__school_year=mismatch.school_year_id,
    ).select_related("course")
    found = list(lines.order_by("-pk"))
    same = [line for line in found if line.course.state_course_code == mismatch.course_code]
    if approved := [line for line in same if line.state in APPROVED_LINES]:
        return Question(question, _("Yes: %(course)s.") % {"course": approved[0].course.title}, True)
    if same:
        words = {"course": same[0].course.title, "state": same[0].get_state_display()}
        return Question(question, _("%(course)s: %(state)s.") % words, False)
    if found:
        titles = "; ".join(sorted({line.course.title for line in found}))
        answer = _("No, but there are requests for other courses: %(courses)s.") % {"courses": titles}
        return Question(question, answer, False)
    return Question(question, _("There is no request for this student in this school year."), False)


def _is_coded(mismatch: Mismatch, rows: list[StudentCourse]) -> Question:
    question = _("Is it coded right in October?")
    same = [row for row in rows if row.course_code == mismatch.course_code]
    if not same:
        return Question(question, _("The course is not in the October files."), False)
    is_good = all(row.program_code in MOCAP_CODES and row.delivery_system in MOCAP_DELIVERY for row in same)
    codes = "; ".join(
        _("program code %(program)s, delivery %(delivery)s")
        % {"program": row.program_code or _("none"), "delivery": row.delivery_system or _("none")}
        for row in same
    )
    if is_good:
        return Question(question, _("Yes: %(codes)s.") % {"codes": codes}, True)
    return Question(
        question, _("No: %(codes)s. A MOCAP course has 50 or 52 with V or S.") % {"codes": codes}, False
    )


def sentence(mismatch: Mismatch, hat: Membership) -> str:
    """The sentence of this hat's side."""
    return said(hat, mismatch)


def steps(mismatch: Mismatch, hat: Membership) -> list[str]:
    """What to do, step by step. The steps are the district's: a provider's sentence says what it does itself."""
    kind = CATALOGUE[mismatch.code]
    return [] if hat.is_provider else [kind.fill(step, mismatch.facts) for step in kind.remedy]


def _last_seen(mismatch: Mismatch) -> dt.datetime | None:
    """When its LEA was compared last while it did not agree; None of one that is of no LEA."""
    runs = LeaRun.objects.filter(run__school_year=mismatch.school_year_id, lea=mismatch.lea_id)
    if mismatch.resolved_at is not None:
        runs = runs.filter(finished_at__lt=mismatch.resolved_at)
    return runs.order_by("-finished_at", "-pk").values_list("finished_at", flat=True).first()


def _compared(mismatch: Mismatch, row: Mapping[str, Any]) -> Mapping[str, int | None]:
    """The files whose lines the facts name: of the row's LEA those that were compared when the mismatch was seen last.

    By that LEA's run of that moment, or its last one before: it may have been compared apart.
    """
    runs = LeaRun.objects.filter(run__school_year=mismatch.school_year_id)
    if mismatch.resolved_at is None:
        own = runs.filter(lea=mismatch.lea_id).order_by("-finished_at").values("finished_at")[:1]
        seen = Q(finished_at__lte=Subquery(own))
    else:
        seen = Q(finished_at__lt=mismatch.resolved_at)
    of_lea = runs.filter(seen, lea=row.get("lea") or mismatch.lea_id)
    found = of_lea.order_by("-finished_at", "-pk").first()
    return (
        {"courses": found.courses_id, "students": found.students_id, "june": found.june_id} if found else {}
    )


def _to_file(upload: int | None, hat: Membership) -> tuple[str, str] | tuple[()]:
    """A link, where this reader may open the file."""
    if upload is None or not Upload.objects.visible_to(hat).filter(pk=upload).exists():
        return ()
    return reverse("coredata:upload", args=[upload]), _("Open the file")


def _title(mismatch: Mismatch) -> str:
    courses = Course.objects.filter(state_course_code=mismatch.course_code)
    title = courses.order_by("pk").values_list("title", flat=True).first()
    return f"{title} ({mismatch.course_code})" if title else mismatch.course_code


def _fact(mismatch: Mismatch, name: str) -> str:
    value = mismatch.facts.get(name)
    if value in (None, "") or isinstance(value, Mapping | list):
        return ""
    try:
        return date_format(dt.date.fromisoformat(str(value))) if "-" in str(value) else str(value)
    except ValueError:
        return str(value)


def _row(term: str, value: str, url: str = "", action: str = "") -> dict[str, Any]:
    return {"term": term, "value": value, "url": url, "action": action}
