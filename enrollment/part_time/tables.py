"""Lists of requests."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import NOTHING, by_when, status, tick

from .models import CourseRequest, LineState, RequestState
from .suspicions import Suspicion


class InboxTable(PortalTable):
    """Rows: CourseRequest with its lines and RELATED, of which FIELDS are read. `today`: a Central date."""

    RELATED = ("claim__school", "lea__organization", "clock", "assigned_to__user")
    FIELDS = (
        "channel",
        "has_iep_or_504",
        "state",
        "claim__first_name",
        "claim__last_name",
        "claim__school__name",
        "lea__organization__name",
        "clock__due_on",
        "assigned_to__user__name",
    )

    chosen = tables.Column(verbose_name=_("Choose"), empty_values=())
    number = tables.Column(verbose_name=_("Request"), empty_values=())
    student = tables.Column(verbose_name=_("Student"), empty_values=())
    lea = tables.Column(verbose_name=_("District"))
    school = tables.Column(verbose_name=_("School"), empty_values=())
    courses = tables.Column(verbose_name=_("Courses"), empty_values=())
    due = tables.Column(verbose_name=_("Answer due"), empty_values=())
    assigned_to = tables.Column(verbose_name=_("Whose"), default=_("Nobody's yet"))

    caption = _("Course requests")
    row_header = "number"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No request fits. When a family sends one, it appears here.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.suspicions: Mapping[int, Sequence[Suspicion]] = {}  # by the key of the request

    # Drawn here and not by templates: it is the list that counselors open all day, with 175 cells.

    def render_chosen(self, record: CourseRequest) -> SafeString:
        """The box that chooses a request to be handed over; none where nothing waits any more."""
        if record.state != RequestState.SUBMITTED:
            return NOTHING
        named = {"number": record.number, "student": record.claim.full_name}
        label = gettext("Choose %(number)s, %(student)s") % named
        return tick(record.pk, label, name="requests", form="hand-over")

    def render_number(self, record: CourseRequest) -> SafeString:
        """The number, with marks for what makes this row different from the others."""
        address = reverse("part_time:review", args=[record.pk])
        link = format_html('<a class="usa-link" href="{}">{}</a>', address, record.number)
        return format_html_join(" ", "{}", [(part,) for part in (link, *self._marks(record))])

    def _marks(self, record: CourseRequest) -> Iterator[SafeString]:
        if record.has_iep_or_504:
            yield status("info", gettext("IEP or 504"))
        if record.is_entered_by_staff:
            yield status("info", gettext("Entered by staff"))
        for suspicion in self.suspicions.get(record.pk, []):
            is_twice = suspicion.kind == "duplicate"
            yield status("todo", gettext("Asked twice") if is_twice else gettext("Many at once"))

    def render_student(self, record: CourseRequest) -> str:
        return record.claim.full_name

    def render_school(self, record: CourseRequest) -> str:
        return record.claim.school.name

    def render_courses(self, record: CourseRequest) -> str:
        """3 courses, 1 to decide"""
        states = [line.state for line in record.lines.all()]
        undecided = states.count(LineState.REQUESTED)
        courses = ngettext("%(count)d course", "%(count)d courses", len(states)) % {"count": len(states)}
        if undecided in {0, len(states)}:
            return courses
        return gettext("%(courses)s, %(undecided)d to decide") % {"courses": courses, "undecided": undecided}

    def render_due(self, record: CourseRequest) -> SafeString:
        if record.state == RequestState.DECIDED:
            return status("good", gettext("Decided"))
        if record.state == RequestState.CANCELLED:
            return status("off", gettext("Taken back"))
        if record.clock is None or record.clock.due_on is None:
            return status("off", gettext("Clock paused"))
        return by_when(record.clock.due_on, self.today)

    def render_assigned_to(self, value: Membership) -> str:
        return value.user.name


class ProblemTable(PortalTable):
    """Rows: providers.catalog.Problem, in the order of the file."""

    row = tables.Column(verbose_name=_("Line"))
    column = tables.Column(verbose_name=_("Column"))
    value = tables.Column(verbose_name=_("What stands there"))
    message = tables.Column(verbose_name=_("What is wrong"))
    remedy = tables.Column(verbose_name=_("What to do"))

    caption = _("Rows that are left out")
    row_header = "row"

    class Meta(PortalTable.Meta):
        orderable = False
        empty_text = _("No row is wrong.")
