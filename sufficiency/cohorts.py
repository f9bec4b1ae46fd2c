"""Cohorts: alike children followed through the years of the plan, and the states in which they seek a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from models.problem import Bools, Floats, Ints
    from sufficiency.settings import Settings
    from sufficiency.standing import Standing

#: What stays the same about children as they grow: `reception` is the year of the plan in which they are NCY 0.
SAME = ["origin", "area", "need", "need_2", "suits", "reception"]


@dataclass(frozen=True)
class Cohorts:
    """Cohorts and their states.

    Attributes
    ----------
    table
        A row a cohort: the columns of `SAME`.
    cohort, year, ncy
        (S,) cohort of each state, its year of the plan and the NCY in it.
    keeps
        (S,) position of the provision that a state under review may keep, or -1.
    supply
        (S,) children who first seek a place there.
    ordinary
        (C,) state of each cohort in its first year, and
    first
        (C,) that year; its other states follow one a year, to
    last
        (C,) its last year.
    """

    table: pd.DataFrame
    cohort: Ints
    year: Ints
    ncy: Ints
    keeps: Ints
    supply: Floats
    ordinary: Ints
    first: Ints
    last: Ints

    def state(self, cohort: Ints, year: Ints) -> Ints:
        """Return the state in which a cohort seeks in a year, -1 where it seeks no more."""
        there = (year >= self.first[cohort]) & (year <= self.last[cohort])
        return np.where(there, self.ordinary[cohort] + year - self.first[cohort], -1)

    def peopled(self, goes_on: Bools) -> Bools:
        """(S,) whether anybody can be in a state: who seeks there first, or comes from the year before.

        Parameters
        ----------
        goes_on
            (S,) whether any share of a state's children is on roll the year after.
        """
        found = self.supply > 0
        following = self.state(self.cohort, self.year + 1)
        for year in range(int(self.year.max(initial=0))):
            here = found & goes_on & (self.year == year) & (following >= 0)
            found[following[here]] = True
        return found


def number_cohorts(groups: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """Return the cohorts of groups of children, and the cohort of each group."""
    keyed = groups.assign(reception=groups["year"] - groups["ncy"])
    table = keyed[SAME].drop_duplicates().sort_values(SAME, ignore_index=True)
    numbered = table.assign(cohort=np.arange(len(table)))
    merged = keyed[SAME].merge(numbered, on=SAME, how="left", validate="many_to_one")
    return table, merged["cohort"].to_numpy(np.int64)


def build_cohorts(
    table: pd.DataFrame,
    seeking: tuple[Ints, Ints, Floats],
    review: Standing,
    settings: Settings,
) -> Cohorts:
    """Lay out the states: one a year from a cohort's first decision to its last, and one for each review.

    Parameters
    ----------
    table
        The cohorts.
    seeking
        Cohort, year and number of children who seek a place, those whose first stay ends included.
    review
        Children who choose in the base year.
    """
    reception = table["reception"].to_numpy(np.int64)
    last = np.minimum(settings.years - 1, settings.leaving.last_ncy + reception)
    cohort, year, children = seeking
    first = np.full(len(table), settings.years)
    np.minimum.at(first, cohort, year)
    np.minimum.at(first, review.cohort, 1)
    first = np.minimum(first, last + 1)
    count = last - first + 1
    begins = np.cumsum(count) - count
    ordinary = int(count.sum())
    of = np.repeat(np.arange(len(table)), count)
    years = np.arange(ordinary) - np.repeat(begins, count) + np.repeat(first, count)
    supply = np.zeros(ordinary)
    np.add.at(supply, begins[cohort] + year - first[cohort], children)
    return Cohorts(
        table=table,
        cohort=np.concatenate([of, review.cohort]),
        year=np.concatenate([years, np.zeros(len(review), np.int64)]),
        ncy=np.concatenate([years - reception[of], review.ncy]),
        keeps=np.concatenate([np.full(ordinary, -1), review.provision]),
        supply=np.concatenate([supply, review.children]),
        ordinary=begins,
        first=first,
        last=last,
    )
