"""One year whose limits nest: found by looking, solved as a flow, and the same answer as the whole program gives."""

from __future__ import annotations

import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import (
    Problem,
    Schemes,
    SideLimits,
    States,
    Status,
    Stays,
    network,
    shortlist,
    solve,
    verify,
)
from models.assignment import Assignment
from models.duals import lower_bound, reduced_costs, total
from models.flow import Flow, flow_of, place_intervals, pool_prices, solution
from models.nested import nest
from models.network import FlowError, Network
from models.pipes import Pipes, whole
from models.value import value_places
from tests.plans import prepare
from tests.test_shared_cases import EXPECTED

INF = np.inf


def year(
    stays: list[tuple[int, int, float]],
    supply: list[float],
    room: list[float],
    limits: list[tuple[float, list[int]]] | None = None,
    preference: list[float] | None = None,
) -> Problem:
    """One year: (state, pool, cost) stays, units, places, and (room, stays) limits; waiting costs 1,000."""
    count, states = len(stays), len(supply)
    state, pool, cost = np.array(stays, np.float64).reshape(-1, 3).T
    rows = [(i, a) for i, (_, members) in enumerate(limits or []) for a in members]
    row, counted = np.array(rows, np.int64).reshape(-1, 2).T
    one, none = np.ones(count, np.int64), np.full(count, -1)
    return Problem(
        States(
            np.zeros(states, np.int64),
            np.array(supply, np.float64),
            np.tile([1.0, 0.0], (states, 1)),
            np.full(states, 1000.0),
            np.full(states, -1),
        ),
        Stays(
            state.astype(np.int64),
            pool.astype(np.int64),
            one,
            cost,
            none,
            np.array(preference or [0.0] * count),
        ),
        np.array(room, np.float64)[:, None],
        SideLimits(
            np.array([held for held, _ in limits or []]), row, counted, np.zeros(len(row), np.int64)
        ),
        Schemes.none(1),
    )


@st.composite
def years(draw: st.DrawFn, *, fractional: bool = True) -> Problem:
    """Draw one year: few prices, so that ties abound; limits that may nest or cross."""
    states, pools = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    every = [(s, q) for s in range(states) for q in range(-1, pools)]
    pairs = draw(st.lists(st.sampled_from(every), min_size=1, max_size=len(every), unique=True))
    part = st.sampled_from([0.0, 0.1, 1 / 3, 0.5]) if fractional else st.just(0.0)
    units = [draw(st.integers(0, 3)) + draw(part) for _ in range(states)]
    room = [draw(st.integers(0, 4)) + draw(part) for _ in range(pools)]
    room = [INF if draw(st.integers(0, 5)) == 0 else held for held in room]
    costs = [
        draw(st.sampled_from([10.0, 20.0, 20.25, 35.1, 1200.0])) * (1 + (q + 1) / 3)
        for _, q in pairs
    ]
    limits = [draw(limit(pairs)) for _ in range(draw(st.integers(0, 3)))]
    nearness = [draw(st.integers(0, 4)) + 1e-6 * n for n in range(len(pairs))]
    stays = [(s, q, cost) for (s, q), cost in zip(pairs, costs, strict=True)]
    return year(stays, units, room, limits, nearness)


