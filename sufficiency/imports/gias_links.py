"""Predecessors and successors: a school that changes hands is one school, with its places once.

When a school becomes an academy its number (URN) closes and another opens. Three states of that
are seen in an extract, and in each the places count once:

=================  ====================  ======================================================
old number         new number            what is kept
=================  ====================  ======================================================
closed             open                  the new one; what its record leaves blank (capacity,
                                         ages, designations, a base) it takes over from the old
open               proposed to open      the old one, without an end; the new one is left out
open               open                  both, and a warning; the places stand at the new one
=================  ====================  ======================================================

A school that was split hands nothing on, for nobody can say how it was divided.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sufficiency.imports.gias_columns import LINKS
from sufficiency.imports.gias_file import Rows
from sufficiency.imports.gias_schools import (
    BASES,
    CLOSED,
    CLOSING,
    OPEN,
    PROPOSED,
    TYPES,
    Needs,
    School,
    Unit,
    academic_year,
)
from sufficiency.needs import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sufficiency.faults import Fault

SAME_SITE_M = 1000.0
LIVE = (OPEN, CLOSING)


@dataclass(frozen=True)
class Links:
    """Who came after whom, by URN.

    Attributes
    ----------
    before, after
        Each number to those it followed, and to those that followed it.
    split
        Numbers that were split among several.
    """

    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    split: frozenset[str] = frozenset()
    name: str = ""
    faults: tuple[Fault, ...] = ()


def read_links(path: Path) -> Links:
    """Read the file of links that comes beside an extract.

    Raises
    ------
    CaseError
        When it is not that file, or is broken.
    """
    pairs: set[tuple[str, str]] = set()
    split: set[str] = set()
    rows = Rows(path, LINKS, "links")
    for _, cells in rows:
        one, other = cells["urn"].strip(), cells["linkurn"].strip()
        kind = cells["linktype"].strip().lower()
        if not (one and other and one != other):
            continue
        if kind.startswith("predecessor"):
            pair = (other, one)
        elif kind.startswith(("successor", "result of amalgamation")):
            pair = (one, other)
        else:
            continue
        pairs.add(pair)
        if "split" in kind:
            split.add(pair[0])
    return _links(pairs, split, path.name, rows.faults)


def _links(
    pairs: Iterable[tuple[str, str]], split: Iterable[str], name: str, faults: Sequence[Fault]
) -> Links:
    """Sort pairs of old and new numbers both ways."""
    before, after = defaultdict(list), defaultdict(list)
    for old, new in sorted(pairs):
        before[new].append(old)
        after[old].append(new)
    return Links(
        {new: tuple(olds) for new, olds in before.items()},
        {old: tuple(news) for old, news in after.items()},
        frozenset(split),
        name,
        tuple(faults),
    )


def follow(schools: Sequence[School], links: Links) -> list[School]:
    """Return the schools that are not closed, each with its places once, and the years it has."""
    by_urn = {school.urn: school for school in schools}
    turning = _turning(schools, by_urn, links)
    folded = set(turning.values())
    kept = [school for school in schools if school.status != CLOSED and school.urn not in folded]
    return [
        _dated(
            replace(
                _heir(school, by_urn, links),
                becomes=turning.get(school.urn, ""),
                double_of=_double(school, by_urn, links),
            )
        )
        for school in kept
    ]


def _turning(
    schools: Sequence[School], by_urn: Mapping[str, School], links: Links
) -> dict[str, str]:
    """Return open numbers that will become a proposed one, which is that very school.

    The links say so; else a school that is to close beside one of its own name that is to open.
    """
    closing = [school for school in schools if school.status == CLOSING and school.kind]
    found = {}
    for new in schools:
        if new.status != PROPOSED:
            continue
        olds = [by_urn[urn] for urn in links.before.get(new.urn, ()) if urn in by_urn]
        olds = olds or [old for old in closing if _same_school(old, new)]
        found.update(
            {old.urn: new.urn for old in olds if old.status in LIVE and old.urn not in links.split}
        )
    return found


def _same_school(old: School, new: School) -> bool:
    """Whether two records have one name and stand on one site."""
    names = {" ".join(school.name.lower().removeprefix("the ").split()) for school in (old, new)}
    if len(names) > 1 or old.la != new.la:
        return False
    if old.postcode and old.postcode == new.postcode:
        return True
    if old.easting_m is None or new.easting_m is None:
        return False
    east = old.easting_m - new.easting_m
    north = (old.northing_m or 0.0) - (new.northing_m or 0.0)
    return bool((east**2 + north**2) ** 0.5 <= SAME_SITE_M)


def _double(school: School, by_urn: Mapping[str, School], links: Links) -> str:
    """Return a successor that is open too and has places, or ""."""
    if school.status not in LIVE or school.urn in links.split:
        return ""
    heirs = [by_urn[urn] for urn in links.after.get(school.urn, ()) if urn in by_urn]
    return next((new.urn for new in heirs if new.status in LIVE and new.kind == school.kind), "")


def _heir(school: School, by_urn: Mapping[str, School], links: Links) -> School:
    """Return the school with what its record leaves blank taken over from its predecessors."""
    past = _Past(by_urn, links)
    units = tuple(past.unit(school, unit) for unit in _parts(school, past))
    ages = school.low_age, school.high_age
    if school.ages is None:
        ages = past.ages(school.urn) or ages
    needs = school.needs
    if not needs.codes and (codes := past.needs(school.urn)):
        needs = Needs(codes, needs.guessed, needs.unread)
    kind = school.kind or ("base" if units else "")
    changed = units != school.units or needs != school.needs
    changed = changed or ages != (school.low_age, school.high_age)
    return replace(
        school,
        units=units,
        kind=kind,
        needs=needs,
        low_age=ages[0],
        high_age=ages[1],
        heir_of=past.closed(school.urn) if changed else (),
    )


def _parts(school: School, past: _Past) -> list[Unit]:
    """Return a school's parts, and bases that only its predecessors' records have."""
    units = list(school.units)
    if school.type_code not in TYPES and not units and not school.no_base:
        units = [
            Unit(part, label, None, None)
            for part, (label, _) in BASES.items()
            if past.capacity(school.urn, part)
        ]
    return units


@dataclass(frozen=True)
class _Past:
    """What the closed predecessors of a school had."""

    by_urn: Mapping[str, School]
    links: Links

    def closed(self, urn: str) -> tuple[str, ...]:
        """Return the predecessors, if all of them are closed and went into this school alone."""
        olds = self.links.before.get(urn, ())
        whole = all(
            old in self.by_urn
            and self.by_urn[old].status == CLOSED
            and self.links.after.get(old, ()) == (urn,)
            and old not in self.links.split
            for old in olds
        )
        return olds if whole else ()

    def unit(self, school: School, unit: Unit) -> Unit:
        """Return a part with its capacity, if need be that of the predecessors."""
        return unit._replace(capacity=unit.capacity or self.capacity(school.urn, unit.part))

    def capacity(self, urn: str, part: str, seen: frozenset[str] = frozenset()) -> int | None:
        """Return the capacity that the predecessors had together; None if one of them is unknown."""
        olds = () if urn in seen else self.closed(urn)
        found = []
        for old in olds:
            own = [unit.capacity for unit in self.by_urn[old].units if unit.part == part]
            found.append((own and own[0]) or self.capacity(old, part, seen | {urn}))
        known = [number for number in found if number]
        if part:  # schools that merge need not all have had a base
            return sum(known) or None
        return sum(known) if known and len(known) == len(found) else None

    def ages(self, urn: str, seen: frozenset[str] = frozenset()) -> tuple[int, int] | None:
        """Return the ages that the predecessors had together; None if one of them is unknown."""
        olds = () if urn in seen else self.closed(urn)
        found = [_ages(self.by_urn[old]) or self.ages(old, seen | {urn}) for old in olds]
        known = [ages for ages in found if ages]
        if not known or len(known) < len(found):
            return None
        return min(low for low, _ in known), max(high for _, high in known)

    def needs(self, urn: str, seen: frozenset[str] = frozenset()) -> str:
        """Return the needs that the predecessors were designated for; "" if one is unknown."""
        olds = () if urn in seen else self.closed(urn)
        found = [self.by_urn[old].needs.codes or self.needs(old, seen | {urn}) for old in olds]
        return normalise("|".join(found)) if all(found) else ""


def _ages(school: School) -> tuple[int, int] | None:
    """Return a school's ages where they make a range."""
    if school.ages is None or school.low_age is None or school.high_age is None:
        return None
    return school.low_age, school.high_age


def _dated(school: School) -> School:
    """Return the school with the years that a proposed opening or closing gives it."""
    from_year = to_year = None
    if school.status == PROPOSED and school.opened:
        from_year = academic_year(school.opened)
    if school.status == CLOSING and school.closes and not school.becomes:
        to_year = academic_year(school.closes - dt.timedelta(days=1))
    return replace(school, from_year=from_year, to_year=to_year)
