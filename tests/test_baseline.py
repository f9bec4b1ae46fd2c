"""If nothing is built: the same as planning the case without its schemes, and who gains or loses by the plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.baseline import unbuilt
from sufficiency.changes import OUTCOMES, pair
from tests.plans import Written, invoke, plan, prepare
from tests.town import change, write_town


def without_schemes(town: Path) -> Path:
    """Take the scheme out of the town's files."""
    for name in ("schemes", "scheme_places"):
        header = (town / f"{name}.csv").read_text("utf-8").splitlines()[0]
        (town / f"{name}.csv").write_text(f"{header}\n", "utf-8")
    return town


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Written, Written]:
    """The town's plan, and that of the town without its scheme."""
    town = write_town(tmp_path_factory.mktemp("with"))
    bare = without_schemes(write_town(tmp_path_factory.mktemp("without")))
    return plan(town, town.parent / "out"), plan(bare, bare.parent / "out")


def test_the_baseline_is_the_plan_of_the_case_without_its_schemes(
    both: tuple[Written, Written],
) -> None:
    found, bare = both[0].summary["baseline"], both[1].summary
    assert not found["is_plan"]
    for name in ("objective_gbp", "cost_gbp", "unplaced_child_years"):
        assert found[name] == pytest.approx(bare[name], rel=1e-9)
    for name in ("ledger_gbp", "ledger_gbp_discounted"):
        assert found[name] == pytest.approx(bare[name], rel=1e-9)
    assert found["cost_gbp"] > both[0].summary["cost_gbp"]


def test_with_nothing_to_build_the_plan_is_its_own_baseline(both: tuple[Written, Written]) -> None:
    summary = both[1].summary
    assert summary["baseline"]["is_plan"]
    assert summary["baseline"]["cost_gbp"] == summary["cost_gbp"]
    rows = both[1].table("private/changes")
    assert all(float(row[name]) == 0 for row in rows for name in OUTCOMES if name != "same")


def test_nobody_has_to_ask(tmp_path: Path) -> None:
    written = plan(write_town(tmp_path), tmp_path / "out", baseline=False)
    assert written.summary["baseline"] is None
    assert not (tmp_path / "out" / "private" / "changes.csv").exists()
    assert written.json("run")["asked"]["baseline"] is False


def test_the_command_says_what_building_saves(
    both: tuple[Written, Written], tmp_path: Path
) -> None:
    town = write_town(tmp_path)
    said = invoke("plan", town, "--out", tmp_path / "out", "--tables-only").output
    summary = both[0].summary
    less = summary["baseline"]["cost_gbp"] - summary["cost_gbp"]
    assert f"that is £{less:,.0f} less than if nothing were built" in said
    alone = ("--no-baseline", "--tables-only")
    said = invoke("plan", town, "--out", tmp_path / "out", *alone).output
    assert "nothing were built" not in said


def test_who_gains_in_the_town(both: tuple[Written, Written]) -> None:
    """E lives 1 km from Hill, which has no room for it: with the extension it goes there, and not to Vale.

    By hand, 1.2 times the straight line at 40 km an hour: Vale is 11.05 km off and 19.9 minutes, Hill 1.8.
    """
    rows = {
        (row["year"], row["phase"], row["need"]): row for row in both[0].table("private/changes")
    }
    of_2026 = rows["2026", "secondary", "SEMH"]
    assert float(of_2026["much_shorter"]) == pytest.approx(1)
    expected = 1.2 * (np.hypot(11, 1) - 1) / 40 * 60
    assert float(of_2026["minutes_shorter"]) == pytest.approx(expected, abs=1e-6)
    assert float(rows["2025", "all", "all"]["much_shorter"]) == 0


def test_every_child_with_a_place_is_in_one_outcome(both: tuple[Written, Written]) -> None:
    rows = both[0].table("private/changes")
    for year in ("2025", "2026", "2027"):
        somewhere = sum(
            float(row["children"])
            for row in both[0].table("private/placements")
            if row["year"] == year
        )
        (whole,) = (r for r in rows if (r["year"], r["phase"], r["need"]) == (year, "all", "all"))
        counted = sum(float(whole[name]) for name in OUTCOMES if name != "lost")
        assert counted == pytest.approx(somewhere)
        for column in OUTCOMES:
            parts = [r for r in rows if r["year"] == year and "all" not in (r["phase"], r["need"])]
            assert sum(float(r[column]) for r in parts) == pytest.approx(float(whole[column]))


def test_committed_schemes_stay(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "schemes.csv", "S1,Extension,H,proposed", "S1,Extension,H,committed")
    bare = unbuilt(prepare(town).case)
    assert list(bare.schemes["scheme_id"]) == ["S1"]
    assert len(bare.scheme_places) == 1


people = st.lists(st.tuples(st.floats(0, 90), st.integers(1, 9)), min_size=1, max_size=6)


@given(people, people)
def test_pairing_keeps_everybody_and_crosses_nobody(
    before: list[tuple[float, int]], after: list[tuple[float, int]]
) -> None:
    """In the order of minutes, which is the pairing that changes journeys least in all."""
    before, after = sorted(before), sorted(after)
    short = min(sum(n for _, n in before), sum(n for _, n in after))
    pairs = pair([(m, float(n)) for m, n in before], [(m, float(n)) for m, n in after])
    assert sum(p.children for p in pairs) == pytest.approx(short)
    one = np.repeat([m for m, _ in before], [n for _, n in before])[:short]
    other = np.repeat([m for m, _ in after], [n for _, n in after])[:short]
    assert sum(p.children * abs(p.after - p.before) for p in pairs) == pytest.approx(
        float(np.abs(one - other).sum())
    )
