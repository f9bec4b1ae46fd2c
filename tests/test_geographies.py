"""How fine maps are: areas that show the children, and the gap too where finer ones would withhold it."""

from __future__ import annotations

import pandas as pd
import pytest

from sufficiency.geographies import choose_for_maps, geographies

SECTORS = ["BA1 1", "BA1 2", "BA1 3", "BA2 1", "BA2 2", "BA2 3"]


def cells(*counts: float) -> pd.DataFrame:
    return pd.DataFrame({"area": SECTORS, "year": 2026, "children": list(map(float, counts))})


MAPS = geographies(pd.Series(SECTORS))
MANY = cells(20, 20, 20, 20, 20, 20)


@pytest.mark.parametrize(
    ("gap", "geography"),
    [
        (cells(8, 8, 8, 8, 8, 8), "postcode sector"),
        (cells(40, 4, 0, 8, 8, 8), "postcode sector"),  # 4 of 68 hidden
        (cells(3, 3, 3, 3, 3, 3), "postcode district"),
        (cells(9, 3, 0, 3, 3, 0), "postcode district"),
        (cells(0, 0, 0, 0, 0, 0), "postcode sector"),
        (cells(1, 1, 1, 1, 1, 1), "postcode sector"),  # only the whole council would show it
    ],
)
def test_the_gap_is_shown_where_a_coarser_area_can(gap: pd.DataFrame, geography: str) -> None:
    assert choose_for_maps(MANY, gap, MAPS, 5) == geography


def test_children_come_first() -> None:
    few = cells(2, 2, 2, 2, 2, 2)
    assert choose_for_maps(few, cells(0, 0, 0, 0, 0, 0), MAPS, 5) == "postcode district"
    fewer = cells(1, 1, 1, 1, 1, 0)
    assert choose_for_maps(fewer, fewer, MAPS, 5) == "whole council"
