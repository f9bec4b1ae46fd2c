"""The frontier of a town whose schemes' worth is known by hand, and of a case against planning at each budget."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from models import solve
from sufficiency.errors import UsageError
from sufficiency.evidence.frontier.budgets import even_budgets, spread
from sufficiency.evidence.frontier.find import Asked, Frontier, find
from sufficiency.evidence.rows.frontier import pounds
from sufficiency.progress import Silent
from tests.plans import invoke, prepare, write_tables
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

NAMES = sorted(EXPECTED) or ["absent"]


def frontier(case: Path, out: Path, asked: Asked) -> Frontier:
    """Find a frontier; runs are kept in a folder."""
    return find(prepare(case), out, asked, Silent())


SETTINGS = """title = "Two sites"
base_year = 2025
years = 2
[money]
discount_rate_pct = 0
[transport]
gbp_per_day = 0
gbp_per_km = 0
"""


@pytest.fixture
def two_sites(tmp_path: Path) -> Path:
    """Return a case with an independent school at £60,000 and schemes of £100,000, £120,000 and £300,000.

    Places there cost £10,000 a year; twelve children seek one for two years. SMALL has four places, MIDDLE five, and
    LARGE, on the same site as MIDDLE, twelve. A place saves £50,000 a year, which pays for any scheme at once. So
    £110,000 buys SMALL; £130,000 MIDDLE; £250,000 both; £320,000 LARGE alone, which drops the two.
    """
    schemes: list[list[object]] = [
        ["scheme_id", "name", "provision_id", "status", "capital_gbp", "earliest_year"],
        ["SMALL", "Small base", "A", "proposed", 100000, 2025],
        ["MIDDLE", "Middle base", "B", "proposed", 120000, 2025],
        ["LARGE", "Large base", "B", "proposed", 300000, 2025],
    ]
    tied: list[list[object]] = [[*schemes[0], "lifetime_years", "exclusive_group"]]
    tied += [[*row, 20, "" if row[0] == "SMALL" else "site"] for row in schemes[1:]]
    pool: list[object] = ["*", 0, 14]
    return write_tables(
        tmp_path / "sites",
        SETTINGS,
        children=[
            ["child_id", "children", "easting_m", "northing_m", "need", "ncy", "status"],
            ["g", 12, 374000, 164000, "ASD", 5, "seeking"],
        ],
        provisions=[
            ["provision_id", "name", "kind", "easting_m", "northing_m", "la"],
            ["A", "A school", "base", 374000, 165000, "home"],
            ["B", "B school", "base", 374000, 165500, "home"],
            ["V", "V school", "independent", 374000, 166000, "home"],
        ],
        places=[
            ["provision_id", "needs", "ncy_from", "ncy_to", "places"],
            ["A", *pool, 0],
            ["B", *pool, 0],
            ["V", *pool, ""],
        ],
        prices=[
            ["provision_id", "needs", "ncy_from", "ncy_to", "gbp_per_child"],
            ["A", *pool, 10000],
            ["B", *pool, 10000],
            ["V", *pool, 60000],
        ],
        schemes=tied,
        scheme_places=[
            ["scheme_id", "years_open", "needs", "ncy_from", "ncy_to", "places"],
            ["SMALL", 0, *pool, 4],
            ["MIDDLE", 0, *pool, 5],
            ["LARGE", 0, *pool, 12],
        ],
    )


BUDGETS = (0.0, 110e3, 130e3, 250e3, 320e3)


def test_each_budget_buys_what_it_should(two_sites: Path, tmp_path: Path) -> None:
    found = frontier(two_sites, tmp_path / "out", Asked(BUDGETS, workers=1))
    opened = [dict(point.years) for point in found.points]
    assert opened == [
        {},
        {"SMALL": 2025},
        {"MIDDLE": 2025},
        {"SMALL": 2025, "MIDDLE": 2025},
        {"LARGE": 2025},
    ]
    yearly = [0, 5e3, 6e3, 11e3, 15e3]
    saved = [50e3 * places for places in (0, 4, 5, 9, 12)]
    wanted = [2 * (12 * 60e3 - s + a) for s, a in zip(saved, yearly, strict=True)]
    annuity = [point.answer["cost_gbp"] for point in found.points]
    assert annuity == pytest.approx(wanted)
    assert [point.unplaced for point in found.points] == [0] * 5
    assert found.proved
    dropped = [(scheme.scheme_id, into, out) for scheme, into, out in found.dropped()]
    assert dropped == [
        ("SMALL", 110e3, 130e3),
        ("MIDDLE", 250e3, 320e3),
        ("SMALL", 250e3, 320e3),
    ]
    assert [(scheme.scheme_id, gbp) for scheme, gbp in found.lasting()] == [("LARGE", 320e3)]
    assert found.never() == []


def test_what_is_written_says_the_same(two_sites: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = [str(int(gbp)) for gbp in BUDGETS]
    done = invoke(
        "frontier", two_sites, "--out", out, "--budgets", ",".join(words), "--workers", "1"
    )
    assert done.exit_code == 0, done.stderr
    assert "A bigger budget drops SMALL: in at £250k, out at £320k." in done.stdout
    assert "never add up the two" in " ".join(done.stdout.split())
    with (out / "frontier.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["dropped"] for row in rows] == ["", "", "SMALL", "", "MIDDLE|SMALL"]
    assert [row["added"] for row in rows] == ["", "SMALL", "MIDDLE", "SMALL", "LARGE"]
    assert [float(row["capital_gbp"]) for row in rows] == [0, 100e3, 120e3, 220e3, 300e3]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert [point["schemes"] for point in summary["points"]][-1] == {"LARGE": 2025}
    assert summary["proved"] is True
    assert summary["budget_spread"] == "all of it from the first year on"
    drawn = ET.parse(out / "frontier.svg").getroot()
    assert drawn.get("role") == "img"
    described = drawn.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert described.count("schemes") == len(BUDGETS)


def test_the_same_command_again_does_nothing_again(
    two_sites: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = frontier(two_sites, out, Asked(BUDGETS[:3], workers=1)).points
    asked: list[object] = []
    from sufficiency.evidence import runs

    told = runs.told

    def counted(problem: Any, *others: Any) -> dict[str, Any]:  # noqa: ANN401
        asked.append(problem)
        return told(problem, *others)

    monkeypatch.setattr(runs, "told", counted)
    assert frontier(two_sites, out, Asked(BUDGETS[:3], workers=1)).points == first
    assert not asked
    frontier(two_sites, out, Asked(BUDGETS, workers=1))
    assert len(asked) == 2
    prices = two_sites / "prices.csv"
    prices.write_text(prices.read_text("utf-8").replace("60000", "61000"), "utf-8")
    dearer = frontier(two_sites, out, Asked(BUDGETS[:3], workers=1))
    assert len(asked) == 5
    assert dearer.points[0].answer["cost_gbp"] == pytest.approx(2 * 12 * 61e3)


@pytest.mark.slow
def test_processes_and_a_cluster_give_the_same_answers(two_sites: Path, tmp_path: Path) -> None:
    import distributed

    library: Any = distributed
    here = frontier(two_sites, tmp_path / "a", Asked(workers=1)).points
    assert frontier(two_sites, tmp_path / "b", Asked(workers=2)).points == here
    with (
        pytest.MonkeyPatch.context() as patch,
        library.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            memory_limit=0,
            host="127.0.0.1",
        ) as cluster,
    ):
        patch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
        asked = Asked(cluster=cluster.scheduler_address)
        assert frontier(two_sites, tmp_path / "c", asked).points == here


@pytest.mark.parametrize("name", NAMES[3::47])
def test_each_point_is_the_plan_at_that_budget(
    name: str, shared_cases: Path, tmp_path: Path
) -> None:
    prepared = prepare(shared_cases / name)
    problem = prepared.basis.problem
    if not problem.schemes.may_open.any():
        with pytest.raises(UsageError, match="nothing to choose"):
            frontier(shared_cases / name, tmp_path / "out", Asked(workers=1))
        return
    found = frontier(shared_cases / name, tmp_path / "out", Asked(steps=4, gap=1e-9, workers=1))
    for point in found.points:
        budget = spread(problem, point.budget_gbp)
        changed = replace(problem, schemes=replace(problem.schemes, budget=budget))
        alone = solve(changed, gap=1e-9)
        assert point.answer["objective_gbp"] == pytest.approx(alone.objective, abs=0.02)
        assert point.answer["capital_gbp"] <= point.budget_gbp + 0.01
        assert point.answer["bound_gbp"] <= alone.objective + 0.02
    for less, more in pairwise(found.points):
        assert more.answer["objective_gbp"] <= less.answer["objective_gbp"] + 0.02


def test_few_children_without_a_place_are_not_told(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    (town / "places.csv").write_text(
        (town / "places.csv").read_text("utf-8").replace("V,*,0,14,,,,", "V,*,0,14,,,1,"), "utf-8"
    )
    out = tmp_path / "out"
    found = frontier(town, tmp_path / "runs", Asked((0.0, 300e3), workers=1))
    done = invoke("frontier", town, "--out", out, "--budgets", "0,300000", "--workers", "1")
    assert done.exit_code == 0, done.stderr
    few = [point for point in found.points if point.answer["unplaced_child_years"] >= 0.5]
    assert few
    assert all(point.unplaced is None for point in few)
    for name in ("frontier.csv", "summary.json", "frontier.svg", "section.json", "frontier.html"):
        text = (out / name).read_text("utf-8-sig")
        assert 'unplaced_child_years": 1' not in text
    assert "<5" in (out / "frontier.svg").read_text("utf-8").replace("&lt;", "<")
    assert oct((out / "private").stat().st_mode)[-3:] == "700"


def test_a_budget_is_spread_as_the_case_says(tmp_path: Path) -> None:
    problem = prepare(write_town(tmp_path)).basis.problem
    assert spread(problem, 300e3).tolist() == [150e3, 300e3, 300e3]
    free = replace(problem, schemes=replace(problem.schemes, budget=np.full(3, np.inf)))
    assert spread(free, 300e3).tolist() == [300e3] * 3
    none = replace(problem, schemes=replace(problem.schemes, budget=np.zeros(3)))
    assert spread(none, 300e3).tolist() == [300e3] * 3


def test_even_budgets_end_where_everything_is_paid_for(two_sites: Path) -> None:
    schemes = prepare(two_sites).basis.problem.schemes
    assert even_budgets(schemes, 4, None) == (0, 100e3, 200e3, 300e3, 400e3)
    assert even_budgets(schemes, 1, 70e3) == (0, 70e3, 400e3)


@pytest.mark.parametrize(
    ("text", "found"),
    [("0", (0,)), ("0, £750000,1.5m", (0, 750e3, 1.5e6)), ("2M", (2e6,))],
)
def test_amounts_are_read(text: str, found: tuple[float, ...]) -> None:
    assert pounds(text) == found


@pytest.mark.parametrize("text", ["", "a", "1,,2", "-1", "nan", "inf", "1e99"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        pounds(text)


def test_a_folder_of_something_else_is_left_alone(two_sites: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("dear to me")
    done = invoke("frontier", two_sites, "--out", out)
    assert done.exit_code == 2
    assert "holds something else" in done.stderr
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    (tmp_path / "file").write_text("")
    assert invoke("frontier", two_sites, "--out", tmp_path / "file").exit_code == 2


def test_budgets_or_steps(two_sites: Path, tmp_path: Path) -> None:
    words = ("frontier", two_sites, "--out", tmp_path / "out", "--budgets", "0", "--steps", 2)
    done = invoke(*map(str, words))
    assert done.exit_code == 2
    assert "not both" in done.stderr


def test_budgets_too_small_for_what_must_open_have_no_programme(two_sites: Path) -> None:
    """MIDDLE must open, at £120,000: smaller budgets are left out and said, and none is nobody's fault but theirs."""
    table = two_sites / "schemes.csv"
    rows = table.read_text("utf-8").splitlines()
    ends = [",choice", *("," if "MIDDLE" not in row else ",open" for row in rows[1:])]
    lines = [f"{row}{end}" for row, end in zip(rows, ends, strict=True)]
    table.write_text("\n".join(lines) + "\n", "utf-8")
    budgets, out = "0,110000,130000", two_sites.parent / "short"
    words = ("frontier", two_sites, "--no-travel", "--workers", "1", "--out", out)
    done = invoke(*words, "--budgets", budgets, "--nested")
    assert done.exit_code == 0, done.stderr
    said = json.loads((out / "summary.json").read_text("utf-8"))
    assert [(p["budget_gbp"], p["schemes"]) for p in said["points"]] == [(130000, {"MIDDLE": 2025})]
    assert "objective_gbp" not in said["points"][0]  # less the cost it would count who has no place
    assert "No programme keeps to the rules at £110k or less" in done.stdout
    assert invoke(*words, "--budgets", "0,110000").exit_code == 4
