"""Providers, and the papers of one provider."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.tables import PortalTable
from mocap_portal.foundation.ui.marks import short_day, status

from ..models import Application, CorrectiveAction, Review, Sanction
from ..standing import STATUS_KINDS, standing
from .catalog import NUMBER


class DayColumn(tables.Column):
    def render(self, value: dt.date) -> str:
        return short_day(value)


class ProviderTable(PortalTable):
    name = tables.Column(gettext_lazy("Provider"), accessor="organization__name")
    code = tables.Column(gettext_lazy("Code"))
    standing = tables.Column(gettext_lazy("Today"), accessor="pk", orderable=False)
    last_day = tables.Column(gettext_lazy("Authorized until"), accessor="pk", orderable=False)
    listed = tables.Column(gettext_lazy("Listed courses"), attrs=NUMBER)

    caption = gettext_lazy("Providers")
    row_header = "name"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No provider is known.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def render_name(self, record: Provider, value: str) -> str:
        return format_html('<a href="{}">{}</a>', reverse("providers:provider", args=[record.pk]), value)

    def render_standing(self, record: Provider) -> str:
        now, _last_day = standing(record, on=self.today)
        return status(STATUS_KINDS[now], str(now.label))

    def render_last_day(self, record: Provider) -> str:
        _now, last_day = standing(record, on=self.today)
        return short_day(last_day) or "–"


class AuthorizationTable(PortalTable):
    valid_from = DayColumn(gettext_lazy("First day"), orderable=False)
    valid_to = DayColumn(gettext_lazy("Last day"), orderable=False)
    kind = tables.Column(gettext_lazy("Kind"), orderable=False)
    source = tables.Column(gettext_lazy("By what decision"), orderable=False)

    caption = gettext_lazy("Authorizations")
    row_header = "valid_from"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No authorization yet.")


class ApplicationTable(PortalTable):
    received_on = DayColumn(gettext_lazy("Received"), orderable=False)
    outcome = tables.Column(gettext_lazy("Answer"), orderable=False, empty_values=())
    explanation = tables.Column(gettext_lazy("Explanation"), orderable=False, default="–")

    caption = gettext_lazy("Applications")
    row_header = "received_on"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No application is on file.")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def render_outcome(self, record: Application) -> str:
        if record.answered_on:
            words = {"outcome": record.get_outcome_display(), "day": short_day(record.answered_on)}
            kind = "good" if record.outcome == "granted" else "bad"
            return status(kind, _("%(outcome)s, %(day)s") % words)
        is_late = record.answer_by < self.today
        words = {"day": short_day(record.answer_by)}
        return status("todo", (_("Late since %(day)s") if is_late else _("Due by %(day)s")) % words)


class NoticeTable(PortalTable):
    noticed_on = DayColumn(gettext_lazy("Notice given"), orderable=False)
    problem = tables.Column(gettext_lazy("What is wrong"), orderable=False)
    cure_by = DayColumn(gettext_lazy("Put right by"), orderable=False)
    settled = tables.Column(gettext_lazy("Then"), accessor="pk", orderable=False)

    caption = gettext_lazy("Notices of problems")
    row_header = "noticed_on"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No notice was given.")

    def __init__(self, *args: Any, may_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_change = may_change

    def render_settled(self, record: CorrectiveAction) -> str:
        if record.cleared_on:
            return _("Cleared on %(day)s") % {"day": short_day(record.cleared_on)}
        if sanctions := record.sanctions.all():
            return ", ".join(sanction.get_kind_display() for sanction in sanctions)
        if not self.may_change:
            return _("Open")
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}</span></a>',
            reverse("providers:clear_notice", args=[record.pk]),
            _("Clear it"),
            short_day(record.noticed_on),
        )


class SanctionTable(PortalTable):
    valid_from = DayColumn(gettext_lazy("First day"), orderable=False)
    valid_to = DayColumn(gettext_lazy("Last day"), orderable=False, default=gettext_lazy("Not ended"))
    kind = tables.Column(gettext_lazy("Kind"), orderable=False)
    reason = tables.Column(gettext_lazy("Why"), orderable=False)

    caption = gettext_lazy("Suspensions and revocations")
    row_header = "valid_from"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("Never suspended or revoked.")

    def render_kind(self, record: Sanction) -> str:
        label = record.get_kind_display()
        return _("%(kind)s, urgent") % {"kind": label} if record.is_urgent else label


class ReviewTable(PortalTable):
    kind = tables.Column(gettext_lazy("What was checked"), orderable=False)
    done_on = DayColumn(gettext_lazy("Day"), orderable=False)
    paper = tables.Column(gettext_lazy("Paper"), accessor="pk", orderable=False)

    caption = gettext_lazy("Reviews on file")
    row_header = "kind"

    class Meta(PortalTable.Meta):
        empty_text = gettext_lazy("No review is on file.")

    def render_paper(self, record: Review) -> str:
        if record.document_id is None:
            return record.reference
        return format_html(
            '<a class="usa-link" href="{}">{}<span class="usa-sr-only">: {}, {}</span></a> {}',
            reverse("providers:review_document", args=[record.pk]),
            _("Download"),
            record.get_kind_display(),
            short_day(record.done_on),
            record.reference,
        )
