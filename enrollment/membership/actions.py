"""The only writers of membership reports."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import TransitionNotAllowed

from enrollment.full_time.models import Program
from enrollment.records.actions import log_disclosures
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.directory.models import Organization, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from . import notices
from .counting import count
from .models import MembershipReport, MembershipRow, ReportState

# Kept in English, shown in the reader's language.
WHAT_IS_SENT = gettext_noop("MOSIS ID, grade, age, resident district and share of a full-time student")
WHY_IT_IS_SENT = gettext_noop("The full-time membership report to DESE (5 CSR 20-100.230)")


class NotYourProgram(Refusal):
    sentence = _("Only staff of the program's host count its students. Choose one of your own programs.")


class CountDateAhead(Refusal):
    sentence = _("Students of a day that has not come cannot be counted. Choose today or an earlier day.")


class NoSchoolYear(Refusal):
    sentence = _("The portal knows no school year with this day. Check the date.")


class AlreadySent(Refusal):
    sentence = _("This report is with DESE, or DESE accepted it: its rows stay as they were sent.")


class NotCounted(Refusal):
    sentence = _("DESE returned this report. Count anew first, then send it.")


class OnlyDeseAnswers(Refusal):
    sentence = _("Only DESE accepts or returns a membership report.")


class NothingToAnswer(Refusal):
    sentence = _("This report does not wait for an answer any more. Reload the page to see how it stands.")


class ReasonMissing(Refusal):
    sentence = _("Say in a sentence what the program should put right.")


@transaction.atomic
def make_report(program_id: int, *, count_date: dt.date, by: Membership, at: dt.datetime) -> MembershipReport:
    """Count the students of a program on a day: a new report, a draft counted again, or one that was returned.

    Raises NotYourProgram, CountDateAhead, NoSchoolYear, AlreadySent.
    """
    # The lock lets two counts of a program come one after the other.
    program = (
        Program.objects.run_by(by).select_for_update(of=("self",), no_key=True).filter(pk=program_id).first()
    )
    if program is None:
        raise NotYourProgram
    if count_date > central_date(at):
        raise CountDateAhead
    year = SchoolYear.objects.filter(starts_on__lte=count_date, ends_on__gte=count_date).first()
    if year is None:
        raise NoSchoolYear
    report = (
        MembershipReport.objects.select_for_update(of=("self",))
        .filter(program=program, count_date=count_date)
        .first()
    )
    if report is None:
        report = MembershipReport(program=program, school_year=year, count_date=count_date)
    elif report.state == ReportState.RETURNED:
        report.count_anew()
    elif report.state != ReportState.DRAFT:
        raise AlreadySent
    report.made_at, report.made_by = at, by
    report.save()
    MembershipRow.objects.filter(report=report, version=report.version).delete()
    MembershipRow.objects.bulk_create(count(report), batch_size=1_000)
    return report


@transaction.atomic
def send(report_id: int, *, name: str, by: Membership, at: dt.datetime) -> MembershipReport:
    """Sign a draft and send it to DESE; what leaves the host about each student is logged (R-130).

    Raises NotYourProgram, AlreadySent, NotCounted.
    """
    report = _locked(report_id)
    if not MembershipReport.objects.run_by(by).filter(pk=report_id).exists():
        raise NotYourProgram
    try:
        report.send(by=by, at=at, name=name)
    except TransitionNotAllowed as error:
        raise (NotCounted if report.state == ReportState.RETURNED else AlreadySent) from error
    report.save()
    rows = MembershipRow.objects.filter(report=report, version=report.version)
    log_disclosures(
        students=set(rows.values_list("enrollment__student", flat=True)),
        recipient=Organization.objects.get(is_state_office=True),
        by=by,
        at=at,
        what=WHAT_IS_SENT,
        why=WHY_IT_IS_SENT,
    )
    notices.tell_sent(report, at=at)
    return report


@transaction.atomic
def accept(report_id: int, *, by: Membership, at: dt.datetime) -> MembershipReport:
    """DESE has looked at it. Raises OnlyDeseAnswers, NothingToAnswer."""
    report = _to_answer(report_id, by=by)
    try:
        report.accept(by=by, at=at)
    except TransitionNotAllowed as error:
        raise NothingToAnswer from error
    report.save()
    notices.tell_accepted(report, at=at)
    return report


@transaction.atomic
def give_back(report_id: int, *, reason: str, by: Membership, at: dt.datetime) -> MembershipReport:
    """DESE returns it; the host reads why. Raises OnlyDeseAnswers, ReasonMissing, NothingToAnswer."""
    report = _to_answer(report_id, by=by)
    if not reason:
        raise ReasonMissing
    try:
        report.give_back(by=by, at=at, reason=reason)
    except TransitionNotAllowed as error:
        raise NothingToAnswer from error
    report.save()
    notices.tell_returned(report, at=at)
    return report


def _locked(report_id: int) -> MembershipReport:
    return (
        MembershipReport.objects.select_for_update(of=("self",)).select_related("program").get(pk=report_id)
    )


def _to_answer(report_id: int, *, by: Membership) -> MembershipReport:
    if by.role not in DESE_ROLES:
        raise OnlyDeseAnswers
    return _locked(report_id)
