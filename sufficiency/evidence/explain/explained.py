"""A plan that is being explained: what every explanation reads, and how it is made into findings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from sufficiency.errors import UsageError
from sufficiency.evidence.counts import Counts
from sufficiency.evidence.explain.reasons import Reasons, people
from sufficiency.evidence.naming import pool_names, provision_names
from sufficiency.evidence.value.find import Worth
from sufficiency.evidence.value.worth import Worker, payload_of
from sufficiency.findings import openings
from sufficiency.pounds import hundreds, near
from sufficiency.report.parts import academic

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.problem import Floats
    from sufficiency.evidence.explain.reasons import People
    from sufficiency.evidence.study import Study
    from sufficiency.problem import Basis


@dataclass(frozen=True)
class Explained:
    """A case's best plan, to be explained for one of its years.

    Attributes
    ----------
    year
        Of the plan, from 0.
    """

    study: Study
    year: int

    @classmethod
    def of(cls, study: Study, academic_year: int | None) -> Explained:
        """Return a plan to be explained; for its last year, unless told.

        Raises
        ------
        UsageError
            When the plan has no such year.
        """
        settings = study.prepared.case.settings
        year = settings.last_year if academic_year is None else academic_year
        if not settings.base_year <= year <= settings.last_year:
            raise UsageError(
                f"the plan has no year {year}: give one from {settings.base_year} to {settings.last_year}"
            )
        return cls(study, year - settings.base_year)

    @property
    def basis(self) -> Basis:
        """The case, put together."""
        return self.study.prepared.basis

    @property
    def base_year(self) -> int:
        """The first academic year."""
        return self.basis.case.settings.base_year

    @property
    def year_words(self) -> str:
        """The year that is told of."""
        return academic(self.base_year + self.year)

    @cached_property
    def counts(self) -> Counts:
        """What may be told of children."""
        return Counts.of(self.basis.case.settings)

    @cached_property
    def names(self) -> dict[str, str]:
        """What provisions are called."""
        return provision_names(self.basis)

    @cached_property
    def pools(self) -> list[str]:
        """What pools are called."""
        return pool_names(self.basis)

    @cached_property
    def opening(self) -> dict[str, int]:
        """Academic year in which each scheme opens."""
        return openings(self.basis, self.study.plan.solution)

    @cached_property
    def reasons(self) -> Reasons:
        """Why children are not where they are not."""
        journeys = self.study.prepared.travel.journeys
        return Reasons(self.basis, self.study.plan.solution, journeys)

    @cached_property
    def everybody(self) -> People:
        """The children of the year."""
        return people(self.basis, self.study.plan.solution, self.year)

    @cached_property
    def worker(self) -> Worker:
        """The plan made warm, to ask what places are worth."""
        return Worker(payload_of(self.study, self.study.plan))

    @property
    def places(self) -> Floats:
        """(Q, P) places, of schemes that open too."""
        return self.worker.payload.space.total

    def name(self, at: int) -> str:
        """Return what a provision is called, by its position."""
        return self.names[self.basis.provisions[at]]

    def worth(self, pool: int, first: int, places: float = 1.0) -> Worth | None:
        """Return what places from a year on are worth; None where there are none, or no limit to them."""
        there = (self.places[pool] > 0) & np.isfinite(self.places[pool])
        if not there[first]:
            return None
        ends = np.flatnonzero(~there[first:])
        last = first + int(ends[0]) - 1 if len(ends) else len(there) - 1
        return Worth(pool, first, last, places, *self.worker.worth(pool, first, last, places))

    def worth_words(self, worth: Worth) -> str:
        """Say what a place more saves, and what one fewer costs, from a year on."""
        when = academic(self.base_year + worth.first)
        if worth.more.is_none:
            return f"a place more there from {when} would change nothing"
        saved = (
            f"would save {hundreds(worth.saved)} a year"
            if worth.saved >= 0
            else f"would cost {hundreds(-worth.saved)} a year more"
        )
        seats = ", and a child would have a place who has none" if worth.placed > 1e-6 else ""
        lost = (
            ""
            if worth.lost is None or not worth.fewer or worth.fewer.is_none
            else self._lost(worth)
        )
        return f"a place more there from {when} {saved}{seats}{lost}"

    def _lost(self, worth: Worth) -> str:
        lost = worth.lost or 0.0
        cost = (
            f"one fewer would cost {hundreds(lost)}"
            if lost >= 0
            else f"one fewer would save {hundreds(-lost)}"
        )
        worse = (
            " and leave a child without" if worth.fewer and worth.fewer.child_years > 1e-6 else ""
        )
        return f" ({cost}{worse})"


def as_json(worth: Worth | None, said: Explained) -> dict[str, Any] | None:
    """Return the worth of a place for machines, children as they may be told."""
    if worth is None:
        return None
    base = said.base_year
    fewer = None if worth.fewer is None else said.counts.shown(worth.fewer.child_years)
    return {
        "from_year": base + worth.first,
        "to_year": base + worth.last,
        "saving_a_year_gbp": near(worth.saved),
        "child_years_placed": said.counts.shown(worth.placed),
        "fewer_cost_a_year_gbp": None if worth.lost is None else near(worth.lost),
        "child_years_lost": fewer,
    }


def by_name(wanted: str, names: Mapping[str, str], what: str) -> str:
    """Return the id of what is asked for by id or by name.

    Raises
    ------
    UsageError
        When there is none.
    """
    folded = {key.casefold(): key for key in names} | {
        name.casefold(): key for key, name in names.items()
    }
    found = folded.get(wanted.strip().casefold())
    if found is None:
        raise UsageError(
            f"there is no {what} {wanted}: give one of {', '.join(sorted(names)) or 'none'}"
        )
    return found
