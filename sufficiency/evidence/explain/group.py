"""Why a group of children is modelled where it is: the nearest provisions that suit, and why each takes them or not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sufficiency import needs
from sufficiency.errors import UsageError
from sufficiency.evidence.explain.reasons import (
    DEARER,
    FAR,
    FULL,
    HERE,
    LIMIT,
    NOWHERE,
    SHUT,
    STAYS,
    UNSUITABLE,
    mean,
)
from sufficiency.evidence.naming import year_groups
from sufficiency.evidence.value.find import phase_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.problem import Bools, Ints
    from sufficiency.evidence.explain.explained import Explained
    from sufficiency.evidence.explain.reasons import People
    from sufficiency.evidence.value.find import Worth

#: Suitable provisions that are told of, the nearest first, besides those where any of the group are.
MOST = 8
#: Reasons why children whom a provision suits are elsewhere.
TOLD = (FULL, DEARER, LIMIT, FAR, SHUT, STAYS)


@dataclass(frozen=True)
class Group:
    """Which children: of a need, a phase and an area; "" for all."""

    need: str = ""
    phase: str = ""
    area: str = ""

    def words(self, last_ncy: int) -> str:
        """Write it: "ASD, Years 7 to 11, Chew Valley"."""
        parts = [self.need or "All needs"]
        parts += [year_groups(*phase_range(self.phase, last_ncy))] if self.phase else []
        parts += [self.area] if self.area else []
        return ", ".join(parts)


@dataclass(frozen=True)
class Option:
    """A provision as seen by a group.

    Attributes
    ----------
    at
        Its position.
    km, minutes
        Mean journey one way of the group's children; NaN where none is known.
    why
        (N,) reason of each row of the group.
    """

    at: int
    km: float
    minutes: float
    why: Ints


@dataclass(frozen=True)
class GroupExplained:
    """A group of children in a year of a plan."""

    said: Explained
    group: Group

    @cached_property
    def rows(self) -> People:
        """The children of the group."""
        return self.said.everybody.only(self.mine)

    @property
    def mine(self) -> Bools:
        """Which rows of everybody belong to the group."""
        everybody, basis = self.said.everybody, self.said.basis
        table = basis.cohorts.table
        low, high = phase_range(self.group.phase, basis.case.settings.leaving.last_ncy)
        found = (everybody.ncy >= low) & (everybody.ncy <= high)
        if self.group.need:
            found &= table["need"].to_numpy()[everybody.cohort] == self.group.need
        if self.group.area:
            areas = set(areas_of(sorted(set(table["area"])), self.group.area))
            found &= np.isin(table["area"].to_numpy()[everybody.cohort], list(areas))
        return np.asarray(found, bool)

    @property
    def words(self) -> str:
        """What the group is called."""
        return self.group.words(self.said.basis.case.settings.leaving.last_ncy)

    @property
    def is_told(self) -> bool:
        """Whether it is of enough children to be told of."""
        return self.said.counts.tells(self.rows.total) and self.rows.total > 0

    @cached_property
    def options(self) -> list[Option]:
        """Every provision, the nearest first."""
        reasons, rows = self.said.reasons, self.rows
        found = [
            Option(
                at,
                mean(reasons.km(at, rows), rows.children),
                mean(reasons.minutes(at, rows), rows.children),
                reasons.why(at, rows),
            )
            for at in range(len(self.said.basis.provisions))
        ]
        return sorted(found, key=lambda o: (np.isnan(o.km), o.km, self.said.basis.provisions[o.at]))

    @cached_property
    def suitable(self) -> list[Option]:
        """Provisions that suit enough of the group to be told of: the nearest, and all where enough of them are."""
        fits = [
            option
            for option in self.options
            if self.said.counts.tells(n := self.suits(option)) and n > 0 and self.is_real(option)
        ]
        used = {
            o.at for o in fits if self.said.counts.tells(self.of(o, HERE)) and self.of(o, HERE) > 0
        }
        return [o for n, o in enumerate(fits) if n < MOST or o.at in used]

    def suits(self, option: Option) -> float:
        """Return how many of the group a provision suits by need, year group and kind, or are there."""
        return self.rows.total - self.of(option, *UNSUITABLE)

    def is_real(self, option: Option) -> bool:
        """Whether a provision has places for some of the group, or would have if a scheme opened."""
        return self.of(option, SHUT, *UNSUITABLE) < self.rows.total - 1e-6 or self.opens(option)

    def opens(self, option: Option) -> bool:
        """Whether places for the group would be there if a scheme opened."""
        return bool((option.why == SHUT).any()) and bool(self.unopened(option))

    def unopened(self, option: Option) -> list[str]:
        """Return the schemes at a provision that do not open."""
        name = self.said.basis.provisions[option.at]
        return [
            scheme.scheme_id
            for scheme in self.said.basis.schemes
            if scheme.provision_id == name and scheme.scheme_id not in self.said.opening
        ]

    def of(self, option: Option, *codes: int) -> float:
        """Return how many of the group a provision is told of with some reasons."""
        return float(self.rows.children[np.isin(option.why, codes)].sum())

    def enough(self, option: Option, code: int) -> bool:
        """Whether a reason holds for enough children to be told."""
        found = self.of(option, code)
        return found > 0 and self.said.counts.tells(found)

    @property
    def unplaced(self) -> float:
        """Children of the group without a place."""
        return float(self.rows.children[self.rows.provision == NOWHERE].sum())

    @cached_property
    def worths(self) -> dict[int, Worth]:
        """What a place more is worth at each suitable provision that is full for enough of the group, by position."""
        found = {}
        for option in self.suitable:
            place = self.full(option)
            worth = self.said.worth(*place) if place else None
            if worth:
                found[option.at] = worth
        return found

    def full(self, option: Option) -> tuple[int, int] | None:
        """Return the pool that is full for enough of the group, and the first such year; None if there is none."""
        if not self.enough(option, FULL):
            return None
        return self.said.reasons.blocked(option.at, self.rows.only(option.why == FULL)).first


def areas_of(areas: Sequence[str], wanted: str) -> list[str]:
    """Return the areas that are meant: one by its name, or all sectors of a postcode district.

    Raises
    ------
    UsageError
        When there is none.
    """
    fold = wanted.strip().casefold()
    found = [area for area in areas if area.casefold() == fold]
    found = found or [area for area in areas if area.casefold().startswith(f"{fold} ")]
    if not found:
        raise UsageError(f"nobody lives in an area {wanted}: areas are {', '.join(areas)}")
    return found


def ask(said: Explained, need: str, phase: str, area: str) -> GroupExplained:
    """Return a group of the plan's children.

    Raises
    ------
    UsageError
        When nobody has such a need, or lives in such an area.
    """
    known = set(said.basis.cohorts.table["need"])
    if need and need not in known:
        raise UsageError(
            f"the plan has nobody of need {need}: give one of {', '.join(n for n in needs.NEEDS if n in known)}"
        )
    found = GroupExplained(said, Group(need, phase, area))
    if not found.mine.any() or found.rows.total <= 0:
        raise UsageError(f"{found.words}: nobody is modelled in {said.year_words}")
    return found
