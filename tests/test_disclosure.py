"""Nothing published tells of fewer than five children: not a cell, nor what a sum gives away."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from sufficiency.already import Already, compare, read_already
from sufficiency.already import _then as shown_then
from sufficiency.console import summary_text
from sufficiency.disclosure import THRESHOLD, WITHHELD, Rules
from sufficiency.faults import Fault
from sufficiency.findings import BANDS
from sufficiency.rendering import shown
from sufficiency.write import write_csv
from tests.drafts import Draft
from tests.plans import Written, invoke, plan
from tests.town import as_workbook, change, write_town

if TYPE_CHECKING:
    from collections.abc import Iterator

    Sum = tuple[str, list[str]]

COUNTS = {
    "children",
    "unplaced",
    "independent",
    "out_of_area",
    "used",
    "over_45",
    "over_75",
    *BANDS,
}


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def crowd(town: Path) -> Path:
    """The town with more at home: some groups of five and more, some of fewer, and one too many."""
    for child, children in (("a", 6), ("b", 12.5), ("c", 3), ("d", 5)):
        change(town, "children.csv", f"kid-{child},1", f"kid-{child},{children}")
    change(town, "places.csv", "2025,2,6000", "2025,18.5,6000")
    change(town, "places.csv", "2026,,2,6000", "2026,,18.5,6000")
    change(town, "places.csv", "V,*,0,14,,,,", "V,*,0,14,,,7,")
    return town


def published(folder: Path) -> Iterator[Path]:
    """Every published table that counts children; `provisions` only says what each is."""
    tables = (file for file in folder.rglob("*.csv") if "private" not in file.parts)
    yield from (file for file in tables if file.stem != "provisions")


@pytest.mark.parametrize("crowded", [False, True])
def test_no_published_cell_counts_fewer_than_five(town: Path, crowded: bool) -> None:
    written = plan(crowd(town) if crowded else town, town.parent / "out")
    cells = 0
    for file in published(written.folder):
        for row in written.table(file.relative_to(written.folder).with_suffix("").as_posix()):
            for name in COUNTS & row.keys():
                cells += 1
                assert row[name] == WITHHELD or not 0 < float(row[name]) < THRESHOLD, (file, name)
    assert cells > 50
    small = [row for row in written.table("private/placements") if float(row["children"]) < 5]
    assert small  # there was something to withhold


def test_small_rows_are_left_out_and_counted_together_in_their_year(town: Path) -> None:
    written = plan(crowd(town), town.parent / "out")
    shown = [row for row in written.table("placements") if row["year"] == "2026"]
    exact = [row for row in written.table("private/placements") if row["year"] == "2026"]
    *kept, rest = shown
    assert kept
    told = 0.0
    for row in kept:
        alike = [r for r in exact if all(r[k] == row[k] for k in ("need", "phase", "provision"))]
        assert row["area"] == "all" or {r["area"] for r in alike} == {row["area"]}
        assert float(row["children"]) == sum(float(r["children"]) for r in alike) >= THRESHOLD
        told += float(row["children"])
    assert {rest[name] for name in ("area", "need", "phase", "provision", "km", "minutes")} == {
        WITHHELD
    }
    few = sum(float(row["children"]) for row in exact) - told
    assert rest["children"] == (WITHHELD if few < THRESHOLD else f"{few:g}")
    assert (rest["gbp"] == WITHHELD) == (few < THRESHOLD)


def test_what_follows_from_a_withheld_count_is_withheld(town: Path) -> None:
    written = plan(town, town.parent / "out")
    for row in written.table("use"):
        assert (row["used"], row["use_pct"]) == (WITHHELD, WITHHELD)
    for row in written.table("gap"):
        assert (row["children"], row["mean_minutes"]) == (WITHHELD, WITHHELD)
    few = [row for row in written.table("travel") if row["children"] == WITHHELD]
    assert few
    assert all(row["mean_minutes"] == row["p95_minutes"] == WITHHELD for row in few)


def test_the_mean_journey_of_few_is_withheld_though_many_wait() -> None:
    gap = pd.DataFrame(
        {"children": [20.0, 20.0, 20.0], "unplaced": [18.0, 15.0, 20.0]}
        | {"mean_minutes": [61.0, 30.0, np.nan]}
    )
    found = shown("gap", gap, {}, Rules())
    assert found["mean_minutes"].tolist()[:2] == [WITHHELD, 30.0]
    assert pd.isna(found["mean_minutes"][2])


def test_groups_and_exact_tables_are_in_the_private_folder_only(town: Path) -> None:
    folder = plan(town, town.parent / "out").folder
    private = {file.stem for file in (folder / "private").glob("*.csv")}
    assert {"groups", "areas", "placements", "unplaced", "use", "gap", "travel"} <= private
    outside = {file.stem for file in published(folder)}
    assert "groups" not in outside
    assert stat.S_IMODE((folder / "private").stat().st_mode) & 0o077 == 0


@pytest.mark.slow
def test_what_is_said_of_the_data_counts_no_few_children(town: Path) -> None:
    """A warning names its rows to the analyst alone: they could count children whom a table withholds."""
    change(town, "children.csv", "ASD,SLCN,,0", "ASD,NSA,,0")
    assert invoke("plan", town, "--out", town.parent / "out", "--no-baseline").exit_code == 0
    folder = town.parent / "out"
    (found,) = [
        fault
        for fault in json.loads((folder / "run.json").read_text("utf-8"))["findings_on_the_data"]
        if fault["code"] == "W522"
    ]
    assert found["place"] == "children.csv, need_2"
    assert found["what"].endswith("(fewer than 5 rows)")
    page = (folder / "report.html").read_text("utf-8")
    assert found["what"] in page
    assert "need_2, row" not in page
    exact = (folder / "private" / "findings-on-the-data.csv").read_text("utf-8-sig")
    assert '"children.csv, need_2, row 2"' in exact


def test_rows_of_children_are_told_to_the_nearest_five() -> None:
    fault = Fault("W522", "children.csv", "NSA", "mend it", "need", tuple(range(2, 15)))
    assert fault.published({"children.csv"}, 5).what == "NSA (about 15 rows)"
    assert fault.published({"children.csv"}, 20).what == "NSA (fewer than 20 rows)"
    assert fault.published({"places.csv"}, 5) == fault
    assert replace(fault, rows=()).published({"children.csv"}, 5).what == "NSA"


def test_schemes_and_money_are_always_written(town: Path) -> None:
    written = plan(town, town.parent / "out")
    for name in ("schemes", "ledger"):
        assert WITHHELD not in {cell for row in written.table(name) for cell in row.values()}


def test_the_threshold_is_what_councils_use() -> None:
    assert THRESHOLD == 5


def test_a_threshold_under_five_is_refused(town: Path) -> None:
    change(town, "case.toml", "[capital]", "[disclosure]\nthreshold = 4\n[capital]")
    found = invoke("plan", town, "--out", town.parent / "out")
    assert found.exit_code == 3
    assert not (town.parent / "out").exists()


def test_what_is_named_as_public_must_be_a_plan(town: Path) -> None:
    (town.parent / "other").mkdir()
    for name in ("nowhere", "other"):
        found = invoke(
            "plan", town, "--out", town.parent / "out", "--published", town.parent / name
        )
        assert found.exit_code == 2
        assert name in found.output


def test_a_row_whose_name_is_like_a_formula_is_found_in_what_is_public(tmp_path: Path) -> None:
    write_csv(
        tmp_path / "areas.csv",
        pd.DataFrame({"area": ["=A", "B"], "need": "ASD", "phase": "all", "year": 2025}).assign(
            geography="own", children=[WITHHELD, "7"]
        ),
    )
    public = Written(tmp_path).table("areas")
    table = pd.DataFrame({"area": ["=A", "B"], "need": "ASD", "phase": "all", "year": 2025})
    run = Already("then", {}, {}, {"areas": public})
    found = shown_then(table.assign(geography="own"), "areas", "children", run)
    assert np.isnan(found[0])  # withheld then, and not: nobody there
    assert found[1] == 7


def test_a_number_that_few_have_changed_since_is_withheld(tmp_path: Path) -> None:
    """Last year's folder is public: two children more in a need would be told by the difference."""
    draft = Draft(
        {"title": "Twice", "base_year": 2025, "years": 1},
        {
            "children": [
                {"child_id": f"c{n}", "children": count, "easting_m": 374000, "northing_m": 164000}
                | {"area": "X", "need": need, "ncy": 4, "status": "seeking"}
                for n, (need, count) in enumerate(
                    (("ASD", 20), ("SEMH", 30), ("MLD", 40), ("SLD", 50))
                )
            ],
            "provisions": [
                {"provision_id": "P", "name": "P", "kind": "special", "easting_m": 374000}
                | {"northing_m": 165000, "la": "home"}
            ],
            "places": [{"provision_id": "P", "needs": "*", "ncy_from": 0, "ncy_to": 14}],
            "prices": [
                {"provision_id": "P", "needs": "*", "ncy_from": 0, "ncy_to": 14}
                | {"gbp_per_child": 20000}
            ],
        },
    )
    before = plan(draft.write(tmp_path / "before"), tmp_path / "then", baseline=False)
    assert WITHHELD not in {row["children"] for row in before.table("gap")}
    draft.tables["children"][1]["children"] = 32
    changed = draft.write(tmp_path / "after")
    alone = plan(changed, tmp_path / "alone", baseline=False)
    assert WITHHELD not in {row["children"] for row in alone.table("gap")}
    beside = plan(changed, tmp_path / "now", baseline=False, published=[tmp_path / "then"])
    shown = {row["need"]: row["children"] for row in beside.table("gap")}
    assert shown["SEMH"] == WITHHELD
    assert list(shown.values()).count(WITHHELD) >= 2  # else the total would tell it
    assert beside.json("run")["disclosure"]["published"] == [before.summary["run_id"]]


