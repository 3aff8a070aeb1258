import datetime as dt

import factory
from factory.django import DjangoModelFactory

from coredata.models import (
    Problem,
    ProviderReport,
    ReportedEnrollment,
    ReportRow,
    ReportState,
    StatusChange,
    StoredCollection,
    Upload,
    UploadState,
    Waiver,
)
from mocap_portal.foundation.directory.models import SchoolYear

from .accounts import MembershipFactory
from .directory import LeaFactory, ProviderFactory

SENT_AT = dt.datetime(2026, 10, 5, 15, tzinfo=dt.UTC)


class StoredCollectionFactory(DjangoModelFactory[StoredCollection]):
    class Meta:
        model = StoredCollection
        django_get_or_create = ("school_year", "cycle", "kind")

    school_year = factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027))
    cycle = "Oct"
    kind = "crs_assign"
    purpose = "To test."
    keep_until = dt.date(2034, 6, 30)


class UploadFactory(DjangoModelFactory[Upload]):
    """A file that has arrived. Rows come with the actions: a trial of the factory has counts only."""

    class Meta:
        model = Upload

    class Params:
        trial = factory.Trait(
            state=UploadState.TRIAL,
            collection=factory.SubFactory(StoredCollectionFactory),
            rows_read=3,
            rows_with_warnings=1,
            warnings=1,
            judged_at=SENT_AT,
        )
        certified = factory.Trait(
            trial=True,
            state=UploadState.CERTIFIED,
            collection=factory.SubFactory(StoredCollectionFactory, kind="stu_core"),
            certified_at=SENT_AT,
            certified_by=factory.SelfAttribute("sent_by"),
            certified_name="Casey Clerk",
            destroyed_at=SENT_AT,
        )

    lea = factory.SubFactory(LeaFactory)
    name = factory.Sequence(lambda n: f"file-{n}.csv")
    size = 100
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    sent_by = factory.SubFactory(MembershipFactory, data_clerk=True, lea=factory.SelfAttribute("..lea"))
    sent_at = SENT_AT


class ProblemFactory(DjangoModelFactory[Problem]):
    class Meta:
        model = Problem

    upload = factory.SubFactory(UploadFactory, trial=True)
    line = 4
    column = "DeliverySystem"
    value = "S"
    rule = "V-51"
    severity = "W"
    message = "Program code 50 stands with delivery S."


class WaiverFactory(DjangoModelFactory[Waiver]):
    class Meta:
        model = Waiver

    class Params:
        ended = factory.Trait(ended_at=SENT_AT, ended_by=factory.SelfAttribute("granted_by"))

    lea = factory.SubFactory(LeaFactory)
    rule = "V-51"
    reason = "The system of this district cannot say it otherwise this year."
    until = dt.date(2027, 6, 30)
    granted_by = factory.SubFactory(MembershipFactory, dese_reviewer=True)
    granted_at = SENT_AT


class ProviderReportFactory(DjangoModelFactory[ProviderReport]):
    """A report that has arrived. The snapshot comes with the actions."""

    class Meta:
        model = ProviderReport

    class Params:
        checked = factory.Trait(
            state=ReportState.CHECKED,
            school_year=factory.LazyFunction(lambda: SchoolYear.objects.get(year=2027)),
            as_of=dt.date(2026, 10, 1),
            rows_read=1,
            judged_at=SENT_AT,
        )
        waiting = factory.Trait(
            checked=True,
            state=ReportState.WAITING,
            submitted_at=SENT_AT,
            submitted_by=factory.SelfAttribute("sent_by"),
        )
        accepted = factory.Trait(
            waiting=True, state=ReportState.ACCEPTED, accepted_at=SENT_AT, destroyed_at=SENT_AT
        )

    provider = factory.SubFactory(ProviderFactory)
    name = factory.Sequence(lambda n: f"report-{n}.csv")
    size = 100
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    sent_by = factory.SubFactory(
        MembershipFactory, provider_staff=True, provider=factory.SelfAttribute("..provider")
    )
    sent_at = SENT_AT


class ReportRowFactory(DjangoModelFactory[ReportRow]):
    class Meta:
        model = ReportRow

    report = factory.SubFactory(ProviderReportFactory, accepted=True)
    line = factory.Sequence(lambda n: n + 2)
    enrollment_id = factory.Sequence(lambda n: f"E-{n}")
    mosis_id = "0000000042"
    birth_date = dt.date(2010, 4, 5)
    last_name = "Okafor"
    first_name = "Ada"
    district_code = "991101"
    enrollment_type = "PT"
    basis = "mocap"
    teacher_provided = "Y"
    provider_course_code = "ALG1-A"
    course_code = "115845"
    course_title = "Algebra I A"
    semester = "S1"
    begin_date = dt.date(2026, 8, 24)
    status = "active"


class ReportedEnrollmentFactory(DjangoModelFactory[ReportedEnrollment]):
    """An enrollment of an accepted report, with its first change."""

    class Meta:
        model = ReportedEnrollment

    row = factory.SubFactory(ReportRowFactory)
    provider = factory.SelfAttribute("row.report.provider")
    enrollment_id = factory.SelfAttribute("row.enrollment_id")
    school_year = factory.SelfAttribute("row.report.school_year")
    first_report = factory.SelfAttribute("row.report")
    last_report = factory.SelfAttribute("row.report")
    is_present = True
    status = factory.SelfAttribute("row.status")


class StatusChangeFactory(DjangoModelFactory[StatusChange]):
    class Meta:
        model = StatusChange

    enrollment = factory.SubFactory(ReportedEnrollmentFactory)
    report = factory.SelfAttribute("enrollment.last_report")
    to_status = factory.SelfAttribute("enrollment.status")
