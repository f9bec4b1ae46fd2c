"""Options of fairness as problems: an area no worse than today, a cap on the worst journeys, a weight on minutes.

Each is the case's own problem with other costs of stays, or with more limits; the money that it takes is read off the
plan afterwards, without the weights that steered it. A weight that steers is a priority and never counted as money. It
is kept below what a child without a place costs, so that nobody is left without one for a shorter journey.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models import States, Stays
from models.duals import Duals
from models.problem import Problem, SideLimits
from sufficiency.child_years import DUST
from sufficiency.evidence.what_if import over_stays
from sufficiency.stays import PHASES, phase_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models import Solution
    from models.problem import Floats, Ints
    from models.warm import Known
    from sufficiency.evidence.study import Study
    from sufficiency.problem import Basis
    from sufficiency.stays import StayYears

#: Share of what a child without a place costs a year, priority included, that a steering weight may come to.
STEERS = 0.5
#: What areas of few children are called together.
OTHER_AREAS = "other areas"
#: The least mean journey that an area is measured in.
LEAST_MINUTES = 1.0


def minutes_of(study: Study, years: StayYears) -> Floats:
    """(N,) minutes one way in each year of stays; 0 where no journey is known."""
    basis, journeys = study.prepared.basis, study.prepared.travel.journeys
    found = journeys.minutes[basis.costs.origin(years.cohort), years.provision]
    return np.where(np.isfinite(found), found, 0.0)


def priority_gbp(basis: Basis) -> float:
    """Return what a steering weight may come to, a child a year."""
    waiting = basis.case.settings.waiting
    return STEERS * (waiting.gbp_per_child_year + waiting.penalty_gbp_per_child_year)


def capped(study: Study, most: Mapping[str, float]) -> Floats:
    """Return (A,) pounds that steer stays away from journeys over the minutes of their phase, if there is a place.

    Parameters
    ----------
    most
        Minutes one way by phase; a phase not named has no cap.
    """
    years = study.prepared.basis.years
    gbp = priority_gbp(study.prepared.basis)
    return over_stays(study, years.share * np.where(over(study, years, most), gbp, 0.0))


def over(study: Study, years: StayYears, most: Mapping[str, float]) -> Floats:
    """(N,) whether the journey of each year of stays is over the minutes of the phase of that year."""
    allowed = np.array([most.get(phase, np.inf) for phase in PHASES])
    return np.asarray(minutes_of(study, years) > allowed[phase_number(years.ncy)] + 1e-9)


def today(study: Study, threshold: int) -> pd.DataFrame:
    """Return the mean journey of the children who are somewhere now, by area: `minutes` and `children`.

    Areas of fewer than `threshold` of them are put together; if those are too few still, they are left out.
    """
    prepared = study.prepared
    basis, journeys = prepared.basis, prepared.travel.journeys
    groups = basis.groups[basis.groups["status"].isin(["placed", "review"])]
    origin, at = (groups[name].to_numpy(np.int64) for name in ("origin", "provision"))
    minutes = journeys.minutes[origin, at]
    rows = groups.assign(minutes=minutes * groups["children"])[np.isfinite(minutes)]
    sums = rows.groupby("area")[["children", "minutes"]].sum()
    few = sums["children"] < threshold
    if few.any():
        others = sums[few].sum().to_frame(OTHER_AREAS).T
        sums = pd.concat([sums[~few], others[others["children"] >= threshold]])
    found: pd.DataFrame = sums.assign(minutes=sums["minutes"] / sums["children"])
    return found


@dataclass(frozen=True)
class AreaCaps:
    """A problem in which no area's mean journey over the plan is to be longer than now.

    Attributes
    ----------
    problem
        With a limit an area on its children's minutes, and a state an area that takes up what cannot be kept to.
    areas
        Of the limits, in their order.
    scale
        (areas,) minutes of a unit of each limit: the area's mean now.
    unmet
        (areas,) minutes, over all children and years, above what is allowed whatever is decided.
    """

    problem: Problem
    areas: tuple[str, ...]
    scale: Floats
    unmet: Floats
    _states: int
    _stays: int

    def known(self, known: Known) -> Known:
        """Return what was learned of the problem without the limits: at no price for them it holds with them."""
        none = np.zeros(len(self.areas))
        duals = tuple(
            Duals(np.append(one.balance, none), one.places, np.append(one.limit, none))
            for one in known.duals
        )
        return replace(known, duals=duals)

    def trimmed(self, solution: Solution) -> Solution:
        """Return a solution without the states and stays that were put in."""
        return replace(
            solution, stay=solution.stay[: self._stays], unplaced=solution.unplaced[: self._states]
        )

    def excess(self, solution: Solution) -> Floats:
        """(areas,) child-minutes one way, over the years, by which the caps are not met."""
        beyond = np.zeros(len(self.areas))
        taken = solution.unplaced[self._states :]
        beyond[: len(taken)] = taken
        return np.asarray(beyond * self.scale + self.unmet, np.float64)


def no_area_worse(study: Study, now: pd.DataFrame) -> AreaCaps:
    """Return the problem in which each area's children travel no longer, in the mean of the plan, than those of now.

    A row an area: ``sum of minutes x children <= mean now x children in the plan``, so an area is measured in all of
    the plan's years together. What cannot be kept to is dear, but less than a child without a place.
    """
    basis, plan = study.prepared.basis, study.plan.solution
    areas = tuple(str(area) for area in now.index)
    scale = np.maximum(LEAST_MINUTES, now["minutes"].to_numpy(np.float64))
    of = _areas_of(basis, areas)
    years, placed, there = basis.years, basis.placed.years, basis.placed.there
    minutes, taken = minutes_of(study, years), plan.stay[years.stay] * years.share

    def by_area(cohort: Ints, sums: Floats) -> Floats:
        return np.asarray(np.bincount(of[cohort] + 1, sums, len(areas) + 1)[1:], np.float64)

    weight = np.bincount(years.stay, years.share * minutes, len(basis.stays)) * 1.0
    cohort = basis.cohorts.cohort[basis.stays.state]
    children = by_area(years.cohort, taken) + by_area(placed.cohort, there)
    standing = by_area(placed.cohort, there * minutes_of(study, placed))
    allowed = now["minutes"].to_numpy(np.float64) * children - standing
    used = by_area(cohort, weight * plan.stay)
    spare = np.maximum(0.0, used - np.maximum(allowed, 0.0)) / scale
    mine = np.flatnonzero((of[cohort] >= 0) & (weight > 0))
    row = of[cohort[mine]]
    dearest = priority_gbp(basis) / max(float(minutes.max(initial=0.0)), 1.0)
    problem = _with_rows(
        basis.problem,
        (row, mine, weight[mine] / scale[row]),
        np.maximum(allowed, 0.0) / scale + spare + DUST,
        spare,
        dearest * scale,
    )
    unmet = np.maximum(0.0, -allowed)
    return AreaCaps(
        problem, areas, scale, unmet, len(basis.problem.states), len(basis.problem.stays)
    )


def _areas_of(basis: Basis, areas: tuple[str, ...]) -> Ints:
    """(C,) position of each cohort's area, or of the other areas together; -1 where it has no cap."""
    number = {area: n for n, area in enumerate(areas)}
    others = number.get(OTHER_AREAS, -1)
    return basis.cohorts.table["area"].map(lambda area: number.get(area, others)).to_numpy(np.int64)


