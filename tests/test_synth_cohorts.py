"""Synthetic children of a paper's totals: as many as it says, where there is room, and nothing made up on the quiet."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sufficiency.errors import UsageError
from sufficiency.synth.cohorts import draw_cohorts, gather, read_cohorts
from sufficiency.synth.draw import Draw, Homes, Pools

PLACED = {
    "name": "in the school",
    "children": 30,
    "kind": "special",
    "needs": {"ASD": 20, "SEMH": 10},
    "ncy": {"0": 1, "7": 2},
    "suits": {"special": 1},
}


def homes(count: int = 50) -> Homes:
    codes = tuple(f"BA1 {n // 26}{chr(65 + n % 26)}A" for n in range(count))
    return Homes(codes, np.arange(count, dtype=np.float64) * 100, np.zeros(count))


def pools(left: float = 30, needs: str = "*") -> Pools:
    one = np.array([1])
    return Pools(
        ("SCHOOL",), ("special",), (frozenset({needs}),), one * 0, one * 11,
        one * left, one * 0.0, one * 0.0, one * left,
    )  # fmt: skip


def drawn(
    cohort: dict[str, Any], pools: Pools, points: int = 0, seed: int = 1
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    draw = Draw(np.random.Generator(np.random.PCG64(seed)))
    table = {"cohorts": [cohort], "homes": {"points": points}}
    return draw_cohorts(read_cohorts(table), table, pools, homes(), draw)


@pytest.mark.parametrize("points", [0, 3])
@pytest.mark.parametrize("seed", range(5))
def test_as_many_of_each_need_as_said(points: int, seed: int) -> None:
    rows, arrivals = drawn(PLACED, pools(), points, seed)
    assert arrivals == ()
    counts = {"ASD": 0, "SEMH": 0}
    for row in rows:
        counts[row[3]] += int(row[1])
    assert counts == {"ASD": 20, "SEMH": 10}
    assert {row[6:] for row in rows} == {("SCHOOL", "placed")}
    assert {row[5] for row in rows} == {"0", "7"}


def test_gathered_homes_are_few_and_children_alike_share_a_row() -> None:
    rows, _ = drawn(PLACED, pools(), points=3)
    assert len({row[2] for row in rows}) <= 3
    assert len({row[2:] for row in rows}) == len(rows) < 30
    assert len({row[0] for row in rows}) == len(rows)


def test_gathered_homes_stand_for_all() -> None:
    found = gather(homes(), 7, Draw(np.random.Generator(np.random.PCG64(2))))
    assert len(found.at) == 7
    assert found.weight.sum() == 50
    assert (found.weight >= 1).all()


@pytest.mark.parametrize(
    ("left", "needs"), [(29, "*"), (30, "ASD")], ids=["too few places", "not for the need"]
)
def test_no_child_is_put_where_there_is_no_place(left: float, needs: str) -> None:
    with pytest.raises(UsageError, match="no place is left for"):
        drawn(PLACED, pools(left, needs))


def test_arrivals_come_in_their_years() -> None:
    cohort = PLACED | {"kind": "", "years": {"2025": 10, "2026": 20}}
    rows, arrivals = drawn(cohort, pools())
    assert rows == ()
    by_year = {year: sum(int(r[1]) for r in arrivals if r[-1] == year) for year in ("2025", "2026")}
    assert by_year == {"2025": 10, "2026": 20}


@pytest.mark.parametrize(
    "wrong", [{"colour": 1}, {"ncy": {"x": 1}}, {"years": {"2025": 1}}, {"ncy": 3}]
)
def test_what_a_recipe_says_wrong_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="cohort in the school"):
        read_cohorts({"cohorts": [PLACED | wrong]})
