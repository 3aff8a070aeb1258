"""What a family sees of its children: what it typed, what the district answered, who was told what."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.directory.models import GRADES, School

from .. import actions
from ..models import Claim, ClaimState, Disclosure, Student

DISCLOSURES_PER_PAGE = 20


@dataclass(frozen=True)
class Child:
    """A child as its family sees it: what that family typed, else name, grade and school of the student.

    `claim_pk` is there when this person told of the child, `student_pk` when the record may be read.
    """

    name: str
    grade: str
    school: School
    state: ClaimState
    refusal: str = ""
    claim_pk: int | None = None
    student_pk: int | None = None


@for_roles(*FAMILY_ROLES)
def children(request: HatRequest) -> HttpResponse:
    """The children this person told of, then those whose guardian it became in another way."""
    students = Student.objects.visible_to(request.hat).select_related("school__lea__organization")
    readable = {student.pk: student for student in students.order_by("first_name", "last_name", "pk")}
    claims = Claim.objects.visible_to(request.hat).filter(claimant=request.hat.user_id)
    told = [
        Child(
            name=claim.full_name,
            grade=grade_words(claim.grade),
            school=claim.school,
            state=ClaimState(claim.state),
            refusal=claim.refusal,
            claim_pk=claim.pk,
            student_pk=claim.student_id if claim.student_id in readable else None,
        )
        for claim in claims.select_related("school__lea__organization").order_by(
            "first_name", "last_name", "pk"
        )
    ]
    known = {child.student_pk for child in told}
    others = [
        Child(str(row), grade_words(row.grade), row.school, ClaimState.CONFIRMED, student_pk=pk)
        for pk, row in readable.items()
        if pk not in known
    ]
    return render(request, "records/family/children.html", {"children": [*told, *others]})


@require_POST
@for_roles(*FAMILY_ROLES)
def ask_to_confirm(request: HatRequest, pk: int) -> HttpResponse:
    """Sends what this person typed to the district, without a request: the way of a second guardian."""
    claims = Claim.objects.visible_to(request.hat).filter(claimant=request.hat.user_id)
    claim = get_object_or_404(claims, pk=pk)
    actions.ask_to_confirm(claim.pk)
    messages.success(request, _("The district was asked to confirm this. You see its answer here."))
    return redirect("records:children")


@for_roles(*FAMILY_ROLES)
def disclosures(request: HatRequest, student_pk: int) -> HttpResponse:
    """Who outside the district was told what about this child, when and why (R-131)."""
    student = get_object_or_404(Student.objects.visible_to(request.hat), pk=student_pk)
    rows = Disclosure.objects.visible_to(request.hat).filter(student=student).select_related("recipient")
    page = Paginator(rows.order_by("-at", "-pk"), DISCLOSURES_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "records/family/disclosures.html", {"student": student, "page": page})


def grade_words(grade: int) -> str:
    return str(dict(GRADES)[grade])
