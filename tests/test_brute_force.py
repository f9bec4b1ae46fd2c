"""The library against a second opinion: tiny random cases, every opening and every course of every child."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from models import Status, solve, verify
from sufficiency.findings import openings
from tests.brute import Brute
from tests.drafts import Draft, build, plan
from tests.drawn import draw
from tests.plans import prepare

QUICK = range(60)
MANY = range(1000, 1600)
TOLERANCE_GBP = 0.01


def agree(seed: int, folder: Path) -> None:
    """Plan a drawn case from its files, and compare with the least cost of all there is."""
    path = draw(seed).write(folder)
    basis = prepare(path).basis
    solution = solve(basis.problem)
    known = Brute(path).solve()
    assert solution.status is Status.OPTIMAL
    assert not verify(basis.problem, solution)
    assert solution.objective == pytest.approx(known.objective, rel=1e-9, abs=TOLERANCE_GBP)
    committed = {scheme.scheme_id for scheme in basis.schemes if scheme.committed}
    opened = {s: year for s, year in openings(basis, solution).items() if s not in committed}
    assert tuple(sorted(opened.items())) in known.openings
    assert sorted(opened) == sorted(known.first()), "not the plan that the rule for ties prefers"


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=[pytest.mark.slow] if seed % 2 else []) for seed in QUICK]
)
def test_nothing_costs_less(seed: int, tmp_path: Path) -> None:
    agree(seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_nothing_costs_less_in_many_more(seed: int, tmp_path: Path) -> None:
    agree(seed, tmp_path)


def test_the_draws_cover_what_the_contract_has() -> None:
    """Guard the guard: a feature that hardly occurs in the quick cases is not tested by them."""
    seen: Counter[str] = Counter()
    for seed in QUICK:
        seen.update({name: bool(there) for name, there in features(draw(seed)).items()})
    assert not {name: times for name, times in seen.items() if times < 4}


def features(draft: Draft) -> dict[str, object]:
    """Say what a draft has and what its plan does."""
    planned = plan(draft)
    problem, stay = planned.basis.problem, planned.solution.stay
    settings, tables = draft.settings, draft.tables
    schemes, children = tables["schemes"], [*tables["children"], *tables["new_children"]]
    return {
        "a scheme opens": planned.opening,
        "two schemes": len(schemes) > 1,
        "a scheme opens later": any(year > 2025 for year in planned.opening.values()),
        "a committed scheme": any(row["status"] == "committed" for row in schemes),
        "build-up": any(row["years_open"] for row in tables["scheme_places"]),
        "exclusive": problem.schemes.exclusive,
        "requires": problem.schemes.requires,
        "a budget": "capital" in settings and problem.schemes.may_open.any(),
        "discounting": settings["money"]["discount_rate_pct"],
        "a limit": len(problem.limits),
        "a limit by year": any(row["from_year"] or row["to_year"] for row in tables["limits"]),
        "no room": (problem.room == 0).any(),
        "unlimited": any(row["places"] == "" for row in tables["places"]),
        "places by year": any(row["to_year"] for row in tables["places"]),
        "no places": any(row["places"] == 0 for row in tables["places"]),
        "placed": len(planned.basis.placed),
        "review": any(row.get("status") == "review" for row in children),
        "moves": stay[planned.basis.stays.moves].sum() > 0,
        "unplaced": planned.solution.unplaced.sum() > 0,
        "split": ((stay % 0.5) > 0).any(),
        "need_2": any(row["need_2"] for row in children),
        "suits": any(row["suits"] for row in children),
        "priced by need": any(row["needs"] != "*" for row in tables["prices"]),
        "priced by year": any(row["from_year"] for row in tables["prices"]),
        "max_minutes": "max_minutes" in settings["travel"],
        "over_km": settings["transport"]["over_km"],
        "a kind's transport": "base" in settings["transport"],
        "a travel table": "travel" in tables,
        "continue_pct": settings["leaving"]["continue_pct"],
        "last_ncy 11": settings["leaving"]["last_ncy"] == 11,
        "birth dates": any("birth_date" in row for row in children),
        "arrivals": tables["new_children"],
        "several years": settings["years"] > 1,
    }


def test_a_draft_in_memory_is_the_case_of_its_files(tmp_path: Path) -> None:
    for seed in range(6):
        draft = draw(seed)
        read = prepare(draft.write(tmp_path / str(seed))).basis
        held = build(draft)
        assert (read.problem.stays.cost == held.problem.stays.cost).all()
        assert (read.problem.room == held.problem.room).all()
        assert read.groups.equals(held.groups)


def test_the_second_opinion_on_a_town_worked_out_by_hand(tmp_path: Path) -> None:
    """Two children, one place at £10,000, £1,030,000 for the other: nothing is left to trust."""
    draft = Draft(
        {"title": "Two", "base_year": 2025, "years": 2, "travel": {"method": "table"}},
        {
            "children": [{"child_id": "a", "children": 2, "need": "ASD", "ncy": 14}],
            "provisions": [
                {"provision_id": "P", "kind": "special", "easting_m": 374000, "northing_m": 165000}
            ],
            "places": [
                {"provision_id": "P", "needs": "*", "ncy_from": 0, "ncy_to": 14, "places": 1}
            ],
            "prices": [
                {
                    "provision_id": "P",
                    "needs": "*",
                    "ncy_from": 0,
                    "ncy_to": 14,
                    "from_year": "",
                    "gbp_per_child": 10000,
                }
            ],
            "travel": [{"child_id": "a", "provision_id": "P", "km": 10, "minutes": 20}],
        },
    )
    transport = 190 * (10 + 1.2 * 10 * 4) / 2
    expected = 10000 + transport + 30000 + 1000000
    path = draft.write(tmp_path / "two")
    assert Brute(path).solve().objective == pytest.approx(expected)
    assert solve(prepare(path).basis.problem).objective == pytest.approx(expected)
