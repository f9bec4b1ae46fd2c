"""The marked-up copy: every fault has its cell, and the user's own workbook stays what it was."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

import cli
from sufficiency import run
from sufficiency.errors import UsageError
from sufficiency.workbook.marks import (
    COLOURS,
    MARKER,
    OURS,
    RULER,
    check_copy,
    mark_checked,
    name_copy,
    what_is_lost,
)
from tests.town import as_workbook, change, write_town

if TYPE_CHECKING:
    from pathlib import Path


THEIRS = "ask the school"


@pytest.fixture
def council(tmp_path: Path) -> Path:
    """A workbook with faults of every sort, and formats, notes and formulas of the user's."""
    town = write_town(tmp_path)
    change(town, "children.csv", "kid-b,1,374000,166000,ASD", "kid-a,1,374000,166000,ASC")
    change(town, "children.csv", "kid-d", "Aisha Khan")
    change(town, "prices.csv", "25000", "lots")
    change(town, "places.csv", "place_funding_gbp", "place_funding_gdp")
    change(town, "case.toml", "years = 3", "years = 0")
    book = opened(as_workbook(town))
    sheet = book["children"]
    sheet["E3"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["E3"].font = Font("Courier New", italic=True)
    sheet["E3"].comment = Comment(THEIRS, "Pat")
    sheet.column_dimensions["A"].width = 31
    rule = DataValidation("list", formula1='"ASD,SEMH"')
    rule.add("E2:E99")
    sheet.add_data_validation(rule)
    red = PatternFill("solid", bgColor="FF0000")
    rule_of: Any = CellIsRule  # openpyxl gives it no types
    many = rule_of("greaterThan", ["5"], fill=red)
    sheet.conditional_formatting.add("B2:B9", many)
    sums = book.create_sheet("My sums")
    sums["A1"] = "=SUM(places!G2:G4)"
    path = tmp_path / "council.xlsx"
    book.save(path)
    return path


def opened(path: Path, **options: bool) -> Any:  # noqa: ANN401 - openpyxl's cells are of any kind
    return load_workbook(path, **options)


def check(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, ["check", *map(str, words)])


def coloured(sheet: Any) -> dict[str, set[str]]:  # noqa: ANN401
    """Return the cells we coloured, by colour."""
    found: dict[str, set[str]] = {}
    for formats in sheet.conditional_formatting:
        for rule in formats.rules:
            if OURS in rule.formula:
                cells = found.setdefault(rule.dxf.fill.fgColor.rgb[-6:], set())
                cells |= set(str(formats.sqref).split())
    return found


def test_the_copy_is_made_beside_and_the_original_is_the_same(council: Path) -> None:
    before = council.read_bytes()
    done = check(council, "--mark-up")
    assert done.exit_code == 3
    assert council.read_bytes() == before
    copy = council.with_name("council-checked.xlsx")
    assert str(copy) in "".join(done.stdout.split("\n"))
    assert check(council, "--mark-up").exit_code == 3
    assert council.with_name("council-checked-2.xlsx").is_file()
    assert not list(council.parent.glob(".workbook*"))


def test_cells_are_coloured_and_commented(council: Path) -> None:
    copy, lost = mark_checked(run.examine(council), council, "")
    assert copy is not None
    assert lost == []
    book = opened(copy)
    red = coloured(book["children"])[COLOURS[True]]
    assert {"A2:A3", "E3", "A5"} <= red
    assert "A2" not in {cell.coordinate for row in book["children"] for cell in row if cell.comment
                        and cell.comment.author != MARKER}  # fmt: skip
    note = book["children"]["E3"].comment
    assert "E605" in note.text
    assert "ASD" in note.text
    assert note.text.endswith(RULER + THEIRS)
    assert coloured(book["places"])[COLOURS[False]] == {"H1"}
    (where,) = coloured(book["settings"])[COLOURS[True]]
    assert book["settings"][where.replace("B", "A")].value == "years"


def test_what_the_user_made_is_kept(council: Path) -> None:
    copy, _ = mark_checked(run.examine(council), council, "")
    assert copy is not None
    book = opened(copy)
    sheet = book["children"]
    assert sheet["E3"].fill.fgColor.rgb.endswith("00FF00")
    assert sheet["E3"].font.name == "Courier New"
    assert sheet.column_dimensions["A"].width == 31
    assert sheet.data_validations.dataValidation[0].formula1 == '"ASD,SEMH"'
    rules = [r.operator for f in sheet.conditional_formatting for r in f.rules if r.operator]
    assert rules == ["greaterThan"]
    assert book["My sums"]["A1"].value == "=SUM(places!G2:G4)"
    original = opened(council)
    for name in original.sheetnames:
        assert [[c.value for c in row] for row in book[name].iter_rows()] == [
            [c.value for c in row] for row in original[name].iter_rows()
        ]


def test_problems_stand_first_with_links_to_cells(council: Path) -> None:
    checked = run.examine(council)
    copy, _ = mark_checked(checked, council, "")
    assert copy is not None
    book = opened(copy)
    assert book.sheetnames[0] == "Problems"
    assert book.active.title == "Problems"
    sheet = book["Problems"]
    lines = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    assert len(lines) == len(checked.faults)
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    for row in sheet.iter_rows(min_row=6):
        links = [cell for cell in row if cell.hyperlink]
        assert links
        for link in links:
            title, _, cell = link.hyperlink.location.rpartition("!")
            assert title.strip("'") == row[2].value
            assert book[title.strip("'")][cell].coordinate == link.value
    assert "Aisha" not in " ".join(str(cell) for line in lines for cell in line)


def test_a_copy_that_is_mended_loses_the_old_marks(council: Path) -> None:
    first, _ = mark_checked(run.examine(council), council, "")
    assert first is not None
    book = opened(first)
    book["children"]["E3"] = "ASD"
    book.save(first)
    second, _ = mark_checked(run.examine(first), first, "")
    assert second is not None
    assert second.name == "council-checked-2.xlsx"
    book = opened(second)
    assert book.sheetnames.count("Problems") == 1
    assert "E3" not in coloured(book["children"])[COLOURS[True]]
    assert book["children"]["E3"].comment.text == THEIRS
    assert book["children"]["E3"].comment.author != MARKER
    assert (
        len([f for f in book["children"].conditional_formatting if OURS not in f.rules[0].formula])
        == 1
    )


def test_a_folder_gets_a_workbook_too(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    change(town, "children.csv", "ASD,SLCN", "ASC,SLCN")
    done = check(town, "--mark-up", "--format", "json")
    answer = json.loads(done.stdout)
    book = opened(answer["marked_up"])
    column = [cell.value for cell in book["children"][1]].index("need") + 1
    cell = book["children"].cell(2, column).coordinate
    assert coloured(book["children"])[COLOURS[True]] == {cell}
    assert not list(town.glob("*.xlsx"))


def test_the_copy_may_be_named_and_overwrites_nothing(council: Path, tmp_path: Path) -> None:
    named = tmp_path / "here.xlsx"
    assert check(council, "--mark-up", named).exit_code == 3
    assert named.is_file()
    before = named.read_bytes()
    assert check(council, "--mark-up", named).exit_code == UsageError.exit_code
    assert named.read_bytes() == before
    for place in (council, tmp_path / "a.csv", tmp_path / "no" / "a.xlsx"):
        with pytest.raises(UsageError):
            check_copy(council, place)


def test_the_option_may_stand_before_the_case(council: Path) -> None:
    assert check("--mark-up", council).exit_code == 3
    assert council.with_name("council-checked.xlsx").is_file()
    assert check("--mark-up").exit_code == UsageError.exit_code


def test_nothing_to_mark_makes_no_copy(tmp_path: Path) -> None:
    town = as_workbook(write_town(tmp_path))
    assert check(town, "--mark-up").exit_code == 0
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK")
    assert check(broken, "--mark-up").exit_code == 3
    assert not list(tmp_path.glob("*-checked*"))


def test_names_of_copies(tmp_path: Path) -> None:
    assert name_copy(tmp_path / "a.xlsx").name == "a-checked.xlsx"
    (tmp_path / "a-checked.xlsx").touch()
    assert name_copy(tmp_path / "a.xlsx").name == "a-checked-2.xlsx"
    assert name_copy(tmp_path / "a-checked.xlsx").name == "a-checked-2.xlsx"
    (tmp_path / "St. Ives").mkdir()
    assert name_copy(tmp_path / "St. Ives").name == "St. Ives-checked.xlsx"


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "a.xlsx")
    assert what_is_lost(tmp_path / "a.xlsx") == []
    with zipfile.ZipFile(tmp_path / "a.xlsx", "a") as archive:
        archive.writestr("xl/media/image1.png", b"")
        archive.writestr("xl/worksheets/sheet2.xml", b"<x14:dataValidation type='list'>")
    assert what_is_lost(tmp_path / "a.xlsx") == [
        "pictures",
        "drop-downs whose list stands on another sheet",
    ]


def test_many_faulty_rows_are_all_coloured(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    rows = "".join(f"k{n},1,374000,164000,ASC,,,0,,\n" for n in range(2000))
    text = (town / "children.csv").read_text(encoding="utf-8")
    (town / "children.csv").write_text(text + rows, encoding="utf-8")
    path = as_workbook(town)
    copy, _ = mark_checked(run.examine(path), path, "")
    assert copy is not None
    sheet = opened(copy)["children"]
    assert coloured(sheet)[COLOURS[True]] == {"E6:E2005"}
    assert sum(cell.comment is not None for cell in sheet["E"]) == 300


def test_a_workbook_that_cannot_be_copied_is_checked_all_the_same(
    council: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Aisha Khan")

    monkeypatch.setattr("sufficiency.workbook.marks.load_workbook", fail)
    done = check(council, "--mark-up")
    assert done.exit_code == 3
    assert "E605" in done.stdout
    assert "no copy could be made" in done.stdout
    assert "Aisha" not in done.output
    assert not list(council.parent.glob("*-checked*"))
