"""What every command of evidence stands on: accounts, what may be told, the folder, and the report that takes it in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import solve
from sufficiency.console import table_text
from sufficiency.errors import UsageError
from sufficiency.evidence.accounts import Account, Accounts
from sufficiency.evidence.answer import About, Evidence
from sufficiency.evidence.commands import COMMANDS
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.folder import open_folder, opened, read_evidence, write_evidence
from sufficiency.evidence.study import Study
from sufficiency.findings import find
from sufficiency.ledger import ITEMS
from sufficiency.report.parts import Section
from tests.plans import invoke, plan, prepare
from tests.test_shared_cases import EXPECTED
from tests.town import write_town

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(EXPECTED) or ["absent"]


@pytest.mark.parametrize("name", NAMES[5::14])
def test_accounts_are_those_of_the_findings(name: str, shared_cases: Path) -> None:
    prepared = prepare(shared_cases / name)
    basis, journeys = prepared.basis, prepared.travel.journeys
    solution = solve(basis.problem)
    exact = find(basis, solution, journeys, basis.children)
    accounts = Accounts.of(basis, journeys.km, journeys.minutes)
    account = accounts.account(basis.problem, solution)
    assert account.cost_gbp == pytest.approx(exact.cost_gbp, abs=0.01)
    ledger = exact.ledger.pivot_table("gbp", "item", "year", sort=False).loc[list(ITEMS)]
    assert account.ledger == pytest.approx(ledger.to_numpy(), abs=0.01)
    gap = exact.gap.groupby("year")[["children", "unplaced", "independent", "out_of_area"]].sum()
    years = basis.case.settings.base_year + np.arange(basis.case.settings.years)
    wanted = gap.reindex(years, fill_value=0.0).to_numpy().T
    assert account.outcomes[:4] == pytest.approx(wanted, abs=1e-4)
    again = Account.from_dict(json.loads(json.dumps(account.to_dict())))
    assert again.ledger == pytest.approx(account.ledger, abs=1e-4)
    assert again.unplaced == pytest.approx(exact.unplaced_child_years, abs=1e-4)


def test_a_study_asks_what_would_be_otherwise(tmp_path: Path) -> None:
    study = Study(prepare(write_town(tmp_path)))
    nothing = study.fixed(np.zeros_like(study.plan.solution.opens))
    assert nothing.solution.objective >= study.plan.solution.objective - 0.01
    somewhere, without = study.tables(nothing)
    assert without["children"].sum() == pytest.approx(nothing.account.unplaced)
    there = somewhere["children"].sum() + without["children"].sum()
    assert there == pytest.approx(nothing.account.outcome("children").sum())


@given(
    st.floats(0, 1e6),
    st.floats(0, 1e6),
    st.integers(5, 20),
    st.sampled_from([5, 10, 20]),
)
def test_no_count_tells_a_child(before: float, after: float, threshold: int, nearest: int) -> None:
    counts = Counts(threshold, nearest)
    shown = counts.shown(before)
    if shown is None:
        assert 0 < before < max(threshold, nearest)
        assert counts.text(before) == counts.few
    else:
        assert shown % nearest == 0
        assert abs(shown - before) <= nearest / 2 + 1e-6
        assert shown or before <= 1e-6
    change = counts.change(before, after)
    assert change is None or change % nearest == 0


def test_what_a_command_found_is_said_alike_everywhere(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    out = tmp_path / "out"
    words = ("frontier", town, "--out", out, "--steps", "2", "--workers", "1")
    said = json.loads(invoke(*words, "--format", "json").stdout)
    assert said == json.loads((out / "summary.json").read_text("utf-8"))
    assert said["answer"] in " ".join(invoke(*words).stdout.split())
    assert said["answer"].replace("£", "") in (out / "frontier.html").read_text("utf-8").replace(
        "£", ""
    )
    saved = read_evidence(out)
    assert saved.answer == saved.section.lead[0] == said["answer"]
    assert "frontier" in [drawing.key for drawing in saved.section.drawings]
    assert len(saved.sheets[0].table) == len(said["points"])


@pytest.mark.slow
def test_a_report_takes_in_what_a_command_found(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    out = tmp_path / "out"
    invoke("frontier", town, "--out", out, "--steps", "2", "--workers", "1")
    written = plan(town, tmp_path / "plan", tables_only=False, evidence=[out])
    report = (written.folder / "report.html").read_text("utf-8")
    section = read_evidence(out).section
    assert f'<h2 id="frontier">{section.title}</h2>' in report
    for row in section.tables[0].rows:
        assert all(cell.text in report for cell in row)
    assert written.json("run")["asked"]["evidence"] == [read_evidence(out).run_id]


def test_findings_of_other_data_are_refused(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    out = tmp_path / "out"
    invoke("frontier", town, "--out", out, "--steps", "1", "--workers", "1")
    prices = town / "prices.csv"
    prices.write_text(prices.read_text("utf-8") + "\n", "utf-8")
    done = invoke("plan", town, "--out", tmp_path / "plan", "--evidence", out, "--tables-only")
    assert done.exit_code == 2
    assert "are of other data than this case" in " ".join(done.stderr.split())
    assert not (tmp_path / "plan").exists()
    with pytest.raises(UsageError, match="no findings"):
        read_evidence(town)


def test_a_folder_that_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    open_folder(out, "frontier")
    open_folder(out, "frontier")
    with pytest.raises(UsageError, match="something else"):
        open_folder(out, "options")
    (out / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match=r"notes\.txt"):
        open_folder(out, "frontier")


def test_exact_tables_of_another_answer_go_and_what_the_user_put_there_stays(
    tmp_path: Path,
) -> None:
    out, private = tmp_path / "out", tmp_path / "out" / "private"

    def write(*names: str) -> None:
        about = About("value", "A town", "2025/26", "", {}, {})
        tables = {name: pd.DataFrame({"gbp": [1.5]}) for name in names}
        open_folder(out, "value")
        write_evidence(out, Evidence(about, "", Section("value", "", []), {}, private=tables))

    write("first", "both", "mine")
    (private / "notes.txt").write_text("of the user's")
    (private / "mine.csv").write_text("changed by the user")
    write("both", "second")
    left = {path.name for path in private.iterdir()}
    assert left == {"both.csv", "second.csv", "mine.csv", "notes.txt", "evidence.json"}
    write("first")
    left = {path.name for path in private.iterdir()}
    assert left == {"first.csv", "mine.csv", "notes.txt", "evidence.json"}
    assert (private / "mine.csv").read_text() == "changed by the user"


def test_a_refused_command_leaves_nothing_behind(tmp_path: Path) -> None:
    town = write_town(tmp_path)
    (town / "schemes.csv").unlink()
    (town / "scheme_places.csv").unlink()
    out = tmp_path / "new" / "deep"
    for command in ("frontier", "options", "shortage"):
        (town / "prices.csv").write_text("provision_id\n", "utf-8")
        assert invoke(command, town, "--out", out).exit_code == 3
    assert not (tmp_path / "new").exists()
    (tmp_path / "empty").mkdir()
    assert invoke("frontier", town, "--out", tmp_path / "empty").exit_code == 3
    assert not list((tmp_path / "empty").iterdir())


def test_a_command_that_stops_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    kept = open_folder(out, "frontier")
    kept.mkdir()
    (kept / "answers").write_text("{}")
    with pytest.raises(UsageError), opened(out, "frontier"):
        raise UsageError("no")
    assert (out / "private" / "runs" / "answers").is_file()


def test_every_command_is_a_row_of_its_own() -> None:
    names = [row.name for row in COMMANDS]
    assert len(set(names)) == len(names)
    for row in COMMANDS:
        assert row.help.strip()
        assert all(option.help.strip() for option in row.options)


@pytest.mark.parametrize("columns", [60, 80, 100])
def test_a_wide_table_folds_its_headings(columns: int) -> None:
    rows = [{"Home area": "BA2 6", "Children who travel further": "1,230", "Pounds a year": "£1"}]
    text = table_text(rows * 2, columns, {"Children who travel further", "Pounds a year"})
    lines = text.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[-1].split("  ") == lines[-2].split("  ")
    words = ["Home", "area", "Children", "who", "travel", "further", "Pounds", "a", "year"]
    assert sorted(" ".join(lines[:-2]).split()) == sorted(words)
    narrow = table_text(rows, 40, {"Children who travel further"})
    assert max(map(len, narrow.splitlines())) <= 40


@pytest.mark.parametrize("columns", [80, 100])
def test_a_table_of_many_words_wraps_the_widest_and_breaks_no_word(columns: int) -> None:
    said = {
        "Provision": "Otter base, Keynsham, Reception to Year 6, and the primary site beside it",
        "One more saves": "£74,400",
        "Needs": "MLD, SLD, PMLD, SLCN, HI, VI, MSI, PD, ASD, OTH",
        "Full in": "2025/26 to 2026/27 and 2030/31 to 2031/32",
    }
    text = table_text([said, dict.fromkeys(said, "none")], columns, {"One more saves"})
    assert max(map(len, text.splitlines())) <= columns
    assert sorted(text.split()) == sorted(" ".join([*said, *said.values()]).split() + ["none"] * 4)


@pytest.mark.parametrize("columns", [92, 100])
def test_a_table_whose_last_heading_is_longer_than_what_is_below_it_is_no_wider_than_asked(
    columns: int,
) -> None:
    said = {
        "What happens": "A school closes from 2018",
        "To what": "Beech Hanger School, High Wycombe",
        "Real cost": "£1.67m more",
        "Child-years without a place": "0",
        "Child-years independent": "55 more",
        "What the best plan changes": "nothing",
    }
    text = table_text([said], columns, list(said)[2:5])
    assert max(map(len, text.splitlines())) <= columns
    assert sorted(text.split()) == sorted(" ".join([*said, *said.values()]).split())
