"""Pools of places: which there are, how many places each has in each year, and what those cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sufficiency import needs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from models.problem import Bools, Floats, Ints
    from sufficiency.case import Case

Row = dict[str, Any]


class PoolKey(NamedTuple):
    """What makes two rows of places one pool."""

    provision_id: str
    needs: str
    ncy_from: int
    ncy_to: int
    of_schemes: bool = False
    """A pool that only schemes give places to; it lasts for ever."""


@dataclass(frozen=True)
class Pools:
    """Every pool of the plan, in the order of its key.

    Attributes
    ----------
    keys
        (Q,) what makes each pool.
    provision
        (Q,) position of its provision.
    places
        (Q, P) places by year without schemes; inf = no limit, 0 = none.
    has_places
        (Q, P) whether a child may be there in a year.
    funding_gbp
        (Q, P) place funding of those places, paid even when they stand empty.
    first_row
        (Q,) order in which the pool first stands in the table of places.
    """

    keys: tuple[PoolKey, ...]
    provision: Ints
    places: Floats
    has_places: Bools
    funding_gbp: Floats
    first_row: Ints

    def __len__(self) -> int:
        """Return the number of pools."""
        return len(self.keys)

    @property
    def ncy_from(self) -> Ints:
        """(Q,) first NCY."""
        return np.array([key.ncy_from for key in self.keys], np.int64)

    @property
    def ncy_to(self) -> Ints:
        """(Q,) last NCY."""
        return np.array([key.ncy_to for key in self.keys], np.int64)

    def years_left(self) -> Ints:
        """(Q, P) years in a row, from each on, in which the pool has places."""
        left = np.zeros_like(self.has_places, np.int64)
        following = np.zeros(len(self), np.int64)
        for year in reversed(range(self.has_places.shape[1])):
            following = np.where(self.has_places[:, year], following + 1, 0)
            left[:, year] = following
        return left

    def of_scheme(self, key: PoolKey) -> int:
        """Return the position of the pool that a scheme's places, with that key, are added to."""
        if key in self.keys and self.has_places[self.keys.index(key)].all():
            return self.keys.index(key)
        return self.keys.index(key._replace(of_schemes=True))


@dataclass
class _Rows:
    """A pool while its rows are read."""

    first_row: int
    places: Floats
    has_places: Bools
    funding_gbp: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.funding_gbp = np.zeros_like(self.places)


def covers(codes: str, *child_needs: str) -> bool:
    """Whether a set of needs covers any of a child's needs (blank ones aside)."""
    return codes == needs.ANY or any(need in codes.split("|") for need in child_needs if need)


def years_of(row: Row, base_year: int, years: int) -> slice:
    """Return the years of the plan that a row's `from_year` and `to_year` cover; blank is open."""
    low = 0 if blank(row["from_year"]) else max(0, int(row["from_year"]) - base_year)
    high = years if blank(row["to_year"]) else min(years, int(row["to_year"]) - base_year + 1)
    return slice(low, max(low, high))


def blank(value: object) -> bool:
    """Whether a cell of a number's column was left blank."""
    return value is None or value != value or repr(value) == "<NA>"  # noqa: PLR0124


def zero_if_blank(value: float) -> float:
    """Return a number, 0 for a blank."""
    return 0.0 if blank(value) else float(value)


def records(table: pd.DataFrame) -> list[Row]:
    """Return the rows of a table as dictionaries."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def build_pools(case: Case, positions: Mapping[str, int]) -> Pools:
    """Gather the rows of `places` into pools, and add those that only schemes have.

    Parameters
    ----------
    case
        The case. Rows of 0 places are dropped before anything else is read.
    positions
        Position of each provision by id.
    """
    base, years = case.settings.base_year, case.settings.years
    found: dict[PoolKey, _Rows] = {}
    for number, row in enumerate(records(case.places)):
        if row["places"] == 0:
            continue
        key = pool_key(row["provision_id"], row)
        pool = found.setdefault(key, _Rows(number, np.zeros(years), np.zeros(years, bool)))
        span = years_of(row, base, years)
        limited = not blank(row["places"])
        pool.places[span] = row["places"] if limited else np.inf
        pool.has_places[span] = True
        if limited:
            pool.funding_gbp[span] = row["places"] * zero_if_blank(row["place_funding_gbp"])
    for key in scheme_keys(case):
        if key not in found or not found[key].has_places.all():
            everlasting = _Rows(len(case.places), np.zeros(years), np.ones(years, bool))
            found.setdefault(key._replace(of_schemes=True), everlasting)
    return _in_order(found, positions, years)


def pool_key(provision_id: str, row: Row) -> PoolKey:
    """Return the key of the pool to which a row of places belongs."""
    codes = needs.normalise(row["needs"])
    return PoolKey(provision_id, codes, int(row["ncy_from"]), int(row["ncy_to"]))


def scheme_keys(case: Case) -> Sequence[PoolKey]:
    """Return the pool key of every row of `scheme_places`."""
    schemes = case.schemes
    provision = dict(zip(schemes["scheme_id"], schemes["provision_id"], strict=True))
    return [pool_key(provision[row["scheme_id"]], row) for row in records(case.scheme_places)]


def _in_order(found: dict[PoolKey, _Rows], positions: Mapping[str, int], years: int) -> Pools:
    keys = tuple(sorted(found))
    rows = [found[key] for key in keys]
    shape = (len(keys), years)
    return Pools(
        keys=keys,
        provision=np.array([positions[key.provision_id] for key in keys], np.int64),
        places=np.array([row.places for row in rows]).reshape(shape),
        has_places=np.array([row.has_places for row in rows], bool).reshape(shape),
        funding_gbp=np.array([row.funding_gbp for row in rows]).reshape(shape),
        first_row=np.array([row.first_row for row in rows], np.int64),
    )
