"""Staff enter a request for a family: the child, who asks and when, the courses, what was agreed to.

Every page is kept in the entry, so leaving, going back and sending twice lose nothing and enter nothing twice.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enrollment.records.filters import find
from enrollment.records.forms.staff import StudentSearchForm
from enrollment.records.models import Guardian, Student
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.explain import explain_start
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import (
    GRADES,
    CodeMeaning,
    CodeSet,
    LegalKey,
    LegalValue,
    Term,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.fragments import render_page
from mocap_portal.foundation.ui.words import long_day
from providers.models import Course

from .. import actions
from ..actions import Asked, AskedCourse
from ..forms.family import CourseSearch
from ..forms.paper import AskedCourseForm, EntryCoursesForm, EntryForm, EntrySignForm
from ..models import Basis, Channel, CourseRequest, Unfinished
from ..rules import lines_over_full_load, listed_courses
from ..timeline import with_all_it_needs
from .family import who_registers
from .paper_rows import (
    ENTERING_ROLES,
    STUDENTS_SHOWN,
    already_entered,
    begun,
    entry_of,
    family_form,
    has_account,
    kept_document,
    student_of,
    take_upload,
    told_form,
)

COURSES_PER_PAGE = 10


# Who the child is ---------------------------------------------------------------------------------


@for_roles(*ENTERING_ROLES)
def enter(request: HatRequest) -> HttpResponse:
    """Looks the student up, by POST for a name may be in it; or goes on with what was begun before."""
    form = StudentSearchForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "begun": begun(request.hat)}
    if form.is_valid():
        own = Guardian.objects.active().filter(user=request.hat.user_id).values("student")
        students = Student.objects.visible_to(request.hat).exclude(pk__in=own).select_related("school")
        found = find(students, form.cleaned_data["words"]).order_by("last_name", "first_name", "pk")
        rows = list(found[: STUDENTS_SHOWN + 1])
        context |= {"students": rows[:STUDENTS_SHOWN], "more": len(rows) > STUDENTS_SHOWN, "found": True}
    return render(request, "part_time/paper/enter.html", context)


@require_POST
@for_roles(*ENTERING_ROLES)
def start(request: HatRequest) -> HttpResponse:
    """Begins an entry for the student chosen, or for a child that is not on the list."""
    student = None
    if key := request.POST.get("student", ""):
        students = Student.objects.visible_to(request.hat)
        student = get_object_or_404(
            students, pk=key if key.isascii() and key.isdigit() and len(key) < 19 else 0
        )
    try:
        row = actions.start_entry(
            by=request.hat, student_id=student.pk if student else None, at=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("part_time:enter")
    return redirect("part_time:enter_family", row.pk)


# The family ---------------------------------------------------------------------------------------


@for_roles(*ENTERING_ROLES)
def family(request: HatRequest, pk: int) -> HttpResponse:
    """The child, who asks, how and when it came, and the term."""
    row = entry_of(request.hat, pk)
    if "request" in row.answers:
        return already_entered(request, row)
    student = student_of(row, request.hat)
    today = central_date(timezone.now())
    if request.method == "POST":
        form = family_form(request.POST, hat=request.hat, student=student, today=today)
        if form.is_valid():
            kept = {
                name: request.POST.getlist(name) for name in request.POST if name != "csrfmiddlewaretoken"
            }
            actions.keep_entry(pk, family=kept, at=timezone.now())
            return redirect("part_time:enter_courses", pk)
    else:
        typed = MultiValueDict(row.answers["family"]) if "family" in row.answers else None
        form = family_form(typed, hat=request.hat, student=student, today=today)
    return render(request, "part_time/paper/family.html", {"form": form, "entry": row, "student": student})


# The courses --------------------------------------------------------------------------------------


@for_roles(*ENTERING_ROLES)
def courses(request: HatRequest, pk: int) -> HttpResponse:
    """The courses asked for, each with why and who pays, and the catalog of the day the request came in."""
    row = entry_of(request.hat, pk)
    if "request" in row.answers:
        return already_entered(request, row)
    told = told_form(row, request.hat)
    if told is None:
        return redirect("part_time:enter_family", pk)
    came_on = told.cleaned_data["came_on"]
    term = Term.objects.select_related("school_year").get(pk=told.cleaned_data["term_id"])
    offer = listed_courses(term, on=came_on).for_grade(told.cleaned_data["grade"])
    reasons = list(CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=came_on))
    asked = asked_courses(row)
    form = EntryCoursesForm(
        request.POST or None, initial={"in_person_courses": row.answers.get("in_person_courses")}
    )
    lines = line_forms(asked, reasons, data=request.POST or None)
    if request.method == "POST" and all([form.is_valid(), *(line.is_valid() for _course, line in lines)]):
        kept = [line.asked(course.pk) for course, line in lines if not line.cleaned_data["remove"]]
        add = form.cleaned_data["add"]
        goes_on = add is None
        if add is not None and offer.filter(pk=add).exists() and add not in {one.course_id for one in kept}:
            kept.append(AskedCourse(add))
        if goes_on and not kept:
            form.add_error(None, _("Choose at least one course. Press “Add” at a course in the list below."))
        else:
            in_person = form.cleaned_data["in_person_courses"]
            keep_courses(row, kept, in_person=in_person)
            if goes_on:
                return redirect("part_time:enter_sign", pk)
            here = reverse("part_time:enter_courses", args=[pk])
            return redirect(f"{here}?{request.GET.urlencode()}#course-{add}")
    search = CourseSearch(
        request.GET or None, url=reverse("part_time:enter_courses", args=[pk]), courses=offer
    )
    context = {
        "entry": row,
        "child_name": told.child_name,
        "term": term,
        "came_on": came_on,
        "form": form,
        "lines": lines,
        "search": search,
        "page": Paginator(search.found(), COURSES_PER_PAGE).get_page(request.GET.get("page")),
        "chosen": {course.pk for course, _line in lines},
        "full_load": LegalValue.objects.whole(LegalKey.FULL_LOAD, on=came_on),
    }
    return render_page(request, "part_time/paper/courses.html", context, fragment="found")


def line_forms(
    asked: list[AskedCourse], reasons: list[CodeMeaning], *, data: Any = None
) -> list[tuple[Course, AskedCourseForm]]:
    """Each chosen course with its form, in the order chosen."""
    found = Course.objects.select_related("provider__organization").in_bulk([one.course_id for one in asked])
    return [
        (
            found[one.course_id],
            AskedCourseForm(
                data,
                prefix=f"course-{one.course_id}",
                reasons=reasons,
                initial={"reason": one.reason_id, "reason_words": one.reason_words, "basis": one.basis},
            ),
        )
        for one in asked
        if one.course_id in found
    ]


def keep_courses(row: Unfinished, asked: list[AskedCourse], *, in_person: int | None) -> None:
    kept = [
        {
            "course_id": one.course_id,
            "basis": str(one.basis),
            "reason_id": one.reason_id,
            "reason_words": one.reason_words,
        }
        for one in asked
    ]
    actions.keep_entry(row.pk, courses=kept, in_person_courses=in_person, at=timezone.now())


def asked_courses(row: Unfinished) -> list[AskedCourse]:
    return [AskedCourse(**kept) for kept in row.answers.get("courses", [])]


# What was agreed to -------------------------------------------------------------------------------


@for_roles(*ENTERING_ROLES)
def sign(request: HatRequest, pk: int) -> HttpResponse:
    """Everything to check with the due date, the statements, who signed or said it; then the request is entered."""
    now = timezone.now()
    row = entry_of(request.hat, pk)
    if "request" in row.answers:
        return already_entered(request, row)
    told = told_form(row, request.hat)
    if told is None:
        return redirect("part_time:enter_family", pk)
    chosen = asked_courses(row)
    if not chosen or row.answers.get("in_person_courses") is None:
        return redirect("part_time:enter_courses", pk)
    asked = Asked(
        channel=told.cleaned_data["channel"],
        came_on=told.cleaned_data["came_on"],
        term_id=told.cleaned_data["term_id"],
        courses=chosen,
        in_person_courses=row.answers["in_person_courses"],
        signed_name=told.cleaned_data["asker_name"],
        has_iep_or_504=told.cleaned_data["has_iep_or_504"],
        prior_semester=told.cleaned_data.get("prior_semester", ""),
    )
    form = EntrySignForm(
        request.POST or None,
        request.FILES or None,
        statements=list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=asked.came_on)),
        channel=asked.channel,
        document=kept_document(request.POST.get("kept", ""), hat=request.hat),
        initial={"signed_name": asked.signed_name},
    )
    if request.method == "POST" and take_upload(form, by=request.hat, at=now):
        try:
            entered = actions.enter_request(
                told.child,
                told.asker,
                replace(asked, signed_name=form.cleaned_data["signed_name"], note=form.cleaned_data["note"]),
                by=request.hat,
                at=now,
                acknowledged=form.acknowledged(),
                scan_id=form.scan_id,
                entry_id=pk,
            )
        except actions.AlreadyEntered as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect("part_time:entry_receipt", refusal.request_id)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The request is entered. Its reviewers were told."))
            return redirect("part_time:entry_receipt", entered.pk)
    context = {
        "entry": row,
        "form": form,
        "answers": answers_of(told, asked, pk),
        "due": due_of(request.hat, asked, at=now),
        "today": central_date(now),
        "has_account": has_account(told.cleaned_data["email"]),
    }
    return render(request, "part_time/paper/sign.html", context)


def due_of(hat: Membership, asked: Asked, *, at: dt.datetime) -> dt.date:
    """By when the request will have to be answered."""
    clock = Clock(
        lea_id=hat.organization_id,
        started_at=actions.moment_of(asked.came_on, at=at),
        business_days=LegalValue.objects.whole(LegalKey.DECISION_DAYS, on=asked.came_on),
    )
    due = explain_start(clock).on
    assert due is not None  # nothing has paused it
    return due


def answers_of(told: EntryForm, asked: Asked, pk: int) -> list[dict[str, Any]]:
    """What was entered, as rows of a summary list, each with the page that changes it."""
    cleaned, child, asker = told.cleaned_data, told.child, told.asker
    to_family = reverse("part_time:enter_family", args=[pk])
    to_courses = reverse("part_time:enter_courses", args=[pk])
    full_load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=asked.came_on)
    over = lines_over_full_load(
        lines=len(asked.courses), in_person=asked.in_person_courses, full_load=full_load
    )
    titles = Course.objects.in_bulk([one.course_id for one in asked.courses])
    lines = [
        _("%(course)s (the family pays)") % {"course": titles[one.course_id].title}
        if one.basis == Basis.PRIVATE
        else titles[one.course_id].title
        for one in asked.courses
        if one.course_id in titles
    ]
    if over:
        lines.append(_("Above a full load of %(count)d: %(over)d") % {"count": full_load, "over": over})
    reach = [way for way in (asker.email, asker.phone, asker.address) if way]
    rows = [
        (_("Student"), told.child_name, to_family),
        (
            _("Grade and school"),
            f"{dict(GRADES)[child.grade]}, {cleaned['school'].name}",
            to_family,
        ),
        (
            _("Asked by"),
            f"{asker.name}, {dict(told.fields['relationship'].choices)[asker.relationship]}",  # type: ignore[attr-defined]
            to_family,
        ),
        (_("How to reach them"), "\n".join(reach), to_family),
        (
            _("How it came"),
            f"{Channel(asked.channel).label}, {long_day(asked.came_on)}",
            to_family,
        ),
        (_("Term"), str(Term.objects.select_related("school_year").get(pk=asked.term_id)), to_family),
        (_("Courses"), "\n".join(lines), to_courses),
        (_("Courses in person"), str(asked.in_person_courses), to_courses),
    ]
    return [{"term": term, "value": value, "url": url, "action": _("Change")} for term, value, url in rows]


@for_roles(*ENTERING_ROLES)
def discard(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then throws an entry away."""
    row = entry_of(request.hat, pk)
    if "request" in row.answers:
        return already_entered(request, row)
    if request.method == "POST":
        actions.discard_entry(pk)
        messages.success(request, _("The entry is gone."))
        return redirect("part_time:enter")
    return render(request, "part_time/paper/discard.html", {"entry": row})


# Afterwards ---------------------------------------------------------------------------------------


@require_safe
@for_roles(*ENTERING_ROLES)
def receipt(request: HatRequest, pk: int) -> HttpResponse:
    """A page to hand over or to mail: number, day, due day, courses (R-13)."""
    entered = CourseRequest.objects.reviewable_by(request.hat).exclude(channel=Channel.PORTAL)
    row = get_object_or_404(with_all_it_needs(entered), pk=pk)
    context = {"row": row, "contact": row.lea.contact, "has_account": has_account(row.claim.asker_email)}
    context |= who_registers(row)
    return render(request, "part_time/paper/receipt.html", context)
