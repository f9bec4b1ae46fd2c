"""OR-Library's capacitated warehouse location, told as cases and solved to the published optima.

A warehouse is a scheme whose capital is its fixed cost (one year, no discount, a lifetime of one year, so that the
annuity is the capital); its capacity is places. A customer is a row of children, as many as its demand. A kilometre
costs a pound a child and nothing else costs anything, so that a journey's kilometres are the cost of one unit.

References
----------
Beasley (1990), "OR-Library: distributing test problems by electronic mail", Journal of the Operational Research
Society 41(11), 1069-1072.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.plans import Written, invoke, write_tables

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = """title = "Warehouses"
base_year = 2025
years = 1
[money]
discount_rate_pct = 0
[waiting]
gbp_per_child_year = 0
[travel]
method = "table"
[transport]
days = 1
gbp_per_day = 0
gbp_per_km = 1
journeys_per_day = 1
children_per_vehicle = 1
"""
OPTIMA = {
    "cap41": 1_040_444.375,
    "cap42": 1_098_000.450,
    "cap43": 1_153_000.450,
    "cap44": 1_235_500.450,
}
ANYONE = ["*", 0, 14]


def as_case(benchmark: Path, folder: Path) -> Path:
    """Tell a file of OR-Library as a case.

    The file: numbers of warehouses and customers; capacity and fixed cost of each warehouse; then for each
    customer its demand, and what serving the *whole* of it costs from each warehouse.
    """
    numbers = iter(benchmark.read_text("ascii").split())
    warehouses, customers = int(next(numbers)), int(next(numbers))
    sites = [(float(next(numbers)), float(next(numbers))) for _ in range(warehouses)]
    ids = [f"W{w:02}" for w in range(warehouses)]
    provisions: list[list[object]] = [["provision_id", "kind"]]
    provisions += [[w, "special"] for w in ids]
    children: list[list[object]] = [["child_id", "children", "need", "ncy"]]
    travel: list[list[object]] = [["child_id", "provision_id", "km", "minutes"]]
    for c in range(customers):
        demand = float(next(numbers))
        children.append([f"C{c:02}", repr(demand), "ASD", 7])
        costs = [float(next(numbers)) for _ in ids]
        travel += [
            [f"C{c:02}", w, repr(cost / demand), 1] for w, cost in zip(ids, costs, strict=True)
        ]
    assert next(numbers, None) is None
    range_of = ["needs", "ncy_from", "ncy_to"]
    return write_tables(
        folder,
        SETTINGS,
        children=children,
        travel=travel,
        provisions=provisions,
        places=[["provision_id", *range_of, "places"], *([w, *ANYONE, 0] for w in ids)],
        prices=[
            ["provision_id", *range_of, "gbp_per_child"],
            *([w, *ANYONE, 0] for w in ids),
        ],
        schemes=[
            ["scheme_id", "provision_id", "capital_gbp", "earliest_year", "lifetime_years"],
            *([f"S{w}", w, fixed, 2025, 1] for w, (_, fixed) in zip(ids, sites, strict=True)),
        ],
        scheme_places=[
            ["scheme_id", "years_open", *range_of, "places"],
            *([f"S{w}", 0, *ANYONE, places] for w, (places, _) in zip(ids, sites, strict=True)),
        ],
    )


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name == "cap44" else pytest.mark.slow) for name in OPTIMA],
)
def test_the_published_optimum_is_reproduced(name: str, open_data: Path, tmp_path: Path) -> None:
    published = dict(
        line.split() for line in (open_data / "benchmarks" / "optima.txt").read_text().splitlines()
    )
    assert float(published[name]) == OPTIMA[name]
    case = as_case(open_data / "benchmarks" / f"{name}.txt", tmp_path / name)
    words = ("--out", tmp_path / "out", "--tables-only", "--format", "json")
    done = invoke("plan", case, *words)
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert summary["status"] == "optimal"
    assert summary["objective_gbp"] == pytest.approx(OPTIMA[name], rel=1e-6)
    assert summary["cost_gbp"] == pytest.approx(OPTIMA[name], rel=1e-6)
    assert summary["unplaced_child_years"] == 0
    assert summary == Written(tmp_path / "out").summary
    spent = summary["ledger_gbp"]
    assert spent["capital cash"] == spent["capital annuity"]
    assert spent["capital annuity"] + spent["transport"] == pytest.approx(OPTIMA[name], rel=1e-6)
