"""The ledger to the pound: by hand in the town, and against the objective in the cases of known optima."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models import solve
from sufficiency.findings import find
from sufficiency.ledger import ITEMS
from tests.plans import Written, plan, prepare
from tests.town import change, write_town

if TYPE_CHECKING:
    from sufficiency.problem import Basis

YEARS = ("2025", "2026", "2027")
#: Transport a child a year: to the base (180 days), to Hill (190), and from D's home to Vale.
BASE_GBP = 180 * (10 + 1.2 * 1.2 * 4) / 2
NEAR_GBP = 190 * (10 + 1.2 * 1.2 * 4) / 2
FAR_GBP = 190 * (10 + 1.2 * 1.2 * (11**2 + 1**2) ** 0.5 * 4) / 2
RATE = 0.035


def annuity(capital: float, years: int) -> float:
    """Return the payment whose present value over the lifetime, summed year by year, is the capital."""
    return capital / sum((1 + RATE) ** -n for n in range(1, years + 1))


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def ledger(written: Written) -> dict[str, list[int]]:
    rows = written.table("ledger")
    return {
        item: [
            int(row["gbp"])
            for year in YEARS
            for row in rows
            if (row["item"], row["year"]) == (item, year)
        ]
        for item in ITEMS
    }


def pounds(*amounts: float) -> list[int]:
    return [round(amount) for amount in amounts]


def test_the_town_to_the_pound(town: Path) -> None:
    written = plan(town, town.parent / "out", baseline=False)
    first, later = 2 * BASE_GBP + NEAR_GBP + FAR_GBP, 2 * BASE_GBP + 2 * NEAR_GBP + FAR_GBP
    yearly = annuity(400_000, 20)
    assert ledger(written) == {
        "place funding": [22_000] * 3,
        "top-up": [49_000, 74_000, 74_000],
        "independent fees": [60_000] * 3,
        "waiting": [0] * 3,
        "moves at review": [0] * 3,
        "transport": pounds(first, later, later),
        "capital cash": [0, 400_000, 0],
        "capital annuity": pounds(0, yearly, yearly),
    }
    # What the plan decides: A, C, D, E and the extension; not B, nor places that are there anyway.
    decided = [
        12_000 + BASE_GBP + 25_000 + NEAR_GBP + 60_000 + FAR_GBP,
        *[12_000 + BASE_GBP + 2 * (25_000 + NEAR_GBP) + 60_000 + FAR_GBP + yearly] * 2,
    ]
    objective = sum(gbp / (1 + RATE) ** t for t, gbp in enumerate(decided))
    assert written.summary["objective_gbp"] == pytest.approx(objective, abs=0.01)
    assert written.summary["cost_gbp"] == pytest.approx(objective, abs=0.01)


def test_each_item_has_its_budget_and_stands_once_a_year(town: Path) -> None:
    rows = plan(town, town.parent / "out", baseline=False).table("ledger")
    assert [(row["year"], row["item"]) for row in rows] == [
        (year, item) for year in YEARS for item in ITEMS
    ]
    assert all(row["budget"] == ITEMS[row["item"]] for row in rows)


def test_discounting_is_to_the_base_year(town: Path) -> None:
    change(town, "case.toml", "years = 3\n", "years = 3\n[money]\ndiscount_rate_pct = 10\n")
    written = plan(town, town.parent / "out", baseline=False)
    for row in written.table("ledger"):
        expected = int(row["gbp"]) / 1.1 ** (int(row["year"]) - 2025)
        assert int(row["gbp_discounted"]) == pytest.approx(expected, abs=1.5)
    totals = written.summary["ledger_gbp_discounted"]
    # Borrowing at a tenth, the extension would cost £47,000 a year: E goes to Vale.
    assert totals["independent fees"] == pytest.approx(60_000 + 120_000 / 1.1 + 120_000 / 1.21)
    assert totals["capital annuity"] == 0


def test_committed_schemes_move_at_review_and_place_funding(town: Path) -> None:
    """Hill has two places, so that D comes home; Riverside grew in 2024 and again in 2027."""
    change(town, "places.csv", "H,*,0,14,,,1,10000", "H,*,0,14,,,2,10000")
    with (town / "schemes.csv").open("a") as file:
        file.write("S0,Extra place,R,committed,100000,2024,,10,,\n")
        file.write("S2,Hut,R,committed,50000,2027,,40,,\n")
    with (town / "scheme_places.csv").open("a") as file:
        file.write("S0,0,ASD|SLCN,0,6,1,2500\nS0,2,ASD|SLCN,0,6,2,3000\nS2,0,ASD|SLCN,0,6,1,4000\n")
    change(town, "scheme_places.csv", "S1,0,*,0,14,2,\n", "S1,0,*,0,14,2,1000\n")
    written = plan(town, town.parent / "out", baseline=False)
    assert {s["scheme_id"]: s["year"] for s in written.summary["schemes"]} == {
        "S0": 2024,
        "S1": 2026,
        "S2": 2027,
    }
    old, new, hut = annuity(100_000, 10), annuity(400_000, 20), annuity(50_000, 40)
    assert ledger(written) == {
        # Riverside 2 and Hill 2; Riverside's place of 2024 is two from 2026; Hill's extension; the hut.
        "place funding": [
            12_000 + 20_000 + 2_500,
            12_000 + 20_000 + 6_000 + 2_000,
            12_000 + 20_000 + 6_000 + 2_000 + 4_000,
        ],
        "top-up": [74_000, 99_000, 99_000],
        "independent fees": [0] * 3,
        "waiting": [0] * 3,
        "moves at review": [2_500, 0, 0],
        "transport": pounds(2 * BASE_GBP + 2 * NEAR_GBP, *[2 * BASE_GBP + 3 * NEAR_GBP] * 2),
        "capital cash": [0, 400_000, 50_000],
        "capital annuity": pounds(old, old + new, old + new + hut),
    }
    # Committed schemes are in the ledger, not in the objective; the proposed one's places are.
    decided = [
        12_000 + BASE_GBP + 2 * (25_000 + NEAR_GBP) + 2_500,
        *[12_000 + BASE_GBP + 3 * (25_000 + NEAR_GBP) + 2_000 + new] * 2,
    ]
    objective = sum(gbp / (1 + RATE) ** t for t, gbp in enumerate(decided))
    assert written.summary["objective_gbp"] == pytest.approx(objective, abs=0.01)


def test_waiting_is_money_and_the_penalty_is_not(town: Path) -> None:
    change(town, "places.csv", "V,*,0,14,,,,", "V,*,0,14,,,1,")
    change(town, "case.toml", "{ 2025 = 300000, 2026 = 300000 }", "{ }")
    written = plan(town, town.parent / "out", baseline=False)
    assert ledger(written)["waiting"] == [0, 30_000, 30_000]
    priority = 1_000_000 * (1 / (1 + RATE) + 1 / (1 + RATE) ** 2)
    summary = written.summary
    assert summary["objective_gbp"] - summary["cost_gbp"] == pytest.approx(priority, abs=0.01)


def test_the_value_of_time_is_not_money(town: Path) -> None:
    plain = plan(town, town.parent / "out", baseline=False).summary
    change(
        town,
        "case.toml",
        "[travel]\n",
        "[travel]\ngbp_per_child_hour = 6\ngbp_per_minute_over = 2\n",
    )
    change(town, "case.toml", "{ primary = 30 }", "{ primary = 30, secondary = 10 }")
    timed = plan(town, town.parent / "timed", baseline=False).summary
    assert timed["cost_gbp"] == pytest.approx(plain["cost_gbp"], abs=0.01)
    assert timed["ledger_gbp"] == plain["ledger_gbp"]
    near, far = 1.8, 1.8 * (11**2 + 1**2) ** 0.5
    at_base, at_hill = 180 * 2 * 6 * near / 60, 190 * 2 * 6 * near / 60
    at_vale = 190 * 2 * (6 * far / 60 + 2 * (far - 10))
    yearly = [at_base + at_hill + at_vale, *[at_base + 2 * at_hill + at_vale] * 2]
    value = sum(gbp / (1 + RATE) ** t for t, gbp in enumerate(yearly))
    assert timed["objective_gbp"] - timed["cost_gbp"] == pytest.approx(value, abs=0.01)


def undecided(basis: Basis) -> float:
    """Discounted pounds that no decision changes: existing places, committed schemes, children who stay."""
    settings = basis.case.settings
    rate, horizon = settings.money.discount_rate_pct / 100, settings.years
    d = np.array([(1 + rate) ** -t for t in range(horizon)])
    total = float((basis.pools.funding_gbp * d).sum())
    staying = basis.placed.years
    gbp = np.nan_to_num(staying.price_gbp).clip(0) + staying.transport_gbp
    total += float((d[staying.year] * basis.placed.there * gbp).sum())
    for _, scheme in basis.case.schemes.iterrows():
        if scheme["status"] != "committed":
            continue
        n, capital = int(scheme["lifetime_years"]), float(scheme["capital_gbp"])
        charge = capital / (sum((1 + rate) ** -k for k in range(1, n + 1)) if rate else n)
        for t in range(horizon):
            age = settings.base_year + t - int(scheme["earliest_year"])
            if age >= 0:
                total += d[t] * (charge + funding_gbp(basis, str(scheme["scheme_id"]), age))
    return total


def funding_gbp(basis: Basis, scheme_id: str, age: int) -> float:
    """Place funding so many years after opening: per pool, the last row reached."""
    rows = basis.case.scheme_places
    rows = rows[(rows["scheme_id"] == scheme_id) & (rows["years_open"] <= age)]
    last = rows.sort_values("years_open").groupby(["needs", "ncy_from", "ncy_to"]).tail(1)
    return float((last["places"] * last["place_funding_gbp"].fillna(0.0)).sum())


SPREAD = [
    f"{sort}-{n:03}" for sort, last in (("plain", 80), ("hard", 60)) for n in range(4, last, 8)
]


@pytest.mark.parametrize("name", SPREAD)
def test_what_the_plan_decides_adds_up_to_its_cost(name: str, shared_cases: Path) -> None:
    """Ledger less what is not decided is `cost_gbp`; with the penalty and the value of time, the objective."""
    prepared = prepare(shared_cases / name)
    basis = prepared.basis
    solution = solve(basis.problem)
    findings = find(basis, solution, prepared.travel.journeys, basis.children)
    money = findings.ledger[findings.ledger["item"] != "capital cash"]["gbp_discounted"].sum()
    assert money - undecided(basis) == pytest.approx(findings.cost_gbp, abs=0.05)

    settings = prepared.case.settings
    d = (1 + settings.money.discount_rate_pct / 100) ** -np.arange(settings.years, dtype=float)
    waits = findings.unplaced["year"].to_numpy(int) - settings.base_year
    penalty = settings.waiting.penalty_gbp_per_child_year
    priority = float(d[waits] @ findings.unplaced["children"].to_numpy(float)) * penalty
    years = basis.years
    time = d[years.year] * years.share * solution.stay[years.stay] * years.time_gbp
    assert findings.cost_gbp + priority + time.sum() == pytest.approx(solution.objective, abs=0.05)


@pytest.mark.parametrize("name", SPREAD[::3])
def test_tables_agree_with_each_other(name: str, shared_cases: Path) -> None:
    """Children of a year are the same in every table; pounds of placements are those of the ledger."""
    prepared = prepare(shared_cases / name)
    found = find(prepared.basis, solve(prepared.basis.problem), prepared.travel.journeys, 0.0)
    placed = found.placements.groupby("year")["children"].sum()
    waiting = found.unplaced.groupby("year")["children"].sum()
    total = found.gap.groupby("year")["children"].sum()
    assert placed.add(waiting, fill_value=0.0).to_dict() == pytest.approx(total.to_dict())
    assert found.gap.groupby("year")["unplaced"].sum().to_dict() == pytest.approx(
        waiting.reindex(total.index, fill_value=0.0).to_dict()
    )
    by_area = found.areas.groupby(["need", "phase", "year"])[["children", "independent"]].sum()
    by_need = found.gap.set_index(["need", "phase", "year"])[["children", "independent"]]
    assert np.allclose(by_area.sort_index(), by_need.sort_index())
    items = found.ledger.pivot_table(index="year", columns="item", values="gbp", aggfunc="sum")
    spent = items[["top-up", "independent fees", "transport"]].sum(axis=1)
    gbp = found.placements.groupby("year")["gbp"].sum().reindex(spent.index, fill_value=0.0)
    assert gbp.to_dict() == pytest.approx(spent.to_dict())
    journeys = found.travel[found.travel["phase"] == "all"].set_index("year")["children"]
    assert (journeys <= placed.reindex(journeys.index) + 1e-6).all()
