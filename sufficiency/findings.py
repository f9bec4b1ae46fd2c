"""From the solver's answer to what a council can read: exact tables, before anything is withheld."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from models.verify import pool_load
from sufficiency import catchments, needs
from sufficiency.child_years import moved, spent, waiting
from sufficiency.ledger import build_ledger
from sufficiency.schemes import Scheme, ages, discount, proposed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geodata.travel import Journeys
    from models import Solution
    from models.problem import Floats
    from sufficiency.problem import Basis

#: Upper ends of the bands of one-way minutes, by column. The guidance is 45 and 75 minutes.
BANDS = {
    "under_15": 15.0,
    "from_15_to_30": 30.0,
    "from_30_to_45": 45.0,
    "from_45_to_60": 60.0,
    "from_60_to_75": 75.0,
    "from_75": np.inf,
}
ALL = "all"


@dataclass(frozen=True)
class Findings:
    """The exact answer, table by table.

    Attributes
    ----------
    placements, unplaced, schemes, use, gap, ledger, travel
        What the files of those names hold; `use` has the position of the `pool`, too.
    areas
        By area, need, phase and year: children, unplaced, independent, out of area, minutes; what maps are made of.
    served, origins
        Children in the places of each scheme; children of each scheme and provision by home area.
    somewhere, without, in_schemes
        What all of them are made from: children somewhere, children without a place, and those in schemes' places.
    opening
        Academic year in which each scheme opens, by id; schemes that do not open are not in it.
    cost_gbp
        Real money of what the plan decides, discounted: the objective without the priority on placing children
        and without the value set on time.
    children, unplaced_child_years
        Children in the plan; years that any of them spends without a place.
    """

    placements: pd.DataFrame
    unplaced: pd.DataFrame
    schemes: pd.DataFrame
    use: pd.DataFrame
    gap: pd.DataFrame
    ledger: pd.DataFrame
    travel: pd.DataFrame
    areas: pd.DataFrame
    served: pd.DataFrame
    origins: pd.DataFrame
    somewhere: pd.DataFrame
    without: pd.DataFrame
    in_schemes: pd.DataFrame
    opening: Mapping[str, int]
    cost_gbp: float
    children: float
    unplaced_child_years: float


def find(basis: Basis, solution: Solution, journeys: Journeys, children: float) -> Findings:
    """Read a solution back into the words of the case.

    Parameters
    ----------
    children
        How many children the plan is for.

    Raises
    ------
    NoValuesError
        When the solution has no values to read.
    """
    solution.need_values()
    somewhere, without = spent(basis, solution, journeys), waiting(basis, solution)
    opening = openings(basis, solution)
    in_schemes = catchments.in_schemes(basis, solution, somewhere, opening)
    return Findings(
        placements=tally_placements(somewhere),
        unplaced=tally_unplaced(without),
        schemes=tally_schemes(basis, opening),
        use=_use(basis, solution, opening),
        gap=by_outcome(somewhere, without, ["need", "phase", "year"]),
        ledger=build_ledger(basis, somewhere, without, opening, moved(basis, solution)),
        travel=_travel(somewhere, journeys.method),
        areas=by_outcome(somewhere, without, ["area", "need", "phase", "year"]),
        served=catchments.served(in_schemes),
        origins=catchments.origins(somewhere, in_schemes),
        somewhere=somewhere,
        without=without,
        in_schemes=in_schemes,
        opening=opening,
        cost_gbp=_cost(basis, solution),
        children=children,
        unplaced_child_years=float(without["children"].sum()),
    )


def openings(basis: Basis, solution: Solution) -> dict[str, int]:
    """Return the academic year in which each scheme opens, committed ones included."""
    base = basis.case.settings.base_year
    chosen = zip(proposed(basis.schemes), solution.opening(), strict=True)
    opened = {scheme.scheme_id: base + int(t) for scheme, t in chosen if t >= 0}
    return opened | {
        scheme.scheme_id: scheme.earliest for scheme in basis.schemes if scheme.committed
    }


def tally_placements(somewhere: pd.DataFrame) -> pd.DataFrame:
    """Return children by area, need, phase, provision and year; km and minutes are means, one way; gbp a year."""
    keys = ["area", "need", "phase", "provision", "year"]
    rows = somewhere.assign(gbp=somewhere["price_gbp"] + somewhere["transport_gbp"])
    rows["travelling"] = rows["children"].where(rows["minutes"].notna())
    for column in ("km", "minutes"):
        rows[column] = rows[column] * rows["children"]
    sums = ["children", "km", "minutes", "gbp", "travelling"]
    summed = rows.groupby(keys, as_index=False)[sums].sum(min_count=1)
    for column in ("km", "minutes"):
        summed[column] = summed[column] / summed["travelling"]
    return _in_order(summed.drop(columns="travelling"), keys)


def tally_unplaced(without: pd.DataFrame) -> pd.DataFrame:
    """Return children without a place by area, need, phase, year and reason."""
    keys = ["area", "need", "phase", "year", "reason"]
    summed = without.groupby(keys, as_index=False)[["children", "gbp"]].sum()
    return _in_order(summed, keys)[["area", "need", "phase", "year", "children", "gbp", "reason"]]


def tally_schemes(basis: Basis, opening: Mapping[str, int]) -> pd.DataFrame:
    """Return every scheme and what the plan does with it; `opening` is as `openings` gives it."""
    rows = []
    for scheme in basis.schemes:
        full = _places_when_full(scheme)
        state = (
            "committed"
            if scheme.committed
            else "opens"
            if scheme.scheme_id in opening
            else "not chosen"
        )
        rows.append(
            {
                "scheme_id": scheme.scheme_id,
                "name": scheme.name,
                "provision": scheme.provision_id,
                "status": "committed" if scheme.committed else "proposed",
                "decision": state,
                "year": opening.get(scheme.scheme_id),
                "capital_gbp": scheme.capital_gbp,
                "places": full,
                "gbp_per_place": scheme.capital_gbp / full if full else None,
                "annuity_gbp": scheme.annuity_gbp,
            }
        )
    columns = [
        "scheme_id",
        "name",
        "provision",
        "status",
        "decision",
        "year",
        "capital_gbp",
        "places",
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "gbp_per_place", "annuity_gbp"])
    return frame.astype({"year": "Int64"})


def _places_when_full(scheme: Scheme) -> float:
    return float(sum(steps[-1].places for steps in scheme.steps.values()))


def _use(basis: Basis, solution: Solution, opening: Mapping[str, int]) -> pd.DataFrame:
    """Return places and children by pool and year, schemes that opened included; blank places have no limit."""
    settings, pools = basis.case.settings, basis.pools
    used = pool_load(basis.problem, solution.stay) + basis.placed.load(pools)
    places = pools.places + _opened_places(basis, opening)
    rows = [
        (*key[:4], settings.base_year + t, places[q, t], used[q, t], q)
        for q, key in enumerate(pools.keys)
        for t in range(settings.years)
        if places[q, t] > 0 or used[q, t] > 0
    ]
    columns = ["provision", "needs", "ncy_from", "ncy_to", "year", "places", "used", "pool"]
    frame = pd.DataFrame(rows, columns=columns).astype({"places": float, "used": float})
    limited = np.isfinite(frame["places"]) & (frame["places"] > 0)
    frame["use_pct"] = (100 * frame["used"] / frame["places"]).where(limited)
    frame["places"] = frame["places"].where(np.isfinite(frame["places"]))
    return frame


def _opened_places(basis: Basis, opening: Mapping[str, int]) -> Floats:
    settings = basis.case.settings
    added = np.zeros_like(basis.pools.places)
    for scheme in basis.schemes:
        if scheme.scheme_id in opening:
            open_ages = ages(opening[scheme.scheme_id], settings.base_year, settings.years)
            for pool in scheme.steps:
                added[pool] += scheme.places(pool, open_ages)
    return added


def by_outcome(somewhere: pd.DataFrame, without: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return, by `keys`, all children, and of them the unplaced, the independently placed and those out of area."""
    placed = somewhere.assign(
        unplaced=0.0,
        child_minutes=somewhere["minutes"] * somewhere["children"],
        travelling=somewhere["children"].where(somewhere["minutes"].notna(), 0.0),
        independent=somewhere["children"].where(somewhere["independent"], 0.0),
        out_of_area=somewhere["children"].where(somewhere["out_of_area"], 0.0),
    )
    nobody = {"independent": 0.0, "out_of_area": 0.0, "child_minutes": 0.0, "travelling": 0.0}
    waits = without.assign(unplaced=without["children"], **nobody)
    counts = ["children", "unplaced", "independent", "out_of_area", "child_minutes", "travelling"]
    summed = (
        pd.concat([placed[keys + counts], waits[keys + counts]])
        .groupby(keys, as_index=False)[counts]
        .sum()
    )
    summed["mean_minutes"] = (summed["child_minutes"] / summed["travelling"]).where(
        summed["travelling"] > 0
    )
    return _in_order(summed.drop(columns=["child_minutes", "travelling"]), keys)


