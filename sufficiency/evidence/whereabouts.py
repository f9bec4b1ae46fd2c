"""Who is where in a plan, kept by cohort, and the same children side by side in two plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency import needs
from sufficiency.changes import pair
from sufficiency.child_years import DUST

if TYPE_CHECKING:
    from geodata.travel import Journeys
    from models import Solution
    from models.problem import Bools, Ints
    from sufficiency.problem import Basis

#: What tells children apart.
KEYS = ["cohort", "year", "ncy", "provision"]


def whereabouts(basis: Basis, solution: Solution) -> pd.DataFrame:
    """Return children somewhere: a row a cohort, provision, year of the plan and year in which they came.

    Columns: `cohort`, `year`, `ncy`, `provision` (its position), `since` (year of the plan in which the stay began; 0
    for those who are there from the start), `decided` (False for those whom no decision of the plan moves),
    `children`.
    """
    parts = []
    for years, children, decided in (
        (basis.years, solution.stay[basis.years.stay] * basis.years.share, True),
        (basis.placed.years, basis.placed.there, False),
    ):
        real = children > DUST
        parts.append(
            pd.DataFrame(
                {
                    "cohort": years.cohort[real],
                    "year": years.year[real],
                    "ncy": years.ncy[real],
                    "provision": years.provision[real],
                    "since": years.year[real] - years.offset[real],
                    "decided": decided,
                    "children": children[real],
                }
            )
        )
    keys = [*KEYS, "since", "decided"]
    return pd.concat(parts).groupby(keys, as_index=False)[["children"]].sum()


def side_by_side(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return the children who are somewhere in both of two plans, where they are in each.

    The children of a cohort are alike: they are paired so that as few as possible change place.

    Parameters
    ----------
    before, after
        As from `whereabouts`.

    Returns
    -------
    Columns `cohort`, `year`, `ncy`, `before`, `after` (positions of provisions), `children`.
    """
    sides = [side.groupby(KEYS)["children"].sum() for side in (before, after)]
    both = pd.concat(sides, axis=1, keys=["was", "now"]).fillna(0.0).reset_index()
    kept = both[["was", "now"]].min(axis=1)
    same = both.assign(before=both["provision"], after=both["provision"], children=kept)
    moving = both.assign(was=both["was"] - kept, now=both["now"] - kept)
    moving = moving[moving[["was", "now"]].max(axis=1) > DUST]
    found = [
        (cohort, year, ncy, before, after, children)
        for (cohort, year, ncy), rows in moving.groupby(["cohort", "year", "ncy"])
        for children, before, after in pair(
            list(zip(rows["provision"].tolist(), rows["was"].tolist(), strict=True)),
            list(zip(rows["provision"].tolist(), rows["now"].tolist(), strict=True)),
        )
    ]
    columns = ["cohort", "year", "ncy", "before", "after", "children"]
    moved = pd.DataFrame(found, columns=columns).astype({"before": int, "after": int})
    every = pd.concat([same.loc[kept > DUST, columns], moved], ignore_index=True)
    return every.astype({"children": float})


def long_table(
    basis: Basis, journeys: Journeys, rows: pd.DataFrame, provision: Ints
) -> pd.DataFrame:
    """Return rows of children at provisions as a long table, like `child_years.spent`, with any columns they have.

    Parameters
    ----------
    rows
        With `cohort`, `year` (of the plan), `ncy`, `children`.
    provision
        (N,) position of the provision of each row.
    """
    cohort = rows["cohort"].to_numpy(np.int64)
    origin = basis.costs.origin(cohort)
    table = basis.cohorts.table.iloc[cohort]
    km, minutes = journeys.km[origin, provision], journeys.minutes[origin, provision]
    phases = {ncy: needs.phase(int(ncy)) for ncy in rows["ncy"].unique()}
    children = rows["children"].to_numpy(np.float64)
    return rows.assign(
        area=table["area"].to_numpy(object),
        need=table["need"].to_numpy(object),
        phase=rows["ncy"].map(phases).to_numpy(object),
        provision=np.array(basis.provisions, object)[provision],
        year=rows["year"].to_numpy(np.int64) + basis.case.settings.base_year,
        km=np.where(np.isfinite(km), km, np.nan),
        minutes=np.where(np.isfinite(minutes), minutes, np.nan),
        transport_gbp=basis.costs.transport[origin, provision] * children,
    )


def local_schools(basis: Basis) -> Bools:
    """(V,) whether a provision is the council's own or in its area, and not independent."""
    listed = basis.case.provisions.set_index("provision_id").loc[list(basis.provisions)]
    settings = basis.case.settings
    independent = [settings.base_kind(str(kind)) == "independent" for kind in listed["kind"]]
    home = listed["la"].str.lower().eq("home").to_numpy(bool)
    return np.asarray(home & ~np.array(independent, bool), bool)
