"""Services for a student with an IEP or a 504 plan: what the team found, the agreement in its versions, the reviews.

Host and resident district act; the family and the state office read.
"""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enrollment.part_time.facts import dispute_route
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, FAMILY_ROLES, HOST_ROLES, Membership
from mocap_portal.foundation.papers.letters import lay_out
from mocap_portal.foundation.papers.responses import pdf_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.forms import Together

from .. import services_letter
from ..actions import services as actions
from ..actions.services_needed import services_missing, unsigned_words
from ..actions.sides import ApplicationOver, is_over
from ..forms.services import AgreementForm, FindingForm, ReviewForm, ServiceFormSet, Services, SignForm
from ..models import (
    RESIDENT_SERVICE_ROLES,
    FindingOutcome,
    GoalReview,
    ProgramApplication,
    ServicesAgreement,
    ServicesFinding,
    Side,
)
from .rows import acted_on_by, applications_for

ACTING_ROLES = HOST_ROLES | frozenset(RESIDENT_SERVICE_ROLES)
READING_ROLES = ACTING_ROLES | FAMILY_ROLES | DESE_ROLES

FINDING_KINDS = {
    FindingOutcome.NOT_NEEDED: "off",
    FindingOutcome.VIRTUAL: "good",
    FindingOutcome.NOT_VIRTUAL: "info",
}


@dataclass(frozen=True)
class Version:
    """A version of the agreement, and in a word how it stands."""

    agreement: ServicesAgreement
    kind: str
    label: str
    signatures: list[dict[str, str]]


@require_safe
@for_roles(*READING_ROLES)
def services(request: HatRequest, pk: int) -> HttpResponse:
    """The finding that stands, every version of the agreement, the reviews, and what is missing next."""
    application = get_object_or_404(applications_for(request.hat), pk=pk)
    findings = list(
        application.services_findings.select_related(
            "recorded_by__user", "recorded_by__organization"
        ).order_by("-number")
    )
    agreements = list(
        application.services_agreements.select_related("resident_signed_by__organization").order_by(
            "-version"
        )
    )
    for row in agreements:
        row.application = application
    standing = next((row for row in agreements if not row.unsigned), None)
    open_version = agreements[0] if agreements and agreements[0].unsigned else None
    acts = may_act(application, request.hat)
    context = {
        "application": application,
        "finding": findings[0] if findings else None,
        "finding_kind": FINDING_KINDS[FindingOutcome(findings[0].outcome)] if findings else "",
        "earlier": findings[1:],
        "versions": [version_words(row, standing=standing, newest=agreements[0]) for row in agreements],
        "missing": services_missing(application) or (unsigned_words(open_version) if open_version else None),
        "acts": acts,
        "may_draft": acts and findings and findings[0].outcome != FindingOutcome.NOT_NEEDED,
        "to_sign": open_version
        if acts and open_version and own_side(request.hat) in open_version.unsigned
        else None,
        "may_review": acts and standing is not None,
        "reviews": GoalReview.objects.filter(agreement__application=application)
        .select_related("by__user", "agreement")
        .order_by("-reviewed_on", "-pk"),
        "dispute": dispute_route(on=central_date(timezone.now())) if request.hat.is_family else None,
    }
    return render(request, "full_time/services/services.html", context)


@require_safe
@for_roles(*READING_ROLES)
def agreement(request: HatRequest, pk: int, version: int) -> HttpResponse:
    """A version to read and print: as it was signed, or as it would be."""
    row = version_for(request.hat, pk, version)
    standing = ServicesAgreement.objects.standing(pk)
    newest = ServicesAgreement.objects.newest(pk)
    context = {
        "application": row.application,
        "version": version_words(row, standing=standing, newest=newest),
        "html": words_of(row, on=central_date(timezone.now())),
        "may_sign": may_act(row.application, request.hat)
        and row == newest
        and own_side(request.hat) in row.unsigned,
    }
    return render(request, "full_time/services/agreement.html", context)


@require_safe
@for_roles(*READING_ROLES)
def pdf(request: HatRequest, pk: int, version: int) -> FileResponse:
    """The same as PDF, once both have signed."""
    signed = ServicesAgreement.objects.signed().filter(application__in=applications_for(request.hat))
    row = get_object_or_404(signed.select_related("letter"), application=pk, version=version)
    assert row.letter is not None  # of the signed ones
    return pdf_response(row.letter)


