"""A synthetic county of any size, as a case: settlements, schools, schemes and children, all invented.

Children are drawn by `synth` from England's published counts, scaled; the land is stretched until journeys to special
schools have the published shape: about 4 miles on average in towns and 10 in villages, by road. The same seed and
size give the same files, byte for byte.
"""

from __future__ import annotations

import string
import tempfile
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.case import read_case
from sufficiency.errors import UsageError
from sufficiency.synth import county_land, county_schools
from sufficiency.synth.children import CHILDREN, NEW_CHILDREN, SynthResult, synthesise
from sufficiency.synth.draw import Draw, Pools
from sufficiency.synth.recipe import Recipe, recipe_of
from sufficiency.write import write_csv

if TYPE_CHECKING:
    from sufficiency.synth.county_land import Land
    from sufficiency.synth.county_schools import Schools

DATA = Path(__file__).parents[1] / "data"
DECISIONS = 3000
FEWEST, MOST = 50, 20_000
KM_PER_MILE = 1.609344
#: Mean miles by road to a special school, in towns and villages.
TARGET_MILES = {False: 4.0, True: 10.0}
DETOUR = 1.3
#: Draws that size and stretch the county before the last.
TRIALS = 4
ENGLAND_PLANS = 638_745
CAPITAL_GBP = 3.7e9


@dataclass(frozen=True)
class _Drawn:
    """One draw of a county."""

    land: Land
    schools: Schools
    result: SynthResult

    @property
    def decisions(self) -> int:
        return self.result.summary["seeking"] + self.result.summary["arriving"]


def synthesise_county(
    path: Path, seed: int, decisions: int | None = None, council: str = ""
) -> dict[str, float]:
    """Make a county in a new or empty folder.

    Parameters
    ----------
    decisions
        About so many rows that seek a place within the plan, now or on arrival.
    council
        ONS code of a council whose real postcodes are the homes; "" invents settlements.

    Returns
    -------
    What was drawn: the counts of `SynthResult.summary`, and mean miles by road to a special school.

    Raises
    ------
    UsageError
        When something is in the folder, or the size is out of range.
    """
    wanted = decisions or DECISIONS
    if not FEWEST <= wanted <= MOST:
        raise UsageError(f"a county has {FEWEST} to {MOST:,} decisions")
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is not an empty folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as parent:
        draft = Path(parent) / path.name
        draft.mkdir()
        drawn, plans = _fit(draft, seed, wanted, council)
        _write_case(draft, drawn.schools, drawn.land, plans, seed)
        _write_children(draft, drawn)
        if path.exists():
            path.rmdir()
        draft.replace(path)
    mean = _mean_miles(drawn)
    miles = {"towns": round(mean[False], 1), "villages": round(mean[True], 1)}
    return drawn.result.summary | {
        f"miles to a special school, on average, {where}": n for where, n in miles.items()
    }


def _fit(draft: Path, seed: int, wanted: int, council: str) -> tuple[_Drawn, int]:
    """Draw again and again: first until there are as many decisions as wanted, then until journeys are right."""
    real = county_land.of_council(council) if council else None
    plans, between, within = float(wanted) / 1.1, 1.0, 1.0
    drawn = _draw(draft, seed, round(plans), real, between, within)
    for trial in range(TRIALS):
        plans *= 1.0 if trial > 1 else wanted / max(drawn.decisions, 1)
        if not council:
            mean = _mean_miles(drawn)
            between *= float(np.clip(TARGET_MILES[True] / mean[True], 0.5, 2.0))
            within *= float(np.clip(TARGET_MILES[False] / mean[False], 0.7, 1.4))
        drawn = _draw(draft, seed, round(plans), real, between, within)
    return drawn, round(plans)


