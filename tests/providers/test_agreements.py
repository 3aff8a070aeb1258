"""Agreements between districts and providers: on file, with their clauses, one at a time."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.papers.actions import WrongKindOfFile
from providers import actions
from providers.models import Agreement, AgreementKind
from providers.program_codes import program_code_forbidden
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.papers import PDF, DocumentFactory
from tests.factories.providers import AgreementFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC)
LIST = "/catalog/agreements/"
ADD = "/catalog/agreements/add/"


def end(agreement: Agreement) -> str:
    return f"/catalog/agreements/{agreement.pk}/end/"


@pytest.fixture(autouse=True)
def today(time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 22, 18, tzinfo=dt.UTC))


def record(lea: Lea, signer: Provider, **changes: Any) -> Agreement:
    facts: dict[str, Any] = {
        "kind": AgreementKind.DATA,
        "valid_from": dt.date(2026, 7, 1),
        "valid_to": None,
        "forbids_sale": True,
        "forbids_advertising": True,
        "reference": "Drawer 4",
    }
    return actions.record_agreement(lea=lea, **{**facts, "provider": signer, **changes})


def attested() -> dict[str, Any]:
    return {
        "attested_name": "Sam Superintendent",
        "attested_title": "Superintendent",
        "by": MembershipFactory.create(coordinator=True),
        "at": NOW,
    }


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
    other = record(lea, provider, kind=AgreementKind.SITE_LICENSE, **attested(), **changes)
    assert other.kind == "site_license"


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
    record(lea, provider, kind=AgreementKind.PARTNERSHIP, **attested())
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


@pytest.mark.parametrize("kind", [kind for kind in AgreementKind if kind != AgreementKind.DATA])
@pytest.mark.parametrize("missing", ["attested_name", "attested_title"])
def test_other_kinds_are_attested(kind: AgreementKind, missing: str) -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    sides: dict[str, Any] = {"provider": provider}
    if kind == AgreementKind.COOPERATIVE:
        sides = {"provider": None, "partner_lea": LeaFactory.create()}
    with pytest.raises(actions.AttestationMissing):
        record(lea, provider, kind=kind, **sides, **{**attested(), missing: ""})
    agreement = record(lea, provider, kind=kind, **sides, **attested())
    assert (agreement.attested_name, agreement.attested_on) == ("Sam Superintendent", TODAY)
    with pytest.raises(IntegrityError, match="agreements_of_162_1250_are_attested"), transaction.atomic():
        AgreementFactory.create(kind=AgreementKind.SITE_LICENSE)


def test_each_kind_has_its_other_side() -> None:
    lea, provider, other = LeaFactory.create(), ProviderFactory.create(), LeaFactory.create()
    wrong: list[dict[str, Any]] = [
        {"kind": AgreementKind.COOPERATIVE},
        {"kind": AgreementKind.COOPERATIVE, "partner_lea": other},
        {"kind": AgreementKind.COOPERATIVE, "provider": None},
        {"kind": AgreementKind.COOPERATIVE, "provider": None, "partner_lea": lea},
        {"kind": AgreementKind.DATA, "partner_lea": other},
        {"kind": AgreementKind.DATA, "provider": None},
    ]
    for sides in wrong:
        with pytest.raises(actions.WrongOtherSide):
            record(lea, provider, **sides)
    with pytest.raises(IntegrityError, match="cooperative_joins_two_leas"), transaction.atomic():
        AgreementFactory.create(cooperative=True, lea=lea, partner_lea=lea)
    record(lea, provider, kind=AgreementKind.COOPERATIVE, provider=None, partner_lea=other, **attested())
    with pytest.raises(actions.AgreementOverlaps):
        record(lea, provider, kind=AgreementKind.COOPERATIVE, provider=None, partner_lea=other, **attested())


def test_an_agreement_has_its_paper() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    with pytest.raises(actions.PaperMissing):
        record(lea, provider, reference="")
    upload = SimpleUploadedFile("signed.pdf", b"%PDF-1.7 signed")
    hat = MembershipFactory.create(coordinator=True)
    agreement = record(lea, provider, reference="", upload=upload, by=hat, at=NOW)
    assert agreement.document
    assert (agreement.document.content_type, agreement.document.uploaded_by) == ("application/pdf", hat)


@pytest.mark.rule("R-106")
def test_where_a_program_code_is_forbidden() -> None:
    lea, other = LeaFactory.create(), LeaFactory.create()
    provider = ProviderFactory.create()

    def forbidden(lea_id: int, provider_id: int, on: dt.date = TODAY) -> AgreementKind | None:
        return program_code_forbidden(lea_id=lea_id, provider_id=provider_id, on=on)

    AgreementFactory.create(lea=lea, provider=provider)
    assert forbidden(lea.pk, provider.pk) is None
    AgreementFactory.create(partnership=True, lea=lea, provider=provider, valid_to=TODAY)
    assert forbidden(lea.pk, provider.pk) == AgreementKind.PARTNERSHIP
    assert forbidden(lea.pk, provider.pk, TODAY + dt.timedelta(days=1)) is None
    assert forbidden(other.pk, provider.pk) is None
    AgreementFactory.create(site_license=True, lea=other, provider=provider)
    assert forbidden(other.pk, provider.pk) == AgreementKind.SITE_LICENSE
    AgreementFactory.create(cooperative=True, lea=lea, partner_lea=other)
    assert forbidden(lea.pk, other.pk) == AgreementKind.COOPERATIVE
    assert forbidden(other.pk, lea.pk) == AgreementKind.COOPERATIVE
    assert forbidden(lea.pk, LeaFactory.create().pk) is None


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
    columns = {"other_side", "kind", "valid_from", "valid_to", "paper", "attested"}
    assert listed(client) == [(own.pk, columns | {"end"})]
    sign_in(client, MembershipFactory.create(dese_reviewer=True))
    assert listed(client) == [(own.pk, columns | {"lea"}), (other.pk, columns | {"lea"})]


def test_a_partner_sees_the_cooperative_and_leaves_it_alone(
    client: Client, keeper: Membership, lea: Lea
) -> None:
    agreement = AgreementFactory.create(cooperative=True, partner_lea=lea)
    page = sign_in(client, keeper).get(LIST).content.decode()
    assert str(agreement.lea) in page
    assert "Report without a program code" in page
    assert end(agreement) not in page
    assert client.get(end(agreement)).status_code == 404


def test_filters_by_kind_district_and_provider(client: Client) -> None:
    data, license_ = AgreementFactory.create(), AgreementFactory.create(site_license=True)
    cooperative = AgreementFactory.create(cooperative=True)
    sign_in(client, MembershipFactory.create(dese_admin=True))
    for query, expected in [
        ({}, {data.pk, license_.pk, cooperative.pk}),
        ({"kind": "site_license"}, {license_.pk}),
        ({"lea": data.lea_id}, {data.pk}),
        ({"lea": cooperative.partner_lea_id}, {cooperative.pk}),
        ({"provider": license_.provider_id}, {license_.pk}),
        ({"kind": "data", "provider": license_.provider_id}, set()),
    ]:
        table = client.get(LIST, query).context["table"]
        assert {row.record.pk for row in table.rows} == expected, query


def test_the_paper_is_handed_out_to_its_own(client: Client, keeper: Membership, lea: Lea) -> None:
    own = AgreementFactory.create(lea=lea, document=DocumentFactory.create())
    sign_in(client, keeper)
    response = client.get(f"{LIST}{own.pk}/document/")
    assert b"".join(response) == PDF
    other = AgreementFactory.create(document=DocumentFactory.create())
    without = AgreementFactory.create(lea=lea)
    for agreement in (other, without):
        assert client.get(f"{LIST}{agreement.pk}/document/").status_code == 404


def test_a_site_license_is_put_on_file_with_its_paper(client: Client, keeper: Membership) -> None:
    provider = ProviderFactory.create()
    data = form_data(provider, attested_name="Sam", attested_title="Superintendent", reference="")
    sign_in(client, keeper)
    address = f"{ADD}site_license/"
    form = client.post(address, data).context["form"]
    assert form.errors == {"reference": ["Attach the signed paper above, or say here where it is kept."]}
    wrong = client.post(address, data | {"upload": SimpleUploadedFile("x.pdf", b"no pdf")})
    assert wrong.context["form"].non_field_errors() == [str(WrongKindOfFile.sentence)]
    paper = SimpleUploadedFile("x.pdf", b"%PDF-1.7 signed")
    assert client.post(address, data | {"upload": paper}).status_code == 302
    agreement = Agreement.objects.get()
    assert (agreement.kind, agreement.attested_name, agreement.attested_by) == ("site_license", "Sam", keeper)
    assert agreement.document
    assert client.get(f"{ADD}no_such_kind/").status_code == 404


def test_only_what_still_holds_can_be_ended(client: Client, keeper: Membership, lea: Lea) -> None:
    ended = AgreementFactory.create(lea=lea, valid_to=TODAY)
    holds = AgreementFactory.create(lea=lea, valid_to=TODAY + dt.timedelta(days=1))
    page = sign_in(client, keeper).get(LIST).content.decode()
    assert end(holds) in page
    assert end(ended) not in page


def form_data(provider: Provider | None, **changes: str) -> dict[str, str]:
    return {
        "provider": str(provider and provider.pk),
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
    # session, person, hats, providers to choose from, count, the page
    with django_assert_num_queries(6):
        client.get(LIST)
    AgreementFactory.create_batch(12, lea=lea)
    with django_assert_num_queries(6):
        client.get(LIST)
