"""Fairness on a street one can draw: options whose price is known by hand, and one that cannot be met.

::

    kilometre   0        2                12
              Town     Near (dearer)    Far (cheap)

A child at Far rather than Near costs less by `LESS` a year and travels ten minutes longer each way.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sufficiency.evidence.choices import Asker
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.fairness import options
from sufficiency.evidence.fairness.find import (
    Choice,
    Fairness,
    area_means,
    find,
    gains_and_losses,
    longest_tenth,
    measured,
)
from sufficiency.evidence.fairness.solve import AREAS, CAP, HOURS
from sufficiency.evidence.fairness.tables import journeys, option_rows, tells_tail
from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from tests.plans import invoke
from tests.street import DAYS, child, pool, price, school, transport, write_street

if TYPE_CHECKING:
    from pathlib import Path

SCHOOLS = [school("Near", 2), school("Far", 12)]
PRICES = [price("Near", 20_000), price("Far", 10_000)]
LESS = 20_000 + transport(2) - 10_000 - transport(12)
#: Pounds an hour at which Near is as good as Far: ten minutes, twice a day.
EVEN = LESS / (DAYS * 2 * 10 / 60)


def street(folder: Path, near: float | str = "", **more: Any) -> Path:  # noqa: ANN401
    """Write ten children who are at Near, and ten who need a place and would go to Far."""
    rows = [child("old", 10, status="placed", at="Near"), child("new", 10)]
    pools = [pool("Near", near), pool("Far", "")]
    return write_street(folder, more.pop("rows", rows), SCHOOLS, pools, PRICES, **more)


def found(case: Path, hours: tuple[float, ...] = (), secondary: float = 75.0) -> Fairness:
    study = Study.begin(case, Silent())
    year = study.prepared.case.settings.base_year
    asker = Asker(study, case.with_suffix(".runs"), 1, None, Silent())
    return find(asker, year, {"secondary": secondary}, hours, Counts())


def choice(fairness: Fairness, key: str) -> Choice:
    return next(one for one in fairness.choices if one.key == key)


def price_of(fairness: Fairness, one: Choice) -> float:
    return one.trial.account.cost_gbp - fairness.plan.trial.account.cost_gbp


def mean(one: Choice) -> float:
    account = one.trial.account
    return float(account.outcome("minutes").sum() / account.outcome("children").sum())


def test_the_weight_at_which_the_near_school_wins(tmp_path: Path) -> None:
    """Just under `EVEN` an hour everything stays; just over it ten children are at Near, for what that costs."""
    fairness = found(street(tmp_path / "case"), (EVEN - 1, EVEN + 1))
    under, over = (one for one in fairness.choices if one.key == HOURS)
    assert price_of(fairness, under) == pytest.approx(0)
    assert price_of(fairness, over) == pytest.approx(10 * LESS)
    assert (mean(fairness.plan), mean(under), mean(over)) == pytest.approx((7, 7, 2))
    assert gains_and_losses(fairness, over) == (0, 10)


def test_what_an_hour_is_worth_takes_the_place_of_the_cases_own(tmp_path: Path) -> None:
    settings = f"gbp_per_child_hour = {EVEN + 1}\n"
    fairness = found(street(tmp_path / "case", settings=settings), (0.0, EVEN + 1))
    none, same = (one for one in fairness.choices if one.key == HOURS)
    assert price_of(fairness, none) == pytest.approx(-10 * LESS)
    assert price_of(fairness, same) == pytest.approx(0)


def test_no_area_worse_costs_what_it_does_by_hand(tmp_path: Path) -> None:
    """Today's mean is two minutes: all ten must be at Near."""
    fairness = found(street(tmp_path / "case"))
    areas = choice(fairness, AREAS)
    assert price_of(fairness, areas) == pytest.approx(10 * LESS, rel=1e-4)
    assert mean(areas) == pytest.approx(2, abs=1e-3)
    assert not areas.unmet
    table = area_means(fairness).set_index("area").loc["Town"]
    assert (table["now"], table["plan"], table["no area worse"]) == pytest.approx(
        (2, 7, 2), abs=1e-3
    )


def test_an_area_may_be_better_than_today(tmp_path: Path) -> None:
    """Those of today are at Far: the plan keeps to twelve minutes by itself, and the option costs nothing."""
    rows = [child("old", 10, status="placed", at="Far"), child("new", 10)]
    fairness = found(street(tmp_path / "case", rows=rows))
    assert price_of(fairness, choice(fairness, AREAS)) == pytest.approx(0, abs=0.01)


