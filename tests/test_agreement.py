"""The fast way against the reference, on problems drawn at random; and what of it may change nothing but its speed."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.agreement import compare, draw
from models import Problem, Schemes, SideLimits, States, Status, Stays, solve, verify
from models import assignment as assignments
from models.assignment import Assignment
from models.benders import Learned, with_schemes_open
from models.climb import climb
from models.duals import lower_bound
from models.priced import Priced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.problem import Bools, Floats

QUICK = [*range(30), 104, 108]
#: Seeds of problems in which several schemes may open.
WITH_SCHEMES = [seed for seed in range(60) if len(draw(seed).schemes) > 1][:8]


def check(seed: int) -> None:
    found = compare(seed)
    assert found.pounds <= 0.001
    assert found.alike


@pytest.mark.parametrize("seed", QUICK)
def test_both_ways_agree(seed: int) -> None:
    check(seed)


@pytest.mark.slow
def test_both_ways_agree_a_thousand_times() -> None:
    for seed in range(1000):
        check(seed)


def choices(problem: Problem) -> Iterator[Bools]:
    """Every choice of schemes, allowed or not."""
    schemes = problem.schemes
    options = [[None, *np.flatnonzero(may).tolist()] for may in schemes.may_open]
    for chosen in itertools.product(*options):
        opens = np.zeros(schemes.may_open.shape, bool)
        for k, t in enumerate(chosen):
            if t is not None:
                opens[k, t] = True
        yield opens


@pytest.mark.parametrize("seed", WITH_SCHEMES[:4])
def test_no_cut_is_above_the_cost_of_any_choice(seed: int) -> None:
    problem = draw(seed)
    learned = Learned()
    solve(problem, gap=1e-9, whole=False, learned=learned)
    assert learned.duals
    warm = Assignment(problem)
    for opens in itertools.islice(choices(problem), 0, None, 7):
        fixed = with_schemes_open(problem, opens)
        cost = warm.solve(fixed.room).cost
        for duals in learned.duals:
            assert lower_bound(fixed, duals) <= cost + 0.001


@pytest.mark.parametrize("tolerance", [1e-3, 1e-6, 0.0])
@pytest.mark.parametrize("seed", WITH_SCHEMES)
def test_a_nearly_solved_assignment_is_bounded_all_the_same(seed: int, tolerance: float) -> None:
    problem = replace(draw(seed), schemes=Schemes.none(draw(seed).periods))
    least = solve(problem, whole=True).objective
    found = Assignment(problem).solve(problem.room, tolerance)
    assert found.bound <= least + 0.001
    assert least - 0.001 <= found.cost <= least * (1 + tolerance) + 0.001


@pytest.mark.parametrize("seed", WITH_SCHEMES)
def test_where_the_climb_ends_changes_nothing_but_speed(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = draw(seed)
    usual = solve(problem, whole=False)
    random = np.random.default_rng(seed)

    def elsewhere(priced: Priced, supply: Floats, room: Floats) -> tuple[Floats, float]:
        return -random.uniform(0, 1e6, len(room)), 0.0

    monkeypatch.setattr(assignments, "climb", elsewhere)
    found = solve(problem, whole=False)
    assert found.objective == pytest.approx(usual.objective, abs=0.001)
    assert np.array_equal(found.opens, usual.opens)


def test_the_climb_comes_near_the_best_prices() -> None:
    """At half the distance from no prices to the best at least, where places are short at all."""
    climbed = 0
    for seed in range(12):
        problem = replace(draw(seed), schemes=Schemes.none(draw(seed).periods))
        priced = Priced(problem, np.arange(len(problem.stays)))
        supply, room = problem.states.supply, priced.room(problem)
        least = solve(problem, whole=True).objective
        free = priced.worth(supply, room, np.zeros(len(room))).bound
        bound = priced.worth(supply, room, climb(priced, supply, room)[0]).bound
        assert bound <= least + 0.001
        if least - free > 1000:
            climbed += 1
            assert least - bound <= 0.5 * (least - free)
    assert climbed > 2


@pytest.mark.parametrize("seed", WITH_SCHEMES)
def test_without_time_the_fast_way_still_has_a_plan_and_its_true_gap(seed: int) -> None:
    problem = draw(seed)
    best = solve(problem, gap=1e-9, whole=True)
    found = solve(problem, gap=1e-9, whole=False, time_limit=1e-9)
    assert found.status.has_values
    assert found.bound <= best.objective + 0.001 <= found.objective + 0.002
    assert verify(problem, found) == []
    assert (found.status is Status.OPTIMAL) == (found.gap <= 1e-9)


@pytest.mark.parametrize("seed", WITH_SCHEMES)
def test_the_fast_way_gives_the_same_answer_twice(seed: int) -> None:
    one, other = (solve(draw(seed), whole=False) for _ in range(2))
    assert np.array_equal(one.stay, other.stay)
    assert np.array_equal(one.opens, other.opens)
    assert (one.objective, one.bound) == (other.objective, other.bound)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_pennies_and_tens_of_millions_cost_no_pound(seed: int, whole: bool) -> None:
    """Five children, three schools and two schemes, worked out in whole pence by trying everything."""
    random = np.random.default_rng(seed)
    pence = np.rint(10 ** random.uniform(0, 9.5, (5, 3))).astype(np.int64)
    waiting = np.rint(10 ** random.uniform(6, 9.7, 5)).astype(np.int64)
    opening = np.rint(10 ** random.uniform(0, 9.5, 2)).astype(np.int64)
    room = random.integers(0, 2, 3)
    adds = (0, int(random.integers(0, 3)))
    least = min(
        assigned(pence, waiting, room, [adds[k] for k in chosen])
        + sum(int(opening[k]) for k in chosen)
        for chosen in ((), (0,), (1,), (0, 1))
    )
    problem = one_year(pence / 100, waiting / 100, room.astype(float), opening / 100, adds)
    found = solve(problem, gap=1e-12, whole=whole)
    assert found.objective == pytest.approx(least / 100, abs=0.005)
    assert verify(problem, found) == []


def assigned(pence: np.ndarray, waiting: np.ndarray, room: np.ndarray, added: list[int]) -> int:
    """Least pence of giving each child a school with a place, or none, by trying every way."""
    places = [int(room[q]) + added.count(q) for q in range(3)]
    best = sum(map(int, waiting))
    for ways in itertools.product(range(-1, 3), repeat=len(waiting)):
        if all(ways.count(q) <= places[q] for q in range(3)):
            pounds = sum(int(pence[n, q] if q >= 0 else waiting[n]) for n, q in enumerate(ways))
            best = min(best, pounds)
    return best


def one_year(
    cost: Floats, waiting: Floats, room: Floats, opening: Floats, adds: tuple[int, int]
) -> Problem:
    """Return a year in which each child may go to any school, and either scheme adds a place."""
    children, schools = cost.shape
    none = np.full(children * schools, -1)
    return Problem(
        states=States(
            period=np.zeros(children, np.int64),
            supply=np.ones(children),
            on_roll=np.tile([1.0, 0.0], (children, 1)),
            unplaced_cost=waiting,
            unplaced_next=np.full(children, -1),
        ),
        stays=Stays(
            state=np.repeat(np.arange(children), schools),
            pool=np.tile(np.arange(schools), children),
            length=np.ones(len(none), np.int64),
            cost=cost.ravel(),
            next=none,
            preference=np.arange(len(none), dtype=np.float64),
        ),
        room=room[:, None],
        limits=SideLimits(np.zeros(0), *(np.zeros(0, np.int64),) * 3),
        schemes=Schemes(
            may_open=np.ones((2, 1), bool),
            cost=opening[:, None],
            capital=np.zeros(2),
            budget=np.full(1, np.inf),
            scheme=np.arange(2),
            pool=np.array(adds),
            places=np.ones((2, 1)),
        ),
    )
