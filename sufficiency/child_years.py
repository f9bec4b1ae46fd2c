"""The two long tables that every finding is made from: children somewhere, and children without a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.solution import added_places
from models.verify import pool_load
from sufficiency import needs
from sufficiency.pools import covers

if TYPE_CHECKING:
    from geodata.travel import Journeys
    from models import Solution
    from models.problem import Bools, Floats
    from sufficiency.problem import Basis
    from sufficiency.stays import StayYears

FULL = "every suitable place is full"
TOO_FAR = "every suitable place is out of reach: too long a journey, or no way there"
NOWHERE = "no provision takes this need, year group and kind"
TOO_DEAR = "a place is free, but costs more than waiting and its penalty"
#: Fewer children than this are the solver's dust.
DUST = 1e-7
#: Less room than this is none: solvers work to 1e-7 a row.
SPARE = 1e-6


def spent(basis: Basis, solution: Solution, journeys: Journeys) -> pd.DataFrame:
    """Return children who are somewhere: a row a cohort, provision, pool and academic year.

    Columns: `cohort` (its position), `area`, `need`, `phase` (of that year's NCY), `ncy`, `provision`, `pool` (its
    position; -1 takes no place), `independent`, `out_of_area`, `year`, `children`, `km` and `minutes` (one way; NaN
    where no journey is known), `price_gbp` and `transport_gbp` (all children, a year, undiscounted).
    """
    moving = _rows(
        basis, basis.years, solution.stay[basis.years.stay] * basis.years.share, journeys
    )
    staying = _rows(basis, basis.placed.years, basis.placed.there, journeys)
    return pd.concat([staying, moving], ignore_index=True)


def waiting(basis: Basis, solution: Solution) -> pd.DataFrame:
    """Return children without a place: a row a cohort and academic year, with the reason.

    Columns: `cohort`, `area`, `need`, `phase`, `ncy`, `year`, `children`, `gbp` (interim provision, all of them, a
    year) and `reason`.
    """
    states = np.flatnonzero(solution.unplaced > DUST)
    cohorts, settings = basis.cohorts, basis.case.settings
    table = cohorts.table.iloc[cohorts.cohort[states]]
    children = solution.unplaced[states]
    could = _could_be_placed(basis, solution)
    return pd.DataFrame(
        {
            "cohort": cohorts.cohort[states],
            "area": table["area"].to_numpy(),
            "need": table["need"].to_numpy(),
            "phase": [needs.phase(int(ncy)) for ncy in cohorts.ncy[states]],
            "ncy": cohorts.ncy[states],
            "year": cohorts.year[states] + settings.base_year,
            "children": children,
            "gbp": children * settings.waiting.gbp_per_child_year,
            "reason": [TOO_DEAR if could[s] else _reason(basis, int(s)) for s in states],
        }
    )


def moved(basis: Basis, solution: Solution) -> float:
    """Return how many children move to another provision at a review in the base year."""
    return float(solution.stay[basis.stays.moves].sum())


def _rows(basis: Basis, years: StayYears, children: Floats, journeys: Journeys) -> pd.DataFrame:
    real = children > DUST
    cohort, provision = years.cohort[real], years.provision[real]
    table = basis.cohorts.table.iloc[cohort]
    listed = basis.case.provisions.set_index("provision_id").loc[list(basis.provisions)]
    settings = basis.case.settings
    independent = np.array(
        [settings.base_kind(str(kind)) == "independent" for kind in listed["kind"]], bool
    )
    away = listed["la"].str.lower().ne("home").to_numpy()
    origin = basis.costs.origin(cohort)
    km, minutes = journeys.km[origin, provision], journeys.minutes[origin, provision]
    return pd.DataFrame(
        {
            "cohort": cohort,
            "area": table["area"].to_numpy(),
            "need": table["need"].to_numpy(),
            "phase": [needs.phase(int(ncy)) for ncy in years.ncy[real]],
            "ncy": years.ncy[real],
            "provision": np.array(basis.provisions, object)[provision],
            "pool": years.pool[real],
            "independent": independent[provision],
            "out_of_area": away[provision],
            "year": years.year[real] + settings.base_year,
            "children": children[real],
            "km": np.where(np.isfinite(km), km, np.nan),
            "minutes": np.where(np.isfinite(minutes), minutes, np.nan),
            "price_gbp": np.maximum(0.0, np.nan_to_num(years.price_gbp[real])) * children[real],
            "transport_gbp": years.transport_gbp[real] * children[real],
        }
    )


def _could_be_placed(basis: Basis, solution: Solution) -> Bools:
    """(S,) whether one child more of a state could take a stay, all its years and limits considered."""
    problem, limits = basis.problem, basis.problem.limits
    room = problem.room + added_places(problem, solution.opens) - pool_load(problem, solution.stay)
    counted = problem.limit_share * solution.stay[limits.stay]
    left = limits.room - np.bincount(limits.row, counted, len(limits))
    stay, cell, _ = problem.pool_use
    free = np.ones(len(problem.stays), bool)
    free[stay[room.ravel()[cell] <= SPARE]] = False
    free[limits.stay[left[limits.row] <= SPARE]] = False
    could = np.zeros(len(problem.states), bool)
    could[problem.stays.state[free]] = True
    return could


def _reason(basis: Basis, state: int) -> str:
    """Say why children of a state have no place: none is suitable, none is near enough, or all are full."""
    cohorts, pools, costs = basis.cohorts, basis.pools, basis.costs
    cohort, year, ncy = int(cohorts.cohort[state]), cohorts.year[state], cohorts.ncy[state]
    suits = str(cohorts.table["suits"].iloc[cohort])
    pair = costs.pairs[costs.pair[cohort]]
    fits = [
        int(pools.provision[q])
        for q, key in enumerate(pools.keys)
        if pools.has_places[q, year]
        and key.ncy_from <= ncy <= key.ncy_to
        and covers(key.needs, *pair)
        and (not suits or costs.kinds[pools.provision[q]] in suits.split("|"))
    ]
    if not fits:
        return NOWHERE
    phase = list(needs.PHASES).index(needs.phase(int(ncy)))
    near = costs.may_travel[phase, costs.origin(cohorts.cohort[[state]])[0], fits]
    return FULL if near.any() else TOO_FAR
