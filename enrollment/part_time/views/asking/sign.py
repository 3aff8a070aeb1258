"""Step 4: everything to check, the statements, the signature. Or throwing the draft away."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LeaPolicy,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...forms.family import (
    SignForm,
)
from ...models import CourseLine, CourseRequest, RequestState
from ...sources import source_key
from .rows import (
    already_sent,
    answers_of,
    asks_prior_semester,
    lines_of,
    requests_of,
    who_pays_is_open,
)


@for_roles(*FAMILY_ROLES)
def sign(request: HatRequest, pk: int) -> HttpResponse:
    """All answers to check, the statements, the signature; then the request is sent (R-12)."""
    now = timezone.now()
    draft = get_object_or_404(requests_of(request.hat), pk=pk)
    if draft.state != RequestState.DRAFT:
        return already_sent(request, pk)
    lines = lines_of(draft)
    if refusal := what_is_open(draft, lines):
        messages.info(request, str(refusal.sentence))
        return redirect("part_time:courses", pk)
    form = sign_form(request, draft, on=central_date(now))
    try:
        if form.is_bound:
            form.is_valid()
            # Also when something else is wrong: a page that comes back has lost nothing.
            actions.answer_draft(pk, **form.answers(), at=now)
        if "keep" in request.POST:
            return render(request, "part_time/family/kept.html", {"at": now})
        if form.is_valid() and send(request, pk, form, at=now):
            return redirect("part_time:receipt", pk)
    except actions.AlreadySent:
        return already_sent(request, pk)
    context = {
        "row": draft,
        "form": form,
        "answers": answers_of(draft, lines),
        "is_over": any(line.over_full_load for line in lines),
    }
    return render(request, "part_time/family/sign.html", context)


def what_is_open(draft: CourseRequest, lines: list[CourseLine]) -> type[Refusal] | None:
    """What has to be answered on the page of courses before there is something to sign."""
    if not lines or draft.in_person_courses is None:
        return actions.NotYetComplete
    return actions.WhoPaysNotSaid if who_pays_is_open(lines) else None


def sign_form(request: HatRequest, draft: CourseRequest, *, on: dt.date) -> SignForm:
    policy = LeaPolicy.objects.on(on).filter(lea=draft.lea_id).first()
    return SignForm(
        request.POST or None,
        statements=list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=on)),
        asks_prior_semester=asks_prior_semester(on),
        prior_semester_text=policy.prior_semester_text if policy else "",
        initial={
            "has_iep_or_504": draft.has_iep_or_504,
            "prior_semester": draft.prior_semester,
            "note": draft.note,
        },
    )


def send(request: HatRequest, pk: int, form: SignForm, *, at: dt.datetime) -> bool:
    """Whether the request was sent; if not, the form says why. Raises AlreadySent."""
    try:
        actions.submit(
            pk,
            by=request.hat,
            signed_name=form.cleaned_data["signed_name"],
            acknowledged=form.acknowledged(),
            **form.answers(),
            source_key=source_key(request),
            at=at,
        )
    except actions.AlreadySent:
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


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
