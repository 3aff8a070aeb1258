"""The only writers of findings, services agreements and reviews of goals. Each side may write; both sign (R-47)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import services_letter
from ..models import (
    Body,
    FindingOutcome,
    GoalReview,
    ProgramApplication,
    Service,
    ServicesAgreement,
    ServicesFinding,
)
from ..notices import services as notices
from .sides import locked_application, refuse_over, side_of


class ChangedMeanwhile(Refusal):
    """Somebody recorded a later one than the writer has seen: a colleague, or a second click."""

    sentence = _("This was changed meanwhile. Read what stands now; nothing of yours was recorded twice.")


class DayToCome(Refusal):
    sentence = _("This day is still to come. Enter the day on which the team met.")


class NoFinding(Refusal):
    sentence = _("Record the finding of the IEP or 504 team first.")


class NothingNeeded(Refusal):
    sentence = _("The team found that no services are needed, so there is nothing to agree on.")


class NoServices(Refusal):
    sentence = _("Enter at least one service.")


class RunsBackwards(Refusal):
    sentence = _("The last day is before the first day.")


class ServiceOutside(Refusal):
    """A service is given on days on which the agreement does not hold."""

    def __init__(self, what: str) -> None:
        super().__init__(
            _("“%(what)s” lies outside the days of the agreement. Change its days.") % {"what": what}
        )


class BodyNotNamed(Refusal):
    """Another body serves or pays, and has no name."""

    def __init__(self, what: str) -> None:
        super().__init__(_("Enter the name of the body that serves or pays for “%(what)s”.") % {"what": what})


class SaysNoReason(Refusal):
    sentence = _("Say why the agreement changes.")


class Replaced(Refusal):
    sentence = _("A newer version of this agreement was written. Read and sign that one.")


class NothingSigned(Refusal):
    sentence = _("No services agreement is signed by both sides yet, so there is nothing to review.")


class ReviewedToday(Refusal):
    sentence = _("Your side has written a review of this day already. Reload the page to see it.")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What both districts agree on. Both days count."""

    starts_on: dt.date
    ends_on: dt.date
    place: str
    money: str
    host_does: str
    resident_does: str


@dataclass(frozen=True, kw_only=True)
class PlannedService:
    """A service to agree on. Without days of its own it is given as long as the agreement holds."""

    what: str
    minutes_a_week: int
    served_by: str
    paid_by: str
    place: str
    body: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


