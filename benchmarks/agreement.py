"""Whether the fast way and the reference agree: random small problems solved both ways, and the worst difference.

    python -m benchmarks.agreement [CASES] [FIRST SEED]

The reference is the whole program, written in PuLP and solved by HiGHS as it is; the fast way is what counties get:
Benders decomposition over the sifted assignment. Both answers are recomputed and their certificates checked.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models import Problem, Schemes, SideLimits, States, Status, Stays, solve, verify

if TYPE_CHECKING:
    from numpy.random import Generator

    from models.problem import Floats, Ints

CASES = 1000
#: The gap that both ways prove: far less than a penny of these problems.
GAP = 1e-9


def draw(seed: int) -> Problem:
    """Draw a problem of up to four years, six kinds of child, five pools and five schemes; the same for a seed."""
    random = np.random.default_rng(seed)
    periods, kinds, pools = (
        int(random.integers(low, high)) for low, high in ((1, 5), (1, 7), (1, 6))
    )
    states = _states(random, kinds, periods)
    room = random.integers(0, 4, (pools, periods)) * random.choice([1.0, 1.0, 0.5])
    room[random.random(pools) < 0.2] = np.inf
    stays = _stays(random, kinds, periods, pools)
    return Problem(
        states, stays, room, _limits(random, stays, periods, states), _schemes(random, room)
    )


def _states(random: Generator, kinds: int, periods: int) -> States:
    """Return a state a kind and period, each kind's one after another."""
    period = np.tile(np.arange(periods), kinds)
    supply = random.integers(0, 4, len(period)) * random.choice([1.0, 1.0, 0.7])
    supply[random.random(len(period)) < 0.4] = 0.0
    goes_on = np.repeat(random.choice([1.0, 1.0, 0.93, 0.5], kinds), periods)
    on_roll = np.power(goes_on[:, None], np.arange(periods + 1.0))
    last = period == periods - 1
    waits = ~last & (random.random(len(period)) < 0.9)
    return States(
        period=period,
        supply=supply,
        on_roll=on_roll.astype(np.float64),
        unplaced_cost=np.round(random.uniform(3e4, 1e6, len(period)), 2),
        unplaced_next=np.where(waits, np.arange(len(period)) + 1, -1),
    )


def _stays(random: Generator, kinds: int, periods: int, pools: int) -> Stays:
    rows = []
    even = random.random() < 0.3  # the same price everywhere: ties
    for kind in range(kinds):
        for t in range(periods):
            for pool in range(-1, pools):
                if random.random() < (0.15 if pool < 0 else 0.7):
                    length = int(random.integers(1, periods - t + 1))
                    again = t + length < periods and random.random() < 0.7
                    after = kind * periods + t + length if again else -1
                    price = 10_000.0 if even else round(float(random.uniform(5e3, 9e4)), 2)
                    rows.append((kind * periods + t, pool, length, length * price, after))
    table = np.array(rows).reshape(len(rows), 5)
    state, pool, length, after = table[:, [0, 1, 2, 4]].T.astype(np.int64)
    cost = table[:, 3]
    preference = random.permutation(len(rows)).astype(np.float64)
    return Stays(state, pool, length, cost, after, preference)


def _limits(random: Generator, stays: Stays, periods: int, states: States) -> SideLimits:
    """Return up to two limits, each of some stays in one period."""
    row: list[int] = []
    stay: list[int] = []
    offset: list[int] = []
    count = int(random.choice([0, 0, 1, 2]))
    for n in range(count):
        t = int(random.integers(0, periods))
        begins = states.period[stays.state]
        there = np.flatnonzero((begins <= t) & (t < begins + stays.length))
        chosen = there[random.random(len(there)) < 0.5]
        row += [n] * len(chosen)
        stay += chosen.tolist()
        offset += (t - begins[chosen]).tolist()
    places = random.integers(0, 4, count).astype(np.float64)
    return SideLimits(places, *(np.array(column, np.int64) for column in (row, stay, offset)))


def _schemes(random: Generator, room: Floats) -> Schemes:
    pools, periods = room.shape
    count = int(random.integers(0, 6))
    if not count:
        return Schemes.none(periods)
    limited = bool(random.random() < 0.6)
    spent = 1e6 * np.cumsum(random.integers(0, 4, periods)).astype(np.float64)
    adds: Ints = np.arange(count)
    later = np.arange(periods, 0, -1)
    pair = random.permutation(count)[:2]
    return Schemes(
        may_open=random.random((count, periods)) < 0.8,
        cost=np.round(np.outer(random.uniform(0, 1.5e5, count), later), 2),
        capital=5e5 * random.integers(1, 5, count).astype(np.float64),
        budget=spent if limited else np.full(periods, np.inf),
        scheme=adds,
        pool=random.integers(0, pools, count),
        places=np.sort(random.integers(0, 4, (count, periods)), axis=1).astype(np.float64),
        exclusive=((0, 1),) if count > 2 and random.random() < 0.5 else (),
        requires=((int(pair[0]), int(pair[1])),) if count > 1 and random.random() < 0.3 else (),
    )


@dataclass(frozen=True)
class Compared:
    """One problem solved both ways: the difference in pounds, as a share of the cost, and whether they open alike."""

    pounds: float
    share: float
    alike: bool
    chosen: bool


def compare(seed: int) -> Compared:
    """Solve a problem both ways.

    Raises
    ------
    AssertionError
        When an answer is not proved, or breaks a rule of the problem.
    """
    problem = draw(seed)
    reference = solve(problem, gap=GAP, whole=True)
    fast = solve(problem, gap=GAP, whole=False)
    for found in (reference, fast):
        if found.status is not Status.OPTIMAL or verify(problem, found):
            raise AssertionError(f"seed {seed}: {found.status}, {verify(problem, found)}")
    pounds = abs(fast.objective - reference.objective)
    alike = bool(np.array_equal(fast.opens, reference.opens))
    return Compared(pounds, pounds / max(1.0, reference.objective), alike, bool(fast.opens.any()))


def main(cases: int = CASES, first: int = 0) -> None:
    """Compare, and print the count and the worst difference."""
    found = [compare(seed) for seed in range(first, first + cases)]
    print(
        f"{cases} random problems, {sum(one.chosen for one in found)} of them opening schemes: "
        f"the fast way and the reference differ by at most £{max(one.pounds for one in found):.6f} "
        f"({max(one.share for one in found):.1e} of the cost); "
        f"the same schemes in {sum(one.alike for one in found)}"
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
