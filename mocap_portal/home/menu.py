"""The main menu of each hat. Only the roof knows every address, so it is written here and nowhere else."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.ui.navigation import Link, links

Entry = tuple[str | Promise, str]

HOME: Entry = (_("What waits"), "home")
HOW_IT_WORKS: Entry = (_("How it works"), "how_it_works")
DISTRICTS: Entry = (_("Districts"), "districts:districts")
CATALOG: Entry = (_("Courses"), "providers:catalog")
OWN_REQUESTS: Entry = (_("Your requests"), "part_time:requests")
OWN_CHILDREN: Entry = (_("Children"), "records:children")
OWN_RECORD: Entry = (_("Your record"), "records:children")
CORE_DATA: Entry = (_("Core data"), "coredata:files")
PROVIDER_REPORTS: Entry = (_("Reports"), "coredata:reports")
CORE_DATA_BOARD: Entry = (_("Core data"), "coredata:board")
MISMATCHES: Entry = (_("Mismatches"), "reconcile:of_district")
CONCERNS: Entry = (_("Concerns"), "concerns:inbox")
INBOX: Entry = (_("Requests"), "part_time:inbox")
STUDENTS: Entry = (_("Students"), "records:students")
REGISTRATIONS: Entry = (_("Registrations"), "registration:waiting")
ATTENDANCE_LETTERS: Entry = (_("Attendance letters"), "certification:requests")
ROSTER: Entry = (_("Roster"), "registration:roster")
ATTENDANCE: Entry = (_("Attendance"), "attendance:students")
RECORDS: Entry = (_("Records asked for"), "full_time:records_requests")
PROGRESS: Entry = (_("Progress"), "progress:students")
OWN_PROGRESS: Entry = (_("Progress"), "progress:own")
ASSESSMENTS: Entry = (_("Assessments"), "progress:assessments")
MEMBERSHIP: Entry = (_("Membership"), "membership:reports")
TEACHERS: Entry = (_("Teachers"), "registration:teachers")
AGREEMENTS: Entry = (_("Agreements"), "providers:agreements")
OWN_COURSES: Entry = (_("Your courses"), "providers:own_courses")
PROFILE: Entry = (_("Your organization"), "providers:profile")
PROVIDERS: Entry = (_("Providers"), "providers:providers")
CLOSED_DAYS: Entry = (_("Closed days"), "state_map:closed_days")
DISTRICT: Entry = (_("District"), "state_map:district")
PROGRAMS: Entry = (_("Programs"), "full_time:programs")
OWN_APPLICATIONS: Entry = (_("Full-time"), "full_time:applications")
APPLICATIONS: Entry = (_("Applications"), "full_time:inbox")
FULL_TIME_STUDENTS: Entry = (_("Students"), "full_time:enrollments")
OWN_PROGRAMS: Entry = (_("Your program"), "full_time:own_programs")
PEOPLE: Entry = (_("People"), "accounts:people")
STATE_MAP: Entry = (_("Rules and dates"), "state_map:overview")

# The most used first. Everybody gets HOME before these; a page that is not here is reached from one that is.
VISITOR = (HOW_IT_WORKS, DISTRICTS, CATALOG, PROGRAMS)
STATE = (INBOX, CONCERNS, CORE_DATA_BOARD, PROVIDERS, AGREEMENTS, STATE_MAP)
ENTRIES: dict[Role, tuple[Entry, ...]] = {
    Role.PARENT: (OWN_REQUESTS, OWN_APPLICATIONS, OWN_CHILDREN, OWN_PROGRESS, CATALOG, HOW_IT_WORKS),
    Role.ADULT_STUDENT: (OWN_REQUESTS, OWN_APPLICATIONS, OWN_RECORD, OWN_PROGRESS, CATALOG, HOW_IT_WORKS),
    Role.STUDENT_ON_OWN: (OWN_REQUESTS, OWN_APPLICATIONS, OWN_RECORD, OWN_PROGRESS, CATALOG, HOW_IT_WORKS),
    Role.COUNSELOR: (INBOX, STUDENTS, REGISTRATIONS, RECORDS, PROGRESS, CATALOG, HOW_IT_WORKS),
    Role.SPECIAL_EDUCATION: (INBOX, STUDENTS, CATALOG, HOW_IT_WORKS),
    Role.DECIDER: (INBOX, STUDENTS, CATALOG, HOW_IT_WORKS),
    Role.COORDINATOR: (INBOX, STUDENTS, REGISTRATIONS, CORE_DATA, AGREEMENTS, DISTRICT, CATALOG),
    Role.DATA_CLERK: (CORE_DATA, MISMATCHES, STUDENTS, RECORDS, CATALOG, HOW_IT_WORKS),
    Role.LEA_ADMIN: (PEOPLE, STUDENTS, REGISTRATIONS, CORE_DATA, AGREEMENTS, DISTRICT, CATALOG),
    Role.PROVIDER_STAFF: (ROSTER, PROGRESS, PROVIDER_REPORTS, TEACHERS, OWN_COURSES, CATALOG, HOW_IT_WORKS),
    Role.PROVIDER_ADMIN: (ROSTER, PROVIDER_REPORTS, TEACHERS, OWN_COURSES, PROFILE, PEOPLE, CATALOG),
    Role.HOST_STAFF: (
        APPLICATIONS,
        FULL_TIME_STUDENTS,
        ATTENDANCE,
        PROGRESS,
        ATTENDANCE_LETTERS,
        MEMBERSHIP,
        OWN_PROGRAMS,
    ),
    Role.DESE_REVIEWER: STATE,
    Role.DESE_ADMIN: (PEOPLE, *STATE),
}


def nav(request: HttpRequest) -> dict[str, Any]:
    """A context processor: `nav`, the menu of the hat worn now, for templates/base.html."""
    return {"nav": SimpleLazyObject(lambda: menu(request))}


# Entries that lead into a section whose other pages do not lie below theirs.
SECTIONS = {"concerns:inbox": "concerns:start", "coredata:board": "coredata:files"}


def menu(request: HttpRequest) -> list[Link]:
    """The links of this request's menu. A request that failed before HatMiddleware gets the visitor's."""
    entries = entries_for(getattr(request, "hat", None))
    return links(request, [(str(label), name) for label, name in entries], sections=SECTIONS)


def entries_for(hat: Membership | None) -> tuple[Entry, ...]:
    """What this hat can open."""
    return VISITOR if hat is None else (HOME, *ENTRIES[Role(hat.role)])
