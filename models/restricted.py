"""The restricted program: the states that units may reach, with the few ways out of each that matter.

It is written in PuLP as a smaller `Problem` of its own and handed to HiGHS; later rows and columns go straight to the
solver, which keeps its basis. A state that no unit is expected in has no row: who waits before it waits on past it, at
the cost of waiting to the end, until waiting there is worth a *link* to the state's own row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp

from models.part import numbers, part_of
from models.program import formulate

if TYPE_CHECKING:
    from models.priced import Priced, Worth
    from models.problem import Bools, Floats, Ints, Problem


class AssignmentError(RuntimeError):
    """The solver did not solve a program that always has an answer."""


@dataclass(frozen=True)
class Ways:
    """States that are reached, the stays taken from them, and those in which waiting leads on to a row.

    Attributes
    ----------
    states, waits
        (S,) whether a state is reached, and whether its waiting is linked to the next.
    stays
        Positions of stays in the problem.
    """

    states: Bools
    stays: Ints
    waits: Bools


def reached(priced: Priced, start: Bools, worth: Worth, within: float) -> Ways:
    """Return the ways from (S,) states to `start` from that cost at most `within` pounds more than the cheapest."""
    states, waits = start.copy(), np.zeros(len(start), bool)
    stays = worth.stay <= within
    near = (worth.waiting <= within) & (priced.wait_again > 0)
    for period in priced.periods:
        a, s = period.stays, period.states
        stays[a] &= states[priced.state[a]]
        again = a.start + np.flatnonzero(stays[a] & (priced.again[a] > 0))
        states[priced.next[again]] = True
        waits[s] = near[s] & states[s]
        states[priced.wait_next[s[waits[s]]]] = True
    return Ways(states, priced.stays[stays], waits)


class Restricted:
    """The restricted program, warm in HiGHS.

    Parameters
    ----------
    problem
        Without schemes.
    forever
        (S,) cost of one unit that waits from a state to the end.
    ways
        What to begin with.
    """

    def __init__(self, problem: Problem, forever: Floats, ways: Ways) -> None:
        self._problem, self._forever = problem, forever
        self.states, self.waits = ways.states.copy(), ways.waits.copy()
        self._column = np.full(len(problem.stays), -1)
        self._wait_column = np.full(len(problem.states), -1)
        self._rows = {
            "balance": np.full(len(problem.states), -1),
            "places": np.full(problem.room.size, -1),
            "limit": np.full(len(problem.limits), -1),
        }
        self._write(ways.stays)

    def _write(self, stays: Ints) -> None:
        live = np.flatnonzero(self.states)
        program = formulate(self._smaller(live, stays))
        solver = pulp.HiGHS(msg=False, random_seed=0, threads=1)
        solver.createAndConfigureSolver(program.lp)
        solver.buildSolverModel(program.lp)
        self._highs: Any = program.lp.solverModel
        variables = program.variables
        self._column[stays] = [variables.stay[n].index for n in range(len(stays))]
        self._wait_column[live] = [variables.unplaced[n].index for n in range(len(live))]
        rows = {row.name: row.index for row in program.lp.constraints()}
        self._rows["balance"][live] = [rows[name] for name in program.rows["balance"]]
        for family in ("places", "limit"):
            for name in program.rows[family]:
                self._rows[family][self._position(name)] = rows[name]
        self._size = [int(self._highs.getNumRow()), int(self._highs.getNumCol())]
        places, limits = self._rows["places"], self._rows["limit"]
        cells = np.flatnonzero((places < 0) & np.isfinite(self._problem.room.ravel()))
        places[cells] = self._add_rows(np.full(len(cells), np.inf))
        missing = np.flatnonzero(limits < 0)
        limits[missing] = self._add_rows(np.full(len(missing), np.inf))

    def _smaller(self, live: Ints, stays: Ints) -> Problem:
        """Return the problem of the states and stays that are here, numbered by themselves."""
        part = part_of(self._problem, live, stays)
        onward = np.where(self.waits[live], part.states.unplaced_next, -1)
        waits = self._wait_cost()[live]
        return replace(part, states=replace(part.states, unplaced_cost=waits, unplaced_next=onward))

    def add(self, ways: Ways) -> bool:
        """Add what is not there yet; return whether there was anything."""
        states = np.flatnonzero(ways.states & ~self.states)
        links = np.flatnonzero(ways.waits & ~self.waits)
        stays = ways.stays[self._column[ways.stays] < 0]
        self._add_states(states)
        self._link(links)
        self._add_stays(stays)
        return bool(len(states) or len(links) or len(stays))

    def limit_rows(self, room: Floats, limits: Floats) -> None:
        """Set (Q, P) room and (L,) limits."""
        for family, most in (("places", room.ravel()), ("limit", limits)):
            here = np.flatnonzero(self._rows[family] >= 0)
            self._bound(self._rows[family][here], np.full(len(here), -np.inf), most[here])

    def take_numbers(self, problem: Problem, forever: Floats) -> None:
        """Take on the costs and supply of another problem of the same structure."""
        self._problem, self._forever = problem, forever
        live = np.flatnonzero(self.states)
        supply = problem.states.supply[live]
        self._bound(self._rows["balance"][live], supply, supply)
        self._price(self._wait_column[live], self._wait_cost()[live])
        here = np.flatnonzero(self._column >= 0)
        self._price(self._column[here], problem.stays.cost[here])

    def mark(self) -> Any:  # noqa: ANN401 - nobody's business
        """Return rows, columns and basis of now, to come back to."""
        rows = {family: row.copy() for family, row in self._rows.items()}
        here = (
            self.states.copy(),
            self.waits.copy(),
            self._column.copy(),
            self._wait_column.copy(),
        )
        return self._highs.getLp(), self._highs.getBasis(), here, rows, list(self._size)

    def back(self, mark: Any) -> None:  # noqa: ANN401
        """Return to the rows, columns and basis of a mark; costs, supply and limits are those of then, too."""
        lp, basis, here, rows, size = mark
        self._highs.passModel(lp)
        self._highs.setBasis(basis)
        self.states, self.waits, self._column, self._wait_column = (at.copy() for at in here)
        self._rows = {family: row.copy() for family, row in rows.items()}
        self._size = list(size)

    def run(self) -> tuple[float, Floats, Floats]:
        """Solve; return the cost and the duals of places (Q, P) and of limits (L,).

        Raises
        ------
        AssignmentError
            When the solver fails.
        """
        import highspy

        ended = highspy.HighsModelStatus
        good = {ended.kOptimal, ended.kModelEmpty}
        self._highs.run()
        if self._highs.getModelStatus() not in good:
            self._highs.clearSolver()
            self._highs.run()
        if self._highs.getModelStatus() not in good:
            words = self._highs.modelStatusToString(self._highs.getModelStatus())
            raise AssignmentError(f"the assignment was not solved: {words}")
        # Rows that are not there are at -1: give them a dual of their own.
        dual = np.minimum(np.append(self._highs.getSolution().row_dual, 0.0), 0.0)
        cost = float(self._highs.getInfo().objective_function_value)
        places = dual[self._rows["places"]].reshape(self._problem.room.shape)
        return cost, places, dual[self._rows["limit"]]

    def values(self) -> tuple[Floats, Floats]:
        """Return units by stay and by state of the problem."""
        value = np.append(self._highs.getSolution().col_value, 0.0)
        stay, waits = clean(value[self._column]), clean(value[self._wait_column])
        states = self._problem.states
        # Who waits without a link waits to the end, in every state on the way.
        to_the_end = np.where(self.waits, 0.0, waits)
        for period in range(self._problem.periods):
            on = np.flatnonzero((states.period == period) & (states.unplaced_next >= 0))
            sent = to_the_end[on] * states.on_roll[on, 1]
            to_the_end += np.bincount(states.unplaced_next[on], sent, len(waits))
        unplaced = np.where(self.waits, waits, 0.0) + to_the_end
        return stay, clean(unplaced)

    def _wait_cost(self) -> Floats:
        """(S,) cost of a unit of each waiting column."""
        return np.where(self.waits, self._problem.states.unplaced_cost, self._forever)

    def _position(self, name: str) -> int:
        """Return which (pool, period) cell or limit a row of that name belongs to."""
        parts = [int(part) for part in name.split("_")[1:]]
        return parts[0] if len(parts) == 1 else parts[0] * self._problem.periods + parts[1]

    def _add_states(self, states: Ints) -> None:
        supply = self._problem.states.supply[states]
        rows = self._add_rows(supply, supply)
        self._rows["balance"][states] = rows
        self.states[states] = True
        one = np.arange(len(states))
        cost = self._forever[states]
        self._wait_column[states] = self._add_columns(cost, one, rows, np.ones(len(states)))

    def _link(self, states: Ints) -> None:
        """Let who waits in those states seek again in the next one's row."""
        problem = self._problem.states
        rows = self._rows["balance"][problem.unplaced_next[states]].tolist()
        share = problem.on_roll[states, 1].tolist()
        for row, s, units in zip(rows, self._wait_column[states].tolist(), share, strict=True):
            self._highs.changeCoeff(row, s, -units)
        self._price(self._wait_column[states], problem.unplaced_cost[states])
        self.waits[states] = True

    def _add_stays(self, stays: Ints) -> None:
        problem, rows = self._problem, self._rows
        of = numbers(len(problem.stays), stays)
        again = stays[problem.next_share[stays] > 0]
        stay, cell, share = problem.pool_use
        used = (of[stay] >= 0) & (rows["places"][cell] >= 0) & (share > 0)
        limits = problem.limits
        counted = (of[limits.stay] >= 0) & (problem.limit_share > 0)
        parts = [
            (stays, rows["balance"][problem.stays.state[stays]], np.ones(len(stays))),
            (again, rows["balance"][problem.stays.next[again]], -problem.next_share[again]),
            (stay[used], rows["places"][cell[used]], share[used]),
            (
                limits.stay[counted],
                rows["limit"][limits.row[counted]],
                problem.limit_share[counted],
            ),
        ]
        index, row, value = (np.concatenate(column) for column in zip(*parts, strict=True))
        cost = problem.stays.cost[stays]
        self._column[stays] = self._add_columns(cost, of[index], row, value)

    def _add_rows(self, most: Floats, least: Floats | None = None) -> Ints:
        none = np.zeros(0, np.int32)
        low = np.full(len(most), -np.inf) if least is None else least
        starts = np.zeros(len(most), np.int32)
        self._highs.addRows(len(most), low, most, 0, starts, none, np.zeros(0))
        self._size[0] += len(most)
        return np.arange(self._size[0] - len(most), self._size[0])

    def _add_columns(self, cost: Floats, column: Ints, row: Ints, value: Floats) -> Ints:
        order = np.lexsort((row, column))
        start = np.searchsorted(column[order], np.arange(len(cost)))
        self._highs.addCols(
            len(cost),
            cost,
            np.zeros(len(cost)),
            np.full(len(cost), np.inf),
            len(row),
            start.astype(np.int32),
            row[order].astype(np.int32),
            value[order],
        )
        self._size[1] += len(cost)
        return np.arange(self._size[1] - len(cost), self._size[1])

    def _bound(self, rows: Ints, least: Floats, most: Floats) -> None:
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), least, most)

    def _price(self, columns: Ints, cost: Floats) -> None:
        self._highs.changeColsCost(len(columns), columns.astype(np.int32), cost)


def clean(values: Floats) -> Floats:
    """Specks of the solver's tolerance are nothing."""
    return np.where(values < 1e-9, 0.0, np.round(values, 9))
