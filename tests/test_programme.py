"""The recommended phasing: actions, dates and capital of a town whose programme is known by hand."""

from __future__ import annotations

import csv
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from sufficiency.evidence.programme.find import Recommended, months_before
from sufficiency.evidence.study import Study
from tests.plans import invoke, prepare
from tests.sites import Row, write_sites
from tests.town import change

if TYPE_CHECKING:
    from pathlib import Path

#: SMALL at once, for twelve children; MORE, which needs it, in the second year, for three who come then.
SCHEMES: list[Row] = [
    ("SMALL", "A", 100e3, 2025, "", "", "", {0: 4}),
    ("MORE", "B", 40e3, 2026, "", "", "SMALL", {0: 2, 1: 3}),
    ("DEAR", "B", 9e6, 2025, "", "", "", {0: 5}),
]
BUDGET = "[capital]\nbudget_gbp = { 2025 = 110000, 2026 = 40000 }\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return write_sites(tmp_path, SCHEMES, later=3, settings=BUDGET)


def recommended(case: Path, lead_months: float | None = None) -> Recommended:
    study = Study(prepare(case))
    return Recommended(study, study.plan, None, lead_months, {})


def give_leads(case: Path) -> None:
    """Let SMALL take 18 months to build, and say nothing of the others."""
    change(case, "schemes.csv", "exclusive_group,requires", "exclusive_group,requires,lead_months")
    rows = (case / "schemes.csv").read_text("utf-8").splitlines()
    with_leads = [rows[0], *(f"{row},{18 if row.startswith('SMALL') else ''}" for row in rows[1:])]
    (case / "schemes.csv").write_text("\n".join(with_leads) + "\n", "utf-8")


def test_actions_say_what_where_and_for_how_much(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = invoke("programme", case, "--out", out)
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Open 4 places for any need, Reception to Year 14, at A school, £100,000" in said
    assert "Open two schemes with 6 places for £140k of capital" in said
    # Four places for two years and two for one, at £50,000; charges of £5,000 a year and £2,000.
    assert "real cost over the plan is £488k less" in said
    with (out / "programme.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["scheme_id"], row["year"]) for row in rows] == [
        ("SMALL", "2025"),
        ("MORE", "2026"),
    ]
    with (out / "programme_capital.csv").open(encoding="utf-8-sig", newline="") as file:
        money = [
            [float(row[name]) for name in ("capital_gbp", "budget_so_far_gbp", "left_gbp")]
            for row in csv.DictReader(file)
        ]
    assert money == [[100e3, 110e3, 10e3], [40e3, 150e3, 10e3]]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["not_opened"] == ["DEAR"]
    assert summary["nothing_built_cost_gbp"] - summary["cost_gbp"] == pytest.approx(488e3)
    assert summary["programme"][0]["lead_months"] is None
    assert "4 places, £100k" in (out / "programme.svg").read_text("utf-8")
    assert summary["answer"] in (out / "programme.html").read_text("utf-8")


def test_without_a_building_time_none_is_made_up(case: Path) -> None:
    found = recommended(case)
    small, more = found.chosen
    assert found.lead(small) == (None, "not given")
    assert found.latest_decision(small) == date(2024, 12, 5)
    assert found.latest_decision(more) == date(2025, 12, 5)
    assert {each.what for each in found.deadlines()} == {
        "place numbers to the DfE",
        "plans name the places",
    }


def test_building_times_are_given_or_assumed_and_said_to_be(case: Path, tmp_path: Path) -> None:
    give_leads(case)
    found = recommended(case, 6)
    small, more = found.chosen
    assert found.lead(small) == (18.0, "given")
    assert found.lead(more) == (6, "assumed")
    assert found.latest_decision(small) == date(2024, 3, 1)
    # Six months before September 2026 is March: the place numbers are due before.
    assert found.latest_decision(more) == date(2025, 12, 5)
    done = invoke("programme", case, "--lead-months", "6")
    said = " ".join(done.stdout.split())
    assert "18 months from decision to opening, given" in said
    assert "6 months from decision to opening, assumed" in said
    assert "1 March 2024" in said
    assert "before the plan begins" in said


def test_post16_places_are_named_by_the_end_of_march(case: Path) -> None:
    named = [each for each in recommended(case).deadlines() if each.what == "plans name the places"]
    assert [each.day for each in named] == [date(2025, 3, 31), date(2026, 3, 31)]


@pytest.mark.parametrize(
    ("months", "found"),
    [
        (0, date(2026, 9, 1)),
        (8, date(2026, 1, 1)),
        (9, date(2025, 12, 1)),
        (20.5, date(2024, 12, 1)),
    ],
)
def test_months_before(months: float, found: date) -> None:
    assert months_before(date(2026, 9, 1), months) == found
