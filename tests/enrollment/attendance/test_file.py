"""A file of attendance is stored as a whole or not at all, and sending it twice is sending it once (R-54)."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from enrollment.attendance import actions
from enrollment.attendance.file import read
from enrollment.attendance.file.reading import _any_rows, _plain_rows
from enrollment.attendance.models import AttendanceDay, Entry, FileState, ReplacedDay
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.tabular import UnreadableFile
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import ScheduledCourseFactory

from .kit import HEADER, MONDAY, enrolled, found, parent_of, scheduled, send, staff_of, text

TUESDAY = dt.date(2027, 2, 2)


def entries() -> dict[dt.date, list[Entry]]:
    return {row.day: row.entries for row in AttendanceDay.objects.order_by("day")}


@pytest.mark.django_db
class TestStored:
    def test_a_day_with_courses_and_without(self) -> None:
        student = enrolled()
        algebra, biology = scheduled(student, "Algebra I", "Biology")
        file = send(
            student,
            "{id},2027-02-01,algebra i,assignment,55",
            f"{{id}},02/01/2027,{biology.pk},testing,30",
            "{id},2027-02-01,,phone_video,15",
            "{id},2027-02-02,Biology,login,5",
        )
        assert (file.state, file.rows, file.added, file.changed, file.same) == ("stored", 4, 2, 0, 0)
        assert (file.first_day, file.last_day) == (MONDAY, TUESDAY)
        assert entries() == {
            MONDAY: [
                Entry(algebra.pk, "assignment", 55),
                Entry(biology.pk, "testing", 30),
                Entry(None, "phone_video", 15),
            ],
            TUESDAY: [Entry(biology.pk, "login", 5)],
        }
        day = AttendanceDay.objects.get(day=MONDAY)
        assert (day.total, day.file, day.by, day.at) == (100, file, staff_of(student), file.sent_at)

    def test_twice_is_once(self) -> None:
        student = enrolled()
        line = "{id},2027-02-01,,assignment,55"
        send(student, line)
        before = AttendanceDay.objects.values().get()
        again = send(student, line)
        assert (again.state, again.added, again.changed, again.same) == ("stored", 0, 0, 1)
        assert AttendanceDay.objects.values().get() == before

    def test_a_second_file_adds_corrects_and_takes_back(self) -> None:
        student = enrolled()
        (algebra,) = scheduled(student, "Algebra I")
        send(student, "{id},2027-02-01,Algebra I,assignment,55", "{id},2027-02-01,,login,5")
        second = send(student, "{id},2027-02-01,Algebra I,assignment,60", "{id},2027-02-01,,orientation,30")
        assert (second.added, second.changed, second.same) == (0, 1, 0)
        assert entries()[MONDAY] == [
            Entry(algebra.pk, "assignment", 60),
            Entry(None, "login", 5),
            Entry(None, "orientation", 30),
        ]
        send(student, "{id},2027-02-01,,login,0")
        third = send(student, "{id},2027-02-01,Algebra I,assignment,0", "{id},2027-02-01,,orientation,0")
        assert third.changed == 1
        assert entries() == {MONDAY: []}
        assert send(student, "{id},2027-02-01,,login,0").same == 1
        assert list(ReplacedDay.objects.order_by("pk").values_list("total", flat=True)) == [60, 95, 90]

    def test_taking_back_what_is_not_there_stores_nothing(self) -> None:
        student = enrolled()
        file = send(student, "{id},2027-02-01,,login,0")
        assert (file.state, file.added, file.changed, file.same) == ("stored", 0, 0, 0)
        assert entries() == {}

    @pytest.mark.rule("R-54")
    def test_the_eight_activities_of_the_statute(self) -> None:
        student = enrolled()
        codes = CodeMeaning.objects.of(CodeSet.ACTIVITY, on=MONDAY).values_list("code", flat=True)
        assert len(codes) == 8
        file = send(student, *(f"{{id}},2027-02-01,,{code},10" for code in codes))
        assert file.state == FileState.STORED
        assert sorted(entry.activity for entry in entries()[MONDAY]) == sorted(codes)

    def test_as_many_statements_for_many_students_as_for_one(self) -> None:
        one = enrolled()
        others = [enrolled(application__program=one.program) for _number in range(3)]
        with CaptureQueriesContext(
            connection,
        ) as first:
            send(one, "{id},2027-02-01,,login,5")
        lines = [f"{student.student.mosis_id},2027-02-02,,login,5" for student in (one, *others)]
        with CaptureQueriesContext(connection) as many:
            assert send(one, *lines).added == 4
        assert len(many) == len(first)

    def test_columns_in_another_order_quotes_and_windows_line_ends(self) -> None:
        student = enrolled()
        scheduled(student, 'The "New" World, part 1')
        mosis_id = student.student.mosis_id
        data = (
            "\ufeffMinutes,Activity,Local id,Course,Day,MOSIS ID\r\n"
            f'55,assignment,x,"The ""New"" World, part 1",2027-02-01,{mosis_id}\r\n'
            ",,,,,\r\n"
        ).encode()
        file = send(student, data=data)
        assert (file.state, file.rows, file.added) == ("stored", 1, 1)


@pytest.mark.django_db
class TestRefused:
    def test_each_line_says_what_is_wrong_and_nothing_is_stored(self) -> None:
        student = enrolled()
        scheduled(student, "Algebra I", "Biology", "Biology")
        file = send(
            student,
            "{id},2027-02-01,Algebra I,assignment,55",
            "7123,2027-02-01,,login,5",
            "{id},1.2.2027,,login,5",
            "{id},2027-02-03,,login,5",
            "{id},2027-01-05,,login,5",
            "{id},2027-02-01,,homework,5",
            "{id},2027-02-01,Latin,login,5",
            "{id},2027-02-01,Biology,login,5",
            "{id},2027-02-01,,login,5.5",
            "{id},2027-02-01,,testing,1441",
            "{id},2027-02-01,algebra i,Assignment,10",
        )
        mosis_id = student.student.mosis_id
        assert (file.state, file.rows, file.problems) == ("refused", 11, 10)
        assert found(file) == [
            (3, "mosis_id", "7123", "unknown_student"),
            (4, "day", "1.2.2027", "day"),
            (5, "day", "2027-02-03", "future"),
            (6, "day", "2027-01-05", "not_enrolled"),
            (7, "activity", "homework", "activity"),
            (8, "course", "Latin", "not_scheduled"),
            (9, "course", "Biology", "several_courses"),
            (10, "minutes", "5.5", "minutes"),
            (11, "minutes", "1441", "minutes"),
            (12, "", "", "twice"),
        ]
        assert mosis_id is not None
        assert entries() == {}

    def test_twenty_five_hours_in_a_day(self) -> None:
        student = enrolled()
        lines = [f"{{id}},2027-02-01,,{code},300" for code in ("login", "offline", "assignment", "testing")]
        file = send(student, *lines, "{id},2027-02-01,,field_trip,300")
        assert (file.state, found(file)) == ("refused", [(2, "minutes", "1500", "long_day")])
        assert entries() == {}

    def test_a_day_is_too_long_with_what_stands_there_already(self) -> None:
        student = enrolled()
        send(student, "{id},2027-02-01,,login,1000")
        file = send(student, "{id},2027-02-01,,testing,441")
        assert found(file) == [(2, "minutes", "1441", "long_day")]
        assert send(student, "{id},2027-02-01,,testing,440").changed == 1

    def test_a_student_of_another_program_is_unknown(self) -> None:
        student, other = enrolled(), enrolled()
        file = send(student, f"{other.student.mosis_id},2027-02-01,,login,5")
        assert found(file) == [(2, "mosis_id", str(other.student.mosis_id), "unknown_student")]

    def test_a_course_of_a_schedule_that_holds_no_more(self) -> None:
        student = enrolled()
        (algebra,) = scheduled(student, "Algebra I")
        algebra.schedule.valid_to = MONDAY
        algebra.schedule.save()
        file = send(student, "{id},2027-02-01,Algebra I,login,5", f"{{id}},2027-02-02,{algebra.pk},login,5")
        assert found(file) == [(3, "course", str(algebra.pk), "not_scheduled")]

    def test_a_course_of_another_student(self) -> None:
        student = enrolled()
        other = ScheduledCourseFactory.create()
        file = send(student, f"{{id}},2027-02-01,{other.pk},login,5")
        assert found(file) == [(2, "course", str(other.pk), "not_scheduled")]

    def test_nobody_sends_the_days_of_a_child_of_their_own(self) -> None:
        student = enrolled()
        parent = parent_of(student).user
        staff = MembershipFactory.create(user=parent, host_staff=True, lea=student.program.host)
        file = send(student, "{id},2027-02-01,,login,5", by=staff)
        assert [kind for *_place, kind in found(file)] == ["own_child"]

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            (b"", "empty"),
            (HEADER.encode(), "no rows"),
            (b"mosis_id,day,course,activity\n7,2027-02-01,,login\n", "lacks this column: minutes"),
            (b"mosis_id,day,course,activity,minutes,day\n7,2027-02-01,,login,5,x\n", "more than once: day"),
            (f'{HEADER}\n"7,2027-02-01,,login,5\n'.encode(), "quotation mark"),
            (f"{HEADER}\n7,2027-02-01,Alg\xe9bre,login,5\n".encode("latin-1"), "UTF-8"),
        ],
    )
    def test_a_file_that_cannot_be_read(self, data: bytes, words: str) -> None:
        student = enrolled()
        received = actions.receive_file(
            data, name="a.csv", program_id=student.program_id, by=staff_of(student), at=student.admitted_at
        )
        assert received.state == FileState.REFUSED
        assert words in received.refusal
        assert received.found.count() == 0

    def test_lines_with_too_few_values_or_too_many(self) -> None:
        student = enrolled()
        file = send(
            student, "{id},2027-02-01,login,5", "{id},2027-02-01,,login,5,6", "{id},2027-02-01,,login,5"
        )
        assert [(line, kind) for line, *_value, kind in found(file)] == [(2, "ragged"), (3, "ragged")]

    def test_a_program_of_another_host(self) -> None:
        student = enrolled()
        for stranger in (
            MembershipFactory.create(host_staff=True),
            MembershipFactory.create(coordinator=True, lea=student.program.host),
            parent_of(student),
        ):
            with pytest.raises(actions.NotYourProgram):
                send(student, "{id},2027-02-01,,login,5", by=stranger)
        assert entries() == {}


# The two readers ----------------------------------------------------------------------------------

shown = st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters=',"\x85\u2028\u2029')
cell = st.text(shown, max_size=6)


@given(st.lists(st.tuples(cell, cell, cell, cell, cell), min_size=1, max_size=8))
def test_the_quick_reader_finds_what_the_careful_one_finds(rows: list[tuple[str, ...]]) -> None:
    data = text(*map(",".join, rows))
    quick, careful = _plain_rows(data), _any_rows(data)
    assert careful.ragged == []
    if quick is not None:
        assert quick.rows() == careful.rows.rows()


def test_what_is_not_plain_takes_the_careful_reader() -> None:
    assert _plain_rows(text('"1",2,3,4,5')) is None
    assert _plain_rows(text("1,2,3,4", "1,2,3,4,5,6")) is None
    assert _plain_rows(text("1,2,3,4,5", "", "1,2,3,4,5")) is None
    assert _plain_rows(text("1,2,3,4,5")) is not None


def test_a_file_too_large_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="larger than 50 MB"):
        read(b"x" * 50_000_001)
