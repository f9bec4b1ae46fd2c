"""Place numbers: a file in the published layout gives places to the schools that the case knows.

The published file itself could not be had: these are invented, in the layout that is documented.
"""

from __future__ import annotations

import csv
import json
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

import cli
from sufficiency import run
from sufficiency.case import read_case
from sufficiency.errors import CaseError, UsageError
from tests.town import change, write_town

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    Rows = Sequence[Sequence[object]]

UNIT = "2025 to 2026 mainstream academies and free schools - pre-16 SEN Unit/RP Places "
HEADER = (
    "Local authority", "URN", "School name",
    "2024 to 2025  special schools and academies - pre-16 SEN places",
    "2025 to 2026  special schools and academies - pre-16 SEN places",
    "2025 to 2026 free schools and academies - pre-16 AP places",
    UNIT + "(@£6k)", UNIT + "(@£10k)", "2025 to 2026 16 to 18 places",
)  # fmt: skip
TITLE = ("High needs place numbers",)
ROWS: Rows = (
    TITLE, (), ("Invented",), HEADER,
    ("Town", 100001, "Riverside Academy", None, 0, 0, 8, 4, None),
    ("Town", 100002, "Hill Academy", 80, 90, 0, None, None, 10),
    ("Elsewhere", 100009, "Far Academy", None, 40, 0, None, None, None),
    ("Total", None, "", 80, 130, 0, 8, 4, 10),
)  # fmt: skip


def write_ods(path: Path, rows: Rows, sheet: str = "High_Needs_Places") -> Path:
    """Write rows as a minimal OpenDocument spreadsheet."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    lines = ["<table:table-row>" + "".join(map(_cell, row)) + "</table:table-row>" for row in rows]
    content = (
        f'<office:document-content xmlns:office="{space}office:1.0" xmlns:table="{space}table:1.0" '
        f'xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="Contents"/><table:table table:name="{sheet}">{"".join(lines)}'
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def _cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = f"<text:p>{escape(str(value))}</text:p>"
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """The town, with URNs: Riverside's base and Hill are academies, a third is maintained."""
    town = write_town(tmp_path)
    text = (town / "provisions.csv").read_text(encoding="utf-8")
    heads, *rows = text.splitlines()
    urns = (100001, 100002, 100003)
    rows = [f"{row},{urn}" for row, urn in zip(rows, urns, strict=True)]
    rows.append("M,Maintained special,special,376000,165000,home,100004")
    (town / "provisions.csv").write_text("\n".join([heads + ",urn", *rows]) + "\n")
    with (town / "places.csv").open("a") as file:
        file.write("M,MLD,0,11,,,50,10000\n")
    with (town / "prices.csv").open("a") as file:
        file.write("M,*,0,14,,14000\n")
    return town


def import_places(file: Path, town: Path, *words: str) -> Result:
    return CliRunner().invoke(cli.main, ["import", "places", str(file), "--out", str(town), *words])


def places(town: Path) -> pd.DataFrame:
    case, faults = read_case(town)
    assert case is not None
    assert not [fault for fault in faults if fault.is_error]
    return case.places


def test_schools_the_case_knows_get_their_places(town: Path, tmp_path: Path) -> None:
    done = import_places(
        write_ods(tmp_path / "places.ods", ROWS), town, "--replace", "--format", "json"
    )
    assert done.exit_code == 0, done.stderr
    found = places(town)
    key = ["provision_id", "ncy_from", "ncy_to"]
    held = ["needs", "places", "place_funding_gbp"]
    keys = found[key].astype({"ncy_from": int, "ncy_to": int}).itertuples(index=False, name=None)
    rows = dict(zip(keys, found[held].itertuples(index=False, name=None), strict=True))
    assert rows[("R", 0, 6)] == ("SLCN|ASD", 12, 7333.33)
    assert rows[("H", 0, 11)] == ("*", 90, 10000)
    assert rows[("H", 12, 14)] == ("*", 10, 10000)
    assert rows[("M", 0, 11)] == ("MLD", 50, 10000)
    assert len(found) == 5
    answer = json.loads(done.stdout)
    assert answer["summary"]["academic_year"] == "2025/26"
    assert answer["summary"]["places"] == 112
    assert {fault["code"]: fault["rows"] for fault in answer["faults"]} == {
        "W1411": [],
        "W1412": [5],
    }
    assert not [fault for fault in run.check(town) if fault.is_error]


def test_maintained_schools_are_said_to_be_missing(town: Path, tmp_path: Path) -> None:
    done = import_places(write_ods(tmp_path / "places.ods", ROWS), town, "--replace")
    assert "maintained" in " ".join(done.stdout.split())
    assert "does not have: 1" in " ".join(done.stdout.split())


