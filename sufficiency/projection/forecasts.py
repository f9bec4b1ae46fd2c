"""A forecast made elsewhere: any table by need, NCY and year, or what witan.send writes.

Settings are summed away as the file is read: a forecast by setting carries past shortage forward, and where a child
goes is for the program to choose.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from sufficiency import values
from sufficiency.faults import Fault, errors
from sufficiency.sheets import read_csv
from sufficiency.tables import NEED, Column, Table

if TYPE_CHECKING:
    from pathlib import Path

    from sufficiency.setting_demand import Demand
    from sufficiency.sheets import Sheet

#: What a forecast's columns may be called, by what they are.
NAMES: dict[str, tuple[str, ...]] = {
    "need": ("need",),
    "ncy": ("ncy", "academic-year", "national-curriculum-year", "nc-year"),
    "year": ("year",),
    "calendar_year": ("calendar-year",),
    "area": ("area", "locality"),
    "setting": ("setting", "placement"),
    "simulation": ("simulation", "sim", "simulation-number"),
    "arrivals": ("arrivals",),
    "low": ("low", "p05", "low-95pc-bound"),
    "central": ("children", "central", "median", "population", "count", "transition-count"),
    "high": ("high", "p95", "high-95pc-bound"),
}
NOBODY = "NONSEND"
LEAST = (
    "need, ncy (or academic-year), year (or calendar-year), and children (or arrivals, or median)"
)
_COUNT: dict[str, Any] = {"unit": "children", "least": 0.0, "most": 1e7}
FORECAST = Table(
    "forecast",
    "A forecast of children with a plan, or of arrivals",
    (
        NEED,
        Column("ncy", "ncy", "National Curriculum year", required=True, least=-4, most=20),
        Column("year", "year", "academic year", least=1990, most=2100),
        Column("calendar_year", "year", "year of a January count", least=1990, most=2100),
        Column("area", "text", "area as in `children`"),
        Column("setting", "text", "where they are: not used"),
        Column("simulation", "text", "number of the simulation"),
        Column("arrivals", "number", "who arrive in the year", **_COUNT),
        Column("low", "number", "with a plan, low", **_COUNT),
        Column("central", "number", "with a plan", **_COUNT),
        Column("high", "number", "with a plan, high", **_COUNT),
    ),
)


@dataclass(frozen=True)
class Forecast:
    """A forecast, read.

    Attributes
    ----------
    table
        `need`, `ncy`, `area`, `year` (academic) and `children`.
    arrivals
        Whether the children are those who arrive, rather than all with a plan.
    says
        How it was read.
    """

    table: pd.DataFrame
    arrivals: bool
    says: str


def read_forecast(path: Path, where: str, rule: Demand) -> tuple[Forecast | None, list[Fault]]:
    """Read a forecast for the scenario of `rule`; None where something is wrong."""
    typed, faults = _rows(path, where)
    return (None, faults) if typed is None else _of_scenario(typed, where, rule, faults)


def read_simulations(
    path: Path, where: str, rule: Demand
) -> tuple[dict[str, Forecast], list[Fault]]:
    """Read every simulation of a forecast by itself, by its name; none where the file has none.

    A cell of need, NCY, area and year that one lacks is nobody.
    """
    typed, faults = _rows(path, where)
    if typed is None or not (typed["simulation"] != "").any():
        return {}, faults
    arrivals = bool(typed["arrivals"].notna().any())
    january = typed["calendar_year"] + rule.forecast_year_shift
    children = typed["arrivals" if arrivals else "central"].fillna(0.0)
    dated = typed.assign(year=typed["year"].fillna(january), children=children)
    keys = ["need", "ncy", "area", "year"]
    return {
        str(name): Forecast(
            rows.groupby(keys, as_index=False, sort=True)[["children"]].sum(), arrivals, str(name)
        )
        for name, rows in dated.groupby("simulation", sort=True)
    }, faults


def _rows(path: Path, where: str) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read the rows of a forecast, checked cell by cell; None where something is wrong."""
    try:
        data = path.read_bytes()
    except OSError:
        remedy = "close it in other programs, and see that you may read it"
        return None, [Fault("E104", where, "the file cannot be opened", remedy)]
    sheet, faults = read_csv(data, where)
    if sheet is None or errors(faults):
        return None, faults
    frame, found = _columns(sheet)
    faults += found
    return (None, faults) if errors(faults) else (values.typed(frame, FORECAST, 0), faults)


