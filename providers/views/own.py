"""What a provider keeps itself: its profile, and in which terms its courses take students."""

import datetime as dt

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..choice import terms_of
from ..days import CatalogDay
from ..forms.own import AvailabilityForm, OwnCoursesForm, ProfileForm
from ..models import AvailabilityState, Course, CourseQuerySet, ProviderProfile
from ..standing import STATUS_KINDS, standing, with_its_papers
from ..tables import ApplicationTable, AuthorizationTable, NoticeTable, OwnCourseTable, SanctionTable

PER_PAGE = 25
UNDO = (
    "undo_availability"  # in the session: the course, when it was changed, and by term what was there before
)


def own_courses_of(hat: Membership) -> CourseQuerySet:
    """The listings of this hat's provider that hold today or later."""
    today = timezone.localdate()
    return Course.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today), provider=hat.organization_id
    ).select_related("provider__organization")


@for_roles(*PROVIDER_ROLES)
@require_safe
def own_courses(request: HatRequest) -> HttpResponse:
    """The provider's courses, and in which coming terms they take students."""
    form = OwnCoursesForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    today = CatalogDay(on=timezone.localdate(), is_past=False)
    courses = own_courses_of(request.hat)
    understood = courses.understand(words)
    courses = courses.having(understood).ranked(understood)
    table = OwnCourseTable(courses, day=today)
    table.cut(request, count=courses.count(), per_page=PER_PAGE)
    undo = request.session.get(UNDO)
    context = {
        "table": table,
        "form": form,
        "undo": undo and own_courses_of(request.hat).filter(pk=undo["course"]).first(),
    }
    return render(request, "providers/own_courses.html", context)


@for_roles(*PROVIDER_ROLES)
def own_course(request: HatRequest, pk: int) -> HttpResponse:
    """Say for each coming term whether a course takes students."""
    course = get_object_or_404(own_courses_of(request.hat), pk=pk)
    day = CatalogDay(on=timezone.localdate(), is_past=False)
    choices = terms_of([course], day)[course.pk]
    form = AvailabilityForm(request.POST if request.method == "POST" else None, choices=choices)
    if form.is_valid():
        now = timezone.now()
        before = actions.set_availability(course.pk, states=form.states(), by=request.hat, at=now)
        if before:
            states = {str(term): state.value for term, state in before.items()}
            request.session[UNDO] = {"course": course.pk, "at": now.isoformat(), "before": states}
        messages.success(request, _("Saved: %(course)s.") % {"course": course})
        return redirect("providers:own_courses")
    return render(request, "providers/own_course.html", {"course": course, "form": form, "choices": choices})


@for_roles(*PROVIDER_ROLES)
@require_POST
def undo_availability(request: HatRequest) -> HttpResponse:
    """Put back what the last change of this session replaced, unless a colleague changed it since.

    A second press changes nothing.
    """
    undo = request.session.pop(UNDO, None)
    course = undo and own_courses_of(request.hat).filter(pk=undo["course"]).first()
    if course:
        before = {int(term): AvailabilityState(state) for term, state in undo["before"].items()}
        undone = actions.set_availability(
            course.pk,
            states=before,
            by=request.hat,
            at=timezone.now(),
            untouched_since=dt.datetime.fromisoformat(undo["at"]),
        )
        if undone.keys() == before.keys():
            messages.success(request, _("Undone: %(course)s is as it was before.") % {"course": course})
        else:
            sentence = _("A colleague has changed %(course)s since. What the colleague said stays.")
            messages.info(request, sentence % {"course": course})
    else:
        messages.info(request, _("There is nothing to undo."))
    return redirect("providers:own_courses")


@for_roles(Role.PROVIDER_ADMIN)
@require_safe
def profile(request: HatRequest) -> HttpResponse:
    """The provider's own page: how it stands, what it tells, and what the state office wrote."""
    row = get_object_or_404(with_its_papers(), pk=request.hat.organization_id)
    today = timezone.localdate()
    now, last_day = standing(row, on=today)
    context = {
        "provider": row,
        "standing": now,
        "kind": STATUS_KINDS[now],
        "last_day": last_day,
        "profile": ProviderProfile.objects.filter(provider=row).first(),
        "authorizations": AuthorizationTable(row.authorizations.order_by("-valid_from")),
        "applications": ApplicationTable(row.applications.order_by("-received_on", "-pk"), today=today),
        "notices": NoticeTable(
            row.corrective_actions.prefetch_related("sanctions").order_by("-noticed_on", "-pk"),
            may_change=False,
        ),
        "sanctions": SanctionTable(row.sanctions.order_by("-valid_from")),
        "own": True,
    }
    return render(request, "providers/provider.html", context)


@for_roles(Role.PROVIDER_ADMIN)
def change_profile(request: HatRequest) -> HttpResponse:
    """Keep the links, the contact methods and the attestation."""
    row = get_object_or_404(Provider.objects.select_related("organization"), pk=request.hat.organization_id)
    form = ProfileForm(request.POST or None, profile=ProviderProfile.objects.filter(provider=row).first())
    if form.is_valid():
        try:
            actions.change_profile(row.pk, by=request.hat, at=timezone.now(), **form.answers())
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Your page is saved."))
            return redirect("providers:profile")
    return render(request, "providers/profile_form.html", {"form": form, "provider": row})


@for_roles(Role.PROVIDER_ADMIN)
def apply(request: HatRequest) -> HttpResponse:
    """Asks, then sends an application for an authorization or its renewal."""
    row = get_object_or_404(Provider, pk=request.hat.organization_id)
    if request.method == "POST":
        try:
            actions.apply(row.pk, received_on=timezone.localdate())
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, _("Your application is with the state office."))
        return redirect("providers:profile")
    return render(request, "providers/apply.html")
