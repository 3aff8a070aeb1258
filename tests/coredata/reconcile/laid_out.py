"""What random states stand on in the database, laid once: LEAs, providers, courses, and of each table a row to copy."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from coredata.models import (
    ProviderReport,
    ReportedEnrollment,
    StoredCollection,
    Upload,
)
from coredata.store.rows import make_room
from enrollment.full_time.models import (
    Program,
    ProgramEnrollment,
    ScheduledCourse,
)
from enrollment.part_time.models import CourseLine, Decision
from enrollment.records.models import LearningPlan
from mocap_portal.foundation.directory.models import School, Term
from providers.models import Agreement, Course
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import (
    ProviderReportFactory,
    ReportedEnrollmentFactory,
    ReportRowFactory,
    StoredCollectionFactory,
    UploadFactory,
)
from tests.factories.directory import LeaFactory, ProviderFactory, SchoolFactory
from tests.factories.full_time import ProgramEnrollmentFactory, ProgramFactory, ScheduledCourseFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import AgreementFactory, CourseFactory
from tests.factories.records import ClaimFactory, LearningPlanFactory

from .plain import Listed
from .random_states import ALGEBRA, ART, ENGLISH, TERMS

YEAR = 2027
KINDS = {"crs_assign": "Oct", "stu_assign": "Oct", "stu_core": "Oct", "stu_crs_comp": "Jun"}
HAS_ROWS = ("stu_core", "crs_assign")  # whose rows are read, not only what is derived of them
FULL_TIME_SINCE = dt.date(2026, 7, 20)
DAY = dt.timedelta(days=1)


@dataclass(slots=True)
class Shared:
    """Rows on which every night of states stands; of each table one of which more are made."""

    pairs: list[tuple[int, int]]
    district_codes: dict[int, str]
    schools: dict[int, School]
    programs: dict[int, Program]
    providers: tuple[int, int]
    courses: dict[tuple[int, str], Course]
    catalog: list[Listed]
    terms: dict[str, Term]
    stored: dict[str, StoredCollection]
    line: CourseLine
    decision: Decision
    plan: LearningPlan
    upload: Upload
    report: ProviderReport
    reported: ReportedEnrollment
    scheduled: ScheduledCourse
    ended: ProgramEnrollment
    agreements: dict[str, Agreement]


def lay_out(states: int) -> Shared:
    """Two LEAs for each state, two providers with their courses, and the full-time program of every second LEA."""
    providers = ProviderFactory.create(), ProviderFactory.create()
    courses = {
        (provider.pk, code): CourseFactory.create(
            provider=provider,
            provider_course_code=f"OWN-{code}",
            state_course_code=code,
            grade_low=0 if code == ALGEBRA else 9,
            grade_high=11 if code == ENGLISH else 12,
            instruction="curriculum_only" if code == ART else "provider",
        )
        for provider, codes in zip(providers, [(ALGEBRA, ENGLISH, ART), (ALGEBRA, ENGLISH)], strict=True)
        for code in codes
    }
    leas = LeaFactory.create_batch(2 * states)
    schools = {lea.pk: SchoolFactory.create(lea=lea) for lea in leas}
    stored = {kind: StoredCollectionFactory.create(kind=kind, cycle=cycle) for kind, cycle in KINDS.items()}
    for kind in HAS_ROWS:
        make_room(stored[kind])
    terms = {term.code: term for term in Term.objects.filter(school_year=YEAR)}
    assert all((terms[code].starts_on, terms[code].ends_on) == TERMS[code] for code in TERMS)
    claim = ClaimFactory.create(confirmed=True)
    line = CourseLineFactory.create(
        request=CourseRequestFactory.create(submitted=True, claim=claim, term=terms["S1"])
    )
    hat = MembershipFactory.create(counselor=True, lea=leas[0])
    decision = Decision(
        line=line, outcome="approved", channel="paper", decided_by=hat, decided_by_name="Cora Counselor",
        decided_at=noon(FULL_TIME_SINCE), in_person_considered=True, explanation="In the building.",
        paper_reference="Cabinet 2",
    )  # fmt: skip
    report = ProviderReportFactory.create(accepted=True)
    programs = {lea.pk: ProgramFactory.create(host=lea, school=schools[lea.pk]) for lea in leas[1::2]}
    ended = ProgramEnrollmentFactory.create(disenrolled=True)
    return Shared(
        pairs=[(one.pk, two.pk) for one, two in zip(leas[::2], leas[1::2], strict=True)],
        district_codes={lea.pk: lea.state_district_id for lea in leas},
        schools=schools,
        programs=programs,
        providers=(providers[0].pk, providers[1].pk),
        courses=courses,
        catalog=[
            Listed(provider, course.provider_course_code, code, course.grade_low, course.grade_high)
            for (provider, code), course in courses.items()
        ],
        terms=terms,
        stored=stored,
        line=line,
        decision=decision,
        plan=LearningPlanFactory.create(),
        upload=UploadFactory.create(certified=True, collection=stored["stu_crs_comp"]),
        report=report,
        reported=ReportedEnrollmentFactory.create(row=ReportRowFactory.create(report=report)),
        scheduled=ScheduledCourseFactory.create(),
        ended=ended,
        agreements={
            "site_license": AgreementFactory.create(site_license=True),
            "partnership": AgreementFactory.create(partnership=True),
            "cooperative": AgreementFactory.create(cooperative=True),
        },
    )


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(18), tzinfo=dt.UTC)
