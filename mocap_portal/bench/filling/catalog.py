"""A catalog: what 60 providers list, one course in five no longer."""

from __future__ import annotations

import datetime as dt

from providers.models import Authorization, Course

from .places import FIRST_PROVIDER, PROVIDERS, Written
from .rows import BASE, day, insert, one_of

# Subject: what its courses are called.
SUBJECTS = {
    "English Language Arts": ["English", "Creative Writing", "World Literature", "Speech and Debate"],
    "Mathematics": ["Algebra", "Geometry", "Statistics", "Personal Finance"],
    "Science": ["Biology", "Chemistry", "Physics", "Environmental Science"],
    "Social Studies": ["American History", "World Geography", "Psychology", "Economics"],
    "World Languages": ["Spanish", "French", "German", "Mandarin Chinese"],
    "Fine Arts": ["Art Appreciation", "Music Theory", "Photography", "Theater"],
    "Career Education": ["Computer Science", "Web Design", "Medical Terminology", "Accounting"],
    "Health": ["Health", "Physical Education", "Nutrition", "First Aid"],
}
TITLES = [title for titles in SUBJECTS.values() for title in titles]
LEVELS = ["Foundations", "Essentials", "Honors", "Extended", "Accelerated"]


def courses(count: int, at: dt.datetime) -> Written:
    """Authorizations of every provider, and `count` courses. Courses 1, 2 and 3 are semester A, B and a full year, …"""
    # A course of three listings (A, B, the year) shares its title and code.
    title = f"pg_temp.pick((n - 1) / 3, 11, {len(TITLES)})"
    grade = "(6 + pg_temp.pick((n - 1) / 3, 12, 7))"
    first = dt.date(at.year - 1, 7, 1)
    yield (
        Authorization,
        insert(
            Authorization,
            f"generate_series(1, {PROVIDERS}) AS provider",
            {
                "provider": f"{FIRST_PROVIDER} + provider",
                "valid_from": day(first),
                "valid_to": day(dt.date(first.year + 3, 6, 30)),
                "source": "'Invented'",
            },
        ),
    )
    yield (
        Course,
        insert(
            Course,
            f"(SELECT n, {title} AS title, {grade} AS grade, (ARRAY['A', 'B', 'FY'])[1 + mod(n - 1, 3)] AS structure,"
            "  pg_temp.pick((n - 1) / 3, 14, 25) = 0 AS ap, pg_temp.pick((n - 1) / 3, 15, 300) AS price"
            "  FROM generate_series(1, %(count)s) AS n) AS course",
            {
                "id": f"{BASE} + n",
                "provider": f"{FIRST_PROVIDER} + 1 + mod((n - 1) / 3, {PROVIDERS})",
                "provider_course_code": "'C-' || lpad(((n - 1) / 3)::text, 6, '0')",
                "title": "CASE WHEN ap THEN 'AP ' ELSE '' END || "
                + one_of(TITLES, "title")
                + " || ' ' || grade || ', ' || "
                + one_of(LEVELS, f"pg_temp.pick((n - 1) / 3, 13, {len(LEVELS)})"),
                "state_course_code": "lpad((50000 + title * 10)::text, 6, '0')",
                "subject": one_of(list(SUBJECTS), "(title / 4)"),
                "grade_low": "grade",
                "grade_high": "LEAST(12, grade + 1)",
                "structure": "structure",
                "credits": "CASE WHEN structure = 'FY' THEN 1.0 ELSE 0.5 END",
                "instruction": "CASE WHEN pg_temp.pick(n, 16, 6) = 0 THEN 'curriculum_only' ELSE 'provider' END",
                "price_semester": "CASE WHEN structure = 'FY' THEN NULL ELSE 180 + price END",
                "price_year": "CASE WHEN structure = 'FY' THEN 2 * (180 + price) END",
                "ap": "ap",
                "college_board_approved": "ap",
                "assurance_data_security": "'DESE'",
                "assurance_educator": "'DESE'",
                "assurance_standards": "'DESE'",
                "assurance_accessibility": "'LEA'",
                "assurance_ap": "CASE WHEN ap THEN 'DESE' ELSE 'N/A' END",
                "valid_from": day(first),
                "valid_to": "CASE WHEN pg_temp.pick(n, 17, 5) = 0 THEN "
                f"{day(at.date() - dt.timedelta(days=30))} END",
            },
            {"count": count},
        ),
    )
