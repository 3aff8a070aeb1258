"""The command answers with one JSON object and an exit code that says how it went."""

import json
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command

from enrollment.attendance.models import AttendanceDay
from enrollment.full_time.models import ProgramEnrollment

from .kit import NOW, enrolled, staff_of, text

pytestmark = pytest.mark.django_db


def run(student: ProgramEnrollment, file: Path, *options: str) -> int:
    arguments = ["--program", str(student.program_id), "--by", staff_of(student).user.email, *options]
    try:
        with time_machine.travel(NOW, tick=False):
            call_command("import_attendance", str(file), *arguments)
    except SystemExit as end:
        return int(str(end.code))
    return 0


def file_of(folder: Path, *lines: str) -> Path:
    file = folder / "attendance.csv"
    file.write_bytes(text(*lines))
    return file


def test_a_file_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    student = enrolled()
    file = file_of(tmp_path, f"{student.student.mosis_id},2027-02-01,,login,5")
    assert run(student, file, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["state"], answer["rows"], answer["added"], answer["problems"]) == ("stored", 1, 1, 0)
    assert run(student, file) == 0
    assert "1 stood there already" in capsys.readouterr().out


def test_problems_are_told_and_nothing_is_stored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    student = enrolled()
    file = file_of(tmp_path, "7,2027-02-01,,login,5", f"{student.student.mosis_id},2027-02-01,,login,5")
    assert run(student, file, "--json") == 1
    [problem] = json.loads(capsys.readouterr().out)["problems_told"]
    assert (problem["line"], problem["column"], problem["value"]) == (2, "mosis_id", "7")
    assert run(student, file) == 1
    assert "2: mosis_id: No student of this program" in capsys.readouterr().out
    assert AttendanceDay.objects.count() == 0


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    student = enrolled()
    assert run(student, tmp_path / "none.csv") == 2
    (tmp_path / "empty.csv").write_bytes(b"")
    assert run(student, tmp_path / "empty.csv") == 2


def test_wrong_usage(tmp_path: Path) -> None:
    student = enrolled()
    assert run(student, file_of(tmp_path), "--by", "nobody@example.org") == 64
    assert run(student, file_of(tmp_path), "--program", "0") == 64
