"""The June list of an LEA: what its June file has to have, by October, its own records and the providers' reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple, TypeVar, overload

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import EnrollmentState
from enrollment.part_time.models import APPROVED_LINES, ENDED_LINES, Basis, LineState
from mocap_portal.foundation.directory.models import CodeSet, Lea, SchoolYear, TermCode
from providers.models import PROGRAM_CODES, WITHOUT_PROGRAM_CODE, Instruction

from ..coding import VIRTUAL, CodingBasis
from ..layouts import Cycle, Kind
from ..models import ReportState, Upload, UploadState
from . import statements
from .typed import Cells

WITHDREW, INCOMPLETE = "WD", "I"  # grades earned, core data 2.6
COUNTING = ["completed", "active", "incomplete", "withdrawn"]  # what was begun, in the provider's words
TEACHER = "60"  # position code


class Origin(models.TextChoices):
    """Why a student-course belongs into June."""

    OCTOBER = "october", _("October, MOCAP course")
    UNCODED = "uncoded", _("October, without its program code")
    APPROVAL = "approval", _("Approved course, started since")
    FULL_TIME = "full_time", _("Full-time student, course since")
    REPORT = "report", _("Only the provider reports it")


class Shown(models.TextChoices):
    """Which part of the list."""

    EMPTY = "empty", _("Still empty")
    OTHERWISE = "otherwise", _("Typed, and proposed otherwise")
    OPEN = "open", _("Nothing proposed and nothing typed")
    READY = "ready", _("Outcome there or proposed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ADDED = "added", _("Added since October")
    UNCODED = "uncoded", _("In October without program code")
    MISSING = "missing", _("Not in the June file")
    DIFFERS = "differs", _("June file and proposal differ")


UNLIKE = "unlike"  # the part that was typed and stands otherwise in the June file, or not at all
OF_A_JUNE_FILE = frozenset({Shown.MISSING, Shown.DIFFERS})  # nothing of them without one


class Key(NamedTuple):
    """Which student-course."""

    mosis_id: str
    course_code: str
    semester: str


@dataclass(frozen=True, slots=True)
class Expected:
    """A student-course that June has to have.

    `origin`: why; `student_line`: of Student Assignment in October. `proposed_grade`, `proposed_credits`: the outcome
    by `source` ("district", "provider", "" for none). `status`, `told`: what the provider says, `told` the grade in its
    words. `june_line` and what follows: what stands in the June file that was sent. `grade`, `credits`: what goes into
    the file to take along, `said_by`: whose word that is (typed, june, district, provider, "" for nobody's). `state`:
    open, ready or withdrawn. `typed_grade` and what follows: what somebody typed, texts, in this `version` (0: nobody
    yet). `is_filled`: typed, or in the June file. `lacks_…`: neither October nor anybody says it, so it is typed too.
    """

    origin: str
    mosis_id: str
    course_code: str
    semester: str
    program_code: str
    status: str
    provider: str
    told: str
    source: str
    proposed_grade: str
    proposed_credits: Decimal | None
    june_line: int | None
    june_grade: str
    june_credits: Decimal | None
    grade: str
    credits: Decimal | None
    state: str
    student_line: int | None
    last_name: str
    first_name: str
    title: str
    typed_grade: str
    typed_credits: str
    typed_assignment: str
    typed_school: str
    typed_level: str
    version: int
    typed_by: str
    typed_at: dt.datetime | None
    said_by: str
    is_filled: bool
    lacks_assignment: bool
    lacks_school: bool
    lacks_level: bool

    @property
    def key(self) -> Key:
        return Key(self.mosis_id, self.course_code, self.semester)

    @property
    def student(self) -> str:
        return ", ".join(filter(None, [self.last_name, self.first_name]))

    @property
    def cells(self) -> Cells:
        """What somebody typed."""
        typed = (
            self.typed_grade,
            self.typed_credits,
            self.typed_assignment,
            self.typed_school,
            self.typed_level,
        )
        return Cells(*typed)

    @property
    def why(self) -> str:
        return str(Origin(self.origin).label)


@dataclass(frozen=True, slots=True)
class Extra:
    """A MOCAP row of a June file that nothing asks for. `is_in_october`: as a course without program code."""

    line: int
    mosis_id: str
    course_code: str
    semester: str
    program_code: str
    grade: str
    last_name: str
    first_name: str
    title: str
    is_in_october: bool

    @property
    def student(self) -> str:
        return ", ".join(filter(None, [self.last_name, self.first_name]))


@dataclass(frozen=True, slots=True)
class Proposal:
    """An outcome that can be taken over: nothing is typed, nor in a June file. `version`: as in Expected."""

    key: Key
    grade: str
    credits: Decimal | None
    version: int


@dataclass(frozen=True, slots=True)
class Unexpected:
    """What was typed for a course that June no longer has to have. It is in no file."""

    mosis_id: str
    course_code: str
    semester: str
    grade: str
    credits: str
    typed_by: str
    typed_at: dt.datetime
    last_name: str
    first_name: str

    @property
    def student(self) -> str:
        return ", ".join(filter(None, [self.last_name, self.first_name]))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many student-courses there are of each sort. `missing`: not in the June file that was sent; `proposed`: still
    empty, and an outcome is proposed.
    """

    whole: int
    filled: int
    empty: int
    otherwise: int
    unlike: int
    proposed: int
    open: int
    ready: int
    withdrawn: int
    added: int
    uncoded: int
    missing: int
    differs: int


RowT = TypeVar("RowT")


@dataclass(frozen=True)
class Listing(Sequence[RowT]):
    """Rows that the database cuts into pages."""

    kind: type[RowT]
    statement: str
    parameters: dict[str, Any]
    size: int

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[RowT]:
        return iter(self[:])

    @overload
    def __getitem__(self, part: int) -> RowT: ...

    @overload
    def __getitem__(self, part: slice) -> list[RowT]: ...

    def __getitem__(self, part: int | slice) -> RowT | list[RowT]:
        """A row, or those from one place to another, in one query."""
        chosen = range(self.size)[part]
        if isinstance(chosen, int):
            return self[chosen : chosen + 1][0]
        asked = self.parameters | {"offset": chosen.start, "limit": len(chosen)}
        return [self.kind(*values) for values in _fetched(self.statement, asked)]


@dataclass(frozen=True)
class JuneList:
    """The June list of an LEA and school year, as it is known on a day.

    `courses`, `students`: its certified October files. `june`: the June file it is held against, if there is one;
    `certified`: the one that is certified, from when on nothing is typed any more.
    """

    lea: Lea
    year: SchoolYear
    on: dt.date
    courses: Upload
    students: Upload
    june: Upload | None
    certified: Upload | None

    @cached_property
    def counts(self) -> Counts:
        ((found),) = _fetched(statements.COUNTS, self._parameters)
        return Counts(*found)

    def rows(self, shown: str = "", who: str = "", keys: Sequence[Key] | None = None) -> Listing[Expected]:
        """The whole list, or a part of it, that of some students or some of its rows; by name.

        `who`: a MOSIS ID, or a part of a name.
        """
        parameters = self._asking(shown, who, keys)
        if who or keys is not None:
            ((size,),) = _fetched(statements.HOW_MANY, parameters)
        else:
            size = getattr(self.counts, shown or "whole")
        return Listing(Expected, statements.ROWS, parameters, size)

    def proposals(self, shown: str = "") -> list[Proposal]:
        """What can be taken over of the whole list, or of a part of it, by its key."""
        found = _fetched(statements.PROPOSALS, self._asking(shown))
        return [Proposal(Key(*values[:3]), *values[3:]) for values in found]

    def unexpected(self) -> list[Unexpected]:
        """What was typed and is not on the list now, by name. It is on it again when October has the course again."""
        return [Unexpected(*values) for values in _fetched(statements.UNEXPECTED, self._parameters)]

    def _asking(self, shown: str = "", who: str = "", keys: Sequence[Key] | None = None) -> dict[str, Any]:
        columns = [list(column) for column in zip(*keys, strict=True)] if keys else [[], [], []]
        names = ("mosis_ids", "course_codes", "semesters")
        chosen = dict(zip(names, columns, strict=True)) if keys is not None else dict.fromkeys(names)
        return {**self._parameters, "shown": shown, "who": who.casefold(), **chosen}

    @cached_property
    def _extra(self) -> tuple[int, bool]:
        (found,) = _fetched(statements.EXTRA_COUNTS, self._parameters)
        return found[0], found[1]

    @property
    def has_program_codes(self) -> bool:
        """Whether the June file says of any row that it is a MOCAP course: else nothing in it can be one too many."""
        return self._extra[1]

    def extra(self) -> Listing[Extra]:
        """The MOCAP rows of the June file that nothing asks for, in its order."""
        return Listing(Extra, statements.EXTRA, self._parameters, self._extra[0])

    def as_filed(self, keys: Sequence[Key] | None = None) -> list[dict[str, Any]]:
        """The whole list as rows of a June file, or these rows of it, values by field; by name."""
        names, found = _asked(statements.FILE, self._asking(keys=keys))
        return [dict(zip(names, values, strict=True)) for values in found]

    @cached_property
    def _parameters(self) -> dict[str, Any]:
        return {
            "lea": self.lea.pk,
            "code": self.lea.state_district_id,
            "year": self.year.pk,
            "starts_on": self.year.starts_on,
            "ends_on": self.year.ends_on,
            "on": self.on,
            "courses": self.courses.pk,
            "course_collection": self.courses.collection_id,
            "students": self.students.pk,
            "student_collection": self.students.collection_id,
            "june": self.june.pk if self.june else None,
            "june_collection": self.june.collection_id if self.june else None,
            "is_certified": self.june is not None and self.june.state == UploadState.CERTIFIED,
            **_CONSTANTS,
        }


_CONSTANTS: dict[str, Any] = {
    "programs": list(PROGRAM_CODES.values()),
    "provider_teaches": PROGRAM_CODES[Instruction.PROVIDER],
    "district_teaches": PROGRAM_CODES[Instruction.CURRICULUM_ONLY],
    "curriculum": Instruction.CURRICULUM_ONLY.value,
    "without_code": [kind.value for kind in WITHOUT_PROGRAM_CODE],
    "approved": [state.value for state in APPROVED_LINES],
    "ended": [state.value for state in ENDED_LINES],
    "with_result": [LineState.FINISHED.value, LineState.COMPLETED.value],
    "confirmed": LineState.COMPLETED.value,
    "private": Basis.PRIVATE.value,
    "summer": TermCode.SU.value,
    "left": [EnrollmentState.DISENROLLED.value, EnrollmentState.WITHDRAWN.value],
    "accepted": ReportState.ACCEPTED.value,
    "mocap": CodingBasis.MOCAP.value,
    "private_pay": CodingBasis.PRIVATE_PAY.value,
    "counting": COUNTING,
    "grades": CodeSet.GRADE_EARNED.value,
    "withdrew": WITHDREW,
    "incomplete": INCOMPLETE,
    "virtual": VIRTUAL,
    "teacher": TEACHER,
}


def expected_june(lea: Lea, year: SchoolYear, *, on: dt.date, june: Upload | None = None) -> JuneList | None:
    """The June list of an LEA; None unless both October files are certified.

    It is held against `june`, else against the trial that stands, else against the certified file.
    """
    standing = Upload.objects.filter(
        lea=lea, collection__school_year=year, state__in=[UploadState.TRIAL, UploadState.CERTIFIED]
    ).select_related("collection")
    found: dict[tuple[str, str, str], Upload] = {}
    for upload in standing:
        assert upload.collection is not None
        found[upload.collection.cycle, upload.collection.kind, upload.state] = upload
    courses = found.get((Cycle.OCTOBER, Kind.CRS_ASSIGN, UploadState.CERTIFIED))
    students = found.get((Cycle.OCTOBER, Kind.STU_ASSIGN, UploadState.CERTIFIED))
    if courses is None or students is None:
        return None
    trial, certified = (
        found.get((Cycle.JUNE, Kind.STU_CRS_COMP, state))
        for state in (UploadState.TRIAL, UploadState.CERTIFIED)
    )
    return JuneList(lea, year, on, courses, students, june or trial or certified, certified)


def _fetched(statement: str, parameters: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    return _asked(statement, parameters)[1]


def _asked(statement: str, parameters: dict[str, Any]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of the columns, and the rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Of a file that has just come the database knows no numbers yet and takes it for a few rows: it would go
        # through all of them once for each course.
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        cursor.execute(statement, parameters)
        return [column.name for column in cursor.description or ()], cursor.fetchall()
