"""Who may offer courses: application, grant, denial, notice, suspension, revocation, and what each asks for."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from providers import actions
from providers.models import (
    Application,
    Authorization,
    AuthorizationKind,
    CorrectiveAction,
    Course,
    Outcome,
    ReviewKind,
    Sanction,
    SanctionKind,
)
from providers.standing import Standing, standing, with_its_papers
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ProviderFactory
from tests.factories.providers import (
    ApplicationFactory,
    AuthorizationFactory,
    CorrectiveActionFactory,
    CourseFactory,
    ProviderProfileFactory,
    ReviewFactory,
    SanctionFactory,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(NOW)


@pytest.fixture
def hat() -> Membership:
    return MembershipFactory.create(dese_admin=True)


@pytest.fixture
def provider() -> Provider:
    """A provider with both reviews on file."""
    provider = ProviderFactory.create()
    for kind in ReviewKind:
        ReviewFactory.create(provider=provider, kind=kind)
    return provider


def grant(provider: Provider, hat: Membership, **changes: Any) -> Authorization:
    facts = {
        "valid_from": TODAY,
        "valid_to": dt.date(2029, 11, 21),
        "source": "Minutes",
        "by": hat,
        "on": TODAY,
    }
    return actions.grant(provider.pk, **{**facts, **changes})


def where(provider: Provider, on: dt.date = TODAY) -> Standing:
    return standing(with_its_papers().get(pk=provider.pk), on=on)[0]


def offered(on: dt.date = TODAY) -> list[Course]:
    return list(Course.objects.on_offer(starting=on))


# Grant and renewal --------------------------------------------------------------------------------


@pytest.mark.rule("R-90")
def test_three_years_at_most(provider: Provider, hat: Membership) -> None:
    with pytest.raises(actions.SpanTooLong):
        grant(provider, hat, valid_to=dt.date(2029, 11, 22))
    authorization = grant(provider, hat)
    assert (authorization.kind, authorization.valid_to) == (AuthorizationKind.GRANT, dt.date(2029, 11, 21))
    assert where(provider) == Standing.AUTHORIZED
    ProviderProfileFactory.create(provider=provider)
    with pytest.raises(actions.AuthorizationOverlaps):
        grant(provider, hat, valid_from=dt.date(2029, 11, 21), valid_to=dt.date(2030, 1, 1))


@pytest.mark.rule("R-90", "R-91")
def test_a_mistyped_year_is_a_sentence(provider: Provider, hat: Membership) -> None:
    for first_day in (dt.date(1902, 11, 22), dt.date(1026, 11, 22)):
        with pytest.raises(actions.BeforeAllRules):
            grant(provider, hat, valid_from=first_day, valid_to=first_day)
        with pytest.raises(actions.BeforeAllRules):
            actions.apply(provider.pk, received_on=first_day)


@pytest.mark.rule("R-90")
def test_a_leap_day_ends_on_the_day_before_its_anniversary(provider: Provider, hat: Membership) -> None:
    with pytest.raises(actions.SpanTooLong):
        grant(provider, hat, valid_from=dt.date(2028, 2, 29), valid_to=dt.date(2031, 2, 28))
    grant(provider, hat, valid_from=dt.date(2028, 2, 29), valid_to=dt.date(2031, 2, 27))


def test_the_last_day_is_not_before_the_first(provider: Provider, hat: Membership) -> None:
    with pytest.raises(actions.EndsBeforeItStarts):
        grant(provider, hat, valid_to=TODAY - DAY)


@pytest.mark.rule("R-97")
@pytest.mark.parametrize("kind", ReviewKind)
def test_both_reviews_are_on_file_first(hat: Membership, kind: ReviewKind) -> None:
    provider = ProviderFactory.create()
    ReviewFactory.create(provider=provider, kind=kind)
    with pytest.raises(actions.ReviewMissing):
        grant(provider, hat)
    assert not Authorization.objects.exists()


@pytest.mark.rule("R-97")
def test_a_review_is_dated_and_attached(hat: Membership) -> None:
    provider = ProviderFactory.create()
    facts: dict[str, Any] = {"kind": ReviewKind.ACCESSIBILITY, "done_on": TODAY, "by": hat, "at": NOW}
    with pytest.raises(actions.PaperMissing):
        actions.record_review(provider.pk, **facts)
    actions.record_review(provider.pk, reference="Cabinet 2", **facts)
    with pytest.raises(actions.ReviewKnown):
        actions.record_review(provider.pk, reference="Cabinet 2", **facts)
    with pytest.raises(IntegrityError, match="reviews_are_attached"), transaction.atomic():
        ReviewFactory.create(reference="")


@pytest.mark.rule("R-100")
@pytest.mark.parametrize(
    "link", ["integrity_url", "netiquette_url", "plagiarism_url", "privacy_url", "consequences_url"]
)
def test_a_missing_link_blocks_the_renewal(provider: Provider, hat: Membership, link: str) -> None:
    AuthorizationFactory.create(provider=provider, valid_to=TODAY)
    span = {"valid_from": TODAY + DAY, "valid_to": dt.date(2028, 1, 1)}
    with pytest.raises(actions.LinksMissing):
        grant(provider, hat, **span)
    profile = ProviderProfileFactory.create(provider=provider, **{link: ""})
    with pytest.raises(actions.LinksMissing):
        grant(provider, hat, **span)
    setattr(profile, link, "https://provider.example/policy")
    profile.save()
    assert grant(provider, hat, **span).kind == AuthorizationKind.RENEWAL


# Applications -------------------------------------------------------------------------------------


@pytest.mark.rule("R-91")
def test_a_denial_is_explained_and_blocks_nothing(provider: Provider, hat: Membership) -> None:
    application = actions.apply(provider.pk, received_on=TODAY)
    assert application.answer_by == dt.date(2026, 12, 22)
    assert where(provider) == Standing.APPLIED
    with pytest.raises(actions.ApplicationWaits):
        actions.apply(provider.pk, received_on=TODAY)
    with pytest.raises(actions.ExplanationMissing):
        actions.deny(provider.pk, explanation="  ", by=hat, on=TODAY)
    actions.deny(provider.pk, explanation="No teacher is certificated.", by=hat, on=TODAY)
    assert where(provider) == Standing.DENIED
    with pytest.raises(actions.NoApplication):
        actions.deny(provider.pk, explanation="Again.", by=hat, on=TODAY)
    actions.apply(provider.pk, received_on=TODAY)
    grant(provider, hat)
    outcomes = Application.objects.order_by("pk").values_list("outcome", "answered_on")
    assert list(outcomes) == [(Outcome.DENIED, TODAY), (Outcome.GRANTED, TODAY)]


@pytest.mark.rule("R-91")
def test_the_database_refuses_a_denial_without_words() -> None:
    with pytest.raises(IntegrityError, match="denied_applications_are_explained"), transaction.atomic():
        ApplicationFactory.create(outcome=Outcome.DENIED, answered_on=TODAY)


# Suspension and revocation ------------------------------------------------------------------------


def suspend(provider: Provider, hat: Membership, *, urgent: bool = False, on: dt.date = TODAY) -> Sanction:
    return actions.suspend(provider.pk, reason="No contact.", is_urgent=urgent, by=hat, on=on)


@pytest.mark.rule("R-92")
def test_notice_and_time_to_cure_come_first(provider: Provider, hat: Membership) -> None:
    AuthorizationFactory.create(provider=provider)
    with pytest.raises(actions.NoticeMissing):
        suspend(provider, hat)
    with pytest.raises(actions.NoTimeToCure):
        actions.give_notice(provider.pk, problem="No contact.", cure_by=TODAY, by=hat, on=TODAY)
    notice = actions.give_notice(provider.pk, problem="No contact.", cure_by=TODAY + DAY, by=hat, on=TODAY)
    for day in (TODAY, TODAY + DAY):
        with pytest.raises(actions.StillTimeToCure):
            suspend(provider, hat, on=day)
    sanction = suspend(provider, hat, on=TODAY + 2 * DAY)
    assert sanction.corrective_action == notice
    with pytest.raises(actions.AlreadySettled):
        actions.clear(notice.pk, by=hat, on=TODAY)


@pytest.mark.rule("R-92")
def test_what_is_urgent_says_why(provider: Provider, hat: Membership) -> None:
    with pytest.raises(actions.ReasonMissing):
        actions.suspend(provider.pk, reason=" ", is_urgent=True, by=hat, on=TODAY)
    assert suspend(provider, hat, urgent=True).is_urgent
    with pytest.raises(IntegrityError, match="sanctions_follow_a_notice"), transaction.atomic():
        SanctionFactory.create(is_urgent=False)
    with pytest.raises(IntegrityError, match="sanctions_have_a_reason"), transaction.atomic():
        SanctionFactory.create(reason="")


@pytest.mark.rule("R-92")
def test_a_cleared_notice_is_no_ground(provider: Provider, hat: Membership) -> None:
    notice = CorrectiveActionFactory.create(provider=provider)
    actions.clear(notice.pk, by=hat, on=TODAY)
    with pytest.raises(actions.NoticeMissing):
        suspend(provider, hat)


@pytest.mark.rule("R-93")
def test_courses_leave_the_choice_at_once_and_come_back(provider: Provider, hat: Membership) -> None:
    course = CourseFactory.create(provider=provider)
    spring = dt.date(2027, 1, 5)
    assert (offered(), offered(spring)) == ([course], [course])
    suspend(provider, hat, urgent=True)
    assert (offered(), offered(spring)) == ([], [])
    assert where(provider) == Standing.SUSPENDED
    with pytest.raises(actions.AlreadySuspended):
        suspend(provider, hat, urgent=True)
    actions.lift(provider.pk, by=hat, on=TODAY)
    assert (offered(), offered(TODAY + DAY), offered(spring)) == ([], [course], [course])
    with pytest.raises(actions.NotSuspended):
        actions.lift(provider.pk, by=hat, on=TODAY)


@pytest.mark.rule("R-92", "R-93")
@pytest.mark.parametrize("begun", [TODAY - DAY, TODAY])
def test_a_suspension_that_was_lifted_today_is_no_obstacle(
    provider: Provider, hat: Membership, begun: dt.date
) -> None:
    suspend(provider, hat, urgent=True, on=begun)
    actions.lift(provider.pk, by=hat, on=TODAY)
    suspend(provider, hat, urgent=True)
    days = Sanction.objects.order_by("valid_from").values_list("valid_from", "valid_to")
    earlier = [(begun, TODAY - DAY)] if begun < TODAY else []
    assert list(days) == [*earlier, (TODAY, None)]
    actions.lift(provider.pk, by=hat, on=TODAY)
    actions.revoke(provider.pk, reason="Again.", is_urgent=True, by=hat, on=TODAY)
    assert where(provider) == Standing.REVOKED


@pytest.mark.rule("R-92", "R-93")
def test_an_authorization_promised_after_a_revocation_is_taken_back(
    provider: Provider, hat: Membership
) -> None:
    CourseFactory.create(provider=provider)
    ProviderProfileFactory.create(provider=provider)
    actions.revoke(provider.pk, reason="No contact.", is_urgent=True, by=hat, on=TODAY)
    grant(provider, hat, valid_from=TODAY + 9 * DAY, valid_to=dt.date(2028, 1, 1))
    with pytest.raises(actions.AlreadyRevoked):
        suspend(provider, hat, urgent=True, on=TODAY + DAY)
    actions.revoke(provider.pk, reason="Again.", is_urgent=True, by=hat, on=TODAY + DAY)
    assert (offered(TODAY + 10 * DAY), where(provider)) == ([], Standing.REVOKED)
    assert Sanction.objects.get().valid_to is None


@pytest.mark.rule("R-93")
def test_a_revocation_ends_with_a_new_authorization(provider: Provider, hat: Membership) -> None:
    course = CourseFactory.create(provider=provider)
    AuthorizationFactory.create(
        provider=provider, valid_from=dt.date(2028, 7, 1), valid_to=dt.date(2030, 6, 30)
    )
    ProviderProfileFactory.create(provider=provider)
    suspend(provider, hat, urgent=True)
    actions.revoke(provider.pk, reason="Again.", is_urgent=True, by=hat, on=TODAY)
    assert list(Sanction.objects.values_list("kind", "valid_from")) == [(SanctionKind.REVOCATION, TODAY)]
    assert list(Authorization.objects.values_list("valid_to", flat=True)) == [TODAY]
    assert (offered(), offered(dt.date(2028, 8, 1)), where(provider)) == ([], [], Standing.REVOKED)
    for refused in (actions.revoke, actions.suspend):
        with pytest.raises(actions.AlreadyRevoked):
            refused(provider.pk, reason="Again.", is_urgent=True, by=hat, on=TODAY)
    with pytest.raises(actions.RevokedThatDay):
        grant(provider, hat)
    grant(provider, hat, valid_from=TODAY + DAY, valid_to=dt.date(2028, 1, 1))
    assert (offered(), offered(TODAY + DAY)) == ([], [course])


def test_a_suspended_provider_is_not_authorized_again(provider: Provider, hat: Membership) -> None:
    SanctionFactory.create(provider=provider)
    with pytest.raises(actions.StillSuspended):
        grant(provider, hat)


def test_revoking_after_a_suspension_rests_on_its_notice(provider: Provider, hat: Membership) -> None:
    notice = CorrectiveActionFactory.create(provider=provider)
    suspend(provider, hat, on=TODAY - DAY)
    sanction = actions.revoke(provider.pk, reason="Nothing changed.", is_urgent=False, by=hat, on=TODAY)
    assert sanction.corrective_action == notice
    days = Sanction.objects.order_by("valid_from").values_list("kind", "valid_from", "valid_to")
    assert list(days) == [("suspension", TODAY - DAY, TODAY - DAY), ("revocation", TODAY, None)]


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        ({}, Standing.NEVER),
        ({"valid_to": TODAY - DAY}, Standing.EXPIRED),
        ({"valid_to": TODAY}, Standing.AUTHORIZED),
    ],
)
def test_where_a_provider_stands(traits: dict[str, Any], expected: Standing) -> None:
    provider = ProviderFactory.create()
    if traits:
        AuthorizationFactory.create(provider=provider, **traits)
    assert where(provider) == expected


# The pages of the state office --------------------------------------------------------------------


def test_a_whole_life_on_the_pages(client: Client, hat: Membership) -> None:
    provider = ProviderFactory.create(organization__name="Prairie Online")
    sign_in(client, hat)
    page = f"/catalog/providers/{provider.pk}/"
    steps: list[tuple[str, dict[str, Any], str]] = [
        ("apply", memorable("received_on", TODAY), "The application is recorded."),
        ("deny", {"explanation": "No teacher."}, "The application is denied."),
        *(
            ("review", {"kind": kind.value, "reference": "C2", **memorable("done_on", TODAY)}, "on file")
            for kind in ReviewKind
        ),
        (
            "grant",
            {"source": "M", **memorable("valid_from", TODAY), **memorable("valid_to", TODAY + 400 * DAY)},
            "The provider is authorized for these days.",
        ),
        ("notice", {"problem": "No contact", **memorable("cure_by", TODAY + DAY)}, "The notice is on"),
        ("suspend", {"reason": "Data sold", "is_urgent": "on"}, "The provider is suspended."),
        ("lift", {}, "The suspension ends today."),
    ]
    for name, data, said in steps:
        response = client.post(f"{page}{name}/", data, follow=True)
        assert response.redirect_chain == [(page, 302)], (name, response.context["form"].errors)
        assert said in response.content.decode()
    again = client.post(f"{page}lift/", {})
    assert again.context["form"].non_field_errors() == [str(actions.NotSuspended.sentence)]
    assert client.get(f"{page}no-such-step/").status_code == 404
    assert "Prairie Online" in client.get("/catalog/providers/").content.decode()
    notice = CorrectiveAction.objects.get()
    response = client.post(f"/catalog/providers/notices/{notice.pk}/clear/", follow=True)
    assert "The notice is cleared." in response.content.decode()
    notice.refresh_from_db()
    assert notice.cleared_on == TODAY


@pytest.mark.parametrize("count", [2, 12])
def test_the_list_of_providers_asks_as_much_for_many(
    client: Client, hat: Membership, count: int, django_assert_num_queries: Any
) -> None:
    for _number in range(count):
        CourseFactory.create()
    sign_in(client, hat)
    # session, person, hat, all hats, count, the page, its authorizations, sanctions, applications
    with django_assert_num_queries(8):
        client.get("/catalog/providers/")


# What waits ---------------------------------------------------------------------------------------


@pytest.mark.rule("R-91", "R-92")
def test_what_waits_says_by_when(client: Client, hat: Membership) -> None:
    provider = ProviderFactory.create(organization__name="Prairie Online")
    ApplicationFactory.create(provider=provider)
    CorrectiveActionFactory.create(provider=provider, cure_by=dt.date(2026, 12, 1))
    page = sign_in(client, hat).get("/").content.decode()
    assert "Answer the application of Prairie Online" in page
    assert 'datetime="2026-12-02"' in page
    own = MembershipFactory.create(provider_admin=True, organization=provider.organization)
    page = sign_in(client, own).get("/").content.decode()
    assert "Put right what the state office wrote" in page
    assert 'datetime="2026-12-01"' in page
