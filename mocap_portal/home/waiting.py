"""What waits for a hat, and by when: one function per kind of thing, each with one query or two."""

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coredata.deadlines import Deadline, deadlines
from enrollment.attendance.models import Flag, Placement, PlacementState
from enrollment.certification.models import CessationTask, LetterRequest
from enrollment.membership.models import MembershipReport, ReportState
from enrollment.part_time.models import (
    Basis,
    CourseLine,
    CourseLineQuerySet,
    CourseRequest,
    CourseRequestQuerySet,
    LineState,
    RequestState,
)
from enrollment.part_time.rules import deciding_roles
from enrollment.part_time.timeline import waits_for, with_all_it_needs
from enrollment.progress.points import report_year_on
from enrollment.progress.standing import (
    AHEAD,
    Track,
    behind,
    in_order,
    missing,
    own_students,
    standings,
    students_of,
    tracks_of,
    visible_students,
)
from enrollment.records.models import Claim, ClaimState, Student
from enrollment.registration.actions import SOON
from enrollment.registration.models import PayerChange, RosterLine, RosterState, Teacher, lines_of
from enrollment.transfers.models import Transfer, TransferState
from mocap_portal.foundation.accounts.models import AccessReview, Invitation, Membership, Role
from mocap_portal.foundation.directory.models import ClosedDay, Lea, LeaPolicy
from mocap_portal.foundation.ui.words import long_day
from mocap_portal.state_map import profile
from providers.models import Application, Authorization, CorrectiveAction

from . import concerns, full_time, mismatches, provider_reports, transcripts
from .blocks import MOST, Block, Item, Source

CORE_DATA_AHEAD = dt.timedelta(days=30)  # from when on a file that is due waits for somebody


def blocks(hat: Membership, *, today: dt.date) -> list[Block]:
    """What waits for this hat, the block with the nearest due day first; blocks with nothing in them are left out."""
    found = [source(hat, today) for source in SOURCES[Role(hat.role)]]
    return sorted((block for block in found if block.items), key=_nearest)


def _nearest(block: Block) -> dt.date:
    return min((item.due_on for item in block.items if item.due_on), default=dt.date.max)


# Families -----------------------------------------------------------------------------------------


def own_requests(hat: Membership, today: dt.date) -> Block:
    """Requests that are not finished yet, with what each waits for."""
    requests = CourseRequest.objects.visible_to(hat).filter(
        Q(state__in=[RequestState.DRAFT, RequestState.SUBMITTED])
        | Q(lines__state=LineState.REGISTERED)
        | Q(lines__state=LineState.APPROVED, lines__basis__in=set(Basis) - {Basis.PRIVATE})
    )
    items = []
    for request in with_all_it_needs(requests.distinct()).order_by("-started_at", "-pk")[: MOST + 1]:
        waiting = waits_for(request, on=today)
        names = {"number": request.number, "child": request.claim.full_name, "term": request.term}
        items.append(
            Item(
                (
                    _("Finish and send the request for %(child)s, %(term)s")
                    if request.state == RequestState.DRAFT
                    else _("Request %(number)s for %(child)s, %(term)s")
                )
                % names,
                reverse("part_time:status", args=[request.pk]),
                about=". ".join(entry.what for entry in waiting),
                due_on=min(
                    (entry.when for entry in waiting if isinstance(entry.when, dt.date)), default=None
                ),
            )
        )
    items.sort(key=_due)
    return Block(_("Your requests"), items, "part_time:requests")


def refused_claims(hat: Membership, today: dt.date) -> Block:
    """Children whom the district did not confirm."""
    claims = (
        Claim.objects.visible_to(hat)
        .filter(claimant=hat.user_id, state=ClaimState.REFUSED)
        .order_by("-judged_at", "pk")
    )
    return Block(
        _("Children the district did not confirm"),
        [
            Item(claim.full_name, reverse("records:children"), about=claim.refusal)
            for claim in claims[: MOST + 1]
        ],
        "records:children",
    )


