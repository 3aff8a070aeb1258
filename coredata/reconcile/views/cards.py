"""One mismatch: what is wrong, what to do, whose it is; and answering it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first, take_step

from .. import actions, cards, life
from ..catalogue import CATALOGUE
from ..corrected import corrected_rows
from ..forms import INTROS, TITLES, AnswerForm, ManyForm
from ..lists import BLOCK, inside, names
from ..models import Answer, AnswerKind, Mismatch, MismatchState
from ..room import at_the_door
from ..standing import shown_to
from ..tables import MismatchTable
from .lists import home_of, rows_of
from .own import ANSWERERS, PER_PAGE, READERS, mismatch_of


@require_safe
@for_roles(*READERS)
def mismatch(request: HatRequest, pk: int) -> HttpResponse:
    """Expected, found, since when, why, what to do, and what was answered."""
    row, hat = mismatch_of(request, pk), request.hat
    kind = CATALOGUE[row.code]
    context = {
        "mismatch": row,
        "kind": kind,
        "sentence": cards.sentence(row, hat),
        "steps": cards.steps(row, hat),
        "facts": cards.facts(row, hat, student=names(hat, [row]).get(row.mosis_id, "")),
        "questions": cards.questions(row, hat),
        "corrected": corrected_rows(row) if hat.is_lea and row.state != MismatchState.RESOLVED else None,
        "entries": life.entries(row, hat),
        "offered": [
            {"label": TITLES[kind], "url": reverse("reconcile:answer", args=[pk, kind.value])}
            for kind in actions.offered(row, hat)
        ],
        "taken_back": life.to_take_back(row, hat),
        "table": _inside(request, row),
        "back": reverse(home_of(request)),
        "room": at_the_door(hat, row),
        "sees_files": not hat.is_provider and bool(row.mosis_id),
    }
    return render(request, "reconcile/mismatch.html", context)


def _inside(request: HatRequest, row: Mismatch) -> MismatchTable | None:
    if row.code != BLOCK:
        return None
    rows = inside(row).filter(pk__in=shown_to(request.hat).values("pk"))
    table = MismatchTable(
        rows.select_related("lea__organization", "provider__organization").order_by(
            "mosis_id", "course_code", "semester", "pk"
        ),
        students={},
        left_out=("one", "lea", "code"),
    )
    table.caption = gettext_lazy("The courses that are missing together")
    sort_and_cut(table, request, per_page=PER_PAGE)
    table.students = names(request.hat, [one.record for one in table.paginated_rows])
    return table


@for_roles(*ANSWERERS)
def answer(request: HatRequest, pk: int, kind: str) -> HttpResponse:
    """One answer to one mismatch."""
    row = mismatch_of(request, pk)
    answer_kind = _kind_of(kind)
    here = reverse("reconcile:mismatch", args=[pk])
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        kind=answer_kind,
        earliest=central_date(timezone.now()),
        latest=row.school_year.ends_on,
        cancel_url=here,
    )
    return take_step(
        request,
        form,
        lambda: actions.answer(
            pk,
            answer_kind,
            by=request.hat,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data.get("until"),
        ),
        title=str(TITLES[answer_kind]),
        intro=str(INTROS[answer_kind]),
        done=_("Your answer is kept: %(answer)s.") % {"answer": TITLES[answer_kind]},
        back=here,
    )


@for_roles(*ANSWERERS)
def take_back(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then undoes one answer."""
    given = _answer_of(request, pk)
    return ask_first(
        request,
        lambda: actions.take_back(pk, by=request.hat, at=timezone.now()),
        title=_("Take back “%(answer)s”?") % {"answer": TITLES[AnswerKind(given.kind)]},
        text=_(
            "It stays in the history. What else was answered counts again, and a provider who was told hears of it."
        ),
        button=_("Take it back"),
        done=_("Your answer is taken back."),
        back=reverse("reconcile:mismatch", args=[given.mismatch_id]),
    )


@for_roles(*ANSWERERS)
def take_back_together(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then undoes all answers of one step."""
    given = _answer_of(request, pk)
    return ask_first(
        request,
        lambda: actions.take_back_together(pk, by=request.hat, at=timezone.now()),
        title=_("Take back “%(answer)s” from all that were answered together?")
        % {"answer": TITLES[AnswerKind(given.kind)]},
        text=_("They stay in the history. What the portal has resolved meanwhile stays resolved."),
        button=_("Take them back"),
        done=_how_many_taken_back,
        back=reverse(home_of(request)),
    )


def _how_many_taken_back(answers: Sequence[Answer]) -> str:
    sentence = ngettext("%(count)d answer is taken back.", "%(count)d answers are taken back.", len(answers))
    return sentence % {"count": len(answers)}


@for_roles(*actions.CLERKS)
def answer_many(request: HatRequest, kind: str) -> HttpResponse:
    """A preview of the mismatches that were ticked, or of the whole list; then one answer to all of them."""
    answer_kind = _kind_of(kind)
    back = reverse("reconcile:of_district")
    asked = request.POST.get("ones", "").split() if request.method == "POST" else request.GET.getlist("one")
    wanted = {int(one) for one in asked if one.isdigit()}
    rows = shown_to(request.hat).filter(pk__in=wanted) if asked else rows_of(request)
    found = list(
        rows.select_related("lea__organization", "provider__organization", "school_year").order_by(
            "code", "mosis_id", "pk"
        )[: actions.MOST_AT_ONCE + 1]
    )
    fitting = [row for row in found if answer_kind in actions.offered(row, request.hat)]
    if not fitting or len(found) > actions.MOST_AT_ONCE:
        few = _("None of those can be answered so. Tick others, or choose another answer.")
        messages.error(request, str(actions.TooMany.sentence) if len(found) > actions.MOST_AT_ONCE else few)
        return redirect(back)
    form = ManyForm(
        request.POST if request.method == "POST" else None,
        kind=answer_kind,
        earliest=central_date(timezone.now()),
        latest=min(row.school_year.ends_on for row in fitting),
        cancel_url=back,
        initial={"ones": " ".join(str(row.pk) for row in fitting)},
    )
    if form.is_valid():
        give = partial(
            actions.answer_many,
            [row.pk for row in fitting],
            answer_kind,
            by=request.hat,
            at=timezone.now(),
            reason=form.cleaned_data["reason"],
            until=form.cleaned_data.get("until"),
        )
        try:
            given = give()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            sentence = ngettext("%(count)d is answered.", "%(count)d are answered.", len(given))
            messages.success(request, sentence % {"count": len(given)})
            return redirect(f"{back}?undo={given[0].pk}")
    table = MismatchTable(fitting, students=names(request.hat, fitting), left_out=("one", "lea"))
    table.caption = gettext_lazy("What you answer together")
    context = {
        "title": TITLES[answer_kind],
        "intro": INTROS[answer_kind],
        "form": form,
        "table": table,
        "count": len(fitting),
        "passed_over": len(found) - len(fitting),
    }
    return render(request, "reconcile/answer_many.html", context)


def _kind_of(name: str) -> AnswerKind:
    """Raises Http404."""
    if name not in TITLES:
        raise Http404
    return AnswerKind(name)


def _answer_of(request: HatRequest, pk: int) -> Answer:
    """An answer of this hat's organization. Raises Http404."""
    visible = Answer.objects.filter(
        mismatch__in=shown_to(request.hat), by__organization=request.hat.organization_id
    )
    found: Answer = get_object_or_404(visible.exclude(kind=AnswerKind.UNDO).select_related("by"), pk=pk)
    return found
