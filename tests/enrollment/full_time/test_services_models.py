"""What the tables of services refuse by themselves."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from enrollment.full_time.models import Body
from tests.factories.full_time import (
    GoalReviewFactory,
    ServiceFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"money": ""}, "a_services_agreement_names_place_money_and_duties"),
        ({"version": 2}, "an_amended_services_agreement_says_why"),
        ({"ends_on": dt.date(2027, 1, 5), "service": False}, "a_services_agreement_starts_before_it_ends"),
        ({"host_signed": True, "host_signed_name": ""}, "the_host_signs_with_name_and_moment"),
        (
            {"signed": True, "resident_signed_name": ""},
            "the_resident_district_signs_with_name_and_moment",
        ),
        ({"signed": True, "letter": None}, "a_services_agreement_has_a_letter_once_both_signed"),
    ],
)
def test_the_table_of_agreements_refuses(facts: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        ServicesAgreementFactory.create(**facts)


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"what": ""}, "a_service_says_what_and_where"),
        ({"minutes_a_week": 0}, "a_service_takes_time"),
        ({"ends_on": dt.date(2027, 1, 1)}, "a_service_starts_before_it_ends"),
        ({"paid_by": Body.OTHER}, "another_body_is_named"),
        ({"body": "School for the Blind"}, "another_body_is_named"),
    ],
)
def test_the_table_of_services_refuses(facts: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        ServiceFactory.create(**facts)


def test_findings_of_an_application_are_numbered() -> None:
    finding = ServicesFindingFactory.create()
    with pytest.raises(IntegrityError, match="findings_of_an_application_are_numbered"):
        ServicesFindingFactory.create(application=finding.application)


def test_a_finding_says_why() -> None:
    with pytest.raises(IntegrityError, match="a_services_finding_says_why"):
        ServicesFindingFactory.create(finding="")


def test_a_review_speaks_of_both() -> None:
    with pytest.raises(IntegrityError, match="a_review_speaks_of_goals_and_accommodations"):
        GoalReviewFactory.create(accommodations="")
