"""What may be told of plans side by side: counts rounded, and nothing by which one child could be found.

Savings of money and miles are withheld with the children behind them (`journey_savings.withheld`), and are rounded so
that a figure of many does not give away one of few.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.changes import tally
from sufficiency.compared import round_changes
from sufficiency.evidence.compare.find import BREAKDOWNS, Sides
from sufficiency.evidence.counts import NEAREST as ROUNDED
from sufficiency.evidence.counts import WITHHELD, Counts
from sufficiency.evidence.journey_savings import RANGED, withheld
from sufficiency.ledger import CAPITAL, REVENUE, TRANSPORT
from sufficiency.needs import NEEDS, PHASES, UNASSESSED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sufficiency.evidence.compare.finished import Finished

#: What stands for all children together, and what a breakdown of nothing is called.
ALL = "all"
#: The column of the ledger that is discounted.
PRESENT = "gbp_discounted"
#: What savings are rounded to, by their unit.
NEAREST = {"miles": 100.0, "hours": 10.0, "vehicles": 0.1, "gbp": 100.0, "tonnes": 0.1}
#: By column of what is told: the sum it is of, what divides it, and its unit in `NEAREST`.
SAVED: Mapping[str, tuple[str, float, str]] = {
    "child_miles": ("child_miles", 1.0, "miles"),
    "child_hours": ("child_minutes", 60.0, "hours"),
    "vehicles": ("vehicles", 1.0, "vehicles"),
    "vehicle_miles": ("vehicle_miles", 1.0, "miles"),
    "gbp": ("gbp", 1.0, "gbp"),
    "tonnes_co2": ("kg_co2", 1000.0, "tonnes"),
}


@dataclass(frozen=True)
class Measure:
    """A line of plans side by side.

    Attributes
    ----------
    label
        What it is; ``{year}`` in it is the last academic year that all plans have.
    of
        The exact figure of a plan in that year.
    kind
        "plain" for what counts no children, "count" for what does, "minutes" for a mean of journeys, "gbp".
    """

    key: str
    label: str
    of: Callable[[Finished, int], float]
    kind: str = "count"


@dataclass(frozen=True)
class Comparison:
    """A baseline, and its options.

    Attributes
    ----------
    plans
        The baseline first.
    sides
        Each option beside it.
    """

    plans: tuple[Finished, ...]
    sides: tuple[Sides, ...]
    counts: Counts

    @property
    def base(self) -> Finished:
        """The baseline."""
        return self.plans[0]

    @cached_property
    def last_year(self) -> int:
        """The last academic year that all plans have."""
        return int(min(side.years[-1] for side in self.sides))

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Exact figures: a row a measure, a column a plan, by position."""
        values = {
            measure.key: [measure.of(plan, self.last_year) for plan in self.plans]
            for measure in MEASURES
        }
        return pd.DataFrame.from_dict(values, orient="index")

    @cached_property
    def savings(self) -> pd.DataFrame:
        """What transport saves, exact: `option` (its position), `by`, `group`, and as from `journey_savings`.

        `hidden` says what may not be told.
        """
        parts = []
        for n, side in enumerate(self.sides):
            for by in (ALL, *BREAKDOWNS):
                keys = [] if by == ALL else [by]
                found = side.savings(keys)
                others = [
                    Sides(earlier.after, side.after, side.areas).savings(keys)
                    for earlier in self.sides[:n]
                ]
                found["hidden"] = withheld(found, self.counts, others)
                group = found[by] if keys else pd.Series(ALL, found.index)
                parts.append(found.drop(columns=keys).assign(option=n, by=by, group=group))
        return _in_order(pd.concat(parts, ignore_index=True))

    @cached_property
    def told_savings(self) -> pd.DataFrame:
        """What transport saves, as anyone may see it: rounded, a range from low to high, withheld where it must be."""
        rows = self.savings
        shown = rows[["option", "by", "group", "year"]].copy()
        for side in ("before", "after"):
            counts = rows[f"transported_{side}"].map(self.counts.shown).astype(object)
            shown[f"children_{side}"] = counts.where(counts.notna(), WITHHELD)
        for name, (column, divisor, unit) in SAVED.items():
            for told, exact in _ends(rows, name, column):
                step = NEAREST[unit]
                whole = step * np.floor(exact.abs() / divisor / step + 0.5)
                signed = (np.sign(exact) * whole).round(1) + 0.0
                shown[told] = signed.astype(object).mask(rows["hidden"], WITHHELD)
        return shown

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What becomes of children, exact: `option`, `by`, `group`, `year`, and as from `changes.tally`."""
        parts = []
        for n, side in enumerate(self.sides):
            for by in (ALL, *BREAKDOWNS[:-1]):
                rows = side.changes.assign(group=ALL if by == ALL else side.changes.get(by))
                parts.append(tally(rows, ["year", "group"]).assign(option=n, by=by))
        return _in_order(pd.concat(parts, ignore_index=True))

    @cached_property
    def told_changes(self) -> pd.DataFrame:
        """What becomes of children, rounded to five and withheld under the threshold."""
        return round_changes(self.changes, self.counts.threshold)

    @cached_property
    def money(self) -> pd.DataFrame:
        """Pounds by option, budget and year of the baseline and of the option, and the change."""
        before = self.base.by_budget["gbp"]
        parts = []
        for n, side in enumerate(self.sides):
            both = pd.DataFrame({"baseline_gbp": before, "option_gbp": side.after.by_budget["gbp"]})
            mine = both.reset_index()
            parts.append(mine[mine["year"].isin(side.years)].assign(option=n))
        rows = pd.concat(parts, ignore_index=True)
        return rows.assign(change_gbp=rows["option_gbp"] - rows["baseline_gbp"])

    def told(self, measure: Measure, plan: int) -> float | None:
        """Return a measure of a plan as it may be told; None where it may not."""
        exact = float(self.measures[plan][measure.key])
        if measure.kind == "count":
            return self.counts.shown(exact)
        if measure.kind == "minutes":
            travelling = _travelling(self.plans[plan], self.last_year)["children"].sum()
            return round(exact) if travelling >= 2 * self.counts.threshold else None
        return round(exact, 2)


def counts_of(plans: Sequence[Finished]) -> Counts:
    """Return the strictest rule of all plans on what may be told of children."""
    rules = [plan.settings["disclosure"] for plan in plans]
    threshold = max(int(rule["threshold"]) for rule in rules)
    return Counts(threshold, max(ROUNDED, *(int(rule["round_to"] or 0) for rule in rules)))


def _ends(rows: pd.DataFrame, name: str, column: str) -> Iterator[tuple[str, pd.Series]]:
    """Yield a saving by the name of its column, or both ends of its range."""
    if column not in RANGED:
        yield name, rows[column]
        return
    both = rows[[f"{column}_whole", f"{column}_pro_rata"]]
    yield f"{name}_low", both.min(axis=1)
    yield f"{name}_high", both.max(axis=1)


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort by option, breakdown, needs and phases in the order of the field, and year."""
    breakdowns = {by: n for n, by in enumerate((ALL, *BREAKDOWNS))}
    words = {name: f"{n:03d}" for n, name in enumerate((ALL, *PHASES, *NEEDS, UNASSESSED))}
    keys = rows.assign(
        by=rows["by"].map(breakdowns), group=rows["group"].map(lambda g: words.get(g, g))
    )
    order = keys.sort_values(["option", "by", "group", "year"], kind="stable").index
    first = ["option", "by", "group", "year"]
    return rows.loc[order, [*first, *(c for c in rows if c not in first)]].reset_index(drop=True)


