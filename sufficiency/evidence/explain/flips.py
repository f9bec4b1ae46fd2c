"""What would have to change for a decision on a scheme to flip: its price, found by planning again.

With a scheme in, the least cost rises with its capital as the annuity does, in straight pieces, one for each year in
which it may open, each flatter than the one before; so steps along the piece at hand never pass the price at which the
plan with it costs what the plan without it does. Where the budget stands in the way before that, the price at which it
does is found by halving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sufficiency.errors import NoPlanError
from sufficiency.schemes import annuity, discount, proposed

if TYPE_CHECKING:
    from collections.abc import Callable

    from models import Problem
    from sufficiency.evidence.study import Study, Trial

#: Pounds, and share, of capital within which a price is found; steps towards it at most.
NEAR_GBP, NEAR, STEPS = 1_000.0, 0.01, 24
#: Times its own capital up to which a dearer price is looked for.
DEAREST = 3.0


@dataclass(frozen=True)
class Price:
    """The capital at which a decision flips.

    Attributes
    ----------
    capital_gbp
        The most at which the scheme is in a best plan, to about `NEAR`; -1 if it is in none even for nothing, and
        inf if it still is at `DEAREST` times its capital.
    by_budget
        Whether at any more the budget does not allow it, though it would be worth it.
    """

    capital_gbp: float
    by_budget: bool = False


def without(study: Study, k: int) -> Trial:
    """Return the best plan without a proposed scheme."""
    schemes = study.problem.schemes
    may = schemes.may_open.copy()
    may[k] = False
    must = tuple(other for other in schemes.must if other != k)
    return study.best(study.problem.with_numbers(schemes=replace(schemes, may_open=may, must=must)))


def forced(
    study: Study, k: int, capital_gbp: float | None = None, *, rich: bool = False
) -> Trial | None:
    """Return the best plan with a proposed scheme in, at another capital; None where there is none.

    Parameters
    ----------
    rich
        Whether there is no limit to capital.
    """
    problem = at_capital(study, k, capital_gbp)
    schemes = replace(problem.schemes, must=tuple({*problem.schemes.must, k}))
    if rich:
        schemes = replace(schemes, budget=np.full(problem.periods, np.inf))
    try:
        return study.best(problem.with_numbers(schemes=schemes))
    except NoPlanError:
        return None


def at_capital(study: Study, k: int, capital_gbp: float | None) -> Problem:
    """Return the problem with another capital of a scheme, charge and cash."""
    problem, schemes = study.problem, study.problem.schemes
    if capital_gbp is None:
        return problem
    more = capital_gbp - float(schemes.capital[k])
    cost, capital = schemes.cost.copy(), schemes.capital.copy()
    cost[k] += more * slope(study, k)
    capital[k] += more
    return problem.with_numbers(schemes=replace(schemes, cost=cost, capital=capital))


def slope(study: Study, k: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(P,) what a pound of capital adds to the cost, by the period in which the scheme opens."""
    settings = study.prepared.case.settings
    scheme = proposed(study.prepared.basis.schemes)[k]
    charge = annuity(1.0, settings.money.discount_rate_pct / 100, scheme.lifetime_years)
    left = np.cumsum(discount(settings)[::-1])[::-1]
    return np.asarray(charge * left, np.float64)


def break_even(study: Study, k: int, bare: Trial, said: Callable[[str], None]) -> Price:
    """Return the capital up to which a scheme is in a best plan, everything else as it is.

    Parameters
    ----------
    bare
        The best plan without it.
    """
    own = float(study.problem.schemes.capital[k])
    most = DEAREST * max(own, NEAR_GBP)
    low, trial = own, forced(study, k, own)
    if not _worth_it(study, trial, bare):
        low, trial = 0.0, forced(study, k, 0.0)
    if trial is None or not _worth_it(study, trial, bare):
        return Price(-1.0)
    rate = slope(study, k)
    for n in range(STEPS):
        said(f"at which price: {n + 1} tried")
        at = float(rate[int(trial.solution.opening()[k])])
        price = low + (bare.solution.objective - trial.solution.objective) / at
        if price - low < NEAR_GBP:
            break
        there = forced(study, k, min(price, most))
        if there is None or not _worth_it(study, there, bare):
            return _halved(study, k, bare, (low, trial), min(price, most))
        if price >= most:
            return Price(np.inf)
        low, trial = price, there
    return Price(low)


def _worth_it(study: Study, trial: Trial | None, bare: Trial) -> bool:
    """Whether a plan with a scheme costs no more than the best without it, to within what is proved."""
    if trial is None:
        return False
    proved = max(study.gap * abs(bare.solution.objective), 0.01)
    return trial.solution.objective <= bare.solution.objective + proved


def _halved(study: Study, k: int, bare: Trial, worth: tuple[float, Trial], high: float) -> Price:
    """Return the price between one that is worth it and one that is not: the budget sets it, so that cost leaps."""
    low, trial = worth
    while high - low > max(NEAR_GBP, NEAR * high):
        middle = (low + high) / 2
        there = forced(study, k, middle)
        if there is not None and _worth_it(study, there, bare):
            low, trial = middle, there
        else:
            high = middle
    at = float(slope(study, k)[int(trial.solution.opening()[k])])
    beyond = (
        bare.solution.objective - trial.solution.objective > 2 * max(NEAR_GBP, NEAR * high) * at
    )
    return Price(low, by_budget=beyond)


def more_budget(study: Study, k: int) -> float | None:
    """Return how much more capital from the first year on would be enough for a best plan to have a scheme.

    To about a sixteenth of what all schemes cost; None where no budget would do.
    """
    schemes = study.problem.schemes
    most = float(schemes.capital.sum())
    low, high = 0.0, most
    if not _opens(study, k, high):
        return None
    while high - low > most / 16:
        middle = (low + high) / 2
        low, high = (low, middle) if _opens(study, k, middle) else (middle, high)
    return high


def _opens(study: Study, k: int, more_gbp: float) -> bool:
    schemes = study.problem.schemes
    richer = replace(schemes, budget=schemes.budget + more_gbp)
    trial = study.best(study.problem.with_numbers(schemes=richer))
    return bool(trial.solution.opens[k].any())
