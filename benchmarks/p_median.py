"""How far a p-median model gets on a council's question: ``python -m benchmarks.p_median [CASE] ...``.

One year of a case in which all its children choose anew, given to `spopt`'s capacitated p-median step by step, as
somebody would who knows it well. On the last step both solve the same problem and must find the same cost; on those
before it is counted how many children are at a school that has no place for their need or year group.

The steps say nothing against `spopt`: they are what has to be put into its cost matrix and its facilities by hand. What
no step reaches is more than one year: stays, schemes with dates, budgets and arrivals.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks import measured

if TYPE_CHECKING:
    from models import Problem
    from models.problem import Floats, Ints
    from sufficiency.problem import Basis
    from sufficiency.run import Prepared

ROOT = Path(__file__).resolve().parents[1]
#: The worked examples that are tried unless others are named: one of needs and year groups, one of classes.
CASES = ("banes-2018", "bucks-year-groups")
#: Seconds that CBC is given.
LIMIT = 300.0
#: Pounds for a pair that cannot be: more than any place costs.
NEVER = 1e7


@dataclass(frozen=True)
class Step:
    """What a step found.

    Attributes
    ----------
    wrong
        Children at a school that has no place for their need or year group, or not so many.
    yearly_gbp
        Real money a year where every child has a place that may be had, else nan.
    """

    name: str
    wrong: float
    yearly_gbp: float


def one_year(case: Path) -> Prepared:
    """Return the first year of a case, with nothing to build and everybody to place anew.

    Raises
    ------
    ValueError
        When that is no case in its own right.
    """
    from sufficiency.case import read_case
    from sufficiency.progress import Silent
    from sufficiency.steps import Steps, put_together

    read, given = read_case(case)
    if read is None:
        raise ValueError(f"{case.name} cannot be read")
    seeking = read.children.assign(status="seeking", current_provision="")
    year = replace(
        read,
        settings=read.settings.model_copy(update={"years": 1}),
        children=seeking,
        new_children=read.new_children.iloc[:0],
        schemes=read.schemes.iloc[:0],
        scheme_places=read.scheme_places.iloc[:0],
    )
    prepared, faults = put_together(year, given, Silent(), Steps())
    if prepared is None:
        raise ValueError(f"the first year of {case.name} does not stand alone: {faults[:3]}")
    return prepared


# --- a case as a p-median model ---------------------------------------------------------------------


@dataclass(frozen=True)
class Model:
    """Children one by one, facilities, what each pair costs, and how many each facility takes."""

    cost: Floats
    capacity: Floats


def children(problem: Problem) -> Ints:
    """(N,) the state of each child: `spopt` sends a group to one facility, whole, so everybody is a group of one."""
    return np.repeat(np.arange(len(problem.states)), problem.states.supply.astype(np.int64))


def by_school(basis: Basis, table: Floats) -> Model:
    """Return a facility a school, with all its places, and a cost of every pair.

    Parameters
    ----------
    table
        (S, provisions) what a child of each state costs at each school.
    """
    problem = basis.problem
    room = np.bincount(basis.pools.provision, problem.room[:, 0], len(basis.provisions))
    who = children(problem)
    return Model(table[who], np.minimum(room, len(who)))


def distance(prepared: Prepared) -> Floats:
    """(S, provisions) kilometres one way."""
    basis = prepared.basis
    return prepared.travel.journeys.km[basis.costs.origin(basis.cohorts.cohort)]


def mean_money(prepared: Prepared) -> Floats:
    """(S, provisions) transport and a school's mean fee a year, whether it has a place for the child or not."""
    basis, years = prepared.basis, prepared.basis.years
    count = np.bincount(years.provision, minlength=len(basis.provisions))
    fees = np.bincount(years.provision, np.nan_to_num(years.price_gbp), len(basis.provisions))
    transport = basis.costs.transport[basis.costs.origin(basis.cohorts.cohort)]
    return transport + fees / np.maximum(count, 1)


def money(prepared: Prepared) -> Floats:
    """(S, provisions) fee and transport a year, and `NEVER` where a school has no pool that takes the child."""
    basis, problem = prepared.basis, prepared.basis.problem
    found = np.full((len(problem.states), len(basis.provisions)), NEVER)
    np.minimum.at(found, (problem.stays.state, basis.stays.provision), problem.stays.cost)
    return found


def by_place(basis: Basis) -> tuple[Model, Ints]:
    """Return a facility for each pool and the limit that counts within it, and (A,) the facility of each stay.

    Raises
    ------
    ValueError
        When a stay is counted by more than one limit: then no facility of its own can stand for it.
    """
    problem = basis.problem
    limits, stays = problem.limits, problem.stays
    if len(np.unique(limits.stay)) != len(limits.stay):
        raise ValueError("limits lie within one another")
    counted = np.full(len(stays), -1)
    counted[limits.stay] = limits.row
    pairs, facility = np.unique(
        np.stack([stays.pool, counted], axis=1), axis=0, return_inverse=True
    )
    who = children(problem)
    room = np.where(pairs[:, 1] >= 0, limits.room[pairs[:, 1]] if len(limits) else 0, np.inf)
    capacity = np.minimum(np.minimum(room, problem.room[pairs[:, 0], 0]), len(who))
    cost = np.full((len(problem.states), len(pairs)), NEVER)
    cost[stays.state, facility] = stays.cost
    return Model(cost[who], capacity), facility


