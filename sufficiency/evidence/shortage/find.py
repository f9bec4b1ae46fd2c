"""The transport cost of shortage: journeys that are longer only because a nearer suitable local school is full.

Two measures of the same plan:

* *nearest*: where each child is modelled against the nearest suitable local school, whether that is full or not. The
  way between the two is due to shortage as far as the nearest with room (each child taken by itself), and to price or
  preference beyond;
* *re-solved*: the plan again with the same schemes and prices, but with places for everyone at every local school.
  What journeys differ by, child by child, is what shortage costs, all children taken together: some would be at the
  nearest school then, some still at a cheaper one, and a few further away than now.

A *local* school is the council's own, or in its area, and not independent. Only travel is told: what the places
themselves would cost or save is no part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sufficiency.evidence.counts import Counts
from sufficiency.evidence.journey_savings import MILE_KM, SUMS, rates_of, savings, yearly
from sufficiency.evidence.nearest import NOWHERE, Schools
from sufficiency.evidence.what_if import without_limits
from sufficiency.evidence.whereabouts import local_schools, long_table, side_by_side, whereabouts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.problem import Floats, Ints
    from sufficiency.evidence.study import Study, Trial

#: Journeys that differ by less (one way) are the same.
SAME_KM = 0.05 * MILE_KM
#: The measures, and what each row of their tables counts: children who travel further than they would.
RESOLVED, NEAREST = "resolved", "nearest"
#: No school has caused it.
NONE = ""


@dataclass(frozen=True)
class Pair:
    """The same children as they are modelled, and as they would be: long tables with what transport takes in a year.

    Both have columns `cause` (the school that is full) and `further` (children who travel further than they would).
    """

    before: pd.DataFrame
    after: pd.DataFrame

    def by(self, keys: Sequence[str] = ()) -> pd.DataFrame:
        """Return the extra travel in each year: `savings` of the second, with `further` and `moved` children."""
        found = savings(self.before, self.after, keys)
        rows = self.before.groupby(["year", *keys], as_index=False)[["further", "moved"]].sum()
        return found.merge(rows, "left", ["year", *keys]).fillna({"further": 0.0, "moved": 0.0})

    def only(self, wanted: pd.Series) -> Pair:
        """Return some of the children."""
        return Pair(self.before[wanted], self.after[wanted])


@dataclass(frozen=True)
class Shortage:
    """A plan, and the same with places for everyone at every local school.

    Attributes
    ----------
    resolved
        Children somewhere in both.
    full, other
        By the nearest measure: as modelled against the nearest with room, and that against the nearest of all.
    gained
        (P,) children without a place in the plan who would have one, by year of the plan.
    """

    study: Study
    freed: Trial
    resolved: Pair
    full: Pair
    other: Pair
    gained: Floats

    @cached_property
    def counts(self) -> Counts:
        """What may be told of children."""
        return Counts.of(self.study.prepared.case.settings)

    @property
    def bill_gbp(self) -> pd.Series:
        """The whole transport bill of the plan by academic year."""
        settings = self.study.prepared.case.settings
        years = range(settings.base_year, settings.base_year + settings.years)
        return pd.Series(self.study.plan.account.item("transport"), index=list(years))


def find(study: Study) -> Shortage:
    """Solve the case, and again with places for everyone at every local school."""
    basis, plan = study.prepared.basis, study.plan
    local = local_schools(basis)
    opens = plan.solution.opens
    freed = study.fixed(opens, without_limits(basis, opens, local), break_ties=True)
    now, then = (whereabouts(basis, trial.solution) for trial in (plan, freed))
    both = side_by_side(now, then)
    somewhere = [side.groupby("year")["children"].sum() for side in (now, both)]
    periods = range(basis.case.settings.years)
    all_now = np.bincount(then["year"], then["children"], len(periods))
    gained = all_now - somewhere[0].reindex(periods, fill_value=0.0).to_numpy(np.float64)
    full, other = _by_nearest(study, now)
    moved = both["before"].to_numpy(np.int64), both["after"].to_numpy(np.int64)
    return Shortage(
        study=study,
        freed=freed,
        resolved=_pair(
            study, both, moved[0], moved[1], np.where(moved[0] != moved[1], moved[1], NOWHERE)
        ),
        full=full,
        other=other,
        gained=np.maximum(gained, 0.0),
    )


def _by_nearest(study: Study, now: pd.DataFrame) -> tuple[Pair, Pair]:
    """Return what is due to full schools, and what to price or preference, each child taken by itself."""
    basis, journeys = study.prepared.basis, study.prepared.travel.journeys
    schools = Schools.of(basis, study.plan.solution, journeys)
    nearest, roomy = schools.nearest(now, local_schools(basis))
    origin = basis.costs.origin(now["cohort"].to_numpy(np.int64))
    at = now["provision"].to_numpy(np.int64)

    def km(where: Ints) -> Floats:
        return np.where(where == NOWHERE, np.inf, journeys.km[origin, where])

    here = np.where(np.isfinite(km(at)), km(at), -np.inf)  # no journey is known: nothing is nearer
    with_room = np.where(km(roomy) < here - SAME_KM, roomy, at)
    of_all = np.where(km(nearest) < np.minimum(km(with_room), here) - SAME_KM, nearest, with_room)
    cause = np.where(of_all != with_room, of_all, NOWHERE)
    return _pair(study, now, with_room, of_all, cause), _pair(study, now, at, with_room, cause)


def _pair(study: Study, rows: pd.DataFrame, before: Ints, after: Ints, cause: Ints) -> Pair:
    """Return rows of children at two provisions each."""
    prepared = study.prepared
    basis, journeys = prepared.basis, prepared.travel.journeys
    provisions = prepared.case.provisions
    kinds = dict(zip(provisions["provision_id"], provisions["kind"], strict=True))
    rates = rates_of(prepared.case.settings, kinds)
    names = np.array([*basis.provisions, NONE], object)[cause]
    origin = basis.costs.origin(rows["cohort"].to_numpy(np.int64))
    more = journeys.km[origin, before] - journeys.km[origin, after]
    children = rows["children"].to_numpy(np.float64)
    marked = rows.assign(
        cause=names,
        further=np.where(more > SAME_KM, children, 0.0),
        moved=np.where(before != after, children, 0.0),
    )
    sides = (long_table(basis, journeys, marked, where) for where in (before, after))
    return Pair(*(yearly(side, rates) for side in sides))


#: Sums of travel in the order in which they are told.
TOLD = (
    "child_miles",
    "child_minutes",
    *(name for name in SUMS if name.startswith(("vehicles", "gbp"))),
)


def table(found: Shortage, year: int | None, keys: Sequence[str] = ()) -> pd.DataFrame:
    """Return the extra travel by both measures: a row a group, of one year or (None) a row a year and group.

    Columns: the keys; `children` (who travel further, re-solved) and the `TOLD` sums, re-solved; `moved`, those who
    would be elsewhere; `children_nearest` and `child_miles_nearest` and so on by the nearest measure.
    """
    heads = ["year", *keys]
    one, two = found.resolved.by(keys), found.full.by(keys)
    named = {name: f"{name}_nearest" for name in ("further", *TOLD)}
    both = one[[*heads, "further", "moved", *TOLD]].merge(
        two[[*heads, *named]].rename(columns=named), "outer", heads
    )
    both = both.fillna(0.0).rename(
        columns={"further": "children", "further_nearest": "children_nearest"}
    )
    if year is not None:
        both = both[both["year"] == year].drop(columns="year")
    return both.reset_index(drop=True)
