"""A family's letters: what was asked for, asking for another, and a student of age who lets a parent ask."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from enrollment.records.models import Student
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, HOST_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first

from .. import actions
from ..forms.family import AskForm, AskWithConsentForm, ConsentForm
from ..models import LetterConsent, LetterRequest
from ..tables import LetterTable

ROWS_PER_PAGE = 25


@dataclass(frozen=True)
class Child:
    """A student of this family: whether there is something to certify, whether they may let a parent ask, and what
    they agreed to that they can still withdraw."""

    student: Student
    certifiable: bool
    may_agree: bool
    consents: Sequence[LetterConsent] = ()


@require_safe
@for_roles(*FAMILY_ROLES)
def letters(request: HatRequest) -> HttpResponse:
    """The letters of this family, the newest first, and for whom another can be asked."""
    today = central_date(timezone.now())
    students = Student.objects.visible_to(request.hat).distinct().order_by("first_name", "last_name", "pk")
    children = [_child(student, hat=request.hat, today=today) for student in students]
    rows = LetterRequest.objects.visible_to(request.hat).select_related("student", "certification", "paper")
    page = Paginator(rows.order_by("-asked_at", "-pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    own = LetterRequest.objects.given_by(request.hat).filter(pk__in=[row.pk for row in page])
    context = {
        "children": children,
        "table": LetterTable(page.object_list),
        "page": page,
        "own": set(own.values_list("pk", flat=True)),
    }
    return render(request, "certification/letters.html", context)


def _child(student: Student, *, hat: Membership, today: dt.date) -> Child:
    is_own = actions.is_self(student, by=hat)
    may_agree = is_own and actions.is_of_age(student, on=today)
    consents = LetterConsent.objects.standing().filter(student=student).select_related("parent__user")
    return Child(
        student,
        actions.subject_of(student, on=today) is not None,
        may_agree,
        list(consents.order_by("pk")) if is_own else (),
    )


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


@for_roles(*FAMILY_ROLES, *HOST_ROLES)
def take_back(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes a request back that is not issued yet: a family its own, the host what came on paper."""
    row = get_object_or_404(LetterRequest.objects.given_by(request.hat), pk=pk)
    return ask_first(
        request,
        lambda: actions.take_back(pk, by=request.hat, at=timezone.now()),
        title=_("Take back letter %(number)s?") % {"number": row.number},
        text=_("The letter is then not issued. The same request can be given again later."),
        button=_("Take it back"),
        done=_("Taken back. The same request can be given again on this page."),
        back=_list_of(request.hat),
    )


@require_POST
@for_roles(*FAMILY_ROLES, *HOST_ROLES)
def ask_again(request: HatRequest, pk: int) -> HttpResponse:
    """Gives a request again that was taken back."""
    get_object_or_404(LetterRequest.objects.given_by(request.hat), pk=pk)
    try:
        actions.ask_again(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The letter is asked for again."))
    return redirect(_list_of(request.hat))


def _list_of(hat: Membership) -> str:
    """Where this hat finds its letters."""
    return reverse("certification:letters" if hat.is_family else "certification:requests")


@for_roles(*FAMILY_ROLES)
def withdraw_consent(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then withdraws a consent of the student of age who gave it."""
    students = Student.objects.visible_to(request.hat)
    consents = LetterConsent.objects.filter(student__in=students.values("pk"))
    row = get_object_or_404(consents.select_related("parent__user"), pk=pk)
    return ask_first(
        request,
        lambda: actions.withdraw_consent(pk, by=request.hat, at=timezone.now()),
        title=_("Withdraw your consent?"),
        text=_(
            "%(parent)s then cannot ask for a letter to %(reader)s. If it was asked for and is not issued, it is taken "
            "back. Letters that are issued stay."
        )
        % {"parent": row.parent.user.name, "reader": row.recipient},
        button=_("Withdraw the consent"),
        done=_("Your consent is withdrawn. Nobody can ask for a letter with it."),
        back=reverse("certification:letters"),
        danger=True,
    )
