"""Reading a case: folders and workbooks, good and broken."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from openpyxl import load_workbook

from sufficiency import needs
from sufficiency.case import Case, read_case
from sufficiency.faults import Fault
from sufficiency.tables import TABLES, describe
from tests.town import TOWN, as_workbook, change, write_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def good(path: Path) -> Case:
    case, faults = read_case(path)
    assert not faults
    assert case is not None
    return case


def codes(path: Path) -> list[str]:
    return [fault.code for fault in read_case(path)[1]]


def same(one: Case, other: Case) -> None:
    assert one.settings == other.settings
    for name in TABLES:
        pd.testing.assert_frame_equal(one.table(name), other.table(name))


def test_every_table_has_its_columns_and_types(town: Path) -> None:
    case = good(town)
    for table in TABLES.values():
        frame = case.table(table.name)
        assert list(frame.columns) == table.names
        assert frame.index.name == "row"
        for column in table.columns:
            kind = {"number": "float64", "whole": "Int64", "year": "Int64", "ncy": "Int64"}
            assert str(frame[column.name].dtype) == kind.get(column.kind, "str"), column.name


def test_rows_are_those_of_the_spreadsheet_and_defaults_are_filled(town: Path) -> None:
    case = good(town)
    assert list(case.children.index) == [2, 3, 4, 5]
    assert list(case.children["start_year"]) == [2025] * 4
    assert list(case.new_children["children"]) == [1.0]
    assert case.children.loc[2, "status"] == ""
    assert case.places["places"].isna().tolist() == [False, False, False, True]
    assert case.places["place_funding_gbp"].tolist() == [6000, 6000, 10000, 0]
    assert case.travel.empty


def test_inputs_are_hashed(town: Path) -> None:
    case = good(town)
    assert set(case.inputs) == set(TOWN)
    data = (town / "places.csv").read_bytes()
    assert case.inputs["places.csv"] == hashlib.sha256(data).hexdigest()


def test_codes_are_written_in_one_way(town: Path) -> None:
    change(town, "places.csv", "R,ASD|SLCN,0,6,2026", "R, slcn | asd ,0,6,2026")
    change(town, "children.csv", "base|special", "Base | special")
    case = good(town)
    assert case.places["needs"].tolist()[:2] == ["SLCN|ASD"] * 2
    assert case.children.loc[3, "suits"] == "base|special"


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b"\n,,,\n\n",
        lambda data: b"".join(line.strip() + b",,\n" for line in data.splitlines()),
    ],
    ids=["bom", "windows", "blank rows", "blank columns"],
)
def test_harmless_differences(town: Path, rewrite: Callable[[bytes], bytes]) -> None:
    before = good(town)
    for file in town.glob("*.csv"):
        file.write_bytes(rewrite(file.read_bytes()))
    same(before, good(town))


def test_a_workbook_is_the_same_case(town: Path) -> None:
    book = good(as_workbook(town))
    same(good(town), book)
    assert book.files["children"] == "town.xlsx, sheet children"
    assert list(book.inputs) == ["town.xlsx"]


def test_a_workbooks_settings_may_be_texts_and_tables(town: Path) -> None:
    path = as_workbook(town)
    book = load_workbook(path)
    sheet = book["settings"]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value == "capital.budget_gbp.2025":
            row[0].value, row[1].value = "capital.budget_gbp", "{ 2025 = 300000, 2026 = 300000 }"
        elif row[0].value == "capital.budget_gbp.2026":
            row[0].value, row[1].value = None, None
        elif row[0].value == "years":
            row[1].value = "3"
    book.save(path)
    same(good(town), good(path))


def edit(path: Path, sheet: str, cell: str, value: float | dt.date) -> None:
    book = load_workbook(path)
    book[sheet][cell] = value
    book.save(path)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("A2", 7, "E608"),
        ("A2", 1.5, "E608"),
        ("A2", dt.datetime(2025, 1, 5), "E608"),  # noqa: DTZ001
        ("A2", 1e20, "E608"),
    ],
)
def test_a_reference_that_excel_took_for_a_number(
    town: Path, cell: str, value: float | dt.date, code: str
) -> None:
    path = as_workbook(town)
    edit(path, "children", cell, value)
    faults = [fault for fault in read_case(path)[1] if fault.is_error]
    assert {fault.code for fault in faults} == {code}
    assert faults[0].where == "town.xlsx, sheet children"
    assert faults[0].rows == (2,)


def test_references_that_are_all_whole_numbers_are_read(town: Path) -> None:
    path = as_workbook(town)
    for row in range(2, 6):
        edit(path, "children", f"A{row}", 100 + row)
    case, faults = read_case(path)
    assert [(fault.code, fault.rows) for fault in faults] == [("W103", (2, 3, 4, 5))]
    assert case is not None
    assert list(case.children["child_id"]) == ["102", "103", "104", "105"]


def test_dates_of_birth(town: Path) -> None:
    change(town, "new_children.csv", "ncy,start_year", "birth_date,start_year")
    change(town, "new_children.csv", "SEMH,7,2026", "SEMH,01/09/2014,2026")
    assert good(town).new_children.loc[2, "birth_date"] == "2014-09-01"
    path = as_workbook(town)
    edit(path, "new_children", "E2", dt.date(2014, 9, 1))
    same(good(town), good(path))


def test_what_is_no_case(tmp_path: Path, town: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path, tmp_path / "nowhere", tmp_path / "notes.txt", town / "places.csv"):
        case, faults = read_case(path)
        assert case is None
        assert [fault.code for fault in faults] == ["E101"]
    (tmp_path / "fake.xlsx").write_text("hello")
    assert codes(tmp_path / "fake.xlsx") == ["E110"]


@pytest.mark.parametrize(
    ("data", "code", "rows"),
    [
        (b"", "E105", ()),
        (b"\n\n", "E105", ()),
        (b"kid-a,1,374000\n", "E105", ()),
        (b"child_id,need,ncy\nkid-a,caf\xe9,3\n", "E103", (2,)),
        ("child_id,need,ncy\n".encode("utf-16"), "E103", (1,)),
        (b"child_id,need,ncy\n\x00\n", "E103", ()),
        (b'child_id,need,ncy\n"kid-a,ASD,3\n', "E104", ()),
        (b"child_id,need,ncy\nkid-a,ASD,3,4\n", "E108", (2,)),
        (b"child_id,need,ncy\nkid-a,ASD\n", "E108", (2,)),
        (b"child_id,need,ncy\n", "E109", ()),
        (b"child_id,need,ncy,need\nkid-a,ASD,3,ASD\n", "E107", ()),
        (b"child_id,ncy\nkid-a,3\n", "E106", ()),
    ],
)
def test_broken_files(town: Path, data: bytes, code: str, rows: tuple[int, ...]) -> None:
    (town / "children.csv").write_bytes(data)
    case, faults = read_case(town)
    assert [(fault.code, fault.where, fault.rows) for fault in faults] == [
        (code, "children.csv", rows)
    ]
    assert case is not None
    assert ("children" in case.whole) == (code == "E108")


@pytest.mark.parametrize("name", ["children", "provisions", "places", "prices"])
def test_a_missing_table(town: Path, name: str) -> None:
    (town / f"{name}.csv").unlink()
    assert codes(town) == ["E102"]


def test_optional_tables_may_be_absent(town: Path) -> None:
    for name in ("new_children", "limits", "schemes", "scheme_places"):
        (town / f"{name}.csv").unlink()
    assert good(town).schemes.empty


def test_a_table_of_journeys_is_needed_by_its_method(town: Path) -> None:
    change(town, "case.toml", "[travel]", '[travel]\nmethod = "table"')
    assert codes(town) == ["E102"]


def test_broken_settings(town: Path) -> None:
    for text, code in (("years = ", "E111"), ("yeers = 3", "E201")):
        (town / "case.toml").write_text(text)
        case, faults = read_case(town)
        assert [fault.code for fault in faults] == [code]
        assert case is not None
        assert "settings" not in case.whole


def test_a_file_that_settings_name(town: Path) -> None:
    change(town, "case.toml", "[travel]", '[travel]\nroads = "roads.graphml"')
    assert codes(town) == ["E113"]
    (town / "roads.graphml").write_text("<graphml/>")
    assert "roads.graphml" in good(town).inputs


def test_misspelt_names_are_offered(town: Path) -> None:
    (town / "limits.csv").rename(town / "limit.csv")
    change(town, "prices.csv", "from_year", "form_year")
    faults = read_case(town)[1]
    assert [(fault.code, fault.where) for fault in faults] == [
        ("W102", "limit.csv"),
        ("W101", "prices.csv"),
    ]
    assert "`limits`" in faults[0].remedy
    assert "`from_year`" in faults[1].remedy


@pytest.mark.parametrize(
    ("given", "near"),
    [
        ("ASC", "ASD"), ("Autistic spectrum disorder", "ASD"), ("SpLD", "SPLD"),
        ("VI - Visual Impairment", "VI"), ("speech", "SLCN"), ("Q", ""),
    ],
)  # fmt: skip
def test_nearest_need(given: str, near: str) -> None:
    assert needs.nearest(given) == near


@pytest.mark.parametrize(
    ("born", "ncy"),
    [((2020, 9, 1), 0), ((2021, 8, 31), 0), ((2020, 8, 31), 1), ((2021, 9, 1), -1)],
)
def test_ncy_from_birth(born: tuple[int, int, int], ncy: int) -> None:
    assert needs.ncy_of(dt.date(*born), 2025) == ncy


def test_phases() -> None:
    assert [needs.phase(ncy) for ncy in (-1, 6, 7, 11, 12, 20)] == [
        "primary", "primary", "secondary", "secondary", "post16", "post16",
    ]  # fmt: skip


def test_every_column_is_described() -> None:
    assert all(row["meaning"] for row in describe())
    assert len(describe()) == sum(len(table.columns) for table in TABLES.values())


def test_a_fault_says_its_place() -> None:
    fault = Fault("E601", "a.csv", "blank", "fill it in", "need", tuple(range(2, 12)))
    assert fault.place(3) == "a.csv, need, rows 2, 3, 4 and 7 more"
