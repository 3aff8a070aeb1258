"""What the office does with one concern, a page for each step."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.ui.steps import ask_first, take_step

from ... import actions
from ...forms.office import AssignForm, FindForm, JoinForm, NoteForm, ReopenForm, SortForm, TagForm
from ...known import find, linkable, suggestions
from ...models import Asked, Concern
from .rows import concern_of, page_of, take_seen_step


@for_roles(*DESE_ROLES)
def sort(request: HatRequest, pk: int) -> HttpResponse:
    """What it is about and about whom, where the writer could not know it."""
    concern = concern_of(request, pk)
    kept = {name: getattr(concern, name) for name in actions.CORRECTED}
    form = SortForm(
        request.POST or None,
        concern=concern,
        cancel_url=page_of(concern),
        initial={**kept, "seen": actions.newest(concern)},
    )
    return take_seen_step(
        request,
        concern,
        form,
        lambda: actions.sort(
            pk, by=request.hat, at=timezone.now(), seen=form.cleaned_data["seen"], **form.values
        ),
        title=_("Sort %(number)s") % {"number": concern.number},
        intro=_("Correct what the writer could not know. What they wrote stays as they wrote it."),
        done=_("It is sorted."),
    )


@for_roles(*DESE_ROLES)
def assign(request: HatRequest, pk: int) -> HttpResponse:
    """To a colleague, or back into the common inbox."""
    concern = concern_of(request, pk)
    form = AssignForm(
        request.POST or None,
        cancel_url=page_of(concern),
        initial={"to": concern.assigned_to_id, "seen": actions.newest(concern)},
    )
    return take_seen_step(
        request,
        concern,
        form,
        lambda: actions.assign(
            pk, form.cleaned_data["to"], by=request.hat, at=timezone.now(), seen=form.cleaned_data["seen"]
        ),
        title=_("Give %(number)s to a colleague") % {"number": concern.number},
        intro=_("They get a mail. The writer sees that somebody looks after it, and not who."),
        done=_("It is given."),
    )


@for_roles(*DESE_ROLES)
def take(request: HatRequest, pk: int) -> HttpResponse:
    """One looks after it oneself."""
    concern = concern_of(request, pk)
    return ask_first(
        request,
        lambda: actions.assign(pk, request.hat, by=request.hat, at=timezone.now()),
        title=_("Take up %(number)s yourself?") % {"number": concern.number},
        text=_("The writer sees that somebody of the office has taken it up."),
        button=_("Take it up"),
        done=_("It is yours."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def note(request: HatRequest, pk: int) -> HttpResponse:
    """What only the office reads."""
    concern = concern_of(request, pk)
    form = NoteForm(
        request.POST or None, cancel_url=page_of(concern), initial={"seen": actions.newest(concern)}
    )
    return take_seen_step(
        request,
        concern,
        form,
        lambda: actions.note(
            pk, form.cleaned_data["text"], by=request.hat, at=timezone.now(), seen=form.cleaned_data["seen"]
        ),
        title=_("Note about %(number)s") % {"number": concern.number},
        intro=_("A telephone call, a thought, what you found elsewhere."),
        done=_("The note is kept."),
    )


@for_roles(*DESE_ROLES)
def tag(request: HatRequest, pk: int) -> HttpResponse:
    """Words of the office for what concerns have in common."""
    concern = concern_of(request, pk)
    names = concern.tags.order_by("name").values_list("name", flat=True)
    form = TagForm(
        request.POST if request.method == "POST" else None,
        cancel_url=page_of(concern),
        initial={"tags": ", ".join(names)},
    )
    return take_step(
        request,
        form,
        lambda: actions.tag(pk, form.names, by=request.hat, at=timezone.now()),
        title=_("Tags of %(number)s") % {"number": concern.number},
        intro=_("Only the state office sees them. The inbox finds concerns by them."),
        done=_("The tags are kept."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def link(request: HatRequest, pk: int) -> HttpResponse:
    """What may be meant, and a search. A name that is looked for comes by POST."""
    concern = concern_of(request, pk)
    form = FindForm(request.POST or None)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    context = {
        "concern": concern,
        "form": form,
        "words": words,
        "matches": find(concern, request.hat, words) if words else suggestions(concern, request.hat),
    }
    return render(request, "concerns/office/link.html", context)


@for_roles(*DESE_ROLES)
def link_this(request: HatRequest, pk: int, kind: str, what: int) -> HttpResponse:
    """Asks, then links."""
    concern = concern_of(request, pk)
    found = linkable(kind, what, request.hat)
    if found is None:
        raise Http404
    return ask_first(
        request,
        lambda: actions.link(pk, found, by=request.hat, at=timezone.now()),
        title=_("Link %(what)s with %(number)s?")
        % {"what": actions.words_of(found), "number": concern.number},
        text=_("The page of the concern then shows what the portal knows of it. Who wrote does not see it."),
        button=_("Link it"),
        done=_("It is linked."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def unlink(request: HatRequest, pk: int, name: str) -> HttpResponse:
    """Asks, then takes a link away."""
    concern = concern_of(request, pk)
    linked = getattr(concern, name) if name in actions.LINKED else None
    if linked is None:
        raise Http404
    return ask_first(
        request,
        lambda: actions.unlink(pk, name, by=request.hat, at=timezone.now()),
        title=_("Take the link to %(what)s away?") % {"what": actions.words_of(linked)},
        text=_("It was not what the concern is about. You can link it again."),
        button=_("Take it away"),
        done=_("The link is gone."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def join(request: HatRequest, pk: int) -> HttpResponse:
    """Two about the same thing."""
    concern = concern_of(request, pk)
    form = JoinForm(
        request.POST or None, cancel_url=page_of(concern), initial={"seen": actions.newest(concern)}
    )
    return take_seen_step(
        request,
        concern,
        form,
        lambda: actions.join(
            pk,
            form.cleaned_data["number"],
            by=request.hat,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        ),
        title=_("Join %(number)s with another concern") % {"number": concern.number},
        intro=_(
            "You then work on the other one, and its page shows both stories. What you write there, both writers read, "
            "each on their own page. You can separate them again."
        ),
        done=_("They are joined."),
    )


@for_roles(*DESE_ROLES)
def separate(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then lets it stand by itself again."""
    concern = concern_of(request, pk)
    if concern.merged_into is None:
        raise Http404
    return ask_first(
        request,
        lambda: actions.separate(pk, by=request.hat, at=timezone.now()),
        title=_("Separate %(number)s from %(other)s?")
        % {"number": concern.number, "other": concern.merged_into.number},
        text=_("It stands by itself again, and its clocks run on. Both stories stay."),
        button=_("Separate them"),
        done=_("They are separated."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def reopen(request: HatRequest, pk: int) -> HttpResponse:
    """The office looks into it once more."""
    concern = concern_of(request, pk)
    form = ReopenForm(request.POST or None, cancel_url=page_of(concern))
    return take_step(
        request,
        form,
        lambda: actions.reopen(pk, form.cleaned_data["reason"], by=request.hat, at=timezone.now()),
        title=_("Open %(number)s again") % {"number": concern.number},
        intro=_("The office then has its days for a reply once more."),
        done=_("It is open again."),
        back=page_of(concern),
    )


@for_roles(*DESE_ROLES)
def take_question_back(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then tells the other side that no answer is needed."""
    visible = Asked.objects.filter(concern__in=Concern.objects.visible_to(request.hat))
    asked = get_object_or_404(visible.select_related("concern", "lea__organization"), pk=pk)
    return ask_first(
        request,
        lambda: actions.take_question_back(pk, by=request.hat, at=timezone.now()),
        title=_("Take back what you asked %(side)s?") % {"side": asked.lea or asked.provider},
        text=_("They need not answer any more and no longer see the question. They are told."),
        button=_("Take it back"),
        done=_("The question is taken back."),
        back=page_of(asked.concern),
    )
