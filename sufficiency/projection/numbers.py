"""How many arrive, by need, NCY and year: by growth, by rates, or from a forecast of all children with a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.prices import NCY_LOW
from sufficiency.projection.stock import NCYS

if TYPE_CHECKING:
    from models.problem import Floats
    from sufficiency.projection.stock import Stock
    from sufficiency.setting_demand import Demand
    from sufficiency.settings import Settings

COLUMNS = ["need", "ncy", "area", "year", "children"]
ANYWHERE = ""


def by_growth(stock: Stock, profile: Floats, rule: Demand) -> Floats:
    """(needs, NCYs, years) arrivals when children with a plan grow by `rule.growth_of` their need a year.

    ``arrivals(t) = max(0, children(0) (1 + g)^t - those of children(t - 1) still on roll)``, spread over NCYs as new
    plans are. An NCY with a growth of its own has its arrivals changed by ``((1 + g_ncy) / (1 + g))^t``.
    """
    growth = np.array([1 + rule.growth_of(need) / 100 for need in stock.needs])
    own = ncy_factor(rule)
    base = stock.children[:, :, 0].sum(axis=1)
    known = stock.children.sum(axis=1)
    arrivals = np.zeros_like(stock.children)
    for t in range(1, stock.years):
        extra = np.maximum(0.0, base * growth**t - known[:, t])
        arrivals[:, :, t] = extra[:, None] * profile * own[None, :] ** t
        for k in range(stock.years - t):
            known[:, t + k] += extra * (profile @ stock.roll[:, k])
    return arrivals


def ncy_factor(rule: Demand) -> Floats:
    """(NCYs,) growth of an NCY's own against the common one, as a ratio of yearly factors."""
    common = 1 + (rule.growth_pct or 0.0) / 100
    own = [rule.growth_by_ncy_pct.get(int(ncy)) for ncy in NCYS]
    return np.array([1.0 if g is None else (1 + g / 100) / common for g in own])


def by_rates(
    settings: Settings, rates: pd.DataFrame, population: pd.DataFrame, stock: Stock
) -> pd.DataFrame:
    """Return arrivals as a table: ``per_1000 / 1000 x population x specialist share x growth^t``.

    Parameters
    ----------
    rates
        `need`, `ncy`, `per_1000`.
    population
        `year`, `ncy`, `area`, `population`, every year of the plan in it, as from `whole_population`.
    """
    rule = settings.demand
    own = dict(zip(NCYS.tolist(), ncy_factor(rule).tolist(), strict=True))
    rows = population.merge(rates, on="ncy")
    rows = rows[(rows["year"] > settings.base_year) & (rows["ncy"] <= settings.leaving.last_ncy)]
    t = rows["year"].astype(int) - settings.base_year
    growth = rows["need"].map({need: 1 + rule.growth_of(need) / 100 for need in stock.needs})
    share = rows["need"].map(lambda need: rule.specialist_pct.get(need, 100.0) / 100)
    factor = (growth * rows["ncy"].map(own)).astype(float) ** t
    children = rows["per_1000"] / 1000 * rows["population"] * share * factor
    found = rows.assign(children=children.astype(float), year=t)
    return found.groupby(COLUMNS[:-1], as_index=False)[["children"]].sum()


def whole_population(
    population: pd.DataFrame, settings: Settings
) -> tuple[pd.DataFrame, list[int]]:
    """Fill the years of the plan that a population lacks from the year before, else the next.

    Returns
    -------
    The table, and the years that were filled in.
    """
    wanted = range(settings.base_year, settings.last_year + 1)
    wide = population.pivot_table(
        index=["ncy", "area"], columns="year", values="population", aggfunc="sum"
    )
    given = {int(year) for year in wide.columns}
    wide = wide.reindex(columns=sorted(given | set(wanted))).ffill(axis=1).bfill(axis=1)
    long = wide.reset_index().melt(["ncy", "area"], var_name="year", value_name="population")
    return long.astype({"ncy": int, "year": int}), [year for year in wanted if year not in given]


