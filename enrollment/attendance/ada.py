"""Average daily attendance of a program in the current school year, and the hours that do not count (R-87 to R-89).

What a term and its hours of session are: decision 19.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from enrollment.full_time.models import Program
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, SchoolYear, Term, TermCode

from .off import closed_days
from .rules import school_days, shares

MINUTES_OF_AN_HOUR = 60

# Of whom a day counts by age, on that day: somebody born on 29 February is a year older on 1 March.
COUNTED = """
    SELECT student_id, day, total
    FROM attendance_attendanceday AS recorded
    JOIN full_time_programenrollment AS enrollment ON enrollment.id = enrollment_id
    JOIN records_student AS student ON student.id = student_id
    WHERE program_id = %(program)s AND day BETWEEN %(first)s AND %(last)s AND total > 0
        AND birth_date <= (day - make_interval(years => %(youngest)s))::date
        AND birth_date > (day - make_interval(years => %(oldest)s))::date
"""
ATTENDED = f"""
    SELECT student_id, mosis_id, sum(total) FILTER (WHERE day < %(second)s), sum(total) FILTER (WHERE day >= %(second)s)
    FROM ({COUNTED}) AS counted JOIN records_student AS student ON student.id = student_id
    GROUP BY student_id, mosis_id ORDER BY mosis_id, student_id
"""  # noqa: S608 - put together from constants
# Only days of students who have such a course are taken apart.
EXCLUDED = """
    WITH doubtful AS MATERIALIZED (
        SELECT course.id, course.title, enrollment_id, teacher.name, teacher.valid_from, teacher.valid_to
        FROM full_time_scheduledcourse AS course
        JOIN full_time_schedule AS schedule ON schedule.id = schedule_id
        JOIN full_time_programenrollment AS enrollment ON enrollment.id = enrollment_id
        LEFT JOIN registration_teacher AS teacher ON teacher.id = teacher_id
        WHERE program_id = %(program)s
            AND (teacher.id IS NULL OR teacher.valid_from > %(first)s OR teacher.valid_to < %(last)s)
    )
    SELECT student_id, mosis_id, doubtful.title, coalesce(doubtful.name, ''),
        coalesce(sum(amount) FILTER (WHERE day < %(second)s), 0),
        coalesce(sum(amount) FILTER (WHERE day >= %(second)s), 0)
    FROM attendance_attendanceday AS recorded
    JOIN full_time_programenrollment AS enrollment ON enrollment.id = recorded.enrollment_id
    JOIN records_student AS student ON student.id = student_id
    CROSS JOIN LATERAL unnest(recorded.courses, recorded.minutes) AS entry (course_id, amount)
    JOIN doubtful ON doubtful.id = course_id AND doubtful.enrollment_id = recorded.enrollment_id
    WHERE day BETWEEN %(first)s AND %(last)s AND total > 0
        AND birth_date <= (day - make_interval(years => %(youngest)s))::date
        AND birth_date > (day - make_interval(years => %(oldest)s))::date
        AND (doubtful.valid_from IS NULL OR day NOT BETWEEN doubtful.valid_from AND doubtful.valid_to)
    GROUP BY student_id, mosis_id, doubtful.title, doubtful.name
    ORDER BY mosis_id, student_id, doubtful.title, doubtful.name
"""


@dataclass(frozen=True, slots=True)
class Excluded:
    """Minutes of a student under a course whose teacher was not certified then; `teacher` is empty for none."""

    student_id: int
    mosis_id: str
    course: str
    teacher: str
    minutes: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Share:
    """A student's minutes that count and their shares, by semester."""

    mosis_id: str
    minutes: tuple[int, int]
    shares: tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Figure:
    """`session`: minutes of session from `first` to `as_of`; `second`: first day of the second semester."""

    year: SchoolYear
    first: dt.date
    second: dt.date
    as_of: dt.date
    session: int
    students: Sequence[Share]
    excluded: Sequence[Excluded]

    @property
    def by_semester(self) -> list[Decimal]:
        return [_places(sum((row.shares[place] for row in self.students), Fraction())) for place in (0, 1)]

    @property
    def ada(self) -> Decimal:
        """The sum over the semesters, four places."""
        return _places(sum((sum(row.shares, Fraction()) for row in self.students), Fraction()))

    @property
    def hours_attended(self) -> Decimal:
        return hours(sum(sum(row.minutes) for row in self.students))

    @property
    def hours_excluded(self) -> Decimal:
        return hours(sum(sum(row.minutes) for row in self.excluded))

    @property
    def hours_of_session(self) -> Decimal:
        return hours(self.session)


def hours(minutes: int) -> Decimal:
    return _places(Fraction(minutes, MINUTES_OF_AN_HOUR), 2)


def figure(program: Program, *, today: dt.date) -> Figure | None:
    """The figure of this day's school year, up to this day; None where the state has not entered its semesters.

    Raises NoLegalValue.
    """
    year = SchoolYear.objects.filter(starts_on__lte=today, ends_on__gte=today).first()
    terms = {term.code: term for term in Term.objects.filter(school_year=year)} if year else {}
    if year is None or not {TermCode.S1, TermCode.S2} <= set(terms):
        return None
    first, second = terms[TermCode.S1].starts_on, terms[TermCode.S2].starts_on
    last = min(today, terms[TermCode.S2].ends_on)
    span: dict[str, int | dt.date] = {
        "program": program.pk,
        "first": first,
        "second": second,
        "last": last,
        "youngest": LegalValue.objects.whole(LegalKey.ATTENDANCE_FROM_AGE, on=first),
        "oldest": LegalValue.objects.whole(LegalKey.MAXIMUM_AGE, on=first),
    }
    session = session_minutes(program.host_id, first, last)
    with connection.cursor() as cursor:
        cursor.execute(EXCLUDED, span)
        excluded = [
            Excluded(student, mosis_id or "", course, teacher, (one, two))
            for student, mosis_id, course, teacher, one, two in cursor
        ]
        less: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for row in excluded:
            for place in (0, 1):
                less[row.student_id][place] += row.minutes[place]
        cursor.execute(ATTENDED, span)
        students = []
        for student, mosis_id, one, two in cursor:
            minutes = ((one or 0) - less[student][0], (two or 0) - less[student][1])
            in_first, in_second = shares(minutes, session)
            students.append(Share(mosis_id or "", minutes, (in_first, in_second)))
    return Figure(year, first, second, last, session, students, excluded)


def session_minutes(host_id: int, first: dt.date, last: dt.date) -> int:
    """How long a program was in session: a full load of courses, each for its daily minutes, on each school day."""
    if last < first:
        return 0
    load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=first)
    daily = LegalValue.objects.whole(LegalKey.DAILY_MINUTES, on=first)
    return load * daily * len(school_days(first, last, closed_days(host_id, first, last)))


def _places(number: Fraction, places: int = 4) -> Decimal:
    """
    >>> [_places(Fraction(2, 3)), _places(Fraction(5, 2), 2)]
    [Decimal('0.6667'), Decimal('2.50')]
    """
    return round(Decimal(number.numerator) / Decimal(number.denominator), places)
