"""The one mail that a person gets in a day about what waits."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.shared.calendar import central_date

from . import actions
from .models import DigestItem, Notice


def add(user: User, *, day: dt.date, key: str, sentence: str, path: str, urgent: bool = False) -> DigestItem:
    """Let a sentence wait for this person's mail of this day; the same key again on this day changes nothing.

    `sentence` is in the person's language and names no child. `path` is the address of the page to act on, from
    the first slash. What is added after the day's mail has gone comes with the next one.
    """
    item, _is_new = DigestItem.objects.get_or_create(
        user=user, day=day, key=key, defaults={"sentence": sentence, "path": path, "urgent": urgent}
    )
    return item


def add_all(items: Iterable[DigestItem]) -> None:
    """The same for many sentences at once, each with its user, day, key, sentence and path."""
    DigestItem.objects.bulk_create(items, ignore_conflicts=True)


def add_to_each(
    people: Iterable[User],
    key: str,
    sentence: Promise,
    *,
    at: dt.datetime,
    path: str,
    on: dt.date | None = None,
    urgent: bool = False,
    **names: str | dt.date,
) -> None:
    """The same for several people, each in their language. `on`: the mail's day; the Central date of `at` if left out.

    `names`: what stands in the sentence; days are written as people write them.
    """
    for user in people:
        with translation.override(user.language):
            words = {
                name: date_format(value, "DATE_FORMAT") if isinstance(value, dt.date) else value
                for name, value in names.items()
            }
            text = str(sentence) % words
        add(user, day=on or central_date(at), key=key, sentence=text, path=path, urgent=urgent)


@transaction.atomic
def send(user: User, *, day: dt.date, at: dt.datetime) -> Notice | None:
    """Queue this person's mail of the day with all that waits, late items included. None: it is queued already, or
    nothing waits."""
    # The lock lets one of two workers through; the other then finds the items taken.
    items = list(
        DigestItem.objects.select_for_update()
        .filter(user=user, day__lte=day, notice__isnull=True)
        .order_by("day", "pk")
    )
    notice_key = f"digest:{user.pk}:{day}"
    if not items or Notice.objects.filter(key=notice_key).exists():
        return None
    with translation.override(user.language):
        subject, body = _words(list({item.key: item for item in items}.values()))
    notice = actions.queue_notice(notice_key, user=user, subject=subject, body=body, at=at)
    DigestItem.objects.filter(pk__in=[item.pk for item in items]).update(notice=notice)
    return notice


def _words(items: Sequence[DigestItem]) -> tuple[str, str]:
    """Subject and body. Of two items with one key, `items` holds the later: the earlier day is out of date."""
    subject = ngettext(
        "MOCAP portal: %(count)d thing waits for you",
        "MOCAP portal: %(count)d things wait for you",
        len(items),
    ) % {"count": len(items)}
    body = render_to_string(
        "papers/mail/digest.txt",
        {
            "urgent": [item for item in items if item.urgent],
            "others": [item for item in items if not item.urgent],
            "portal_url": settings.PORTAL_URL.rstrip("/"),
        },
    )
    return subject, body.strip() + "\n"
