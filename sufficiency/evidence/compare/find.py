"""Two or more finished plans side by side, exactly: what they are of, what differs, and what becomes of whom.

Nothing here is solved again: every figure is of the plans' own tables. What of it may be told is `compare_told`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sufficiency import needs, who_is_where
from sufficiency.changes import outcomes
from sufficiency.child_years import DUST
from sufficiency.cohorts import SAME
from sufficiency.evidence.journey_savings import savings
from sufficiency.geographies import MOST_HIDDEN_PCT, geographies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sufficiency.evidence.compare.finished import Finished
    from sufficiency.evidence.counts import Counts

#: What travel savings, gains and losses are broken down by, besides all together.
BREAKDOWNS = ("need", "phase", "area", "provision")
#: What makes two groups of children the same, wherever their provisions stand in the list.
ALIKE = [*SAME[:-1], "ncy", "year", "status"]
#: Settings that say how journeys are measured: if they differ, so may every journey.
MEASURED = ("travel.method", "travel.detour_factor", "travel.speed_kph", "travel.speed_factor")
#: Settings that bear on no figure.
WORDS = ("title.", "notice.", "data_date.", "map.")
NOT_SET = "not set"
#: How a scenario's difference begins that is one of the settings, which are compared by themselves.
SETTING = "setting "


@dataclass(frozen=True)
class Sides:
    """A baseline and an option.

    Attributes
    ----------
    before, after
        The two plans.
    areas
        What every area of a home belongs to, in the geography chosen.
    """

    before: Finished
    after: Finished
    areas: Mapping[str, str]

    @cached_property
    def years(self) -> list[int]:
        """The academic years that both plan."""
        return sorted(set(self.before.years) & set(self.after.years))

    @cached_property
    def same_children(self) -> bool:
        """Whether both are for the same children, in number and kind."""
        return _same(self.before.groups, self.after.groups, [c for c in ALIKE if c != "origin"])

    @cached_property
    def same_homes(self) -> bool:
        """Whether the homes of both are numbered alike, so that children can be paired."""
        return self.same_children and _same(self.before.groups, self.after.groups, ALIKE)

    @cached_property
    def same_journeys(self) -> bool:
        """Whether journeys were measured alike."""
        return not any(name in MEASURED for name, *_ in self.settings)

    @cached_property
    def settings(self) -> list[tuple[str, str, str]]:
        """The settings that differ, with their values."""
        sides = [dict(_flat(plan.settings)) for plan in (self.before, self.after)]
        names = dict.fromkeys([*sides[0], *sides[1]])
        values = [(name, *(side.get(name, NOT_SET) for side in sides)) for name in names]
        return [(name, before, after) for name, before, after in values if before != after]

    @cached_property
    def inputs(self) -> list[tuple[str, str]]:
        """The inputs that differ, and how."""
        sides = [dict(plan.record["inputs_sha256"]) for plan in (self.before, self.after)]
        names = sorted({*sides[0], *sides[1]})
        return [
            (name, _how(*(side.get(name) for side in sides)))
            for name in names
            if sides[0].get(name) != sides[1].get(name)
        ]

    @cached_property
    def scenarios(self) -> list[tuple[str, bool, bool]]:
        """What their scenarios do otherwise than their case, settings aside, and which of the two does it."""
        sides = [
            [words for words in _differences(plan) if not words.startswith(SETTING)]
            for plan in (self.before, self.after)
        ]
        found = [
            (words, words in sides[0], words in sides[1])
            for words in dict.fromkeys([*sides[0], *sides[1]])
        ]
        return [row for row in found if row[1] != row[2]]

    def savings(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return what transport saves in each year: as from `journey_savings.savings`."""
        sides = (self._of_years(plan.transport) for plan in (self.before, self.after))
        before, after = sides
        return savings(before, after, by)

    def _of_years(self, rows: pd.DataFrame) -> pd.DataFrame:
        mine = rows[rows["year"].isin(self.years)]
        return mine.assign(area=mine["area"].map(self.areas))

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What becomes of children: a row a pair of journeys.

        Columns: `year`, `need`, `phase`, `area`; `outcome`, `children` and `minutes` (by how many longer), as from
        `changes.outcomes`. Empty if the children cannot be paired.
        """
        both = self._both()
        if not self.same_homes or both.empty:
            return pd.DataFrame(
                columns=["year", "need", "phase", "area", "outcome", "children", "minutes"]
            )
        cohorts = both.drop_duplicates("cohort").set_index("cohort")
        found = outcomes(both)
        for column in ("need", "area"):
            found[column] = found["cohort"].map(cohorts[column])
        first = self.after.years.start
        found["phase"] = (found["year"] - first - found["cohort"].map(cohorts["reception"])).map(
            needs.phase
        )
        return found.assign(area=found["area"].map(self.areas))

    def _both(self) -> pd.DataFrame:
        """Return children of each cohort, year and provision, of either plan."""
        keys = [*SAME, "year", "provision"]
        sides = []
        for plan in (self.before, self.after):
            rows = plan.children[plan.children["year"].isin(self.years)]
            sides.append(
                rows.groupby(keys)[["children", "minutes"]].agg(
                    {"children": "sum", "minutes": "first"}
                )
            )
        named = [
            side.add_suffix(end) for side, end in zip(sides, ("_before", "_after"), strict=True)
        ]
        both = pd.concat(named, axis=1).reset_index()
        minutes = both["minutes_before"].fillna(both["minutes_after"])
        both["minutes"] = minutes.mask(both["provision"] == who_is_where.NONE, np.inf)
        both["cohort"] = both.groupby(SAME).ngroup()
        return both.fillna({"children_before": 0.0, "children_after": 0.0})


def sides_of(plans: Sequence[Finished], counts: Counts) -> list[Sides]:
    """Return every option beside the baseline, which is the first plan.

    All are at the finest geography that tells of most of the children who change in the last year.
    """
    maps = geographies(pd.concat([plan.children["area"] for plan in plans]))
    for areas in maps.values():
        sides = [Sides(plans[0], option, areas) for option in plans[1:]]
        if max(_hidden_pct(side, counts) for side in sides) <= MOST_HIDDEN_PCT:
            break
    return sides


def _hidden_pct(sides: Sides, counts: Counts) -> float:
    """Return the share of the children who change, in per cent, whose area would be withheld."""
    found = sides.savings(["area"])
    changed = found.loc[found["year"] == sides.years[-1], "changed"]
    few = changed[~changed.map(counts.tells).astype(bool)]
    return 100 * few.sum() / changed.sum() if changed.any() else 0.0


def _same(first: pd.DataFrame, second: pd.DataFrame, keys: list[str]) -> bool:
    """Whether there are as many children of each kind."""
    sums = [groups.groupby(keys)["children"].sum() for groups in (first, second)]
    return bool((sums[0].sub(sums[1], fill_value=0.0).abs() < DUST).all())


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield every setting that bears on figures by its dotted name, as text."""
    for name, value in table.items():
        path = prefix if name == "by_kind" else f"{prefix}{name}."
        if path in WORDS:
            continue
        if isinstance(value, dict):
            yield from _flat(value, path)
        else:
            number = isinstance(value, float)
            yield (
                path.rstrip("."),
                NOT_SET if value is None else f"{value:,.10g}" if number else str(value),
            )


def _differences(plan: Finished) -> list[str]:
    """Return how the scenario that was planned differs from its case, a phrase each; nothing for the case as it is."""
    return [str(words) for words in (plan.summary.get("scenario") or {}).get("differences", ())]


def _how(before: object, after: object) -> str:
    if before is None:
        return "only in the option"
    return "only in the baseline" if after is None else "differs"
