"""The district's part of a child's identity: which student a claim is about, and what is known of a student."""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import LEA_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import GRADES
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import actions
from ..filters import ClaimFilter, find
from ..forms.staff import ConfirmForm, MosisIdForm, RefusalForm, StudentSearchForm
from ..matching import candidates
from ..models import Claim, ClaimQuerySet, ClaimState, Guardian, Student, StudentQuerySet
from ..tables import (
    ClaimTable,
    ComparisonTable,
    DisclosureTable,
    GuardianTable,
    LearningPlanTable,
    StudentTable,
)

# The special-education team reads all of this and changes none of it.
KEEPING_ROLES = (Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR, Role.DATA_CLERK, Role.LEA_ADMIN)
REVIEWING_ROLES = (Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR, Role.SPECIAL_EDUCATION)

ROWS_PER_PAGE = 25
CANDIDATES_SHOWN = 20
KEY = re.compile(r"[0-9]{1,18}")


# Claims -------------------------------------------------------------------------------------------


@require_safe
@for_roles(*LEA_ROLES)
def claims(request: HatRequest) -> HttpResponse:
    """The children that families told of and that nobody has confirmed, oldest first; none of one's own."""
    waiting = Claim.objects.visible_to(request.hat).filter(state=ClaimState.TYPED)
    own = Claim.objects.about_own_child_of(request.hat.user_id)
    rows = waiting.exclude(pk__in=own).select_related("school", "claimant")
    filters = ClaimFilter(request.GET, queryset=rows.order_by("created_at", "pk"), hat=request.hat)
    table = ClaimTable(filters.qs)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "records/staff/claims.html", {"table": table, "filter_form": filters.form})


@for_roles(*LEA_ROLES)
def claim(request: HatRequest, pk: int) -> HttpResponse:
    """What a family typed beside the students it may be about; a colleague says which it is."""
    row = get_object_or_404(claims_for(request.hat), pk=pk)
    may_judge = row.state == ClaimState.TYPED and request.hat.role in KEEPING_ROLES
    is_own = Claim.objects.is_own_child(row.pk, of=request.hat.user_id)
    context: dict[str, Any] = {
        "claim": row,
        "rows": typed_rows(row),
        "may_judge": may_judge,
        "may_reopen": row.state == ClaimState.REFUSED and request.hat.role in KEEPING_ROLES and not is_own,
        "is_own": is_own,
    }
    if request.method == "POST" and request.hat.role not in KEEPING_ROLES:
        raise PermissionDenied(_("You can read this page. Your colleagues confirm who a child is."))
    if request.method == "POST":
        students = offered(row, hat=request.hat, also=request.POST.get("student", ""))
        ended = ended_access(row, students)
        form = ConfirmForm(request.POST, students=students, is_ended=bool(ended))
        if form.is_valid():
            try:
                judged = actions.confirm_claim(pk, by=request.hat, at=timezone.now(), **form.answer)
            except actions.MosisIdTaken as refusal:
                # The form comes back with the student who has this number, chosen but not yet confirmed.
                context["taken"] = refusal
                chosen = str(refusal.student.pk)
                students = offered(row, hat=request.hat, also=chosen)
                ended = ended_access(row, students)
                form = ConfirmForm(students=students, is_ended=bool(ended), initial={"student": chosen})
            except actions.AccessWasEnded as refusal:
                form.add_error("give_back", str(refusal.sentence))
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, _("The student is confirmed."))
                return redirect("records:student", judged.student_id)
    else:
        students = offered(row, hat=request.hat) if may_judge and not is_own else []
        ended = ended_access(row, students)
        form = ConfirmForm(students=students, is_ended=bool(ended))
    compared = [typed(row), *(recorded(student, who=_("On file"), beside=row) for student in students)]
    context |= {
        "form": form,
        "table": ComparisonTable(compared),
        "candidates": len(students),
        "ended": [ended_words(guardian) for guardian in ended],
    }
    return render(request, "records/staff/claim.html", context)


