"""The problem as arrays: states, stays, pools, side limits and schemes over a number of periods.

A multi-period capacitated facility location problem with modular expansion, whose flow part is a network on states
[1]_: an arc is a *stay*, which fills a place in every period of its length. Costs arrive discounted, so nothing here
knows a rate.

References
----------
.. [1] Melo, Nickel and Saldanha-da-Gama (2009), "Facility location and supply chain management: a review", European
   Journal of Operational Research 196(2), 401-412, section 3 (multi-period models with capacity expansion).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


class ProblemError(ValueError):
    """The arrays do not fit together; always a bug of the caller."""


@dataclass(frozen=True)
class States:
    """Where units of demand seek a place: one kind of unit in one period.

    Attributes
    ----------
    period
        (S,) period of the state, from 0.
    supply
        (S,) units that first seek a place here, by no decision of the program.
    on_roll
        (S, P + 1) share of the units that is still there k periods later; column 0 is 1.
    unplaced_cost
        (S,) cost of leaving one unit of this state without a place for this period.
    unplaced_next
        (S,) the state in which an unplaced unit seeks again the period after, or -1.
    """

    period: Ints
    supply: Floats
    on_roll: Floats
    unplaced_cost: Floats
    unplaced_next: Ints

    def __len__(self) -> int:
        """Return the number of states."""
        return len(self.period)


@dataclass(frozen=True)
class Stays:
    """The eligible placements: a state's unit in a pool for `length` periods from the state's own.

    Attributes
    ----------
    state, pool
        (A,) state of origin; pool, or -1 for a stay that takes no pool's place.
    length
        (A,) periods on roll, at least 1.
    cost
        (A,) cost of one unit's whole stay.
    next
        (A,) state in which the unit seeks again after the stay, or -1.
    preference
        (A,) the secondary cost that breaks ties among solutions of equal cost.
    """

    state: Ints
    pool: Ints
    length: Ints
    cost: Floats
    next: Ints
    preference: Floats

    def __len__(self) -> int:
        """Return the number of stays."""
        return len(self.state)


@dataclass(frozen=True)
class SideLimits:
    """Limits that count some periods of some stays, whatever their pools.

    Attributes
    ----------
    room
        (L,) units allowed in each row; a row is one limit in one period, or over several.
    row, stay, offset
        (N,) the stays that a row counts, each once, and how many periods after its start a stay meets it.
    weight
        (N,) what a unit counts for, 0 or more; None for 1 each. A row over several periods takes a stay at its start
        (offset 0), with what all its periods count for.
    """

    room: Floats
    row: Ints
    stay: Ints
    offset: Ints
    weight: Floats | None = field(default=None, kw_only=True)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.room)


@dataclass(frozen=True)
class Schemes:
    """What may be opened, once, from a period on.

    Attributes
    ----------
    may_open
        (K, P) whether scheme k may open in period t.
    cost
        (K, P) cost of opening in t, for all the periods from then on.
    capital
        (K,) cash spent in the opening period.
    budget
        (P,) cumulative cash allowed by each period (inf = no limit).
    scheme, pool
        (M,) which scheme adds places to which pool.
    places
        (M, P) places added to that pool k periods after opening.
    exclusive
        Sets of schemes of which at most one may open.
    requires
        Pairs (scheme, other): the scheme opens no earlier than the other.
    must
        Schemes that open, in one of the periods in which they may.
    differs
        Pairs (schemes, least): of all schemes, at least so many open that are not among these, or are and do not.
    """

    may_open: Bools
    cost: Floats
    capital: Floats
    budget: Floats
    scheme: Ints
    pool: Ints
    places: Floats
    exclusive: tuple[tuple[int, ...], ...] = ()
    requires: tuple[tuple[int, int], ...] = ()
    must: tuple[int, ...] = ()
    differs: tuple[tuple[tuple[int, ...], int], ...] = ()

    def __len__(self) -> int:
        """Return the number of schemes."""
        return len(self.capital)

    @classmethod
    def none(cls, periods: int) -> Schemes:
        """Return a set of no schemes over `periods`."""
        return cls(
            may_open=np.zeros((0, periods), bool),
            cost=np.zeros((0, periods)),
            capital=np.zeros(0),
            budget=np.full(periods, np.inf),
            scheme=np.zeros(0, np.int64),
            pool=np.zeros(0, np.int64),
            places=np.zeros((0, periods)),
        )


@dataclass(frozen=True)
class Problem:
    """Everything a solver needs and nothing else.

    Attributes
    ----------
    states, stays, limits, schemes
        The parts, as above.
    room
        (Q, P) places of each pool in each period, without schemes (inf = no limit).

    Raises
    ------
    ProblemError
        When shapes or indices do not fit, or a number is missing.
    """

    states: States
    stays: Stays
    room: Floats
    limits: SideLimits
    schemes: Schemes

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit together."""
        for wrong, message in self._faults():
            if wrong:
                raise ProblemError(message)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return int(self.room.shape[1])

    def with_numbers(self, **parts: Any) -> Problem:  # noqa: ANN401 - as `dataclasses.replace`
        """Return the problem with parts of other numbers but the same structure: who may go where, and for how long.

        What was worked out of the structure is not worked out again.
        """
        changed = replace(self, **parts)
        kept = ["start", "next_share", "pool_use", "limit_share"]
        kept += ["most_units"] if changed.states.supply is self.states.supply else []
        changed.__dict__.update(
            {name: self.__dict__[name] for name in kept if name in self.__dict__}
        )
        return changed

    @cached_property
    def start(self) -> Ints:
        """(A,) the period in which each stay begins."""
        return self.states.period[self.stays.state]

    @cached_property
    def next_share(self) -> Floats:
        """(A,) share of a stay's units that seeks again after it."""
        share = self.states.on_roll[self.stays.state, self.stays.length]
        return np.where(self.stays.next >= 0, share, 0.0)

    @cached_property
    def most_units(self) -> Floats:
        """(S,) more units than can ever be in each state: the supply of all states that lead to one another."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        stays, states = self.stays, self.states
        from_stay, from_wait = stays.next >= 0, states.unplaced_next >= 0
        tail = np.concatenate([stays.state[from_stay], np.flatnonzero(from_wait)])
        head = np.concatenate([stays.next[from_stay], states.unplaced_next[from_wait]])
        links = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(states), len(states)))
        count, part = connected_components(links, directed=False)
        return np.asarray(np.bincount(part, states.supply, count)[part], np.float64)

    @cached_property
    def pool_use(self) -> tuple[Ints, Ints, Floats]:
        """Stay, flat (pool, period) cell and share on roll, for every period of every stay that takes a place."""
        taking = np.flatnonzero(self.stays.pool >= 0)
        length = self.stays.length[taking]
        if np.all(length == 1):  # the same, in a third of the memory
            cell = self.stays.pool[taking] * self.periods + self.start[taking]
            return taking, cell, self.states.on_roll[self.stays.state[taking], 0]
        stay = np.repeat(taking, length)
        offset = np.arange(len(stay)) - np.repeat(np.cumsum(length) - length, length)
        cell = self.stays.pool[stay] * self.periods + self.start[stay] + offset
        return stay, cell, self.states.on_roll[self.stays.state[stay], offset]

    @cached_property
    def limit_share(self) -> Floats:
        """(N,) share on roll of each entry of the side limits, times its weight."""
        limits = self.limits
        share = self.states.on_roll[self.stays.state[limits.stay], limits.offset]
        return share if limits.weight is None else share * limits.weight

    def _faults(self) -> list[tuple[bool, str]]:
        states, stays, schemes = self.states, self.stays, self.schemes
        horizon, pools = self.periods, len(self.room)
        return [
            (
                states.on_roll.shape != (len(states), horizon + 1),
                "on_roll must be states x periods + 1",
            ),
            (_outside(states.period, 0, horizon), "a state lies outside the periods"),
            (_outside(states.unplaced_next, -1, len(states)), "unplaced_next names no state"),
            (_outside(stays.state, 0, len(states)), "a stay starts in no state"),
            (_outside(stays.next, -1, len(states)), "a stay ends in no state"),
            (_outside(stays.pool, -1, pools), "a stay names no pool"),
            (
                _outside(stays.length, 1, horizon + 1),
                "a stay is shorter than 1 or longer than the plan",
            ),
            (bool(np.any(self.start + stays.length > horizon)), "a stay outlasts the plan"),
            (_outside(self.limits.stay, 0, len(stays)), "a limit counts no stay"),
            (_outside(self.limits.row, 0, len(self.limits)), "a limit entry has no row"),
            (_outside(schemes.pool, 0, pools), "a scheme adds to no pool"),
            (_outside(schemes.scheme, 0, len(schemes)), "places are added by no scheme"),
            (
                _outside(np.array(schemes.must), 0, len(schemes)),
                "there is no scheme that must open",
            ),
            (
                any(_outside(np.array(other), 0, len(schemes)) for other, _ in schemes.differs),
                "a choice to differ from has no such scheme",
            ),
            (
                not _finite(states.supply, states.on_roll, states.unplaced_cost),
                "a state lacks a number",
            ),
            (not _finite(stays.cost, stays.preference), "a stay lacks a number"),
            (not _finite(schemes.cost, schemes.capital, schemes.places), "a scheme lacks a number"),
            (bool(np.isnan(self.room).any() or (self.room < 0).any()), "a pool's room is negative"),
            (bool(np.isnan(self.limits.room).any()), "a limit's room is missing"),
            (
                self.limits.weight is not None and not _positive(self.limits.weight),
                "a limit's weight is missing or negative",
            ),
        ]


def _outside(index: Ints, low: int, high: int) -> bool:
    return bool(np.any((index < low) | (index >= high)))


def _positive(array: Floats) -> bool:
    return _finite(array) and bool((array >= 0).all())


def _finite(*arrays: Floats) -> bool:
    return all(bool(np.isfinite(array).all()) for array in arrays)