def own_letters(hat: Membership, today: dt.date) -> Block:
    """Attendance letters that were asked for and are not issued yet."""
    letters = LetterRequest.objects.visible_to(hat).waiting().select_related("student", "lea__organization")
    items = [
        Item(
            _("Attendance letter %(number)s for %(student)s")
            % {"number": letter.number, "student": letter.student},
            reverse("certification:letters"),
            about=_("%(school)s looks at the facts and issues it.")
            % {"school": letter.lea.organization.name},
        )
        for letter in letters.order_by("asked_at", "pk")[: MOST + 1]
    ]
    return Block(_("Attendance letters you asked for"), items, "certification:letters")


# Districts ----------------------------------------------------------------------------------------


def to_decide(hat: Membership, today: dt.date) -> Block:
    """Requests whose clock runs: mine and nobody's. Those who only recommend are told so."""
    policy = LeaPolicy.objects.on(today).filter(lea=hat.organization_id).first()
    requests = (
        CourseRequest.objects.reviewable_by(hat)
        .filter(state=RequestState.SUBMITTED, clock__due_on__isnull=False)
        .filter(Q(assigned_to__isnull=True) | Q(assigned_to__user=hat.user_id))
    )
    decides = hat.role in deciding_roles(policy)
    title = _("Requests to decide") if decides else _("Requests to look at: the principal decides")
    return Block(title, _requests(requests), "part_time:inbox")


def with_the_team(hat: Membership, today: dt.date) -> Block:
    """Requests whose clock stands still for the IEP or 504 team."""
    requests = CourseRequest.objects.reviewable_by(hat).filter(
        state=RequestState.SUBMITTED, clock__due_on__isnull=True
    )
    return Block(_("Requests with your team: the clock stands still"), _requests(requests), "part_time:inbox")


def with_a_plan(hat: Membership, today: dt.date) -> Block:
    """Requests of students with an IEP or 504 plan whose clock runs."""
    requests = CourseRequest.objects.reviewable_by(hat).filter(
        state=RequestState.SUBMITTED, clock__due_on__isnull=False, has_iep_or_504=True
    )
    return Block(_("Requests of students with an IEP or 504 plan"), _requests(requests), "part_time:inbox")


def overdue(hat: Membership, today: dt.date) -> Block:
    """Requests that nobody decided in time (R-18)."""
    requests = CourseRequest.objects.reviewable_by(hat).filter(
        state=RequestState.SUBMITTED, clock__due_on__lt=today
    )
    return Block(_("Overdue requests of your district"), _requests(requests), "part_time:inbox")


def claims(hat: Membership, today: dt.date) -> Block:
    """Children whom a family typed and nobody has confirmed yet; not one's own."""
    waiting = (
        Claim.objects.visible_to(hat)
        .filter(state=ClaimState.TYPED)
        .exclude(pk__in=Claim.objects.about_own_child_of(hat.user_id))
        .select_related("school", "claimant")
        .order_by("created_at", "pk")
    )
    items = [
        Item(
            _("Confirm who %(child)s is") % {"child": claim.full_name},
            reverse("records:claim", args=[claim.pk]),
            about=_("%(school)s, told by %(person)s")
            % {"school": claim.school.name, "person": claim.asked_by},
        )
        for claim in waiting[: MOST + 1]
    ]
    return Block(_("Students to confirm"), items, "records:claims")


def to_register(hat: Membership, today: dt.date) -> Block:
    """Approved courses of which the provider has not been told."""
    lines = (
        CourseLine.objects.visible_to(hat)
        .filter(state=LineState.APPROVED)
        .exclude(basis=Basis.PRIVATE)
        .select_related("course", "request__claim", "registration_clock")
        .order_by("registration_clock__due_on", "pk")
    )
    items = [
        Item(
            _("Register %(child)s for %(course)s")
            % {"child": line.request.claim.full_name, "course": line.course.title},
            reverse("registration:line", args=[line.pk]),
            about=line.request.number,
            due_on=line.registration_clock.due_on if line.registration_clock else None,
        )
        for line in lines[: MOST + 1]
    ]
    return Block(_("Approved courses to register"), items, "registration:waiting")


