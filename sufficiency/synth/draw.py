"""Drawing at random, from homes, places and tables; one generator, the same stream everywhere.

Only ``Generator.random`` is used: its stream is the one that numpy keeps from version to version.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

import numpy as np

from geodata.postcodes import Directory, normalise
from sufficiency.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sufficiency.case import Case
    from sufficiency.synth.recipe import Floats, Ints

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """Draws from one seeded generator."""

    rng: np.random.Generator

    def index(self, size: int) -> int:
        """Return one of ``range(size)``, all alike."""
        return min(int(self.rng.random() * size), size - 1)

    def chance(self, share: float) -> bool:
        """Return whether something of this probability happens."""
        return bool(self.rng.random() < share)

    def pick(self, odds: Floats) -> int:
        """Return a position with probability in proportion to its odds."""
        ends = np.cumsum(odds)
        return int(min(np.searchsorted(ends, self.rng.random() * ends[-1], "right"), len(ends) - 1))

    def order(self, size: int) -> list[int]:
        """Return ``range(size)`` in a random order."""
        keys = [self.rng.random() for _ in range(size)]
        return sorted(range(size), key=keys.__getitem__)

    def round(self, expected: Floats) -> Ints:
        """Round each number up or down, so that each and their running sums are right on average.

        Systematic sampling: every running sum is off by less than one.
        """
        ends = np.floor(np.cumsum(expected.ravel()) + self.rng.random() + 1e-9)
        return np.diff(ends, prepend=0).astype(np.int64).reshape(expected.shape)

    def resample(self, items: list[T], scale: float) -> list[T]:
        """Return ``scale`` times as many: each item equally often but for one."""
        if scale == 1:
            return items
        counts = self.round(np.full(len(items), scale))
        return [
            item for item, count in zip(items, counts.tolist(), strict=True) for _ in range(count)
        ]


def round_table(expected: Floats, row_sums: Ints, column_sums: Ints, draw: Draw) -> Ints:
    """Return whole numbers near ``expected`` with exactly the sums given.

    Whole parts are kept; what is left of each row goes to columns that still lack some, with odds
    in proportion to the fractions.
    """
    table = np.floor(expected + 1e-6).astype(np.int64)
    rows, columns = row_sums - table.sum(axis=1), column_sums - table.sum(axis=0)
    odds = np.maximum(expected - table, 0) + 1e-9
    for row in np.argsort(rows, kind="stable"):
        for _ in range(int(rows[row])):
            column = draw.pick(np.where(columns > 0, odds[row], 0.0))
            table[row, column] += 1
            columns[column] -= 1
            odds[row, column] = 1e-9
    return table


@dataclass(frozen=True, eq=False)
class Homes:
    """Postcodes where people live: each point once, so that dense streets count more than lanes."""

    postcodes: tuple[str, ...]
    easting_m: Floats
    northing_m: Floats

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.postcodes)

    @classmethod
    def of_council(cls, options: dict[str, Any]) -> Self:
        """Take a council's postcodes from the bundled directory, but for those to be left out."""
        frame = Directory.bundled(list(options["letters"])).frame
        frame = frame[(frame["district"] == options["council"]) & frame["easting_m"].notna()]
        codes = frame.index.to_numpy(dtype=str)
        keep = [not code.startswith(tuple(options["leave_out"])) for code in codes]
        frame = frame[keep].sort_index().drop_duplicates(["easting_m", "northing_m"])
        if frame.empty:
            message = "no postcode is in [homes] council; check it and letters in synth.toml"
            raise UsageError(message)
        written = tuple(f"{code[:-3]} {code[-3:]}" for code in frame.index)
        return cls(written, frame["easting_m"].to_numpy(), frame["northing_m"].to_numpy())

    def km_to(self, home: int, pools: Pools) -> Floats:
        """Return kilometres in a straight line from a home to each pool."""
        east, north = (
            pools.easting_m - self.easting_m[home],
            pools.northing_m - self.northing_m[home],
        )
        return np.asarray(np.hypot(east, north) / 1000, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Pools:
    """The places there are in the base year, one row a pool; ``left`` goes down as they fill.

    Attributes
    ----------
    provision, kind, needs
        (Q,) provision, its kind, and the needs taken (``*`` = any).
    ncy_from, ncy_to
        (Q,) first and last NCY.
    places
        (Q,) places; inf = no limit.
    easting_m, northing_m
        (Q,) where.
    left
        (Q,) places not yet taken; below 0 where a pool is over-full.
    """

    provision: tuple[str, ...]
    kind: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    ncy_from: Ints
    ncy_to: Ints
    places: Floats
    easting_m: Floats
    northing_m: Floats
    left: Floats = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of_case(cls, case: Case) -> Pools:
        """Take the pools with places in the base year, with their provisions' kinds and points."""
        year = case.settings.base_year
        rows = case.places
        first, last = rows["from_year"].fillna(year), rows["to_year"].fillna(year)
        rows = rows[(first <= year) & (last >= year) & ~(rows["places"] == 0)]
        points = _points(case)
        known = case.provisions.drop_duplicates("provision_id").set_index("provision_id")
        rows = rows[rows["provision_id"].isin(known.index)]
        names = rows["provision_id"].tolist()
        pools = cls(
            provision=tuple(names),
            kind=tuple(case.settings.base_kind(str(known.at[name, "kind"])) for name in names),
            needs=tuple(frozenset(text.split("|")) for text in rows["needs"]),
            ncy_from=rows["ncy_from"].to_numpy(np.int64),
            ncy_to=rows["ncy_to"].to_numpy(np.int64),
            places=rows["places"].fillna(np.inf).to_numpy(np.float64),
            easting_m=np.array([points[name][0] for name in names], dtype=np.float64),
            northing_m=np.array([points[name][1] for name in names], dtype=np.float64),
        )
        return pools.empty()

    def empty(self) -> Pools:
        """Return the same pools with every place free."""
        return replace(self, left=self.places.copy())

    def total(self, kind: str) -> float:
        """Return the places of a kind."""
        return float(sum(n for n, k in zip(self.places, self.kind, strict=True) if k == kind))

    def holding(self, kind: str, needs: Sequence[str], ncy: int) -> list[int]:
        """Return the pools of a kind that would hold a child last year and this."""
        return [
            q
            for q in range(len(self.kind))
            if self.kind[q] == kind
            and self.ncy_from[q] < ncy <= self.ncy_to[q]
            and ("*" in self.needs[q] or any(need in self.needs[q] for need in needs))
        ]

    def choose(
        self,
        kind: str,
        needs: Sequence[str],
        ncy: int,
        far: Floats,
        draw: Draw,
        *,
        overfill: bool = True,
    ) -> str:
        """Choose a pool that held the child last year and holds it now; "" when there is none.

        Nearer ones are likelier: by the factor e for each unit of ``far``. Where none has a place
        left, the pool of a special school that is least over-full takes one more if ``overfill``;
        other kinds do not.
        """
        can = self.holding(kind, needs, ncy)
        free = [q for q in can if self.left[q] >= 1]
        if free:
            near = min(far[q] for q in free)
            odds = np.array([math.exp(near - far[q]) for q in free])
            at = free[draw.pick(odds)]
        elif can and kind == "special" and overfill:
            at = max(can, key=lambda q: self.left[q] / self.places[q])
        else:
            return ""
        self.left[at] -= 1
        return self.provision[at]


def _points(case: Case) -> dict[str, tuple[float, float]]:
    """Return the point of every provision: its grid reference, or that of its postcode."""
    rows = case.provisions
    codes = [normalise(code) for code in rows["postcode"]]
    found = Directory.bundled([code for code in codes if code]).lookup(codes)
    east = rows["easting_m"].fillna(found["easting_m"].set_axis(rows.index))
    north = rows["northing_m"].fillna(found["northing_m"].set_axis(rows.index))
    if east.isna().any():
        message = "synth needs every provision's postcode, or easting_m and northing_m"
        raise UsageError(message)
    return dict(zip(rows["provision_id"], zip(east, north, strict=True), strict=True))
