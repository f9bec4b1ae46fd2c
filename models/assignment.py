"""The assignment with schemes fixed, kept warm in the solver: sifting with proof.

The restricted program, a few stays a state, is written in PuLP and solved by HiGHS. All other stays are priced in
numpy with its duals; those that would improve the plan are added to the warm program, until none would. The answer
is that of the whole program, and `Duals` prove it over every stay [1]_.

References
----------
.. [1] Bixby, Gregory, Lustig, Marsten and Shanno (1992), "Very large-scale linear programming: a case study in
   combining interior point and simplex methods", Operations Research 40(5), 885-897 (sifting).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from models.dominance import undominated
from models.duals import Duals, lower_bound, reduced_costs
from models.problem import Schemes
from models.program import formulate

if TYPE_CHECKING:
    from models.problem import Floats, Ints, Problem

#: Pounds by which a stay must improve the plan to be added.
IMPROVES = 1e-6
#: Stays a state that are added in one round, and that the first program begins with.
EACH_ROUND, AT_FIRST = 2, 3
#: Rounds after which sifting gives up: far more than any instance has taken.
ROUNDS = 200


class AssignmentError(RuntimeError):
    """The solver did not solve a program that always has an answer."""


@dataclass(frozen=True)
class Assigned:
    """An optimal assignment.

    Attributes
    ----------
    stay, unplaced
        (A,), (S,) units.
    duals
        They prove `bound` over every stay.
    cost, bound
        Cost of the flows, and the least cost of any.
    """

    stay: Floats
    unplaced: Floats
    duals: Duals
    cost: float
    bound: float


class Assignment:
    """A problem with its schemes fixed, to be solved again and again with other places.

    Parameters
    ----------
    problem
        The problem; its schemes are ignored.
    """

    def __init__(self, problem: Problem) -> None:
        self._begin(problem)

    def _begin(self, problem: Problem) -> None:
        self._problem = problem.with_numbers(schemes=Schemes.none(problem.periods))
        self._candidates = undominated(self._problem)
        self._column = np.full(len(problem.stays), -1)
        self._write(self._first())

    def solve(self, room: Floats) -> Assigned:
        """Assign units at least cost within `room` places, (Q, P).

        Raises
        ------
        AssignmentError
            When the solver fails.
        """
        problem = self._problem.with_numbers(
            room=np.where(np.isfinite(self._problem.room), room, np.inf)
        )
        self._set_room(problem.room)
        for _ in range(ROUNDS):
            self._run()
            duals = self._duals()
            new = self._improving(problem, duals)
            if not len(new):
                break
            self._add(new)
        stay, unplaced = self._values()
        cost = float(problem.stays.cost @ stay + problem.states.unplaced_cost @ unplaced)
        return Assigned(stay, unplaced, duals, cost, min(cost, lower_bound(problem, duals)))

    def become(self, problem: Problem) -> None:
        """Take on the numbers of another problem of the same structure; columns and basis stay."""
        old, new = self._problem, problem.with_numbers(schemes=Schemes.none(problem.periods))
        limitless, was = np.isinf(new.room), np.isinf(old.room)
        if (self._rows["places"][(was & ~limitless).ravel()] < 0).any():
            self._begin(new)  # a pool without rows is limited now
            return
        self._problem = new
        if not np.array_equal(old.states.supply, new.states.supply):
            rows = self._rows["balance"]
            supply = new.states.supply
            self._highs.changeRowsBounds(len(rows), rows, supply, supply)
        if not np.array_equal(old.limits.room, new.limits.room):
            used = np.flatnonzero(self._rows["limit"] >= 0)
            rows, low = self._rows["limit"][used], np.full(len(used), -np.inf)
            self._highs.changeRowsBounds(len(rows), rows, low, new.limits.room[used])
        if not np.array_equal(old.states.unplaced_cost, new.states.unplaced_cost):
            self._highs.changeColsCost(len(self._waits), self._waits, new.states.unplaced_cost)
        if not np.array_equal(old.stays.cost, new.stays.cost):
            here = np.flatnonzero(self._column >= 0)
            columns = self._column[here].astype(np.int32)
            self._highs.changeColsCost(len(here), columns, new.stays.cost[here])
            self._candidates = undominated(new)
        elif (limitless != was).any():
            self._candidates = undominated(new)

    def uses(self, pool: int, period: int) -> bool:
        """Whether any stay takes a place of the pool in the period."""
        return bool(self._rows["places"][pool * self._problem.periods + period] >= 0)

    def _first(self) -> Ints:
        """Cheapest stays of each state, by cost a year."""
        stays = self._problem.stays
        return _best(self._candidates, stays.state, stays.cost / stays.length, AT_FIRST)

    def _write(self, first: Ints) -> None:
        """Write the restricted program with every row that any stay uses, and hand it to the solver."""
        program = formulate(self._problem, stays=first)
        solver = pulp.HiGHS(msg=False, random_seed=0)
        solver.createAndConfigureSolver(program.lp)
        solver.buildSolverModel(program.lp)
        self._highs: Any = program.lp.solverModel
        for a, x in program.variables.stay.items():
            self._column[a] = x.index
        self._waits = np.array([u.index for u in program.variables.unplaced.values()], np.int32)
        rows = {row.name: row.index for row in program.lp.constraints()}
        number = {name: np.full(size, -1, np.int32) for name, size in self._row_counts().items()}
        for family, names in program.rows.items():
            for name in names:
                number[family][self._row_position(name)] = rows[name]
        self._rows = number
        self._columns = int(self._highs.getNumCol())

    def _row_counts(self) -> dict[str, int]:
        problem = self._problem
        return {
            "balance": len(problem.states),
            "places": problem.room.size,
            "limit": len(problem.limits),
        }

    def _row_position(self, name: str) -> int:
        """Return which state, (pool, period) cell or limit a row of that name belongs to."""
        parts = [int(part) for part in name.split("_")[1:]]
        return parts[0] if len(parts) == 1 else parts[0] * self._problem.periods + parts[1]

    def _set_room(self, room: Floats) -> None:
        cells = np.flatnonzero(self._rows["places"] >= 0)
        rows = self._rows["places"][cells]
        low = np.full(len(rows), -np.inf)
        self._highs.changeRowsBounds(len(rows), rows, low, room.ravel()[cells])

    def _run(self) -> None:
        import highspy

        ended = highspy.HighsModelStatus
        self._highs.run()
        if self._highs.getModelStatus() not in {ended.kOptimal, ended.kModelEmpty}:
            self._highs.clearSolver()
            self._highs.run()
        if self._highs.getModelStatus() not in {ended.kOptimal, ended.kModelEmpty}:
            words = self._highs.modelStatusToString(self._highs.getModelStatus())
            raise AssignmentError(f"the assignment was not solved: {words}")

    def _duals(self) -> Duals:
        # Rows that are not there are at -1: give them a dual of their own.
        dual = np.append(self._highs.getSolution().row_dual, 0.0)
        found = {name: dual[rows] for name, rows in self._rows.items()}
        places = np.minimum(found["places"], 0.0).reshape(self._problem.room.shape)
        return Duals(found["balance"], places, np.minimum(found["limit"], 0.0))

    def _improving(self, problem: Problem, duals: Duals) -> Ints:
        """Return the stays to add: the best few of each state of those that would improve the plan."""
        stay, _ = reduced_costs(problem, duals)
        out = self._candidates[self._column[self._candidates] < 0]
        better = out[stay[out] < -IMPROVES]
        return _best(better, problem.stays.state, stay, EACH_ROUND)

    def _add(self, new: Ints) -> None:
        """Add columns to the warm program."""
        stay, row, value = self._entries(new)
        order = np.lexsort((row, stay))
        start = np.searchsorted(stay[order], np.arange(len(new)))
        nothing, unbounded = np.zeros(len(new)), np.full(len(new), np.inf)
        cost = self._problem.stays.cost[new]
        self._highs.addCols(
            len(new),
            cost,
            nothing,
            unbounded,
            len(row),
            start.astype(np.int32),
            row[order],
            value[order],
        )
        self._column[new] = self._columns + np.arange(len(new))
        self._columns += len(new)

    def _entries(self, new: Ints) -> tuple[Ints, Ints, Floats]:
        """Return position in `new`, row and coefficient of every entry of those stays."""
        problem, rows = self._problem, self._rows
        position = np.full(len(problem.stays), -1)
        position[new] = np.arange(len(new))
        again = new[problem.next_share[new] > 0]
        index, cell, share = problem.pool_use
        used = (position[index] >= 0) & (rows["places"][cell] >= 0) & (share > 0)
        limits = problem.limits
        counted = (position[limits.stay] >= 0) & (problem.limit_share > 0)
        parts = [
            (new, rows["balance"][problem.stays.state[new]], np.ones(len(new))),
            (again, rows["balance"][problem.stays.next[again]], -problem.next_share[again]),
            (index[used], rows["places"][cell[used]], share[used]),
            (
                limits.stay[counted],
                rows["limit"][limits.row[counted]],
                problem.limit_share[counted],
            ),
        ]
        stay, row, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        return position[stay], row.astype(np.int32), value

    def _values(self) -> tuple[Floats, Floats]:
        value = np.array(self._highs.getSolution().col_value)
        stay = np.where(self._column >= 0, value[self._column], 0.0)
        return clean(stay), clean(value[self._waits])


def _best(stays: Ints, state: Ints, merit: Floats, most: int) -> Ints:
    """Return of each state's `stays` those of least merit, `most` of them at most, in order of position."""
    order = stays[np.lexsort((stays, merit[stays], state[stays]))]
    first = np.searchsorted(state[order], state[order], side="left")
    return np.sort(order[np.arange(len(order)) - first < most])


def clean(values: Floats) -> Floats:
    """Specks of the solver's tolerance are nothing."""
    return np.where(values < 1e-9, 0.0, np.round(values, 9))
