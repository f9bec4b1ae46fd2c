"""A run from end to end: the same bytes twice, its record, exit codes, and no child's value on show."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import models
from models import Discrepancy
from sufficiency import products, run
from sufficiency.errors import CaseError, NoPlanError, UsageError, VerificationError
from tests.conftest import ROOT
from tests.plans import Written, invoke, plan, write_tables
from tests.town import as_workbook, change, write_town

SENTINEL = "ZZSECRET"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def tables(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(folder.rglob("*.csv"))
    }


def hard(folder: Path, sites: int = 24, homes: int = 60) -> Path:
    """A case whose schemes no solver can settle in a millisecond: sites that are nearly as good as each other."""
    ids = [f"W{n:02}" for n in range(sites)]
    anyone = ["*", 0, 14]
    travel: list[list[object]] = [["child_id", "provision_id", "km", "minutes"]]
    travel += [
        [f"C{c}", w, 1 + (c * 37 + n * 53 + c * n * 7) % 41, 5]
        for c in range(homes)
        for n, w in enumerate(ids)
    ]
    schemes: list[list[object]] = [
        ["scheme_id", "provision_id", "capital_gbp", "earliest_year", "lifetime_years"]
    ]
    schemes += [[f"S{w}", w, 60_000 + 701 * n % 9_000, 2025, 10] for n, w in enumerate(ids)]
    places: list[list[object]] = [
        ["scheme_id", "years_open", "needs", "ncy_from", "ncy_to", "places"]
    ]
    places += [[f"S{w}", 0, *anyone, 40 + n % 5] for n, w in enumerate(ids)]
    children: list[list[object]] = [["child_id", "children", "need", "ncy"]]
    children += [[f"C{c}", 3 + c % 7, "ASD", 3] for c in range(homes)]
    provisions: list[list[object]] = [["provision_id", "kind"]]
    provisions += [[w, "special"] for w in ids]
    spans: list[object] = ["provision_id", "needs", "ncy_from", "ncy_to"]
    return write_tables(
        folder,
        'title = "Hard"\nbase_year = 2025\nyears = 2\n[travel]\nmethod = "table"\n',
        children=children,
        provisions=provisions,
        places=[[*spans, "places"], *([w, *anyone, 0] for w in ids)],
        prices=[[*spans, "gbp_per_child"], *([w, *anyone, 20_000] for w in ids)],
        schemes=schemes,
        scheme_places=places,
        travel=travel,
    )


def test_two_runs_write_the_same_bytes(town: Path) -> None:
    first = tables(plan(town, town.parent / "one").folder)
    second = tables(plan(town, town.parent / "two").folder)
    assert first == second
    assert len(first) >= 14


@pytest.mark.slow
def test_a_process_of_another_hash_seed_writes_the_same_bytes(town: Path) -> None:
    here = tables(plan(town, town.parent / "here", tables_only=False).folder)
    seed = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    subprocess.run(
        [sys.executable, "-m", "cli", "plan", str(town), "--out", str(town.parent / "there")],
        env=os.environ | {"PYTHONHASHSEED": seed},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    assert tables(town.parent / "there") == here


def test_the_order_of_rows_changes_nothing(town: Path) -> None:
    before = tables(plan(town, town.parent / "one").folder)
    for name in ("children", "provisions", "prices"):
        header, *rows = (town / f"{name}.csv").read_text().splitlines()
        (town / f"{name}.csv").write_text("\n".join([header, *reversed(rows)]) + "\n")
    assert tables(plan(town, town.parent / "two").folder) == before


def test_a_workbook_gives_the_plan_of_its_folder(town: Path) -> None:
    folder = tables(plan(town, town.parent / "one").folder)
    assert tables(plan(as_workbook(town), town.parent / "two").folder) == folder


def test_the_record_holds_the_hash_of_every_input_and_what_was_asked(town: Path) -> None:
    written = plan(town, town.parent / "out", gap=0.001, time_limit=60.0, solver="cbc")
    record = written.json("run")
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in town.iterdir()}
    assert record["inputs_sha256"] == files
    assert record["asked"] == {"gap": 0.001, "time_limit": 60.0, "solver": "cbc"}
    assert record["settings"]["transport"]["by_kind"]["base"]["days"] == 180
    assert record["settings"]["capital"]["budget_gbp"] == {"2025": 300_000, "2026": 300_000}
    assert record["solver"].startswith("CBC")
    assert record["run_id"] == written.summary["run_id"]
    assert str(town.parent) not in json.dumps(record)


@pytest.mark.slow
def test_the_run_id_follows_inputs_and_options(town: Path) -> None:
    first = plan(town, town.parent / "a").summary["run_id"]
    assert plan(town, town.parent / "b").summary["run_id"] == first
    assert plan(town, town.parent / "c", gap=0.01).summary["run_id"] != first
    change(town, "children.csv", "ASD,SLCN", "ASD,")
    assert plan(town, town.parent / "d").summary["run_id"] != first


def test_what_the_command_prints_is_the_summary_and_nothing_else(town: Path) -> None:
    out = town.parent / "out"
    done = invoke("plan", town, "--out", out, "--tables-only", "--format", "json")
    summary = json.loads(done.stdout)
    assert done.exit_code == 0
    assert summary == Written(out).summary
    assert {"objective_gbp", "bound_gbp", "cost_gbp", "gap_pct", "seconds", "children"} <= set(
        summary
    )
    assert (summary["status"], summary["verified"], summary["schema"]) == ("optimal", True, 1)
    assert summary["schemes"] == [
        {"scheme_id": "S1", "name": "Extension", "year": 2026, "status": "proposed"}
    ]


def test_both_solvers_give_the_same_plan(town: Path) -> None:
    highs = plan(town, town.parent / "highs")
    cbc = plan(town, town.parent / "cbc", solver="cbc")
    assert tables(highs.folder) == tables(cbc.folder)
    assert highs.summary["objective_gbp"] == pytest.approx(cbc.summary["objective_gbp"], abs=0.01)


def test_a_limit_too_short_gives_a_plan_that_is_not_proved(tmp_path: Path) -> None:
    case = hard(tmp_path / "case")
    words = ("--time-limit", "0.001", "--tables-only", "--format", "json")
    done = invoke("plan", case, "--out", tmp_path / "out", *words)
    assert done.exit_code == run.NOT_PROVED == 5
    summary: dict[str, Any] = json.loads(done.stdout)
    assert summary["status"] == "feasible"
    assert summary["gap_pct"] > 1e-4
    assert 0 <= summary["bound_gbp"] < summary["objective_gbp"]
    assert Written(tmp_path / "out").table("placements") is not None


def test_a_plan_in_which_nobody_has_a_place(tmp_path: Path) -> None:
    case = hard(tmp_path / "case", sites=2, homes=3)
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write("[capital]\nbudget_gbp = {}\n")
    written = plan(case, tmp_path / "out")
    assert written.table("private/use") == written.table("private/placements") == []
    assert written.summary["unplaced_child_years"] == 2 * (3 + 4 + 5)


def test_a_wide_gap_is_proved_and_says_how_wide(tmp_path: Path) -> None:
    case = hard(tmp_path / "case", sites=8, homes=20)
    words = ("--gap", "0.5", "--tables-only", "--format", "json")
    done = invoke("plan", case, "--out", tmp_path / "out", *words)
    summary: dict[str, Any] = json.loads(done.stdout)
    assert (done.exit_code, summary["status"]) == (0, "optimal")
    assert 0 <= summary["gap_pct"] <= 50


def test_errors_stop_before_anything_is_written(town: Path) -> None:
    change(town, "children.csv", "SEMH,ASD", "SEMHX,ASD")
    change(town, "places.csv", "H,*,0,14", "H,*,14,0")
    out = town.parent / "out"
    done = invoke("plan", town, "--out", out, "--format", "json")
    assert done.exit_code == CaseError.exit_code == 3
    assert json.loads(done.stdout)["errors"] >= 2
    assert not out.exists()
    with pytest.raises(CaseError) as caught:
        run.plan(town, out)
    assert len(caught.value.faults) >= 2
    assert run.check(town) == list(caught.value.faults)


def test_a_path_that_is_no_case_is_an_error_of_the_data_and_a_missing_one_of_usage(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    assert invoke("plan", folder, "--out", tmp_path / "out").exit_code == 3
    assert (
        invoke("plan", tmp_path / "none", "--out", tmp_path / "out").exit_code
        == UsageError.exit_code
        == 2
    )


def test_an_answer_that_does_not_add_up_is_not_written(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "verify", lambda *_: [Discrepancy("places", 3, 0.5)])
    with pytest.raises(VerificationError, match=r"places\[3\] is out by 0.5"):
        run.plan(town, town.parent / "out")
    assert not (town.parent / "out").exists()
    monkeypatch.setattr("tempfile.tempdir", str(town.parent))
    assert invoke("plan", town, "--out", town.parent / "out").exit_code == 1


def test_a_solver_without_a_plan_is_exit_4(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    solve = models.solve

    def fails(*given: Any, **options: Any) -> models.Solution:  # noqa: ANN401
        return replace(solve(*given, **options), status=models.Status.INFEASIBLE)

    monkeypatch.setattr(models, "solve", fails)
    done = invoke("plan", town, "--out", town.parent / "out")
    assert done.exit_code == NoPlanError.exit_code == 4
    assert not (town.parent / "out").exists()


def test_warnings_do_not_stop_a_run_and_are_counted(town: Path) -> None:
    change(town, "children.csv", "child_id,children,", "child_id,favourite_colour,children,")
    text = (town / "children.csv").read_text()
    (town / "children.csv").write_text(text.replace(",1,3", f",{SENTINEL},1,3"))
    written = plan(town, town.parent / "out")
    assert written.summary["warnings"] == 1
    (found,) = written.json("run")["findings_on_the_data"]
    assert found["code"] == "W101"
    assert SENTINEL not in everything_public(written.folder)


def everything_public(folder: Path) -> str:
    """All text of a run that is not in its private folder, file names included."""
    files = [file for file in folder.rglob("*") if file.is_file() and "private" not in file.parts]
    return "\n".join(f"{file.name}\n{file.read_text('utf-8', errors='replace')}" for file in files)


CELLS = [
    (table, column)
    for table, header in (
        (
            "children",
            "child_id,children,easting_m,northing_m,need,need_2,suits,ncy,status,current_provision",
        ),
        ("new_children", "child_id,easting_m,northing_m,need,ncy,start_year"),
    )
    for column in [*header.split(","), "postcode", "birth_date", "lat", "lon", "start_year"]
]


@pytest.mark.parametrize(("table", "column"), dict.fromkeys(CELLS))
def test_no_cell_of_a_child_is_ever_shown(town: Path, table: str, column: str) -> None:
    """A secret in each cell of a child's row in turn: neither a message nor a published file repeats it."""
    with (town / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(dict.fromkeys([*rows[0], column]))
    rows[-1][column] = SENTINEL
    with (town / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    out = town.parent / "out"
    for words in (("check", town), ("plan", town, "--out", out, "--format", "json")):
        done = invoke(*words)
        assert done.exit_code in (0, 3), done.output
        for part in (SENTINEL, SENTINEL.lower(), SENTINEL.title()):
            assert part not in done.stdout + done.stderr
    if out.exists():
        assert SENTINEL not in everything_public(out)


def test_an_area_of_too_few_children_is_not_named_outside_the_private_folder(town: Path) -> None:
    change(town, "children.csv", "child_id,children,", "child_id,area,children,")
    text = (town / "children.csv").read_text()
    (town / "children.csv").write_text(text.replace(",1,3", f",{SENTINEL},1,3"))
    done = invoke("plan", town, "--out", town.parent / "out")
    assert done.exit_code == 0
    assert SENTINEL not in done.output
    assert SENTINEL not in everything_public(town.parent / "out")
    assert SENTINEL in (town.parent / "out" / "private" / "areas.csv").read_text("utf-8")


def test_a_bug_in_the_middle_leaves_nothing_and_says_nothing(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError(SENTINEL)

    monkeypatch.setattr("tempfile.tempdir", str(town.parent))
    monkeypatch.setattr(products, "summarise", fail)
    done = invoke("plan", town, "--out", town.parent / "out")
    assert done.exit_code == 1
    assert SENTINEL not in done.output
    assert not (town.parent / "out").exists()
    assert not [path for path in town.parent.iterdir() if path.name.startswith(".out")]