def test_half_of_today_is_half_the_price(tmp_path: Path) -> None:
    """Today five are at Near and five at Far, a mean of seven: five of the ten may be at Far."""
    rows = [
        child("old", 5, status="placed", at="Near"),
        child("far", 5, status="placed", at="Far"),
        child("new", 10),
    ]
    fairness = found(street(tmp_path / "case", rows=rows))
    assert price_of(fairness, choice(fairness, AREAS)) == pytest.approx(5 * LESS, rel=1e-4)


def test_an_option_that_cannot_be_met_says_so(tmp_path: Path) -> None:
    """Near has room for four more: six stay at Far, ten minutes over. Nobody is left without a place for it."""
    fairness = found(street(tmp_path / "case", near=14), secondary=10.0)
    areas, cap = choice(fairness, AREAS), choice(fairness, CAP)
    assert areas.unmet["Town"] == pytest.approx(60, abs=0.01)
    assert cap.unmet == pytest.approx({"decided": 6})
    for one in (areas, cap):
        assert price_of(fairness, one) == pytest.approx(4 * LESS, rel=1e-4)
        assert one.trial.account.unplaced == pytest.approx(0)


def test_a_cap_costs_what_it_does_by_hand(tmp_path: Path) -> None:
    fairness = found(street(tmp_path / "case"), secondary=10.0)
    cap = choice(fairness, CAP)
    assert price_of(fairness, cap) == pytest.approx(10 * LESS)
    assert not cap.unmet
    loose = found(street(tmp_path / "loose"), secondary=12.0)
    assert price_of(loose, choice(loose, CAP)) == pytest.approx(0)


def test_children_who_are_there_already_are_over_the_cap(tmp_path: Path) -> None:
    rows = [child("old", 10, status="placed", at="Far"), child("new", 10)]
    cap = choice(found(street(tmp_path / "case", rows=rows), secondary=10.0), CAP)
    assert cap.unmet == pytest.approx({"there": 10})


def test_areas_of_few_children_are_one(tmp_path: Path) -> None:
    rows = [
        child("a", 9, status="placed", at="Near"),
        child("b", 3, area="Hamlet", status="placed", at="Far"),
        child("c", 2, area="Farm", status="placed", at="Near"),
    ]
    study = Study.begin(street(tmp_path / "case", rows=rows), Silent())
    now = options.today(study, 5)
    assert now["children"].to_dict() == {"Town": 9, options.OTHER_AREAS: 5}
    assert now["minutes"].to_dict() == pytest.approx({"Town": 2, options.OTHER_AREAS: 8})
    assert list(options.today(study, 6).index) == ["Town"]


@pytest.mark.parametrize("seed", range(5))
def test_longest_tenth_child_by_child(seed: int) -> None:
    random = np.random.default_rng(seed)
    children = random.integers(1, 9, 40)
    minutes = random.integers(1, 90, 40).astype(float)
    each = np.sort(np.repeat(minutes, 10 * children))[::-1]  # tenths of children
    assert longest_tenth(minutes, children.astype(float)) == pytest.approx(
        each[: children.sum()].mean()
    )
    assert np.isnan(longest_tenth(np.zeros(0), np.zeros(0)))


def test_kinds_of_area(tmp_path: Path) -> None:
    """Town is urban and deprived; Hamlet, ten kilometres further out, rural: by hand, two and twelve minutes."""
    kinds: list[list[object]] = [
        ["area", "label", "rural", "imd_decile", "source"],
        ["Town", "The Town", "urban", 2, "invented"],
        ["Hamlet", "", "rural", 9, "invented"],
    ]
    rows = [
        child("a", 20, status="placed", at="Near"),
        child("b", 20, at_km=-10, area="Hamlet", status="placed", at="Near"),
        child("c", 20, area="Elsewhere", status="placed", at="Far"),
    ]
    fairness = found(street(tmp_path / "case", rows=rows, more={"areas": kinds}))
    means = {(by, group): m["mean"] for by, group, m in measured(fairness, fairness.plan)}
    assert means["rural", "urban"] == means["fifth", "fifth 1 (most deprived)"] == 2
    assert means["rural", "rural"] == means["fifth", "fifth 5 (least deprived)"] == 12
    assert means["rural", "not known"] == 12
    groups = set(journeys(fairness, Counts())["group"])
    assert {"The Town", "Hamlet", "urban", "not known"} <= groups
    done = invoke("fairness", tmp_path / "case", "--hours", "5", "--workers", "1")
    assert "1 areas of homes have no row" not in done.stdout
    assert "One area of homes has no row" in " ".join(done.stdout.split())


def test_without_a_table_of_areas_their_kinds_are_not_told(tmp_path: Path) -> None:
    fairness = found(street(tmp_path / "case"))
    assert {by for by, _, _ in measured(fairness, fairness.plan)} == {
        "all",
        "need",
        "phase",
        "area",
    }