def could_not_start(hat: Membership, today: dt.date) -> Block:
    """Confirmed courses whose first day has come and that do not run: something is missing (R-08, R-32)."""
    lines = lines_of(hat).filter(state=LineState.CONFIRMED, starts_on__lte=today)
    items = [
        Item(
            _("%(course)s of %(child)s could not start")
            % {"course": line.course.title, "child": line.request.claim.full_name},
            reverse("registration:line", args=[line.pk]),
            about=line.request.number,
            due_on=line.starts_on,
        )
        for line in lines.select_related("course", "request__claim").order_by("starts_on", "pk")[: MOST + 1]
    ]
    return Block(_("Courses that could not start"), items, "registration:waiting")


def at_unauthorized_providers(hat: Membership, today: dt.date) -> Block:
    """Courses that go on although their provider may not teach today (R-93): the district decides what follows."""
    lines = _at_unauthorized(hat, today)
    items = [
        Item(
            _("%(course)s of %(child)s, at %(provider)s")
            % {
                "course": line.course.title,
                "child": line.request.claim.full_name,
                "provider": line.course.provider,
            },
            reverse("registration:line", args=[line.pk]),
            about=line.request.number,
        )
        for line in lines.select_related("course__provider__organization", "request__claim").order_by("pk")[
            : MOST + 1
        ]
    ]
    return Block(_("Courses at providers that are not authorized today"), items, "registration:waiting")


def to_credit(hat: Membership, today: dt.date) -> Block:
    """Courses of which the provider said how they ended, and the district has not confirmed it."""
    lines = lines_of(hat).filter(state=LineState.FINISHED)
    items = [
        Item(
            _("Confirm the credit of %(child)s for %(course)s")
            % {"course": line.course.title, "child": line.request.claim.full_name},
            reverse("registration:result", args=[line.pk]),
            about=line.request.number,
        )
        for line in lines.select_related("course", "request__claim").order_by("ended_on", "pk")[: MOST + 1]
    ]
    return Block(_("Results to confirm"), items, "registration:waiting")


def payments_to_arrange(hat: Membership, today: dt.date) -> Block:
    """Courses that came with a student of another LEA and that this one pays for from then on (R-72)."""
    changes = (
        PayerChange.objects.to_arrange()
        .filter(to_lea=hat.organization_id)
        .select_related("line__course", "line__request__claim")
        .order_by("pays_from", "pk")
    )
    items = [
        Item(
            _("Arrange the payment for %(course)s of %(child)s")
            % {"course": change.line.course.title, "child": change.line.request.claim.full_name},
            reverse("registration:payers"),
            about=_("You pay from %(day)s on") % {"day": long_day(change.pays_from)},
            due_on=change.pays_from,
        )
        for change in changes[: MOST + 1]
    ]
    return Block(_("Courses that came with a student"), items, "registration:payers")


def students_to_receive(hat: Membership, today: dt.date) -> Block:
    """Students of whom another LEA says that they move here (R-72)."""
    rows = (
        Transfer.objects.visible_to(hat)
        .filter(to_lea=hat.organization_id, state=TransferState.ANNOUNCED)
        .select_related("student", "from_lea__organization")
        .order_by("leaves_on", "pk")
    )
    items = [
        Item(
            _("Receive %(student)s") % {"student": row.student},
            reverse("transfers:transfer", args=[row.pk]),
            about=_("From %(district)s") % {"district": row.from_lea},
            due_on=row.leaves_on + dt.timedelta(days=1),
        )
        for row in rows[: MOST + 1]
    ]
    return Block(_("Students who move to your district"), items, "transfers:transfers")


def without_mosis_id(hat: Membership, today: dt.date) -> Block:
    """Students who cannot be registered because their MOSIS ID is missing (R-30)."""
    students = (
        Student.objects.visible_to(hat)
        .filter(mosis_id__isnull=True)
        .select_related("school")
        .order_by("last_name", "first_name", "pk")
    )
    items = [
        Item(
            _("Enter the MOSIS ID of %(student)s") % {"student": student},
            reverse("records:student", args=[student.pk]),
            about=student.school.name,
        )
        for student in students[: MOST + 1]
    ]
    return Block(_("Students without a MOSIS ID"), items, "records:students")


