"""What a program sends twice under one key is done once and answered twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal

from ..models import AnsweredRequest


class KeyOfAnotherRequest(Refusal):
    sentence = _("This Idempotency-Key was used for something else. Send each new request with a new key.")


@dataclass(frozen=True, slots=True)
class Answer:
    """`status`: of HTTP. `location`: the path of what was made, empty where nothing was. `body`: JSON."""

    status: int
    body: str
    location: str = ""
    is_repeated: bool = False


@transaction.atomic
def answer_once(token_id: int, *, key: str, asked: str, at: dt.datetime, do: Callable[[], Answer]) -> Answer:
    """Do something and keep the answer under this key, in one transaction; the kept answer where that was done.

    Whoever comes with the same key while it is being done waits for it. `asked`: the SHA-256 of what was sent, so that
    a key is never answered with something else. A refusal of `do` is passed on and not kept. Raises
    KeyOfAnotherRequest.
    """
    AnsweredRequest.objects.filter(token=token_id, key=key, at__lte=_oldest(at)).delete()
    kept, is_new = AnsweredRequest.objects.get_or_create(
        token_id=token_id, key=key, defaults={"asked": asked, "at": at}
    )
    if not is_new:
        if kept.asked != asked:
            raise KeyOfAnotherRequest
        return Answer(kept.status, kept.body, kept.location, is_repeated=True)
    answer = do()
    kept.status, kept.body, kept.location = answer.status, answer.body, answer.location
    kept.save(update_fields=["status", "body", "location"])
    return answer


def forget_answers(*, at: dt.datetime) -> int:
    """Remove the answers whose time is over; how many. Done twice, nothing more happens."""
    count, _by_model = AnsweredRequest.objects.filter(at__lte=_oldest(at)).delete()
    return count


def _oldest(at: dt.datetime) -> dt.datetime:
    return at - dt.timedelta(hours=settings.API_KEY_HOURS)