@transaction.atomic
def record_finding(
    application_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    after: int,
    outcome: str,
    met_on: dt.date,
    finding: str,
    accommodations: str = "",
) -> ServicesFinding:
    """Record what the IEP or 504 team found. It stands in the place of the earlier findings, which stay.

    `after`: the number of the finding that the writer has seen, 0 for none.
    Raises NotYourApplication, OwnChild, ApplicationOver, ChangedMeanwhile, DayToCome.
    """
    application = locked_application(application_id)
    side = side_of(application, by=by)
    refuse_over(application)
    standing = ServicesFinding.objects.standing(application.pk)
    if (standing.number if standing else 0) != after:
        raise ChangedMeanwhile
    if met_on > central_date(at):
        raise DayToCome
    row = ServicesFinding.objects.create(
        application=application,
        number=after + 1,
        outcome=outcome,
        met_on=met_on,
        finding=finding.strip(),
        accommodations=accommodations.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    notices.tell_finding(row, by_side=side, at=at)
    return row


@transaction.atomic
def draft_agreement(
    application_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    after: int,
    terms: Terms,
    services: Sequence[PlannedService],
    change: str = "",
) -> ServicesAgreement:
    """Write the first version of the agreement, or amend it by a new one.

    A signed version holds until both sides have signed a newer one; an unsigned version is replaced at once.
    `after`: the number of the newest version that the writer has seen, 0 for none. `change`: why it is amended.
    Raises NotYourApplication, OwnChild, ApplicationOver, NoFinding, NothingNeeded, ChangedMeanwhile, SaysNoReason,
    RunsBackwards, NoServices, ServiceOutside, BodyNotNamed.
    """
    application = locked_application(application_id)
    side = side_of(application, by=by)
    refuse_over(application)
    refuse_needless(application)
    newest = ServicesAgreement.objects.newest(application.pk)
    if (newest.version if newest else 0) != after:
        raise ChangedMeanwhile
    if newest and not change.strip():
        raise SaysNoReason
    if terms.ends_on < terms.starts_on:
        raise RunsBackwards
    if not services:
        raise NoServices
    agreement = ServicesAgreement.objects.create(
        application=application,
        version=after + 1,
        change=change.strip() if newest else "",
        drafted_at=at,
        drafted_by=by,
        **asdict(terms),
    )
    Service.objects.bulk_create(_service(agreement, planned) for planned in services)
    notices.tell_to_sign(agreement, by_side=side, at=at)
    return agreement


@transaction.atomic
def sign(agreement_id: int, *, by: Membership, at: dt.datetime, name: str) -> ServicesAgreement:
    """Sign for one's side. The second signature writes the plan as a letter; from then on this version holds.

    A side that has signed signs no second time: that changes nothing.
    Raises NotYourApplication, OwnChild, ApplicationOver, Replaced.
    """
    application_id = ServicesAgreement.objects.values_list("application", flat=True).get(pk=agreement_id)
    application = locked_application(application_id)
    side = side_of(application, by=by)
    agreement = ServicesAgreement.objects.get(pk=agreement_id)
    agreement.application = application
    if side not in agreement.unsigned:
        return agreement
    refuse_over(application)
    if agreement != ServicesAgreement.objects.newest(application.pk):
        raise Replaced
    agreement.sign(side, by=by, at=at, name=name)
    if not agreement.unsigned:
        day = central_date(at)
        agreement.letter = papers.keep_letter(
            LetterKind.SERVICES,
            text=services_letter.compose(agreement, on=day),
            facts=services_letter.facts(agreement),
            day=day,
            at=at,
        )
    agreement.save()
    notices.tell_signature(agreement, by_side=side, at=at)
    return agreement


@transaction.atomic
def review_goals(
    application_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    reviewed_on: dt.date,
    goals: str,
    accommodations: str,
) -> GoalReview:
    """Write how one's side sees goals and accommodations, under the agreement that holds. Once a side and day.

    Raises NotYourApplication, OwnChild, ApplicationOver, NothingSigned, DayToCome, ReviewedToday.
    """
    application = locked_application(application_id)
    side = side_of(application, by=by)
    refuse_over(application)
    agreement = ServicesAgreement.objects.standing(application.pk)
    if agreement is None:
        raise NothingSigned
    if reviewed_on > central_date(at):
        raise DayToCome(_("This day is still to come. Enter the day of the review."))
    agreement.application = application
    if agreement.reviews.filter(side=side, reviewed_on=reviewed_on).exists():
        raise ReviewedToday
    review = GoalReview.objects.create(
        agreement=agreement,
        side=side,
        reviewed_on=reviewed_on,
        goals=goals.strip(),
        accommodations=accommodations.strip(),
        at=at,
        by=by,
    )
    notices.tell_review(review, at=at)
    return review


def refuse_needless(application: ProgramApplication) -> None:
    """Raises NoFinding, NothingNeeded: an agreement rests on what the team found."""
    finding = ServicesFinding.objects.standing(application.pk)
    if finding is None:
        raise NoFinding
    if finding.outcome == FindingOutcome.NOT_NEEDED:
        raise NothingNeeded


def _service(agreement: ServicesAgreement, planned: PlannedService) -> Service:
    starts_on = planned.starts_on or agreement.starts_on
    ends_on = planned.ends_on or agreement.ends_on
    if not agreement.starts_on <= starts_on <= ends_on <= agreement.ends_on:
        raise ServiceOutside(planned.what)
    another = Body.OTHER in {planned.served_by, planned.paid_by}
    if another and not planned.body.strip():
        raise BodyNotNamed(planned.what)
    return Service(
        agreement=agreement,
        what=planned.what,
        minutes_a_week=planned.minutes_a_week,
        served_by=planned.served_by,
        paid_by=planned.paid_by,
        body=planned.body.strip() if another else "",
        place=planned.place,
        starts_on=starts_on,
        ends_on=ends_on,
    )
