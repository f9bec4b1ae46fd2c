"""Whole children: nobody is split, nothing is broken, the cost is the difference, and small cases are rounded best."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pulp
import pytest

from models import Problem, SideLimits, States, Stays, solve, verify
from models.benders import with_schemes_open
from models.engines import ENGINES
from models.problem import Schemes
from models.program import formulate
from models.whole import _parts, whole_units
from tests.plans import invoke, plan, prepare
from tests.problems import whole
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

NAMES = sorted(EXPECTED) or ["absent"]


def triangle(supply: float = 1.0) -> Problem:
    """Return three children with a stay each, every two of which share a limit of one child.

    Continuous children are split in halves, at £10 a stay and £100 for waiting; whole, one stays and two wait.
    """
    rows = np.array([0, 1, 1, 2, 2, 0])
    return Problem(
        states=States(
            period=whole(0, 0, 0),
            supply=np.full(3, supply),
            on_roll=np.ones((3, 2)),
            unplaced_cost=np.full(3, 100.0),
            unplaced_next=whole(-1, -1, -1),
        ),
        stays=Stays(
            state=whole(0, 1, 2),
            pool=whole(-1, -1, -1),
            length=whole(1, 1, 1),
            cost=np.full(3, 10.0),
            next=whole(-1, -1, -1),
            preference=np.zeros(3),
        ),
        room=np.zeros((0, 1)),
        limits=SideLimits(np.ones(3), rows, np.repeat(np.arange(3), 2), np.zeros(6, np.int64)),
        schemes=Schemes.none(1),
    )


def test_a_triangle_is_rounded_and_says_what_it_cost() -> None:
    problem = triangle()
    split = solve(problem)
    assert split.stay == pytest.approx([0.5, 0.5, 0.5])
    assert split.objective == pytest.approx(165)
    rounded = whole_units(problem, split)
    assert sorted(rounded.solution.stay) == [0, 0, 1]
    assert rounded.cost == pytest.approx(210 - 165)
    assert (rounded.split, rounded.not_whole) == (3, 0)
    assert rounded.solution.bound == pytest.approx(165)
    assert rounded.solution.duals is None
    assert verify(problem, rounded.solution) == []


def test_a_plan_that_is_whole_keeps_its_proof() -> None:
    problem = triangle(supply=2.0)
    free = replace(problem, limits=replace(problem.limits, room=np.full(3, 4.0)))
    solution = solve(free)
    rounded = whole_units(free, solution)
    assert (rounded.cost, rounded.split) == (0, 0)
    assert rounded.solution.duals is solution.duals
    assert np.array_equal(rounded.solution.stay, solution.stay)


def test_fractional_children_are_left_as_they_are() -> None:
    problem = triangle()
    supply = np.array([1.0, 0.75, 1.0])
    problem = replace(problem, states=replace(problem.states, supply=supply))
    solution = solve(problem)
    rounded = whole_units(problem, solution)
    assert rounded.not_whole == 1
    assert rounded.solution.stay[1] == solution.stay[1]
    assert np.array_equal(rounded.solution.stay[[0, 2]], np.round(rounded.solution.stay[[0, 2]]))
    assert verify(problem, rounded.solution) == []


def test_children_who_leave_in_shares_are_left_as_they_are() -> None:
    problem = triangle()
    leaving = np.array([[1.0, 1.0], [1.0, 0.5], [1.0, 1.0]])
    problem = replace(problem, states=replace(problem.states, on_roll=leaving))
    assert whole_units(problem, solve(problem)).not_whole == 1


def best_whole(problem: Problem) -> float:
    """Return the least cost of whole flows, by an integer program of everything."""
    program = formulate(problem)
    for x in [*program.variables.stay.values(), *program.variables.unplaced.values()]:
        x.cat = pulp.LpInteger
    outcome = ENGINES["cbc"](program.lp, 0.0, None)
    assert outcome.status.has_values
    return float(pulp.value(program.lp.objective))


def crowded(problem: Problem, random: np.random.Generator) -> Problem:
    """Return the problem with whole children who all stay on, in fewer places."""
    states = replace(
        problem.states,
        supply=np.ceil(problem.states.supply),
        on_roll=np.ones_like(problem.states.on_roll),
    )
    room = np.where(
        np.isfinite(problem.room),
        np.floor(problem.room * random.uniform(0.3, 1.0, problem.room.shape)),
        np.inf,
    )
    return replace(problem, states=states, room=room)


@pytest.mark.parametrize(
    "name", [*NAMES[70::25], *(pytest.param(n, marks=pytest.mark.slow) for n in NAMES[::6])]
)
def test_rounding_is_whole_and_never_better_than_it_can_be(name: str, shared_cases: Path) -> None:
    random = np.random.default_rng(6)
    problem = prepare(shared_cases / name).basis.problem
    for _ in range(3):
        changed = crowded(problem, random)
        solution = solve(changed)
        rounded = whole_units(changed, solution)
        found = rounded.solution
        assert verify(changed, found) == []
        assert np.array_equal(found.stay, np.round(found.stay))
        assert np.array_equal(found.unplaced, np.round(found.unplaced))
        assert np.array_equal(found.opens, solution.opens)
        assert rounded.cost == pytest.approx(found.objective - solution.objective)
        assert rounded.cost >= -0.01
        assert found.bound == min(solution.bound, found.objective)
        fixed = with_schemes_open(changed, solution.opens)
        schemes = float((changed.schemes.cost * solution.opens).sum())
        assert found.objective == pytest.approx(best_whole(fixed) + schemes, abs=1.5)


@pytest.mark.parametrize("name", NAMES[2::35])
def test_what_can_be_whole_is(name: str, shared_cases: Path) -> None:
    problem = prepare(shared_cases / name).basis.problem
    rounded = whole_units(problem, solve(problem))
    assert verify(problem, rounded.solution) == []
    part, can = _parts(problem)
    assert rounded.not_whole == (~can).sum()
    flows = rounded.solution.stay[can[part[problem.stays.state]]]
    assert np.array_equal(flows, np.round(flows))


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES[70::45])
def test_a_plan_says_what_whole_children_cost(
    name: str, shared_cases: Path, tmp_path: Path
) -> None:
    as_it_is = plan(shared_cases / name, tmp_path / "a", baseline=False).summary
    rounded = plan(shared_cases / name, tmp_path / "b", baseline=False, whole_children=True).summary
    assert "whole_children_cost_gbp" not in as_it_is
    more = rounded["objective_gbp"] - as_it_is["objective_gbp"]
    assert rounded["whole_children_cost_gbp"] == pytest.approx(max(0.0, more), abs=0.01)
    assert rounded["bound_gbp"] == pytest.approx(as_it_is["bound_gbp"], abs=0.01)
    assert rounded["run_id"] != as_it_is["run_id"]


def test_the_command_says_it_in_words(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    children = (town / "children.csv").read_text("utf-8")
    (town / "children.csv").write_text(children.replace("kid-c,1,", "kid-c,0.5,"), "utf-8")
    words = ("--whole-children", "--no-baseline", "--tables-only")
    done = invoke("plan", town, "--out", tmp_path / "out", *words)
    assert done.exit_code == 0, done.stderr
    assert "no child is split between places, which costs £" in " ".join(done.stdout.split())
    assert "1 group whose number is not whole left as is" in " ".join(done.stdout.split())
