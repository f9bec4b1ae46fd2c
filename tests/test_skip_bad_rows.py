"""Rows with errors may be left out: only of children and journeys, and every output says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

import cli
from sufficiency import run
from sufficiency.errors import CaseError
from sufficiency.products import LEFT_OUT
from sufficiency.progress import Silent
from sufficiency.skipping import sentence, tally
from tests.town import as_workbook, change, write_town

if TYPE_CHECKING:
    from pathlib import Path

TRAVEL = "child_id,provision_id,km,minutes\n" + "".join(
    f"kid-{child},{provision},5,9\n" for child in "abcde" for provision in "RHV"
)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The town with two children whose rows have errors."""
    town = write_town(tmp_path)
    change(town, "children.csv", "kid-a,1,374000,164000,ASD", "kid-a,1,374000,164000,ASC")
    change(town, "new_children.csv", "kid-e,379000,164000,SEMH,7", "kid-e,379000,,SEMH,")
    return town


def plan(case: Path, *words: str) -> Result:
    out = case.parent / "out"
    return CliRunner().invoke(cli.main, ["plan", str(case), "--out", str(out), *words])


def test_without_the_option_errors_stop_the_plan(town: Path) -> None:
    assert plan(town).exit_code == CaseError.exit_code
    assert not (town.parent / "out").exists()


def test_every_output_says_what_was_left_out(town: Path) -> None:
    done = plan(town, "--skip-bad-rows")
    assert done.exit_code == 0, done.stderr
    out = town.parent / "out"
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    expected = {
        "children": {"rows": 1, "of": 4, "codes": {"E605": 1}},
        "new_children": {"rows": 1, "of": 1, "codes": {"E312": 1, "E501": 1}},
    }
    assert summary["left_out"] == record["left_out"] == expected
    assert summary["children"] == 3
    assert record["asked"]["skip_bad_rows"] is True
    assert ("W1401", "children.csv, need") in {
        (fault["code"], fault["place"]) for fault in record["findings_on_the_data"]
    }
    exact = (out / "private" / "findings-on-the-data.csv").read_text(encoding="utf-8-sig")
    assert 'W1401,"children.csv, need, row 2"' in exact
    words = "1 of 4 rows of children (E605); 1 of 1 rows of new_children (E312, E501)"
    assert words in done.stderr
    assert words in " ".join(done.stdout.split())
    assert words in (out / "report.html").read_text(encoding="utf-8")
    assert words in (out / LEFT_OUT).read_text(encoding="utf-8")


def test_the_plan_is_that_of_the_case_without_the_rows(town: Path, tmp_path: Path) -> None:
    tables = ("--tables-only", "--format", "json")
    skipped = json.loads(plan(town, "--skip-bad-rows", *tables).stdout)
    change(town, "children.csv", "kid-a,1,374000,164000,ASC,SLCN,,0,,\n", "")
    (town / "new_children.csv").unlink()
    clean = json.loads(plan(town, *tables).stdout)
    assert skipped["objective_gbp"] == pytest.approx(clean["objective_gbp"])
    assert clean["left_out"] == {}
    assert skipped["run_id"] != clean["run_id"]
    assert not (town.parent / "out" / LEFT_OUT).exists()


def test_a_sound_case_is_planned_as_ever(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    assert run.examine(town, skip_bad_rows=True).left_out == ()
    assert plan(town, "--skip-bad-rows", "--tables-only").exit_code == 0
    assert not (tmp_path / "out" / LEFT_OUT).exists()


def test_errors_that_show_only_later_are_found_too(town: Path) -> None:
    change(town, "children.csv", "kid-c,1,379000,164000,SEMH", "kid-c,1,,,SEMH")
    change(town, "children.csv", "child_id,children,", "child_id,children,postcode,")
    text = (town / "children.csv").read_text(encoding="utf-8")
    text = text.replace("kid-c,1,", "kid-c,1,ZZ99 9ZZ,")
    for child in ("kid-a,1,", "kid-b,1,", "kid-d,1,"):
        text = text.replace(child, child + ",")
    (town / "children.csv").write_text(text, encoding="utf-8")
    found = run.examine(town, skip_bad_rows=True)
    assert not [fault for fault in found.faults if fault.is_error]
    assert {left.fault.code for left in found.left_out} >= {"E301", "E605"}
    assert run.prepare(town, Silent(), skip_bad_rows=True).basis.children == 2


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("provisions.csv", "special,379000", "specal,379000", "E606"),
        ("places.csv", "H,*,0,14,,,1", "H,*,0,14,,,one", "E602"),
        ("prices.csv", "25000", "", "E601"),
        ("schemes.csv", "proposed", "perhaps", "E606"),
        ("case.toml", "years = 3", "years = 0", "E203"),
    ],
)
def test_schools_prices_schemes_and_settings_are_never_left_out(
    town: Path, name: str, old: str, new: str, code: str
) -> None:
    change(town, name, old, new)
    done = plan(town, "--skip-bad-rows")
    assert done.exit_code == CaseError.exit_code
    assert code in done.stderr
    assert not (town.parent / "out").exists()


def test_children_are_not_all_left_out(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    for row in ("ASD,SLCN", "ASD,,base", "SEMH,,,7", "SEMH,ASD"):
        change(town, "children.csv", row, "X" + row)
    assert plan(town, "--skip-bad-rows").exit_code == CaseError.exit_code


def test_journeys_may_go(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "case.toml", "[travel]", '[travel]\nmethod = "table"')
    (town / "travel.csv").write_text(TRAVEL.replace("kid-a,V,5,9", "kid-a,V,5,soon"))
    found = run.examine(town, skip_bad_rows=True)
    assert not [fault for fault in found.faults if fault.is_error]
    assert tally(found.left_out) == {"travel": {"rows": 1, "of": 15, "codes": {"E602": 1}}}


def test_check_says_what_would_be_left_out(town: Path) -> None:
    done = CliRunner().invoke(cli.main, ["check", str(town)])
    assert done.exit_code == CaseError.exit_code
    assert "2 of 18 rows have errors (3 errors, 0 warnings)" in " ".join(done.stdout.split())
    assert "leaves the 2 rows out" in " ".join(done.stdout.split())
    done = CliRunner().invoke(cli.main, ["check", str(town), "--skip-bad-rows"])
    assert done.exit_code == 0
    assert done.stdout.count("W1401") == 3


def test_a_workbook_too(town: Path) -> None:
    found = run.examine(as_workbook(town), skip_bad_rows=True)
    assert found.left_out[0].where == "town.xlsx, sheet children"


def test_nothing_left_out_says_nothing() -> None:
    assert sentence({}) == ""
    assert tally([]) == {}
