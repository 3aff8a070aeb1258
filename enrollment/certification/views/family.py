"""A family's letters: what was asked for, asking for another, and a student of age who lets a parent ask."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enrollment.records.models import Student
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.family import AskForm, AskWithConsentForm, ConsentForm
from ..models import LetterRequest
from ..tables import LetterTable

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class Child:
    """A student of this family: whether there is something to certify, and whether they may let a parent ask."""

    student: Student
    certifiable: bool
    may_agree: bool


@require_safe
@for_roles(*FAMILY_ROLES)
def letters(request: HatRequest) -> HttpResponse:
    """The letters of this family, the newest first, and for whom another can be asked."""
    today = central_date(timezone.now())
    students = Student.objects.visible_to(request.hat).distinct().order_by("first_name", "last_name", "pk")
    children = [
        Child(
            student,
            actions.subject_of(student, on=today) is not None,
            actions.is_self(student, by=request.hat) and actions.is_of_age(student, on=today),
        )
        for student in students
    ]
    rows = LetterRequest.objects.visible_to(request.hat).select_related("student", "certification")
    page = Paginator(rows.order_by("-asked_at", "-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"children": children, "table": LetterTable(page.object_list), "page": page}
    return render(request, "certification/letters.html", context)


@for_roles(*FAMILY_ROLES)
def ask(request: HatRequest, student_pk: int) -> HttpResponse:
    """Asks for a letter. For a student of age a parent sees the consent under which they ask."""
    now = timezone.now()
    student = get_object_or_404(Student.objects.visible_to(request.hat).distinct(), pk=student_pk)
    needs_consent = not actions.is_self(student, by=request.hat) and actions.is_of_age(
        student, on=central_date(now)
    )
    consent = actions.consent_for(student, by=request.hat) if needs_consent else None
    back = reverse("certification:letters")
    form: AskForm
    if needs_consent:
        form = AskWithConsentForm(
            request.POST or None, initial={"consent": consent.pk if consent else None}, cancel_url=back
        )
    else:
        form = AskForm(request.POST or None, cancel_url=back)
    if form.is_valid():
        try:
            actions.ask(
                student_pk,
                by=request.hat,
                at=now,
                recipient=form.cleaned_data.get("recipient", ""),
                consent_id=form.cleaned_data.get("consent"),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The letter is asked for. You get a mail when it is ready."))
            return redirect(back)
    context = {
        "student": student,
        "form": form,
        "needs_consent": needs_consent,
        "consent": consent,
        "missing": str(actions.ConsentMissing.sentence),
    }
    return render(request, "certification/ask.html", context)


@for_roles(*FAMILY_ROLES)
def consent(request: HatRequest, student_pk: int) -> HttpResponse:
    """A student of age agrees that a parent asks for one letter (R-136, R-152)."""
    now = timezone.now()
    student = get_object_or_404(Student.objects.visible_to(request.hat).distinct(), pk=student_pk)
    back = reverse("certification:letters")
    parents = actions.parents_of(student)
    form = ConsentForm(request.POST or None, parents=parents, cancel_url=back)
    if form.is_valid():
        try:
            actions.give_consent(student_pk, by=request.hat, at=now, **form.answer)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Signed. Your parent can ask for one letter."))
            return redirect(back)
    context = {
        "form": form,
        "parents": parents,
        "may_agree": actions.is_self(student, by=request.hat)
        and actions.is_of_age(student, on=central_date(now)),
        "only_the_student": str(actions.OnlyTheStudentAgrees.sentence),
    }
    return render(request, "certification/consent.html", context)
