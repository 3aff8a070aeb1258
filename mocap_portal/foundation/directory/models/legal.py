"""Numbers and code meanings that law or the state office sets, each for a span of days, each with its source.

Code never spells such a number: it asks `LegalValue.objects.number(LegalKey.DECISION_DAYS, on=day)`.
"""

import datetime as dt
from decimal import Decimal

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class LegalKey(models.TextChoices):
    DECISION_DAYS = "decision_days", _("Business days to decide a part-time request")
    COUNSELOR_DAYS = "counselor_days", _("Business days of them for the counselor's review")
    REGISTER_DAYS = "register_days", _("Business days to register an approved course")
    CONFIRM_DAYS = "confirm_days", _("Business days for the provider to confirm")
    ADEQUACY_TARGET = "adequacy_target", _("State adequacy target, dollars")
    CAP_YEAR_SHARE = "cap_year_share", _("Price cap of a year-long course, share of the target")
    CAP_SEMESTER_SHARE = "cap_semester_share", _("Price cap of a semester course, share of the target")
    FULL_LOAD = "full_load", _("Courses at once that make a full load")
    LEARNING_PLAN_OVER = "learning_plan_over", _("Active courses above which a learning plan is needed")
    MAXIMUM_AGE = "maximum_age", _("Age at which a student is too old")
    PRIOR_SEMESTER = "prior_semester", _("Show the prior-semester finding (1 yes, 0 no)")
    EXPLANATION_LENGTH = "explanation_length", _("Fewest characters of a denial's explanation")
    BOARD_APPEAL_DAYS = "board_appeal_days", _("Calendar days of the school board to answer an appeal")
    STATE_APPEAL_DAYS = "state_appeal_days", _("Calendar days of DESE to answer an appeal")
    INVITATION_DAYS = "invitation_days", _("Days an invitation stays open")
    DRAFT_REMINDER_DAYS = "draft_reminder_days", _("Days after which a draft is mailed about")
    UNFINISHED_DAYS = "unfinished_days", _("Days for which unsent answers are kept")
    BURST_REQUESTS = "burst_requests", _("Requests from one source that are shown as a burst")
    BURST_MINUTES = "burst_minutes", _("Minutes within which they make a burst")
    DAILY_MINUTES = "daily_minutes", _("Minutes a day that a course takes, unless it says otherwise")
    WEEKLY_DAYS = "weekly_days", _("Days a week on which a course is worked on")
    SWAP_DAYS = "swap_days", _("Calendar days after its first day in which a course can be exchanged")
    ADULT_AGE = "adult_age", _("Age at which a student's rights are their own")
    AUTHORIZATION_YEARS = "authorization_years", _("Most years of a provider's authorization")
    AUTHORIZATION_ANSWER_DAYS = "authorization_days", _("Days to explain a denied authorization")
    ACCESS_REVIEW_MONTH = "access_review_month", _("Yearly review of roles: month (1 to 12)")
    ACCESS_REVIEW_DAY = "access_review_day", _("Yearly review of roles: day of the month (1 to 28)")
    ACCESS_REVIEW_DAYS = "access_review_days", _("Yearly review of roles: days to answer")
    FULL_TIME_CREDITS = "full_time_credits", _("Credits of a school year that make a student full-time")
    RESIDENT_INPUT_DAYS = (
        "resident_input_days",
        _("Business days of the resident district to inform a program"),
    )
    RECORDS_ASK_DAYS = "records_ask_days", _("Business days to ask another school for records")
    RECORDS_ANSWER_DAYS = "records_answer_days", _("Business days of the other school to send them")
    FOSTER_ASK_DAYS = "foster_ask_days", _("The same for a child in foster care: to ask")
    FOSTER_ANSWER_DAYS = "foster_answer_days", _("The same for a child in foster care: to send")
    PROGRAM_REVIEW_DAYS = "program_review_days", _("Business days of a program to review its own decision")
    PLACEMENT_DAYS = "placement_days", _("Business days to send a disenrolled student's family its options")
    INACTIVITY_DAYS = (
        "inactivity_days",
        _("School days without activity, unless a program's policy says otherwise"),
    )
    INACTIVITY_SHARE = "inactivity_share", _("Share of the planned time below which a student is behind")
    INACTIVITY_WEEKS = "inactivity_weeks", _("Weeks over which that share is measured")
    ATTENDANCE_FROM_AGE = "attendance_from_age", _("Age from which attendance counts for state aid")
    PROGRESS_REPORTS = "progress_reports", _("Progress reports a school year")
    FEDERAL_WEEKLY_HOURS = (
        "federal_weekly_hours",
        _("Scheduled hours a week of the federal attendance standard"),
    )
    FEDERAL_WEEKS = "federal_weeks", _("Weeks of a course of the federal attendance standard")
    PROGRAMS_COMPLETE = "programs_complete", _("The table of program codes is complete (1 yes, 0 no)")
    DELIVERIES_COMPLETE = "deliveries_complete", _("The table of delivery systems is complete (1 yes, 0 no)")
    GRADES_COMPLETE = "grades_complete", _("The table of grades earned is complete (1 yes, 0 no)")
    PROVIDER_REPORT_DAYS = "provider_report_days", _("Days after which a provider's next report is due")
    REPORT_ROWS_DAYS = (
        "report_rows_days",
        _("Days after a school year for which rows of provider reports that no longer count are kept"),
    )
    CONCERN_ACKNOWLEDGE_DAYS = "concern_acknowledge_days", _("Business days to acknowledge a concern")
    CONCERN_SORT_DAYS = "concern_sort_days", _("Business days to sort a concern")
    CONCERN_REPLY_DAYS = "concern_reply_days", _("Business days to the first reply to a concern")
    CONCERN_ANSWER_DAYS = (
        "concern_answer_days",
        _("Business days of a district or provider to answer the office about a concern"),
    )
    TRANSCRIPT_DAYS = "transcript_days", _("Calendar days to answer a request for an old MoVIP transcript")


