"""Builds the state that the demo and the journeys start from, part by part, through the portal's own actions.

Dates are relative to the moment of building. Every person, school and course is invented.
"""

import datetime as dt
from collections.abc import Callable, Collection

from django.conf import settings
from django.db import transaction

from mocap_portal.demo.models import DemoPart

from .catalog import build_catalog, build_offers
from .core_data import build_core_data
from .full_time import build_full_time
from .full_time_days import build_full_time_days
from .further import build_further
from .last_year import build_last_year
from .mails import deliver
from .moves import build_moves
from .night import build_night
from .people import build_people
from .places import build_places
from .reports import build_reports
from .requests import build_requests
from .running import build_running
from .transcripts import build_transcripts

__all__ = ["PARTS", "NotTheDemo", "build"]

# In order: each part stands on those before it.
PARTS: dict[str, Callable[[dt.datetime], None]] = {
    "places": build_places,
    "catalog": build_catalog,
    "people": build_people,
    "offers": build_offers,
    "requests": build_requests,
    "further": build_further,
    "running": build_running,
    "last year": build_last_year,
    "core data": build_core_data,
    "provider reports": build_reports,
    "full time": build_full_time,
    "full time days": build_full_time_days,
    "moves": build_moves,
    "transcripts": build_transcripts,
    "night": build_night,
}


class NotTheDemo(Exception):
    """These settings are not the demo's: invented people have no business here."""


def build(*, at: dt.datetime, parts: Collection[str] = tuple(PARTS)) -> list[str]:
    """Build these parts as of this moment; returns the names of those that were not there yet.

    A part is built whole or not at all, and once: a second call changes nothing. Raises NotTheDemo.
    """
    if not settings.DEMO:
        raise NotTheDemo("The demo is built with the demo's settings only.")
    built = []
    for name, build_part in PARTS.items():
        if name not in parts:
            continue
        with transaction.atomic():
            # A second builder waits here for the first one's commit, then finds the part.
            _part, is_new = DemoPart.objects.get_or_create(name=name, defaults={"built_at": at})
            if is_new:
                build_part(at)
                built.append(name)
    if built:
        deliver()
    return built
