"""Capital budgets to try: how much, and how it is spread over the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.problem import Floats, Problem, Schemes
    from sufficiency.run import Prepared


def spread(problem: Problem, total: float) -> Floats:
    """(P,) what may be spent by each period of a total: in the case's proportions, or all from the start."""
    given = problem.schemes.budget
    if np.isfinite(given).all() and given[-1] > 0:
        return np.asarray(np.round(given * (total / given[-1]), 2), np.float64)
    return np.full(problem.periods, total)


def case_budget(prepared: Prepared) -> float | None:
    """Return the case's own capital over the plan; None where it has no limit or no money."""
    last = float(prepared.basis.problem.schemes.budget[-1])
    return last if np.isfinite(last) and last > 0 else None


def even_budgets(schemes: Schemes, steps: int, given: float | None) -> tuple[float, ...]:
    """Return even steps from no money to what all schemes that may open cost together, and the case's own budget.

    Of schemes that exclude each other only the dearest counts.
    """
    cost = np.where(schemes.may_open.any(axis=1), schemes.capital, 0.0)
    for group in schemes.exclusive:
        others = sorted(group, key=lambda k: cost[k])[:-1]
        cost[others] = 0.0
    even = [float(round(gbp)) for gbp in np.linspace(0.0, np.ceil(cost.sum()), steps + 1)]
    return tuple(sorted({*even, *([given] if given else [])}))