@pytest.mark.slow
def test_another_scheme_in_the_same_workbook_leaves_its_children_the_same(town: Path) -> None:
    first = plan(as_workbook(town), town.parent / "first")
    change(town, "schemes.csv", "S1,Extension,", "S1,Another,")
    other = plan(as_workbook(town), town.parent / "other")
    assert first.json("run")["inputs_sha256"] != other.json("run")["inputs_sha256"]
    assert compare(read_already(first.folder), other.json("run"), other.summary).same_children
    change(town, "children.csv", "kid-a,1,", "kid-a,2,")
    more = plan(as_workbook(town), town.parent / "more")
    assert not compare(read_already(first.folder), more.json("run"), more.summary).same_children


def test_a_percentile_that_is_one_childs_journey_is_not_told() -> None:
    exact = pd.DataFrame(
        {"children": [8.0, 12.0, 25.0], "median_minutes": 20.0, "p95_minutes": 60.0}
    )
    table = shown("travel", exact, {}, Rules())
    assert table["median_minutes"].tolist() == [WITHHELD, 20.0, 20.0]
    assert table["p95_minutes"].tolist() == [WITHHELD, WITHHELD, 60.0]


def test_what_exact_money_tells_of_few_is_owned_up_to(tmp_path: Path) -> None:
    few, many = (_independent(count, tmp_path / str(count)) for count in (3, 20))
    assert few.table("outcomes")[0]["independent"] == WITHHELD
    fees = {row["item"]: float(row["gbp"]) for row in few.table("ledger")}["independent fees"]
    assert fees / 45_000 == 3
    told = few.json("run")["disclosure"]["cells_told_by_money"]
    assert few.summary["withheld_but_told_by_money"] == told > 0
    assert f"{told} small counts, which exact money tells" in summary_text(few.summary, 100)
    assert many.json("run")["disclosure"]["cells_told_by_money"] == 0
    assert "withheld_but_told_by_money" not in many.summary


def _independent(count: int, folder: Path) -> Written:
    """Plan for so many children with autism in an independent school, and thirty others in a special one."""
    needs = {"ASD": ("I", count), "SEMH": ("S", 30)}
    kinds = {"I": ("independent", 45_000), "S": ("special", 15_000)}
    ages = {"ncy_from": 0, "ncy_to": 14}
    here = {"easting_m": 374000, "northing_m": 164000}
    draft = Draft(
        {"title": "Fees", "base_year": 2025, "years": 1},
        {
            "children": [
                {"child_id": need, "children": many, "need": need, "ncy": 4, "status": "seeking"}
                | here
                | {"area": "X"}
                for need, (_, many) in needs.items()
            ],
            "provisions": [
                {"provision_id": name, "name": name, "kind": kind, "la": "home"} | here
                for name, (kind, _) in kinds.items()
            ],
            "places": [
                {"provision_id": name, "needs": need} | ages for need, (name, _) in needs.items()
            ],
            "prices": [
                {"provision_id": name, "needs": "*", "gbp_per_child": gbp} | ages
                for name, (_, gbp) in kinds.items()
            ],
        },
    )
    return plan(draft.write(folder / "case"), folder / "out", baseline=False)
