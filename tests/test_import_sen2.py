"""Children from a SEN2 return: nobody lost, nobody known, and nothing written unless all is well."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cli
from sufficiency.case import read_case
from sufficiency.checks import check_case
from sufficiency.codes import CODES
from sufficiency.errors import CaseError
from sufficiency.faults import Fault
from sufficiency.imports.children_out import Imported
from sufficiency.imports.sen2 import Options, import_sen2
from sufficiency.imports.sen2_files import read_date
from tests import blade


def do(folder: Path, out: Path, **options: Any) -> Imported:  # noqa: ANN401
    return import_sen2(folder, out, Options(**options))


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli.main, ["import", "sen2", *map(str, words)])


def told(result: Imported) -> Counter[tuple[str, str]]:
    return Counter(
        {(row["outcome"], row["why"]): row["people"] for row in result.summary["people"]}
    )


def check(path: Path) -> list[Fault]:
    case, faults = read_case(path)
    assert case is not None
    return [*faults, *check_case(case)]


def rows(case: Path) -> pd.DataFrame:
    return pd.read_csv(case / "children.csv", dtype=str, keep_default_na=False)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def refusal(folder: Path, out: Path) -> list[Fault]:
    """Import what should be refused; nothing may be written."""
    before = tree(out) if out.exists() else None
    with pytest.raises(CaseError) as refused:
        do(folder, out)
    assert (tree(out) if out.exists() else None) == before
    done = invoke(folder, "--out", out)
    assert done.exit_code == 3, done.output
    return list(refused.value.faults)


def one(tmp_path: Path, *stories: str, version: str = "1.3", people: int | None = None) -> Imported:
    """Import a return of a few people into a case of its own."""
    made = blade.invent(people or len(stories), version, 1, *stories)
    return do(made.write(tmp_path / "return"), blade.case(tmp_path / "case"))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return blade.case(tmp_path / "case")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return blade.invent(60).write(tmp_path / "return")


@pytest.mark.parametrize("version", blade.VERSIONS)
def test_everybody_is_counted_once_in_every_layout(
    version: str, tmp_path: Path, case: Path
) -> None:
    made = blade.invent(300, version)
    result = do(made.write(tmp_path / "return"), case)
    assert told(result) == made.expected()
    summary = result.summary
    assert summary["placed"] + summary["seeking"] + summary["left_out"] == summary["total"] == 300
    written = rows(case)
    assert len(written) == summary["placed"] + summary["seeking"]
    assert (written["status"] == "placed").sum() == summary["placed"]
    assert {"1.1": "before 1.2", "1.2": "1.2", "1.3": "1.3 or later"}[version] == summary["layout"]
    assert not [fault for fault in check(case) if fault.is_error]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.integers(1, 60), seed=st.integers(1, 999), version=st.sampled_from(blade.VERSIONS))
def test_counts_add_up_and_order_does_not_matter(
    people: int, seed: int, version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("order")
    made = blade.invent(people, version, seed)
    first = do(made.write(room / "a"), blade.case(room / "case-a"), key=room / "key-a.csv")
    again = do(
        made.write(room / "b", shuffle=seed), blade.case(room / "case-b"), key=room / "key-b.csv"
    )
    assert told(first) == told(again) == made.expected()
    assert (room / "case-a" / "children.csv").read_bytes() == (
        room / "case-b" / "children.csv"
    ).read_bytes()
    assert (room / "key-a.csv").read_bytes() == (room / "key-b.csv").read_bytes()


@pytest.mark.parametrize("style", ["text", "json"])
@pytest.mark.parametrize("version", blade.VERSIONS)
def test_nothing_that_identifies_comes_out(
    version: str, style: str, tmp_path: Path, case: Path
) -> None:
    made = blade.invent(260, version)
    folder = made.write(tmp_path / "return")
    done = invoke(folder, "--out", case, "--key", tmp_path / "key.csv", "--format", style)
    assert done.exit_code == 0, done.output
    files = b"".join(tree(case).values()) + (tmp_path / "key.csv").read_bytes()
    everything = (done.stdout + done.stderr + files.decode()).replace(" ", "").upper()
    assert not [s for s in made.secrets if s.replace(" ", "").upper() in everything]


def test_names_never_enter_a_table(
    folder: Path, case: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    real = pd.DataFrame.__init__

    def watch(self: pd.DataFrame, *words: object, **options: object) -> None:
        real(self, *words, **options)
        if self.size and self.size < 5000:
            seen.append(self.to_csv())

    monkeypatch.setattr(pd.DataFrame, "__init__", watch)
    do(folder, case)
    assert len(seen) > 20
    assert not [secret for secret in blade.SECRETS if any(secret in text for text in seen)]


def test_what_is_written_of_a_child(tmp_path: Path, case: Path) -> None:
    one(tmp_path, "special", "transfer", "nursery", "newly")
    table = rows(case).set_index("status", drop=False)
    placed = table.loc[["placed"]].iloc[0]
    assert (placed["current_provision"], placed["ncy"], placed["start_year"]) == ("SP", "3", "2025")
    seeking = table.loc[["seeking"]].sort_values("ncy")
    assert list(seeking["ncy"]) == ["0", "7"]
    assert list(seeking["start_year"]) == ["2026", "2025"]
    assert set(seeking["current_provision"]) == {""}
    assert "NSA" in set(table["need"])
    assert not table["easting_m"].astype(int).mod(100).any()
    assert table["area"].str.fullmatch(r"[A-Z]{2}\d+ \d").all()
    assert "postcode" not in table.columns


def test_references_tell_nothing(tmp_path: Path, case: Path) -> None:
    one(tmp_path, people=120)
    table = rows(case)
    assert list(table["child_id"]) == [f"C{n:05d}" for n in range(1, len(table) + 1)]
    said = table.drop(columns="child_id")
    numbers = said.assign(
        **{
            name: pd.to_numeric(said[name])
            for name in ("easting_m", "northing_m", "ncy", "start_year")
        }
    )
    order = ["easting_m", "northing_m", "area", "need", "need_2", "ncy", "start_year"]
    pd.testing.assert_frame_equal(
        numbers, numbers.sort_values([*order, "current_provision", "status"], kind="stable")
    )


def test_a_key_is_only_written_if_asked_and_apart(folder: Path, case: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.csv"
    do(folder, case, key=key)
    table = pd.read_csv(key, dtype=str)
    assert list(table.columns) == ["child_id", "persontableid"]
    assert key.stat().st_mode & 0o077 == 0
    assert len(table) == len(rows(case))
    assert "outside" in invoke(folder, "--out", case, "--replace", "--key", case / "k.csv").stderr
    assert invoke(folder, "--out", case, "--key", key).exit_code == 2


def test_children_there_are_replaced_only_if_asked(folder: Path, case: Path) -> None:
    do(folder, case)
    (case / "children.csv").write_text("mine", encoding="utf-8")
    assert invoke(folder, "--out", case).exit_code == 2
    assert (case / "children.csv").read_text(encoding="utf-8") == "mine"
    assert invoke(folder, "--out", case, "--replace").exit_code == 0
    assert len(rows(case)) > 10


def test_a_new_case_calls_schools_by_number(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "new"
    result = do(folder, out)
    assert "W1211" in {fault.code for fault in result.faults}
    assert "base_year = 2025" in (out / "case.toml").read_text(encoding="utf-8")
    names = set(rows(out)["current_provision"])
    assert {f"URN-{blade.SPECIAL}", f"URN-{blade.SCHOOL_WITH_BASE}-BASE"} <= names
    assert sum(row["people"] for row in result.summary["people"]) == 60


def test_the_year_is_the_one_asked_then_the_case_s_then_the_export_s(
    folder: Path, tmp_path: Path
) -> None:
    assert do(folder, tmp_path / "a").summary["base_year"] == 2025
    assert do(folder, tmp_path / "b", base_year=2026).summary["base_year"] == 2026
    (tmp_path / "b" / "children.csv").unlink()
    again = do(folder, tmp_path / "b")
    assert again.summary["base_year"] == 2026
    assert "W1215" in {fault.code for fault in again.faults}
    plain = tmp_path / "plain"
    plain.mkdir()
    for path in folder.iterdir():
        path.rename(plain / path.name.rpartition("_")[2])
    assert invoke(plain, "--out", tmp_path / "c").exit_code == 2
    assert do(plain, tmp_path / "c", base_year=2025).summary["total"] == 60


def test_a_map_of_provisions_finds_the_others(tmp_path: Path, case: Path) -> None:
    made = blade.invent(26)
    folder = made.write(tmp_path / "return")
    map_file = tmp_path / "map.csv"
    map_file.write_text(f"urn,provision_id\n{blade.ELSEWHERE},SP\n", encoding="utf-8")
    assert do(folder, case, provisions=map_file).summary["schools_not_in_the_case"] == []
    map_file.write_text("urn,provision_id\n*,SP\n", encoding="utf-8")
    assert (
        do(folder, case, provisions=map_file, replace=True).summary["schools_not_in_the_case"] == []
    )
    map_file.write_text("urn,provision_id\n*,NOT-THERE\n", encoding="utf-8")
    done = invoke(folder, "--out", case, "--provisions", map_file, "--replace")
    assert done.exit_code == 3
    assert "E1207" in done.stderr
    assert "NOT-THERE" not in done.stderr
    map_file.write_text("a,b\n1,2\n", encoding="utf-8")
    assert invoke(folder, "--out", case, "--provisions", map_file, "--replace").exit_code == 3


def test_small_counts_by_school_are_not_shown(tmp_path: Path) -> None:
    few = one(tmp_path / "few", "elsewhere", "elsewhere", "base").summary
    assert few["schools_not_in_the_case"] == [{"school": "URN 900099", "children": "fewer than 5"}]
    assert few["bases"][0]["flagged"] == "fewer than 5"
    assert few["bases"][0][""] == "fewer than half the places"
    many = one(tmp_path / "many", *["base"] * 13).summary
    assert (many["bases"][0]["flagged"], many["bases"][0][""]) == (13, "more children than places")
    even = one(tmp_path / "even", *["base"] * 8)
    assert "W1210" not in {fault.code for fault in even.faults}


def test_those_left_out_at_a_transfer_are_told(tmp_path: Path, case: Path) -> None:
    made = blade.invent(6, "1.3", 1, "transfer")
    for row in made.rows["placementdetail"]:
        row["urn"] = blade.ELSEWHERE
    (found,) = (
        fault for fault in do(made.write(tmp_path / "return"), case).faults if fault.code == "W1209"
    )
    assert "1 school not in the case" in found.what
    assert "6 of them begin Year 7 or 12" in found.what


def test_a_flag_where_there_is_no_base_is_reported(tmp_path: Path, case: Path) -> None:
    made = blade.invent(6, "1.3", 1, "special")
    for row in made.rows["placementdetail"]:
        row["senunitindicator"] = "1"
    result = do(made.write(tmp_path / "return"), case)
    assert "W1214" in {fault.code for fault in result.faults}
    assert set(rows(case)["current_provision"]) == {"SP"}


def test_of_two_bases_the_flag_says_which(tmp_path: Path, case: Path) -> None:
    urn = blade.SCHOOL_WITH_BASE
    table = case / "provisions.csv"
    text = table.read_text(encoding="utf-8").replace("RB,Invented base", f"U{urn}-RP,Invented base")
    table.write_text(f"{text}U{urn}-SU,Invented unit,base,367182,153890,{urn}\n", encoding="utf-8")
    places = case / "places.csv"
    text = places.read_text(encoding="utf-8").replace("RB,*,0,6,12", f"U{urn}-RP,*,0,6,12")
    places.write_text(f"{text}U{urn}-SU,*,0,6,8\n", encoding="utf-8")
    made = blade.invent(3, "1.3", 1, "base")
    made.rows["placementdetail"][0] |= {"senunitindicator": "1", "resourcedprovisionindicator": "0"}
    do(made.write(tmp_path / "return"), case)
    assert sorted(rows(case)["current_provision"]) == [f"U{urn}-RP", f"U{urn}-RP", f"U{urn}-SU"]


def test_places_to_be_filled_in_say_who_moves_on(tmp_path: Path, case: Path) -> None:
    places = case / "places.csv"
    text = places.read_text(encoding="utf-8").replace("RB,*,0,6,12", "RB,*,0,6,0")
    places.write_text(text, encoding="utf-8")
    folder = blade.invent(2, "1.3", 1, "base", "transfer").write(tmp_path / "return")
    result = do(folder, case)
    assert (result.summary["placed"], result.summary["seeking"]) == (1, 1)
    assert result.summary["bases"] == []


@pytest.mark.parametrize(("year", "words"), [(2025, "38 to 51 weeks"), (2026, "up to 38 weeks")])
def test_a_residential_code_means_what_its_year_says(
    year: int, words: str, tmp_path: Path, case: Path
) -> None:
    made = blade.invent(6, "1.3", 1, "special")
    for row in made.rows["placementdetail"]:
        row["res"] = "A"
    result = do(made.write(tmp_path / "return", f"17-02-{year}"), case)
    assert result.summary["residential"] == [
        {"code": "A", "means": words, "return": year, "people": 6}
    ]
    assert "W1212" in {fault.code for fault in result.faults}


def test_the_old_layout_keeps_residential_codes_with_the_plan(tmp_path: Path, case: Path) -> None:
    made = blade.invent(6, "1.1", 1, "special")
    for row in made.rows["activeplans"]:
        row["res"] = "B"
    result = do(made.write(tmp_path / "return"), case)
    assert [row["code"] for row in result.summary["residential"]] == ["B"]


def test_suits_can_follow_the_present_placement(tmp_path: Path, case: Path) -> None:
    folder = blade.invent(4, "1.3", 1, "special", "base", "tuition", "transfer").write(
        tmp_path / "r"
    )
    do(folder, case, suits=True)
    table = rows(case)
    assert set(table.loc[table["current_provision"] == "SP", "suits"]) == {"special|independent"}
    assert set(table.loc[table["ncy"] == "7", "suits"]) == {"base|special|independent"}


def test_postcodes_are_kept_only_if_asked(tmp_path: Path, case: Path) -> None:
    folder = blade.invent(9).write(tmp_path / "return")
    do(folder, case, keep_postcodes=True)
    assert set(rows(case)["postcode"]) <= set(blade.POSTCODES)
    assert "easting_m" not in rows(case).columns


def test_homes_that_are_not_found(tmp_path: Path, case: Path) -> None:
    made = blade.invent(4, "1.3", 1, "special")
    for row, postcode in zip(
        made.rows["person"], ("BA1 1QQ", "", "XX9 9XX", "BA1 1UB"), strict=True
    ):
        row["postcode"] = postcode
    result = do(made.write(tmp_path / "return"), case)
    lost = [fault.rows for fault in result.faults if fault.code == "W1207"]
    assert sorted(lost) == [(2,), (3, 4)]
    assert (rows(case)["easting_m"] == "").sum() == 2
    assert "E311" in {fault.code for fault in check(case)}


@pytest.mark.parametrize(
    ("given", "primary", "second"),
    [
        ([("SEMH", "2"), ("ASD", "1")], "ASD", "SEMH"),
        ([("NSA", "1"), ("ASD", "2")], "ASD", ""),
        ([("asd", "1"), ("ASD", "2")], "ASD", ""),
        ([("", "1")], "NSA", ""),
        ([("QQQ", "1"), ("SLD", "")], "SLD", ""),
        ([("DS", "1"), ("HI", "2"), ("VI", "3")], "DS", "HI"),
        ([], "NSA", ""),
    ],
)
def test_needs_by_rank(
    given: list[tuple[str, str]], primary: str, second: str, tmp_path: Path, case: Path
) -> None:
    made = blade.invent(1, "1.3", 1, "special")
    plan = made.rows["activeplans"][0]["activeplanstableid"]
    made.rows["senneed"].clear()
    for code, rank in given:
        made.add("senneed", activeplanstableid=plan, sentype=code, sentyperank=rank)
    result = do(made.write(tmp_path / "return"), case)
    row = rows(case).iloc[0]
    assert (row["need"], row.get("need_2", "")) == (primary, second)
    odd = primary == "NSA" or {"NSA", "QQQ", ""} & {code for code, _ in given}
    assert bool(odd) == ("W1208" in {fault.code for fault in result.faults})


def test_rows_that_are_there_twice_count_once(tmp_path: Path, case: Path) -> None:
    made = blade.invent(30)
    expected = made.expected()
    for part in ("person", "placementdetail", "activeplans"):
        made.rows[part] += made.rows[part][:5]
    result = do(made.write(tmp_path / "return"), case)
    assert told(result) == expected
    assert [f.rows for f in result.faults if f.code == "W1202" and "person" in f.where] == [
        (32, 33, 34, 35, 36)
    ]


def test_a_person_with_two_plans_counts_once(tmp_path: Path, case: Path) -> None:
    made = blade.invent(1, "1.3", 1, "special")
    person = made.rows["person"][0]["persontableid"]
    request = made.add("requests", persontableid=person)
    plan = made.add("activeplans", requeststableid=request)
    made.add(
        "placementdetail",
        activeplanstableid=plan,
        sensetting="EHE",
        entrydate="2015-Jan-01 00:00:00",
    )
    result = do(made.write(tmp_path / "return"), case)
    assert "W1204" in {fault.code for fault in result.faults}
    assert told(result) == {("placed", blade.HERE): 1}


def test_a_ukprn_is_looked_up_too(tmp_path: Path, case: Path) -> None:
    made = blade.invent(1, "1.3", 1, "special")
    made.rows["placementdetail"][0] |= {"urn": "", "ukprn": "10001234.0"}
    folder = made.write(tmp_path / "return")
    assert do(folder, case).summary["schools_not_in_the_case"][0]["school"] == "UKPRN 10001234"
    (tmp_path / "map.csv").write_text("ukprn,provision_id\n10001234,SP\n", encoding="utf-8")
    assert do(folder, case, provisions=tmp_path / "map.csv", replace=True).summary["placed"] == 1


# What is wrong with the files.


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3 - 9])


def _cut_at_a_line(path: Path) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: len(lines) // 2]))


def _utf16(path: Path) -> None:
    path.write_bytes(codecs.BOM_UTF16_LE + path.read_text(encoding="utf-8").encode("utf-16-le"))


def _broken_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Quimbleford", b"Qu\x81mb"))


def _open_quote(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"Quimbleford", b'"Quimbleford', 1))


def _renamed_column(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"personbirthdate", b"dob", 1))


def _no_rows(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _another_day(path: Path) -> None:
    path.rename(path.with_name(path.name.replace("2025", "2024")))


def _twice(path: Path) -> None:
    path.with_name("person.csv").write_bytes(path.read_bytes())


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_cut, "E1203"),
        (_cut_at_a_line, "E1205"),
        (_utf16, "E1203"),
        (_broken_bytes, "E1203"),
        (_open_quote, "E1203"),
        (_renamed_column, "E1204"),
        (_no_rows, "E1205"),
        (_empty, "E1204"),
        (Path.unlink, "E1201"),
        (_another_day, "E1202"),
        (_twice, "E1202"),
    ],
)
def test_damaged_files_are_refused_whole(
    damage: Callable[[Path], None], code: str, folder: Path, case: Path
) -> None:
    damage(next(folder.glob("*_person.csv")))
    faults = refusal(folder, case)
    assert code in {fault.code for fault in faults}
    shown = str(faults)
    assert not [secret for secret in blade.SECRETS if secret in shown]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    part=st.sampled_from([name for name in blade.HEADERS if name != "sen2"]),
    at=st.floats(0, 1),
    junk=st.sampled_from(
        [b"", b",", b'"', b"\n", b"\r", b"\x00", b"\xff", b",,\n", b"2025-Foo-99", b"-1"]
    ),
    cut=st.integers(0, 40),
)
def test_no_damage_is_a_bug_or_tells_a_secret(
    part: str, at: float, junk: bytes, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = tmp_path_factory.mktemp("damage")
    made = blade.invent(27)
    path = next(made.write(room / "return").glob(f"*_{part}.csv"))
    data = path.read_bytes()
    place = int(at * len(data))
    path.write_bytes(data[:place] + junk + data[place + cut :])
    done = invoke(room / "return", "--out", room / "case")
    assert done.exit_code in {0, 3}, done.output
    written = room / "case" / "children.csv"
    assert written.exists() == (done.exit_code == 0)
    everything = done.output + (written.read_text(encoding="utf-8") if written.exists() else "")
    assert not [secret for secret in made.secrets if secret in everything]


def test_nothing_is_made_where_nothing_was(folder: Path, tmp_path: Path) -> None:
    next(folder.glob("*_senneed.csv")).unlink()
    refusal(folder, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_an_empty_folder_says_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (fault,) = refusal(tmp_path / "empty", tmp_path / "case")
    assert "Blade-Export_DD-MM-YYYY_person.csv" in fault.remedy


def test_nobody_in_it_is_an_error(tmp_path: Path, case: Path) -> None:
    folder = blade.Return("1.3").write(tmp_path / "return")
    assert "E1206" in {fault.code for fault in refusal(folder, case)}


@pytest.mark.parametrize("ending", ["\r\n", "\r", "mixed"])
def test_line_endings_do_not_matter(ending: str, folder: Path, case: Path, tmp_path: Path) -> None:
    do(folder, case)
    for path in folder.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines()
        ends = ["\r\n", "\n", "\r"] if ending == "mixed" else [ending]
        text = "".join(line + ends[n % len(ends)] for n, line in enumerate(lines))
        path.write_bytes(codecs.BOM_UTF8 + text.encode())
    do(folder, blade.case(tmp_path / "again"))
    assert tree(tmp_path / "again") == tree(case)


def test_windows_names_do_not_stop_it(folder: Path, case: Path) -> None:
    path = next(folder.glob("*_person.csv"))
    path.write_bytes(path.read_bytes().replace(b"Ottoline", "Zoë".encode("cp1252")))
    result = do(folder, case)
    assert [fault.where for fault in result.faults if fault.code == "W1201"] == [path.name]


def test_the_header_file_is_not_needed(folder: Path, case: Path) -> None:
    next(folder.glob("*_sen2.csv")).unlink()
    assert do(folder, case).summary["total"] == 60


def test_warnings_exit_0_and_json_has_all(folder: Path, case: Path) -> None:
    done = invoke(folder, "--out", case, "--format", "json")
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert answer["errors"] == 0 < answer["warnings"]
    assert answer["summary"]["total"] == 60
    assert {fault["code"] for fault in answer["faults"]} <= set(CODES)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2022-Sep-28 00:00:00", "2022-09-28"),
        ("2022-sep-8", "2022-09-08"),
        ("2022-09-28", "2022-09-28"),
        ("2022-09-28T00:00:00", "2022-09-28"),
        ("28/09/2022", "2022-09-28"),
        ("28-09-2022 00:00", "2022-09-28"),
        ("2022-Foo-28", None),
        ("2022-Feb-30 00:00:00", None),
        ("", None),
    ],
)
def test_dates(text: str, iso: str | None) -> None:
    date = read_date(text)
    assert (date.isoformat() if date else None) == iso