def core_data_owed(hat: Membership, today: dt.date) -> Block:
    """Core data files that are due soon or overdue and not certified, and those that a later file outdated (V-16)."""
    assert hat.organization_id is not None  # roles of an LEA have one
    items = [
        Item(
            _("Certify %(file)s") % {"file": owed.what},
            reverse("coredata:upload", args=[owed.trial.pk]) if owed.trial else reverse("coredata:files"),
            about=_core_data_state(owed),
            due_on=owed.due_on,
        )
        for owed in deadlines(hat.organization_id, on=today)
        if owed.is_owed and owed.due_on <= today + CORE_DATA_AHEAD
    ]
    return Block(_("Core data"), items, "coredata:files")


def _core_data_state(owed: Deadline) -> str:
    if owed.trial is None:
        return _("Course Assignment has changed since.") if owed.certified else _("No file was sent yet.")
    return _("Its trial has errors.") if owed.trial.errors else _("Its trial has no errors.")


def missing_profile(hat: Membership, today: dt.date) -> Block:
    """What the district's public page lacks. Without a contact it can register nobody either (R-30, R-116, R-143)."""
    items = [
        Item(
            _("Enter %(what)s") % {"what": lack.what},
            reverse(lack.page),
            about=_("Without it nobody can be registered with a provider.")
            if lack.page == "state_map:change_contact"
            else _("Families look for it on your district's public page. State rules ask for it."),
        )
        for lack in profile.missing(Lea.objects.get(pk=hat.organization_id))
    ]
    return Block(_("Your district"), items, "state_map:district")


def letters_to_issue(hat: Membership, today: dt.date) -> Block:
    """Attendance letters that families asked this organization for (R-144)."""
    letters = LetterRequest.objects.issued_by(hat).waiting().select_related("student")
    items = [
        Item(
            _("Issue the attendance letter of %(student)s") % {"student": letter.student},
            reverse("certification:issue", args=[letter.pk]),
            about=_("%(number)s, for %(reader)s") % {"number": letter.number, "reader": letter.recipient},
        )
        for letter in letters.order_by("asked_at", "pk")[: MOST + 1]
    ]
    return Block(_("Attendance letters to issue"), items, "certification:requests")


def cessations_to_send(hat: Membership, today: dt.date) -> Block:
    """Students with an attendance letter who have stopped (R-153)."""
    tasks = CessationTask.objects.run_by(hat).open().with_people()
    items = [
        Item(
            _("Send the notice of cessation of %(student)s") % {"student": task.student},
            reverse("certification:cessation", args=[task.pk]),
            about=_("%(program)s, last day %(day)s")
            % {"program": task.place, "day": long_day(task.last_day)},
        )
        for task in tasks.order_by("opened_at", "pk")[: MOST + 1]
        if task.last_day is not None
    ]
    return Block(_("Notices of cessation to send"), items, "certification:cessations")


def invitations(hat: Membership, today: dt.date) -> Block:
    """People who were invited and have not answered."""
    waiting = Invitation.objects.manageable_by(hat).unanswered().order_by("expires_at", "pk")
    items = [
        Item(
            invitation.email,
            reverse("accounts:people"),
            about=_("%(role)s. The invitation ends on %(day)s.")
            % {"role": invitation.get_role_display(), "day": long_day(invitation.expires_at)},
        )
        for invitation in waiting[: MOST + 1]
    ]
    return Block(_("Invited, not here yet"), items, "accounts:people")


def roles_to_review(hat: Membership, today: dt.date) -> Block:
    """The yearly question who keeps which role."""
    review = AccessReview.objects.open().asked_of(hat).order_by("year").last()
    item = (
        [Item(_("Say who keeps which role"), reverse("accounts:review"), due_on=review.due_on)]
        if review
        else []
    )
    return Block(_("Yearly review of roles"), item, "accounts:review")