def rates_of(
    new_plans: pd.DataFrame, population: pd.DataFrame, years: int, profile: Floats, stock: Stock
) -> pd.DataFrame:
    """Work rates out from new plans: those of the latest years over the population of those years.

    Parameters
    ----------
    population
        As from `whole_population`; a year it lacks counts as the nearest one.
    years
        How many of the latest years to average over.
    """
    latest = sorted(set(new_plans["year"].astype(int)))[-years:]
    rows = new_plans[new_plans["year"].isin(latest)]
    plans = np.zeros((len(stock.needs), len(NCYS)))
    for need, ncy, count in zip(rows["need"], rows["ncy"], rows["plans"], strict=True):
        at = stock.needs.index(need)
        if pd.isna(ncy):
            plans[at] += count * profile[at]
        elif ncy <= stock.last_ncy:
            plans[at, max(int(ncy), 0) - NCY_LOW] += count
    known = np.array(sorted(set(population["year"])))
    nearest = [int(known[np.abs(known - year).argmin()]) for year in latest]
    by_ncy = population.groupby(["year", "ncy"])["population"].sum()
    people = np.array([sum(by_ncy.get((year, ncy), 0.0) for year in nearest) for ncy in NCYS])
    per_1000 = np.divide(1000 * plans, people, out=np.zeros_like(plans), where=people > 0)
    cells = [
        (need, int(ncy), float(per_1000[i, n]))
        for i, need in enumerate(stock.needs)
        for n, ncy in enumerate(NCYS)
        if per_1000[i, n] > 0
    ]
    return pd.DataFrame(cells, columns=["need", "ncy", "per_1000"])


def by_forecast(stock: Stock, forecast: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Return arrivals that make the children on roll what a forecast says.

    ``arrivals(n, t) = max(0, forecast(n, t) - those of NCY n - 1 in t - 1 still on roll)``, where those on roll are at
    first the forecast's own of the base year, or the case's if it has none (then it may not be by area).

    Parameters
    ----------
    forecast
        `need`, `ncy`, `area`, `year` (academic) and `children` with a plan. A year that is not given has no arrivals.
    """
    tables = []
    years = set(forecast["year"].astype(int))
    for (need, area), rows in forecast.groupby(["need", "area"], sort=True):
        wanted = np.zeros((len(NCYS), stock.years))
        for ncy, year, count in zip(rows["ncy"], rows["year"], rows["children"], strict=True):
            t = int(year) - settings.base_year
            if 0 <= t < stock.years and ncy <= stock.last_ncy:
                wanted[int(ncy) - NCY_LOW, t] += count
        at = stock.needs.index(str(need))
        there = wanted[:, 0] if settings.base_year in years else stock.children[at, :, 0]
        arrivals = np.zeros_like(wanted)
        for t in range(1, stock.years):
            there = np.concatenate([[0.0], there[:-1] * stock.roll[:-1, 1]])
            if settings.base_year + t in years:
                arrivals[:, t] = np.maximum(0.0, wanted[:, t] - there)
            there = there + arrivals[:, t]
        tables.append(as_table((str(need),), arrivals[None], str(area)))
    return (
        pd.concat(tables, ignore_index=True)
        if tables
        else as_table((), np.zeros((0, len(NCYS), 1)))
    )


def as_table(codes: tuple[str, ...], arrivals: Floats, area: str = ANYWHERE) -> pd.DataFrame:
    """Return (needs, NCYs, years) arrivals as rows of `COLUMNS`; `year` counts from the base year."""
    i, n, t = np.nonzero(arrivals)
    columns = {
        "need": np.array(codes, object)[i] if codes else np.array([], object),
        "ncy": NCYS[n],
        "area": area,
        "year": t,
        "children": arrivals[i, n, t],
    }
    return pd.DataFrame(columns)
