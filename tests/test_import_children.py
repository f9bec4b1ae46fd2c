"""Children from a flat export: a map drafted without values, confirmed, and nobody known by it."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import tomllib
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli
from sufficiency.case import read_case
from sufficiency.checks import check_case
from sufficiency.codes import CODES
from sufficiency.imports.children_map import identifies, likely, looks_like_data
from sufficiency.imports.children_words import read_need, read_year
from tests import blade

HEADER = (
    "Pupil Name", "UPN", "Date of Birth", "Ethnicity", "HomePostcode", "Primary Need",
    "Secondary Need", "School URN", "Resourced Provision", "Status", "Officer's notes",
)  # fmt: skip
COLUMNS = {
    "postcode": "HomePostcode",
    "need": "Primary Need",
    "need_2": "Secondary Need",
    "birth_date": "Date of Birth",
    "current_provision": "School URN",
    "in_base": "Resourced Provision",
    "status": "Status",
}
ROW = {
    "Pupil Name": "Ottoline Quimbleford",
    "UPN": "Z999000000001",
    "Date of Birth": "05/03/2017",
    "Ethnicity": "ETHNX",
    "HomePostcode": "BA1 1UB",
    "Primary Need": "ASD",
    "Secondary Need": "SEMH",
    "School URN": blade.SPECIAL,
    "Resourced Provision": "",
    "Status": "",
    "Officer's notes": "ULN88 said so",
}


class Desk:
    """A case, a file of children and a map, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case = blade.case(folder / "case")
        self.file = folder / "children of ours.csv"
        self.map = folder / "map.toml"
        self.header: tuple[str, ...] = HEADER

    def put(self, *rows: dict[str, str], shuffle: int | None = None) -> None:
        """Write the file: each row is `ROW` but for what is given."""
        mixed = random.Random(shuffle).sample(rows, len(rows)) if shuffle else rows
        with self.file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, self.header)
            writer.writeheader()
            writer.writerows([{**{n: ROW.get(n, "") for n in self.header}, **row} for row in mixed])

    def put_map(self, columns: dict[str, str] | None = None, more: str = "", top: str = "") -> None:
        """Write a map that is confirmed."""
        lines = [f"{k} = {json.dumps(v)}" for k, v in (columns or COLUMNS).items()]
        text = f"confirmed = true\n{top}\n[columns]\n" + "\n".join(lines) + f"\n{more}\n"
        self.map.write_text(text, encoding="utf-8")

    def run(self, *more: object, file: Path | None = None) -> Result:
        """Import."""
        words = [file or self.file, "--map", self.map, "--out", self.case, *more]
        return invoke(*words)

    def rows(self) -> pd.DataFrame:
        """Read what was written."""
        return pd.read_csv(self.case / "children.csv", dtype=str, keep_default_na=False)

    def codes(self, file: Path | None = None) -> set[str]:
        """Import for machines; return the codes of what was found."""
        done = self.run("--format", "json", "--replace", file=file)
        assert done.exit_code in {0, 3}, done.output
        return {fault["code"] for fault in json.loads(done.stdout)["faults"]}


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli.main, ["import", "children", *map(str, words)])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.put({})
    made.put_map()
    return made


def test_a_draft_finds_the_columns_and_holds_no_value(desk: Desk) -> None:
    draft = desk.folder / "draft.toml"
    done = invoke(desk.file, "--draft-map", draft)
    assert done.exit_code == 0, done.output
    text = draft.read_text(encoding="utf-8")
    assert not [value for value in ROW.values() if value and value not in HEADER and value in text
                and value not in {"ASD", "SEMH"}]  # fmt: skip
    table = tomllib.loads(text)
    assert table["confirmed"] is False
    assert table["columns"] == COLUMNS
    assert "Pupil Name, UPN, Ethnicity" in text
    assert invoke(desk.file, "--draft-map", draft).exit_code == 2
    assert invoke(desk.file, "--draft-map", draft, "--replace").exit_code == 0


def test_a_draft_is_refused_until_it_is_confirmed(desk: Desk) -> None:
    assert invoke(desk.file, "--draft-map", desk.map, "--replace").exit_code == 0
    assert desk.run().exit_code == 3
    assert not (desk.case / "children.csv").exists()
    assert desk.codes() == {"E1302"}
    text = desk.map.read_text(encoding="utf-8")
    desk.map.write_text(text.replace("confirmed = false", "confirmed = true"), encoding="utf-8")
    assert desk.run().exit_code == 0
    assert len(desk.rows()) == 1


