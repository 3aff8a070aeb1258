"""The requests with all that belongs to them: clocks, lines, decisions, what providers were told, the history."""

from __future__ import annotations

from enrollment.part_time.models import (
    Acknowledgement,
    CourseLine,
    CourseRequest,
    Decision,
    DecisionFactor,
    Step,
)
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.clocks.models import Clock, ClockPause
from mocap_portal.foundation.papers.models import Letter

from .places import Written
from .rows import BASE, insert
from .sketch import CONFIRMED, COURSE_DAYS, FIRST_PARENT, SENT, STARTED


def requests(count: int) -> Written:
    """Write all of it from what was sketched."""
    yield from _clocks(count)
    yield from _requests(count)
    yield from _decisions()
    yield from _roster(count)
    yield from _steps()


def _clocks(count: int) -> Written:
    """The clock of each request, and the pause of those that stand still; of each approved line the two that follow."""
    decide = {
        "id": f"{BASE} + n",
        "kind": "'part_time_decision'",
        "lea": f"{BASE} + lea",
        "started_at": "sent_at",
        "business_days": "10",
        "source": "'R-15'",
        "first_due_on": "due_on",
        "due_on": "CASE WHEN kind <> 'paused' THEN due_on END",
        "stopped_at": "CASE WHEN state IN ('decided', 'cancelled') THEN decided_at END",
    }
    yield Clock, insert(Clock, "bench_request WHERE state <> 'draft'", decide)
    pause = {"clock": f"{BASE} + n", "starts_on": "sent_on + 1", "reason": "'The IEP team meets'"}
    yield ClockPause, insert(ClockPause, "bench_request WHERE kind = 'paused'", pause)
    register = {
        "id": f"{count} + line",
        "kind": "'registration'",
        "lea": f"{BASE} + lea",
        "started_at": "decided_at",
        "business_days": "5",
        "source": "'A-03'",
        "first_due_on": "register_by",
        "due_on": "register_by",
        "stopped_at": f"CASE WHEN stand IN {SENT} THEN registered_at END",
    }
    approved = f"bench_line WHERE stand = 'approved' OR stand IN {SENT}"
    yield Clock, insert(Clock, approved, register)
    confirm = {
        "id": f"{4 * count} + line",
        "kind": "'provider_confirmation'",
        "lea": f"{BASE} + lea",
        "started_at": "registered_at",
        "business_days": "5",
        "source": "'A-04'",
        "first_due_on": "confirm_by",
        "due_on": "confirm_by",
        "stopped_at": f"CASE WHEN stand IN {CONFIRMED} THEN confirmed_at END",
    }
    yield Clock, insert(Clock, f"bench_line WHERE stand IN {SENT}", confirm)


def _requests(count: int) -> Written:
    """The requests with their lines, and what half of the families acknowledged."""
    is_sent = "state <> 'draft'"
    request = {
        "id": f"{BASE} + n",
        "claim": f"{BASE} + child",
        "lea": f"{BASE} + lea",
        "term": "term",
        "state": "state",
        "in_person_courses": "2 + mod(n, 4)",
        "has_iep_or_504": "kind = 'paused' OR pg_temp.pick(n, 61, 8) = 0",
        "prior_semester": "'attended'",
        "started_at": "sent_at - INTERVAL '1 hour'",
        "touched_at": "sent_at",
        "signed_by": f"CASE WHEN {is_sent} THEN {FIRST_PARENT} + parent END",
        "signed_name": f"CASE WHEN {is_sent} THEN 'Parent ' || last_name ELSE '' END",
        "submitted_at": f"CASE WHEN {is_sent} THEN sent_at END",
        "clock": f"CASE WHEN {is_sent} THEN {BASE} + n END",
        "opened_at": f"CASE WHEN {is_sent} AND is_opened THEN opened_at END",
        "assigned_to": f"CASE WHEN {is_sent} AND pg_temp.pick(n, 62, 5) < 3 THEN counselor END",
    }
    yield CourseRequest, insert(CourseRequest, "bench_request", request)
    started = f"stand IN {STARTED}"
    line = {
        "id": "line",
        "request": f"{BASE} + n",
        "course": "course",
        "position": "place",
        "planned_minutes": "300",
        "state": "stand",
        "decision": "CASE WHEN stand NOT IN ('requested', 'cancelled') THEN line END",
        "registration_clock": f"CASE WHEN stand = 'approved' OR stand IN {SENT} THEN %(count)s + line END",
        "confirmation_clock": f"CASE WHEN stand IN {SENT} THEN 4 * %(count)s + line END",
        "starts_on": f"CASE WHEN stand IN {CONFIRMED} THEN starts_on END",
        "section": f"CASE WHEN stand IN {CONFIRMED} THEN 'S-' || mod(line, 40) ELSE '' END",
        "teacher_name": f"CASE WHEN stand IN {CONFIRMED} THEN 'Teacher ' || mod(line, 900) ELSE '' END",
        "started_on": f"CASE WHEN {started} THEN starts_on END",
        "ended_on": f"CASE WHEN stand IN ('completed', 'withdrawn') THEN starts_on + {COURSE_DAYS} END",
        "end_reason": "CASE WHEN stand = 'withdrawn' THEN 'The family moved.' ELSE '' END",
        "percent_complete": "CASE stand WHEN 'completed' THEN 100 WHEN 'withdrawn' THEN 40 END",
        "final_grade": "CASE stand WHEN 'completed' THEN 'B' ELSE '' END",
        "credit_earned": "CASE stand WHEN 'completed' THEN 0.5 END",
    }
    yield CourseLine, insert(CourseLine, "bench_line", line, {"count": count})
    statement = """bench_request, LATERAL (SELECT id AS statement FROM directory_codemeaning
        WHERE code_set = 'acknowledgement' AND valid_from <= sent_on AND (valid_to IS NULL OR valid_to >= sent_on)
        ) AS statements WHERE state <> 'draft' AND mod(n, 2) = 0"""
    acknowledgement = {"request": f"{BASE} + n", "statement": "statement", "at": "sent_at"}
    yield Acknowledgement, insert(Acknowledgement, statement, acknowledgement)


