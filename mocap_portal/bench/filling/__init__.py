"""A whole state's requests and courses in an empty database, for measurements: always the same rows.

The numbers are the same for the same sizes; the dates are counted back from the moment of filling, because pages
ask what is due today. Set-based statements write them: an action for each would take hours.
"""

from __future__ import annotations

import datetime as dt
import itertools

from django.db import models, transaction

from enrollment.part_time.models import Acknowledgement, CourseLine, CourseRequest, Decision, Step
from enrollment.records.models import Claim, Guardian, Student
from enrollment.registration.models import RosterLine
from mocap_portal.command.state import Problem
from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import Letter

from .catalog import courses
from .families import families
from .places import organizations, staff
from .requests import requests
from .rows import PICK, count_all, execute, go_on_counting, without_indexes
from .sketch import sketch

FEWEST_REQUESTS, FEWEST_COURSES = 100, 60
LARGE_TABLES: list[type[models.Model]] = [
    User,
    Membership,
    Student,
    Guardian,
    Claim,
    Clock,
    CourseRequest,
    CourseLine,
    Acknowledgement,
    Letter,
    Decision,
    RosterLine,
    Step,
]


def fill(*, requests_wanted: int, courses_wanted: int, at: dt.datetime) -> dict[str, int]:
    """Fill the database as of the moment `at`; returns how many rows each table got.

    Triggers are off meanwhile, for which the database's user must be a superuser: no history is written of invented
    rows, and foreign keys are not looked up one by one (a test looks at all of them). Every other constraint holds.
    Raises Problem when there are requests already or when the sizes are too small to hold one of everything.
    """
    if requests_wanted < FEWEST_REQUESTS or courses_wanted < FEWEST_COURSES:
        raise Problem(
            f"a measurement needs at least {FEWEST_REQUESTS} requests and {FEWEST_COURSES} courses to look at."
        )
    if CourseRequest.objects.exists():
        raise Problem("this database has requests in it: a measurement fills an empty one.")
    with transaction.atomic():
        execute("SET LOCAL session_replication_role = replica")
        execute("SET LOCAL synchronous_commit = off")
        execute("SET LOCAL maintenance_work_mem = '256MB'")  # for building indexes
        execute(PICK)
        written: dict[type[models.Model], int] = {}
        sketch(requests_wanted, courses_wanted, at)
        with without_indexes(LARGE_TABLES):
            for model, count in itertools.chain(
                organizations(),
                staff(at),
                courses(courses_wanted, at),
                families(at),
                requests(requests_wanted),
            ):
                written[model] = written.get(model, 0) + count
        go_on_counting(list(written))
        execute("SET LOCAL session_replication_role = origin")
    count_all()
    return {model.__name__: count for model, count in written.items()}
