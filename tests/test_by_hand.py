"""A spreadsheet's rules beside the plan: they obey its rules, never beat it, and cost what is claimed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks import by_hand
from benchmarks.agreement import draw
from models import Problem, solve, verify

SEEDS = range(20)


def alone(problem: Problem) -> Problem:
    """Return the problem with the schemes that a ranking opens, and no other."""
    opens = by_hand.cheapest_a_place(problem)
    must = tuple(np.flatnonzero(opens.any(axis=1)).tolist())
    schemes = replace(problem.schemes, may_open=opens, must=must, differs=())
    return replace(problem, schemes=schemes)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_list_obeys_every_rule_and_never_beats_the_plan(seed: int) -> None:
    problem = draw(seed)
    opens = by_hand.cheapest_a_place(problem)
    order = np.random.default_rng(seed).permutation(len(problem.states))
    listed = by_hand.down_the_list(problem, opens, problem.stays.cost, order)
    assert verify(problem, listed) == []
    best = solve(problem, gap=1e-9)
    fixed = solve(alone(problem), gap=1e-9)
    assert best.objective <= fixed.objective + 0.01 <= listed.objective + 0.02


def test_lists_miss_what_a_place_is_worth_to_those_further_down() -> None:
    dearer = 0
    for seed in SEEDS:
        problem = draw(seed)
        opens = by_hand.cheapest_a_place(problem)
        order = np.arange(len(problem.states))
        listed = by_hand.down_the_list(problem, opens, problem.stays.cost, order)
        dearer += listed.objective > solve(problem, gap=1e-9).objective + 1
    assert dearer > len(SEEDS) / 2


def test_a_ranking_opens_the_cheapest_a_place_that_the_budget_allows() -> None:
    found = 0
    for seed in range(200):
        schemes = draw(seed).schemes
        opens = by_hand.cheapest_a_place(draw(seed))
        assert (opens.sum(axis=1) <= 1).all()
        assert (opens <= schemes.may_open).all()
        assert (np.cumsum(schemes.capital @ opens) <= schemes.budget + 0.01).all()
        for group in schemes.exclusive:
            assert opens[list(group)].sum() <= 1
        found += int(opens.any())
    assert found > 50


def test_more_is_told_of_money_as_a_share_too() -> None:
    plan = {"cost_gbp": 200.0, "unplaced_years": 1.0, "independent_years": 4.0, "km": 10.0}
    one = {"cost_gbp": 210.0, "unplaced_years": 1.0, "independent_years": 3.0, "km": 12.5}
    more = by_hand.over({"plan": plan}, one)
    assert more == {
        "cost_gbp": 10.0,
        "unplaced_years": 0.0,
        "independent_years": -1.0,
        "km": 2.5,
        "cost_pct": 5.0,
    }


@pytest.mark.slow
def test_the_rules_are_dearer_on_a_worked_example() -> None:
    found = by_hand.compare(by_hand.ROOT / "examples" / "bucks-year-groups", orders=2)
    assert set(found["rules"]) == {
        f"{rule}; the plan's schemes"
        for rule in ("nearest", "nearest, the council's own first", "cheapest")
    }
    for name, more in by_hand.rows(found):
        assert more["cost_pct"] > 2, name
    assert "bucks-year-groups: the plan costs £" in by_hand.in_words(found)
