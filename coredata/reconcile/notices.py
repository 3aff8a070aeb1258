"""Mails about mismatches. None names a student or says what a file holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coredata.notices import reporters_of
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.papers import actions as papers

from .models import Answer, AnswerKind

WORDS = {
    AnswerKind.DENIED: _("%(lea)s has not approved an enrollment that you report. Enrollments: %(count)s."),
    AnswerKind.NOT_OURS: _(
        "%(lea)s says that a student whom you report is not its student. Enrollments: %(count)s."
    ),
    AnswerKind.UNDO: _("%(lea)s has taken back what it said of an enrollment. Enrollments: %(count)s."),
}
WHAT_TO_DO = _("The page says which one it is and what to correct in your next report:")


def tell_providers(answers: Sequence[Answer], *, lea: Organization | None, at: dt.datetime) -> None:
    """What a district has answered to mismatches about what providers report: one mail to each provider (R-113).

    `answers` were given in one step, so they are of one kind.
    """
    of_providers = sorted(
        (answer for answer in answers if answer.mismatch.provider_id),
        key=lambda answer: (answer.mismatch.provider_id or 0, answer.pk),
    )
    for provider_id, group in groupby(of_providers, key=lambda answer: answer.mismatch.provider_id):
        given = list(group)
        assert provider_id is not None
        is_one = len(given) == 1
        papers.tell(
            reporters_of(provider_id),
            f"mismatch-answer:{given[0].pk}",
            subject=_("A district has answered about your report"),
            sentences=[WORDS[AnswerKind(given[0].kind)], WHAT_TO_DO],
            path=reverse("reconcile:mismatch", args=[given[0].mismatch_id])
            if is_one
            else reverse("reconcile:of_provider"),
            at=at,
            lea=str(lea or ""),
            count=str(len(given)),
        )
