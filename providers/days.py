"""The catalog of a day: today's as it is now, a past day's as it was at the end of that day.

What the catalog said is not the same as what it now says about that day: a listing may have been ended, an
authorization shortened, a suspension entered afterwards. So a past day is read from the histories that the database
writes (shared.history), every table as it stood at midnight, and the rules with them.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet

from mocap_portal.foundation.directory.models import LegalValue
from mocap_portal.foundation.directory.models.legal import LegalValueQuerySet
from mocap_portal.foundation.shared.calendar import CENTRAL
from mocap_portal.foundation.shared.history import as_of

from .models import Authorization, Course, CourseQuerySet, Sanction

Rows = TypeVar("Rows", bound=QuerySet[Any])


@dataclass(frozen=True, slots=True)
class CatalogDay:
    """A day in Missouri, and whether it is over."""

    on: dt.date
    is_past: bool

    @classmethod
    def asked(cls, text: str, *, today: dt.date) -> "CatalogDay":
        """The day that an address asks for (YYYY-MM-DD), today's when it asks for none. Raises ValueError for what is
        no day, or one to come.
        """
        day = dt.date.fromisoformat(text) if text else today
        if day > today:
            raise ValueError(f"{day} is still to come.")
        return cls(on=day, is_past=day < today)

    @property
    def query(self) -> str:
        """What an address adds to stay on this day; empty for today."""
        return f"?on={self.on.isoformat()}" if self.is_past else ""

    def rows(self, rows: Rows) -> Rows:
        """The rows of a tracked model as they stood at the end of this day."""
        if not self.is_past:
            return rows
        midnight = dt.datetime.combine(self.on + dt.timedelta(days=1), dt.time(), tzinfo=CENTRAL)
        return as_of(rows, before=midnight)

    def courses(self) -> CourseQuerySet:
        """What the catalog offered on this day."""
        sanctions = self.rows(Sanction.objects.all())
        in_force = self.rows(Authorization.objects.all()).in_force(self.on, sanctions=sanctions)
        return self.rows(Course.objects.all()).on_offer(starting=self.on, authorizations=in_force)

    def legal_values(self) -> LegalValueQuerySet:
        """The numbers by law as the portal knew them on this day."""
        return self.rows(LegalValue.objects.all())
