"""A small state whose four sources a test writes row by row, and what the engine finds in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from django.db import connection

from coredata.models import StudentCourse, StudentOutcome, Upload, UploadState
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from coredata.store.rows import make_room
from enrollment.full_time.models import ProgramEnrollment, ScheduledCourse
from enrollment.part_time.models import CourseLine, LineState
from mocap_portal.foundation.directory.models import Lea, Provider, SchoolYear, TermCode
from providers.models import Course
from tests.factories.coredata import (
    ProviderReportFactory,
    ReportRowFactory,
    StoredCollectionFactory,
    UploadFactory,
)
from tests.factories.directory import LeaFactory, ProviderFactory, SchoolFactory, TermFactory
from tests.factories.full_time import (
    ProgramEnrollmentFactory,
    ProgramFactory,
    ScheduledCourseFactory,
    ScheduleFactory,
)
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory, StudentFactory

YEAR = 2027
AUTUMN, WINTER = dt.date(2026, 10, 20), dt.date(2026, 12, 1)  # before October's files are due, and after
JUNE, SUMMER = dt.date(2027, 6, 25), dt.date(2027, 7, 5)  # before June's file is due, and after
CERTIFIED_AT = dt.datetime(2026, 10, 26, 15, tzinfo=dt.UTC)
BEGINS = dt.date(2026, 8, 24)
ADA = "0000000042"
BORN = dt.date(2010, 4, 5)
ALGEBRA, ENGLISH, ART = "115845", "054100", "051100"

Row = tuple[str, str, str, str]


@dataclass
class World:
    """Two LEAs and a provider with three courses. October is certified from the start, June once it is asked for."""

    lea: Lea = field(default_factory=lambda: LeaFactory.create(state_district_id="991101"))
    other: Lea = field(default_factory=lambda: LeaFactory.create(state_district_id="992102"))
    provider: Provider = field(default_factory=lambda: ProviderFactory.create(code="LANTERN"))
    lines: Any = field(default_factory=lambda: count(2))

    def __post_init__(self) -> None:
        for code in TermCode.S1, TermCode.S2, TermCode.YL:
            TermFactory.create(school_year__year=YEAR, code=code)
        self.school = SchoolFactory.create(lea=self.lea, state_school_id="1050")
        self.uploads: dict[tuple[int, str], Upload] = {}
        self.courses = {code: self.course(code) for code in (ALGEBRA, ENGLISH, ART)}
        for lea in self.lea, self.other:
            self.certify(lea, "crs_assign")
            self.certify(lea, "stu_assign")
        self.report = ProviderReportFactory.create(provider=self.provider, accepted=True)

    def course(self, code: str, **more: Any) -> Course:
        how = {"provider": self.provider, "provider_course_code": f"OWN-{code}", "state_course_code": code}
        made: Course = CourseFactory.create(**{**how, **more})
        return made

    def certify(self, lea: Lea, kind: str, **more: Any) -> Upload:
        cycle = "Jun" if kind == "stu_crs_comp" else "Oct"
        stored = StoredCollectionFactory.create(kind=kind, cycle=cycle)
        upload: Upload = UploadFactory.create(
            **{"lea": lea, "certified": True, "collection": stored, "certified_at": CERTIFIED_AT, **more}
        )
        self.uploads[lea.pk, kind] = upload
        return upload

    def uncertify(self, lea: Lea, *kinds: str) -> None:
        """As if these had never been sent."""
        for kind in kinds:
            upload = self.uploads.pop((lea.pk, kind))
            Upload.objects.filter(pk=upload.pk).update(state=UploadState.WITHDRAWN)

    # A: what was approved ---------------------------------------------------------------------------

    def approve(
        self,
        mosis_id: str = ADA,
        code: str = ALGEBRA,
        semester: str = "S1",
        *,
        state: str = LineState.ACTIVE,
        lea: Lea | None = None,
        course: Course | None = None,
        student: dict[str, Any] | None = None,
        **more: Any,
    ) -> CourseLine:
        """A course line of a student: running since the first day of the term unless `state` says otherwise."""
        who = {"mosis_id": mosis_id, "birth_date": BORN, "first_name": "Ada", "last_name": "Okafor"}
        claim = ClaimFactory.create(
            confirmed=True,
            school=self.school if lea is None else SchoolFactory.create(lea=lea),
            student=StudentFactory.create(**{**who, "school": self.school, **(student or {})}),
        )
        term = TermFactory.create(school_year__year=YEAR, code=semester)
        request = CourseRequestFactory.create(submitted=True, claim=claim, term=term, lea=lea or self.lea)
        started = state in {LineState.ACTIVE, LineState.FINISHED, LineState.COMPLETED, LineState.WITHDRAWN}
        line: CourseLine = CourseLineFactory.create(
            **{
                "request": request,
                "course": course or self.courses[code],
                "state": state,
                "started_on": term.starts_on if started else None,
                **more,
            }
        )
        return line

    def enroll(
        self,
        mosis_id: str = ADA,
        code: str = ALGEBRA,
        *,
        host: Lea | None = None,
        credit: Decimal = Decimal(1),
    ) -> ScheduledCourse:
        """A full-time student of the other LEA's program, with one course of the whole year; lives in `lea`."""
        program = ProgramFactory.create(host=host or self.other)
        enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(
            enrolled=True,
            application__program=program,
            application__claim=ClaimFactory.create(
                confirmed=True,
                school=self.school,
                student=StudentFactory.create(
                    mosis_id=mosis_id,
                    school=self.school,
                    birth_date=BORN,
                    first_name="Ada",
                    last_name="Okafor",
                ),
            ),
            resident_lea=self.lea,
            admitted_at=dt.datetime(2026, 7, 20, 15, tzinfo=dt.UTC),
            starts_on=BEGINS,
        )
        scheduled: ScheduledCourse = ScheduledCourseFactory.create(
            schedule=ScheduleFactory.create(enrollment=enrollment), course=self.courses[code], credit=credit
        )
        return scheduled

    # O, J and V: what was reported -------------------------------------------------------------------

    def october(
        self,
        mosis_id: str = ADA,
        code: str = ALGEBRA,
        semester: str = "S1",
        *,
        lea: Lea | None = None,
        **more: Any,
    ) -> StudentCourse:
        lea = lea or self.lea
        return StudentCourse.objects.create(
            **{
                "lea": lea,
                "school_year_id": YEAR,
                "mosis_id": mosis_id,
                "course_code": code,
                "semester": semester,
                "school_code": "1050",
                "program_code": "50",
                "delivery_system": "V",
                "units_of_credit": Decimal("0.5"),
                "grade_level": "10",
                "birth_date": BORN,
                "teachers": 1,
                "student_line": next(self.lines),
                "course_line": 7,
                "student_upload": self.uploads[lea.pk, "stu_assign"],
                "course_upload": self.uploads[lea.pk, "crs_assign"],
                **more,
            }
        )

    def june(
        self,
        mosis_id: str = ADA,
        code: str = ALGEBRA,
        semester: str = "S1",
        *,
        lea: Lea | None = None,
        **more: Any,
    ) -> StudentOutcome:
        lea = lea or self.lea
        if (lea.pk, "stu_crs_comp") not in self.uploads:
            self.certify(lea, "stu_crs_comp", certified_at=dt.datetime(2027, 6, 20, 15, tzinfo=dt.UTC))
        return StudentOutcome.objects.create(
            **{
                "lea": lea,
                "school_year_id": YEAR,
                "mosis_id": mosis_id,
                "course_code": code,
                "semester": semester,
                "school_code": "1050",
                "grade_earned": "B",
                "credits_earned": Decimal("0.5"),
                "grade_level": "10",
                "birth_date": BORN,
                "sections": 1,
                "line": next(self.lines),
                "upload": self.uploads[lea.pk, "stu_crs_comp"],
                "every_course": True,
                **more,
            }
        )

    def reported(self, mosis_id: str = ADA, code: str = ALGEBRA, semester: str = "S1", **more: Any) -> Any:
        return ReportRowFactory.create(
            **{
                "report": self.report,
                "mosis_id": mosis_id,
                "course_code": code,
                "provider_course_code": f"OWN-{code}",
                "semester": semester,
                "birth_date": BORN,
                "begin_date": BEGINS if semester != "S2" else dt.date(2027, 1, 5),
                "end_date": dt.date(2027, 5, 20),
                **more,
            }
        )

    def core(self, *students: str, lea: Lea | None = None, **more: Any) -> None:
        """The LEA's certified Student Core has these students."""
        lea = lea or self.lea
        upload = self.uploads.get((lea.pk, "stu_core")) or self.certify(lea, "stu_core")
        who = {"birth_date": BORN, "first_name": "Ada", "last_name": "Okafor", "grade_level": "10", **more}
        self._store(upload, "coredata_stu_core", [{"mosis_id": student, **who} for student in students])

    def section(self, code: str = ALGEBRA, semester: str = "S1", program: str = "50") -> None:
        """The LEA's Course Assignment has this section, of which no October row needs to know."""
        row = {"school_code": "1050", "assignment_number": "A-7", "course_code": code, "semester": semester}
        upload = self.uploads[self.lea.pk, "crs_assign"]
        self._store(upload, "coredata_crs_assign", [{**row, "program_code": program}])

    def exits(self, mosis_id: str, on: dt.date) -> None:
        """The LEA's Enrollment and Attendance says that the student left on this day."""
        stored = StoredCollectionFactory.create(kind="stu_enrl_attnd", cycle="Jun")
        upload = UploadFactory.create(lea=self.lea, certified=True, collection=stored)
        self._store(upload, "coredata_stu_enrl_attnd", [{"mosis_id": mosis_id, "exit_date": on}])

    def _store(self, upload: Upload, table: str, rows: list[dict[str, Any]]) -> None:
        stored = upload.collection
        assert stored is not None
        make_room(stored)
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.PARSED, certified_at=None)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload.pk)])
            for row in rows:
                line = next(self.lines)
                names = ["collection_id", "upload_id", "line", *row]
                values = [stored.pk, upload.pk, line, *row.values()]
                cursor.execute(
                    f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})",
                    values,
                )
                if "mosis_id" not in row:
                    continue
                cursor.execute(
                    "INSERT INTO coredata_student_lines (collection_id, upload_id, mosis_id, lines)"
                    " VALUES (%s, %s, %s, %s)",
                    [stored.pk, upload.pk, row["mosis_id"], [line]],
                )
        Upload.objects.filter(pk=upload.pk).update(state=UploadState.CERTIFIED, certified_at=CERTIFIED_AT)

    # What it comes to --------------------------------------------------------------------------------

    def found(self, as_of: dt.date = WINTER, *, lea: Lea | None = None) -> list[Row]:
        """Code, student, course and semester of each mismatch of an LEA (the first one's)."""
        lea = lea or self.lea
        found = answer(Question(YEAR, as_of))
        return [(row[0], row[3], row[4], row[5]) for row in found if row[1] == lea.pk]

    def codes(self, as_of: dt.date = WINTER, *, lea: Lea | None = None) -> list[str]:
        return [code for code, *_where in self.found(as_of, lea=lea)]


def year() -> SchoolYear:
    return SchoolYear.objects.get(year=YEAR)
