"""What waits about provider reports: at the provider, and at the state office."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from coredata.models import ProviderReport, ReportState
from coredata.reports_due import reports_due
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.ui.words import long_day

from .blocks import MOST, Block, Item

AHEAD = dt.timedelta(days=7)  # from when on a report that is due waits for somebody


def reports_to_send(hat: Membership, today: dt.date) -> Block:
    """The provider's report that is due or was, and the last one, if it came back or was not passed on."""
    items = [
        Item(_("Send the report of your enrollments"), reverse("coredata:reports"), due_on=due.due_on)
        for due in reports_due(today, provider_id=hat.organization_id)
        if due.due_on <= today + AHEAD
    ]
    last = ProviderReport.objects.visible_to(hat).exclude(state=ReportState.REPLACED).order_by("-pk").first()
    words = {
        ReportState.CHECKED: _("Finish %(file)s: it is checked and not sent to the state office"),
        ReportState.RETURNED: _("Correct %(file)s: the state office has returned it"),
    }
    if last and last.state in words:
        about = last.reason if last.state == ReportState.RETURNED else ""
        sentence = words[ReportState(last.state)] % {"file": last.name}
        items.append(Item(sentence, reverse("coredata:report", args=[last.pk]), about=about))
    return Block(_("Reports to the state office"), items, "coredata:reports")


def reports_to_decide(hat: Membership, today: dt.date) -> Block:
    """The reports that wait for the state office, the oldest first."""
    waiting = ProviderReport.objects.visible_to(hat).filter(state=ReportState.WAITING)
    items = [
        Item(
            _("Look at the report of %(provider)s") % {"provider": report.provider},
            reverse("coredata:report", args=[report.pk]),
            about=_("As of %(day)s") % {"day": long_day(report.as_of)} if report.as_of else "",
        )
        for report in waiting.select_related("provider__organization").order_by("submitted_at", "pk")[
            : MOST + 1
        ]
    ]
    return Block(_("Provider reports"), items, "coredata:report_queue")
