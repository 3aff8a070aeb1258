"""The SQL against the comparison in plain Python, on 1,000 random small states; and the same state asked otherwise."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from coredata.reconcile import engine
from coredata.reconcile.catalogue import CATALOGUE
from coredata.reconcile.engine import find, rows
from coredata.reconcile.files import Question
from coredata.reconcile.statements import INDEXES

from . import laid_out, plain, written
from .laid_out import YEAR, Shared
from .random_states import random_state, setting

pytestmark = pytest.mark.django_db

STATES = 100  # in one night
NIGHTS = [
    dt.date(2026, 10, 20), dt.date(2026, 11, 10), dt.date(2026, 12, 1), dt.date(2027, 1, 25), dt.date(2027, 3, 1),
    dt.date(2027, 6, 15), dt.date(2027, 6, 25), dt.date(2027, 7, 5), dt.date(2027, 8, 30), dt.date(2027, 9, 15),
]  # fmt: skip

Row = tuple[Any, ...]


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Shared]:
    """What all states stand on, once; every night is rolled back to it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield laid_out.lay_out(STATES)
        transaction.set_rollback(True)


def states_of(shared: Shared, as_of: dt.date, number: int = STATES) -> list[plain.State]:
    random = Random(f"{as_of}")
    overdue = shared.providers[1:] if random.random() < 0.5 else ()
    night = setting(as_of, shared.providers, shared.catalog, frozenset(overdue))
    return [random_state(random, night, pair) for pair in shared.pairs[:number]]


def asked(as_of: dt.date, *leas: int) -> list[Row]:
    with transaction.atomic():
        find(Question(YEAR, as_of, leas=leas or None, is_whole=not leas))
        found = rows()
        transaction.set_rollback(True)  # the locks of so many tables go with them
    return found


@pytest.mark.parametrize("as_of", NIGHTS, ids=str)
def test_sql_and_plain_python_find_the_same(shared: Shared, as_of: dt.date) -> None:
    states = states_of(shared, as_of)
    written.write(shared, states)
    found = {
        (code, lea, student, course, semester, cause or CATALOGUE[code].causes[0].id)
        for code, lea, _provider, student, course, semester, cause, _facts in asked(as_of)
        if code in plain.COVERED
    }
    for state in states:
        of_state = {one for one in found if one[1] in state.files}
        mine = {(*one, cause) for one, cause in plain.find(state).items() if one[1] is not None}
        assert (of_state - mine, mine - of_state) == (set(), set()), state


def test_the_states_have_what_is_compared(shared: Shared) -> None:
    """Else the two would agree because nothing is there: every code with its causes, and LEAs that have closed."""
    causes: dict[str, set[str]] = defaultdict(set)
    not_due, not_compared, of_closed = set[str](), set[str](), set[str]()
    for state in (state for as_of in NIGHTS for state in states_of(shared, as_of)):
        found = plain.find(state)
        for (code, *_where), cause in found.items():
            causes[code].add(cause)
        if state.closed:
            of_closed |= {one[0] for one in found if one[1] in state.closed}
            opened = plain.find(replace(state, closed={})).keys() - found.keys()
            for code, lea, *_where in opened:
                (not_due if lea is None or state.is_compared(lea) else not_compared).add(code)
    assert plain.COVERED - causes.keys() == {"M-29"}  # it takes a third LEA
    # Of the others the data tell nothing: the catalogue's first cause is suggested.
    assert {code for code, of_code in causes.items() if len(of_code) > 1} == plain.TELLS.keys()
    assert causes["M-10"] == {"not_requested", "wrong_district", "denied", "id_error"}
    assert causes["M-91"] == {"teacher", "students"}
    assert not_due >= {"M-70", "M-71"}
    assert len(not_compared) > 20 and len(of_closed) > 40


@pytest.mark.parametrize("as_of", NIGHTS[2::3], ids=str)
def test_laid_as_of_many_rows_the_same_bytes_are_found(
    shared: Shared, monkeypatch: pytest.MonkeyPatch, as_of: dt.date
) -> None:
    """Then a table's indexes are made when it is full, and the planner is told of it."""
    written.write(shared, states_of(shared, as_of))
    told = {}
    for many in 10**9, 0:
        monkeypatch.setattr(engine, "MANY", many)
        told[many] = asked(as_of)
    assert told[0] == told[10**9] != []


def test_of_few_rows_no_table_has_an_index_or_a_second_table(
    shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is made anew when a transaction ends. What a question about many rows left goes."""
    written.write(shared, states_of(shared, NIGHTS[2], 12))
    seen = []
    with transaction.atomic():
        for many in 10**9, 0, 10**9:
            monkeypatch.setattr(engine, "MANY", many)
            find(Question(YEAR, NIGHTS[2]))
            seen.append((rows(), slow_to_empty()))
        transaction.set_rollback(True)
    assert [found for found, _slow in seen] == [seen[0][0]] * 3
    assert seen[0][0] != []
    of_many = {index for index, (table, _columns) in INDEXES.items() if table not in {"o_trial", "j_trial"}}
    assert [slow for _found, slow in seen] == [set(), of_many, set()]


def slow_to_empty() -> set[str]:
    """The indexes of temporary tables, and the tables that have a second one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relnamespace = pg_my_temp_schema() AND (relkind = 'i' OR reltoastrelid <> 0)"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("as_of", NIGHTS[3::4], ids=str)
def test_rows_in_another_order_give_the_same_bytes(shared: Shared, as_of: dt.date) -> None:
    """But for the numbers of approvals and reports, which are rows' own ids."""
    states = states_of(shared, as_of)
    of = {a.key: [a.student, a.lea, a.course, a.semester] for state in states for a in state.asked}
    told = []
    for order in (None, Random(1).shuffle, Random(2).shuffle):
        with transaction.atomic():
            lines, reports = written.write(shared, states, order=order)
            first = asked(as_of)
            assert asked(as_of) == first
            meant = {line: of[key] for line, key in lines.items()}
            told.append([named(row, meant, reports) for row in first])
            transaction.set_rollback(True)
    assert told[0] == told[1] == told[2]


def named(row: Row, lines: dict[int, list[Any]], reports: dict[int, int]) -> Row:
    """With what the ids of rows stand for in their places; of two approvals of one course either may be named."""
    facts = json.loads(row[-1])
    facts["scheduled"] = "scheduled" in facts
    if "line" in facts:
        facts["line"] = lines[facts["line"]]
    if row[0] == "M-87" and "other" in facts:
        facts["other"] = lines[facts["other"]]
    if row[0] == "M-90":
        facts["reported"] = lines[int(facts["reported"])]
    if "report" in facts:
        facts["report"]["id"] = reports[facts["report"]["id"]]
    return (*row[:-1], json.dumps(facts))


@pytest.mark.parametrize("as_of", NIGHTS[2::3], ids=str)
def test_each_lea_alone_has_the_same_rows_as_all_at_once(shared: Shared, as_of: dt.date) -> None:
    states = states_of(shared, as_of, 12)
    written.write(shared, states)
    together = asked(as_of)
    for state in states:
        for lea in filter(state.is_compared, state.files):
            alone, mine = asked(as_of, lea), [row for row in together if row[1] == lea]
            assert alone == mine, (state, lea)
