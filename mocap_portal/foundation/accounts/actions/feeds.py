"""The only writers of calendar feeds."""

import datetime as dt

from django.db import transaction

from ..models import CalendarFeed, Membership
from .tokens import hash_token, new_token

# A calendar program may ask every few minutes: when it last did is kept no more exactly than this.
NOTED_EVERY = dt.timedelta(minutes=5)


@transaction.atomic
def make_calendar_feed(hat_id: int, *, at: dt.datetime) -> str:
    """A new token for this hat's feed, shown once; the one before stops working."""
    hat = Membership.objects.select_for_update(of=("self",)).get(pk=hat_id)
    _take_back(hat, at=at)
    token = new_token()
    CalendarFeed.objects.create(hat=hat, token_hash=hash_token(token), created_at=at)
    return token


@transaction.atomic
def revoke_calendar_feed(hat_id: int, *, at: dt.datetime) -> None:
    """This hat's feed answers nobody any more. Twice changes nothing."""
    _take_back(Membership.objects.select_for_update(of=("self",)).get(pk=hat_id), at=at)


def note_fetch(feed: CalendarFeed, *, at: dt.datetime) -> None:
    """The feed was read now."""
    if feed.last_fetched_at is None or at - feed.last_fetched_at >= NOTED_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_fetched_at=at)


def _take_back(hat: Membership, *, at: dt.datetime) -> None:
    CalendarFeed.objects.open().filter(hat=hat).update(revoked_at=at)
