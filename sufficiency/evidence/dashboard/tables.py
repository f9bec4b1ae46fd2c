"""What the dashboard has besides its lines: need by phase, cost by kind, schemes, packs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sufficiency.evidence.counts import Counts
from sufficiency.evidence.dashboard.lines import BY_KEY, LINES
from sufficiency.evidence.dashboard.published import value
from sufficiency.evidence.dashboard.words import Travel, travel
from sufficiency.needs import NEEDS, PHASES
from sufficiency.rendering import WITHHELD
from sufficiency.settings import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sufficiency.evidence.dashboard.lines import Line
    from sufficiency.evidence.dashboard.published import Run, Value

#: Children behind a mean cost by kind, at least, in thresholds: a fee alone is nobody's then.
LEAST_BEHIND = 2
#: A kind's cost is rounded to so many pounds.
NEAREST_GBP = 100


# Need by phase


@dataclass(frozen=True)
class Spot:
    """A need in a phase, in one year: children, and of them without a place, independent, out of area."""

    children: Value
    unplaced: Value
    independent: Value
    out_of_area: Value


def spots(run: Run, year: int) -> dict[tuple[str, str], Spot]:
    """Return what is told of each need and phase in a year."""
    rows = run.table("gap")
    mine = rows[rows["year"] == str(year)]
    columns = ("children", "unplaced", "independent", "out_of_area")
    return {
        (str(row["need"]), str(row["phase"])): Spot(*(value(row[name]) for name in columns))
        for row in mine.to_dict("records")
    }


def needs_in_order(found: Mapping[tuple[str, str], Spot]) -> list[str]:
    """Return needs with most children first, as far as that is told."""
    told: dict[str, float] = {}
    for (need, _), spot in found.items():
        count = spot.children
        told[need] = told.get(need, 0.0) + (count if isinstance(count, float) else 0.0)
    return sorted(
        told, key=lambda need: (-told[need], list(NEEDS).index(need) if need in NEEDS else 99)
    )


def phases_of(found: Mapping[tuple[str, str], Spot]) -> list[str]:
    """Return the phases that there are, youngest first."""
    there = {phase for _, phase in found}
    return [phase for phase in PHASES if phase in there]


# Cost by kind of provision


def costs(run: Run, year: int) -> pd.DataFrame:
    """Return what a child costs in a year by kind of provision: its top-up or fee, and its transport.

    Of the placements whose rows are published, which is said; kinds with too few of them have no row.

    Columns: `kind` (in words), `gbp`, `told_pct` (of the year's children, whose rows are published).
    """
    rows = run.table("placements")
    mine = rows[rows["year"] == str(year)]
    told = mine[mine["provision"] != WITHHELD]
    everyone = [v for v in map(value, mine["children"]) if isinstance(v, float)]
    kinds = told["provision"].map(run.provisions["kind"])
    sums = told[["children", "gbp"]].astype(float).groupby(kinds).sum()
    sums = sums[sums["children"] >= LEAST_BEHIND * run.threshold]
    own = run.settings.get("kinds") or {}
    words = {**KINDS, **{name: str(kind["title"]) for name, kind in own.items()}}
    each = (sums["gbp"] / sums["children"] / NEAREST_GBP).round() * NEAREST_GBP
    share = 100 * float(told["children"].astype(float).sum()) / sum(everyone) if everyone else 0.0
    made = pd.DataFrame(
        {"kind": [words.get(str(k), str(k)) for k in each.index], "gbp": each.to_numpy()}
    )
    return made.assign(told_pct=round(share)).sort_values("gbp", ignore_index=True)


# Schemes


def schemes(run: Run) -> pd.DataFrame:
    """Return the schemes, those that open first, by their year: `name`, `status`, `year`, `places`, `capital_gbp`."""
    rows = run.table("schemes")
    if rows.empty:
        return rows
    made = pd.DataFrame(
        {
            "name": rows["name"].where(rows["name"] != "", rows["scheme_id"]),
            "status": rows["decision"],
            "year": pd.to_numeric(rows["year"]),
            "places": rows["places"].astype(float),
            "capital_gbp": rows["capital_gbp"].astype(float),
        }
    )
    return made.sort_values("year", kind="stable", ignore_index=True)


# One pack beside the last


@dataclass(frozen=True)
class Beside:
    """A figure of several runs in one academic year: its values as they may be told, oldest run first."""

    line: Line
    year: int
    values: Sequence[Value]
    change: Travel


#: The figures that packs are compared by, in their order; the others follow from them.
COMPARED = (
    "needing", "without", "local", "away", "independent", "places", "full", "minutes", "over_45",
    "revenue", "transport", "capital",
)  # fmt: skip


def beside(runs: Sequence[Run]) -> list[Beside]:
    """Return the figures of runs side by side, in the first and the last academic year that all plan.

    Parameters
    ----------
    runs
        Oldest first.
    """
    common = sorted(set.intersection(*(set(run.years) for run in runs)))
    rule = Counts(max(run.threshold for run in runs), _nearest(runs))
    found = []
    for year in dict.fromkeys((common[0], common[-1])):
        for key in COMPARED:
            line = BY_KEY[key]
            shown = [_apart(line, line.of(run).get(year), rule) for run in runs]
            found.append(Beside(line, year, shown, _change(line, shown)))
    return found


def _nearest(runs: Sequence[Run]) -> int:
    rules = [int(run.settings["disclosure"].get("round_to") or 0) for run in runs]
    return max(Counts().nearest, *rules)


def _apart(line: Line, shown: Value, rule: Counts) -> Value:
    """Return a figure as it may stand beside that of another run: counts rounded to five, journeys to a minute."""
    if not isinstance(shown, float):
        return shown
    if line.unit == "children":
        told = rule.shown(shown)
        return WITHHELD if told is None else float(told)
    return round(shown) + 0.0 if line.unit == "minutes" else line.rounded(shown)


def _change(line: Line, shown: Sequence[Value]) -> Travel:
    return travel(line, *shown[-2:]) if len(shown) > 1 else Travel("", "")


def figures(run: Run) -> pd.DataFrame:
    """Return every figure of the dashboard by year, long.

    Columns: `panel`, `key`, `measure`, `unit`, `year`, `value`, `at_least` (where the value is withheld and that is
    known).
    """
    rows = [
        (
            line.panel,
            line.key,
            line.label,
            line.unit,
            year,
            line.told(v),
            line.least(run).get(year) or None if v == WITHHELD else None,
        )
        for line in LINES
        for year, v in line.of(run).items()
    ]
    names = ["panel", "key", "measure", "unit", "year", "value", "at_least"]
    return pd.DataFrame(rows, columns=names)
