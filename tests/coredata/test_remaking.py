"""A new file out of the kept rows of a certified one: the same rows, educators and checks, some values put right."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pytest_django import Settings

from coredata import actions
from coredata.models import Upload, UploadState
from coredata.store import vault
from coredata.store.difference import difference
from mocap_portal.foundation.accounts.models import Membership

from .kit import NOW, certify, good, send, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
LATER = NOW + dt.timedelta(hours=1)
OWN = {"collection_id", "upload_id"}


def certified(*kinds: str, by: Membership) -> Upload:
    """The last of these files; all are certified."""
    return [certify(send(good(kind), by=by), by=by) for kind in kinds][-1]


def remake(upload: Upload, by: Membership, *, changed: dict[int, dict[str, str]] | None = None) -> Upload:
    made = actions.remake(upload.pk, changed=changed or {}, added=[], by=by, at=LATER)
    return actions.check_upload(made.pk, at=LATER)


def kept(upload: Upload) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name not in OWN} for row in stored(upload)]


@pytest.mark.parametrize("kinds", [("crs",), ("crs", "stu"), ("crs", "stu", "jun"), ("core",)])
def test_without_a_change_it_says_what_the_certified_one_says(
    clerk: Membership, kinds: tuple[str, ...]
) -> None:
    """Educators too, of whom the file itself has nothing; so it can be certified."""
    before = certified(*kinds, by=clerk)
    made = remake(before, clerk)
    assert (made.state, made.errors, made.made_of) == (UploadState.TRIAL, 0, before)
    assert made.name == "file-corrected.csv"
    assert kept(made) == kept(before)
    assert made.problems.count() == before.problems.count()
    hashes = {row.get("educator") for row in stored(before)} - {None}
    text = vault.opened(made.stored_as, bytes(made.key)).decode()
    assert not [educator for educator in hashes if str(educator) in text]
    certify(made, by=clerk, at=LATER)
    before.refresh_from_db()
    assert before.state == UploadState.SUPERSEDED


def test_only_what_is_corrected_differs(clerk: Membership) -> None:
    before = certified("crs", by=clerk)
    made = remake(before, clerk, changed={4: {"ProgramCode": "50", "DeliverySystem": "S"}})
    assert [(row.line, dict(row.before)) for row in difference(made, before).rows()] == [
        (4, {"program_code": "52", "delivery_system": "V"})
    ]
    assert [row["program_code"] for row in kept(made) if row["line"] == 4] == ["50"]
    before.refresh_from_db()
    assert before.state == UploadState.CERTIFIED


def test_a_row_is_added_below_without_an_educator(clerk: Membership) -> None:
    before = certified("crs", "stu", "jun", by=clerk)
    row = {
        "CollectionVersion": "2027Jun1.0StuCRSComp",
        "CurrentSchoolYear": "2027",
        "ReportingDistrictCode": "991101",
        "ReportingSchoolCode": "1050",
        "StateID": "0000000043",
        "StudentDateOfBirth": "03/14/2011",
        "PosCode": "60",
        "AssignNum": "A4",
        "CourseNum": "115900",
        "CourseSemester": "S1",
        "GradeEarned": "A",
        "CreditsEarned": "0.5",
    }
    made = actions.remake(before.pk, changed={}, added=[row], by=clerk, at=LATER)
    made = actions.check_upload(made.pk, at=LATER)
    *others, last = kept(made)
    assert others == kept(before)
    assert (last["mosis_id"], last["educator"], last["grade_earned"]) == ("0000000043", None, "A")


def test_what_the_checks_find_is_found_in_it_too(clerk: Membership) -> None:
    made = remake(certified("crs", by=clerk), clerk, changed={3: {"DeliverySystem": ""}})
    assert made.errors
    with pytest.raises(actions.HasErrors):
        certify(made, by=clerk, at=LATER)


def test_checked_again_it_keeps_its_educators(clerk: Membership) -> None:
    made = remake(certified("crs", by=clerk), clerk)
    before = kept(made)
    assert kept(actions.check_again(made.pk, at=LATER)) == before


def test_made_twice_the_second_takes_the_place_of_the_first(clerk: Membership) -> None:
    before = certified("crs", by=clerk)
    first, second = remake(before, clerk), remake(before, clerk)
    first.refresh_from_db()
    assert (first.state, second.state) == (UploadState.REPLACED, UploadState.TRIAL)


def test_of_what_is_not_certified_nothing_is_made(clerk: Membership, settings: Settings) -> None:
    trial = send(good("crs"), by=clerk)
    with pytest.raises(actions.NotCertified):
        remake(trial, clerk)
    before = certify(trial, by=clerk)
    with pytest.raises(LookupError, match="99"):
        remake(before, clerk, changed={99: {"ProgramCode": "50"}})
    assert Upload.objects.count() == 1
    # The trial's own is destroyed when the transaction is through.
    assert len([*Path(settings.MEDIA_ROOT).rglob("*.sealed")]) == 1
