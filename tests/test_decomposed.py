"""The decomposed way gives the answer of the whole program, proves it, and stays right when kept warm."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models import Problem, Schemes, Status, solve, verify
from models.assignment import Assignment
from models.benders import with_schemes_open
from models.dominance import undominated
from models.duals import Duals, lower_bound, reduced_costs
from models.value import Valuer, value_places
from tests.plans import prepare
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

NAMES = sorted(EXPECTED) or ["absent"]
#: Cases with full pools, several years and schemes: enough to hit every branch of the search.
SOME = NAMES[::12]


def problem_of(case: Path) -> Problem:
    return prepare(case).basis.problem


def without_schemes(problem: Problem) -> Problem:
    return with_schemes_open(problem, np.zeros_like(problem.schemes.may_open))


@pytest.mark.parametrize("name", NAMES)
def test_gives_the_known_objective_and_its_proof(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    solution = solve(problem, whole=False)
    known = EXPECTED[name]["objective_gbp"]
    assert solution.objective == pytest.approx(known, abs=max(1.0, 1e-6 * abs(known)))
    assert solution.status is Status.OPTIMAL
    assert solution.duals is not None
    assert verify(problem, solution) == []


@pytest.mark.parametrize("name", SOME)
def test_both_ways_take_the_same_course(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    whole, decomposed = solve(problem, whole=True), solve(problem, whole=False)
    assert np.array_equal(whole.opens, decomposed.opens)
    assert decomposed.objective == pytest.approx(whole.objective, abs=0.01)
    preference = problem.stays.preference
    assert preference @ decomposed.stay == pytest.approx(preference @ whole.stay, abs=1e-3)


@pytest.mark.parametrize("name", SOME)
def test_a_warm_answer_is_the_cold_one(name: str, shared_cases: Path) -> None:
    problem = without_schemes(problem_of(shared_cases / name))
    warm = Assignment(problem)
    random = np.random.default_rng(1)
    for _ in range(6):
        places = random.integers(0, 5, problem.room.shape).astype(np.float64)
        room = np.where(np.isfinite(problem.room), places, np.inf)
        changed = replace(problem, room=room)
        found = warm.solve(room)
        assert found.cost == pytest.approx(solve(changed, whole=True).objective, abs=0.01)
        assert found.bound == pytest.approx(found.cost, rel=1e-7, abs=0.01)


def test_a_wrong_certificate_is_found(tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    solution = solve(problem)
    assert solution.duals is not None
    worse = replace(solution.duals, balance=solution.duals.balance * 0.9)
    rules = [found.rule for found in verify(problem, replace(solution, duals=worse))]
    assert rules == ["assignment is proved best"]


def test_any_duals_bound_the_cost_from_below(tmp_path: Path) -> None:
    problem = without_schemes(problem_of(write_town(tmp_path)))
    least = solve(problem).objective
    random = np.random.default_rng(2)
    for _ in range(20):
        duals = Duals(
            random.normal(0, 1e5, len(problem.states)),
            random.normal(0, 1e4, problem.room.shape) * np.isfinite(problem.room),
            random.normal(0, 1e4, len(problem.limits)),
        )
        assert lower_bound(problem, duals) <= least + 0.01


def test_a_dominated_stay_is_left_out_and_would_not_help(tmp_path: Path) -> None:
    problem = problem_of(write_town(tmp_path))
    kept = undominated(problem)
    everything = replace(problem, schemes=Schemes.none(problem.periods))
    duals = solve(everything).duals
    assert duals is not None
    left_out = np.setdiff1d(np.arange(len(problem.stays)), kept)
    assert (reduced_costs(everything, duals)[0][left_out] >= -1e-6).all()


def test_a_free_dearer_stay_is_dominated(shared_cases: Path) -> None:
    problems = [problem_of(shared_cases / name) for name in NAMES[:5]]
    assert any(len(undominated(problem)) < len(problem.stays) for problem in problems)


@pytest.mark.parametrize("places", [1.0, 8.0])
@pytest.mark.parametrize("name", SOME[:6])
def test_the_value_of_places_is_that_of_planning_again(
    name: str, places: float, shared_cases: Path
) -> None:
    problem = problem_of(shared_cases / name)
    solution = solve(problem)
    values = value_places(problem, solution, places)
    fixed = with_schemes_open(problem, solution.opens)
    as_it_is = solve(fixed, whole=True).objective
    for cell in zip(*np.nonzero(np.isfinite(fixed.room)), strict=True):
        for change, found in ((places, values.saved_by_more), (-places, values.cost_of_fewer)):
            room = fixed.room.copy()
            room[cell] += change
            if room[cell] < 0:
                assert np.isnan(found[cell])
                continue
            again = solve(replace(fixed, room=room), whole=True).objective
            assert found[cell] == pytest.approx(abs(again - as_it_is), abs=0.02)


@pytest.mark.parametrize("name", SOME[:3])
def test_values_are_brackets_and_fall_with_every_place(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    one, eight = Valuer(problem, solve(problem)).values((1.0, 8.0))
    known = ~np.isnan(one.cost_of_fewer)
    assert (one.saved_by_more <= one.cost_of_fewer + 0.02)[known].all()
    assert (eight.saved_by_more <= 8 * one.saved_by_more + 0.02).all()
    known = ~np.isnan(eight.cost_of_fewer)
    assert (eight.cost_of_fewer >= 8 * one.cost_of_fewer - 0.02)[known].all()


@pytest.mark.parametrize("name", SOME[3:5])
def test_cells_shared_out_have_the_same_values(name: str, shared_cases: Path) -> None:
    problem = problem_of(shared_cases / name)
    solution = solve(problem)
    cells = list(zip(*np.nonzero(np.isfinite(problem.room)), strict=True))
    together = list(Valuer(problem, solution).cells(cells))
    apart = [
        *Valuer(problem, solution).cells(reversed(cells[1::2])),
        *Valuer(problem, solution).cells(cells[::2]),
    ]
    found = {cell: values for cell, *values in apart}
    for cell, *values in together:
        assert found[cell] == pytest.approx(values, abs=0.01, nan_ok=True)


@pytest.mark.slow
def test_progress_tells_the_best_and_the_bound() -> None:
    """On the worked example: a small case is settled before there is anything to tell."""
    said: list[str] = []
    example = Path(__file__).parents[1] / "examples" / "banes"
    solution = solve(problem_of(example), whole=False, progress=said.append)
    told = [re.findall(r"£([0-9,]+)", words) for words in said if words.startswith("best so far")]
    assert told
    for pair in told:
        best, bound = (float(figure.replace(",", "")) for figure in pair)
        assert bound <= solution.objective + 1 <= best + 2
