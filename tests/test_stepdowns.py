"""Step-downs on a street one can draw: what an independent placement and a local place cost, and no place used twice.

::

    kilometre   0        2                    22
              homes    Near (local)         Vale (independent, another council's)
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from sufficiency.evidence.counts import Counts
from sufficiency.evidence.stepdowns.find import (
    ELSEWHERE,
    FULL,
    LATER,
    LEAVES,
    LOCAL,
    NONE_SUITS,
    SCHEME,
    StepDowns,
    find,
)
from sufficiency.evidence.stepdowns.told import _of_few, evidence
from sufficiency.evidence.stepdowns.words import _in_plan, swapped
from sufficiency.evidence.study import Study
from sufficiency.progress import Silent
from tests.plans import invoke
from tests.street import CHILDREN, child, pool, price, scheme, school, transport, write_street

if TYPE_CHECKING:
    from pathlib import Path

FEE, TOP_UP, MOVE = 60_000, 20_000, 2_500
VALE = school("Vale", 22, "independent", "Elsewhere")
SCHOOLS = [school("Near", 2), VALE]
PRICES = [price("Near", TOP_UP), price("Vale", FEE)]
#: What a child who steps down saves a year, by hand.
SAVED = FEE + transport(22) - TOP_UP - transport(2)


def at_vale(children: float = 6, ncy: int = 5, **more: Any) -> list[object]:  # noqa: ANN401
    return child("vale", children, ncy=ncy, **({"status": "placed", "at": "Vale"} | more))


def street(
    folder: Path,
    *rows: list[object],
    near: list[list[object]] | None = None,
    vale: list[list[object]] | None = None,
    years: int = 4,
    **more: Any,  # noqa: ANN401
) -> Path:
    pools = [*([pool("Near", 6)] if near is None else near), *(vale or [pool("Vale", "")])]
    return write_street(folder, list(rows), SCHOOLS, pools, PRICES, years=years, **more)


def found(case: Path) -> StepDowns:
    return find(Study.begin(case, Silent()))


def outcomes(found: StepDowns) -> dict[str, float]:
    sums = found.outcomes.groupby("outcome")["children"].sum()
    return {str(name): float(children) for name, children in sums.items()}


def network(found: StepDowns) -> list[float]:
    """Return what is saved in each year, from the ledgers of the two plans."""
    return list(
        found.staying.account.ledger.sum(axis=0) - found.stepping.account.ledger.sum(axis=0)
    )


def test_a_step_down_at_the_transfer_is_worth_what_it_is_by_hand(tmp_path: Path) -> None:
    """Six in Year 5 at an all-through independent school: in 2027 they could be at Near. The plan leaves them there."""
    stepping = found(street(tmp_path / "case", at_vale()))
    assert outcomes(stepping) == pytest.approx({LOCAL: 6})
    assert network(stepping) == pytest.approx([0, 0, 6 * SAVED, 6 * SAVED])
    plan = stepping.study.plan.account
    assert plan.outcome("independent") == pytest.approx([6, 6, 6, 6])
    assert stepping.stepping.account.outcome("independent") == pytest.approx([6, 6, 0, 0])
    (move,) = stepping.moves.to_dict("records")
    assert (move["year"], move["ncy"], move["transition"]) == (2, 7, "phase transfer")
    assert move["fee_gbp"] + move["transport_before_gbp"] == pytest.approx(FEE + transport(22))
    assert move["price_gbp"] + move["transport_gbp"] == pytest.approx(TOP_UP + transport(2))
    assert move["place_funding_gbp"] == 0


def test_a_place_is_not_used_twice(tmp_path: Path) -> None:
    """Six more children arrive in 2027 for the same six places: whoever gets them, the network saves nothing."""
    header = [*CHILDREN, "start_year"]
    arrivals = [header, [*child("new", 6, ncy=7)[:-2], 2027]]
    case = street(tmp_path / "case", at_vale(), more={"new_children": arrivals})
    stepping = found(case)
    assert network(stepping) == pytest.approx([0, 0, 0, 0], abs=1e-4)
    assert stepping.staying.account.outcome("independent")[2] == pytest.approx(6)


def test_a_scheme_gives_the_place(tmp_path: Path) -> None:
    """Vale ends at Year 11: in 2026 the plan moves six into a scheme's places, whose funding counts."""
    more = scheme("S", "Near", 6, capital=1_000)
    more["scheme_places"][0].append("place_funding_gbp")
    more["scheme_places"][1].append(7_000)
    case = street(
        tmp_path / "case",
        at_vale(ncy=11),
        near=[],
        vale=[pool("Vale", "", low=0, high=11), pool("Vale", "", low=12, high=14)],
        years=2,
        more=more,
    )
    stepping = found(case)
    assert outcomes(stepping) == pytest.approx({SCHEME: 6})
    (move,) = stepping.moves.to_dict("records")
    assert move["place_funding_gbp"] == pytest.approx(7_000)
    assert network(stepping) == pytest.approx([0, 6 * SAVED])
    assert stepping.unbuilt_moves == 0
    told = evidence(stepping, {}).found
    assert told["saved_in_plan_gbp"] == told["saved_gbp"] == round(6 * SAVED)


