"""Nobody can work out a withheld small count from all that is published: a solver tries, and must fail."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models import solve
from sufficiency import run, suppression
from sufficiency.baseline import find_baseline
from sufficiency.disclosure import THRESHOLD, Published, Rules, publish
from sufficiency.findings import BANDS, Findings, find
from sufficiency.progress import Silent
from tests.attacker import UNPLACED, Knowledge, Plan, Schools, Tables, in_order
from tests.crowds import draw_crowd

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.drafts import Draft

#: A withheld small count must be told to no less than so many children.
MARGIN = 3.0
MORE = (1, *range(3, 24))


@dataclass
class Case:
    """A drawn case, planned: with the baseline."""

    draft: Draft
    findings: Findings
    baseline: Findings
    pools: Sequence[Any]
    bare_pools: Sequence[Any]

    @classmethod
    def plan(cls, draft: Draft, folder: Path) -> Case:
        prepared = run.prepare(draft.write(folder), Silent())
        basis, journeys = prepared.basis, prepared.travel.journeys
        solution = solve(basis.problem)
        found = find(basis, solution, journeys, basis.children)
        bare = find_baseline(basis, solution, found, journeys, lambda b: solve(b.problem))
        return cls(draft, found, bare.findings, basis.pools.keys, bare.basis.pools.keys)

    def attack(self, side: str, findings: Findings, published: Published | None, year: int) -> Plan:
        schools = Schools.of(self.draft.tables)
        return Plan(
            side,
            as_written(published) if published else {},
            schools,
            groups(self.draft, findings, year),
            str(year),
            of_scheme=schemes_own(self.draft),
        )


def schemes_own(draft: Draft) -> tuple[Any, ...]:
    """Pools that only the scheme gives places to."""
    row = draft.tables["scheme_places"][0]
    pool = ("P0", in_order(row["needs"]), row["ncy_from"], row["ncy_to"])
    given = {
        (r["provision_id"], in_order(r["needs"]), r["ncy_from"], r["ncy_to"])
        for r in draft.tables["places"]
    }
    return () if pool in given else (pool,)


def as_written(published: Published) -> Tables:
    """The tables as text, as anyone reads them."""
    return {
        name: list(csv.DictReader(io.StringIO(table.to_csv(index=False))))
        for name, table in published.tables().items()
    }


def groups(draft: Draft, findings: Findings, year: int) -> list[tuple[str, str, str]]:
    """Every area with every need and phase: the attacker knows which there are, not who is in them."""
    areas = sorted({row["area"] for row in draft.tables["children"]})
    needs = sorted({row["need"] for row in draft.tables["children"]})
    return [(a, n, p) for a in areas for n in needs for p in ("primary", "secondary", "post16")]


def truth(
    side: str, findings: Findings, pools: Sequence[Any], year: int
) -> dict[tuple[Any, ...], float]:
    """What the attacker wants to know."""
    found: dict[tuple[Any, ...], float] = {}
    bands = list(zip(BANDS, BANDS.values(), strict=True))
    for row in findings.somewhere[findings.somewhere["year"] == year].to_dict("records"):
        spot: tuple[Any, ...] = (row["provision"],)
        if row["pool"] >= 0:
            at, needs, low, high = pools[row["pool"]][:4]
            spot = (at, in_order(needs), low, high)
        key = (side, str(year), row["area"], row["need"], row["phase"], spot)
        found[key] = found.get(key, 0.0) + row["children"]
        band = next(name for name, high in bands if row["minutes"] < high)
        way = (side, str(year), row["phase"], band)
        found[way] = found.get(way, 0.0) + row["children"]
    for row in findings.without[findings.without["year"] == year].to_dict("records"):
        key = (side, str(year), row["area"], row["need"], row["phase"], UNPLACED)
        found[key] = found.get(key, 0.0) + row["children"]
    return found


def told(
    plans: list[Plan],
    real: dict[tuple[Any, ...], float],
    half: float = 0.05,
    *,
    whole: bool = False,
) -> tuple[int, list[str]]:
    """Attack plans for the same children; return how many small cells were tried, and those that were told."""
    cells = [cell for plan in plans for cell in plan.cells()]
    ties = []
    for plan in plans[1:]:
        for area, need, phase in plan.groups:
            first = plans[0].people(area=area, need=need, phase=phase)
            second = plan.people(area=area, need=need, phase=phase)
            ties.append(first | {key: -w for key, w in second.items()})
    everything = Knowledge(cells, ties, half)
    always = Knowledge([cell for plan in plans for cell in plan.always()], ties)
    tried, found = 0, []
    for cell in cells:
        value = sum(w * real.get(key, 0.0) for key, w in cell.total.items())
        if cell.shown is not None:
            assert abs(cell.shown - value) <= 0.051 * max(1.0, half / 0.05), (
                cell.where,
                cell.shown,
                value,
            )
        elif 1e-6 < value < THRESHOLD - 1e-6:
            tried += 1
            low, high = everything.range(cell.total, whole=whole)
            assert low - 0.3 <= value <= high + 0.3, (cell.where, low, value, high)
            wanted = MARGIN
            if high - low < wanted - 0.2:
                least, most = always.range(cell.total, whole=True)
                if high - low < min(wanted, most - least) - 0.2:
                    found.append(
                        f"{cell.where}: {value:g} in {low:.2f} to {high:.2f}, else {least:.2f} to {most:.2f}"
                    )
    return tried, found


@pytest.mark.parametrize("seed", [0, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in MORE)])
def test_no_small_count_follows_from_a_plan(seed: int, tmp_path: Path) -> None:
    case = Case.plan(draw_crowd(seed), tmp_path / "case")
    published = publish(case.findings)
    for year in sorted(case.findings.gap["year"].unique()):
        plan = case.attack("plan", case.findings, published, year)
        tried, found = told([plan], truth("plan", case.findings, case.pools, year))
        assert tried
        assert not found, found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_nor_does_one_that_is_whole(seed: int, tmp_path: Path) -> None:
    """An attacker who knows that children are whole gets no further."""
    case = Case.plan(draw_crowd(seed), tmp_path / "case")
    year = int(case.findings.gap["year"].min())
    plan = case.attack("plan", case.findings, publish(case.findings), year)
    real = truth("plan", case.findings, case.pools, year)
    if any(n % 1 for n in real.values()):
        return
    tried, found = told([plan], real, whole=True)
    assert tried
    assert not found, found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 112))
def test_no_small_count_follows_from_a_plan_and_its_baseline(seed: int, tmp_path: Path) -> None:
    case = Case.plan(draw_crowd(seed), tmp_path / "case")
    published = publish(case.findings, case.baseline)
    assert published.baseline is not None
    for year in sorted(case.findings.gap["year"].unique()):
        plan = case.attack("plan", case.findings, published, year)
        bare = case.attack("bare", case.baseline, published.baseline, year)
        real = truth("plan", case.findings, case.pools, year)
        real |= truth("bare", case.baseline, case.bare_pools, year)
        tried, found = told([plan, bare], real)
        assert tried
        assert not found, found


def other_plan(draft: Draft) -> Draft:
    """The same children, with fewer places and a larger scheme."""
    changed = draft.copy()
    for row in changed.tables["places"]:
        row["places"] = max(1, row["places"] - 6)
    for row in changed.tables["scheme_places"]:
        row["places"] += 9
    return changed


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(200, 204))
def test_no_small_count_follows_from_a_plan_and_another_that_is_public(
    seed: int, tmp_path: Path
) -> None:
    """Whole folders: everything outside `private/` of both, as they are written."""
    draft = draw_crowd(seed)
    drafts = {"then": draft, "now": other_plan(draft)}
    cases = {side: Case.plan(drafts[side], tmp_path / side) for side in drafts}
    for side in drafts:
        public = [tmp_path / "out-then"] if side == "now" else []
        run.plan(tmp_path / side, tmp_path / f"out-{side}", published=public, tables_only=True)
    for year in sorted(cases["now"].findings.gap["year"].unique()):
        plans: list[Plan] = []
        real: dict[tuple[Any, ...], float] = {}
        for side, case in cases.items():
            plan = case.attack(side, case.findings, None, year)
            plan.tables = read_folder(tmp_path / f"out-{side}")
            plans.append(plan)
            real |= truth(side, case.findings, case.pools, year)
        tried, found = told(plans, real)
        assert tried
        assert not found, found


def read_folder(folder: Path) -> Tables:
    """Every table of a run that is not in its private folder."""
    found = {}
    for file in folder.glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            found[file.stem] = list(csv.DictReader(stream))
    return found


@pytest.mark.slow
def test_without_secondary_suppression_the_attacker_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack can succeed: small counts alone are not enough to withhold."""

    def only_small(state: suppression._State, *_: object) -> suppression.Floats:
        return np.zeros(len(state.values))

    monkeypatch.setattr(suppression, "_move", only_small)
    won = 0
    for seed in (0, 1):
        case = Case.plan(draw_crowd(seed), tmp_path / str(seed))
        published = publish(case.findings)
        year = int(case.findings.gap["year"].min())
        plan = case.attack("plan", case.findings, published, year)
        won += len(told([plan], truth("plan", case.findings, case.pools, year))[1])
    assert won > 5


