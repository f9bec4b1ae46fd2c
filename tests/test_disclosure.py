"""Nothing published tells of fewer than five children: not a cell, nor what a sum gives away."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from sufficiency.disclosure import THRESHOLD, WITHHELD, _gap, _only_large, _travel
from sufficiency.findings import BANDS
from tests.plans import plan
from tests.town import change, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    Sum = tuple[str, list[str]]

COUNTS = {
    "children",
    "unplaced",
    "independent",
    "out_of_area",
    "used",
    "over_45",
    "over_75",
    *BANDS,
}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def crowd(town: Path) -> Path:
    """The town with more at home: some groups of five and more, some of fewer, and one too many."""
    for child, children in (("a", 6), ("b", 12.5), ("c", 3), ("d", 5)):
        change(town, "children.csv", f"kid-{child},1", f"kid-{child},{children}")
    change(town, "places.csv", "2025,2,6000", "2025,18.5,6000")
    change(town, "places.csv", "2026,,2,6000", "2026,,18.5,6000")
    change(town, "places.csv", "V,*,0,14,,,,", "V,*,0,14,,,7,")
    return town


def published(folder: Path) -> Iterator[Path]:
    yield from (file for file in folder.rglob("*.csv") if "private" not in file.parts)


@pytest.mark.parametrize("crowded", [False, True])
def test_no_published_cell_counts_fewer_than_five(town: Path, crowded: bool) -> None:
    written = plan(crowd(town) if crowded else town, town.parent / "out")
    cells = 0
    for file in published(written.folder):
        for row in written.table(file.relative_to(written.folder).with_suffix("").as_posix()):
            for name in COUNTS & row.keys():
                cells += 1
                assert row[name] == WITHHELD or not 0 < float(row[name]) < THRESHOLD, (file, name)
    assert cells > 50
    small = [row for row in written.table("private/placements") if float(row["children"]) < 5]
    assert small  # there was something to withhold


def test_small_rows_are_left_out_and_counted_together_in_their_year(town: Path) -> None:
    written = plan(crowd(town), town.parent / "out")
    shown = [row for row in written.table("placements") if row["year"] == "2026"]
    exact = [row for row in written.table("private/placements") if row["year"] == "2026"]
    large = [row for row in exact if float(row["children"]) >= THRESHOLD]
    *kept, rest = shown
    assert [row["provision"] for row in kept] == [row["provision"] for row in large]
    assert {rest[name] for name in ("area", "need", "phase", "provision", "km", "minutes")} == {
        WITHHELD
    }
    few = sum(float(row["children"]) for row in exact) - sum(float(r["children"]) for r in large)
    assert rest["children"] == (WITHHELD if few < THRESHOLD else f"{few:g}")
    assert (rest["gbp"] == WITHHELD) == (few < THRESHOLD)


def test_what_follows_from_a_withheld_count_is_withheld(town: Path) -> None:
    written = plan(town, town.parent / "out")
    for row in written.table("use"):
        assert (row["used"], row["use_pct"]) == (WITHHELD, WITHHELD)
    for row in written.table("gap"):
        assert (row["children"], row["mean_minutes"]) == (WITHHELD, WITHHELD)
    few = [row for row in written.table("travel") if row["children"] == WITHHELD]
    assert few
    assert all(row["mean_minutes"] == row["p95_minutes"] == WITHHELD for row in few)


def test_groups_and_exact_tables_are_in_the_private_folder_only(town: Path) -> None:
    folder = plan(town, town.parent / "out").folder
    private = {file.stem for file in (folder / "private").glob("*.csv")}
    assert {"groups", "areas", "placements", "unplaced", "use", "gap", "travel"} <= private
    outside = {file.stem for file in published(folder)}
    assert "groups" not in outside
    assert stat.S_IMODE((folder / "private").stat().st_mode) & 0o077 == 0


def test_schemes_and_money_are_always_written(town: Path) -> None:
    written = plan(town, town.parent / "out")
    for name in ("schemes", "ledger"):
        assert WITHHELD not in {cell for row in written.table(name) for cell in row.values()}


def bounds(cells: dict[str, float | None], sums: list[Sum], cell: str) -> tuple[float, float]:
    """Return the least and the most that a withheld cell can be, given what is shown and the sums."""
    unknown = [name for name, value in cells.items() if value is None]
    at = {name: n for n, name in enumerate(unknown)}
    rows, right = [], []
    for total, parts in sums:
        row, known = np.zeros(len(unknown)), 0.0
        for name, sign in ((total, 1.0), *((part, -1.0) for part in parts)):
            value = cells[name]
            if value is None:
                row[at[name]] += sign
            else:
                known += sign * value
        if row.any():
            rows.append(row)
            right.append(-known)
    ends = []
    for sign in (1.0, -1.0):
        goal = np.zeros(len(unknown))
        goal[at[cell]] = sign
        found = linprog(goal, A_eq=np.array(rows) if rows else None, b_eq=right or None)
        assert found.status in (0, 3)  # best, or unbounded
        ends.append(np.inf if found.x is None else float(found.x[at[cell]]))
    return ends[0], ends[1]


PHASES = ("all", "primary", "secondary", "post16")
FEW_OR_MANY = st.one_of(st.integers(0, 7), st.integers(0, 40))


@st.composite
def travel_tables(draw: st.DrawFn) -> pd.DataFrame:
    """A year's travel table, as exact as findings make it."""
    bands = {phase: [draw(FEW_OR_MANY) for _ in BANDS] for phase in PHASES[1:]}
    bands["all"] = np.sum(list(bands.values()), axis=0).tolist()
    rows = [
        {
            "year": 2025,
            "phase": phase,
            "children": float(sum(bands[phase])),
            **dict.fromkeys(["mean_km", "mean_minutes", "median_minutes", "p95_minutes"], 1.0),
            "over_45": float(sum(bands[phase][3:])),
            "over_75": float(bands[phase][5]),
            **{name: float(n) for name, n in zip(BANDS, bands[phase], strict=True)},
        }
        for phase in PHASES
        if sum(bands[phase])
    ]
    columns = [
        "year",
        "phase",
        "children",
        "mean_km",
        "mean_minutes",
        "median_minutes",
        "p95_minutes",
    ]
    columns += ["over_45", "over_75", *BANDS]
    return pd.DataFrame(rows, columns=columns).assign(method="by hand")