def test_what_must_open_stays_where_nothing_else_is_built(tmp_path: Path) -> None:
    """Six take places of a scheme that must open, which requires another: without it no plan keeps to the rules."""
    more = scheme("S", "Near", 6, capital=1_000, requires="T", choice="open")
    second = scheme("T", "Near", 1, capital=1_000)
    more["schemes"].append([*second["schemes"][1], "", ""])
    more["scheme_places"] += second["scheme_places"][1:]
    case = street(tmp_path / "case", at_vale(ncy=6), near=[], years=2, more=more)
    stepping = found(case)
    opened = stepping.unbuilt.account.opens
    assert opened.min() >= 0
    assert opened.tolist() == stepping.study.plan.account.opens.tolist()
    assert "but those that must open" in " ".join(evidence(stepping, {}).section.notes)


def test_a_review_steps_down_at_once(tmp_path: Path) -> None:
    stepping = found(street(tmp_path / "case", at_vale(status="review", ncy=3), years=2))
    assert outcomes(stepping) == pytest.approx({LOCAL: 6})
    assert network(stepping) == pytest.approx([6 * (SAVED - MOVE), 6 * SAVED])


@pytest.mark.parametrize(
    ("row", "near", "outcome"),
    [
        (at_vale(suits="independent"), [pool("Near", 6)], NONE_SUITS),
        (at_vale(need="ASD"), [pool("Near", 6, "SEMH")], NONE_SUITS),
        (at_vale(), [pool("Near", 6, low=0, high=6)], NONE_SUITS),
        (at_vale(ncy=14), [pool("Near", 6)], LEAVES),
        (at_vale(ncy=0), [pool("Near", 6)], LATER),
        (at_vale(ncy=8), [pool("Near", 6)], LATER),
    ],
    ids=["kind", "need", "year group", "leaves", "primary", "secondary"],
)
def test_what_becomes_of_others(
    tmp_path: Path, row: list[object], near: list[list[object]], outcome: str
) -> None:
    stepping = found(street(tmp_path / "case", row, near=near, years=3))
    assert outcomes(stepping) == pytest.approx({outcome: 6})
    assert network(stepping) == pytest.approx([0, 0, 0])


def test_full_local_schools_and_those_of_other_councils(tmp_path: Path) -> None:
    """Eight at Vale: Near has room for one group of five, Over takes two, and one goes on."""
    schools = [*SCHOOLS, school("Over", 3, la="Next door")]
    pools = [pool("Near", 5), pool("Over", 2), pool("Vale", "")]
    prices = [*PRICES, price("Over", TOP_UP)]
    case = write_street(tmp_path / "case", [at_vale(8)], schools, pools, prices, years=3)
    stepping = found(case)
    assert outcomes(stepping) == pytest.approx({LOCAL: 5, ELSEWHERE: 2, FULL: 1})


