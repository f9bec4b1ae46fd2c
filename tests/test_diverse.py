"""Choices that differ: against every choice there is, of problems small enough to try them all."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations

import numpy as np
import pytest

from benchmarks.agreement import draw
from models import Problem, solve, verify
from models.diverse import farthest_first, opened
from models.problem import ProblemError
from models.warm import Warm
from tests.problems import small

FOUND = [seed for seed in range(60) if len(draw(seed).schemes) >= 4][:10]
#: A few at once, more of them when there is time.
SEEDS = [*FOUND[:2], *(pytest.param(seed, marks=pytest.mark.slow) for seed in FOUND[2:])]


def every_choice(problem: Problem) -> dict[tuple[int, ...], float]:
    """Return the least cost of each set of schemes that may open together."""
    schemes = problem.schemes
    names = range(len(schemes))
    found = {}
    for chosen in chain.from_iterable(combinations(names, n) for n in range(len(schemes) + 1)):
        only = schemes.may_open & np.isin(names, chosen)[:, None]
        changed = replace(problem, schemes=replace(schemes, may_open=only, must=chosen))
        answer = solve(changed, whole=True)
        if answer.status.has_values:
            found[chosen] = answer.objective
    return found


def with_differs(problem: Problem, *differs: tuple[tuple[int, ...], int]) -> Problem:
    return problem.with_numbers(schemes=replace(problem.schemes, differs=differs))


def apart(one: tuple[int, ...], *others: tuple[int, ...]) -> int:
    return min(len(set(one) ^ set(other)) for other in others)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cheapest_choice_that_differs_is_found_either_way(seed: int) -> None:
    problem = draw(seed)
    every = every_choice(problem)
    best = opened(solve(problem))
    warm = Warm(problem)
    for least in range(1, len(problem.schemes) + 1):
        allowed = [cost for chosen, cost in every.items() if apart(chosen, best) >= least]
        changed = with_differs(problem, (best, least))
        for answer in (solve(changed, whole=True), warm.solve(changed)):
            assert answer.status.has_values == bool(allowed)
            if allowed:
                assert answer.objective == pytest.approx(min(allowed), abs=0.02, rel=2e-6)
                assert apart(opened(answer), best) >= least
                assert verify(changed, answer) == []


@pytest.mark.parametrize("share", [0.02, 0.5])
@pytest.mark.parametrize("seed", SEEDS)
def test_each_is_as_far_from_those_before_as_any(seed: int, share: float) -> None:
    problem = draw(seed)
    every = every_choice(problem)
    plan = solve(problem)
    ceiling = plan.objective * (1 + share) + 1
    within = {chosen: cost for chosen, cost in every.items() if cost <= ceiling}
    before = [opened(plan)]
    found = farthest_first(Warm(problem), problem, before[0], ceiling, 4)
    for unlike in found:
        chosen = opened(unlike.solution)
        farthest = max(apart(other, *before) for other in within)
        assert unlike.proved
        assert unlike.apart == apart(chosen, *before) == farthest
        assert unlike.solution.objective <= ceiling
        assert unlike.solution.objective == pytest.approx(
            min(c for other, c in within.items() if apart(other, *before) == farthest),
            abs=0.02,
            rel=2e-6,
        )
        before.append(chosen)
    assert len(found) == min(4, len(within) - 1)


def test_a_choice_of_schemes_that_are_not_there_is_refused() -> None:
    with pytest.raises(ProblemError, match="no such scheme"):
        with_differs(small(), ((7,), 1))