def placements(hat: Membership, today: dt.date) -> Block:
    """Disenrolled students of the district whose family has no options yet, or has not chosen (R-59)."""
    rows = (
        Placement.objects.run_by(hat)
        .exclude(state=PlacementState.PLACED)
        .select_related("enrollment__student", "enrollment__program", "clock")
        .order_by("clock__due_on", "pk")
    )
    items = [
        Item(
            (
                _("Send options to the family of %(student)s")
                if row.state == PlacementState.OPEN
                else _("Enroll %(student)s again")
            )
            % {"student": row.enrollment.student},
            reverse("attendance:placement", args=[row.pk]),
            about=row.enrollment.program.name,
            due_on=row.clock.due_on if row.state == PlacementState.OPEN else None,
        )
        for row in rows[: MOST + 1]
    ]
    return Block(_("Students to place"), items, "attendance:placements")


# Hosts --------------------------------------------------------------------------------------------


def not_engaged(hat: Membership, today: dt.date) -> Block:
    """Flagged students whose family was not told yet, or with whom nothing was tried since (R-56, R-57)."""
    flags = (
        Flag.objects.run_by(hat)
        .open()
        .filter(interventions__isnull=True)
        .select_related("enrollment__student", "enrollment__program", "notice")
        .order_by("opened_on", "pk")
    )
    items = [
        Item(
            (
                _("Talk with %(student)s and help")
                if hasattr(flag, "notice")
                else _("Write to the family of %(student)s")
            )
            % {"student": flag.enrollment.student},
            reverse("attendance:flag", args=[flag.pk]),
            about=flag.enrollment.program.name,
            due_on=flag.opened_on,
        )
        for flag in flags[: MOST + 1]
    ]
    return Block(_("Students who are not engaged"), items, "attendance:engagement")


# Providers ----------------------------------------------------------------------------------------


def to_confirm(hat: Membership, today: dt.date) -> Block:
    """Students on the roster whom the provider has not confirmed."""
    roster = (
        RosterLine.objects.visible_to(hat)
        .in_state(RosterState.SENT)
        .select_related("line__course", "lea__organization", "clock")
        .order_by("clock__due_on", "pk")
    )
    items = [
        Item(
            _("Confirm %(student)s in %(course)s")
            % {"student": f"{row.first_name} {row.last_name}", "course": row.line.course.title},
            reverse("registration:confirm", args=[row.pk]),
            about=row.lea.organization.name,
            due_on=row.clock.due_on,
        )
        for row in roster[: MOST + 1]
    ]
    return Block(_("Students to confirm"), items, "registration:roster")


def results_due(hat: Membership, today: dt.date) -> Block:
    """Courses past their last day of which the provider has not said how they ended."""
    roster = (
        RosterLine.objects.visible_to(hat)
        .in_state(RosterState.RUNNING)
        .filter(line__ends_on__lt=today)
        .select_related("line__course", "lea__organization")
        .order_by("line__ends_on", "pk")
    )
    items = [
        Item(
            _("Report how %(student)s did in %(course)s")
            % {"student": row.student_name, "course": row.line.course.title},
            reverse("registration:finish", args=[row.pk]),
            about=row.lea.organization.name,
            due_on=row.line.ends_on,
        )
        for row in roster[: MOST + 1]
    ]
    return Block(_("Results to report"), items, "registration:roster")


def certificates(hat: Membership, today: dt.date) -> Block:
    """Teachers of courses that run or will, whose certificate on file ends soon or has ended (R-32)."""
    roster = RosterLine.objects.in_state(RosterState.CONFIRMED, RosterState.RUNNING)
    teachers = Teacher.objects.visible_to(hat).filter(
        valid_to__lte=today + SOON, pk__in=roster.filter(teacher__isnull=False).values("teacher")
    )
    items = [
        Item(
            _("Renew the certificate of %(teacher)s") % {"teacher": teacher.name},
            reverse("registration:renew", args=[teacher.pk]),
            due_on=teacher.valid_to,
        )
        for teacher in teachers.order_by("valid_to", "name", "pk")[: MOST + 1]
    ]
    return Block(_("Certificates that end"), items, "registration:teachers")


