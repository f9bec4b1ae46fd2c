"""Where arrivals live: where such children live now, smoothed, and never on a single child's home.

Homes are gathered into *spots*: each area is cut in two along its longer side, again and again, as long as both
halves have `THRESHOLD` children and are wider than the kernel. A spot is the middle of such a part. A need's share of
a spot comes from all children of that need, each spread over the spots by a Gaussian of the kernel's width, and from
all children, who count like `PRIOR` more: a rare need is not pinned to the few who have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.disclosure import THRESHOLD
from sufficiency.projection.numbers import ANYWHERE

if TYPE_CHECKING:
    from models.problem import Floats, Ints

#: All children together count like so many of each need when its spread is worked out.
PRIOR = 10.0
#: An arrival stays so far from any home of fewer than `THRESHOLD` children.
APART_M = 50.0
STEP_M = 100.0
#: Children of a need and phase from whom what suits arrivals is learnt; fewer, and all phases or needs count.
ENOUGH = 20.0


@dataclass(frozen=True, eq=False)
class Spots:
    """Places where arrivals may live.

    Attributes
    ----------
    points
        (K, 2) easting and northing.
    area
        (K,) label of the area that each is in.
    weight
        By need, (K,) its share of the need's arrivals; under "" that of all.
    """

    points: Floats
    area: tuple[str, ...]
    weight: dict[str, Floats]

    def shares(self, need: str, area: str) -> Floats:
        """(K,) shares of a need's arrivals in an area, or anywhere; all spots where the area has none."""
        weight = self.weight.get(need, self.weight[ANYWHERE])
        inside = np.array([area in (ANYWHERE, label) for label in self.area])
        kept = np.where(inside, weight, 0.0)
        kept = kept if kept.sum() > 0 else weight
        return np.asarray(kept / kept.sum(), np.float64)


def find_spots(everyone: pd.DataFrame, homes: Floats, kernel_km: float) -> Spots:
    """Gather homes into spots and weigh them.

    Parameters
    ----------
    everyone
        As from `demand.people`, with `area`.
    homes
        (N, 2) easting and northing of each.
    """
    counted = everyone.assign(east=homes[:, 0], north=homes[:, 1])
    keys = ["area", "east", "north", "need"]
    rows = counted.groupby(keys, as_index=False, sort=True)["children"].sum()
    rows = rows[rows["children"] > 0].reset_index(drop=True)
    points = rows[["east", "north"]].to_numpy(np.float64)
    count = rows["children"].to_numpy(np.float64)
    parts = _parts(rows, points, count, 1000 * kernel_km)
    middle = np.array([np.average(points[part], axis=0, weights=count[part]) for part in parts])
    area = tuple(_label(rows.iloc[part]) for part in parts)
    near = _kernel(points, middle, 1000 * kernel_km)
    everywhere = count @ near / count.sum()
    weight = {ANYWHERE: everywhere}
    for need, found in rows.groupby("need", sort=True):
        own = found["children"].to_numpy() @ near[found.index] + PRIOR * everywhere
        weight[str(need)] = own / own.sum()
    return Spots(_apart(middle, _lone_homes(rows)), area, weight)


def _parts(rows: pd.DataFrame, points: Floats, count: Floats, width_m: float) -> list[Ints]:
    """Return the parts of every area that has enough children; all homes as one where none has."""
    whole = [part.to_numpy(np.int64) for _, part in rows.index.to_series().groupby(rows["area"])]
    enough = [part for part in whole if count[part].sum() >= THRESHOLD]
    start = enough or [np.arange(len(rows))]
    return [part for area in start for part in _halves(area, points, count, width_m)]


def _halves(part: Ints, points: Floats, count: Floats, width_m: float) -> list[Ints]:
    """Cut a part in two as long as both halves have enough children and it is wider than the kernel."""
    size = np.ptp(points[part], axis=0)
    axis = int(size[1] > size[0])
    if size[axis] <= width_m or count[part].sum() < 2 * THRESHOLD:
        return [part]
    along = points[part, axis]
    order = np.argsort(along, kind="stable")
    half = np.searchsorted(np.cumsum(count[part][order]), count[part].sum() / 2)
    cut = along[order][min(int(half), len(part) - 1)]
    for below in (along < cut, along <= cut):
        one, other = part[below], part[~below]
        if min(count[one].sum(), count[other].sum()) >= THRESHOLD:
            return [
                *_halves(one, points, count, width_m),
                *_halves(other, points, count, width_m),
            ]
    return [part]


def _label(rows: pd.DataFrame) -> str:
    """Return the area that most of a part's children live in."""
    return str(rows.groupby("area", sort=True)["children"].sum().idxmax())


