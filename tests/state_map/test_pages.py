"""The pages of the state's map: who opens them, what they change, how many queries they take."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.clocks.models import Clock, ClockMove
from mocap_portal.foundation.directory.models import (
    ClosedDay,
    CodeMeaning,
    CodeSet,
    Lea,
    LeaPolicy,
    LegalKey,
    LegalValue,
    Organization,
    Term,
)
from mocap_portal.foundation.shared.calendar import CENTRAL
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.clocks import ClockFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory, LeaPolicyFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 12, tzinfo=CENTRAL)

CALENDAR_ROLES = {Role.COORDINATOR, Role.LEA_ADMIN, Role.DESE_ADMIN}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lea() -> Lea:
    lea: Lea = LeaFactory.create(organization__name="Elm County R-I", state_district_id="007001")
    return lea


def hat_of(role: Role, lea: Lea) -> Membership:
    if role in DESE_ROLES:
        office = Organization.objects.get(is_state_office=True)
        return MembershipFactory.create(**{role: True}, organization=office)
    if MembershipFactory.build(**{role: True}).is_lea:
        return MembershipFactory.create(**{role: True}, organization=lea.organization)
    return MembershipFactory.create(**{role: True})


def client_of(role: Role, lea: Lea) -> Client:
    return sign_in(Client(), hat_of(role, lea))


def ice_storm(lea: Lea | None, *, asked: bool = False, day: int = 12) -> ClosedDay:
    return ClosedDayFactory.create(
        lea=lea,
        date=dt.date(2026, 11, day),
        reason="Ice storm",
        entered_at=NOW - dt.timedelta(hours=3),
        emergency_asked_at=NOW - dt.timedelta(hours=2) if asked else None,
    )


# Who opens what -----------------------------------------------------------------------------------

PAGES = {
    "overview": DESE_ROLES,
    "legal_values": DESE_ROLES,
    "legal_value": DESE_ROLES,
    "change_legal_value": {Role.DESE_ADMIN},
    "codes": DESE_ROLES,
    "code_set": DESE_ROLES,
    "import_codes": {Role.DESE_ADMIN},
    "code": DESE_ROLES,
    "change_code": {Role.DESE_ADMIN},
    "terms": DESE_ROLES,
    "change_term": {Role.DESE_ADMIN},
    "closed_days": DESE_ROLES | {Role.COORDINATOR, Role.LEA_ADMIN},
    "close_day": CALENDAR_ROLES,
    "district": {Role.COORDINATOR, Role.LEA_ADMIN},
    "change_policy": {Role.LEA_ADMIN},
    "change_contact": {Role.LEA_ADMIN},
}


def address(name: str) -> str:
    arguments: dict[str, list[object]] = {
        "legal_value": ["adequacy_target"],
        "change_legal_value": ["adequacy_target"],
        "code_set": ["denial_factor"],
        "import_codes": ["denial_factor"],
        "code": ["denial_factor", "persistence"],
        "change_code": ["denial_factor", "persistence"],
        "change_term": [Term.objects.get(school_year=2027, code="S2").pk],
    }
    return reverse(f"state_map:{name}", args=arguments.get(name, []))


@pytest.mark.parametrize("role", list(Role))
def test_each_page_opens_for_its_roles_and_no_other(role: Role, lea: Lea) -> None:
    client = client_of(role, lea)

    opened = {page for page in PAGES if client.get(address(page)).status_code == 200}
    refused = {page for page in PAGES if client.post(address(page)).status_code == 403}

    assert opened == {page for page, roles in PAGES.items() if role in roles}
    assert refused == set(PAGES) - opened


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("open_day", CALENDAR_ROLES),
        ("ask_emergency", {Role.COORDINATOR, Role.LEA_ADMIN}),
        ("confirm_emergency", {Role.DESE_ADMIN}),
    ],
)
@pytest.mark.parametrize("role", list(Role))
def test_a_page_about_a_closed_day_opens_for_its_roles(
    name: str, roles: set[Role], role: Role, lea: Lea
) -> None:
    day = ice_storm(None if role in DESE_ROLES and name == "open_day" else lea, asked=True, day=20)

    response = client_of(role, lea).get(reverse(f"state_map:{name}", args=[day.pk]))

    assert response.status_code == (200 if role in roles else 403)


@pytest.mark.parametrize("name", ["open_day", "ask_emergency"])
@pytest.mark.parametrize("statewide", [False, True])
def test_a_strangers_closed_day_is_not_there(name: str, statewide: bool, lea: Lea) -> None:
    day = ice_storm(None if statewide else LeaFactory.create(), day=20)

    response = client_of(Role.LEA_ADMIN, lea).post(reverse(f"state_map:{name}", args=[day.pk]))

    assert response.status_code == 404
    day.refresh_from_db()
    assert day.emergency_asked_at is None


def test_dese_does_not_take_back_a_districts_day(lea: Lea) -> None:
    day = ice_storm(lea, day=20)

    assert (
        client_of(Role.DESE_ADMIN, lea).post(reverse("state_map:open_day", args=[day.pk])).status_code == 404
    )


@pytest.mark.parametrize("asked", [False, True])
def test_only_an_emergency_that_was_asked_for_and_not_confirmed_can_be_confirmed(
    asked: bool, lea: Lea
) -> None:
    day = ice_storm(lea, asked=asked)
    if asked:
        ClosedDay.objects.filter(pk=day.pk).update(emergency_confirmed_at=NOW)

    response = client_of(Role.DESE_ADMIN, lea).get(reverse("state_map:confirm_emergency", args=[day.pk]))

    assert response.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/state/legal-values/nothing/",
        "/state/codes/denial_factor/price/",
        "/state/codes/nothing/persistence/",
    ],
)
@pytest.mark.parametrize("change", ["", "change/"])
def test_what_does_not_exist_is_not_there(path: str, change: str, lea: Lea) -> None:
    assert client_of(Role.DESE_ADMIN, lea).get(path + change).status_code == 404


@pytest.mark.parametrize(
    ("name", "queries"),
    [
        ("overview", 0),
        ("legal_values", 2),
        ("legal_value", 2),
        ("codes", 1),
        ("code_set", 2),
        ("code", 3),
        ("terms", 2),
        ("closed_days", 4),
    ],
)
def test_lists_take_the_same_queries_however_long(
    name: str, queries: int, lea: Lea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ice_storm(lea, asked=True)
    ice_storm(LeaFactory.create(), asked=True)
    client, url = client_of(Role.DESE_ADMIN, lea), address(name)

    with django_assert_num_queries(queries + FRAME):
        client.get(url)


def test_the_districts_page_takes_few_queries(
    lea: Lea, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    LeaPolicyFactory.create(lea=lea)
    client = client_of(Role.LEA_ADMIN, lea)

    with django_assert_num_queries(5 + FRAME):  # district, policy, history; windows, terms
        client.get(reverse("state_map:district"))


FRAME = 3  # session, person, hats


# Legal values and codes ---------------------------------------------------------------------------


def test_a_new_legal_value_ends_the_former_the_day_before(lea: Lea) -> None:
    client = client_of(Role.DESE_ADMIN, lea)

    response = client.post(
        address("change_legal_value"),
        {
            "number": "7300",
            **memorable("valid_from", dt.date(2027, 7, 1)),
            "source": "Budget of 2028",
            "note": "Confirmed by School Finance.",
        },
    )

    assert response["Location"] == address("legal_value")
    assert list(
        LegalValue.objects.filter(key=LegalKey.ADEQUACY_TARGET)
        .order_by("-valid_from")
        .values_list("number", "valid_from", "valid_to", "source", "note")[:2]
    ) == [
        (Decimal(7300), dt.date(2027, 7, 1), None, "Budget of 2028", "Confirmed by School Finance."),
        (
            Decimal(7145),
            dt.date(2025, 7, 1),
            dt.date(2027, 6, 30),
            "RSMo 163.011; first school year at the full value",
            "Confidence H for 2025-26. Later years are unknown: enter each year's target here.",
        ),
    ]
    page = client.get(address("legal_value")).content.decode()
    assert "7300" in page
    assert "6375" in page


def test_a_refused_value_is_said_on_the_form(lea: Lea) -> None:
    client = client_of(Role.DESE_ADMIN, lea)

    response = client.post(
        address("change_legal_value"),
        {"number": "7300", **memorable("valid_from", dt.date(2025, 7, 1)), "source": "Budget of 2028"},
    )

    assert response.context["form"].non_field_errors() == [
        "What holds now began on this day. Choose a later day."
    ]
    assert LegalValue.objects.get(key=LegalKey.ADEQUACY_TARGET, valid_to=None).number == Decimal(7145)


def test_a_new_meaning_of_a_code_keeps_its_place(lea: Lea) -> None:
    response = client_of(Role.DESE_ADMIN, lea).post(
        address("change_code"),
        {
            "label": "Staying with it",
            "label_es": "Seguir adelante",
            "meaning": "Staying with hard work.",
            **memorable("valid_from", dt.date(2027, 1, 1)),
            "source": "Guidance of 2027",
        },
    )

    assert response["Location"] == address("code")
    before, after = (
        CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=dt.date(year, month, day))
        for year, month, day in [(2026, 12, 31), (2027, 1, 1)]
    )
    assert [row.code for row in before] == [row.code for row in after]
    assert (before[1].label, after[1].label) == ("Persistence", "Staying with it")
    assert (before[1].label_es, after[1].label_es, after[1].meaning_es) == (
        "Perseverancia",
        "Seguir adelante",
        "",
    )


def test_the_spanish_stands_beside_the_english(lea: Lea) -> None:
    client = client_of(Role.DESE_ADMIN, lea)
    form = client.get(address("change_code")).context["form"]
    assert (form["label"].value(), form["label_es"].value()) == ("Persistence", "Perseverancia")
    assert form["meaning_es"].value() == "Seguir adelante con un trabajo difícil y pedir ayuda."
    for page in ("code", "code_set"):
        assert "Perseverancia" in client.get(address(page)).content.decode()
    # What it was called before stays in the history.
    history: Any = CodeMeaning
    events = history.pgh_event_model.objects.filter(code_set=CodeSet.DENIAL_FACTOR, code="persistence")
    assert list(events.order_by("pgh_id").values_list("pgh_label", "label_es")) == [
        ("insert", ""),
        ("update", "Perseverancia"),
    ]


def test_a_reader_is_not_offered_a_change(lea: Lea) -> None:
    client = client_of(Role.DESE_REVIEWER, lea)

    assert address("change_legal_value") not in client.get(address("legal_value")).content.decode()
    assert address("change_term") not in client.get(address("terms")).content.decode()
    assert address("close_day") not in client.get(address("closed_days")).content.decode()


# Terms --------------------------------------------------------------------------------------------


def test_the_dates_of_a_term_change(lea: Lea) -> None:
    response = client_of(Role.DESE_ADMIN, lea).post(
        address("change_term"),
        {
            **memorable("starts_on", dt.date(2027, 1, 11)),
            **memorable("ends_on", dt.date(2027, 5, 28)),
        },
    )

    assert response["Location"] == reverse("state_map:terms")
    term = Term.objects.get(school_year=2027, code="S2")
    assert (term.starts_on, term.ends_on) == (dt.date(2027, 1, 11), dt.date(2027, 5, 28))


def test_a_term_ends_after_it_starts(lea: Lea) -> None:
    day = memorable("starts_on", dt.date(2027, 1, 11)) | memorable("ends_on", dt.date(2027, 1, 11))

    response = client_of(Role.DESE_ADMIN, lea).post(address("change_term"), day)

    assert response.context["form"].errors == {"ends_on": ["The last day must come after the first."]}


# Closed days --------------------------------------------------------------------------------------


def test_a_district_closes_a_day_for_itself(lea: Lea) -> None:
    client = client_of(Role.COORDINATOR, lea)

    response = client.post(
        address("close_day"), {**memorable("date", dt.date(2026, 12, 22)), "reason": "Winter break"}
    )

    assert response["Location"] == address("closed_days")
    day = ClosedDay.objects.get(reason="Winter break")
    assert (day.lea, day.date, day.entered_at) == (lea, dt.date(2026, 12, 22), NOW)
    assert (day.emergency_asked_at, day.emergency_confirmed_at) == (None, None)


def test_dese_closes_a_day_for_the_whole_state(lea: Lea) -> None:
    client_of(Role.DESE_ADMIN, lea).post(
        address("close_day"),
        {
            **memorable("date", dt.date(2026, 12, 21)),
            "reason": "Day of mourning",
            "source": "Proclamation of the Governor",
        },
    )

    day = ClosedDay.objects.get(date=dt.date(2026, 12, 21))
    assert (day.lea, day.reason, day.source) == (None, "Day of mourning", "Proclamation of the Governor")


@pytest.mark.parametrize(
    ("day", "field", "sentence"),
    [
        (
            "2026-12-19",
            "date",
            "This day is on a weekend. Weekends never count, so it need not be closed.",
        ),
        ("2026-12-25", None, "This day is closed already. Choose another day."),
        ("2026-09-12", "date", "The date must be Sunday, September 13, 2026 or later."),
        ("2028-11-13", "date", "The date must be Saturday, November 11, 2028 or earlier."),
    ],
)
def test_a_day_that_need_not_be_closed_is_refused(
    day: str, field: str | None, sentence: str, lea: Lea
) -> None:
    before = ClosedDay.objects.count()

    response = client_of(Role.LEA_ADMIN, lea).post(
        address("close_day"), {**memorable("date", dt.date.fromisoformat(day)), "reason": "Winter break"}
    )

    assert response.status_code == 200
    assert response.context["form"].errors == {field or "__all__": [sentence]}
    assert ClosedDay.objects.count() == before


def test_a_district_sees_its_own_days_and_the_states(lea: Lea) -> None:
    ice_storm(lea)
    ClosedDayFactory.create(reason="A stranger's break")
    ClosedDayFactory.create(lea=lea, reason="Long ago", date=dt.date(2026, 9, 11))

    page = client_of(Role.LEA_ADMIN, lea).get(address("closed_days")).content.decode()

    assert "Ice storm" in page
    assert "Thanksgiving Day" in page
    assert "stranger" not in page
    assert "Long ago" not in page


def test_a_day_ahead_is_taken_back(lea: Lea) -> None:
    day = ice_storm(lea, day=20)
    client = client_of(Role.LEA_ADMIN, lea)
    link = reverse("state_map:open_day", args=[day.pk])
    assert link in client.get(address("closed_days")).content.decode()
    assert "Friday, November 20, 2026 (Ice storm)" in client.get(link).content.decode()

    client.post(link)

    assert not ClosedDay.objects.filter(pk=day.pk).exists()


def test_a_day_that_a_clock_skips_stays(lea: Lea) -> None:
    day = ice_storm(lea, day=20)
    ClockFactory.create(lea=lea, started_at=NOW, due_on=dt.date(2026, 12, 1))

    response = client_of(Role.LEA_ADMIN, lea).post(reverse("state_map:open_day", args=[day.pk]), follow=True)

    assert escape("A due date rests on this day, or the day has come. It stays closed.") in (
        response.content.decode()
    )
    assert ClosedDay.objects.filter(pk=day.pk).exists()


def test_an_emergency_is_asked_for_previewed_and_confirmed(lea: Lea) -> None:
    clock = ClockFactory.create(lea=lea)
    ClockFactory.create()
    day = ice_storm(lea)
    district, state = client_of(Role.COORDINATOR, lea), client_of(Role.DESE_ADMIN, lea)
    ask = reverse("state_map:ask_emergency", args=[day.pk])
    confirm = reverse("state_map:confirm_emergency", args=[day.pk])

    assert ask in district.get(address("closed_days")).content.decode()
    district.post(ask)
    assert ask not in district.get(address("closed_days")).content.decode()
    assert confirm in state.get(address("closed_days")).content.decode()
    preview = state.get(confirm).content.decode()
    assert "Elm County R-I: Thursday, November 12, 2026 (Ice storm). 1 due date moves." in preview
    assert not ClockMove.objects.exists()
    state.post(confirm)

    day.refresh_from_db()
    clock.refresh_from_db()
    assert (day.emergency_asked_at, day.emergency_confirmed_at) == (NOW, NOW)
    assert clock.due_on == dt.date(2026, 11, 18)
    assert Clock.objects.get(moves__isnull=False) == clock
    assert state.get(confirm).status_code == 404


# A district's own page ----------------------------------------------------------------------------

POLICY = {
    "decision_by": "decider",
    "appeal_ladder": "local",
    "appeal_instructions": "Write to the superintendent.",
    "prior_semester_text": "",
    "window_text": "Best before August.",
    "source": "Policy 6190 of 2027",
}


def test_a_new_policy_ends_the_former_the_day_before(lea: Lea) -> None:
    former = LeaPolicyFactory.create(lea=lea)
    client = client_of(Role.LEA_ADMIN, lea)

    response = client.post(address("change_policy"), POLICY | memorable("valid_from", dt.date(2027, 1, 4)))

    assert response["Location"] == address("district")
    former.refresh_from_db()
    assert former.valid_to == dt.date(2027, 1, 3)
    new = LeaPolicy.objects.get(lea=lea, valid_to=None)
    assert {name: getattr(new, name) for name in POLICY} == POLICY
    page = client.get(address("district")).content.decode()
    assert "Policy 6190 of 2027" in page
    assert "Write to the superintendent, 100 Main Street." in page  # holds until then


def test_a_district_without_a_policy_enters_its_first(lea: Lea) -> None:
    client = client_of(Role.LEA_ADMIN, lea)
    assert "No policy holds today." in client.get(address("district")).content.decode()

    client.post(address("change_policy"), POLICY | memorable("valid_from", NOW.date()))

    assert LeaPolicy.objects.on(NOW.date()).get(lea=lea).decision_by == "decider"


def test_the_contact_changes(lea: Lea) -> None:
    response = client_of(Role.LEA_ADMIN, lea).post(
        address("change_contact"),
        {"name": "Nora New", "email": "nora@elm.example", "phone": ""},
    )

    assert response["Location"] == address("district")
    lea.refresh_from_db()
    assert (lea.contact_name, lea.contact_email, lea.contact_phone) == ("Nora New", "nora@elm.example", "")