def test_what_is_written_of_a_child(desk: Desk) -> None:
    desk.put({}, {"School URN": "", "Primary Need": "SLD", "Secondary Need": ""})
    done = desk.run()
    assert done.exit_code == 0, done.output
    table = desk.rows().set_index("need")
    assert list(table.loc["ASD", ["child_id", "ncy", "current_provision", "status", "need_2"]]) == [
        "C00001", "4", "SP", "placed", "SEMH",
    ]  # fmt: skip
    assert table.loc["SLD", "status"] == "seeking"
    assert set(table["area"]) == {"BA1 1"}
    case, faults = read_case(desk.case)
    assert case is not None
    assert not [fault for fault in [*faults, *check_case(case)] if fault.is_error]


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize(
    "bad", [{}, {"Primary Need": "Quimbleford"}, {"Date of Birth": "Ottoline"}]
)
def test_nothing_that_identifies_comes_out(bad: dict[str, str], style: str, desk: Desk) -> None:
    desk.put({}, bad, {"School URN": "Ottoline House"}, {"HomePostcode": "BA1 1QQ"})
    done = desk.run("--format", style)
    assert done.exit_code == (3 if bad else 0), done.output
    written = desk.case / "children.csv"
    said = done.stdout + done.stderr + (written.read_text(encoding="utf-8") if not bad else "")
    assert bad == {} or not written.exists()
    for secret in (*blade.SECRETS, "05/03/2017", "2017-03-05", "BA1 1UB", "BA1 1QQ", "BA11UB"):
        assert secret not in said


