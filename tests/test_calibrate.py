"""Transport rates fitted to an outturn: to the pound, in proportion, and never over the user's own file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sufficiency.calibrate import PUBLISHED_GBP, against_published, calibrate, fit, write_settings
from sufficiency.errors import UsageError
from sufficiency.run import Prepared
from tests.plans import invoke, plan, prepare
from tests.town import write_town

BANES = Path(__file__).resolve().parents[1] / "examples" / "banes"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    return write_town(tmp_path)


@pytest.fixture(scope="module")
def banes() -> Prepared:
    return prepare(BANES)


def test_present_placements_cost_the_outturn_to_the_pound(town: Path, tmp_path: Path) -> None:
    """Plan only those who are placed, with the fitted settings: the ledger's transport is the outturn."""
    found = calibrate(town, 23456.0, 1.5)
    write_settings(town, found, tmp_path / "fitted.toml")
    (town / "case.toml").write_bytes((tmp_path / "fitted.toml").read_bytes())
    (town / "new_children.csv").unlink()
    rows = (town / "children.csv").read_text().splitlines()
    kept = [
        row.replace("review", "placed")
        for row in rows
        if "seeking" not in row and "kid-a" not in row
    ]
    (town / "children.csv").write_text("\n".join(kept))
    ledger = plan(town, tmp_path / "out").table("ledger")
    transport = [
        float(row["gbp"]) for row in ledger if row["item"] == "transport" and row["year"] == "2025"
    ]
    assert transport == pytest.approx([23456.0], abs=0.5)


@given(st.floats(1e5, 5e7), st.floats(1, 1200))
@settings(max_examples=20)
def test_both_numbers_are_met(banes: Prepared, gbp: float, children: float) -> None:
    found = fit(banes, gbp, children)
    total = found.table.iloc[-1]
    assert total["gbp"] == pytest.approx(gbp, abs=0.5)
    assert total["transported"] == pytest.approx(children, abs=0.01)
    by_kind = found.table.iloc[:-1]
    assert by_kind["gbp"].sum() == pytest.approx(gbp, abs=0.5)
    assert (by_kind["transported"] <= by_kind["children"] + 1e-9).all()


def test_proportions_stay(banes: Prepared) -> None:
    found = fit(banes, 5e6, 600)
    common, base = found.changes[""], found.changes["base"]
    rule = banes.case.settings.transport
    assert common["gbp_per_day"] / common["gbp_per_km"] == pytest.approx(
        rule.gbp_per_day / rule.gbp_per_km, rel=1e-4
    )
    assert base["eligible_pct"] / common["eligible_pct"] == pytest.approx(0.6, rel=1e-4)
    assert set(base) == {"eligible_pct"}  # what a kind does not override is left to the common one


def test_shares_are_never_above_100(banes: Prepared) -> None:
    found = fit(banes, 5e6, 1150)
    assert all(values.get("eligible_pct", 0) <= 100 for values in found.changes.values())


def test_more_children_than_could_travel_are_refused(banes: Prepared) -> None:
    with pytest.raises(UsageError, match="could be transported at all"):
        fit(banes, 5e6, 5000)


def test_nobody_placed_is_refused(town: Path) -> None:
    rows = (town / "children.csv").read_text().splitlines()
    kept = [row for row in rows if "placed" not in row and "review" not in row]
    (town / "children.csv").write_text("\n".join(kept))
    with pytest.raises(UsageError, match="no child of this case is placed"):
        calibrate(town, 1000, 1)


def test_the_users_file_is_not_changed_and_comments_stay(town: Path) -> None:
    before = (town / "case.toml").read_bytes()
    text = before.decode().replace(
        "days = 180", "days = 180  # term time\neligible_pct = 50 # guessed"
    )
    (town / "case.toml").write_text(text)
    found = calibrate(town, 9000, 1)
    target = write_settings(town, found, None)
    assert (town / "case.toml").read_text() == text
    assert target.name == "case-calibrated.toml"
    written = target.read_text()
    assert "# term time" in written
    assert "# guessed" in written
    table = tomllib.loads(written)
    assert table["transport"]["base"]["days"] == 180
    assert table["transport"]["gbp_per_km"] == found.changes[""]["gbp_per_km"]
    assert {key: part for key, part in table.items() if key != "transport"} == {
        key: part for key, part in tomllib.loads(text).items() if key != "transport"
    }
    with pytest.raises(UsageError, match="there already"):
        write_settings(town, found, None)


def test_settings_laid_out_unusually_are_left_to_the_user(town: Path) -> None:
    text = (town / "case.toml").read_text().replace("[transport.base]\ndays = 180", "")
    (town / "case.toml").write_text("transport = { base = { eligible_pct = 40 } }\n" + text)
    found = calibrate(town, 9000, 1)
    with pytest.raises(UsageError, match="paste"):
        write_settings(town, found, None)
    assert not list(town.glob("*calibrated*"))


def test_a_workbook_is_told_to_paste(town: Path) -> None:
    found = calibrate(town, 9000, 1)
    with pytest.raises(UsageError, match="workbook"):
        write_settings(town / "case.xlsx", found, None)


def test_the_result_stands_against_the_published_average(banes: Prepared) -> None:
    cheap = fit(banes, 600 * PUBLISHED_GBP / 2, 600)
    assert "50% below the £8,116" in against_published(cheap)
    assert "National Audit Office" in against_published(cheap)


def test_the_command(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    done = invoke("calibrate", town, "--transport-gbp", "9000", "--children", "1", "--write")
    assert done.exit_code == 0, done.stderr
    assert "[transport]\ngbp_per_day" in done.stdout
    assert "£8,116" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert tomllib.loads(done.stdout[done.stdout.index("[transport]") :])["transport"]
    assert (town / "case-calibrated.toml").exists()
    again = invoke(
        "calibrate", town, "--transport-gbp", "9000", "--children", "1", "--format", "json"
    )
    answer = json.loads(again.stdout)
    assert answer["table"][-1]["gbp"] == pytest.approx(9000, abs=0.5)
    assert invoke("calibrate", town, "--transport-gbp", "0", "--children", "1").exit_code == 2
