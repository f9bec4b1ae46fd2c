"""The assignment with schemes fixed, kept warm in the solver: sifting with proof.

Prices of places near the best are climbed to (`models.climb`); the stays that matter at those make the restricted
program (`models.restricted`), written in PuLP and solved by HiGHS. In every round its duals price all other stays in
numpy (`models.priced`), and those that would improve the plan are added, until the bound that the prices prove over
every stay is the cost [1]_. New stays are looked for at prices between the program's and the best so far, as the
duals of a program that is still poor lead astray [2]_.

References
----------
.. [1] Bixby, Gregory, Lustig, Marsten and Shanno (1992), "Very large-scale linear programming: a case study in
   combining interior point and simplex methods", Operations Research 40(5), 885-897 (sifting).
.. [2] Wentges (1997), "Weighted Dantzig-Wolfe decomposition for linear mixed-integer programming", International
   Transactions in Operational Research 4(2), 151-162.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.climb import climb
from models.dominance import undominated
from models.duals import Duals, total
from models.priced import Priced
from models.problem import Schemes
from models.restricted import AssignmentError, Restricted, clean, reached

if TYPE_CHECKING:
    from models.priced import Worth
    from models.problem import Floats, Problem

__all__ = ["Assigned", "Assignment", "AssignmentError", "clean"]

#: Share of the best prices so far in the prices at which stays are looked for.
INWARD = 0.3
#: Share of the reduced cost within which stays matter at first, within which they are added later.
NEAR = 3e-4
#: Share of the cost, and pounds, that floating-point sums may be out by: a bound as near as that is met.
EXACT, EXACT_GBP = 1e-13, 1e-6
#: Rounds after which sifting gives up: far more than any instance has taken.
ROUNDS = 500


@dataclass(frozen=True)
class Assigned:
    """An optimal assignment, or one as near as was asked for.

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
        self._begin(problem.with_numbers(schemes=Schemes.none(problem.periods)))

    def _begin(self, problem: Problem) -> None:
        self._problem = problem
        self._priced = Priced(problem, undominated(problem))
        supply, room = problem.states.supply, self._priced.room(problem)
        self._best, matters = climb(self._priced, supply, room)
        self._near = NEAR * matters
        worth = self._priced.worth(supply, room, self._best)
        ways = reached(self._priced, supply > 0, worth, matters)
        self._program = Restricted(problem, self._priced.forever, ways)

    def solve(self, room: Floats, tolerance: float = 0.0) -> Assigned:
        """Assign units at least cost within `room` places, (Q, P).

        Parameters
        ----------
        tolerance
            Share of the cost by which it may be above the bound.

        Raises
        ------
        AssignmentError
            When the solver fails.
        """
        problem = self._within(room)
        duals, bound = self._sift(problem, tolerance)
        stay, unplaced = self._program.values()
        cost = total(problem.stays.cost, stay) + total(problem.states.unplaced_cost, unplaced)
        return Assigned(stay, unplaced, duals, cost, min(cost, bound))

    def least(self, room: Floats) -> float:
        """Return the least cost within `room` places, (Q, P), as far as it is proved: to some millionths of a pound."""
        return self._sift(self._within(room), 0.0)[1]

    def _within(self, room: Floats) -> Problem:
        """Take on (Q, P) room."""
        problem = self._problem.with_numbers(
            room=np.where(np.isfinite(self._problem.room), room, np.inf)
        )
        self._program.limit_rows(problem.room, problem.limits.room)
        return problem

    def _sift(self, problem: Problem, tolerance: float) -> tuple[Duals, float]:
        """Add stays until the cost is proved; return the duals that prove it, and the bound."""
        priced, program = self._priced, self._program
        supply, room = problem.states.supply, priced.room(problem)
        best, at = priced.worth(supply, room, self._best), self._best
        program.add(reached(priced, supply > 0, best, 0.0))
        for _ in range(ROUNDS):
            cost, places, limits = program.run()
            price = np.concatenate([places.ravel()[priced.cells], limits])
            worth = priced.worth(supply, room, price)
            allowed = max(EXACT_GBP, (EXACT + tolerance) * abs(cost))
            # At equal bounds the program's own duals: with them its answer is complementary.
            if worth.bound >= min(best.bound, cost - allowed):
                best, at = worth, price
            if best.bound >= cost - allowed:
                break
            between = INWARD * at + (1 - INWARD) * price
            mixed = priced.worth(supply, room, between)
            if mixed.bound > best.bound:
                best, at = mixed, between
            if not (self._add(mixed) or self._add(worth)):
                break
        self._best = at
        return self._duals(problem, best, at), best.bound

    def _add(self, worth: Worth) -> bool:
        start = self._program.states | (self._problem.states.supply > 0)
        return self._program.add(reached(self._priced, start, worth, self._near))

    def _duals(self, problem: Problem, worth: Worth, price: Floats) -> Duals:
        places = np.zeros(problem.room.size)
        cells = self._priced.cells
        places[cells] = price[: len(cells)]
        return Duals(worth.balance, places.reshape(problem.room.shape), price[len(cells) :])

    def become(self, problem: Problem) -> None:
        """Take on the numbers of another problem of the same structure; columns and basis stay."""
        old, new = self._problem, problem.with_numbers(schemes=Schemes.none(problem.periods))
        if (np.isinf(old.room) & np.isfinite(new.room)).any():
            self._begin(new)  # a pool without rows is limited now
            return
        self._problem = new
        if not _same_prices(old, new):
            price = np.zeros(old.room.size)
            price[self._priced.cells] = self._best[: len(self._priced.cells)]
            limits = self._best[len(self._priced.cells) :]
            self._priced = Priced(new, undominated(new))
            self._best = np.concatenate([price[self._priced.cells], limits])
        self._program.take_numbers(new, self._priced.forever)

    def mark(self) -> Any:  # noqa: ANN401 - nobody's business
        """Return what is known now, numbers included, to come back to."""
        here = (self._problem, self._priced, self._best, self._near, self._program)
        return here, self._program.mark()

    def back(self, mark: Any) -> None:  # noqa: ANN401
        """Forget everything since a mark."""
        here, program = mark
        self._problem, self._priced, self._best, self._near, self._program = here
        self._program.back(program)

    def uses(self, pool: int, period: int) -> bool:
        """Whether any stay takes a place of the pool in the period."""
        return bool(np.any(self._problem.pool_use[1] == pool * self._problem.periods + period))


def _same_prices(one: Problem, other: Problem) -> bool:
    """Whether costs are the same, and the same pools have a limit: then `Priced` is."""
    return (
        np.array_equal(one.stays.cost, other.stays.cost)
        and np.array_equal(one.states.unplaced_cost, other.states.unplaced_cost)
        and np.array_equal(np.isfinite(one.room), np.isfinite(other.room))
    )
