"""What the portal knows about whom and what a concern is about, and what may be meant by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from coredata.reconcile import cards, life
from coredata.reconcile.catalogue import CATALOGUE
from coredata.reconcile.models import Mismatch
from coredata.reconcile.standing import shown_to
from enrollment.full_time.models import ProgramApplication
from enrollment.full_time.stations import stations
from enrollment.full_time.views.rows import with_stations
from enrollment.part_time.models import CourseLine, CourseRequest, RequestState
from enrollment.part_time.timeline import timeline, with_all_it_needs
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.words import dollars, long_day
from providers.standing import standing, with_its_papers

from .models import Concern

MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that the portal knows: a heading, its own page, facts, and what happened to it.

    `name`: that of the link, which can be taken away; empty for what the concern itself is about.
    """

    title: str
    url: str
    rows: list[dict[str, str]]
    entries: list[Any] = field(default_factory=list)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Something that may be meant: how its link is made, and words by which a person knows it."""

    kind: str
    pk: int
    what: str
    about: str


def cards_of(concern: Concern, hat: Membership, *, today: dt.date) -> list[Card]:
    """Everything that is linked, and about whom and what the concern is. The hat is one of the office."""
    found = [
        *_line(concern, hat, today),
        *_application(concern, hat, today),
        *_mismatch(concern, hat),
        *_course(concern),
        *_provider(concern, today),
        *_district(concern),
    ]
    return list(found)


def _line(concern: Concern, hat: Membership, today: dt.date) -> Iterator[Card]:
    if concern.line is None:
        return
    visible = with_all_it_needs(CourseRequest.objects.visible_to(hat))
    request = visible.filter(pk=concern.line.request_id).first()
    if request is None:
        return
    line = next(one for one in request.lines.all() if one.pk == concern.line_id)
    rows = [
        _row(_("Student"), request.claim.full_name),
        _row(_("School"), str(request.claim.school)),
        _row(_("Term"), str(request.term)),
        _row(_("Course"), f"{line.course.title}, {line.course.provider}"),
        _row(_("State of the course"), line.get_state_display()),
    ]
    if line.decision is not None:
        words = f"{line.decision.get_outcome_display()}, {long_day(line.decision.decided_at)}"
        rows.append(_row(_("Decision"), words))
        if line.decision.explanation:
            rows.append(_row(_("Why"), line.decision.explanation))
    if request.clock is not None and request.state == RequestState.SUBMITTED:
        due = request.clock.due_on
        rows.append(_row(_("Answer due"), long_day(due) if due else _("The clock is paused")))
    yield Card(
        _("Request %(number)s") % {"number": request.number},
        reverse("part_time:review", args=[request.pk]),
        rows,
        timeline(request, on=today),
        name="line",
    )


def _application(concern: Concern, hat: Membership, today: dt.date) -> Iterator[Card]:
    if concern.application_id is None:
        return
    visible = with_stations(ProgramApplication.objects.visible_to(hat))
    application = visible.filter(pk=concern.application_id).first()
    if application is None:
        return
    rows = [
        _row(_("Student"), application.claim.full_name),
        _row(_("Program"), str(application.program)),
        _row(_("Resident district"), str(application.resident_lea)),
        _row(_("State"), application.get_state_display()),
    ]
    yield Card(
        _("Application %(number)s") % {"number": application.number},
        reverse("full_time:review", args=[application.pk]),
        rows,
        stations(application, on=today),
        name="application",
    )


def _mismatch(concern: Concern, hat: Membership) -> Iterator[Card]:
    if concern.mismatch_id is None:
        return
    mismatch = shown_to(hat).filter(pk=concern.mismatch_id).first()
    if mismatch is None:
        return
    yield Card(
        f"{mismatch.code} {CATALOGUE[mismatch.code].name}",
        reverse("reconcile:mismatch", args=[mismatch.pk]),
        cards.facts(mismatch, hat, student=""),
        [{"state": "done", **entry} for entry in life.entries(mismatch, hat)],
        name="mismatch",
    )


def _course(concern: Concern) -> Iterator[Card]:
    course = concern.course
    if course is None:
        return
    rows = [
        _row(_("Provider"), str(course.provider)),
        _row(_("Its code"), course.provider_course_code),
        _row(_("Subject"), course.subject),
        _row(_("How it is cut"), course.get_structure_display()),
    ]
    prices = [price for price in (course.price_semester, course.price_year) if price is not None]
    if prices:
        rows.append(_row(_("Price"), " / ".join(dollars(price) for price in prices)))
    yield Card(course.title, reverse("providers:provider", args=[course.provider_id]), rows)


def _provider(concern: Concern, today: dt.date) -> Iterator[Card]:
    if concern.provider_id is None:
        return
    provider = with_its_papers().get(pk=concern.provider_id)
    stands, until = standing(provider, on=today)
    words = str(stands.label)
    if until:
        words = _("%(standing)s, until %(day)s") % {"standing": words, "day": long_day(until)}
    others = Concern.objects.open().filter(provider=provider).exclude(pk=concern.pk).count()
    rows = [_row(_("Standing"), words), _others(others, f"provider={provider.pk}")]
    yield Card(str(provider), reverse("providers:provider", args=[provider.pk]), rows)


def _district(concern: Concern) -> Iterator[Card]:
    lea = concern.lea
    if lea is None:
        return
    others = Concern.objects.open().filter(lea=lea).exclude(pk=concern.pk).count()
    rows = [_row(_("State code"), lea.state_district_id), _others(others, f"lea={lea.pk}")]
    yield Card(str(lea), reverse("districts:district", args=[lea.state_district_id]), rows)


def _others(number: int, query: str) -> dict[str, str]:
    row = _row(_("Other open concerns"), str(number))
    if number:
        row |= {"url": f"{reverse('concerns:inbox')}?{query}", "action": _("Look at them")}
    return row


def _row(term: str, value: str) -> dict[str, str]:
    return {"term": term, "value": value}


# What may be meant --------------------------------------------------------------------------------


def suggestions(concern: Concern, hat: Membership) -> list[Match]:
    """What fits the district, the provider, the course and the student's name that the concern gives; a person chooses.

    Without a student's name nothing is suggested: everybody of a district would fit.
    """
    if not concern.student_name.strip():
        return []
    return [*_lines(concern, hat, concern.student_name), *_applications(concern, hat, concern.student_name)][
        :MOST_FOUND
    ]


def find(concern: Concern, hat: Membership, words: str) -> list[Match]:
    """By number (PT-000012, FT-000012, a mismatch's as M-12) or by the student's name, in the concern's district."""
    words = words.strip()
    prefix, _dash, number = words.upper().partition("-")
    pk = int(number) if number.isdecimal() and len(number) < 10 else 0
    if pk and prefix == "PT":
        return [_match(line) for line in _visible_lines(hat).filter(request=pk)[:MOST_FOUND]]
    if pk and prefix == "FT":
        return [_of_application(row) for row in _visible_applications(hat).filter(pk=pk)]
    if pk and prefix == "M":
        return [_of_mismatch(row) for row in shown_to(hat).filter(pk=pk).select_related("lea__organization")]
    return [*_lines(concern, hat, words), *_applications(concern, hat, words)][:MOST_FOUND]


def linkable(kind: str, pk: int, hat: Membership) -> CourseLine | ProgramApplication | Mismatch | None:
    """The row that a match leads to, if this hat may know of it."""
    rows: QuerySet[Any]
    match kind:
        case "line":
            rows = _visible_lines(hat)
        case "application":
            rows = _visible_applications(hat)
        case "mismatch":
            rows = shown_to(hat)
        case _:
            return None
    return rows.filter(pk=pk).first()


def _visible_lines(hat: Membership) -> QuerySet[CourseLine]:
    lines = CourseLine.objects.filter(request__in=CourseRequest.objects.visible_to(hat))
    return lines.select_related("request__claim__student", "request__lea__organization", "course__provider")


def _visible_applications(hat: Membership) -> QuerySet[ProgramApplication]:
    rows = ProgramApplication.objects.visible_to(hat)
    return rows.select_related("claim__student", "program", "resident_lea__organization")


def _named(words: str, prefix: str = "") -> Q:
    """Each of the words stands in the first or the last name."""
    found = Q()
    for word in words.replace(",", " ").split()[:5]:
        found &= Q(**{f"{prefix}first_name__icontains": word}) | Q(**{f"{prefix}last_name__icontains": word})
    return found


def _lines(concern: Concern, hat: Membership, words: str) -> list[Match]:
    lines = _visible_lines(hat).filter(_named(words, "request__claim__"))
    if concern.lea_id:
        lines = lines.filter(request__lea=concern.lea_id)
    if concern.provider_id:
        lines = lines.filter(course__provider=concern.provider_id)
    if concern.course_id:
        lines = lines.filter(course=concern.course_id)
    return [_match(line) for line in lines.order_by("-request__submitted_at", "-pk")[:MOST_FOUND]]


def _applications(concern: Concern, hat: Membership, words: str) -> list[Match]:
    rows = _visible_applications(hat).filter(_named(words, "claim__"))
    if concern.program_id:
        rows = rows.filter(program=concern.program_id)
    elif concern.lea_id:
        rows = rows.filter(resident_lea=concern.lea_id)
    return [_of_application(row) for row in rows.order_by("-submitted_at", "-pk")[:MOST_FOUND]]


def _match(line: CourseLine) -> Match:
    request = line.request
    about = f"{line.course.title}, {line.get_state_display()}, {request.lea}"
    return Match("line", line.pk, f"{request.number}: {request.claim.full_name}", about)


def _of_application(row: ProgramApplication) -> Match:
    about = f"{row.program}, {row.get_state_display()}, {row.resident_lea}"
    return Match("application", row.pk, f"{row.number}: {row.claim.full_name}", about)


def _of_mismatch(row: Mismatch) -> Match:
    return Match("mismatch", row.pk, f"{row.code} {CATALOGUE[row.code].name}", str(row.lea or ""))
