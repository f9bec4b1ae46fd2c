"""Nested programmes and cost against travel: by hand, against every chain there is, and against a case that says so."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import chain, combinations, pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import solve
from sufficiency.evidence import choices
from sufficiency.evidence.frontier.find import Asked, Frontier, find
from sufficiency.evidence.frontier.travel import payload_of
from sufficiency.evidence.study import Study
from sufficiency.evidence.what_if import with_hours_at
from sufficiency.progress import Silent
from tests.plans import invoke, prepare
from tests.sites import write_sites
from tests.test_shared_cases import EXPECTED
from tests.town import change, write_town

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(EXPECTED) or ["absent"]
BUDGETS = (0.0, 110e3, 130e3, 250e3, 320e3)


def frontier(case: Path, kept: Path, asked: Asked) -> Frontier:
    return find(prepare(case), kept, replace(asked, workers=1), Silent())


def cost_by_choice(case: Path) -> dict[frozenset[int], tuple[float, float]]:
    """Return the capital and the least cost of every set of schemes that may open together."""
    problem = prepare(case).basis.problem
    names = range(len(problem.schemes))
    found = {}
    for chosen in chain.from_iterable(combinations(names, n) for n in range(len(names) + 1)):
        shut = [k for k in names if k not in chosen]
        answer = solve(choices.with_choice(problem, chosen, shut), gap=1e-9)
        if answer.status.has_values:
            capital = float(problem.schemes.capital[list(chosen)].sum())
            found[frozenset(chosen)] = capital, answer.objective
    return found


def test_nested_programmes_cost_what_the_best_of_every_chain_does(tmp_path: Path) -> None:
    case = write_sites(tmp_path)
    found = frontier(case, tmp_path / "kept", Asked(BUDGETS, nested=True)).nested
    assert found is not None
    assert [sorted(years) for years in found.years] == [
        [],
        ["SMALL"],
        ["SMALL"],
        ["MIDDLE", "SMALL"],
        ["MIDDLE", "SMALL"],
    ]
    # MIDDLE would save £49,000 a year more at £130,000, LARGE alone £146,000 at £320,000.
    assert found.price_gbp == pytest.approx([0, 0, 98e3, 0, 292e3])
    assert found.way == "up"
    every = cost_by_choice(case)
    affordable = [[c for c, (gbp, _) in every.items() if gbp <= budget] for budget in BUDGETS]
    least = min(
        sum(every[c][1] for c in each)
        for each in product(*affordable)
        if all(less <= more for less, more in pairwise(each))
    )
    assert sum(p["objective_gbp"] for p in found.programmes) == pytest.approx(least, abs=0.05)


@pytest.mark.parametrize("name", NAMES[3::94])
def test_each_nested_step_is_the_best_given_the_one_before(
    name: str, shared_cases: Path, tmp_path: Path
) -> None:
    problem = prepare(shared_cases / name).basis.problem
    if not problem.schemes.may_open.any():
        return
    asked = Asked(steps=3, gap=1e-9, nested=True)
    points = frontier(shared_cases / name, tmp_path / "out", asked)
    found = points.nested
    assert found is not None
    for less, more in pairwise(found.years):
        assert less.keys() <= more.keys()
    for mine, best in zip(found.programmes, points.points, strict=True):
        assert mine["objective_gbp"] >= best.answer["objective_gbp"] - 0.02


def test_a_value_of_an_hour_is_that_of_the_settings(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    study = Study(prepare(town))
    payload = payload_of(study)
    change(town, "case.toml", "[travel]\n", "[travel]\ngbp_per_child_hour = 7.5\n")
    dear = Study(prepare(town))
    dearer = with_hours_at(payload.problem, payload.hours, 7.5)
    cheaper = with_hours_at(dear.problem, payload_of(dear).hours, -7.5)
    assert dearer.stays.cost == pytest.approx(dear.problem.stays.cost)
    assert cheaper.stays.cost == pytest.approx(study.problem.stays.cost)
    assert payload.hours.sum() < payload.undiscounted.sum()
    assert np.all(payload.hours >= 0)


@pytest.mark.parametrize("name", NAMES[3::94])
def test_dearer_hours_mean_less_travel_at_more_cost(
    name: str, shared_cases: Path, tmp_path: Path
) -> None:
    if not prepare(shared_cases / name).basis.problem.schemes.may_open.any():
        return
    asked = Asked((0.0,), gap=1e-9, hours=(0.0, 10.0, 100.0))
    found = frontier(shared_cases / name, tmp_path / "out", asked).travel
    assert found is not None
    for less, more in pairwise(found.answers):
        assert more["discounted_hours"] <= less["discounted_hours"] + 1e-3


def test_what_is_said_of_both(tmp_path: Path) -> None:
    case, out = write_sites(tmp_path), tmp_path / "out"
    budgets = ",".join(str(int(gbp)) for gbp in BUDGETS)
    done = invoke(
        "frontier", case, "--out", out, "--budgets", budgets, "--nested", "--workers", "1"
    )
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Nesting costs £292k of real money at most, at a budget of £320k" in said
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert [row["price_gbp"] for row in summary["nested"]["points"]][-1] == pytest.approx(292e3)
    assert len(summary["cost_against_travel"]) == 6
    for name in ("frontier_nested.csv", "frontier_travel.csv", "frontier-travel.svg"):
        assert (out / name).exists()
    plain = invoke(
        "frontier",
        case,
        *("--out", tmp_path / "plain", "--budgets", "0", "--no-travel", "--workers", "1"),
    )
    assert plain.exit_code == 0, plain.stderr
    assert not (tmp_path / "plain" / "frontier_travel.csv").exists()
    wrong = invoke("frontier", case, "--out", tmp_path / "wrong", "--hours", "much")
    assert wrong.exit_code == 2
    assert "--hours takes pounds" in wrong.stderr
