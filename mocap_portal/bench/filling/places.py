"""Districts with their schools and staff, and providers: one large district, the others of very different sizes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import models

from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.directory.models import Lea, LeaPolicy, Organization, Provider, School

from .rows import BASE, insert, one_of

LEAS = 500
LARGE = 1  # the number of the district with one request in twenty
PROVIDERS = 60
FIRST_PROVIDER = BASE + LEAS  # a provider's key is this and its number

# Of each district: how many schools, and how many of its staff may review. Keys are BASE + 100 * district + place.
SCHOOLS = f"CASE WHEN lea = {LARGE} THEN 24 ELSE 4 END"
REVIEWERS = f"CASE WHEN lea = {LARGE} THEN 12 ELSE 3 END"
ROLES = [Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR]  # by turns

Written = Iterator[tuple[type[models.Model], int]]


def organizations() -> Written:
    """Districts, their policies and schools, and the providers."""
    leas = f"generate_series(1, {LEAS}) AS lea"
    schools = f"{leas}, LATERAL generate_series(1, {SCHOOLS}) AS place"
    providers = f"generate_series(1, {PROVIDERS}) AS provider"
    yield (
        Organization,
        insert(Organization, leas, {"id": f"{BASE} + lea", "name": "'Invented School District ' || lea"}),
    )
    yield (
        Lea,
        insert(
            Lea,
            leas,
            {
                "organization": f"{BASE} + lea",
                "state_district_id": "lpad(lea::text, 6, '0')",
                "kind": "'district'",
                "active_from": "DATE '1990-07-01'",
                "contact_name": "'MOCAP contact ' || lea",
                "contact_email": "'mocap-' || lea || '@district.example'",
                "contact_phone": "'573-555-' || lpad(lea::text, 4, '0')",
            },
        ),
    )
    yield (
        LeaPolicy,
        insert(
            LeaPolicy,
            leas,
            {
                "lea": f"{BASE} + lea",
                "valid_from": "DATE '2022-08-28'",
                "source": "'Policy 6190'",
                "decision_by": "CASE WHEN pg_temp.pick(lea, 1, 5) = 0 THEN 'decider' ELSE 'counselor' END",
                "appeal_instructions": "'Write to the secretary of the school board.'",
            },
        ),
    )
    yield (
        School,
        insert(
            School,
            schools,
            {
                "id": f"{BASE} + lea * 100 + place",
                "lea": f"{BASE} + lea",
                "state_school_id": "lpad((1000 + place)::text, 4, '0')",
                "name": "'Invented School ' || place || ' of district ' || lea",
                "grades_low": "0",
                "grades_high": "12",
                "active_from": "DATE '1990-07-01'",
            },
        ),
    )
    names = {"id": f"{FIRST_PROVIDER} + provider", "name": "'Invented Online Academy ' || provider"}
    yield Organization, insert(Organization, providers, names)
    yield (
        Provider,
        insert(
            Provider,
            providers,
            {"organization": f"{FIRST_PROVIDER} + provider", "code": "'ACADEMY' || provider"},
        ),
    )


def staff(at: dt.datetime) -> Written:
    """Counselors, deciders and coordinators of each district, by turns: each a person with one hat of the same key."""
    people = f"generate_series(1, {LEAS}) AS lea, LATERAL generate_series(1, {REVIEWERS}) AS place"
    key = f"{BASE} + lea * 100 + place"
    user = person(key, "'Staff ' || place || ' of district ' || lea", "'staff-' || lea || '-' || place")
    yield User, insert(User, people, user, {"at": at})
    yield (
        Membership,
        insert(
            Membership,
            people,
            {
                "id": key,
                "user": key,
                "role": one_of([role.value for role in ROLES], f"mod(place - 1, {len(ROLES)})"),
                "organization": f"{BASE} + lea",
                "started_at": "%(at)s - INTERVAL '4 years'",
            },
            {"at": at},
        ),
    )


def person(key: str, name: str, mailbox: str) -> dict[str, str]:
    """The columns of a User who has no password."""
    return {
        "id": key,
        "email": f"{mailbox} || '@portal.example'",
        "name": name,
        "password": "'!'",
        "session_stamp": f"md5(({key})::text)",
        "date_joined": "%(at)s",
    }
