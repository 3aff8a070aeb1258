"""What people hear in the one mail of the day about a night. No sentence names a student."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count, DateTimeField, F, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from coredata.notices import reporters_of, senders_of_each
from enrollment.part_time.notices import state_office
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.papers.models import DigestItem

from .catalogue import CATALOGUE, Actor
from .models import LeaRun, Mismatch, Run, RunKind

# What a provider is told of: what it can mend itself.
ACTS_PROVIDER = sorted(
    code for code, kind in CATALOGUE.items() if Actor.PROVIDER in kind.acts and kind.provider
)
SHOWN_TO_DISTRICTS = sorted(code for code, kind in CATALOGUE.items() if kind.district)


def tell_leas_of_new(run: Run, leas: Iterable[int]) -> None:
    """The clerks of each LEA in which something has come since this LEA was compared in the last night.

    Where an LEA is closed and nobody is left there, the state office: somebody has to know.
    """
    last = _last_night(run)
    heard = LeaRun.objects.filter(run=last, lea=OuterRef("lea")).values("finished_at")
    new = _new(run, Q(lea__in=list(leas), code__in=SHOWN_TO_DISTRICTS), "lea", since=Subquery(heard))
    closed = set(Lea.objects.filter(pk__in=leas, active_to__lt=run.as_of).values_list("pk", flat=True))
    hear = dict.fromkeys(closed, (state_office(), reverse("reconcile:state"))) if closed else {}
    senders = senders_of_each([lea for lea, _count, _is_open in new])
    hear |= {lea: (people, reverse("reconcile:of_district")) for lea, people in senders.items()}
    digest.add_all(
        DigestItem(
            user=user,
            day=run.as_of,
            key=f"mismatches:{lea}:{run.school_year_id}",
            sentence=_sentence(count, is_open),
            path=hear[lea][1],
        )
        for lea, count, is_open in new
        if lea in hear
        for user in hear[lea][0]
    )


def tell_providers_of_new(run: Run) -> None:
    """The staff of each provider about whose reports something has come since the last night."""
    last = _last_night(run)
    since = Value(last.finished_at if last else None, DateTimeField(null=True))
    for provider, count, is_open in _new(run, Q(code__in=ACTS_PROVIDER), "provider", since=since):
        for user in reporters_of(provider):
            digest.add(
                user,
                day=run.as_of,
                key=f"mismatches:{provider}:{run.school_year_id}",
                sentence=_sentence(count, is_open),
                path=reverse("reconcile:of_provider"),
            )


def tell_of_failure(run: Run) -> None:
    """The state office, where a night has failed: it is tried again, and somebody has to know why it did."""
    for user in state_office():
        digest.add(
            user,
            day=run.as_of,
            key=f"comparison:{run.school_year_id}",
            sentence=_(
                "Comparing approvals, core data and reports failed in the night; it is tried again until it is done."
            ),
            path=reverse("reconcile:state"),
            urgent=True,
        )


def _last_night(run: Run) -> Run | None:
    nights = Run.objects.filter(
        kind=RunKind.NIGHT, school_year=run.school_year_id, as_of__lt=run.as_of, finished_at__isnull=False
    )
    return nights.order_by("-as_of").first()


def _new(run: Run, about: Q, whose: str, *, since: Any) -> list[tuple[int, int, int]]:
    """Whose, how many are new, how many open: of those who have any new one.

    `since`: when they were told last, or NULL. Not when that night began: it may have gone on hours later.
    """
    is_new = Q(since__isnull=True) | Q(opened_at__gt=F("since"))
    open_now = Mismatch.objects.filter(about, school_year=run.school_year_id).still_open()
    counted = (
        open_now.exclude(**{whose: None})
        .annotate(since=since)
        .order_by(whose)
        .values_list(whose)
        .annotate(new=Count("pk", filter=is_new), is_open=Count("pk"))
    )
    return [(pk, new, is_open) for pk, new, is_open in counted if new]


def _sentence(count: int, is_open: int) -> str:
    values: Mapping[str, int] = {"new": count, "open": is_open}
    return (
        _("Comparing approvals, core data and reports found %(new)d new mismatches; %(open)d are open.")
        % values
    )
