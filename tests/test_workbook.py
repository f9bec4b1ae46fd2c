"""Workbooks: templates and examples that read as the same case, and files that are not opened."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any, cast

import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook

import cli
from sufficiency import run, worked_examples
from sufficiency.case import outside, read_case
from sufficiency.errors import UsageError
from sufficiency.settings import describe_settings
from sufficiency.tables import TABLES
from sufficiency.workbook.examples import ROWS
from sufficiency.workbook.look import choices, number_format, style_of, validation
from sufficiency.workbook.template import from_folder, new_template
from sufficiency.workbook.words import STEPS, WORDS, paragraphs
from tests.town import as_workbook, change, write_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sufficiency.case import Case


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "council.xlsx"
    new_template(path)
    return path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def opened(path: Path, **options: bool) -> Any:  # noqa: ANN401 - openpyxl's cells are of any kind
    return load_workbook(path, **options)


def same(one: Case | None, other: Case | None) -> None:
    assert one is not None
    assert other is not None
    assert one.settings == other.settings
    for name in TABLES:
        pd.testing.assert_frame_equal(one.table(name), other.table(name))


def codes(path: Path) -> list[str]:
    return [fault.code for fault in read_case(path)[1]]


def test_a_template_has_every_table_and_every_column(template: Path) -> None:
    book = opened(template)
    assert book.sheetnames[0] == "Read me"
    for table in TABLES.values():
        heads = list(book[table.name][1])
        assert [cell.value for cell in heads] == table.names
        for cell, column in zip(heads, table.columns, strict=True):
            assert column.meaning[1:] in cell.comment.text
            assert ("Needed" in cell.comment.text) == column.required
            assert cell.fill.fgColor.rgb.endswith(style_of(column).fill)
            dimension = book[table.name].column_dimensions[cell.column_letter]
            assert dimension.number_format == number_format(column)
            assert dimension.width > len(column.name)
        assert book[table.name].freeze_panes == "B2"
        assert book[table.name].max_row == 1


def test_references_are_text_and_codes_are_offered(template: Path) -> None:
    book = opened(template)
    sheet = book["children"]
    lists = {
        str(rule.sqref).split(":")[0].rstrip("0123456789"): rule.formula1
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    letters = {cell.value: cell.column_letter for cell in sheet[1]}
    assert sheet.column_dimensions[letters["postcode"]].number_format == "@"
    assert "SEMH" in lists[letters["need"]]
    assert lists[letters["status"]] == '"placed,seeking,review"'
    assert "independent" in lists[letters["suits"]]
    assert all(len(text) < 256 for text in lists.values())


def test_drop_downs_stand_in_the_sheet_itself() -> None:
    for table in TABLES.values():
        for column in table.columns:
            assert len(",".join(choices(column, ["special", "base"]))) < 250


def test_a_list_too_long_for_excel_is_left_out() -> None:
    kind = TABLES["provisions"].column("kind")
    few, many = (validation(kind, [f"kind-{n}" for n in range(n)]) for n in (20, 60))
    assert many is None
    assert few is not None
    assert len(str(few.error)) <= 255


def test_a_template_says_which_tables_are_empty_and_nothing_else(template: Path) -> None:
    needed = [table.name for table in TABLES.values() if table.required]
    assert codes(template) == ["E109"] * len(needed)


def test_settings_of_a_template_are_all_there_with_their_defaults(template: Path) -> None:
    sheet = opened(template)["settings"]
    rows = {row[0].value: row for row in sheet.iter_rows(min_row=2)}
    for setting in describe_settings():
        name = setting["name"]
        if not name.startswith("kinds."):
            assert [n for n in rows if n == name or n.startswith(name + ".")], name
    assert rows["travel.detour_factor"][2].value == "1.3"
    assert rows["travel.soft_minutes.primary"][2].value == "45"
    assert all(row[1].value is None for row in rows.values())
    assert "straight,road,table" in str(sheet.data_validations.dataValidation[0].formula1)


def test_the_example_rows_are_a_case_that_can_be_planned(template: Path, tmp_path: Path) -> None:
    book = opened(template)
    for name, rows in ROWS.items():
        names = TABLES[name].names
        for row in rows:
            book[name].append([row.get(column) for column in names])
    path = tmp_path / "filled.xlsx"
    book.save(path)
    assert run.check(path) == []


def test_an_example_as_a_workbook_is_the_same_case(tmp_path: Path) -> None:
    folder = worked_examples.find("banes")
    from_folder(folder, tmp_path / "banes.xlsx")
    one, faults = read_case(folder)
    other, found = read_case(tmp_path / "banes.xlsx")
    same(one, other)
    assert [(f.code, f.rows) for f in faults] == [(f.code, f.rows) for f in found]


def test_a_folder_with_odd_things_is_the_same_case_as_a_workbook(
    town: Path, tmp_path: Path
) -> None:
    change(town, "children.csv", "kid-a", "=1+1")
    change(town, "children.csv", "kid-b,1", "\nkid-b,one")
    change(town, "provisions.csv", "name,kind", "Name,kind")
    change(town, "provisions.csv", "northing_m,la", "northing_m,my_note")
    change(town, "places.csv", "V,*,0,14,,,,", "V,*,0,14,,,-1.50,")
    change(
        town,
        "case.toml",
        "[travel]",
        '[kinds.annexe]\ntitle = "007"\n[map]\ntowns = [{ name = "A", easting_m = 1.0, northing_m = 2.5 }]'
        "\n[travel]\nmax_minutes = { }",
    )
    from_folder(town, tmp_path / "t.xlsx")
    one, faults = read_case(town)
    other, found = read_case(tmp_path / "t.xlsx")
    same(one, other)
    assert [(f.code, f.column, f.rows) for f in faults] == [
        (f.code, f.column, f.rows) for f in found
    ]


def test_nothing_is_overwritten(template: Path, tmp_path: Path) -> None:
    for path in (template, tmp_path / "council.xls"):
        with pytest.raises(UsageError):
            new_template(path)


def test_the_command(tmp_path: Path) -> None:
    def new(*words: str) -> int:
        return CliRunner().invoke(cli.main, ["new", *words]).exit_code

    assert new("--workbook", str(tmp_path / "a.xlsx")) == 0
    assert new("--workbook", "banes", str(tmp_path / "b.xlsx")) == 0
    assert opened(tmp_path / "b.xlsx", read_only=True)["children"].max_row > 1000
    assert new("--workbook", "narnia", str(tmp_path / "c.xlsx")) == UsageError.exit_code
    assert new("--workbook", str(tmp_path / "a.xlsx")) == UsageError.exit_code
    assert new(str(tmp_path / "c.xlsx")) == UsageError.exit_code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_the_words_are_whole_sentences() -> None:
    assert len(paragraphs(STEPS)) == 4
    assert all(text[0].isupper() and "  " not in text for text in paragraphs(WORDS))


def member(book: Path, name: str, change: Callable[[bytes], bytes], extra: str = "") -> None:
    """Rewrite one part of a workbook, or add one."""
    with zipfile.ZipFile(book) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    if extra:
        parts[extra] = b""
        name = extra
    parts[name] = change(parts[name])
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)


CHILDREN = "xl/worksheets/sheet1.xml"


def test_a_bomb_is_not_opened(town: Path) -> None:
    book = as_workbook(town)
    member(book, "", lambda _: b"<a/>" * (5 * 2**20), extra="xl/worksheets/sheet99.xml")
    assert book.stat().st_size < 200_000
    assert codes(book) == ["E1403"]


def test_a_cell_in_the_far_corner_is_not_filled_up_with_blanks(town: Path) -> None:
    book = as_workbook(town)
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    member(book, CHILDREN, lambda data: data.replace(b"</sheetData>", far))
    assert codes(book) == ["E1404"]


def test_a_far_corner_without_references_is_found_too(town: Path) -> None:
    book = as_workbook(town)
    cells = b"<c><v>1</v></c>" * 16_000
    far = b'<row r="1048576">' + cells + b"</row></sheetData>"
    member(book, CHILDREN, lambda data: data.replace(b"</sheetData>", far))
    assert codes(book) == ["E1404"]


def test_formats_down_to_the_last_row_do_no_harm(town: Path) -> None:
    book = as_workbook(town)
    far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    member(book, CHILDREN, lambda data: data.replace(b"</sheetData>", far))
    assert codes(book) == []


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda data: data[: len(data) // 2], "E110"),
        (lambda data: data[:-200] + bytes(200), "E110"),
        (lambda _: b"child_id,need\nkid-a,ASD\n", "E110"),
        (lambda _: b"", "E110"),
        (lambda _: bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600), "E1402"),
        (
            lambda _: (
                bytes.fromhex("D0CF11E0A1B11AE1")
                + bytes(600)
                + "EncryptedPackage".encode("utf-16-le")
            ),
            "E1401",
        ),
    ],
    ids=["truncated", "damaged", "renamed CSV", "empty", "xls", "password"],
)
def test_files_that_are_no_workbooks(town: Path, make: Callable[[bytes], bytes], code: str) -> None:
    book = as_workbook(town)
    book.write_bytes(make(book.read_bytes()))
    case, faults = read_case(book)
    assert case is None
    assert [fault.code for fault in faults] == [code]
    done = CliRunner().invoke(cli.main, ["check", str(book)])
    assert done.exit_code == 3
    assert code in done.stdout


def test_one_flipped_bit_is_noticed(town: Path) -> None:
    book = as_workbook(town)
    data = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        part = archive.getinfo(CHILDREN)
        at = part.header_offset + 30 + len(CHILDREN) + part.compress_size // 2
    data[at] ^= 1
    book.write_bytes(data)
    assert codes(book) == ["E110"]


def test_macros_are_not_opened(town: Path) -> None:
    book = as_workbook(town)
    macros = book.rename(book.with_suffix(".xlsm"))
    assert codes(macros) == ["E1402"]
    book = macros.rename(book)
    member(book, "", lambda _: b"macro", extra="xl/vbaProject.bin")
    assert codes(book) == ["E1402"]


def test_a_document_type_is_not_read(town: Path) -> None:
    book = as_workbook(town)
    kind = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'
    member(book, CHILDREN, lambda data: data.replace(b"<worksheet", kind, 1))
    assert codes(book) == ["E110"]


def test_formulas_are_read_by_their_values(town: Path) -> None:
    book = as_workbook(town)
    sheet = opened(book)
    column = [cell.value for cell in sheet["prices"][1]].index("gbp_per_child")
    cell = sheet["prices"].cell(3, column + 1)
    at = cell.coordinate.encode()
    number = 1 + sheet.sheetnames.index("prices")
    part = f"xl/worksheets/sheet{number}.xml"
    old = b'<c r="' + at + b'" t="n"><v>25000</v></c>'
    formula = b'<c r="' + at + b'"><f>24000+1000</f><v>25000</v></c>'
    member(book, part, lambda data: data.replace(old, formula))
    case, faults = read_case(book)
    assert faults == []
    assert cast("Case", case).prices.loc[3, "gbp_per_child"] == 25000
    member(
        book, part, lambda data: data.replace(formula, formula.replace(b"<v>25000</v>", b"<v></v>"))
    )
    found = read_case(book)[1]
    assert [(f.code, f.column, f.rows) for f in found if f.code == "E1405"] == [
        ("E1405", "gbp_per_child", (3,))
    ]


def test_a_percentage_of_excels_is_not_taken_for_a_number(town: Path) -> None:
    """Whoever types 5% gets 0.05: growth of a twentieth of a per cent, were it read."""
    path = as_workbook(town)
    book = opened(path)
    row = book["settings"].max_row + 1
    for at, value in enumerate(("demand.growth_pct", 0.05), start=1):
        book["settings"].cell(row, at, value).number_format = "0%"
    heads = [cell.value for cell in book["places"][1]]
    for number, held, shown in ((2, 0, "0%"), (3, 2, '0.0" %"'), (4, 0.5, "0.0%")):
        cell = book["places"].cell(number, heads.index("places") + 1, held)
        cell.number_format = shown
    book["places"].cell(1, len(heads) + 1, "share of ours")
    book["places"].cell(2, len(heads) + 1, 0.5).number_format = "0%"
    book.save(path)
    found = [(f.column, f.rows) for f in read_case(path)[1] if f.code == "E1406"]
    assert sorted(found) == [("demand.growth_pct", ()), ("places", (4,))]


def test_a_sheet_of_ones_own_is_not_read(town: Path) -> None:
    path = as_workbook(town)
    book = opened(path)
    book.create_sheet("My sums")["A1"] = "=SUM(places!G:G)"
    book.save(path)
    assert codes(path) == []


@pytest.mark.parametrize(
    ("name", "out"),
    [
        ("roads.graphml", False),
        ("data/onspd", False),
        ("data..old/roads.xml", False),
        ("../roads.graphml", True),
        ("data/../../x", True),
        ("/etc/passwd", True),
        ("C:\\data\\onspd.csv", True),
        ("..\\onspd.csv", True),
        ("\\\\server\\share\\x.csv", True),
        ("C:onspd.csv", True),
    ],
)
def test_paths_stay_in_the_case(town: Path, name: str, out: bool) -> None:
    assert outside(name) == out
    change(town, "case.toml", "[travel]", f"[travel]\nroads = '{name}'")
    assert codes(town) == (["E114"] if out else ["E113"])


def test_true_and_false_are_settings_too(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "settings"
    sheet.append(["name", "value"])
    sheet.append(["money.discount_rate_pct", True])
    book.save(tmp_path / "a.xlsx")
    faults = [f for f in read_case(tmp_path / "a.xlsx")[1] if f.code.startswith("E2")]
    assert [f.code for f in faults] == ["E202"]