def test_a_wrong_kind_of_area_is_a_fault(tmp_path: Path) -> None:
    case = street(tmp_path / "case", more={"areas": [["area", "imd_decile"], ["Town", 11]]})
    done = invoke("check", case)
    assert done.exit_code == 3
    assert "imd_decile" in done.output


def test_the_longest_tenth_is_never_one_child(tmp_path: Path) -> None:
    assert not tells_tail(99, Counts())
    assert tells_tail(100, Counts())
    rows = [child("a", 95, status="placed", at="Near"), child("b", 4, status="placed", at="Far")]
    told = journeys(found(street(tmp_path / "case", rows=rows)), Counts()).iloc[0]
    assert told["longest_tenth_minutes"] is None or told.isna()["longest_tenth_minutes"]
    rows[0] = child("a", 96, status="placed", at="Near")
    told = journeys(found(street(tmp_path / "more", rows=rows)), Counts()).iloc[0]
    assert told["longest_tenth_minutes"] == round((4 * 12 + 6 * 2) / 10)


def test_few_over_the_guidance_are_not_told(tmp_path: Path) -> None:
    settings = "soft_minutes = { secondary = 10 }\n"
    rows = [child("a", 20, status="placed", at="Near"), child("b", 4, status="placed", at="Far")]
    case = street(tmp_path / "case", rows=rows, settings=settings)
    assert journeys(found(case), Counts()).isna().iloc[0]["over_guidance"]
    rows[1] = child("b", 6, status="placed", at="Far")
    case = street(tmp_path / "more", rows=rows, settings=settings)
    assert journeys(found(case), Counts()).iloc[0]["over_guidance"] == 5


def test_the_same_figures_everywhere(tmp_path: Path) -> None:
    case, out = street(tmp_path / "case"), tmp_path / "out"
    done = invoke(
        "fairness",
        case,
        "--out",
        out,
        "--most",
        "secondary=10",
        "--hours",
        "0,99",
        "--format",
        "json",
    )
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said == json.loads((out / "summary.json").read_text("utf-8"))
    prices = {row["option"]: row["price_gbp"] for row in said["fairness_options"]}
    assert prices["cap"] == round(10 * LESS)
    assert prices["no area worse"] == pytest.approx(10 * LESS, rel=1e-4)
    page = (out / "fairness.html").read_text("utf-8")
    assert said["answer"].split(".")[0] in page
    assert (out / "fairness_options.csv").is_file()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--most", "infant=4"),
        ("--most", "primary"),
        ("--hours", "ten"),
        ("--hours", "-1"),
        ("--year", "1999"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, option: str, value: str) -> None:
    done = invoke("fairness", street(tmp_path / "case"), option, value)
    assert done.exit_code == 2, done.output


def test_what_is_solved_already_is_not_solved_again(tmp_path: Path) -> None:
    """An interrupted run goes on where it was: the options that are kept are only read, in any number of processes."""
    case, kept = street(tmp_path / "case"), tmp_path / "case.runs"
    first = found(case, (5.0, 10.0), secondary=10.0)
    times = {path.name: path.stat().st_mtime_ns for path in kept.iterdir()}
    assert len(times) == 4  # areas, the cap, and two values of an hour
    again = found(case, (5.0, 10.0, 20.0), secondary=10.0)
    assert {name: (kept / name).stat().st_mtime_ns for name in times} == times
    assert [price_of(again, one) for one in again.choices[:-1]] == [
        price_of(first, one) for one in first.choices
    ]
    found(case, (5.0,), secondary=12.0)  # another cap: nothing that is kept is of it
    assert len(list(kept.iterdir())) == 5 + 3


@pytest.mark.slow
def test_the_same_options_in_two_processes(tmp_path: Path) -> None:
    case = street(tmp_path / "case")
    alone, together = (
        invoke("fairness", case, "--workers", workers, "--format", "json").stdout
        for workers in "12"
    )
    assert alone == together


def test_a_price_below_the_gap_is_not_told_apart(tmp_path: Path) -> None:
    """Where a plan may be better by more than the price, the price says nothing."""
    fairness = found(street(tmp_path / "case"), (EVEN + 1,))
    one = fairness.choices[-1]
    price = price_of(fairness, one)
    solution = replace(one.trial.solution, bound=one.trial.solution.objective - price - 1)
    vague = replace(one, trial=replace(one.trial, solution=solution))
    assert fairness.told_apart(one)
    assert not fairness.told_apart(vague)
    rows = option_rows(replace(fairness, choices=(fairness.plan, vague)), Counts())
    assert list(rows["told_apart"]) == ["yes", "no"]
