"""The command line: what it prints where, its exit codes, and that it starts at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

import cli
from sufficiency import __version__, run, worked_examples
from sufficiency.errors import (
    CaseError,
    DisclosureError,
    NoPlanError,
    SufficiencyError,
    UsageError,
    VerificationError,
)
from sufficiency.faults import Fault

ERROR = Fault("E101", "children.csv", "a needed cell is blank", "fill it in", "need", (2, 5))
WARNING = Fault("W201", "places.csv", "a pool is never used", "nothing need be done")


def invoke(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A path that the stubbed runs below may be given."""
    folder = tmp_path / "case"
    folder.mkdir()
    return folder


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(run, "plan", fail)
    monkeypatch.setattr(run, "examine", fail)


def find(monkeypatch: pytest.MonkeyPatch, *faults: Fault) -> None:
    checked = run.Checked(None, list(faults), ())
    monkeypatch.setattr(run, "examine", lambda *_, **__: checked)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cli\ntry: cli.main(['--help'])\nexcept SystemExit: print(*sys.modules, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(cli.__file__).parent,
    )
    loaded = {name.split(".")[0] for name in done.stderr.split()}
    heavy = {
        "numpy",
        "pandas",
        "pandera",
        "pydantic",
        "pulp",
        "highspy",
        "geopandas",
        "shapely",
        "pyproj",
    }
    assert "click" in loaded
    assert not loaded & (heavy | {"scipy", "osmnx", "networkx", "jinja2", "openpyxl", "rich"})


def test_help_names_every_command_and_exit_code() -> None:
    shown = invoke("-h").output
    assert all(name in shown for name in cli.main.commands)
    assert all(f"{code} " in shown for code in range(7))
    assert invoke("--help").output == shown


def test_version() -> None:
    assert __version__ in invoke("--version").output


def test_an_unknown_command_is_a_usage_error() -> None:
    assert invoke("pln").exit_code == UsageError.exit_code


def test_a_case_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    done = invoke("check", tmp_path / "none")
    assert done.exit_code == UsageError.exit_code
    assert "none" in done.stderr


def test_new_without_words_lists_the_examples() -> None:
    done = invoke("new")
    assert done.exit_code == 0
    assert all(name in done.stdout for name in worked_examples.titles())


