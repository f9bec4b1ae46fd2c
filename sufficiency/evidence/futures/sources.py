"""Where futures come from: what is asked, the case's own scenarios, a forecast's simulations, housing sites."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.errors import CaseError, UsageError
from sufficiency.evidence.futures.draws import Draws, draw
from sufficiency.evidence.futures.worlds import (
    Arrivals,
    Payload,
    arrivals_of,
    expected,
    extended,
    payload_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sufficiency.progress import Progress
    from sufficiency.steps import Prepared


@dataclass(frozen=True)
class Asked:
    """What is asked of futures.

    Attributes
    ----------
    count, seed
        How many futures, and the seed of their draws.
    spreads
        Standard deviations by parameter, where not the parameter's own.
    housing, simulations
        A table of housing sites; a forecast with simulations, in the place of the case's arrivals.
    rounds
        Most rounds in which programmes are priced in every future.
    gap, workers, cluster
        As `runs` and `sufficiency.sweep.run_sweep`.
    """

    count: int = 200
    seed: int = 1
    spreads: Mapping[str, float] = field(default_factory=dict)
    housing: Path | None = None
    simulations: Path | None = None
    rounds: int = 40
    gap: float = 1e-6
    workers: int | None = None
    cluster: str | None = None


def drawn(
    prepared: Prepared, asked: Asked, progress: Progress
) -> tuple[Prepared, Arrivals, Draws, Payload, tuple[str, ...]]:
    """Return a case ready for its futures, what was drawn, and where arrivals come from."""
    from sufficiency.evidence.futures.housing import children_of, read_housing

    keep = np.ones(len(prepared.everyone), bool)
    sources, rows, simulated = [], prepared.everyone.iloc[:0], None
    path = asked.simulations
    if path is not None:
        keep = (prepared.everyone["table"] == "children").to_numpy()
        rows, simulated, says = simulations(prepared, path)
        sources.append(says)
    sites = read_housing(asked.housing) if asked.housing else None
    if sites is not None:
        homes = children_of(prepared, sites)
        rows = pd.concat([rows, homes], ignore_index=True) if len(rows) else homes
        sources.append(
            f"{len(sites)} housing sites: as many children as a site's homes and yield say, if it is built, and needs"
            " and ages as children have now"
        )
    if path is not None or sites is not None:
        prepared = extended(prepared, keep, rows, progress)
    arrivals = arrivals_of(prepared)
    levels = None if path is not None else scenarios(prepared)
    if levels is not None:
        sources.append(
            "growth runs through the case's low and high scenarios, taken as 5th and 95th percentile"
        )
    chances = sites["chance_pct"].to_numpy(np.float64) / 100 if sites is not None else np.zeros(0)
    draws = draw(asked.count, asked.seed, len(arrivals.needs), chances, asked.spreads)
    wanted = expected(arrivals, draws, levels, simulated)
    payload = payload_of(prepared, arrivals, wanted, draws, asked.gap)
    return prepared, arrivals, draws, payload, tuple(sources)


def scenarios(prepared: Prepared) -> pd.DataFrame | None:
    """Return the case's low and high scenarios as ratios of arrivals by `need` and `year`; None where it has none."""
    from sufficiency.projection.project import project

    case, rule = prepared.case, prepared.case.settings.demand
    now = (prepared.everyone["table"] == "children").to_numpy()
    everyone = prepared.everyone[now]
    located = replace(prepared.located, homes=prepared.located.homes[now], area=everyone["area"])
    given = {"low": rule.growth_low_pct, "high": rule.growth_high_pct}
    if not prepared.projection.method or (not rule.forecast and None in given.values()):
        return None
    sums = {}
    for scenario in ("low", rule.scenario, "high"):
        changed = rule.model_copy(update={"scenario": scenario})
        other = replace(case, settings=case.settings.model_copy(update={"demand": changed}))
        found, _ = project(other, everyone, located)
        if not found.method:
            return None
        years = found.arrivals.assign(year=found.arrivals["year"] - case.settings.base_year)
        sums[scenario] = years.groupby(["need", "year"])["children"].sum()
    central = sums[rule.scenario]
    ratios = {
        name: (sums[name].reindex(central.index).fillna(0.0) / central) for name in ("low", "high")
    }
    table = pd.DataFrame(ratios).reset_index()
    return None if np.allclose(table["low"], 1.0) and np.allclose(table["high"], 1.0) else table


def simulations(prepared: Prepared, path: Path) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Return rows of arrivals as a forecast's simulations have them on average, and what each simulation has.

    Returns
    -------
    Rows in the columns of `Prepared.everyone`; a row a need, phase and year with a column a simulation; and words.
    """
    from sufficiency.needs import phase
    from sufficiency.projection.forecasts import read_simulations
    from sufficiency.projection.project import from_forecast, placed
    from sufficiency.projection.stock import read_stock

    case = prepared.case
    now = (prepared.everyone["table"] == "children").to_numpy()
    everyone = prepared.everyone[now]
    found, faults = read_simulations(path, path.name, case.settings.demand)
    if not found:
        if faults:
            raise CaseError(faults)
        raise UsageError(f"{path.name} has no simulations: it needs a column `simulation`")
    codes = {str(need) for one in found.values() for need in one.table["need"]}
    stock = read_stock(everyone, case.settings, codes)
    each = [from_forecast(case, stock, one) for one in found.values()]
    listed = pd.concat([table.assign(n=n) for n, table in enumerate(each)], ignore_index=True)
    if not len(listed):
        raise UsageError(f"{path.name} brings nobody: all who are there already are enough for it")
    keys = ["need", "ncy", "area", "year"]
    mean = listed.groupby(keys, as_index=False)[["children"]].sum()
    mean["children"] /= len(each)
    located = replace(prepared.located, homes=prepared.located.homes[now], area=everyone["area"])
    detail: dict[str, object] = {"file": path.name, "read": f"{len(each)} simulations"}
    projection, wrong = placed(case, everyone, located, "forecast", mean, detail, [])
    if not projection.method:
        raise CaseError(wrong)
    listed["phase"] = [phase(int(ncy)) for ncy in listed["ncy"]]
    wide = listed.pivot_table("children", ["need", "phase", "year"], "n", "sum", fill_value=0.0)
    wide = wide.reindex(columns=range(len(each)), fill_value=0.0)
    says = f"arrivals are those of {len(each)} simulations in {path.name}, one a future in turn"
    return projection.rows, wide, says
