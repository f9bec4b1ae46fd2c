"""From a case to arrays: the `Problem` that the models solve, and the key that reads its answer back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from models import Problem, Schemes, States, Stays
from sufficiency.cohorts import Cohorts, build_cohorts, number_cohorts
from sufficiency.demand import on_roll
from sufficiency.limits import side_limits
from sufficiency.pools import Pools, build_pools
from sufficiency.prices import NCY_LOW, placed_without_price, price_faults
from sufficiency.schemes import (
    Scheme,
    choice,
    committed_places,
    could_open,
    discount,
    read_schemes,
)
from sufficiency.standing import Standing, read_standing, room_for_others, standing_faults
from sufficiency.stays import Costs, StayYears, eligible, stay_years

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from geodata.travel import Journeys
    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case
    from sufficiency.faults import Fault

#: Kilometres by which the order of provisions and pools breaks what ties are left after distance.
ORDER_TIE_KM = 1e-6


@dataclass(frozen=True)
class Placements:
    """The placements open to children, in the order of the problem's stays.

    Attributes
    ----------
    state, pool, provision, length
        (A,) as in `models.Stays`, with the provision's position.
    moves
        (A,) whether it is a move at review to another provision.
    """

    state: Ints
    pool: Ints
    provision: Ints
    length: Ints
    moves: Bools

    def __len__(self) -> int:
        """Return the number of placements."""
        return len(self.state)

    def only(self, keep: Bools) -> Placements:
        """Return those that are kept."""
        return Placements(*(getattr(self, field.name)[keep] for field in fields(self)))


@dataclass(frozen=True)
class Basis:
    """The problem and everything needed to read its answer.

    Attributes
    ----------
    provisions
        Ids in the order of their positions.
    stays, years
        The placements of the program and each of their years.
    placed
        The children who stay where they are; no decision of the program.
    groups
        The groups of alike children that it was built from.
    faults
        What only shows once everything is put together; the problem may be solved when none is an error.
    """

    case: Case
    problem: Problem
    provisions: tuple[str, ...]
    cohorts: Cohorts
    pools: Pools
    schemes: tuple[Scheme, ...]
    costs: Costs
    stays: Placements
    years: StayYears
    placed: Standing
    groups: pd.DataFrame
    faults: tuple[Fault, ...]

    @property
    def children(self) -> float:
        """How many children the plan is for."""
        return float(self.groups["children"].sum())


def build_problem(
    case: Case, groups: pd.DataFrame, journeys: Journeys, positions: Mapping[str, int]
) -> Basis:
    """Build the program from groups of alike children.

    Parameters
    ----------
    groups
        As `Demand.groups`.
    journeys
        (origins, provisions) kilometres and minutes.
    positions
        Position of each provision by id, in the order of ids.
    """
    settings = case.settings
    pools = build_pools(case, positions)
    schemes = read_schemes(case, pools)
    table, cohort = number_cohorts(groups)
    costs = Costs(case, positions, table, journeys)
    roll = on_roll(settings)
    placed = read_standing("placed", settings, groups, cohort, pools, costs, roll)
    review = read_standing("review", settings, groups, cohort, pools, costs, roll)
    cohorts = build_cohorts(table, _seeking(case, groups, cohort, placed, roll), review, settings)

    proposed = choice(case, schemes)
    committed = committed_places(schemes, pools, settings.base_year)
    most = committed + _most_added(proposed, pools, could_open(case, schemes))
    peopled = cohorts.peopled(roll[cohorts.ncy - NCY_LOW, 1] > 0)
    stays = _placements(
        cohorts,
        review,
        pools,
        eligible(case, cohorts, costs, pools, pools.places + most > 0, peopled),
    )
    stays, years = _spell_out(cohorts, costs, stays, roll, pools.places + most > 0)
    faults = [
        *price_faults(case, costs, (years, review.years), tuple(positions)),
        *placed_without_price(case, placed.years, tuple(positions)),
        *standing_faults(case, pools, placed, review),
    ]
    room = room_for_others(pools, placed, review)
    problem = Problem(
        states=_states(case, cohorts, roll),
        stays=_model_stays(case, cohorts, stays, years, journeys, costs),
        room=room + committed,
        limits=side_limits(case, years, placed, review, costs, positions),
        schemes=proposed,
    )
    parts = (cohorts, pools, schemes, costs, stays, years, placed, groups)
    return Basis(case, problem, tuple(positions), *parts, tuple(faults))


def _seeking(
    case: Case, groups: pd.DataFrame, cohort: Ints, placed: Standing, roll: Floats
) -> tuple[Ints, Ints, Floats]:
    """Cohort, year and number of those who seek: newly, or because the stay they began with has ended."""
    settings = case.settings
    mine = (groups["status"] == "seeking").to_numpy()
    again = (placed.length < settings.years) & (
        placed.ncy + placed.length <= settings.leaving.last_ncy
    )
    left = placed.children * roll[placed.ncy - NCY_LOW, placed.length]
    return (
        np.concatenate([cohort[mine], placed.cohort[again]]),
        np.concatenate([groups["year"].to_numpy(np.int64)[mine], placed.length[again]]),
        np.concatenate([groups["children"].to_numpy(np.float64)[mine], left[again]]),
    )


def _placements(
    cohorts: Cohorts, review: Standing, pools: Pools, found: tuple[Ints, Ints, Ints]
) -> Placements:
    """Join the eligible stays with those of review children who stay where they are, whatever the rules say."""
    state, pool, length = found
    own = np.arange(len(cohorts.cohort) - len(review), len(cohorts.cohort))
    kept = set(zip(own.tolist(), review.pool.tolist(), strict=True))
    twice = np.array(
        [pair in kept for pair in zip(state.tolist(), pool.tolist(), strict=True)], bool
    )
    state, pool, length = state[~twice], pool[~twice], length[~twice]
    at, keeps = pools.provision[pool], cohorts.keeps[state]
    return Placements(
        state=np.concatenate([state, own]),
        pool=np.concatenate([pool, review.pool]),
        provision=np.concatenate([at, review.provision]),
        length=np.concatenate([length, review.length]),
        moves=np.concatenate([(keeps >= 0) & (keeps != at), np.zeros(len(review), bool)]),
    )


def _spell_out(
    cohorts: Cohorts, costs: Costs, stays: Placements, roll: Floats, might_have: Bools
) -> tuple[Placements, StayYears]:
    """Spell stays out year by year, and drop those that would need a place where there can be none."""
    years = _years_of(cohorts, costs, stays, roll)
    taking = np.flatnonzero(years.pool >= 0)
    without = taking[~might_have[years.pool[taking], years.year[taking]]]
    possible = np.ones(len(stays), bool)
    possible[years.stay[without]] = False
    kept = stays.only(possible)
    return kept, years if possible.all() else _years_of(cohorts, costs, kept, roll)


def _years_of(cohorts: Cohorts, costs: Costs, stays: Placements, roll: Floats) -> StayYears:
    cohort, ncy, year = (
        array[stays.state] for array in (cohorts.cohort, cohorts.ncy, cohorts.year)
    )
    return stay_years(costs, cohort, ncy, year, stays.provision, stays.pool, stays.length, roll)


def _most_added(schemes: Schemes, pools: Pools, could: Bools) -> Floats:
    """(Q, P) most places that proposed schemes could add, each in its best opening year."""
    added = np.zeros_like(pools.places)
    for entry, (k, q) in enumerate(zip(schemes.scheme, schemes.pool, strict=True)):
        most = np.zeros(added.shape[1])
        for opening in np.flatnonzero(could[k]):
            most[opening:] = np.maximum(
                most[opening:], schemes.places[entry, : len(most) - opening]
            )
        added[q] += most
    return added


def _states(case: Case, cohorts: Cohorts, roll: Floats) -> States:
    waiting = case.settings.waiting
    yearly = waiting.gbp_per_child_year + waiting.penalty_gbp_per_child_year
    return States(
        period=cohorts.year,
        supply=cohorts.supply,
        on_roll=roll[cohorts.ncy - NCY_LOW, : case.settings.years + 1],
        unplaced_cost=discount(case.settings)[cohorts.year] * yearly,
        unplaced_next=cohorts.state(cohorts.cohort, cohorts.year + 1),
    )


def _model_stays(
    case: Case,
    cohorts: Cohorts,
    stays: Placements,
    years: StayYears,
    journeys: Journeys,
    costs: Costs,
) -> Stays:
    cohort = cohorts.cohort[stays.state]
    spent = discount(case.settings)[years.year] * years.share * years.cost_gbp
    km = np.where(journeys.reachable, journeys.km, 0.0)[costs.origin(years.cohort), years.provision]
    order = stays.provision + (stays.pool + 1) / (stays.pool.max(initial=0) + 2)
    return Stays(
        state=stays.state,
        pool=stays.pool,
        length=stays.length,
        cost=np.bincount(years.stay, spent, len(stays))
        + case.settings.review.gbp_per_move * stays.moves,
        next=cohorts.state(cohort, cohorts.year[stays.state] + stays.length),
        preference=np.bincount(years.stay, km * years.share, len(stays)) + ORDER_TIE_KM * order,
    )