@st.composite
def limit(draw: st.DrawFn, pairs: list[tuple[int, int]]) -> tuple[float, list[int]]:
    """Draw a limit over whole pools, over part of one, or over anything."""
    pools = sorted({q for _, q in pairs})
    chosen = draw(st.lists(st.sampled_from(pools), min_size=1, unique=True))
    kind = draw(st.sampled_from(["pools", "part", "anything"]))
    if kind == "pools":
        members = [a for a, (_, q) in enumerate(pairs) if q in chosen]
    elif kind == "part":
        members = [a for a, (s, q) in enumerate(pairs) if q == chosen[0] and s % 2 == 0]
    else:
        members = sorted(draw(st.sets(st.integers(0, len(pairs) - 1), max_size=4)))
    return float(draw(st.integers(0, 4))), members


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(years())
def test_the_flow_is_the_reference_s_answer(problem: Problem) -> None:
    found = solution(problem, 1e-6)
    if found is None:
        assert nest(problem) is None
        return
    reference = solve(problem, whole=True)
    preference = problem.stays.preference
    assert found.status is reference.status is Status.OPTIMAL
    assert found.objective == pytest.approx(reference.objective, abs=0.01)
    assert preference @ found.stay == pytest.approx(preference @ reference.stay, abs=1e-4)
    assert found.bound == pytest.approx(found.objective, abs=1e-3)
    assert verify(problem, found) == []


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(problem=years())
def test_cost_scaling_gives_the_same(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    simplex = solution(problem, 1e-6)
    monkeypatch.setattr(network, "MANY", 0)
    scaled = solution(problem, 1e-6)
    monkeypatch.undo()
    if simplex is None or scaled is None:
        assert simplex is scaled
        return
    assert scaled.objective == pytest.approx(simplex.objective, abs=0.01)
    preference = problem.stays.preference
    assert preference @ scaled.stay == pytest.approx(preference @ simplex.stay, abs=1e-4)
    assert verify(problem, scaled) == []


@settings(max_examples=100, deadline=None)
@given(years(fractional=False))
def test_whole_children_stay_whole(problem: Problem) -> None:
    found = solution(problem, 1e-6)
    if found is not None:
        assert np.array_equal(found.stay, np.rint(found.stay))
        assert np.array_equal(found.unplaced, np.rint(found.unplaced))


@settings(max_examples=100, deadline=None)
@given(years())
def test_the_certificate_holds_over_every_stay(problem: Problem) -> None:
    found = solution(problem, 1e-6)
    if found is None:
        return
    assert found.duals is not None
    stay, waiting = reduced_costs(problem, found.duals)
    assert stay.min(initial=0.0) >= -1e-9
    assert waiting.min(initial=0.0) >= -1e-9
    assert lower_bound(problem, found.duals) == pytest.approx(found.objective, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(years(), st.lists(st.integers(0, 4), min_size=8, max_size=8))
def test_other_places_are_solved_warm_as_they_are_cold(problem: Problem, places: list[int]) -> None:
    flow = flow_of(problem)
    if flow is None:
        return
    for shift in range(3):
        room = np.where(
            np.isfinite(problem.room),
            np.roll(places, shift)[: len(problem.room), None] * 1.0,
            INF,
        )
        warm, sifted = flow.solve(room), Assignment(problem).solve(room)
        assert warm.cost == pytest.approx(sifted.cost, abs=0.01)
        assert warm.bound == pytest.approx(warm.cost, abs=0.01)
        assert flow.least(room) == pytest.approx(warm.cost, abs=0.01)


def test_solve_chooses_the_flow_by_structure() -> None:
    problem = year([(0, 0, 10.0), (1, 0, 12.0)], [1.0, 1.0], [1.0])
    found = solve(problem)
    assert "LEMON" in found.solver
    assert found.objective == pytest.approx(1010.0) == solve(problem, whole=False).objective
    assert "LEMON" not in solve(problem, whole=True).solver
    assert "CBC" in solve(problem, solver="cbc").solver


#: Stays of states 0 and 1 in pools 0 and 1 (in that order), and what limits make of them.
SQUARE = [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 3.0), (1, 1, 4.0)]


@pytest.mark.parametrize(
    ("limits", "is_flow"),
    [
        ([], True),
        ([(1.0, [0])], True),  # part of a pool
        ([(1.0, [0, 1, 2, 3])], True),  # over two pools
        ([(1.0, [0, 2])], True),  # just a pool
        ([(1.0, [0, 1, 2, 3]), (2.0, [0]), (1.0, [0, 2])], True),  # three deep
        ([(1.0, [0, 2]), (2.0, [0, 2])], True),  # twice the same
        ([(1.0, [0, 1])], False),  # a part of each of two pools
        ([(5.0, [0, 1])], True),  # which limits nothing: three units at most
        ([(1.0, [0, 1, 2])], False),
    ],
)
def test_a_flow_is_where_limits_nest(limits: list[tuple[float, list[int]]], is_flow: bool) -> None:
    problem = year(SQUARE, [2.0, 1.0], [2.0, 2.0], limits)
    assert (nest(problem) is not None) is is_flow
    fast, slow = solve(problem), solve(problem, whole=True)
    assert fast.objective == pytest.approx(slow.objective, abs=1e-6)
    assert ("LEMON" in fast.solver) is is_flow
    assert verify(problem, fast) == []


def test_a_limit_that_counts_a_stay_twice_is_no_flow() -> None:
    assert nest(year(SQUARE, [2.0, 1.0], [2.0, 2.0], [(1.0, [0, 0])])) is None


def test_a_limit_beside_pools_without_limit_nests() -> None:
    problem = year([(0, 0, 1.0), (0, -1, 2.0), (1, 0, 1.0)], [2.0, 1.0], [INF], [(1.0, [0, 1])])
    tree = nest(problem)
    assert tree is not None
    assert tree.node.tolist() == [0, 0, -1]
    assert solve(problem).objective == pytest.approx(solve(problem, whole=True).objective)


def test_years_that_lead_on_are_no_flow() -> None:
    problem = year([(0, 0, 10.0)], [1.0], [1.0])
    longer = replace(
        problem,
        states=replace(problem.states, on_roll=np.ones((1, 3))),
        room=np.array([[1.0, 1.0]]),
    )
    stays, states = longer.stays, longer.states
    assert nest(longer) is not None
    assert nest(replace(longer, stays=replace(stays, length=np.array([2])))) is None
    assert nest(replace(longer, stays=replace(stays, next=np.array([0])))) is None
    assert nest(replace(longer, states=replace(states, unplaced_next=np.array([0])))) is None
    assert nest(replace(problem, states=replace(problem.states, supply=np.array([-1.0])))) is None


def test_years_apart_are_one_flow() -> None:
    one = year([(0, 0, 10.0), (1, 0, 12.0), (1, 1, 30.0)], [1.0, 2.0], [1.0, 1.0])
    two = replace(
        one,
        states=replace(one.states, period=np.array([0, 1]), on_roll=np.ones((2, 3))),
        room=np.array([[1.0, 1.0], [1.0, INF]]),
    )
    found = solve(two)
    assert "LEMON" in found.solver
    assert found.objective == pytest.approx(solve(two, whole=True).objective) == 10 + 12 + 30
    assert verify(two, found) == []


def test_of_equal_plans_the_least_preference() -> None:
    problem = year(SQUARE, [1.0, 1.0], [1.0, 1.0], preference=[5.0, 1.0, 1.0, 5.0])
    assert solve(problem).stay.tolist() == [0.0, 1.0, 1.0, 0.0]
    other = replace(problem, stays=replace(problem.stays, preference=np.array([1.0, 5, 5, 1])))
    assert solve(other).stay.tolist() == [1.0, 0.0, 0.0, 1.0]


def test_rounding_money_costs_no_more_than_is_said() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        state, pool = np.divmod(np.arange(60), 6)
        cost = rng.random(60) * 10.0 ** rng.integers(-3, 7)
        pipes = Pipes(state, pool, cost, np.full(10, 1e8), np.full(6, -1))
        found = pipes.solve(np.ones(10), np.full(6, 2.0))
        proved = total(pipes.worth(found.price), np.ones(10)) + total(found.price, np.full(6, 2.0))
        assert pipes.total(found) - proved + 1e-9 * proved >= 0.0
        assert pipes.total(found) - proved <= 10 * pipes.resolution + 1e-12 * proved
        assert pipes.resolution < 1e-6


def test_money_beyond_64_bits_is_left_to_the_other_engine() -> None:
    problem = year([(0, 0, 1e15), (1, 0, 2e15)], [1.0, 1.0], [1.0])
    problem = replace(problem, states=replace(problem.states, unplaced_cost=np.full(2, 3e15)))
    assert nest(problem) is not None
    assert flow_of(problem) is None
    assert solve(problem).objective == pytest.approx(4e15)


def test_without_the_library_the_other_engine_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylmcf", None)
    problem = year(SQUARE, [1.0, 1.0], [1.0, 1.0])
    found = solve(problem)
    assert "HiGHS" in found.solver
    assert found.objective == pytest.approx(5.0)


def test_a_network_refuses_what_it_cannot_hold() -> None:
    tail, head = np.array([1, 0]), np.array([2, 1])
    with pytest.raises(FlowError, match="too large"):
        Network(3, tail, head, np.array([2**59, 1]), hops=8)
    network = Network(3, tail, head, np.array([3, 4]), hops=3)
    flow, potential = network.solve(np.array([2, 0, -2]), np.array([2, 5]))
    assert flow.tolist() == [2, 2]
    assert potential[2] - potential[0] == 7
    with pytest.raises(FlowError, match="INFEASIBLE"):
        network.solve(np.array([2, 0, -2]), np.array([1, 5]))
    with pytest.raises(FlowError, match="too large"):
        network.solve(np.array([2**60, 0, -(2**60)]), np.array([1, 5]))


def test_fractions_become_whole_numbers_of_a_small_unit() -> None:
    (units, room), unit = whole(np.array([1.0, 2.0]), np.array([3.0]))
    assert (units.tolist(), room.tolist(), unit) == ([1, 2], [3], 1.0)
    (units, room), unit = whole(np.array([1 / 3, 2.0]), np.array([3.0]))
    assert unit < 1e-12
    assert units * unit == pytest.approx([1 / 3, 2.0], abs=1e-12)
    assert room * unit == pytest.approx([3.0], abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(years())
def test_pool_prices_are_optimal_duals(problem: Problem) -> None:
    plain = replace(problem, limits=year([], [0.0], [0.0]).limits)
    states, stays, room = plain.states, plain.stays, plain.room[:, 0]
    found = pool_prices(
        stays.state, stays.pool, stays.cost, states.supply, states.unplaced_cost, room
    )
    limited = np.flatnonzero(found.places)
    assert found.places.max(initial=0.0) <= 0.0
    proved = total(states.supply, found.balance) + total(found.places[limited], room[limited])
    assert proved == pytest.approx(solve(plain, whole=True).objective, abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_a_shortlist_leaves_the_answer_and_its_proof_as_they_are(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(seed)
    states, pools = 200, 12
    everyone = [(s, q, float(rng.integers(1, 60))) for s in range(states) for q in range(pools)]
    some = np.flatnonzero(np.array([s % 3 and q == 1 for s, q, _ in everyone])).tolist()
    problem = year(
        everyone,
        rng.integers(0, 3, states).tolist(),
        rng.integers(5, 20, pools).tolist(),
        [(4.0, some)],
        rng.integers(0, 9, len(everyone)).tolist(),
    )
    full = solve(problem)
    monkeypatch.setattr(shortlist, "LARGE", 100)
    monkeypatch.setattr(shortlist, "SHORT", 2)
    flow = flow_of(problem)
    assert flow is not None
    assert len(flow._kept) < len(everyone) / 3
    found = solve(problem)
    assert found.objective == full.objective
    assert problem.stays.preference @ found.stay == problem.stays.preference @ full.stay
    assert verify(problem, found) == []
    assert place_intervals(problem) is None


def test_narrow_numbers_do_not_overflow() -> None:
    count = 70_000
    problem = year(
        [(s, 0, 10.0 + s % 7) for s in range(count)],
        [1.0] * count,
        [50_000.0],
        [(float(count), []) for _ in range(40_000)] + [(9.0, [3, 4])],
    )
    narrow = {name: getattr(problem.limits, name).astype(np.int32) for name in ("row", "stay")}
    stays = replace(problem.stays, pool=problem.stays.pool.astype(np.int32))
    tree = nest(replace(problem, limits=replace(problem.limits, **narrow), stays=stays))
    assert tree is not None
    assert tree.node[[2, 3, 4, 5]].tolist() == [0, 1, 1, 0]
    assert tree.row.tolist() == [-1, 40_000]


@settings(max_examples=60, deadline=None)
@given(years(fractional=False))
def test_intervals_are_what_planning_again_finds(problem: Problem) -> None:
    ends = place_intervals(problem)
    if nest(problem) is None:
        assert ends is None
        return
    assert ends is not None
    as_it_is = solve(problem, whole=True).objective
    for pool in range(len(problem.room)):
        for change, end in zip((1.0, -1.0), ends, strict=True):
            room = problem.room.copy()
            room[pool] += change
            if room[pool] < 0:
                assert np.isnan(end[pool, 0])
                continue
            again = solve(replace(problem, room=room), whole=True).objective
            assert end[pool, 0] == pytest.approx(abs(again - as_it_is), abs=0.01)


def test_intervals_of_fractions_are_left_to_solving_again() -> None:
    problem = year(SQUARE, [1.5, 1.0], [1.0, 1.0])
    assert place_intervals(problem) is None
    found = value_places(problem, solve(problem))
    assert found.saved_by_more[:, 0] == pytest.approx([499.0, 498.0])


def test_values_of_places_come_from_the_intervals() -> None:
    problem = year(SQUARE, [2.0, 1.0], [1.0, 1.0])
    found = value_places(problem, solve(problem))
    assert found.saved_by_more[:, 0] == pytest.approx([997.0, 996.0])
    assert found.cost_of_fewer[:, 0] == pytest.approx([999.0, 998.0])


@pytest.mark.parametrize("name", sorted(EXPECTED) or ["absent"])
def test_cases_of_one_year_without_schemes_are_flows(name: str, shared_cases: Path) -> None:
    settings = tomllib.loads((shared_cases / name / "case.toml").read_text())
    if settings.get("years", 7) > 1:
        return
    problem = prepare(shared_cases / name).basis.problem
    if problem.schemes.may_open.any():
        return
    found = solve(problem)
    assert "LEMON" in found.solver
    assert found.objective == pytest.approx(EXPECTED[name]["objective_gbp"], abs=1.0)
    assert verify(problem, found) == []


def test_a_flow_says_what_uses_a_place() -> None:
    problem = year([(0, 0, 1.0), (0, 2, 1.0)], [1.0], [1.0, 1.0, INF])
    tree = nest(problem)
    assert tree is not None
    flow = Flow(problem, tree)
    assert [flow.uses(q, 0) for q in range(3)] == [True, False, False]