@pytest.mark.parametrize("kind", ["csv", "cp1252", "xlsx"])
def test_other_kinds_of_file_are_the_same(town: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"places.{'xlsx' if kind == 'xlsx' else 'csv'}"
    if kind == "xlsx":
        book = Workbook()
        book.worksheets[0].title = "High_Needs_Places"
        for row in ROWS:
            book.worksheets[0].append(list(row))
        book.save(path)
    else:
        encoding = "cp1252" if kind == "cp1252" else "utf-8-sig"
        with path.open("w", newline="", encoding=encoding) as file:
            csv.writer(file).writerows(ROWS)
    assert import_places(path, town, "--replace").exit_code == 0
    assert places(town)["places"].dropna().sum() == 162


def test_a_later_year_leaves_the_present_places_until_then(town: Path, tmp_path: Path) -> None:
    later = [[str(c).replace("2025 to 2026", "2027 to 2028") if isinstance(c, str) else c for c in row]
             for row in ROWS]  # fmt: skip
    assert import_places(write_ods(tmp_path / "p.ods", later), town, "--replace").exit_code == 0
    found = places(town)
    hill = found[found["provision_id"] == "H"].sort_values(["ncy_from", "from_year"])
    assert hill["places"].tolist() == [90, 1, 10]
    assert hill["to_year"].fillna(0).tolist() == [0, 2026, 0]
    assert not [fault for fault in run.check(town) if fault.is_error]


def test_a_case_without_places_gets_rows_to_complete(town: Path, tmp_path: Path) -> None:
    (town / "places.csv").unlink()
    done = import_places(write_ods(tmp_path / "p.ods", ROWS), town)
    assert done.exit_code == 0
    assert "W1413" in done.stdout
    found = places(town)
    assert found["needs"].tolist() == ["*"] * 3
    assert found["ncy_to"].tolist() == [11, 11, 14]


def test_places_that_two_bases_could_have_are_not_guessed(town: Path, tmp_path: Path) -> None:
    with (town / "provisions.csv").open("a") as file:
        file.write("R2,Riverside unit,base,374000,165000,home,100001\n")
    done = import_places(write_ods(tmp_path / "p.ods", ROWS), town, "--replace")
    assert "W1414" in done.stdout
    assert places(town).query("provision_id == 'R'")["places"].tolist() == [2, 2]


def test_nothing_is_overwritten_unless_asked(town: Path, tmp_path: Path) -> None:
    before = (town / "places.csv").read_bytes()
    file = write_ods(tmp_path / "p.ods", ROWS)
    assert import_places(file, town).exit_code == UsageError.exit_code
    assert import_places(file, tmp_path / "nowhere").exit_code == UsageError.exit_code
    assert (town / "places.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["hello"], ["there"]], "E1411"),
        ([["URN", "places"], [100001, 4]], "E1411"),
        ([*ROWS[:4], ["Town", 100001, "", None, 0, 0, "eight", 4, None]], "E1412"),
    ],
)
def test_other_layouts_are_refused(town: Path, tmp_path: Path, rows: Rows, code: str) -> None:
    before = (town / "places.csv").read_bytes()
    done = import_places(write_ods(tmp_path / "p.ods", rows), town, "--replace")
    assert done.exit_code == CaseError.exit_code
    assert code in done.stderr
    assert "eight" not in done.stderr
    assert (town / "places.csv").read_bytes() == before


@pytest.mark.parametrize("data", [b"", b"PK", b"hello"])
def test_broken_files_are_refused(town: Path, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "p.ods").write_bytes(data)
    done = import_places(tmp_path / "p.ods", town, "--replace")
    assert done.exit_code == CaseError.exit_code
    assert "E1411" in done.stderr


def test_a_truncated_file_or_another_sheet_is_refused(town: Path, tmp_path: Path) -> None:
    file = write_ods(tmp_path / "p.ods", ROWS)
    file.write_bytes(file.read_bytes()[:-400])
    assert import_places(file, town, "--replace").exit_code == CaseError.exit_code
    file = write_ods(tmp_path / "p.ods", ROWS, "Notes")
    assert import_places(file, town, "--replace").exit_code == CaseError.exit_code


def test_a_broken_case_is_refused(town: Path, tmp_path: Path) -> None:
    change(town, "places.csv", "H,*,0,14,,,1", "H,*,0,14,,,one")
    done = import_places(write_ods(tmp_path / "p.ods", ROWS), town, "--replace")
    assert done.exit_code == CaseError.exit_code
    assert "E602" in done.stderr
