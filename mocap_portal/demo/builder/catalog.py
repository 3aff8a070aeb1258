"""The providers, their courses, what the state office decided about them, and who has signed which agreement."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.db import models

from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.directory.models import CodeMeaning, LegalValue, Provider, SchoolYear, Term
from mocap_portal.foundation.shared.calendar import CENTRAL, central_date
from providers import actions
from providers.actions import import_catalog, record_agreement
from providers.models import (
    AgreementKind,
    Authorization,
    AvailabilityState,
    Course,
    ReviewKind,
    Sanction,
)

from .people import hat_of
from .places import COMPASS_POINT, DATA, HARROW_SPRINGS, WALNUT_FORK, lea
from .times import ONE_DAY

LANTERN = "LANTERN"
PRAIRIE = "PRAIRIE"
COPPER = "COPPER"  # suspended
PROVIDER_ADMINS = {LANTERN: "june.kessler@lanternhill.example", PRAIRIE: "olga.brandt@prairieloop.example"}
LEA_ADMINS = {
    WALNUT_FORK: "frances.doyle@walnutfork.example",
    HARROW_SPRINGS: "victor.amsel@harrowsprings.example",
    COMPASS_POINT: "ines.calder@compasspoint.example",
}

# Harrow Springs has none with Prairie Loop: a registration there says what is missing.
AGREEMENTS = [
    (WALNUT_FORK, LANTERN),
    (WALNUT_FORK, PRAIRIE),
    (HARROW_SPRINGS, LANTERN),
    (COMPASS_POINT, PRAIRIE),
]


def course(provider: str, code: str, structure: str = "A") -> Course:
    return Course.objects.get(
        provider__code=provider, provider_course_code=code, structure=structure, valid_to=None
    )


def last_summer(at: dt.datetime) -> dt.date:
    """The first day of the school year before this one: from then on every provider is authorized."""
    this_year = SchoolYear.objects.get(starts_on__lte=central_date(at), ends_on__gte=central_date(at))
    return SchoolYear.objects.get(year=this_year.year - 1).starts_on


def build_catalog(at: dt.datetime) -> None:
    summer = last_summer(at)
    result = import_catalog((DATA / "catalog.csv").read_bytes(), on=summer)
    if result.problems:
        raise ValueError(result.problems)
    for number, (district, provider) in enumerate(AGREEMENTS, start=1):
        record_agreement(
            kind=AgreementKind.DATA,
            lea=lea(district),
            provider=Provider.objects.get(code=provider),
            valid_from=summer,
            valid_to=None,
            forbids_sale=True,
            forbids_advertising=True,
            reference=f"Contract file {number}",
        )
    for model in (Course, Authorization, LegalValue, CodeMeaning):
        _date_back(model, summer)


def build_offers(at: dt.datetime) -> None:
    """What providers tell, whom the state office suspended, which courses are full, and the other agreements."""
    today = central_date(at)
    state = hat_of("grace.tolliver@dese.example", Role.DESE_ADMIN)
    for code, email in PROVIDER_ADMINS.items():
        provider = Provider.objects.get(code=code)
        site = f"https://{code.lower()}.example"
        actions.change_profile(
            provider.pk,
            links={
                "integrity_url": f"{site}/integrity",
                "netiquette_url": f"{site}/netiquette",
                "plagiarism_url": f"{site}/plagiarism",
                "privacy_url": f"{site}/privacy",
                "consequences_url": f"{site}/consequences" if code == LANTERN else "",
            },
            contact_methods=["phone", "email", "messages"],
            attests_weekly_contact=True,
            is_full_time=code == LANTERN,
            accommodations_url=f"{site}/accommodations" if code == LANTERN else "",
            student_teacher_ratio=25 if code == LANTERN else None,
            by=hat_of(email, Role.PROVIDER_ADMIN),
            at=at - 90 * ONE_DAY,
        )
        for kind in ReviewKind:
            actions.record_review(
                provider.pk,
                kind=kind,
                done_on=today - 400 * ONE_DAY,
                reference=f"Review file of {provider}",
                by=state,
                at=at,
            )
    actions.apply(Provider.objects.get(code=PRAIRIE).pk, received_on=today - 12 * ONE_DAY)
    _suspend_copper_ridge(at)
    _say_what_is_full(at)
    _sign_the_other_kinds(at)


def _suspend_copper_ridge(at: dt.datetime) -> None:
    state = hat_of("grace.tolliver@dese.example", Role.DESE_ADMIN)
    provider = Provider.objects.get(code=COPPER)
    today = central_date(at)
    problem = "Families could not reach a teacher for three weeks."
    actions.give_notice(
        provider.pk, problem=problem, cure_by=today - 10 * ONE_DAY, by=state, on=today - 40 * ONE_DAY
    )
    since = today - 5 * ONE_DAY
    actions.suspend(
        provider.pk, reason="The teachers still cannot be reached.", is_urgent=False, by=state, on=since
    )
    _date_back(Sanction, since)


def _say_what_is_full(at: dt.datetime) -> None:
    """In the next semester one course is full, another closed."""
    today = central_date(at)
    next_term = Term.objects.open_to_requests(today).filter(code__in=["S1", "S2"], starts_on__gt=today)
    term = next_term.order_by("starts_on").first()
    if term is None:
        return
    by = hat_of("amir.haddad@lanternhill.example", Role.PROVIDER_STAFF)
    for code, state in [("SCI-1030", AvailabilityState.FULL), ("SOC-1040", AvailabilityState.CLOSED)]:
        actions.set_availability(course(LANTERN, code).pk, states={term.pk: state}, by=by, at=at)


def _sign_the_other_kinds(at: dt.datetime) -> None:
    paper = (DATA / "agreement.pdf").read_bytes()
    copper = Provider.objects.get(code=COPPER)
    sides: list[tuple[AgreementKind, str, dict[str, Any]]] = [
        (AgreementKind.PARTNERSHIP, HARROW_SPRINGS, {"provider": copper}),
        (AgreementKind.SITE_LICENSE, COMPASS_POINT, {"provider": copper}),
        (AgreementKind.COOPERATIVE, COMPASS_POINT, {"partner_lea": lea(HARROW_SPRINGS)}),
    ]
    for kind, district, side in sides:
        hat = hat_of(LEA_ADMINS[district], Role.LEA_ADMIN)
        record_agreement(
            kind=kind,
            lea=lea(district),
            valid_from=last_summer(at),
            valid_to=None,
            upload=ContentFile(paper, name="agreement.pdf"),
            attested_name=hat.user.name,
            attested_title="Superintendent",
            by=hat,
            at=at,
            **side,
        )


def _date_back(model: type[models.Model], day: dt.date) -> None:
    """The history of these rows begins on this day, so that the demo has a catalog of past days to show."""
    history = model.pgh_event_model.objects  # type: ignore[attr-defined]
    history.update(pgh_created_at=dt.datetime.combine(day, dt.time(8), tzinfo=CENTRAL))
