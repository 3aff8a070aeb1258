"""How a family asks, step by step: school, student and term, courses, signature. One idea a page.

Everything chosen is stored at once in the draft, so leaving, going back and clicking twice lose nothing.
"""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from enrollment.records.actions import add_claim
from enrollment.records.models import Claim, ClaimState, Relationship
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import (
    GRADES,
    CodeMeaning,
    CodeSet,
    Lea,
    LegalKey,
    LegalValue,
    School,
    Term,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.family import (
    ChildForm,
    CorrectChildForm,
    CourseSearch,
    CoursesForm,
    SchoolSearch,
    SignForm,
    TermForm,
    typed,
)
from ..models import CourseLine, CourseRequest, RequestState
from ..rules import courses_on_offer

SCHOOLS_SHOWN = 25
COURSES_PER_PAGE = 10
# A term that starts later is asked for when it is nearer.
LOOK_AHEAD = dt.timedelta(days=365)
ADULT = 18  # years: from then on a student's rights are their own (34 CFR 99.5)


# Step 1: the child and the school -----------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def start(request: HatRequest) -> HttpResponse:
    """A child that the family told of before, or another one; who told of none goes on to the school."""
    children = (
        own_claims(request.hat).select_related("school__lea__organization").order_by("first_name", "pk")
    )
    if not children:
        return redirect("part_time:school")
    return render(request, "part_time/family/start.html", {"children": children})


@for_roles(*FAMILY_ROLES)
def school(request: HatRequest) -> HttpResponse:
    """Finds the school: by words or codes, in a plain request or while one types."""
    form = SchoolSearch(request.GET or None)
    found = form.found(on=central_date(timezone.now()))[: SCHOOLS_SHOWN + 1]
    context = {"form": form, "schools": found[:SCHOOLS_SHOWN], "has_more": len(found) > SCHOOLS_SHOWN}
    page = "part_time/family/school.html"
    return render(request, f"{page}#schools" if is_fragment(request) else page, context)


# Step 2: the student and the term -----------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def child(request: HatRequest, pk: int) -> HttpResponse:
    """Tells of a student of this school and starts a draft; nothing is stored when the student is not eligible."""
    now = timezone.now()
    today = central_date(now)
    schools = School.objects.on(today).filter(lea__in=Lea.objects.on(today))
    row = get_object_or_404(schools.select_related("lea__organization"), pk=pk)
    form = ChildForm(
        request.POST or None,
        school=row,
        own=is_student(request.hat),
        born_by=born_by(request.hat, today=today),
        terms=open_terms(today),
    )
    if form.is_valid():
        answers = form.answers()
        term_id = answers.pop("term_id")
        try:
            with transaction.atomic():
                claim = add_claim(by=request.hat, school=row, at=now, **answers)
                draft = actions.start_request(claim.pk, by=request.hat, term_id=term_id, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("part_time:courses", draft.pk)
    context = {"form": form, "school": row, "own": is_student(request.hat)}
    return render(request, "part_time/family/child.html", context)


@for_roles(*FAMILY_ROLES)
def child_again(request: HatRequest, pk: int) -> HttpResponse:
    """A child that the family told of before: only the term is asked."""
    now = timezone.now()
    claim = get_object_or_404(own_claims(request.hat).select_related("school__lea__organization"), pk=pk)
    form = TermForm(request.POST or None, terms=open_terms(central_date(now)))
    if form.is_valid():
        try:
            draft = actions.start_request(claim.pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("part_time:courses", draft.pk)
    return render(request, "part_time/family/child_again.html", {"form": form, "claim": claim})


@for_roles(*FAMILY_ROLES)
def child_correct(request: HatRequest, pk: int) -> HttpResponse:
    """Mends what was typed about the child of a draft."""
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    if not may_correct(draft.claim):
        messages.info(request, _("The district has this student's data already. Ask it to correct them."))
        return redirect("part_time:sign", pk)
    form = CorrectChildForm(
        request.POST or None,
        cancel_url=reverse("part_time:sign", args=[pk]),
        school=draft.claim.school,
        own=is_student(request.hat),
        born_by=born_by(request.hat, today=central_date(timezone.now())),
        initial=typed(draft.claim),
    )
    if form.is_valid():
        try:
            actions.correct_child(pk, **form.answers())
        except actions.AlreadySent:
            return already_sent(request, pk)
        return redirect("part_time:sign", pk)
    return render(request, "part_time/family/child_correct.html", {"form": form, "row": draft})


# Step 3: the courses ------------------------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def courses(request: HatRequest, pk: int) -> HttpResponse:
    """The list of chosen courses and the catalog below; every button stores the list as it then is."""
    now = timezone.now()
    today = central_date(now)
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    lines = lines_of(draft)
    form = CoursesForm(request.POST or None, initial={"in_person_courses": draft.in_person_courses})
    if form.is_valid():
        if form.goes_on and not lines:
            form.add_error(None, _("Choose at least one course. Press “Add” at a course in the list below."))
        else:
            try:
                return choose(request, draft, lines, form, at=now)
            except actions.AlreadySent:
                return already_sent(request, pk)
            except actions.CourseNotOnOffer as refusal:
                form.add_error(None, str(refusal.sentence))
    offer = courses_on_offer(draft.term, on=today).for_grade(draft.claim.grade)
    search = CourseSearch(request.GET or None, url=reverse("part_time:courses", args=[pk]), courses=offer)
    context = {
        "row": draft,
        "lines": lines,
        "form": form,
        "search": search,
        "page": Paginator(search.found(), COURSES_PER_PAGE).get_page(request.GET.get("page")),
        "chosen": {line.course_id for line in lines},
        "full_load": LegalValue.objects.whole(LegalKey.FULL_LOAD, on=today),
        "is_over": any(line.over_full_load for line in lines),
    }
    page = "part_time/family/courses.html"
    return render(request, f"{page}#found" if is_fragment(request) else page, context)


def choose(
    request: HatRequest, draft: CourseRequest, lines: list[CourseLine], form: CoursesForm, *, at: dt.datetime
) -> HttpResponse:
    """Stores the list after one press of a button. Raises AlreadySent, CourseNotOnOffer.

    A course that left the catalog since it was chosen leaves the list too, and the family is told.
    """
    add, remove = form.cleaned_data["add"], form.cleaned_data["remove"]
    in_person = form.cleaned_data["in_person_courses"]
    offered = courses_on_offer(draft.term, on=central_date(at)).in_bulk([line.course_id for line in lines])
    gone = [line.course for line in lines if line.course_id not in offered and line.course_id != remove]
    kept = [line.course_id for line in lines if line.course_id in offered and line.course_id != remove]
    actions.choose_courses(
        draft.pk,
        course_ids=kept if add is None else [*kept, add],
        in_person_courses=draft.in_person_courses if in_person is None else in_person,
        at=at,
    )
    for course in gone:
        messages.warning(
            request,
            _("“%(course)s” is no longer in the catalog for this term. We took it off your list.")
            % {"course": course.title},
        )
    if form.goes_on and not gone:
        return redirect("part_time:sign", draft.pk)
    here = reverse("part_time:courses", args=[draft.pk])
    place = "your-courses" if add is None else f"course-{add}"
    return redirect(f"{here}?{request.GET.urlencode()}#{place}")


# Step 4: check and sign ---------------------------------------------------------------------------


@for_roles(*FAMILY_ROLES)
def sign(request: HatRequest, pk: int) -> HttpResponse:
    """All answers to check, the statements, the signature; then the request is sent (R-12)."""
    now = timezone.now()
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    lines = lines_of(draft)
    if not lines or draft.in_person_courses is None:
        messages.info(request, str(actions.NotYetComplete.sentence))
        return redirect("part_time:courses", pk)
    statements = list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=central_date(now)))
    form = SignForm(request.POST or None, statements=statements)
    if form.is_valid():
        try:
            actions.submit(
                pk,
                by=request.hat,
                signed_name=form.cleaned_data["signed_name"],
                acknowledged=form.acknowledged(),
                has_iep_or_504=form.cleaned_data["has_iep_or_504"],
                at=now,
            )
        except actions.AlreadySent:
            return already_sent(request, pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("part_time:receipt", pk)
    context = {
        "row": draft,
        "form": form,
        "answers": answers_of(draft, lines),
        "is_over": any(line.over_full_load for line in lines),
    }
    return render(request, "part_time/family/sign.html", context)


@for_roles(*FAMILY_ROLES)
def discard(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then throws a draft away."""
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    if request.method == "POST":
        try:
            actions.discard_draft(pk)
        except actions.AlreadySent:
            return already_sent(request, pk)
        messages.success(request, _("The draft is gone."))
        return redirect("part_time:requests")
    return render(request, "part_time/family/discard.html", {"row": draft})


# Rows and words -----------------------------------------------------------------------------------


def requests_of(hat: Membership) -> QuerySet[CourseRequest]:
    rows = CourseRequest.objects.visible_to(hat)
    return rows.select_related("claim__school__lea__organization", "lea__organization", "term__school_year")


def own_claims(hat: Membership) -> QuerySet[Claim]:
    """The children this person told of, but for those that a district did not confirm."""
    return Claim.objects.visible_to(hat).filter(claimant=hat.user_id).exclude(state=ClaimState.REFUSED)


def lines_of(draft: CourseRequest) -> list[CourseLine]:
    return list(draft.lines.select_related("course__provider__organization").order_by("position"))


def open_terms(today: dt.date) -> list[Term]:
    """The terms to choose from, the nearest first."""
    terms = Term.objects.open_to_requests(today).filter(starts_on__lte=today + LOOK_AHEAD)
    return list(terms.select_related("school_year").order_by("starts_on", "ends_on"))


def is_student(hat: Membership) -> bool:
    """Whether this hat asks for itself."""
    return hat.role in {Role.ADULT_STUDENT, Role.STUDENT_ON_OWN}


def born_by(hat: Membership, *, today: dt.date) -> dt.date:
    """The last birth date that this hat may type: a student of 18 or over is 18 today, and only then has the rights
    of a parent; everybody else is born.
    """
    if hat.role != Role.ADULT_STUDENT:
        return today
    is_leap_day = (today.month, today.day) == (2, 29)  # there was none 18 years before
    return today.replace(year=today.year - ADULT, day=28 if is_leap_day else today.day)


def may_correct(claim: Claim) -> bool:
    """Whether nothing about this child was sent or judged yet: what the Change links depend on."""
    return claim.state == ClaimState.UNSENT


def already_sent(request: HatRequest, pk: int) -> HttpResponse:
    """The answer to whatever comes too late: the receipt, and why."""
    messages.info(request, str(actions.AlreadySent.sentence))
    return redirect("part_time:receipt", pk)


def is_fragment(request: HatRequest) -> bool:
    """Whether htmx asks for the list alone. Going back to a page asks for the whole of it."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request


def answers_of(draft: CourseRequest, lines: list[CourseLine]) -> list[dict[str, str]]:
    """What the family answered, as rows of a summary list, with a way to change what can be changed."""
    claim = draft.claim
    to_child = reverse("part_time:child_correct", args=[draft.pk]) if may_correct(claim) else ""
    to_courses = reverse("part_time:courses", args=[draft.pk])
    courses = [
        _("%(course)s (over a full load)") % {"course": line.course.title}
        if line.over_full_load
        else line.course.title
        for line in lines
    ]
    rows = [
        (_("Student"), claim.full_name, to_child),
        (_("Birth date"), date_format(claim.birth_date), to_child),
        (_("Grade"), str(dict(GRADES)[claim.grade]), to_child),
        (
            _("You are"),
            claim.get_relationship_display(),
            "" if claim.relationship == Relationship.SELF else to_child,
        ),
        (_("School"), f"{claim.school.name}\n{claim.school.lea.organization.name}", ""),
        (_("Term"), str(draft.term), ""),
        (_("Courses"), "\n".join(courses), to_courses),
        (_("Courses in person at school"), str(draft.in_person_courses), to_courses),
    ]
    return [{"term": term, "value": value, "url": url, "action": _("Change")} for term, value, url in rows]
