"""When a night begins: what runs once for each day runs from then on."""

import datetime as dt

from django.conf import settings

from .calendar import CENTRAL, central_date

ONE_DAY = dt.timedelta(days=1)


def start_of(night: dt.date) -> dt.datetime:
    """The moment from which the work of a night may be done. On the spring night without two o'clock, three."""
    starts = dt.time.fromisoformat(settings.NIGHT_STARTS)
    return dt.datetime.combine(night, starts, tzinfo=CENTRAL).astimezone(dt.UTC)


def latest(at: dt.datetime) -> dt.date:
    """The newest night that has begun by this moment."""
    today = central_date(at)
    return today if at >= start_of(today) else today - ONE_DAY
