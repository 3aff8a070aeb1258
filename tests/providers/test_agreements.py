"""Agreements between districts and providers: on file, with their clauses, one at a time."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, Provider
from providers import actions
from providers.models import Agreement, AgreementKind
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.providers import AgreementFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
LIST = "/catalog/agreements/"
ADD = "/catalog/agreements/add/"


def end(agreement: Agreement) -> str:
    return f"/catalog/agreements/{agreement.pk}/end/"


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))


def record(lea: Lea, provider: Provider, **changes: Any) -> Agreement:
    facts: dict[str, Any] = {
        "kind": AgreementKind.DATA,
        "valid_from": dt.date(2026, 7, 1),
        "valid_to": None,
        "forbids_sale": True,
        "forbids_advertising": True,
        "reference": "Drawer 4",
    }
    return actions.record_agreement(lea=lea, provider=provider, **{**facts, **changes})


# Actions ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-137")
@pytest.mark.parametrize("clauses", [(False, True), (True, False), (False, False)])
def test_a_data_agreement_forbids_sale_and_advertising(clauses: tuple[bool, bool]) -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    changes = dict(zip(("forbids_sale", "forbids_advertising"), clauses, strict=True))
    with pytest.raises(actions.ClausesMissing, match="must forbid the provider to sell student data"):
        record(lea, provider, **changes)
    with (
        pytest.raises(IntegrityError, match="data_agreements_forbid_sale_and_advertising"),
        transaction.atomic(),
    ):
        AgreementFactory.create(lea=lea, provider=provider, **changes)
    assert not Agreement.objects.exists()
    assert record(lea, provider, kind=AgreementKind.SITE_LICENSE, **changes).kind == "site_license"


@pytest.mark.rule("R-137")
def test_the_agreement_of_a_day_is_found() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    agreement = record(lea, provider, valid_to=dt.date(2027, 6, 30))

    def on(day: dt.date) -> list[Agreement]:
        return list(Agreement.objects.data_agreement(lea_id=lea.pk, provider_id=provider.pk, on=day))

    assert on(dt.date(2026, 6, 30)) == []
    assert on(dt.date(2026, 7, 1)) == [agreement]
    assert on(dt.date(2027, 6, 30)) == [agreement]
    assert on(dt.date(2027, 7, 1)) == []


def test_one_agreement_of_a_kind_at_a_time() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    record(lea, provider, valid_to=dt.date(2027, 6, 30))
    with pytest.raises(actions.AgreementOverlaps):
        record(lea, provider, valid_from=dt.date(2027, 6, 30))
    record(lea, provider, valid_from=dt.date(2027, 7, 1))
    record(lea, provider, kind=AgreementKind.PARTNERSHIP)
    record(LeaFactory.create(), provider)
    assert Agreement.objects.count() == 4


def test_days_of_an_agreement_stand_in_order() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    with pytest.raises(actions.EndsBeforeItStarts):
        record(lea, provider, valid_to=dt.date(2026, 6, 30))
    agreement = record(lea, provider)
    with pytest.raises(actions.EndsBeforeItStarts):
        actions.end_agreement(agreement.pk, last_day=dt.date(2026, 6, 30))


def test_an_agreement_ends_sooner_and_never_later() -> None:
    agreement = AgreementFactory.create(valid_to=dt.date(2027, 6, 30))
    assert actions.end_agreement(agreement.pk, last_day=TODAY).valid_to == TODAY
    for day in (TODAY, TODAY + dt.timedelta(days=1)):
        with pytest.raises(actions.EndsLater):
            actions.end_agreement(agreement.pk, last_day=day)
    agreement.refresh_from_db()
    assert agreement.valid_to == TODAY


# Pages --------------------------------------------------------------------------------------------


@pytest.fixture
def lea() -> Lea:
    return LeaFactory.create()


@pytest.fixture
def keeper(lea: Lea) -> Membership:
    return MembershipFactory.create(coordinator=True, lea=lea)


OPEN_TO_READ = {Role.LEA_ADMIN, Role.COORDINATOR, Role.DESE_REVIEWER, Role.DESE_ADMIN}


@pytest.mark.parametrize("role", Role)
def test_who_may_read_and_who_may_write(client: Client, role: Role) -> None:
    hat = MembershipFactory.create(**{role.value: True})
    sign_in(client, hat)
    assert client.get(LIST).status_code == (200 if role in OPEN_TO_READ else 403)
    writes = role in {Role.LEA_ADMIN, Role.COORDINATOR}
    assert client.get(ADD).status_code == (200 if writes else 403)
    stranger = AgreementFactory.create()
    assert client.get(end(stranger)).status_code == (404 if writes else 403)
    assert client.post(end(stranger), {"last_day_month": "1"}).status_code == (404 if writes else 403)


@pytest.mark.parametrize("address", [LIST, ADD, "/catalog/agreements/1/end/"])
def test_visitors_sign_in_first(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")


def listed(client: Client) -> list[tuple[int, set[str]]]:
    table = client.get(LIST).context["table"]
    return [(row.record.pk, set(table.columns.names())) for row in table.rows]


def test_a_district_sees_its_own_and_dese_all(client: Client, keeper: Membership, lea: Lea) -> None:
    own = AgreementFactory.create(lea=lea, provider__organization__name="A")
    other = AgreementFactory.create(provider__organization__name="B")
    sign_in(client, keeper)
    columns = {"provider", "kind", "valid_from", "valid_to", "reference"}
    assert listed(client) == [(own.pk, columns | {"end"})]
    sign_in(client, MembershipFactory.create(dese_reviewer=True))
    assert listed(client) == [(own.pk, columns | {"lea"}), (other.pk, columns | {"lea"})]


def test_only_what_still_holds_can_be_ended(client: Client, keeper: Membership, lea: Lea) -> None:
    ended = AgreementFactory.create(lea=lea, valid_to=TODAY)
    holds = AgreementFactory.create(lea=lea, valid_to=TODAY + dt.timedelta(days=1))
    page = sign_in(client, keeper).get(LIST).content.decode()
    assert end(holds) in page
    assert end(ended) not in page


def form_data(provider: Provider, **changes: str) -> dict[str, str]:
    return {
        "provider": str(provider.pk),
        "reference": "Drawer 4",
        "valid_from_month": "7",
        "valid_from_day": "1",
        "valid_from_year": "2026",
        "forbids_sale": "on",
        "forbids_advertising": "on",
        **changes,
    }


def test_a_coordinator_puts_a_data_agreement_on_file(client: Client, keeper: Membership, lea: Lea) -> None:
    provider = ProviderFactory.create()
    response = sign_in(client, keeper).post(ADD, form_data(provider), follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    assert "The agreement is on file." in response.content.decode()
    assert list(
        Agreement.objects.values_list("kind", "lea", "provider", "valid_from", "valid_to", "reference")
    ) == [("data", lea.pk, provider.pk, dt.date(2026, 7, 1), None, "Drawer 4")]


@pytest.mark.rule("R-137")
@pytest.mark.parametrize("clause", ["forbids_sale", "forbids_advertising"])
def test_without_a_clause_nothing_goes_on_file(client: Client, keeper: Membership, clause: str) -> None:
    data = form_data(ProviderFactory.create())
    del data[clause]
    response = sign_in(client, keeper).post(ADD, data)
    assert response.status_code == 200
    assert response.context["form"].errors == {
        clause: [
            "Without this clause no student's data may go to the provider. Ask for an agreement that has it."
        ]
    }
    assert not Agreement.objects.exists()


def test_a_refusal_is_said_on_the_page(client: Client, keeper: Membership, lea: Lea) -> None:
    agreement = AgreementFactory.create(lea=lea)
    sign_in(client, keeper)
    response = client.post(ADD, form_data(agreement.provider))
    assert response.context["form"].non_field_errors() == [str(actions.AgreementOverlaps.sentence)]
    response = client.post(
        end(agreement), {"last_day_month": "1", "last_day_day": "1", "last_day_year": "2020"}
    )
    assert response.context["form"].non_field_errors() == [str(actions.EndsBeforeItStarts.sentence)]
    assert Agreement.objects.get().valid_to is None


def test_a_coordinator_ends_an_agreement(client: Client, keeper: Membership, lea: Lea) -> None:
    agreement = AgreementFactory.create(lea=lea)
    sign_in(client, keeper)
    response = client.post(
        end(agreement),
        {"last_day_month": "12", "last_day_day": "31", "last_day_year": "2026"},
        follow=True,
    )
    assert response.redirect_chain == [(LIST, 302)]
    assert "The agreement ends on Dec 31, 2026." in response.content.decode()
    agreement.refresh_from_db()
    assert agreement.valid_to == dt.date(2026, 12, 31)


def test_the_list_asks_a_fixed_number_of_questions(
    client: Client, keeper: Membership, lea: Lea, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        AgreementFactory.create(lea=lea)
    sign_in(client, keeper)
    with django_assert_num_queries(6):  # session, person, hat, all hats, count, the page
        client.get(LIST)
