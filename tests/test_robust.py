"""One choice for many scenarios: what is found is what trying every choice in every scenario finds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import Problem, solve
from models.robust import MEAN, REGRET, Priced, Sample, choose_for_all
from models.warm import Warm
from tests.drawn import draw
from tests.plans import prepare

if TYPE_CHECKING:
    from models.problem import Bools

SLOW = [seed for seed in range(40, 70) if draw(seed).tables["schemes"]]
SEEDS = [4, 9, 28, *(pytest.param(seed, marks=pytest.mark.slow) for seed in SLOW)]


def scenarios(problem: Problem, count: int, seed: int) -> list[Problem]:
    """Return the problem with other numbers of children and other costs."""
    random = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        supply = problem.states.supply * random.uniform(0.2, 3.0, len(problem.states))
        cost = problem.stays.cost * random.uniform(0.6, 1.8, len(problem.stays))
        made.append(
            problem.with_numbers(
                states=replace(problem.states, supply=supply),
                stays=replace(problem.stays, cost=cost),
            )
        )
    return made


def every_choice(problem: Problem) -> Iterator[Bools]:
    """Yield every choice that keeps the rules, the slow way."""
    schemes, horizon = problem.schemes, problem.periods
    times = [[-1, *np.flatnonzero(may).tolist()] for may in schemes.may_open]
    for chosen in product(*times):
        opens = np.zeros((len(schemes), horizon), bool)
        for k, t in enumerate(chosen):
            if t >= 0:
                opens[k, t] = True
        late = [t if t >= 0 else horizon for t in chosen]
        if (
            (np.cumsum(schemes.capital @ opens) <= schemes.budget + 0.005).all()
            and all(sum(chosen[k] >= 0 for k in group) <= 1 for group in schemes.exclusive)
            and all(chosen[k] < 0 or late[k] >= late[other] for k, other in schemes.requires)
        ):
            yield opens


def price(warm: Warm, made: list[Problem], wanted: Sequence[Bools]) -> list[Priced]:
    found = []
    for opens in wanted:
        costs, cuts = [], []
        for problem in made:
            plan = warm.assign(opens, problem)
            assert plan.duals is not None
            costs.append(plan.objective)
            cuts += warm.cuts(plan.duals)
        found.append(Priced(opens, np.array(costs), cuts))
    return found


def sample_of(warm: Warm, made: list[Problem]) -> Sample:
    best, cuts = [], []
    for problem in made:
        best.append(warm.solve(problem).objective)
        cuts.append(warm.cuts())
    sample = Sample(made[0], np.array(best), cuts)
    sample.take(price(warm, made, [np.zeros_like(made[0].schemes.may_open)]))
    return sample


@pytest.mark.parametrize("seed", SEEDS)
def test_the_choice_is_that_of_trying_every_one(seed: int, tmp_path: Path) -> None:
    problem = prepare(draw(seed).write(tmp_path / "case")).basis.problem
    made = scenarios(problem, 5, seed)
    warm = Warm(problem)
    sample = sample_of(warm, made)
    everything = price(warm, made, list(every_choice(problem)))
    wanted = {aim: min(sample.value(one, aim) for one in everything) for aim in (MEAN, REGRET)}
    found = choose_for_all(sample, lambda opens: price(warm, made, opens))
    for aim, least in wanted.items():
        size = 1e-6 * found[MEAN].priced.costs.mean()
        assert found[aim].value == pytest.approx(least, abs=2 * size + 0.01)
        assert found[aim].bound <= least + size + 0.01
        assert found[aim].gap <= 1e-6


def test_cuts_are_below_what_every_choice_costs(tmp_path: Path) -> None:
    problem = prepare(draw(28).write(tmp_path / "case")).basis.problem
    warm = Warm(problem)
    for made in scenarios(problem, 3, 1):
        warm.solve(made)
        cuts = warm.cuts()
        assert cuts
        for opens in every_choice(problem):
            plan = warm.assign(opens, made)
            flows = plan.objective - float((made.schemes.cost * opens).sum())
            for constant, slope in cuts:
                assert constant + float((slope * opens).sum()) <= flows + 0.01
        cold = solve(made, whole=True)
        assert cold.objective == pytest.approx(warm.solve(made).objective, rel=2e-6, abs=0.01)


def test_what_is_not_proved_in_time_says_so(tmp_path: Path) -> None:
    problem = prepare(draw(28).write(tmp_path / "case")).basis.problem
    warm, made = Warm(problem), scenarios(problem, 3, 2)
    sample = sample_of(warm, made)
    sample.cuts = [[] for _ in made]
    sample.take(price(warm, made, [np.zeros_like(problem.schemes.may_open)]))
    found = choose_for_all(sample, lambda opens: price(warm, made, opens), rounds=0)
    assert found[MEAN].bound <= found[MEAN].value
