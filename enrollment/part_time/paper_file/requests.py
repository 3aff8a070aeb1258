"""Which rows of a file are one request, and what is stored about the same courses already."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.records.actions import Asker, Child
from mocap_portal.foundation.directory.models import Term
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv
from providers.catalog import Problem
from providers.models import Course

from ..actions.paper import Asked, AskedCourse
from ..actions.paper_decision import Paper
from ..models import ENDED_LINES, Channel, CourseLine, DecisionChannel
from ..rules import listed_courses
from .columns import OF_THE_REQUEST
from .rows import ChildKey, CourseKey, Known, PaperRow, ReadRow, name_in


@dataclass(frozen=True, slots=True)
class PaperRequest:
    """Rows that become one request, each with its course."""

    rows: list[tuple[PaperRow, Course]]

    @property
    def child(self) -> Child:
        row, _course = self.rows[0]
        values = row.values
        return Child(
            first_name=values["student_first_name"],
            last_name=values["student_last_name"],
            birth_date=values["birth_date"],
            student_id=row.student.pk if row.student else None,
            grade=values["grade"],
            school_id=values["state_school_id"].pk,
        )

    @property
    def asker(self) -> Asker:
        values = self.rows[0][0].values
        return Asker(values["asked_by"], values["relationship"], email=values["email"], phone=values["phone"])

    @property
    def asked(self) -> Asked:
        values = self.rows[0][0].values
        return Asked(
            channel=Channel.PAPER,
            came_on=values["received_on"],
            term_id=values["term"].pk,
            courses=[AskedCourse(course.pk) for _row, course in self.rows],
            in_person_courses=values["in_person_courses"],
            signed_name=values["asked_by"],
        )

    def papers(self) -> dict[Paper, list[tuple[PaperRow, Course]]]:
        """The rows by the paper that decides them."""
        found: dict[Paper, list[tuple[PaperRow, Course]]] = defaultdict(list)
        for row, course in self.rows:
            values = row.values
            paper = Paper(values["decided_on"], values["decided_by"], reference=values["paper_reference"])
            found[paper].append((row, course))
        return found


@dataclass
class PaperFile:
    """A file that was read: the requests to store, how many rows are stored already, and what is wrong with others."""

    header: list[str]
    records: dict[int, list[str]]
    requests: list[PaperRequest] = field(default_factory=list)
    there: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def new(self) -> int:
        return sum(len(request.rows) for request in self.requests)

    @property
    def wrong(self) -> int:
        """How many rows have problems."""
        return len({problem.row for problem in self.problems})

    def with_errors(self) -> str:
        """The rows with problems as they came, and in a last column what is wrong with them."""
        told: dict[int, list[str]] = defaultdict(list)
        for problem in self.problems:
            place = f"{problem.column}: " if problem.column else ""
            told[problem.row or 0].append(f"{place}{problem.message} {problem.remedy}".strip())
        width = len(self.header)
        rows = [
            [*(self.records[line] + [""] * width)[:width], " | ".join(sentences)]
            for line, sentences in sorted(told.items())
            if line in self.records
        ]
        return write_csv([*self.header, _("Errors")], rows)


def gather(file: PaperFile, rows: list[ReadRow], known: Known) -> None:
    """Make requests of the rows: whole ones, or nothing of them."""
    groups: dict[tuple[Any, ...], list[tuple[PaperRow, bool]]] = defaultdict(list)
    lost: dict[tuple[str, ...], list[int]] = defaultdict(list)  # rows of which only the child's name is known
    for read in rows:
        if read.found is None:
            lost[read.name].append(read.row.line)
        else:
            values = read.found.values
            key = (read.found.child, values["term"].pk, values["received_on"])
            groups[key].append((read.found, read.is_wrong))
    stored = _stored([row for group in groups.values() for row, _wrong in group], known)
    offers = _offers(groups.values())
    for group in groups.values():
        first = group[0][0]
        offer = offers(first.values["term"], first.values["received_on"])
        wrong = {row.row.line for row, is_wrong in group if is_wrong}
        wrong.update(line for row, _wrong in group for line in lost.get(name_in(row.row), []))
        new: list[tuple[PaperRow, Course]] = []
        there = 0
        seen: dict[CourseKey, int] = {}
        for row, is_wrong in group:
            lines = stored.get((row.child, row.values["term"].pk, row.course_key), [])
            problem = _against(row, first, seen.get(row.course_key)) or _stored_otherwise(row, lines)
            seen.setdefault(row.course_key, row.row.line)
            course = offer.get(row.course_key)
            if problem is None and course is None and not lines:
                problem = row.problem(
                    "provider_course_code",
                    _("No such course was on offer for this term on the day of receipt."),
                    _("Check provider, course, structure, term and day."),
                )
            if problem is not None:
                wrong.add(row.row.line)
                file.problems.append(problem)
            elif lines:
                there += not is_wrong
            elif course is not None:
                new.append((row, course))
        file.there += there
        if wrong:
            file.problems += [
                _left_out(row, sorted(wrong)) for row, _course in new if row.row.line not in wrong
            ]
        elif new:
            file.requests.append(PaperRequest(new))


def _left_out(row: PaperRow, wrong: list[int]) -> Problem:
    """A good row of a request that is not stored because of others."""
    message = ngettext(
        "Line %(lines)s of the same student is wrong, so this row was left out too.",
        "Lines %(lines)s of the same student are wrong, so this row was left out too.",
        len(wrong),
    )
    lines = ", ".join(map(str, wrong))
    return row.problem(
        None, message % {"lines": lines}, _("Correct what is wrong and send all of them again.")
    )


def _against(row: PaperRow, first: PaperRow, same_course: int | None) -> Problem | None:
    """What the other rows of its request have against a row."""
    if same_course is not None:
        return row.problem(
            "provider_course_code",
            _("Line %(line)d has this course already.") % {"line": same_course},
            _("Take one of the two rows out."),
        )
    for column in OF_THE_REQUEST:
        if row.row.values[column] != first.row.values[column]:
            return row.problem(
                column,
                _("Line %(line)d of the same request says otherwise.") % {"line": first.row.line},
                _("Write the same in both rows."),
            )
    return None


def _stored_otherwise(row: PaperRow, lines: list[CourseLine]) -> Problem | None:
    """What is stored about the same course of this child and term and does not say the same."""
    for line in lines:
        decision = line.decision
        if decision is None or decision.channel != DecisionChannel.PAPER:
            return row.problem(
                "provider_course_code",
                _("Request %(number)s already asks for this course.") % {"number": line.request.number},
                _("Open that request, and record the decision there."),
            )
        same_day = central_date(decision.decided_at) == row.values["decided_on"]
        if not same_day or decision.outcome != row.values["outcome"]:
            return row.problem(
                "outcome",
                _("Request %(number)s has another decision about this course.")
                % {"number": line.request.number},
                _("Check the outcome and the day, or open that request."),
            )
    return None


def _stored(rows: list[PaperRow], known: Known) -> dict[tuple[ChildKey, int, CourseKey], list[CourseLine]]:
    """The lines that these children have in these terms, by child, term and course; in one query."""
    lines = (
        CourseLine.objects.filter(
            request__lea=known.by.organization_id,
            request__term__in={row.values["term"].pk for row in rows},
            request__claim__birth_date__in={row.child.birth_date for row in rows},
        )
        .exclude(state__in=ENDED_LINES)
        .exclude(request__state="draft")
        .select_related("request__claim", "request__claim__student", "course__provider", "decision")
        .order_by("pk")
    )
    found = defaultdict(list)
    for line in lines:
        claim = line.request.claim
        key = CourseKey(line.course.provider.code, line.course.provider_course_code, line.course.structure)
        for child in {ChildKey.of(claim), ChildKey.of(claim.student or claim)}:
            found[child, line.request.term_id, key].append(line)
    return found


def _offers(
    groups: Iterable[list[tuple[PaperRow, bool]]],
) -> Callable[[Term, dt.date], dict[CourseKey, Course]]:
    """What the rows ask for and was on offer for a term on a day; one query for each of them."""
    codes = {row.course_key.provider_course_code for group in groups for row, _wrong in group}
    cache: dict[tuple[int, dt.date], dict[CourseKey, Course]] = {}

    def offer(term: Term, day: dt.date) -> dict[CourseKey, Course]:
        if (term.pk, day) not in cache:
            courses = listed_courses(term, on=day).filter(provider_course_code__in=codes)
            cache[term.pk, day] = {
                CourseKey(course.provider.code, course.provider_course_code, course.structure): course
                for course in courses.select_related("provider")
            }
        return cache[term.pk, day]

    return offer
