"""Rows of few are put together: every row told is of nobody or of enough, and the rows still add up."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.evidence.few import OTHERS, folded

COUNTS = st.integers(0, 12)


@given(st.lists(st.tuples(COUNTS, COUNTS), max_size=8))
def test_every_row_is_of_nobody_or_of_enough_and_all_add_up(rows: list[tuple[int, int]]) -> None:
    table = pd.DataFrame(
        [(f"area {n}", float(a), float(b), 10.0 * a + b) for n, (a, b) in enumerate(rows)],
        columns=["area", "one", "two", "miles"],
    )
    found = folded(table, ["area"], ["one", "two"], 5)
    for guard in ("one", "two"):
        assert all(n == 0 or n >= 5 for n in found[guard])
    if len(found):
        assert found["miles"].sum() == table["miles"].sum()
    else:
        assert table.empty or any(table[guard].sum() > 0 for guard in ("one", "two"))


def test_what_is_left_over_of_too_few_takes_the_smallest_row_with_it() -> None:
    table = pd.DataFrame(
        {"area": ["a", "b", "c"], "need": ["x", "y", "z"], "children": [3.0, 9.0, 6.0]}
    )
    found = folded(table, ["area", "need"], ["children"], 5)
    assert found.to_dict("list") == {
        "area": ["b", OTHERS],
        "need": ["y", ""],
        "children": [9.0, 9.0],
    }
    assert folded(table.iloc[:1], ["area", "need"], ["children"], 5).empty
