"""What the server plans once for a connection, and asks again without planning."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction

from coredata.reconcile import actions, planned, unchanged
from coredata.reconcile.catalogue import CATALOGUE
from coredata.reconcile.engine import answer
from coredata.reconcile.files import Question
from tests.factories.directory import LeaFactory, SchoolYearFactory

AS_OF = dt.date(2026, 11, 10)
TEXT = """
-- About whom; in two words
INSERT INTO pupil SELECT %(year)s, 'half' WHERE %(as_of)s > '2026-10-01';
ANALYZE pupil;
INSERT INTO o
SELECT 1 -- not the end;
WHERE %(as_of)s < %(as_of)s AND %(year)s %% 2 = 0;
{analyze} o, j;
DELETE FROM o
"""


def test_a_text_is_its_statements_with_each_value_in_one_place() -> None:
    first, second, third = planned.statements(TEXT)
    assert first.text == "INSERT INTO pupil SELECT $1, 'half' WHERE $2 > '2026-10-01'"
    assert first.to_plan == f"PREPARE {first.name} (integer, date) AS\n{first.text};\n"
    given = {"year": "2027", "as_of": "'2026-11-10'::date", "at": "now()"}
    assert first.to_run(given) == f"EXECUTE {first.name} (2027, '2026-11-10'::date);\n"
    assert second.values == ("as_of", "year")
    assert second.text.endswith("WHERE $1 < $1 AND $2 % 2 = 0")
    assert third.to_plan == f"PREPARE {third.name} AS\nDELETE FROM o;\n"
    assert third.to_run(given) == f"EXECUTE {third.name};\n"
    assert len({first.name, second.name, third.name}) == 3


def test_the_same_statement_has_the_same_name_and_another_one_another() -> None:
    (one,), (same,) = planned.statements("DELETE FROM o;"), planned.statements("-- again\nDELETE FROM o")
    (other,) = planned.statements("DELETE FROM j")
    assert one == same
    assert one.name != other.name


def of_connection() -> dict[str, tuple[int, int]]:
    """Each planned statement of this connection: how often it ran planned for all, and planned for its values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, generic_plans, custom_plans FROM pg_prepared_statements WHERE name ~ '^reconcile_'"
        )
        return {name: (generic, custom) for name, generic, custom in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_about_few_leas_all_is_planned_once_for_a_connection() -> None:
    SchoolYearFactory.create(year=2027)
    leas = tuple(lea.pk for lea in LeaFactory.create_batch(2))
    connection.close()
    for _time in range(3):
        actions.look(2027, as_of=AS_OF, leas=leas)
    seen = of_connection()
    assert len(seen) > 100
    assert set(seen.values()) == {(3, 0)}
    connection.close()
    connection.ensure_connection()
    assert of_connection() == {}


@pytest.mark.django_db
def test_what_was_planned_while_its_tables_went_away_is_planned_again() -> None:
    SchoolYearFactory.create(year=2027)
    question = Question(2027, AS_OF, leas=(LeaFactory.create().pk,), is_whole=False)
    found = []
    for _time in range(2):
        with transaction.atomic():
            found.append(answer(question))
            transaction.set_rollback(True)  # the tables were made within
    assert found[0] == found[1]
    assert of_connection()


@pytest.mark.django_db
def test_about_many_leas_nothing_is_planned_ahead() -> None:
    SchoolYearFactory.create(year=2027)
    leas = tuple(lea.pk for lea in LeaFactory.create_batch(21))
    before = of_connection()
    answer(Question(2027, AS_OF, leas=leas, is_whole=False))
    assert of_connection() == before


@pytest.mark.parametrize("name", sorted(unchanged.STATEMENTS))
def test_every_value_of_a_statement_has_a_type(name: str) -> None:
    numbers = CATALOGUE[name].numbers.keys() if name in CATALOGUE else set()
    values = set(planned.VALUE.findall(unchanged.STATEMENTS[name])) - numbers
    assert values <= planned.TYPES.keys()
