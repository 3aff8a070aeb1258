"""DESE authorizes a provider: application, grant or denial, and the reviews a grant rests on."""

import datetime as dt

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue, Provider
from mocap_portal.foundation.papers.actions import store_document
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import (
    Application,
    Authorization,
    AuthorizationKind,
    Outcome,
    ProviderProfile,
    Review,
    ReviewKind,
    Sanction,
    SanctionKind,
)

from .agreements import EndsBeforeItStarts, PaperMissing


class ApplicationWaits(Refusal):
    sentence = _("An application of this provider waits for an answer already. Answer that one.")


class NoApplication(Refusal):
    sentence = _("No application of this provider waits for an answer. Record the application first.")


class ExplanationMissing(Refusal):
    sentence = _("A denial is explained in writing. Write why, and what the provider can do.")


class SpanTooLong(Refusal):
    sentence = _("An authorization lasts at most the years the law sets. Choose an earlier last day.")


class AuthorizationOverlaps(Refusal):
    sentence = _("The provider is authorized for some of these days already. Choose a first day after that.")


class ReviewMissing(Refusal):
    sentence = _(
        "The accessibility checklist and the data-security review must both be on file before a provider is "
        "authorized. Record what is missing first."
    )


class LinksMissing(Refusal):
    sentence = _(
        "A renewal needs the links to the provider's policies: integrity, netiquette, plagiarism, privacy and "
        "consequences. Ask its administrator to enter what is missing on the provider's own page."
    )


class StillSuspended(Refusal):
    sentence = _("The provider is suspended. Lift the suspension before you authorize it again.")


class RevokedThatDay(Refusal):
    sentence = _("The authorization was revoked on that day. A new one starts on a later day.")


class ReviewKnown(Refusal):
    sentence = _("A review of this kind and this day is on file already. Check the day.")


class BeforeAllRules(Refusal):
    sentence = _("No rules of that day are known here. Check the year.")


@transaction.atomic
def apply(provider_id: int, *, received_on: dt.date) -> Application:
    """Record that a provider asks to be authorized; the answer is due within the days that hold (R-91).

    An earlier denial stands in nobody's way. Raises ApplicationWaits, BeforeAllRules.
    """
    days = _rule(LegalKey.AUTHORIZATION_ANSWER_DAYS, on=received_on)
    application = Application(
        provider_id=provider_id, received_on=received_on, answer_by=received_on + dt.timedelta(days=days)
    )
    try:
        with transaction.atomic():
            application.save()
    except IntegrityError as error:
        if "one_unanswered_application" not in str(error):
            raise
        raise ApplicationWaits from error
    return application


@transaction.atomic
def deny(provider_id: int, *, explanation: str, by: Membership, on: dt.date) -> Application:
    """Answer the waiting application with no, and why. Raises ExplanationMissing, NoApplication."""
    if not explanation.strip():
        raise ExplanationMissing
    waiting = Application.objects.unanswered().select_for_update(of=("self",))
    application = waiting.filter(provider=provider_id).first()
    if application is None:
        raise NoApplication
    _answer(application, Outcome.DENIED, by=by, on=on, explanation=explanation)
    return application


@transaction.atomic
def grant(
    provider_id: int,
    *,
    valid_from: dt.date,
    valid_to: dt.date,
    source: str,
    by: Membership,
    on: dt.date,
) -> Authorization:
    """Authorize a provider for a span of days, for the first time or again. It answers the waiting application.

    After a revocation this is a new start, and ends it. Raises EndsBeforeItStarts, SpanTooLong (R-90), ReviewMissing
    (R-97), LinksMissing (R-100, a renewal only), StillSuspended, RevokedThatDay, AuthorizationOverlaps, BeforeAllRules.
    """
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    if valid_to < valid_from:
        raise EndsBeforeItStarts
    if valid_to > last_day_of_authorization(valid_from):
        raise SpanTooLong
    is_renewal = provider.authorizations.exists()
    known = set(provider.reviews.values_list("kind", flat=True))
    if known != set(ReviewKind.values):
        raise ReviewMissing
    if is_renewal and _misses_links(provider):
        raise LinksMissing
    _end_revocation(provider, first_day=valid_from)
    authorization = Authorization(
        provider=provider,
        kind=AuthorizationKind.RENEWAL if is_renewal else AuthorizationKind.GRANT,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
        granted_by=by,
    )
    try:
        with transaction.atomic():
            authorization.save()
    except IntegrityError as error:
        if "one_authorization_at_a_time" not in str(error):
            raise
        raise AuthorizationOverlaps from error
    waiting = provider.applications.filter(outcome="").select_for_update(of=("self",))
    if application := waiting.first():  # unless it was denied meanwhile
        _answer(application, Outcome.GRANTED, by=by, on=on)
    return authorization


@transaction.atomic
def record_review(
    provider_id: int,
    *,
    kind: ReviewKind,
    done_on: dt.date,
    reference: str = "",
    upload: File | None = None,  # type: ignore[type-arg]
    by: Membership,
    at: dt.datetime,
) -> Review:
    """Put an accessibility checklist or a data-security review on file, with its day and its paper (R-97).

    Raises PaperMissing, ReviewKnown, and what papers.actions.store_document raises.
    """
    if not (reference or upload):
        raise PaperMissing
    review = Review(provider_id=provider_id, kind=kind, done_on=done_on, reference=reference, entered_by=by)
    if upload:
        review.document = store_document(upload, by=by, at=at)
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        if "one_review_of_a_kind_a_day" not in str(error):
            raise
        raise ReviewKnown from error
    return review


def last_day_of_authorization(first_day: dt.date) -> dt.date:
    """The last day an authorization from this day on may have (R-90). Raises BeforeAllRules."""
    years = _rule(LegalKey.AUTHORIZATION_YEARS, on=first_day)
    is_leap_day = (first_day.month, first_day.day) == (2, 29)
    anniversary = first_day.replace(year=first_day.year + years, day=28 if is_leap_day else first_day.day)
    return anniversary - dt.timedelta(days=1)


def _rule(key: LegalKey, *, on: dt.date) -> int:
    try:
        return LegalValue.objects.whole(key, on=on)
    except NoLegalValue as error:
        raise BeforeAllRules from error


def _answer(
    application: Application, outcome: Outcome, *, by: Membership, on: dt.date, explanation: str = ""
) -> None:
    application.outcome, application.explanation = outcome, explanation
    application.answered_by, application.answered_on = by, on
    application.save()


def _misses_links(provider: Provider) -> bool:
    profile = ProviderProfile.objects.filter(provider=provider).first()
    return profile is None or bool(profile.missing_links)


def _end_revocation(provider: Provider, *, first_day: dt.date) -> None:
    sanction: Sanction | None = provider.sanctions.filter(valid_to__isnull=True).first()
    if sanction is None:
        return
    if sanction.kind == SanctionKind.SUSPENSION:
        raise StillSuspended
    if first_day <= sanction.valid_from:
        raise RevokedThatDay
    sanction.valid_to = first_day - dt.timedelta(days=1)
    sanction.save(update_fields=["valid_to"])
