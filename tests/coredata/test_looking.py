"""What checks look for is looked for at once, and found as if each were asked by itself."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from coredata.checks.search import FINDINGS, Search, look
from coredata.reading import LINE

ROWS = pl.DataFrame({LINE: [2, 3, 4], "code": ["50", "5O", ""], "told": ["a", "b", None]})


def search(bad: pl.Expr, *, hint: pl.Expr | None = None, expected: pl.Expr | str = "") -> Search:
    return Search(bad, "ProgramCode", pl.col("code"), expected, None, hint)


def test_each_finds_its_own_rows_in_the_order_in_which_they_were_asked() -> None:
    empty, letters = search(pl.col("code") == ""), search(pl.col("code").str.contains("O"), expected="50")
    none = search(pl.col("code") == "99")
    found = look(ROWS, [letters, none, empty])
    assert [frame.rows() for frame in found] == [
        [(3, "ProgramCode", "5O", "50", None)],
        [],
        [(4, "ProgramCode", "", "", None)],
    ]
    assert all(dict(frame.schema) == FINDINGS for frame in found)


def test_what_was_found_already_stays_in_its_place() -> None:
    already = pl.DataFrame([(None, None, "x", "", None)], schema=FINDINGS, orient="row")
    found = look(ROWS, [search(pl.col("code") == ""), already, search(pl.col("code") == "50")])
    assert [frame["value"].to_list() for frame in found] == [[""], ["x"], ["50"]]


def test_where_a_condition_says_nothing_it_does_not_hold() -> None:
    (found,) = look(ROWS, [search(pl.col("told") != "a")])
    assert found[LINE].to_list() == [3]


def test_a_hint_that_says_none_is_believed_and_one_that_says_some_is_not() -> None:
    bad = pl.col("code") == ""
    found = look(ROWS, [search(bad, hint=pl.lit(value=False)), search(bad, hint=pl.lit(value=True))])
    assert [frame.height for frame in found] == [0, 1]


def test_of_no_rows_and_of_no_searches_nothing_is_found() -> None:
    (found,) = look(ROWS.clear(), [search(pl.col("code") == "")])
    assert found.is_empty()
    assert look(ROWS, []) == []


@given(
    st.lists(st.sampled_from(["", "50", "52", "5O"]), max_size=6),
    st.lists(st.sampled_from(["", "50", "52", "5O", "99"]), max_size=6),
)
def test_looking_together_finds_what_looking_one_by_one_finds(codes: list[str], wanted: list[str]) -> None:
    lines = {LINE: list(range(2, 2 + len(codes))), "code": codes}
    rows = pl.DataFrame(lines, schema={LINE: pl.Int64, "code": pl.String})
    searches = [search(pl.col("code") == code) for code in wanted]
    together = look(rows, searches)
    alone = [frame for one in searches for frame in look(rows, [one])]
    assert [frame.rows() for frame in together] == [frame.rows() for frame in alone]
    assert [frame[LINE].to_list() for frame in together] == [
        [line for line, code in enumerate(codes, start=2) if code == one] for one in wanted
    ]
