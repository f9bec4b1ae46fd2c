"""Invented instances shaped like councils, straight into arrays: the same name gives the same problem everywhere.

Homes cluster in towns, provisions stand near them, and nearly every place near home is wanted. *One year* has nine
needs in four phases, limits nested in the pools (a phase within a school, a need within that phase) and one dear
fallback for every group. *Stays* run over seven years: a child of a need and National Curriculum year (NCY) seeks
each year until it has a place, stays to the end of the pool's range, and seeks again after it. Money is in pounds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from models.problem import Problem, Schemes, SideLimits, States, Stays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import Generator
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

NEEDS = np.array([0.33, 0.2, 0.12, 0.11, 0.09, 0.06, 0.04, 0.03, 0.02])
PHASES = np.array([0.1, 0.36, 0.38, 0.16])
UNPLACED_GBP = 1_030_000.0
FALLBACK_GBP = 62_000.0
DISCOUNT = 1.035 ** -np.arange(16)
LAST_NCY = 14


@dataclass(frozen=True)
class Flow:
    """A one-year problem as the network that a user of a flow library would draw; money in whole pennies."""

    supply: Ints
    tail: Ints
    head: Ints
    cost: Ints
    capacity: Ints


@dataclass(frozen=True)
class Land:
    """Homes and provisions as points, in kilometres, with the distances between them by road."""

    homes: Floats
    provisions: Floats

    @property
    def km(self) -> Floats:
        """(homes, provisions) kilometres one way."""
        gaps = self.homes[:, None, :] - self.provisions[None, :, :]
        return np.asarray(np.hypot(gaps[..., 0], gaps[..., 1]) * 1.3)


def settle(homes: int, provisions: int, rng: Generator) -> Land:
    """Draw towns of unlike size; put three homes of four and every provision near one."""
    side, towns = 0.9 * np.sqrt(homes), max(4, provisions // 6)
    centre = rng.uniform(0, side, (towns, 2))
    weight = 1.0 / np.arange(1, towns + 1)

    def near(count: int, spread_km: float) -> Floats:
        town = rng.choice(towns, count, p=weight / weight.sum())
        return np.asarray(centre[town] + rng.normal(0, spread_km, (count, 2)))

    at_home = near(homes, 2.5)
    scattered = rng.random(homes) < 0.25
    at_home[scattered] = rng.uniform(0, side, (int(scattered.sum()), 2))
    return Land(at_home, near(provisions, 3.0))


def transport_gbp(km: Floats) -> Floats:
    """Pounds a child a year: 190 days, two to a vehicle, four journeys a day."""
    return 190 * (10 + 1.2 * km * 4) / 2


# --- one year -------------------------------------------------------------------------------------


def one_year(groups: int, provisions: int, near: int, seed: int = 1) -> Problem:
    """Return one year's assignment of `groups`, each of whom `near` provisions at most are open to.

    The last pool is the fallback: no limit, dear, open to all.
    """
    rng = np.random.default_rng(seed)
    land = settle(groups, provisions, rng)
    need, phase = rng.choice(9, groups, p=NEEDS), rng.choice(4, groups, p=PHASES)
    units = rng.choice(np.array([1.0, 2.0, 3.0]), groups, p=[0.75, 0.18, 0.07])
    takes = _needs_taken(provisions, 9, rng)
    teaches = np.zeros((provisions, 4), bool)
    for p, (low, high) in enumerate(rng.choice([[0, 1], [2, 3], [0, 3], [2, 2]], provisions)):
        teaches[p, low : high + 1] = True
    km = land.km
    open_to = takes[:, need].T & teaches[:, phase].T
    group, pool = _nearest(np.where(open_to, km, np.inf), near)
    dear = rng.random(provisions) < 0.3
    fee = np.where(dear, rng.uniform(45e3, 60e3, provisions), rng.uniform(14e3, 26e3, provisions))
    cost = np.round(fee[pool] + transport_gbp(km[group, pool]), 2)
    everyone = np.arange(groups)
    state = np.concatenate([group, everyone])
    to = np.concatenate([pool, np.full(groups, provisions)])
    room = rng.gamma(2.0, 1.0, provisions)
    room = np.maximum(4, np.round(room * 0.9 * units.sum() / room.sum()))
    order = np.argsort(state, kind="stable")
    state, to = state[order], to[order]
    stays = Stays(
        state=state,
        pool=to,
        length=np.ones(len(state), np.int64),
        cost=np.concatenate([cost, np.full(groups, FALLBACK_GBP)])[order],
        next=np.full(len(state), -1),
        preference=np.concatenate([km[group, pool], np.full(groups, 99.0)])[order],
    )
    states = States(
        period=np.zeros(groups, np.int64),
        supply=units,
        on_roll=np.ones((groups, 2)),
        unplaced_cost=np.full(groups, UNPLACED_GBP),
        unplaced_next=np.full(groups, -1),
    )
    limits = _nested(need[state], phase[state], to, room, rng)
    return Problem(states, stays, np.append(room, np.inf)[:, None], limits, Schemes.none(1))


def without_limits(problem: Problem) -> Problem:
    """Return the problem with its pools alone."""
    nothing = np.zeros(0, np.int64)
    return replace(problem, limits=SideLimits(np.zeros(0), nothing, nothing, nothing))


def _needs_taken(provisions: int, needs: int, rng: Generator) -> Bools:
    """(P, needs) which needs each provision takes: one or two of them, or many, and the common ones more often."""
    odds = NEEDS[:needs] / NEEDS[:needs].max()
    broad = rng.random(provisions) < 0.55
    takes: Bools = rng.random((provisions, needs)) < np.where(
        broad[:, None], 0.35 + odds / 2, odds / 3
    )
    takes[np.arange(provisions), rng.choice(needs, provisions, p=odds / odds.sum())] = True
    return takes


def _nearest(km: Floats, near: int) -> tuple[Ints, Ints]:
    """Row and column of the `near` least of each row that are finite, in order."""
    near = min(near, km.shape[1])
    column = np.sort(np.argpartition(km, near - 1, axis=1)[:, :near], axis=1)
    row = np.repeat(np.arange(len(km)), near)
    there = np.isfinite(km[row, column.ravel()])
    return row[there], column.ravel()[there]


def _nested(need: Ints, phase: Ints, pool: Ints, room: Floats, rng: Generator) -> SideLimits:
    """Limit phases in two provisions of three, and needs in a third of those phases; no two limits cross."""
    phases = np.where(pool < len(room), pool * 4 + phase, -1)
    wide, limited = _some(phases, np.ones(len(pool), bool), 0.67, rng)
    narrow, within = _some(np.where(limited, phases * 9 + need, -1), limited, 0.33, rng)
    held = np.concatenate([0.55 * room[wide // 4], 0.3 * room[narrow // 36]])
    row = [np.searchsorted(wide, phases[limited])]
    row.append(len(wide) + np.searchsorted(narrow, (phases * 9 + need)[within]))
    stay = np.concatenate([np.flatnonzero(limited), np.flatnonzero(within)])
    return SideLimits(
        np.maximum(1, np.round(held * rng.uniform(0.6, 1.3, len(held)))),
        np.concatenate(row),
        stay,
        np.zeros(len(stay), np.int64),
    )


def _some(key: Ints, among: Bools, share: float, rng: Generator) -> tuple[Ints, Bools]:
    """Choose a share of the keys, in order, and say which entries have one of those."""
    ids = np.unique(key[among & (key >= 0)])
    ids = ids[rng.random(len(ids)) < share]
    return ids, among & np.isin(key, ids)


def drawn_as_flow(problem: Problem) -> Flow:
    """Draw a one-year problem of `one_year` as a network, by knowing how its limits are nested.

    States, then limits, then pools, then one sink; of the limits that count a stay, the wider come first.
    """
    states, stays, limits = problem.states, problem.stays, problem.limits
    first_limit, first_pool = len(states), len(states) + len(limits)
    sink = first_pool + len(problem.room)
    enters, above = first_pool + stays.pool, np.full(len(limits), -1)
    for row, stay in zip(*_by_row(limits), strict=True):  # wider limits are numbered first
        above[row] = enters[stay[0]]
        enters[stay] = first_limit + row
    everyone = np.arange(len(states))
    units = int(states.supply.sum())
    room = np.where(np.isfinite(problem.room[:, 0]), problem.room[:, 0], units)
    inner = np.arange(first_limit, sink)
    tail = np.concatenate([stays.state, everyone, inner])
    head = np.concatenate([enters, np.full(len(states), sink), above, np.full(len(room), sink)])
    money = np.concatenate([stays.cost, states.unplaced_cost, np.zeros(len(inner))])
    most = np.full(len(stays) + len(states), units)
    held = np.concatenate([most, limits.room, room]).astype(np.int64)
    supply = np.zeros(sink + 1, np.int64)
    supply[everyone], supply[sink] = states.supply, -units
    return Flow(supply, tail, head, np.rint(money * 100).astype(np.int64), held)


def _by_row(limits: SideLimits) -> tuple[list[int], list[Ints]]:
    order = np.argsort(limits.row, kind="stable")
    parts = np.split(limits.stay[order], np.flatnonzero(np.diff(limits.row[order])) + 1)
    return np.unique(limits.row).tolist(), parts


# --- stays over several years ---------------------------------------------------------------------

YEARS = 7
#: Kind of provision: share of them, NCY range, price a year (low, high).
KINDS = (
    (0.16, (0, 14), (17e3, 24e3)),
    (0.1, (0, 6), (16e3, 22e3)),
    (0.14, (7, 14), (18e3, 26e3)),
    (0.2, (0, 6), (9e3, 14e3)),
    (0.18, (7, 11), (10e3, 15e3)),
    (0.06, (12, 14), (14e3, 20e3)),
    (0.16, (3, 14), (45e3, 62e3)),
)
STAY_NEEDS = 6
MOST_KM = 95


def stays(decisions: int, provisions: int, schemes: int, choose: bool, seed: int = 2) -> Problem:  # noqa: FBT001
    """Return seven years of stays; every third of `schemes` is open from the third year, unless they are to be chosen.

    The last pool is the fallback.
    """
    rng = np.random.default_rng(seed)
    land = settle(decisions, provisions, rng)
    odds = NEEDS[:STAY_NEEDS] / NEEDS[:STAY_NEEDS].sum()
    need = rng.choice(STAY_NEEDS, decisions, p=odds)
    start = rng.choice(YEARS, decisions, p=[0.22, *[0.13] * 6])
    year_odds = np.array([5, 1, 1, 2, 2, 2, 3, 6, 2, 2, 1, 1, 4, 1, 0.5])
    ncy = rng.choice(LAST_NCY + 1, decisions, p=year_odds / year_odds.sum())
    kind = rng.choice(len(KINDS), provisions, p=[row[0] for row in KINDS])
    low, high = (np.array([row[1][end] for row in KINDS])[kind] for end in (0, 1))
    fee = np.array([rng.uniform(*KINDS[k][2]) for k in kind])
    takes = _needs_taken(provisions, STAY_NEEDS, rng)
    km = land.km
    may_go = takes[:, need].T & (km <= MOST_KM)

    lasts = np.minimum(YEARS - start, LAST_NCY - ncy + 1)
    first = np.cumsum(lasts) - lasts
    child = np.repeat(np.arange(decisions), lasts)
    later = np.arange(len(child)) - first[child]
    year, age = start[child] + later, ncy[child] + later
    fits = may_go[child] & (age[:, None] >= low) & (age[:, None] <= high)
    fits = np.column_stack([fits, np.ones(len(child), bool)])
    state, pool = np.nonzero(fits)
    ends = np.append(high, LAST_NCY)[pool]
    length = np.minimum(ends - age[state] + 1, YEARS - year[state])
    again = (age[state] + length <= LAST_NCY) & (year[state] + length < YEARS)
    yearly = np.column_stack([fee + transport_gbp(km), np.full(decisions, FALLBACK_GBP)])
    until = np.concatenate([[0], np.cumsum(DISCOUNT)])
    worth = until[year[state] + length] - until[year[state]]
    away = np.column_stack([km, np.full(decisions, 99.0)])[child[state], pool]
    supply = np.where(later == 0, rng.choice([1.0, 2.0], len(child), p=[0.85, 0.15]), 0.0)
    left = np.arange(YEARS + 1)[None, :] < (LAST_NCY + 1 - age)[:, None]
    all_states = States(
        period=year,
        supply=supply,
        on_roll=left.astype(np.float64),
        unplaced_cost=DISCOUNT[year] * UNPLACED_GBP,
        unplaced_next=np.where(later + 1 < lasts[child], np.arange(len(child)) + 1, -1),
    )
    all_stays = Stays(
        state=state,
        pool=pool,
        length=length,
        cost=np.round(yearly[child[state], pool] * worth, 2),
        next=np.where(again, state + length, -1),
        preference=away * length + 1e-4 * pool,
    )
    room = _filling(supply.sum(), high - low + 1, rng)
    offered = _schemes(kind, schemes, supply.sum(), rng)
    limits = _phase_limits(all_states, all_stays, age, room, np.flatnonzero(kind == 0))
    room = np.vstack([room, np.full(YEARS, np.inf)])
    if not choose:
        for entry in range(0, schemes, 3):
            room[offered.pool[entry], 2:] += offered.places[entry, : YEARS - 2]
        offered = Schemes.none(YEARS)
    return Problem(all_states, all_stays, room, limits, offered)


def _filling(units: float, span: Ints, rng: Generator) -> Floats:
    """(P, years) places free in each year: few at first, more as those who are there now leave."""
    size = rng.gamma(3.0, 1.0, len(span)) * span
    size *= 0.8 * units / size.sum()
    free = np.linspace(0.2, 1.0, YEARS)
    return np.round(size[:, None] * free)


def _schemes(kind: Ints, count: int, units: float, rng: Generator) -> Schemes:
    """Offer `count` schemes that enlarge provisions of the council's own, for about a third of which there is money."""
    pool = rng.choice(np.flatnonzero(kind < 6), count, replace=count > int((kind < 6).sum()))
    most = min(40.0, units / 8)
    size = np.round(rng.uniform(most / 5, most, count))
    places = np.tile(size[:, None], YEARS)
    places[:, 0] = np.round(size / 2)
    capital = np.round(size * rng.uniform(40e3, 95e3, count), -3)
    annuity = capital * 0.035 / (1 - 1.035**-40)
    yearly = annuity[:, None] + size[:, None] * 10_000.0
    until = np.cumsum(DISCOUNT[:YEARS][::-1])[::-1]
    earliest = rng.integers(1, 4, count)
    may_open = np.arange(YEARS)[None, :] >= earliest[:, None]
    budget = np.round(capital.sum() * np.linspace(0.08, 0.4, YEARS), -4)
    return Schemes(
        may_open=may_open,
        cost=np.round(yearly * until, 2),
        capital=capital,
        budget=budget,
        scheme=np.arange(count),
        pool=pool,
        places=places,
        exclusive=((0, 1), (2, 3)) if count > 3 else (),
        requires=((4, 5),) if count > 5 else (),
    )


