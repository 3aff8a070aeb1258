"""What a district's administrators keep about their own district."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import LeaPolicy, RequestWindow, Term

from ..forms import ContactForm, LinksForm, PolicyForm, WindowForm
from ..profile import incomplete_leas, missing, windows
from ..queries import own_lea
from ..tables import IncompleteTable, PolicyHistory
from .kinds import DISTRICT_ROLES, form_page, list_page, today


@for_roles(*DISTRICT_ROLES)
def district(request: HatRequest) -> HttpResponse:
    """The district as families, providers and DESE know it."""
    lea = get_object_or_404(own_lea(request.hat))
    policies = LeaPolicy.objects.filter(lea=lea)
    history = PolicyHistory(policies.order_by("-valid_from"))
    RequestConfig(request, paginate=False).configure(history)
    context = {
        "lea": lea,
        "policy": policies.on(today()).first(),
        "history": history,
        "may_change": request.hat.role == Role.LEA_ADMIN,
        "missing": [one.what for one in missing(lea)],
        "windows": windows(lea, on=today()),
    }
    return render(request, "state_map/district.html", context)


@for_roles(Role.LEA_ADMIN)
def change_policy(request: HatRequest) -> HttpResponse:
    """A new policy from a day on."""
    lea = get_object_or_404(own_lea(request.hat))
    newest = LeaPolicy.objects.filter(lea=lea).order_by("-valid_from").first()
    names = [name for name in PolicyForm.base_fields if name not in {"valid_from", "source"}]
    back = reverse("state_map:district")
    form = PolicyForm(
        request.POST or None,
        cancel_url=back,
        initial={name: getattr(newest, name) for name in names} if newest else None,
    )
    return form_page(
        request,
        form,
        lambda: directory.change_lea_policy(lea.pk, **form.cleaned_data, today=today()),
        title=_("Your district's policy"),
        intro=_("The policy that holds until then ends the day before. It stays in the history."),
        back=back,
    )


@for_roles(Role.LEA_ADMIN)
def change_contact(request: HatRequest) -> HttpResponse:
    """Whom to turn to."""
    lea = get_object_or_404(own_lea(request.hat))
    back = reverse("state_map:district")
    form = ContactForm(
        request.POST or None,
        cancel_url=back,
        initial={"name": lea.contact_name, "email": lea.contact_email, "phone": lea.contact_phone},
    )
    return form_page(
        request,
        form,
        lambda: directory.change_contact(lea.pk, **form.cleaned_data),
        title=_("Your district's contact"),
        intro=_("Families, providers and DESE turn to this person about MOCAP."),
        back=back,
    )


@for_roles(Role.LEA_ADMIN)
def change_links(request: HatRequest) -> HttpResponse:
    """Where families read the guidance and the policies."""
    lea = get_object_or_404(own_lea(request.hat))
    back = reverse("state_map:district")
    form = LinksForm(
        request.POST or None,
        cancel_url=back,
        initial={name: getattr(lea, name) for name in LinksForm.base_fields},
    )
    return form_page(
        request,
        form,
        lambda: directory.change_links(lea.pk, **form.cleaned_data),
        title=_("Your district's guidance and policies"),
        intro=_("Families find these links on your district's public page. State rules ask for all of them."),
        back=back,
    )


@for_roles(Role.LEA_ADMIN)
def change_window(request: HatRequest, term_pk: int) -> HttpResponse:
    """When the district would like to get requests for a term."""
    lea = get_object_or_404(own_lea(request.hat))
    terms = Term.objects.open_to_requests(today()).select_related("school_year")
    term = get_object_or_404(terms, pk=term_pk)
    window = RequestWindow.objects.filter(lea=lea, term=term).first()
    back = reverse("state_map:district")
    form = WindowForm(
        request.POST or None,
        cancel_url=back,
        initial={"opens_on": window.opens_on, "closes_on": window.closes_on} if window else None,
    )
    return form_page(
        request,
        form,
        lambda: directory.change_window(lea.pk, term.pk, **form.cleaned_data),
        title=_("Requests for: %(term)s") % {"term": term},
        intro=_("On which days would you like to get requests? Leave all boxes empty if it does not matter."),
        back=back,
    )


@for_roles(*DESE_ROLES)
def incomplete(request: HatRequest) -> HttpResponse:
    """The districts whose public page lacks something that state rules ask for (R-116, R-143)."""
    return list_page(
        request,
        IncompleteTable(incomplete_leas(on=today())),
        title=_("Districts whose page is incomplete"),
        intro=_("State rules ask each district for a contact, a guidance document and its policies."),
    )
