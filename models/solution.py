"""What a solver found, how sure it is, and when its values may be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.duals import Duals
    from models.problem import Bools, Floats, Ints, Problem, Schemes

#: Pounds that floating-point sums of money may be out by; a budget is overspent by any more.
HALF_A_PENNY = 0.005


class Status(Enum):
    """How a solve ended."""

    OPTIMAL = "optimal"
    """Proved best to within the gap asked for."""
    FEASIBLE = "feasible"
    """A plan, stopped before it was proved best."""
    INFEASIBLE = "infeasible"
    """No plan meets the rules."""
    UNSOLVED = "unsolved"
    """Stopped before any plan was found, or the solver failed."""

    @property
    def has_values(self) -> bool:
        """Whether there are values to read."""
        return self in (Status.OPTIMAL, Status.FEASIBLE)


class NoValuesError(RuntimeError):
    """Values were asked of a solution that has none."""


@dataclass(frozen=True)
class Solution:
    """The answer to a `Problem`.

    Attributes
    ----------
    stay
        (A,) units that take up each stay.
    unplaced
        (S,) units of each state that get no place in its period.
    opens
        (K, P) whether scheme k opens in period t.
    objective, bound
        Cost of this answer, and the proven least cost of any.
    seconds, solver, log
        Time taken, solver with version, its last line in words.
    duals
        What proves that no assignment with these schemes costs less; None where no proof is given.
    """

    status: Status
    stay: Floats
    unplaced: Floats
    opens: Bools
    objective: float
    bound: float
    seconds: float
    solver: str
    log: str
    duals: Duals | None = None

    @property
    def gap(self) -> float:
        """Relative distance between objective and bound; 0 is a proof."""
        if not self.status.has_values:
            return float("inf")
        return max(0.0, self.objective - self.bound) / max(1.0, abs(self.objective))

    def need_values(self) -> Solution:
        """Return itself, or refuse when the status does not allow values to be read."""
        if not self.status.has_values:
            message = f"there is no plan to read: {self.status.value}"
            raise NoValuesError(message)
        return self

    def opening(self) -> Ints:
        """(K,) period in which each scheme opens, or -1."""
        return opening_of(self.opens)


def opening_of(opens: Bools) -> Ints:
    """(K,) period in which each scheme opens, or -1, of the (K, P) openings."""
    return np.where(opens.any(axis=1), opens.argmax(axis=1), -1)


def opens_of(opening: Sequence[int], periods: int) -> Bools:
    """(K, P) whether each scheme opens in a period, of the period in which it does, or -1."""
    opens = np.zeros((len(opening), periods), bool)
    for k, t in enumerate(opening):
        if t >= 0:
            opens[k, t] = True
    return opens


def overspent(schemes: Schemes, opens: Bools) -> list[tuple[int, tuple[int, ...]]]:
    """Return the periods by which more is spent than the budget so far, each with the schemes that spend it."""
    spent = np.cumsum(schemes.capital @ opens)
    return [
        (int(t), tuple(np.flatnonzero(opens[:, : t + 1].any(axis=1)).tolist()))
        for t in np.flatnonzero(spent > schemes.budget + HALF_A_PENNY)
    ]


def too_alike(schemes: Schemes, opens: Bools) -> Floats:
    """(D,) by how many schemes too few a choice differs from each that it must differ from (positive = broken)."""
    chosen = set(np.flatnonzero(opens.any(axis=1)).tolist())
    return np.array([least - len(chosen ^ set(other)) for other, least in schemes.differs], float)


def added_places(problem: Problem, opens: Bools) -> Floats:
    """(Q, P) places that the opened schemes add to each pool in each period."""
    added = np.zeros_like(problem.room)
    schemes = problem.schemes
    for entry, (scheme, pool) in enumerate(zip(schemes.scheme, schemes.pool, strict=True)):
        for period in np.flatnonzero(opens[scheme]):
            added[pool, period:] += schemes.places[entry, : problem.periods - period]
    return added
