"""What the portal knows beside the files of a district: the directory, code sets, catalog, agreements and requests.

It is asked once for each collection and handed to the checks, which ask the database nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from psycopg import sql

from enrollment.part_time.models import APPROVED_LINES, Basis, CourseLine
from enrollment.records.models import LearningPlan
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    Lea,
    LegalKey,
    LegalValue,
    NoLegalValue,
    School,
    SchoolYear,
)
from providers.models import WITHOUT_PROGRAM_CODE, Agreement, Course

from .collection import Collection
from .layouts import Cycle, Kind
from .models import ONCE_CERTIFIED, CollectionWindow, Upload, UploadQuerySet, UploadState, Waiver


@dataclass(frozen=True)
class YearKnown:
    """What held in a school year for every district of the state, as it is known on a day."""

    year: int
    on: dt.date

    @cached_property
    def school_year(self) -> SchoolYear | None:
        return SchoolYear.objects.filter(year=self.year).first()

    @property
    def starts_on(self) -> dt.date:
        """The first day of the school year (RSMo 160.041), also of one that the directory lacks."""
        return self.school_year.starts_on if self.school_year else dt.date(self.year - 1, 7, 1)

    @property
    def ends_on(self) -> dt.date:
        return self.school_year.ends_on if self.school_year else dt.date(self.year, 6, 30)

    @cached_property
    def open_collections(self) -> frozenset[tuple[int, str, str]]:
        """School year, cycle and kind of what takes files on this day."""
        windows = CollectionWindow.objects.open_on(self.on)
        return frozenset(windows.values_list("school_year__year", "cycle", "kind"))

    @cached_property
    def districts(self) -> frozenset[str]:
        """The codes of the LEAs that were open on a day of the school year; empty where none are known."""
        return frozenset(
            Lea.objects.filter(self._active_in_year()).values_list("state_district_id", flat=True)
        )

    @cached_property
    def schools(self) -> Mapping[str, frozenset[str]]:
        """The codes of the schools of each LEA that were open on a day of the school year."""
        found: dict[str, set[str]] = {}
        pairs = School.objects.filter(self._active_in_year()).values_list(
            "lea__state_district_id", "state_school_id"
        )
        for district, school in pairs:
            found.setdefault(district, set()).add(school)
        return {district: frozenset(schools) for district, schools in found.items()}

    @cached_property
    def places(self) -> frozenset[str]:
        """The codes of district and school together, of each school that was open."""
        return frozenset(
            district + school for district, schools in self.schools.items() for school in schools
        )

    @cached_property
    def code_sets(self) -> Mapping[str, Mapping[str, str]]:
        """Every set with the codes that held on a day of the school year, each code with its group."""
        held = CodeMeaning.objects.filter(self.valid_in_year()).order_by("valid_from")
        found: dict[str, dict[str, str]] = {}
        for code_set, code, group in held.values_list("code_set", "code", "group"):
            found.setdefault(code_set, {})[code] = group
        return found

    @cached_property
    def numbers(self) -> Mapping[str, Decimal]:
        """What law set on the first day of the school year."""
        return dict(LegalValue.objects.on(self.starts_on).values_list("key", "number"))

    @cached_property
    def numbers_today(self) -> Mapping[str, Decimal]:
        """The same on this day."""
        return dict(LegalValue.objects.on(self.on).values_list("key", "number"))

    @cached_property
    def catalog(self) -> Mapping[str, frozenset[int]]:
        """The state course codes that stood in the catalog on a day of the school year, each with its providers."""
        found: dict[str, set[int]] = {}
        rows = Course.objects.filter(self.valid_in_year()).order_by()
        for code, provider in rows.values_list("state_course_code", "provider").distinct():
            found.setdefault(code, set()).add(provider)
        return {code: frozenset(providers) for code, providers in found.items()}

    def _active_in_year(self) -> Q:
        still = Q(active_to__isnull=True) | Q(active_to__gte=self.starts_on)
        return still & Q(active_from__lte=self.ends_on)

    def valid_in_year(self) -> Q:
        """Of dated rows those that held on a day of the school year."""
        still = Q(valid_to__isnull=True) | Q(valid_to__gte=self.starts_on)
        return still & Q(valid_from__lte=self.ends_on)


KEPT_FOR = dt.timedelta(seconds=60)  # as long as a change that was under way while another came may go unseen
MOST_KEPT = 8  # school years and days
ASKED = (Lea, School, CodeMeaning, LegalValue, Course, CollectionWindow)


@dataclass(frozen=True, slots=True)
class _Kept:
    known: YearKnown
    version: tuple[int | None, ...]
    since: dt.datetime


_kept: dict[tuple[int, dt.date], _Kept] = {}


def of_year(year: int, on: dt.date) -> YearKnown:
    """What is known of a school year, asked for anew only when a row of it has changed: files come by the hundred."""
    version, kept, now = _version(), _kept.get((year, on)), timezone.now()
    if kept is None or kept.version != version or now - kept.since > KEPT_FOR:
        known = YearKnown(year, on)
        load(known)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        kept = _kept[year, on] = _Kept(known, version, now)
    return kept.known


def forget() -> None:
    """Ask anew."""
    _kept.clear()


def _version() -> tuple[int | None, ...]:
    """The newest change of each table that is asked: every change leaves a row in its history."""
    with connection.cursor() as cursor:
        cursor.execute(_newest_changes())
        return tuple(cursor.fetchone())


@cache
def _newest_changes() -> str:
    histories = [model.pgh_event_model._meta.db_table for model in ASKED]  # type: ignore[union-attr]  # noqa: SLF001
    newest = (sql.SQL("(SELECT max(pgh_id) FROM {})").format(sql.Identifier(table)) for table in histories)
    return sql.SQL("SELECT {}").format(sql.SQL(", ").join(newest)).as_string(connection.connection)


def load(known: object) -> None:
    """Ask for everything that it asks for when it is first needed."""
    for name, value in vars(type(known)).items():
        if isinstance(value, cached_property):
            getattr(known, name)


@dataclass(frozen=True)
class Known:
    """What held in the collection's school year, asked for when it is first needed.

    `district_code`: whose files these are; `is_told`: whether somebody said so, or the files do; `is_upload`: whether
    they are being stored, or only looked at. `on`: the day of asking.
    """

    collection: Collection
    district_code: str
    on: dt.date
    is_told: bool
    is_upload: bool

    @cached_property
    def state(self) -> YearKnown:
        return of_year(self.collection.year, self.on)

    def is_open(self, collection: Collection) -> bool:
        """Whether a collection takes files (V-03)."""
        return (collection.year, collection.cycle, collection.kind) in self.state.open_collections

    def codes(self, code_set: CodeSet) -> Mapping[str, str]:
        """The codes of a set that held on a day of the school year, each with its group."""
        return self.state.code_sets.get(code_set, {})

    def number(self, key: LegalKey) -> int:
        """What law set on the first day of the school year. Raises NoLegalValue."""
        if key not in self.state.numbers:
            raise NoLegalValue(f"No value of {key.value} holds on {self.state.starts_on}.")
        return int(self.state.numbers[key])

    def is_complete(self, key: LegalKey) -> bool:
        """Whether a table of codes is said to be whole."""
        return bool(self.state.numbers_today.get(key))

    @cached_property
    def lea(self) -> Lea | None:
        return Lea.objects.filter(state_district_id=self.district_code).first()

    @cached_property
    def without_program_code(self) -> frozenset[str]:
        """The course codes that this district has under agreements of its own, from all who offer them (R-106)."""
        if self.lea is None:
            return frozenset()
        agreements = Agreement.objects.filter(
            self.state.valid_in_year(), lea=self.lea, kind__in=WITHOUT_PROGRAM_CODE
        )
        sides = agreements.values_list("provider", "partner_lea")
        own = {side for pair in sides for side in pair}
        return frozenset(code for code, providers in self.state.catalog.items() if providers <= own)

    @cached_property
    def approved_courses(self) -> int | None:
        """How many courses of the school year the district has approved; None for a district the portal lacks."""
        if self.lea is None:
            return None
        lines = CourseLine.objects.filter(state__in=APPROVED_LINES).exclude(basis=Basis.PRIVATE)
        return lines.filter(request__lea=self.lea, request__term__school_year=self.collection.year).count()

    @cached_property
    def with_learning_plan(self) -> frozenset[str] | None:
        """The MOSIS IDs of the district's students who have a learning plan; None for a district the portal lacks."""
        if self.lea is None:
            return None
        plans = LearningPlan.objects.filter(
            student__lea=self.lea, student__mosis_id__isnull=False, made_on__lte=self.state.ends_on
        )
        return frozenset(map(str, plans.values_list("student__mosis_id", flat=True)))

    @cached_property
    def waivers(self) -> Mapping[str, Waiver]:
        """The rules that the district need not mind today."""
        in_force = Waiver.objects.in_force(self.on).filter(lea__state_district_id=self.district_code)
        return {waiver.rule: waiver for waiver in in_force}

    @cached_property
    def certified_files(self) -> list[Upload]:
        """What the district has certified of this collection, the last first."""
        once = self._once_certified.filter(
            collection__cycle=self.collection.cycle, collection__kind=self.collection.kind
        )
        return list(once.order_by("-certified_at").only("sha256", "rows_read"))

    def has_certified(self, cycle: Cycle, kind: Kind) -> bool:
        """Whether a file of this kind is certified for the school year."""
        return (cycle, kind) in self._certified_now

    @cached_property
    def _certified_now(self) -> frozenset[tuple[str, str]]:
        certified = self._once_certified.filter(state=UploadState.CERTIFIED)
        return frozenset(certified.values_list("collection__cycle", "collection__kind"))

    @property
    def _once_certified(self) -> UploadQuerySet:
        return Upload.objects.filter(
            lea__state_district_id=self.district_code,
            collection__school_year=self.collection.year,
            state__in=ONCE_CERTIFIED,
        )
