"""What changes between two versions of a file: every row of both is accounted for, once."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coredata.layouts import DISTRICT_KINDS
from coredata.store.difference import KEYS, Change, compare, difference
from mocap_portal.foundation.accounts.models import Membership

from .kit import certify, good, send

KEY = ["school", "student"]
ROWS = st.lists(st.tuples(*[st.sampled_from("ab")] * 2, st.sampled_from("xyz")), max_size=8)


def frame(rows: Sequence[tuple[str, ...]]) -> pl.DataFrame:
    columns = {name: [row[place] for row in rows] for place, name in enumerate([*KEY, "grade"])}
    return pl.DataFrame(
        {"line": range(2, len(rows) + 2), **columns},
        schema={"line": pl.Int64, **dict.fromkeys([*KEY, "grade"], pl.String)},
    )


def test_new_gone_and_changed_rows_are_told_apart() -> None:
    old = frame([("1", "a", "x"), ("1", "b", "x"), ("1", "c", "x")])
    new = frame([("1", "d", "x"), ("1", "c", "x"), ("1", "b", "y")])
    found = list(compare(new, old, KEY).rows())
    assert [(row.change, row.line, row.values["student"], row.before) for row in found] == [
        (Change.GONE, 2, "a", {}),
        (Change.CHANGED, 4, "b", {"grade": "x"}),
        (Change.ADDED, 2, "d", {}),
    ]


def test_the_order_of_rows_changes_nothing() -> None:
    rows = [("1", "a", "x"), ("1", "a", "y"), ("2", "a", "x")]
    assert list(compare(frame(rows), frame(rows[::-1]), KEY).rows()) == []


def test_a_row_that_stands_twice_and_then_once_is_gone_once() -> None:
    row = ("1", "a", "x")
    assert compare(frame([row]), frame([row, row]), KEY).counts == {
        Change.ADDED: 0,
        Change.GONE: 1,
        Change.CHANGED: 0,
    }


@given(ROWS, ROWS)
def test_the_old_rows_with_the_changes_are_the_new_rows(
    old: list[tuple[str, ...]], new: list[tuple[str, ...]]
) -> None:
    found = compare(frame(new), frame(old), KEY)
    rows = list(old)
    for row in found.rows():
        now = tuple(row.values.values())
        if row.change is not Change.ADDED:
            rows.remove(tuple((row.values | row.before).values()))
        if row.change is not Change.GONE:
            rows.append(now)
    assert sorted(rows) == sorted(new)
    keys_gone = {tuple(row.values[name] for name in KEY) for row in found.rows() if row.change is Change.GONE}
    keys_new = {tuple(row.values[name] for name in KEY) for row in found.rows() if row.change is Change.ADDED}
    assert not keys_gone & keys_new


def test_every_kind_has_a_key_of_its_layout() -> None:
    assert set(KEYS) == set(DISTRICT_KINDS)


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_june")
def test_stored_files_are_compared_by_what_was_kept(clerk: Membership) -> None:
    old = certify(send(good("core"), by=clerk), by=clerk)
    lines = good("core").decode().splitlines(keepends=True)
    new = send("".join([lines[0], *lines[2:]]).encode(), by=clerk)
    assert difference(new, old).counts == {Change.ADDED: 0, Change.GONE: 1, Change.CHANGED: 0}