# Decisions and what follows ---------------------------------------------------------------------------


def _decisions() -> Written:
    """A decision with a short letter for each decided line, and the factor of each denial."""
    decided = "bench_line WHERE stand NOT IN ('requested', 'cancelled')"
    kind = "CASE stand WHEN 'denied' THEN 'denial' ELSE 'approval' END"
    letter = {
        "id": "md5('letter ' || line)::uuid",
        "kind": kind,
        "written_at": "decided_at",
        "facts": "'{}'::jsonb",
        "html": "'<p>Dear family of ' || first_name || ' ' || last_name || ', …</p>'",
        "pdf": "'letters/' || line || '.pdf'",
        "pdf_sha256": "md5(line::text)",
    }
    yield Letter, insert(Letter, decided, letter)
    why = "'The course is offered in person at this school in the same term, with a certificated teacher.'"
    decision = {
        "id": "line",
        "line": "line",
        "outcome": "CASE stand WHEN 'denied' THEN 'denied' ELSE 'approved' END",
        "decided_by": "counselor",
        "decided_at": "decided_at",
        "in_person_considered": "TRUE",
        "explanation": f"CASE stand WHEN 'denied' THEN {why} ELSE '' END",
        "letter": "md5('letter ' || line)::uuid",
    }
    yield Decision, insert(Decision, decided, decision)
    denied = """bench_line, LATERAL (SELECT id AS factor FROM directory_codemeaning
        WHERE code_set = 'denial_factor' ORDER BY position, code, id LIMIT 1) AS factors WHERE stand = 'denied'"""
    yield DecisionFactor, insert(DecisionFactor, denied, {"decision": "line", "factor": "factor"})


def _roster(count: int) -> Written:
    """What providers were told. The counselor confirms in their stead: the measurements have no provider staff."""
    confirmed = f"stand IN {CONFIRMED}"
    roster = {
        "id": "line",
        "line": "line",
        "provider": "provider",
        "lea": f"{BASE} + lea",
        "mosis_id": "lpad(child::text, 10, '0')",
        "first_name": "first_name",
        "last_name": "last_name",
        "birth_date": "birth_date",
        "grade": "grade",
        "contact_name": "'MOCAP contact ' || lea",
        "contact_email": "'mocap-' || lea || '@district.example'",
        "sent_at": "registered_at",
        "sent_by": "counselor",
        "clock": f"{4 * count} + line",
        "confirmed_at": f"CASE WHEN {confirmed} THEN confirmed_at END",
        "confirmed_by": f"CASE WHEN {confirmed} THEN counselor END",
        "result": "CASE stand WHEN 'completed' THEN 'completed' ELSE '' END",
    }
    yield RosterLine, insert(RosterLine, f"bench_line WHERE stand IN {SENT}", roster)


def _steps() -> Written:
    """What each family reads of its request: one statement over all that happened."""
    by_family, by_staff = f"{FIRST_PARENT} + parent", "counselor"
    of_request = [
        ("started", "sent_at - INTERVAL '1 hour'", by_family, "TRUE"),
        ("submitted", "sent_at", by_family, "state <> 'draft'"),
        ("opened", "opened_at", by_staff, "state <> 'draft' AND is_opened"),
        ("paused", "opened_at + INTERVAL '1 minute'", by_staff, "kind = 'paused'"),
    ]
    of_line = [
        ("approved", "decided_at", by_staff, f"stand = 'approved' OR stand IN {SENT}"),
        ("denied", "decided_at", by_staff, "stand = 'denied'"),
        ("registered", "registered_at", by_staff, f"stand IN {SENT}"),
        ("confirmed", "confirmed_at", by_staff, f"stand IN {CONFIRMED}"),
        ("running", "starts_on + TIME '06:00'", "NULL", f"stand IN {STARTED}"),
        ("completed", f"starts_on + {COURSE_DAYS} + TIME '12:00'", by_staff, "stand = 'completed'"),
        ("cancelled", "decided_at", by_family, "stand = 'cancelled'"),
        ("withdrawn", f"starts_on + {COURSE_DAYS} + TIME '12:00'", by_staff, "stand = 'withdrawn'"),
    ]
    happened = [
        f"SELECT n, NULL::bigint AS line, '{kind}' AS step, ({at})::timestamptz AS moment, ({by})::bigint AS who "
        f"FROM bench_request WHERE {when}"
        for kind, at, by, when in of_request
    ] + [
        f"SELECT n, line, '{kind}', ({at})::timestamptz, ({by})::bigint FROM bench_line WHERE {when}"
        for kind, at, by, when in of_line
    ]
    step = {
        "request": f"{BASE} + n",
        "line": "line",
        "kind": "step",
        "at": "moment",
        "by": "who",
        "place": "row_number() OVER (PARTITION BY n ORDER BY moment, line)",
        "seal": "repeat('0', 64)",  # nobody follows the chain of made-up requests
    }
    yield (
        Step,
        insert(Step, f"({' UNION ALL '.join(happened)}) AS happened ORDER BY n, moment, line", step),
    )