def problems_to_cure(hat: Membership, today: dt.date) -> Block:
    """What the state office asked the provider to put right, and by when (R-92)."""
    notices = (
        CorrectiveAction.objects.unsettled().filter(provider=hat.organization_id).order_by("cure_by", "pk")
    )
    items = [
        Item(
            _("Put right what the state office wrote"),
            reverse("providers:profile"),
            about=notice.problem,
            due_on=notice.cure_by,
        )
        for notice in notices[: MOST + 1]
    ]
    return Block(_("Notices of the state office"), items, "providers:profile")


# Progress -----------------------------------------------------------------------------------------

WRITE_PAGES = {Track.FULL_TIME: "progress:write", Track.PART_TIME: "progress:write_line"}
STUDENT_PAGES = {Track.FULL_TIME: "progress:enrollment", Track.PART_TIME: "progress:line"}


def reports_to_write(hat: Membership, today: dt.date) -> Block:
    """Progress reports that are due soon or overdue, of the students of this host or provider."""
    [track] = tracks_of(hat)
    year = report_year_on(today)
    rows = students_of(track, year).filter(pk__in=own_students(hat, track).values("pk"))
    due = in_order(missing(rows, track, year, until=today + AHEAD), track)[: MOST + 1]
    items = [
        Item(
            _("Write how %(student)s gets on") % {"student": standing.student_name},
            reverse(WRITE_PAGES[track], args=[standing.pk, year.school_year.pk, point.number]),
            about=standing.place,
            due_on=point.due_on,
        )
        for standing in standings(list(due), track, year, today=today)
        for point in standing.missing[:1]
    ]
    return Block(_("Progress reports to write"), sorted(items, key=_due), "progress:students")


def students_behind(hat: Membership, today: dt.date) -> Block:
    """Students of the district, full-time and part-time, who are behind, or of whom a report is overdue (R-51)."""
    year = report_year_on(today)
    items = []
    for track in tracks_of(hat):
        rows = behind(visible_students(hat, track, year), track, year, today=today)
        found = standings(list(in_order(rows, track)[: MOST + 1]), track, year, today=today)
        items += [
            Item(
                _("%(student)s is behind") % {"student": standing.student_name}
                if standing.is_behind
                else _("A report on %(student)s is overdue") % {"student": standing.student_name},
                reverse(STUDENT_PAGES[track], args=[standing.pk]),
                about=standing.place,
            )
            for standing in found
        ]
    return Block(_("Students who are behind"), items, "progress:students")


# Membership ---------------------------------------------------------------------------------------


def membership_to_mend(hat: Membership, today: dt.date) -> Block:
    """Membership reports that DESE returned."""
    reports = MembershipReport.objects.run_by(hat).filter(state=ReportState.RETURNED)
    items = [
        Item(
            _("Count %(program)s anew for %(day)s")
            % {"program": report.program, "day": long_day(report.count_date)},
            reverse("membership:report", args=[report.pk]),
            about=report.reason,
        )
        for report in reports.select_related("program").order_by("answered_at", "pk")[: MOST + 1]
    ]
    return Block(_("Membership reports that came back"), items, "membership:reports")


def membership_to_review(hat: Membership, today: dt.date) -> Block:
    """Membership reports that DESE has not answered."""
    reports = MembershipReport.objects.visible_to(hat).filter(state=ReportState.SENT)
    items = [
        Item(
            _("Look at the membership report of %(program)s") % {"program": report.program},
            reverse("membership:report", args=[report.pk]),
            about=long_day(report.count_date),
        )
        for report in reports.select_related("program").order_by("sent_at", "pk")[: MOST + 1]
    ]
    return Block(_("Membership reports"), items, "membership:queue")


# The state office ---------------------------------------------------------------------------------


