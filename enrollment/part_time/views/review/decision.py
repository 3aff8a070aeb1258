"""The decision on a course, and a mistaken one replaced: first the letter as it will be sent, then the sending."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...findings import newest_team_review
from ...forms.review import DecisionForm, ReplacementForm
from ...models import Basis, CourseLine, Decision, LineState, Outcome, standing_advice
from .scope import ADVICE, lines_to_decide, roles_that_decide


@for_roles(Role.COUNSELOR, Role.DECIDER)
def decide(request: HatRequest, pk: int) -> HttpResponse:
    """Approves or denies one course, in two steps: the letter as it will be sent, then the sending.

    403 for a counselor where the district's policy reserves the decision (R-19).
    """
    now = timezone.now()
    line = get_object_or_404(lines_to_decide(request.hat), pk=pk)
    refuse_who_may_not(line, hat=request.hat, on=central_date(now))
    if line.state != LineState.REQUESTED:
        return not_open(request, line)
    back = reverse("part_time:review", args=[line.request_id])
    form = DecisionForm(request.POST or None, on=central_date(now), cancel_url=back)
    if form.is_valid() and "change" not in request.POST:
        if "send" not in request.POST:
            context = {"line": line, "form": form, "letter": letter(line, form, by=request.hat, at=now)}
            return render(request, "part_time/review/preview.html", context)
        try:
            send(line, form, by=request.hat, at=now)
        except actions.AlreadyDecided:
            return not_open(request, line)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done(form, line))
            return redirect(next_page(line.request_id))
    context = beside_the_form(line) | {"form": form}
    return render(request, "part_time/review/decide.html", context)


@for_roles(Role.COUNSELOR, Role.DECIDER)
def supersede(request: HatRequest, pk: int) -> HttpResponse:
    """Replaces a mistaken decision by another, with its reason; the family gets a new letter (R-26)."""
    now = timezone.now()
    decision = get_object_or_404(decisions_of(request.hat), pk=pk)
    line = get_object_or_404(lines_to_decide(request.hat), pk=decision.line_id)
    refuse_who_may_not(line, hat=request.hat, on=central_date(now))
    back = reverse("part_time:review", args=[line.request_id])
    if line.decision_id != decision.pk:
        return already_replaced(request, decision)
    try:
        actions.refuse_irreplaceable(LineState(line.state))
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect(back)
    form = ReplacementForm(
        request.POST or None, replaced=Outcome(decision.outcome), on=central_date(now), cancel_url=back
    )
    if form.is_valid() and "change" not in request.POST:
        if "send" not in request.POST:
            preview = letter(line, form, by=request.hat, at=now, replaces=decision)
            context = {"line": line, "form": form, "letter": preview, "replaces": decision}
            return render(request, "part_time/review/preview.html", context)
        try:
            actions.supersede(pk, by=request.hat, at=now, **form.replacement)
        except actions.AlreadyDecided:
            return already_replaced(request, decision)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done(form, line))
            return redirect(back)
    context = beside_the_form(line) | {"form": form, "decision": decision}
    return render(request, "part_time/review/supersede.html", context)


def refuse_who_may_not(line: CourseLine, *, hat: Membership, on: dt.date) -> None:
    """403 where the district's policy reserves the decision (R-19)."""
    if hat.role not in roles_that_decide(line.request.lea_id, on=on):
        raise PermissionDenied(str(actions.MayNotDecide.sentence))


def decisions_of(hat: Membership) -> QuerySet[Decision]:
    lines = CourseLine.objects.reviewable_by(hat)
    return Decision.objects.filter(line__in=lines).select_related(
        "letter", "line__course", "line__request", "decided_by__user"
    )


def beside_the_form(line: CourseLine) -> dict[str, Any]:
    """What a decider reads while writing: the course, the advice, what the team found, who would pay."""
    prefetch_related_objects([line], ADVICE)
    return {
        "line": line,
        "advice": standing_advice(line),
        "team_review": newest_team_review(line.request),
        "asks_to_pay": line.basis == Basis.ASKED,
    }


def letter(
    line: CourseLine,
    form: DecisionForm,
    *,
    by: Membership,
    at: dt.datetime,
    replaces: Decision | None = None,
) -> str:
    return actions.preview_letter(
        line,
        by=by,
        at=at,
        outcome=Outcome(form.cleaned_data["outcome"]),
        replaces=replaces,
        superseding_reason=form.cleaned_data.get("reason", ""),
        **form.words,
    )


def send(line: CourseLine, form: DecisionForm, *, by: Membership, at: dt.datetime) -> Decision:
    considered = form.cleaned_data["in_person_considered"]
    if form.cleaned_data["outcome"] == Outcome.APPROVED:
        options = form.cleaned_data["in_person_options"]
        return actions.approve(
            line.pk, by=by, at=at, in_person_considered=considered, in_person_options=options
        )
    return actions.deny(line.pk, by=by, at=at, in_person_considered=considered, **form.words)


def done(form: DecisionForm, line: CourseLine) -> str:
    sentence = (
        _("%(course)s is approved. The letter is sent to the family.")
        if form.cleaned_data["outcome"] == Outcome.APPROVED
        else _("%(course)s is denied. The letter is sent to the family.")
    )
    return sentence % {"course": line.course.title}


def next_page(request_id: int) -> str:
    """The next course that waits, else the request."""
    waiting = CourseLine.objects.filter(request=request_id, state=LineState.REQUESTED)
    following = waiting.order_by("position", "pk").first()
    if following is not None:
        return reverse("part_time:decide", args=[following.pk])
    return reverse("part_time:review", args=[request_id])


def not_open(request: HatRequest, line: CourseLine) -> HttpResponse:
    """The second decider reads the decision. Who clicked twice goes on as after one click."""
    decision = decisions_of(request.hat).filter(line=line, superseded_by=None).first()
    if decision is None:
        messages.info(request, _("The family took this course back. There is nothing to decide."))
        return redirect("part_time:review", line.request_id)
    if request.method == "POST" and decision.decided_by_id == request.hat.pk:
        return redirect(next_page(decision.line.request_id))
    return already_decided(request, decision)


def already_replaced(request: HatRequest, decision: Decision) -> HttpResponse:
    """The same for a decision that was to be replaced."""
    holds = get_object_or_404(decisions_of(request.hat), line=decision.line_id, superseded_by=None)
    if request.method == "POST" and holds.decided_by_id == request.hat.pk:
        return redirect("part_time:review", decision.line.request_id)
    return already_decided(request, holds)


def already_decided(request: HatRequest, decision: Decision) -> HttpResponse:
    status = 409 if request.method == "POST" else 200
    return render(request, "part_time/review/already_decided.html", {"decision": decision}, status=status)
