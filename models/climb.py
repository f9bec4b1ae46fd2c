"""Prices of places near the best ones, found before any program is solved: seeds for the restricted program.

With its minima made soft at a temperature ``h``, ``min_i w_i`` becoming ``-h log sum_i exp(-w_i / h)``, the bound of
`models.priced` is smooth in the prices [1]_, and its slope is the room less the places that the softly assigned units
take. A quasi-Newton method [2]_ climbs it, hot first and then cooler. Nothing depends on how far it gets but speed.

References
----------
.. [1] Nesterov (2005), "Smooth minimization of non-smooth functions", Mathematical Programming 103, 127-152.
.. [2] Byrd, Lu, Nocedal and Zhu (1995), "A limited memory algorithm for bound constrained optimization", SIAM Journal
   on Scientific Computing 16, 1190-1208 (L-BFGS-B).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from models.priced import Period, Priced
    from models.problem import Floats, Ints

#: Temperatures, as shares of the median cost of a stay, and the steps of the climb at each.
TEMPERATURES, STEPS = (1 / 10, 1 / 80), 30
#: Temperatures within which a stay's reduced cost must be to matter in what follows.
MATTERS = 3.0
#: Exponents under which a share is nothing, but still an ordinary number: tiny ones are slow.
LEAST = -40.0


def climb(priced: Priced, supply: Floats, room: Floats) -> tuple[Floats, float]:
    """Find prices of the rows near the best, and the pounds of reduced cost within which a stay matters.

    Parameters
    ----------
    supply, room
        (S,) units and (R,) places, in the order of `Priced`.
    """
    from scipy.optimize import minimize

    price = np.zeros(len(room))
    heat, everyone = float(np.median(priced.cost)) if len(priced.cost) else 0.0, float(supply.sum())
    if heat <= 0 or everyone <= 0 or not len(room):
        return price, 0.0
    typical, candidates = heat, priced
    for share in TEMPERATURES:
        heat = typical * share
        soft = _Soft(candidates, supply, room, heat)
        found = minimize(
            soft.height,
            -price / heat,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, None)] * len(room),
            options={"maxiter": STEPS, "maxcor": 20},
        )
        price = -heat * found.x
        worth = priced.worth(supply, room, price)
        candidates = priced.among(worth.stay <= 10 * MATTERS * heat)
    return price, MATTERS * heat


class _Soft:
    """The bound with soft minima at one temperature."""

    def __init__(self, priced: Priced, supply: Floats, room: Floats, heat: float) -> None:
        self._priced, self._supply, self._room, self._heat = priced, supply, room, heat
        self._taken = priced.use.T.tocsr()
        self._group = [_repeated(period) for period in priced.periods]

    def height(self, x: Floats) -> tuple[float, Floats]:
        """Return the bound at prices ``-x`` temperatures turned about, to be minimised, and its slope: of order 1."""
        price = -self._heat * x
        balance, share, wait_share = self._shares(price)
        units = self._units(share, wait_share)
        bound = float((self._supply * balance).sum() + (self._room * price).sum())
        everyone = float(self._supply.sum())
        slope = (self._room - self._taken @ units) / everyone
        return -bound / (self._heat * everyone), slope

    def _shares(self, price: Floats) -> tuple[Floats, Floats, Floats]:
        """(S,) soft worth, (N,) share of its state's units that takes each stay, (S,) share that waits."""
        priced, heat = self._priced, self._heat
        balance, wait_share = np.zeros(len(priced.wait_next)), np.ones(len(priced.wait_next))
        way = priced.cost - priced.use @ price
        share = np.zeros(len(way))
        for period, group in zip(reversed(priced.periods), reversed(self._group), strict=True):
            s, a, own = period.states, period.stays, period.owner
            balance[s] = priced.wait_cost[s] + priced.wait_again[s] * balance[priced.wait_next[s]]
            if not len(own):
                continue
            way[a] += priced.again[a] * balance[priced.next[a]]
            least = np.minimum(np.minimum.reduceat(way[a], period.first), balance[own])
            weight = np.exp(np.maximum((least[group] - way[a]) / heat, LEAST))
            waits = np.exp(np.maximum((least - balance[own]) / heat, LEAST))
            total = np.add.reduceat(weight, period.first) + waits
            share[a], wait_share[own] = weight / total[group], waits / total
            balance[own] = least - heat * np.log(total)
        return balance, share, wait_share

    def _units(self, share: Floats, wait_share: Floats) -> Floats:
        """(N,) units on each stay when each state's are shared out so."""
        priced = self._priced
        here, units = self._supply.astype(np.float64), np.zeros(len(share))
        for period in priced.periods:
            s, a = period.states, period.stays
            units[a] = share[a] * here[priced.state[a]]
            again = a.start + np.flatnonzero(priced.again[a] > 0)
            sent = units[again] * priced.again[again]
            waits = s[priced.wait_again[s] > 0]
            waited = here[waits] * wait_share[waits] * priced.wait_again[waits]
            here += np.bincount(priced.next[again], sent, len(here))
            here += np.bincount(priced.wait_next[waits], waited, len(here))
        return units


def _repeated(period: Period) -> Ints:
    """(N of the period,) which of its owners each stay belongs to."""
    count = np.diff(np.append(period.first, period.stays.stop - period.stays.start))
    return np.repeat(np.arange(len(period.first)), count)
