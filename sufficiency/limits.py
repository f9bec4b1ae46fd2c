"""Limits: at most so many of these children at a provision in a year, whatever their pools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models import SideLimits
from sufficiency.pools import Row, covers, records, years_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case
    from sufficiency.standing import Standing
    from sufficiency.stays import Costs, StayYears


def side_limits(
    case: Case,
    years: StayYears,
    placed: Standing,
    review: Standing,
    costs: Costs,
    positions: Mapping[str, int],
) -> SideLimits:
    """Return a row for every limit and year of the plan that it covers.

    Its room is what placed children leave, but never less than the review children there would take if all stayed;
    schemes do not raise it.
    """
    base, horizon = case.settings.base_year, case.settings.years
    room: list[float] = []
    rows: list[Ints] = [np.zeros(0, np.int64)]
    entries: list[Ints] = [np.zeros(0, np.int64)]
    for limit in records(case.limits):
        at = positions[limit["provision_id"]]
        span = years_of(limit, base, horizon)
        counted = _counted(limit, at, years, costs)
        held, kept = (_taken(limit, at, standing, costs, horizon) for standing in (placed, review))
        for year in range(span.start, span.stop):
            here = np.flatnonzero(counted & (years.year == year))
            rows.append(np.full(len(here), len(room)))
            entries.append(here)
            room.append(max(float(limit["children"]) - held[year], kept[year], 0.0))
    entry = np.concatenate(entries)
    return SideLimits(np.array(room), np.concatenate(rows), years.stay[entry], years.offset[entry])


def _counted(limit: Row, at: int, years: StayYears, costs: Costs) -> Bools:
    """(N,) whether a limit counts a year of a stay: by need, provision and the NCY of that year."""
    takes = np.array([covers(limit["needs"], *pair) for pair in costs.pairs], bool)
    mine = takes[costs.pair[years.cohort]] & (years.provision == at)
    return np.asarray(
        mine & (years.ncy >= limit["ncy_from"]) & (years.ncy <= limit["ncy_to"]), bool
    )


def _taken(limit: Row, at: int, standing: Standing, costs: Costs, horizon: int) -> Floats:
    """(P,) standing children whom a limit counts in each year."""
    counted = _counted(limit, at, standing.years, costs)
    years, there = standing.years.year[counted], standing.there[counted]
    return np.asarray(np.bincount(years, there, horizon), np.float64)