def test_names_never_enter_a_table(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = pd.DataFrame.__init__

    def watch(self: pd.DataFrame, *words: object, **options: object) -> None:
        real(self, *words, **options)
        if self.size and self.size < 5000:
            seen.append(self.to_csv())

    monkeypatch.setattr(pd.DataFrame, "__init__", watch)
    assert desk.run().exit_code == 0
    assert len(seen) > 5
    assert not [secret for secret in blade.SECRETS if any(secret in text for text in seen)]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    at=st.floats(0, 1),
    junk=st.sampled_from([b"", b",", b'"', b"\n", b"\x00", b"\xff", b",,\n", b"99999999999999999999", b"nan"]),
    cut=st.integers(0, 30),
)  # fmt: skip
def test_no_damage_is_a_bug_or_tells_a_secret(
    at: float, junk: bytes, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(tmp_path_factory.mktemp("damage"))
    desk.put_map()
    desk.put({}, {"School URN": ""}, {"Status": "seeking"})
    data = desk.file.read_bytes()
    place = int(at * len(data))
    desk.file.write_bytes(data[:place] + junk + data[place + cut :])
    done = desk.run()
    assert done.exit_code in {0, 3}, done.output
    assert (desk.case / "children.csv").exists() == (done.exit_code == 0)
    assert not [word for word in (*blade.SECRETS, "BA1 1UB", "05/03/2017") if word in done.output]


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(st.sampled_from([blade.SPECIAL, blade.SCHOOL_WITH_BASE, "", "900099"]), min_size=1, max_size=30),
    seed=st.integers(1, 99),
)  # fmt: skip
def test_counts_add_up_and_order_does_not_matter(
    kinds: list[str], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    desk = Desk(tmp_path_factory.mktemp("flat"))
    desk.put_map()
    rows = [{"School URN": urn, "Primary Need": blade.NEEDS[n % 5]} for n, urn in enumerate(kinds)]
    desk.put(*rows)
    done = desk.run("--format", "json")
    summary = json.loads(done.stdout)["summary"]
    parts = [summary[name] for name in ("placed", "review", "seeking", "left_out")]
    assert sum(parts) == sum(row["people"] for row in summary["people"]) == len(kinds)
    assert len(desk.rows()) == len(kinds) - summary["left_out"]
    first = (desk.case / "children.csv").read_bytes()
    desk.put(*rows, shuffle=seed)
    assert desk.run("--replace").exit_code == 0
    assert (desk.case / "children.csv").read_bytes() == first


def test_a_school_by_reference_urn_or_name(desk: Desk) -> None:
    desk.put(
        *({"School URN": given} for given in ("SP", blade.SPECIAL, "invented  SPECIAL")),
        {"School URN": blade.SCHOOL_WITH_BASE, "Resourced Provision": "Yes"},
        {"School URN": "Elsewhere"},
        {"School URN": "N/A"},
    )
    desk.put_map(more='[values.current_provision]\n"Elsewhere" = "RB"\n"n/a" = ""')
    assert desk.run().exit_code == 0
    assert sorted(desk.rows()["current_provision"]) == ["", "RB", "RB", "SP", "SP", "SP"]


def test_a_map_of_provisions_serves_here_too(desk: Desk) -> None:
    desk.put({"School URN": "900099"})
    table = desk.folder / "schools.csv"
    table.write_text("urn,provision_id\n900099,RB\n", encoding="utf-8")
    assert desk.run("--provisions", table).exit_code == 0
    assert list(desk.rows()["current_provision"]) == ["RB"]


def test_those_who_move_on_and_those_too_young(desk: Desk) -> None:
    desk.put(
        {"School URN": "RB", "Date of Birth": "2014-01-01"},
        {"School URN": "SP", "Date of Birth": "2022-12-01"},
        {"School URN": "SP", "Status": "review"},
        {"School URN": "SP", "Status": "left out", "Date of Birth": "unknown"},
    )
    assert desk.run().exit_code == 0
    table = desk.rows().sort_values("ncy", key=pd.to_numeric)
    assert list(table["ncy"]) == ["0", "4", "7"]
    assert list(table["start_year"]) == ["2027", "2025", "2025"]
    assert list(table["status"]) == ["seeking", "review", "seeking"]


def test_year_groups_are_of_the_year_that_the_map_says(desk: Desk) -> None:
    desk.header = ("NC Year", "HomePostcode", "Primary Need", "School URN")
    desk.put({"NC Year": "Year 6"}, {"NC Year": "Reception", "Primary Need": "SLD"})
    columns = {"ncy": "NC Year", "postcode": "HomePostcode", "need": "Primary Need",
               "current_provision": "School URN"}  # fmt: skip
    desk.put_map(columns)
    assert desk.codes() == {"E1303"}
    desk.put_map(columns, top="ncy_year = 2024")
    assert desk.run().exit_code == 0
    assert dict(desk.rows()[["need", "ncy"]].to_numpy()) == {"ASD": "7", "SLD": "1"}


def test_needs_that_are_only_near_are_asked_about(desk: Desk) -> None:
    desk.put(
        {"Primary Need": "ASC"}, {"Primary Need": "SEMH - Social, emotional"}, {"Primary Need": ""}
    )
    done = desk.run()
    assert done.exit_code == 3
    assert "do they mean ASD?" in " ".join(done.stderr.split())
    desk.put_map(more='[values.need]\n"asc" = "ASD"')
    assert desk.run().exit_code == 0
    assert sorted(desk.rows()["need"]) == ["ASD", "SEMH", "SEMH"]
    desk.put({"Primary Need": "", "Secondary Need": ""})
    assert "W1304" in desk.codes()
    assert list(desk.rows()["need"]) == ["NSA"]


def test_own_references_are_kept_unless_they_identify(desk: Desk) -> None:
    desk.header = (*HEADER, "Ref")
    desk.put_map({**COLUMNS, "child_id": "Ref"})
    desk.put({"Ref": "b2"}, {"Ref": "a1"})
    assert desk.run().exit_code == 0
    assert list(desk.rows()["child_id"]) == ["a1", "b2"]
    for bad in (
        "Ottoline Quimbleford",
        "Z99900000000A",
        "Z999000000001",
        "05/03/2017",
        "2017-03-05",
        "",
    ):
        desk.put({"Ref": "a1"}, {"Ref": bad})
        assert "E1307" in desk.codes(), bad
    desk.put({"Ref": "a1"}, {"Ref": "a1"})
    assert desk.codes() >= {"E1307"}
    assert list(desk.rows()["child_id"]) == ["a1", "b2"]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({**COLUMNS, "area": "Pupil Name"}, "E1304"),
        ({**COLUMNS, "child_id": "UPN"}, "E1304"),
        ({**COLUMNS, "area": "Ethnicity"}, "E1304"),
        ({**COLUMNS, "area": "Not there"}, "E1303"),
        ({**COLUMNS, "ward": "Status"}, "E1303"),
        ({k: v for k, v in COLUMNS.items() if k != "need"}, "E1303"),
        ({k: v for k, v in COLUMNS.items() if k != "postcode"}, "E1303"),
        ({k: v for k, v in COLUMNS.items() if k != "birth_date"}, "E1303"),
    ],
)
def test_maps_that_do_not_fit(columns: dict[str, str], code: str, desk: Desk) -> None:
    desk.put_map(columns)
    assert desk.codes() == {code}
    assert not (desk.case / "children.csv").exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("confirmed = true\n[columns", "E1301"),
        ("confirmed = true\n", "E1301"),
        ("confirmed = true\ncolumns = 3\n", "E1301"),
        ('confirmed = true\nvalues = 3\n[columns]\nneed = "a"\n', "E1301"),
        ('confirmed = true\n[columns]\nneed = "a"\n[values.need]\n"x" = "AUT"\n', "E1303"),
        ('confirmed = true\n[columns]\nneed = "a"\n[values.postcode]\n"x" = "y"\n', "E1303"),
        ('confirmed = true\nsheet = 3\n[columns]\nneed = "a"\n', "E1301"),
        ('confirmed = "true"\n[columns]\nneed = "a"\n', "E1302"),
    ],
)
def test_maps_that_are_wrong_in_themselves(text: str, code: str, desk: Desk) -> None:
    desk.map.write_text(text, encoding="utf-8")
    assert code in desk.codes()
    desk.map.write_bytes(b"confirmed = true # \xff\n")
    assert desk.codes() == {"E1301"}