def _columns(sheet: Sheet) -> tuple[pd.DataFrame, list[Fault]]:
    """Sort a file's columns into those of `FORECAST`, drop who has no plan, and check every cell."""
    header = [name.lower().replace("_", "-").replace(" ", "-") for name in sheet.header]
    at = {
        name: next(header.index(alias) for alias in aliases if alias in header)
        for name, aliases in NAMES.items()
        if any(alias in header for alias in aliases)
    }
    counted = {"arrivals", "central"} & set(at)
    if not {"need", "ncy"} <= set(at) or not {"year", "calendar_year"} & set(at) or not counted:
        what = "the columns of a forecast are not all there"
        return pd.DataFrame(), [Fault("E1604", sheet.where, what, f"it needs {LEAST}")]
    text = [[row[at[name]] if name in at else "" for name in NAMES] for row in sheet.rows]
    frame = values.text_frame(text, list(NAMES), sheet.numbers)
    nobody = (frame["need"].str.upper() == NOBODY) | (frame["setting"].str.upper() == NOBODY)
    frame = frame[~nobody]
    year = "year" if "year" in at else "calendar_year"
    filled = [name for name in (year, *sorted(counted)) if (frame[name] == "").any()]
    faults = values.check(frame, FORECAST, {}, sheet.where, [])
    for name in filled:
        rows = tuple(int(row) for row in frame.index[frame[name] == ""])
        faults.append(
            Fault("E601", sheet.where, "blank, but a value is needed", "fill it in", name, rows)
        )
    return frame[FORECAST.names], faults


def _of_scenario(
    rows: pd.DataFrame, where: str, rule: Demand, faults: list[Fault]
) -> tuple[Forecast | None, list[Fault]]:
    """Take the scenario's number of each row, date it, and sum the settings away."""
    arrivals = bool(rows["arrivals"].notna().any())
    simulated = bool((rows["simulation"] != "").any())
    column = "arrivals" if arrivals else "central" if simulated else rule.scenario
    if rows[column].isna().any() or (arrivals and rule.scenario != "central"):
        what = f"the forecast says nothing of the {rule.scenario} scenario"
        remedy = "add a column `low` or `high` (or p05, p95), or set scenario to central"
        fault = Fault("E1602", where, what, remedy, "demand.scenario")
        return None, [*faults, fault]
    january = rows["calendar_year"] + rule.forecast_year_shift
    dated = rows.assign(year=rows["year"].fillna(january), children=rows[column])
    keys = ["need", "ncy", "area", "year"]
    if simulated:
        table, says = _quantile(dated, keys, rule), f"{_count(dated)} simulations"
    else:
        table = dated.groupby(keys, as_index=False, sort=True)[["children"]].sum()
        says = "as given"
        if dated.duplicated(keys).any():
            says = "settings added up"
            faults = [*faults, *_medians(where, arrivals=arrivals)]
    if rows["year"].isna().any():
        says += f"; a January count is of the academic year {rule.forecast_year_shift:+d}"
    return Forecast(table, arrivals, says), faults


def _count(rows: pd.DataFrame) -> int:
    return int(rows["simulation"].nunique())


def _quantile(rows: pd.DataFrame, keys: list[str], rule: Demand) -> pd.DataFrame:
    """Return the median over simulations, or the 5th or 95th percentile; a cell one lacks is 0 there."""
    level = {"low": 0.05, "central": 0.5, "high": 0.95}[rule.scenario]
    wide = rows.pivot_table(index=keys, columns="simulation", values="children", aggfunc="sum")
    found = wide.fillna(0.0).quantile(level, axis=1)
    return found.to_frame("children").reset_index()


def _medians(where: str, *, arrivals: bool) -> list[Fault]:
    if arrivals:
        return []
    what = "rows of one need, NCY, area and year, as by setting, are added up; medians do not add up exactly"
    remedy = "give the forecast by need and year group over all settings, or the simulations"
    return [Fault("W1605", where, what, remedy)]
