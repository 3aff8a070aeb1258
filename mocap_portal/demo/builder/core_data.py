"""Three districts' core data of October, in every state a file can be in, and a rule that is waived for one."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from functools import cache

from coredata import actions
from coredata.layouts import Kind
from coredata.models import Upload
from coredata.store import vault
from coredata.synthesis import State, districts
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.calendar import central_date

from . import places
from .people import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK
from .times import noon

STUDENTS = 450  # of three made-up districts, so about 150 each
OPENS = (9, 1)  # October's files are taken from the first of September
SENDS = {
    WALNUT_FORK: (places.WALNUT_FORK, Role.DATA_CLERK),
    HARROW_SPRINGS: (places.HARROW_SPRINGS, Role.COORDINATOR),
    COMPASS_POINT: (places.COMPASS_POINT, Role.COORDINATOR),
}
# The charter school has two schools where the made-up districts have three.
COMPASS_POINT_SCHOOLS = {"1050": "1910", "3000": "4910", "4020": "4910"}
WAIVED = "V-52"
STATEMENT = "I certify for my district that this file is complete and true to the best of my knowledge."


@dataclass(frozen=True, slots=True)
class Sent:
    """A file of a district, its share of rows with a mistake, and what became of it after it was checked."""

    place: str
    kind: Kind
    mistakes: float = 0.0
    certified: bool = False
    withdrawn: bool = False
    is_a_letter: bool = False


# In the order in which they were sent.
SENT = (
    Sent(WALNUT_FORK, Kind.STU_CORE, certified=True),
    Sent(WALNUT_FORK, Kind.CRS_ASSIGN, mistakes=0.1),
    Sent(WALNUT_FORK, Kind.CRS_ASSIGN, certified=True),
    Sent(WALNUT_FORK, Kind.STU_ASSIGN, mistakes=0.02),
    Sent(HARROW_SPRINGS, Kind.CRS_ASSIGN, certified=True),
    Sent(HARROW_SPRINGS, Kind.STU_ASSIGN, certified=True),
    Sent(HARROW_SPRINGS, Kind.CRS_ASSIGN, certified=True),
    Sent(HARROW_SPRINGS, Kind.STU_CORE),
    Sent(COMPASS_POINT, Kind.STU_CORE, is_a_letter=True),
    Sent(COMPASS_POINT, Kind.STU_CORE, certified=True, withdrawn=True),
)


def build_core_data(at: dt.datetime) -> None:
    """The last October that has begun by then. A file is sent each noon, the last one the day before."""
    today = central_date(at)
    year = october_of(today)
    for number, sent in enumerate(SENT):
        code, role = SENDS[sent.place]
        hat = Membership.objects.active().get(organization__name=sent.place, role=role)
        when = max(noon(today - dt.timedelta(days=len(SENT) - number)), noon(dt.date(year - 1, *OPENS)))
        _send(sent, code=code, year=year, by=hat, at=min(when, at))
    _waive(year, at=at)


def october_of(today: dt.date) -> int:
    """The school year whose October began last."""
    return today.year + 1 if (today.month, today.day) >= OPENS else today.year


def _waive(year: int, *, at: dt.datetime) -> None:
    """The state office lets one district pass over one warning until the school year ends, three months at least."""
    office = Membership.objects.active().filter(role=Role.DESE_ADMIN).order_by("pk")[0]
    actions.grant_waiver(
        Organization.objects.get(name=HARROW_SPRINGS).lea.pk,
        WAIVED,
        reason="The district's system cannot export another position code before next summer.",
        until=max(dt.date(year, 6, 30), central_date(at) + dt.timedelta(days=90)),
        by=office,
        at=at,
    )


def _send(sent: Sent, *, code: str, year: int, by: Membership, at: dt.datetime) -> None:
    name = f"october_{sent.kind}.csv"
    text = _text(code, year, sent)
    if sent.kind is Kind.STU_CORE:
        text = _with_own_students(text, _lea_id(by))
    upload = receive(b"%PDF-1.7" if sent.is_a_letter else text.encode(), name=name, by=by, at=at)
    if sent.certified:
        _certify(upload, by=by, at=at)
    if sent.withdrawn:
        actions.withdraw(upload.pk, by=by, at=at)


def send_and_certify(data: bytes, *, name: str, by: Membership, at: dt.datetime) -> None:
    _certify(receive(data, name=name, by=by, at=at), by=by, at=at)


def receive(data: bytes, *, name: str, by: Membership, at: dt.datetime) -> Upload:
    upload = actions.receive(vault.seal([data]), name=name, lea_id=_lea_id(by), by=by, at=at)
    return actions.check_upload(upload.pk, at=at)


def _certify(upload: Upload, *, by: Membership, at: dt.datetime) -> None:
    actions.certify(
        upload.pk, by=by, at=at, name=by.user.name, statement=STATEMENT, acknowledges_warnings=True
    )


def _lea_id(hat: Membership) -> int:
    assert hat.organization_id is not None
    return hat.organization_id


def _with_own_students(text: str, lea_id: int) -> str:
    """Student Core with the students for whom families have asked, too; their schools are those of the first row."""
    made_up = list(csv.DictReader(io.StringIO(text)))
    out = io.StringIO()
    writer = csv.DictWriter(out, made_up[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(made_up)
    for student in Student.objects.filter(lea=lea_id, mosis_id__isnull=False).order_by("pk"):
        writer.writerow(
            made_up[0]
            | {
                "StateID": student.mosis_id,
                "LocalStudentID": str(student.pk),
                "LastName": student.last_name,
                "FirstName": student.first_name,
                "DateOfBirth": student.birth_date.isoformat(),
                "StudentGradeLevel": f"{student.grade:02}" if student.grade else "K",
            }
        )
    return out.getvalue()


@cache
def _text(code: str, year: int, sent: Sent) -> str:
    """A made-up file. The same for each demo of a school year, so it is made once."""
    state = State(leas=len(SENDS), students=STUDENTS, year=year, seed=1, problems=sent.mistakes)
    ((district, _truth),) = districts(state, only=code)
    return in_own_schools(district.text(sent.kind), code, sent.place)


def in_own_schools(text: str, code: str, place: str) -> str:
    """A made-up file with the schools that the district has."""
    if place == COMPASS_POINT:
        for school, own in COMPASS_POINT_SCHOOLS.items():
            text = text.replace(f"{code},{school},", f"{code},{own},")
    return text


def date_of(text: str) -> dt.date:
    """A day as made-up files write it, in one of two forms."""
    return dt.datetime.strptime(text, "%m/%d/%Y" if "/" in text else "%Y-%m-%d").date()  # noqa: DTZ007 # a day