def _draw(
    draft: Path, seed: int, plans: int, real: Land | None, between: float, within: float
) -> _Drawn:
    """Draw a county of so many plans."""
    draw = Draw(np.random.Generator(np.random.PCG64(seed)))
    land = real or county_land.invent(plans, draw).stretched(between, within)
    schools = county_schools.build(land, plans, draw)
    _write_case(draft, schools, land, plans, seed)
    case, _ = read_case(draft)
    if case is None:
        raise UsageError(f"{draft} cannot be read back")
    recipe = scaled_recipe(plans, seed)
    return _Drawn(
        land, schools, synthesise(recipe, Pools.of_case(case), land.homes, case.settings, seed)
    )


def scaled_recipe(plans: int, seed: int) -> Recipe:
    """Return England's counts scaled to so many plans, in whole numbers that agree with one another."""
    england = recipe_of(tomllib.loads((DATA / "england.toml").read_text(encoding="utf-8")))
    joint = england.joint()
    draw = Draw(np.random.Generator(np.random.PCG64(seed + 1)))
    whole = draw.round(np.asarray(joint * plans / joint.sum(), np.float64))
    options = dict(england.options)
    fit = round(plans * county_schools.INDEPENDENT_SHARE)
    options["status"] |= {"review_children": round(fit * options["status"]["review_pct"] / 100)}
    return replace(
        england,
        by_need=whole.sum(axis=1),
        by_placement=whole.sum(axis=2),
        placement_by_need=whole.sum(axis=0),
        new_by_need=england.new_by_need * (plans / england.by_need.sum()),
        options=options,
    )


def _mean_miles(drawn: _Drawn) -> dict[bool, float]:
    """Return mean miles by road to a special school, of children in towns and in villages."""
    at = {row["provision_id"]: row for row in drawn.schools.rows["provisions"]}
    home = {code: n for n, code in enumerate(drawn.land.homes.postcodes)}
    homes, rural = drawn.land.homes, drawn.land.rural
    miles: dict[bool, list[float]] = {False: [], True: []}
    for row in drawn.result.children:
        school = at.get(row[6])
        if school and school["kind"] == "special":
            n = home[row[1]]
            east = homes.easting_m[n] - school["easting_m"]
            north = homes.northing_m[n] - school["northing_m"]
            miles[bool(rural[n])].append(float(np.hypot(east, north)) / 1000 * DETOUR / KM_PER_MILE)
    return {
        key: float(np.mean(found)) if found else TARGET_MILES[key] for key, found in miles.items()
    }


def _write_case(draft: Path, schools: Schools, land: Land, plans: int, seed: int) -> None:
    """Write settings and every table but the children."""
    notice = (
        "Everything in this plan is invented: children, schools and schemes."
        if land.invented
        else "Children, schools and schemes in this plan are invented; only its postcodes are real."
    )
    text = string.Template((DATA / "county.toml").read_text(encoding="utf-8")).substitute(
        title=f"A synthetic county ({land.towns[0]} and around), seed {seed}",
        notice=notice,
        plans=f"{plans:,}",
        budget=int(round(CAPITAL_GBP * plans / ENGLAND_PLANS / 2 / 5, -4)),
    )
    (draft / "case.toml").write_text(text, encoding="utf-8", newline="\n")
    for name, frame in schools.frames().items():
        write_csv(draft / f"{name}.csv", frame)


def _write_children(draft: Path, drawn: _Drawn) -> None:
    tables = {
        "children": (CHILDREN, drawn.result.children),
        "new_children": (NEW_CHILDREN, drawn.result.new_children),
    }
    land = drawn.land
    for name, (header, rows) in tables.items():
        frame = pd.DataFrame(list(rows), columns=list(header))
        if land.invented:
            at = frame["postcode"].astype(int).to_numpy()
            frame = frame.drop(columns="postcode")
            frame.insert(1, "easting_m", land.homes.easting_m[at].astype(int))
            frame.insert(2, "northing_m", land.homes.northing_m[at].astype(int))
            frame.insert(3, "area", np.array(land.towns)[land.town[at]])
        write_csv(draft / f"{name}.csv", frame)
