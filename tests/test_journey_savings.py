"""Travel savings on journeys one can draw: vehicles dropped, pro rata, and what may be told of them.

::

    North --- 10 km --- Hill (special)
    North ------------------- 20 km ------------------- Vale (independent)
    South - 5 km - Hill                 South ---- 25 km ---- Vale
"""

from __future__ import annotations

from math import ceil
from random import Random

import pandas as pd
import pytest

from sufficiency.evidence.counts import Counts
from sufficiency.evidence.journey_savings import (
    MILE_KM,
    RANGED,
    SUMS,
    low_high,
    rates_of,
    savings,
    withheld,
    yearly,
)
from sufficiency.settings import Settings

KM = {
    ("North", "Hill"): 10.0,
    ("North", "Vale"): 20.0,
    ("South", "Hill"): 5.0,
    ("South", "Vale"): 25.0,
}
KINDS = {"Hill": "special", "Vale": "independent"}
#: A vehicle a year at the usual rates: 190 days at £10 and £1.20 a km, four ways.
HILL, VALE = 190 * (10 + 1.2 * 10 * 4), 190 * (10 + 1.2 * 20 * 4)


def somewhere(*rows: tuple[str, str, float], need: str = "ASD") -> pd.DataFrame:
    """Return children by home and place, with their transport as a plan's ledger has it."""
    frame = pd.DataFrame(rows, columns=["area", "provision", "children"])
    frame["km"] = [KM[pair] for pair in zip(frame["area"], frame["provision"], strict=True)]
    frame["minutes"] = frame["km"] * 1.5
    frame["transport_gbp"] = frame["children"] * 190 * (10 + 1.2 * frame["km"] * 4) / 2
    return frame.assign(year=2025, need=need, phase="primary", ncy=3)


def taken(*rows: tuple[str, str, float]) -> pd.DataFrame:
    return yearly(somewhere(*rows), rates_of(Settings(), KINDS))


def one(before: pd.DataFrame, after: pd.DataFrame) -> dict[str, float]:
    (row,) = savings(before, after).to_dict("records")
    return {str(name): value for name, value in row.items()}


def test_a_vehicle_is_dropped() -> None:
    """Two of four children leave Vale for Hill: one vehicle of two goes to Hill instead; nothing is rounded."""
    row = one(taken(("North", "Vale", 4)), taken(("North", "Vale", 2), ("North", "Hill", 2)))
    assert row["vehicles_whole"] == row["vehicles_pro_rata"] == 0
    assert low_high(row, "gbp") == pytest.approx((VALE - HILL, VALE - HILL))
    assert row["child_miles"] == pytest.approx(2 * 10 * 2 * 190 / MILE_KM)
    assert row["child_minutes"] == pytest.approx(2 * 15 * 2 * 190)
    assert row["kg_co2_whole"] == pytest.approx(10 * 4 * 190 * 0.173)
    assert (row["transported_before"], row["transported_after"], row["changed"]) == (4, 4, 2)


def test_a_child_who_leaves_a_shared_vehicle_saves_nothing_for_certain() -> None:
    """One of two leaves Vale: its vehicle runs all the same, and Hill needs one more; pro rata each is half."""
    row = one(taken(("North", "Vale", 2)), taken(("North", "Vale", 1), ("North", "Hill", 1)))
    assert row["vehicles_whole"] == -1
    assert row["vehicles_pro_rata"] == 0
    assert low_high(row, "gbp") == pytest.approx((-HILL, (VALE - HILL) / 2))


def test_it_fits_into_a_vehicle_that_runs_already() -> None:
    """The odd child of three goes where there is an empty seat: a whole vehicle is saved, half of one pro rata."""
    before = taken(("North", "Vale", 3), ("North", "Hill", 1))
    row = one(before, taken(("North", "Vale", 2), ("North", "Hill", 2)))
    assert row["vehicles_whole"] == 1
    assert row["vehicles_pro_rata"] == 0
    assert low_high(row, "gbp") == pytest.approx(((VALE - HILL) / 2, VALE))


def test_vehicles_are_rounded_up_by_area_and_provision() -> None:
    """One child from each of two areas: two vehicles to Vale; together they would share one."""
    row = one(taken(("North", "Vale", 1), ("South", "Vale", 1)), taken())
    assert row["vehicles_whole"] == 2
    assert row["vehicles_pro_rata"] == 1
    assert row["vehicle_miles_whole"] == pytest.approx(45 * 4 * 190 / MILE_KM)


def test_rounding_up_does_not_mind_dust() -> None:
    assert taken(("North", "Vale", 2 + 1e-9))["vehicles_whole"].sum() == pytest.approx(1)
    assert taken(("North", "Vale", 2.1))["vehicles_whole"].sum() == pytest.approx(2)