def test_a_column_given_twice_is_not_guessed(desk: Desk) -> None:
    desk.file.write_text(
        "Status,Status,HomePostcode,Date of Birth,Primary Need\n", encoding="utf-8"
    )
    desk.put_map({"status": "Status", "postcode": "HomePostcode", "birth_date": "Date of Birth",
                  "need": "Primary Need"})  # fmt: skip
    assert desk.codes() == {"E1303"}


@pytest.mark.parametrize("first", [
    "Ottoline Quimbleford,05/03/2017,ASD", "A,Z999000000001,B", "a,BA1 1UB,b", "a,2017-Mar-05 00:00:00,b",
])  # fmt: skip
def test_a_first_row_that_is_a_child_s_is_never_repeated(first: str, desk: Desk) -> None:
    desk.file.write_text(f"{first}\nx,y,z\n", encoding="utf-8")
    draft = desk.folder / "draft.toml"
    done = invoke(desk.file, "--draft-map", draft)
    assert done.exit_code == 3
    assert not draft.exists()
    assert "E1305" in desk.codes()
    assert not [word for word in first.split(",") if len(word) > 3 and word in done.output]


def test_damaged_files_are_refused(desk: Desk) -> None:
    good = desk.file.read_bytes()
    for data, code in (
        (good.replace(b"Ottoline", b"Ott\xffline"), "E103"),
        (good.decode().encode("utf-16"), "E103"),
        (good[:-40], "E108"),
        (good + b'"open', "E104"),
        (b"", "E105"),
    ):
        desk.file.write_bytes(data)
        assert code in desk.codes(), code
        assert not (desk.case / "children.csv").exists()
    desk.file.write_bytes(good.replace(b"\r\n", b"\r"))
    assert desk.run().exit_code == 0


def test_a_workbook_is_read_by_sheet(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].title = "Notes"
    sheet = book.create_sheet("EHC plans")
    sheet.append(HEADER)
    sheet.append([*({**ROW, "Date of Birth": ""}).values()])
    sheet.cell(2, 3, dt.datetime(2017, 3, 5))  # noqa: DTZ001 - a spreadsheet knows no zones
    sheet.cell(2, 8, int(blade.SPECIAL))
    sheet.cell(2, 11, "=A2")
    path = desk.folder / "plans.xlsx"
    book.save(path)
    desk.put_map(top='sheet = "ehc Plans"')
    done = desk.run(file=path)
    assert done.exit_code == 0, done.output
    assert list(desk.rows()["current_provision"]) == ["SP"]
    assert list(desk.rows()["ncy"]) == ["4"]
    desk.put_map(top='sheet = "Another"')
    assert desk.run("--replace", file=path).exit_code == 3
    desk.put_map({**COLUMNS, "area": "Officer's notes"}, top='sheet = "EHC plans"')
    assert "E1405" in desk.codes(path)
    path.write_bytes(path.read_bytes()[:500])
    assert desk.run("--replace", file=path).exit_code == 3