def _phase_limits(
    states: States, stays: Stays, age: Ints, room: Floats, schools: Ints
) -> SideLimits:
    """Limit the primary children of every third all-through school, in each year, to 45% of its places."""
    limited = schools[::3]
    number = np.full(len(room) + 1, -1)
    number[limited] = np.arange(len(limited))
    taking = np.flatnonzero(number[stays.pool] >= 0)
    length = stays.length[taking]
    stay = np.repeat(taking, length)
    offset = np.arange(len(stay)) - np.repeat(np.cumsum(length) - length, length)
    primary = age[stays.state[stay]] + offset <= 6
    stay, offset = stay[primary], offset[primary]
    row = number[stays.pool[stay]] * YEARS + states.period[stays.state[stay]] + offset
    return SideLimits(np.round(0.45 * room[limited]).ravel(), row, stay, offset)


def affordable(problem: Problem) -> tuple[Bools, int]:
    """Open free-standing schemes in the fourth year, with money left for one more; and say which is the next."""
    schemes = problem.schemes
    bound = {k for group in (*schemes.exclusive, *schemes.requires) for k in group}
    free = np.setdiff1d(np.arange(len(schemes)), list(bound))
    spent = np.cumsum(schemes.capital[free]) + schemes.capital.max()
    count = int((spent <= schemes.budget[3]).sum())
    chosen = np.zeros_like(schemes.may_open)
    chosen[free[:count], 3] = True
    return chosen, int(free[count])


