"""The directory, the catalog, requests and full-time records of a planted state, in bulk into empty tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, transaction

from coredata.synthesis.planting.files import Tables
from enrollment.full_time.models import (
    ApplicationState,
    EnrollmentState,
    OperatingBasis,
    Program,
    ProgramApplication,
    ProgramEnrollment,
    Schedule,
    ScheduledCourse,
)
from enrollment.part_time.models import CourseLine, CourseRequest, Decision, LineState, RequestState
from enrollment.records.models import Claim, ClaimState, Relationship, Student
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import (
    Lea,
    LeaKind,
    Organization,
    Provider,
    School,
    SchoolYear,
    Term,
)
from providers.models import (
    PROGRAM_CODES,
    Assurance,
    Authorization,
    Course,
    Sanction,
    SanctionKind,
    Structure,
)

from .tables import Row, State, at_noon, day, day_or_none

LONG_AGO = dt.date(2000, 1, 1)
BEGINNING = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
UNDECIDED = (LineState.REQUESTED, LineState.CANCELLED)
INSTRUCTIONS = {program: instruction for instruction, program in PROGRAM_CODES.items()}


@transaction.atomic
def lay(state: State) -> None:
    """Lay everything that stands before files and reports come. The portal has no LEA, provider or student yet."""
    _Layer(state).lay()


class _Layer:
    def __init__(self, state: State) -> None:
        self.state = state
        self.year = SchoolYear.objects.get(year=state.year)
        self.leas: dict[str, Lea] = {}
        self.schools: dict[tuple[str, str], School] = {}
        self.providers: dict[str, Provider] = {}
        self.courses: dict[tuple[str, str], Course] = {}
        self.terms: dict[str, Term] = {}
        self.hats: dict[int, Membership] = {}  # by organization
        self.claims: dict[str, Claim] = {}
        self.family: User

    def lay(self) -> None:
        self._directory()
        self._people()
        self._catalog()
        part_time, full_time = self.state.rows(Tables.APPROVALS), self.state.rows(Tables.FULL_TIME)
        self._children(
            {
                **{
                    row["mosis_id"]: (row, (row["lea"], row["school"]), (row["lea"], row["school"]))
                    for row in part_time
                },
                **{
                    row["mosis_id"]: (
                        row,
                        (row["host"], row["school"]),
                        (row["resident"], row["resident_school"]),
                    )
                    for row in full_time
                },
            }
        )
        self._requests(part_time)
        self._programs(full_time)

    def _directory(self) -> None:
        schools = self.state.rows(Tables.SCHOOLS)
        providers = self.state.rows(Tables.PROVIDERS)
        codes = sorted({row["lea"] for row in schools})
        names = [*(f"District {code}" for code in codes), *(f"Provider {row['code']}" for row in providers)]
        made = iter(Organization.objects.bulk_create(Organization(name=name) for name in names))
        leas = Lea.objects.bulk_create(
            Lea(organization=next(made), state_district_id=code, kind=LeaKind.DISTRICT, active_from=LONG_AGO)
            for code in codes
        )
        self.leas = {lea.state_district_id: lea for lea in leas}
        self.providers = {
            provider.code: provider
            for provider in Provider.objects.bulk_create(
                Provider(organization=next(made), code=row["code"]) for row in providers
            )
        }
        self.schools = {
            (school.lea.state_district_id, school.state_school_id): school
            for school in School.objects.bulk_create(
                School(
                    lea=self.leas[row["lea"]],
                    state_school_id=row["code"],
                    name=f"School {row['code']}",
                    grades_low=0,
                    grades_high=12,
                    active_from=LONG_AGO,
                )
                for row in schools
            )
        }
        for row in self.state.rows(Tables.TERMS):
            days = {"starts_on": day(row["starts_on"]), "ends_on": day(row["ends_on"])}
            self.terms[row["code"]], _is_new = Term.objects.update_or_create(
                school_year=self.year, code=row["code"], defaults=days
            )

    def _people(self) -> None:
        """Somebody for each organization, and one parent for everybody: who asked is not what is compared."""
        office, _is_new = Organization.objects.get_or_create(
            is_state_office=True, defaults={"name": "State office"}
        )
        roles = {
            **{lea.pk: Role.DATA_CLERK for lea in self.leas.values()},
            **{provider.pk: Role.PROVIDER_STAFF for provider in self.providers.values()},
            office.pk: Role.DESE_REVIEWER,
        }
        users = User.objects.bulk_create(
            User(email=f"planted{number}@example.org", name=f"Planted {number}", password=make_password(None))
            for number in [*roles, 0]
        )
        self.family = users[-1]
        hats = Membership.objects.bulk_create(
            Membership(user=user, role=role, organization_id=organization, started_at=BEGINNING)
            for user, (organization, role) in zip(users, roles.items(), strict=False)
        )
        self.hats = dict(zip(roles, hats, strict=True))
        self.office = self.hats[office.pk]

    def _catalog(self) -> None:
        for row in self.state.rows(Tables.PROVIDERS):
            provider = self.providers[row["code"]]
            Authorization.objects.create(
                provider=provider, valid_from=day(row["valid_from"]), valid_to=day(row["valid_to"])
            )
            if row["suspended_on"]:
                Sanction.objects.create(
                    provider=provider,
                    kind=SanctionKind.SUSPENSION,
                    is_urgent=True,
                    reason="Made up.",
                    valid_from=day(row["suspended_on"]),
                    imposed_by=self.office,
                )
        rows = self.state.rows(Tables.CATALOG)
        made = Course.objects.bulk_create(map(self._course, rows))
        self.courses = {
            (row["provider"], row["own_code"]): course for row, course in zip(rows, made, strict=True)
        }

    def _course(self, row: Row) -> Course:
        is_year = Decimal(row["credits"]) >= 1
        assured = ("data_security", "educator", "standards", "accessibility")
        return Course(
            provider=self.providers[row["provider"]],
            provider_course_code=row["own_code"],
            title=row["title"],
            state_course_code=row["course_code"],
            subject="Made up",
            grade_low=int(row["grade_low"]),
            grade_high=int(row["grade_high"]),
            structure=Structure.FULL_YEAR if is_year else Structure.A,
            credits=Decimal(row["credits"]),
            instruction=INSTRUCTIONS[row["program"]],
            price_semester=None if is_year else Decimal(400),
            price_year=Decimal(800) if is_year else None,
            assurance_ap=Assurance.NOT_APPLICABLE,
            valid_from=LONG_AGO,
            valid_to=day_or_none(row["valid_to"]),
            **{f"assurance_{name}": Assurance.DESE for name in assured},
        )

    def _children(self, people: dict[str, tuple[Row, tuple[str, str], tuple[str, str]]]) -> None:
        """Each student once, in the school of record, and a confirmed claim with the school where the family asked."""
        records = Student.objects.bulk_create(
            Student(
                mosis_id=mosis_id,
                first_name=row["first_name"],
                last_name=row["last_name"],
                birth_date=row["birth_date"],
                lea=self.leas[of_record[0]],
                school=self.schools[of_record],
                grade=int(row["grade"]),
            )
            for mosis_id, (row, of_record, _asked) in people.items()
        )
        claims = Claim.objects.bulk_create(
            Claim(
                claimant=self.family,
                relationship=Relationship.GUARDIAN,
                first_name=student.first_name,
                last_name=student.last_name,
                birth_date=student.birth_date,
                grade=student.grade,
                school=self.schools[asked],
                created_at=BEGINNING,
                state=ClaimState.CONFIRMED,
                student=student,
                judged_at=BEGINNING,
                judged_by=self.hats[self.leas[asked[0]].pk],
            )
            for student, (_row, _of_record, asked) in zip(records, people.values(), strict=True)
        )
        self.claims = dict(zip(people, claims, strict=True))

    def _requests(self, rows: list[Row]) -> None:
        """A request for each line, under the number that the providers' reports name."""
        asked_on = at_noon(self.year.starts_on)
        clocks = self._clocks(
            (ClockKind.PART_TIME_DECISION, self.leas[row["lea"]], row["decide_by"], row["state"])
            for row in rows
        )
        requests = CourseRequest.objects.bulk_create(
            CourseRequest(
                claim=self.claims[row["mosis_id"]],
                lea=self.leas[row["lea"]],
                term=self.terms[row["term"]],
                state=RequestState.SUBMITTED if row["state"] == LineState.REQUESTED else RequestState.DECIDED,
                in_person_courses=4,
                has_iep_or_504=False,
                started_at=asked_on,
                touched_at=asked_on,
                submitted_at=asked_on,
                signed_by=self.family,
                signed_name=self.family.name,
                clock=clock,
            )
            for row, clock in zip(rows, clocks, strict=True)
        )
        lines = CourseLine.objects.bulk_create(
            CourseLine(
                pk=int(row["number"]),
                request=request,
                course=self.courses[row["provider"], row["own_code"]],
                position=1,
                basis=row["basis"],
                state=row["state"],
                started_on=day_or_none(row["started_on"]),
                ended_on=day_or_none(row["ended_on"]),
            )
            for row, request in zip(rows, requests, strict=True)
        )
        _count_on(CourseLine)
        Decision.objects.bulk_create(
            Decision(
                line=line,
                outcome="denied" if line.state == LineState.DENIED else "approved",
                channel="paper",
                decided_by=self.hats[line.request.lea_id],
                decided_by_name="Dora Decider",
                decided_at=at_noon(day(row["decided_on"])),
                in_person_considered=True,
                explanation="Made up.",
                paper_reference="Nowhere",
            )
            for row, line in zip(rows, lines, strict=True)
            if line.state not in UNDECIDED
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE part_time_courseline AS line SET decision_id = decision.id"
                " FROM part_time_decision AS decision WHERE decision.line_id = line.id"
            )

    def _clocks(self, wanted: Iterable[tuple[ClockKind, Lea, str, str]]) -> list[Clock]:
        started = at_noon(self.year.starts_on)
        return Clock.objects.bulk_create(
            Clock(
                kind=kind,
                lea=lea,
                started_at=started,
                business_days=10,
                source="Made up",
                first_due_on=due_on,
                due_on=due_on,
                stopped_at=None if state == LineState.REQUESTED else started,
            )
            for kind, lea, due_on, state in wanted
        )

    def _programs(self, rows: list[Row]) -> None:
        """Each host's program and the schedules of its students."""
        programs = {
            (host, school): Program.objects.create(
                host=self.leas[host],
                name=f"Program of {host}",
                school=self.schools[host, school],
                grades_low=0,
                grades_high=12,
                review_process="Made up.",
                contact_name="Hanna Host",
                contact_email="host@program.example",
                contact_phone="573-555-0177",
                operating_basis=OperatingBasis.YEARLY,
                attendance_method="Made up.",
                interaction="Made up.",
                inactive_days=5,
                active_from=LONG_AGO,
            )
            for host, school in sorted({(row["host"], row["school"]) for row in rows})
        }
        students = {row["mosis_id"]: row for row in rows}
        clocks = self._clocks(
            (ClockKind.RESIDENT_INPUT, self.leas[row["resident"]], row["admitted_on"], row["admitted_on"])
            for row in students.values()
        )
        asked_on = at_noon(self.year.starts_on)
        applications = ProgramApplication.objects.bulk_create(
            ProgramApplication(
                claim=self.claims[mosis_id],
                program=programs[row["host"], row["school"]],
                term=self.terms["YL"],
                resident_lea=self.leas[row["resident"]],
                state=ApplicationState.ADMITTED,
                started_at=asked_on,
                touched_at=asked_on,
                submitted_at=asked_on,
                releases_records=True,
                signed_by=self.family,
                signed_name=self.family.name,
                input_clock=clock,
            )
            for (mosis_id, row), clock in zip(students.items(), clocks, strict=True)
        )
        enrollments = ProgramEnrollment.objects.bulk_create(
            ProgramEnrollment(
                application=application,
                student=application.claim.student,
                program=application.program,
                resident_lea=application.resident_lea,
                resident_school=application.claim.school,
                state=EnrollmentState.ENROLLED,
                admitted_at=at_noon(day(row["admitted_on"])),
                starts_on=day(row["starts_on"]),
                entered_at=at_noon(day(row["starts_on"])),
                entered_by=self.hats[application.program.host_id],
            )
            for application, row in zip(applications, students.values(), strict=True)
        )
        schedules = Schedule.objects.bulk_create(
            Schedule(
                enrollment=enrollment,
                school_year=self.year,
                version=1,
                valid_from=enrollment.starts_on,
                made_at=enrollment.admitted_at,
                made_by=enrollment.entered_by,
            )
            for enrollment in enrollments
        )
        of_student = dict(zip(students, schedules, strict=True))
        ScheduledCourse.objects.bulk_create(
            ScheduledCourse(
                schedule=of_student[row["mosis_id"]],
                course=self.courses[row["provider"], row["own_code"]],
                title=self.courses[row["provider"], row["own_code"]].title,
                credit=Decimal(row["credit"]),
                starts_on=day(row["starts_on"]),
                ends_on=day(row["ends_on"]),
                minutes=[60, 60, 60, 60, 60, 0, 0],
            )
            for row in rows
        )


def _count_on(model: type[CourseLine]) -> None:
    """Let the next row have the number after the greatest."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