def _with_rows(
    problem: Problem,
    entries: tuple[Ints, Ints, Floats],
    room: Floats,
    spare: Floats,
    gbp: Floats,
) -> Problem:
    """Return the problem with more limits, each with a state of its own whose units make room for so many pounds.

    Parameters
    ----------
    entries
        Row (from 0), stay and weight.
    room, spare, gbp
        (L,) room of each row, of which so much may be given up, at that price a unit.
    """
    states, stays, limits, count = problem.states, problem.stays, problem.limits, len(room)
    row, stay, weight = entries
    first_row, first_state, first_stay = len(limits), len(states), len(stays)
    here, none = np.arange(count), np.full(count, -1)
    old = np.ones(len(limits.row)) if limits.weight is None else limits.weight
    once = np.zeros((count, problem.periods + 1))
    once[:, 0] = 1.0
    return Problem(
        states=States(
            np.append(states.period, np.zeros(count, np.int64)),
            np.append(states.supply, spare),
            np.vstack([states.on_roll, once]),
            np.append(states.unplaced_cost, gbp),
            np.append(states.unplaced_next, none),
        ),
        stays=Stays(
            np.append(stays.state, first_state + here),
            np.append(stays.pool, none),
            np.append(stays.length, np.ones(count, np.int64)),
            np.append(stays.cost, np.zeros(count)),
            np.append(stays.next, none),
            np.append(stays.preference, np.zeros(count)),
        ),
        room=problem.room,
        limits=SideLimits(
            np.append(limits.room, room),
            np.concatenate([limits.row, first_row + row, first_row + here]),
            np.concatenate([limits.stay, stay, first_stay + here]),
            np.concatenate([limits.offset, np.zeros(len(row) + count, np.int64)]),
            weight=np.concatenate([old, weight, np.ones(count)]),
        ),
        schemes=problem.schemes,
    )
