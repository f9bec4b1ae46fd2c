"""Synthetic children: the published mix, the same bytes for a seed, and nothing half-written."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sufficiency.case import read_case
from sufficiency.errors import CaseError, UsageError
from sufficiency.synth.children import SynthResult, _moved_on, _plans, synthesise
from sufficiency.synth.draw import Draw, Homes, Pools, round_table
from sufficiency.synth.in_case import synthesise_case
from sufficiency.synth.recipe import Recipe, read_recipe

BANES = Path(__file__).resolve().parents[1] / "examples" / "banes"
BOTH = ("children.csv", "new_children.csv")


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    return read_recipe(BANES)


@pytest.fixture(scope="module")
def first(recipe: Recipe) -> SynthResult:
    """Return what seed 1 draws."""
    return drawn(recipe, 1)


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a copy of the example without its children."""
    folder = tmp_path / "case"
    shutil.copytree(BANES, folder, ignore=shutil.ignore_patterns(*BOTH))
    return folder


def drawer(seed: int) -> Draw:
    return Draw(np.random.Generator(np.random.PCG64(seed)))


def drawn(recipe: Recipe, seed: int, decisions: int | None = None) -> SynthResult:
    case, _ = read_case(BANES)
    assert case is not None
    homes = Homes.of_council(recipe.options["homes"])
    return synthesise(recipe, Pools.of_case(case), homes, case.settings, seed, decisions)


def test_another_seed_draws_others(recipe: Recipe, first: SynthResult) -> None:
    second = drawn(recipe, 2)
    assert first.children != second.children
    for what in ("published", "new since", "ended since", "arriving"):
        assert first.summary[what] == pytest.approx(second.summary[what], abs=3)
    for what in ("in scope", "past the last year"):  # who of an age ended is drawn
        assert first.summary[what] == pytest.approx(second.summary[what], abs=15)