def test_whoever_goes_on_may_stay_however_full_the_school_is(tmp_path: Path) -> None:
    """Vale has places for two, and six children: nobody is without a place for being asked again."""
    case = street(tmp_path / "case", at_vale(), near=[pool("Near", 3)], vale=[pool("Vale", 2)])
    stepping = found(case)
    assert stepping.stepping.account.unplaced == pytest.approx(0)
    assert stepping.staying.account.unplaced == pytest.approx(0)
    assert outcomes(stepping) == pytest.approx({LOCAL: 3, FULL: 3})


def test_figures_are_the_same_and_groups_are_private(tmp_path: Path) -> None:
    case, out = street(tmp_path / "case", at_vale()), tmp_path / "out"
    assert invoke("stepdowns", case, "--out", out).exit_code == 0
    said = json.loads((out / "summary.json").read_text("utf-8"))
    assert said["stepdowns_by_school"][0]["children"] == 5
    net = said["stepdowns_by_school"][0]["net_gbp"]
    assert net == round(SAVED, -2)
    assert (
        said["stepdowns_by_school"][0]["saved_gbp"] == 5 * net
    )  # over the mean it gives no exact number
    assert said["saved_gbp"] == round(12 * SAVED)
    assert "not a decision on any child" in (out / "stepdowns.html").read_text("utf-8")
    exact = (out / "private" / "groups.csv").read_text("utf-8-sig")
    assert "Vale" in exact
    assert "6" in exact


def test_few_are_not_told(tmp_path: Path) -> None:
    case, out = street(tmp_path / "case", at_vale(4)), tmp_path / "out"
    assert invoke("stepdowns", case, "--out", out).exit_code == 0
    said = json.loads((out / "summary.json").read_text("utf-8"))
    assert said["stepdowns_by_school"] == said["stepdowns"] == []
    assert said["outcomes"] == [{"outcome": LOCAL, "children": None}]
    assert {row["independent_fees_gbp"] for row in said["stepdowns_by_year"]} == {0, None}
    assert "[c]" in (out / "stepdowns.html").read_text("utf-8")
    assert "fewer than 5 independent placements" in said["answer"]


def test_items_of_a_few_who_swap_are_not_told() -> None:
    """One child goes from one independent school to another at review: none fewer, but a move of £2,500."""
    names = ["independent_staying", "independent_stepping_down", "unplaced_staying"]
    columns = [*names, "unplaced_stepping_down", "independent_fees_gbp", "moves_at_review_gbp"]
    rows = [
        [20, 20, 0, 0, 8_000, -2_500],
        [20, 20, 0, 0, 0, 0],
        [20, 10, 0, 0, 6e5, 0],
        [20, 17, 0, 0, 2e5, 0],
    ]
    few = _of_few(pd.DataFrame(rows, columns=columns), Counts(5))
    assert few.tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("stepping", "said"), [([20, 20], True), ([20, 18], True), ([20, 10], False), ([20, 3], False)]
)
def test_it_is_said_that_step_downs_only_take_the_places_of_others(
    stepping: list[float], said: bool
) -> None:
    years = pd.DataFrame({"independent_staying": [20, 20], "independent_stepping_down": stepping})
    assert bool(swapped(years, Counts(5))) is said


def test_a_plan_that_costs_more_than_staying_saves_no_part() -> None:
    assert _in_plan(80e3, 30e3) == "; £30k of it is in the plan already"
    assert "comes to £1.92m more than everybody staying on" in _in_plan(80e3, -1.92e6)
    assert "comes to £2.00m less" in _in_plan(80e3, 2e6)
