"""Limits that count some units for more, by the minutes of a journey, say: both ways of solving agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.agreement import draw
from models import Problem, SideLimits, solve, verify
from models.nested import nest
from models.problem import ProblemError
from models.warm import Warm
from tests.problems import small


def weighted(seed: int) -> Problem:
    """Return a drawn problem with one more limit, of at most so many minutes over all its years."""
    problem = draw(seed)
    random, stays, limits = np.random.default_rng(seed), problem.stays, problem.limits
    minutes = np.round(random.uniform(0, 60, len(stays)), 1)
    years = [
        problem.states.on_roll[s, :n].sum() for s, n in zip(stays.state, stays.length, strict=True)
    ]
    weight, stay = minutes * np.array(years), np.arange(len(stays))
    best = solve(problem).need_values()
    used = float(weight @ best.stay)
    return replace(
        problem,
        limits=SideLimits(
            room=np.append(limits.room, random.uniform(0.3, 1.0) * used),
            row=np.append(limits.row, np.full(len(stay), len(limits))),
            stay=np.append(limits.stay, stay),
            offset=np.append(limits.offset, np.zeros_like(stay)),
            weight=np.append(np.ones(len(limits.row)), weight),
        ),
    )


@pytest.mark.parametrize("seed", range(12))
def test_both_ways_agree(seed: int) -> None:
    problem = weighted(seed)
    whole, decomposed = (solve(problem, whole=way, gap=1e-9) for way in (True, False))
    assert verify(problem, whole) == verify(problem, decomposed) == []
    assert decomposed.objective == pytest.approx(whole.objective, rel=1e-7, abs=0.01)
    assert whole.objective >= solve(draw(seed)).objective - 0.01
    warm = Warm(problem).solve(gap=1e-9)
    assert warm.objective == pytest.approx(whole.objective, rel=1e-7, abs=0.01)


def test_minutes_over_the_limit_are_found() -> None:
    """The check that knows no solver counts weights: a plan of too many minutes breaks the rule."""
    problem = small()
    best = solve(problem)
    weights = np.array([1.0, 60.0, 60.0])
    heavy = replace(problem, limits=replace(problem.limits, weight=weights))
    used = problem.limit_share * best.stay[problem.limits.stay]
    assert used[1:].any()
    assert any(rule.rule == "limit" for rule in verify(heavy, best))
    assert heavy.limit_share == pytest.approx(problem.limit_share * weights)


def test_no_flow_has_weights() -> None:
    problem = draw(3)
    stays = replace(problem.stays, length=np.ones_like(problem.stays.length))
    stays = replace(stays, next=np.full_like(stays.next, -1))
    states = replace(problem.states, unplaced_next=np.full_like(problem.states.unplaced_next, -1))
    nothing = np.zeros(0, np.int64)
    plain = replace(
        problem,
        stays=stays,
        states=states,
        limits=SideLimits(np.zeros(0), nothing, nothing, nothing),
    )
    assert nest(plain) is not None
    heavy = SideLimits(np.zeros(0), nothing, nothing, nothing, weight=np.zeros(0))
    assert nest(replace(plain, limits=heavy)) is None


def test_weights_are_not_negative() -> None:
    problem = small()
    with pytest.raises(ProblemError, match="weight"):
        replace(problem, limits=replace(problem.limits, weight=np.array([1.0, -1.0, 1.0])))


def test_other_weights_are_another_structure() -> None:
    problem = small()
    other = replace(problem, limits=replace(problem.limits, weight=np.array([1.0, 2.0, 1.0])))
    with pytest.raises(ProblemError, match="structure"):
        Warm(problem).solve(other)