def _budget(budget: str, column: str = "gbp") -> Callable[[Finished, int], float]:
    return lambda plan, _: float(plan.by_budget[column].xs(budget, level="budget").sum())


def _children(where: Callable[[Finished], pd.DataFrame]) -> Callable[[Finished, int], float]:
    def count(plan: Finished, year: int) -> float:
        rows = where(plan)
        return float(rows.loc[rows["year"] == year, "children"].sum())

    return count


def _travelling(plan: Finished, year: int) -> pd.DataFrame:
    rows = plan.somewhere
    return rows[(rows["year"] == year) & rows["minutes"].notna()]


def _mean_minutes(plan: Finished, year: int) -> float:
    rows = _travelling(plan, year)
    children = rows["children"].sum()
    return float((rows["minutes"] * rows["children"]).sum() / children) if children else np.nan


def _over(minutes: float) -> Callable[[Finished, int], float]:
    return _children(lambda plan: plan.somewhere[plan.somewhere["minutes"] > minutes])


def _independent(plan: Finished) -> pd.DataFrame:
    return plan.somewhere[plan.somewhere["independent"]]


def _out_of_area(plan: Finished) -> pd.DataFrame:
    return plan.somewhere[plan.somewhere["out_of_area"]]


def _opened(column: str) -> Callable[[Finished, int], float]:
    return lambda plan, _: float(plan.opened[column].sum())


def _summed(key: str) -> Callable[[Finished, int], float]:
    return lambda plan, _: float(plan.summary[key])


MEASURES: Sequence[Measure] = (
    Measure("schemes_open", "Proposed schemes that open", lambda p, _: len(p.opened), "plain"),
    Measure("places_added", "Places they add in full", _opened("places"), "plain"),
    Measure("capital_of_schemes_gbp", "Capital of those schemes", _opened("capital_gbp"), "gbp"),
    Measure("unplaced_child_years", "Child-years without a place", _summed("unplaced_child_years")),
    Measure("unplaced", "Children without a place, {year}", _children(lambda p: p.without)),
    Measure("independent", "Children in independent places, {year}", _children(_independent)),
    Measure("out_of_area", "Children placed out of area, {year}", _children(_out_of_area)),
    Measure("mean_minutes", "Mean journey one way, minutes, {year}", _mean_minutes, "minutes"),
    Measure("over_45", "Children over 45 minutes, {year}", _over(45)),
    Measure("over_75", "Children over 75 minutes, {year}", _over(75)),
    Measure("cost_gbp", "Real cost of what is decided, discounted", _summed("cost_gbp"), "gbp"),
    Measure("revenue_gbp", "High needs revenue", _budget(REVENUE), "gbp"),
    Measure("transport_gbp", "Transport", _budget(TRANSPORT), "gbp"),
    Measure("capital_gbp", "Capital cash", _budget(CAPITAL), "gbp"),
    Measure("revenue_discounted_gbp", "High needs revenue, discounted", _budget(REVENUE, PRESENT), "gbp"),
    Measure("transport_discounted_gbp", "Transport, discounted", _budget(TRANSPORT, PRESENT), "gbp"),
)  # fmt: skip
