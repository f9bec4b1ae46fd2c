"""Rare corners of a plan: budgets a pound short, twins among schemes, a limit of time, and nowhere to go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from models import Status, solve, verify
from models.benders import with_schemes_open
from models.fewest import without_needless
from models.value import value_places
from sufficiency.checks.schemes import useless
from tests.drafts import Draft, Planned, Row, build, plan
from tests.drawn import draw

WAYS = pytest.mark.parametrize("whole", [True, False])


def town(children: int, schemes: list[Row], places: int = 13, **settings: Any) -> Draft:  # noqa: ANN401
    """Return children at one home, one school with a single place, and schemes of alike places there."""
    pool = {"needs": "*", "ncy_from": 0, "ncy_to": 14}
    proposed = {
        "provision_id": "P",
        "status": "proposed",
        "earliest_year": 2025,
        "lifetime_years": 25,
        "exclusive_group": "",
        "requires": "",
    }
    home = {"easting_m": 375000, "northing_m": 165000, "area": "A", "need": "ASD", "ncy": 5}
    return Draft(
        {"title": "T", "base_year": 2025, "years": 2, "travel": {"method": "straight"}, **settings},
        {
            "children": [home | {"child_id": "a", "children": children}] if children else [],
            "provisions": [
                {"provision_id": "P", "kind": "special", "easting_m": 374000, "northing_m": 165000}
            ],
            "places": [pool | {"provision_id": "P", "places": 1}],
            "prices": [pool | {"provision_id": "P", "gbp_per_child": 10000}],
            "schemes": [proposed | scheme for scheme in schemes],
            "scheme_places": [
                pool | {"scheme_id": scheme["scheme_id"], "years_open": 0, "places": places}
                for scheme in schemes
            ],
        },
    )


def schemes_of(*capital: float) -> list[Row]:
    return [{"scheme_id": f"S{k}", "capital_gbp": gbp} for k, gbp in enumerate(capital)]


@WAYS
@pytest.mark.parametrize("short_gbp", [0.02, 1, 3])
def test_a_budget_is_kept_to_the_penny(short_gbp: float, whole: bool) -> None:
    """Solvers work to a tolerance, which is a few pounds of a budget of millions."""
    capital = (4_803_417, 9_118_022, 6_277_581, 3_333_331)
    budget = {2025: sum(capital) - short_gbp}
    problem = build(town(53, schemes_of(*capital), capital={"budget_gbp": budget})).problem
    solution = solve(problem, whole=whole)
    assert problem.schemes.capital @ solution.opens.any(axis=1) <= budget[2025]
    assert solution.opens.sum() == 3
    assert solution.status is Status.OPTIMAL
    assert not verify(problem, solution)


@WAYS
def test_a_budget_spent_to_the_penny_is_kept(whole: bool) -> None:
    capital = (333_333.33, 333_333.33, 333_333.34)
    draft = town(40, schemes_of(*capital), capital={"budget_gbp": {2025: 1e6}})
    assert solve(build(draft).problem, whole=whole).opens.sum() == 3


def test_a_pound_too_much_is_found() -> None:
    draft = town(40, schemes_of(4e6, 6e6), capital={"budget_gbp": {2025: 1e7}})
    planned = plan(draft)
    schemes = replace(planned.basis.problem.schemes, budget=np.full(2, 1e7 - 1))
    broken = verify(replace(planned.basis.problem, schemes=schemes), planned.solution)
    assert {found.rule for found in broken} == {"budget"}


@WAYS
@pytest.mark.parametrize(("children", "opened"), [(6, 1), (11, 2)])
def test_of_twins_the_earliest_open(children: int, opened: int, whole: bool) -> None:
    draft = town(children, schemes_of(*[1000.0] * 10), places=5)
    solution = solve(build(draft).problem, whole=whole)
    assert np.flatnonzero(solution.opens.any(axis=1)).tolist() == list(range(opened))


@WAYS
def test_a_scheme_that_does_nothing_stays_closed_though_it_is_free(whole: bool) -> None:
    """As in seed 300199 of the drawn cases, where the decomposition opened it."""
    problem = build(draw(300_199)).problem
    assert np.argwhere(solve(problem, whole=whole).opens).tolist() == [[0, 2]]


def test_only_what_costs_nothing_to_close_is_closed() -> None:
    """One scheme of five places is needed for six children; the other two, one required by it, are free."""
    schemes = schemes_of(1000.0, 0.0, 0.0)
    schemes[0]["requires"] = "S1"
    problem = build(town(6, schemes, places=5)).problem
    opens = np.zeros((3, 2), bool)
    opens[:, 0] = True
    all_open = solve(with_schemes_open(problem, opens)).objective
    found = without_needless(problem, opens, all_open, 1.0)
    assert found is not None
    assert found[0].any(axis=1).tolist() == [True, True, False]
    assert found[1].cost == pytest.approx(all_open)


@WAYS
def test_what_another_scheme_requires_is_no_twin(whole: bool) -> None:
    schemes = schemes_of(1000.0, 1000.0, 500.0)
    schemes[2]["requires"] = "S1"
    problem = build(town(11, schemes, places=5)).problem
    solution = solve(problem, whole=whole)
    assert solution.opens.any(axis=1).tolist() == [False, True, True]
    assert not verify(problem, solution)


def test_a_plan_stopped_at_once_still_opens_what_is_known_to_be_good() -> None:
    problem = build(town(40, schemes_of(1e5, 2e5, 3e5))).problem
    nothing = solve(
        replace(problem, schemes=replace(problem.schemes, may_open=np.zeros((3, 2), bool)))
    )
    stopped = solve(problem, whole=False, time_limit=0)
    assert stopped.objective < nothing.objective
    assert stopped.bound <= stopped.objective


@pytest.mark.parametrize("transport", ["gbp_per_km", "journeys_per_day", "days", "eligible_pct"])
def test_out_of_reach_and_transport_for_nothing(transport: str) -> None:
    draft = town(1, [])
    draft.settings |= {"travel": {"method": "table"}, "transport": {transport: 0.0}}
    planned = plan(draft)
    assert planned.solution.unplaced.sum() == 2


def nowhere(status: str) -> Planned:
    """Plan for a child at a school that has no places at all."""
    draft = town(1, [])
    draft.tables["children"][0] |= {"status": status, "current_provision": "P"}
    draft.tables["places"][0]["places"] = 0
    return plan(draft)


def test_a_child_stays_where_nobody_has_places() -> None:
    assert nowhere("placed").objective == pytest.approx(0)
    review = nowhere("review")
    assert review.children_at("P") == 1
    assert not verify(review.basis.problem, review.solution)


def full_school(places: int) -> Planned:
    """Plan one year for a child who holds a place, and one who seeks, at a school of so many places."""
    draft = town(1, [], years=1)
    child = draft.tables["children"][0]
    draft.tables["children"].append(
        child | {"child_id": "b", "status": "placed", "current_provision": "P"}
    )
    draft.tables["places"][0]["places"] = places
    return plan(draft)


def test_a_place_more_at_a_school_that_is_full_is_worth_what_planning_again_saves() -> None:
    planned = full_school(1)
    saved = value_places(planned.basis.problem, planned.solution).saved_by_more
    assert saved.sum() == pytest.approx(planned.objective - full_school(2).objective)
    assert saved.sum() > 1e6


@pytest.mark.parametrize(
    "limit", [{"children": 2}, {"ncy_from": 6}, {"needs": "SEMH"}, {"to_year": 2025}]
)
def test_a_scheme_is_of_use_where_a_limit_leaves_room_somewhere(limit: Row) -> None:
    draft = town(1, schemes_of(1000.0))
    every = {"provision_id": "P", "needs": "*", "ncy_from": 0, "ncy_to": 14, "children": 1}
    draft.tables["limits"] = [every]
    assert list(useless(draft.case()))
    draft.tables["limits"] = [every | limit]
    assert not list(useless(draft.case()))