def solve(model: Model, limit: float = LIMIT) -> Ints:
    """(N,) the facility of each child, by `spopt` with every facility open.

    Raises
    ------
    RuntimeError
        When it was not proved best in time.
    """
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path
    from spopt.locate import PMedian

    everyone = np.ones(len(model.cost))
    asked = PMedian.from_cost_matrix(
        model.cost, everyone, len(model.capacity), facility_capacities=model.capacity
    )
    solver = pulp.COIN_CMD(path=pulp_cbc_path, msg=False, timeLimit=limit, gapRel=0.0)
    asked.solve(solver, results=False)
    if asked.problem.sol_status != pulp.LpSolutionOptimal:
        raise RuntimeError(f"spopt was not done after {limit:.0f} s")
    chosen = np.array([[x.varValue or 0.0 for x in row] for row in asked.cli_assgn_vars])
    return np.asarray(chosen.argmax(axis=1), np.int64)


# --- step by step -----------------------------------------------------------------------------------


def without_place(basis: Basis, school: Ints) -> float:
    """Return how many children, of those sent to each school, its pools and limits have no place for.

    Parameters
    ----------
    school
        (N,) the position of each child's school, in the order of `children`.
    """
    from models import solve as place

    problem = basis.problem
    sent, units = np.unique(
        np.stack([children(problem), school], axis=1), axis=0, return_counts=True
    )
    at = {(int(state), int(where)): n for n, (state, where) in enumerate(sent.tolist())}
    stays, limits = problem.stays, problem.limits
    kept = [
        (a, at[key])
        for a, key in enumerate(
            zip(stays.state.tolist(), basis.stays.provision.tolist(), strict=True)
        )
        if key in at
    ]
    mine, state = (np.array(column, np.int64) for column in zip(*kept, strict=True))
    position = np.full(len(stays), -1)
    position[mine] = np.arange(len(mine))
    counted = position[limits.stay] >= 0
    count = len(sent)
    asked = replace(
        problem,
        states=replace(
            problem.states,
            period=np.zeros(count, np.int64),
            supply=units.astype(np.float64),
            on_roll=problem.states.on_roll[sent[:, 0]],
            unplaced_cost=np.ones(count),
            unplaced_next=np.full(count, -1),
        ),
        stays=replace(
            stays,
            state=state,
            pool=stays.pool[mine],
            length=stays.length[mine],
            cost=np.zeros(len(mine)),
            next=np.full(len(mine), -1),
            preference=np.zeros(len(mine)),
        ),
        limits=replace(
            limits,
            row=limits.row[counted],
            stay=position[limits.stay[counted]],
            offset=limits.offset[counted],
        ),
    )
    return float(place(asked).need_values().unplaced.sum())


def steps(prepared: Prepared) -> tuple[list[Step], float]:
    """Return what each step found, and the cost of our own plan of the year."""
    from models import solve as place

    basis = prepared.basis
    tables = {
        "a school's places, least kilometres": distance(prepared),
        "the same, least money": mean_money(prepared),
        "unsuitable schools forbidden": money(prepared),
    }
    found = []
    for name, table in tables.items():
        model = by_school(basis, table)
        school = solve(model)
        found.append(_step(name, model, school, without_place(basis, school)))
    model, facility = by_place(basis)
    chosen = solve(model)
    provision = np.zeros(len(model.capacity), np.int64)
    provision[facility] = basis.stays.provision
    name = "each pool and class a facility of its own"
    found.append(_step(name, model, chosen, without_place(basis, provision[chosen])))
    return found, place(basis.problem, gap=1e-9).need_values().objective


def _step(name: str, model: Model, chosen: Ints, wrong: float) -> Step:
    gbp = float(model.cost[np.arange(len(chosen)), chosen].sum())
    return Step(name, wrong, gbp if wrong == 0 else float("nan"))


def main() -> int:
    """Go up the steps, and tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", maxsplit=1)[0])
    parser.add_argument("cases", nargs="*", default=CASES, help="examples, or folders of cases")
    parser.add_argument("--keep", action="store_true", help="keep the figures for the guide")
    asked = parser.parse_args()
    for name in asked.cases:
        example = ROOT / "examples" / name
        prepared = one_year(example if example.is_dir() else Path(name))
        found, ours = steps(prepared)
        count = len(children(prepared.basis.problem))
        print(f"{name}: {count} children, one year; ours costs £{ours:,.2f}")
        print("\n".join(f"  {one.name}: {_in_words(one)}" for one in found), flush=True)
        if asked.keep:
            plain = {
                "children": count,
                "ours_gbp": round(ours, 2),
                "steps": [_plain(one) for one in found],
            }
            measured.keep("p_median", prepared.case.path.name, plain)
    return 0


def _plain(one: Step) -> dict[str, Any]:
    told = {"name": one.name, "without_place": one.wrong}
    return told if one.wrong else told | {"yearly_gbp": round(one.yearly_gbp, 2)}


def _in_words(one: Step) -> str:
    if one.wrong:
        return f"{one.wrong:,.0f} at a school without a place for them"
    return f"every child has a place, for £{one.yearly_gbp:,.2f}"


if __name__ == "__main__":
    sys.exit(main())
