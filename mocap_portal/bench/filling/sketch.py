"""What each child, request and course line is like, said once in temporary tables that the others are written from.

bench_child: a child with its parent, district and school. bench_request: who asked when, and how it stands.
bench_line: each course of it. Most requests are decided, three in a hundred wait for a decision.
"""

from __future__ import annotations

import datetime as dt
import itertools

from mocap_portal.foundation.shared.calendar import CENTRAL, central_date

from .days import DAYS_BACK, days
from .places import FIRST_PROVIDER, LARGE, LEAS, PROVIDERS
from .rows import BASE, make, one_of

# fmt: off
FIRST_NAMES = [
    "Ava", "Ben", "Carmen", "Diego", "Ella", "Finn", "Grace", "Hugo", "Iris", "Jonas", "Kira", "Leo", "Maya", "Noah",
    "Olive", "Pia", "Quinn", "Rosa", "Sam", "Tess",
]
LAST_NAMES = [
    "Adams", "Baker", "Castillo", "Dietz", "Evans", "Flores", "Garcia", "Huber", "Ingram", "Jensen", "Klein", "Lopez",
    "Meyer", "Novak", "Ortiz", "Park", "Quist", "Reyes", "Schmidt", "Turner", "Ueda", "Vargas", "Walker", "Xiong",
    "Young", "Zeller", "Bishop", "Carver", "Dalton", "Easton", "Foster", "Gibson", "Hayes", "Irwin",
]
# fmt: on

FIRST_PARENT = 2 * BASE  # keys of parents: this and their number

YOUNGEST, OLDEST = 11 * 365, 17 * 365  # days; nobody is of age, for parents see no grown child's record

# Of 1,000 requests: waiting (in time, late, clock paused), not sent, taken back; the others are decided.
WAITING, LATE, PAUSED, DRAFTS, CANCELLED = 34, 3, 1, 10, 20
# Of 100 lines in decided requests, by what the first of these is above: how they stand.
STANDS = {15: "denied", 17: "approved", 19: "registered", 23: "confirmed", 45: "active", 95: "completed"}
LAST_STAND = "withdrawn"
COURSE_DAYS = 90
STARTED = "('active', 'completed', 'withdrawn')"
SENT = "('registered', 'confirmed', 'active', 'completed', 'withdrawn')"
CONFIRMED = "('confirmed', 'active', 'completed', 'withdrawn')"


def sketch(count: int, courses: int, at: dt.datetime) -> None:
    """Lay the tables. One child in four asked twice; half of the parents have two children."""
    days(at)
    children = max(1, count * 4 // 5)
    family = f"""
        SELECT child, parent, lea,
            {BASE} + lea * 100 + 1 + pg_temp.pick(child, 23, CASE WHEN lea = {LARGE} THEN 24 ELSE 4 END) AS school,
            {BASE} + lea * 100 + 1 AS counselor,
            {one_of(FIRST_NAMES, f"mod(child, {len(FIRST_NAMES)})")} AS first_name,
            {one_of(LAST_NAMES, f"pg_temp.pick(parent, 24, {len(LAST_NAMES)})")} AS last_name,
            %(today)s - {YOUNGEST} - pg_temp.pick(child, 25, {OLDEST - YOUNGEST}) AS birth_date,
            6 + pg_temp.pick(child, 26, 7) AS grade
        FROM generate_series(1, %(children)s) AS child,
            LATERAL (SELECT (child * 2 + 2) / 3 AS parent) AS family,
            LATERAL (SELECT CASE WHEN pg_temp.pick(parent, 21, 20) = 0 THEN {LARGE}
                ELSE 2 + LEAST(pg_temp.pick(parent, 22, {LEAS - 1}), pg_temp.pick(parent, 27, {LEAS - 1}))
                END AS lea) AS place"""
    make("bench_child", family, {"children": children, "today": central_date(at)}, key="child")
    back = f"""CASE kind
        WHEN 'waiting' THEN 1 + pg_temp.pick(n, 32, 11) WHEN 'late' THEN 17 + pg_temp.pick(n, 32, 6)
        WHEN 'paused' THEN 8 + pg_temp.pick(n, 32, 30) WHEN 'draft' THEN 1 + pg_temp.pick(n, 32, 25)
        ELSE 20 + pg_temp.pick(n, 32, {DAYS_BACK - 20}) END"""
    waiting, late, paused, drafts, cancelled = itertools.accumulate(
        (WAITING, LATE, PAUSED, DRAFTS, CANCELLED)
    )
    request = f"""
        SELECT n, child.*, kind, state, bench_day.*, sent_at,
            kind IN ('decided', 'cancelled', 'paused') OR pg_temp.pick(n, 34, 10) < 6 AS is_opened,
            sent_at + INTERVAL '2 hours' AS opened_at, sent_at + INTERVAL '5 days' AS decided_at,
            sent_at + INTERVAL '7 days' AS registered_at, sent_at + INTERVAL '9 days' AS confirmed_at
        FROM (SELECT n, 1 + mod(n - 1, %(children)s) AS child, CASE
                WHEN n > %(children)s THEN 'decided'
                WHEN pick < {waiting} THEN 'waiting' WHEN pick < {late} THEN 'late'
                WHEN pick < {paused} THEN 'paused' WHEN pick < {drafts} THEN 'draft'
                WHEN pick < {cancelled} THEN 'cancelled' ELSE 'decided' END AS kind
              FROM generate_series(1, %(count)s) AS n, LATERAL (SELECT pg_temp.pick(n, 31, 1000) AS pick) AS chance
            ) AS asked
            JOIN bench_child AS child USING (child)
            JOIN bench_day ON bench_day.back = {back},
            LATERAL (SELECT (sent_on + TIME '08:00' + pg_temp.pick(n, 33, 36000) * INTERVAL '1 second')
                    AT TIME ZONE '{CENTRAL.key}' AS sent_at,
                CASE WHEN kind IN ('draft', 'decided', 'cancelled') THEN kind ELSE 'submitted' END AS state
            ) AS more"""
    make("bench_request", request, {"children": children, "count": count}, key="n")
    third = courses // 3
    stands = " ".join(f"WHEN pick < {bound} THEN '{stand}'" for bound, stand in STANDS.items())
    # A course that has not begun, or not ended, by today stands where it can.
    line = f"""
        SELECT {BASE} + 3 * (n - 1) + place AS line, place, request.*,
            {BASE} + 1 + 3 * nth + mod(n, 2) AS course, {FIRST_PROVIDER} + 1 + mod(nth, {PROVIDERS}) AS provider,
            CASE WHEN kind = 'cancelled' THEN 'cancelled' WHEN kind <> 'decided' THEN 'requested'
                WHEN stand IN {STARTED} AND starts_on > %(today)s THEN 'confirmed'
                WHEN stand IN {STARTED} AND starts_on + {COURSE_DAYS} > %(today)s THEN 'active'
                ELSE stand END AS stand
        FROM bench_request AS request,
            LATERAL generate_series(1, (ARRAY[1, 1, 1, 1, 1, 2, 2, 2, 3, 3])[1 + pg_temp.pick(n, 41, 10)]) AS place,
            LATERAL (SELECT mod(pg_temp.pick(n, 42, {third}) + place - 1, {third}) AS nth,
                pg_temp.pick(n * 3 + place, 43, 100) AS pick) AS chance,
            LATERAL (SELECT CASE {stands} ELSE '{LAST_STAND}' END AS stand) AS outcome"""
    make("bench_line", line, {"today": central_date(at)}, key="line")
