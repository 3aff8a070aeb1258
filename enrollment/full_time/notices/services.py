"""Mails about findings, services agreements and reviews: to the other side when something waits for it, and to the
family when both have signed. Every function runs inside the transaction of what it tells."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.papers import actions as papers

from ..models import GoalReview, ProgramApplication, ServicesAgreement, ServicesFinding, Side
from .people import family_of, other, side_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def tell_finding(finding: ServicesFinding, *, by_side: Side, at: dt.datetime) -> None:
    _tell(
        finding.application,
        side_of(finding.application, other(by_side)),
        f"services-finding:{finding.pk}",
        subject=_("Application %(number)s: what the IEP or 504 team found"),
        sentences=[
            _("A finding of the IEP or 504 team is recorded for application %(number)s to %(program)s."),
            _("What it says, and what comes next, is on this page:"),
        ],
        at=at,
    )


def tell_to_sign(agreement: ServicesAgreement, *, by_side: Side, at: dt.datetime) -> None:
    """A version was written: the other side reads it and signs."""
    _tell(
        agreement.application,
        side_of(agreement.application, other(by_side)),
        f"services-agreement:{agreement.pk}",
        subject=_("Application %(number)s: a services agreement to read and sign"),
        sentences=[
            _("A version of the services agreement for application %(number)s to %(program)s waits for you."),
            _("Please read it and sign it, or write another version:"),
        ],
        at=at,
    )


def tell_signature(agreement: ServicesAgreement, *, by_side: Side, at: dt.datetime) -> None:
    """One side has signed: the other one signs next. Both have: it holds, and the family hears of it too."""
    application = agreement.application
    other_side = side_of(application, other(by_side))
    if agreement.unsigned:
        _tell(
            application,
            other_side,
            f"services-agreement:{agreement.pk}:half",
            subject=_("Application %(number)s: your signature is missing"),
            sentences=[
                _(
                    "The other district signed the services agreement for application %(number)s to %(program)s."
                ),
                _("It holds as soon as your side has signed, too:"),
            ],
            at=at,
        )
        return
    _tell(
        application,
        other_side,
        f"services-agreement:{agreement.pk}:signed",
        subject=_("Application %(number)s: the services agreement is signed"),
        sentences=[
            _("Both districts signed the services agreement for application %(number)s to %(program)s."),
            _("You can read and print it here:"),
        ],
        at=at,
    )
    _tell(
        application,
        family_of(application),
        f"services-agreement:{agreement.pk}:family",
        subject=_("Application %(number)s: the education services plan is signed"),
        sentences=[
            _(
                "The program and your district signed the education services plan for your application %(number)s to "
                "%(program)s."
            ),
            _("The plan, and what you can do if you disagree, is on this page:"),
        ],
        at=at,
    )


def tell_review(review: GoalReview, *, at: dt.datetime) -> None:
    application = review.agreement.application
    _tell(
        application,
        side_of(application, other(Side(review.side))),
        f"goal-review:{review.pk}",
        subject=_("Application %(number)s: goals and accommodations were reviewed"),
        sentences=[
            _(
                "The other district reviewed goals and accommodations of the student of application %(number)s to "
                "%(program)s."
            ),
            _("Please read it, and write the review of your side:"),
        ],
        at=at,
    )


def _tell(
    application: ProgramApplication,
    people: Sequence[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    at: dt.datetime,
) -> None:
    papers.tell(
        people,
        key,
        subject=subject,
        sentences=sentences,
        path=reverse("full_time:services", args=[application.pk]),
        at=at,
        number=application.number,
        program=application.program.name,
    )