def test_new_copies_an_example_once(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    assert invoke("new", target).exit_code == 0
    (target / "case.toml").write_text("# mine now\n", encoding="utf-8")
    again = invoke("new", target)
    assert again.exit_code == UsageError.exit_code
    assert "left as it is" in again.stderr
    assert (target / "case.toml").read_text(encoding="utf-8") == "# mine now\n"


def test_new_offers_the_examples_there_are(tmp_path: Path) -> None:
    done = invoke("new", "narnia", tmp_path / "mine")
    assert done.exit_code == UsageError.exit_code
    assert worked_examples.DEFAULT in done.stderr
    assert invoke("new", "banes", "two", "three").exit_code == UsageError.exit_code


def test_check_lists_errors_first_and_exits_3(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    find(monkeypatch, WARNING, ERROR)
    done = invoke("check", case)
    assert done.exit_code == CaseError.exit_code
    assert done.stdout.index("ERROR    E101") < done.stdout.index("warning  W201")
    assert "children.csv, need," in done.stdout
    assert "rows 2, 5" in done.stdout
    assert "fill it in" in done.stdout
    assert "1 error, 1 warning. Values are not shown" in done.stdout


def test_check_of_a_case_with_warnings_only_passes(
    monkeypatch: pytest.MonkeyPatch, case: Path
) -> None:
    find(monkeypatch, WARNING)
    done = invoke("check", case)
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1].startswith("0 errors, 1 warning.")


def test_check_as_json(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    find(monkeypatch, ERROR)
    done = invoke("check", case, "--format", "json")
    answer = json.loads(done.stdout)
    assert done.exit_code == CaseError.exit_code
    assert (answer["errors"], answer["warnings"]) == (1, 0)
    assert answer["faults"][0]["rows"] == [2, 5]


@pytest.mark.parametrize("columns", [80, 120])
def test_check_fits_the_terminal(monkeypatch: pytest.MonkeyPatch, case: Path, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    find(
        monkeypatch,
        Fault("E101", "children.csv", "word " * 60, "remedy " * 40, "need", tuple(range(99))),
    )
    assert max(len(line) for line in invoke("check", case).stdout.splitlines()) <= columns


def test_plan_hands_its_options_on(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    given: list[object] = []

    def plan(*args: object, **options: object) -> SimpleNamespace:
        given.extend([*args, *(options[name] for name in ("gap", "time_limit", "solver"))])
        return SimpleNamespace(summary={"cost_gbp": 12.5}, exit_code=5)

    monkeypatch.setattr(run, "plan", plan)
    words = ("--gap", "0.01", "--time-limit", "9", "--solver", "cbc", "--format", "json")
    done = invoke("plan", case, "--out", case / "out", *words)
    assert given == [case, case / "out", 0.01, 9.0, "cbc"]
    assert json.loads(done.stdout) == {"cost_gbp": 12.5}
    assert done.exit_code == 5


SUMMARY = {
    "title": "Toytown",
    "base_year": 2025,
    "years": 3,
    "status": "feasible",
    "gap_pct": 0.25,
    "cost_gbp": 1_234_567.0,
    "unplaced_child_years": 2.0,
    "threshold": 5,
    "baseline": {"is_plan": False, "cost_gbp": 2_234_567.0, "unplaced_child_years": 2.0},
    "warnings": 1,
    "schemes": [
        {"scheme_id": "B", "name": "A base", "year": 2027},
        {"scheme_id": "A", "name": "", "year": 2026},
        {"scheme_id": "C", "name": "A school", "year": None},
    ],
}


def test_plan_says_its_headlines(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    monkeypatch.setattr(run, "plan", lambda *_, **__: SimpleNamespace(summary=SUMMARY, exit_code=5))
    done = invoke("plan", case, "--out", case / "out")
    words = " ".join(done.stdout.split())
    assert "not proved best, only to within 0.25% of its cost" in words
    assert "unplaced fewer than 5 child-years without a place" in words
    assert "£1.2 million" in words
    assert "£1.0 million less than if nothing were built" in words
    assert "2 of 3 open 2026 A 2027 A base" in words
    assert "A school" not in words
    assert done.stdout.splitlines()[-1].endswith("report.html")
    assert done.exit_code == 5


def test_a_gap_that_was_asked_for_is_not_called_best(
    monkeypatch: pytest.MonkeyPatch, case: Path
) -> None:
    asked = {**SUMMARY, "status": "optimal", "cost_gbp": 24_376.2}
    monkeypatch.setattr(run, "plan", lambda *_, **__: SimpleNamespace(summary=asked, exit_code=0))
    words = " ".join(invoke("plan", case, "--out", case / "out").stdout.split())
    assert "proved as near to the best as was asked for, within 0.25% of its cost" in words
    assert "£24,376 that the plan decides" in words


@pytest.mark.parametrize(
    "error",
    [UsageError("no"), CaseError([ERROR]), NoPlanError("no"), DisclosureError("no")],
    ids=lambda error: type(error).__name__,
)
def test_each_error_has_its_exit_code(
    monkeypatch: pytest.MonkeyPatch, case: Path, error: SufficiencyError
) -> None:
    fail_with(monkeypatch, error)
    done = invoke("plan", case, "--out", case / "out")
    assert done.exit_code == error.exit_code
    assert done.stderr.splitlines()[-1] == f"Stopped: {error}."
    assert done.stdout == ""


def test_a_case_with_errors_lists_them_before_a_plan(
    monkeypatch: pytest.MonkeyPatch, case: Path
) -> None:
    fail_with(monkeypatch, CaseError([ERROR]))
    assert "ERROR    E101" in invoke("plan", case, "--out", case / "out").stderr
    as_json = invoke("plan", case, "--out", case / "out", "--format", "json")
    assert json.loads(as_json.stdout)["errors"] == 1


@pytest.mark.parametrize("error", [KeyError("Aisha Khan"), VerificationError("Aisha Khan")])
def test_a_bug_keeps_what_it_quotes_off_the_screen(
    monkeypatch: pytest.MonkeyPatch, case: Path, tmp_path: Path, error: Exception
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fail_with(monkeypatch, error)
    done = invoke("check", case)
    (details,) = tmp_path.glob("sufficiency-error-*.txt")
    assert done.exit_code == 1
    assert "bug of ours" in done.stderr
    assert str(details) in done.stderr
    assert "Aisha Khan" not in done.output
    assert "Aisha Khan" in details.read_text(encoding="utf-8")
    assert "Aisha Khan" in invoke("--debug", "check", case).stderr


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    fail_with(monkeypatch, KeyboardInterrupt())
    assert invoke("check", case).exit_code == 130


def test_a_file_that_cannot_be_written_is_no_bug(
    monkeypatch: pytest.MonkeyPatch, case: Path
) -> None:
    fail_with(monkeypatch, PermissionError(13, "Permission denied", "out/report.html"))
    done = invoke("plan", case, "--out", case / "out")
    assert done.exit_code == UsageError.exit_code
    assert done.stderr == "Cannot go on: Permission denied (out/report.html)\n"


@pytest.mark.parametrize(
    "words", [("--gap", "-1"), ("--time-limit", "0"), ("--solver", "abacus"), ()]
)
def test_options_out_of_range_are_usage_errors(case: Path, words: tuple[str, ...]) -> None:
    out = ("--out", str(case / "out")) if words else ()
    assert invoke("plan", case, *out, *words).exit_code == UsageError.exit_code


def test_tables_lists_and_describes() -> None:
    assert "scheme_places" in invoke("tables").stdout
    assert "current_provision" in invoke("tables", "children").stdout
    assert "travel.detour_factor" in invoke("tables", "settings").stdout
    assert invoke("tables", "childen").exit_code == UsageError.exit_code
    rows = json.loads(invoke("tables", "prices", "--format", "json").stdout)
    assert {row["table"] for row in rows} == {"prices"}


def test_doctor_finds_this_machine_well() -> None:
    done = invoke("doctor", "--format", "json")
    findings = {row["name"]: row for row in json.loads(done.stdout)}
    assert done.exit_code == 0
    assert all(row["ok"] for row in findings.values())
    assert {"solver highs", "solver cbc", "postcodes", "free disk"} <= set(findings)


def test_colour_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    find(monkeypatch, ERROR)
    runner = CliRunner()
    assert "\x1b[" in runner.invoke(cli.main, ["check", str(case)], color=True).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in runner.invoke(cli.main, ["check", str(case)], color=True).stdout


def test_signs_a_console_lacks_become_ascii(monkeypatch: pytest.MonkeyPatch, case: Path) -> None:
    find(monkeypatch, Fault("E101", "children.csv", "NCY ≤ 14 → £5", "école"))
    done = CliRunner(charset="ascii").invoke(cli.main, ["check", str(case)])
    assert "NCY <= 14 -> GBP 5" in done.stdout
    assert "?cole" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "--out", "out", "--gap", "nan"),
        ("calibrate", "--transport-gbp", "inf", "--children", "3"),
        ("fetch", "roads", "--margin-km", "nan"),
        ("synth", "--seed", "-2"),
    ],
)
def test_no_option_takes_what_is_no_number(words: tuple[str, ...], case: Path) -> None:
    done = invoke(*words, case)
    assert done.exit_code == UsageError.exit_code
    assert "Invalid value" in done.stderr
