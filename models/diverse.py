"""Other choices of schemes that cost little more than the best: each as unlike those before it as can be.

Two choices are apart by the schemes that only one of them opens, whenever it does. From the best choice on, each next
one is as far as possible from the nearest of those before it, among all whose cost is within a ceiling: *farthest
first*, whose least distance is at least half of what any so many choices could have [1]_. How far that is, is found by
halving: the least cost of a plan that is so far from all before it (`Schemes.differs`) grows with the distance, and is
either proved above the ceiling or not. Of the choices that are as far, the cheapest is taken.

References
----------
.. [1] Gonzalez (1985), "Clustering to minimize the maximum intercluster distance", Theoretical Computer Science 38.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.solution import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.problem import Problem
    from models.solution import Solution
    from models.warm import Warm


@dataclass(frozen=True)
class Unlike:
    """A choice that is unlike all before it.

    Attributes
    ----------
    solution
        Its plan.
    apart
        By how many schemes it differs from the nearest of those before it.
    proved
        Whether no choice within the ceiling is proved to be farther from all those before it.
    """

    solution: Solution
    apart: int
    proved: bool


def opened(solution: Solution) -> tuple[int, ...]:
    """Return the schemes that a plan opens."""
    return tuple(np.flatnonzero(solution.opens.any(axis=1)).tolist())


def farthest_first(
    warm: Warm,
    problem: Problem,
    first: tuple[int, ...],
    ceiling: float,
    count: int,
    gap: float = 1e-6,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Unlike]:
    """Return up to `count` choices within a ceiling, each as unlike `first` and those before it as can be.

    Fewer are returned when no other choice is within the ceiling.

    Parameters
    ----------
    problem
        Of the structure of `warm`; what it lets open, and what it must, is what choices may differ by.
    first
        The schemes of the best plan.
    ceiling
        Most that a plan may cost.
    gap
        Relative gap to prove in each plan.
    """
    before, found = [first], list[Unlike]()
    while len(found) < count:
        progress(f"{len(found)} of {count} other choices found")
        unlike = _farthest(warm, problem, before, ceiling, gap)
        if unlike is None:
            break
        found.append(unlike)
        before.append(opened(unlike.solution))
    return found


def _farthest(
    warm: Warm, problem: Problem, before: Sequence[tuple[int, ...]], ceiling: float, gap: float
) -> Unlike | None:
    """Return the choice farthest from the nearest of others; None if there is none within the ceiling."""
    best: Solution | None = None
    low, high, proved = 0, 1 + _most(problem, before), True
    while high - low > 1:
        least = (low + high) // 2
        solution = warm.solve(_apart(problem, before, least), gap=gap)
        if solution.status.has_values and solution.objective <= ceiling:
            best, low = solution, _nearest(opened(solution), before)
            continue
        high = least
        proved = solution.status is Status.INFEASIBLE or solution.bound > ceiling
    return None if best is None else Unlike(best, low, proved)


def _apart(problem: Problem, before: Sequence[tuple[int, ...]], least: int) -> Problem:
    differs = tuple((other, least) for other in before)
    return problem.with_numbers(schemes=replace(problem.schemes, differs=differs))


def _nearest(chosen: tuple[int, ...], before: Sequence[tuple[int, ...]]) -> int:
    return min(len(set(chosen) ^ set(other)) for other in before)


def _most(problem: Problem, before: Sequence[tuple[int, ...]]) -> int:
    """Return the most schemes by which a choice could differ from any of others."""
    schemes = problem.schemes
    may = set(np.flatnonzero(schemes.may_open.any(axis=1)).tolist())
    must = set(schemes.must)
    return min(len(may - must - set(other)) + len(set(other) - must) for other in before)