def test_who_is_not_transported_saves_nothing() -> None:
    settings = Settings.model_validate(
        {"transport": {"over_km": 8, "eligible_pct": 50, "children_per_vehicle": 1}}
    )
    rows = somewhere(("North", "Hill", 4), ("South", "Hill", 4)).assign(transport_gbp=[9.0, 0.0])
    found = yearly(rows, rates_of(settings, KINDS))
    assert found["transported"].tolist() == [2, 0]
    assert found["vehicles_whole"].tolist() == [2, 0]
    lost = yearly(rows.assign(km=float("nan"), minutes=float("nan")), rates_of(settings, KINDS))
    assert not lost["transported"].any()


def test_rates_are_those_of_the_kind() -> None:
    settings = Settings.model_validate({"transport": {"independent": {"children_per_vehicle": 4}}})
    rates = rates_of(settings, KINDS)
    assert rates["children_per_vehicle"].to_dict() == {"Hill": 2.0, "Vale": 4.0}


Found = dict[tuple[str, str], int]


def drawn(seed: int) -> list[Found]:
    """Return who is where before and after, at random."""
    rng = Random(seed)
    return [{pair: rng.randint(1, 9) for pair in KM if rng.random() < 0.7} for _ in range(2)]


@pytest.mark.parametrize("seed", range(8))
def test_worth_by_hand(seed: int) -> None:
    """Recomputed a vehicle at a time: rounded up by area and provision, and pro rata."""

    def cost(found: Found, *, whole: bool) -> tuple[float, float]:
        vehicles = {p: ceil(n / 2) if whole else n / 2 for p, n in found.items()}
        each = {p: 190 * (10 + 1.2 * KM[p] * 4) for p in found}
        return sum(vehicles.values()), sum(vehicles[p] * each[p] for p in found)

    before, after = drawn(seed)
    row = one(*(taken(*((*pair, n) for pair, n in side.items())) for side in (before, after)))
    for whole, way in ((True, "whole"), (False, "pro_rata")):
        (v1, g1), (v2, g2) = cost(before, whole=whole), cost(after, whole=whole)
        assert row[f"vehicles_{way}"] == pytest.approx(v1 - v2)
        assert row[f"gbp_{way}"] == pytest.approx(g1 - g2)


@pytest.mark.parametrize("by", ["need", "area", "provision", "phase"])
def test_a_breakdown_adds_up(by: str) -> None:
    """By need, though the needs of an area share its vehicles."""
    before, after = (
        yearly(
            pd.concat(
                [
                    somewhere(*((*pair, n + k) for pair, n in side.items()), need=need)
                    for k, need in enumerate(("ASD", "SEMH"))
                ]
            ),
            rates_of(Settings(), KINDS),
        )
        for side in drawn(3)
    )
    parts = savings(before, after, [by])[list(SUMS)].sum()
    whole = savings(before, after)[list(SUMS)].iloc[0]
    assert parts.to_numpy() == pytest.approx(whole.to_numpy(), abs=1e-6)


def test_a_plan_saves_nothing_on_itself() -> None:
    same = taken(("North", "Vale", 3), ("South", "Hill", 7))
    row = one(same, same)
    assert not any(row[f"{name}_{way}"] for name in RANGED for way in ("whole", "pro_rata"))
    assert row["changed"] == 0


def told(before: pd.DataFrame, after: pd.DataFrame, *also: pd.DataFrame) -> dict[str, bool]:
    found = savings(before, after, ["area"])
    more = [savings(a, b, ["area"]) for a in (before, after) for b in also]
    hidden = withheld(found, Counts(5), more)
    return {area: not mine for area, mine in zip(found["area"], hidden, strict=True)}


def test_few_who_change_are_not_told_though_many_are_there() -> None:
    """Of 20 in the North one moves: its pounds and miles would be told. With the South it would follow from all."""
    before = taken(("North", "Vale", 20), ("South", "Vale", 20))
    one_moves = taken(("North", "Vale", 19), ("North", "Hill", 1), ("South", "Hill", 20))
    assert told(before, one_moves) == {"North": False, "South": False}
    many = taken(("North", "Vale", 12), ("North", "Hill", 8), ("South", "Hill", 20))
    assert told(before, many) == {"North": True, "South": True}
    nobody = taken(("North", "Vale", 20), ("South", "Hill", 20))
    assert told(before, nobody) == {"North": True, "South": True}


def test_few_children_are_not_told() -> None:
    before = taken(("North", "Vale", 3), ("South", "Vale", 20))
    assert not told(before, taken(("South", "Hill", 20)))["North"]


def test_two_options_that_differ_by_one_child_do_not_tell_of_it() -> None:
    before = taken(("North", "Vale", 20), ("South", "Vale", 20))
    first = taken(("North", "Hill", 10), ("North", "Vale", 10), ("South", "Hill", 20))
    second = taken(("North", "Hill", 11), ("North", "Vale", 9), ("South", "Hill", 20))
    assert told(before, second) == {"North": True, "South": True}
    assert not told(before, second, first)["North"]
