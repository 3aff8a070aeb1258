"""Last night: its reminders are given, what was reported is compared, and the mails of the morning are out."""

import datetime as dt

from coredata.reconcile import actions as reconcile
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.papers import digest
from mocap_portal.home import nights

MORNING = dt.timedelta(hours=4, minutes=30)  # after the night has begun


def build_night(at: dt.datetime) -> None:
    night = nights.latest(at)
    nights.run(night, at=nights.start_of(night))
    reconcile.compare_night(at=nights.start_of(night))
    morning = nights.start_of(night) + MORNING
    if morning <= at:
        for user in User.objects.filter(digest_items__isnull=False).distinct().order_by("pk"):
            digest.send(user, day=night, at=morning)