@for_roles(*ACTING_ROLES)
def finding(request: HatRequest, pk: int) -> HttpResponse:
    """Either side records what the team found."""
    now = timezone.now()
    application = get_object_or_404(acted_on_by(request.hat), pk=pk)
    back = reverse("full_time:services", args=[pk])
    if is_over(application):
        return _refused(request, ApplicationOver(), back)
    standing = ServicesFinding.objects.standing(pk)
    form = FindingForm(
        request.POST or None,
        today=central_date(now),
        cancel_url=back,
        initial={"after": standing.number if standing else 0},
    )
    if form.is_valid():
        try:
            actions.record_finding(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            return _refused(request, refusal, back)
        messages.success(request, _("The finding is recorded. The other district was told."))
        return redirect(back)
    context = {
        "application": application,
        "title": _("What did the IEP or 504 team find?"),
        "intro": _("A new finding stands in the place of an earlier one, which stays on the page."),
        "form": form,
    }
    return render(request, "full_time/services/act.html", context)


@for_roles(*ACTING_ROLES)
def draft(request: HatRequest, pk: int) -> HttpResponse:
    """Either side writes a version of the agreement, from the version before if there is one."""
    application = get_object_or_404(acted_on_by(request.hat), pk=pk)
    back = reverse("full_time:services", args=[pk])
    try:
        if is_over(application):
            raise ApplicationOver
        actions.refuse_needless(application)
    except Refusal as refusal:
        return _refused(request, refusal, back)
    newest = ServicesAgreement.objects.newest(pk)
    form, formset = _agreement_forms(request, newest)
    wants_more = "more" in request.POST
    if request.method == "POST" and all([form.is_valid(), formset.is_valid()]):  # each says what is wrong
        if wants_more:
            formset = _one_more(request, formset)
        else:
            answer = _draft(request, pk, form, formset, back=back)
            if answer is not None:
                return answer
    context = {
        "application": application,
        "form": form,
        "formset": formset,
        "together": Together(form, *formset.forms),
        "is_first": newest is None,
        "back": back,
    }
    return render(request, "full_time/services/draft.html", context)


@for_roles(*ACTING_ROLES)
def sign(request: HatRequest, pk: int, version: int) -> HttpResponse:
    """The whole text, and the signature of one's side below it."""
    now = timezone.now()
    get_object_or_404(acted_on_by(request.hat), pk=pk)
    row = version_for(request.hat, pk, version)
    back = reverse("full_time:services", args=[pk])
    if own_side(request.hat) not in row.unsigned:
        messages.info(request, _("Your side has signed this version already."))
        return redirect(back)
    if row != ServicesAgreement.objects.newest(pk):
        return _refused(request, actions.Replaced(), back)
    form = SignForm(request.POST or None, cancel_url=back)
    if form.is_valid():
        try:
            signed = actions.sign(row.pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            return _refused(request, refusal, back)
        messages.success(
            request,
            _("You signed for your side. The other side was told.")
            if signed.unsigned
            else _("Both sides have signed. The plan holds, and the family was told."),
        )
        return redirect(back)
    context = {
        "application": row.application,
        "title": _("Sign the services agreement"),
        "intro": _(
            "Read version %(version)d of the agreement. It holds as soon as both sides have signed it."
        )
        % {"version": version},
        "html": words_of(row, on=central_date(now)),
        "form": form,
    }
    return render(request, "full_time/services/act.html", context)


@for_roles(*ACTING_ROLES)
def review(request: HatRequest, pk: int) -> HttpResponse:
    """One side says how goals and accommodations are doing; the other side and the family read it."""
    now = timezone.now()
    application = get_object_or_404(acted_on_by(request.hat), pk=pk)
    back = reverse("full_time:services", args=[pk])
    if is_over(application):
        return _refused(request, ApplicationOver(), back)
    if ServicesAgreement.objects.standing(pk) is None:
        return _refused(request, actions.NothingSigned(), back)
    form = ReviewForm(request.POST or None, today=central_date(now), cancel_url=back)
    if form.is_valid():
        try:
            actions.review_goals(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            return _refused(request, refusal, back)
        messages.success(request, _("The review is recorded. The other district was told."))
        return redirect(back)
    context = {
        "application": application,
        "title": _("Review goals and accommodations"),
        "intro": _("Host and resident district each write how they see it. The family reads both."),
        "form": form,
    }
    return render(request, "full_time/services/act.html", context)


# Rows and words -----------------------------------------------------------------------------------


def may_act(application: ProgramApplication, hat: Membership) -> bool:
    return (
        hat.role in ACTING_ROLES
        and not is_over(application)
        and acted_on_by(hat).filter(pk=application.pk).exists()
    )


def own_side(hat: Membership) -> Side:
    return Side.HOST if hat.role in HOST_ROLES else Side.RESIDENT


def version_for(hat: Membership, pk: int, version: int) -> ServicesAgreement:
    rows = ServicesAgreement.objects.filter(application__in=applications_for(hat)).select_related(
        "letter",
        "resident_signed_by__organization",
        "application__claim",
        "application__program__host__organization",
        "application__resident_lea__organization",
        "application__enrollment__resident_lea__organization",
    )
    return get_object_or_404(rows, application=pk, version=version)


def version_words(
    row: ServicesAgreement, *, standing: ServicesAgreement | None, newest: ServicesAgreement | None
) -> Version:
    if row == standing:
        kind, label = "good", _("Holds: signed by both sides")
    elif not row.unsigned:
        kind, label = "off", _("Held until a newer version was signed")
    elif row == newest:
        kind, label = "waiting", _("Waits for signatures")
    else:
        kind, label = "off", _("Replaced before both had signed")
    host = row.application.program.host.organization.name
    resident = services_letter.resident_district(row)
    signatures = [
        {"term": name, "value": services_letter.signature_words(row, side)}
        for name, side in ((host, Side.HOST), (resident, Side.RESIDENT))
    ]
    return Version(row, kind, label, signatures)


def words_of(row: ServicesAgreement, *, on: dt.date) -> str:
    """The text as it was kept when both had signed, else as it would be today."""
    return row.letter.html if row.letter else lay_out(services_letter.compose(row, on=on))


def _agreement_forms(request: HatRequest, newest: ServicesAgreement | None) -> tuple[AgreementForm, Services]:
    """Filled with the version before: an amendment changes little of it."""
    data = request.POST or None
    if newest is None:
        form = AgreementForm(data, is_first=True, initial={"after": 0})
        return form, ServiceFormSet(data, prefix="services")
    names = ["starts_on", "ends_on", "place", "money", "host_does", "resident_does"]
    form = AgreementForm(
        data, is_first=False, initial=model_to_dict(newest, names) | {"after": newest.version}
    )
    known = [model_to_dict(service) for service in newest.services.order_by("pk")]
    return form, ServiceFormSet(data, initial=known, prefix="services")


def _one_more(request: HatRequest, formset: Services) -> Services:
    """The same answers, and one more empty service below them."""
    data = request.POST.copy()
    data["services-TOTAL_FORMS"] = str(min(formset.total_form_count() + 1, formset.max_num))
    return ServiceFormSet(data, initial=formset.initial, prefix="services")


def _draft(
    request: HatRequest, pk: int, form: AgreementForm, formset: Services, *, back: str
) -> HttpResponse | None:
    """None when there is something to mend in the form."""
    try:
        actions.draft_agreement(
            pk,
            by=request.hat,
            at=timezone.now(),
            after=form.cleaned_data["after"],
            terms=form.terms,
            services=formset.planned,
            change=form.cleaned_data.get("change", ""),
        )
    except (
        actions.NoServices,
        actions.ServiceOutside,
        actions.BodyNotNamed,
        actions.RunsBackwards,
    ) as refusal:
        form.add_error(None, str(refusal.sentence))
        return None
    except Refusal as refusal:
        return _refused(request, refusal, back)
    messages.success(
        request,
        _("The version is written and the other side was asked to sign. Sign it for yours, too."),
    )
    return redirect(back)


def _refused(request: HatRequest, refusal: Refusal, back: str) -> HttpResponse:
    messages.info(request, str(refusal.sentence))
    return redirect(back)
