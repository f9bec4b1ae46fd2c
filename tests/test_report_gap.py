"""Children by need, phase and year in the report: what tells nothing is a sentence, what is told is there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.disclosure import WITHHELD
from sufficiency.report.gap import MEASURES, lay_out
from sufficiency.report.parts import figure

YEARS = range(2025, 2029)
GROUPS = [("SEMH", "primary"), ("SEMH", "secondary"), ("ASD", "primary")]


def published(measure: str, rows: list[list[object]], total: list[object] | None = None) -> Any:  # noqa: ANN401
    """Return tables as published: a row a need and phase, a cell a year."""
    cells = [
        (need, phase, year, cell)
        for (need, phase), row in zip(GROUPS, rows, strict=True)
        for year, cell in zip(YEARS, row, strict=True)
    ]
    outcomes: dict[str, object] = {"year": list(YEARS)}
    if total is not None:
        outcomes[measure] = total
    return SimpleNamespace(
        gap=pd.DataFrame(cells, columns=["need", "phase", "year", measure]),
        outcomes=pd.DataFrame(outcomes),
    )


def test_nobody_in_any_year_is_a_sentence() -> None:
    laid = lay_out(published("unplaced", [[0] * 4] * 3, [0] * 4), "unplaced")
    assert laid.table is None
    assert laid.words == ["Nobody is modelled without a place in any year."]


def test_few_who_wait_in_one_year_are_a_sentence() -> None:
    few: list[list[object]] = [[WITHHELD, 0, 0, 0], [WITHHELD, 0, 0, 0], [0] * 4]
    laid = lay_out(published("unplaced", few, [31, 0, 0, 0]), "unplaced")
    assert laid.table is None
    (words,) = laid.words
    assert words == (
        "Children modelled without a place: 31 in 2025/26, by need and phase withheld; nobody in 2026/27 to 2028/29. "
        "gap.csv has every need, phase and year."
    )


def test_a_total_that_is_not_published_is_not_told() -> None:
    few: list[list[object]] = [[WITHHELD, 0, WITHHELD, 0], [0] * 4, [0] * 4]
    laid = lay_out(published("out_of_area", few), "out_of_area")
    assert laid.table is None
    (words,) = laid.words
    assert (
        "by need and phase withheld in 2025/26 and 2027/28; nobody in 2026/27 and 2028/29" in words
    )


def test_years_with_nobody_and_rows_that_tell_nothing_are_left_out() -> None:
    rows: list[list[object]] = [[7, WITHHELD, 0, 0], [WITHHELD, WITHHELD, 0, 0], [0] * 4]
    laid = lay_out(published("unplaced", rows, [12, 8, 0, 0]), "unplaced")
    assert laid.table is not None
    assert laid.table.heads == ["Need", "Phase", "2025/26", "2026/27"]
    assert [[cell.text for cell in row] for row in laid.table.rows] == [
        ["All needs", "All", "12", "8"],
        ["Social, emotional and mental health (SEMH)", "Primary", "7", WITHHELD],
    ]
    assert laid.words[0] == "Nobody is without a place in 2027/28 to 2028/29."
    assert laid.words[1].startswith("One row of “Children modelled without a place” is left out")


def test_a_total_of_many_years_keeps_its_table() -> None:
    rows: list[list[object]] = [[WITHHELD] * 4, [WITHHELD] * 4, [0] * 4]
    laid = lay_out(published("independent", rows, [9, 10, 11, 12]), "independent")
    assert laid.table is not None
    assert [cell.text for cell in laid.table.rows[0]][2:] == ["9", "10", "11", "12"]


CELL = st.sampled_from([0, 0, WITHHELD, 5, 12])
ROW = st.lists(CELL, min_size=4, max_size=4)


@given(st.lists(ROW, min_size=3, max_size=3), st.none() | ROW, st.sampled_from(list(MEASURES)))
def test_every_number_that_is_told_is_there(
    rows: list[list[object]], total: list[object] | None, measure: str
) -> None:
    laid = lay_out(published(measure, rows, total), measure)
    given_ = [figure(cell) for row in [*rows, *([total] if total else [])] for cell in row]
    numbers = sorted(text for text in given_ if text not in ("0", WITHHELD))
    shown = [cell.text for row in laid.table.rows for cell in row] if laid.table else []
    if laid.table is None:
        told = [figure(cell) for cell in total or [] if cell not in (0, WITHHELD)]
        assert numbers == sorted(told)
        assert all(f"{text} in 20" in laid.words[0] for text in told)
    else:
        assert sorted(text for text in shown if text.isdigit() and text != "0") == numbers
    every = [row for row in (laid.table.rows if laid.table else []) if row[0].text != "All needs"]
    assert all(any(cell.text.isdigit() and cell.text != "0" for cell in row) for row in every)
