"""What a district tells the public about itself, and what it still owes (R-116, R-143)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import ClosedDay, Lea, RequestWindow, Term
from mocap_portal.foundation.papers.models import Notice, NoticeState

SHOWN_AHEAD = dt.timedelta(days=365)  # closed days to come
BOUNCED_WITHIN = dt.timedelta(days=90)


@dataclass(frozen=True)
class Missing:
    """Something that a district has not entered: what it is, and the name of the page where it does."""

    what: str
    page: str


@dataclass(frozen=True)
class TermWindow:
    """A term that families may ask for, and when the district would like to be asked, if it has said so."""

    term: Term
    window: RequestWindow | None


def missing(lea: Lea) -> list[Missing]:
    """What its public page lacks, in the order in which it stands there."""
    needed = [
        (bool(lea.contact_name and lea.contact_email), _("the MOCAP contact"), "state_map:change_contact"),
        (bool(lea.guidance_url), _("the link to your guidance about MOCAP"), "state_map:change_links"),
        (bool(lea.policy_part_time_url), _("the policy on part-time courses"), "state_map:change_links"),
        (bool(lea.policy_full_time_url), _("the policy on full-time programs"), "state_map:change_links"),
    ]
    return [Missing(what, page) for is_there, what, page in needed if not is_there]


def incomplete_leas(*, on: dt.date) -> QuerySet[Lea]:
    """The open districts that lack something, or whose contact's mails come back (`bounces`), by name."""
    since = dt.datetime.combine(on, dt.time(), dt.UTC) - BOUNCED_WITHIN
    given_up = Notice.objects.annotate(address=Lower("to")).filter(
        state=NoticeState.FAILED, created_at__gte=since, address=Lower(OuterRef("contact_email"))
    )
    fields = ["contact_name", "contact_email", "guidance_url", "policy_part_time_url", "policy_full_time_url"]
    lacks = Q()
    for field in fields:
        lacks |= Q(**{field: ""})
    return (
        Lea.objects.on(on)
        .annotate(bounces=Exists(given_up))
        .filter(lacks | Q(bounces=True))
        .select_related("organization")
        .order_by("organization__name")
    )


def windows(lea: Lea, *, on: dt.date) -> list[TermWindow]:
    """The terms to come, each with the district's window."""
    found = {window.term_id: window for window in RequestWindow.objects.filter(lea=lea, term__ends_on__gt=on)}
    terms = Term.objects.open_to_requests(on).filter(starts_on__lte=on + SHOWN_AHEAD)
    ordered = terms.select_related("school_year").order_by("starts_on", "ends_on")
    return [TermWindow(term, found.get(term.pk)) for term in ordered]


def closed_days_to_come(lea: Lea, *, on: dt.date) -> QuerySet[ClosedDay]:
    """The district's own and the state's, for a year."""
    days = ClosedDay.objects.for_lea(lea.pk).filter(date__range=(on, on + SHOWN_AHEAD))
    return days.order_by("date", "pk")


def find(words: str, *, on: dt.date) -> QuerySet[Lea]:
    """The open districts that fit every word of a name, or a state code; all of them without words."""
    leas = Lea.objects.on(on).select_related("organization")
    for word in words.replace("-", " ").split():
        leas = leas.filter(Q(organization__name__icontains=word) | Q(state_district_id=word))
    return leas.order_by("organization__name")
