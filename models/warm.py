"""A problem kept warm: change its numbers, solve again in a fraction of the time, read a plan.

The numbers are all that `Problem.with_numbers` may change: places, demand, costs, limits, and everything about schemes.
What stays is the structure: who may go where, and for how long. Three things are kept between solves:

* the restricted program with its columns and basis (`models.assignment`);
* every vector of duals that made a cut. Duals of one problem bound any other of the same structure from below
  (`models.duals`), so their cuts are made again with the new numbers and are as valid as new ones;
* the openings of earlier plans, of which the most promising that the new problem allows is tried first.

The answer is that of `models.solve` to within the gap, with the same certificate. Which of several plans within the
gap is found may depend on what was solved before; `back` returns to a mark, from which the same question always has
the same answer.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.assignment import Assignment
from models.benders import Learned, slope_of, with_schemes_open
from models.duals import total
from models.engines import version
from models.problem import ProblemError
from models.solution import Solution, Status
from models.solve import solve
from models.ties import least_preference

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.assignment import Assigned
    from models.duals import Duals
    from models.problem import Bools, Floats, Problem

#: Bytes of assignments that are remembered, and how many at least.
REMEMBERED_BYTES, REMEMBERED_LEAST = 256_000_000, 4


@dataclass(frozen=True)
class Known:
    """What one warm model learned that another of the same structure may begin with: it travels.

    Attributes
    ----------
    duals
        Those that made cuts.
    openings
        Good choices of schemes.
    """

    duals: tuple[Duals, ...] = ()
    openings: tuple[Bools, ...] = ()


@dataclass(frozen=True)
class Mark:
    """What a warm model knew at some time."""

    assignment: Any
    duals: tuple[Duals, ...]
    openings: tuple[Bools, ...]
    answers: dict[bytes, Assigned]


class Remembering(Assignment):
    """An assignment that does not solve the same question twice."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        each = 8 * (len(problem.stays) + 2 * len(problem.states) + problem.room.size)
        self._most = max(REMEMBERED_LEAST, REMEMBERED_BYTES // each)
        self.answers: dict[bytes, Assigned] = {}

    def become(self, problem: Problem) -> None:
        """Take on the numbers of another problem; what is remembered goes unless only schemes or places changed."""
        if not _same_flows(self._problem, problem):
            self.answers.clear()
        super().become(problem)

    def solve(self, room: Floats, tolerance: float = 0.0) -> Assigned:
        """Assign units at least cost within `room` places, (Q, P), or remember how."""
        key = np.append(room, tolerance).tobytes()
        if key not in self.answers:
            if len(self.answers) >= self._most:
                del self.answers[next(iter(self.answers))]
            self.answers[key] = super().solve(room, tolerance)
        return self.answers[key]


class Warm:
    """A problem, to be solved again and again with other numbers.

    Parameters
    ----------
    problem
        The problem as it is.
    known
        What another warm model of the same structure has learned.
    """

    def __init__(self, problem: Problem, known: Known | None = None) -> None:
        known = known or Known()
        self.problem = self._now = problem
        self._assignment = Remembering(problem)
        self._learned = Learned(self._assignment, list(known.duals), list(known.openings))

    def solve(
        self,
        problem: Problem | None = None,
        *,
        gap: float = 1e-6,
        time_limit: float | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Solution:
        """Find the plan of least cost, schemes included; as `models.solve`.

        Parameters
        ----------
        problem
            The same structure with other numbers; None for the problem as it is.

        Raises
        ------
        ProblemError
            When the structure is not the same.
        """
        problem = self._take(problem)
        return solve(
            problem,
            gap=gap,
            time_limit=time_limit,
            whole=False,
            progress=progress,
            learned=self._learned,
        )

    def takes(self, problem: Problem) -> bool:
        """Whether a problem has the same structure, so that it may be asked of."""
        return _same_structure(self.problem, problem)

    def assign(
        self, opens: Bools, problem: Problem | None = None, *, break_ties: bool = False
    ) -> Solution:
        """Place everyone at least cost with the schemes fixed.

        Parameters
        ----------
        opens
            (K, P) whether scheme k opens in period t.
        problem
            The same structure with other numbers; None for the problem as it is.
        break_ties
            Whether the assignment is that of least preference among those of equal cost, as in `solve`.

        Returns
        -------
        Solution
            Its bound is on plans with these schemes.

        Raises
        ------
        ProblemError
            When the structure is not the same.
        """
        began = time.perf_counter()
        problem = self._take(problem)
        fixed = with_schemes_open(problem, opens)
        found = self._assignment.solve(fixed.room)
        stay, unplaced = found.stay, found.unplaced
        if break_ties:
            stay, unplaced = least_preference(fixed, stay, unplaced, found.duals)
        schemes = float((problem.schemes.cost * opens).sum())
        return Solution(
            status=Status.OPTIMAL,
            stay=stay,
            unplaced=unplaced,
            opens=opens,
            objective=total(problem.stays.cost, stay)
            + total(problem.states.unplaced_cost, unplaced)
            + schemes
            if break_ties
            else found.cost + schemes,
            bound=found.bound + schemes,
            seconds=time.perf_counter() - began,
            solver=version("highs"),
            log="schemes as given",
            duals=found.duals,
        )

    def cuts(self, duals: Duals | None = None) -> list[tuple[float, Floats]]:
        """Return what is known of the problem that was asked of last: ``flows >= constant + sum slope y``.

        Flows are the assignment's cost with schemes y, (K, P), open; slopes are (K, P).

        Parameters
        ----------
        duals
            Those that make the one cut to be returned; None for all that were learned.
        """
        learned, problem = self._learned, self._now
        known = learned.duals if duals is None else [duals]
        found = [(learned.bound(problem, each), slope_of(problem, each)) for each in known]
        learned.forget_others()
        return found

    @property
    def known(self) -> Known:
        """What has been learned, for another warm model to begin with."""
        return Known(tuple(self._learned.duals), tuple(self._learned.openings))

    def mark(self) -> Mark:
        """Return what is known now, to come back to."""
        learned = self._learned
        return Mark(
            self._assignment.mark(),
            tuple(learned.duals),
            tuple(learned.openings),
            dict(self._assignment.answers),
        )

    def back(self, mark: Mark) -> None:
        """Forget everything since a mark of the same warm model."""
        self._assignment.back(mark.assignment)
        self._assignment.answers = dict(mark.answers)
        self._learned.duals[:] = mark.duals
        self._learned.openings[:] = mark.openings

    def _take(self, problem: Problem | None) -> Problem:
        problem = problem or self.problem
        if not _same_structure(self.problem, problem):
            raise ProblemError("a warm model takes other numbers, not another structure")
        if not _same_costs(self._now, problem):
            self._learned.costs_changed()
        self._now = problem
        self._assignment.become(problem)
        return problem


def _same(pairs: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    return all(a is b or np.array_equal(a, b) for a, b in pairs)


def _same_structure(one: Problem, other: Problem) -> bool:
    """Whether who may go where, and for how long, is the same."""
    return (
        one.room.shape == other.room.shape
        and len(one.schemes) == len(other.schemes)
        and _same(
            [
                (getattr(getattr(one, part), name), getattr(getattr(other, part), name))
                for part, names in {
                    "states": ("period", "on_roll", "unplaced_next"),
                    "stays": ("state", "pool", "length", "next"),
                    "limits": ("row", "stay", "offset"),
                }.items()
                for name in names
            ]
        )
        and _same([(one.limit_share, other.limit_share)])
    )


def _same_costs(one: Problem, other: Problem) -> bool:
    """Whether costs are the same, and which places and limits there are none of."""
    return _same(
        [
            (one.stays.cost, other.stays.cost),
            (one.states.unplaced_cost, other.states.unplaced_cost),
            (np.isinf(one.room), np.isinf(other.room)),
            (np.isinf(one.limits.room), np.isinf(other.limits.room)),
        ]
    )


def _same_flows(one: Problem, other: Problem) -> bool:
    """Whether costs, demand and limits are the same, so that the same places have the same best assignment."""
    return _same(
        [
            (one.stays.cost, other.stays.cost),
            (one.states.supply, other.states.supply),
            (one.states.unplaced_cost, other.states.unplaced_cost),
            (one.limits.room, other.limits.room),
        ]
    )
