"""Concerns by the hundred thousand in an empty database: words as often as people use them, over five years."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import accumulate

from django.db import connection, transaction
from django.utils import timezone

from concerns.models import Concern, ConcernState, Outcome, Track, Writer
from mocap_portal.bench.filling.places import FIRST_PROVIDER, LEAS, PROVIDERS, organizations
from mocap_portal.bench.filling.rows import (
    BASE,
    PICK,
    execute,
    go_on_counting,
    insert,
    one_of,
    without_indexes,
)
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet

DAYS = 5 * 365
OPEN_SHARE = 50  # one in so many is open
WORDS_EACH = (15, 90)  # of one concern, fewest and most
VOCABULARY = 20_000

# The most frequent first. The first of them no search looks at.
FREQUENT = """
the to and my our of we in is for a not that was with have they has on it she he but are been from this when no at said
school course student class teacher district daughter son online request child grade called email told asked weeks
letter answer decision semester program week credit provider counselor work days problem help wrote phone enrolled
denied math reading english science spanish algebra history lesson website password account test progress report
record transcript transfer bill fee price office plan meeting principal time year month august september october
november december january february march april may june july started waiting nobody answered never still again late
after before without because wants needs does did can cannot will would should must
"""
BEGINNINGS = "b c d f g h j k l m n p r s t v w z br ch cl dr fl gr pl sh st tr"
MIDDLES = "a e i o u ea ou"
ENDINGS = " n r l ck st m nd"


def vocabulary() -> list[str]:
    """`VOCABULARY` words, the most frequent first; always the same. After those of the tongue, made-up ones."""
    chances, words = random.Random(1), dict.fromkeys(FREQUENT.split())
    sounds = [BEGINNINGS.split(" "), MIDDLES.split(" "), ENDINGS.split(" ")]
    while len(words) < VOCABULARY:
        words["".join(chances.choice(sound) for _syllable in range(3) for sound in sounds)] = None
    return list(words)


def texts(number: int) -> Iterator[str]:
    """So many texts: the second word of the vocabulary stands half as often as the first, and so on (Zipf)."""
    chances, words = random.Random(2), vocabulary()
    weights = list(accumulate(1 / place for place in range(1, len(words) + 1)))
    for _text in range(number):
        yield " ".join(chances.choices(words, cum_weights=weights, k=chances.randint(*WORDS_EACH)))


def plant(number: int) -> int:
    """Plant so many, unless they are there; what is there besides is removed. Returns how many stand there."""
    planted = Concern.objects.filter(pk__gt=BASE, pk__lte=BASE + number).count()
    if planted == number:
        remove_others(number)
    else:
        lay(number, at=timezone.now())
    execute("VACUUM ANALYZE")  # as the database does by itself soon after
    return number


@transaction.atomic
def lay(number: int, *, at: dt.datetime) -> int:
    """So many in an empty table, the districts and providers that they are about, received until `at`.

    Triggers are off meanwhile, for which the database's user must be a superuser.
    """
    execute("SET LOCAL session_replication_role = replica")
    execute("SET LOCAL synchronous_commit = off")
    execute("SET LOCAL maintenance_work_mem = '256MB'")
    execute(PICK)
    execute("CREATE TEMPORARY TABLE said (nth bigint, words text) ON COMMIT DROP")
    with connection.cursor() as cursor, cursor.copy("COPY said FROM STDIN") as copy:
        for nth, text in enumerate(texts(number), start=1):
            copy.write_row((nth, text))
    laid = [model for model, _count in organizations()]
    with without_indexes([Concern]):
        _insert(at)
    go_on_counting([*laid, Concern])
    execute("SET LOCAL session_replication_role = origin")
    return number


def categories() -> list[str]:
    """The codes of what concerns are about."""
    rows = CodeMeaning.objects.filter(code_set=CodeSet.CONCERN_CATEGORY)
    return list(rows.order_by("position", "code").values_list("code", flat=True).distinct())


def _insert(at: dt.datetime) -> None:
    codes = categories()
    source = f"""(
        SELECT nth, words, pg_temp.pick(nth, 1, {OPEN_SHARE}) = 0 AS is_open,
            %(at)s - make_interval(days => pg_temp.pick(nth, 2, {DAYS}), secs => pg_temp.pick(nth, 3, 86400)) AS came
        FROM said
    ) AS said"""
    insert(
        Concern,
        source,
        {
            "id": f"{BASE} + nth",
            "form": "gen_random_uuid()",
            "secret_hash": "md5(nth::text) || md5(nth::text)",
            "received_at": "came",
            "state": f"CASE WHEN is_open THEN '{ConcernState.SORTED}' ELSE '{ConcernState.CLOSED}' END",
            "writer": f"'{Writer.PARENT}'",
            "is_anonymous": "true",
            "contact": "'none'",
            "lea": f"{BASE} + 1 + pg_temp.pick(nth, 4, {LEAS})",
            "provider": f"{FIRST_PROVIDER} + 1 + pg_temp.pick(nth, 5, {PROVIDERS})",
            "track": one_of([Track.PART_TIME.value, Track.FULL_TIME.value], "pg_temp.pick(nth, 6, 2)"),
            "category": one_of(codes, f"pg_temp.pick(nth, 7, {len(codes)})"),
            "what_happened": "words",
            "due_on": "CASE WHEN is_open THEN came::date + 21 END",
            "outcome": f"CASE WHEN is_open THEN '' ELSE '{Outcome.EXPLAINED}' END",
            "closed_at": "CASE WHEN is_open THEN NULL ELSE came + interval '9 days' END",
        },
        {"at": at},
    )


@transaction.atomic
def remove_others(number: int) -> None:
    """What an earlier measurement has posted; its clocks stay, for nothing that is measured looks at them."""
    execute("SET LOCAL session_replication_role = replica")
    last = {"last": BASE + number}
    for table in ("concerns_entry", "concerns_identityconsent"):
        execute(f"DELETE FROM {table} WHERE concern_id > %(last)s", last)
    execute("DELETE FROM concerns_concern WHERE id > %(last)s", last)
    execute("DELETE FROM papers_notice WHERE key LIKE 'concern:%%'", {})
    execute("SET LOCAL session_replication_role = origin")
