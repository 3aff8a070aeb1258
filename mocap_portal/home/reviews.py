"""Once a year every administrator is asked who keeps which role, and reminded while the answer is open.

Everything here may run twice, on two workers at once, and be killed in between: what was asked and told is not asked
or told again, and what was left out comes with the next run.
"""

import datetime as dt

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import AccessReview, Membership, Role, User
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers import digest
from mocap_portal.foundation.shared.calendar import CENTRAL, central_date

LONGEST_MONTH = 28  # so that the day exists in every month
REMINDED_EVERY = 7  # days, until the answer is due; from then on each day


def run(*, at: dt.datetime) -> None:
    """Ask when the day of this year has come; tell and remind those who have not answered."""
    today = central_date(at)
    begins_on = day_of(today.year, on=today)
    if today >= begins_on:
        days = LegalValue.objects.whole(LegalKey.ACCESS_REVIEW_DAYS, on=today)
        accounts.ask_reviews(
            today.year,
            begins_at=dt.datetime.combine(begins_on, dt.time(), CENTRAL),
            at=at,
            due_on=today + dt.timedelta(days=days),
        )
    for review in AccessReview.objects.open().select_related("organization").order_by("pk"):
        people = administrators(review)
        tell(review, people, at=at)
        if is_reminded(review, today):
            remind(review, people, today)


def day_of(year: int, *, on: dt.date) -> dt.date:
    """The day of this year on which the review begins, by the values that hold on a day."""
    month = LegalValue.objects.whole(LegalKey.ACCESS_REVIEW_MONTH, on=on)
    day = LegalValue.objects.whole(LegalKey.ACCESS_REVIEW_DAY, on=on)
    return dt.date(year, min(max(month, 1), 12), min(max(day, 1), LONGEST_MONTH))


def administrators(review: AccessReview) -> list[User]:
    """Who can answer it."""
    hats = Membership.objects.in_organization(review.organization_id, Role(review.role))
    return [hat.user for hat in hats.select_related("user").order_by("user")]


def tell(review: AccessReview, people: list[User], *, at: dt.datetime) -> None:
    """One mail a person, also to whoever became an administrator since."""
    papers.tell(
        people,
        f"access-review:{review.pk}",
        subject=gettext_lazy("Who keeps which role? Please answer by %(due)s"),
        sentences=[
            gettext_lazy("Once a year every administrator looks at who has which role in the portal."),
            gettext_lazy("Please say for each role at %(organization)s whether it stays, by %(due)s:"),
        ],
        path=reverse("accounts:review"),
        at=at,
        organization=review.organization.name,
        due=review.due_on,
    )


def is_reminded(review: AccessReview, today: dt.date) -> bool:
    waited = (today - central_date(review.asked_at)).days
    return today >= review.due_on or (waited > 0 and waited % REMINDED_EVERY == 0)


def remind(review: AccessReview, people: list[User], today: dt.date) -> None:
    """A sentence in the mail of the day."""
    for user in people:
        with translation.override(user.language):
            names = {
                "organization": review.organization.name,
                "due": date_format(review.due_on, "DATE_FORMAT"),
            }
            late = today > review.due_on
            sentence = (
                _("%(organization)s: the yearly review of roles was due by %(due)s and is not finished.")
                if late
                else _("%(organization)s: finish the yearly review of roles by %(due)s.")
            )
            digest.add(
                user,
                day=today,
                key=f"access-review:{review.pk}",
                sentence=sentence % names,
                path=reverse("accounts:review"),
                urgent=late,
            )