def test_every_plan_is_accounted_for(first: SynthResult) -> None:
    counts = first.summary
    out = {"published", "new since", "ended since", "placed", "seeking", "arriving"}
    there = counts["published"] + counts["new since"] - counts["ended since"]
    assert there == sum(n for what, n in counts.items() if what not in out) == 2559
    assert counts["in scope"] == counts["placed"] + counts["seeking"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plans_have_the_published_margins(recipe: Recipe, seed: int) -> None:
    case, _ = read_case(BANES)
    assert case is not None
    plans = _plans(recipe, recipe.joint(), drawer(seed), case.settings)
    first = case.settings.base_year - int(recipe.option("source", "census_year")) - 4
    by_need = np.zeros_like(recipe.by_need)
    by_placement = np.zeros_like(recipe.by_placement)
    together = np.zeros_like(recipe.placement_by_need)
    for child in plans:
        age = recipe.ages.index(child.ncy - first)
        need, placement = recipe.needs.index(child.need), recipe.placements.index(child.placement)
        by_need[age, need] += 1
        by_placement[age, placement] += 1
        together[placement, need] += 1
    assert np.array_equal(by_need, recipe.by_need)  # age by need: exactly
    older = np.array(recipe.ages) > 4  # those in nurseries are sent to school
    assert np.array_equal(by_placement[older], recipe.by_placement[older])
    schools = [recipe.placements.index(k) for k in ("mainstream", "special", "independent")]
    # placement by need: within 5% of all plans, and of each cell by four of its standard errors
    off = np.abs(together - recipe.placement_by_need)[schools]
    assert off.sum() / recipe.plans < 0.05
    assert (off <= 4 * np.sqrt(recipe.placement_by_need[schools]) + 4).all()


def test_needs_of_those_in_scope_are_published_ones_moved_on(
    recipe: Recipe, first: SynthResult
) -> None:
    rows = first.children
    ages = [recipe.ages.index(age) for age in range(3, 18)]
    new = [recipe.new_ages.index(age) for age in range(3, 18)]
    share = recipe.option("since_census", "months") / 12
    wanted = recipe.by_need[ages].sum(axis=0) + share * recipe.new_by_need[new].sum(axis=0)
    for need, number in zip(recipe.needs, wanted.tolist(), strict=True):
        found = sum(row[2] == need for row in rows)
        assert number - 24 <= found <= number + 2  # 27 have no place to plan, about 30 ended
    assert len(rows) == pytest.approx(wanted.sum() - 57, abs=10)


def moved(recipe: Recipe, seed: int = 1) -> tuple[Counter[int], Counter[int], Counter[str]]:
    """Return plans that ended and that are new by age, and the new ones by need."""
    case, _ = read_case(BANES)
    assert case is not None
    draw, joint = drawer(seed), recipe.joint()
    before = _plans(recipe, joint, draw, case.settings)
    after, _ = _moved_on(before, recipe, joint, draw, case.settings)
    later = case.settings.base_year - int(recipe.option("source", "census_year")) - 4
    old, new = ([plan for plan in after if plan.is_new == flag] for flag in (False, True))
    ended = Counter(p.ncy - later for p in before)
    ended.subtract(Counter(p.ncy - later for p in old))
    return ended, Counter(p.ncy - later for p in new), Counter(p.need for p in new)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_census_is_moved_on_at_published_rates(recipe: Recipe, seed: int) -> None:
    ended, new, needs = moved(recipe, seed)
    assert recipe.plans + new.total() - ended.total() == 2559
    share = recipe.option("since_census", "months") / 12
    for age, wanted in zip(recipe.new_ages, recipe.new_by_need.sum(axis=1), strict=True):
        assert new[age] == pytest.approx(wanted * share, abs=1.01)
    for need, wanted in zip(recipe.needs, recipe.new_by_need.sum(axis=0), strict=True):
        assert needs[need] == pytest.approx(wanted * share, abs=5)
    by_age = {int(age): n for age, n in recipe.options["since_census"]["ended_by_age"].items()}
    scale = ended.total() / sum(by_age.values())
    for age, wanted in by_age.items():
        found = sum(n for a, n in ended.items() if a == age or age == max(by_age) <= a)
        assert found == pytest.approx(wanted * scale, abs=1.01)


def test_a_total_that_is_not_to_be_reached_is_refused(recipe: Recipe) -> None:
    for plans in (2800, 100):
        since = recipe.options["since_census"] | {"plans": plans}
        with pytest.raises(UsageError, match="not to be reached"):
            moved(replace(recipe, options=recipe.options | {"since_census": since}))


def test_without_a_later_day_the_plans_are_the_census(recipe: Recipe) -> None:
    bare = {name: of for name, of in recipe.options.items() if name != "since_census"}
    counts = drawn(replace(recipe, options=bare), 1).summary
    assert "new since" not in counts
    out = {"published", "placed", "seeking", "arriving"}
    assert sum(n for what, n in counts.items() if what not in out) == 2469


def test_who_waits_out_of_school_is_told_from_who_changes_school(
    recipe: Recipe, first: SynthResult
) -> None:
    rows = first.children
    waits = [row for row in rows if row[7] == "seeking" and row[6]]
    assert {row[6] for row in waits} == {"AP-TUITION"}
    assert all(1 <= int(row[5]) <= 11 for row in waits)
    assert all("mainstream" not in row[4] for row in waits)
    options = recipe.options["suits"]
    quiet = {name: of for name, of in options.items() if not name.startswith("waiting_")}
    quiet["waiting_pct"] = options["waiting_pct"]
    again = drawn(replace(recipe, options=recipe.options | {"suits": quiet}), 1).children
    assert [(*row[:6], row[7]) for row in again] == [(*row[:6], row[7]) for row in rows]
    assert not any(row[7] == "seeking" and row[6] for row in again)


def test_new_plans_do_not_overfill_special_schools(recipe: Recipe) -> None:
    case, _ = read_case(BANES)
    assert case is not None
    pools = Pools.of_case(case)
    far = np.zeros(len(pools.kind))
    full = replace(pools, left=np.zeros(len(pools.kind)))
    assert full.choose("special", ("ASD",), 5, far, drawer(1), overfill=False) == ""
    assert full.choose("special", ("ASD",), 5, far, drawer(1)) != ""


def test_arrivals_have_the_published_ages_and_needs(recipe: Recipe, first: SynthResult) -> None:
    rows = first.new_children
    year = [row for row in rows if row[6] == "2028"]
    entering = int(recipe.new_by_need[:2].sum())  # 2 and under, and 3: Reception
    assert sum(row[5] == "0" for row in year) == pytest.approx(entering, abs=1)
    now = sum(row[6] == "2025" for row in rows)  # two months', but for those too young for school
    assert now == pytest.approx((370 - 22) * 2 / 12, abs=2)
    for j, need in enumerate(recipe.needs):
        wanted = recipe.new_by_need[:-1, j].sum()
        assert sum(row[2] == need for row in year) == pytest.approx(wanted, abs=2)


def test_new_plans_grow_by_the_rate_given(recipe: Recipe) -> None:
    arrivals = recipe.options["arrivals"] | {"growth_pct_a_year": 10}
    growing = replace(recipe, options=recipe.options | {"arrivals": arrivals})
    rows = drawn(growing, 1).new_children
    first, last = (sum(row[6] == year for row in rows) for year in ("2026", "2031"))
    assert last / first == pytest.approx(1.1**5, rel=0.01)


@pytest.mark.parametrize("decisions", [300, 6000])
def test_a_population_of_another_size(recipe: Recipe, decisions: int) -> None:
    counts = drawn(recipe, 1, decisions).summary
    assert counts["seeking"] + counts["arriving"] == pytest.approx(decisions, rel=0.15)


def test_references_are_unique_and_name_nobody(first: SynthResult) -> None:
    ids = [row[0] for row in (*first.children, *first.new_children)]
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("SYN-") and len(name) == 10 for name in ids)


