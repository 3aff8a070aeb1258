"""Parents, the children they told of, and the students that districts made of these."""

from __future__ import annotations

import datetime as dt

from enrollment.records.models import Claim, Guardian, Student
from mocap_portal.foundation.accounts.models import Membership, User

from .places import Written, person
from .rows import BASE, insert, make
from .sketch import FIRST_PARENT


def families(at: dt.datetime) -> Written:
    """Parents, the children they told of, and those that the district confirmed."""
    now = {"at": at}
    parents = "(SELECT DISTINCT parent, last_name FROM bench_child) AS family"
    key = f"{FIRST_PARENT} + parent"
    yield User, insert(User, parents, person(key, "'Parent ' || last_name", "'parent-' || parent"), now)
    hat = {"id": key, "user": key, "role": "'parent'", "started_at": "%(at)s - INTERVAL '4 years'"}
    yield Membership, insert(Membership, parents, hat, now)
    # A child is confirmed unless its only request waits (half of those) or was never sent.
    make(
        "bench_claim",
        """SELECT child, min(sent_at) - INTERVAL '1 day' AS created_at, CASE
            WHEN bool_or(state IN ('decided', 'cancelled')) THEN 'confirmed'
            WHEN bool_or(state = 'draft') THEN 'unsent'
            WHEN pg_temp.pick(child, 51, 2) = 0 THEN 'confirmed' ELSE 'typed' END AS state
        FROM bench_request GROUP BY child""",
        key="child",
    )
    confirmed = "bench_child JOIN bench_claim AS claim USING (child) WHERE claim.state = 'confirmed'"
    told = {
        "first_name": "first_name",
        "last_name": "last_name",
        "birth_date": "birth_date",
        "school": "school",
        "grade": "grade",
    }
    student = told | {
        "id": f"{BASE} + child",
        "lea": f"{BASE} + lea",
        "mosis_id": "lpad(child::text, 10, '0')",
    }
    yield Student, insert(Student, confirmed, student)
    guardian = {
        "student": f"{BASE} + child",
        "user": key,
        "relationship": "'mother'",
        "started_on": "created_at::date",
    }
    yield Guardian, insert(Guardian, confirmed, guardian)
    is_confirmed = "claim.state = 'confirmed'"
    claim = told | {
        "id": f"{BASE} + child",
        "claimant": key,
        "relationship": "'mother'",
        "created_at": "created_at",
        "state": "claim.state",
        "student": f"CASE WHEN {is_confirmed} THEN {BASE} + child END",
        "judged_at": f"CASE WHEN {is_confirmed} THEN created_at + INTERVAL '2 days' END",
        "judged_by": f"CASE WHEN {is_confirmed} THEN counselor END",
    }
    yield Claim, insert(Claim, "bench_child JOIN bench_claim AS claim USING (child)", claim)
