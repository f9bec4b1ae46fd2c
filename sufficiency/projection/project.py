"""From a case to its arrivals: the method that the case asks for, placed in space, and stamped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.demand import dated
from sufficiency.faults import Fault, errors
from sufficiency.projection import numbers, space
from sufficiency.projection.forecasts import read_forecast
from sufficiency.projection.stock import SOURCE, profiles, read_stock
from sufficiency.setting_demand import SCALES

if TYPE_CHECKING:
    from sufficiency.case import Case
    from sufficiency.locate import Located
    from sufficiency.projection.forecasts import Forecast
    from sufficiency.projection.stock import Stock
    from sufficiency.setting_demand import Demand

METHODS = ("growth", "rates", "forecast")


@dataclass(frozen=True, eq=False)
class Projection:
    """Arrivals of the plan's years.

    Attributes
    ----------
    method
        One of `METHODS`; "" when nothing is projected.
    arrivals
        What is expected: `need`, `ncy`, `area` ("" = anywhere), `year` (academic) and `children`.
    rows
        The same as rows of `new_children`, each at a spot.
    stamp
        Method, parameters and totals, for the record of the run.
    whole
        The same before it was scaled; None if it was not.
    """

    method: str
    arrivals: pd.DataFrame
    rows: pd.DataFrame
    stamp: dict[str, object]
    whole: Projection | None = None

    def scaled(self, rule: Demand) -> Projection:
        """Return what comes of it where not all of the arrivals come, or more (`demand.arrivals_pct`)."""
        if not self.method or not (rule.model_fields_set & SCALES):
            return self
        arrivals, rows = (
            table.assign(children=table["children"] * table["need"].map(rule.share_of_arrivals))
            for table in (self.arrivals, self.rows)
        )
        stamp = self.stamp | _scaled_stamp(str(self.stamp["says"]), arrivals, rule)
        return Projection(self.method, arrivals, rows, stamp, whole=self)

    @property
    def says(self) -> str:
        """The method as one sentence, or that nobody is projected."""
        return str(self.stamp.get("says", ""))


NOTHING = Projection("", pd.DataFrame(columns=numbers.COLUMNS), pd.DataFrame(), {})


def method_of(case: Case) -> str:
    """Return the method that a case asks for, "" for none: the arrivals it lists, or nobody."""
    rule = case.settings.demand
    asked = "demand" in case.settings.model_fields_set and rule.projects
    if not asked or len(case.new_children):
        return ""
    if rule.forecast:
        return "forecast"
    if len(case.rates) or len(case.new_plans):
        return "rates"
    return "growth" if rule.growth_pct is not None or rule.growth_by_need_pct else ""


def project(case: Case, everyone: pd.DataFrame, located: Located) -> tuple[Projection, list[Fault]]:
    """Project the arrivals of a case; nobody where it lists them itself or has no `[demand]`.

    Parameters
    ----------
    everyone
        As from `demand.people`, with `area` filled in.
    """
    method = method_of(case)
    if not method or not everyone["children"].sum():
        return NOTHING, []
    rule = case.settings.demand
    expected = {*case.rates["need"], *case.new_plans["need"], *rule.growth_by_need_pct}
    faults: list[Fault] = []
    forecast = None
    if method == "forecast":
        forecast, faults = read_forecast(case.folder / rule.forecast, rule.forecast, rule)
        if forecast is None:
            return NOTHING, faults
        expected = set(forecast.table["need"])
    stock = read_stock(everyone, case.settings, expected - {""})
    if forecast is not None:
        faults += _forecast_faults(case, forecast.table, everyone, arrivals=forecast.arrivals)
        arrivals = from_forecast(case, stock, forecast)
        detail: dict[str, object] = {"file": rule.forecast, "read": forecast.says}
    elif method == "rates":
        arrivals, detail, faults = _rates(case, stock)
    else:
        arrivals = numbers.as_table(
            stock.needs, numbers.by_growth(stock, profiles(stock, case.new_plans), rule)
        )
        detail = {}
    if errors(faults) or not len(arrivals):
        return NOTHING, [*faults, *_nobody(case, faults)]
    return placed(case, everyone, located, method, arrivals, detail, faults)


def _rates(case: Case, stock: Stock) -> tuple[pd.DataFrame, dict[str, object], list[Fault]]:
    settings = case.settings
    profile = profiles(stock, case.new_plans)
    population, filled = numbers.whole_population(case.population, settings)
    detail: dict[str, object] = {"rates": "from the table rates"}
    rates = case.rates.astype({"ncy": int})
    if not len(rates):
        rates = numbers.rates_of(
            case.new_plans, population, settings.demand.rate_years, profile, stock
        )
        latest = sorted(set(case.new_plans["year"].astype(int)))[-settings.demand.rate_years :]
        detail["rates"] = f"new plans of {latest[0]} to {latest[-1]} over population"
    faults = []
    if filled:
        what = f"{len(filled)} years of the plan are not in it; each is taken from the year before"
        remedy = "give every year of the plan, from the council's or the ONS's projections"
        faults.append(Fault("W1603", case.files["population"], what, remedy, "year"))
    lost = sorted(set(rates["ncy"]) - set(population["ncy"]))
    if lost:
        what = f"there are rates of year groups without a population ({len(lost)} of them)"
        remedy = "give the population of NCY " + ", ".join(map(str, lost))
        faults.append(Fault("E1603", case.files["population"], what, remedy, "ncy"))
    arrivals = numbers.by_rates(settings, rates, population, stock)
    return arrivals[arrivals["children"] > 0], detail, faults


def from_forecast(case: Case, stock: Stock, forecast: Forecast) -> pd.DataFrame:
    """Return the arrivals that a forecast means, of those children who need a place of this case."""
    table = forecast.table.astype({"ncy": int, "year": int})
    share = case.settings.demand.specialist_pct
    part = table["need"].map(lambda need: share.get(need, 100.0) / 100)
    table = table.assign(children=table["children"] * part)
    if forecast.arrivals:
        return as_given(case, table)
    return numbers.by_forecast(stock, table, case.settings)


def as_given(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """Take a forecast of arrivals as it is, within the plan and up to the last NCY."""
    settings = case.settings
    t = table["year"] - settings.base_year
    kept = t.between(0, settings.years - 1) & (table["ncy"] <= settings.leaving.last_ncy)
    return table.assign(year=t)[kept & (table["children"] > 0)][numbers.COLUMNS]


def _forecast_faults(
    case: Case, table: pd.DataFrame, everyone: pd.DataFrame, *, arrivals: bool
) -> list[Fault]:
    where, settings = case.settings.demand.forecast, case.settings
    faults = []
    if strange := set(table["area"]) - {""} - set(everyone["area"]):
        what = f"{len(strange)} areas are nobody's home in {case.files['children']}: their arrivals go anywhere"
        remedy = "spell areas as `area` is spelt there, or leave the column out"
        faults.append(Fault("W1606", where, what, remedy, "area"))
    years = set(table["year"].astype(int))
    if not arrivals and (table["area"] != "").any() and settings.base_year not in years:
        what = "a forecast by area lacks the plan's first year, with which to compare the next"
        remedy = "add that year, or leave the column `area` out"
        faults.append(Fault("E1604", where, what, remedy, "year"))
    missing = set(range(settings.base_year + 1, settings.last_year + 1)) - years
    if missing:
        what = f"{len(missing)} years of the plan are not in the forecast: nobody arrives in them"
        faults.append(Fault("W1603", where, what, "add them, or shorten the plan: `years`", "year"))
    return faults


def _nobody(case: Case, faults: list[Fault]) -> list[Fault]:
    if errors(faults):
        return []
    what = "the projection brings nobody: all who are there already are enough for it"
    return [Fault("W1607", case.files["settings"], what, "look at [demand] again", "demand")]


def placed(
    case: Case,
    everyone: pd.DataFrame,
    located: Located,
    method: str,
    arrivals: pd.DataFrame,
    detail: dict[str, object],
    faults: list[Fault],
) -> tuple[Projection, list[Fault]]:
    """Place arrivals in space and stamp the projection."""
    rule, base = case.settings.demand, case.settings.base_year
    if case.settings.travel.method == "table" or not np.isfinite(located.homes).all():
        what = "projected arrivals need a map: a table of journeys has none for them"
        remedy = "use travel by straight line or road, or list arrivals in new_children"
        return NOTHING, [*faults, Fault("E1605", case.files["children"], what, remedy, "demand")]
    spots = space.find_spots(everyone, located.homes, rule.kernel_km)
    now = everyone.assign(ncy_now=dated(everyone, case.settings)["ncy"])
    settled = space.settle(arrivals, spots, space.suits_shares(now), rule.children_per_row)
    rows = as_children(settled, spots, base, everyone)
    expected = arrivals.assign(year=arrivals["year"] + base).reset_index(drop=True)
    stamp = _stamp(case, method, expected, len(spots.area), detail)
    what = f"{stamp['says']}"
    remedy = "nothing to do; list arrivals in new_children to plan for others"
    faults = [*faults, Fault("W1604", case.files["settings"], what, remedy, "demand")]
    return Projection(method, expected, rows, stamp), faults


def as_children(
    settled: pd.DataFrame, spots: space.Spots, base: int, everyone: pd.DataFrame
) -> pd.DataFrame:
    """Return settled arrivals in the columns of `demand.people`."""
    spot = settled["spot"].to_numpy(np.int64)
    rows = pd.DataFrame(
        {
            "child_id": [f"projected-{n}" for n in range(1, len(settled) + 1)],
            "children": settled["children"].astype(float),
            "easting_m": spots.points[spot, 0],
            "northing_m": spots.points[spot, 1],
            "area": np.array(spots.area, object)[spot],
            "need": settled["need"],
            "suits": settled["suits"],
            "ncy": settled["ncy"],
            "start_year": settled["year"].astype(int) + base,
            "status": "seeking",
            "table": "settings",
            "row": 0,
        }
    )
    for column in everyone.columns:
        if column not in rows:
            rows[column] = np.nan if everyone[column].dtype.kind == "f" else ""
    return rows[list(everyone.columns)].astype(everyone.dtypes.to_dict())


def _stamp(
    case: Case, method: str, expected: pd.DataFrame, spots: int, detail: dict[str, object]
) -> dict[str, object]:
    rule = case.settings.demand
    given = {name: getattr(rule, name) for name in sorted(rule.model_fields_set)}
    total = float(expected["children"].sum())
    by_year = expected.groupby("year")["children"].sum()
    how = {
        "growth": f"children with a plan grow by {_growth(case)}",
        "rates": f"rates on population, {detail.get('rates')}, growing by {_growth(case)}",
        "forecast": f"the forecast {detail.get('file')} ({detail.get('read')})",
    }[method]
    return {
        "says": f"{total:,.0f} arrivals are projected, not listed: {how}; scenario {rule.scenario}",
        "method": method,
        "scenario": rule.scenario,
        "parameters": given
        | {"kernel_km": rule.kernel_km, "children_per_row": rule.children_per_row},
        "detail": detail,
        "new_plans_by_ncy": SOURCE if method != "forecast" else "",
        "spots": spots,
        "children": total,
        "by_year": {str(year): float(count) for year, count in by_year.items()},
    }


def _scaled_stamp(says: str, expected: pd.DataFrame, rule: Demand) -> dict[str, object]:
    """Return what the stamp says of a projection whose arrivals were scaled."""
    total = float(expected["children"].sum())
    by_year = expected.groupby("year")["children"].sum()
    shares = [f"{need} {pct:g}%" for need, pct in sorted(rule.arrivals_by_need_pct.items())]
    own = f" ({', '.join(shares)})" if shares else ""
    return {
        "says": f"{says}; {rule.arrivals_pct:g}%{own} of them, or {total:,.0f}, are planned for",
        "children": total,
        "by_year": {str(year): float(count) for year, count in by_year.items()},
    }


def _growth(case: Case) -> str:
    """Say the growth a year, and which needs and year groups have one of their own."""
    rule = case.settings.demand
    apart = [f"{need} {rule.growth_of(need):g}%" for need in sorted(rule.growth_by_need_pct)]
    apart += [f"NCY {ncy} {pct:g}%" for ncy, pct in sorted(rule.growth_by_ncy_pct.items())]
    return f"{rule.growth():g}% a year" + (f" ({', '.join(apart)})" if apart else "")


def with_arrivals(
    everyone: pd.DataFrame, located: Located, projection: Projection
) -> tuple[pd.DataFrame, Located]:
    """Add projected arrivals to everyone, and their spots to the homes."""
    if not len(projection.rows):
        return everyone, located
    both = pd.concat([everyone, projection.rows], ignore_index=True)
    points = projection.rows[["easting_m", "northing_m"]].to_numpy(np.float64)
    homes = np.vstack([located.homes, points])
    return both, replace(located, homes=homes, area=both["area"])
