"""How fine a table may be: areas as given, districts of postcodes, or the whole council.

The finest geography that hides at most about a tenth of the children is chosen for each table, and named.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

#: What a table says where it does not tell areas, needs or phases apart.
ALL = "all"
OWN, SECTOR, DISTRICT, COUNCIL = (
    "areas of the case",
    "postcode sector",
    "postcode district",
    "whole council",
)
#: A geography may hide this share of the children.
MOST_HIDDEN_PCT = 10.0
_SECTOR = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) [0-9]")


def geographies(areas: pd.Series) -> dict[str, dict[str, str]]:
    """Return what every area belongs to in each geography there is, finest first.

    Parameters
    ----------
    areas
        Labels of homes: postcode sectors, or whatever the case calls its areas.
    """
    names = [str(area) for area in areas.unique()]
    found = {name: match for name in names if (match := _SECTOR.fullmatch(name))}
    finest = SECTOR if 2 * len(found) > len(names) else OWN
    maps = {finest: {name: name for name in names}}
    if finest == SECTOR:
        maps[DISTRICT] = {name: found[name][1] if name in found else name for name in names}
    return maps | {COUNCIL: dict.fromkeys(names, ALL)}


def choose(
    cells: pd.DataFrame, keys: Sequence[str], maps: Mapping[str, Mapping[str, str]], threshold: int
) -> str:
    """Return the finest geography that hides at most `MOST_HIDDEN_PCT` of the children; else the coarsest.

    Parameters
    ----------
    cells
        `area`, `children` and the other `keys` that head a table's rows.
    maps
        As from `geographies`.
    """
    for name, areas in maps.items():
        if hidden_pct(cells, keys, areas, threshold) <= MOST_HIDDEN_PCT:
            return name
    return list(maps)[-1]


def choose_for_maps(
    children: pd.DataFrame,
    gap: pd.DataFrame,
    maps: Mapping[str, Mapping[str, str]],
    threshold: int,
) -> str:
    """Return the finest geography that hides few of the children, and few of those in the gap if one does both.

    Where only the whole council would show the gap, journeys by finer areas are worth more than that: the finest for
    the children is taken.

    Parameters
    ----------
    children, gap
        `area`, `year` and `children`: everybody, and those without a place, independent or out of area.
    """
    for name, areas in maps.items():
        both = (hidden_pct(cells, ["year"], areas, threshold) for cells in (children, gap))
        if name != COUNCIL and max(both) <= MOST_HIDDEN_PCT:
            return name
    return choose(children, ["year"], maps, threshold)


def hidden_pct(
    cells: pd.DataFrame, keys: Sequence[str], areas: Mapping[str, str], threshold: int
) -> float:
    """Return the share of children, in per cent, who would stand in cells under the threshold."""
    rows = cells.assign(area=cells["area"].map(areas))
    counts = rows.groupby(["area", *keys])["children"].sum().to_numpy(np.float64)
    total = counts.sum()
    return float(100 * counts[counts < threshold].sum() / total) if total else 0.0
