"""A district that can send files, and ways to look at what was stored of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.db import connection

from coredata import actions
from coredata.models import Upload
from coredata.store import columns, vault
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeSet, Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import (
    CodeMeaningFactory,
    LeaFactory,
    ProviderFactory,
    SchoolFactory,
    TermFactory,
)
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory, CourseFactory

FILES = Path(__file__).parents[1] / "files"
DAY = dt.date(2027, 6, 10)  # June's collection is open, and October's still
NOW = dt.datetime(2027, 6, 10, 15, tzinfo=dt.UTC)
STATEMENT = "I certify that this is what my district reports."


def walnut_fork() -> Lea:
    """District 991101: two schools, courses of a provider and of a partner, one approved MOCAP course."""
    lea: Lea = LeaFactory.create(state_district_id="991101")
    LeaFactory.create(state_district_id="992102")
    for code in ("1050", "4020"):
        SchoolFactory.create(lea=lea, state_school_id=code)
    lantern, partner = ProviderFactory.create(code="LANTERN"), ProviderFactory.create()
    for code in ("115845", "115846", "115847"):
        CourseFactory.create(provider=lantern, state_course_code=code)
    CourseFactory.create(provider=partner, state_course_code="115900")
    AgreementFactory.create(partnership=True, lea=lea, provider=partner)
    for code in ("115844", "115845", "115846", "115847", "115900"):
        CodeMeaningFactory.create(code_set=CodeSet.STATE_COURSE, code=code)
    CodeMeaningFactory.create(code_set=CodeSet.RESERVED_SCHOOL, code="048078")
    term = TermFactory.create(school_year__year=2027)
    CourseLineFactory.create(approved=True, request__lea=lea, request__term=term)
    return lea


def clerk_of(lea: Lea, **more: Any) -> Membership:
    hat: Membership = MembershipFactory.create(data_clerk=True, lea=lea, **more)
    return hat


def good(kind: str) -> bytes:
    """A file of the district without a problem: crs, stu, core or jun."""
    return (FILES / "good" / "one_district" / f"{kind}.csv").read_bytes()


def bad(rule: str) -> bytes:
    return (FILES / "bad" / f"{rule}.csv").read_bytes()


def send(data: bytes, *, by: Membership, name: str = "file.csv", at: dt.datetime = NOW) -> Upload:
    """A file that has arrived and was checked."""
    assert by.organization_id is not None
    upload = actions.receive(vault.seal([data]), name=name, lea_id=by.organization_id, by=by, at=at)
    return actions.check_upload(upload.pk, at=at)


def certify(upload: Upload, *, by: Membership, at: dt.datetime = NOW) -> Upload:
    return actions.certify(
        upload.pk, by=by, at=at, name="Casey Clerk", statement=STATEMENT, acknowledges_warnings=True
    )


def stored(upload: Upload) -> list[dict[str, Any]]:
    """The rows that the portal keeps of a file, in its order."""
    upload.refresh_from_db()
    assert upload.collection is not None
    table = columns.table(upload.collection.collection.kind)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" WHERE upload_id = %s ORDER BY line', [upload.pk])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
