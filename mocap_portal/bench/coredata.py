"""One Student Assignment file, from its bytes to a trial with its problems, beside the bare COPY of its rows.

The file is a made-up district's, one row in a hundred with a mistake, its Course Assignment loaded before it. It is
loaded by the command, in a process of its own, for three districts one after the other; the floor is a COPY of the same
typed rows, as text, into a table like that of the rows but without index, trigger or partition, on the same server in
the same run.

rows: in the file; floor_s and whole_s: seconds, medians of three, whole_s from the bytes to the committed trial; ratio:
whole_s by floor_s; peak_mb: the most memory of such a process, in MB; others: what other ways of storing do with the
first rows, each with its rows and seconds, without any check.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from coredata.layouts import Kind, layout
from coredata.models import Upload
from coredata.store import columns
from coredata.synthesis import State, districts
from coredata.synthesis.district import District
from mocap_portal.command.state import Problem, say
from mocap_portal.foundation import embedded
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import Lea, LeaKind, Organization

YEAR = 2027
ROWS_OF_A_STUDENT = 11.2  # about: a few more are made, none too few
MISTAKES = 0.01
CODES = ("991197", "991198", "991199")
PIECE = 1 << 20  # bytes
SAMPLE = 20_000  # rows that the slow ways are given
AIM, MOST = 2.5, 4.0


def run(*, rows: int = 300_000) -> dict[str, Any]:
    """Load a file of at least so many rows, for each of three districts anew. Raises Problem."""
    with tempfile.TemporaryDirectory(prefix="portal-") as name:
        say("making up the districts …")
        state = State(
            leas=1, students=int(rows / ROWS_OF_A_STUDENT) + 200, year=YEAR, seed=1, problems=MISTAKES
        )
        (made,) = [district for district, _truth in districts(state, only=CODES[0])]
        loads = [_load_district(Path(name), made, code) for code in CODES]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    whole = statistics.median(loaded["seconds"] for loaded in loads)
    text = _copy_out(Upload.objects.get(pk=loads[0]["upload"]))
    floor = statistics.median(_floor(text) for _code in CODES)
    ratio = whole / floor
    say(f"{ratio:.2f} times the floor (aim {AIM}, at most {MOST})")
    return {
        "name": "coredata",
        "rows": loads[0]["rows_read"],
        "floor_s": round(floor, 3),
        "whole_s": round(whole, 3),
        "ratio": round(ratio, 2),
        "peak_mb": round(peak),
        "others": {"bulk_create": _bulk_create(text), "stdlib_csv": _stdlib_csv(text)},
    }


def _load_district(folder: Path, made: District, code: str) -> dict[str, Any]:
    """Both October files, under a district's own code. What the command says of the second."""
    hat = district_with_clerk(code)
    say(f"loading district {code} …")
    for kind in (Kind.CRS_ASSIGN, Kind.STU_ASSIGN):
        file = folder / f"{code}_{kind}.csv"
        file.write_text(made.text(kind).replace(made.code, code), encoding="utf-8")
        loaded = _load(file, hat, code)
    return loaded


def district_with_clerk(code: str) -> Membership:
    """A district of the directory, and somebody who may send its files."""
    at = timezone.now()
    organization = Organization.objects.create(name=f"Measured {code}")
    Lea.objects.create(
        organization=organization,
        state_district_id=code,
        kind=LeaKind.DISTRICT,
        active_from=dt.date(2000, 7, 1),
    )
    user = User.objects.create_user(email=f"clerk{code}@measured.example", name="Casey Clerk")
    return Membership.objects.create(
        user=user, organization=organization, role=Role.DATA_CLERK, started_at=at
    )


def _load(file: Path, hat: Membership, code: str) -> dict[str, Any]:
    """What the command says of the file. Exit 1 only says that it has errors, as it should. Raises Problem."""
    command = [sys.executable, "manage.py", "load_file", str(file)]
    done = subprocess.run(
        [*command, "--district", code, "--by", hat.user.email, "--json"],
        capture_output=True,
        preexec_fn=embedded.die_with_parent(),
        check=False,
    )
    if done.returncode not in {0, 1}:
        raise Problem(f"the file was not loaded: {done.stderr.decode()}")
    (answer,) = json.loads(done.stdout)["files"]
    found: dict[str, Any] = answer
    return found


def _copy_out(upload: Upload) -> bytes:
    """The stored rows as CSV, as COPY takes them."""
    names = list(columns.types(Kind.STU_ASSIGN, YEAR))
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE upload_id = {}) TO STDOUT (FORMAT csv)").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(columns.table(Kind.STU_ASSIGN)),
        sql.Literal(upload.pk),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        return b"".join(bytes(piece) for piece in copy)


def _floor(text: bytes) -> float:
    """Seconds to copy the rows into an empty table of the same types, committed."""
    types = columns.types(Kind.STU_ASSIGN, YEAR)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS floor")
        spelled = sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(of)) for name, of in types.items()
        )
        cursor.execute(sql.SQL("CREATE TABLE floor ({})").format(spelled).as_string(connection.connection))
    started = time.perf_counter()
    with transaction.atomic():
        query = sql.SQL("COPY floor ({}) FROM STDIN (FORMAT csv)").format(
            sql.SQL(", ").join(map(sql.Identifier, types))
        )
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            for start in range(0, len(text), PIECE):
                copy.write(text[start : start + PIECE])
    return time.perf_counter() - started


def _records(text: bytes) -> list[list[str | None]]:
    reader = csv.reader(io.StringIO(text.decode()))
    return [[cell or None for cell in row] for row, _number in zip(reader, range(SAMPLE), strict=False)]


def _bulk_create(text: bytes) -> dict[str, float]:
    """Through the ORM, 2,000 objects at a time."""
    kept = layout(Kind.STU_ASSIGN, YEAR)
    names = list(columns.types(Kind.STU_ASSIGN, YEAR))
    fields: dict[str, Any] = {name: models.TextField(null=True) for name in names}
    fields["birth_date"] = models.DateField(null=True)
    meta = type("Meta", (), {"app_label": "coredata", "managed": False, "db_table": "floor_orm"})
    row: Any = type("FloorRow", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    with connection.cursor() as cursor:
        spelled = ", ".join(f'"{name}" {"date" if name == "birth_date" else "text"}' for name in names)
        cursor.execute(f"CREATE TABLE floor_orm (id bigint GENERATED BY DEFAULT AS IDENTITY, {spelled})")
    assert kept.kind is Kind.STU_ASSIGN
    records = _records(text)
    started = time.perf_counter()
    with transaction.atomic():
        row.objects.bulk_create(
            (row(**dict(zip(names, record, strict=True))) for record in records), batch_size=2_000
        )
    return {"rows": len(records), "seconds": round(time.perf_counter() - started, 3)}


def _stdlib_csv(text: bytes) -> dict[str, float]:
    """The standard library's reader, a row at a time into COPY."""
    types = columns.types(Kind.STU_ASSIGN, YEAR)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE floor")
    started = time.perf_counter()
    records = _records(text)
    query = sql.SQL("COPY floor ({}) FROM STDIN").format(sql.SQL(", ").join(map(sql.Identifier, types)))
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(query) as copy:
        for record in records:
            copy.write_row(record)
    return {"rows": len(records), "seconds": round(time.perf_counter() - started, 3)}