class NoLegalValue(LookupError):
    """No row of this key holds on this day: the state office has to enter one."""


class LegalValueQuerySet(DatedQuerySet["LegalValue"]):
    def number(self, key: LegalKey, *, on: dt.date) -> Decimal:
        """The number that holds on this day. Raises NoLegalValue."""
        row = self.on(on).filter(key=key).first()
        if row is None:
            raise NoLegalValue(f"No value of {key.value} holds on {on}.")
        return row.number

    def whole(self, key: LegalKey, *, on: dt.date) -> int:
        """The same as an integer: days, courses, years."""
        return int(self.number(key, on=on))


@tracked()
class LegalValue(models.Model):
    """A dated number with its citation."""

    key = models.CharField(max_length=30, choices=LegalKey.choices)
    number = models.DecimalField(max_digits=12, decimal_places=4)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    note = models.TextField(blank=True)

    objects = LegalValueQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("legal_value_starts_before_it_ends"),
            one_at_a_time("one_legal_value_at_a_time", same=["key"]),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.number} from {self.valid_from}"


class CodeSet(models.TextChoices):
    PROGRAM = "program", _("Program code")
    DELIVERY = "delivery", _("Delivery system")
    DENIAL_FACTOR = "denial_factor", _("Factor of a denial")
    ACKNOWLEDGEMENT = "acknowledgement", _("What a family acknowledges")
    REQUEST_REASON = "request_reason", _("Why a family asks for a course")
    DISPUTE_ROUTE = "dispute_route", _("Whom a family turns to about special education")
    SEMESTER = "semester", _("Semester of core data")
    GRADE_LEVEL = "grade_level", _("Grade level of core data")
    GRADE_EARNED = "grade_earned", _("Grade earned")
    RESIDENCY = "residency", _("Residency status")
    STATE_COURSE = "state_course", _("State course code (Exhibit 10)")
    SURVEY_REASON = "survey_reason", _("Why a family chooses a full-time program")
    ACTIVITY = "activity", _("Instructional activity")
    RESERVED_SCHOOL = "reserved_school", _("Districts that may use school codes 102 and 103")
    REPORT_FORMAT = "report_format", _("Format of provider reports")
    ENROLLMENT_STATUS = "enrollment_status", _("Status of an enrollment in provider reports")
    REPORTED_BASIS = "reported_basis", _("Basis of an enrollment in provider reports")
    ENROLLMENT_TYPE = "enrollment_type", _("Type of an enrollment in provider reports")
    TEACHER_PROVIDED = "teacher_provided", _("Who teaches, in provider reports")
    CONCERN_CATEGORY = "concern_category", _("What a concern is about")


class CodeMeaningQuerySet(DatedQuerySet["CodeMeaning"]):
    def of(self, code_set: CodeSet, *, on: dt.date) -> "CodeMeaningQuerySet":
        """The codes of a set that hold on this day, in their order."""
        return self.on(on).filter(code_set=code_set).order_by("position", "code")


class CodeWords:
    """What a code is called and means in the language of the page; in English while nobody has written the Spanish."""

    @property
    def local_label(self) -> str:
        return self._local("label")

    @property
    def local_meaning(self) -> str:
        return self._local("meaning")

    def _local(self, name: str) -> str:
        spanish: str = getattr(self, f"{name}_es") if get_language() == "es" else ""
        return spanish or getattr(self, name)


@tracked(like=CodeWords)
class CodeMeaning(CodeWords, models.Model):
    """One code of a set, what it is called and what it means, for a span of days.

    Families read it in their language (`local_label`, `local_meaning`); letters and core data are in English.
    """

    code_set = models.CharField(max_length=20, choices=CodeSet.choices)
    code = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    group = models.CharField(
        max_length=20, blank=True, help_text=_("What some codes of a set have in common: pass, fail, …")
    )
    label = models.CharField(max_length=120)
    label_es = models.CharField(max_length=120, blank=True)
    meaning = models.TextField(blank=True)
    meaning_es = models.TextField(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)

    objects = CodeMeaningQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("code_meaning_starts_before_it_ends"),
            one_at_a_time("one_code_meaning_at_a_time", same=["code_set", "code"]),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