#: Every instance by name. Sizes are those of a borough, a county, a region, and less.
INSTANCES: dict[str, Callable[[], Problem]] = {
    "one year, 100 groups": partial(one_year, 100, 8, 5),
    "one year, 1,000 groups": partial(one_year, 1_000, 40, 11),
    "one year, 1,000 groups, no limits": lambda: without_limits(one_year(1_000, 40, 11)),
    "one year, 3,000 groups": partial(one_year, 3_000, 60, 12),
    "one year, 8,000 groups": partial(one_year, 8_000, 110, 36),
    "one year, 20,000 groups": partial(one_year, 20_000, 250, 35),
    "one year, 59,000 groups": partial(one_year, 59_000, 400, 40),
    "stays, 60 decisions": partial(stays, 60, 12, 4, choose=False),
    "stays, 1,000 decisions": partial(stays, 1_000, 30, 12, choose=False),
    "stays, borough": partial(stays, 2_800, 50, 20, choose=False),
    "stays, county": partial(stays, 6_900, 80, 30, choose=False),
    "schemes, 60 decisions": partial(stays, 60, 12, 4, choose=True),
    "schemes, borough": partial(stays, 2_800, 50, 20, choose=True),
    "schemes, county": partial(stays, 6_900, 80, 30, choose=True),
}
