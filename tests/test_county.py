"""A synthetic county: any size, the published mix and distances, the same bytes for a seed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sufficiency.errors import UsageError
from sufficiency.synth import county_land
from sufficiency.synth.county import scaled_recipe, synthesise_county
from tests.plans import invoke, prepare


def frame(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("counties") / "county"
    synthesise_county(folder, 1, 1200)
    return folder


def test_a_county_can_be_planned_without_a_warning(county: Path) -> None:
    prepared = prepare(county)
    assert [fault for fault in prepared.faults if fault.code != "W512"] == []


def test_the_same_seed_gives_the_same_files(county: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()  # an empty folder will do
    synthesise_county(tmp_path / "again", 1, 1200)
    synthesise_county(tmp_path / "other", 2, 1200)
    for path in sorted(county.iterdir()):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()
    other = (tmp_path / "other" / "children.csv").read_bytes()
    assert other != (county / "children.csv").read_bytes()


@pytest.mark.parametrize("decisions", [300, 3000])
def test_it_is_as_large_as_asked_and_as_wide_as_published(tmp_path: Path, decisions: int) -> None:
    found = synthesise_county(tmp_path / "county", 1, decisions)
    assert found["seeking"] + found["arriving"] == pytest.approx(decisions, rel=0.03)
    miles = [value for name, value in found.items() if name.startswith("miles")]
    assert miles[1] == pytest.approx(10, rel=0.1)
    if decisions >= 1000:
        assert miles[0] == pytest.approx(4, rel=0.2)


@pytest.mark.slow
def test_a_county_of_8000_decisions(tmp_path: Path) -> None:
    found = synthesise_county(tmp_path / "county", 1, 8000)
    assert found["seeking"] + found["arriving"] == pytest.approx(8000, rel=0.03)
    prepare(tmp_path / "county")


def test_needs_are_those_of_england(county: Path) -> None:
    published = scaled_recipe(100_000, 1)
    share = dict(zip(published.needs, published.by_need.sum(axis=0) / 100_000, strict=True))
    children = frame(county / "children.csv")
    for need in ("ASD", "SEMH", "SLCN", "MLD"):
        found = (children["need"] == need).mean()
        assert found == pytest.approx(share[need], abs=0.04)


def test_scaled_counts_agree_with_one_another() -> None:
    recipe = scaled_recipe(2500, 3)
    assert recipe.plans == pytest.approx(2500, abs=2)
    assert np.array_equal(recipe.by_need.sum(axis=1), recipe.by_placement.sum(axis=1))
    assert np.array_equal(recipe.by_placement.sum(axis=0), recipe.placement_by_need.sum(axis=1))


def test_homes_cluster_in_settlements_of_rank_and_size(county: Path) -> None:
    children = frame(county / "children.csv")
    sizes = children["area"].value_counts()
    assert sizes.iloc[0] > 2 * sizes.iloc[3]
    spread = children.groupby("area")[["easting_m", "northing_m"]].std().max(axis=1)
    whole = children[["easting_m", "northing_m"]].std().max()
    assert spread[sizes[sizes > 10].index].max() < whole / 2


def test_a_councils_own_postcodes(tmp_path: Path) -> None:
    found = synthesise_county(tmp_path / "real", 1, 400, "E06000022")
    children = frame(tmp_path / "real" / "children.csv")
    assert set(children["postcode"].str[:2]) <= {"BA", "BS"}
    assert found["arriving"] > 100
    with pytest.raises(UsageError, match="no postcode"):
        county_land.of_council("E99999999")


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        synthesise_county(tmp_path, 1, 300)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="decisions"):
        synthesise_county(tmp_path / "huge", 1, 10**6)
    assert not (tmp_path / "huge").exists()


def test_the_command_makes_a_county(tmp_path: Path) -> None:
    done = invoke("synth", tmp_path / "new", "--decisions", "200", "--seed", "4")
    assert done.exit_code == 0, done.stderr
    assert "miles to a special school" in done.stdout
    assert invoke("check", tmp_path / "new").exit_code == 0
    assert invoke("synth", tmp_path / "new", "--council", "E06000022").exit_code == 2