def overdue_in_the_state(hat: Membership, today: dt.date) -> Block:
    """Requests that a district did not decide in time (R-18), without the child's name."""
    requests = (
        CourseRequest.objects.visible_to(hat)
        .filter(state=RequestState.SUBMITTED, clock__due_on__lt=today)
        .select_related("lea__organization", "clock")
        .order_by("clock__due_on", "pk")
    )
    items = [
        Item(
            _("Request %(number)s") % {"number": request.number},
            reverse("part_time:review", args=[request.pk]),
            about=request.lea.organization.name,
            due_on=request.clock.due_on if request.clock else None,
        )
        for request in requests[: MOST + 1]
    ]
    return Block(_("Overdue requests"), items, "part_time:inbox")


def emergencies(hat: Membership, today: dt.date) -> Block:
    """Closed days that a district asks to be let into running clocks."""
    days = (
        ClosedDay.objects.filter(emergency_asked_at__isnull=False, emergency_confirmed_at__isnull=True)
        .select_related("lea__organization")
        .order_by("date", "pk")
    )
    items = [
        Item(
            _("Confirm that schools are closed on %(day)s") % {"day": long_day(day.date)},
            reverse("state_map:confirm_emergency", args=[day.pk]),
            about=f"{day.lea or _('The whole state')}: {day.reason}",
        )
        for day in days[: MOST + 1]
    ]
    return Block(_("Emergency closures"), items, "state_map:closed_days")


def late_reviews(hat: Membership, today: dt.date) -> Block:
    """Organizations that have not said in time who keeps which role."""
    late = AccessReview.objects.open().filter(due_on__lt=today).select_related("organization")
    items = [
        Item(review.organization.name, reverse("accounts:reviews"), due_on=review.due_on)
        for review in late.order_by("due_on", "organization__name", "pk")[: MOST + 1]
    ]
    return Block(_("Yearly reviews of roles without an answer"), items, "accounts:reviews")


def incomplete_districts(hat: Membership, today: dt.date) -> Block:
    """Districts that do not tell families what state rules ask for (R-116, R-143)."""
    number = profile.incomplete_leas(on=today).count()
    words = ngettext(
        "%(number)d district lacks a contact, guidance or policies on its page",
        "%(number)d districts lack a contact, guidance or policies on their page",
        number,
    )
    item = Item(words % {"number": number}, reverse("state_map:incomplete"))
    return Block(_("Public pages of districts"), [item] if number else [], "state_map:incomplete")


def applications(hat: Membership, today: dt.date) -> Block:
    """Providers that asked to be authorized, and the day by which they get an answer (R-91)."""
    waiting = (
        Application.objects.unanswered().select_related("provider__organization").order_by("answer_by", "pk")
    )
    items = [
        Item(
            _("Answer the application of %(provider)s") % {"provider": application.provider},
            reverse("providers:provider", args=[application.provider_id]),
            due_on=application.answer_by,
        )
        for application in waiting[: MOST + 1]
    ]
    return Block(_("Applications of providers"), items, "providers:providers")


def unauthorized_providers_with_students(hat: Membership, today: dt.date) -> Block:
    """Providers that may not teach today although students are in their courses (R-93); how many, not who."""
    lines = _at_unauthorized(hat, today)
    providers = lines.values("course__provider", "course__provider__organization__name").annotate(
        number=Count("pk")
    )
    items = [
        Item(
            row["course__provider__organization__name"],
            reverse("providers:provider", args=[row["course__provider"]]),
            about=ngettext(
                "%(number)d student is registered in a course there.",
                "%(number)d students are registered in courses there.",
                row["number"],
            )
            % {"number": row["number"]},
        )
        for row in providers.order_by("course__provider__organization__name", "course__provider")[: MOST + 1]
    ]
    return Block(_("Providers not authorized today that have students"), items, "providers:providers")


# Whose --------------------------------------------------------------------------------------------

FAMILY: tuple[Source, ...] = (own_requests, full_time.own_applications, refused_claims, own_letters)