@for_roles(*KEEPING_ROLES)
def refuse(request: HatRequest, pk: int) -> HttpResponse:
    """The district does not know this child, or not this person as a guardian. The family reads why."""
    row = get_object_or_404(claims_for(request.hat), pk=pk)
    form = RefusalForm(request.POST or None, claim=row)
    if form.is_valid():
        try:
            actions.refuse_claim(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The child is not confirmed. The family reads why."))
            return redirect("records:claims")
    return render(request, "records/staff/refuse.html", {"claim": row, "form": form})


@require_POST
@for_roles(*KEEPING_ROLES)
def reopen(request: HatRequest, pk: int) -> HttpResponse:
    """A refusal was a mistake: the child waits to be confirmed again."""
    get_object_or_404(claims_for(request.hat), pk=pk)
    try:
        actions.reopen_claim(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The answer is taken back. The child waits to be confirmed."))
    return redirect("records:claim", pk)


def claims_for(hat: Membership) -> ClaimQuerySet:
    return Claim.objects.visible_to(hat).select_related("school", "claimant", "student", "judged_by__user")


def offered(row: Claim, *, hat: Membership, also: str = "") -> list[Student]:
    """The students a claim may be about; `also` is the key of one more, chosen by its MOSIS ID."""
    with_family = Prefetch("guardians", Guardian.objects.active().select_related("user"))
    students = list(candidates(row).prefetch_related(with_family)[:CANDIDATES_SHOWN])
    if KEY.fullmatch(also) and int(also) not in {student.pk for student in students}:
        more = Student.objects.visible_to(hat).select_related("school").prefetch_related(with_family)
        students += more.filter(pk=int(also))
    return students


def ended_access(row: Claim, students: Collection[Student]) -> list[Guardian]:
    """Where a district has ended the access of who typed this to one of these students' records (R-133)."""
    if row.claimant_id is None or not students:
        return []
    return Guardian.objects.taken_from([row.claimant_id], [student.pk for student in students])


# Students -----------------------------------------------------------------------------------------


@for_roles(*LEA_ROLES)
def students(request: HatRequest) -> HttpResponse:
    """Looks a student up. The words come by POST: names and MOSIS IDs stay out of addresses (R-31)."""
    form = StudentSearchForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "may_move": request.hat.role in actions.MOVING_ROLES}
    if form.is_valid():
        found = find(students_of(request.hat), form.cleaned_data["words"])
        rows = found.order_by("last_name", "first_name", "pk")[: ROWS_PER_PAGE + 1]
        context |= {"table": StudentTable(rows[:ROWS_PER_PAGE]), "more": len(rows) > ROWS_PER_PAGE}
    return render(request, "records/staff/students.html", context)


@require_safe
@for_roles(*LEA_ROLES)
def student(request: HatRequest, pk: int) -> HttpResponse:
    """What the portal knows of a student: data, family, what was asked for, what left the district."""
    row = get_object_or_404(students_of(request.hat), pk=pk)
    open_rows = Guardian.objects.active().filter(student=row, user=OuterRef("user"))
    guardians = (
        row.guardians.select_related("user", "adult_basis_by__user", "ended_by__user", "given_back_by__user")
        .annotate(is_open=Exists(open_rows))
        .order_by("started_on", "pk")
    )
    disclosures = row.disclosures.select_related("recipient", "disclosed_by__user").order_by("-at", "-pk")
    plans = row.learning_plans.select_related("recorded_by__user").order_by("-made_on", "-pk")
    all_claims = row.claims.select_related("claimant", "school").prefetch_related("requests")
    may_keep = request.hat.role in KEEPING_ROLES
    context = {
        "student": row,
        "rows": student_rows(row, may_keep=may_keep),
        "claims": all_claims.order_by("created_at", "pk"),
        "guardians": GuardianTable(guardians, exclude=() if may_keep else ("change",)),
        "disclosures": DisclosureTable(disclosures),
        "plans": LearningPlanTable(plans),
        "may_keep": may_keep,
        "may_review": request.hat.role in REVIEWING_ROLES,
        "may_move": request.hat.role in actions.MOVING_ROLES,
    }
    return render(request, "records/staff/student.html", context)


@for_roles(*KEEPING_ROLES)
def mosis_id(request: HatRequest, pk: int) -> HttpResponse:
    """Enters or corrects a MOSIS ID. Where another record has it, the two may be one student."""
    row = get_object_or_404(students_of(request.hat), pk=pk)
    form = MosisIdForm(request.POST or None, student=row)
    context: dict[str, Any] = {"student": row, "form": form}
    if form.is_valid():
        try:
            actions.set_mosis_id(pk, by=request.hat, **form.cleaned_data)
        except actions.MosisIdTaken as refusal:
            form.add_error("mosis_id", str(refusal.sentence))
            context["holder"] = refusal.student
        except Refusal as refusal:
            form.add_error("mosis_id", str(refusal.sentence))
        else:
            messages.success(request, _("The MOSIS ID is saved."))
            return redirect("records:student", pk)
    return render(request, "records/staff/mosis_id.html", context)


@for_roles(*KEEPING_ROLES)
def merge(request: HatRequest, pk: int, into: int) -> HttpResponse:
    """Shows two records side by side and makes them one."""
    own = students_of(request.hat).prefetch_related("guardians__user")
    gone, kept = get_object_or_404(own, pk=pk), get_object_or_404(own, pk=into)
    context: dict[str, Any] = {"gone": gone, "kept": kept}
    if request.method == "POST":
        try:
            actions.merge_students(pk, into_id=into, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            context["refusal"] = refusal
        else:
            messages.success(request, _("The two records are one student now."))
            return redirect("records:student", into)
    stays = recorded(kept, who=_("First record, stays"))
    goes = recorded(gone, who=_("Second record, goes"), beside=kept)
    context["table"] = ComparisonTable([stays, goes])
    return render(request, "records/staff/merge.html", context)


def students_of(hat: Membership) -> StudentQuerySet:
    return Student.objects.visible_to(hat).select_related("school")


# Words --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """A record as one row of the comparison. `difference` says in words what differs from the first row."""

    who: str
    name: str
    birth_date: dt.date
    grade: str
    school: str
    mosis_id: str
    family: str
    difference: str


def typed(claim: Claim) -> Compared:
    return Compared(
        who=_("What the family typed"),
        name=claim.full_name,
        birth_date=claim.birth_date,
        grade=grade_words(claim.grade),
        school=claim.school.name,
        mosis_id="",
        family=f"{claim.asked_by} ({claim.get_relationship_display()})",
        difference="",
    )


def recorded(student: Student, *, who: str, beside: Claim | Student | None = None) -> Compared:
    guardians = [guardian for guardian in student.guardians.all() if guardian.ended_on is None]
    return Compared(
        who=who,
        name=str(student),
        birth_date=student.birth_date,
        grade=grade_words(student.grade),
        school=student.school.name,
        mosis_id=student.mosis_id or _("Not known yet"),
        family=", ".join(f"{one.user.name} ({one.get_relationship_display()})" for one in guardians),
        difference=difference(student, beside) if beside else "",
    )


def difference(student: Student, other: Claim | Student) -> str:
    """Which facts are not the same, in words. Capitals do not matter in names."""
    facts = {
        _("first name"): student.first_name.casefold() != other.first_name.casefold(),
        _("last name"): student.last_name.casefold() != other.last_name.casefold(),
        _("birth date"): student.birth_date != other.birth_date,
        _("grade"): student.grade != other.grade,
        _("school"): student.school_id != other.school_id,
    }
    names = [name for name, differs in facts.items() if differs]
    return _("Different: %(facts)s") % {"facts": ", ".join(names)} if names else _("All the same")


def ended_words(guardian: Guardian) -> str:
    """Whose access to whose record was ended: when, why, and by whom."""
    assert guardian.ended_on is not None  # `ended_access` gives no other
    sentence = _("The access of %(name)s to the record of %(student)s ended on %(day)s. %(why)s. By %(who)s.")
    return sentence % {
        "name": guardian.user.name,
        "student": guardian.student,
        "day": long_day(guardian.ended_on),
        "why": guardian.end_basis.rstrip("."),
        "who": guardian.ended_by.user.name if guardian.ended_by else _("the portal"),
    }


def typed_rows(claim: Claim) -> list[dict[str, str]]:
    return [
        {"term": _("Name"), "value": claim.full_name},
        {"term": _("Birth date"), "value": long_day(claim.birth_date)},
        {"term": _("Grade and school"), "value": f"{grade_words(claim.grade)}, {claim.school}"},
        {"term": _("Typed by"), "value": f"{claim.asked_by}, {claim.get_relationship_display()}"},
        {"term": _("How to reach them"), "value": lines(*claim.how_to_reach)},
    ]


def student_rows(student: Student, *, may_keep: bool) -> list[dict[str, str]]:
    mosis_id = {"term": _("MOSIS ID"), "value": student.mosis_id or _("Not known yet")}
    if may_keep:
        mosis_id |= {
            "url": reverse("records:mosis_id", args=[student.pk]),
            "action": _("Correct") if student.mosis_id else _("Enter"),
        }
    name = {"term": _("Name"), "value": str(student)}
    if may_keep:
        name |= {
            "url": reverse("records:correct_student", args=[student.pk]),
            "action": _("Correct the data"),
        }
    return [
        name,
        mosis_id,
        {"term": _("Birth date"), "value": long_day(student.birth_date)},
        {"term": _("Grade and school"), "value": f"{grade_words(student.grade)}, {student.school}"},
    ]


def grade_words(grade: int) -> str:
    return str(dict(GRADES)[grade])


def lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))