@given(travel_tables())
def test_no_small_count_of_journeys_follows_from_the_sums(exact: pd.DataFrame) -> None:
    """Bands add up to their row, and phases to all: no withheld small cell may be worked out exactly."""
    shown = _travel(exact)
    names = ["children", *BANDS, "over_45", "over_75"]
    cells: dict[str, float | None] = {}
    truth: dict[str, float] = {}
    for (_, row), (_, real) in zip(shown.iterrows(), exact.iterrows(), strict=True):
        for name in names:
            key = f"{row['phase']} {name}"
            cells[key] = None if row[name] == WITHHELD else float(row[name])
            truth[key] = float(real[name])
    there = list(exact["phase"])
    last_three = list(BANDS)[3:]
    sums: list[Sum] = []
    for phase in there:
        sums.append((f"{phase} children", [f"{phase} {band}" for band in BANDS]))
        sums.append((f"{phase} over_45", [f"{phase} {band}" for band in last_three]))
        sums.append((f"{phase} over_75", [f"{phase} {last_three[-1]}"]))
    if "all" in there:
        sums += [(f"all {name}", [f"{phase} {name}" for phase in there[1:]]) for name in names]
    for key, value in truth.items():
        if 0 < value < THRESHOLD:
            assert cells[key] is None, key
            low, high = bounds(cells, sums, key)
            assert high - low > 1e-6, f"{key} can only be {low}"


@given(st.lists(st.tuples(FEW_OR_MANY, FEW_OR_MANY), min_size=2, max_size=8))
def test_a_years_total_does_not_tell_a_single_small_cell(rows: list[tuple[int, int]]) -> None:
    exact = pd.DataFrame(
        {
            "need": [f"N{n}" for n in range(len(rows))],
            "phase": "primary",
            "year": 2025,
            "children": [float(a + b) for a, b in rows],
            "unplaced": [float(b) for _, b in rows],
            "independent": [float(a) for a, _ in rows],
            "out_of_area": 0.0,
            "mean_minutes": 20.0,
        }
    )
    shown = _gap(exact)
    for name in ("children", "unplaced", "independent"):
        values = exact[name].to_numpy()
        small = (values > 0) & (values < THRESHOLD)
        hidden = (shown[name] == WITHHELD).to_numpy()
        assert hidden[small].all()
        if small.any() and (values > 0).sum() > 1:
            assert hidden.sum() >= 2
    assert (shown["mean_minutes"] == WITHHELD).tolist() == (shown["children"] == WITHHELD).tolist()


@given(st.lists(FEW_OR_MANY.map(float), min_size=1, max_size=9))
def test_rows_left_out_are_counted_or_withheld(children: list[float]) -> None:
    exact = pd.DataFrame({"area": "X", "year": 2025, "children": children, "gbp": 1000.0})
    exact = exact[exact["children"] > 0]
    shown = _only_large(exact, ["gbp"], [])
    numbers = [float(n) for n in shown["children"] if n != WITHHELD]
    assert all(n >= THRESHOLD for n in numbers)
    few = exact[exact["children"] < THRESHOLD]["children"].sum()
    assert sum(numbers) == exact["children"].sum() - (few if few < THRESHOLD else 0)


def test_the_threshold_is_what_councils_use() -> None:
    assert THRESHOLD == 5
