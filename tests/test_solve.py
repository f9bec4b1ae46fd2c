"""Solving: what is said of certainty, which of several best plans is taken, and the odd ends of problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models import Problem, Schemes, Solution, Status, solve, verify
from models.solution import NoValuesError
from tests.drafts import Draft, Planned, Row, build, plan
from tests.problems import small

YEARS = 3
ANY = {"needs": "*", "ncy_from": 0, "ncy_to": 14}
SOLVERS = ("highs", "cbc")


def town(
    children: float = 1,
    *,
    km: dict[str, float],
    places: dict[str, object],
    price: dict[str, float] | float = 10_000,
    schemes: Sequence[Row] = (),
    adds: dict[str, float] | None = None,
    **settings: Any,  # noqa: ANN401
) -> Draft:
    """Return a case of children in one home, for whom only the price counts unless settings say more.

    Parameters
    ----------
    km, places, price
        By provision: how far it is, its places, and what it costs a year.
    schemes, adds
        Schemes (id, provision and what differs from the usual), and the places each adds.
    """
    price = price if isinstance(price, dict) else dict.fromkeys(km, price)
    usual = {"status": "proposed", "capital_gbp": 0, "earliest_year": 2025, "lifetime_years": 10}
    blank = {"latest_year": "", "exclusive_group": "", "requires": ""}
    added = adds or {}
    return Draft(
        {
            "title": "Tied",
            "base_year": 2025,
            "years": YEARS,
            "money": {"discount_rate_pct": 0.0},
            "travel": {"method": "table"},
            "transport": {"gbp_per_day": 0.0, "gbp_per_km": 0.0},
            **settings,
        },
        {
            "children": [{"child_id": "c", "children": children, "need": "ASD", "ncy": 5}],
            "provisions": [
                {"provision_id": p, "kind": "special", "easting_m": 374000, "northing_m": 165000}
                for p in km
            ],
            "places": [{"provision_id": p, **ANY, "places": n} for p, n in places.items()],
            "prices": [
                {"provision_id": p, **ANY, "gbp_per_child": gbp} for p, gbp in price.items()
            ],
            "schemes": [usual | blank | row for row in schemes],
            "scheme_places": [
                {"scheme_id": s, "years_open": 0, **ANY, "places": n, "place_funding_gbp": ""}
                for s, n in added.items()
            ],
            "travel": [
                {"child_id": "c", "provision_id": p, "km": far, "minutes": far}
                for p, far in km.items()
            ],
        },
    )


def scheme(name: str, provision: str, capital: float = 0, **more: object) -> Row:
    return {"scheme_id": name, "provision_id": provision, "capital_gbp": capital, **more}


# Ties


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("order", [("S1", "S2"), ("S2", "S1")])
def test_of_two_schemes_alike_the_earlier_id_opens(solver: str, order: tuple[str, str]) -> None:
    rows = [scheme(name, "A", 90_000) for name in order]
    draft = town(2, km={"A": 5}, places={}, schemes=rows, adds={"S1": 2, "S2": 2})
    assert set(plan(draft, solver).opening) == {"S1"}


@pytest.mark.parametrize("solver", SOLVERS)
def test_one_scheme_opens_rather_than_two_of_the_same_cost(solver: str) -> None:
    rows = [scheme("S1", "A", 50_000), scheme("S2", "A", 50_000), scheme("S3", "A", 100_000)]
    draft = town(2, km={"A": 5}, places={}, schemes=rows, adds={"S1": 1, "S2": 1, "S3": 2})
    assert set(plan(draft, solver).opening) == {"S3"}


@pytest.mark.parametrize("children", [2, 2_000])
def test_the_earliest_ids_of_many_pairs_open(children: int) -> None:
    """Any two of six would do, at any size of town."""
    half = children / 2
    rows = [scheme(f"S{n}", "A", 50_000 * half) for n in range(6)]
    draft = town(
        children, km={"A": 5}, places={}, schemes=rows, adds={f"S{n}": half for n in range(6)}
    )
    assert set(plan(draft).opening) == {"S0", "S1"}


def test_ids_are_compared_one_after_another() -> None:
    """S1 with S4 is as good as S2 with S3, and better than it: the first ids are compared first."""
    rows = [scheme(f"S{n}", "A", 30_000) for n in (1, 2, 3, 4)]
    rows[0]["exclusive_group"] = rows[1]["exclusive_group"] = "x"
    rows[1]["requires"], rows[0]["requires"] = "S3", "S4"
    rows[2]["exclusive_group"] = rows[3]["exclusive_group"] = "y"
    draft = town(2, km={"A": 5}, places={}, schemes=rows, adds={f"S{n}": 1 for n in (1, 2, 3, 4)})
    assert set(plan(draft).opening) == {"S1", "S4"}


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_scheme_that_is_free_and_worthless_stays_shut(solver: str) -> None:
    draft = town(1, km={"A": 5}, places={"A": 1}, schemes=[scheme("S1", "A")], adds={"S1": 5})
    planned = plan(draft, solver)
    assert planned.opening == {}
    assert planned.solution.status is Status.OPTIMAL


def test_a_scheme_that_saves_just_what_it_costs_stays_shut() -> None:
    rows = [scheme("S1", "A", 40_000)]
    draft = town(
        1,
        km={"A": 5, "B": 5},
        places={"B": ""},
        price={"A": 6_000, "B": 10_000},
        schemes=rows,
        adds={"S1": 1},
    )
    assert plan(draft).opening == {}
    rows[0]["capital_gbp"] = 39_990
    draft.tables["schemes"][0]["capital_gbp"] = 39_990
    assert plan(draft).opening == {"S1": 2025}


@pytest.mark.parametrize("solver", SOLVERS)
def test_of_equal_provisions_the_nearest_is_taken(solver: str) -> None:
    draft = town(1, km={"A": 9, "B": 4, "C": 6}, places={"A": 1, "B": 1, "C": ""})
    assert plan(draft, solver).children_at("B") == 1


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("order", ["ABC", "CBA", "BCA"])
def test_of_equally_near_provisions_the_first_id_is_taken(solver: str, order: str) -> None:
    draft = town(1, km=dict.fromkeys(order, 4.0), places=dict.fromkeys(order, 2))
    assert plan(draft, solver).children_at("A") == 1


def test_fewer_schemes_come_before_a_nearer_provision() -> None:
    draft = town(
        1, km={"A": 30, "B": 1}, places={"A": 1}, schemes=[scheme("S1", "B")], adds={"S1": 1}
    )
    planned = plan(draft)
    assert planned.opening == {}
    assert planned.children_at("A") == 1


def test_cost_comes_before_all_of_these() -> None:
    draft = town(
        1, km={"A": 1, "B": 30}, places={"A": 1, "B": 1}, price={"A": 10_000.02, "B": 10_000}
    )
    assert plan(draft).children_at("B") == 1


# Certainty


def test_without_time_there_is_a_plan_and_its_gap_is_told() -> None:
    found = solve(small(), time_limit=1e-9)
    best = solve(small())
    assert found.status is Status.FEASIBLE
    assert found.bound <= best.objective <= found.objective
    assert found.gap == (found.objective - found.bound) / found.objective
    assert verify(small(), found) == []


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("gap", [1e-2, 1e-4, 1e-6])
def test_the_gap_asked_for_is_proved(solver: str, gap: float) -> None:
    draft = crowded(9)
    best = plan(draft).objective
    found = solve(build(draft).problem, gap=gap, solver=solver)
    assert found.status is Status.OPTIMAL
    assert found.gap <= gap
    assert found.bound <= best + 0.01
    assert best - 0.01 <= found.objective <= best * (1 + gap) + 0.01


def crowded(schemes: int) -> Draft:
    """Return a town in which no two schemes cost alike and many fit together."""
    rows = [scheme(f"S{n}", "AB"[n % 2], 40_000 + 7_919 * n) for n in range(schemes)]
    return town(
        11,
        km={"A": 3, "B": 8, "C": 20},
        places={"A": 1, "C": ""},
        price={"A": 11_000, "B": 13_000, "C": 61_000},
        schemes=rows,
        adds={f"S{n}": 1 + n % 3 for n in range(schemes)},
        capital={"budget_gbp": {2025: 150_000.0, 2026: 120_000.0}},
    )


def test_a_solution_says_its_solver_and_its_time() -> None:
    for solver, name in zip(SOLVERS, ("HiGHS", "CBC"), strict=True):
        found = solve(small(), solver=solver)
        assert found.solver.startswith(name)
        assert found.seconds > 0
        assert found.log


def test_a_solver_that_does_not_exist_is_refused() -> None:
    with pytest.raises(KeyError):
        solve(small(), solver="abacus")


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_problem_without_a_plan_says_so(solver: str) -> None:
    problem = small()
    schemes = replace(problem.schemes, budget=np.array([-1.0, -1.0]))
    found = solve(replace(problem, schemes=schemes), solver=solver)
    assert found.status is Status.INFEASIBLE
    assert found.gap == float("inf")
    with pytest.raises(NoValuesError):
        found.need_values()


# Odd ends


@pytest.mark.parametrize("children", [0.3, 2.75, 1e-3])
def test_demand_may_be_fractional(children: float) -> None:
    planned = plan(town(children, km={"A": 5}, places={"A": 1}))
    seated = min(children, 1.0)
    waiting = (children - seated) * 1_030_000
    assert planned.objective == pytest.approx(YEARS * (seated * 10_000 + waiting), abs=0.01)


def test_a_pool_without_limit_takes_everybody() -> None:
    planned = plan(town(1e5, km={"A": 5}, places={"A": ""}))
    assert planned.solution.unplaced.sum() == 0
    assert planned.objective == pytest.approx(1e5 * YEARS * 10_000)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize("schemes", [True, False])
def test_nobody_and_nothing(whole: bool, schemes: bool) -> None:
    problem = small()
    none = np.zeros(0, np.int64)
    empty = Problem(
        states=type(problem.states)(none, np.zeros(0), np.zeros((0, 3)), np.zeros(0), none),
        stays=type(problem.stays)(none, none, none, np.zeros(0), none, np.zeros(0)),
        room=problem.room,
        limits=type(problem.limits)(np.zeros(0), none, none, none),
        schemes=problem.schemes if schemes else Schemes.none(2),
    )
    found = solve(empty, whole=whole)
    assert (found.status, found.objective, found.bound) == (Status.OPTIMAL, 0, 0)
    assert not found.opens.any()
    assert verify(empty, found) == []


@pytest.mark.parametrize("solver", SOLVERS)
def test_nobody_opens_no_scheme(solver: str) -> None:
    problem = small()
    nobody = replace(problem, states=replace(problem.states, supply=np.zeros(2)))
    found = solve(nobody, solver=solver)
    assert (found.status, found.objective) == (Status.OPTIMAL, 0)
    assert not found.opens.any()


@pytest.mark.parametrize("solver", SOLVERS)
def test_all_schemes_forbidden(solver: str) -> None:
    problem = small()
    shut = replace(problem.schemes, may_open=np.zeros((3, 2), bool))
    found = solve(replace(problem, schemes=shut), solver=solver)
    assert found.status is Status.OPTIMAL
    assert not found.opens.any()
    assert found.objective == solve(replace(problem, schemes=Schemes.none(2))).objective


@pytest.mark.parametrize(("solver", "whole"), [("highs", True), ("highs", False), ("cbc", True)])
@pytest.mark.parametrize("scale", [1e-3, 1e-2, 1.0, 1e3, 1e5])
def test_pennies_and_millions_are_solved_alike(solver: str, whole: bool, scale: float) -> None:
    """The small problem's optimum is some £3,000; its proof must not rest on how large money is."""
    known = solve(small())
    found = solve(scaled(small(), scale), solver=solver, whole=whole)
    assert found.objective == pytest.approx(known.objective * scale, rel=1e-6)
    assert (found.opens == known.opens).all()
    assert found.status is Status.OPTIMAL


def scaled(problem: Problem, scale: float) -> Problem:
    schemes = replace(problem.schemes, cost=problem.schemes.cost * scale)
    return replace(
        problem,
        stays=replace(problem.stays, cost=problem.stays.cost * scale),
        states=replace(problem.states, unplaced_cost=problem.states.unplaced_cost * scale),
        schemes=schemes,
    )


@pytest.mark.parametrize("gap", [1e-8, 1e-9])
def test_a_very_small_gap_is_proved_too(gap: float) -> None:
    """Breaking ties among schemes must not stand in the way of the proof."""
    found = solve(build(crowded(9)).problem, gap=gap)
    assert found.status is Status.OPTIMAL


def test_the_same_problem_gives_the_same_answer() -> None:
    draft = crowded(9)
    first, second = plan(draft), plan(draft)
    assert_same(first, second)


def assert_same(first: Planned, second: Planned) -> None:
    one: Solution = first.solution
    other: Solution = second.solution
    assert (one.stay == other.stay).all()
    assert (one.opens == other.opens).all()
    assert one.objective == other.objective
