"""Writing a folder: all or nothing, nobody else's files, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import hashlib
import json
import stat
from pathlib import Path

import pandas as pd
import pytest

from sufficiency import products, run
from sufficiency.errors import UsageError
from sufficiency.safe import harmless, plain, plain_all
from sufficiency.write import RECORD, whole_folder, write_csv, write_json
from tests.plans import invoke, plan
from tests.town import change, write_town


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_new_folder_appears_whole(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "er" / "out"
    with whole_folder(out) as draft:
        (draft / RECORD).write_text("{}")
        assert not out.exists()
        assert draft.parent == out.parent
    assert json.loads(contents(out)[RECORD]) == {"files": {}}
    assert [path.name for path in out.parent.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [ValueError("half way"), KeyboardInterrupt(), SystemExit(3)])
def test_a_failure_half_way_leaves_the_old_plan_and_no_draft(
    tmp_path: Path, error: BaseException
) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as draft:
        (draft / RECORD).write_text('{"old": 1}')
    with pytest.raises(type(error)), whole_folder(out) as draft:  # noqa: PT012
        (draft / RECORD).write_text('{"new": 1}')
        raise error
    assert json.loads(contents(out)[RECORD]) == {"old": 1, "files": {}}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_cannot_be_put_in_place_leaves_the_old_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as draft:
        (draft / RECORD).write_text('{"old": 1}')
    rename = Path.replace

    def held_open(self: Path, target: Path) -> Path:
        if target == out and not self.name.endswith("-old"):
            raise PermissionError(13, "held open by a spreadsheet", str(out))
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", held_open)
    with pytest.raises(PermissionError), whole_folder(out) as draft:
        (draft / RECORD).write_text('{"new": 1}')
    assert json.loads(contents(out)[RECORD]) == {"old": 1, "files": {}}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.slow
def test_a_run_that_fails_in_writing_leaves_the_old_plan(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = town.parent / "out"
    plan(town, out)
    before = contents(out)
    change(town, "prices.csv", "V,*,0,14,,60000", "V,*,0,14,,61000")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "placements.csv")

    monkeypatch.setattr(products, "_write_private", full)
    with pytest.raises(OSError, match="No space left"):
        run.plan(town, out)
    assert contents(out) == before
    assert sorted(path.name for path in town.parent.iterdir()) == ["out", "town"]
    done = invoke("plan", town, "--out", out)
    assert done.exit_code == UsageError.exit_code
    assert "No space left" in done.stderr


def test_an_earlier_plan_is_replaced_whole(town: Path) -> None:
    out = town.parent / "out"
    plan(town, out)
    (out / "gone.csv").write_text("of an earlier version")
    record = json.loads((out / RECORD).read_text("utf-8"))
    record["files"]["gone.csv"] = hashlib.sha256(b"of an earlier version").hexdigest()
    (out / RECORD).write_text(json.dumps(record), "utf-8")
    plan(town, out)
    assert not (out / "gone.csv").exists()
    assert (out / RECORD).is_file()


def test_somebody_elses_folder_is_refused_before_anything_is_read(town: Path) -> None:
    out = town.parent / "thesis"
    out.mkdir()
    (out / "chapter-1.docx").write_text("three years of work")
    for target in (out, town):
        before = contents(target)
        done = invoke("plan", town, "--out", target)
        assert done.exit_code == UsageError.exit_code
        assert "holds something else" in done.stderr
        assert contents(target) == before


def test_an_empty_folder_is_taken_and_a_file_is_refused(town: Path) -> None:
    empty, file = town.parent / "empty", town.parent / "notes.txt"
    empty.mkdir()
    file.write_text("mine")
    assert invoke("plan", town, "--out", empty).exit_code == 0
    assert (empty / RECORD).is_file()
    assert invoke("plan", town, "--out", file).exit_code == UsageError.exit_code
    with pytest.raises(UsageError, match=r"notes\.txt is a file"):
        run.plan(town, file)
    assert file.read_text() == "mine"


def test_a_plan_in_the_folder_one_stands_in(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = town.parent / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert invoke("plan", town, "--out", "out").exit_code == 0
    assert [path.name for path in here.iterdir()] == ["out"]
    assert invoke("plan", town, "--out", "out").exit_code == 0  # and once more over it
    assert [path.name for path in here.iterdir()] == ["out"]


def test_a_link_to_a_folder_stays_a_link(town: Path) -> None:
    real, link = town.parent / "real", town.parent / "link"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    for _ in range(2):
        plan(town, link)
        assert link.is_symlink()
        assert (real / RECORD).is_file()
    assert sorted(path.name for path in town.parent.iterdir()) == ["link", "real", "town"]


def test_exact_tables_are_for_the_owner_only(town: Path) -> None:
    out = plan(town, town.parent / "out").folder
    assert stat.S_IMODE((out / "private").stat().st_mode) == 0o700
    assert "personal data" in (out / "private" / "README.txt").read_text()


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\r\n=1", "=cmd|' /C calc'!A0"]
)
def test_no_cell_is_a_formula(tmp_path: Path, text: str) -> None:
    write_csv(
        tmp_path / "t.csv", pd.DataFrame({"name": [text, "plain", None], "gbp": [1.0, -2.5, 3]})
    )
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3
    assert rows[0]["name"] == "'" + text.replace("\r\n", "\n").replace("\r", "\n")
    assert [row["gbp"] for row in rows] == ["1", "-2.5", "3"]
    assert (rows[1]["name"], rows[2]["name"]) == ("plain", "")


@pytest.mark.parametrize("start", "=+-@")
def test_no_text_of_a_case_reaches_a_table_as_a_formula(town: Path, start: str) -> None:
    payload = f'{start}HYPERLINK("http://127.0.0.1/";A1)'
    for name, old in (
        ("schemes.csv", "Extension"),
        ("provisions.csv", "Hill special"),
        ("provisions.csv", "Elsewhere"),
    ):
        change(town, name, f",{old}", f',"{payload.replace(chr(34), chr(34) * 2)}"')
    change(town, "children.csv", "child_id,children,", "child_id,area,children,")
    text = (town / "children.csv").read_text()
    quoted = payload.replace('"', '""')
    (town / "children.csv").write_text(text.replace(",1,3", f',"{quoted}",1,3'))
    out = plan(town, town.parent / "out").folder
    seen = 0
    for file in out.rglob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.reader(stream):
                seen += sum("HYPERLINK" in cell for cell in row)
                assert not any("HYPERLINK" in cell and cell.startswith(start) for cell in row)
    assert seen


def test_numbers_are_written_plainly(tmp_path: Path) -> None:
    numbers = [0.1 + 0.2, 1e-12, -0.0, 1e15, 1234.5, float("nan")]
    table = pd.DataFrame({"x": numbers, "y": pd.Series(numbers, dtype=object)})
    table["n"] = pd.array([1, None, 3, 4, 5, 6], dtype="Int64")
    write_csv(tmp_path / "t.csv", table)
    data = (tmp_path / "t.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    plain = ["0.3", "0", "0", "1000000000000000", "1234.5", ""]
    with (tmp_path / "t.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["x"] for row in rows] == plain
    assert [row["y"] for row in rows] == plain
    assert [row["n"] for row in rows] == ["1", "", "3", "4", "5", "6"]


def test_json_is_strict_and_ends_its_lines_alike_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.linesep", "\r\n")  # as on Windows
    write_json(tmp_path / "a.json", {"name": "Ysgol y Môr", "n": 1})
    assert (tmp_path / "a.json").read_bytes().endswith(b'"n": 1\n}\n')
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == {"name": "Ysgol y Môr", "n": 1}
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "b.json", {"n": float("nan")})


def test_harmless_leaves_numbers_and_plain_text() -> None:
    assert harmless("Hill special") == "Hill special"
    assert harmless(-3) == -3
    assert harmless("minus 3") == "minus 3"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", "\r\n=1", "＝1", " =1", "\x01=1"]
)
def test_no_text_is_a_formula(text: str) -> None:
    assert str(harmless(text)).startswith("'")


def test_plain_text_keeps_what_people_write_and_drops_what_no_document_can_hold() -> None:
    kept = "Ysgol y Môr 🌈 שלום مدرسة <b> & \"x\" 'y' 👨‍👩‍👧\n\ttab"
    assert plain(kept) == kept
    assert plain("a\x00b\x1fc\x7fd\ufffee\ud800f\u202eg\U0001fffe") == "abcdefg"
    assert plain("a\r\nb\rc\u2028d") == "a\nb\nc\nd"
    assert plain_all({"a": ["b\x00", ("c\x01", 1)]}) == {"a": ["b", ["c", 1]]}


@pytest.mark.parametrize("theirs", ["notes.txt", "gap.csv", "private/mine.csv", "private/use.csv"])
def test_what_somebody_added_or_edited_is_not_thrown_away(town: Path, theirs: str) -> None:
    out = town.parent / "out"
    plan(town, out)
    plan(town, out)
    with (out / theirs).open("a") as file:
        file.write("edited by an officer")
    kept = contents(out)
    answer = invoke("plan", town, "--out", out)
    assert answer.exit_code == 2
    assert theirs in answer.stderr
    assert contents(out) == kept


def test_a_folder_that_was_only_looked_at_is_replaced(town: Path) -> None:
    out = town.parent / "out"
    plan(town, out)
    (out / "Thumbs.db").write_bytes(b"x")
    plan(town, out)


def test_no_hash_of_a_private_file_is_published(town: Path) -> None:
    out = town.parent / "out"
    plan(town, out)
    files = json.loads((out / RECORD).read_text("utf-8"))["files"]
    assert "gap.csv" in files
    assert not [name for name in files if name.startswith("private")]
