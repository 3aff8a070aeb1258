"""The district says who may read a student's record (34 CFR 99.4, 99.5)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.rights import AdultBasisForm, EndForm, GiveBackForm, RightsForm
from ..models import Guardian, Relationship, Student
from .staff import KEEPING_ROLES, ended_words


@for_roles(*KEEPING_ROLES)
def adult_basis(request: HatRequest, pk: int, guardian_pk: int) -> HttpResponse:
    """Records why a parent may read the record of a student of age, or takes that back."""
    row = guardian_of(request, pk, guardian_pk, exclude={"relationship": Relationship.SELF})
    form = AdultBasisForm(
        request.POST or None, guardian=row, initial={"basis": row.adult_basis} if row.adult_basis else None
    )
    return rights_page(
        request,
        "records/staff/adult_basis.html",
        form,
        lambda: actions.record_adult_basis(row.pk, **form.cleaned_data, by=request.hat, at=timezone.now()),
        done=_("It is recorded who may read the record."),
    )


@for_roles(*KEEPING_ROLES)
def end_guardianship(request: HatRequest, pk: int, guardian_pk: int) -> HttpResponse:
    """Ends somebody's rights at once; the person is told without the student's name."""
    row = guardian_of(request, pk, guardian_pk)
    form = EndForm(request.POST or None, guardian=row)

    def end() -> None:
        with translation.override("en"):  # kept as data, whatever language this page is read in
            reason = form.reason
        actions.end_guardianship(row.pk, reason=reason, by=request.hat, at=timezone.now())

    return rights_page(
        request,
        "records/staff/end_guardianship.html",
        form,
        end,
        done=_("The access has ended. The person was told without the student's name."),
    )


@for_roles(*KEEPING_ROLES)
def give_back(request: HatRequest, pk: int, guardian_pk: int) -> HttpResponse:
    """Gives access back that a district had ended, after it was shown who ended it, when and why."""
    row = guardian_of(request, pk, guardian_pk)
    ended = Guardian.objects.taken_from([row.user_id], [row.student_id])
    if not ended:
        messages.info(request, str(actions.NothingToGiveBack.sentence))
        return redirect("records:student", pk)
    form = GiveBackForm(request.POST or None, guardian=row)
    return rights_page(
        request,
        "records/staff/give_back.html",
        form,
        lambda: actions.give_back(row.pk, **form.cleaned_data, by=request.hat, at=timezone.now()),
        done=_("The access is given back."),
        ended=ended_words(ended[0]),
    )


def guardian_of(
    request: HatRequest, pk: int, guardian_pk: int, *, exclude: dict[str, Any] | None = None
) -> Guardian:
    rows = Guardian.objects.filter(student=get_object_or_404(Student.objects.visible_to(request.hat), pk=pk))
    return get_object_or_404(rows.exclude(**exclude or {}).select_related("user", "student"), pk=guardian_pk)


def rights_page(
    request: HatRequest,
    template: str,
    form: RightsForm,
    action: Callable[[], Any],
    *,
    done: str,
    **more: str,
) -> HttpResponse:
    if form.is_valid():
        try:
            action()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done)
            return redirect("records:student", form.guardian.student_id)
    return render(request, template, {"form": form, "guardian": form.guardian, **more})