def _kernel(homes: Floats, spots: Floats, width_m: float) -> Floats:
    """(N, K) share of each home that goes to each spot: a Gaussian, so that each home counts once."""
    apart = np.hypot(*(homes[:, None, axis] - spots[None, :, axis] for axis in (0, 1)))
    nearest = apart.min(axis=1, keepdims=True)
    near = np.exp((nearest**2 - apart**2) / (2 * width_m**2))
    return np.asarray(near / near.sum(axis=1, keepdims=True), np.float64)


def _lone_homes(rows: pd.DataFrame) -> Floats:
    """(L, 2) homes of fewer than `THRESHOLD` children."""
    at = rows.groupby(["east", "north"], as_index=False)["children"].sum()
    lone = at.loc[at["children"] < THRESHOLD, ["east", "north"]]
    return lone.to_numpy(np.float64)


def _apart(points: Floats, lone: Floats) -> Floats:
    """Round points to 10 m and move each off lone homes, round in a widening square."""
    moved = np.round(points, -1)
    for at, point in enumerate(moved):
        ring = 0
        while len(lone) and np.hypot(*(lone - moved[at]).T).min() < APART_M:
            ring += 1
            side = np.array([(1, 0), (0, 1), (-1, 0), (0, -1)][ring % 4])
            moved[at] = point + side * STEP_M * ((ring + 3) // 4)
    return moved


def suits_shares(everyone: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    """Return, by need and phase, which kinds of provision suit which share of children now.

    Of the need and phase where there are `ENOUGH`, else of the need, else of all.
    """
    rows = everyone[everyone["children"] > 0]
    phase = rows["ncy_now"].map(lambda ncy: needs.phase(int(ncy)))
    found: dict[tuple[str, str], dict[str, float]] = {}
    for need in ("", *sorted(set(rows["need"]))):
        mine = rows["need"].isin([need]) if need else rows["need"].notna()
        for name in needs.PHASES:
            both = mine & (phase == name)
            ladder = (both, mine, phase == name, rows["need"].notna())
            enough = [part for part in ladder if rows.loc[part, "children"].sum() >= ENOUGH]
            use = enough[0] if enough else ladder[-1]
            count = rows[use].groupby("suits", sort=True)["children"].sum()
            found[need, name] = {str(k): float(v) for k, v in (count / count.sum()).items()}
    return found


def settle(
    arrivals: pd.DataFrame,
    spots: Spots,
    suits: dict[tuple[str, str], dict[str, float]],
    children_per_row: float,
) -> pd.DataFrame:
    """Gather arrivals into rows of about so many children, each with a spot and what suits it.

    Need by need and year by year, what is expected of every kind, NCY and spot is laid end to end, and a row is taken
    at equal steps: totals by need and year are exact, those by kind, NCY and spot right to about a row.

    Returns
    -------
    `need`, `suits`, `ncy`, `year`, `spot` and `children`.
    """
    parts = [
        _settle_year(str(need), int(str(year)), rows, spots, suits, children_per_row)
        for (need, year), rows in arrivals.astype({"year": int}).groupby(
            ["need", "year"], sort=True
        )
    ]
    columns = ["need", "suits", "ncy", "year", "spot", "children"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _settle_year(
    need: str,
    year: int,
    rows: pd.DataFrame,
    spots: Spots,
    suits: dict[tuple[str, str], dict[str, float]],
    children_per_row: float,
) -> pd.DataFrame:
    cells = rows.sort_values(["ncy", "area"])
    expected, labels = [], []
    for ncy, area, count in zip(cells["ncy"], cells["area"], cells["children"], strict=True):
        shares = suits.get((need, needs.phase(int(ncy))), suits["", needs.phase(int(ncy))])
        for kinds, share in shares.items():
            expected.append(count * share * spots.shares(need, str(area)))
            labels.append((kinds, int(ncy)))
    order = sorted(range(len(labels)), key=labels.__getitem__)
    line = np.cumsum(np.concatenate([expected[at] for at in order]))
    total = line[-1]
    steps = int(np.ceil(total / children_per_row - 1e-9))
    at = np.searchsorted(line, (np.arange(steps) + 0.5) / steps * total)
    which, spot = np.divmod(np.minimum(at, len(line) - 1), len(spots.area))
    return pd.DataFrame(
        {
            "need": need,
            "suits": [labels[order[w]][0] for w in which],
            "ncy": [labels[order[w]][1] for w in which],
            "year": year,
            "spot": spot,
            "children": total / steps,
        }
    )