def test_homes_by_grid_reference_and_by_degrees(desk: Desk) -> None:
    desk.header = ("Easting", "Northing", "Latitude", "Longitude", "Date of Birth", "Primary Need")
    desk.put(
        {"Easting": "374257", "Northing": "161935", "Primary Need": "ASD"},
        {"Latitude": "51.38", "Longitude": "-2.36", "Primary Need": "SLD"},
        {"Primary Need": "MLD"},
    )
    desk.put_map({"easting_m": "Easting", "northing_m": "Northing", "lat": "Latitude", "lon": "Longitude",
                  "birth_date": "Date of Birth", "need": "Primary Need"})  # fmt: skip
    assert "W1306" in desk.codes()
    table = desk.rows().set_index("need")
    assert list(table.loc["ASD", ["easting_m", "northing_m"]]) == ["374300", "161900"]
    assert str(table.loc["SLD", "easting_m"]).endswith("00")
    assert table.loc["MLD", "easting_m"] == ""


def test_postcodes_and_suits_if_asked(desk: Desk) -> None:
    assert desk.run("--keep-postcodes", "--suits").exit_code == 0
    assert list(desk.rows()["postcode"]) == ["BA1 1UB"]
    assert list(desk.rows()["suits"]) == ["special|independent"]


def test_a_new_case_calls_schools_by_number(desk: Desk) -> None:
    desk.put({}, {"School URN": "Some school"})
    out = desk.folder / "new"
    done = invoke(
        desk.file, "--map", desk.map, "--out", out, "--base-year", 2025, "--format", "json"
    )
    assert done.exit_code == 0
    assert {f["code"] for f in json.loads(done.stdout)["faults"]} >= {"W1211", "W1303"}
    assert list(pd.read_csv(out / "children.csv")["current_provision"]) == [f"URN-{blade.SPECIAL}"]
    assert invoke(desk.file, "--map", desk.map, "--out", desk.folder / "x").exit_code == 2


def test_children_there_are_replaced_only_if_asked(desk: Desk) -> None:
    assert desk.run().exit_code == 0
    assert desk.run().exit_code == 2
    assert desk.run("--replace").exit_code == 0
    assert invoke(desk.file).exit_code == 2
    assert desk.codes() <= set(CODES)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("Pupil Name", True), ("ChildSurname", True), ("NAME", True), ("upn_former", True),
        ("Unique Learner Number", True), ("Home Address 1", True), ("Gender", True),
        ("Parent email", True), ("School Name", False), ("Primary need name", False),
        ("Date of Birth", False), ("Home Postcode", False), ("LA name", False),
    ],
)  # fmt: skip
def test_columns_that_identify(name: str, verdict: bool) -> None:
    assert identifies(name) is verdict


def test_likeness_takes_each_column_once() -> None:
    header = [
        "SEN_Primary_Need",
        "SEN_Secondary_Need",
        "NCYear",
        "DOB",
        "Post Code",
        "Current School",
        "URN",
    ]
    assert likely(header) == {
        "need": "SEN_Primary_Need", "need_2": "SEN_Secondary_Need", "ncy": "NCYear", "birth_date": "DOB",
        "postcode": "Post Code", "current_provision": "URN",
    }  # fmt: skip
    assert not looks_like_data([*header, ""])


@pytest.mark.parametrize(
    ("text", "code"),
    [("asd", "ASD"), ("Autistic spectrum disorder", "ASD"), ("SpLD - Specific", "SPLD"), ("", ""),
     ("autistic", "?"), ("AUT", "?"), ("NSA", "NSA")],
)  # fmt: skip
def test_needs_in_words(text: str, code: str) -> None:
    assert read_need(text) == code


@pytest.mark.parametrize(
    ("text", "year"),
    [("7", "7"), ("Year 7", "7"), ("Y07", "7"), ("R", "0"), ("N2", "-1"), ("NCY 13", "13"), ("-1", "-1"),
     ("X", "?"), ("", ""), ("7.0", "7")],
)  # fmt: skip
def test_year_groups_in_words(text: str, year: str) -> None:
    assert read_year(text) == year


def test_a_first_row_unlike_any_column_is_not_repeated_in_a_draft(tmp_path: Path) -> None:
    export = tmp_path / "export.csv"
    export.write_text("Quux Zebediah,Winchelsea,Oak Road\nQuux Ada,Rye,Elm Road\n", "utf-8")
    done = invoke(export, "--draft-map", tmp_path / "map.toml")
    assert done.exit_code == 3
    assert "E1305" in done.output
    assert not (tmp_path / "map.toml").exists()
