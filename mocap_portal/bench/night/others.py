"""Other ways to lay the four sources of the planted state side by side: files read by polars, and the ORM row by row.

Both do what comes first of comparing only: by LEA, student, course and term, which source has it and whether credits or
codes differ. Neither pairs what differs in its key, and neither knows a code.
"""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection

from coredata.models import ReportRow, StudentCourse, StudentOutcome
from enrollment.part_time.models import CourseLine

SAMPLE = 20_000  # rows that the slow way is given

KEY = ["lea", "mosis_id", "course_code", "semester"]
SOURCES = {
    "october": """SELECT lea_id AS lea, mosis_id, course_code, semester, program_code AS program,
        units_of_credit::float8 AS credits FROM coredata_studentcourse""",
    "june": """SELECT lea_id AS lea, mosis_id, course_code, semester, program_code AS program,
        credits_earned::float8 AS credits FROM coredata_studentoutcome""",
    "report": """SELECT lea.organization_id AS lea, mosis_id, course_code, semester,
        CASE teacher_provided WHEN 'Y' THEN '50' ELSE '52' END AS program, credits_earned::float8 AS credits
        FROM coredata_reportrow JOIN directory_lea AS lea ON lea.state_district_id = district_code""",
    "approved": """SELECT request.lea_id AS lea, student.mosis_id, course.state_course_code AS course_code,
        term.code AS semester, CASE course.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END AS program,
        course.credits::float8 AS credits
        FROM part_time_courseline AS line JOIN part_time_courserequest AS request ON request.id = line.request_id
        JOIN directory_term AS term ON term.id = request.term_id
        JOIN providers_course AS course ON course.id = line.course_id
        JOIN records_claim AS claim ON claim.id = request.claim_id
        JOIN records_student AS student ON student.id = claim.student_id""",
}


def measured() -> dict[str, dict[str, float]]:
    """Of each way its seconds and rows; of the ORM those of the sample, and `all_s`, what all rows would take."""
    return {"polars_from_parquet": _polars(), "orm_row_by_row": _orm()}


def _polars() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        files = {source: Path(name) / f"{source}.parquet" for source in SOURCES}
        for source, query in SOURCES.items():
            _frame(query).write_parquet(files[source])
        started = time.perf_counter()
        frames = [
            pl.scan_parquet(file).with_columns(pl.lit(bit).alias("source"))
            for bit, file in zip((1, 2, 4, 8), files.values(), strict=True)
        ]
        beside = (
            pl.concat(frames)
            .group_by(KEY)
            .agg(
                pl.col("source").sum(),
                pl.col("program").n_unique().alias("programs"),
                pl.col("credits").n_unique(),
            )
            .filter((pl.col("source") >= 4) & ((pl.col("source") != 15) | (pl.col("programs") > 1)))
            .collect()
        )
        seconds = time.perf_counter() - started
    return {"rows": beside.height, "seconds": round(seconds, 3)}


def _frame(query: str) -> pl.DataFrame:
    out = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for piece in copy:
            out.write(piece)
    out.seek(0)
    text = pl.String()
    schema = {"lea": pl.Int64(), "mosis_id": text, "course_code": text, "semester": text, "program": text}
    return pl.read_csv(out, has_header=False, schema={**schema, "credits": pl.Float64()})


def _orm() -> dict[str, float]:
    """Each approved course, and what October, June and the reports say of it."""
    lines = CourseLine.objects.select_related("request__claim__student", "request__term", "course")
    rows = list(lines.order_by("pk")[:SAMPLE])
    missing, started = 0, time.perf_counter()
    for line in rows:
        student = line.request.claim.student
        assert student is not None
        same: dict[str, Any] = {
            "mosis_id": student.mosis_id,
            "course_code": line.course.state_course_code,
            "semester": line.request.term.code,
        }
        october = StudentCourse.objects.filter(lea=line.request.lea_id, **same).first()
        june = StudentOutcome.objects.filter(lea=line.request.lea_id, **same).first()
        report = ReportRow.objects.filter(**same).first()
        missing += not (october and june and report)
    seconds = time.perf_counter() - started
    asked = CourseLine.objects.count()
    return {
        "rows": len(rows),
        "seconds": round(seconds, 2),
        "all_s": round(seconds * asked / len(rows), 1),
    }
