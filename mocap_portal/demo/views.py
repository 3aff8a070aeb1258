"""Who can be tried out in the demo, and the mails they got. Open to everybody who sees the demo."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts import second_factor
from mocap_portal.foundation.accounts.middleware import SESSION_KEY
from mocap_portal.foundation.accounts.models import Membership

from .forms import MailboxForm
from .models import DemoMail, DemoPerson

MAILS_PER_PAGE = 25


@login_not_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """One card per hat that can be tried out."""
    people = DemoPerson.objects.select_related("hat__user", "hat__organization")
    people = people.filter(hat__in=Membership.objects.active()).order_by("position")
    return render(request, "demo/people.html", {"people": people})


@login_not_required
@require_POST
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One click stands for password and second factor. It works for the demo's people and for nobody else."""
    person = get_object_or_404(
        DemoPerson.objects.filter(hat__in=Membership.objects.active()).select_related("hat__user"), pk=pk
    )
    login(request, person.hat.user)
    second_factor.note_demo_sign_in(request, person.hat.user)
    request.session[SESSION_KEY] = person.hat_id
    return redirect("home")


@login_not_required
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Every mail that the demo sent, the newest first."""
    form = MailboxForm(request.GET)
    mails = DemoMail.objects.order_by("-arrived_at", "-pk")
    if form.is_valid() and form.cleaned_data["to"]:
        mails = mails.filter(to=form.cleaned_data["to"])
    page = Paginator(mails, MAILS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "demo/mailbox.html", {"form": form, "page": page})


@login_not_required
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail, as it arrived."""
    return render(request, "demo/mail.html", {"mail": get_object_or_404(DemoMail, pk=pk)})