def test_children_there_are_not_overwritten(bare: Path) -> None:
    (bare / "new_children.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="--replace"):
        synthesise_case(bare, 1)
    assert (bare / "new_children.csv").read_text(encoding="utf-8") == "mine"
    assert not (bare / "children.csv").exists()
    synthesise_case(bare, 1, replace=True)
    assert {path.name for path in bare.iterdir()} == {path.name for path in BANES.iterdir()}


def test_a_failed_write_leaves_nothing(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(path.name for path in bare.iterdir())
    write = Path.write_text

    def full(path: Path, text: str, encoding: str, newline: str) -> int:
        if "new" in path.name:
            message = "no space left"
            raise OSError(message)
        return write(path, text, encoding=encoding, newline=newline)

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="no space"):
        synthesise_case(bare, 1)
    assert sorted(path.name for path in bare.iterdir()) == before


def test_what_is_no_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a case"):
        synthesise_case(tmp_path, 1)


def test_errors_in_the_tables_it_needs_are_reported(bare: Path) -> None:
    (bare / "places.csv").write_text("provision_id,needs\nX,ASD\n", encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        synthesise_case(bare, 1)
    assert {fault.where for fault in caught.value.faults} == {"places.csv"}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("plans = 2469", "plans = 2470", "all plans"),
        ("3 = [  8,", "3 = [  9,", "plans by age"),
        ("mainstream = [298,", "mainstream = [299,", "plans by need"),
        ("plans_a_year = 370", "plans_a_year = 371", "new plans"),
        ("3 = [  8,   2,", "3 = [  2,", "12 numbers"),
        ("[source]", "[sources]", "source"),
        ("[source]", "[source", "not TOML"),
    ],
)
def test_counts_that_disagree_are_refused(bare: Path, old: str, new: str, says: str) -> None:
    file = bare / "synth.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        synthesise_case(bare, 1)


def test_without_counts_there_is_nothing_to_draw_from(bare: Path) -> None:
    (bare / "synth.toml").unlink()
    with pytest.raises(UsageError, match="copy one from the worked example"):
        synthesise_case(bare, 1)


def test_a_council_without_postcodes_is_refused(recipe: Recipe) -> None:
    with pytest.raises(UsageError, match="council"):
        Homes.of_council(recipe.options["homes"] | {"council": "E99999999"})


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=2, max_size=5),
    st.integers(0, 999),
)
def test_a_rounded_table_has_the_sums_given(cells: list[list[int]], seed: int) -> None:
    whole = np.array(cells)
    rows, columns = whole.sum(axis=1), whole.sum(axis=0)
    expected = np.outer(rows, columns) / max(int(whole.sum()), 1)
    table = round_table(expected, rows, columns, drawer(seed))
    assert (table >= 0).all()
    assert np.array_equal(table.sum(axis=1), rows)
    assert np.array_equal(table.sum(axis=0), columns)


@given(st.lists(st.floats(0, 5), min_size=1, max_size=20), st.integers(0, 999))
def test_rounding_keeps_running_sums_within_one(numbers: list[float], seed: int) -> None:
    expected = np.array(numbers)
    rounded = drawer(seed).round(expected)
    assert (np.abs(rounded.cumsum() - expected.cumsum()) <= 1 + 1e-6).all()
    assert (np.abs(rounded - expected) <= 1 + 1e-6).all()
