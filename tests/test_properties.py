"""What must hold of any case, whatever its numbers: changes that never help, never harm, or change nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from models import solve, verify
from sufficiency import run
from sufficiency.problem import Basis
from sufficiency.products import FOUND
from sufficiency.write import PRIVATE
from tests.drafts import Draft, Row, plan
from tests.drawn import BASE, draw

SLACK_GBP = 0.01
MONEY = {
    "prices": ("gbp_per_child",),
    "places": ("place_funding_gbp",),
    "schemes": ("capital_gbp",),
    "scheme_places": ("place_funding_gbp",),
}
MONEY_SETTINGS = {
    "waiting": ("gbp_per_child_year", "penalty_gbp_per_child_year"),
    "travel": ("gbp_per_minute_over", "gbp_per_child_hour"),
    "transport": ("gbp_per_day", "gbp_per_km"),
    "review": ("gbp_per_move",),
}
REFERENCES = ("child_id", "provision_id", "scheme_id", "current_provision", "requires")

Seeds = st.integers(0, 2**32 - 1)
Test = Callable[..., None]


def examples(quick: int) -> Callable[[Test], Test]:
    """Search a few examples, always the same; ``PROPERTY_EXAMPLES`` times as many when it is set."""
    return settings(
        max_examples=quick * int(os.environ.get("PROPERTY_EXAMPLES", "1")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )


def cost(draft: Draft) -> float:
    planned = plan(draft)
    assert not verify(planned.basis.problem, planned.solution)
    return planned.objective


def slack(objective: float) -> float:
    return max(SLACK_GBP, 1e-6 * objective)


def assert_not_dearer(better: Draft, draft: Draft) -> None:
    known = cost(draft)
    assert cost(better) <= known + slack(known)


def assert_not_cheaper(worse: Draft, draft: Draft) -> None:
    known = cost(draft)
    assert cost(worse) >= known - slack(known)


def assert_the_same(other: Draft, draft: Draft) -> None:
    known = cost(draft)
    assert cost(other) == pytest.approx(known, rel=1e-6, abs=SLACK_GBP)


# What never harms


@examples(12)
@given(Seeds, st.sampled_from(["places", "scheme_places", "limits"]))
def test_one_place_more_never_costs_more(seed: int, table: str) -> None:
    draft = draw(seed)
    column = "children" if table == "limits" else "places"
    given_places = [row for row in draft.tables[table] if row[column] not in {"", 0}]
    assume(given_places)
    more = draft.copy()
    row = Random(seed).choice([r for r in more.tables[table] if r in given_places])
    row[column] += 1
    if table == "scheme_places":
        row["place_funding_gbp"] = 0
    assert_not_dearer(more, draft)


@examples(8)
@given(Seeds)
def test_a_longer_journey_allowed_never_costs_more(seed: int) -> None:
    draft = draw(seed)
    phases = ("primary", "secondary", "post16")
    draft.settings["travel"]["max_minutes"] = {
        phase: Random(seed).uniform(5, 25) for phase in phases
    }
    longer = draft.copy()
    longer.settings["travel"]["max_minutes"][Random(seed).choice(phases)] += 15
    assert_not_dearer(longer, draft)


@examples(8)
@given(Seeds)
def test_a_scheme_more_to_choose_from_never_costs_more(seed: int) -> None:
    draft = draw(seed)
    proposed = [s for s in draft.tables["schemes"] if s["status"] == "proposed"]
    assume(proposed)
    fewer = draft.copy()
    gone = {proposed[0]["scheme_id"]}
    while (
        grown := {s["scheme_id"] for s in draft.tables["schemes"] if s["requires"] in gone} - gone
    ):
        gone |= grown
    for table in ("schemes", "scheme_places"):
        fewer.tables[table] = [r for r in fewer.tables[table] if r["scheme_id"] not in gone]
    assert_not_dearer(draft, fewer)


# What never helps


@examples(12)
@given(Seeds, st.sampled_from(["seeking", "placed", "arriving"]))
def test_one_child_more_never_costs_less(seed: int, status: str) -> None:
    draft = draw(seed)
    more = draft.copy()
    other = draw(seed + 1)
    wanted = "new_children" if status == "arriving" else "children"
    found = [row for row in other.tables[wanted] if kind_of(row) in {status, "seeking"}]
    assume(found)
    child = {**found[0], "child_id": "one more"}
    if status == "placed":
        child |= {"status": "placed", "current_provision": "P0"}
    more.tables[wanted].append(child)
    if "travel" in more.tables:
        pair = {"child_id": "one more", "provision_id": "P0", "km": 5, "minutes": 9}
        more.tables["travel"].append(pair)
    assert_not_cheaper(more, draft)


@examples(10)
@given(Seeds, st.integers(1, 3))
def test_a_budget_moved_to_a_later_year_never_helps(seed: int, years: int) -> None:
    draft = draw(seed)
    budget = {BASE: 60_000.0, BASE + 1: float(Random(seed).randrange(100_000))}
    draft.settings["capital"] = {"budget_gbp": budget}
    later = draft.copy()
    moved = {year + years: gbp for year, gbp in budget.items()}
    later.settings["capital"] = {"budget_gbp": moved}
    assert_not_cheaper(later, draft)


@examples(8)
@given(Seeds)
def test_a_price_raised_never_costs_less(seed: int) -> None:
    draft = draw(seed)
    dearer = draft.copy()
    Random(seed).choice(dearer.tables["prices"])["gbp_per_child"] += 5_000
    assert_not_cheaper(dearer, draft)


# What changes nothing


@pytest.mark.slow
@examples(4)
@given(Seeds)
def test_shuffled_rows_change_no_file(seed: int) -> None:
    """Neither do fractions of alike children, whose sum depends on the order in which they are added."""
    draft = in_parts(draw(seed), Random(seed))
    shuffled = draft.copy()
    for name, rows in shuffled.tables.items():
        if name != "places" or not order_matters(draft):
            Random(seed).shuffle(rows)
    with TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        summaries = [
            run.plan(case.write(path), path / "out", tables_only=True).summary
            for case, path in ((draft, first), (shuffled, second))
        ]
        assert summaries[0]["objective_gbp"] == pytest.approx(summaries[1]["objective_gbp"])
        tables = sorted(path.relative_to(first) for path in (first / "out").rglob("*.csv"))
        assert len(tables) >= 7
        by_row = Path(
            "out", PRIVATE, f"{FOUND}.csv"
        )  # says in which rows of the files a thing was found
        for table in tables:
            if table != by_row:
                assert (first / table).read_bytes() == (second / table).read_bytes(), table
        found = [
            re.sub(r"rows? [\d, to]+", "rows", (path / by_row).read_text())
            for path in (first, second)
        ]
        assert sorted(found[0].splitlines()) == sorted(found[1].splitlines())


def in_parts(draft: Draft, rng: Random) -> Draft:
    """Return a draft with each row of children split into five uneven ones."""
    for name in ("children", "new_children"):
        draft.tables[name] = [
            row | {"child_id": f"{row['child_id']}-{k}", "children": round(rng.uniform(0.1, 3), 3)}
            for row in draft.tables[name]
            for k in range(5)
        ]
    for row in draft.tables.pop("travel", []):
        parts = [row | {"child_id": f"{row['child_id']}-{k}"} for k in range(5)]
        draft.tables.setdefault("travel", []).extend(parts)
    return draft


@examples(8)
@given(Seeds)
def test_renamed_references_change_no_cost(seed: int) -> None:
    draft = draw(seed)
    renamed = draft.copy()
    for rows in renamed.tables.values():
        for row in rows:
            for column in REFERENCES:
                if row.get(column):
                    row[column] = f"ref {row[column][::-1]} {9 - int(row[column][1:])}"
    known, other = plan(draft), plan(renamed)
    assert other.objective == pytest.approx(known.objective, rel=1e-6, abs=SLACK_GBP)
    assert real_cost(other.basis, other.solution) == pytest.approx(
        real_cost(known.basis, known.solution), rel=1e-6, abs=SLACK_GBP
    )


def real_cost(basis: Basis, solution: Any) -> float:  # noqa: ANN401
    from sufficiency.findings import _cost

    return _cost(basis, solution)


@examples(10)
@given(Seeds, st.sampled_from([0.01, 0.25, 4.0, 60.0]))
def test_scaled_money_scales_the_objective(seed: int, scale: float) -> None:
    draft = draw(seed)
    scaled = draft.copy()
    for table, columns in MONEY.items():
        for row in scaled.tables[table]:
            for column in columns:
                row[column] = float(row[column] or 0) * scale
    for section, keys in MONEY_SETTINGS.items():
        part = scaled.settings[section]
        for held in [part, *(value for value in part.values() if isinstance(value, dict))]:
            for key in keys:
                if key in held or held is part:
                    held[key] = held.get(key, DEFAULTS.get(key, 0.0)) * scale
    if "capital" in scaled.settings:
        budget = scaled.settings["capital"]["budget_gbp"]
        scaled.settings["capital"]["budget_gbp"] = {y: gbp * scale for y, gbp in budget.items()}
    known = cost(draft)
    assert cost(scaled) == pytest.approx(known * scale, rel=1e-6, abs=SLACK_GBP)


DEFAULTS = {"gbp_per_km": 1.2}
"""Of the settings that hold money, those that the draws leave out."""


@examples(8)
@given(Seeds)
def test_a_row_of_several_children_is_as_good_as_a_row_each(seed: int) -> None:
    draft = draw(seed)
    split = draft.copy()
    for name in ("children", "new_children"):
        split.tables[name] = [part for row in draft.tables[name] for part in apart(row)]
    if "travel" in split.tables:
        counts = {
            r["child_id"]: r["children"]
            for n in ("children", "new_children")
            for r in draft.tables[n]
        }
        split.tables["travel"] = [
            part for row in draft.tables["travel"] for part in apart(row, counts[row["child_id"]])
        ]
    assert_the_same(split, draft)


def apart(row: Row, count: float | None = None) -> list[Row]:
    """Return a row of n children as n rows of one; a row of a fraction stays as it is."""
    n = row["children"] if count is None else count
    if n != int(n):
        return [row]
    one = {} if count is not None else {"children": 1}
    return [row | one | {"child_id": f"{row['child_id']} {k}"} for k in range(int(n))]


@examples(8)
@given(Seeds)
@example(90648)  # eight digits of a dual, as CBC writes them, leave a hole of 29p in the proof
def test_highs_and_cbc_agree(seed: int) -> None:
    draft = draw(seed)
    highs, cbc = plan(draft), plan(draft, solver="cbc")
    assert cbc.solution.status is highs.solution.status
    assert cbc.objective == pytest.approx(highs.objective, rel=1e-6, abs=SLACK_GBP)
    assert sorted(cbc.opening) == sorted(highs.opening)
    assert not verify(cbc.basis.problem, cbc.solution)


@examples(12)
@given(Seeds)
def test_the_whole_program_and_its_decomposition_agree(seed: int) -> None:
    problem = plan(draw(seed)).basis.problem
    at_once, apart_ = solve(problem, whole=True), solve(problem, whole=False)
    assert apart_.status is at_once.status
    assert apart_.objective == pytest.approx(at_once.objective, rel=1e-6, abs=SLACK_GBP)
    assert not verify(problem, apart_)


def kind_of(row: Row) -> str:
    given_status: str = row.get("status", "arriving")
    return given_status or ("placed" if row["current_provision"] else "seeking")


def order_matters(draft: Draft) -> bool:
    """Whether two pools of a provision end at one NCY, so that the first row holds the placed child."""
    keys = {
        (r["provision_id"], r["needs"], r["ncy_from"], r["ncy_to"]) for r in draft.tables["places"]
    }
    ends = [(provision, last) for provision, _, _, last in keys]
    return len(ends) > len(set(ends))


@pytest.mark.slow
def test_all_of_this_for_many_more_examples() -> None:
    """Run this file again with ten times the examples."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", __file__]
    again = subprocess.run(
        command,
        env=os.environ | {"PROPERTY_EXAMPLES": "10"},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert again.returncode == 0, again.stdout[-3000:]
