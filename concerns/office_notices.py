"""What the office and who is asked hear. No mail says who wrote, who the student is or what was said."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.notices import state_office
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers import digest

from .models import Asked, BulkStep, Concern

# Who hears of a question, and of its due day.
TOLD_IN_LEA = (Role.COORDINATOR, Role.LEA_ADMIN)
TOLD_IN_PROVIDER = (Role.PROVIDER_ADMIN, Role.PROVIDER_STAFF)

UNSORTED = _("Concerns have come in that no rule sorts. They wait in the common inbox.")
UNASSIGNED = _("Concerns wait in the common inbox and are given to nobody yet.")
ANSWERED = _("The other side has answered about concern %(number)s.")
WROTE = _("The writer of concern %(number)s has written.")
TAKEN_BACK = _("The writer has taken concern %(number)s back. It is closed.")
REOPENED = _("The writer has opened concern %(number)s again.")
NO_MORE = _("The state office needs no answer to a question about a concern any more.")


def tell_unsorted(*, at: dt.datetime) -> None:
    """Once a day, however many there are."""
    path = f"{reverse('concerns:inbox')}?whose=unassigned"
    digest.add_to_each(state_office(), "concerns-unsorted", UNSORTED, at=at, path=path)


def tell_unassigned(*, at: dt.datetime) -> None:
    path = f"{reverse('concerns:inbox')}?whose=unassigned"
    digest.add_to_each(state_office(), "concerns-unassigned", UNASSIGNED, at=at, path=path)


def tell_assigned(concern: Concern, to: Membership, *, at: dt.datetime) -> None:
    """Whom it was given to, at once."""
    papers.tell(
        [to.user],
        f"concern-assigned:{concern.pk}:{at.isoformat()}",
        subject=_("Concern %(number)s is yours"),
        sentences=[_("Concern %(number)s was given to you.")],
        path=page_of(concern),
        at=at,
        number=concern.number,
    )


def tell_assigned_many(step: BulkStep, to: Membership, *, at: dt.datetime) -> None:
    papers.tell(
        [to.user],
        f"concerns-assigned:{step.pk}",
        subject=_("Concerns were given to you"),
        sentences=[_("%(count)s concerns were given to you together.")],
        path=f"{reverse('concerns:inbox')}?whose=mine",
        at=at,
        count=str(step.items.count()),
    )


def tell_asked(asked: Asked, *, at: dt.datetime) -> None:
    """Who answers for the other side, at once: a clock runs."""
    assert asked.clock.due_on is not None  # it has just started
    papers.tell(
        people_of(asked),
        f"concern-asked:{asked.concern_id}:{asked.pk}",
        subject=_("The state office asks you something, answer by %(due)s"),
        sentences=[
            _("Somebody has written to the state office (DESE), and it asks for your answer by %(due)s."),
            _("The page says what it is about and what is asked:"),
        ],
        path=page_of_question(asked),
        at=at,
        due=asked.clock.due_on,
    )


def tell_taken_back(asked: Asked, *, at: dt.datetime) -> None:
    digest.add_to_each(
        people_of(asked),
        f"concern-asked-no-more:{asked.concern_id}:{asked.pk}",
        NO_MORE,
        at=at,
        path=reverse("concerns:questions"),
    )


def tell_answered(asked: Asked, *, at: dt.datetime) -> None:
    """The reviewer, or else the office."""
    concern = asked.concern
    digest.add_to_each(
        reviewers_of(concern),
        f"concern-answered:{concern.pk}:{asked.pk}",
        ANSWERED,
        at=at,
        path=page_of(concern),
        number=concern.number,
    )


def tell_writer_wrote(concern: Concern, *, at: dt.datetime) -> None:
    """The reviewer, or else the office. Once a day, however often they write."""
    key = f"concern-wrote:{concern.pk}"
    digest.add_to_each(reviewers_of(concern), key, WROTE, at=at, path=page_of(concern), number=concern.number)


def tell_writer_took_back(concern: Concern, *, at: dt.datetime) -> None:
    key = f"concern-taken-back:{concern.pk}"
    digest.add_to_each(
        reviewers_of(concern), key, TAKEN_BACK, at=at, path=page_of(concern), number=concern.number
    )


def tell_writer_reopened(concern: Concern, *, at: dt.datetime) -> None:
    key = f"concern-reopened:{concern.pk}"
    digest.add_to_each(
        reviewers_of(concern), key, REOPENED, at=at, path=page_of(concern), number=concern.number
    )


def reviewers_of(concern: Concern) -> list[User]:
    """Whose turn it is: whom it is given to, else everybody of the office."""
    hat = concern.assigned_to
    if hat is not None and hat.ended_at is None and hat.user.is_active:
        return [hat.user]
    return state_office()


def people_of(asked: Asked) -> list[User]:
    """Who hears of a question: coordinators and administrators of a district, everybody of a provider."""
    side = asked.lea or asked.provider
    assert side is not None  # the database asks for one
    roles = TOLD_IN_LEA if asked.lea_id else TOLD_IN_PROVIDER
    return Membership.objects.in_organization(side.organization_id, *roles).people()


def page_of(concern: Concern) -> str:
    return reverse("concerns:concern", args=[concern.pk])


def page_of_question(asked: Asked) -> str:
    return reverse("concerns:question", args=[asked.pk])
