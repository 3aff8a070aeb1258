"""Which mismatches a list shows: filters of the address, the order by cause, and how many there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Window
from django.utils.translation import gettext_lazy as _

from coredata.models import ReportedEnrollment
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership

from .catalogue import CATALOGUE, Kind
from .models import Mismatch, MismatchQuerySet, MismatchState
from .silence import escalated
from .standing import TOLD_TO_PROVIDERS, says, shown_to, to_do

BLOCK, IN_A_BLOCK = "M-05", "M-01"  # a fault of the set-up, and what it is made of


class Shown(models.TextChoices):
    """Which of them to look at. Without a choice: what is open and not handed on."""

    OPEN = "open", _("Not looked at yet")
    ACKNOWLEDGED = "acknowledged", _("Seen")
    ANSWERED = "answered", _("Answered")
    HANDED_ON = "handed_on", _("Handed to the provider")
    ESCALATED = "escalated", _("Handed to the MOCAP office")
    WAIVED = "waived", _("Waived")
    RESOLVED = "resolved", _("Resolved")
    EVERY = "every", _("All there ever were")


class Age(models.TextChoices):
    """For how long it has been open."""

    WEEK = "week", _("Up to 7 days")
    MONTH = "month", _("8 to 30 days")
    QUARTER = "quarter", _("31 to 90 days")
    LONGER = "longer", _("More than 90 days")


_DAYS = {Age.WEEK: (0, 7), Age.MONTH: (8, 30), Age.QUARTER: (31, 90), Age.LONGER: (91, 10_000)}


@dataclass(frozen=True, slots=True)
class CauseRow:
    """A code and how many there are of it; `oldest`: since when the oldest is open."""

    kind: Kind
    count: int
    oldest: dt.datetime


def chosen(hat: Membership, asked: Mapping[str, Any], *, now: dt.datetime) -> MismatchQuerySet:
    """What this hat may see of what the filters ask for: code, family, severity, state, provider, lea, age, words."""
    match asked.get("state") or "":
        case "":
            found = to_do(hat)
        case Shown.EVERY:
            found = shown_to(hat)
        case Shown.HANDED_ON:
            found = shown_to(hat).still_open().filter(says(*TOLD_TO_PROVIDERS))
        case Shown.ESCALATED:
            found = shown_to(hat).still_open().filter(escalated())
        case state:
            found = shown_to(hat).filter(state=state)
    codes = [
        kind.id
        for kind in CATALOGUE.values()
        if asked.get("code") in (None, "", kind.id)
        and asked.get("family") in (None, "", kind.family)
        and asked.get("severity") in (None, "", kind.severity)
    ]
    if len(codes) < len(CATALOGUE):
        found = found.filter(code__in=codes)
    for name in ("provider", "lea"):
        if asked.get(name):
            found = found.filter(**{name: asked[name]})
    if asked.get("age"):
        fewest, most = _DAYS[Age(asked["age"])]
        found = found.filter(
            opened_at__lte=now - dt.timedelta(days=fewest), opened_at__gt=now - dt.timedelta(days=most + 1)
        )
    if hat.is_lea and asked.get("code") != IN_A_BLOCK:
        found = without_blocks(found)
    return found


def without_blocks(rows: MismatchQuerySet) -> MismatchQuerySet:
    """Without those for which one fault of the set-up stands (M-05): they are listed on its page."""
    block = Mismatch.objects.still_open().filter(
        code=BLOCK, lea=OuterRef("lea"), school_year=OuterRef("school_year")
    )
    return rows.exclude(Q(code=IN_A_BLOCK) & Exists(block))


def inside(block: Mismatch) -> MismatchQuerySet:
    """The single courses of a fault of the set-up."""
    return Mismatch.objects.still_open().filter(
        code=IN_A_BLOCK, lea=block.lea_id, school_year=block.school_year_id
    )


def by_cause(rows: MismatchQuerySet) -> MismatchQuerySet:
    """The code of which there are most first, and in it by student, course and term."""
    together = rows.annotate(of_code=Window(Count("*"), partition_by="code"))
    return together.order_by("-of_code", "code", "mosis_id", "course_code", "semester", "pk")


def causes(rows: MismatchQuerySet) -> list[CauseRow]:
    """How many there are of each code, the most first. One query."""
    counts = rows.order_by().values("code").annotate(count=Count("pk"), oldest=Min("opened_at"))
    return [
        CauseRow(CATALOGUE[row["code"]], row["count"], row["oldest"])
        for row in counts.order_by("-count", "code")
    ]


def names(hat: Membership, mismatches: Iterable[Mismatch]) -> dict[str, str]:
    """The students' names by MOSIS ID, as far as this hat's own records have them. DESE's lists show none."""
    wanted = {mismatch.mosis_id for mismatch in mismatches} - {""}
    if not wanted:
        return {}
    if hat.is_lea:
        students = Student.objects.filter(lea=hat.organization_id, mosis_id__in=wanted)
        return {
            mosis_id: f"{last}, {first}"
            for mosis_id, first, last in students.values_list("mosis_id", "first_name", "last_name")
            if mosis_id
        }
    if hat.is_provider:
        own = ReportedEnrollment.objects.visible_to(hat).filter(row__mosis_id__in=wanted).order_by()
        together = own.values("row__mosis_id").annotate(
            first=Max("row__first_name"), last=Max("row__last_name")
        )
        return {row["row__mosis_id"]: f"{row['last']}, {row['first']}" for row in together}
    return {}


def said(hat: Membership, mismatch: Mismatch) -> str:
    """What this hat reads about it: the sentence of its side, with the facts in their places."""
    kind = CATALOGUE[mismatch.code]
    sentence = kind.district if hat.is_lea else kind.provider if hat.is_provider else kind.dese
    return kind.fill(sentence, mismatch.facts)


def is_open(mismatch: Mismatch) -> bool:
    return mismatch.state not in (MismatchState.RESOLVED, MismatchState.WAIVED)