def _travel(somewhere: pd.DataFrame, method: str) -> pd.DataFrame:
    """Return how long journeys are, by year and phase (and all phases), with the method they rest on."""
    rows = somewhere[somewhere["minutes"].notna()]
    summaries = [
        {"year": year, "phase": phase, **_journey_summary(found)}
        for year, of_year in rows.groupby("year")
        for phase, found in [(ALL, of_year), *of_year.groupby("phase")]
    ]
    order = {phase: n for n, phase in enumerate([ALL, *needs.PHASES])}
    frame = pd.DataFrame(summaries, columns=["year", "phase", *_journey_summary(rows)])
    frame = frame.sort_values(
        ["year", "phase"], key=lambda c: c.map(order) if c.name == "phase" else c
    )
    return frame.reset_index(drop=True).assign(method=method)


def _journey_summary(rows: pd.DataFrame) -> dict[str, float]:
    children, minutes = rows["children"].to_numpy(np.float64), rows["minutes"].to_numpy(np.float64)
    total = children.sum()
    lower = [0.0, *list(BANDS.values())[:-1]]
    bands = {
        name: float(children[(minutes >= low) & (minutes < high)].sum())
        for (name, high), low in zip(BANDS.items(), lower, strict=True)
    }
    return {
        "children": float(total),
        "mean_km": float(children @ rows["km"].to_numpy(np.float64) / total) if total else np.nan,
        "mean_minutes": float(children @ minutes / total) if total else np.nan,
        "median_minutes": _percentile(minutes, children, 0.50),
        "p95_minutes": _percentile(minutes, children, 0.95),
        "over_45": float(children[minutes > 45].sum()),
        "over_75": float(children[minutes > 75].sum()),
        **bands,
    }


def _percentile(values: Floats, weights: Floats, share: float) -> float:
    """Return the least value that at least a `share` of the weight does not exceed."""
    if not len(values):
        return float("nan")
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))])


def _cost(basis: Basis, solution: Solution) -> float:
    """Return the objective without the priority on placing children and without the value of time."""
    settings, problem = basis.case.settings, basis.problem
    factor = discount(settings)
    years = basis.years
    of_stays = factor[years.year] * years.share * (years.price_gbp + years.transport_gbp)
    moves = settings.review.gbp_per_move * moved(basis, solution)
    waits = factor[problem.states.period] * settings.waiting.gbp_per_child_year
    schemes = float((problem.schemes.cost * solution.opens).sum())
    return float(of_stays @ solution.stay[years.stay] + waits @ solution.unplaced) + moves + schemes


def _in_order(frame: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sort by keys, needs and phases in the order of the field."""
    order = {name: n for n, name in enumerate([*needs.NEEDS, needs.UNASSESSED, *needs.PHASES])}
    ordered = frame.sort_values(
        keys, key=lambda c: c.map(order) if c.name in {"need", "phase"} else c, kind="stable"
    )
    return ordered.reset_index(drop=True)
