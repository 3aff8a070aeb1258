"""Answers that were typed and not sent: kept page by page, so that one may leave and come back on another device."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date

from ..models import Unfinished

LONGEST = 2000  # characters of one answer; what is longer is cut and can be typed again
MOST = 60  # answers on one page


@transaction.atomic
def keep_page(user: User, page: str, answers: Mapping[str, list[str]], *, at: dt.datetime) -> Unfinished:
    """Keep what stands on a page, by the names of its boxes. The newest counts."""
    kept = {name: [text[:LONGEST] for text in texts] for name, texts in list(answers.items())[:MOST]}
    row, _is_new = Unfinished.objects.update_or_create(
        user=user, page=page, defaults={"answers": kept, "saved_at": at}
    )
    return row


def forget_page(user: User, page: str) -> None:
    """The answers were sent. Call it in the transaction that stores them."""
    Unfinished.objects.filter(user=user, page=page).delete()


def forget_old(*, at: dt.datetime) -> int:
    """Remove what nobody came back to. Returns how many pages."""
    days = LegalValue.objects.whole(LegalKey.UNFINISHED_DAYS, on=central_date(at))
    count, _by_model = Unfinished.objects.filter(saved_at__lt=at - dt.timedelta(days=days)).delete()
    return count
