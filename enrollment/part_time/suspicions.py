"""What a district should look at twice: the same course asked for twice, and many requests from one source at once.

Nothing here refuses or delays anything; reports count no request before the district has confirmed the child (see
`CourseRequestQuerySet.counted`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from django.db import connection
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date

from .models import CourseRequest


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`others`: the other requests of the same LEA that it is about, oldest first."""

    kind: Literal["duplicate", "burst"]
    sentence: str
    others: list[CourseRequest] = field(default_factory=list)


# The same child (one student, or the same name and birth date) asks one LEA for the same course of the state in the
# same year, and both lines are alive.
# In three steps, because many courses have one code: in one step PostgreSQL may begin with all pairs of such courses.
DUPLICATES = """
WITH pair AS MATERIALIZED (
    SELECT request.id AS mine, other.id AS theirs
    FROM part_time_courserequest AS request
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN directory_term AS term ON term.id = request.term_id
    JOIN records_claim AS other_claim ON other_claim.birth_date = claim.birth_date
        AND (other_claim.student_id = claim.student_id
             OR (lower(other_claim.last_name) = lower(claim.last_name)
                 AND lower(other_claim.first_name) = lower(claim.first_name)))
    JOIN part_time_courserequest AS other ON other.claim_id = other_claim.id
        AND other.lea_id = request.lea_id AND other.id <> request.id AND other.state <> 'draft'
    JOIN directory_term AS other_term ON other_term.id = other.term_id
        AND other_term.school_year_id = term.school_year_id
    WHERE request.id = ANY(%(ids)s)
), asked AS MATERIALIZED (
    SELECT line.request_id, course.state_course_code, course.structure
    FROM part_time_courseline AS line
    JOIN providers_course AS course ON course.id = line.course_id
    WHERE line.request_id IN (SELECT mine FROM pair UNION SELECT theirs FROM pair)
        AND line.state NOT IN ('denied', 'cancelled', 'withdrawn', 'removed')
)
SELECT DISTINCT pair.mine, pair.theirs
FROM pair
JOIN asked AS here ON here.request_id = pair.mine
JOIN asked AS there ON there.request_id = pair.theirs
    AND there.state_course_code = here.state_course_code AND there.structure = here.structure
"""

# The most requests that one source sent within an hour in which this one lies: counted over all LEAs, told to this one.
BURSTS = """
WITH sent AS (
    SELECT id, source_key, submitted_at, count(*) OVER (
        PARTITION BY source_key ORDER BY submitted_at RANGE BETWEEN CURRENT ROW AND %(window)s::interval FOLLOWING
    ) AS from_here
    FROM part_time_courserequest
    WHERE source_key IN (
        SELECT source_key FROM part_time_courserequest WHERE id = ANY(%(ids)s) AND source_key <> ''
    )
), around AS (
    SELECT id, max(from_here) OVER (
        PARTITION BY source_key ORDER BY submitted_at RANGE BETWEEN %(window)s::interval PRECEDING AND CURRENT ROW
    ) AS most
    FROM sent
)
SELECT id, most FROM around WHERE id = ANY(%(ids)s) AND most >= %(fewest)s
"""


def suspicions(requests: Collection[CourseRequest], *, at: dt.datetime) -> dict[int, list[Suspicion]]:
    """What to look at twice, by the key of the request; requests without any are left out. In at most five queries."""
    ids = [request.pk for request in requests]
    if not ids:
        return {}
    found: dict[int, list[Suspicion]] = defaultdict(list)
    for request_id, others in _duplicates(ids).items():
        numbers = ", ".join(other.number for other in others)
        sentence = _("The same course is asked for the same child in %(numbers)s.") % {"numbers": numbers}
        found[request_id].append(Suspicion("duplicate", sentence, others))
    for request_id, count in _bursts(ids, on=central_date(at)).items():
        sentence = _(
            "%(count)d requests came from one source within an hour. Make sure that the family knows of this one "
            "before you confirm the child."
        ) % {"count": count}
        found[request_id].append(Suspicion("burst", sentence))
    return dict(found)


def _duplicates(ids: list[int]) -> dict[int, list[CourseRequest]]:
    with connection.cursor() as cursor:
        cursor.execute(DUPLICATES, {"ids": ids})
        pairs = cursor.fetchall()
    others = CourseRequest.objects.in_bulk([other for _request, other in pairs])
    found: dict[int, list[CourseRequest]] = defaultdict(list)
    for request_id, other in sorted(pairs):
        found[request_id].append(others[other])
    return found


def _bursts(ids: list[int], *, on: dt.date) -> dict[int, int]:
    minutes = LegalValue.objects.whole(LegalKey.BURST_MINUTES, on=on)
    fewest = LegalValue.objects.whole(LegalKey.BURST_REQUESTS, on=on)
    with connection.cursor() as cursor:
        cursor.execute(BURSTS, {"ids": ids, "window": f"{minutes} minutes", "fewest": fewest})
        return dict(cursor.fetchall())
