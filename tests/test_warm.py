"""A warm model answers as a cold one does, whatever was asked of it before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models import Problem, Status, solve, verify
from models.problem import ProblemError
from models.warm import Warm
from tests.plans import prepare
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

NAMES = sorted(EXPECTED) or ["absent"]
#: A few cases at once, more of them when there is time.
SOME = [
    *NAMES[10::40],
    *(pytest.param(name, marks=pytest.mark.slow) for name in NAMES[::14]),
]


def problem_of(case: Path) -> Problem:
    return prepare(case).basis.problem


def other_places(problem: Problem, random: np.random.Generator) -> Problem:
    changed = np.maximum(0.0, problem.room + random.integers(-2, 3, problem.room.shape))
    return problem.with_numbers(room=changed)


def other_demand(problem: Problem, random: np.random.Generator) -> Problem:
    factor = random.uniform(0.5, 1.6, len(problem.states))
    return problem.with_numbers(
        states=replace(problem.states, supply=problem.states.supply * factor)
    )


def other_costs(problem: Problem, random: np.random.Generator) -> Problem:
    stays, states = problem.stays, problem.states
    return problem.with_numbers(
        stays=replace(stays, cost=stays.cost * random.uniform(0.5, 2.0, len(stays))),
        states=replace(states, unplaced_cost=states.unplaced_cost * random.uniform(0.7, 1.3)),
    )


def other_limits(problem: Problem, random: np.random.Generator) -> Problem:
    room = np.maximum(0.0, problem.limits.room + random.integers(-2, 2, len(problem.limits)))
    return problem.with_numbers(limits=replace(problem.limits, room=room))


def other_budget(problem: Problem, random: np.random.Generator) -> Problem:
    schemes = problem.schemes
    most = float(schemes.capital.sum())
    budget = np.full(problem.periods, random.uniform(0.0, most))
    return problem.with_numbers(schemes=replace(schemes, budget=budget))


def other_periods(problem: Problem, random: np.random.Generator) -> Problem:
    may_open = problem.schemes.may_open & (random.random(problem.schemes.may_open.shape) < 0.6)
    return problem.with_numbers(schemes=replace(problem.schemes, may_open=may_open))


def no_limits_to_places(problem: Problem, random: np.random.Generator) -> Problem:
    free = random.random(problem.room.shape) < 0.2
    return problem.with_numbers(room=np.where(free, np.inf, problem.room))


def limits_to_all_places(problem: Problem, random: np.random.Generator) -> Problem:
    given = random.integers(0, 4, problem.room.shape)
    return problem.with_numbers(room=np.where(np.isinf(problem.room), given, problem.room))


CHANGES = (
    other_places,
    other_demand,
    other_budget,
    other_costs,
    other_limits,
    other_periods,
    no_limits_to_places,
    limits_to_all_places,
)


@pytest.mark.parametrize("name", SOME)
def test_a_warm_plan_costs_what_a_cold_one_does(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    warm, random = Warm(problem), np.random.default_rng(3)
    for change in (*CHANGES, *reversed(CHANGES)):
        changed = change(problem, random)
        found = warm.solve(changed)
        assert verify(changed, found) == [], change.__name__
        assert found.status is Status.OPTIMAL
        cold = solve(changed, whole=True)
        assert found.objective == pytest.approx(cold.objective, abs=0.01, rel=2e-6)
        assert found.bound <= cold.objective + 0.01
    again, cold = warm.solve(), solve(problem)
    assert again.objective == pytest.approx(cold.objective, abs=0.01, rel=2e-6)


@pytest.mark.parametrize("name", SOME)
def test_fixed_schemes_cost_what_they_cost_alone(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    schemes = problem.schemes
    warm, random = Warm(problem), np.random.default_rng(4)
    for _ in range(4):
        opens = np.zeros_like(schemes.may_open)
        for k in np.flatnonzero(random.random(len(schemes)) < 0.5):
            opens[k, random.integers(problem.periods)] = True
        free = replace(schemes, budget=np.full(problem.periods, np.inf), exclusive=(), requires=())
        changed = other_demand(problem, random).with_numbers(schemes=replace(free, may_open=opens))
        found = warm.assign(opens, changed)
        assert verify(changed, found) == []
        must = replace(free, may_open=opens, must=tuple(np.flatnonzero(opens.any(axis=1)).tolist()))
        cold = solve(changed.with_numbers(schemes=must), whole=True)
        assert found.objective == pytest.approx(cold.objective, abs=0.01, rel=1e-8)


@pytest.mark.parametrize("name", SOME)
def test_from_a_mark_the_same_question_has_the_same_answer(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    warm, random = Warm(problem), np.random.default_rng(5)
    warm.solve()
    mark = warm.mark()
    changed = [change(problem, random) for change in CHANGES]
    first = []
    for one in changed:
        warm.back(mark)
        first.append(warm.solve(one))
    for one, before in reversed(list(zip(changed, first, strict=True))):
        warm.back(mark)
        again = warm.solve(one)
        assert verify(one, again) == []
        assert again.objective == before.objective
        assert np.array_equal(again.opens, before.opens)
        assert np.array_equal(again.stay, before.stay)


@pytest.mark.parametrize("whole", [True, False])
def test_a_scheme_that_must_open_opens_in_its_best_year(*, whole: bool, tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    schemes = replace(problem.schemes, budget=np.full(problem.periods, np.inf))
    for k in range(len(schemes)):
        must = problem.with_numbers(schemes=replace(schemes, must=(k,)))
        found = solve(must, whole=whole)
        assert verify(must, found) == []
        each = []
        for t in np.flatnonzero(schemes.may_open[k]):
            only = schemes.may_open.copy()
            only[k] = np.arange(problem.periods) == t
            alone = replace(schemes, may_open=only, must=(k,))
            each.append(solve(problem.with_numbers(schemes=alone), whole=True).objective)
        assert found.objective == pytest.approx(min(each), abs=0.01)


@pytest.mark.parametrize("whole", [True, False])
def test_what_must_open_and_cannot_be_paid_for_is_no_plan(*, whole: bool, tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    broke = replace(problem.schemes, budget=np.zeros(problem.periods), must=(0,))
    assert problem.schemes.capital[0] > 0
    assert solve(problem.with_numbers(schemes=broke), whole=whole).status is Status.INFEASIBLE


def test_another_structure_is_refused(tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    moved = replace(problem, stays=replace(problem.stays, pool=problem.stays.pool * 0))
    with pytest.raises(ProblemError):
        Warm(problem).solve(moved)


def test_the_same_question_is_answered_from_memory(tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    warm = Warm(problem)
    opens = np.zeros_like(problem.schemes.may_open)
    first = warm.assign(opens)
    assert warm.assign(opens).stay is first.stay
    dearer = problem.with_numbers(stays=replace(problem.stays, cost=problem.stays.cost * 2))
    assert warm.assign(opens, dearer).objective > first.objective


def test_what_one_has_learned_another_begins_with(tmp_path: Path) -> None:
    """Another warm model with the same duals and openings finds the same plan, with less to learn."""
    problem = problem_of(write_town(tmp_path))
    cold = Warm(problem)
    first = cold.solve()
    again = Warm(problem, cold.known).solve()
    assert (again.opens == first.opens).all()
    assert again.objective == pytest.approx(first.objective, rel=1e-9)
    cuts = [int(plan.log.split(" cuts")[0]) for plan in (first, again)]
    assert cuts[1] - len(cold.known.duals) < cuts[0]