@pytest.mark.parametrize("seed", range(300, 302))
def test_rounding_is_to_the_same_number_everywhere(seed: int, tmp_path: Path) -> None:
    case = Case.plan(draw_crowd(seed), tmp_path / "case")
    published = publish(case.findings, rules=Rules(round_to=5))
    year = int(case.findings.gap["year"].min())
    plan = case.attack("plan", case.findings, published, year)
    shown = [cell for cell in plan.cells() if cell.shown is not None and cell.where]
    assert all(float(cell.shown or 0) % 5 == 0 for cell in shown)
    same: dict[tuple[Any, ...], set[float]] = {}
    for cell in shown:
        same.setdefault(tuple(sorted(cell.total, key=str)), set()).add(float(cell.shown or 0))
    assert all(len(numbers) == 1 for numbers in same.values())


@pytest.mark.slow
def test_nobody_is_named_outside_the_private_folder(tmp_path: Path) -> None:
    """No child's id, no home, and no line of few children from an area to a place."""
    draft = draw_crowd(5)
    folder = draft.write(tmp_path / "case")
    run.plan(folder, tmp_path / "out", baseline=False)
    children = draft.tables["children"]
    secret = re.compile(
        "|".join(
            rf"{row['child_id']},|{row['easting_m']}\W{{1,4}}{row['northing_m']}"
            for row in children
        )
    )
    for file in (tmp_path / "out").rglob("*"):
        if file.is_file() and "private" not in file.parts and file.suffix in TEXTS:
            assert not secret.search(file.read_text("utf-8")), file.name
    origins = read_folder(tmp_path / "out")["origins"]
    assert all(float(row["children"]) >= THRESHOLD for row in origins)


TEXTS = {".csv", ".json", ".html", ".svg", ".geojson", ".txt"}