SOURCES: dict[Role, tuple[Source, ...]] = {
    Role.PARENT: FAMILY,
    Role.ADULT_STUDENT: FAMILY,
    Role.STUDENT_ON_OWN: FAMILY,
    Role.COUNSELOR: (
        to_decide,
        to_register,
        students_to_receive,
        payments_to_arrange,
        full_time.records_to_send,
        claims,
        full_time.to_inform,
    ),
    Role.SPECIAL_EDUCATION: (with_the_team, with_a_plan),
    Role.DECIDER: (to_decide, concerns.asked),
    Role.COORDINATOR: (
        overdue,
        concerns.asked,
        to_register,
        could_not_start,
        students_to_receive,
        payments_to_arrange,
        at_unauthorized_providers,
        to_credit,
        mismatches.to_mend,
        mismatches.rooms,
        full_time.records_to_send,
        students_behind,
        placements,
        claims,
        without_mosis_id,
        full_time.to_inform,
        full_time.exits,
        letters_to_issue,
        cessations_to_send,
    ),
    Role.DATA_CLERK: (
        core_data_owed,
        mismatches.to_mend,
        mismatches.rooms,
        full_time.records_to_send,
        claims,
        without_mosis_id,
        full_time.exits,
    ),
    Role.LEA_ADMIN: (
        concerns.asked,
        missing_profile,
        roles_to_review,
        to_register,
        students_to_receive,
        payments_to_arrange,
        letters_to_issue,
        cessations_to_send,
        placements,
        claims,
        invitations,
    ),
    Role.PROVIDER_STAFF: (
        concerns.asked,
        to_confirm,
        provider_reports.reports_to_send,
        mismatches.to_mend,
        mismatches.rooms,
        reports_to_write,
        results_due,
        certificates,
    ),
    Role.PROVIDER_ADMIN: (
        problems_to_cure,
        concerns.asked,
        to_confirm,
        provider_reports.reports_to_send,
        mismatches.to_mend,
        mismatches.rooms,
        reports_to_write,
        results_due,
        certificates,
        roles_to_review,
        invitations,
    ),
    Role.HOST_STAFF: (
        full_time.to_determine,
        full_time.to_look_again,
        full_time.to_enter,
        not_engaged,
        full_time.late_records,
        reports_to_write,
        membership_to_mend,
        letters_to_issue,
        cessations_to_send,
        full_time.sports_notices,
        full_time.broken_policies,
    ),
    Role.DESE_REVIEWER: (
        concerns.to_handle,
        concerns.rising,
        overdue_in_the_state,
        transcripts.requests,
        transcripts.to_mail,
        full_time.late_options,
        provider_reports.reports_to_decide,
        mismatches.rooms,
        membership_to_review,
        unauthorized_providers_with_students,
        late_reviews,
        incomplete_districts,
    ),
    Role.DESE_ADMIN: (
        emergencies,
        concerns.to_handle,
        concerns.rising,
        applications,
        overdue_in_the_state,
        transcripts.requests,
        transcripts.to_mail,
        full_time.late_options,
        provider_reports.reports_to_decide,
        mismatches.rooms,
        membership_to_review,
        unauthorized_providers_with_students,
        roles_to_review,
        late_reviews,
        incomplete_districts,
        invitations,
    ),
}


def _requests(requests: CourseRequestQuerySet) -> list[Item]:
    """Requests as their reviewers know them, due soonest first."""
    rows = requests.select_related("claim__school", "clock").order_by("clock__due_on", "submitted_at", "pk")
    return [
        Item(
            _("Request %(number)s for %(child)s")
            % {"number": request.number, "child": request.claim.full_name},
            reverse("part_time:review", args=[request.pk]),
            about=request.claim.school.name,
            due_on=request.clock.due_on if request.clock else None,
        )
        for request in rows[: MOST + 1]
    ]


def _at_unauthorized(hat: Membership, today: dt.date) -> CourseLineQuerySet:
    """Courses of which the provider has been told, that have not ended, and whose provider may not teach today."""
    return (
        lines_of(hat)
        .filter(state__in=[LineState.REGISTERED, LineState.CONFIRMED, LineState.ACTIVE])
        .exclude(course__provider__in=Authorization.objects.in_force(today).values("provider"))
    )


def _due(item: Item) -> dt.date:
    return item.due_on or dt.date.max
